//! Log-in sessions of staff: a secret in a cookie, its hash in the database, one business and host.

use domain::id::{BusinessId, SessionId, StaffId};
use domain::text::fold;
use domain::time::UnixMs;
use store::db::Tx;
use store::identity::passkey as passkeys;
pub use store::identity::session::Session;
pub use store::identity::staff::Member;
use store::identity::{business, session, staff};

use super::passkey::{self, Answer, Purpose, Realm, Site};
use super::two_step::{self, Holder};
use super::{audit, log_in, password};
use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError, not_found, only_a_note};
use crate::identity::business::Business;
use crate::random::new_secret;
use crate::session::{self as shared, Life, Token};
use crate::work::Work;

/// A session ends when it was not used for 8 hours.
pub const IDLE_MS: i64 = 8 * 3_600_000;
/// A session ends after 7 days, used or not.
pub const ABSOLUTE_MS: i64 = 7 * 24 * 3_600_000;
/// For 10 minutes after the password was given, acts that need it do not ask again.
pub const PROOF_MS: i64 = 10 * 60_000;
/// Use is noted once a minute at most: a write for every page would queue behind money.
const TOUCH_MS: i64 = 60_000;
const LIFE: Life = Life {
    idle_ms: IDLE_MS,
    absolute_ms: ABSOLUTE_MS,
};

/// What a log-in form sends, and from where.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// The host name of the request, with its port.
    pub host: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The mark of a known browser, if it shows one; see [`log_in::mark`].
    pub mark: Option<String>,
}

/// A session just opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The text for the cookie: `<business code>.<session id>.<secret>`.
    pub cookie: String,
    /// The business it is for.
    pub business: BusinessId,
    /// For the cookie that marks this browser as known.
    pub mark: String,
}

/// A person with a living session.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The session.
    pub session: Session,
    /// The person, with their role here.
    pub member: Member,
    /// The business it is for.
    pub business: Business,
    /// All businesses of this person, by name.
    pub businesses: Vec<Business>,
}

impl LoggedIn {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff {
            business: self.business.id,
            id: self.member.id,
            name: self.member.name.clone(),
            role: self.member.role,
        }
    }
}

/// Logs in with a password. Wrong address and wrong password are told alike and take alike.
///
/// # Errors
/// [`ServiceError::Unauthorized`]; [`ServiceError::TooMany`] while the account has to wait.
pub async fn log_in(app: &App, input: LogIn) -> Result<Opened> {
    let LogIn {
        email,
        password,
        host,
        user_agent,
        mark,
    } = input;
    let folded = fold(&email);
    let account = log_in::account(app, "staff", &folded, mark.as_deref());
    log_in::take_turn(app, &account).await?;
    let known = staff::find_by_email(&mut app.db().system_read().await?, &folded).await?;
    let right = password::verify(
        app,
        &password,
        known.as_ref().map(|person| person.password_hash.as_str()),
    )
    .await?;
    let refused = || {
        ServiceError::Unauthorized("The e-mail address or the password is not right.".to_owned())
    };
    let person = known.filter(|_| right).ok_or_else(refused)?;
    log_in::passed(app, &account).await?;
    let businesses = business::list_of_staff(&mut app.db().system_read().await?, person.id).await?;
    let first = businesses.first().ok_or_else(refused)?;
    let system = App::system(first.id);
    let second_step =
        two_step::is_on(&mut app.view(&system).await?, Holder::Staff(person.id)).await?;
    let now = app.now();
    let new = New {
        host: &host,
        user_agent: &user_agent,
        detail: "logged in",
        second_step,
        created_at: now,
        proven_at: now,
    };
    let tx = app.db().write(first.id).await?;
    open(app, tx, person.id, new).await
}

/// Logs in with a passkey, which is the second step as well.
///
/// # Errors
/// [`ServiceError::Unauthorized`].
pub async fn log_in_by_passkey(
    app: &App,
    site: &Site,
    cookie: &str,
    answer: &str,
    host: &str,
    user_agent: &str,
) -> Result<Opened> {
    let answer = Answer::read(answer)?;
    let refused = || {
        ServiceError::Unauthorized(
            "That passkey is not known here. Log in with your password.".to_owned(),
        )
    };
    let mut system = app.db().system_read().await?;
    let staff = passkeys::staff_of(&mut system, site.host(), answer.credential())
        .await?
        .ok_or_else(refused)?;
    let businesses = business::list_of_staff(&mut system, staff).await?;
    drop(system);
    let first = businesses.first().ok_or_else(refused)?.id;
    let holder = Holder::Staff(staff);
    let purpose = Purpose::LogIn;
    let checked = passkey::check(
        app,
        first,
        Realm::Staff,
        site,
        purpose,
        holder,
        cookie,
        &answer,
    )
    .await?;
    let now = app.now();
    let mut tx = app.db().write(first).await?;
    checked.note(&mut tx, now).await?;
    let detail = format!("logged in by the passkey {}", checked.name());
    let new = New {
        host,
        user_agent,
        detail: &detail,
        second_step: false,
        created_at: now,
        proven_at: now,
    };
    open(app, tx, staff, new).await
}

/// Passes the second step, or shows once more who it is, with a passkey: a whole session takes the place of
/// the open one.
///
/// # Errors
/// [`ServiceError::Unauthorized`].
pub async fn prove_by_passkey(
    app: &App,
    who: &LoggedIn,
    site: &Site,
    purpose: Purpose,
    cookie: &str,
    answer: &str,
) -> Result<Opened> {
    let answer = Answer::read(answer)?;
    let holder = Holder::Staff(who.member.id);
    let business = who.business.id;
    let checked = passkey::check(
        app,
        business,
        Realm::Staff,
        site,
        purpose,
        holder,
        cookie,
        &answer,
    )
    .await?;
    let now = app.now();
    let mut tx = app.db().write(business).await?;
    checked.note(&mut tx, now).await?;
    let detail = format!("proved who they are by the passkey {}", checked.name());
    replace_in(app, tx, who, business, &detail, (now, now)).await
}

/// Opens a session for who has just founded the business.
///
/// # Errors
/// As the database says.
pub async fn open_first(
    app: &App,
    business: BusinessId,
    staff: StaffId,
    host: &str,
    user_agent: &str,
) -> Result<Opened> {
    let now = app.now();
    let new = New {
        host,
        user_agent,
        detail: "logged in after the set-up",
        second_step: false,
        created_at: now,
        proven_at: now,
    };
    let tx = app.db().write(business).await?;
    open(app, tx, staff, new).await
}

/// A session to be opened: from where, why, whether the second step is still due, since when the person
/// is logged in, and when they last proved who they are.
struct New<'a> {
    host: &'a str,
    user_agent: &'a str,
    detail: &'a str,
    second_step: bool,
    created_at: UnixMs,
    proven_at: UnixMs,
}

async fn open(app: &App, tx: Tx, staff: StaffId, new: New<'_>) -> Result<Opened> {
    let New {
        host,
        user_agent,
        detail,
        second_step,
        created_at,
        proven_at,
    } = new;
    let business = tx.business();
    let mut work = Work::new(app.clone(), Actor::System { business }, app.now(), tx);
    let member = staff::find_member(&mut work.tx, staff)
        .await?
        .ok_or(not_found("business"))?;
    let now = work.now;
    if let Some((seen, made)) = LIFE.bounds(app, now) {
        session::delete_expired(&mut work.tx, staff, seen, made).await?;
    }
    let secret = new_secret(app.random());
    let opened = Session {
        id: work.new_id(),
        staff_id: staff,
        secret_hash: shared::hash(&secret),
        csrf: new_secret(app.random()),
        host: host.to_owned(),
        user_agent: shared::kept_user_agent(user_agent),
        created_at_ms: created_at,
        seen_at_ms: now,
        proven_at_ms: proven_at,
        second_step,
    };
    session::insert(&mut work.tx, &opened).await?;
    work.actor = Actor::Staff {
        business,
        id: staff,
        name: member.name,
        role: member.role,
    };
    audit::record(
        &mut work,
        "session.open",
        "session",
        &opened.id.to_string(),
        detail,
    )
    .await?;
    work.commit().await?;
    let token = Token {
        business,
        id: opened.id,
        secret: &secret,
    };
    Ok(Opened {
        cookie: token.to_string(),
        business,
        mark: log_in::mark(app, "staff", &fold(&member.email)),
    })
}

/// Who a cookie belongs to, if its session lives and was opened on this host. One whose session waits for
/// the second step of the log-in is nobody's.
///
/// # Errors
/// As the database says; a wrong cookie is no error.
pub async fn authenticate(app: &App, cookie: &str, host: &str) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, cookie, host).await?;
    Ok(who.filter(|who| !who.session.second_step))
}

/// Who a cookie belongs to whose session waits for the second step of the log-in.
///
/// # Errors
/// As [`authenticate`].
pub async fn waiting(app: &App, cookie: &str, host: &str) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, cookie, host).await?;
    let now = app.now();
    Ok(who.filter(|who| who.session.second_step && shared::waits(now, who.session.seen_at_ms)))
}

/// Takes the code of the second step: a whole session takes the place of the one that waits.
///
/// # Errors
/// As [`two_step::check`].
pub async fn pass_second_step(app: &App, who: &LoggedIn, code: &str) -> Result<Opened> {
    two_step::check(app, &who.actor(), Holder::Staff(who.member.id), code).await?;
    let now = app.now();
    let detail = "logged in by the second step";
    replace(app, who, who.business.id, detail, (now, now)).await
}

async fn of_cookie(app: &App, cookie: &str, host: &str) -> Result<Option<LoggedIn>> {
    let Some(token) = Token::read(cookie) else {
        return Ok(None);
    };
    let mut tx = app.db().read(token.business).await?;
    let Some(session) = session::find(&mut tx, token.id).await? else {
        return Ok(None);
    };
    let right = token.is_of(&session.secret_hash);
    let now = app.now();
    let lives = LIFE.lasts(app, now, session.created_at_ms, session.seen_at_ms);
    if !right || !lives || session.host != host {
        return Ok(None);
    }
    let (Some(member), Some(business)) = (
        staff::find_member(&mut tx, session.staff_id).await?,
        business::find(&mut tx).await?,
    ) else {
        return Ok(None);
    };
    let mut tx = tx.into_system();
    let businesses = business::list_of_staff(&mut tx, member.id).await?;
    drop(tx);
    if now.0 - session.seen_at_ms.0 >= TOUCH_MS && !session.second_step {
        let noted = async {
            let mut tx = app.db().write(business.id).await?;
            session::touch(&mut tx, session.id, now).await?;
            tx.commit().await
        };
        only_a_note(noted.await);
    }
    Ok(Some(LoggedIn {
        session,
        member,
        business,
        businesses,
    }))
}

/// Whether the password was given lately enough for acts that need it. The demo never asks.
#[must_use]
pub fn is_proven(app: &App, session: &Session) -> bool {
    app.settings().demo || app.now().0 - session.proven_at_ms.0 < PROOF_MS
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
    if !super::staff::knows_password(app, who.member.id, mark, password).await? {
        return Err(crate::error::invalid("password", "is not your password"));
    }
    renew(app, who, "gave the password again").await
}

/// Puts a new session in the place of the one that is open, once its person has proved who they are: whoever
/// had got hold of the old one is out.
///
/// # Errors
/// [`ServiceError::NotFound`] when the open one ended meanwhile.
pub async fn renew(app: &App, who: &LoggedIn, detail: &str) -> Result<Opened> {
    let now = app.now();
    replace(app, who, who.business.id, detail, (now, now)).await
}

/// Changes to another business of the same person, with a new session: it ends when the old one would
/// have, and is as good a proof of who they are.
///
/// # Errors
/// [`ServiceError::NotFound`] when the person does not work there.
pub async fn switch(app: &App, who: &LoggedIn, to: BusinessId) -> Result<Opened> {
    let Session {
        created_at_ms,
        proven_at_ms,
        ..
    } = who.session;
    let detail = "switched to this business";
    replace(app, who, to, detail, (created_at_ms, proven_at_ms)).await
}

/// Puts a new session in the place of one that lives. `since` is when the person logged in and when they
/// last proved who they are.
async fn replace(
    app: &App,
    who: &LoggedIn,
    business: BusinessId,
    detail: &str,
    since: (UnixMs, UnixMs),
) -> Result<Opened> {
    let tx = app.db().write(who.business.id).await?;
    replace_in(app, tx, who, business, detail, since).await
}

async fn replace_in(
    app: &App,
    mut tx: Tx,
    who: &LoggedIn,
    business: BusinessId,
    detail: &str,
    since: (UnixMs, UnixMs),
) -> Result<Opened> {
    let (created_at, proven_at) = since;
    let new = New {
        host: &who.session.host,
        user_agent: &who.session.user_agent,
        detail,
        second_step: false,
        created_at,
        proven_at,
    };
    if !session::delete(&mut tx, who.session.id, who.member.id).await? {
        return Err(not_found("session"));
    }
    open(app, tx.into_system().scoped(business), who.member.id, new).await
}

/// Opens a work of this person in which all their other sessions have ended, in all their businesses.
/// Answers with how many.
pub(super) async fn begin_alone(
    app: &App,
    actor: &Actor,
    staff: StaffId,
    keep: SessionId,
) -> Result<(Work, u64)> {
    let mut system = app.db().system_write().await?;
    let mut ended = 0;
    for business in business::list_of_staff(&mut system, staff).await? {
        let mut tx = system.scoped(business.id);
        ended += session::delete_others(&mut tx, keep, staff).await?;
        system = tx.into_system();
    }
    let tx = system.scoped(actor.business());
    Ok((Work::new(app.clone(), actor.clone(), app.now(), tx), ended))
}

/// The sessions of the person who acts, the last used first.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but staff.
pub async fn list(work: &mut Work) -> Result<Vec<Session>> {
    let staff = super::staff::acting(work)?;
    let mut sessions = session::list_of_staff(&mut work.tx, staff).await?;
    let lives = |s: &Session| LIFE.lasts(&work.app, work.now, s.created_at_ms, s.seen_at_ms);
    sessions.retain(|session| !session.second_step && lives(session));
    Ok(sessions)
}

/// Ends a session of the person who acts.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is not theirs.
pub async fn end(work: &mut Work, id: SessionId) -> Result<()> {
    let staff = super::staff::acting(work)?;
    if !session::delete(&mut work.tx, id, staff).await? {
        return Err(not_found("session"));
    }
    shared::note_end(work, id).await
}

/// Ends all other sessions of the person who acts; answers with how many.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but staff.
pub async fn end_others(work: &mut Work, keep: SessionId) -> Result<u64> {
    let staff = super::staff::acting(work)?;
    let ended = session::delete_others(&mut work.tx, keep, staff).await?;
    shared::note_end_of_others(work, keep, ended).await?;
    Ok(ended)
}
