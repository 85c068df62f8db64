//! Who is told when something changed: open pages listen here and fetch themselves anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::id::{AffiliateId, BusinessId};
use tokio::sync::{broadcast, watch};

/// Changes that a slow listener may lag behind before it is told to fetch everything.
const BACKLOG_MAX: usize = 1024;
/// Counters that the businesses share: two businesses on one only make each other look again.
const VERSIONS: usize = 256;

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
pub struct Hub {
    sender: broadcast::Sender<Change>,
    versions: Arc<[AtomicU64; VERSIONS]>,
    told: Arc<[AtomicU64; VERSIONS]>,
    total: Arc<AtomicU64>,
    closing: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG_MAX),
            versions: Arc::new([const { AtomicU64::new(0) }; VERSIONS]),
            told: Arc::new([const { AtomicU64::new(0) }; VERSIONS]),
            total: Arc::default(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Hub {
    /// Tells everyone who listens; nobody listening is fine.
    pub fn publish(&self, change: Change) {
        self.versions[place(change.business)].fetch_add(1, Ordering::AcqRel);
        self.total.fetch_add(1, Ordering::AcqRel);
        self.tell(change);
    }

    /// Tells open pages of new clicks. Nothing else changed, so that what is kept in memory of the
    /// business stays good: [`Self::version`] does not move.
    pub fn publish_clicks(&self, change: Change) {
        self.tell(change);
    }

    fn tell(&self, change: Change) {
        // Counted first: who begins to listen and then finds nothing told hears the change itself.
        self.told[place(change.business)].fetch_add(1, Ordering::AcqRel);
        let _ = self.sender.send(change);
    }

    /// How much was told of this business (and of a few others) so far. A page that was read at another count
    /// may have missed something before it began to listen.
    #[must_use]
    pub fn told(&self, business: BusinessId) -> u64 {
        self.told[place(business)].load(Ordering::Acquire)
    }

    /// Listens from now on. A lagged receiver should treat it as one change.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }

    /// Has every stream of [`Self::closed`] end: the process is about to stop.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Ends once the process is about to stop.
    pub async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives as long as this hub.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    /// Moves with every change of this business (and of a few others). What was read before it
    /// moved may be out of date.
    #[must_use]
    pub fn version(&self, business: BusinessId) -> u64 {
        self.versions[place(business)].load(Ordering::Acquire)
    }

    /// Moves with every change of whatever business.
    #[must_use]
    pub fn total_version(&self) -> u64 {
        self.total.load(Ordering::Acquire)
    }
}

/// The counter of a business.
fn place(business: BusinessId) -> usize {
    let mixed = business
        .as_i64()
        .unsigned_abs()
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        >> 56;
    mixed as usize % VERSIONS
}
