//! What one rule would pay the credited affiliate for its part of an event.

use jiff::tz::TimeZone;

use super::clicks::by_clicks;
use super::explain::{money, percent_step, rounded};
use super::select::Group;
use super::{EventError, Input, RuleHistory};
use crate::money::{AmountOverflow, Currency, PPM, div_round, percent};
use crate::rule::{
    Band, BandReward, Recurrence, Reward, Rule, TierMetric, TierMode, Tiers, percent_text,
};
use crate::status::{Base, TriggerOn};
use crate::time::UnixMs;

/// What a rule would pay the credited affiliate.
pub(super) struct Earned<'a> {
    pub rule: &'a Rule,
    pub base: i64,
    /// After caps.
    pub amount: i64,
    pub cut: i64,
    /// `None`: a percentage of an event without a currency, which is nothing.
    pub currency: Option<Currency>,
    /// False: the rule does not pay for this sale of the customer at all.
    pub recurs: bool,
    pub steps: Vec<String>,
}

/// Evaluates a rule, its caps included.
pub(super) fn reward<'a>(
    input: &Input<'_>,
    group: &Group<'_>,
    rule: &'a Rule,
) -> Result<Earned<'a>, EventError> {
    let sale_currency = input.event.currency;
    let currency = rule.reward_currency(sale_currency);
    let (base, base_step) = base(group, rule.base, sale_currency)?;
    let mut earned = Earned {
        rule,
        base,
        amount: 0,
        cut: 0,
        currency,
        recurs: true,
        steps: Vec::new(),
    };
    if sale_currency.is_some() {
        earned.steps.push(base_step);
    }
    if let Some(reason) = not_recurring(input, rule) {
        earned.recurs = false;
        earned.steps.push(reason);
        return Ok(earned);
    }
    let history = input.history.get(&rule.id).copied().unwrap_or_default();
    let (amount, step) = match &rule.reward {
        Reward::PercentPpm(ppm) => {
            let amount = percent(base, *ppm)?;
            (amount, percent_step(base, *ppm, amount, sale_currency))
        }
        Reward::Fixed(fixed) if input.event.on == TriggerOn::Click => {
            by_clicks(*fixed, input.event.quantity)?
        }
        Reward::Fixed(fixed) => (
            fixed.amount,
            format!("a fixed {}", money(fixed.amount, currency)),
        ),
        Reward::Tiers(tiers) => tiered(tiers, base, &history, sale_currency)?,
    };
    earned.steps.push(step);
    earned.amount = capped(rule, amount, &history, currency, &mut earned.steps);
    earned.cut = amount.saturating_sub(earned.amount);
    Ok(earned)
}

/// What a percent is taken of, and how it came about.
fn base(
    group: &Group<'_>,
    base: Base,
    currency: Option<Currency>,
) -> Result<(i64, String), EventError> {
    let what = if group.products.is_empty() {
        "amount".to_owned()
    } else {
        group.products.join(", ")
    };
    let gross = money(group.gross, currency);
    match base {
        Base::Gross => Ok((group.gross, format!("{what} {gross}, gross"))),
        Base::Net if group.tax == 0 && group.shipping == 0 => Ok((
            group.gross,
            format!("{what} {gross}, without tax or shipping"),
        )),
        Base::Net => {
            let net = group
                .gross
                .checked_sub(group.tax)
                .and_then(|rest| rest.checked_sub(group.shipping))
                .ok_or(AmountOverflow)?;
            let (tax, shipping) = (money(group.tax, currency), money(group.shipping, currency));
            Ok((
                net,
                format!(
                    "{what} {gross} − tax {tax} − shipping {shipping} = net {}",
                    money(net, currency)
                ),
            ))
        }
    }
}

/// Why a rule does not pay for this event of the customer; `None` when it does.
fn not_recurring(input: &Input<'_>, rule: &Rule) -> Option<String> {
    match (rule.recurrence, input.event.on) {
        (Recurrence::Every, _) | (_, TriggerOn::Click) => None,
        (Recurrence::First(count), on) => {
            let earlier = if on == TriggerOn::Sale {
                input.customer.earlier_sales
            } else {
                input.customer.earlier_leads
            };
            (earlier >= count).then(|| {
                format!(
                    "the rule pays for the first {count} of a customer; there were {earlier} before"
                )
            })
        }
        (Recurrence::Months(count), _) => {
            let end = months_later(input.customer.first_sale_at?, count, input.zone)?;
            let over = input.event.occurred_at >= end;
            over.then(|| {
                format!(
                    "the rule pays within {count} months of the customer's first sale, until {}",
                    end.rfc3339()
                )
            })
        }
    }
}

fn tiered(
    tiers: &Tiers,
    base: i64,
    history: &RuleHistory,
    currency: Option<Currency>,
) -> Result<(i64, String), EventError> {
    let before = match tiers.metric {
        TierMetric::Conversions => history.conversions,
        TierMetric::Revenue => history.revenue,
    }
    .max(0);
    let shown = match tiers.metric {
        TierMetric::Conversions => format!("{before} conversions before"),
        TierMetric::Revenue => format!("revenue before {}", money(before, currency)),
    };
    match tiers.mode {
        TierMode::Volume => {
            let Some(band) = tiers.bands.iter().rev().find(|band| band.from <= before) else {
                return Ok((0, format!("{shown}; no band for it")));
            };
            Ok(match band.reward {
                BandReward::PercentPpm(ppm) => {
                    let amount = percent(base, ppm)?;
                    (
                        amount,
                        format!("{shown}; {}", percent_step(base, ppm, amount, currency)),
                    )
                }
                BandReward::Fixed(fixed) => (
                    fixed.amount,
                    format!(
                        "{shown}; a fixed {}",
                        money(fixed.amount, Some(fixed.currency))
                    ),
                ),
            })
        }
        TierMode::Graduated => {
            let end = before.checked_add(base).ok_or(AmountOverflow)?;
            let (mut product, mut terms) = (0_i128, Vec::new());
            for (index, Band { from, reward }) in tiers.bands.iter().enumerate() {
                let to = tiers
                    .bands
                    .get(index + 1)
                    .map_or(end, |next| next.from.min(end));
                let part = to.saturating_sub((*from).max(before));
                let BandReward::PercentPpm(ppm) = reward else {
                    continue;
                };
                if part > 0 {
                    product += i128::from(part) * i128::from(*ppm);
                    terms.push(format!(
                        "{} of {}",
                        percent_text(*ppm),
                        money(part, currency)
                    ));
                }
            }
            let amount = div_round(product, i128::from(PPM))?;
            let terms = if terms.is_empty() {
                "nothing".to_owned()
            } else {
                terms.join(" + ")
            };
            Ok((
                amount,
                format!("{shown}; {terms} = {}", rounded(product, amount, currency)),
            ))
        }
    }
}

/// The reward after caps; each cap that cuts leaves a step.
pub(super) fn capped(
    rule: &Rule,
    amount: i64,
    history: &RuleHistory,
    currency: Option<Currency>,
    steps: &mut Vec<String>,
) -> i64 {
    let caps = &rule.caps;
    let mut left = amount;
    for (cap, used, what) in [
        (caps.per_event, 0, "an event"),
        (caps.per_customer, history.customer_rewards, "a customer"),
        (
            caps.per_affiliate_month,
            history.month_rewards,
            "an affiliate and month",
        ),
    ] {
        let Some(cap) = cap else { continue };
        let room = cap.saturating_sub(used.max(0)).max(0);
        if left > room {
            let used = if used > 0 {
                format!(", of which {} is used", money(used, currency))
            } else {
                String::new()
            };
            steps.push(format!(
                "cut from {} to {}: at most {} {what}{used}",
                money(left, currency),
                money(room, currency),
                money(cap, currency)
            ));
            left = room;
        }
    }
    left
}

/// The same day and time so many calendar months later; `None` beyond the calendar.
fn months_later(from: UnixMs, months: i64, zone: &TimeZone) -> Option<UnixMs> {
    let span = jiff::Span::new().try_months(months).ok()?;
    let later = from
        .timestamp()
        .to_zoned(zone.clone())
        .checked_add(span)
        .ok()?;
    Some(UnixMs(later.timestamp().as_millisecond()))
}
