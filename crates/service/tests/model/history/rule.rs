//! Rules.

use domain::money::Currency;
use domain::rule::{
    Band, BandReward, Caps, Condition, Field, Fixed, Level, LevelOf, Op, Recurrence, Reward,
    TierMetric, TierMode, TierPeriod, Tiers, Value,
};

use super::step::Scope;
use super::{
    Author, CAMPAIGNS, COUNTRIES, CURRENCIES, Dice, EARNERS, GROUPS, LEADS, On, PRODUCTS, RuleSpec,
    SALES,
};
use crate::model::Model;

impl Author {
    pub(super) fn spec(&mut self, model: &Model) -> RuleSpec {
        let currency = self.dice.one(&self.currencies);
        let dice = &mut self.dice;
        let on = if dice.chance(18) { On::Lead } else { On::Sale };
        let sale = on == On::Sale;
        let mut scope = Scope::default();
        if dice.chance(55) {
            scope = Scope {
                affiliate: dice.maybe(25, |dice| dice.below(EARNERS)),
                product: dice.maybe(if sale { 35 } else { 0 }, |dice| dice.one(&PRODUCTS)),
                campaign: dice.maybe(35, |dice| dice.below(CAMPAIGNS)),
                group: dice.maybe(25, |dice| dice.below(GROUPS)),
            };
        }
        let reward = reward(dice, sale, currency);
        let levels = match dice.below(10) {
            0..6 => 0,
            6..9 => dice.below(3) + 1,
            _ => 7,
        };
        let levels = (0..levels)
            .map(|_| Level {
                ppm: ppm(dice),
                of: if sale && dice.chance(60) {
                    LevelOf::Base
                } else {
                    LevelOf::Below
                },
            })
            .collect();
        let names: &[&'static str] = if sale { &SALES } else { &LEADS };
        RuleSpec {
            scope,
            on,
            event: dice.maybe(15, |dice| dice.one(names)),
            conditions: dice.maybe(25, condition),
            reward,
            gross: dice.chance(25),
            recurrence: match dice.below(10) {
                0..6 => Recurrence::Every,
                6..8 => Recurrence::First(dice.between(1, 3)),
                _ => Recurrence::Months(dice.between(1, 3)),
            },
            caps: Caps {
                per_event: dice.maybe(18, |dice| dice.between(1, 3_000)),
                per_customer: dice.maybe(15, |dice| dice.between(1, 4_000)),
                per_affiliate_month: dice.maybe(15, |dice| dice.between(1, 5_000)),
            },
            levels,
            hold_days: if dice.chance(60) {
                0
            } else {
                dice.between(1, 40)
            },
            auto_approve: dice.chance(45),
            active: !dice.chance(3) || model.rules.is_empty(),
        }
    }
}

fn ppm(dice: &mut Dice) -> i64 {
    match dice.below(10) {
        0..3 => dice.one(&[
            10_000, 25_000, 29_000, 50_000, 75_000, 100_000, 125_000, 200_000,
        ]),
        3..6 => dice.between(1, 40) * 5_000,
        6..9 => dice.between(1, 400_000),
        _ => dice.between(400_000, 1_000_000),
    }
}

fn reward(dice: &mut Dice, sale: bool, currency: Currency) -> Reward {
    let currency = if dice.chance(20) {
        dice.one(&CURRENCIES).parse().expect("a currency")
    } else {
        currency
    };
    match dice.below(10) {
        0..4 if sale => Reward::PercentPpm(ppm(dice)),
        0..6 => Reward::Fixed(Fixed {
            amount: dice.between(1, 2_500),
            currency,
        }),
        _ => {
            let revenue = sale && dice.chance(65);
            let graduated = revenue && dice.chance(60);
            let fixed = !sale || (!graduated && dice.chance(25));
            let mut from = 0;
            let bands = (0..dice.below(3) + 2)
                .map(|_| {
                    let band = Band {
                        from,
                        reward: if fixed {
                            BandReward::Fixed(Fixed {
                                amount: if dice.chance(20) {
                                    0
                                } else {
                                    dice.between(1, 2_500)
                                },
                                currency,
                            })
                        } else if dice.chance(20) {
                            BandReward::PercentPpm(0)
                        } else {
                            BandReward::PercentPpm(ppm(dice))
                        },
                    };
                    from += if revenue {
                        dice.between(1, 25_000)
                    } else {
                        dice.between(1, 2)
                    };
                    band
                })
                .collect();
            Reward::Tiers(Tiers {
                metric: if revenue {
                    TierMetric::Revenue
                } else {
                    TierMetric::Conversions
                },
                period: if dice.chance(55) {
                    TierPeriod::Month
                } else {
                    TierPeriod::Lifetime
                },
                mode: if graduated {
                    TierMode::Graduated
                } else {
                    TierMode::Volume
                },
                bands,
            })
        }
    }
}

fn condition(dice: &mut Dice) -> Condition {
    match dice.below(4) {
        0 => Condition::All(vec![comparison(dice), comparison(dice)]),
        1 => Condition::Any(vec![comparison(dice), comparison(dice)]),
        _ => comparison(dice),
    }
}

fn comparison(dice: &mut Dice) -> Condition {
    const SAME: [Op; 2] = [Op::Is, Op::IsNot];
    const LISTS: [Op; 2] = [Op::In, Op::NotIn];
    const ORDER: [Op; 4] = [Op::Gt, Op::Gte, Op::Lt, Op::Lte];
    const TEXT: [Op; 3] = [Op::Contains, Op::StartsWith, Op::EndsWith];
    let text = |text: &str| Value::Text(text.to_owned());
    let (field, op, value) = match dice.below(13) {
        0 => (Field::Product, dice.one(&SAME), text(dice.one(&PRODUCTS))),
        1 => (
            Field::Product,
            dice.one(&LISTS),
            Value::List(vec![text("BASIC"), text("pro")]),
        ),
        2 => (
            Field::Amount,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 20_000)),
        ),
        3 => (
            Field::Currency,
            dice.one(&SAME),
            text(dice.one(&["USD", "jpy", "KWD"])),
        ),
        4 => (
            Field::Customer,
            Op::Is,
            text(dice.one(&["new", "returning"])),
        ),
        5 => (
            Field::CustomerCountry,
            dice.one(&SAME),
            text(dice.one(&COUNTRIES)),
        ),
        6 => (
            Field::CustomerAgeMonths,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 2)),
        ),
        7 => (
            Field::Coupon,
            dice.one(&SAME),
            text(dice.one(&["spring", "FALL10"])),
        ),
        8 => (
            Field::AffiliateCountry,
            dice.one(&SAME),
            text(dice.one(&COUNTRIES)),
        ),
        9 => (
            Field::AffiliateTag,
            dice.one(&SAME),
            text(dice.one(&["vip", "new"])),
        ),
        10 => (
            Field::AffiliateConversions,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 4)),
        ),
        11 => (
            Field::AffiliateRevenue,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 40_000)),
        ),
        _ => match dice.below(3) {
            0 => (
                Field::Metadata("seats".to_owned()),
                dice.one(&ORDER),
                text("2.5"),
            ),
            1 => (
                Field::Metadata("seats".to_owned()),
                dice.one(&SAME),
                text("2.5"),
            ),
            _ => (
                Field::Metadata("plan".to_owned()),
                dice.one(&TEXT),
                text(dice.one(&["yearly", "plus", "x"])),
            ),
        },
    };
    Condition::Test { field, op, value }
}
