//! The pages of back-tests: from the rule editor to the report, and nothing is written.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use serde_json::{Value, json};
use testkit::{TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

fn sale(external: &str, customer: &str, code: &str, amount: i64) -> Value {
    json!({"external_id": external, "customer_external_id": customer, "amount": amount, "currency": "USD", "code": code})
}

both_engines! {
    async fn the_pages_run_it_and_write_nothing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, spring) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&spring, &maria, "maria").await;
        let default = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        shop.made("/track/sale", sale("s1", "u1", "maria", 100_00)).await;
        let mut browser = shop.browser().await;
        let edit = format!("/admin/rules/{}/edit", id(&default));
        browser.visit(&edit).await.expect(200);
        let fields = [("on", "sale"), ("recurrence", "every"), ("reward", "percent"), ("percent", "35"), ("base", "net"), ("hold_days", "0"), ("act", "back-test")];
        let form = browser.post(&edit, &fields).await.expect(200).text();
        assert!(form.contains("Pays 35 % of net, every sale.") && form.contains("In place of the rule"), "{form}");
        let json = form.split("name=\"draft\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a draft");
        let json = json.replace("&#34;", "\"").replace("&quot;", "\"");
        let fields = [("from", "2026-11-01"), ("to", "2026-11-30"), ("campaign", ""), ("model", ""), ("draft", &json)];
        let before = test.db.raw().await.contents().await;
        let to = browser.post("/admin/rules/back-test", &fields).await.expect(303).header("location").to_owned();
        let mut page = browser.get(&to).await.expect(200).text();
        for _ in 0..1_500 {
            if !page.contains("Events replayed") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            page = browser.get(&to).await.expect(200).text();
        }
        for part in ["+$15.00", "$20.00", "$35.00", "Maria", "1 event replayed, 1 comes out otherwise", "35 % of 100.00 USD = 35.00 USD"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let sheet = browser.get(&format!("{to}/affiliates.csv")).await.expect(200).text();
        assert!(sheet.contains(",Maria,20.00,35.00,15.00,USD,1"), "{sheet}");
        let sheet = browser.get(&format!("{to}/changes.csv")).await.expect(200).text();
        assert!(sheet.contains("20.00,35.00,15.00,USD"), "{sheet}");
        // A session says when it was used last; all else is as it was.
        let strip = |all: Vec<(String, Vec<Vec<String>>)>| all.into_iter().filter(|(name, _)| name != "staff_session").collect::<Vec<_>>();
        assert_eq!(strip(test.db.raw().await.contents().await), strip(before));
        browser.visit("/admin/rules/back-test").await.expect(200);
        let wrong = [("from", "2026-11-30"), ("to", "2026-11-01"), ("campaign", ""), ("model", ""), ("draft", "")];
        assert!(browser.post("/admin/rules/back-test", &wrong).await.expect(422).text().contains("to-error"));
        let wrong = [("from", "soon"), ("to", "2026-11-01"), ("campaign", ""), ("model", "best"), ("draft", "{}")];
        let page = browser.post("/admin/rules/back-test", &wrong).await.expect(422).text();
        assert!(page.contains("from-error") && page.contains("model-error") && page.contains("could not be read"), "{page}");
        let theirs = test.business("Southwind").await;
        theirs.browser().await.get(&to).await.expect(404);
    }
}
