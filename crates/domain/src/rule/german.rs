//! A rule as a German sentence; [`super::describe()`] has the English one, part for part.

use super::{
    BandReward, Condition, LevelOf, Op, Recurrence, Reward, Rule, TierMetric, TierMode, TierPeriod,
    Tiers, Value, percent_text,
};
use crate::language::Language::German;
use crate::money::{Currency, display_in, group_thousands_in};
use crate::status::{Base, TriggerOn};

/// `20 % vom Nettobetrag, jeder Verkauf, 30 Tage Haltefrist`.
pub(super) fn sentence(rule: &Rule, currency: Currency) -> String {
    let mut parts = vec![reward(rule, currency), occasions(rule)];
    if let Some(conditions) = &rule.conditions {
        parts.push(format!("wenn {}", condition(conditions)));
    }
    let caps_currency = rule.reward_currency(Some(currency)).unwrap_or(currency);
    for (cap, what) in [
        (rule.caps.per_event, "je Ereignis"),
        (rule.caps.per_customer, "je Kunde"),
        (rule.caps.per_affiliate_month, "je Partner und Monat"),
    ] {
        if let Some(cap) = cap {
            let most = display_in(cap, caps_currency, German);
            parts.push(format!("höchstens {most} {what}"));
        }
    }
    for (index, level) in rule.levels.iter().enumerate() {
        if level.ppm == 0 {
            continue;
        }
        let of = match level.of {
            LevelOf::Base => "der Grundlage",
            LevelOf::Below => "der Ebene darunter",
        };
        let to = match index {
            0 => "den übergeordneten Partner".to_owned(),
            _ => format!("Ebene {}", index + 1),
        };
        parts.push(format!("{} {of} an {to}", percent(level.ppm)));
    }
    match rule.hold_days {
        0 => {}
        1 => parts.push("1 Tag Haltefrist".to_owned()),
        days => parts.push(format!("{days} Tage Haltefrist")),
    }
    if rule.auto_approve {
        parts.push("von selbst freigegeben".to_owned());
    }
    parts.join(", ")
}

/// `2,9 %`.
fn percent(ppm: i64) -> String {
    percent_text(ppm).replace('.', ",")
}

const fn base(base: Base) -> &'static str {
    match base {
        Base::Net => "vom Nettobetrag",
        Base::Gross => "vom Bruttobetrag",
    }
}

fn reward(rule: &Rule, currency: Currency) -> String {
    match &rule.reward {
        Reward::PercentPpm(ppm) => format!("{} {}", percent(*ppm), base(rule.base)),
        Reward::Fixed(fixed) => display_in(fixed.amount, fixed.currency, German),
        Reward::Tiers(tiers) => tiers_text(tiers, rule, currency),
    }
}

fn tiers_text(tiers: &Tiers, rule: &Rule, currency: Currency) -> String {
    let bands: Vec<String> = tiers
        .bands
        .iter()
        .map(|band| {
            let pays = match band.reward {
                BandReward::PercentPpm(ppm) => format!("{} {}", percent(ppm), base(rule.base)),
                BandReward::Fixed(fixed) => display_in(fixed.amount, fixed.currency, German),
            };
            let from = match tiers.metric {
                TierMetric::Revenue => display_in(band.from, currency, German),
                TierMetric::Conversions => group_thousands_in(&band.from.to_string(), German),
            };
            format!("{pays} ab {from}")
        })
        .collect();
    let metric = match tiers.metric {
        TierMetric::Revenue => "Umsatz",
        TierMetric::Conversions => "Conversions",
    };
    let period = match tiers.period {
        TierPeriod::Month => "im Monat",
        TierPeriod::Lifetime => "bisher",
    };
    let mode = match tiers.mode {
        TierMode::Volume => "",
        TierMode::Graduated => ", jeder Teil zu seinem Satz",
    };
    format!("{} {metric} {period}{mode}", bands.join(" · "))
}

fn occasions(rule: &Rule) -> String {
    if rule.trigger.on == TriggerOn::Click {
        return "jeder erste Klick eines Besuchers auf einen Link am Tag".to_owned();
    }
    let name = rule
        .trigger
        .event
        .as_ref()
        .map(|name| format!(" \u{201e}{name}\u{201c}"))
        .unwrap_or_default();
    let (one, many) = match rule.trigger.on {
        TriggerOn::Click => ("Klick", "Klicks"),
        TriggerOn::Lead => ("Lead", "Leads"),
        TriggerOn::Sale => ("Verkauf", "Verkäufe"),
    };
    match rule.recurrence {
        Recurrence::Every => format!("jeder {one}{name}"),
        Recurrence::First(1) => format!("der erste {one}{name} eines Kunden"),
        Recurrence::First(count) => format!("die ersten {count} {many}{name} eines Kunden"),
        Recurrence::Months(1) => format!("{many}{name} im ersten Monat eines Kunden"),
        Recurrence::Months(count) => {
            format!("{many}{name} in den ersten {count} Monaten eines Kunden")
        }
    }
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
        Condition::All(list) => group(list, " und "),
        Condition::Any(list) => group(list, " oder "),
        Condition::Test { field, op, value } => {
            let op = match op {
                Op::Is => "ist",
                Op::IsNot => "ist nicht",
                Op::In => "ist eines von",
                Op::NotIn => "ist keines von",
                Op::Contains => "enthält",
                Op::StartsWith => "beginnt mit",
                Op::EndsWith => "endet mit",
                Op::Gt => ">",
                Op::Gte => "\u{2265}",
                Op::Lt => "<",
                Op::Lte => "\u{2264}",
            };
            let field = String::from(field.clone());
            format!("{} {op} {}", field_name(&field), value_text(value))
        }
    }
}

/// What is looked at; a sub-id keeps its name.
fn field_name(field: &str) -> String {
    match field {
        "product" => "Produkt".to_owned(),
        "amount" => "Betrag".to_owned(),
        "currency" => "Währung".to_owned(),
        "customer" => "Kunde".to_owned(),
        "customer_country" => "Land des Kunden".to_owned(),
        "customer_age_months" => "Monate als Kunde".to_owned(),
        "coupon" => "Gutschein".to_owned(),
        "affiliate_country" => "Land des Partners".to_owned(),
        "affiliate_tag" => "Merkmal des Partners".to_owned(),
        "affiliate_conversions" => "Conversions des Partners".to_owned(),
        "affiliate_revenue" => "Umsatz des Partners".to_owned(),
        other => other.replace("sub_id", "Sub-ID").replace('_', " "),
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Flag(true) => "wahr".to_owned(),
        Value::Flag(false) => "falsch".to_owned(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list.iter().map(value_text).collect::<Vec<_>>().join(", "),
    }
}
