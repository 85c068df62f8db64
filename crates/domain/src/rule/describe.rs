//! A rule as a sentence.

use super::{
    BandReward, Condition, Level, LevelOf, Op, Recurrence, Reward, Rule, TierMetric, TierMode,
    TierPeriod, Tiers, Value,
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

/// What a rule pays, for people: `20 % of net, every sale, held 30 days`. Caps of a percentage and
/// tiers of revenue have no currency of their own and are written in `currency`, the business's.
#[must_use]
pub fn describe(rule: &Rule, currency: Currency) -> String {
    let mut parts = vec![reward(rule, currency), occasions(rule)];
    if let Some(conditions) = &rule.conditions {
        parts.push(format!("when {}", condition(conditions)));
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
    parts.extend(
        rule.levels
            .iter()
            .enumerate()
            .filter(|(_, level)| level.ppm != 0)
            .map(|(index, level)| level_text(index, level)),
    );
    match rule.hold_days {
        0 => {}
        1 => parts.push("held 1 day".to_owned()),
        days => parts.push(format!("held {days} days")),
    }
    if rule.auto_approve {
        parts.push("approved by itself".to_owned());
    }
    parts.join(", ")
}

/// What a rule pays, in a language.
#[must_use]
pub fn describe_in(rule: &Rule, currency: Currency, language: Language) -> String {
    match language {
        Language::English => describe(rule, currency),
        Language::German => super::german::sentence(rule, currency),
    }
}

fn reward(rule: &Rule, currency: Currency) -> String {
    match &rule.reward {
        Reward::PercentPpm(ppm) => format!("{} of {}", percent_text(*ppm), rule.base),
        Reward::Fixed(fixed) => display(fixed.amount, fixed.currency),
        Reward::Tiers(tiers) => tiers_text(tiers, rule, currency),
    }
}

fn tiers_text(tiers: &Tiers, rule: &Rule, currency: Currency) -> String {
    let bands: Vec<String> = tiers
        .bands
        .iter()
        .map(|band| {
            let pays = match band.reward {
                BandReward::PercentPpm(ppm) => format!("{} of {}", percent_text(ppm), rule.base),
                BandReward::Fixed(fixed) => display(fixed.amount, fixed.currency),
            };
            let from = match tiers.metric {
                TierMetric::Revenue => display(band.from, currency),
                TierMetric::Conversions => band.from.to_string(),
            };
            format!("{pays} from {from}")
        })
        .collect();
    let metric = match tiers.metric {
        TierMetric::Revenue => "revenue",
        TierMetric::Conversions => "conversions",
    };
    let period = match tiers.period {
        TierPeriod::Month => "in the month",
        TierPeriod::Lifetime => "so far",
    };
    let mode = match tiers.mode {
        TierMode::Volume => "",
        TierMode::Graduated => ", each part at its own rate",
    };
    format!("{} of {metric} {period}{mode}", bands.join(" · "))
}

fn occasions(rule: &Rule) -> String {
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
        Recurrence::Months(1) => format!("{many}{name} in a customer\u{2019}s first month"),
        Recurrence::Months(count) => {
            format!("{many}{name} in a customer\u{2019}s first {count} months")
        }
    }
}

fn level_text(index: usize, level: &Level) -> String {
    let of = match level.of {
        LevelOf::Base => "the base",
        LevelOf::Below => "the level below",
    };
    let to = if index == 0 {
        "the parent".to_owned()
    } else {
        format!("level {}", index + 1)
    };
    format!("{} of {of} to {to}", percent_text(level.ppm))
}

fn condition(condition: &Condition) -> String {
    let group = |list: &[Condition], word: &str| {
        list.iter()
            .map(|inner| match inner {
                Condition::Test { .. } => self::condition(inner),
                Condition::All(_) | Condition::Any(_) => format!("({})", self::condition(inner)),
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
            format!(
                "{} {op} {}",
                String::from(field.clone()).replace('_', " "),
                value_text(value)
            )
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
