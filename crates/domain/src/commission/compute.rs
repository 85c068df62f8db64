//! From an event and rules to lines.

use std::cmp::Reverse;

use jiff::tz::TimeZone;

use super::explain::percent_step;
use super::reward::{Earned, reward};
use super::select::{Group, groups};
use super::{Computation, EventError, Explanation, Input, Line, Unpaid};
use crate::money::{Currency, percent};
use crate::rule::{Facts, LevelOf, describe};
use crate::status::TriggerOn;
use crate::time::UnixMs;

/// What an event pays: at most one line per rule, level and affiliate, none of zero.
///
/// # Errors
/// [`EventError`] when the event's figures do not fit together or a sum leaves the range.
pub fn compute(input: &Input<'_>) -> Result<Computation, EventError> {
    input.event.validate()?;
    let mut computation = Computation::default();
    for group in groups(input.event, input.earner, &facts(input), input.rules)? {
        let rewards = group
            .rules
            .iter()
            .map(|rule| reward(input, &group, rule))
            .collect::<Result<Vec<_>, _>>()?;
        let Some(best) = best(input, &rewards) else {
            let products = if group.products.is_empty() {
                String::new()
            } else {
                format!(" for {}", group.products.join(", "))
            };
            computation
                .notes
                .push(format!("no rule for this {}{products}", input.event.on));
            continue;
        };
        lines(input, &group, best, rewards.len(), &mut computation)?;
    }
    Ok(computation)
}

/// The one that pays most in the sale's currency; ties, and those of other currencies, by age. An event
/// without a currency takes that of its rules, if they agree.
pub(super) fn best<'a, 'r>(input: &Input<'_>, rewards: &'a [Earned<'r>]) -> Option<&'a Earned<'r>> {
    let first = rewards.first()?.currency;
    let common = first.filter(|_| rewards.iter().all(|earned| earned.currency == first));
    let currency = input.event.currency.or(common);
    rewards.iter().max_by_key(|earned| {
        let comparable = if earned.currency == currency {
            earned.amount
        } else {
            0
        };
        (
            comparable,
            Reverse((earned.rule.created_at, earned.rule.id)),
        )
    })
}

/// The lines of a rule: the reward, and what goes to the affiliates above.
fn lines(
    input: &Input<'_>,
    group: &Group<'_>,
    best: &Earned<'_>,
    competing: usize,
    computation: &mut Computation,
) -> Result<(), EventError> {
    let Earned {
        rule,
        base,
        amount,
        cut,
        currency,
        recurs,
        steps,
    } = best;
    let reason = steps.last().cloned().unwrap_or_default();
    if !recurs {
        computation.notes.push(reason);
        return Ok(());
    }
    let mut steps = steps.clone();
    if competing > 1 {
        steps.push(format!(
            "of {competing} rules of the same scope this one pays most, or is the oldest"
        ));
    }
    let line = |level: i64,
                affiliate_id,
                base: i64,
                currency: Currency,
                amount: i64,
                cut: i64,
                steps: Vec<String>| Line {
        affiliate_id,
        rule_id: rule.id,
        rule_version: rule.version,
        level,
        base,
        currency,
        amount,
        hold_days: rule.hold_days,
        auto_approve: rule.auto_approve,
        cut_by_cap: cut,
        explanation: Explanation {
            rule: describe(rule, input.event.currency.unwrap_or(currency)),
            amount: input.event.amount,
            tax: input.event.tax,
            shipping: input.event.shipping,
            currency: input.event.currency,
            products: group
                .products
                .iter()
                .map(|&product| product.to_owned())
                .collect(),
            steps,
        },
    };
    match currency {
        Some(currency) if *amount > 0 => {
            computation.lines.push(line(
                0,
                input.earner.affiliate_id,
                *base,
                *currency,
                *amount,
                *cut,
                steps.clone(),
            ));
        }
        _ => {
            computation.unpaid.push(Unpaid {
                rule_id: rule.id,
                base: *base,
            });
            computation.notes.push(format!("nothing to pay: {reason}"));
        }
    }

    let (mut below, mut below_currency) = (*amount, *currency);
    let mut seen = vec![input.earner.affiliate_id];
    for (index, (level, upline)) in rule.levels.iter().zip(input.upline).enumerate() {
        if seen.contains(&upline.affiliate_id) {
            computation
                .notes
                .push("the affiliates above form a circle; nobody further up is paid".to_owned());
            break;
        }
        seen.push(upline.affiliate_id);
        let (of, of_currency) = match level.of {
            LevelOf::Base => (*base, input.event.currency),
            LevelOf::Below => (below, below_currency),
        };
        let share = percent(of, level.ppm)?;
        (below, below_currency) = (share, of_currency);
        let number = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        if !upline.approved {
            computation.notes.push(format!(
                "the affiliate of level {number} is not approved and is skipped"
            ));
            continue;
        }
        if let Some(currency) = of_currency.filter(|_| share > 0) {
            let mut steps = steps.clone();
            let step = percent_step(of, level.ppm, share, of_currency);
            steps.push(format!("level {number}: {step}"));
            computation.lines.push(line(
                number,
                upline.affiliate_id,
                of,
                currency,
                share,
                0,
                steps,
            ));
        }
    }
    Ok(())
}

/// What conditions are looked at with.
pub(super) fn facts(input: &Input<'_>) -> Facts {
    let (event, customer, earner) = (input.event, input.customer, input.earner);
    let is_sale = event.on == TriggerOn::Sale;
    Facts {
        amount: is_sale.then_some(event.amount),
        currency: event.currency,
        products: event
            .items
            .iter()
            .map(|item| item.product_id.clone())
            .collect(),
        coupon: event.coupon.clone(),
        sub_ids: event.sub_ids.clone(),
        metadata: event.metadata.clone(),
        customer_country: customer.country.clone(),
        customer_returning: (event.on != TriggerOn::Click).then_some(customer.earlier_sales > 0),
        customer_age_months: customer
            .known_since
            .map(|since| months_between(since, event.occurred_at, input.zone)),
        affiliate_country: earner.country.clone(),
        affiliate_tags: earner.tags.clone(),
        affiliate_conversions: earner.conversions,
        affiliate_revenue: earner.revenue,
    }
}

/// Whole calendar months; 0 when `to` is earlier.
fn months_between(from: UnixMs, to: UnixMs, zone: &TimeZone) -> i64 {
    let (from, to) = (
        from.timestamp().to_zoned(zone.clone()),
        to.timestamp().to_zoned(zone.clone()),
    );
    from.until((jiff::Unit::Month, &to))
        .map_or(0, |span| i64::from(span.get_months()).max(0))
}
