//! Failed log-ins, counted per account so that guessing slows down.

use domain::time::UnixMs;

use crate::db::{Result, SystemTx};
use crate::{args, record};

record! {
    /// How an account stands. Accounts that do not exist have a row like any other.
    pub struct Attempts {
        /// Failures in a row.
        pub failures: i64,
        /// Before this instant no further try is taken.
        pub next_at_ms: UnixMs,
    }
}

/// How this account stands; a row is made when there is none.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut SystemTx, account: &str) -> Result<Attempts> {
    tx.execute(include_str!("log_in/insert.sql"), args![account])
        .await?;
    tx.fetch_one(include_str!("log_in/find.sql"), args![account])
        .await
}

/// Replaces how the account stands; `false` when another try came in between.
///
/// # Errors
/// As the database says.
pub async fn set(
    tx: &mut SystemTx,
    account: &str,
    before: &Attempts,
    after: &Attempts,
) -> Result<bool> {
    let values = args![
        account,
        before.failures,
        before.next_at_ms,
        after.failures,
        after.next_at_ms
    ];
    Ok(tx.execute(include_str!("log_in/set.sql"), values).await? == 1)
}

/// Forgets the account's failures.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut SystemTx, account: &str) -> Result<()> {
    tx.execute(include_str!("log_in/delete.sql"), args![account])
        .await?;
    Ok(())
}

/// Forgets failures older than this instant, of everybody.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut SystemTx, before: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("log_in/delete_old.sql"), args![before])
        .await
}
