//! Recurrence, caps, tiers, other triggers.

use super::*;

#[test]
fn recurrence() {
    let customer = |earlier_sales, first: Option<&str>| World {
        customer: Customer {
            earlier_sales,
            first_sale_at: first.map(|text| UnixMs::parse(text).unwrap()),
            ..Customer::default()
        },
        ..World::default()
    };
    let first = |count| Rule {
        recurrence: Recurrence::First(count),
        ..percent_rule(1, 200_000)
    };
    for (world, rule, pays) in [
        (customer(0, None), first(1), true),
        (customer(1, Some("2026-11-01T00:00:00Z")), first(1), false),
        (customer(1, Some("2026-11-01T00:00:00Z")), first(2), true),
        (
            customer(0, None),
            Rule {
                recurrence: Recurrence::Months(1),
                ..percent_rule(1, 200_000)
            },
            true,
        ),
        (
            customer(3, Some("2026-10-21T09:30:00.001Z")),
            Rule {
                recurrence: Recurrence::Months(1),
                ..percent_rule(1, 200_000)
            },
            true,
        ),
        (
            customer(3, Some("2026-10-21T09:30:00Z")),
            Rule {
                recurrence: Recurrence::Months(1),
                ..percent_rule(1, 200_000)
            },
            false,
        ),
        (
            customer(3, Some("2025-12-01T00:00:00Z")),
            Rule {
                recurrence: Recurrence::Months(12),
                ..percent_rule(1, 200_000)
            },
            true,
        ),
        (
            customer(99, Some("2020-01-01T00:00:00Z")),
            percent_rule(1, 200_000),
            true,
        ),
    ] {
        assert_eq!(
            !world
                .lines(&sale(100_00, "USD"), std::slice::from_ref(&rule))
                .is_empty(),
            pays,
            "{:?} {:?}",
            world.customer,
            rule.recurrence
        );
    }
    // A closer rule that is used up still decides: nobody wanted the default for the second sale.
    let mut close = first(1);
    close.scope.affiliate_id = Some(affiliate(1));
    let computation = customer(1, None)
        .run(&sale(100_00, "USD"), &[close, percent_rule(2, 200_000)])
        .unwrap();
    assert_eq!(computation.lines, []);
    assert_eq!(
        computation.notes,
        ["the rule pays for the first 1 of a customer; there were 1 before"]
    );
}

#[test]
fn caps_cut_the_reward_and_say_so() {
    let history = |customer_rewards, month_rewards| World {
        history: [(
            Uuid::from_u128(1).into(),
            RuleHistory {
                customer_rewards,
                month_rewards,
                ..RuleHistory::default()
            },
        )]
        .into(),
        upline: vec![Upline {
            affiliate_id: affiliate(2),
            approved: true,
        }],
        ..World::default()
    };
    let levels = vec![Level {
        ppm: 10_000,
        of: LevelOf::Base,
    }];
    let caps = Caps {
        per_event: Some(15_00),
        per_customer: Some(20_00),
        per_affiliate_month: Some(50_00),
    };
    let rule = Rule {
        caps,
        levels,
        ..percent_rule(1, 200_000)
    };
    for (customer, month, amount) in [
        (0, 0, 15_00),
        (8_00, 0, 12_00),
        (0, 49_00, 1_00),
        (0, 60_00, 0),
        (-5_00, -5_00, 15_00),
    ] {
        let computation = history(customer, month)
            .run(&sale(100_00, "USD"), std::slice::from_ref(&rule))
            .unwrap();
        let level_0: Vec<_> = computation
            .lines
            .iter()
            .filter(|line| line.level == 0)
            .collect();
        assert_eq!(
            level_0.iter().map(|line| line.amount).sum::<i64>(),
            amount,
            "{customer} {month}"
        );
        assert!(
            level_0
                .iter()
                .all(|line| line.amount + line.cut_by_cap == 20_00)
        );
        assert_eq!(
            computation
                .lines
                .last()
                .map(|line| (line.level, line.amount)),
            Some((1, 1_00)),
            "caps are on the reward itself"
        );
    }
    let computation = history(8_00, 0).run(&sale(100_00, "USD"), &[rule]).unwrap();
    assert_eq!(
        computation.lines[0].explanation.steps[2..],
        [
            "cut from 20.00 USD to 15.00 USD: at most 15.00 USD an event",
            "cut from 15.00 USD to 12.00 USD: at most 20.00 USD a customer, of which 8.00 USD is used"
        ]
    );
}

#[test]
fn leads_and_clicks_pay_fixed_sums() {
    let lead = Event {
        on: TriggerOn::Lead,
        name: "registration".into(),
        currency: None,
        ..sale(0, "USD")
    };
    let rule_for = |n, on, event: Option<&str>, amount| Rule {
        trigger: Trigger {
            on,
            event: event.map(Into::into),
        },
        ..rule(n, fixed(amount, "EUR"))
    };
    let rules = [
        rule_for(1, TriggerOn::Click, None, 5),
        rule_for(2, TriggerOn::Lead, Some("registration"), 3_00),
        rule_for(3, TriggerOn::Lead, None, 4_00),
        rule_for(4, TriggerOn::Lead, Some("deposit"), 100_00),
    ];
    let computation = World::default().run(&lead, &rules).unwrap();
    assert_eq!(
        computation
            .lines
            .iter()
            .map(|line| (line.amount, line.currency))
            .collect::<Vec<_>>(),
        [(4_00, currency("EUR"))]
    );
    assert_eq!(
        computation.lines[0].explanation.steps[0],
        "a fixed 4.00 EUR"
    );
    let click = Event {
        on: TriggerOn::Click,
        name: String::new(),
        ..lead
    };
    assert_eq!(lines(&click, &rules), [(1, 0, 5)]);
}

#[test]
fn tiers_by_count_and_their_edges() {
    let bands = vec![
        Band {
            from: 0,
            reward: BandReward::Fixed(Fixed {
                amount: 5_00,
                currency: currency("USD"),
            }),
        },
        Band {
            from: 10,
            reward: BandReward::Fixed(Fixed {
                amount: 7_00,
                currency: currency("USD"),
            }),
        },
    ];
    let rule = rule(
        1,
        Reward::Tiers(Tiers {
            metric: TierMetric::Conversions,
            period: TierPeriod::Lifetime,
            mode: TierMode::Volume,
            bands,
        }),
    );
    for (conversions, amount) in [(0, 5_00), (9, 5_00), (10, 7_00), (11, 7_00)] {
        let history = RuleHistory {
            conversions,
            ..RuleHistory::default()
        };
        let world = World {
            history: [(rule.id, history)].into(),
            ..World::default()
        };
        assert_eq!(
            world.lines(&sale(1, "USD"), std::slice::from_ref(&rule)),
            [(1, 0, amount)]
        );
    }
    for (revenue, amount) in [
        (-5_00, 30_00),
        (0, 30_00),
        (700_00, 30_00),
        (700_01, 30_00),
        (999_99, 60_00),
        (1_000_00, 60_00),
    ] {
        assert_eq!(
            with_revenue(revenue).lines(&sale(300_00, "USD"), &[tiers(TierMode::Graduated)]),
            [(1, 0, amount)],
            "{revenue}"
        );
    }
}

#[test]
fn a_rule_that_comes_to_nothing_has_decided_all_the_same() {
    let mut from_the_second = tiers(TierMode::Volume);
    from_the_second.reward = Reward::Tiers(Tiers {
        metric: TierMetric::Conversions,
        period: TierPeriod::Lifetime,
        mode: TierMode::Volume,
        bands: vec![
            Band {
                from: 0,
                reward: BandReward::PercentPpm(0),
            },
            Band {
                from: 1,
                reward: BandReward::PercentPpm(300_000),
            },
        ],
    });
    let computation = World::default()
        .run(&sale(100_00, "USD"), &[from_the_second.clone()])
        .unwrap();
    assert_eq!(computation.lines, []);
    assert_eq!(
        computation.unpaid,
        [Unpaid {
            rule_id: from_the_second.id,
            base: 100_00
        }],
        "so that the second sale reaches the second band"
    );
    let used_up = Rule {
        recurrence: Recurrence::First(1),
        ..percent_rule(1, 200_000)
    };
    let world = World {
        customer: Customer {
            earlier_sales: 1,
            ..Customer::default()
        },
        ..World::default()
    };
    let computation = world.run(&sale(100_00, "USD"), &[used_up]).unwrap();
    assert_eq!(
        computation.unpaid,
        [],
        "a sale it does not pay for is none of its sales"
    );
}

#[test]
fn inputs_are_kept_as_json() {
    let inputs = Inputs {
        barred: false,
        coupon: Some("SPRING".into()),
        sub_ids: [("s1".into(), "news".into())].into(),
        customer: Customer {
            country: Some("DE".into()),
            known_since: Some(UnixMs(5)),
            earlier_sales: 2,
            earlier_leads: 1,
            first_sale_at: Some(UnixMs(7)),
        },
        earner: Earner {
            affiliate_id: affiliate(1),
            group_id: None,
            campaign_id: Uuid::from_u128(20).into(),
            country: None,
            tags: vec!["vip".into()],
            conversions: Some(3),
            revenue: None,
        },
        upline: Some(vec![Upline {
            affiliate_id: affiliate(2),
            approved: true,
        }]),
        history: [(
            Uuid::from_u128(1).into(),
            RuleHistory {
                conversions: 4,
                ..RuleHistory::default()
            },
        )]
        .into(),
    };
    let json = serde_json::to_string(&inputs).unwrap();
    assert_eq!(serde_json::from_str::<Inputs>(&json).unwrap(), inputs);
    assert!(!json.contains("barred"), "{json}");
}

fn clicks(quantity: i64) -> Event {
    Event {
        on: TriggerOn::Click,
        name: String::new(),
        quantity,
        currency: None,
        ..sale(0, "USD")
    }
}

fn click_rule(amount: i64) -> Rule {
    Rule {
        trigger: Trigger {
            on: TriggerOn::Click,
            event: None,
        },
        ..rule(1, fixed(amount, "EUR"))
    }
}

#[test]
fn a_day_of_clicks_pays_for_each_of_them() {
    let mut rule = click_rule(5);
    let computation = World::default()
        .run(&clicks(27), std::slice::from_ref(&rule))
        .unwrap();
    let line = &computation.lines[0];
    assert_eq!((line.amount, line.currency), (1_35, currency("EUR")));
    assert_eq!(
        line.explanation.steps,
        ["27 clicks \u{d7} a fixed 0.05 EUR = 1.35 EUR"]
    );
    assert!(
        World::default()
            .run(&clicks(0), std::slice::from_ref(&rule))
            .unwrap()
            .lines
            .is_empty()
    );

    rule.caps.per_affiliate_month = Some(1_00);
    let world = World {
        history: [(
            rule.id,
            RuleHistory {
                month_rewards: 40,
                ..RuleHistory::default()
            },
        )]
        .into(),
        ..World::default()
    };
    let computation = world.run(&clicks(27), std::slice::from_ref(&rule)).unwrap();
    assert_eq!(
        (computation.lines[0].amount, computation.lines[0].cut_by_cap),
        (60, 75)
    );
}

#[test]
fn levels_above_get_a_share_of_clicks() {
    let rule = Rule {
        levels: vec![Level {
            ppm: 100_000,
            of: LevelOf::Below,
        }],
        ..click_rule(5)
    };
    let world = World {
        upline: vec![Upline {
            affiliate_id: affiliate(2),
            approved: true,
        }],
        ..World::default()
    };
    assert_eq!(
        world.lines(&clicks(20), std::slice::from_ref(&rule)),
        [(1, 0, 1_00), (1, 1, 10)]
    );
}

#[test]
fn clicks_beyond_all_sense_are_refused() {
    let too_many = World::default().run(&clicks(i64::MAX), &[click_rule(5)]);
    assert!(matches!(too_many, Err(EventError::TooLarge(_))));
    let below = World::default().run(&clicks(-1), &[click_rule(5)]);
    assert_eq!(below, Err(EventError::Negative));
}

proptest! {
    #[test]
    fn clicks_that_are_proven_pay_what_they_were_computed_at(
        quantity in 1_i64..1_000,
        fixed in 1_i64..1_000,
        cap in proptest::option::of(1_i64..100_000),
        month_rewards in -100_i64..100_000,
        ppm in proptest::collection::vec(0_i64..=1_000_000, 0..3),
    ) {
        let mut rule = click_rule(fixed);
        rule.caps.per_affiliate_month = cap;
        rule.levels = ppm.into_iter().map(|ppm| Level { ppm, of: LevelOf::Below }).collect();
        let above = |n| Upline { affiliate_id: affiliate(n), approved: n != 2 };
        let world = World {
            upline: vec![above(2), above(3)],
            history: [(rule.id, RuleHistory { month_rewards, ..RuleHistory::default() })].into(),
            ..World::default()
        };
        let computed = world.run(&clicks(quantity), std::slice::from_ref(&rule)).unwrap().lines;
        let (reward, code) = reward_of_clicks(&rule, quantity, month_rewards).unwrap().unwrap();
        for level in 0..=2 {
            let proven = match level {
                0 => Some(reward),
                _ => share_of_clicks(&rule, reward, level).unwrap(),
            };
            let line = computed.iter().find(|line| usize::try_from(line.level) == Ok(level));
            // The parent is not approved, and what comes to nothing has no line.
            let paid = proven.filter(|amount| *amount > 0 && level != 1);
            prop_assert_eq!(line.map(|line| (line.amount, line.currency)), paid.map(|amount| (amount, code)));
        }
    }

    #[test]
    fn clicks_pay_alike_however_they_are_parted(
        first in 1_i64..10_000,
        second in 1_i64..10_000,
        fixed in 1_i64..1_000,
    ) {
        let rules = [click_rule(fixed)];
        let paid = |quantity| World::default().run(&clicks(quantity), &rules).unwrap().lines[0].amount;
        prop_assert_eq!(paid(first) + paid(second), paid(first + second));
    }
}
