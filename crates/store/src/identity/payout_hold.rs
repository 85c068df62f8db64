//! How long payouts wait after the place they go to was changed.

use crate::args;
use crate::db::{Result, Tx};

/// Days, when the business has chosen.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<i64>> {
    tx.value_optional(include_str!("payout_hold/find.sql"), args![])
        .await
}

/// Sets the days.
///
/// # Errors
/// As the database says.
pub async fn set(tx: &mut Tx, days: i64) -> Result<()> {
    tx.execute(include_str!("payout_hold/set.sql"), args![days])
        .await?;
    Ok(())
}
