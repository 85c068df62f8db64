//! Who is told when something changed: open pages listen here and fetch themselves anew.
//!
//! A hub reaches this process. Where there are others on the database, it collects what is told here, and an
//! [`Echo`](crate::echo::Echo) passes it on and brings what they have told.

mod news;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::id::{AffiliateId, BusinessId};
use tokio::sync::{broadcast, watch};

use crate::random::Random;

pub(crate) use news::News;

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

/// Passes changes on inside this process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    sender: broadcast::Sender<Change>,
    versions: Arc<[AtomicU64; VERSIONS]>,
    told: Arc<[AtomicU64; VERSIONS]>,
    total: Arc<AtomicU64>,
    /// What other processes are to hear; unset where nobody passes it on.
    news: Arc<OnceLock<Mutex<News>>>,
    closing: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG_MAX),
            versions: Arc::new([const { AtomicU64::new(0) }; VERSIONS]),
            told: Arc::new([const { AtomicU64::new(0) }; VERSIONS]),
            total: Arc::default(),
            news: Arc::default(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Hub {
    /// Tells everyone who listens of a change made by this process; nobody listening is fine.
    pub fn publish(&self, change: Change) {
        self.note(change, false);
        self.hear(change, false);
    }

    /// Tells open pages of new clicks. Nothing else changed, so that what is kept in memory of the
    /// business stays good: [`Self::version`] does not move.
    pub fn publish_clicks(&self, change: Change) {
        self.note(change, true);
        self.hear(change, true);
    }

    /// Tells everyone here of a change, wherever it was made, and no other process. With `clicks` it is new clicks and nothing
    /// else, see [`Self::publish_clicks`].
    pub(crate) fn hear(&self, change: Change, clicks: bool) {
        if !clicks {
            self.versions[place(change.business)].fetch_add(1, Ordering::AcqRel);
            self.total.fetch_add(1, Ordering::AcqRel);
        }
        // Counted first: who begins to listen and then finds nothing told hears the change itself.
        self.told[place(change.business)].fetch_add(1, Ordering::AcqRel);
        let _ = self.sender.send(change);
    }

    fn note(&self, change: Change, clicks: bool) {
        if let Some(news) = self.news.get() {
            locked(news).add(change, clicks);
        }
    }

    /// From now on what this process tells is collected for the others. Where there are others, each counts [`Self::told`] from
    /// a number of its own: a page that one of them has read with the same count by chance would not hear what it has missed.
    pub(crate) fn collect(&self, random: &dyn Random) {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        // JavaScript's numbers are exact below 2^53: half of them are left to count on.
        let start = u64::from_be_bytes(bytes) >> 12;
        for told in self.told.iter() {
            told.fetch_add(start, Ordering::AcqRel);
        }
        self.news.get_or_init(Mutex::default);
    }

    /// What was collected since it was taken last.
    pub(crate) fn take_news(&self) -> News {
        self.news
            .get()
            .map(|news| std::mem::take(&mut *locked(news)))
            .unwrap_or_default()
    }

    /// Collects again what could not be passed on.
    pub(crate) fn give_back(&self, news: &News) {
        for (change, clicks) in news.changes() {
            self.note(change, clicks);
        }
    }

    /// A count of what was told of this business (and of a few others) so far. A page that was read at another one, or in
    /// another process, may have missed something before it began to listen.
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

fn locked(news: &Mutex<News>) -> MutexGuard<'_, News> {
    news.lock().unwrap_or_else(PoisonError::into_inner)
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
