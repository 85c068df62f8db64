//! Forms of applicants that could not be taken on, kept as they were sent until staff decides about them.

use domain::id::ApplicationId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A form that could not be taken on.
    pub struct StuckApplication {
        /// The application that may come of it.
        pub id: ApplicationId,
        /// The form, sealed, in base64.
        pub sealed: String,
        /// Why it was given up.
        pub error: String,
        /// When it was given up.
        pub failed_at_ms: UnixMs,
    }
}

/// Keeps a form; one that was kept before is replaced.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &StuckApplication) -> Result<()> {
    let StuckApplication {
        id,
        sealed,
        error,
        failed_at_ms,
    } = new;
    tx.execute(
        include_str!("stuck_application/insert.sql"),
        args![*id, sealed, error, *failed_at_ms],
    )
    .await?;
    Ok(())
}

/// The forms that were given up last, the latest first.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<StuckApplication>> {
    tx.fetch_all(include_str!("stuck_application/list.sql"), args![limit])
        .await
}

/// How many there are.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.value(include_str!("stuck_application/count.sql"), args![])
        .await
}

/// The form of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: ApplicationId) -> Result<Option<StuckApplication>> {
    tx.fetch_optional(include_str!("stuck_application/find.sql"), args![id])
        .await
}

/// Forgets a form; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, id: ApplicationId) -> Result<bool> {
    Ok(tx
        .execute(include_str!("stuck_application/delete.sql"), args![id])
        .await?
        == 1)
}
