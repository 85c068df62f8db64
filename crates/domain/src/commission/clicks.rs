//! What clicks pay: a fixed sum for each, cut by a cap a month, and the shares of it above.

use super::explain::money;
use super::reward::capped;
use super::{EventError, RuleHistory};
use crate::money::{AmountOverflow, Currency, percent};
use crate::rule::{Fixed, LevelOf, Reward, Rule};
use crate::status::TriggerOn;

/// A fixed sum for each of so many clicks: `27 clicks × a fixed 0.05 EUR = 1.35 EUR`.
pub(super) fn by_clicks(fixed: Fixed, clicks: i64) -> Result<(i64, String), EventError> {
    let amount = fixed.amount.checked_mul(clicks).ok_or(AmountOverflow)?;
    let noun = if clicks == 1 { "click" } else { "clicks" };
    let currency = Some(fixed.currency);
    Ok((
        amount,
        format!(
            "{clicks} {noun} \u{d7} a fixed {} = {}",
            money(fixed.amount, currency),
            money(amount, currency)
        ),
    ))
}

/// What a rule pays the affiliate for so many clicks, in minor units, where it has paid them `month_rewards` in the month
/// before. It is what `compute` makes of them, for whoever proves a commission that is there. None when the
/// rule is not for clicks.
///
/// # Errors
/// [`EventError`] when the sum leaves the range.
pub fn reward_of_clicks(
    rule: &Rule,
    clicks: i64,
    month_rewards: i64,
) -> Result<Option<(i64, Currency)>, EventError> {
    let (TriggerOn::Click, Reward::Fixed(fixed)) = (rule.trigger.on, &rule.reward) else {
        return Ok(None);
    };
    let (amount, step) = by_clicks(*fixed, clicks)?;
    let history = RuleHistory {
        month_rewards,
        ..RuleHistory::default()
    };
    let currency = fixed.currency;
    let amount = capped(rule, amount, &history, Some(currency), &mut vec![step]);
    Ok(Some((amount, currency)))
}

/// What of a reward for clicks goes to the affiliate so many levels above, 1 the parent. None when the rule has no such level.
///
/// # Errors
/// [`EventError`] when a share leaves the range.
pub fn share_of_clicks(rule: &Rule, reward: i64, level: usize) -> Result<Option<i64>, EventError> {
    let Some(levels) = rule.levels.get(..level) else {
        return Ok(None);
    };
    let mut share = reward;
    for level in levels {
        share = match level.of {
            LevelOf::Below => percent(share, level.ppm)?,
            // Clicks have no base.
            LevelOf::Base => 0,
        };
    }
    Ok(Some(share))
}
