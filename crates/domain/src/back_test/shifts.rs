//! By how much the histories of rules differ in a replay from what they were.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{Booked, Case, Replayed};
use crate::commission::RuleHistory;
use crate::id::{AffiliateId, ContactId, RuleId};
use crate::money::{AmountOverflow, Currency};
use crate::rule::{Reward, Rule, TierPeriod};
use crate::time::UnixMs;

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
