//! When accounts were used, beyond the life of their sessions.

use domain::id::AccountId;
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx};

/// Notes a log-in of an account that has logged in before; false for its first one.
///
/// # Errors
/// As the database says.
pub async fn note_log_in(tx: &mut Tx, account: AccountId, now: UnixMs) -> Result<bool> {
    let noted = include_str!("activity/note_log_in.sql");
    Ok(tx.execute(noted, args![account, now]).await? == 1)
}

/// Notes the first log-in of an account, on a day of the business's zone.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, account: AccountId, day: Day, now: UnixMs) -> Result<()> {
    tx.execute(
        include_str!("activity/insert.sql"),
        args![account, day, now],
    )
    .await?;
    Ok(())
}

/// Notes that an account was used.
///
/// # Errors
/// As the database says.
pub async fn set_seen(tx: &mut Tx, account: AccountId, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("activity/set_seen.sql"), args![account, now])
        .await?;
    Ok(())
}
