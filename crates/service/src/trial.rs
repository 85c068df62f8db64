//! What tests change about a process: how long a provider, a note for other processes or the storage of clicks is waited for,
//! what a password's hash costs, and where the process stands still, so that it can be killed there. Without debug assertions
//! none of it has any effect.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Settings of a test.
#[derive(Debug, Default)]
pub struct Trial {
    call_wait: Mutex<Option<Duration>>,
    store_wait: OnceLock<Duration>,
    halt_at: OnceLock<String>,
    light_hashes: AtomicBool,
}

impl Trial {
    /// Waits no longer than this for an answer from outside, and until changes are noted for other processes; none: as long as
    /// usual.
    pub fn wait_for_calls(&self, most: Option<Duration>) {
        *self.waits() = most;
    }

    fn waits(&self) -> MutexGuard<'_, Option<Duration>> {
        self.call_wait
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long for clicks to be stored; the first that is given stays.
    pub fn wait_for_storage(&self, most: Duration) {
        let _ = self.store_wait.set(most);
    }

    pub(crate) fn store_wait(&self, usual: Duration) -> Duration {
        match self.store_wait.get() {
            Some(wait) if cfg!(debug_assertions) => *wait,
            _ => usual,
        }
    }

    /// Whether passwords are hashed at the least cost there is, for tests of something else.
    pub fn hash_lightly(&self, lightly: bool) {
        self.light_hashes.store(lightly, Ordering::Relaxed);
    }

    pub(crate) fn hashes_lightly(&self) -> bool {
        cfg!(debug_assertions) && self.light_hashes.load(Ordering::Relaxed)
    }

    /// Stands still at the point of this name; the first that is given stays.
    pub fn halt_at(&self, point: &str) {
        let _ = self.halt_at.set(point.to_owned());
    }

    pub(crate) fn call_wait(&self, usual: Duration) -> Duration {
        if cfg!(debug_assertions) {
            self.waits().unwrap_or(usual)
        } else {
            usual
        }
    }

    /// Stands still here for ever when a test wants to kill the process at this point.
    pub(crate) async fn point(&self, name: &str) {
        if cfg!(debug_assertions) && self.halt_at.get().is_some_and(|point| point == name) {
            tracing::error!("halted at {name}");
            std::future::pending::<()>().await;
        }
    }
}
