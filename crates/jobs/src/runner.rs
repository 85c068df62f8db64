//! The runner: claims queued jobs and has them done, and keeps the periodic tasks going.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use service::job::{self, Job};
use service::{App, ServiceError};
use tokio::task::JoinSet;

use crate::schedule::Periodic;
use crate::stop::Stop;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a job was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JobError {
    /// It can work later: it is tried again after a growing wait, and given up at last.
    #[error("{0}")]
    Later(String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

impl From<ServiceError> for JobError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid(fields) => {
                let reasons: Vec<String> = fields
                    .into_iter()
                    .map(|field| format!("{} {}", field.field, field.message))
                    .collect();
                Self::Never(reasons.join("; "))
            }
            ServiceError::NotFound(_) | ServiceError::Forbidden(_) => {
                Self::Never(error.to_string())
            }
            error => Self::Later(error.to_string()),
        }
    }
}

/// Does the jobs of one kind.
pub trait Handler: Send + Sync + 'static {
    /// The kind.
    fn kind(&self) -> &'static str;

    /// Does a job. Whoever commits its effect calls [`job::complete`] in the same work, so that a
    /// worker whose lease ran out leaves nothing behind.
    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>>;

    /// Told when a job is given up, before its row is marked. While that fails the row is not marked and the job comes
    /// back, until [`job::UNTOLD_MAX`] is reached: then it is given up all the same.
    fn given_up<'a>(
        &'a self,
        app: &'a App,
        job: &'a Job,
        error: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>>;
}

/// How much and how often.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the queue is left alone when nothing was due: what a mail waits at most.
    pub poll: Duration,
    /// Jobs done at a time: mail servers bear few connections, and the database has one writer.
    pub at_once: usize,
    /// How long jobs under way may take to end after the signal to stop. What is cut off then comes
    /// back when its lease ends.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            at_once: 4,
            drain: Duration::from_secs(8),
        }
    }
}

/// Does what is queued and what is periodic.
pub struct Runner {
    app: App,
    limits: Limits,
    handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
    schedule: Vec<Periodic>,
}

impl Runner {
    /// A runner that does nothing yet.
    #[must_use]
    pub fn new(app: App, limits: Limits) -> Self {
        Self {
            app,
            limits,
            handlers: BTreeMap::new(),
            schedule: Vec::new(),
        }
    }

    /// Has this handler do the jobs of its kind.
    #[must_use]
    pub fn handle(mut self, handler: impl Handler) -> Self {
        self.handlers.insert(handler.kind(), Arc::new(handler));
        self
    }

    /// Has this task done periodically.
    #[must_use]
    pub fn every(mut self, task: Periodic) -> Self {
        self.schedule.push(task);
        self
    }

    /// Works until told to stop, then lets what is under way end.
    pub async fn run(self, stop: Stop) {
        let mut periodic = JoinSet::new();
        for task in &self.schedule {
            periodic.spawn(task.clone().keep_running(self.app.clone(), stop.clone()));
        }
        let mut jobs = JoinSet::new();
        self.work_off(&mut jobs, stop).await;
        let drained = async {
            while jobs.join_next().await.is_some() {}
            while periodic.join_next().await.is_some() {}
        };
        if tokio::time::timeout(self.limits.drain, drained)
            .await
            .is_err()
        {
            tracing::warn!("some jobs did not end in time; they are done again later");
        }
    }

    async fn work_off(&self, jobs: &mut JoinSet<()>, mut stop: Stop) {
        while !stop.requested() {
            while jobs.try_join_next().is_some() {}
            let free = self.limits.at_once.saturating_sub(jobs.len());
            let claimed = if free == 0 {
                0
            } else {
                self.start(jobs, free).await
            };
            if claimed == free && free > 0 {
                continue; // more may be due
            }
            let full = jobs.len() >= self.limits.at_once;
            tokio::select! {
                () = tokio::time::sleep(self.limits.poll), if !full => {}
                _ = jobs.join_next(), if !jobs.is_empty() => {}
                () = stop.wait() => {}
            }
        }
    }

    /// Claims up to `free` jobs and starts them; answers how many.
    async fn start(&self, jobs: &mut JoinSet<()>, free: usize) -> usize {
        let claimed = match self.claim(free).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "the job queue cannot be read");
                return 0;
            }
        };
        let count = claimed.len();
        for (handler, job) in claimed {
            let app = self.app.clone();
            jobs.spawn(async move { settle(&app, handler.as_ref(), &job).await });
        }
        count
    }

    /// Claims up to `count` jobs that are due; each with who does it.
    async fn claim(&self, count: usize) -> Result<Vec<(Arc<dyn Handler>, Job)>, ServiceError> {
        let kinds: Vec<&str> = self.handlers.keys().copied().collect();
        let claimed = job::claim(&self.app, &kinds, i64::try_from(count).unwrap_or(1)).await?;
        let with_handler =
            |job: Job| Some((Arc::clone(self.handlers.get(job.kind.as_str())?), job));
        Ok(claimed.into_iter().filter_map(with_handler).collect())
    }

    /// Does everything that is due now and has a handler, once; answers how many jobs that were. For tests and the
    /// command line.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn run_due(&self) -> Result<usize, ServiceError> {
        let mut done = 0;
        loop {
            let claimed = self.claim(self.limits.at_once).await?;
            if claimed.is_empty() {
                return Ok(done);
            }
            for (handler, job) in claimed {
                settle(&self.app, handler.as_ref(), &job).await;
                done += 1;
            }
        }
    }
}

/// Does one job and notes how it went.
async fn settle(app: &App, handler: &dyn Handler, job: &Job) {
    let error = if job.attempts > job::ATTEMPTS_MAX {
        // Claimed more often than it is tried: nobody could be told of its end, or its workers died with it.
        let last = job.last_error.as_deref();
        JobError::Never(last.unwrap_or("its workers ended before it did").to_owned())
    } else {
        match handler.run(app, job).await {
            Ok(()) => return,
            Err(error) => error,
        }
    };
    let again = match &error {
        JobError::Later(_) => job::next_attempt(job, app.now()),
        JobError::Never(_) => None,
    };
    let error = error.to_string();
    tracing::warn!(job.kind = %job.kind, job.id = %job.id, job.attempts, again = again.is_some(), "a job failed");
    match again {
        Some(run_at) => note(job, job::retry(app, job, run_at, &error).await),
        None => give_up(app, handler, job, &error).await,
    }
}

/// Gives a job up once whoever it is about was told; untold when that has failed too often.
async fn give_up(app: &App, handler: &dyn Handler, job: &Job, error: &str) {
    let noted = match handler.given_up(app, job, error).await {
        Ok(()) => job::give_up(app, job, error).await,
        Err(untold) => {
            let last = job.attempts >= job::ATTEMPTS_MAX + job::UNTOLD_MAX;
            tracing::error!(job.kind = %job.kind, job.id = %job.id, error = %untold, last, "nobody could be told that a job is given up");
            if last {
                let error = format!("{error}; nobody could be told: {untold}");
                job::give_up(app, job, &error).await
            } else {
                let again = app.now().plus_ms(job::LEASE_MS);
                job::retry(app, job, again, error).await
            }
        }
    };
    note(job, noted);
}

fn note(job: &Job, result: Result<(), ServiceError>) {
    if let Err(error) = result {
        tracing::error!(job.id = %job.id, %error, "how a job went could not be noted; it is done again later");
    }
}
