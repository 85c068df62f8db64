//! Portal accounts: who they are and what they may do.

use domain::id::{AffiliateId, BusinessId};
use domain::status::AffiliateStatus;
use domain::text::fold;
use store::portal::account;
pub use store::portal::account::Account;
use store::programme::affiliate;
pub use store::programme::affiliate::Affiliate;

use super::invitation;
use crate::actor::Actor;
use crate::error::{Result, conflict};
use crate::identity::{audit, setting};
use crate::work::Work;

/// Accounts that one address may have.
pub const OF_ADDRESS_MAX: i64 = 10;

/// What an affiliate may do in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Pending: sees the state of the application.
    Application,
    /// Approved: everything.
    Full,
    /// Suspended: reads everything, changes nothing.
    ReadOnly,
    /// Terminated: only the statements.
    Statements,
    /// The account is no affiliate: none of the app's pages.
    NoApp,
}

impl Access {
    /// The access of a status.
    #[must_use]
    pub const fn of(status: AffiliateStatus) -> Self {
        match status {
            AffiliateStatus::Pending => Self::Application,
            AffiliateStatus::Approved => Self::Full,
            AffiliateStatus::Suspended => Self::ReadOnly,
            AffiliateStatus::Terminated => Self::Statements,
        }
    }

    /// Whether links, leads, commissions and figures may be seen.
    #[must_use]
    pub const fn may_see_figures(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }

    /// Whether payouts and statements may be seen.
    #[must_use]
    pub const fn may_see_statements(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly | Self::Statements)
    }

    /// What the person is told at the top of the portal; `None` when there is nothing to tell.
    #[must_use]
    pub const fn notice(self) -> Option<&'static str> {
        match self {
            Self::Application => Some(
                "Your application is being looked at. You get a mail with your links as soon as it is approved.",
            ),
            Self::Full | Self::NoApp => None,
            Self::ReadOnly => Some(
                "Your participation is suspended: your links are off and nothing can be changed. Your figures stay here to read.",
            ),
            Self::Statements => {
                Some("Your participation has ended. Your statements stay here to read.")
            }
        }
    }
}

/// The actor that an account is.
#[must_use]
pub fn actor(business: BusinessId, account: &Account) -> Actor {
    Actor::Account {
        business,
        id: account.id,
        name: account.name.clone(),
        affiliate: account.affiliate_id,
    }
}

/// Whether an address may get another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// It may.
    Free,
    /// It has one, and the business allows no duplicates.
    Taken,
    /// It has [`OF_ADDRESS_MAX`] already.
    Full,
}

/// Whether a folded address may get another account. The answer holds in a work that has had requests of
/// the business run one after the other (`login_code::order`).
///
/// # Errors
/// As the database says.
pub async fn room(work: &mut Work, email_folded: &str) -> Result<Room> {
    let there = account::list_by_email(&mut work.tx, email_folded, OF_ADDRESS_MAX).await?;
    let count = i64::try_from(there.len()).unwrap_or(i64::MAX);
    Ok(match count {
        0 => Room::Free,
        OF_ADDRESS_MAX.. => Room::Full,
        // Who was shut out does not come back by another account.
        _ if there.iter().any(|account| account.blocked) => Room::Taken,
        _ if setting::get(work).await?.allow_duplicate_contact => Room::Free,
        _ => Room::Taken,
    })
}

/// Refuses another account for an address that may not have one.
///
/// # Errors
/// A conflict that says why.
pub(super) async fn require_room(work: &mut Work, email_folded: &str) -> Result<()> {
    match room(work, email_folded).await? {
        Room::Free => Ok(()),
        Room::Taken => Err(conflict(
            "There is an account with this address already. Log in with it.",
        )),
        Room::Full => Err(conflict(
            "This address has as many accounts as it may have. Log in to one of them.",
        )),
    }
}

/// Makes an account that is no affiliate yet the account of an affiliate, in a work that knows the
/// mailbox to be proven. An invitation that is open is accepted with it; of the affiliate nothing is
/// changed. False when the account or the affiliate has another already.
pub(super) async fn attach(
    work: &mut Work,
    account: &Account,
    affiliate: AffiliateId,
) -> Result<bool> {
    if !account::attach(&mut work.tx, account.id, affiliate).await? {
        return Ok(false);
    }
    invitation::accept_open(work, affiliate).await?;
    audit::record(
        work,
        "account.attach",
        "affiliate",
        &affiliate.to_string(),
        &format!("The account of {} became the affiliate’s", account.email),
    )
    .await?;
    work.changed(Some(affiliate));
    Ok(true)
}

/// Gives an account, whose mailbox was just proven, the affiliate of its address whom staff added
/// before, if there is one without an account. Whoever was terminated stays out.
pub(super) async fn claim(work: &mut Work, account: Account) -> Result<Account> {
    let known = affiliate::find_by_email(&mut work.tx, &account.email).await?;
    let Some(known) = known.filter(|known| known.status != AffiliateStatus::Terminated) else {
        return Ok(account);
    };
    let attached = attach(work, &account, known.id).await?;
    Ok(Account {
        affiliate_id: attached.then_some(known.id),
        ..account
    })
}

/// Gives an affiliate without an account the one of the same address that is no affiliate, if there is
/// one: its mailbox was proven, and an invitation could make no second one.
pub(super) async fn adopt(work: &mut Work, affiliate: AffiliateId, email: &str) -> Result<()> {
    let there = account::list_by_email(&mut work.tx, &fold(email), OF_ADDRESS_MAX).await?;
    let free = there
        .iter()
        .find(|account| account.affiliate_id.is_none() && !account.blocked);
    if let Some(account) = free {
        attach(work, account, affiliate).await?;
    }
    Ok(())
}
