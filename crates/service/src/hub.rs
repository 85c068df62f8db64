//! Who is told when something changed: open pages listen here and fetch themselves anew.

use domain::id::{AffiliateId, BusinessId};
use tokio::sync::broadcast;

/// Changes that a slow listener may lag behind before it is told to fetch everything.
const BACKLOG_MAX: usize = 1024;

/// Something of a business changed; when `affiliate` is set, something of that affiliate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The business.
    pub business: BusinessId,
    /// The affiliate concerned, or none when it concerns the business as a whole.
    pub affiliate: Option<AffiliateId>,
}

/// Passes changes on inside this process.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG_MAX))
    }
}

impl Hub {
    /// Tells everyone who listens; nobody listening is fine.
    pub fn publish(&self, change: Change) {
        let _ = self.0.send(change);
    }

    /// Listens from now on. A lagged receiver should treat it as one change.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}
