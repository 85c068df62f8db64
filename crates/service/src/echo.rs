//! What changes in one process is echoed by the others on the same database.
//!
//! An [`Echo`] has three parts. Its writer notes what the process has told its [`Hub`](crate::hub::Hub)
//! ([`store::change_note`]), its reader tells the hub what the others have noted, its sweeper removes what all have heard.
//! Each process counts its own notes, so it does not matter what the clocks of the processes say, nor in which order they
//! commit, and none waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::NodeId;
use store::change_note::{self, Head};
use store::db::StoreError;
use tokio::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::hub::{Change, News};
use crate::identity::business;
use crate::random;

/// The pause between two steps. A change waits for one here and for one in the process that hears it, new clicks for as long
/// before that until they are told. Then 0.7 s pass at the most until a page with live figures fetches itself: the half second of
/// its stream and the 0.7 s of the browser (`live.js`) run at the same time. Of the two seconds that pages may lag these are
/// 1.45 s for clicks and 1.2 s for anything else; the rest is left to the database and to what the page takes.
const EVERY: Duration = Duration::from_millis(250);
/// The pause between two sweeps: a note stays for so long at least, so that every process that reads has heard it.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// After so many sweeps at which a head has not moved, about an hour, it is removed: its process has ended, or notes so
/// seldom that all may be told once more when it does.
pub const QUIET_SWEEPS: u32 = 60;
/// Numbers of one process that are read at a time. It draws no more between two sweeps: who is further behind has most likely
/// missed some already, and to tell of every business costs less than to read so much.
pub const BEHIND_MAX: i64 = 240;
/// Notes of one process that are read at a time. Where there are more, to tell of every business costs less as well.
pub const NOTES_MAX: u32 = 20_000;
/// How long a write may take: longer than one waits for a connection (10 s) and then for an SQLite file that another process
/// holds (5 s). Others' rows make no write wait, so the connection itself is at fault after that. On PostgreSQL the one of a write
/// that was cut off is free again only when the server has answered, so it is not tried more often.
const WRITE_WAIT: Duration = Duration::from_secs(30);
/// How long a read may take before another one is tried: longer than one waits for a connection (10 s), which many others may
/// want. Rows make no read wait, so the connection itself is at fault after that.
const READ_WAIT: Duration = Duration::from_secs(12);
/// The time between two log lines about the same trouble, which comes with every step.
const SILENCE: Duration = Duration::from_secs(10);

/// Passes changes on between this process and the others.
pub struct Echo {
    writer: Writer,
    reader: Reader,
    sweeper: Sweeper,
}

impl Echo {
    /// Begins: what changes from now on, here or elsewhere, is passed on by [`Self::step`]. One a process.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn join(app: &App) -> Result<Self> {
        app.hub().collect(app.random());
        let own = Own::default();
        let node = random::new_id(app.random(), app.now());
        let heads = change_note::heads(&mut app.db().system_read_once().await?).await?;
        Ok(Self {
            writer: Writer {
                app: app.clone(),
                own: own.clone(),
                node,
                number: 0,
            },
            reader: Reader {
                app: app.clone(),
                own,
                heard: heads.iter().map(|head| (head.node, head.number)).collect(),
            },
            sweeper: Sweeper {
                app: app.clone(),
                seen: BTreeMap::new(),
            },
        })
    }

    /// Takes step after step until it is stopped, and notes at last what is not noted yet. A failure is logged; a later
    /// step does what that one could not.
    pub async fn run(self, stopped: impl Future<Output = ()>) {
        // Beside each other: none waits for what another one hangs at.
        tokio::select! {
            () = self.writer.keep_writing(stopped) => {}
            () = self.reader.keep_reading() => {}
            () = self.sweeper.keep_sweeping() => {}
        }
    }

    /// Notes what has changed here, and tells the hub what others have noted: a step of [`Self::run`].
    ///
    /// # Errors
    /// When storage cannot serve. The next step does what this one could not.
    pub async fn step(&mut self) -> Result<()> {
        self.writer.step().await?;
        self.reader.step().await
    }

    /// Removes notes that were there at the sweep before, whoever has noted them, and heads that have long been quiet:
    /// what [`Self::run`] does once a minute.
    ///
    /// # Errors
    /// When storage cannot serve. The next sweep does what this one could not.
    pub async fn sweep(&mut self) -> Result<()> {
        self.sweeper.sweep().await
    }
}

/// The ids that this process has noted under, or may have: one, and one more for each commit that failed.
#[derive(Clone, Default)]
struct Own(Arc<Mutex<BTreeSet<NodeId>>>);

impl Own {
    fn add(&self, node: NodeId) {
        self.nodes().insert(node);
    }

    fn has(&self, node: NodeId) -> bool {
        self.nodes().contains(&node)
    }

    fn nodes(&self) -> MutexGuard<'_, BTreeSet<NodeId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes what changes here.
struct Writer {
    app: App,
    own: Own,
    /// The id it notes under.
    node: NodeId,
    /// The number of its newest notes under this id.
    number: i64,
}

impl Writer {
    async fn keep_writing(mut self, stopped: impl Future<Output = ()>) {
        let mut stopped = pin!(stopped);
        let mut trouble = Trouble::default();
        loop {
            let is_last = tokio::select! {
                () = &mut stopped => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            trouble.tell(self.step().await);
            if is_last {
                return;
            }
        }
    }

    async fn step(&mut self) -> Result<()> {
        let news = self.app.hub().take_news();
        if news.is_empty() {
            return Ok(());
        }
        let limit = self.app.trial().call_wait(WRITE_WAIT);
        let written = within(limit, self.write(&news)).await;
        match written {
            Ok(number) => {
                self.number = number;
                Ok(())
            }
            Err(error) => {
                // Its transaction may hold the head still, and may be stored all the same. Under another id nothing waits for
                // it, and no number has other notes than before.
                self.node = random::new_id(self.app.random(), self.app.now());
                self.number = 0;
                self.app.hub().give_back(&news);
                Err(error)
            }
        }
    }

    /// Answers with the number of the notes.
    async fn write(&self, news: &News) -> Result<i64> {
        let mut system = self.app.db().system_write_together().await?;
        let number = change_note::draw(&mut system, self.node, self.number + 1).await?;
        change_note::insert(&mut system, self.node, number, news.notes()).await?;
        // First, because the reader may find them before the commit is answered.
        self.own.add(self.node);
        system.commit().await?;
        Ok(number)
    }
}

/// Tells the hub what others have noted.
struct Reader {
    app: App,
    own: Own,
    /// Of each process that has a head, the number up to which everything was heard.
    heard: BTreeMap<NodeId, i64>,
}

impl Reader {
    async fn keep_reading(mut self) {
        let mut trouble = Trouble::default();
        loop {
            tokio::time::sleep(EVERY).await;
            trouble.tell(within(READ_WAIT, self.step()).await);
        }
    }

    async fn step(&mut self) -> Result<()> {
        let mut tx = self.app.db().system_read_once().await?;
        let mut heard = BTreeMap::new();
        let mut news = News::default();
        let mut has_missed = false;
        let heads = change_note::heads(&mut tx).await?;
        for Head { node, number } in heads {
            // A process that is new counts from one.
            let last = self.heard.get(&node).copied().unwrap_or(0);
            if number == last || self.own.has(node) {
                heard.insert(node, number);
                continue;
            }
            let mut notes = if number - last > BEHIND_MAX {
                Vec::new()
            } else {
                change_note::list_after(&mut tx, node, last, NOTES_MAX + 1).await?
            };
            if notes.len() > NOTES_MAX as usize {
                notes.clear();
            }
            // Who has not read for long does not find what it should have heard: it was removed, or is too much.
            has_missed |= notes.first().map(|note| note.number) != Some(last + 1);
            heard.insert(node, notes.last().map_or(number, |note| note.number));
            for note in notes {
                let change = Change {
                    business: note.business_id,
                    affiliate: note.affiliate_id,
                };
                news.add(change, note.clicks);
            }
        }
        drop(tx);
        if has_missed {
            news = self.everything().await?;
        }
        self.heard = heard;
        for (change, clicks) in news.changes() {
            self.app.hub().hear(change, clicks);
        }
        Ok(())
    }

    /// That something may have changed in every business.
    async fn everything(&self) -> Result<News> {
        let mut news = News::default();
        for business in business::list(&self.app).await? {
            let change = Change {
                business: business.id,
                affiliate: None,
            };
            news.add(change, false);
        }
        Ok(news)
    }
}

/// Removes what every process that reads has heard by now, whoever has noted it: its process may be gone.
struct Sweeper {
    app: App,
    /// The heads at the sweep before.
    seen: BTreeMap<NodeId, Seen>,
}

/// A head as it was seen.
struct Seen {
    number: i64,
    /// For how many sweeps it had not moved. After the first of them no note is left.
    quiet: u32,
}

impl Sweeper {
    async fn keep_sweeping(mut self) {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "notes of changes cannot be removed now; the next sweep does");
            }
        }
    }

    /// Each statement is a transaction of its own, so that no other process waits for more than that.
    async fn sweep(&mut self) -> Result<()> {
        let db = self.app.db();
        let heads = change_note::heads(&mut db.system_read_once().await?).await?;
        let mut seen = BTreeMap::new();
        for head in heads {
            let before = self.seen.get(&head.node);
            if let Some(before) = before.filter(|before| before.quiet == 0) {
                let mut tx = db.system_write_once().await?;
                change_note::delete_until(&mut tx, head.node, before.number).await?;
                tx.commit().await?;
            }
            let quiet = before
                .filter(|before| before.number == head.number)
                .map_or(0, |before| before.quiet + 1);
            if quiet < QUIET_SWEEPS {
                let number = head.number;
                seen.insert(head.node, Seen { number, quiet });
            } else {
                let mut tx = db.system_write_once().await?;
                change_note::delete_head(&mut tx, &head).await?;
                tx.commit().await?;
            }
        }
        self.seen = seen;
        Ok(())
    }
}

/// Gives up what takes longer than this.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(StoreError::unavailable().into()))
}

/// Logs what fails, not with every step.
#[derive(Default)]
struct Trouble {
    told_at: Option<Instant>,
}

impl Trouble {
    fn tell(&mut self, outcome: Result<()>) {
        let Err(error) = outcome else { return };
        if self.told_at.is_none_or(|at| at.elapsed() >= SILENCE) {
            self.told_at = Some(Instant::now());
            tracing::warn!(%error, "changes cannot be passed on between processes now; open pages hear of them later");
        }
    }
}
