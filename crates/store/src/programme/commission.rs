//! Commissions: what an affiliate earns by an event, a rule and a level, or as a free adjustment.

use domain::id::{
    AffiliateId, CampaignId, CommissionId, ContactId, EventId, GroupId, PayoutId, ReferralId,
    RuleId,
};
use domain::money::Currency;
use domain::status::{CommissionStatus, ReferralStatus};
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx};
use crate::list::{Window, fetch_of, ordered};
use crate::record;

use super::event::Event;
use super::referral::Referral;

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

record! {
    /// A step in the life of a commission.
    pub struct Step {
        pub at_ms: UnixMs,
        pub kind: String,
        pub status: CommissionStatus,
        pub amount: i64,
        pub actor_name: String,
        pub note: String,
    }
}

/// A commission to be stored.
#[derive(Debug, Clone)]
pub struct NewCommission {
    /// Its id.
    pub id: CommissionId,
    /// Who earns.
    pub affiliate_id: AffiliateId,
    /// The referral it belongs to; none for a free adjustment.
    pub referral_id: Option<ReferralId>,
    /// The event that pays; none for a free adjustment.
    pub event_id: Option<EventId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// The customer.
    pub contact_id: Option<ContactId>,
    /// The rule and its version.
    pub rule: Option<(RuleId, i64)>,
    /// 0 for who referred, 1 and up for the parents.
    pub level: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What the percent was taken of.
    pub base_amount: i64,
    /// What was earned.
    pub amount: i64,
    /// Its first state.
    pub status: CommissionStatus,
    /// When the hold ends.
    pub hold_until_ms: Option<UnixMs>,
    /// Whether it is approved by itself.
    pub auto_approve: bool,
    /// What a person wrote.
    pub note: String,
    /// How the amount came about, as JSON.
    pub explanation: String,
    /// When.
    pub created_at_ms: UnixMs,
    /// The day in the business's zone.
    pub day: Day,
}

impl NewCommission {
    /// The commission of an event as it is once it is stored, with what is read along.
    #[must_use]
    pub fn stored(self, affiliate_name: String, referral: &Referral, event: &Event) -> Commission {
        let Self {
            id,
            affiliate_id,
            referral_id,
            event_id,
            campaign_id,
            contact_id,
            rule,
            level,
            currency,
            base_amount,
            amount,
            status,
            hold_until_ms,
            auto_approve,
            note,
            explanation,
            created_at_ms,
            day,
        } = self;
        Commission {
            id,
            affiliate_id,
            affiliate_name,
            referral_id,
            referral_status: Some(referral.status),
            event_id,
            event_name: Some(event.name.clone()),
            event_amount: Some(event.amount),
            event_external_id: Some(event.external_id.clone()),
            event_currency: event.currency,
            campaign_id,
            campaign_name: Some(referral.campaign_name.clone()),
            contact_id,
            customer_name: Some(referral.customer_name.clone()),
            customer_email: referral.customer_email.clone(),
            customer_external_id: referral.customer_external_id.clone(),
            rule_id: rule.map(|rule| rule.0),
            rule_version: rule.map(|rule| rule.1),
            level,
            currency,
            base_amount,
            amount,
            adjusted: 0,
            reversed: 0,
            clawed_back: 0,
            status,
            hold_until_ms,
            auto_approve,
            payout_id: None,
            payout_number: None,
            paid_at_ms: None,
            note,
            explanation,
            created_at_ms,
            day,
            updated_at_ms: created_at_ms,
        }
    }
}

record! {
    /// An event this rule decided about for an affiliate, and what is left of it: for tiers.
    pub struct PaidEvent { pub base_amount: i64, pub event_amount: i64, pub event_refunded: i64 }
}

/// Which commissions a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<CommissionStatus>,
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only this campaign's.
    pub campaign_id: Option<CampaignId>,
    /// Only of affiliates in this group.
    pub group_id: Option<GroupId>,
    /// Only of this referral.
    pub referral_id: Option<ReferralId>,
    /// Only from this day on.
    pub from: Option<Day>,
    /// Only up to this day.
    pub to: Option<Day>,
    /// Only where the affiliate's or customer's name or address holds this text.
    pub search: Option<String>,
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

/// The commission with this id.
pub async fn find(tx: &mut Tx, id: CommissionId) -> Result<Option<Commission>> {
    tx.fetch_optional(include_str!("commission/find.sql"), args![id])
        .await
}

/// The commissions an event made, level by level.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/of_event.sql"), args![event])
        .await
}

/// The commissions in a payout.
pub async fn of_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/of_payout.sql"), args![payout])
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
    tx.fetch_all(include_str!("commission/claim.sql"), values)
        .await
}

/// Has what is in a payout paid. Answers how many commissions that are.
pub async fn settle(tx: &mut Tx, payout: PayoutId, now: UnixMs) -> Result<u64> {
    tx.execute(include_str!("commission/settle.sql"), args![payout, now])
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
        include_str!("commission/add_payout_steps.sql"),
        args![payout, now, kind, actor_name, note],
    )
    .await?;
    Ok(())
}

/// The approved commissions of an affiliate, oldest first.
pub async fn approved_of(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
) -> Result<Vec<Commission>> {
    tx.fetch_all(
        include_str!("commission/approved_of.sql"),
        args![affiliate, currency],
    )
    .await
}

/// Pending commissions that approve themselves, whose referral is approved and whose hold has
/// passed; oldest first, up to `limit`.
pub async fn matured(tx: &mut Tx, now: UnixMs, limit: i64) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/matured.sql"), args![now, limit])
        .await
}

/// Stores commissions.
pub async fn insert(tx: &mut Tx, new: &[NewCommission]) -> Result<()> {
    let columns = [
        "id",
        "affiliate_id",
        "referral_id",
        "event_id",
        "campaign_id",
        "contact_id",
        "rule_id",
        "rule_version",
        "level",
        "currency",
        "base_amount",
        "amount",
        "status",
        "hold_until_ms",
        "auto_approve",
        "note",
        "explanation",
        "created_at_ms",
        "day",
        "updated_at_ms",
    ];
    let rows = new
        .iter()
        .map(|c| {
            args![
                c.id,
                c.affiliate_id,
                c.referral_id,
                c.event_id,
                c.campaign_id,
                c.contact_id,
                c.rule.map(|r| r.0),
                c.rule.map(|r| r.1),
                c.level,
                c.currency,
                c.base_amount,
                c.amount,
                c.status,
                c.hold_until_ms,
                c.auto_approve,
                &c.note,
                &c.explanation,
                c.created_at_ms,
                c.day,
                c.created_at_ms
            ]
        })
        .collect();
    tx.insert_many("commission", &columns, rows, "").await?;
    Ok(())
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

/// Adds a step to the life of a commission.
pub async fn add_step(tx: &mut Tx, commission: CommissionId, step: &Step) -> Result<()> {
    let Step {
        at_ms,
        kind,
        status,
        amount,
        actor_name,
        note,
    } = step.clone();
    tx.execute(
        include_str!("commission/add_step.sql"),
        args![commission, at_ms, kind, status, amount, actor_name, note],
    )
    .await?;
    Ok(())
}

/// Begins the lives of commissions that were just stored: the first step of each.
pub async fn add_first_steps(tx: &mut Tx, steps: &[(CommissionId, Step)]) -> Result<()> {
    let rows = steps
        .iter()
        .map(|(commission, s)| {
            args![
                *commission,
                1_i64,
                s.at_ms,
                &s.kind,
                s.status,
                s.amount,
                &s.actor_name,
                &s.note
            ]
        })
        .collect();
    let columns = [
        "commission_id",
        "line",
        "at_ms",
        "kind",
        "status",
        "amount",
        "actor_name",
        "note",
    ];
    tx.insert_many("commission_step", &columns, rows, "")
        .await?;
    Ok(())
}

/// The life of a commission, step by step.
pub async fn steps(tx: &mut Tx, commission: CommissionId) -> Result<Vec<Step>> {
    tx.fetch_all(include_str!("commission/steps.sql"), args![commission])
        .await
}

/// The states of a referral's commissions.
pub async fn of_referral(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/of_referral.sql"), args![referral])
        .await
}

/// The events a rule paid an affiliate for in a period, not rejected: for tiers.
pub async fn paid_events(
    tx: &mut Tx,
    affiliate: AffiliateId,
    rule: RuleId,
    currency: Option<Currency>,
    from: UnixMs,
    to: UnixMs,
) -> Result<Vec<PaidEvent>> {
    tx.fetch_all(
        include_str!("commission/paid_events.sql"),
        args![affiliate, rule, currency, from, to],
    )
    .await
}

/// Keeps that rules decided about an event and came to nothing, each with its base.
pub async fn insert_unpaid(
    tx: &mut Tx,
    event: EventId,
    affiliate: AffiliateId,
    unpaid: &[(RuleId, i64)],
) -> Result<()> {
    let rows = unpaid
        .iter()
        .map(|(rule, base)| args![event, *rule, affiliate, *base])
        .collect();
    let columns = ["event_id", "rule_id", "affiliate_id", "base_amount"];
    tx.insert_many("unpaid_line", &columns, rows, "").await?;
    Ok(())
}

/// What a rule has paid an affiliate in a currency for one customer, or (`contact` none) for all, in a period.
pub async fn rewards(
    tx: &mut Tx,
    affiliate: AffiliateId,
    rule: RuleId,
    currency: Currency,
    contact: Option<ContactId>,
    from: UnixMs,
    to: UnixMs,
) -> Result<i64> {
    tx.value(
        include_str!("commission/rewards.sql"),
        args![
            affiliate,
            rule,
            currency,
            contact.map(|c| c.to_string()),
            contact,
            from,
            to
        ],
    )
    .await
}

fn filter_values(filter: &Filter) -> Vec<crate::db::Value> {
    let Filter {
        status,
        affiliate_id,
        campaign_id,
        group_id,
        referral_id,
        from,
        to,
        search,
    } = filter;
    args![
        *status,
        affiliate_id.map(|id| id.to_string()),
        *affiliate_id,
        campaign_id.map(|id| id.to_string()),
        *campaign_id,
        group_id.map(|id| id.to_string()),
        *group_id,
        referral_id.map(|id| id.to_string()),
        *referral_id,
        *from,
        *to,
        search.as_deref().map(domain::text::like_pattern)
    ]
}

/// A part of the commissions that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Commission>> {
    let mut values = filter_values(filter);
    values.extend(args![
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ]);
    let order = if window.order == "id desc" {
        NEWEST
    } else {
        window.order
    };
    tx.fetch_all(ordered(include_str!("commission/list.sql"), order), values)
        .await
}

record! {
    /// How many commissions of a currency pass a filter, and what they pay.
    pub struct Total { pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum of the commissions that pass the filter, a row a currency.
pub async fn totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<Total>> {
    tx.fetch_all(include_str!("commission/totals.sql"), filter_values(filter))
        .await
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

/// Orders of [`list`]: a public sort key, its order upwards and downwards.
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

record! {
    /// How many commissions of a state and currency there are, and what they come to.
    pub struct StatusTotal { pub status: CommissionStatus, pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum by state and currency of what passes the filter, but for its state.
pub async fn status_totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusTotal>> {
    let values = filter_values(filter).split_off(1);
    tx.fetch_all(include_str!("commission/status_totals.sql"), values)
        .await
}

/// The same of these commissions; a chunk of ids gives rows of its own.
pub async fn status_totals_of(tx: &mut Tx, ids: &[CommissionId]) -> Result<Vec<StatusTotal>> {
    fetch_of(tx, include_str!("commission/status_totals_of.sql"), ids).await
}

/// Count and sum by state and currency of the pending and approved commissions on these referrals; a
/// state and currency may come more than once.
pub async fn status_totals_of_referrals(
    tx: &mut Tx,
    ids: &[ReferralId],
) -> Result<Vec<StatusTotal>> {
    fetch_of(
        tx,
        include_str!("commission/status_totals_of_referrals.sql"),
        ids,
    )
    .await
}

/// These commissions, as far as there are any.
pub async fn some(tx: &mut Tx, ids: &[CommissionId]) -> Result<Vec<Commission>> {
    fetch_of(tx, include_str!("commission/some.sql"), ids).await
}

/// The commissions that are in a payout, or were before it was cancelled.
pub async fn ever_in_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Commission>> {
    tx.fetch_all(include_str!("commission/ever_in_payout.sql"), args![payout])
        .await
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
