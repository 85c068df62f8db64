//! Which rule pays which part.

use super::*;

#[test]
fn the_closest_scope_decides() {
    let scope = |n: u128, affiliate: bool, product: bool, campaign: bool, group: bool| {
        let mut rule = percent_rule(n, 10_000 * i64::try_from(n).unwrap());
        rule.scope = Scope {
            affiliate_id: affiliate.then(|| self::affiliate(1)),
            product_id: product.then(|| "p".into()),
            campaign_id: campaign.then(|| Uuid::from_u128(20).into()),
            group_id: group.then(|| Uuid::from_u128(10).into()),
        };
        rule
    };
    // From the closest to the default, as the money page lists them; percentages do not matter.
    let mut rules = vec![
        scope(1, true, false, true, false),
        scope(2, true, false, false, false),
        scope(3, false, true, true, false),
        scope(4, false, true, false, false),
        scope(5, false, false, true, true),
        scope(6, false, false, true, false),
        scope(7, false, false, false, true),
        scope(8, false, false, false, false),
    ];
    let event = Event {
        items: vec![item("p", 100_00)],
        ..sale(100_00, "USD")
    };
    while !rules.is_empty() {
        let expected = rules[0].id.uuid().as_u128();
        assert_eq!(
            lines(&event, &rules)
                .iter()
                .map(|line| line.0)
                .collect::<Vec<_>>(),
            [expected]
        );
        rules.remove(0);
    }
    assert_eq!(
        World::default().run(&event, &[]).unwrap().notes,
        ["no rule for this sale for p"]
    );
}

#[test]
fn rules_of_others_do_not_count() {
    let other = |change: fn(&mut Rule)| {
        let mut rule = percent_rule(1, 200_000);
        change(&mut rule);
        rule
    };
    for rule in [
        other(|rule| rule.scope.affiliate_id = Some(affiliate(2))),
        other(|rule| rule.scope.campaign_id = Some(Uuid::from_u128(21).into())),
        other(|rule| rule.scope.group_id = Some(Uuid::from_u128(11).into())),
        other(|rule| rule.scope.product_id = Some("p".into())),
        other(|rule| rule.trigger.on = TriggerOn::Lead),
        other(|rule| rule.trigger.event = Some("renewal".into())),
    ] {
        assert_eq!(lines(&sale(100_00, "USD"), &[rule]), []);
    }
}

#[test]
fn a_level_without_a_holding_condition_is_passed_over() {
    let condition: Condition =
        serde_json::from_str(r#"{"field":"amount","op":"gt","value":10000}"#).unwrap();
    let mut vip = percent_rule(1, 300_000);
    vip.scope.affiliate_id = Some(affiliate(1));
    vip.conditions = Some(condition);
    let rules = [vip, percent_rule(2, 200_000)];
    assert_eq!(lines(&sale(100_00, "USD"), &rules), [(2, 0, 20_00)]);
    assert_eq!(lines(&sale(100_01, "USD"), &rules), [(1, 0, 30_00)]);
}

#[test]
fn of_one_level_the_one_that_pays_most_after_caps() {
    let mut capped = percent_rule(1, 900_000);
    capped.caps.per_event = Some(15_00);
    let rules = [
        capped,
        percent_rule(2, 200_000),
        rule(3, fixed(19_99, "USD")),
    ];
    assert_eq!(lines(&sale(100_00, "USD"), &rules), [(2, 0, 20_00)]);
    // Ties: the oldest, whatever the order; other currencies pay nothing in the sale's.
    assert_eq!(
        lines(
            &sale(100_00, "USD"),
            &[percent_rule(5, 200_000), percent_rule(4, 200_000)]
        ),
        [(4, 0, 20_00)]
    );
    assert_eq!(
        lines(
            &sale(100_00, "USD"),
            &[rule(1, fixed(99_00, "EUR")), percent_rule(2, 10_000)]
        ),
        [(2, 0, 1_00)]
    );
    assert_eq!(
        lines(
            &sale(100_00, "USD"),
            &[rule(2, fixed(99_00, "EUR")), rule(1, fixed(1_00, "GBP"))]
        ),
        [(1, 0, 1_00)]
    );
}

#[test]
fn a_product_rule_takes_its_items_and_the_general_rule_the_rest() {
    let mut product = percent_rule(1, 500_000);
    product.scope.product_id = Some("course".into());
    let rules = [product, percent_rule(2, 100_000)];
    let items = vec![
        item("book", 33_33),
        item("course", 33_33),
        item("pen", 3_34),
        item("course", 30_00),
    ];
    let event = Event {
        tax: 10_00,
        shipping: 5_00,
        items,
        ..sale(100_00, "USD")
    };
    let computation = World::default().run(&event, &rules).unwrap();
    // Tax: 333.3, 333.3, 33.4, 300 → 333, 333, 34, 300 by largest remainder; shipping: 166.65, 166.65, 16.7, 150 → 167, 166, 17, 150.
    let net = |gross: i64, tax: i64, shipping: i64| gross - tax - shipping;
    let course = net(33_33 + 30_00, 333 + 300, 166 + 150);
    let rest = net(33_33 + 3_34, 333 + 34, 167 + 17);
    assert_eq!(
        computation
            .lines
            .iter()
            .map(|line| (line.rule_id.uuid().as_u128(), line.base))
            .collect::<Vec<_>>(),
        [(2, rest), (1, course)]
    );
    assert_eq!(course + rest, 85_00);
    assert_eq!(
        computation.lines[1].explanation.products,
        ["course", "course"]
    );
}

#[test]
fn items_are_summed_before_rounding() {
    let event = Event {
        items: vec![item("a", 4), item("b", 4), item("c", 4)],
        ..sale(12, "USD")
    };
    assert_eq!(
        lines(&event, &[percent_rule(1, 100_000)]),
        [(1, 0, 1)],
        "1.2, not three times 0.4"
    );
}

#[test]
fn figures_that_do_not_fit_are_refused() {
    let run = |event: Event| {
        World::default()
            .run(&event, &[percent_rule(1, 200_000)])
            .unwrap_err()
    };
    assert_eq!(
        run(Event {
            items: vec![item("a", 1)],
            ..sale(2, "USD")
        }),
        EventError::ItemsDoNotAddUp {
            items: 1,
            amount: 2
        }
    );
    assert_eq!(
        run(Event {
            tax: 2,
            shipping: 1,
            ..sale(2, "USD")
        }),
        EventError::TaxAndShippingExceedAmount
    );
    assert_eq!(run(sale(-1, "USD")), EventError::Negative);
    assert_eq!(
        run(Event {
            tax: -1,
            ..sale(2, "USD")
        }),
        EventError::Negative
    );
    assert_eq!(
        run(Event {
            items: vec![item("a", 3), item("b", -1)],
            ..sale(2, "USD")
        }),
        EventError::Negative
    );
    assert!(matches!(
        run(Event {
            items: vec![item("a", i64::MAX), item("b", 1)],
            ..sale(2, "USD")
        }),
        EventError::TooLarge(_)
    ));
    assert!(
        World::default()
            .run(&sale(i64::MAX, "USD"), &[percent_rule(1, 1_000_000)])
            .is_ok()
    );
}

proptest! {
    #[test]
    fn spread_items_add_up(
        amounts in prop::collection::vec(0i64..10_000, 1..8),
        tax_percent in 0i64..=100,
        shipping_percent in 0i64..=100,
    ) {
        let amount: i64 = amounts.iter().sum();
        let tax = amount * tax_percent / 100;
        let shipping = (amount - tax) * shipping_percent / 100;
        let items = amounts.iter().map(|amount| item("p", *amount)).collect();
        let event = Event { tax, shipping, items, ..sale(amount, "USD") };
        let parts = crate::commission::select::parts(&event).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.tax).sum::<i64>(), tax);
        prop_assert_eq!(parts.iter().map(|part| part.shipping).sum::<i64>(), shipping);
        prop_assert!(parts.iter().all(|part| part.gross - part.tax - part.shipping >= 0 && part.tax >= 0 && part.shipping >= 0));
    }

    #[test]
    fn one_graduated_sale_pays_like_its_parts(revenue in 0i64..200_000, amount in 0i64..200_000) {
        // Bands of 10 % and 20 % from 1000.00: the whole's unrounded sum is that of its parts.
        let world = with_revenue(revenue);
        let paid: i64 = world.lines(&sale(amount, "USD"), &[tiers(TierMode::Graduated)]).iter().map(|line| line.2).sum();
        let low = (100_000 - revenue).clamp(0, amount);
        let exact = low * 10 + (amount - low) * 20;
        prop_assert!((paid * 100 - exact).abs() <= 50);
    }
}
