//! The cast of the tests: one affiliate in a group and a campaign, rules by age, sales of a day.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

mod contest;
mod examples;
mod life;
mod rewards;
mod selection;

use super::*;
use crate::rule::{
    Band, BandReward, Caps, Condition, Fixed, Level, LevelOf, Recurrence, Reward, Scope,
    TierMetric, TierMode, TierPeriod, Tiers, Trigger,
};
use crate::status::{Base, CommissionStatus, ReferralStatus};
use proptest::prelude::*;
use uuid::Uuid;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn affiliate(n: u128) -> AffiliateId {
    Uuid::from_u128(n).into()
}

/// A rule of the business default; `n` orders rules by age.
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
        hold_days: 30,
        auto_approve: false,
        effective_from: UnixMs(0),
        created_at: UnixMs(i64::try_from(n).unwrap()),
    }
}

fn percent_rule(n: u128, ppm: i64) -> Rule {
    rule(n, Reward::PercentPpm(ppm))
}

fn fixed(amount: i64, code: &str) -> Reward {
    Reward::Fixed(Fixed {
        amount,
        currency: currency(code),
    })
}

fn sale(amount: i64, code: &str) -> Event {
    Event {
        on: TriggerOn::Sale,
        name: "purchase".into(),
        occurred_at: UnixMs::parse("2026-11-21T09:30:00Z").unwrap(),
        quantity: 1,
        currency: Some(currency(code)),
        amount,
        tax: 0,
        shipping: 0,
        items: Vec::new(),
        coupon: None,
        sub_ids: BTreeMap::new(),
        metadata: BTreeMap::new(),
    }
}

fn item(product_id: &str, amount: i64) -> Item {
    Item {
        product_id: product_id.into(),
        amount,
        quantity: None,
    }
}

/// A world with one affiliate (1) in group 10 and campaign 20.
#[derive(Default)]
struct World {
    customer: Customer,
    upline: Vec<Upline>,
    history: BTreeMap<RuleId, RuleHistory>,
}

impl World {
    fn run(&self, event: &Event, rules: &[Rule]) -> Result<Computation, EventError> {
        let earner = Earner {
            affiliate_id: affiliate(1),
            group_id: Some(Uuid::from_u128(10).into()),
            campaign_id: Uuid::from_u128(20).into(),
            country: Some("DE".into()),
            tags: Vec::new(),
            conversions: None,
            revenue: None,
        };
        let rules: Vec<&Rule> = rules.iter().collect();
        compute(&Input {
            event,
            customer: &self.customer,
            earner: &earner,
            upline: &self.upline,
            rules: &rules,
            history: &self.history,
            zone: &TimeZone::UTC,
        })
    }

    /// (rule, level, amount) of each line.
    fn lines(&self, event: &Event, rules: &[Rule]) -> Vec<(u128, i64, i64)> {
        self.run(event, rules)
            .unwrap()
            .lines
            .iter()
            .map(|line| (line.rule_id.uuid().as_u128(), line.level, line.amount))
            .collect()
    }
}

fn lines(event: &Event, rules: &[Rule]) -> Vec<(u128, i64, i64)> {
    World::default().lines(event, rules)
}

fn tiers(mode: TierMode) -> Rule {
    let bands = vec![
        Band {
            from: 0,
            reward: BandReward::PercentPpm(100_000),
        },
        Band {
            from: 1_000_00,
            reward: BandReward::PercentPpm(200_000),
        },
    ];
    rule(
        1,
        Reward::Tiers(Tiers {
            metric: TierMetric::Revenue,
            period: TierPeriod::Month,
            mode,
            bands,
        }),
    )
}

fn with_revenue(revenue: i64) -> World {
    World {
        history: [(
            Uuid::from_u128(1).into(),
            RuleHistory {
                revenue,
                ..RuleHistory::default()
            },
        )]
        .into(),
        ..World::default()
    }
}
