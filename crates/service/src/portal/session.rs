//! Sessions in the portal: a secret in a cookie, its hash in the database, one business and host.

use domain::id::{AccountId, BusinessId, SessionId};
use domain::text::fold;
use domain::time::DAY_MS;
use sha2::{Digest as _, Sha256};
pub use store::portal::session::Session;
use store::portal::{account, session};
use store::programme::affiliate;
use subtle::ConstantTimeEq as _;

use super::account::{Access, Account, Affiliate, actor};
use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError, not_found, only_a_note};
use crate::identity::{audit, log_in, password};
use crate::random::new_secret;
use crate::work::Work;

/// A session ends when it was not used for 14 days.
pub const IDLE_MS: i64 = 14 * DAY_MS;
/// A session ends after 90 days, used or not.
pub const ABSOLUTE_MS: i64 = 90 * DAY_MS;
/// Use is noted every five minutes at most: a write for every page would queue behind money.
const SEEN_EVERY_MS: i64 = 5 * 60_000;
/// Characters of the browser's name that are kept.
const USER_AGENT_MAX: usize = 300;
/// Accounts of one address whose passwords are tried, the oldest first.
const ACCOUNTS_OF_ADDRESS_MAX: i64 = 10;

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

/// Logs in with a password. Unknown address, wrong password and a blocked account are told alike and
/// take alike.
///
/// # Errors
/// [`ServiceError::Unauthorized`]; [`ServiceError::TooMany`] while the account has to wait.
pub async fn log_in(app: &App, business: BusinessId, input: LogIn) -> Result<Opened> {
    let LogIn {
        email,
        password,
        client,
        mark,
    } = input;
    let folded = fold(&email);
    let counted = log_in::account(app, &realm(business), &folded, mark.as_deref());
    log_in::take_turn(app, &counted).await?;
    let known = account::list_by_email(
        &mut app.db().read(business).await?,
        &folded,
        ACCOUNTS_OF_ADDRESS_MAX,
    )
    .await?;
    let mut right = None;
    for account in &known {
        if password::verify(app, &password, account.password_hash.as_deref()).await?
            && right.is_none()
        {
            right = Some(account);
        }
    }
    if known.is_empty() {
        password::verify(app, &password, None).await?;
    }
    let Some(account) = right.filter(|account| !account.blocked) else {
        return Err(ServiceError::Unauthorized(
            "The e-mail address or the password is not right.".to_owned(),
        ));
    };
    log_in::passed(app, &counted).await?;
    let mut work = app.begin(&actor(business, account)).await?;
    let opened = open(&mut work, account, &client, "logged in").await?;
    work.commit().await?;
    Ok(opened)
}

/// Opens a session in a work that proved who the person is.
///
/// # Errors
/// As the database says.
pub async fn open(
    work: &mut Work,
    account: &Account,
    client: &Client,
    detail: &str,
) -> Result<Opened> {
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
        created_at_ms: work.now,
        seen_at_ms: work.now,
        proven_at_ms: work.now,
    };
    session::insert(&mut work.tx, &new).await?;
    work.actor = actor(business, account);
    audit::record(work, "session.open", "session", &new.id.to_string(), detail).await?;
    let mark = log_in::mark(&work.app, &realm(business), &fold(&account.email));
    Ok(Opened {
        cookie: format!("{}.{}.{secret}", business.code(), new.id),
        mark,
        account: account.id,
    })
}

/// Whom a cookie of this business's portal belongs to, if its session lives and was opened on this
/// host. A cookie of another business is nobody's here.
///
/// # Errors
/// As the database says; a wrong cookie is no error.
pub async fn authenticate(
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
    drop(tx);
    if now.0 - session.seen_at_ms.0 >= SEEN_EVERY_MS {
        let noted = async {
            let mut tx = app.db().write(business).await?;
            session::set_seen(&mut tx, session.id, now).await?;
            tx.commit().await
        };
        only_a_note(noted.await);
    }
    Ok(Some(LoggedIn {
        session,
        account,
        affiliate,
        business,
    }))
}

fn acting(work: &Work) -> Result<AccountId> {
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
    let mut sessions = session::list_of_account(&mut work.tx, account).await?;
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
