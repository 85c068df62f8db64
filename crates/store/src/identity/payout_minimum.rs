//! The least that is paid out, by currency; a group may have its own.

use domain::money::Currency;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// What must be owed at least before a payout is made.
    pub struct PayoutMinimum {
        pub currency: Currency,
        /// Minor units.
        pub amount: i64,
    }
}

/// All of this business, by currency.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<PayoutMinimum>> {
    tx.fetch_all(include_str!("payout_minimum/list.sql"), args![])
        .await
}

/// Sets the minimum of one currency.
///
/// # Errors
/// As the database says.
pub async fn set(tx: &mut Tx, minimum: &PayoutMinimum) -> Result<()> {
    let PayoutMinimum { currency, amount } = minimum;
    tx.execute(
        include_str!("payout_minimum/set.sql"),
        args![*currency, *amount],
    )
    .await?;
    Ok(())
}

/// Removes the minimum of one currency.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, currency: Currency) -> Result<()> {
    tx.execute(include_str!("payout_minimum/delete.sql"), args![currency])
        .await?;
    Ok(())
}
