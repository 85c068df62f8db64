//! Periodic tasks: what time brings by itself.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use service::{App, Result};

use crate::runner::BoxFuture;
use crate::stop::Stop;

type Task = Arc<dyn Fn(App) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// A task that is done again and again: at the start, and each time `every` after it ended.
#[derive(Clone)]
pub struct Periodic {
    name: &'static str,
    every: Duration,
    run: Task,
}

impl Periodic {
    /// A task with its name for the log.
    pub fn new<F, R>(name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn(App) -> R + Send + Sync + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        Self {
            name,
            every,
            run: Arc::new(move |app| Box::pin(run(app))),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Does the task once.
    ///
    /// # Errors
    /// What the task failed with.
    pub async fn once(&self, app: &App) -> Result<()> {
        (self.run)(app.clone()).await
    }

    /// Does the task until told to stop. A failure is logged; the next time comes all the same.
    pub(crate) async fn keep_running(self, app: App, mut stop: Stop) {
        while !stop.requested() {
            if let Err(error) = self.once(&app).await {
                tracing::error!(task.name = self.name, %error, "a periodic task failed");
            }
            tokio::select! {
                () = tokio::time::sleep(self.every) => {}
                () = stop.wait() => {}
            }
        }
    }
}
