//! What an affiliate has done with the business, for a timeline: a query a kind.

use domain::id::{AffiliateId, PartnershipId, PayoutId};
use domain::money::Currency;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A campaign the affiliate takes or took part in.
    pub struct Campaign {
        /// The part in it.
        pub partnership_id: PartnershipId,
        /// Its name.
        pub name: String,
        /// Whether the affiliate takes part now.
        pub active: bool,
        /// When the affiliate joined.
        pub joined_at_ms: UnixMs,
    }
}

record! {
    /// A payout that was paid.
    pub struct PaidOut {
        /// The payout.
        pub id: PayoutId,
        /// Its number.
        pub number: i64,
        /// Minor units of `currency`.
        pub amount: i64,
        /// Of what.
        pub currency: Currency,
        /// When it was paid.
        pub paid_at_ms: UnixMs,
    }
}

/// The latest campaigns that an affiliate has joined.
///
/// # Errors
/// As the database says.
pub async fn campaigns(tx: &mut Tx, affiliate: AffiliateId, limit: i64) -> Result<Vec<Campaign>> {
    tx.fetch_all(
        include_str!("engagement/campaigns.sql"),
        args![affiliate, limit],
    )
    .await
}

/// When a part in a campaign was last ended. The part itself does not say; the log does.
///
/// # Errors
/// As the database says.
pub async fn left_at(tx: &mut Tx, partnership: PartnershipId) -> Result<Option<UnixMs>> {
    tx.value_optional(
        include_str!("engagement/left_at.sql"),
        args![partnership.to_string()],
    )
    .await
}

/// When the first event of a kind (`lead`, `sale`) that was credited to the affiliate happened.
///
/// # Errors
/// As the database says.
pub async fn first_event(
    tx: &mut Tx,
    affiliate: AffiliateId,
    kind: &'static str,
) -> Result<Option<UnixMs>> {
    tx.value_optional(
        include_str!("engagement/first_event.sql"),
        args![affiliate, kind],
    )
    .await
}

/// The latest payouts that were paid to an affiliate.
///
/// # Errors
/// As the database says.
pub async fn payouts(tx: &mut Tx, affiliate: AffiliateId, limit: i64) -> Result<Vec<PaidOut>> {
    tx.fetch_all(
        include_str!("engagement/payouts.sql"),
        args![affiliate, limit],
    )
    .await
}
