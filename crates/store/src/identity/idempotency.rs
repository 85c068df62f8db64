//! The answers of calls that carried an Idempotency-Key, kept for their repetition.

use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A key that was used, with what was answered.
    pub struct Idempotency {
        /// Method and path of the call.
        pub route: String,
        /// SHA-256 of its body.
        pub body_hash: [u8; 32],
        /// The HTTP status answered; 0 as long as the call runs.
        pub status: i64,
        /// The JSON answered.
        pub reply: String,
    }
}

/// Takes a key for a call that begins. `false` when it was taken at `kept_since` or later; a transaction that
/// has just taken the same key is waited for.
///
/// # Errors
/// As the database says.
pub async fn claim(
    tx: &mut Tx,
    key: &str,
    route: &str,
    body_hash: [u8; 32],
    now: UnixMs,
    kept_since: UnixMs,
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("idempotency/claim.sql"),
            args![key, route, body_hash, now, kept_since],
        )
        .await?
        == 1)
}

/// The call a key was used for.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Idempotency>> {
    tx.fetch_optional(include_str!("idempotency/find.sql"), args![key])
        .await
}

/// Keeps the answer of the call that took the key.
///
/// # Errors
/// As the database says.
pub async fn keep(tx: &mut Tx, key: &str, status: i64, reply: &str) -> Result<()> {
    tx.execute(
        include_str!("idempotency/keep.sql"),
        args![key, status, reply],
    )
    .await?;
    Ok(())
}

/// Forgets keys used before an instant, a hundred at a time.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, before: UnixMs) -> Result<()> {
    tx.execute(include_str!("idempotency/forget.sql"), args![before])
        .await?;
    Ok(())
}
