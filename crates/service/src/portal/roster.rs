//! The portal as staff looks over it: who was invited and joined, who uses it, and who is shut out.

use domain::id::{AccountId, SessionId};
use domain::status::{AccountState, InvitationState, Scope};
use domain::time::{DAY_MS, Day, UnixMs};
use store::list::Window;
use store::portal::roster as rows;
pub use store::portal::roster::{
    AccountLine, ByApp, Filter, INVITABLE_ORDERS, Invitable, Joined, ORDERS, Stuck, Totals,
};
use store::portal::session as sessions;

use super::session::{self, Session};
use crate::error::{Result, conflict, not_found};
use crate::identity::audit::{self, AuditEntry};
use crate::messaging::{mail, notice};
use crate::work::Work;

/// An account that was used within this time is active.
const ACTIVE_MS: i64 = 30 * DAY_MS;
/// The shorter time that the overview tells of.
const WEEK_MS: i64 = 7 * DAY_MS;
/// Acts of an account that its page shows.
const HISTORY_MAX: i64 = 50;
/// Invitations that wait for a person and are shown at once.
const STUCK_MAX: i64 = 20;

/// How many invitations have come how far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invited {
    counts: Vec<(InvitationState, i64)>,
}

impl Invited {
    /// How many are in a state.
    #[must_use]
    pub fn in_state(&self, state: InvitationState) -> i64 {
        self.counts
            .iter()
            .filter(|(there, _)| *there == state)
            .map(|(_, count)| count)
            .sum()
    }

    /// All that were not taken back. One for a corrected address takes the place of the first.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.counts
            .iter()
            .filter(|(state, _)| *state != InvitationState::Revoked)
            .map(|(_, count)| count)
            .sum()
    }

    /// Those that wait for the person who was invited.
    #[must_use]
    pub fn open(&self) -> i64 {
        [
            InvitationState::Queued,
            InvitationState::Sent,
            InvitationState::Opened,
        ]
        .into_iter()
        .map(|state| self.in_state(state))
        .sum()
    }
}

/// How an account is used, at an instant.
#[must_use]
pub fn state_of(line: &AccountLine, now: UnixMs) -> AccountState {
    match line.last_seen_at_ms {
        _ if line.blocked => AccountState::Blocked,
        None => AccountState::New,
        Some(seen) if now.0 - seen.0 < ACTIVE_MS => AccountState::Active,
        Some(_) => AccountState::Quiet,
    }
}

/// The accounts of a filter.
///
/// # Errors
/// When the actor may not read.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<AccountLine>> {
    work.require(Scope::Read)?;
    let since = work.now.plus_ms(-ACTIVE_MS);
    Ok(rows::list(&mut work.tx, filter, since, window).await?)
}

/// How many accounts a filter has.
///
/// # Errors
/// When the actor may not read.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    let since = work.now.plus_ms(-ACTIVE_MS);
    Ok(rows::count(&mut work.tx, filter, since).await?)
}

/// How many accounts there are, and how many were used within 7 and 30 days.
///
/// # Errors
/// When the actor may not read.
pub async fn totals(work: &mut Work) -> Result<Totals> {
    work.require(Scope::Read)?;
    let (week, month) = (work.now.plus_ms(-WEEK_MS), work.now.plus_ms(-ACTIVE_MS));
    Ok(rows::totals(&mut work.tx, week, month).await?)
}

/// How many people joined on each day, both ends included.
///
/// # Errors
/// When the actor may not read.
pub async fn joined(work: &mut Work, from: Day, to: Day) -> Result<Vec<Joined>> {
    work.require(Scope::Read)?;
    Ok(rows::joined(&mut work.tx, from, to).await?)
}

/// How far invitations have come.
///
/// # Errors
/// When the actor may not read.
pub async fn invited(work: &mut Work) -> Result<Invited> {
    work.require(Scope::Read)?;
    let counts = rows::invitations(&mut work.tx, work.now).await?;
    Ok(Invited {
        counts: counts
            .into_iter()
            .map(|count| (count.state, count.invitations))
            .collect(),
    })
}

/// How many people were invited and joined, by app.
///
/// # Errors
/// When the actor may not read.
pub async fn by_app(work: &mut Work) -> Result<ByApp> {
    work.require(Scope::Read)?;
    Ok(rows::by_app(&mut work.tx).await?)
}

/// Invitations that wait for staff: they came back, ran out or could not be mailed. The state of each has
/// its end by time in it, unless the address was refused: that is what is to be mended.
///
/// # Errors
/// When the actor may not read.
pub async fn stuck(work: &mut Work) -> Result<Vec<Stuck>> {
    work.require(Scope::Read)?;
    let now = work.now;
    let mut stuck = rows::stuck(&mut work.tx, now, STUCK_MAX).await?;
    for invitation in &mut stuck {
        if invitation.expires_at_ms <= now && invitation.state != InvitationState::Bounced {
            invitation.state = InvitationState::Expired;
        }
    }
    Ok(stuck)
}

/// Affiliates whom staff can invite: they have no account and no invitation that works, and were not
/// terminated. Only those with `search` in their name or address.
///
/// # Errors
/// When the actor may not read.
pub async fn invitable(
    work: &mut Work,
    search: Option<&str>,
    window: Window,
) -> Result<Vec<Invitable>> {
    work.require(Scope::Read)?;
    let now = work.now;
    Ok(rows::invitable(&mut work.tx, now, search, window).await?)
}

/// How many of them there are.
///
/// # Errors
/// When the actor may not read.
pub async fn invitable_count(work: &mut Work, search: Option<&str>) -> Result<i64> {
    work.require(Scope::Read)?;
    let now = work.now;
    Ok(rows::invitable_count(&mut work.tx, now, search).await?)
}

/// One account.
///
/// # Errors
/// When there is none, or the actor may not read.
pub async fn get(work: &mut Work, id: AccountId) -> Result<AccountLine> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("account"))
}

/// The living sessions of an account, the latest first.
///
/// # Errors
/// When the actor may not read.
pub async fn sessions(work: &mut Work, id: AccountId) -> Result<Vec<Session>> {
    work.require(Scope::Read)?;
    session::living(work, id).await
}

/// What an account did and what was done to it, the latest first.
///
/// # Errors
/// When the actor may not read.
pub async fn history(work: &mut Work, id: AccountId) -> Result<Vec<AuditEntry>> {
    work.require(Scope::Read)?;
    Ok(rows::history(&mut work.tx, &id.to_string(), HISTORY_MAX).await?)
}

/// Shuts an account out: all its sessions end at once, and log-ins are refused as if the password were
/// wrong.
///
/// # Errors
/// When there is none, or the actor may not manage.
pub async fn block(work: &mut Work, id: AccountId) -> Result<AccountLine> {
    set_blocked(work, id, true).await
}

/// Lets an account in again, with the password it had.
///
/// # Errors
/// When there is none, or the actor may not manage.
pub async fn unblock(work: &mut Work, id: AccountId) -> Result<AccountLine> {
    set_blocked(work, id, false).await
}

async fn set_blocked(work: &mut Work, id: AccountId, blocked: bool) -> Result<AccountLine> {
    work.require(Scope::Manage)?;
    let account = get(work, id).await?;
    if !rows::set_blocked(&mut work.tx, id, blocked).await? {
        return Ok(account);
    }
    let (action, detail) = if blocked {
        sessions::delete_of_account(&mut work.tx, id).await?;
        (
            "account.blocked",
            format!("Shut {} out of the portal", account.email),
        )
    } else {
        (
            "account.unblocked",
            format!("Let {} into the portal again", account.email),
        )
    };
    audit::record(work, action, "account", &id.to_string(), &detail).await?;
    work.changed(account.affiliate_id);
    Ok(AccountLine { blocked, ..account })
}

/// Ends one session of an account.
///
/// # Errors
/// When there is none, or it is not the account's, or the actor may not manage.
pub async fn end_session(work: &mut Work, id: AccountId, session: SessionId) -> Result<()> {
    work.require(Scope::Manage)?;
    let account = get(work, id).await?;
    let found = sessions::find(&mut work.tx, session).await?;
    if found.is_none_or(|session| session.account_id != id) {
        return Err(not_found("session"));
    }
    sessions::delete(&mut work.tx, session).await?;
    let detail = format!("Ended a session of {}", account.email);
    audit::record(
        work,
        "account.session_ended",
        "account",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(account.affiliate_id);
    Ok(())
}

/// Mails an account the portal's address and how to log in.
///
/// # Errors
/// A conflict when it is shut out; when there is none, or the actor may not manage.
pub async fn send_log_in(work: &mut Work, id: AccountId) -> Result<AccountLine> {
    work.require(Scope::Manage)?;
    let account = get(work, id).await?;
    if account.blocked {
        return Err(conflict(format!(
            "{} is blocked; unblock the account first",
            account.email
        )));
    }
    let sender = notice::sender_to(work, &account.email).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let new = mail::log_in(&sender, &account.email, &account.name, &portal);
    mail::enqueue(work, new).await?;
    let detail = format!("Mailed {} how to log in", account.email);
    audit::record(
        work,
        "account.log_in_mailed",
        "account",
        &id.to_string(),
        &detail,
    )
    .await?;
    Ok(account)
}
