//! Rules: versions, what is in force when, inputs and pages.

use domain::rule::Reward;
use domain::status::TriggerOn;
use domain::time::{DAY_MS, UnixMs};
use serde_json::{Value, json};
use service::programme::event::{self, CustomerIn, Hints, TrackSale};
use service::programme::rule::{self, RulePatch};
use service::store::list::Window;
use testkit::{START, Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// The rewards in force at a time, as the public JSON.
async fn in_force(shop: &Shop<'_>, at: UnixMs) -> Vec<Value> {
    let mut work = shop.work().await;
    rule::versions_in_force(&mut work, at, Some(TriggerOn::Sale))
        .await
        .unwrap()
        .iter()
        .map(|version| serde_json::to_value(&version.rule.reward).unwrap())
        .collect()
}

both_engines! {
    async fn a_rule_has_versions_and_the_past_stays(test: TestApp) {
        let shop = test.business("Northwind").await;
        let made = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        assert_eq!((made["version"].as_i64(), &made["scope"], &made["base"], made["hold_days"].as_i64(), &made["auto_approve"]), (Some(1), &json!({}), &json!("net"), Some(0), &json!(false)));
        assert_eq!((&made["trigger"], &made["recurrence"], &made["active"]), (&json!({"on": "sale"}), &json!({"every": true}), &json!(true)));
        let path = format!("/rules/{}", id(&made));
        assert_eq!(in_force(&shop, UnixMs(START.0 - 1)).await, Vec::<Value>::new());
        assert_eq!(in_force(&shop, START).await, [json!({"percent_ppm": 200_000})]);

        test.clock.advance_ms(DAY_MS);
        let second = shop.api().patch(&path, json!({"reward": {"percent_ppm": 300_000}, "hold_days": 30})).await.expect(200).json();
        assert_eq!((second["version"].as_i64(), second["hold_days"].as_i64()), (Some(2), Some(30)));
        assert_eq!(in_force(&shop, START).await, [json!({"percent_ppm": 200_000})], "an event uses the version of its own time");
        assert_eq!(in_force(&shop, test.app.now()).await, [json!({"percent_ppm": 300_000})]);
        let same = shop.api().patch(&path, json!({"hold_days": 30})).await.expect(200).json();
        assert_eq!(same["version"], 2, "a version that says the same is not made");

        let later = test.app.now().plus_ms(DAY_MS);
        shop.api().patch(&path, json!({"active": false, "effective_from": later})).await.expect(200);
        assert_eq!(in_force(&shop, test.app.now()).await.len(), 1);
        assert_eq!(in_force(&shop, later).await.len(), 0);
        let early = shop.api().patch(&path, json!({"hold_days": 1, "effective_from": test.app.now()})).await.expect(422);
        assert_eq!(early.wrong_fields(), ["effective_from"]);
        let versions = shop.api().get(&format!("{path}/versions")).await.expect(200).json();
        let numbers: Vec<i64> = versions["data"].as_array().unwrap().iter().map(|version| version["version"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let newest = shop.api().get(&path).await.expect(200).json();
        assert_eq!((newest["version"].as_i64(), &newest["active"], &newest["created_at"]), (Some(3), &json!(false), &made["created_at"]));
        assert_eq!(shop.api().get("/rules").await.expect(200).json()["data"].as_array().unwrap().len(), 1);
        assert_eq!(shop.api().get("/rules?active=true").await.expect(200).json()["data"].as_array().unwrap().len(), 0);
    }

    async fn each_sale_is_decided_by_the_versions_of_its_time(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, spring) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&spring, &maria, "maria").await;
        let mut sold = 0;
        let mut paid = async |at: UnixMs| {
            sold += 1;
            let sale = json!({"external_id": format!("s{sold}"), "customer_external_id": format!("u{sold}"), "amount": 100_00, "currency": "USD",
                "code": "maria", "occurred_at": at});
            let sale = shop.made("/track/sale", sale).await;
            let amounts: Vec<i64> = sale["commissions"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect();
            amounts
        };
        let rule = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        let path = format!("/rules/{}", id(&rule));
        assert_eq!(paid(START).await, [20_00]);
        test.clock.advance_ms(1_000);
        assert_eq!(paid(START).await, [20_00]);

        let now = test.app.now();
        shop.api().patch(&path, json!({"reward": {"percent_ppm": 300_000}})).await.expect(200);
        assert_eq!(paid(now).await, [30_00], "a version of this millisecond");
        assert_eq!(paid(START).await, [20_00], "the version of the sale's own time");
        test.clock.advance_ms(1_000);
        assert_eq!((paid(now).await, paid(START).await), (vec![30_00], vec![20_00]));

        shop.made("/rules", json!({"reward": {"percent_ppm": 500_000}, "scope": {"affiliate_id": maria["id"]}})).await;
        assert_eq!(paid(test.app.now()).await, [50_00]);
        let patch = |ppm| RulePatch { reward: Some(Reward::PercentPpm(ppm)), ..RulePatch::default() };
        let mut work = shop.work().await;
        let closer = rule::list(&mut work, &rule::Filter::default(), Window::all(rule::BY_AGE)).await.unwrap().remove(0).rule.id;
        rule::change(&mut work, closer, patch(600_000)).await.unwrap();
        let inside = TrackSale {
            external_id: "inside".to_owned(),
            customer: CustomerIn { external_id: "inside".to_owned(), ..CustomerIn::default() },
            amount: 100_00,
            currency: "USD".parse().unwrap(),
            tax: 0,
            shipping: 0,
            items: Vec::new(),
            event: None,
            hints: Hints { code: Some("maria".to_owned()), ..Hints::default() },
            occurred_at: None,
            metadata: None,
        };
        assert_eq!(event::sale(&mut work, "api", inside).await.unwrap().commissions[0].amount, 60_00);
        drop(work);
        assert_eq!(paid(test.app.now()).await, [50_00], "what was given up is forgotten");
        let beside = test.beside(7).await;
        let mut work = beside.begin(&shop.system()).await.unwrap();
        rule::change(&mut work, closer, patch(700_000)).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(paid(test.app.now()).await, [70_00], "a version that another process made");

        let broken = format!("update rule set reward = 'unreadable' where business_id = {} and version = 1 and reward like '%200000%'", shop.id.as_i64());
        test.db.raw().await.execute(&broken).await.unwrap();
        shop.api().patch(&format!("/rules/{closer}"), json!({"hold_days": 7})).await.expect(200);
        assert_eq!(paid(test.app.now()).await, [70_00], "what is not in force needs not be readable");
        assert_eq!(paid(now).await, [30_00]);
        let mended = r#"update rule set reward = '{"percent_ppm":200000}' where reward = 'unreadable'"#;
        test.db.raw().await.execute(mended).await.unwrap();

        let (later, lead) = (test.app.now().plus_ms(1_000), json!({"reward": {"fixed": {"amount": 5_00, "currency": "USD"}}, "trigger": {"on": "lead"}}));
        shop.made("/rules", lead).await;
        shop.api().patch(&path, json!({"active": false, "effective_from": later})).await.expect(200);
        let other = test.business("Southwind").await;
        other.made("/rules", json!({"reward": {"percent_ppm": 900_000}})).await;
        test.clock.advance_ms(2_000);
        assert_eq!(paid(now).await, [30_00], "on at the sale's own time, and the closer one was not made for it yet");
        assert_eq!(paid(test.app.now()).await, [70_00]);
        shop.api().patch(&format!("/rules/{closer}"), json!({"active": false})).await.expect(200);
        assert_eq!(paid(test.app.now()).await, Vec::<i64>::new(), "both are off, and the one for leads is not for sales");
    }

    async fn every_part_of_a_rule_is_kept(test: TestApp) {
        let shop = test.business("Northwind").await;
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        let (campaign, maria) = (shop.campaign("Spring").await, shop.affiliate("Maria").await);
        let body = json!({
            "name": "Big", "scope": {"group_id": group["id"], "campaign_id": campaign["id"], "product_id": "pro", "affiliate_id": maria["id"]},
            "trigger": {"on": "sale", "event": "purchase"},
            "conditions": {"all": [{"field": "amount", "op": "gte", "value": 1000}, {"any": [{"field": "currency", "op": "is", "value": "USD"}]}]},
            "reward": {"tiers": {"metric": "revenue", "period": "month", "mode": "graduated", "bands": [{"from": 0, "percent_ppm": 100_000}, {"from": 100_000, "percent_ppm": 200_000}]}},
            "base": "gross", "recurrence": {"months": 12}, "caps": {"per_event": 5000}, "levels": [{"ppm": 50_000, "of": "base"}],
            "hold_days": 14, "auto_approve": true, "effective_from": "2026-11-01T00:00:00.000Z",
        });
        let made = shop.made("/rules", body.clone()).await;
        for (key, value) in body.as_object().unwrap() {
            assert_eq!(&made[key], value, "{key}");
        }
        assert_eq!(shop.api().get(&format!("/rules/{}", id(&made))).await.expect(200).json(), made);
        for filter in [format!("campaign_id={}", id(&campaign)), format!("group_id={}", id(&group)), format!("affiliate_id={}", id(&maria))] {
            assert_eq!(shop.api().get(&format!("/rules?{filter}")).await.expect(200).json()["data"][0]["id"], made["id"]);
        }
        let cleared = shop.api().patch(&format!("/rules/{}", id(&made)), json!({"conditions": null, "reward": {"fixed": {"amount": 500, "currency": "EUR"}}})).await.expect(200).json();
        assert_eq!((&cleared["conditions"], &cleared["reward"]), (&Value::Null, &json!({"fixed": {"amount": 500, "currency": "EUR"}})));
    }

    async fn bad_rules_are_refused_by_field(test: TestApp) {
        let (shop, other) = (test.business("Northwind").await, test.business("Southwind").await);
        let (campaign, affiliate) = (other.campaign("Spring").await, other.affiliate("Joe").await);
        let group = other.made("/groups", json!({"name": "VIP"})).await;
        for (field, body) in [
            ("reward.percent_ppm", json!({"reward": {"percent_ppm": 0}})),
            ("reward.percent_ppm", json!({"reward": {"percent_ppm": 1_000_001}})),
            ("reward.fixed.amount", json!({"reward": {"fixed": {"amount": -1, "currency": "USD"}}})),
            ("scope.campaign_id", json!({"reward": {"percent_ppm": 1}, "scope": {"campaign_id": campaign["id"]}})),
            ("scope.affiliate_id", json!({"reward": {"percent_ppm": 1}, "scope": {"affiliate_id": affiliate["id"]}})),
            ("scope.group_id", json!({"reward": {"percent_ppm": 1}, "scope": {"group_id": group["id"]}})),
            ("hold_days", json!({"reward": {"percent_ppm": 1}, "hold_days": -1})),
            ("hold_days", json!({"reward": {"percent_ppm": 1}, "hold_days": 366})),
            ("recurrence.first", json!({"reward": {"percent_ppm": 1}, "recurrence": {"first": 0}})),
            ("scope.product_id", json!({"reward": {"percent_ppm": 1}, "scope": {"product_id": " "}})),
        ] {
            let answer = shop.api().post("/rules", body.clone()).await.expect(422);
            assert!(answer.wrong_fields().iter().any(|wrong| wrong == field), "{body}: {:?}", answer.wrong_fields());
        }
        for body in [
            json!({}),
            json!({"reward": {}}),
            json!({"reward": {"percent_ppm": 1, "fixed": {"amount": 1, "currency": "USD"}}}),
            json!({"reward": {"percent": 20}}),
            json!({"reward": {"fixed": {"amount": 1, "currency": "XXX"}}}),
            json!({"reward": {"percent_ppm": 1}, "scope": {"campaign": "x"}}),
            json!({"reward": {"percent_ppm": 1}, "trigger": {"on": "visit"}}),
            json!({"reward": {"percent_ppm": 1}, "base": "half"}),
            json!({"reward": {"percent_ppm": 1}, "bonus": 1}),
            json!({"reward": {"percent_ppm": 1.5}}),
        ] {
            let answer = shop.api().post("/rules", body.clone()).await.expect(422);
            assert!(!answer.wrong_fields().is_empty(), "{body}");
        }
        assert_eq!(shop.api().get("/rules").await.expect(200).json()["data"], json!([]));
        let own = other.made("/rules", json!({"reward": {"percent_ppm": 1}})).await;
        let path = format!("/rules/{}", id(&own));
        shop.api().get(&path).await.expect(404);
        shop.api().get(&format!("{path}/versions")).await.expect(404);
        shop.api().patch(&path, json!({"hold_days": 1})).await.expect(404);
        let mut browser = shop.browser().await;
        browser.get(&format!("/admin{path}")).await.expect(404);
        browser.get(&format!("/admin{path}/edit")).await.expect(404);
        browser.visit("/admin/rules").await.expect(200);
        browser.post(&format!("/admin{path}/active"), &[("active", "false")]).await.expect(404);
    }

    async fn the_pages_say_rules_as_sentences(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let page = browser.visit("/admin/rules").await.expect(200).text();
        assert!(page.contains("There is no default rule") && page.contains("never retroactive"));
        let maria = shop.affiliate("Maria Lopez").await;
        let campaign = shop.campaign("Spring").await;
        browser.visit(&format!("/admin/rules/new?campaign={}&affiliate={}", id(&campaign), id(&maria))).await.expect(200);
        let mut fields = vec![
            ("group_id", ""), ("campaign_id", ""), ("affiliate", ""), ("product_id", ""), ("on", "sale"), ("event", ""), ("recurrence", "every"), ("recurrence_count", ""),
            ("reward", "percent"), ("percent", "120"), ("amount", ""), ("currency", "USD"), ("base", "net"), ("hold_days", "0"), ("effective_on", ""), ("name", ""),
        ];
        assert!(browser.post("/admin/rules/new", &fields).await.expect(422).text().contains("up to 100"));
        fields[9].1 = "20";
        browser.post("/admin/rules/new", &fields).await.expect(303);
        let page = browser.visit("/admin/rules").await.expect(200).text();
        assert!(page.contains("20 % of net") && page.contains("In force") && !page.contains("There is no default rule"), "{page}");

        fields[2].1 = "nobody@example.com";
        assert!(browser.post("/admin/rules/new", &fields).await.expect(422).text().contains("No affiliate has this address"));
        let email = maria["email"].as_str().unwrap().to_owned();
        fields[2].1 = &email;
        fields[1].1 = id(&campaign);
        fields[8].1 = "fixed";
        fields[10].1 = "25.00";
        fields[14].1 = "2026-12-01";
        browser.post("/admin/rules/new", &fields).await.expect(303);
        let page = browser.visit("/admin/rules").await.expect(200).text();
        assert!(page.contains("Affiliate in a campaign") && page.contains("$25.00") && page.contains("From 1 Dec 2026"), "{page}");
        assert!(browser.visit(&format!("/admin/campaigns/{}", id(&campaign))).await.text().contains("20 % of net"));

        let rules = shop.api().get("/rules").await.json();
        let default = rules["data"].as_array().unwrap().iter().find(|rule| rule["scope"] == json!({})).unwrap().clone();
        let path = format!("/admin/rules/{}", id(&default));
        assert!(browser.visit(&format!("{path}/edit")).await.expect(200).text().contains("value=\"20\""));
        (fields[1].1, fields[2].1, fields[8].1, fields[9].1, fields[14].1) = ("", "", "percent", "25", "");
        test.clock.advance_ms(1000);
        browser.post(&format!("{path}/edit"), &fields).await.expect(303);
        let page = browser.visit(&path).await.expect(200).text();
        assert!(page.contains("Version 2: 25 % of net") && page.contains("Version 1: 20 % of net"), "{page}");
        browser.post(&format!("{path}/active"), &[("active", "false")]).await.expect(303);
        let page = browser.visit("/admin/rules").await.expect(200).text();
        assert!(page.contains("There is no default rule") && page.contains("Off"), "{page}");
    }
}
