//! Crediting an event: the referral, the commission lines, their ledger entries.

use std::collections::BTreeMap;

use domain::attribution::Winner;
use domain::commission::{self as rules, Customer, Earner, Input, Item, Line, RuleHistory, Upline};
use domain::id::{AffiliateId, CommissionId, ContactId};
use domain::ledger::Movement;
use domain::money::{Currency, mul_div_round};
use domain::referral::{earns, first_status};
use domain::rule::{Reward, Rule, TierPeriod};
use domain::status::{AffiliateStatus, CommissionStatus, ReferralApproval, TriggerOn};
use domain::time::{DAY_MS, UnixMs};
use jiff::tz::TimeZone;
use serde_json::Value;
use store::crm::contact::Contact;
use store::identity::setting::Setting;
use store::programme::commission::{self as lines, NewCommission, Step};
use store::programme::event::{self as rows, Event};
use store::programme::referral::{self as referrals, NewReferral, Referral};
use store::programme::{affiliate, rule};

use crate::error::{Result, ServiceError};
use crate::programme::commission;
use crate::programme::ledger::{self, Subject};
use crate::work::Work;

/// Sub-ids, metadata: plain texts by name.
type Texts = BTreeMap<String, String>;

/// What was reported of an event, as rules weigh it.
pub(super) struct EventFacts<'a> {
    pub on: TriggerOn,
    pub name: &'a str,
    pub occurred_at: UnixMs,
    pub currency: Option<Currency>,
    pub amount: i64,
    pub tax: i64,
    pub shipping: i64,
    pub items: &'a [Item],
    pub coupon: Option<&'a str>,
    pub metadata: Option<&'a Value>,
}

/// The event as the rules of commission take it, without sub-ids.
pub(super) fn priced(facts: &EventFacts<'_>) -> rules::Event {
    rules::Event {
        on: facts.on,
        name: facts.name.to_owned(),
        occurred_at: facts.occurred_at,
        currency: facts.currency,
        amount: facts.amount,
        tax: facts.tax,
        shipping: facts.shipping,
        items: facts.items.to_vec(),
        coupon: facts.coupon.map(str::to_owned),
        sub_ids: Texts::new(),
        metadata: facts.metadata.map(texts).unwrap_or_default(),
    }
}

fn texts(object: &Value) -> Texts {
    let entries = object.as_object().into_iter().flatten();
    entries
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => Some((name.clone(), value.to_string())),
            _ => None,
        })
        .collect()
}

/// The referral of the winner and the customer; the first event makes it.
pub(super) async fn referral_for(
    work: &mut Work,
    setting: &Setting,
    contact: &Contact,
    winner: &Winner,
    event_name: &str,
) -> Result<Referral> {
    let Winner {
        affiliate_id,
        campaign_id,
        hold_for_self_referral,
        ..
    } = *winner;
    if let Some(referral) =
        referrals::find_for(&mut work.tx, affiliate_id, campaign_id, contact.id).await?
    {
        return Ok(referral);
    }
    let automatic = setting.referral_approval == ReferralApproval::Automatic;
    let new = NewReferral {
        id: work.new_id(),
        affiliate_id,
        campaign_id,
        contact_id: contact.id,
        first_event: event_name.to_owned(),
        status: first_status(automatic, hold_for_self_referral),
        hold_reason: hold_for_self_referral
            .then(|| "Customer and affiliate look like one person".to_owned()),
        created_at_ms: work.now,
    };
    referrals::insert(&mut work.tx, &new).await?;
    referrals::find(&mut work.tx, new.id)
        .await?
        .ok_or_else(|| ServiceError::Internal("a referral vanished".to_owned()))
}

/// Makes the commission lines of an event and books them.
pub(super) async fn pay(
    work: &mut Work,
    contact: &Contact,
    event: &Event,
    winner: &Winner,
    referral: &Referral,
    facts: &EventFacts<'_>,
    zone: &TimeZone,
) -> Result<()> {
    if !earns(referral.status) {
        return Ok(());
    }
    let in_force = rule::in_force(&mut work.tx, facts.occurred_at, Some(facts.on)).await?;
    if in_force.is_empty() {
        return Ok(());
    }
    let in_force: Vec<&Rule> = in_force.iter().map(|version| &version.rule).collect();
    let mut priced = priced(facts);
    if let Some(click) = winner.click_id {
        let sub_ids = rows::sub_ids_of_click(&mut work.tx, click).await?;
        priced.sub_ids = sub_ids
            .and_then(|json| serde_json::from_str::<Value>(&json).ok())
            .map(|v| texts(&v))
            .unwrap_or_default();
    }
    let earlier =
        rows::earlier_sales(&mut work.tx, contact.id, facts.occurred_at, event.id).await?;
    let customer = Customer {
        country: contact.country.clone(),
        known_since: Some(contact.created_at_ms),
        earlier_sales: earlier.sales,
        earlier_leads: rows::customer_leads(&mut work.tx, contact.id, event.id).await?,
        first_sale_at: earlier.first_at_ms,
    };
    let earner = earner(
        work,
        winner,
        facts.currency,
        in_force.iter().any(|rule| rule.conditions.is_some()),
    )
    .await?;
    let upline = if in_force.iter().any(|rule| !rule.levels.is_empty()) {
        upline(work, winner.affiliate_id).await?
    } else {
        Vec::new()
    };
    let mut history = BTreeMap::new();
    for rule in in_force.iter().filter(|rule| rule.needs_history()) {
        history.insert(
            rule.id,
            history_of(work, rule, winner.affiliate_id, contact.id, facts, zone).await?,
        );
    }
    let computation = rules::compute(&Input {
        event: &priced,
        customer: &customer,
        earner: &earner,
        upline: &upline,
        rules: &in_force,
        history: &history,
        zone,
    })?;
    for line in computation.lines {
        book(work, event, winner, referral, line).await?;
    }
    Ok(())
}

async fn earner(
    work: &mut Work,
    winner: &Winner,
    currency: Option<Currency>,
    with_totals: bool,
) -> Result<Earner> {
    let affiliate = affiliate::find(&mut work.tx, winner.affiliate_id)
        .await?
        .ok_or_else(|| ServiceError::Internal("an affiliate vanished".to_owned()))?;
    let totals = if with_totals {
        Some(rows::affiliate_totals(&mut work.tx, winner.affiliate_id, currency).await?)
    } else {
        None
    };
    Ok(Earner {
        affiliate_id: winner.affiliate_id,
        group_id: affiliate.group_id,
        campaign_id: winner.campaign_id,
        tags: affiliate.tag_list(),
        country: affiliate.country,
        conversions: totals.as_ref().map(|t| t.sales),
        revenue: totals.filter(|_| currency.is_some()).map(|t| t.revenue),
    })
}

async fn upline(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<Upline>> {
    let mut upline = Vec::new();
    for id in affiliate::ancestors(&mut work.tx, affiliate).await? {
        let above = affiliate::find(&mut work.tx, id).await?;
        upline.push(Upline {
            affiliate_id: id,
            approved: above.is_some_and(|a| a.status == AffiliateStatus::Approved),
        });
    }
    Ok(upline)
}

/// What a rule has paid before, as far as its tiers and caps ask.
async fn history_of(
    work: &mut Work,
    rule: &Rule,
    affiliate: AffiliateId,
    contact: ContactId,
    facts: &EventFacts<'_>,
    zone: &TimeZone,
) -> Result<RuleHistory> {
    let month = month_of(facts.occurred_at, zone);
    let ever = (UnixMs(0), UnixMs::MAX);
    let mut history = RuleHistory::default();
    let Some(currency) = rule.reward_currency(facts.currency) else {
        return Ok(history);
    };
    if let Reward::Tiers(tiers) = &rule.reward {
        let (from, to) = if tiers.period == TierPeriod::Month {
            month
        } else {
            ever
        };
        for paid in lines::paid_events(&mut work.tx, affiliate, rule.id, currency, from, to).await?
        {
            if paid.event_amount > 0 && paid.event_refunded >= paid.event_amount {
                continue;
            }
            history.conversions += 1;
            let gone = if paid.event_amount > 0 {
                mul_div_round(paid.base_amount, paid.event_refunded, paid.event_amount)?
            } else {
                0
            };
            history.revenue = history
                .revenue
                .checked_add(paid.base_amount - gone)
                .ok_or(domain::money::AmountOverflow)?;
        }
    }
    if rule.caps.per_customer.is_some() {
        history.customer_rewards = lines::rewards(
            &mut work.tx,
            affiliate,
            rule.id,
            Some(contact),
            ever.0,
            ever.1,
        )
        .await?;
    }
    if rule.caps.per_affiliate_month.is_some() {
        history.month_rewards =
            lines::rewards(&mut work.tx, affiliate, rule.id, None, month.0, month.1).await?;
    }
    Ok(history)
}

/// The calendar month of an instant in a zone, half-open.
fn month_of(at: UnixMs, zone: &TimeZone) -> (UnixMs, UnixMs) {
    let first = at.day_in(zone).date().first_of_month();
    let next = first
        .checked_add(jiff::Span::new().months(1))
        .unwrap_or(jiff::civil::Date::MAX);
    (
        domain::time::Day::from_date(first).start(zone),
        domain::time::Day::from_date(next).start(zone),
    )
}

async fn book(
    work: &mut Work,
    event: &Event,
    winner: &Winner,
    referral: &Referral,
    line: Line,
) -> Result<()> {
    let Line {
        affiliate_id,
        rule_id,
        rule_version,
        level,
        base,
        currency,
        amount,
        hold_days,
        auto_approve,
        cut_by_cap: _,
        explanation,
    } = line;
    let id: CommissionId = work.new_id();
    let hold_until = (hold_days > 0).then(|| {
        event
            .occurred_at_ms
            .plus_ms(hold_days.saturating_mul(DAY_MS))
    });
    let new = NewCommission {
        id,
        affiliate_id,
        referral_id: Some(referral.id),
        event_id: Some(event.id),
        campaign_id: Some(winner.campaign_id),
        contact_id: Some(event.contact_id),
        rule: Some((rule_id, rule_version)),
        level,
        currency,
        base_amount: base,
        amount,
        status: CommissionStatus::Pending,
        hold_until_ms: hold_until,
        auto_approve,
        note: String::new(),
        explanation: serde_json::to_string(&explanation)
            .map_err(|error| ServiceError::Internal(error.to_string()))?,
        created_at_ms: work.now,
        day: event.day,
    };
    lines::insert(&mut work.tx, &[new]).await?;
    let step = Step {
        at_ms: work.now,
        kind: "earned".to_owned(),
        status: CommissionStatus::Pending,
        amount,
        actor_name: work.actor.name().to_owned(),
        note: String::new(),
    };
    lines::add_step(&mut work.tx, id, &step).await?;
    let subject = Subject {
        affiliate_id,
        currency,
        commission_id: Some(id),
        payout_id: None,
        event_id: Some(event.id),
    };
    ledger::post(work, subject, &Movement::earn(amount)?)?;
    work.changed(Some(affiliate_id));
    commission::approve_if_ready(work, id).await
}
