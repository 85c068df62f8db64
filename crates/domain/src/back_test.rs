//! Back-tests: what recorded events would have paid under other rules or another attribution model.
//!
//! A [`Case`] is a recorded event with what was known then and what was booked. [`winner`] says whom
//! another model credits, [`replay`] computes the lines anew, and [`Shifts`] carries what differs from
//! one event to the histories of later ones. A replay under the rules that were in force gives exactly
//! what was booked, because the histories of the time were kept with the event.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::commission::{
    Event, EventError, Input, Inputs, RuleHistory, Upline, compute, reversed_target,
};
use crate::id::{AffiliateId, CampaignId, ClickId, ContactId, EventId, RuleId};
use crate::money::{AmountOverflow, Currency, mul_div_round};
use crate::rule::{Reward, Rule, TierPeriod};
use crate::status::{Model, Verdict, Via};
use crate::time::UnixMs;

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

/// A rule, an affiliate, the event's currency, and the month (`None`: in all).
type TierKey = (RuleId, AffiliateId, Option<Currency>, Option<i64>);

/// By how much the histories of rules differ from what they were, because earlier cases came out otherwise.
#[derive(Debug, Default)]
pub struct Shifts {
    /// Events and revenue.
    tiers: BTreeMap<TierKey, (i64, i64)>,
    /// Rule, affiliate, the reward's currency, customer.
    customers: BTreeMap<(RuleId, AffiliateId, Currency, ContactId), i64>,
    /// Rule, affiliate, the reward's currency, month.
    months: BTreeMap<(RuleId, AffiliateId, Currency, i64), i64>,
}

/// A calendar month in a zone, as one number.
fn month(at: UnixMs, zone: &TimeZone) -> i64 {
    let date = at.day_in(zone).date();
    i64::from(date.year()) * 12 + i64::from(date.month())
}

/// What an affiliate's own part of a case counts for: under each rule the base and the reward.
type Own = BTreeMap<(RuleId, AffiliateId), (i64, Option<(Currency, i64)>)>;

impl Shifts {
    /// Whether anything has come out otherwise so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tiers.is_empty() && self.customers.is_empty() && self.months.is_empty()
    }

    /// Notes what came out otherwise for a case, now that `earner` is credited.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn note(
        &mut self,
        case: &Case,
        now: &Replayed,
        earner: AffiliateId,
        zone: &TimeZone,
    ) -> Result<(), AmountOverflow> {
        let before = own(
            case,
            &case.booked,
            &case.unpaid,
            case.inputs.earner.affiliate_id,
        )?;
        let after = own(case, &now.booked, &now.unpaid, earner)?;
        if before == after {
            return Ok(());
        }
        for (sign, side) in [(-1, before), (1, after)] {
            for ((rule, affiliate), (base, reward)) in side {
                let (count, revenue) = case.counted(base)?;
                let month = month(case.event.occurred_at, zone);
                for period in [None, Some(month)] {
                    let key = (rule, affiliate, case.event.currency, period);
                    let entry = self.tiers.entry(key).or_default();
                    entry.0 += sign * count;
                    entry.1 = entry.1.checked_add(sign * revenue).ok_or(AmountOverflow)?;
                }
                if let Some((currency, amount)) = reward {
                    let customer = (rule, affiliate, currency, case.contact);
                    for sum in [
                        self.customers.entry(customer).or_default(),
                        self.months
                            .entry((rule, affiliate, currency, month))
                            .or_default(),
                    ] {
                        *sum = sum.checked_add(sign * amount).ok_or(AmountOverflow)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The history of a rule as it would be, from the history as it was.
    #[must_use]
    pub fn applied(
        &self,
        rule: &Rule,
        affiliate: AffiliateId,
        case: &Case,
        was: RuleHistory,
        zone: &TimeZone,
    ) -> RuleHistory {
        let month = month(case.event.occurred_at, zone);
        let period = match &rule.reward {
            Reward::Tiers(tiers) if tiers.period == TierPeriod::Month => Some(month),
            _ => None,
        };
        let tier = (rule.id, affiliate, case.event.currency, period);
        let (count, revenue) = self.tiers.get(&tier).copied().unwrap_or_default();
        let currency = rule.reward_currency(case.event.currency);
        let of_customer = currency
            .and_then(|currency| {
                self.customers
                    .get(&(rule.id, affiliate, currency, case.contact))
            })
            .copied()
            .unwrap_or_default();
        let of_month = currency
            .and_then(|currency| self.months.get(&(rule.id, affiliate, currency, month)))
            .copied()
            .unwrap_or_default();
        RuleHistory {
            conversions: was.conversions.saturating_add(count),
            revenue: was.revenue.saturating_add(revenue),
            customer_rewards: was.customer_rewards.saturating_add(of_customer),
            month_rewards: was.month_rewards.saturating_add(of_month),
        }
    }
}

fn own(
    case: &Case,
    booked: &[Booked],
    unpaid: &[(RuleId, i64)],
    earner: AffiliateId,
) -> Result<Own, AmountOverflow> {
    let mut own = Own::new();
    for line in booked.iter().filter(|line| line.level == 0) {
        let reward = (line.currency, case.kept(line)?);
        own.insert((line.rule_id, line.affiliate_id), (line.base, Some(reward)));
    }
    for (rule, base) in unpaid {
        own.insert((*rule, earner), (*base, None));
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    // Minor units are grouped as people read them: 49_00 is 49.00.
    #![allow(clippy::inconsistent_digit_grouping)]

    use super::*;
    use crate::commission::{Customer, Earner};
    use crate::rule::{
        Band, BandReward, Caps, Recurrence, Scope, TierMetric, TierMode, Tiers, Trigger,
    };
    use crate::status::{Base, TriggerOn};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    fn rule(n: u128, reward: Reward) -> Rule {
        Rule {
            id: Uuid::from_u128(n).into(),
            version: 1,
            scope: Scope::default(),
            trigger: Trigger {
                on: TriggerOn::Sale,
                event: None,
            },
            conditions: None,
            reward,
            base: Base::Net,
            recurrence: Recurrence::Every,
            caps: Caps::default(),
            levels: Vec::new(),
            hold_days: 0,
            auto_approve: false,
            effective_from: UnixMs(0),
            created_at: UnixMs(0),
        }
    }

    fn bands(first: i64, second: i64, from: i64) -> Reward {
        Reward::Tiers(Tiers {
            metric: TierMetric::Conversions,
            period: TierPeriod::Month,
            mode: TierMode::Volume,
            bands: vec![
                Band {
                    from: 0,
                    reward: BandReward::PercentPpm(first),
                },
                Band {
                    from,
                    reward: BandReward::PercentPpm(second),
                },
            ],
        })
    }

    fn case(n: u128, amount: i64) -> Case {
        Case {
            id: Uuid::from_u128(n).into(),
            event: Event {
                on: TriggerOn::Sale,
                name: "purchase".into(),
                occurred_at: UnixMs::parse("2026-11-21T09:30:00Z").unwrap(),
                currency: Some(usd()),
                amount,
                tax: 0,
                shipping: 0,
                items: Vec::new(),
                coupon: None,
                sub_ids: BTreeMap::new(),
                metadata: BTreeMap::new(),
            },
            contact: Uuid::from_u128(n).into(),
            refunded: 0,
            inputs: Inputs {
                barred: false,
                coupon: None,
                sub_ids: BTreeMap::new(),
                customer: Customer::default(),
                earner: Earner {
                    affiliate_id: Uuid::from_u128(1).into(),
                    group_id: None,
                    campaign_id: Uuid::from_u128(20).into(),
                    country: None,
                    tags: Vec::new(),
                    conversions: None,
                    revenue: None,
                },
                upline: None,
                history: BTreeMap::new(),
            },
            booked: Vec::new(),
            unpaid: Vec::new(),
            rejected: Vec::new(),
            all_rejected: false,
            candidates: Vec::new(),
        }
    }

    /// Plays sales in order under one rule, as recording does, with a history that is kept.
    fn record(amounts: &[i64], rule: &Rule) -> Vec<Case> {
        let mut history = RuleHistory::default();
        let mut cases = Vec::new();
        for (n, amount) in amounts.iter().enumerate() {
            let mut case = case(n as u128 + 1, *amount);
            case.inputs.history = [(rule.id, history)].into();
            let known = case.inputs.history.clone();
            let played = replay(&case, &[rule], &[], &known, &TimeZone::UTC).unwrap();
            for line in &played.booked {
                history.month_rewards += line.amount;
            }
            history.conversions += 1;
            history.revenue += amount;
            case.booked = played.booked;
            case.unpaid = played.unpaid;
            cases.push(case);
        }
        cases
    }

    /// Replays recorded cases under a draft; what each would book.
    fn under(cases: &[Case], draft: &Rule, base: impl Fn(&Case) -> RuleHistory) -> Vec<i64> {
        let mut shifts = Shifts::default();
        cases
            .iter()
            .map(|case| {
                let earner = case.inputs.earner.affiliate_id;
                let history = shifts.applied(draft, earner, case, base(case), &TimeZone::UTC);
                let known = [(draft.id, history)].into();
                let now = replay(case, &[draft], &[], &known, &TimeZone::UTC).unwrap();
                shifts.note(case, &now, earner, &TimeZone::UTC).unwrap();
                now.booked.iter().map(|line| line.amount).sum()
            })
            .collect()
    }

    fn kept(case: &Case) -> RuleHistory {
        case.inputs
            .history
            .values()
            .next()
            .copied()
            .unwrap_or_default()
    }

    #[test]
    fn a_draft_moves_its_own_history() {
        let mut stored = rule(1, bands(100_000, 300_000, 2));
        stored.caps.per_affiliate_month = Some(60_00);
        let cases = record(&[100_00; 4], &stored);
        let booked: Vec<i64> = cases.iter().map(|case| case.booked[0].amount).collect();
        assert_eq!(booked, [10_00, 10_00, 30_00, 10_00], "the cap is reached");
        let mut draft = stored.clone();
        draft.reward = bands(200_000, 300_000, 2);
        assert_eq!(under(&cases, &draft, kept), [20_00, 20_00, 20_00, 0]);
        // A new rule begins with nothing before.
        let new = rule(9, bands(0, 500_000, 3));
        let none = |_: &Case| RuleHistory::default();
        assert_eq!(under(&cases, &new, none), [0, 0, 0, 50_00]);
    }

    #[test]
    fn models_choose_among_the_clicks_that_counted() {
        let candidate = |n: u128, campaign: u128, verdict| Candidate {
            via: Via::Click,
            click_id: Some(Uuid::from_u128(n).into()),
            affiliate_id: Some(Uuid::from_u128(n).into()),
            campaign_id: Some(Uuid::from_u128(campaign).into()),
            verdict,
        };
        let mut sold = case(1, 1_00);
        sold.candidates = vec![
            candidate(1, 20, Verdict::Won),
            candidate(2, 20, Verdict::LaterClickWon),
            candidate(3, 21, Verdict::LaterClickWon),
            candidate(4, 20, Verdict::Expired),
        ];
        assert_eq!(winner(&sold, Model::LastClick, None), None, "as it was");
        let first = winner(&sold, Model::FirstClick, None).unwrap();
        assert_eq!(first.affiliate_id, Uuid::from_u128(2).into());
        // A bound customer follows the replay's own binding.
        sold.candidates = vec![Candidate {
            via: Via::Binding,
            ..candidate(1, 20, Verdict::Won)
        }];
        assert_eq!(winner(&sold, Model::FirstClick, None), None);
        assert_eq!(winner(&sold, Model::FirstClick, Some(first)), Some(first));
        // A coupon says whom.
        sold.candidates[0].via = Via::Coupon;
        assert_eq!(winner(&sold, Model::FirstClick, Some(first)), None);
    }

    #[test]
    fn refunds_and_rejections_count_on_both_sides() {
        let mut sold = case(1, 100_00);
        let line = Booked {
            affiliate_id: Uuid::from_u128(1).into(),
            rule_id: Uuid::from_u128(1).into(),
            level: 0,
            base: 100_00,
            currency: usd(),
            amount: 30_00,
            reason: String::new(),
        };
        assert_eq!(sold.kept(&line), Ok(30_00));
        sold.refunded = 33_33;
        assert_eq!(sold.kept(&line), Ok(20_00));
        sold.refunded = 100_00;
        assert_eq!(sold.kept(&line), Ok(0));
        sold.refunded = 0;
        sold.rejected = vec![0];
        assert_eq!(sold.kept(&line), Ok(0));
        let parent = Booked { level: 1, ..line };
        assert_eq!(sold.kept(&parent), Ok(30_00));
        sold.all_rejected = true;
        assert_eq!(sold.kept(&parent), Ok(0));
    }

    proptest! {
        /// Replaying what was recorded under the rule it was recorded with changes nothing, and a replay under
        /// a draft is what recording under the draft would have been.
        #[test]
        fn a_replay_is_a_recording(
            amounts in proptest::collection::vec(0_i64..1_000_00, 1..30),
            (first, second, from) in (0_i64..=1_000_000, 0_i64..=1_000_000, 1_i64..20),
            (draft_first, draft_second, draft_from) in (0_i64..=1_000_000, 0_i64..=1_000_000, 1_i64..20),
            cap in proptest::option::of(1_i64..5_000_00),
        ) {
            let mut stored = rule(1, bands(first, second, from));
            stored.caps.per_affiliate_month = cap;
            let cases = record(&amounts, &stored);
            let sums = |cases: &[Case]| cases.iter().map(|case| case.booked.iter().map(|line| line.amount).sum::<i64>()).collect::<Vec<_>>();
            prop_assert_eq!(under(&cases, &stored, kept), sums(&cases));
            let mut draft = stored.clone();
            draft.reward = bands(draft_first, draft_second, draft_from);
            prop_assert_eq!(under(&cases, &draft, kept), sums(&record(&amounts, &draft)));
        }
    }
}
