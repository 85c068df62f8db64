//! The worked example beside the form: a sale that is typed, and what the rule pays for it, by the
//! computation that pays real ones.

use std::collections::BTreeMap;

use domain::commission::{
    Computation, Customer, Earner, Event, Input, Item, RuleHistory, Upline, compute,
};
use domain::id::{AffiliateId, uuid_v7};
use domain::money::{Currency, display};
use domain::rule::{Reward, Rule, TierMetric};
use domain::status::TriggerOn;
use domain::time::UnixMs;
use jiff::tz::TimeZone;

use super::figures::{sum, text};
use super::typed::Typed;

/// As many visitors a rule for clicks is shown with.
const EXAMPLE_CLICKS: i64 = 100;

/// What the example shows.
#[derive(Default)]
pub(super) struct Example {
    /// What is wrong with what was typed; empty: nothing.
    pub problem: String,
    pub lines: Vec<Line>,
    /// Why something pays nothing.
    pub notes: Vec<String>,
    /// It was taken for granted that the conditions hold.
    pub assumes_conditions: bool,
}

pub(super) struct Line {
    pub who: String,
    pub amount: String,
    pub steps: Vec<String>,
}

/// What the typed sale pays under a rule.
pub(super) fn work_out(
    typed: &Typed,
    rule: &Rule,
    business: Currency,
    now: UnixMs,
    zone: &TimeZone,
) -> Example {
    let assumes_conditions = rule.conditions.is_some();
    match computed(typed, rule, business, now, zone) {
        Ok(computation) => Example {
            problem: String::new(),
            lines: computation
                .lines
                .into_iter()
                .map(|line| Line {
                    who: who(line.level),
                    amount: display(line.amount, line.currency),
                    steps: line.explanation.steps,
                })
                .collect(),
            notes: computation.notes,
            assumes_conditions,
        },
        Err(problem) => Example {
            problem,
            ..Example::default()
        },
    }
}

/// Who a level is.
pub(in crate::admin::rule) fn who(level: i64) -> String {
    match level {
        0 => "The affiliate".to_owned(),
        1 => "The parent".to_owned(),
        level => format!("Level {level} above"),
    }
}

fn computed(
    typed: &Typed,
    rule: &Rule,
    business: Currency,
    now: UnixMs,
    zone: &TimeZone,
) -> Result<Computation, String> {
    let event = event(typed, rule, business, now)?;
    let count = |typed: &str, what: &str| match text(typed) {
        None => Ok(0),
        Some(typed) => typed
            .parse::<i64>()
            .ok()
            .filter(|count| *count >= 0)
            .ok_or_else(|| format!("{what}: write a whole number")),
    };
    let earlier_sales = count(&typed.ex_sales, "Earlier sales of the customer")?;
    let customer = Customer {
        earlier_sales,
        earlier_leads: earlier_sales,
        first_sale_at: (earlier_sales > 0).then_some(now),
        ..Customer::default()
    };
    let affiliate = rule.scope.affiliate_id.unwrap_or_else(|| someone(0));
    let earner = Earner {
        affiliate_id: affiliate,
        group_id: rule.scope.group_id,
        campaign_id: rule
            .scope
            .campaign_id
            .unwrap_or_else(|| uuid_v7(0, [0; 10]).into()),
        country: None,
        tags: Vec::new(),
        conversions: None,
        revenue: None,
    };
    let upline: Vec<Upline> = (1..=7)
        .map(|number| Upline {
            affiliate_id: someone(number),
            approved: true,
        })
        .collect();
    let money = |typed: &str, currency: Currency, what: &str| match text(typed) {
        None => Ok(0),
        Some(typed) => sum(&typed, currency).map_err(|message| format!("{what}: {message}")),
    };
    let paid = match rule.reward_currency(event.currency) {
        Some(currency) => money(&typed.ex_paid, currency, "Earned this month")?,
        None => 0,
    };
    let by_revenue =
        matches!(&rule.reward, Reward::Tiers(tiers) if tiers.metric == TierMetric::Revenue);
    let history = RuleHistory {
        conversions: count(&typed.ex_count, "Earlier conversions")?,
        revenue: match event.currency {
            Some(currency) if by_revenue => money(&typed.ex_revenue, currency, "Earlier revenue")?,
            _ => 0,
        },
        customer_rewards: 0,
        month_rewards: paid,
    };
    // The example is about the money; whom and when it is for is said by the sentence.
    let plain = Rule {
        conditions: None,
        ..rule.clone()
    };
    let rules = [&plain];
    compute(&Input {
        event: &event,
        customer: &customer,
        earner: &earner,
        upline: &upline,
        rules: &rules,
        history: &BTreeMap::from([(rule.id, history)]),
        zone,
    })
    .map_err(|error| crate::admin::rule::capital(&error.to_string()))
}

fn event(typed: &Typed, rule: &Rule, business: Currency, now: UnixMs) -> Result<Event, String> {
    let on = rule.trigger.on;
    let mut event = Event {
        on,
        name: rule.trigger.event.clone().unwrap_or_default(),
        occurred_at: now,
        quantity: if on == TriggerOn::Click {
            EXAMPLE_CLICKS
        } else {
            1
        },
        currency: None,
        amount: 0,
        tax: 0,
        shipping: 0,
        items: Vec::new(),
        coupon: None,
        sub_ids: BTreeMap::new(),
        metadata: BTreeMap::new(),
    };
    if on != TriggerOn::Sale {
        return Ok(event);
    }
    let currency = match text(&typed.ex_currency) {
        None => business,
        Some(code) => code
            .parse()
            .map_err(|_| "Choose a currency for the example".to_owned())?,
    };
    let part = |typed: &str, what: &str| match text(typed) {
        None => Ok(0),
        Some(typed) => sum(&typed, currency).map_err(|message| format!("{what}: {message}")),
    };
    event.currency = Some(currency);
    event.amount = part(&typed.ex_amount, "Amount")?;
    event.tax = part(&typed.ex_tax, "Tax")?;
    event.shipping = part(&typed.ex_shipping, "Shipping")?;
    for line in typed.ex_items.lines().filter_map(text) {
        let (product, amount) = line
            .rsplit_once(char::is_whitespace)
            .ok_or_else(|| "Items: write a product and its amount on each line".to_owned())?;
        event.items.push(Item {
            product_id: product.trim().to_owned(),
            amount: part(amount, "Items")?,
            quantity: None,
        });
    }
    if let (true, Some(product)) = (event.items.is_empty(), &rule.scope.product_id) {
        event.items.push(Item {
            product_id: product.clone(),
            amount: event.amount,
            quantity: None,
        });
    }
    Ok(event)
}

/// Somebody who is nobody in particular.
fn someone(number: u8) -> AffiliateId {
    uuid_v7(0, [number; 10]).into()
}
