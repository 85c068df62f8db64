//! What rules have paid before, for tiers and caps.

use domain::id::{AffiliateId, ContactId, EventId, RuleId};
use domain::money::Currency;
use domain::time::{Day, UnixMs};

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// An event this rule decided about for an affiliate, and what is left of it: for tiers.
    pub struct PaidEvent { pub base_amount: i64, pub event_amount: i64, pub event_refunded: i64 }
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
        include_str!("paid_events.sql"),
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

/// A period, half-open, by the days that were written with what earned: of an event's own time, or of clicks.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// The first day.
    pub first: Day,
    /// The first day behind it.
    pub end: Day,
}

/// What a rule has paid an affiliate in a currency for one customer, or (`contact` none) for all, in a period.
pub async fn rewards(
    tx: &mut Tx,
    affiliate: AffiliateId,
    rule: RuleId,
    currency: Currency,
    contact: Option<ContactId>,
    period: Period,
) -> Result<i64> {
    tx.value(
        include_str!("rewards.sql"),
        args![
            affiliate,
            rule,
            currency,
            contact.map(|c| c.to_string()),
            contact,
            period.first,
            period.end
        ],
    )
    .await
}
