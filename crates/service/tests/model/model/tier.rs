//! Bands by what came before, and caps.

use domain::money::Currency;
use domain::rule::{BandReward, Caps, TierMetric, TierMode, TierPeriod, Tiers};

use super::Model;
use super::items::share;
use crate::fraction::Fraction;

impl Model {
    pub(super) fn tier(
        &mut self,
        tiers: &Tiers,
        rule: usize,
        event: usize,
        earner: usize,
        base: i64,
    ) -> (i64, Currency) {
        let found = self.events[event].clone();
        let month = self.month(found.occurred);
        let mut count = 0_i64;
        let mut revenue = 0_i64;
        let mut foreign = false;
        let mut shrunk = false;
        for credit in self.standing_credits(rule, earner) {
            let earlier = &self.events[credit.event];
            let in_period =
                tiers.period == TierPeriod::Lifetime || self.month(earlier.occurred) == month;
            if !in_period || earlier.report.currency != found.report.currency {
                foreign |= !in_period;
                continue;
            }
            if Self::is_wholly_refunded(earlier) {
                shrunk = true;
                continue;
            }
            count += 1;
            revenue += credit.base - share(credit.base, earlier.refunded, earlier.report.amount);
            shrunk |= earlier.refunded > 0;
        }
        let mut refused = self.credits.iter().filter(|credit| {
            credit.rule == rule && credit.affiliate == earner && self.is_rejected(credit)
        });
        let (any, zero) = (
            refused.clone().next().is_some(),
            refused.any(|credit| credit.commission.is_none()),
        );
        if any {
            self.hit("a tier left a rejected event out");
        }
        if zero {
            self.hit("a tier left a rejected line of zero out");
        }
        if foreign {
            self.hit("a tier left another month out");
        }
        if shrunk {
            self.hit("a refund lowered a tier");
        }
        let before = match tiers.metric {
            TierMetric::Conversions => count,
            TierMetric::Revenue => revenue,
        };
        let band_of = |figure: i64| {
            let reached = tiers
                .bands
                .iter()
                .filter(|band| band.from <= figure)
                .count();
            reached.saturating_sub(1)
        };
        let band = band_of(before);
        if tiers.mode == TierMode::Volume {
            if band > 0 {
                self.hit(match (tiers.metric, tiers.period) {
                    (TierMetric::Conversions, TierPeriod::Month) => "a band by count in the month",
                    (TierMetric::Conversions, TierPeriod::Lifetime) => "a band by count ever",
                    (TierMetric::Revenue, TierPeriod::Month) => "a band by revenue in the month",
                    (TierMetric::Revenue, TierPeriod::Lifetime) => "a band by revenue ever",
                });
            }
            return match tiers.bands[band].reward {
                BandReward::PercentPpm(ppm) => (
                    Fraction::whole(base).times(Fraction::ppm(ppm)).round(),
                    found.report.currency.expect("a sale has one"),
                ),
                BandReward::Fixed(fixed) => (fixed.amount, fixed.currency),
            };
        }
        // Each part of the base at its own band's rate.
        let end = before + base;
        let mut sum = Fraction::ZERO;
        let mut parts = 0;
        for (number, here) in tiers.bands.iter().enumerate() {
            let BandReward::PercentPpm(ppm) = here.reward else {
                panic!("graduated bands are percentages");
            };
            let upper = tiers
                .bands
                .get(number + 1)
                .map_or(i64::MAX, |next| next.from);
            let part = end.min(upper) - before.max(here.from);
            if part > 0 {
                parts += 1;
                sum = sum.plus(Fraction::whole(part).times(Fraction::ppm(ppm)));
            }
        }
        if parts > 1 {
            self.hit("a graduated sale crossed bands");
        }
        (sum.round(), found.report.currency.expect("a sale has one"))
    }

    pub(super) fn capped(
        &mut self,
        caps: &Caps,
        amount: i64,
        currency: Currency,
        rule: usize,
        event: usize,
        earner: usize,
    ) -> i64 {
        let found = &self.events[event];
        let month = self.month(found.occurred);
        let (mut of_customer, mut of_month) = (0_i64, 0_i64);
        for credit in self.standing_credits(rule, earner) {
            let earlier = &self.events[credit.event];
            let Some(line) = credit.commission.map(|at| &self.commissions[at]) else {
                continue;
            };
            if line.currency != currency {
                continue;
            }
            let kept = line.due() - line.reversed;
            if earlier.report.customer == found.report.customer {
                of_customer += kept;
            }
            if self.month(earlier.occurred) == month {
                of_month += kept;
            }
        }
        let mut left = amount;
        for (cap, used, what) in [
            (caps.per_event, 0, "a cap an event cut"),
            (caps.per_customer, of_customer, "a cap a customer cut"),
            (caps.per_affiliate_month, of_month, "a cap a month cut"),
        ] {
            let Some(cap) = cap else { continue };
            let room = (cap - used).max(0);
            if left > room {
                left = room;
                self.hit(what);
            }
        }
        left
    }
}
