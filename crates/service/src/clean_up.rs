//! Removing what time has ended. Nothing of a business's history is touched.

use domain::time::DAY_MS;

use crate::app::App;
use crate::error::Result;
use crate::identity::idempotency;
use crate::portal::{application, login_code, notification, session};
use crate::programme::callback;
use crate::work::Work;

/// How long jobs that were given up stay to be looked at: 30 days.
const FAILED_JOBS_KEPT_MS: i64 = 30 * DAY_MS;
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

/// Removes what has ended and belongs to no business: given-up jobs, counts of failed log-ins.
///
/// # Errors
/// As the database says.
pub async fn installation(app: &App) -> Result<()> {
    let now = app.now();
    let mut tx = app.db().system_write().await?;
    store::job::delete_failed(&mut tx, now.plus_ms(-FAILED_JOBS_KEPT_MS)).await?;
    store::identity::log_in::delete_old(&mut tx, now.plus_ms(-LOG_INS_KEPT_MS)).await?;
    Ok(tx.commit().await?)
}
