//! Group commit: what has gathered while the last commit ran is stored by the next one.
//!
//! One task owns the queue. An answer goes out after the commit, so an answered click is stored. On
//! SQLite a batch is one transaction over all businesses, on PostgreSQL one each, side by side. A
//! batch that fails answers `false` and the task goes on; after a failure of storage it does not
//! ask it again for [`PAUSE`], so that redirects do not wait for what is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::id::{AffiliateId, BusinessId};
use futures_util::stream::{self, StreamExt as _};
use store::db::{Db, Engine, StoreError};
use store::programme::click::{self, NewClick};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Figures;
use crate::app::App;
use crate::clock::Clock;
use crate::hub::{Change, Hub};

/// Clicks that may wait: a second or so of full load. Beyond it redirects go out unrecorded, because
/// waiting longer would lose the visitor.
const QUEUE_MAX: usize = 16_384;
/// Clicks stored by one commit; more only make everybody in it wait for the last.
const BATCH_MAX: usize = 1_000;
/// How long a batch is added to before it is stored, while clicks keep coming.
const GATHER_MAX: Duration = Duration::from_millis(1);
/// How long it waits for more when none come. Measured at 64 connections on one core: the rate is a
/// sixth above that without waiting, and not better with more.
const QUIET_MAX: Duration = Duration::from_micros(300);
/// From this crowd on, the writer waits for others to come in.
const BUSY: usize = 32;
/// The share of the crowd that is worth a commit. Measured at 64 and 256 connections on one core: from 40 to 60 it makes no
/// difference that can be told.
const ENOUGH_PERCENT: usize = 40;
/// How long a commit may take before its redirects go out unrecorded.
const STORE_WAIT: Duration = Duration::from_secs(3);
/// How long storage is left alone after it failed.
const PAUSE: Duration = Duration::from_secs(1);
/// Transactions at a time on PostgreSQL, a share of its connections.
const BUSINESSES_AT_ONCE: usize = 8;
/// How often open pages are told of new clicks; they may lag two seconds.
const TELL_EVERY: Duration = Duration::from_millis(250);

struct Waiting {
    business: BusinessId,
    click: Box<NewClick>,
    stored: oneshot::Sender<bool>,
}

/// The queue before the task.
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
    end: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Writer {
    /// Starts the task on this runtime. It ends with [`Self::close`], or when the app is dropped.
    pub(super) fn start(app: &App, figures: &Arc<Figures>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let (ender, ended) = oneshot::channel();
        let keeper = Keeper {
            db: app.db().clone(),
            clock: app.clock(),
            hub: app.hub().clone(),
            figures: Arc::clone(figures),
            untold: BTreeSet::new(),
            tell_at: Instant::now(),
            pause_until: None,
            store_wait: app.trial().store_wait(STORE_WAIT),
        };
        let task = tokio::spawn(keeper.run(waiting, ended));
        Self {
            queue,
            end: Mutex::new(Some((ender, task))),
        }
    }

    /// Clicks in the queue.
    pub(super) fn waiting(&self) -> usize {
        self.queue
            .max_capacity()
            .saturating_sub(self.queue.capacity())
    }

    /// Waits until the click is stored; `false` when it could not be.
    pub(super) async fn store(&self, business: BusinessId, click: Box<NewClick>) -> bool {
        let (stored, answer) = oneshot::channel();
        if self
            .queue
            .try_send(Waiting {
                business,
                click,
                stored,
            })
            .is_err()
        {
            return false;
        }
        answer.await.unwrap_or(false)
    }

    /// Has the task store what waits, and ends it.
    pub(super) async fn close(&self) {
        if let Some((ender, task)) = self.end.lock().await.take() {
            let _ = ender.send(());
            let _ = task.await;
        }
    }
}

struct Keeper {
    db: Db,
    clock: Arc<dyn Clock>,
    hub: Hub,
    figures: Arc<Figures>,
    untold: BTreeSet<(BusinessId, AffiliateId)>,
    tell_at: Instant,
    pause_until: Option<Instant>,
    store_wait: Duration,
}

impl Keeper {
    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>, mut ended: oneshot::Receiver<()>) {
        let mut batch = Vec::new();
        let mut ending = false;
        let mut crowd = Crowd::default();
        loop {
            tokio::select! {
                biased;
                // The sender's drop ends the task too: the queue is closed by then.
                _ = &mut ended, if !ending => {
                    ending = true;
                    queue.close();
                }
                taken = queue.recv_many(&mut batch, BATCH_MAX) => {
                    if taken == 0 {
                        break;
                    }
                    let enough = crowd.enough(batch.len());
                    gather(&mut queue, &mut batch, enough).await;
                    crowd.go_on(batch.len());
                    self.store(&mut batch).await;
                }
                () = tokio::time::sleep_until(self.tell_at), if !self.untold.is_empty() => self.tell(),
            }
            if self.tell_at <= Instant::now() {
                self.tell();
            }
        }
        self.tell();
    }

    /// Stores a batch and answers everyone in it; leaves it empty.
    async fn store(&mut self, batch: &mut Vec<Waiting>) {
        if self.pause_until.is_some_and(|until| Instant::now() < until) {
            batch.clear(); // dropped answers read as false
            return;
        }
        self.pause_until = None;
        let mut parts: BTreeMap<BusinessId, Part> = BTreeMap::new();
        for Waiting {
            business,
            click,
            stored,
        } in batch.drain(..)
        {
            let part = parts.entry(business).or_default();
            part.affiliates.insert(click.affiliate_id);
            part.clicks.push(*click);
            part.answers.push(stored);
        }
        match self.db.engine() {
            Engine::Sqlite => {
                let clicks = parts
                    .iter_mut()
                    .map(|(business, part)| (*business, std::mem::take(&mut part.clicks)))
                    .collect();
                let outcome = timed(self.store_wait, store_together(&self.db, clicks)).await;
                let stored = self.judge(outcome);
                for (business, part) in parts {
                    self.answer(business, part, stored);
                }
            }
            Engine::Postgres => {
                let (db, wait) = (&self.db, self.store_wait);
                let outcomes: Vec<_> = stream::iter(parts)
                    .map(async |(business, mut part)| {
                        let clicks = std::mem::take(&mut part.clicks);
                        (
                            business,
                            part,
                            timed(wait, store_together(db, vec![(business, clicks)])).await,
                        )
                    })
                    .buffer_unordered(BUSINESSES_AT_ONCE)
                    .collect()
                    .await;
                for (business, part, outcome) in outcomes {
                    let stored = self.judge(outcome);
                    self.answer(business, part, stored);
                }
            }
        }
    }

    fn judge(&mut self, outcome: Result<(), StoreError>) -> bool {
        self.figures.batches.fetch_add(1, Ordering::Relaxed);
        let Err(error) = outcome else { return true };
        if matches!(error, StoreError::Unavailable(_) | StoreError::Broken(_)) {
            self.pause_until = Some(Instant::now() + PAUSE);
        }
        if self.figures.may_complain(self.clock.now()) {
            tracing::error!(error = %error, cause = ?std::error::Error::source(&error), "clicks cannot be stored; redirects go out unrecorded");
        }
        false
    }

    fn answer(&mut self, business: BusinessId, part: Part, stored: bool) {
        if stored {
            self.figures
                .recorded
                .fetch_add(part.answers.len() as u64, Ordering::Relaxed);
            self.untold.extend(
                part.affiliates
                    .into_iter()
                    .map(|affiliate| (business, affiliate)),
            );
        }
        for answer in part.answers {
            let _ = answer.send(stored); // whoever hung up has the click all the same
        }
    }

    fn tell(&mut self) {
        for (business, affiliate) in std::mem::take(&mut self.untold) {
            self.hub.publish_clicks(Change {
                business,
                affiliate: Some(affiliate),
            });
        }
        self.tell_at = Instant::now() + TELL_EVERY;
    }
}

/// A business's share of a batch.
#[derive(Default)]
struct Part {
    clicks: Vec<NewClick>,
    answers: Vec<oneshot::Sender<bool>>,
    affiliates: BTreeSet<AffiliateId>,
}

/// How many visitors click at the time, as far as it can be told: those who were answered last, since they may come again, and
/// those who wait. It follows the load up at once and down over some batches.
#[derive(Debug, Default)]
struct Crowd {
    size: usize,
    answered: usize,
}

impl Crowd {
    /// How many of them are worth a commit, now that so many wait; 0 when they are few.
    fn enough(&mut self, waiting: usize) -> usize {
        self.size = (self.answered + waiting).max(self.size * 15 / 16);
        if self.size >= BUSY {
            self.size * ENOUGH_PERCENT / 100
        } else {
            0
        }
    }

    /// So many are stored now.
    fn go_on(&mut self, stored: usize) {
        self.size = self.size.max(self.answered + stored);
        self.answered = stored;
    }
}

/// Lets other tasks run and takes what they bring: bigger batches cost less a click. While it is
/// quiet, one turn that brings nothing ends it, and nobody waits for a timer. Under load it waits up to
/// [`QUIET_MAX`] until there are enough and a turn brings no more, and not at all when there are enough already: while these
/// wait for the disk, those of the last batch are answered and come again.
async fn gather(queue: &mut mpsc::Receiver<Waiting>, batch: &mut Vec<Waiting>, enough: usize) {
    if enough > 0 && batch.len() >= enough {
        return;
    }
    let start = Instant::now();
    loop {
        tokio::task::yield_now().await;
        let before = batch.len();
        while batch.len() < BATCH_MAX
            && let Ok(waiting) = queue.try_recv()
        {
            batch.push(waiting);
        }
        let waited = start.elapsed();
        let over = if batch.len() > before {
            waited >= GATHER_MAX
        } else {
            batch.len() >= enough || waited >= QUIET_MAX
        };
        if over || batch.len() >= BATCH_MAX {
            return;
        }
    }
}

async fn timed(
    wait: Duration,
    storing: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    tokio::time::timeout(wait, storing)
        .await
        .unwrap_or_else(|_| Err(StoreError::unavailable()))
}

/// One transaction that goes from business to business.
async fn store_together(
    db: &Db,
    parts: Vec<(BusinessId, Vec<NewClick>)>,
) -> Result<(), StoreError> {
    let mut system = db.system_write().await?;
    for (business, clicks) in parts {
        let mut tx = system.scoped(business);
        click::record(&mut tx, clicks).await?;
        system = tx.into_system();
    }
    system.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_those_answered_and_those_who_wait() {
        let mut crowd = Crowd::default();
        assert_eq!(
            crowd.enough(1),
            0,
            "nobody waits for others who are not there"
        );
        crowd.go_on(1);
        assert_eq!(crowd.enough(BUSY - 2), 0);
        crowd.go_on(40);
        // One half of a hundred waits while the other is answered.
        assert_eq!(crowd.enough(60), 40);
        crowd.go_on(60);
        assert_eq!(crowd.enough(40), 40);
        crowd.go_on(40);
        // Most of them leave: what is enough falls batch by batch.
        let mut enough = Vec::new();
        for _ in 0..30 {
            enough.push(crowd.enough(2));
            crowd.go_on(2);
        }
        assert_eq!(enough[0], 37);
        assert!(
            enough.is_sorted_by(|before, after| before >= after),
            "{enough:?}"
        );
        assert_eq!(enough[29], 0);
    }
}
