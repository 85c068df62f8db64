//! Conditions of rules, and what is known of an event for them.

use domain::rule::{Condition, Field, Op, Value};
use jiff::Unit;

use super::Model;
use super::event::Event;
use crate::fraction::Fraction;
use crate::history::On;

impl Model {
    pub(super) fn holds(&self, condition: &Condition, event: usize, earner: usize) -> bool {
        match condition {
            Condition::All(list) => list.iter().all(|c| self.holds(c, event, earner)),
            Condition::Any(list) => list.iter().any(|c| self.holds(c, event, earner)),
            Condition::Test { field, op, value } => {
                let known = self.known(field, event, earner);
                if known.is_empty() {
                    return false;
                }
                let wanted = texts(value);
                let is = |a: &str, b: &str| match (Fraction::parse(a), Fraction::parse(b)) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.eq_ignore_ascii_case(b),
                };
                let test = |known: &str, wanted: &str| {
                    let (low, want) = (known.to_lowercase(), wanted.to_lowercase());
                    let numbers = Fraction::parse(known).zip(Fraction::parse(wanted));
                    match op {
                        Op::Is | Op::In | Op::IsNot | Op::NotIn => is(known, wanted),
                        Op::Contains => low.contains(&want),
                        Op::StartsWith => low.starts_with(&want),
                        Op::EndsWith => low.ends_with(&want),
                        Op::Gt => numbers.is_some_and(|(a, b)| a > b),
                        Op::Gte => numbers.is_some_and(|(a, b)| a >= b),
                        Op::Lt => numbers.is_some_and(|(a, b)| a < b),
                        Op::Lte => numbers.is_some_and(|(a, b)| a <= b),
                    }
                };
                let any = known.iter().any(|k| wanted.iter().any(|w| test(k, w)));
                if matches!(op, Op::IsNot | Op::NotIn) {
                    !any
                } else {
                    any
                }
            }
        }
    }

    fn known(&self, field: &Field, event: usize, earner: usize) -> Vec<String> {
        let found = &self.events[event];
        let report = &found.report;
        let customer = &self.customers[&report.customer];
        let affiliate = &self.world.affiliates[earner];
        let one = |text: Option<String>| text.into_iter().collect::<Vec<_>>();
        let standing: Vec<&Event> = self.events[..event]
            .iter()
            .filter(|e| e.report.on == On::Sale && !Self::is_wholly_refunded(e))
            .filter(|e| e.credited.is_some_and(|c| c.0 == earner))
            .collect();
        match field {
            Field::Product => report.items.iter().map(|item| item.0.to_owned()).collect(),
            Field::Amount => one((report.on == On::Sale).then(|| report.amount.to_string())),
            Field::Currency => one(report.currency.map(|c| c.code().to_owned())),
            Field::Customer => {
                let new = self.earlier_sales(event).is_empty();
                vec![if new { "new" } else { "returning" }.to_owned()]
            }
            Field::CustomerCountry => one(customer.country.map(str::to_owned)),
            Field::CustomerAgeMonths => {
                let (from, to) = (self.at(customer.known_since), self.at(found.occurred));
                let span = from.until((Unit::Month, &to)).expect("a span");
                vec![span.get_months().max(0).to_string()]
            }
            Field::SubId(_) => Vec::new(),
            Field::Coupon => one(report.coupon.map(str::to_owned)),
            Field::AffiliateCountry => one(affiliate.country.map(str::to_owned)),
            Field::AffiliateTag => affiliate.tags.iter().map(|&t| t.to_owned()).collect(),
            Field::AffiliateConversions => vec![standing.len().to_string()],
            Field::AffiliateRevenue => {
                if report.currency.is_none() {
                    return Vec::new();
                }
                let same = standing
                    .iter()
                    .filter(|e| e.report.currency == report.currency);
                let revenue: i64 = same.map(|e| e.report.amount - e.refunded).sum();
                vec![revenue.to_string()]
            }
            Field::Metadata(name) => report
                .metadata
                .iter()
                .filter(|pair| pair.0 == name)
                .map(|pair| pair.1.to_owned())
                .collect(),
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Number(number) => vec![number.to_string()],
        Value::Flag(flag) => vec![flag.to_string()],
        Value::Text(text) => vec![text.clone()],
        Value::List(list) => list.iter().flat_map(texts).collect(),
    }
}
