//! The connections of one kind to one file.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::checkpoint::Checkpoint;
use super::session::{Kind, Session};
use crate::db::Result;
use crate::db::error::StoreError;

/// How long one waits for a connection before being told to come back.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections, opened when they are first needed.
#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    kind: Kind,
    idle: Mutex<Vec<Session>>,
    places: Arc<Semaphore>,
    count: u32,
    // How many wait for a place.
    waiting: AtomicUsize,
    checkpoint: Checkpoint,
}

/// One of those that wait.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// At most `count` to the file, which is made when it is missing.
    pub(super) fn new(path: PathBuf, kind: Kind, count: u8) -> Self {
        Self {
            path,
            kind,
            idle: Mutex::new(Vec::new()),
            places: Arc::new(Semaphore::new(count.into())),
            count: count.into(),
            waiting: AtomicUsize::new(0),
            checkpoint: Checkpoint::default(),
        }
    }

    /// A connection that nobody uses, and its place, in the order of asking; waits for `patience`, or
    /// without an end.
    ///
    /// # Errors
    /// When none comes free in time, or the file cannot be opened.
    pub(super) async fn take(
        self: &Arc<Self>,
        patience: Option<Duration>,
    ) -> Result<(Session, OwnedSemaphorePermit)> {
        let places = Arc::clone(&self.places);
        let place = match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => {
                let _waiting = Waiting::new(&self.waiting);
                let place = places.acquire_owned();
                match patience {
                    Some(patience) => tokio::time::timeout(patience, place)
                        .await
                        .map_err(|_| StoreError::unavailable())?,
                    None => place.await,
                }
                .map_err(|_| StoreError::unavailable())?
            }
        };
        let idle = self.idle().pop();
        let session = match idle {
            Some(session) => session,
            None => {
                let connections = Arc::clone(self);
                let opened = tokio::task::spawn_blocking(move || {
                    Session::open(&connections.path, connections.kind)
                });
                opened.await.map_err(|_| StoreError::unavailable())??
            }
        };
        Ok((session, place))
    }

    /// Puts a connection back, before its place is given up.
    pub(super) fn put(&self, session: Session) {
        self.idle().push(session);
    }

    /// Has the write-ahead log, which has so many pages, be moved into the file beside, when that is due.
    pub(super) fn relieve(self: &Arc<Self>, pages: i32) {
        if let Ok(runtime) = Handle::try_current()
            && self.checkpoint.is_due(pages)
        {
            let connections = Arc::clone(self);
            runtime.spawn_blocking(move || connections.checkpoint.run(&connections.path));
        }
    }

    /// Whether somebody waits for a connection.
    pub(super) fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Closes them, after what runs on them has ended.
    pub(super) async fn close(self: &Arc<Self>) {
        let _places = self.places.acquire_many(self.count).await;
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        let connections = Arc::clone(self);
        let end = move || {
            connections.checkpoint.close();
            for mut session in idle {
                // Its members are told; the one who would have committed it finds the file closed.
                let _ = session.commit_group();
                // The last connection moves the write-ahead log into the file.
                drop(session);
            }
        };
        let _ = tokio::task::spawn_blocking(end).await;
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
