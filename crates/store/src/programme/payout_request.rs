//! Affiliates who asked to be paid: one open request an affiliate and currency.

use domain::id::{AffiliateId, PayoutId, PayoutRequestId};
use domain::money::Currency;
use domain::status::PayoutRequestState;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A request.
    pub struct PayoutRequest {
        /// The request.
        pub id: PayoutRequestId,
        /// Who asks.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub affiliate_name: String,
        /// In what.
        pub currency: Currency,
        /// What could be paid when they asked, minor units.
        pub amount: i64,
        /// What became of it.
        pub state: PayoutRequestState,
        /// The payout that was made.
        pub payout_id: Option<PayoutId>,
        /// When they asked.
        pub created_at_ms: UnixMs,
        /// When it was answered.
        pub settled_at_ms: Option<UnixMs>,
    }
}

/// Stores an open request; false when there is one already.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    id: PayoutRequestId,
    affiliate: AffiliateId,
    currency: Currency,
    amount: i64,
    now: UnixMs,
) -> Result<bool> {
    let values = args![id, affiliate, currency, amount, now];
    Ok(tx
        .execute(include_str!("payout_request/insert.sql"), values)
        .await?
        == 1)
}

/// Requests, the newest first: in one state or any, of one affiliate or all.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    state: Option<PayoutRequestState>,
    affiliate: Option<AffiliateId>,
    limit: i64,
) -> Result<Vec<PayoutRequest>> {
    let values = args![state, affiliate.map(|id| id.to_string()), affiliate, limit];
    tx.fetch_all(include_str!("payout_request/list.sql"), values)
        .await
}

/// Answers an open request; false when it is not open.
///
/// # Errors
/// As the database says.
pub async fn settle(
    tx: &mut Tx,
    id: PayoutRequestId,
    state: PayoutRequestState,
    now: UnixMs,
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("payout_request/settle.sql"),
            args![id, state, now],
        )
        .await?
        == 1)
}

/// Notes the payout that answers what an affiliate has asked for, if it has.
///
/// # Errors
/// As the database says.
pub async fn fulfil(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
    payout: PayoutId,
    now: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("payout_request/fulfil.sql"),
        args![affiliate, currency, payout, now],
    )
    .await?;
    Ok(())
}
