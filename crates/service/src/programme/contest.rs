//! Which rule would pay an affiliate for an event, and why every other would not. Nothing is written.

use std::collections::BTreeMap;

use domain::commission::{
    Contender, Customer, Event, Input, Item, Line, Offer, Outcome, compute, contest,
};
use domain::id::{AffiliateId, CampaignId};
use domain::money::Currency;
use domain::rule::Rule;
use domain::status::{Scope, TriggerOn};
use store::programme::rule::RuleVersion;
use store::programme::{affiliate, campaign, event};

use super::click_pay::clicks_of;
use super::event::inputs::{Asked, earner, history_of, upline};
use super::rule::held_now;
use crate::check::Checks;
use crate::error::{Result, not_found};
use crate::identity::business;
use crate::work::Work;

/// An event that is only thought of, happening now.
#[derive(Debug, Clone)]
pub struct Example {
    /// A lead, a sale, or one click.
    pub on: TriggerOn,
    /// Its name; empty: the usual one.
    pub name: String,
    /// Minor units, with tax and shipping; 0 for leads and clicks.
    pub amount: i64,
    /// Minor units of tax within the amount.
    pub tax: i64,
    /// Minor units of shipping within the amount.
    pub shipping: i64,
    /// The sale's currency.
    pub currency: Currency,
    /// What is bought; empty: nothing in particular.
    pub product: String,
    /// The coupon that comes with it, may be empty.
    pub coupon: String,
    /// The customer's country, two letters, may be empty.
    pub country: String,
    /// The customer has bought before.
    pub returning: bool,
}

/// A rule that was weighed.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The rule with its names.
    pub version: RuleVersion,
    /// What became of it.
    pub outcome: Outcome,
    /// Its comparisons in words, and whether each holds.
    pub tests: Vec<(String, bool)>,
    /// What it pays, or would.
    pub offers: Vec<Offer>,
}

/// What the example comes to.
#[derive(Debug, Clone)]
pub struct Contest {
    /// Every rule in force, the closest scope first.
    pub rules: Vec<Weighed>,
    /// What would be paid, level by level.
    pub lines: Vec<Line>,
    /// Why something would pay nothing.
    pub notes: Vec<String>,
}

/// Weighs every rule in force for an affiliate in a campaign, with what the affiliate has brought so far.
///
/// # Errors
/// Forbidden; not found; invalid with the fields of the example.
pub async fn weigh(
    work: &mut Work,
    affiliate: AffiliateId,
    campaign: CampaignId,
    example: &Example,
) -> Result<Contest> {
    work.require(Scope::Read)?;
    let who = affiliate::find(&mut work.tx, affiliate)
        .await?
        .ok_or(not_found("affiliate"))?;
    campaign::find(&mut work.tx, campaign)
        .await?
        .ok_or(not_found("campaign"))?;
    let mut checks = Checks::new();
    for (amount, field) in [
        (example.amount, "amount"),
        (example.tax, "tax"),
        (example.shipping, "shipping"),
    ] {
        checks.that(amount >= 0, field, "must not be negative");
    }
    checks.done()?;
    let now = work.now;
    let zone = business::zone(work).await?;
    let own = business::currency(work).await?;
    let versions = held_now(work).await?;
    let rules: Vec<&Rule> = versions.iter().map(|version| &version.rule).collect();
    let event = event_of(example, now);
    let mut earner = earner(&who, campaign);
    let is_click = example.on == TriggerOn::Click;
    let counted_in = event.currency.or(is_click.then_some(own));
    let totals = event::affiliate_totals(&mut work.tx, affiliate, counted_in, None).await?;
    earner.conversions = Some(totals.sales);
    earner.revenue = counted_in.map(|_| totals.revenue);
    let upline = upline(work, affiliate).await?;
    let mut history = BTreeMap::new();
    for rule in rules
        .iter()
        .filter(|rule| rule.needs_history() && rule.trigger.on == example.on)
    {
        let asked = Asked {
            affiliate,
            contact: None,
            currency: event.currency,
            at: now,
        };
        history.insert(rule.id, history_of(work, rule, &asked, &zone).await?);
    }
    let bought = i64::from(example.returning);
    let customer = Customer {
        country: Some(example.country.clone()).filter(|country| !country.is_empty()),
        known_since: Some(now),
        earlier_sales: bought,
        earlier_leads: bought,
        first_sale_at: example.returning.then_some(now),
    };
    let input = Input {
        event: &event,
        customer: &customer,
        earner: &earner,
        upline: &upline,
        rules: &rules,
        history: &history,
        zone: &zone,
    };
    let computation = compute(&input)?;
    let contenders = contest(&input, own)?;
    Ok(Contest {
        rules: contenders
            .into_iter()
            .filter_map(|contender| weighed(contender, &versions))
            .collect(),
        lines: computation.lines,
        notes: computation.notes,
    })
}

fn weighed(contender: Contender<'_>, versions: &[RuleVersion]) -> Option<Weighed> {
    let version = versions
        .iter()
        .find(|version| version.rule.id == contender.rule.id)?;
    Some(Weighed {
        version: version.clone(),
        outcome: contender.outcome,
        tests: contender.tests,
        offers: contender.offers,
    })
}

fn event_of(example: &Example, now: domain::time::UnixMs) -> Event {
    if example.on == TriggerOn::Click {
        return clicks_of(now, 1);
    }
    let is_sale = example.on == TriggerOn::Sale;
    let usual = if is_sale { "purchase" } else { "registration" };
    let name = if example.name.is_empty() {
        usual.to_owned()
    } else {
        example.name.clone()
    };
    let amount = if is_sale { example.amount } else { 0 };
    Event {
        on: example.on,
        name,
        occurred_at: now,
        quantity: 1,
        currency: is_sale.then_some(example.currency),
        amount,
        tax: if is_sale { example.tax } else { 0 },
        shipping: if is_sale { example.shipping } else { 0 },
        items: if is_sale && !example.product.is_empty() {
            vec![Item {
                product_id: example.product.clone(),
                amount,
                quantity: None,
            }]
        } else {
            Vec::new()
        },
        coupon: Some(example.coupon.clone()).filter(|coupon| !coupon.is_empty()),
        sub_ids: BTreeMap::new(),
        metadata: BTreeMap::new(),
    }
}
