//! The signal to stop.

use tokio::sync::watch;

/// Gives the signal; dropped, it gives it too.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>);

/// Hears the signal. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// A signal and who hears it.
#[must_use]
pub fn stop() -> (StopHandle, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopHandle(sender), Stop(receiver))
}

impl StopHandle {
    /// Gives the signal.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether the signal was given.
    #[must_use]
    pub fn requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Returns once the signal is given.
    pub async fn wait(&mut self) {
        // An error means that the handle is gone, which is a signal as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
