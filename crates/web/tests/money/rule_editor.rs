//! The rule editor: everything a rule can say, rows without scripts, the example beside it, the page of which
//! rule wins.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use serde_json::{Value, json};
use testkit::{Client, Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

type Fields = Vec<(&'static str, String)>;

/// The fields of a whole rule: conditions with a group, tiers, caps, levels.
fn whole() -> Fields {
    let fields = [
        ("on", "sale"),
        ("recurrence", "months"),
        ("recurrence_count", "12"),
        ("all_of", "all"),
        ("group_match", "any"),
        ("row_group", "0"),
        ("row_field", "amount"),
        ("row_name", ""),
        ("row_op", "gte"),
        ("row_value", "10.00"),
        ("row_group", "1"),
        ("row_field", "customer_country"),
        ("row_name", ""),
        ("row_op", "in"),
        ("row_value", "DE, AT"),
        ("row_group", "1"),
        ("row_field", "metadata"),
        ("row_name", "plan"),
        ("row_op", "is"),
        ("row_value", "pro"),
        ("reward", "tiers"),
        ("currency", "USD"),
        ("base", "net"),
        ("tier_metric", "conversions"),
        ("tier_period", "month"),
        ("tier_mode", "volume"),
        ("tier_pays", "percent"),
        ("band_from", "0"),
        ("band_pays", "20"),
        ("band_from", "10"),
        ("band_pays", "30"),
        ("cap_month", "500.00"),
        ("level_percent", "5"),
        ("level_of", "below"),
        ("hold_days", "30"),
        ("name", "Partners"),
        ("ex_amount", "100.00"),
        ("ex_tax", "16.00"),
        ("ex_currency", "USD"),
        ("ex_count", "10"),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

/// The fields with one of them otherwise; the first of that name.
fn with(mut fields: Fields, name: &'static str, value: &str) -> Fields {
    match fields.iter_mut().find(|field| field.0 == name) {
        Some(field) => value.clone_into(&mut field.1),
        None => fields.push((name, value.to_owned())),
    }
    fields
}

async fn send(browser: &mut Client, path: &str, fields: &Fields) -> testkit::Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

async fn rules(shop: &Shop<'_>) -> Vec<Value> {
    let all = shop.api().get("/rules").await.expect(200).json();
    all["data"].as_array().expect("rules").clone()
}

both_engines! {
    async fn a_whole_rule_is_written_and_read_back(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.visit("/admin/rules/new").await.expect(200);
        // The sentence and the example, worked out by the computation that pays.
        let shown = send(&mut browser, "/admin/rules/new", &with(whole(), "act", "preview")).await.expect(200).text();
        let sentence = "Pays 20 % of net, every sale for 12 months, to 30 % from the 11th conversion a month, when amount ≥ $10.00 and (customer country is one of DE, AT or metadata.plan is pro), at most $500.00 an affiliate and month; 5 % of it to the parent; held 30 days.";
        assert!(shown.contains(sentence), "{shown}");
        for part in ["10 conversions before; 30 % of 84.00 USD = 25.20 USD", "$25.20", "5 % of 25.20 USD = 1.26 USD", "$1.26", "If the conditions hold."] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert_eq!(rules(&shop).await.len(), 0, "a preview stores nothing");

        send(&mut browser, "/admin/rules/new", &with(whole(), "act", "save")).await.expect(303);
        let made = rules(&shop).await.remove(0);
        assert_eq!(made["reward"], json!({"tiers": {"metric": "conversions", "period": "month", "mode": "volume", "bands": [{"from": 0, "percent_ppm": 200_000}, {"from": 10, "percent_ppm": 300_000}]}}));
        assert_eq!(made["conditions"], json!({"all": [
            {"field": "amount", "op": "gte", "value": 1000},
            {"any": [{"field": "customer_country", "op": "in", "value": ["DE", "AT"]}, {"field": "metadata.plan", "op": "is", "value": "pro"}]},
        ]}));
        assert_eq!((&made["caps"], &made["levels"], &made["recurrence"]), (&json!({"per_affiliate_month": 500_00}), &json!([{"ppm": 50_000, "of": "below"}]), &json!({"months": 12})));

        // What is read back and saved says the same, so there is no other version.
        let edit = format!("/admin/rules/{}/edit", id(&made));
        let page = browser.visit(&edit).await.expect(200).text();
        for part in ["value=\"10.00\"", "value=\"DE, AT\"", "value=\"500.00\"", "value=\"plan\"", "Save as new version"] {
            assert!(page.contains(part), "{part}");
        }
        test.clock.advance_ms(1000);
        send(&mut browser, &edit, &with(whole(), "act", "save")).await.expect(303);
        assert_eq!(rules(&shop).await[0]["version"], 1);
        send(&mut browser, &edit, &with(with(whole(), "hold_days", "14"), "act", "save")).await.expect(303);
        let page = browser.visit(&format!("/admin/rules/{}", id(&made))).await.expect(200).text();
        assert!(page.contains("What version 2 changed") && page.contains("30 days") && page.contains("14 days"), "{page}");
    }

    async fn rows_come_and_go_without_scripts(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.visit("/admin/rules/new").await.expect(200);
        let path = "/admin/rules/new";
        for (act, what, expected) in [
            ("preview", "name=\"row_field\"", 3),
            ("add-row:0", "name=\"row_field\"", 4),
            ("add-row:1", "name=\"row_field\"", 4),
            ("remove-row:0", "name=\"row_field\"", 2),
            ("add-group", "name=\"group_match\"", 2),
            ("remove-group:1", "name=\"row_field\"", 1),
            ("add-band", "name=\"band_from\"", 3),
            ("remove-band:1", "name=\"band_from\"", 1),
            ("add-level", "name=\"level_percent\"", 2),
            ("remove-level:0", "name=\"level_percent\"", 0),
            ("remove-level:99", "name=\"level_percent\"", 1),
        ] {
            let page = send(&mut browser, path, &with(whole(), "act", act)).await.expect(200).text();
            assert_eq!(count(&page, what), expected, "{act}");
            assert!(page.contains("value=\"Partners\""), "what was typed is kept");
        }
        assert_eq!(rules(&shop).await.len(), 0);
    }

    async fn errors_stand_by_their_fields(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.visit("/admin/rules/new").await.expect(200);
        for (field, value, wrong, says) in [
            ("row_value", "many", "row_value_0-error", ""),
            ("band_from", "5", "band_from_0-error", "first band begins at 0"),
            ("band_pays", "120", "band_pays_0-error", "from 0 to 100"),
            ("level_percent", "x", "level_percent_0-error", "from 0 to 100"),
            ("cap_month", "-5", "cap_month-error", ""),
            ("recurrence_count", "0", "recurrence_count-error", "between 1 and 1200"),
            ("hold_days", "400", "hold_days-error", "between 0 and 365"),
            ("tier_mode", "graduated", "tier_mode-error", "needs the metric revenue"),
            ("effective_on", "soon", "effective_on-error", "2026-11-21"),
        ] {
            let page = send(&mut browser, "/admin/rules/new", &with(with(whole(), field, value), "act", "save")).await.expect(422).text();
            assert!(page.contains(wrong) && page.contains(says), "{field} {value}: {page}");
            assert!(page.contains("Nothing was saved") && page.contains("value=\"Partners\""));
        }
        assert_eq!(rules(&shop).await.len(), 0);
        // A rule whose conditions the form cannot show keeps them.
        let deep = json!({"all": [{"any": [{"all": [{"field": "coupon", "op": "is", "value": "X"}]}]}]});
        let made = shop.made("/rules", json!({"reward": {"percent_ppm": 100_000}, "conditions": deep})).await;
        let edit = format!("/admin/rules/{}/edit", id(&made));
        let page = browser.visit(&edit).await.expect(200).text();
        assert!(page.contains("nested deeper than this form shows"), "{page}");
        test.clock.advance_ms(1000);
        let fields: Fields = [("on", "sale"), ("recurrence", "every"), ("reward", "percent"), ("percent", "12"), ("base", "net"), ("hold_days", "0"), ("act", "save")]
            .map(|(name, value)| (name, value.to_owned())).to_vec();
        send(&mut browser, &edit, &fields).await.expect(303);
        let saved = shop.api().get(&format!("/rules/{}", id(&made))).await.expect(200).json();
        assert_eq!((&saved["conditions"], &saved["reward"]), (&deep, &json!({"percent_ppm": 120_000})));
    }

    async fn the_example_is_the_money_of_the_specification(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.visit("/admin/rules/new").await.expect(200);
        let base: Fields = [("on", "sale"), ("recurrence", "every"), ("reward", "percent"), ("base", "net"), ("hold_days", "0"), ("act", "preview")]
            .map(|(name, value)| (name, value.to_owned())).to_vec();
        for (percent, amount, tax, currency, expected) in [
            ("20", "49.00", "", "USD", "9.80 USD"),
            ("20", "49.00", "8.17", "USD", "8.166, rounded to 8.17 USD"),
            ("10", "0.05", "", "USD", "0.005, rounded to 0.01 USD"),
            ("2.9", "5.00", "", "USD", "0.145, rounded to 0.15 USD"),
            ("20", "0.02", "", "USD", "nothing to pay"),
            ("12.5", "999", "", "JPY", "124.875, rounded to 125 JPY"),
            ("7.5", "10.001", "", "KWD", "0.750075, rounded to 0.750 KWD"),
        ] {
            let mut fields = base.clone();
            for (name, value) in [("percent", percent), ("ex_amount", amount), ("ex_tax", tax), ("ex_currency", currency)] {
                fields.push((name, value.to_owned()));
            }
            let page = send(&mut browser, "/admin/rules/new", &fields).await.expect(200).text();
            assert!(page.contains(expected), "{percent} % of {amount} {currency}: {page}");
        }
        // Items: tax is spread over them, and a product rule takes its own.
        let mut fields = base.clone();
        for (name, value) in [("percent", "10"), ("product_id", "pro"), ("ex_amount", "100.00"), ("ex_tax", "10.00"), ("ex_currency", "USD"), ("ex_items", "pro 60.00\nbasic 40.00")] {
            fields.push((name, value.to_owned()));
        }
        let page = send(&mut browser, "/admin/rules/new", &fields).await.expect(200).text();
        assert!(page.contains("pro 60.00 USD − tax 6.00 USD − shipping 0.00 USD = net 54.00 USD") && page.contains("$5.40"), "{page}");
        fields.last_mut().expect("a field").1 = "pro 60.00".to_owned();
        let page = send(&mut browser, "/admin/rules/new", &fields).await.expect(200).text();
        assert!(page.contains("The items add up to"), "{page}");
    }

    async fn the_winner_is_told_with_reasons(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, campaign) = (shop.affiliate("Maria Lopez").await, shop.campaign("Spring").await);
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        shop.api().patch(&format!("/affiliates/{}", id(&maria)), json!({"group_id": group["id"]})).await.expect(200);
        shop.made("/rules", json!({"reward": {"percent_ppm": 100_000}})).await;
        shop.made("/rules", json!({"scope": {"group_id": group["id"]}, "reward": {"percent_ppm": 150_000}})).await;
        shop.made("/rules", json!({"scope": {"group_id": group["id"]}, "reward": {"percent_ppm": 250_000}, "name": "More"})).await;
        shop.made("/rules", json!({"scope": {"affiliate_id": maria["id"]}, "reward": {"percent_ppm": 500_000}, "conditions": {"field": "coupon", "op": "is", "value": "MARIA"}})).await;
        shop.made("/rules", json!({"trigger": {"on": "lead"}, "reward": {"fixed": {"amount": 100, "currency": "USD"}}})).await;
        let mut browser = shop.browser().await;
        assert!(browser.visit("/admin/rules").await.text().contains("/admin/rules/winner"));
        let record = browser.visit(&format!("/admin/affiliates/{}", id(&maria))).await.expect(200).text();
        let link = format!("/admin/rules/winner?affiliate_id={}", id(&maria));
        assert!(record.contains(&link), "{record}");
        assert!(browser.visit("/admin/rules/winner").await.expect(200).text().contains("Nobody is asked about yet"));
        let page = browser.visit(&link).await.expect(200).text();
        for part in ["Pays 25 % of net", "$25.00", "Pays less", "$15.00", "Conditions do not hold", "coupon is MARIA", "does not hold", "Not reached", "1 rule is for other events"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let ask = format!("/admin/rules/winner?affiliate={}&campaign={}&on=sale&amount=50.00&currency=USD&coupon=MARIA", maria["email"].as_str().unwrap().replace('@', "%40"), id(&campaign));
        let page = browser.visit(&ask).await.expect(200).text();
        assert!(page.contains("Pays 50 % of net") && page.contains("$25.00") && page.contains("holds"), "{page}");
        let page = browser.visit(&ask.replace("on=sale", "on=lead")).await.expect(200).text();
        assert!(page.contains("$1.00"), "{page}");
        let page = browser.visit(&ask.replace("50.00", "much")).await.expect(200).text();
        assert!(page.contains("amount-error"), "{page}");
        assert!(browser.visit("/admin/rules/winner?affiliate=nobody%40example.com").await.text().contains("No affiliate has this address"));
        // Nothing was recorded, and another business's affiliate is not there.
        assert_eq!(shop.api().get("/events").await.json()["data"], json!([]));
        let other = test.business("Southwind").await;
        let mut theirs = other.browser().await;
        theirs.get(&link).await.expect(404);
    }
}
