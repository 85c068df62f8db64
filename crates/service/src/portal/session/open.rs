//! Opening a session, for whoever has proved who they are.

use domain::text::fold;
use domain::time::UnixMs;
use store::portal::{activity, session};

use super::{Client, LoggedIn, Opened, Session, accounts, realm};
use crate::error::{Result, not_found};
use crate::identity::two_step::{self, Holder};
use crate::identity::{audit, log_in};
use crate::portal::account::{Account, actor};
use crate::random::new_secret;
use crate::session::{self as shared, Token};
use crate::work::Work;

/// Opens a session in a work that proved who the person is. `reach` are all accounts that the proof
/// opens: the session may switch between them. When the account has a second step, the session waits for
/// that: see [`super::pass_second_step`].
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
pub(in crate::portal) async fn open_whole(
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
pub(super) struct Standing {
    /// When it was made; one in place of another is as old as that.
    pub(super) created_at_ms: UnixMs,
    /// When the person last proved who they are.
    pub(super) proven_at_ms: UnixMs,
    /// Whether it waits for the second step of the log-in.
    pub(super) second_step: bool,
}

impl Standing {
    pub(super) const fn new(now: UnixMs, second_step: bool) -> Self {
        Self {
            created_at_ms: now,
            proven_at_ms: now,
            second_step,
        }
    }
}

pub(super) async fn open_as(
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
        secret_hash: shared::hash(&secret),
        csrf: new_secret(work.app.random()),
        host: host.clone(),
        user_agent: shared::kept_user_agent(user_agent),
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
    let token = Token {
        business,
        id: new.id,
        secret: &secret,
    };
    Ok(Opened {
        cookie: token.to_string(),
        mark,
        account: account.id,
    })
}

/// Puts a new session in the place of the one that is open, in a work that proved who the person is.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] when the open one ended meanwhile.
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
