//! Back-tests: a replay under the rules that were is what was booked, a draft is what it would have been, and
//! nothing is written.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use domain::rule::Rule;
use domain::status::Model;
use domain::time::{DAY_MS, Day, UnixMs};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use service::programme::back_test::{self, Plan, Report};
use service::programme::rule;
use testkit::{Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

fn plan() -> Plan {
    let day = |text: &str| Day::parse(text).expect("a day");
    Plan {
        from: day("2026-11-01"),
        to: day("2027-02-28"),
        campaign: None,
        draft: None,
        model: None,
    }
}

async fn run(test: &TestApp, shop: &Shop<'_>, plan: &Plan) -> Report {
    back_test::run(&test.app, &shop.system(), plan, &())
        .await
        .expect("a report")
}

/// Then, now and the events changed, in dollars.
fn dollars(report: &Report) -> (i64, i64, u64) {
    let usd = "USD".parse().expect("a currency");
    let sum = report.totals.get(&usd).copied().unwrap_or_default();
    (sum.then, sum.now, sum.changed)
}

/// The newest version of a rule with another part.
async fn draft(shop: &Shop<'_>, of: &Value, change: impl Fn(&mut Rule)) -> Rule {
    let mut work = shop.work().await;
    let mut rule = rule::get(&mut work, id(of).parse().expect("an id"))
        .await
        .expect("a rule")
        .rule;
    change(&mut rule);
    rule
}

fn sale(external: &str, customer: &str, code: &str, amount: i64) -> Value {
    json!({"external_id": external, "customer_external_id": customer, "amount": amount, "currency": "USD", "code": code})
}

both_engines! {
    async fn a_draft_is_what_it_would_have_been(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, joe) = (shop.affiliate("Maria").await, shop.affiliate("Joe").await);
        let (spring, autumn) = (shop.campaign("Spring").await, shop.campaign("Autumn").await);
        shop.partnership(&spring, &maria, "maria").await;
        shop.partnership(&autumn, &joe, "joe").await;
        let default = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        for (number, code) in ["maria", "maria", "joe", "maria"].iter().enumerate() {
            test.clock.advance_ms(1000);
            shop.made("/track/sale", sale(&format!("s{number}"), &format!("{code}{number}"), code, 100_00)).await;
        }
        shop.made("/track/refund", json!({"external_id": "r1", "sale_external_id": "s1", "amount": 50_00})).await;
        let before = test.db.raw().await.contents().await;

        let as_it_was = run(&test, &shop, &plan()).await;
        assert_eq!((as_it_was.events, as_it_was.changed, as_it_was.from_today), (4, 0, 0));
        assert_eq!(dollars(&as_it_was), (70_00, 70_00, 0), "half of one was given back");

        let more = draft(&shop, &default, |rule| rule.reward = domain::rule::Reward::PercentPpm(300_000)).await;
        let report = run(&test, &shop, &Plan { draft: Some(more.clone()), ..plan() }).await;
        assert_eq!(dollars(&report), (70_00, 105_00, 4));
        let by_name: Vec<(&str, i64)> = report.affiliates.iter().map(|((who, _), sum)| (report.names[who].as_str(), sum.difference())).collect();
        assert!(by_name.contains(&("Maria", 25_00)) && by_name.contains(&("Joe", 10_00)), "{by_name:?}");
        let biggest = &report.changes[0];
        assert_eq!((biggest.then, biggest.now), (20_00, 30_00));
        assert_eq!((biggest.then_reason.as_str(), biggest.now_reason.as_str()), ("20 % of 100.00 USD = 20.00 USD", "30 % of 100.00 USD = 30.00 USD"));
        let of_spring = Plan { draft: Some(more), campaign: id(&spring).parse().ok(), ..plan() };
        assert_eq!(dollars(&run(&test, &shop, &of_spring).await), (50_00, 75_00, 3));

        // A new rule, closer than the default, with tiers that the replay itself fills.
        let tiers = json!({"id": "rul_01h455vb4pex5vsknk084sn02q", "version": 1, "scope": {"campaign_id": spring["id"]}, "trigger": {"on": "sale"},
            "reward": {"tiers": {"metric": "conversions", "period": "month", "mode": "volume", "bands": [{"from": 0, "percent_ppm": 100_000}, {"from": 2, "percent_ppm": 500_000}]}},
            "base": "net", "recurrence": {"every": true}, "caps": {}, "levels": [], "hold_days": 0, "auto_approve": false,
            "effective_from": "2026-01-01T00:00:00.000Z", "created_at": "2026-01-01T00:00:00.000Z"});
        let tiers: Rule = serde_json::from_value(tiers).unwrap();
        let report = run(&test, &shop, &Plan { draft: Some(tiers), ..plan() }).await;
        // 10.00, half of 10.00, Joe's own 20.00, 50.00.
        assert_eq!(dollars(&report), (70_00, 85_00, 3));
        assert_eq!(test.db.raw().await.contents().await, before, "nothing is written");
    }

    async fn another_model_credits_another_click(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, joe) = (shop.affiliate("Maria").await, shop.affiliate("Joe").await);
        let spring = shop.campaign("Spring").await;
        shop.partnership(&spring, &maria, "maria").await;
        shop.partnership(&spring, &joe, "joe").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
        let first = shop.made("/track/click", json!({"code": "maria", "user_agent": agent})).await;
        test.clock.advance_ms(60_000);
        shop.made("/track/click", json!({"code": "joe", "user_agent": agent, "visitor_id": first["visitor_id"]})).await;
        test.clock.advance_ms(60_000);
        let sale = |external: &str| json!({"external_id": external, "customer_external_id": "u1", "amount": 100_00, "currency": "USD", "visitor_id": first["visitor_id"]});
        let sold = shop.made("/track/sale", sale("s1")).await;
        assert_eq!(sold["commissions"][0]["affiliate_id"], joe["id"]);
        test.clock.advance_ms(60_000);
        // The second is Joe's by the binding, and would be Maria's by the binding of the replay.
        shop.made("/track/sale", sale("s2")).await;
        let before = test.db.raw().await.contents().await;
        let last = run(&test, &shop, &Plan { model: Some(Model::LastClick), ..plan() }).await;
        assert_eq!((last.changed, dollars(&last)), (0, (40_00, 40_00, 0)));
        let report = run(&test, &shop, &Plan { model: Some(Model::FirstClick), ..plan() }).await;
        assert_eq!((report.changed, dollars(&report)), (2, (40_00, 40_00, 2)));
        let differences: Vec<(&str, i64)> = report.affiliates.iter().map(|((who, _), sum)| (report.names[who].as_str(), sum.difference())).collect();
        assert!(differences.contains(&("Maria", 40_00)) && differences.contains(&("Joe", -40_00)), "{differences:?}");
        assert!(report.changes.iter().any(|change| change.now_reason == "another affiliate would be credited"));
        assert_eq!(test.db.raw().await.contents().await, before, "nothing is written");
    }
}

/// One act of a history.
#[derive(Debug, Clone)]
enum Act {
    Sale {
        who: usize,
        customer: usize,
        amount: i64,
        currency: usize,
        days_ago: i64,
        item: bool,
    },
    Lead {
        who: usize,
        customer: usize,
    },
    Refund {
        sale: usize,
        share: i64,
    },
    Reject {
        sale: usize,
    },
    Change {
        rule: usize,
        ppm: i64,
    },
    Suspend {
        who: usize,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..3_usize, 0..5_usize, 0_i64..300_00, 0..3_usize, 0_i64..12, any::<bool>())
            .prop_map(|(who, customer, amount, currency, days_ago, item)| Act::Sale { who, customer, amount, currency, days_ago, item }),
        2 => (0..3_usize, 0..5_usize).prop_map(|(who, customer)| Act::Lead { who, customer }),
        3 => (any::<prop::sample::Index>(), 1_i64..=100).prop_map(|(sale, share)| Act::Refund { sale: sale.index(1000), share }),
        1 => any::<prop::sample::Index>().prop_map(|sale| Act::Reject { sale: sale.index(1000) }),
        2 => (0..4_usize, 1_i64..=500_000).prop_map(|(rule, ppm)| Act::Change { rule, ppm }),
        1 => (0..3_usize).prop_map(|who| Act::Suspend { who }),
    ]
}

both_engines! {
    /// Random histories with tiers, caps, levels, conditions, refunds, rejections and changes of rules.
    async fn a_replay_of_what_was_is_what_was_booked(test: TestApp) {
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[17; 32]));
        for round in 0..4 {
            let shop = test.business(&format!("Shop {round}")).await;
            let campaign = shop.campaign("Spring").await;
            let mut people = Vec::new();
            for name in ["Ada", "Ben", "Cleo"] {
                let person = shop.affiliate(name).await;
                shop.partnership(&campaign, &person, &format!("{}{round}", name.to_lowercase())).await;
                people.push(person);
            }
            for (child, parent) in [(1, 0), (2, 1)] {
                shop.api().patch(&format!("/affiliates/{}", id(&people[child])), json!({"parent_id": people[parent]["id"]})).await.expect(200);
            }
            let bands = |metric: &str, period: &str, mode: &str, second: i64| json!({"tiers": {"metric": metric, "period": period, "mode": mode, "bands": [{"from": 0, "percent_ppm": 0}, {"from": second, "percent_ppm": 250_000}]}});
            let mut rules = Vec::new();
            for body in [
                json!({"reward": bands("conversions", "month", "volume", 2), "caps": {"per_affiliate_month": 120_00}, "levels": [{"ppm": 100_000, "of": "below"}, {"ppm": 10_000, "of": "base"}]}),
                json!({"scope": {"affiliate_id": people[2]["id"]}, "reward": bands("revenue", "lifetime", "graduated", 200_00), "recurrence": {"first": 3}}),
                json!({"scope": {"product_id": "pro"}, "reward": {"percent_ppm": 300_000}, "caps": {"per_customer": 60_00}, "conditions": {"any": [{"field": "affiliate_revenue", "op": "gte", "value": 100_00}, {"field": "customer", "op": "is", "value": "new"}]}}),
                json!({"trigger": {"on": "lead"}, "reward": {"fixed": {"amount": 3_00, "currency": "EUR"}}, "recurrence": {"first": 1}}),
            ] {
                rules.push(shop.made("/rules", body).await);
            }
            let acts = prop::collection::vec(act(), 40..60).new_tree(&mut runner).expect("a history").current();
            let mut sales: Vec<String> = Vec::new();
            for (number, act) in acts.iter().enumerate() {
                test.clock.advance_ms(3 * 3_600_000 + 1);
                play(&test, &shop, &people, &rules, round, number, act, &mut sales).await;
            }
            let before = test.db.raw().await.contents().await;
            let report = run(&test, &shop, &plan()).await;
            assert!(report.events > 0, "{report:?}");
            assert_eq!((report.changed, &report.changes[..], report.from_today), (0, &[][..], 0), "round {round}: {acts:#?}");
            for sum in report.totals.values() {
                assert_eq!(sum.then, sum.now);
            }
            // A draft that says what the newest version says, of a rule that never changed, changes nothing either.
            let same = draft(&shop, &rules[3], |_| ()).await;
            if same.version == 1 {
                let report = run(&test, &shop, &Plan { draft: Some(same), ..plan() }).await;
                assert_eq!(report.changed, 0, "round {round}");
            }
            assert_eq!(test.db.raw().await.contents().await, before, "nothing is written");
        }
    }
}

async fn play(
    test: &TestApp,
    shop: &Shop<'_>,
    people: &[Value],
    rules: &[Value],
    round: usize,
    number: usize,
    act: &Act,
    sales: &mut Vec<String>,
) {
    let code = |who: usize| format!("{}{round}", ["ada", "ben", "cleo"][who]);
    let api = shop.api();
    match act {
        Act::Sale {
            who,
            customer,
            amount,
            currency,
            days_ago,
            item,
        } => {
            let external = format!("s{number}");
            let money = ["USD", "EUR", "JPY"][*currency];
            let mut body = json!({"external_id": external, "customer_external_id": format!("u{customer}"), "amount": amount,
                "currency": money, "tax": amount / 7, "code": code(*who),
                "occurred_at": UnixMs(test.app.now().0 - days_ago * DAY_MS).rfc3339()});
            if *item {
                body["items"] = json!([{"product_id": "pro", "amount": amount / 3}, {"product_id": "basic", "amount": amount - amount / 3}]);
            }
            api.post("/track/sale", body).await.expect(201);
            sales.push(external);
        }
        Act::Lead { who, customer } => {
            let body = json!({"external_id": format!("l{number}"), "customer": {"external_id": format!("u{customer}")}, "code": code(*who)});
            api.post("/track/lead", body).await.expect(201);
        }
        Act::Refund { sale, share } if !sales.is_empty() => {
            let sale = &sales[sale % sales.len()];
            let found = api
                .get(&format!("/events?external_id={sale}"))
                .await
                .expect(200)
                .json();
            let amount = found["data"][0]["amount"].as_i64().unwrap_or(0) * share / 100;
            // More than is left is refused, and that is fine here.
            api.post("/track/refund", json!({"external_id": format!("r{number}"), "sale_external_id": sale, "amount": amount})).await;
        }
        Act::Reject { sale } if !sales.is_empty() => {
            let sale = &sales[sale % sales.len()];
            let found = api
                .get(&format!("/events?external_id={sale}"))
                .await
                .expect(200)
                .json();
            if let Some(referral) = found["data"][0]["referral_id"].as_str() {
                api.post(
                    &format!("/referrals/{referral}/reject"),
                    json!({"note": "a test"}),
                )
                .await;
            }
        }
        Act::Refund { .. } | Act::Reject { .. } => {}
        Act::Change { rule, ppm } => {
            let path = format!("/rules/{}", id(&rules[*rule]));
            let patch = match rule {
                0 => json!({"caps": {"per_affiliate_month": ppm / 20 + 1}}),
                1 => json!({"recurrence": {"first": ppm % 7 + 1}}),
                2 => json!({"reward": {"percent_ppm": ppm}}),
                _ => json!({"hold_days": ppm % 30}),
            };
            api.patch(&path, patch).await.expect(200);
        }
        Act::Suspend { who } => {
            let path = format!("/affiliates/{}", id(&people[*who]));
            let now = api.get(&path).await.expect(200).json();
            let status = if now["status"] == "approved" {
                "suspended"
            } else {
                "approved"
            };
            api.post(&format!("{path}/status"), json!({"status": status}))
                .await
                .expect(200);
        }
    }
}
