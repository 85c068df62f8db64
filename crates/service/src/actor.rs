//! Who acts, and what they may do.

use domain::id::{AccountId, AffiliateId, ApiKeyId, BusinessId, StaffId};
use domain::status::{Role, Scope};

use crate::error::{Result, ServiceError};

/// Who acts. Every actor belongs to one business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff, logged in to the admin.
    Staff {
        /// The business chosen.
        business: BusinessId,
        /// The person.
        id: StaffId,
        /// Their name, for the audit log.
        name: String,
        /// Their role in this business.
        role: Role,
    },
    /// A program with an API key.
    Key {
        /// The key's business.
        business: BusinessId,
        /// The key.
        id: ApiKeyId,
        /// Its name, for the audit log.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// A person in the portal.
    Account {
        /// The portal's business.
        business: BusinessId,
        /// The account.
        id: AccountId,
        /// Their name.
        name: String,
        /// The affiliate they are, if they are one.
        affiliate: Option<AffiliateId>,
    },
    /// A member of staff who looks at the portal as an affiliate sees it. Reads what the affiliate may
    /// read and changes nothing.
    Inside {
        /// The affiliate's business.
        business: BusinessId,
        /// The person.
        id: StaffId,
        /// Their name.
        name: String,
        /// Whose view it is.
        affiliate: AffiliateId,
    },
    /// A visitor's browser with the publishable key: may report clicks, leads and sales.
    Browser {
        /// The key's business.
        business: BusinessId,
    },
    /// The program itself: jobs, the command line, the demo.
    System {
        /// The business worked on.
        business: BusinessId,
    },
}

impl Actor {
    /// The business everything this actor does is about.
    #[must_use]
    pub const fn business(&self) -> BusinessId {
        match self {
            Self::Staff { business, .. }
            | Self::Key { business, .. }
            | Self::Account { business, .. }
            | Self::Inside { business, .. }
            | Self::Browser { business }
            | Self::System { business } => *business,
        }
    }

    /// The kind, for the audit log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Staff { .. } | Self::Inside { .. } => "staff",
            Self::Key { .. } => "api_key",
            Self::Account { .. } => "account",
            Self::Browser { .. } => "browser",
            Self::System { .. } => "system",
        }
    }

    /// The name shown in histories.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Staff { name, .. }
            | Self::Key { name, .. }
            | Self::Account { name, .. }
            | Self::Inside { name, .. } => name,
            Self::Browser { .. } => "Visitor",
            Self::System { .. } => "Tributary",
        }
    }

    /// The public id, for the audit log.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Staff { id, .. } | Self::Inside { id, .. } => Some(id.to_string()),
            Self::Key { id, .. } => Some(id.to_string()),
            Self::Account { id, .. } => Some(id.to_string()),
            Self::Browser { .. } | Self::System { .. } => None,
        }
    }

    /// Whether this actor has a scope. Owner, admins and the program have all; a browser may only track;
    /// agents and portal people have none (their use cases ask for [`Self::require_leads`] and
    /// [`Self::affiliate`]).
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Staff { role, .. } => match role {
                Role::Owner | Role::Admin => true,
                Role::Agent => false,
            },
            Self::System { .. } => true,
            Self::Key { scopes, .. } => scopes.contains(&scope),
            Self::Browser { .. } => scope == Scope::Track,
            Self::Account { .. } | Self::Inside { .. } => false,
        }
    }

    /// Refuses an actor without the scope.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.may(scope) {
            return Ok(());
        }
        Err(ServiceError::Forbidden(match self {
            Self::Key { .. } => format!("this key lacks the scope '{scope}'"),
            _ => "you may not do this".to_owned(),
        }))
    }

    /// Refuses everyone who may not see the log of leads: staff of every role may, and programs that read.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn require_leads(&self) -> Result<()> {
        match self {
            Self::Staff { .. } => Ok(()),
            _ => self.require(Scope::Read),
        }
    }

    /// Refuses everyone who may not see what is this affiliate's: they themselves may, and whoever may read.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn require_read_of(&self, affiliate: AffiliateId) -> Result<()> {
        if self.affiliate().ok() == Some(affiliate) {
            return Ok(());
        }
        self.require(Scope::Read)
    }

    /// Refuses everyone but the owner (team, keys with all scopes, the business itself).
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn require_owner(&self) -> Result<()> {
        match self {
            Self::Staff {
                role: Role::Owner, ..
            }
            | Self::System { .. } => Ok(()),
            _ => Err(ServiceError::Forbidden(
                "only the owner may do this".to_owned(),
            )),
        }
    }

    /// The affiliate a portal person is, or whose eyes a member of staff looks through.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for everybody else.
    pub fn affiliate(&self) -> Result<AffiliateId> {
        match self {
            Self::Account {
                affiliate: Some(affiliate),
                ..
            }
            | Self::Inside { affiliate, .. } => Ok(*affiliate),
            _ => Err(ServiceError::Forbidden(
                "this page is for affiliates".to_owned(),
            )),
        }
    }
}
