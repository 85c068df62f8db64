//! What changes in one process is echoed by the others on the same database.
//!
//! An [`Echo`] has two halves. Its writer notes what the process has told its [`Hub`](crate::hub::Hub)
//! ([`store::change_note`]), its reader tells the hub what the others have noted. Notes are numbered in the order in which
//! they become visible, so it does not matter what the clocks of the processes say, nor in which order they commit.

use std::pin::pin;
use std::time::Duration;

use domain::id::NodeId;
use store::change_note;
use store::db::StoreError;
use tokio::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::hub::{Change, News};
use crate::identity::business;
use crate::random;

/// The pause between two steps. A change waits for one here and for one in the process that hears it, and the stream of a
/// page for up to half a second more: together well under the two seconds that pages may lag.
const EVERY: Duration = Duration::from_millis(250);
/// After so many steps, about a minute, notes are removed that were there as many steps ago.
pub const SWEEP_STEPS: u32 = 240;
/// How long a read may take before another one is tried. Reads wait for nobody, so the connection is at fault then.
const READ_WAIT: Duration = Duration::from_secs(3);
/// The time between two log lines about the same trouble, which comes with every step.
const SILENCE: Duration = Duration::from_secs(10);

/// Passes changes on between this process and the others.
pub struct Echo {
    writer: Writer,
    reader: Reader,
}

impl Echo {
    /// Begins: what changes from now on, here or elsewhere, is passed on by [`Self::step`]. One a process.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn join(app: &App) -> Result<Self> {
        app.hub().collect();
        let node = random::new_id(app.random(), app.now());
        let head = change_note::head(&mut app.db().system_read_once().await?).await?;
        Ok(Self {
            writer: Writer {
                app: app.clone(),
                node,
                steps: 0,
                old: head,
            },
            reader: Reader {
                app: app.clone(),
                node,
                heard: head,
            },
        })
    }

    /// Takes step after step until it is stopped, and notes at last what is not noted yet. A failure is logged; a later
    /// step does what that one could not.
    pub async fn run(self, stopped: impl Future<Output = ()>) {
        // Beside each other: a process that hangs while it notes has the other writers wait, and no reader.
        tokio::select! {
            () = self.writer.keep_writing(stopped) => {}
            () = self.reader.keep_reading() => {}
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
}

/// Notes what changes here.
struct Writer {
    app: App,
    node: NodeId,
    /// Steps since notes were removed.
    steps: u32,
    /// The newest note's number at that time.
    old: i64,
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

    /// Never cut off by a time limit: on PostgreSQL each try that waits for another process would keep a connection.
    async fn step(&mut self) -> Result<()> {
        let news = self.app.hub().take_news();
        if !news.is_empty()
            && let Err(error) = self.write(&news).await
        {
            self.app.hub().give_back(&news);
            return Err(error);
        }
        self.steps += 1;
        if self.steps < SWEEP_STEPS {
            return Ok(());
        }
        self.steps = 0;
        self.sweep().await
    }

    /// One short transaction: other processes wait to note theirs meanwhile.
    async fn write(&self, news: &News) -> Result<()> {
        let mut system = self.app.db().system_write().await?;
        let number = change_note::draw(&mut system).await?;
        for (business, notes) in news.notes() {
            let mut tx = system.scoped(*business);
            change_note::insert(&mut tx, number, self.node, notes).await?;
            system = tx.into_system();
        }
        Ok(system.commit().await?)
    }

    /// Removes what every process that reads has heard by now, whoever has noted it: its process may be gone.
    async fn sweep(&mut self) -> Result<()> {
        let mut system = self.app.db().system_write().await?;
        let head = change_note::head(&mut system).await?;
        change_note::delete_until(&mut system, self.old).await?;
        system.commit().await?;
        self.old = head;
        Ok(())
    }
}

/// Tells the hub what others have noted.
struct Reader {
    app: App,
    node: NodeId,
    /// The number up to which everything was heard.
    heard: i64,
}

impl Reader {
    async fn keep_reading(mut self) {
        let mut trouble = Trouble::default();
        loop {
            tokio::time::sleep(EVERY).await;
            let heard = tokio::time::timeout(READ_WAIT, self.step())
                .await
                .unwrap_or_else(|_| Err(StoreError::unavailable().into()));
            trouble.tell(heard);
        }
    }

    async fn step(&mut self) -> Result<()> {
        let mut tx = self.app.db().system_read_once().await?;
        let head = change_note::head(&mut tx).await?;
        if head == self.heard {
            return Ok(());
        }
        let notes = change_note::list_after(&mut tx, self.heard).await?;
        drop(tx);
        let mut news = News::default();
        let next = notes.first().map(|note| note.number);
        if next == Some(self.heard + 1) {
            for note in notes.iter().filter(|note| note.node != self.node) {
                let change = Change {
                    business: note.business_id,
                    affiliate: note.affiliate_id,
                };
                news.add(change, note.clicks);
            }
        } else {
            // This process has not read for so long that others have removed what it should have heard.
            for business in business::list(&self.app).await? {
                let change = Change {
                    business: business.id,
                    affiliate: None,
                };
                news.add(change, false);
            }
        }
        self.heard = notes.last().map_or(head, |note| note.number);
        for (change, clicks) in news.changes() {
            self.app.hub().hear(change, clicks);
        }
        Ok(())
    }
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
