//! What a back-test reads: recorded events in windows, with what was known, weighed and booked.

use domain::id::{AffiliateId, CampaignId, ClickId, ContactId, EventId, RuleId};
use domain::money::Currency;
use domain::status::{CommissionStatus, EventKind, ReferralStatus, Verdict, Via};
use domain::time::{Day, UnixMs};

use super::commission::PaidEvent;
use super::event::AffiliateTotals;
use crate::args;
use crate::db::{Result, Tx};
use crate::list::fetch_of;
use crate::record;

record! {
    /// A recorded lead or sale. Amounts are minor units of `currency`; `inputs` is JSON.
    pub struct Recorded {
        pub id: EventId,
        pub kind: EventKind,
        pub name: String,
        pub contact_id: ContactId,
        pub amount: i64,
        pub currency: Option<Currency>,
        pub tax: i64,
        pub shipping: i64,
        pub refunded: i64,
        pub occurred_at_ms: UnixMs,
        pub recorded_at_ms: UnixMs,
        pub affiliate_id: Option<AffiliateId>,
        pub campaign_id: Option<CampaignId>,
        pub click_id: Option<ClickId>,
        pub metadata: Option<String>,
        pub seen_twice: bool,
        pub inputs: Option<String>,
        pub referral_status: Option<ReferralStatus>,
    }
}

record! {
    /// An item of a sale.
    pub struct ItemOf { pub event_id: EventId, pub product_id: String, pub amount: i64, pub quantity: i64 }
}

record! {
    /// A commission as it was booked; `explanation` is JSON.
    pub struct LineOf {
        pub event_id: EventId,
        pub affiliate_id: AffiliateId,
        pub rule_id: RuleId,
        pub level: i64,
        pub base_amount: i64,
        pub currency: Currency,
        pub amount: i64,
        pub status: CommissionStatus,
        pub explanation: String,
    }
}

record! {
    /// A rule that decided and came to nothing.
    pub struct UnpaidOf { pub event_id: EventId, pub rule_id: RuleId, pub base_amount: i64 }
}

record! {
    /// What was weighed.
    pub struct CandidateOf {
        pub event_id: EventId,
        pub via: Via,
        pub click_id: Option<ClickId>,
        pub affiliate_id: Option<AffiliateId>,
        pub campaign_id: Option<CampaignId>,
        pub verdict: Verdict,
    }
}

/// How many leads and sales happened on these days, both included.
pub async fn count(tx: &mut Tx, from: Day, to: Day) -> Result<i64> {
    tx.value(include_str!("back_test/count.sql"), args![from, to])
        .await
}

/// The next leads and sales of these days after one, in the order they were recorded.
pub async fn events(
    tx: &mut Tx,
    after: EventId,
    from: Day,
    to: Day,
    limit: i64,
) -> Result<Vec<Recorded>> {
    tx.fetch_all(
        include_str!("back_test/events.sql"),
        args![after, from, to, limit],
    )
    .await
}

/// The items of these sales.
pub async fn items(tx: &mut Tx, events: &[EventId]) -> Result<Vec<ItemOf>> {
    fetch_of(tx, include_str!("back_test/items.sql"), events).await
}

/// The commissions that rules made of these events.
pub async fn lines(tx: &mut Tx, events: &[EventId]) -> Result<Vec<LineOf>> {
    fetch_of(tx, include_str!("back_test/lines.sql"), events).await
}

/// The rules that decided about these events and came to nothing.
pub async fn unpaid(tx: &mut Tx, events: &[EventId]) -> Result<Vec<UnpaidOf>> {
    fetch_of(tx, include_str!("back_test/unpaid.sql"), events).await
}

/// What was weighed for these events, in the order it was weighed.
pub async fn candidates(tx: &mut Tx, events: &[EventId]) -> Result<Vec<CandidateOf>> {
    fetch_of(tx, include_str!("back_test/candidates.sql"), events).await
}

/// Of whom, under which rule and in which time something is asked; recorded between two events.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The affiliate.
    pub affiliate: AffiliateId,
    /// The rule.
    pub rule: RuleId,
    /// Happened from then on.
    pub from: UnixMs,
    /// Happened before.
    pub to: UnixMs,
    /// Recorded after this one.
    pub after: EventId,
    /// Recorded before this one.
    pub before: EventId,
}

/// The events a rule decided about in a span, in a currency, not rejected.
pub async fn decided(
    tx: &mut Tx,
    span: Span,
    currency: Option<Currency>,
) -> Result<Vec<PaidEvent>> {
    let Span {
        affiliate,
        rule,
        from,
        to,
        after,
        before,
    } = span;
    tx.fetch_all(
        include_str!("back_test/decided.sql"),
        args![affiliate, rule, currency, from, to, after, before],
    )
    .await
}

/// What a rule has paid in a span, for one customer or (`contact` none) for all.
pub async fn rewards(
    tx: &mut Tx,
    span: Span,
    currency: Currency,
    contact: Option<ContactId>,
) -> Result<i64> {
    let Span {
        affiliate,
        rule,
        from,
        to,
        after,
        before,
    } = span;
    tx.value(
        include_str!("back_test/rewards.sql"),
        args![
            affiliate,
            rule,
            currency,
            contact.map(|c| c.to_string()),
            contact,
            from,
            to,
            after,
            before
        ],
    )
    .await
}

/// What an affiliate has brought by events recorded between two.
pub async fn totals(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Option<Currency>,
    after: EventId,
    before: EventId,
) -> Result<AffiliateTotals> {
    tx.fetch_one(
        include_str!("back_test/totals.sql"),
        args![affiliate, currency, after, before],
    )
    .await
}
