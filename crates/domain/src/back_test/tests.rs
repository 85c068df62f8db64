//! A replay under the rules of the time is the recording; one under others is what it would have been.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::commission::{Customer, Earner};
use crate::rule::{
    Band, BandReward, Caps, Recurrence, Reward, Scope, TierMetric, TierMode, TierPeriod, Tiers,
    Trigger,
};
use crate::status::{Base, TriggerOn};
use crate::time::UnixMs;

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
            quantity: 1,
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
