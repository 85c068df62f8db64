//! What an event pays: which rules decide, and what each pays.

use std::collections::BTreeSet;

use domain::money::Currency;
use domain::rule::{LevelOf, Recurrence, Reward};
use domain::status::{CommissionStatus, ReferralStatus};

use super::commission::{Commission, Source};
use super::items::{parts, spread_together};
use super::{Model, of_currency};
use crate::fraction::Fraction;
use crate::history::On;

/// What an event counts for under a rule: for tiers and caps of later ones.
#[derive(Debug, Clone)]
pub(super) struct Credit {
    pub(super) rule: usize,
    pub(super) event: usize,
    pub(super) affiliate: usize,
    pub(super) base: i64,
    /// The commission of level 0; none when it was zero.
    pub(super) commission: Option<usize>,
}

/// What one rule pays the affiliate for one group of items.
#[derive(Debug, Clone)]
struct Priced {
    rule: usize,
    /// Its recurrence is over: it decides, and pays nobody.
    over: bool,
    base: i64,
    amount: i64,
    currency: Currency,
}

impl Model {
    pub(super) fn pay(&mut self, event: usize) {
        let (earner, _) = self.events[event].credited.expect("somebody is credited");
        for priced in self.choose(event, earner) {
            if priced.over {
                continue;
            }
            let found = self.events[event].clone();
            let version = self.version(priced.rule, found.occurred).expect("in force");
            let spec = self.rules[priced.rule][version].spec.clone();
            if version > 0 {
                self.hit("a later version paid");
            }
            if version + 1 < self.rules[priced.rule].len() {
                self.hit("an earlier version paid an event of its time");
            }
            if found.report.on == On::Lead {
                self.hit("a lead paid");
            } else if self.credits.iter().any(|c| {
                self.events[c.event].report.on == On::Lead
                    && self.events[c.event].report.customer == found.report.customer
            }) {
                self.hit("a customer's lead and sale both paid");
            }
            let mut credit = Credit {
                rule: priced.rule,
                event,
                affiliate: earner,
                base: priced.base,
                commission: None,
            };
            let line = |model: &mut Self, level, affiliate, amount, currency| {
                if amount == 0 {
                    model.hit("a line of zero");
                    return None;
                }
                let source = Some(Source {
                    event,
                    rule: priced.rule,
                    level,
                });
                model.commissions.push(Commission {
                    source,
                    version,
                    status: CommissionStatus::Pending,
                    referral: found.referral,
                    hold_until: match spec.hold_days {
                        0 => 0,
                        days => found.occurred + days * 86_400_000,
                    },
                    auto_approve: spec.auto_approve,
                    ..Commission::free(affiliate, currency, amount, model.now)
                });
                let at = model.commissions.len() - 1;
                model.hit(of_currency(currency));
                if model.approves_itself(at) {
                    model.hit("approved at once");
                    model.set_approved(at);
                } else if spec.hold_days > 0 {
                    model.hit("held");
                }
                Some(at)
            };
            credit.commission = line(self, 0, earner, priced.amount, priced.currency);
            let mut below = (priced.amount, priced.currency);
            let mut person = earner;
            for (number, level) in spec.levels.iter().enumerate() {
                let Some(parent) = self.world.affiliates[person].parent else {
                    break;
                };
                let is_new = self.moved.contains(&person);
                person = parent;
                let rate = Fraction::ppm(level.ppm);
                below = match level.of {
                    LevelOf::Base => (
                        Fraction::whole(priced.base).times(rate).round(),
                        found.report.currency.expect("a sale has one"),
                    ),
                    LevelOf::Below => (Fraction::whole(below.0).times(rate).round(), below.1),
                };
                if self.approved[person] {
                    let paid = line(self, number + 1, person, below.0, below.1);
                    if is_new && paid.is_some() {
                        self.hit("a new parent earned");
                    }
                    self.hit(match number {
                        0 => "a parent earned",
                        1 => "a second level earned",
                        6 => "a seventh level earned",
                        _ => "a third level or more earned",
                    });
                } else {
                    self.hit("an upline who is not approved was skipped");
                }
            }
            self.credits.push(credit);
        }
    }

    /// The rules that pay an event, each with what it pays the affiliate.
    fn choose(&mut self, event: usize, earner: usize) -> Vec<Priced> {
        let found = self.events[event].clone();
        let mut groups: Vec<(Vec<usize>, i64, i64)> = Vec::new();
        if spread_together(&found.report) {
            self.hit("tax and shipping of an item were spread together");
        }
        for (product, net, gross) in parts(&found.report) {
            let able: Vec<usize> = (0..self.rules.len())
                .filter(|&rule| self.is_able(rule, event, earner, product))
                .collect();
            let rank = |rule: usize| self.spec_at(rule, found.occurred).scope.rank();
            let ranks: BTreeSet<_> = able.iter().map(|&rule| rank(rule)).collect();
            let Some(&closest) = ranks.last() else {
                continue;
            };
            let level: Vec<usize> = able.into_iter().filter(|&r| rank(r) == closest).collect();
            if ranks.len() > 1 {
                self.hit("a closer scope decided");
            }
            if closest.1 {
                self.hit("a product rule decided");
            }
            match groups.iter_mut().find(|group| group.0 == level) {
                Some(group) => {
                    group.1 += net;
                    group.2 += gross;
                    self.hit("items of one rule were summed");
                }
                None => groups.push((level, net, gross)),
            }
        }
        if groups.len() > 1 {
            self.hit("one sale, several rules by item");
        }
        groups
            .into_iter()
            .map(|(level, net, gross)| self.best(&level, event, earner, net, gross))
            .collect()
    }

    fn best(
        &mut self,
        level: &[usize],
        event: usize,
        earner: usize,
        net: i64,
        gross: i64,
    ) -> Priced {
        let sale = self.events[event].report.currency;
        let priced: Vec<Priced> = level
            .iter()
            .map(|&rule| self.price(rule, event, earner, net, gross))
            .collect();
        if priced.len() > 1 {
            self.hit("rules of one scope competed");
        }
        // The one that pays most in the sale's currency; what pays in others cannot be compared and
        // counts as nothing. Of equal ones the oldest. A lead has no currency: its rules' own counts,
        // when they have one in common.
        let first = priced[0].currency;
        let alike = priced.iter().all(|one| one.currency == first);
        let currency = sale.or(alike.then_some(first));
        if !alike {
            self.hit("rules of several currencies competed");
        }
        let worth = |one: &Priced| {
            if Some(one.currency) == currency {
                one.amount
            } else {
                0
            }
        };
        let mut best = priced[0].clone();
        for other in &priced[1..] {
            if worth(other) > worth(&best) {
                best = other.clone();
                self.hit("the younger rule of a scope paid more");
            }
        }
        best
    }

    fn is_able(&mut self, rule: usize, event: usize, earner: usize, product: Option<&str>) -> bool {
        let found = self.events[event].clone();
        let Some(version) = self.version(rule, found.occurred) else {
            return false;
        };
        let spec = self.rules[rule][version].spec.clone();
        let (_, campaign) = found.credited.expect("somebody is credited");
        let scope = spec.scope;
        let covered = scope.affiliate.is_none_or(|a| a == earner)
            && scope.product.is_none_or(|p| Some(p) == product)
            && scope.campaign.is_none_or(|c| c == campaign)
            && scope
                .group
                .is_none_or(|g| Some(g) == self.world.affiliates[earner].group);
        let triggered =
            spec.on == found.report.on && spec.event.is_none_or(|e| e == found.report.name);
        if !covered || !triggered {
            return false;
        }
        match &spec.conditions {
            None => true,
            Some(condition) => {
                let holds = self.holds(condition, event, earner);
                self.hit(if holds {
                    "a condition held"
                } else {
                    "a condition did not hold"
                });
                holds
            }
        }
    }

    /// What a rule pays for this base.
    fn price(&mut self, rule: usize, event: usize, earner: usize, net: i64, gross: i64) -> Priced {
        let found = self.events[event].clone();
        let spec = self.spec_at(rule, found.occurred).clone();
        let base = if spec.gross { gross } else { net };
        let sale = found.report.currency;
        let (mut amount, currency) = match &spec.reward {
            Reward::PercentPpm(ppm) => (
                Fraction::whole(base).times(Fraction::ppm(*ppm)).round(),
                sale.expect("a sale has one"),
            ),
            Reward::Fixed(fixed) => (fixed.amount, fixed.currency),
            Reward::Tiers(tiers) => self.tier(tiers, rule, event, earner, base),
        };
        let over = !self.recurs(spec.recurrence, event);
        if over {
            self.hit(match spec.recurrence {
                Recurrence::Months(_) => "a recurrence by months was over",
                _ => "a recurrence by count was over",
            });
            amount = 0;
        }
        Priced {
            rule,
            over,
            base,
            amount: self.capped(&spec.caps, amount, currency, rule, event, earner),
            currency,
        }
    }

    fn recurs(&self, recurrence: Recurrence, event: usize) -> bool {
        let found = &self.events[event];
        let sales = self.earlier_sales(event);
        match recurrence {
            Recurrence::Every => true,
            Recurrence::First(count) => {
                let earlier = if found.report.on == On::Sale {
                    sales.len()
                } else {
                    self.events[..event]
                        .iter()
                        .filter(|e| {
                            e.report.on == On::Lead
                                && e.report.customer == found.report.customer
                                && e.report.name == found.report.name
                        })
                        .count()
                };
                i64::try_from(earlier).expect("few") < count
            }
            Recurrence::Months(count) => {
                let first = sales.iter().map(|&at| self.events[at].occurred).min();
                first.is_none_or(|first| found.occurred < self.months_after(first, count))
            }
        }
    }

    /// Whether what an event earned was refused: its commission, or, where that was zero and no
    /// commission at all, its referral.
    pub(super) fn is_rejected(&self, credit: &Credit) -> bool {
        match (credit.commission, self.events[credit.event].referral) {
            (Some(at), _) => self.commissions[at].status == CommissionStatus::Rejected,
            (None, Some(at)) => self.referrals[at].status == ReferralStatus::Rejected,
            (None, None) => false,
        }
    }

    /// The earlier events of the affiliate under a rule that were not rejected.
    pub(super) fn standing_credits(&self, rule: usize, earner: usize) -> Vec<&Credit> {
        self.credits
            .iter()
            .filter(|credit| credit.rule == rule && credit.affiliate == earner)
            .filter(|credit| !self.is_rejected(credit))
            .collect()
    }
}
