//! Which rule pays for an event, and why every other does not.

use super::compute::{best, facts};
use super::reward::reward;
use super::select::{fits_trigger, groups};
use super::{EventError, Input};
use crate::money::Currency;
use crate::rule::{Condition, Rule, condition_text};

/// A rule in force, weighed for one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What became of it.
    pub outcome: Outcome,
    /// Its comparisons in words, and whether each holds; empty without conditions.
    pub tests: Vec<(String, bool)>,
    /// What it pays, or would, for the parts of the event that it competes for.
    pub offers: Vec<Offer>,
}

/// What a rule pays for a part of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The products of the part; empty: the whole event.
    pub products: Vec<String>,
    /// After caps, in minor units.
    pub amount: i64,
    /// `None`: a percentage of an event without a currency.
    pub currency: Option<Currency>,
    /// The arithmetic, one sentence a step.
    pub steps: Vec<String>,
    /// It is the one that pays.
    pub won: bool,
}

/// Why a rule pays or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It pays (perhaps nothing, but it decides).
    Won,
    /// Another rule of the same scope pays more, or as much and is older.
    Outbid,
    /// A rule of a closer scope decides.
    Farther,
    /// Its conditions do not hold.
    ConditionsFail,
    /// It is for a product that is not in the event.
    OtherProduct,
    /// It is for another affiliate, group or campaign.
    OtherScope,
    /// It is for another kind or name of event.
    OtherEvent,
}

/// Weighs every rule in force for an event: the closest scope first, of one scope the oldest.
///
/// # Errors
/// [`EventError`] when the event's figures do not fit together or a sum leaves the range.
pub fn contest<'a>(
    input: &Input<'a>,
    currency: Currency,
) -> Result<Vec<Contender<'a>>, EventError> {
    input.event.validate()?;
    let facts = facts(input);
    let groups = groups(input.event, input.earner, &facts, input.rules)?;
    let mut offers: Vec<(&Rule, Offer)> = Vec::new();
    for group in &groups {
        let rewards = group
            .rules
            .iter()
            .map(|rule| reward(input, group, rule))
            .collect::<Result<Vec<_>, _>>()?;
        let winner = best(input, &rewards).map(|earned| earned.rule.id);
        for earned in &rewards {
            let offer = Offer {
                products: group.products.iter().map(|&name| name.to_owned()).collect(),
                amount: earned.amount,
                currency: earned.currency,
                steps: earned.steps.clone(),
                won: winner == Some(earned.rule.id),
            };
            offers.push((earned.rule, offer));
        }
    }
    let mut contenders: Vec<Contender<'a>> = input
        .rules
        .iter()
        .map(|&rule| {
            let offers: Vec<Offer> = offers
                .iter()
                .filter(|(of, _)| of.id == rule.id)
                .map(|(_, offer)| offer.clone())
                .collect();
            let mut tests = Vec::new();
            if let Some(conditions) = &rule.conditions {
                comparisons(conditions, currency, &mut |test, text| {
                    tests.push((text, test.holds(&facts)));
                });
            }
            let scope = &rule.scope;
            let outcome = if offers.iter().any(|offer| offer.won) {
                Outcome::Won
            } else if !offers.is_empty() {
                Outcome::Outbid
            } else if !fits_trigger(rule, input.event) {
                Outcome::OtherEvent
            } else if !scope.covers(
                input.earner.affiliate_id,
                input.earner.group_id,
                input.earner.campaign_id,
            ) {
                Outcome::OtherScope
            } else if scope.product_id.as_ref().is_some_and(|product| {
                !input
                    .event
                    .items
                    .iter()
                    .any(|item| item.product_id == *product)
            }) {
                Outcome::OtherProduct
            } else if rule.conditions.as_ref().is_some_and(|c| !c.holds(&facts)) {
                Outcome::ConditionsFail
            } else {
                Outcome::Farther
            };
            Contender {
                rule,
                outcome,
                tests,
                offers,
            }
        })
        .collect();
    contenders.sort_by_key(|contender| {
        (
            std::cmp::Reverse(contender.rule.scope.rank()),
            contender.rule.created_at,
            contender.rule.id,
        )
    });
    Ok(contenders)
}

/// Visits every comparison of a condition, in its order.
fn comparisons(
    condition: &Condition,
    currency: Currency,
    visit: &mut impl FnMut(&Condition, String),
) {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            for inner in list {
                comparisons(inner, currency, visit);
            }
        }
        Condition::Test { .. } => visit(condition, condition_text(condition, currency)),
    }
}
