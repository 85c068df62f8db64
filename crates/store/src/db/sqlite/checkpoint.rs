//! Moving what the write-ahead log has gathered into the file, while the writer goes on.
//!
//! A commit only adds to the log. SQLite would have every thousandth page's commit move the log into the file, and all that
//! wait for that commit wait for it, too. Here it is done beside, on a connection of its own. While commits never pause, the
//! log cannot begin anew, because it is never wholly moved; so when it has become long after all, a commit moves the rest and
//! waits until the file is on the disk.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use crate::db::Result;
use crate::db::error::StoreError;

/// Pages of the log that are worth being moved.
pub(super) const MOVED_BESIDE: i32 = 1_000;
/// Pages of the log at which a commit moves the rest, so that the next one begins it anew.
pub(super) const MOVED_AT_ONCE: i32 = 8_000;

thread_local! {
    // What the hook tells of the commit that runs in this thread: it has no place of its own for that.
    static PAGES: Cell<i32> = const { Cell::new(0) };
}

/// Has the log be moved as described here, and not by SQLite itself.
pub(super) fn take_over(connection: &Connection) {
    connection.wal_hook(Some(|wal: &Wal, pages| {
        PAGES.set(pages);
        if pages >= MOVED_AT_ONCE {
            // When something else moves it just now, a later commit does; this one is done in any case.
            let _ = wal.checkpoint();
        }
        Ok(())
    }));
}

/// Commits, and answers with how many pages the log has then; 0 when nothing was added to it.
pub(super) fn pages_after<E>(commit: impl FnOnce() -> Result<(), E>) -> Result<i32, E> {
    PAGES.set(0);
    commit()?;
    Ok(PAGES.get())
}

/// Moves the log of one file.
#[derive(Debug, Default)]
pub(super) struct Checkpoint {
    connection: Mutex<Option<Connection>>,
    // Looked at by who has the connection.
    closed: AtomicBool,
    runs: AtomicBool,
    // Pages of the log after the last commit.
    pages: AtomicI32,
    // Those of them that were moved by the last time.
    moved: AtomicI32,
}

impl Checkpoint {
    /// Whether the log, which has so many pages after a commit that added to it, is to be moved by whoever asks: nobody else is
    /// about it.
    pub(super) fn is_due(&self, pages: i32) -> bool {
        if pages == 0 {
            // Nothing was added.
            return false;
        }
        let before = self.pages.swap(pages, Ordering::Relaxed);
        if pages < before {
            // It has begun anew.
            self.moved.store(0, Ordering::Relaxed);
        }
        let moved = self.moved.load(Ordering::Relaxed);
        // More than there are were moved of the log before this one.
        let more = if pages < moved { pages } else { pages - moved };
        more >= MOVED_BESIDE && !self.runs.swap(true, Ordering::AcqRel)
    }

    /// Moves what can be moved without anybody waiting for it.
    pub(super) fn run(&self, path: &Path) {
        // After a failure the next commit has it tried again; what is in the log is safe there.
        if let Ok(moved) = self.checkpoint(path) {
            self.moved.store(moved, Ordering::Relaxed);
        }
        self.runs.store(false, Ordering::Release);
    }

    fn checkpoint(&self, path: &Path) -> Result<i32> {
        let mut connection = self.connection();
        if self.closed.load(Ordering::Relaxed) {
            return Err(StoreError::unavailable());
        }
        let connection = match &mut *connection {
            Some(connection) => connection,
            none => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let new = Connection::open_with_flags(path, flags)?;
                new.pragma_update(None, "synchronous", "full")?;
                none.insert(new)
            }
        };
        // Answers with whether it was hindered, the pages of the log, and how many of them are in the file.
        Ok(connection.query_row("pragma wal_checkpoint(passive)", [], |row| row.get(2))?)
    }

    /// Closes its connection for ever, after what runs on it has ended.
    pub(super) fn close(&self) {
        let mut connection = self.connection();
        self.closed.store(true, Ordering::Relaxed);
        drop(connection.take());
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
