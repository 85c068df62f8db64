//! Credit notes: what cancels the invoice of a payout whose money came back.

use domain::id::PayoutId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A credit note that was issued.
    pub struct PayoutCredit {
        /// For the invoice of this payout.
        pub payout_id: PayoutId,
        /// Its number among the business's credit notes, without a gap.
        pub number: i64,
        /// The number as it is written: `SB-CN-0042`.
        pub name: String,
        /// All that it says.
        pub sealed: Vec<u8>,
        /// When it was issued.
        pub issued_at_ms: UnixMs,
    }
}

/// The next number of the series.
///
/// # Errors
/// As the database says.
pub async fn next_number(tx: &mut Tx) -> Result<i64> {
    tx.value(include_str!("payout_credit/next_number.sql"), args![])
        .await
}

/// Stores a credit note.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, credit: &PayoutCredit) -> Result<()> {
    let PayoutCredit {
        payout_id,
        number,
        name,
        sealed,
        issued_at_ms,
    } = credit;
    let values = args![*payout_id, *number, name, sealed.clone(), *issued_at_ms];
    tx.execute(include_str!("payout_credit/insert.sql"), values)
        .await?;
    Ok(())
}

/// The credit note of a payout.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, payout: PayoutId) -> Result<Option<PayoutCredit>> {
    tx.fetch_optional(include_str!("payout_credit/find.sql"), args![payout])
        .await
}
