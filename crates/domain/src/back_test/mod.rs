//! Back-tests: what recorded events would have paid under other rules or another attribution model.
//!
//! A [`Case`] is a recorded event with what was known then and what was booked. [`winner`] says whom
//! another model credits, [`replay`] computes the lines anew, and [`Shifts`] carries what differs from
//! one event to the histories of later ones. A replay under the rules that were in force gives exactly
//! what was booked, because the histories of the time were kept with the event.

mod shifts;
#[cfg(test)]
mod tests;

pub use shifts::Shifts;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::commission::{
    Event, EventError, Input, Inputs, RuleHistory, Upline, compute, reversed_target,
};
use crate::id::{AffiliateId, CampaignId, ClickId, ContactId, EventId, RuleId};
use crate::money::{AmountOverflow, Currency, mul_div_round};
use crate::rule::Rule;
use crate::status::{Model, Verdict, Via};

/// A commission, as it was booked or as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Who gets it.
    pub affiliate_id: AffiliateId,
    /// The rule.
    pub rule_id: RuleId,
    /// 0: the credited affiliate; above it the uplines.
    pub level: i64,
    /// What a percent was taken of, in minor units of the event's currency.
    pub base: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// Minor units, as booked: without what was reversed later.
    pub amount: i64,
    /// The last step of how it came about.
    pub reason: String,
}

/// A candidate of the attribution as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub via: Via,
    /// The click.
    pub click_id: Option<ClickId>,
    /// The affiliate.
    pub affiliate_id: Option<AffiliateId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// Why it won or lost.
    pub verdict: Verdict,
}

/// A recorded event, with what was known when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The event.
    pub id: EventId,
    /// What was reported, with the sub-ids of the click that is credited.
    pub event: Event,
    /// The customer.
    pub contact: ContactId,
    /// What has been given back of it by now, in minor units.
    pub refunded: i64,
    /// What was known.
    pub inputs: Inputs,
    /// What was booked.
    pub booked: Vec<Booked>,
    /// Rules that decided and came to nothing, with the base.
    pub unpaid: Vec<(RuleId, i64)>,
    /// The levels whose commissions were rejected; they are rejected in a replay as well.
    pub rejected: Vec<i64>,
    /// The referral was rejected, and all of its commissions with it.
    pub all_rejected: bool,
    /// Everything that was weighed, clicks latest first.
    pub candidates: Vec<Candidate>,
}

/// Whom a case is credited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The click, where one decides and it is another than the one that won.
    pub click_id: Option<ClickId>,
}

/// Whom another model credits with a case; `None`: the one who was credited. `bound` is to whom this replay
/// has bound the customer, when that is another than it was.
#[must_use]
pub fn winner(case: &Case, model: Model, bound: Option<Credit>) -> Option<Credit> {
    let won = case
        .candidates
        .iter()
        .find(|candidate| candidate.verdict == Verdict::Won)?;
    let credit = match won.via {
        Via::Binding => bound?,
        Via::Click => {
            let able: Vec<&Candidate> = case
                .candidates
                .iter()
                .filter(|candidate| candidate.via == Via::Click && is_able(candidate.verdict))
                .collect();
            let latest = able.first()?;
            let chosen = match model {
                Model::LastClick => latest,
                Model::FirstClick => able
                    .iter()
                    .rfind(|candidate| candidate.campaign_id == latest.campaign_id)?,
            };
            Credit {
                affiliate_id: chosen.affiliate_id?,
                campaign_id: chosen.campaign_id?,
                click_id: chosen.click_id,
            }
        }
        // A coupon or a code says whom, whatever the model.
        _ => return None,
    };
    let earner = &case.inputs.earner;
    ((credit.affiliate_id, credit.campaign_id) != (earner.affiliate_id, earner.campaign_id))
        .then_some(credit)
}

/// Whether a click that got this verdict could have won.
const fn is_able(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Won | Verdict::LaterClickWon | Verdict::FirstClickWon
    )
}

/// What a case comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// What would be booked.
    pub booked: Vec<Booked>,
    /// Rules that decided and came to nothing: their base counts in tiers.
    pub unpaid: Vec<(RuleId, i64)>,
    /// Why something pays nothing.
    pub notes: Vec<String>,
}

/// Computes a case under these rules, with these histories.
///
/// # Errors
/// [`EventError`] when a sum leaves the range.
pub fn replay(
    case: &Case,
    rules: &[&Rule],
    upline: &[Upline],
    history: &BTreeMap<RuleId, RuleHistory>,
    zone: &TimeZone,
) -> Result<Replayed, EventError> {
    if case.inputs.barred {
        return Ok(Replayed {
            booked: Vec::new(),
            unpaid: Vec::new(),
            notes: vec!["the referral was rejected before".to_owned()],
        });
    }
    let computation = compute(&Input {
        event: &case.event,
        customer: &case.inputs.customer,
        earner: &case.inputs.earner,
        upline,
        rules,
        history,
        zone,
    })?;
    Ok(Replayed {
        booked: computation
            .lines
            .into_iter()
            .map(|line| Booked {
                affiliate_id: line.affiliate_id,
                rule_id: line.rule_id,
                level: line.level,
                base: line.base,
                currency: line.currency,
                amount: line.amount,
                reason: line.explanation.steps.last().cloned().unwrap_or_default(),
            })
            .collect(),
        unpaid: computation
            .unpaid
            .into_iter()
            .map(|unpaid| (unpaid.rule_id, unpaid.base))
            .collect(),
        notes: computation.notes,
    })
}

impl Case {
    /// What is left of a commission by now: nothing when it was rejected, less the share of what was refunded.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn kept(&self, line: &Booked) -> Result<i64, AmountOverflow> {
        if self.all_rejected || self.rejected.contains(&line.level) {
            return Ok(0);
        }
        if self.refunded <= 0 || self.event.amount <= 0 {
            return Ok(line.amount);
        }
        let refunded = self.refunded.min(self.event.amount);
        let reversed = reversed_target(line.amount, refunded, self.event.amount)
            .map_err(|_| AmountOverflow)?;
        line.amount.checked_sub(reversed).ok_or(AmountOverflow)
    }

    /// What it counts for in tiers by now: one and its base, less what was refunded.
    fn counted(&self, base: i64) -> Result<(i64, i64), AmountOverflow> {
        if self.all_rejected || self.rejected.contains(&0) {
            return Ok((0, 0));
        }
        if self.event.amount <= 0 {
            return Ok((1, base));
        }
        if self.refunded >= self.event.amount {
            return Ok((0, 0));
        }
        let gone = mul_div_round(base, self.refunded, self.event.amount)?;
        Ok((1, base - gone))
    }
}
