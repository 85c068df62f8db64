//! Coupon codes that credit a partnership. Codes are compared folded: `Spring-10` is `SPRING-10`.

use domain::id::{AffiliateId, CampaignId, CouponId, PartnershipId};
use domain::status::AffiliateStatus;
use domain::text::fold;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A coupon with whom it credits and all that decides whether it counts.
    pub struct Coupon {
        pub id: CouponId,
        pub code: String,
        pub active: bool,
        pub partnership_id: PartnershipId,
        pub partnership_active: bool,
        pub affiliate_id: AffiliateId,
        pub affiliate_status: AffiliateStatus,
        pub campaign_id: CampaignId,
        pub campaign_active: bool,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
    }
}

/// What is stored of a new coupon.
#[derive(Debug, Clone)]
pub struct NewCoupon {
    pub id: CouponId,
    pub code: String,
    pub partnership_id: PartnershipId,
    pub created_at_ms: UnixMs,
}

/// The coupon of a code as a customer typed it.
///
/// # Errors
/// As the database says.
pub async fn find_by_code(tx: &mut Tx, code: &str) -> Result<Option<Coupon>> {
    tx.fetch_optional(include_str!("coupon/find_by_code.sql"), args![fold(code)])
        .await
}

/// Stores a new, active coupon; false when the business has one of this code.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: NewCoupon) -> Result<bool> {
    let NewCoupon {
        id,
        code,
        partnership_id,
        created_at_ms,
    } = new;
    let values = args![id, fold(&code), code, partnership_id, true, created_at_ms];
    Ok(tx
        .execute(include_str!("coupon/insert.sql"), values)
        .await?
        == 1)
}
