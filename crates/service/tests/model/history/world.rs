//! The business a history happens in.

use domain::money::Currency;

use super::{COUNTRIES, Dice, EARNERS, GROUPS};

/// An affiliate as the business begins.
#[derive(Debug, Clone)]
pub struct Person {
    pub parent: Option<usize>,
    pub group: Option<usize>,
    pub country: Option<&'static str>,
    pub tags: Vec<&'static str>,
    pub approved: bool,
}

/// A business before anything happens in it; the same for every history with its number.
#[derive(Debug, Clone)]
pub struct World {
    pub number: usize,
    pub zone: &'static str,
    pub automatic_referrals: bool,
    /// The one source whose sales count; `None`: the first that reports.
    pub truth: Option<&'static str>,
    pub affiliates: Vec<Person>,
}

impl World {
    pub fn number(number: usize) -> Self {
        let mut dice = Dice::new(0x000a_110c_a7ed + u64::try_from(number).expect("a number"));
        let zones = [
            "UTC",
            "America/New_York",
            "Asia/Tokyo",
            "Europe/Berlin",
            "Asia/Kolkata",
            "Pacific/Auckland",
        ];
        // A chain of nine gives a rule of seven levels people to pay; elsewhere a tree.
        let chain = number.is_multiple_of(3);
        let people = if chain { 9 } else { 6 };
        let affiliates = (0..people)
            .map(|at| Person {
                parent: match at + 1 {
                    above if above == people => None,
                    above if chain => Some(above),
                    above => dice.maybe(80, |dice| above + dice.below(people - above)),
                },
                group: dice.maybe(65, |dice| dice.below(GROUPS + 1).min(GROUPS - 1)),
                country: dice.maybe(70, |dice| dice.one(&COUNTRIES)),
                tags: if dice.chance(40) {
                    vec!["vip", "press"]
                } else {
                    Vec::new()
                },
                approved: at < EARNERS || dice.chance(75),
            })
            .collect();
        Self {
            number,
            zone: zones[number % zones.len()],
            automatic_referrals: (number / 6).is_multiple_of(2),
            truth: (number % 5 == 2).then_some("api"),
            affiliates,
        }
    }

    /// What a group asks for before its affiliates are paid.
    pub fn minimum(&self, affiliate: usize, currency: Currency) -> i64 {
        match self.affiliates[affiliate].group {
            Some(group) => Self::group_minimum(group, currency.code()),
            None => 0,
        }
    }

    /// What a group asks for in a currency, minor units; 0: nothing.
    pub fn group_minimum(group: usize, currency: &str) -> i64 {
        match (group, currency) {
            (1, "USD") => 50_00,
            (1, "JPY") => 2_000,
            (1, _) => 1_000,
            _ => 0,
        }
    }
}
