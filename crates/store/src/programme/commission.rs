//! Commissions: what an affiliate earns by an event or a day's clicks, a rule and a level, or as a free adjustment.
//!
//! [`new`] stores them, [`step`] keeps their lives, [`mod@list`] filters and counts, [`in_payout`] has what payouts take,
//! and [`history`] what rules have paid before.

mod history;
mod in_payout;
mod list;
mod new;
mod step;

pub use history::{PaidEvent, Period, insert_unpaid, paid_events, rewards};
pub use in_payout::{
    Claimed, add_payout_steps, approved_of, claim, ever_in_payout, of_payout, settle,
};
pub use list::{
    Filter, StatusTotal, Total, list, status_totals, status_totals_of, status_totals_of_referrals,
    totals,
};
pub use new::{NewCommission, insert};
pub use step::{Step, add_first_steps, add_step, steps};

use domain::id::{
    AffiliateId, CampaignId, CommissionId, ContactId, EventId, PayoutId, ReferralId, RuleId,
};
use domain::money::Currency;
use domain::status::{CommissionStatus, ReferralStatus};
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx};
use crate::list::fetch_of;
use crate::record;

record! {
    /// A commission with the names a list shows beside it. Amounts are minor units of `currency`;
    /// what was earned is `amount + adjusted − reversed`, what a payout brings is that plus `clawed_back`
    /// (the part of `reversed` that was taken off the clawback account instead).
    pub struct Commission {
        pub id: CommissionId,
        pub affiliate_id: AffiliateId,
        pub affiliate_name: String,
        pub referral_id: Option<ReferralId>,
        pub referral_status: Option<ReferralStatus>,
        pub event_id: Option<EventId>,
        pub event_name: Option<String>,
        pub event_amount: Option<i64>,
        pub event_external_id: Option<String>,
        pub event_currency: Option<Currency>,
        pub campaign_id: Option<CampaignId>,
        pub campaign_name: Option<String>,
        pub contact_id: Option<ContactId>,
        pub customer_name: Option<String>,
        pub customer_email: Option<String>,
        pub customer_external_id: Option<String>,
        pub rule_id: Option<RuleId>,
        pub rule_version: Option<i64>,
        pub level: i64,
        pub currency: Currency,
        pub base_amount: i64,
        pub amount: i64,
        pub adjusted: i64,
        pub reversed: i64,
        pub clawed_back: i64,
        pub status: CommissionStatus,
        pub hold_until_ms: Option<UnixMs>,
        pub auto_approve: bool,
        pub payout_id: Option<PayoutId>,
        pub payout_number: Option<i64>,
        pub paid_at_ms: Option<UnixMs>,
        pub note: String,
        pub explanation: String,
        pub created_at_ms: UnixMs,
        pub day: Day,
        pub updated_at_ms: UnixMs,
    }
}

impl Commission {
    /// Whether a day's clicks on a link made it: a rule paid, and no event.
    #[must_use]
    pub const fn is_for_clicks(&self) -> bool {
        self.rule_id.is_some() && self.event_id.is_none()
    }
}

/// Newest first.
pub const NEWEST: &str = "c.id desc";
/// Oldest first.
pub const OLDEST: &str = "c.id";
/// Largest first.
pub const BY_AMOUNT: &str = "c.amount desc, c.id desc";
/// Smallest first.
pub const BY_AMOUNT_UP: &str = "c.amount, c.id";
/// By the affiliate's name.
pub const BY_AFFILIATE: &str = "a.search_folded, c.id desc";
/// By state.
pub const BY_STATUS: &str = "c.status, c.id desc";

/// Orders of [`list()`]: a public sort key, its order upwards and downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("created", "c.day, c.id", "c.day desc, c.id desc"),
    (
        "affiliate",
        "a.search_folded, c.id desc",
        "a.search_folded desc, c.id desc",
    ),
    (
        "campaign",
        "m.name_folded, c.id desc",
        "m.name_folded desc, c.id desc",
    ),
    ("status", "c.status, c.id desc", "c.status desc, c.id desc"),
    (
        "amount",
        "c.amount + c.adjusted - c.reversed, c.id",
        "c.amount + c.adjusted - c.reversed desc, c.id desc",
    ),
];

/// The commission with this id.
pub async fn find(tx: &mut Tx, id: CommissionId) -> Result<Option<Commission>> {
    tx.fetch_optional(include_str!("commission/find.sql"), args![id])
        .await
}

/// These commissions, as far as there are any.
pub async fn some(tx: &mut Tx, ids: &[CommissionId]) -> Result<Vec<Commission>> {
    fetch_of(tx, include_str!("commission/some.sql"), ids).await
}

/// The commissions an event made, level by level.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/of_event.sql"), args![event])
        .await
}

/// The states of a referral's commissions.
pub async fn of_referral(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/of_referral.sql"), args![referral])
        .await
}

/// Pending commissions that approve themselves, whose referral (those of clicks have none) is approved and whose hold
/// has passed; oldest first, up to `limit`.
pub async fn matured(tx: &mut Tx, now: UnixMs, limit: i64) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/matured.sql"), args![now, limit])
        .await
}

/// What a change leaves a commission with.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The state before; nothing is written when it is another by now.
    pub from: CommissionStatus,
    /// The state after.
    pub to: CommissionStatus,
    /// All adjustments.
    pub adjusted: i64,
    /// All that was taken back.
    pub reversed: i64,
    /// The part of it that went to the clawback account.
    pub clawed_back: i64,
    /// The payout it is in.
    pub payout_id: Option<PayoutId>,
    /// When.
    pub at: UnixMs,
}

/// Writes a change, compare-and-set on the state. Answers false when the state was another.
pub async fn change(tx: &mut Tx, id: CommissionId, change: Change) -> Result<bool> {
    let Change {
        from,
        to,
        adjusted,
        reversed,
        clawed_back,
        payout_id,
        at,
    } = change;
    Ok(tx
        .execute(
            include_str!("commission/change.sql"),
            args![id, from, to, adjusted, reversed, clawed_back, payout_id, at],
        )
        .await?
        == 1)
}

/// Has a commission wait for a person from now on, after one took its approval back.
pub async fn stop_auto_approval(tx: &mut Tx, id: CommissionId) -> Result<()> {
    tx.execute(
        include_str!("commission/stop_auto_approval.sql"),
        args![id, false],
    )
    .await?;
    Ok(())
}

/// What won disputes gave back of a commission as commissions of their own, oldest first.
pub async fn credits_of(tx: &mut Tx, id: CommissionId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/credits_of.sql"), args![id])
        .await
}

/// Notes that `credit` gives back of `id` what an earlier payout had settled.
pub async fn insert_credit(tx: &mut Tx, id: CommissionId, credit: CommissionId) -> Result<()> {
    tx.execute(
        include_str!("commission/insert_credit.sql"),
        args![id, credit],
    )
    .await?;
    Ok(())
}
