//! Sessions in the portal: a secret in a cookie, its hash in the database, one business and host.

mod cookie;
mod entry;
mod open;
mod password;
mod switch;

pub use cookie::{authenticate, pass_second_step, waiting};
pub use entry::{Entered, LogIn, choices, choose, log_in};
pub(super) use open::open_whole;
pub use open::{open, renew};
pub use password::{change_password, prove};
pub use store::portal::session::Session;
pub use switch::{Accounts, accounts, has_others, switch};

use domain::id::{AccountId, BusinessId, SessionId};
use domain::time::DAY_MS;
use store::portal::session;

use super::account::{Access, Account, Affiliate, actor};
use super::profile::Profile;
use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError, not_found};
use crate::session::{self as shared, Life};
use crate::work::Work;

/// A session ends when it was not used for 14 days.
pub const IDLE_MS: i64 = 14 * DAY_MS;
/// A session ends after 90 days, used or not.
pub const ABSOLUTE_MS: i64 = 90 * DAY_MS;
/// For 15 minutes after a person proved who they are, sensitive acts do not ask again.
pub const PROOF_MS: i64 = 15 * 60_000;
const LIFE: Life = Life {
    idle_ms: IDLE_MS,
    absolute_ms: ABSOLUTE_MS,
};

/// Where a person comes from.
#[derive(Debug, Clone)]
pub struct Client {
    /// The host name of the request, with its port.
    pub host: String,
    /// What the browser calls itself.
    pub user_agent: String,
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

/// Whether a person proved lately enough who they are for acts that need it. The demo never asks.
#[must_use]
pub fn is_proven(app: &App, session: &Session) -> bool {
    app.settings().demo || app.now().0 - session.proven_at_ms.0 < PROOF_MS
}

/// The realm in which a portal's failed log-ins are counted.
fn realm(business: BusinessId) -> String {
    format!("portal {}", business.code())
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
    let lives = |s: &Session| LIFE.lasts(&work.app, work.now, s.created_at_ms, s.seen_at_ms);
    sessions.retain(|session| !session.second_step && lives(session));
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
    shared::note_end(work, id).await
}

/// Ends all other sessions of the person who acts; answers with how many.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but portal people.
pub async fn end_others(work: &mut Work, keep: SessionId) -> Result<u64> {
    let account = acting(work)?;
    let ended = session::delete_others(&mut work.tx, keep, account).await?;
    shared::note_end_of_others(work, keep, ended).await?;
    Ok(ended)
}

/// Removes sessions that have ended by time; the demo's never do. Answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    let Some((seen, made)) = LIFE.bounds(&work.app, work.now) else {
        return Ok(0);
    };
    Ok(session::delete_old(&mut work.tx, seen, made).await?)
}
