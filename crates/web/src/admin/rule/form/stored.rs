//! The form of a stored rule.

use domain::money::{self, Currency};
use domain::rule::{BandReward, Recurrence, Reward, TierMetric, TierMode, TierPeriod, Tiers};
use service::Work;
use service::programme::affiliate;
use service::programme::rule::RuleVersion;

use super::conditions;
use super::figures::percent_digits;
use super::typed::{Typed, Word as _};
use crate::error::PageError;

impl Typed {
    /// The form of a stored rule; the second is false when its conditions are nested deeper than the form
    /// shows.
    pub(super) async fn of(
        work: &mut Work,
        newest: &RuleVersion,
        business: Currency,
    ) -> Result<(Self, bool), PageError> {
        let rule = &newest.rule;
        let affiliate = match rule.scope.affiliate_id {
            Some(id) => affiliate::get(work, id).await?.email,
            None => String::new(),
        };
        let mut typed = Self {
            group_id: written(rule.scope.group_id),
            campaign_id: written(rule.scope.campaign_id),
            affiliate,
            product_id: rule.scope.product_id.clone().unwrap_or_default(),
            on: rule.trigger.on.to_string(),
            event: rule.trigger.event.clone().unwrap_or_default(),
            base: rule.base.to_string(),
            hold_days: rule.hold_days.to_string(),
            auto_approve: rule.auto_approve,
            name: newest.name.clone(),
            ..Self::blank(business)
        };
        (typed.recurrence, typed.recurrence_count) = match rule.recurrence {
            Recurrence::Every => ("every".to_owned(), String::new()),
            Recurrence::First(count) => ("first".to_owned(), count.to_string()),
            Recurrence::Months(count) => ("months".to_owned(), count.to_string()),
        };
        match &rule.reward {
            Reward::PercentPpm(ppm) => typed.percent = percent_digits(*ppm),
            Reward::Fixed(fixed) => {
                "fixed".clone_into(&mut typed.reward);
                typed.amount = money::decimal(fixed.amount, fixed.currency);
                typed.currency = fixed.currency.to_string();
            }
            Reward::Tiers(tiers) => typed.write_tiers(tiers, business),
        }
        let currency = rule.reward_currency(Some(business)).unwrap_or(business);
        let sum = |cap: Option<i64>| {
            cap.map(|cap| money::decimal(cap, currency))
                .unwrap_or_default()
        };
        (typed.cap_event, typed.cap_customer, typed.cap_month) = (
            sum(rule.caps.per_event),
            sum(rule.caps.per_customer),
            sum(rule.caps.per_affiliate_month),
        );
        for level in &rule.levels {
            typed.level_percent.push(percent_digits(level.ppm));
            typed.level_of.push(level.of.word().to_owned());
        }
        let shown = match &rule.conditions {
            Some(conditions) => conditions::write(conditions, business, &mut typed),
            None => true,
        };
        Ok((typed, shown))
    }

    fn write_tiers(&mut self, tiers: &Tiers, business: Currency) {
        "tiers".clone_into(&mut self.reward);
        self.tier_metric = match tiers.metric {
            TierMetric::Conversions => "conversions",
            TierMetric::Revenue => "revenue",
        }
        .to_owned();
        self.tier_period = match tiers.period {
            TierPeriod::Month => "month",
            TierPeriod::Lifetime => "lifetime",
        }
        .to_owned();
        self.tier_mode = match tiers.mode {
            TierMode::Volume => "volume",
            TierMode::Graduated => "graduated",
        }
        .to_owned();
        (self.band_from, self.band_pays) = (Vec::new(), Vec::new());
        for band in &tiers.bands {
            self.band_from.push(match tiers.metric {
                TierMetric::Conversions => band.from.to_string(),
                TierMetric::Revenue => money::decimal(band.from, business),
            });
            self.band_pays.push(match band.reward {
                BandReward::PercentPpm(ppm) => percent_digits(ppm),
                BandReward::Fixed(fixed) => {
                    "fixed".clone_into(&mut self.tier_pays);
                    self.currency = fixed.currency.to_string();
                    money::decimal(fixed.amount, fixed.currency)
                }
            });
        }
    }
}

fn written<T: ToString>(id: Option<T>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
