//! What tests change about a process: how long a provider is waited for, and where the process stands
//! still, so that it can be killed there. Without debug assertions none of it has any effect.

use std::sync::OnceLock;
use std::time::Duration;

/// Settings of a test; the first that are given stay.
#[derive(Debug, Default)]
pub struct Trial {
    call_wait: OnceLock<Duration>,
    halt_at: OnceLock<String>,
}

impl Trial {
    /// Waits no longer than this for an answer from outside.
    pub fn wait_for_calls(&self, most: Duration) {
        let _ = self.call_wait.set(most);
    }

    /// Stands still at the point of this name.
    pub fn halt_at(&self, point: &str) {
        let _ = self.halt_at.set(point.to_owned());
    }

    pub(crate) fn call_wait(&self, usual: Duration) -> Duration {
        match self.call_wait.get() {
            Some(wait) if cfg!(debug_assertions) => *wait,
            _ => usual,
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
