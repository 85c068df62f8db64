//! How much one person may approve without a second one: the limit of the rule holds for a payout, a file or a run, and
//! for all that the same person has approved alone within a day, so that a large payment cannot be split.
//!
//! What was approved alone counts for 24 hours, also when it was cancelled since: a payment file may have been with the
//! bank before it was withdrawn. A key may be in anybody's hands: what keys approved counts for everybody, and for a key
//! everything counts. What two have approved alone for the same payout or run, one after the other, stays noted for both,
//! and counts once where both count.

use domain::money::{Currency, display};
use domain::time::DAY_MS;
use store::programme::payout_limit::{self as rows, Sole, Whose};
use store::programme::payout_rule;

use crate::actor::Actor;
use crate::error::Result;
use crate::work::Work;

/// How far back approvals count.
const WINDOW_MS: i64 = DAY_MS;

/// A sum that needs a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// In what.
    pub currency: Currency,
    /// What was approved alone in the last 24 hours and counts with it, minor units; 0 when the sum is above the limit
    /// by itself.
    pub recent: i64,
}

impl Above {
    /// What stands before the reason; empty when the sum is above the limit by itself.
    #[must_use]
    pub fn with(&self) -> String {
        if self.recent == 0 {
            return String::new();
        }
        let recent = display(self.recent, self.currency);
        format!("together with {recent} approved without a second person in the last 24 hours, ")
    }
}

/// Whether the actor may not approve these sums alone; `subject` is the payout, file or run whose own earlier approval does
/// not count again.
pub(crate) async fn above(
    work: &mut Work,
    subject: &str,
    totals: &[(Currency, i64)],
) -> Result<Option<Above>> {
    let limits = payout_rule::limits(&mut work.tx).await?;
    let limited: Vec<(Currency, i64, i64)> = totals
        .iter()
        .filter(|(_, amount)| *amount > 0)
        .filter_map(|(currency, amount)| {
            let limit = limits.iter().find(|limit| limit.currency == *currency)?;
            Some((*currency, *amount, limit.amount))
        })
        .collect();
    if limited.is_empty() {
        return Ok(None);
    }
    if let Some((currency, ..)) = limited.iter().find(|(_, amount, limit)| amount > limit) {
        return Ok(Some(Above {
            currency: *currency,
            recent: 0,
        }));
    }
    let after = work.now.plus_ms(-WINDOW_MS);
    let whose = Whose {
        actor: work.actor.id(),
        everybodys: matches!(work.actor, Actor::Key { .. }),
    };
    let sums = rows::sums(&mut work.tx, after, subject, &whose).await?;
    Ok(limited.into_iter().find_map(|(currency, amount, limit)| {
        let recent = sums
            .iter()
            .find(|total| total.currency == currency)
            .map_or(0, |total| total.amount);
        (amount.saturating_add(recent) > limit).then_some(Above { currency, recent })
    }))
}

/// Notes that the actor approved these sums alone.
pub(crate) async fn note(work: &mut Work, subject: &str, totals: &[(Currency, i64)]) -> Result<()> {
    let actor = work.actor.id().unwrap_or_default();
    let by_key = matches!(work.actor, Actor::Key { .. });
    let all: Vec<Sole> = totals
        .iter()
        .map(|(currency, amount)| Sole {
            actor: actor.clone(),
            by_key,
            currency: *currency,
            amount: *amount,
        })
        .collect();
    let (now, until) = (work.now, work.now.plus_ms(-WINDOW_MS));
    rows::delete_old(&mut work.tx, until).await?;
    Ok(rows::put(&mut work.tx, subject, &all, now).await?)
}
