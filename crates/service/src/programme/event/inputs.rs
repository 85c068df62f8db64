//! What a computation needs to know besides the event: the customer, who earns, who stands above, and
//! what the rules have paid before.

use std::collections::BTreeMap;

use domain::commission::{Customer, Earner, Inputs, RuleHistory, Upline};
use domain::id::{AffiliateId, CampaignId, ContactId};
use domain::money::{AmountOverflow, Currency, mul_div_round};
use domain::rule::{Reward, Rule, TierPeriod};
use domain::status::AffiliateStatus;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use serde_json::Value;
use store::programme::affiliate::{self, Above, Affiliate};
use store::programme::commission::{self as lines, PaidEvent, Period};
use store::programme::event::{self as rows, Event};

use super::attribution::Won;
use super::credit::{EventFacts, texts};
use super::customer;
use crate::error::Result;
use crate::work::Work;

/// As many affiliates above earn at most.
const LEVELS_MAX: i64 = 7;

/// What is known when an event is recorded.
pub(super) struct Gathered {
    /// As far as the rules in force ask; kept with the event.
    pub inputs: Inputs,
    /// What those who may earn are called.
    pub names: BTreeMap<AffiliateId, String>,
}

/// Everything that is known when an event is recorded, as far as the rules in force ask.
pub(super) async fn gather(
    work: &mut Work,
    buyer: &customer::Customer,
    event: &Event,
    won: Won,
    facts: &EventFacts<'_>,
    in_force: &[&Rule],
    zone: &TimeZone,
) -> Result<Gathered> {
    let contact = &buyer.contact;
    let mut customer = Customer {
        country: contact.country.clone(),
        known_since: Some(contact.created_at_ms),
        ..Customer::default()
    };
    let mut sub_ids = None;
    // Who is new did nothing earlier, and without a click there are no sub-ids.
    if !buyer.is_new || event.click_id.is_some() {
        let background = rows::background(&mut work.tx, event).await?;
        customer.earlier_sales = background.earlier.sales;
        customer.earlier_leads = background.leads;
        customer.first_sale_at = background.earlier.first_at_ms;
        sub_ids = background.sub_ids;
    }
    let sub_ids = sub_ids
        .and_then(|json| serde_json::from_str::<Value>(&json).ok())
        .map(|value| texts(&value))
        .unwrap_or_default();
    let Won {
        mut earner,
        parent_id,
        affiliate,
        campaign: _,
    } = won;
    let affiliate_id = earner.affiliate_id;
    if in_force.iter().any(|rule| rule.conditions.is_some()) {
        let totals =
            rows::affiliate_totals(&mut work.tx, affiliate_id, facts.currency, Some(event.id))
                .await?;
        earner.conversions = Some(totals.sales);
        earner.revenue = facts.currency.map(|_| totals.revenue);
    }
    let mut names = BTreeMap::from([(affiliate_id, affiliate)]);
    let upline = match parent_id {
        None => Some(Vec::new()),
        Some(_) if in_force.iter().any(|rule| !rule.levels.is_empty()) => {
            let above = affiliate::above(&mut work.tx, affiliate_id, LEVELS_MAX).await?;
            let upline = above.iter().map(upline_of).collect();
            names.extend(above.into_iter().map(|above| (above.id, above.name)));
            Some(upline)
        }
        Some(_) => None,
    };
    let mut history = BTreeMap::new();
    for rule in in_force.iter().filter(|rule| rule.needs_history()) {
        let asked = Asked {
            affiliate: affiliate_id,
            contact: Some(contact.id),
            currency: facts.currency,
            at: facts.occurred_at,
        };
        history.insert(rule.id, history_of(work, rule, &asked, zone).await?);
    }
    let inputs = Inputs {
        barred: false,
        coupon: facts.coupon.map(str::to_owned),
        sub_ids,
        customer,
        earner,
        upline,
        history,
    };
    Ok(Gathered { inputs, names })
}

/// An affiliate as the one who earns in a campaign, without totals.
pub(crate) fn earner(affiliate: &Affiliate, campaign: CampaignId) -> Earner {
    Earner {
        affiliate_id: affiliate.id,
        group_id: affiliate.group_id,
        campaign_id: campaign,
        country: affiliate.country.clone(),
        tags: affiliate.tag_list(),
        conversions: None,
        revenue: None,
    }
}

/// The affiliates above one, the parent first, as many as rules can pay.
pub(crate) async fn upline(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<Upline>> {
    let above = affiliate::above(&mut work.tx, affiliate, LEVELS_MAX).await?;
    Ok(above.iter().map(upline_of).collect())
}

fn upline_of(above: &Above) -> Upline {
    Upline {
        affiliate_id: above.id,
        approved: above.status == AffiliateStatus::Approved,
    }
}

/// Of what a rule's history is asked.
pub(crate) struct Asked {
    pub affiliate: AffiliateId,
    /// None: a customer who never bought.
    pub contact: Option<ContactId>,
    /// The event's.
    pub currency: Option<Currency>,
    /// The event's own time.
    pub at: UnixMs,
}

/// What a rule has paid before, as far as its tiers and caps ask.
pub(crate) async fn history_of(
    work: &mut Work,
    rule: &Rule,
    asked: &Asked,
    zone: &TimeZone,
) -> Result<RuleHistory> {
    let month = month_of(asked.at, zone);
    let ever = (UnixMs(0), UnixMs::MAX);
    let period = |(from, to): (UnixMs, UnixMs)| Period {
        first: from.day_in(zone),
        end: to.day_in(zone),
    };
    let mut history = RuleHistory::default();
    let Some(reward_currency) = rule.reward_currency(asked.currency) else {
        return Ok(history);
    };
    if let Reward::Tiers(tiers) = &rule.reward {
        let (from, to) = if tiers.period == TierPeriod::Month {
            month
        } else {
            ever
        };
        let decided = lines::paid_events(
            &mut work.tx,
            asked.affiliate,
            rule.id,
            asked.currency,
            from,
            to,
        )
        .await?;
        for event in decided {
            let (count, revenue) = left_of(&event)?;
            history.conversions += count;
            history.revenue = history.revenue.checked_add(revenue).ok_or(AmountOverflow)?;
        }
    }
    if let (Some(_), Some(contact)) = (rule.caps.per_customer, asked.contact) {
        history.customer_rewards = lines::rewards(
            &mut work.tx,
            asked.affiliate,
            rule.id,
            reward_currency,
            Some(contact),
            period(ever),
        )
        .await?;
    }
    if rule.caps.per_affiliate_month.is_some() {
        history.month_rewards = lines::rewards(
            &mut work.tx,
            asked.affiliate,
            rule.id,
            reward_currency,
            None,
            period(month),
        )
        .await?;
    }
    Ok(history)
}

/// What an earlier event counts for in tiers: one and its base, less what was refunded; a wholly refunded
/// sale nothing.
fn left_of(event: &PaidEvent) -> Result<(i64, i64)> {
    if event.event_amount <= 0 {
        return Ok((1, event.base_amount));
    }
    if event.event_refunded >= event.event_amount {
        return Ok((0, 0));
    }
    let gone = mul_div_round(event.base_amount, event.event_refunded, event.event_amount)?;
    Ok((1, event.base_amount - gone))
}

/// The calendar month of an instant in a zone, half-open.
pub(crate) fn month_of(at: UnixMs, zone: &TimeZone) -> (UnixMs, UnixMs) {
    let first = at.day_in(zone).date().first_of_month();
    let next = first
        .checked_add(jiff::Span::new().months(1))
        .unwrap_or(jiff::civil::Date::MAX);
    (
        domain::time::Day::from_date(first).start(zone),
        domain::time::Day::from_date(next).start(zone),
    )
}
