//! Pay for clicks as programs, staff and affiliates see it.

use serde_json::{Value, json};
use service::Work;
use service::programme::click_pay;
use testkit::{Shop, TestApp, both_engines};

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// A rule for clicks, 5 cents each, with other parts.
fn rule(more: &Value) -> Value {
    let mut body =
        json!({"trigger": {"on": "click"}, "reward": {"fixed": {"amount": 5, "currency": "USD"}}});
    for (name, value) in more.as_object().expect("parts") {
        body[name] = value.clone();
    }
    body
}

/// The form of a rule for clicks, 5 cents each, with other fields.
fn form<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("on", "click"),
        ("recurrence", "every"),
        ("reward", "fixed"),
        ("amount", "0.05"),
        ("currency", "USD"),
        ("base", "net"),
        ("hold_days", "0"),
        ("act", "save"),
    ];
    let mut fields: Vec<(&str, &str)> = other.to_vec();
    for (name, value) in usual {
        if !fields.iter().any(|(typed, _)| *typed == name) {
            fields.push((name, value));
        }
    }
    fields
}

async fn settle(shop: &Shop<'_>) {
    let mut work: Work = shop.work().await;
    let day = click_pay::due_day(&mut work).await.expect("a look");
    let day = day.expect("a day with clicks");
    click_pay::settle(&mut work, day).await.expect("settled");
    work.commit().await.expect("stored");
}

both_engines! {
    async fn rules_for_clicks_are_checked_by_field(test: TestApp) {
        let shop = test.business("Northwind").await;
        for (field, more) in [
            ("reward.percent_ppm", json!({"reward": {"percent_ppm": 1000}})),
            ("reward", json!({"reward": {"tiers": {"metric": "conversions", "period": "month", "mode": "volume", "bands": [{"from": 0, "fixed": {"amount": 5, "currency": "USD"}}]}}})),
            ("reward.fixed.amount", json!({"reward": {"fixed": {"amount": 1_000_000_001, "currency": "USD"}}})),
            ("recurrence", json!({"recurrence": {"first": 1}})),
            ("caps.per_customer", json!({"caps": {"per_customer": 100}})),
            ("caps.per_event", json!({"caps": {"per_event": 100}})),
            ("scope.product_id", json!({"scope": {"product_id": "pro"}})),
            ("trigger.event", json!({"trigger": {"on": "click", "event": "registration"}})),
            ("conditions.field", json!({"conditions": {"field": "customer_country", "op": "is", "value": "DE"}})),
            ("levels[0].of", json!({"levels": [{"ppm": 1000, "of": "base"}]})),
            ("effective_from", json!({"effective_from": "2026-11-22T12:00:00Z"})),
            ("effective_from", json!({"effective_from": "2026-11-21T00:00:00Z"})),
        ] {
            let answer = shop.api().post("/rules", rule(&more)).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{more}");
        }
        let made = shop.made("/rules", rule(&json!({"caps": {"per_affiliate_month": 5000}, "levels": [{"ppm": 100_000, "of": "below"}]}))).await;
        assert_eq!((&made["trigger"], &made["effective_from"]), (&json!({"on": "click"}), &json!("2026-11-22T00:00:00.000Z")));
        let path = format!("/rules/{}", id(&made));
        shop.api().patch(&path, json!({"hold_days": 1, "effective_from": "2026-11-24T00:00:00Z"})).await.expect(200);
        let wrong = shop.api().patch(&path, json!({"hold_days": 2, "effective_from": "2026-11-24T10:00:00Z"})).await.expect(422);
        assert_eq!(wrong.wrong_fields(), ["effective_from"]);
        let later = shop.api().patch(&path, json!({"hold_days": 2})).await.expect(200).json();
        assert_eq!(later["effective_from"], "2026-11-24T00:00:00.000Z", "not before the newest version");
    }

    async fn the_editor_shows_what_a_hundred_visitors_bring(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.visit("/admin/rules/new").await.expect(200);
        let mut fields = vec![
            ("group_id", ""), ("campaign_id", ""), ("affiliate", ""), ("product_id", ""), ("on", "click"), ("event", "purchase"), ("recurrence", "first"), ("recurrence_count", ""),
            ("reward", "fixed"), ("percent", ""), ("amount", "0.05"), ("currency", "USD"), ("base", "net"), ("hold_days", "0"), ("effective_on", ""), ("name", ""), ("act", "preview"),
        ];
        let page = browser.post("/admin/rules/new", &fields).await.expect(200).text();
        assert!(page.contains("first click on a link a day") && page.contains("$5.00"), "{page}");
        assert!(page.contains("100 clicks \u{d7} a fixed 0.05 USD = 5.00 USD"), "{page}");
        assert!(!page.contains("Only events named"));
        fields.retain(|(name, _)| *name != "act");
        fields.push(("act", "back-test"));
        assert!(browser.post("/admin/rules/new", &fields).await.expect(422).text().contains("clicks are not replayed"));
        fields.retain(|(name, _)| *name != "act");
        fields.push(("act", "save"));
        browser.post("/admin/rules/new", &fields).await.expect(303);
        let rules = shop.api().get("/rules").await.expect(200).json();
        assert_eq!((&rules["data"][0]["trigger"], &rules["data"][0]["recurrence"]), (&json!({"on": "click"}), &json!({"every": true})));
        let refused = shop.api().post("/back-tests", json!({"from": "2026-10-01", "to": "2026-11-01", "rule": rule(&json!({}))})).await.expect(422);
        assert!(refused.text().contains("clicks are not replayed"), "{}", refused.text());
    }

    async fn the_form_lets_nobody_be_trapped(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let new = "/admin/rules/new";
        browser.visit(new).await.expect(200);
        // A product that was typed for a sale stays in sight, to be taken away.
        let page = browser.post(new, &form(&[("product_id", "pro"), ("act", "preview")])).await.expect(200).text();
        assert!(page.contains("Your own id of the product."), "{page}");
        assert!(page.contains("easy to fake: leave it off, or cap a month"), "{page}");
        let page = browser.post(new, &form(&[("product_id", "pro")])).await.expect(422).text();
        assert!(page.contains("product_id-error"), "{page}");
        let page = browser.post(new, &form(&[("product_id", ""), ("act", "preview")])).await.expect(200).text();
        assert!(!page.contains("Your own id of the product."), "{page}");

        // Today is over for clicks, and nothing else is meant instead.
        let page = browser.post(new, &form(&[("effective_on", "2026-11-21")])).await.expect(422).text();
        assert!(page.contains("effective_on-error") && page.contains("00:00 of a coming day"), "{page}");
        browser.post(new, &form(&[("effective_on", "2026-11-22")])).await.expect(303);
        let rules = shop.api().get("/rules").await.expect(200).json();
        let made = &rules["data"][0];
        assert_eq!((rules["data"].as_array().map(Vec::len), &made["effective_from"]), (Some(1), &json!("2026-11-22T00:00:00.000Z")));
        let path = format!("/admin/rules/{}", id(made));
        let sale = form(&[("on", "sale"), ("effective_on", "2026-11-21")]);
        browser.visit(&format!("{path}/edit")).await.expect(200);
        let page = browser.post(&format!("{path}/edit"), &sale).await.expect(422).text();
        assert!(page.contains("effective_on-error") && page.contains("00:00 of a coming day"), "{page}");

        // It has no back-test, by whichever way.
        let page = browser.visit(&path).await.expect(200).text();
        assert!(!page.contains("/admin/rules/back-test?rule="), "{page}");
        let page = browser.visit(&format!("/admin/rules/back-test?rule={}", id(made))).await.expect(200).text();
        let draft = page.split("name=\"draft\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a draft");
        let draft = draft.replace("&#34;", "\"").replace("&quot;", "\"");
        let fields = [("from", "2026-11-01"), ("to", "2026-11-21"), ("campaign", ""), ("model", ""), ("draft", draft.as_str())];
        let page = browser.post("/admin/rules/back-test", &fields).await.expect(422).text();
        assert!(page.contains("clicks are not replayed") && !page.contains("to-error"), "{page}");
        let other = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        let page = browser.visit(&format!("/admin/rules/{}", id(&other))).await.expect(200).text();
        assert!(page.contains("/admin/rules/back-test?rule="), "{page}");
    }

    async fn the_statement_says_which_clicks(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (campaign, olga) = (shop.campaign("Spring").await, shop.affiliate("Olga").await);
        let ivan = shop.made("/affiliates", json!({"name": "Ivan", "email": "ivan@affiliates.example.com", "status": "approved", "parent_id": olga["id"]})).await;
        shop.partnership(&campaign, &ivan, "ivans-link").await;
        shop.made("/rules", rule(&json!({"levels": [{"ppm": 100_000, "of": "below"}]}))).await;
        test.clock.advance_ms(DAY_MS);
        for _ in 0..20 {
            shop.made("/track/click", json!({"code": "ivans-link"})).await;
        }
        test.clock.advance_ms(DAY_MS);
        settle(&shop).await;
        let (mut below, mut above) = (shop.portal(&ivan).await, shop.portal(&olga).await);
        for page in ["statement", "statement.csv"] {
            let path = format!("/portal/{}/{page}", shop.slug);
            let own = below.get(&path).await.expect(200).text();
            assert!(own.contains("Clicks of 22 Nov 2026 on link ivans-link: 20"), "{own}");
            let share = above.get(&path).await.expect(200).text();
            assert!(share.contains("Clicks of 22 Nov 2026: 20") && !share.contains("ivans-link"), "{share}");
        }
    }

    async fn a_commission_of_clicks_has_its_pages(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (campaign, maria) = (shop.campaign("Spring").await, shop.affiliate("Maria").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/rules", rule(&json!({}))).await;
        test.clock.advance_ms(DAY_MS);
        for _ in 0..27 {
            shop.made("/track/click", json!({"code": "maria"})).await;
        }
        test.clock.advance_ms(DAY_MS);
        settle(&shop).await;
        let list = shop.api().get("/commissions").await.expect(200).json();
        let made = &list["data"][0];
        assert_eq!((&made["event_id"], &made["referral_id"], &made["customer_id"], &made["amount"]), (&Value::Null, &Value::Null, &Value::Null, &json!(135)));
        let path = format!("/commissions/{}", id(made));
        let detail = shop.api().get(&path).await.expect(200).json();
        assert_eq!(detail["explanation"]["steps"], json!(["27 clicks \u{d7} a fixed 0.05 USD = 1.35 USD"]));

        let mut staff = shop.browser().await;
        let page = staff.visit(&format!("/admin{path}")).await.expect(200).text();
        assert!(page.contains("Clicks of") && page.contains("on link maria: 27"), "{page}");
        assert!(page.contains("27 clicks \u{d7} a fixed 0.05 USD = 1.35 USD"), "{page}");
        let page = staff.visit("/admin/commissions").await.expect(200).text();
        assert!(page.contains("Clicks") && page.contains("$1.35"), "{page}");
        let sheet = staff.get("/admin/commissions.csv").await.expect(200).text();
        assert!(sheet.contains("clicks"), "{sheet}");
        staff.visit(&format!("/admin{path}")).await.expect(200);
        staff.post(&format!("/admin{path}/approve"), &[]).await.expect(303);
        assert!(staff.visit(&format!("/admin{path}")).await.expect(200).text().contains("Back to pending"));

        let mut portal = shop.portal(&maria).await;
        let base = format!("/portal/{}", shop.slug);
        let page = portal.get(&format!("{base}{path}")).await.expect(200).text();
        assert!(page.contains("on link maria: 27") && page.contains("27 clicks \u{d7}"), "{page}");
        let page = portal.get(&format!("{base}/commissions")).await.expect(200).text();
        assert!(page.contains("Clicks") && page.contains("$1.35"), "{page}");
    }

    async fn the_contest_weighs_a_click(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (campaign, maria) = (shop.campaign("Spring").await, shop.affiliate("Maria").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/rules", rule(&json!({}))).await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        test.clock.advance_ms(DAY_MS);
        let mut browser = shop.browser().await;
        let page = browser.get(&format!("/admin/rules/winner?affiliate_id={}&on=click", id(&maria))).await.expect(200).text();
        assert!(page.contains("1 click \u{d7} a fixed 0.05 USD = 0.05 USD"), "{page}");
    }
}
