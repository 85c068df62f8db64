//! Jobs: work that is done after a change is committed. Without a tenant in the key; claimed by lease.

use domain::id::{BusinessId, JobId};
use domain::time::UnixMs;

use crate::db::{Result, SystemTx, Tx, Value};
use crate::list::with_places;
use crate::{args, record};

record! {
    /// A queued job.
    pub struct Job {
        /// The job.
        pub id: JobId,
        /// Whose it is; none for the installation's own.
        pub business_id: Option<BusinessId>,
        /// Which program does it.
        pub kind: String,
        /// What that program needs to know, as JSON.
        pub payload: String,
        /// Not before this instant.
        pub run_at_ms: UnixMs,
        /// How often it was claimed, this time included. Names this claim: a worker whose lease ran
        /// out holds an older number and changes nothing any more.
        pub attempts: i64,
        /// Why the last attempt failed.
        pub last_error: Option<String>,
        /// When it was queued.
        pub created_at_ms: UnixMs,
    }
}

/// A job to be queued.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// The job.
    pub id: JobId,
    /// Which program does it.
    pub kind: &'a str,
    /// What that program needs to know, as JSON.
    pub payload: &'a str,
    /// Not before this instant.
    pub run_at_ms: UnixMs,
    /// Now.
    pub created_at_ms: UnixMs,
}

/// Queues a job of the transaction's business; it exists once the transaction is committed.
///
/// # Errors
/// As the database says.
pub async fn enqueue(tx: &mut Tx, job: &NewJob<'_>) -> Result<()> {
    let NewJob {
        id,
        kind,
        payload,
        run_at_ms,
        created_at_ms,
    } = *job;
    let business = tx.business();
    tx.execute_system(
        include_str!("job/enqueue.sql"),
        args![id, business, kind, payload, run_at_ms, created_at_ms],
    )
    .await?;
    Ok(())
}

/// Whether a job of these kinds is due that nobody holds: a look that takes no lock.
///
/// # Errors
/// As the database says.
pub async fn is_due(tx: &mut SystemTx, kinds: &[&str], now: UnixMs) -> Result<bool> {
    let sql = with_places(include_str!("job/count_due.sql"), 2, kinds.len());
    let mut values = args![now];
    values.extend(kinds.iter().map(|&kind| Value::from(kind)));
    Ok(tx.value::<i64>(sql, values).await? > 0)
}

/// Takes up to `limit` jobs of these kinds that are due and that nobody holds, and holds them until `lease_until`.
/// Every job is given to one claimant only. Commit before working on them.
///
/// # Errors
/// As the database says.
pub async fn claim(
    tx: &mut SystemTx,
    kinds: &[&str],
    now: UnixMs,
    lease_until: UnixMs,
    limit: i64,
) -> Result<Vec<Job>> {
    let sql = with_places(include_str!("job/claim.sql"), 4, kinds.len());
    let mut values = args![now, lease_until, limit];
    values.extend(kinds.iter().map(|&kind| Value::from(kind)));
    tx.fetch_all(sql, values).await
}

/// Removes a job that is done, in the transaction that has its effect; answers whether this claim
/// still held it. When it did not, the effect must not be committed.
///
/// # Errors
/// As the database says.
pub async fn complete(tx: &mut Tx, job: &Job) -> Result<bool> {
    Ok(tx
        .execute_system(
            include_str!("job/complete.sql"),
            args![job.id, job.attempts],
        )
        .await?
        == 1)
}

/// Gives a job back, to be tried again at `run_at`; answers whether this claim still held it.
///
/// # Errors
/// As the database says.
pub async fn retry(tx: &mut SystemTx, job: &Job, run_at: UnixMs, error: &str) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("job/retry.sql"),
            args![job.id, job.attempts, run_at, error],
        )
        .await?
        == 1)
}

/// Gives a job up; it stays for a person to look at. Answers whether this claim still held it.
///
/// # Errors
/// As the database says.
pub async fn fail(tx: &mut SystemTx, job: &Job, now: UnixMs, error: &str) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("job/fail.sql"),
            args![job.id, job.attempts, now, error],
        )
        .await?
        == 1)
}

/// [`fail`] in the transaction that keeps elsewhere what the job was to do: its row stays without that. Answers
/// whether this claim still held it. When it did not, the transaction must not be committed.
///
/// # Errors
/// As the database says.
pub async fn fail_emptied(tx: &mut Tx, job: &Job, now: UnixMs, error: &str) -> Result<bool> {
    Ok(tx
        .execute_system(
            include_str!("job/fail_emptied.sql"),
            args![job.id, job.attempts, now, error],
        )
        .await?
        == 1)
}

/// Removes jobs that were given up before an instant; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_failed(tx: &mut SystemTx, before: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("job/delete_failed.sql"), args![before])
        .await
}

/// Removes jobs of other kinds than these that were due before an instant; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_unknown(tx: &mut SystemTx, kinds: &[&str], before: UnixMs) -> Result<u64> {
    let sql = with_places(include_str!("job/delete_unknown.sql"), 2, kinds.len());
    let mut values = args![before];
    values.extend(kinds.iter().map(|&kind| Value::from(kind)));
    tx.execute_long(sql, values).await
}

/// Jobs that wait or run, for tests and health pages.
///
/// # Errors
/// As the database says.
pub async fn count_open(tx: &mut SystemTx) -> Result<i64> {
    tx.value(include_str!("job/count_open.sql"), args![]).await
}

record! {
    /// How many jobs there are.
    pub struct States {
        /// That wait or run.
        pub waiting: i64,
        /// That were given up and are kept to be looked at.
        pub failed: i64,
    }
}

/// How many jobs wait and how many were given up.
///
/// # Errors
/// As the database says.
pub async fn states(tx: &mut SystemTx) -> Result<States> {
    tx.fetch_one(include_str!("job/states.sql"), args![]).await
}
