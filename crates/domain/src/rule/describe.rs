//! A rule as a sentence.

use super::{
    BandReward, Condition, Field, Level, LevelOf, Op, Recurrence, Reward, Rule, TierMetric,
    TierMode, TierPeriod, Tiers, Value,
};
use crate::language::Language;
use crate::money::{Currency, display};
use crate::status::TriggerOn;

/// `200000` → `20 %`, `29000` → `2.9 %`.
#[must_use]
pub fn percent_text(ppm: i64) -> String {
    let sign = if ppm < 0 { "\u{2212}" } else { "" };
    let ppm = ppm.unsigned_abs();
    let rest = format!("{:04}", ppm % 10_000);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest} %", ppm / 10_000)
}

/// What a rule pays, for people: `20 % of net, every sale for 12 months, to 30 % from the 11th conversion a
/// month; 5 % of it to the parent; held 30 days`. What has no currency of its own (caps of a percentage, tiers
/// of revenue, amounts in conditions) is written in `currency`, the business's.
#[must_use]
pub fn describe(rule: &Rule, currency: Currency) -> String {
    let mut parts = vec![reward(rule), occasions(rule)];
    if let Reward::Tiers(tiers) = &rule.reward {
        parts.extend(higher_bands(tiers, currency));
    }
    if let Some(conditions) = &rule.conditions {
        parts.push(format!("when {}", condition_text(conditions, currency)));
    }
    let caps_currency = rule.reward_currency(Some(currency)).unwrap_or(currency);
    for (cap, what) in [
        (rule.caps.per_event, "an event"),
        (rule.caps.per_customer, "a customer"),
        (rule.caps.per_affiliate_month, "an affiliate and month"),
    ] {
        if let Some(cap) = cap {
            parts.push(format!("at most {} {what}", display(cap, caps_currency)));
        }
    }
    let levels: Vec<String> = rule
        .levels
        .iter()
        .enumerate()
        .filter(|(_, level)| level.ppm != 0)
        .map(|(index, level)| level_text(index, level))
        .collect();
    let mut sentence = parts.join(", ");
    if !levels.is_empty() {
        sentence.push_str("; ");
        sentence.push_str(&levels.join(", "));
    }
    match rule.hold_days {
        0 => {}
        1 => sentence.push_str("; held 1 day"),
        days => sentence.push_str(&format!("; held {days} days")),
    }
    if rule.auto_approve {
        sentence.push_str("; approved by itself");
    }
    sentence
}

/// What a rule pays, in a language.
#[must_use]
pub fn describe_in(rule: &Rule, currency: Currency, language: Language) -> String {
    match language {
        Language::English => describe(rule, currency),
        Language::German => super::german::sentence(rule, currency),
    }
}

fn reward(rule: &Rule) -> String {
    match &rule.reward {
        Reward::PercentPpm(ppm) => format!("{} of {}", percent_text(*ppm), rule.base),
        Reward::Fixed(fixed) => display(fixed.amount, fixed.currency),
        Reward::Tiers(tiers) => match tiers.bands.first().map(|band| band.reward) {
            Some(BandReward::PercentPpm(ppm)) => {
                format!("{} of {}", percent_text(ppm), rule.base)
            }
            Some(BandReward::Fixed(fixed)) => display(fixed.amount, fixed.currency),
            None => "nothing".to_owned(),
        },
    }
}

/// `to 25 % from the 6th, 30 % from the 11th conversion a month`.
fn higher_bands(tiers: &Tiers, currency: Currency) -> Option<String> {
    let bands: Vec<String> = tiers
        .bands
        .iter()
        .skip(1)
        .map(|band| {
            let pays = match band.reward {
                BandReward::PercentPpm(ppm) => percent_text(ppm),
                BandReward::Fixed(fixed) => display(fixed.amount, fixed.currency),
            };
            let from = match tiers.metric {
                TierMetric::Revenue => display(band.from, currency),
                TierMetric::Conversions => {
                    format!("the {}", ordinal(band.from.saturating_add(1)))
                }
            };
            format!("{pays} from {from}")
        })
        .collect();
    if bands.is_empty() {
        return None;
    }
    let metric = match tiers.metric {
        TierMetric::Revenue => "of revenue",
        TierMetric::Conversions => "conversion",
    };
    let period = match tiers.period {
        TierPeriod::Month => "a month",
        TierPeriod::Lifetime => "in all",
    };
    let mode = match tiers.mode {
        TierMode::Volume => "",
        TierMode::Graduated => ", each part at its own rate",
    };
    Some(format!("to {} {metric} {period}{mode}", bands.join(", ")))
}

/// `11` → `11th`.
fn ordinal(number: i64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn occasions(rule: &Rule) -> String {
    if rule.trigger.on == TriggerOn::Click {
        return "every visitor\u{2019}s first click on a link a day".to_owned();
    }
    let name = rule
        .trigger
        .event
        .as_ref()
        .map(|name| format!(" \u{201c}{name}\u{201d}"))
        .unwrap_or_default();
    let (one, many) = match rule.trigger.on {
        TriggerOn::Click => ("click", "clicks"),
        TriggerOn::Lead => ("lead", "leads"),
        TriggerOn::Sale => ("sale", "sales"),
    };
    match rule.recurrence {
        Recurrence::Every => format!("every {one}{name}"),
        Recurrence::First(1) => format!("the first {one}{name} of a customer"),
        Recurrence::First(count) => format!("the first {count} {many}{name} of a customer"),
        Recurrence::Months(1) => format!("every {one}{name} for a month"),
        Recurrence::Months(count) => format!("every {one}{name} for {count} months"),
    }
}

fn level_text(index: usize, level: &Level) -> String {
    let of = match (level.of, index) {
        (LevelOf::Base, _) => "the base",
        (LevelOf::Below, 0) => "it",
        (LevelOf::Below, _) => "that",
    };
    let to = if index == 0 {
        "the parent".to_owned()
    } else {
        format!("level {}", index + 1)
    };
    format!("{} of {of} to {to}", percent_text(level.ppm))
}

/// A condition as people say it: `customer country is one of DE, AT and amount ≥ $10.00`.
#[must_use]
pub fn condition_text(condition: &Condition, currency: Currency) -> String {
    let group = |list: &[Condition], word: &str| {
        list.iter()
            .map(|inner| match inner {
                Condition::Test { .. } => condition_text(inner, currency),
                Condition::All(_) | Condition::Any(_) => {
                    format!("({})", condition_text(inner, currency))
                }
            })
            .collect::<Vec<_>>()
            .join(word)
    };
    match condition {
        Condition::All(list) => group(list, " and "),
        Condition::Any(list) => group(list, " or "),
        Condition::Test { field, op, value } => {
            let op = match op {
                Op::Is => "is",
                Op::IsNot => "is not",
                Op::In => "is one of",
                Op::NotIn => "is none of",
                Op::Contains => "contains",
                Op::StartsWith => "starts with",
                Op::EndsWith => "ends with",
                Op::Gt => ">",
                Op::Gte => "\u{2265}",
                Op::Lt => "<",
                Op::Lte => "\u{2264}",
            };
            let value = match (field, value) {
                (Field::Amount | Field::AffiliateRevenue, Value::Number(amount)) => {
                    display(*amount, currency)
                }
                _ => value_text(value),
            };
            let field = String::from(field.clone()).replace('_', " ");
            format!("{field} {op} {value}")
        }
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list.iter().map(value_text).collect::<Vec<_>>().join(", "),
    }
}
