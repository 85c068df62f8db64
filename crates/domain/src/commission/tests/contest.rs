//! Which rule wins and why.

use super::*;

#[test]
fn every_rule_is_told_why() {
    let mut own = percent_rule(1, 100_000);
    own.scope.affiliate_id = Some(affiliate(1));
    own.conditions = serde_json::from_str(
        r#"{"all":[{"field":"amount","op":"gte","value":5000},{"field":"coupon","op":"is","value":"X"}]}"#,
    )
    .ok();
    let mut group_low = percent_rule(2, 200_000);
    group_low.scope.group_id = Some(Uuid::from_u128(10).into());
    let mut group_high = percent_rule(3, 300_000);
    group_high.scope.group_id = Some(Uuid::from_u128(10).into());
    let default = percent_rule(4, 900_000);
    let mut lead = rule(5, fixed(5_00, "USD"));
    lead.trigger.on = TriggerOn::Lead;
    let mut other = percent_rule(6, 500_000);
    other.scope.affiliate_id = Some(affiliate(2));
    let mut product = percent_rule(7, 500_000);
    product.scope.product_id = Some("pro".into());

    let rules = [own, group_low, group_high, default, lead, other, product];
    let rules: Vec<&Rule> = rules.iter().collect();
    let event = sale(100_00, "USD");
    let earner = Earner {
        affiliate_id: affiliate(1),
        group_id: Some(Uuid::from_u128(10).into()),
        campaign_id: Uuid::from_u128(20).into(),
        country: None,
        tags: Vec::new(),
        conversions: None,
        revenue: None,
    };
    let input = Input {
        event: &event,
        customer: &Customer::default(),
        earner: &earner,
        upline: &[],
        rules: &rules,
        history: &BTreeMap::new(),
        zone: &TimeZone::UTC,
    };
    let contenders = contest(&input, currency("USD")).unwrap();
    let seen: Vec<(u128, Outcome, Vec<i64>)> = contenders
        .iter()
        .map(|c| {
            let offers = c.offers.iter().map(|offer| offer.amount).collect();
            (c.rule.id.uuid().as_u128(), c.outcome, offers)
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1, Outcome::ConditionsFail, vec![]),
            (6, Outcome::OtherScope, vec![]),
            (7, Outcome::OtherProduct, vec![]),
            (2, Outcome::Outbid, vec![20_00]),
            (3, Outcome::Won, vec![30_00]),
            (4, Outcome::Farther, vec![]),
            (5, Outcome::OtherEvent, vec![]),
        ]
    );
    assert_eq!(
        contenders[0].tests,
        [
            ("amount ≥ $50.00".to_owned(), true),
            ("coupon is X".to_owned(), false)
        ]
    );
}

proptest! {
    /// What the page says and what the computation does are the same.
    #[test]
    fn the_winner_is_the_one_that_pays(
        ppms in proptest::collection::vec((1_i64..=1_000_000, 0_u8..4, 0_u8..3), 1..8),
        amount in 0_i64..1_000_000,
    ) {
        let rules: Vec<Rule> = ppms.iter().enumerate().map(|(index, (ppm, scope, capped))| {
            let mut rule = percent_rule(u128::try_from(index).unwrap() + 1, *ppm);
            rule.scope.group_id = (scope & 1 != 0).then(|| Uuid::from_u128(10).into());
            rule.scope.campaign_id = (scope & 2 != 0).then(|| Uuid::from_u128(20).into());
            rule.caps.per_event = (*capped == 0).then_some(10_00);
            rule
        }).collect();
        let event = sale(amount, "USD");
        let world = World::default();
        let lines = world.lines(&event, &rules);
        let earner = Earner {
            affiliate_id: affiliate(1), group_id: Some(Uuid::from_u128(10).into()), campaign_id: Uuid::from_u128(20).into(),
            country: None, tags: Vec::new(), conversions: None, revenue: None,
        };
        let (refs, zone): (Vec<&Rule>, _) = (rules.iter().collect(), TimeZone::UTC);
        let contenders = contest(&Input {
            event: &event, customer: &world.customer, earner: &earner, upline: &[], rules: &refs, history: &world.history, zone: &zone,
        }, currency("USD")).unwrap();
        let won: Vec<(u128, i64, i64)> = contenders.iter().filter(|c| c.outcome == Outcome::Won).flat_map(|c| {
            c.offers.iter().filter(|offer| offer.won && offer.amount > 0).map(|offer| (c.rule.id.uuid().as_u128(), 0, offer.amount))
        }).collect();
        prop_assert_eq!(won, lines);
    }
}
