//! What payouts do with commissions.

use domain::id::{AffiliateId, CommissionId, PayoutId};
use domain::money::Currency;
use domain::time::UnixMs;

use super::Commission;
use crate::db::{Result, Tx};
use crate::{args, record};

/// The commissions in a payout.
pub async fn of_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("of_payout.sql"), args![payout])
        .await
}

/// The commissions that are in a payout, or were before it was cancelled.
pub async fn ever_in_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("ever_in_payout.sql"), args![payout])
        .await
}

/// The approved commissions of an affiliate, oldest first.
pub async fn approved_of(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("approved_of.sql"), args![affiliate, currency])
        .await
}

record! {
    /// A commission that a payout has taken, and what it brings in.
    pub struct Claimed {
        pub id: CommissionId,
        pub amount: i64,
    }
}

/// Puts approved commissions of an affiliate and currency into a payout, those of zero left out: one, or
/// all; only those that were approved before an instant, when one is given.
pub async fn claim(
    tx: &mut Tx,
    payout: PayoutId,
    (affiliate, currency): (AffiliateId, Currency),
    only: Option<CommissionId>,
    before: Option<UnixMs>,
    now: UnixMs,
) -> Result<Vec<Claimed>> {
    let values = args![
        payout,
        now,
        affiliate,
        currency,
        only.map(|id| id.to_string()),
        only,
        before.unwrap_or(UnixMs(i64::MAX))
    ];
    tx.fetch_all(include_str!("claim.sql"), values).await
}

/// Has what is in a payout paid. Answers how many commissions that are.
pub async fn settle(tx: &mut Tx, payout: PayoutId, now: UnixMs) -> Result<u64> {
    tx.execute(include_str!("settle.sql"), args![payout, now])
        .await
}

/// Adds a step to the life of every commission in a payout, with what each brings in.
pub async fn add_payout_steps(
    tx: &mut Tx,
    payout: PayoutId,
    now: UnixMs,
    kind: &str,
    actor_name: &str,
    note: &str,
) -> Result<()> {
    tx.execute(
        include_str!("add_payout_steps.sql"),
        args![payout, now, kind, actor_name, note],
    )
    .await?;
    Ok(())
}
