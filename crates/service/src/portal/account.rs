//! Portal accounts: who they are and what they may do.

use domain::id::BusinessId;
use domain::status::AffiliateStatus;
pub use store::portal::account::Account;
pub use store::programme::affiliate::Affiliate;

use crate::actor::Actor;

/// What an affiliate may do in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Pending: sees the state of the application.
    Application,
    /// Approved: everything.
    Full,
    /// Suspended: reads everything, changes nothing.
    ReadOnly,
    /// Terminated, or no affiliate: only the statements.
    Statements,
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
            Self::Full => None,
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
