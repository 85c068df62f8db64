//! Crediting an event: the referral, the commission lines, their ledger entries.

use std::collections::BTreeMap;

use domain::attribution::Winner;
use domain::commission::{self as rules, Input, Item, Line};
use domain::id::{AffiliateId, CampaignId, CommissionId, ContactId, EventId, ReferralId, RuleId};
use domain::ledger::Movement;
use domain::money::Currency;
use domain::referral::{earns, first_status};
use domain::rule::Rule;
use domain::status::{CommissionStatus, ReferralApproval, TriggerOn};
use domain::time::{DAY_MS, Day, UnixMs};
use jiff::tz::TimeZone;
use serde_json::Value;
use store::programme::commission::{self as lines, Commission, NewCommission, Step};
use store::programme::event::{self as rows, Event, Terms};
use store::programme::referral::{self as referrals, NewReferral, Referral};

use super::attribution::Won;
use super::customer::Customer;
use super::inputs::{self, Gathered};
use crate::error::{Result, ServiceError};
use crate::programme::commission;
use crate::programme::ledger::{self, Subject};
use crate::programme::rule;
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
        quantity: 1,
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

pub(crate) fn texts(object: &Value) -> Texts {
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
    terms: &Terms,
    customer: &Customer,
    winner: &Winner,
    won: &Won,
    event_name: &str,
) -> Result<Referral> {
    let Winner {
        affiliate_id,
        campaign_id,
        hold_for_self_referral,
        ..
    } = *winner;
    let contact = &customer.contact;
    if !customer.is_new
        && let Some(referral) =
            referrals::find_for(&mut work.tx, affiliate_id, campaign_id, contact.id).await?
    {
        return Ok(referral);
    }
    let automatic = terms.referral_approval == ReferralApproval::Automatic;
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
    Ok(new.stored(won.affiliate.clone(), won.campaign.clone(), contact))
}

/// Makes the commission lines of an event and books them; answers with the commissions, level by level. What was
/// known is kept, so that the event can be computed again under other rules.
pub(super) async fn pay(
    work: &mut Work,
    customer: &Customer,
    event: &Event,
    won: Won,
    referral: &Referral,
    facts: &EventFacts<'_>,
    terms: &Terms,
    zone: &TimeZone,
) -> Result<Vec<Commission>> {
    let in_force = rule::in_force(work, terms.rules_mark, facts.occurred_at, facts.on).await?;
    let in_force: Vec<&Rule> = in_force.iter().map(|rule| &**rule).collect();
    let Gathered {
        inputs: mut known,
        names,
    } = inputs::gather(work, customer, event, won, facts, &in_force, zone).await?;
    known.barred = !earns(referral.status);
    let kept =
        serde_json::to_string(&known).map_err(|error| ServiceError::Internal(error.to_string()))?;
    rows::insert_inputs(&mut work.tx, event.id, &kept).await?;
    if known.barred || in_force.is_empty() {
        return Ok(Vec::new());
    }
    let mut priced = priced(facts);
    priced.sub_ids.clone_from(&known.sub_ids);
    let upline = known.upline.unwrap_or_default();
    let computation = rules::compute(&Input {
        event: &priced,
        customer: &known.customer,
        earner: &known.earner,
        upline: &upline,
        rules: &in_force,
        history: &known.history,
        zone,
    })?;
    let unpaid: Vec<(RuleId, i64)> = computation
        .unpaid
        .iter()
        .map(|unpaid| (unpaid.rule_id, unpaid.base))
        .collect();
    lines::insert_unpaid(&mut work.tx, event.id, known.earner.affiliate_id, &unpaid).await?;
    book(work, event, referral, computation.lines, &names).await
}

/// Stores the lines of an event as commissions, books them in their order, and approves what approves itself.
async fn book(
    work: &mut Work,
    event: &Event,
    referral: &Referral,
    computed: Vec<Line>,
    names: &BTreeMap<AffiliateId, String>,
) -> Result<Vec<Commission>> {
    let source = Source {
        referral_id: Some(referral.id),
        event_id: Some(event.id),
        campaign_id: event.campaign_id,
        contact_id: Some(event.contact_id),
        held_from: event.occurred_at_ms,
        day: event.day,
    };
    let new = store_lines(work, &source, computed).await?;
    let mut commissions = Vec::with_capacity(new.len());
    for line in new {
        earn(work, &line)?;
        let name = names
            .get(&line.affiliate_id)
            .ok_or_else(|| ServiceError::Internal("an affiliate vanished".to_owned()))?;
        let mut commission = line.stored(name.clone(), referral, event);
        commission::approve_if_due(work, &mut commission).await?;
        commissions.push(commission);
    }
    commissions.sort_by_key(|commission| (commission.level, commission.id));
    Ok(commissions)
}

/// What made the lines: an event, or a link's clicks of a day.
pub(crate) struct Source {
    pub referral_id: Option<ReferralId>,
    pub event_id: Option<EventId>,
    pub campaign_id: Option<CampaignId>,
    pub contact_id: Option<ContactId>,
    /// From when on a hold counts.
    pub held_from: UnixMs,
    pub day: Day,
}

/// Stores lines as commissions, each with the first step of its life. They are not booked yet, see [`earn`].
pub(crate) async fn store_lines(
    work: &mut Work,
    source: &Source,
    computed: Vec<Line>,
) -> Result<Vec<NewCommission>> {
    let new: Vec<NewCommission> = computed
        .into_iter()
        .map(|line| new_commission(work, source, line))
        .collect::<Result<_>>()?;
    lines::insert(&mut work.tx, &new).await?;
    let steps: Vec<(CommissionId, Step)> = new
        .iter()
        .map(|line| (line.id, earned(work, line)))
        .collect();
    lines::add_first_steps(&mut work.tx, &steps).await?;
    Ok(new)
}

/// Books what a commission earns.
pub(crate) fn earn(work: &mut Work, line: &NewCommission) -> Result<()> {
    let subject = Subject {
        affiliate_id: line.affiliate_id,
        currency: line.currency,
        commission_id: Some(line.id),
        payout_id: None,
        event_id: line.event_id,
    };
    ledger::post(work, subject, &Movement::earn(line.amount)?)?;
    work.changed(Some(line.affiliate_id));
    Ok(())
}

/// The first step in the life of a commission.
fn earned(work: &Work, line: &NewCommission) -> Step {
    Step {
        at_ms: work.now,
        kind: "earned".to_owned(),
        status: CommissionStatus::Pending,
        amount: line.amount,
        actor_name: work.actor.name().to_owned(),
        note: String::new(),
    }
}

fn new_commission(work: &Work, source: &Source, line: Line) -> Result<NewCommission> {
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
    let hold_until =
        (hold_days > 0).then(|| source.held_from.plus_ms(hold_days.saturating_mul(DAY_MS)));
    Ok(NewCommission {
        id: work.new_id(),
        affiliate_id,
        referral_id: source.referral_id,
        event_id: source.event_id,
        campaign_id: source.campaign_id,
        contact_id: source.contact_id,
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
        day: source.day,
    })
}
