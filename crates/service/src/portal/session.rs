//! Sessions in the portal: a secret in a cookie, its hash in the database, one business and host.

use domain::id::{AccountId, BusinessId, SessionId};
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::identity::ticket as tickets;
pub use store::portal::session::Session;
use store::portal::{account, activity, profile, profile_requirement, session};
use store::programme::affiliate;
use subtle::ConstantTimeEq as _;

use super::account::{Access, Account, Affiliate, OF_ADDRESS_MAX, actor};
use super::profile::{Profile, is_complete};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found, only_a_note};
use crate::identity::two_step::{self, Holder};
use crate::identity::{audit, log_in, password, seal, setting};
use crate::messaging::{mail, notice};
use crate::random::new_secret;
use crate::work::Work;

/// A session ends when it was not used for 14 days.
pub const IDLE_MS: i64 = 14 * DAY_MS;
/// A session ends after 90 days, used or not.
pub const ABSOLUTE_MS: i64 = 90 * DAY_MS;
/// For 15 minutes after a person proved who they are, sensitive acts do not ask again.
pub const PROOF_MS: i64 = 15 * 60_000;
/// How long a session waits for the second step of its log-in; meanwhile it is not noted as used.
const WAIT_MS: i64 = 15 * 60_000;
/// Use is noted every five minutes at most: a write for every page would queue behind money.
const SEEN_EVERY_MS: i64 = 5 * 60_000;
/// Characters of the browser's name that are kept.
const USER_AGENT_MAX: usize = 300;
/// Passwords that are compared at a log-in where an address may have several accounts: as many as it may have.
const COMPARED: usize = OF_ADDRESS_MAX as usize;
/// How long one of several accounts may be chosen after the password: five minutes.
const TICKET_MS: i64 = 5 * 60_000;

/// Where a person comes from.
#[derive(Debug, Clone)]
pub struct Client {
    /// The host name of the request, with its port.
    pub host: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

/// What a log-in form sends.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// From where.
    pub client: Client,
    /// The mark of a known browser, if it shows one; see [`log_in::mark`].
    pub mark: Option<String>,
}

/// What the right password leads to.
#[derive(Debug, Clone)]
pub enum Entered {
    /// It opens one account: its session.
    One(Opened),
    /// It opens several: the text for the cookie with which [`choose`] takes one of them.
    Several(String),
}

/// A session just opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The text for the cookie: `<business code>.<session id>.<secret>`.
    pub cookie: String,
    /// For the cookie that marks this browser as known.
    pub mark: String,
    /// Who is logged in.
    pub account: AccountId,
}

/// A person with a living session.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// The affiliate the account is.
    pub affiliate: Option<Affiliate>,
    /// What they have told of themselves.
    pub profile: Profile,
    /// Whether they have saved it once, and it is all the business asks for; until then the apps wait.
    pub complete: bool,
    /// The business.
    pub business: BusinessId,
}

impl LoggedIn {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        actor(self.business, &self.account)
    }

    /// What the person may do.
    #[must_use]
    pub fn access(&self) -> Access {
        self.affiliate
            .as_ref()
            .map_or(Access::NoApp, |affiliate| Access::of(affiliate.status))
    }
}

/// The realm in which a portal's failed log-ins are counted.
fn realm(business: BusinessId) -> String {
    format!("portal {}", business.code())
}

/// Logs in with a password. It opens only the accounts of the address that have it. Unknown address,
/// wrong password and a blocked account are told alike and take alike.
///
/// # Errors
/// [`ServiceError::Unauthorized`]; [`ServiceError::TooMany`] while the account has to wait.
pub async fn log_in(app: &App, business: BusinessId, input: LogIn) -> Result<Entered> {
    let LogIn {
        email,
        password,
        client,
        mark,
    } = input;
    let folded = fold(&email);
    let counted = log_in::account(app, &realm(business), &folded, mark.as_deref());
    log_in::take_turn(app, &counted).await?;
    let mut work = app.view(&App::system(business)).await?;
    let known = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    // Asked of the business, never of the address: where one address has several accounts, every address is
    // compared with as many, so that the time does not tell how many it has.
    let several = setting::get(&mut work).await?.allow_duplicate_contact
        || account::any_shared(&mut work.tx).await?;
    drop(work);
    let hashes: Vec<Option<String>> = known
        .iter()
        .map(|account| account.password_hash.clone())
        .collect();
    let compared = if several { COMPARED } else { 1 };
    let found = password::verify_all(app, &password, hashes, compared).await?;
    let mut right: Vec<Account> = Vec::new();
    for (account, opens) in known.into_iter().zip(found) {
        if opens && !account.blocked {
            right.push(account);
        }
    }
    let Some(first) = right.first() else {
        return Err(not_right());
    };
    log_in::passed(app, &counted).await?;
    if right.len() > 1 {
        let ticket = Ticket::of(app, &right, &client.host);
        return Ok(Entered::Several(ticket.seal(app, business)?));
    }
    let mut work = app.begin(&actor(business, first)).await?;
    // Comparing takes a while: a password set or a block made meanwhile counts.
    let now = account::find(&mut work.tx, first.id).await?;
    if now.is_none_or(|now| now.blocked || now.password_hash != first.password_hash) {
        return Err(not_right());
    }
    let opened = open(&mut work, first, &[], &client, "logged in").await?;
    work.commit().await?;
    Ok(Entered::One(opened))
}

fn not_right() -> ServiceError {
    ServiceError::Unauthorized("The e-mail address or the password is not right.".to_owned())
}

/// What the right password of several accounts is worth until one is chosen: signed, in a cookie.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket {
    /// What it is noted by when it is used.
    id: String,
    accounts: Vec<AccountId>,
    /// Of their passwords: another one ends the ticket.
    passwords: String,
    host: String,
    until: UnixMs,
}

impl Ticket {
    fn of(app: &App, accounts: &[Account], host: &str) -> Self {
        Self {
            id: new_secret(app.random()),
            accounts: accounts.iter().map(|account| account.id).collect(),
            passwords: passwords(app, accounts),
            host: host.to_owned(),
            until: app.now().plus_ms(TICKET_MS),
        }
    }

    fn seal(&self, app: &App, business: BusinessId) -> Result<String> {
        let text = serde_json::to_string(self)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(seal::close(app, &ticket_purpose(business), &text))
    }
}

fn ticket_purpose(business: BusinessId) -> String {
    format!("accounts of a password {}", business.code())
}

fn passwords(app: &App, accounts: &[Account]) -> String {
    let hashes: Vec<&str> = accounts
        .iter()
        .map(|account| account.password_hash.as_deref().unwrap_or_default())
        .collect();
    seal::fingerprint(app, "passwords of a ticket", &hashes.join(" "))
}

/// The accounts that a right password opened, while its cookie is good.
///
/// # Errors
/// [`ServiceError::Unauthorized`] when it is not, or a password or an account changed since.
pub async fn choices(work: &mut Work, cookie: &str, host: &str) -> Result<Vec<Account>> {
    Ok(ticket(work, cookie, host).await?.1)
}

fn over() -> ServiceError {
    ServiceError::Unauthorized("Enter your password once more.".to_owned())
}

async fn ticket(work: &mut Work, cookie: &str, host: &str) -> Result<(Ticket, Vec<Account>)> {
    let text = seal::open(&work.app, &ticket_purpose(work.business()), cookie).ok_or_else(over)?;
    let ticket: Ticket = serde_json::from_str(&text).map_err(|_| over())?;
    if ticket.until <= work.now || ticket.host != host {
        return Err(over());
    }
    let mut accounts = Vec::new();
    for id in &ticket.accounts {
        let found = account::find(&mut work.tx, *id).await?;
        accounts.push(found.filter(|account| !account.blocked).ok_or_else(over)?);
    }
    if passwords(&work.app, &accounts) != ticket.passwords {
        return Err(over());
    }
    Ok((ticket, accounts))
}

/// Logs in to one of the accounts that a right password opened; the session may switch between them. It can
/// be chosen once.
///
/// # Errors
/// As [`choices`]; not found for another account.
pub async fn choose(
    app: &App,
    business: BusinessId,
    cookie: &str,
    chosen: AccountId,
    client: &Client,
) -> Result<Opened> {
    let mut work = app.begin(&App::system(business)).await?;
    let (ticket, accounts) = ticket(&mut work, cookie, &client.host).await?;
    let account = accounts
        .iter()
        .find(|account| account.id == chosen)
        .ok_or(not_found("account"))?;
    let first = ticket.accounts.first().copied().ok_or_else(over)?;
    let (holder, now) = (Holder::Account(first), work.now);
    if !tickets::spend(&mut work.tx, holder, &ticket.id, ticket.until, now).await? {
        return Err(over());
    }
    let opened = open(&mut work, account, &accounts, client, "logged in").await?;
    work.commit().await?;
    Ok(opened)
}

/// Opens a session in a work that proved who the person is. `reach` are all accounts that the proof
/// opens: the session may switch between them. When the account has a second step, the session waits for
/// that: see [`pass_second_step`].
///
/// # Errors
/// As the database says.
pub async fn open(
    work: &mut Work,
    account: &Account,
    reach: &[Account],
    client: &Client,
    detail: &str,
) -> Result<Opened> {
    let second_step = two_step::is_on(work, Holder::Account(account.id)).await?;
    let standing = Standing::new(work.now, second_step);
    open_as(work, account, reach, client, detail, standing).await
}

/// Opens a session in a work that proved who the person is by what is both steps in one: a passkey. It
/// opens this account only.
///
/// # Errors
/// As the database says.
pub(super) async fn open_whole(
    work: &mut Work,
    account: &Account,
    client: &Client,
    detail: &str,
) -> Result<Opened> {
    let standing = Standing::new(work.now, false);
    open_as(work, account, &[], client, detail, standing).await
}

/// How a session that is opened stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// When it was made; one in place of another is as old as that.
    created_at_ms: UnixMs,
    /// When the person last proved who they are.
    proven_at_ms: UnixMs,
    /// Whether it waits for the second step of the log-in.
    second_step: bool,
}

impl Standing {
    const fn new(now: UnixMs, second_step: bool) -> Self {
        Self {
            created_at_ms: now,
            proven_at_ms: now,
            second_step,
        }
    }
}

async fn open_as(
    work: &mut Work,
    account: &Account,
    reach: &[Account],
    client: &Client,
    detail: &str,
    standing: Standing,
) -> Result<Opened> {
    let Standing {
        created_at_ms,
        proven_at_ms,
        second_step,
    } = standing;
    let business = work.business();
    let secret = new_secret(work.app.random());
    let Client { host, user_agent } = client;
    let new = Session {
        id: work.new_id(),
        account_id: account.id,
        secret_hash: Sha256::digest(secret.as_bytes()).into(),
        csrf: new_secret(work.app.random()),
        host: host.clone(),
        user_agent: user_agent
            .chars()
            .filter(|c| !c.is_control())
            .take(USER_AGENT_MAX)
            .collect(),
        created_at_ms,
        seen_at_ms: work.now,
        proven_at_ms,
        second_step,
    };
    session::insert(&mut work.tx, &new).await?;
    if reach.len() > 1 {
        for other in reach {
            session::insert_reach(&mut work.tx, new.id, other.id).await?;
        }
    }
    if !activity::note_log_in(&mut work.tx, account.id, work.now).await? {
        let day = work
            .now
            .day_in(&crate::identity::business::zone(work).await?);
        activity::insert(&mut work.tx, account.id, day, work.now).await?;
    }
    work.actor = actor(business, account);
    audit::record(work, "session.open", "session", &new.id.to_string(), detail).await?;
    let mark = log_in::mark(&work.app, &realm(business), &fold(&account.email));
    Ok(Opened {
        cookie: format!("{}.{}.{secret}", business.code(), new.id),
        mark,
        account: account.id,
    })
}

/// The accounts of the person's address, as far as their session tells.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Those the session may switch to, its own among them.
    pub open: Vec<Account>,
    /// Whether the address has accounts that the session's proof did not open.
    pub more: bool,
}

/// The accounts that a session may switch to. An account that has got another address since is not
/// among them.
///
/// # Errors
/// As the database says.
pub async fn accounts(work: &mut Work, who: &LoggedIn) -> Result<Accounts> {
    let folded = fold(&who.account.email);
    let mut open = session::reach(&mut work.tx, who.session.id).await?;
    open.retain(|account| !account.blocked && fold(&account.email) == folded);
    if !open.iter().any(|account| account.id == who.account.id) {
        open.push(who.account.clone());
    }
    let mut all = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    all.retain(|account| !account.blocked);
    let more = all
        .iter()
        .any(|account| !open.iter().any(|known| known.id == account.id));
    Ok(Accounts { open, more })
}

/// Whether the account's address has others, too.
///
/// # Errors
/// As the database says.
pub async fn has_others(work: &mut Work, account: &Account) -> Result<bool> {
    let folded = fold(&account.email);
    let all = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    Ok(all
        .iter()
        .any(|other| other.id != account.id && !other.blocked))
}

/// Goes on as another account that the session's proof opened: a new session in place of the old one, as
/// old as that. It counts as not proven lately.
///
/// # Errors
/// Not found for an account that the proof did not open.
pub async fn switch(app: &App, who: &LoggedIn, to: AccountId, client: &Client) -> Result<Opened> {
    let mut work = app.begin(&who.actor()).await?;
    let reach = accounts(&mut work, who).await?.open;
    let account = reach
        .iter()
        .find(|account| account.id == to)
        .ok_or(not_found("account"))?;
    session::delete(&mut work.tx, who.session.id).await?;
    // What was proven of the one account is not proven of the other: acts that need it ask again.
    let standing = Standing {
        created_at_ms: who.session.created_at_ms,
        proven_at_ms: UnixMs(0),
        second_step: two_step::is_on(&mut work, Holder::Account(to)).await?,
    };
    let detail = format!("switched from {}", who.account.name);
    let opened = open_as(&mut work, account, &reach, client, &detail, standing).await?;
    work.commit().await?;
    Ok(opened)
}

/// Whom a cookie of this business's portal belongs to, if its session lives and was opened on this
/// host. A cookie of another business is nobody's here, and so is one whose session waits for the second
/// step of the log-in.
///
/// # Errors
/// As the database says; a wrong cookie is no error.
pub async fn authenticate(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, business, cookie, host).await?;
    Ok(who.filter(|who| !who.session.second_step))
}

/// Whom a cookie belongs to whose session waits for the second step of the log-in.
///
/// # Errors
/// As [`authenticate`].
pub async fn waiting(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, business, cookie, host).await?;
    let now = app.now();
    Ok(who.filter(|who| who.session.second_step && now.0 - who.session.seen_at_ms.0 < WAIT_MS))
}

/// Takes the code of the second step: a whole session takes the place of the one that waits.
///
/// # Errors
/// As [`two_step::check`].
pub async fn pass_second_step(app: &App, who: &LoggedIn, code: &str) -> Result<Opened> {
    two_step::check(app, &who.actor(), Holder::Account(who.account.id), code).await?;
    let mut work = app.begin(&who.actor()).await?;
    let opened = renew(&mut work, who, "logged in by the second step").await?;
    work.commit().await?;
    Ok(opened)
}

async fn of_cookie(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let mut parts = cookie.splitn(3, '.');
    let (Some(named), Some(Ok(id)), Some(secret)) = (
        parts.next().and_then(BusinessId::from_code),
        parts.next().map(str::parse::<SessionId>),
        parts.next(),
    ) else {
        return Ok(None);
    };
    if named != business {
        return Ok(None);
    }
    let mut tx = app.db().read(business).await?;
    let Some(session) = session::find(&mut tx, id).await? else {
        return Ok(None);
    };
    let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    let right: bool = hash.ct_eq(&session.secret_hash).into();
    let now = app.now();
    let lives = app.settings().demo
        || (now.0 - session.seen_at_ms.0 < IDLE_MS
            && now.0 - session.created_at_ms.0 < ABSOLUTE_MS);
    if !right || !lives || session.host != host {
        return Ok(None);
    }
    let Some(account) = account::find(&mut tx, session.account_id)
        .await?
        .filter(|account| !account.blocked)
    else {
        return Ok(None);
    };
    let affiliate = match account.affiliate_id {
        Some(affiliate) => affiliate::find(&mut tx, affiliate).await?,
        None => None,
    };
    let profile = profile::find(&mut tx, account.id)
        .await?
        .unwrap_or(Profile::empty());
    let required = profile_requirement::list(&mut tx).await?;
    drop(tx);
    if now.0 - session.seen_at_ms.0 >= SEEN_EVERY_MS && !session.second_step {
        let noted = async {
            let mut tx = app.db().write(business).await?;
            session::set_seen(&mut tx, session.id, now).await?;
            activity::set_seen(&mut tx, session.account_id, now).await?;
            tx.commit().await
        };
        only_a_note(noted.await);
    }
    Ok(Some(LoggedIn {
        session,
        account,
        affiliate,
        complete: is_complete(&profile, &required),
        profile,
        business,
    }))
}

/// The account of the person who acts.
pub(crate) fn acting(work: &Work) -> Result<AccountId> {
    match &work.actor {
        Actor::Account { id, .. } => Ok(*id),
        _ => Err(ServiceError::Forbidden(
            "this is for portal accounts".to_owned(),
        )),
    }
}

/// The living sessions of the person who acts, the latest first.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but portal people.
pub async fn list(work: &mut Work) -> Result<Vec<Session>> {
    let account = acting(work)?;
    living(work, account).await
}

/// The living sessions of an account, the latest first.
///
/// # Errors
/// As the database says.
pub(super) async fn living(work: &mut Work, account: AccountId) -> Result<Vec<Session>> {
    let mut sessions = session::list_of_account(&mut work.tx, account).await?;
    sessions.retain(|session| !session.second_step);
    if !work.app.settings().demo {
        sessions.retain(|s| {
            work.now.0 - s.seen_at_ms.0 < IDLE_MS && work.now.0 - s.created_at_ms.0 < ABSOLUTE_MS
        });
    }
    Ok(sessions)
}

/// Ends a session of the person who acts.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is not theirs.
pub async fn end(work: &mut Work, id: SessionId) -> Result<()> {
    let account = acting(work)?;
    let found = session::find(&mut work.tx, id).await?;
    if found.is_none_or(|session| session.account_id != account) {
        return Err(not_found("session"));
    }
    session::delete(&mut work.tx, id).await?;
    audit::record(
        work,
        "session.end",
        "session",
        &id.to_string(),
        "logged out",
    )
    .await
}

/// Ends all other sessions of the person who acts; answers with how many.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but portal people.
pub async fn end_others(work: &mut Work, keep: SessionId) -> Result<u64> {
    let account = acting(work)?;
    let ended = session::delete_others(&mut work.tx, keep, account).await?;
    if ended > 0 {
        audit::record(
            work,
            "session.end_others",
            "session",
            &keep.to_string(),
            &format!("logged {ended} other sessions out"),
        )
        .await?;
    }
    Ok(ended)
}

/// Whether a person proved lately enough who they are for acts that need it. The demo never asks.
#[must_use]
pub fn is_proven(app: &App, session: &Session) -> bool {
    app.settings().demo || app.now().0 - session.proven_at_ms.0 < PROOF_MS
}

/// Puts a new session in the place of the one that is open, in a work that proved who the person is.
///
/// # Errors
/// [`ServiceError::NotFound`] when the open one ended meanwhile.
pub async fn renew(work: &mut Work, who: &LoggedIn, detail: &str) -> Result<Opened> {
    let LoggedIn {
        session: old,
        account,
        ..
    } = who;
    if session::find(&mut work.tx, old.id).await?.is_none() {
        return Err(not_found("session"));
    }
    // Read before it goes with the session.
    let reach = accounts(work, who).await?.open;
    session::delete(&mut work.tx, old.id).await?;
    let client = Client {
        host: old.host.clone(),
        user_agent: old.user_agent.clone(),
    };
    let standing = Standing::new(work.now, false);
    open_as(work, account, &reach, &client, detail, standing).await
}

/// Whether this is the person's password; wrong ones slow the next try down.
async fn knows_password(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    password: &str,
) -> Result<bool> {
    let counted = log_in::account(app, &realm(who.business), &fold(&who.account.email), mark);
    log_in::take_turn(app, &counted).await?;
    let right = password::verify(app, password, who.account.password_hash.as_deref()).await?;
    if right {
        log_in::passed(app, &counted).await?;
    }
    Ok(right)
}

/// Takes the password again: a new session takes the place of the old one.
///
/// # Errors
/// [`ServiceError::Invalid`] with the field `password`; [`ServiceError::TooMany`].
pub async fn prove(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    password: &str,
) -> Result<Opened> {
    if !knows_password(app, who, mark, password).await? {
        return Err(invalid("password", "is not your password"));
    }
    let mut work = app.begin(&who.actor()).await?;
    let opened = renew(&mut work, who, "gave the password again").await?;
    work.commit().await?;
    Ok(opened)
}

/// Changes the password of a person, ends all their sessions and opens a new one. The present password
/// may be blank when they proved lately who they are. They are told by mail.
///
/// # Errors
/// [`ServiceError::Invalid`] with the fields `current` and `new`; [`ServiceError::TooMany`].
pub async fn change_password(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    current: &str,
    new: &str,
) -> Result<Opened> {
    let mut checks = Checks::new();
    password::check(&mut checks, "new", new);
    checks.that(
        !current.is_empty() || is_proven(app, &who.session),
        "current",
        "is required",
    );
    checks.that(current != new, "new", "is the present password");
    checks.done()?;
    if !current.is_empty() && !knows_password(app, who, mark, current).await? {
        return Err(invalid("current", "is not your password"));
    }
    let hash = password::hash(app, new).await?;
    let mut work = app.begin(&who.actor()).await?;
    let account = &who.account;
    account::renew_password(&mut work.tx, account.id, &hash).await?;
    session::delete_others(&mut work.tx, who.session.id, account.id).await?;
    audit::record(
        &mut work,
        "account.password",
        "account",
        &account.id.to_string(),
        "changed their password",
    )
    .await?;
    let sender = notice::sender_to(&mut work, &account.email).await?;
    let portal = notice::portal_address(&mut work, &sender.slug).await?;
    let told = mail::password_changed(&sender, &account.email, &account.name, &portal);
    mail::enqueue(&mut work, told).await?;
    let opened = renew(&mut work, who, "logged in with the new password").await?;
    work.commit().await?;
    Ok(opened)
}

/// Removes sessions that have ended by time; the demo's never do. Answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    if work.app.settings().demo {
        return Ok(0);
    }
    Ok(session::delete_old(
        &mut work.tx,
        work.now.plus_ms(-IDLE_MS),
        work.now.plus_ms(-ABSOLUTE_MS),
    )
    .await?)
}
