//! Jobs: work that is done after a change is committed, by the runner of the `jobs` crate.
//!
//! A job is queued in the transaction of the change it follows from, so that both happen or none. It
//! is claimed by a lease; a worker that dies leaves it to the next one. Jobs are done at least once:
//! what they do must bear to be done again.

use domain::time::UnixMs;
use serde::Serialize;
use store::job::NewJob;

pub use store::job::Job;

use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::work::Work;

/// How long a claim holds. Longer than any job takes, short enough to pick up a dead worker's soon.
pub const LEASE_MS: i64 = 5 * 60_000;

/// Waits before the next attempt, after the first, the second … attempt. A day and a half in all:
/// mail servers are often away for a night.
pub const BACK_OFF_MS: &[i64] = &[
    60_000,
    5 * 60_000,
    15 * 60_000,
    3_600_000,
    3 * 3_600_000,
    6 * 3_600_000,
    12 * 3_600_000,
    12 * 3_600_000,
];

/// Attempts after which a job is given up.
pub const ATTEMPTS_MAX: i64 = BACK_OFF_MS.len() as i64 + 1;

/// How often whoever a job is about may fail to be told that it is given up, after the last attempt and [`LEASE_MS`]
/// apart. Then it is given up all the same, so that no job comes back for ever.
pub const UNTOLD_MAX: i64 = 12;

/// The longest error text that is kept.
const ERROR_LENGTH_MAX: usize = 500;

/// Queues a job; it can start as soon as the work is committed.
///
/// # Errors
/// When the database cannot serve.
pub async fn enqueue(
    work: &mut Work,
    kind: &'static str,
    payload: &(impl Serialize + Sync),
) -> Result<()> {
    let payload = serde_json::to_string(payload)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let new = NewJob {
        id: work.new_id(),
        kind,
        payload: &payload,
        run_at_ms: work.now,
        created_at_ms: work.now,
    };
    Ok(store::job::enqueue(&mut work.tx, &new).await?)
}

/// Takes up to `limit` jobs of these kinds that are due, for [`LEASE_MS`]. Whoever does not know a kind leaves its
/// jobs to others.
///
/// # Errors
/// When the database cannot serve.
pub async fn claim(app: &App, kinds: &[&str], limit: i64) -> Result<Vec<Job>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let mut look = app.db().system_read().await?;
    let due = store::job::is_due(&mut look, kinds, now).await?;
    drop(look);
    if !due {
        return Ok(Vec::new());
    }
    let mut tx = app.db().system_write().await?;
    let jobs = store::job::claim(&mut tx, kinds, now, now.plus_ms(LEASE_MS), limit).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// Notes in the work that has the job's effect that the job is done.
///
/// # Errors
/// [`ServiceError::Conflict`] when the lease ran out and another worker has the job: the work must
/// not be committed then.
pub async fn complete(work: &mut Work, job: &Job) -> Result<()> {
    if store::job::complete(&mut work.tx, job).await? {
        Ok(())
    } else {
        Err(ServiceError::Conflict("the job's lease ran out".to_owned()))
    }
}

/// When a job that just failed is to be tried again; `None` when it is to be given up.
#[must_use]
pub fn next_attempt(job: &Job, now: UnixMs) -> Option<UnixMs> {
    let done = usize::try_from(job.attempts).unwrap_or(usize::MAX);
    BACK_OFF_MS
        .get(done.saturating_sub(1))
        .map(|wait| now.plus_ms(*wait))
}

/// Gives a job back to be tried again at an instant.
///
/// # Errors
/// When the database cannot serve; the lease brings the job back then.
pub async fn retry(app: &App, job: &Job, run_at: UnixMs, error: &str) -> Result<()> {
    let mut tx = app.db().system_write().await?;
    store::job::retry(&mut tx, job, run_at, &shortened(error)).await?;
    Ok(tx.commit().await?)
}

/// Gives a job up for good; its row stays to be looked at.
///
/// # Errors
/// When the database cannot serve; the lease brings the job back then.
pub async fn give_up(app: &App, job: &Job, error: &str) -> Result<()> {
    let mut tx = app.db().system_write().await?;
    store::job::fail(&mut tx, job, app.now(), &shortened(error)).await?;
    Ok(tx.commit().await?)
}

/// [`give_up`] in the work that keeps elsewhere what the job was to do: the row stays to be looked at, without that.
///
/// # Errors
/// [`ServiceError::Conflict`] when the lease ran out and another worker has the job: the work must
/// not be committed then.
pub async fn give_up_kept(work: &mut Work, job: &Job, error: &str) -> Result<()> {
    let now = work.now;
    if store::job::fail_emptied(&mut work.tx, job, now, &shortened(error)).await? {
        Ok(())
    } else {
        Err(ServiceError::Conflict("the job's lease ran out".to_owned()))
    }
}

/// An error text cut to what is kept.
#[must_use]
pub fn shortened(error: &str) -> String {
    error
        .chars()
        .filter(|c| !c.is_control())
        .take(ERROR_LENGTH_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(attempts: i64) -> Job {
        Job {
            id: uuid::Uuid::nil().into(),
            business_id: None,
            kind: String::new(),
            payload: String::new(),
            run_at_ms: UnixMs(0),
            attempts,
            last_error: None,
            created_at_ms: UnixMs(0),
        }
    }

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(next_attempt(&job(1), UnixMs(0)), Some(UnixMs(60_000)));
        assert_eq!(next_attempt(&job(2), UnixMs(0)), Some(UnixMs(300_000)));
        assert!(next_attempt(&job(ATTEMPTS_MAX - 1), UnixMs(0)).is_some());
        assert_eq!(next_attempt(&job(ATTEMPTS_MAX), UnixMs(0)), None);
    }

    #[test]
    fn errors_are_one_short_line() {
        assert_eq!(shortened("a\r\nb\0"), "ab");
        assert_eq!(
            shortened(&"é".repeat(900)).chars().count(),
            ERROR_LENGTH_MAX
        );
    }
}
