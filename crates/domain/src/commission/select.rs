//! Which rules decide about which part of an event.

use super::{Earner, Event, EventError};
use crate::money::{AmountOverflow, split_by_weight};
use crate::rule::{Facts, Rule};

/// A position of the event, or the whole event where it has none.
pub(super) struct Part<'a> {
    pub product: Option<&'a str>,
    pub gross: i64,
    pub tax: i64,
    pub shipping: i64,
}

/// Positions for which the same rules compete.
pub(super) struct Group<'a> {
    /// Empty: the whole event.
    pub products: Vec<&'a str>,
    pub gross: i64,
    pub tax: i64,
    pub shipping: i64,
    /// All of one level of scope, all with conditions that hold; empty: nothing pays.
    pub rules: Vec<&'a Rule>,
}

/// The positions with their shares of tax and shipping, each spread by largest remainder.
pub(super) fn parts(event: &Event) -> Result<Vec<Part<'_>>, EventError> {
    if event.items.is_empty() {
        return Ok(vec![Part {
            product: None,
            gross: event.amount,
            tax: event.tax,
            shipping: event.shipping,
        }]);
    }
    let weights: Vec<i64> = event.items.iter().map(|item| item.amount).collect();
    let mut taxes = split_by_weight(event.tax, &weights)?;
    let mut shippings = split_by_weight(event.shipping, &weights)?;
    let net_below_zero = weights
        .iter()
        .zip(taxes.iter().zip(&shippings))
        .any(|(gross, (tax, shipping))| tax + shipping > *gross);
    if net_below_zero {
        // Two remainders met on one small item. Spread together, they never exceed an item's amount.
        let both = split_by_weight(
            event
                .tax
                .checked_add(event.shipping)
                .ok_or(AmountOverflow)?,
            &weights,
        )?;
        for ((tax, shipping), both) in taxes.iter_mut().zip(&mut shippings).zip(both) {
            *tax = (*tax).min(both);
            *shipping = both - *tax;
        }
    }
    Ok(event
        .items
        .iter()
        .zip(taxes.into_iter().zip(shippings))
        .map(|(item, (tax, shipping))| Part {
            product: Some(&item.product_id),
            gross: item.amount,
            tax,
            shipping,
        })
        .collect())
}

/// Puts the parts together for which the same rules compete, in the order of their first part.
pub(super) fn groups<'a>(
    event: &'a Event,
    earner: &Earner,
    facts: &Facts,
    rules: &[&'a Rule],
) -> Result<Vec<Group<'a>>, EventError> {
    let mut able: Vec<&Rule> = rules
        .iter()
        .copied()
        .filter(|rule| is_for(rule, event, earner))
        .collect();
    able.retain(|rule| {
        rule.conditions
            .as_ref()
            .is_none_or(|conditions| conditions.holds(facts))
    });

    let mut groups: Vec<(_, Group<'a>)> = Vec::new();
    for part in parts(event)? {
        let fits = |rule: &&&Rule| match &rule.scope.product_id {
            Some(product) => part.product == Some(product.as_str()),
            None => true,
        };
        let rank = able.iter().filter(fits).map(|rule| rule.scope.rank()).max();
        let of_product = rank.is_some_and(|(_, product, _, _)| product);
        let key = (rank, part.product.filter(|_| of_product));
        let index = match groups.iter().position(|(existing, _)| *existing == key) {
            Some(index) => index,
            None => {
                let rules = able
                    .iter()
                    .filter(fits)
                    .filter(|rule| Some(rule.scope.rank()) == rank)
                    .copied()
                    .collect();
                groups.push((
                    key,
                    Group {
                        products: Vec::new(),
                        gross: 0,
                        tax: 0,
                        shipping: 0,
                        rules,
                    },
                ));
                groups.len() - 1
            }
        };
        if let Some((_, group)) = groups.get_mut(index) {
            group.products.extend(part.product);
            for (sum, amount) in [
                (&mut group.gross, part.gross),
                (&mut group.tax, part.tax),
                (&mut group.shipping, part.shipping),
            ] {
                *sum = sum.checked_add(amount).ok_or(AmountOverflow)?;
            }
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// Whether trigger and scope fit, but for the product.
fn is_for(rule: &Rule, event: &Event, earner: &Earner) -> bool {
    fits_trigger(rule, event)
        && rule
            .scope
            .covers(earner.affiliate_id, earner.group_id, earner.campaign_id)
}

/// Whether the rule is for this kind and name of event.
pub(super) fn fits_trigger(rule: &Rule, event: &Event) -> bool {
    rule.trigger.on == event.on
        && rule
            .trigger
            .event
            .as_ref()
            .is_none_or(|name| *name == event.name)
}
