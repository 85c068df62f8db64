//! Removing what time has ended. Nothing of a business's history is touched.

use domain::time::DAY_MS;

use crate::app::App;
use crate::error::Result;
use crate::identity::idempotency;
use crate::messaging::mail;
use crate::portal::{application, login_code, notification, session};
use crate::programme::{callback, payout_run};
use crate::work::Work;

/// How long jobs that were given up stay to be looked at: 30 days.
const FAILED_JOBS_KEPT_MS: i64 = 30 * DAY_MS;
/// All kinds of jobs. One that another program has queued waits for it, [`UNKNOWN_JOBS_KEPT_MS`] at the most.
pub const JOB_KINDS: [&str; 5] = [
    mail::SEND_JOB,
    application::TAKE_JOB,
    callback::JOB,
    login_code::WRITE_JOB,
    payout_run::JOB,
];
/// How long jobs wait that no program here does: 30 days.
const UNKNOWN_JOBS_KEPT_MS: i64 = 30 * DAY_MS;
/// How long failed log-ins are remembered at the most: a day, far longer than they slow anyone down.
const LOG_INS_KEPT_MS: i64 = DAY_MS;

/// Removes what has ended in one business: portal sessions, codes, marks of forms that were sent, old notifications, calls by providers, answers kept for repeated calls.
///
/// # Errors
/// As the database says.
pub async fn business(work: &mut Work) -> Result<()> {
    session::clean_up(work).await?;
    login_code::clean_up(work).await?;
    application::clean_up(work).await?;
    notification::clean_up(work).await?;
    callback::clean_up(work).await?;
    store::identity::idempotency::forget(&mut work.tx, work.now.plus_ms(-idempotency::KEPT_MS))
        .await?;
    Ok(())
}

/// Removes what has ended and belongs to no business: jobs that were given up or that no program does, counts of failed log-ins.
///
/// # Errors
/// As the database says.
pub async fn installation(app: &App) -> Result<()> {
    let now = app.now();
    let mut tx = app.db().system_write().await?;
    store::job::delete_failed(&mut tx, now.plus_ms(-FAILED_JOBS_KEPT_MS)).await?;
    let before = now.plus_ms(-UNKNOWN_JOBS_KEPT_MS);
    let unknown = store::job::delete_unknown(&mut tx, &JOB_KINDS, before).await?;
    if unknown > 0 {
        tracing::warn!(jobs = unknown, "jobs that no program does were removed");
    }
    store::identity::log_in::delete_old(&mut tx, now.plus_ms(-LOG_INS_KEPT_MS)).await?;
    Ok(tx.commit().await?)
}
