//! The examples of the money page, in its order.

use super::*;

#[test]
fn sale_of_4900_at_20_percent_pays_980() {
    let computation = World::default()
        .run(&sale(49_00, "USD"), &[percent_rule(1, 200_000)])
        .unwrap();
    let line = &computation.lines[0];
    assert_eq!(
        (
            line.amount,
            line.base,
            line.level,
            line.cut_by_cap,
            line.hold_days
        ),
        (9_80, 49_00, 0, 0, 30)
    );
    assert_eq!(
        line.explanation.rule,
        "20 % of net, every sale; held 30 days"
    );
    assert_eq!(
        line.explanation.steps,
        [
            "amount 49.00 USD, without tax or shipping",
            "20 % of 49.00 USD = 9.80 USD"
        ]
    );
}

#[test]
fn sale_of_4900_with_tax_817_pays_817() {
    let event = Event {
        tax: 8_17,
        ..sale(49_00, "USD")
    };
    let computation = World::default()
        .run(&event, &[percent_rule(1, 200_000)])
        .unwrap();
    assert_eq!(
        (computation.lines[0].amount, computation.lines[0].base),
        (8_17, 40_83)
    );
    assert_eq!(
        computation.lines[0].explanation.steps,
        [
            "amount 49.00 USD − tax 8.17 USD − shipping 0.00 USD = net 40.83 USD",
            "20 % of 40.83 USD = 8.166, rounded to 8.17 USD"
        ]
    );
    let gross = Rule {
        base: Base::Gross,
        ..percent_rule(1, 200_000)
    };
    assert_eq!(lines(&event, &[gross]), [(1, 0, 9_80)]);
}

#[test]
fn half_a_cent_goes_up() {
    assert_eq!(
        lines(&sale(5, "USD"), &[percent_rule(1, 100_000)]),
        [(1, 0, 1)]
    );
}

#[test]
fn two_point_nine_percent_of_500_is_15() {
    assert_eq!(
        lines(&sale(5_00, "USD"), &[percent_rule(1, 29_000)]),
        [(1, 0, 15)]
    );
}

#[test]
fn less_than_half_a_cent_is_no_line() {
    let computation = World::default()
        .run(&sale(2, "USD"), &[percent_rule(1, 200_000)])
        .unwrap();
    assert_eq!(computation.lines, []);
    assert_eq!(
        computation.notes,
        ["nothing to pay: 20 % of 0.02 USD = 0.004, rounded to 0.00 USD"]
    );
}

#[test]
fn jpy_999_at_12_5_percent_is_125() {
    assert_eq!(
        lines(&sale(999, "JPY"), &[percent_rule(1, 125_000)]),
        [(1, 0, 125)]
    );
}

#[test]
fn kwd_10_001_at_7_5_percent_is_0_750() {
    let computation = World::default()
        .run(&sale(10_001, "KWD"), &[percent_rule(1, 75_000)])
        .unwrap();
    assert_eq!(computation.lines[0].amount, 750);
    assert_eq!(
        computation.lines[0].explanation.steps[1],
        "7.5 % of 10.001 KWD = 0.750075, rounded to 0.750 KWD"
    );
}

#[test]
fn three_refunds_of_a_sale_of_10000_end_at_zero() {
    let mut figures = Figures {
        amount: 30_00,
        ..Figures::default()
    };
    for (refunded, expected) in [(33_33, 10_00), (66_66, 10_00), (100_00, 10_00)] {
        let delta = reversal(&figures, refunded, 100_00).unwrap();
        assert_eq!(delta, expected);
        figures.reversed += delta;
    }
    assert_eq!(figures.net(), Ok(0));
}

#[test]
fn graduated_tiers_pay_1000_and_4000() {
    let world = with_revenue(900_00);
    let computation = world
        .run(&sale(300_00, "USD"), &[tiers(TierMode::Graduated)])
        .unwrap();
    assert_eq!(computation.lines[0].amount, 50_00);
    assert_eq!(
        computation.lines[0].explanation.steps[1],
        "revenue before 900.00 USD; 10 % of 100.00 USD + 20 % of 200.00 USD = 50.00 USD"
    );
}

#[test]
fn volume_tiers_pay_3000() {
    assert_eq!(
        with_revenue(900_00).lines(&sale(300_00, "USD"), &[tiers(TierMode::Volume)]),
        [(1, 0, 30_00)]
    );
}

#[test]
fn levels_of_5_and_2_percent_pay_2000_1000_400() {
    let above = |n, approved| Upline {
        affiliate_id: affiliate(n),
        approved,
    };
    let levels = vec![
        Level {
            ppm: 50_000,
            of: LevelOf::Base,
        },
        Level {
            ppm: 20_000,
            of: LevelOf::Base,
        },
    ];
    let rule = Rule {
        levels,
        ..percent_rule(1, 100_000)
    };
    let world = World {
        upline: vec![above(2, true), above(3, true), above(4, true)],
        ..World::default()
    };
    assert_eq!(
        world.lines(&sale(200_00, "USD"), std::slice::from_ref(&rule)),
        [(1, 0, 20_00), (1, 1, 10_00), (1, 2, 4_00)]
    );

    let skipped = World {
        upline: vec![above(2, false), above(3, true)],
        ..World::default()
    };
    let computation = skipped
        .run(&sale(200_00, "USD"), std::slice::from_ref(&rule))
        .unwrap();
    assert_eq!(
        computation
            .lines
            .iter()
            .map(|line| (line.affiliate_id, line.amount))
            .collect::<Vec<_>>(),
        [(affiliate(1), 20_00), (affiliate(3), 4_00)]
    );
    assert_eq!(
        computation.notes,
        ["the affiliate of level 1 is not approved and is skipped"]
    );

    let below = Rule {
        levels: vec![
            Level {
                ppm: 500_000,
                of: LevelOf::Below
            };
            2
        ],
        ..rule.clone()
    };
    assert_eq!(
        world.lines(&sale(200_00, "USD"), &[below]),
        [(1, 0, 20_00), (1, 1, 10_00), (1, 2, 5_00)]
    );

    let circle = World {
        upline: vec![above(2, true), above(1, true)],
        ..World::default()
    };
    assert_eq!(
        circle.lines(&sale(200_00, "USD"), &[rule]),
        [(1, 0, 20_00), (1, 1, 10_00)]
    );
    assert!(
        makes_cycle(affiliate(1), affiliate(1), &[])
            && makes_cycle(affiliate(1), affiliate(2), &[affiliate(3), affiliate(1)])
    );
    assert!(!makes_cycle(affiliate(1), affiliate(2), &[affiliate(3)]));
}
