//! What arrived when the money of a payout came back less a fee.

use domain::id::PayoutId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// Money of a payout that came back less a fee; both in the payout's currency.
    pub struct PayoutReturn {
        /// The how manieth of this payout, from 1.
        pub nth: i64,
        /// What arrived, minor units.
        pub arrived: i64,
        /// What a bank or provider kept, minor units.
        pub fee: i64,
        /// Who noted it.
        pub noted_by: String,
        /// When.
        pub noted_at_ms: UnixMs,
    }
}

/// Stores one.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, payout: PayoutId, one: &PayoutReturn) -> Result<()> {
    let PayoutReturn {
        nth,
        arrived,
        fee,
        noted_by,
        noted_at_ms,
    } = one;
    let values = args![payout, *nth, *arrived, *fee, noted_by, *noted_at_ms];
    tx.execute(include_str!("payout_return/insert.sql"), values)
        .await?;
    Ok(())
}

/// Those of a payout, the newest first.
///
/// # Errors
/// As the database says.
pub async fn of_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<PayoutReturn>> {
    tx.fetch_all(include_str!("payout_return/of_payout.sql"), args![payout])
        .await
}
