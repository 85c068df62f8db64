//! Exports: the lists that have one, in the order and with the filters of the list; and long ones, which are sent in parts.

use std::time::Duration;

use domain::id::{ContactId, uuid_v7};
use serde_json::json;
use service::store::crm::contact::{self, Facts, NewContact};
use testkit::{Client, Shop, TestApp, both_engines};

/// More than one answer holds in memory.
const MANY: i64 = 10_050;

async fn csv(browser: &mut Client, path: &str) -> Vec<String> {
    let answer = browser.get(path).await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=utf-8",
        "{path}"
    );
    answer.text().lines().map(str::to_owned).collect()
}

/// Customers that came one after another: `c-1`, `c-2` …
async fn crowd(shop: &Shop<'_>) {
    let mut work = shop.work().await;
    for number in 1..=MANY {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&number.to_be_bytes());
        let at = work.now.plus_ms(number);
        let new = NewContact {
            id: ContactId::from(uuid_v7(at.0, random)),
            external_id: Some(format!("c-{number}")),
            facts: Facts {
                name: format!("Customer {number}"),
                ..Facts::default()
            },
            created_at_ms: at,
        };
        contact::insert(&mut work.tx, &new.into())
            .await
            .expect("a customer");
    }
    work.commit().await.expect("stored");
}

both_engines! {
    async fn a_long_list_comes_whole_and_newest_first(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        crowd(&shop).await;
        rival.made("/track/lead", json!({"external_id": "theirs", "customer": {"external_id": "theirs", "name": "Theirs"}})).await;
        let mut browser = shop.browser().await;

        // The sort of the list does not count: a long export has one order.
        let lines = csv(&mut browser, "/admin/customers.csv?sort=name").await;
        assert_eq!(lines.len() as i64, 1 + MANY);
        assert!(lines[0].starts_with("Id,Customer id,Name,"), "{}", lines[0]);
        for (index, line) in lines[1..].iter().enumerate() {
            let number = MANY - index as i64;
            assert!(line.contains(&format!(",c-{number},Customer {number},")), "line {index}: {line}");
        }
        assert!(!lines.iter().any(|line| line.contains("Theirs")));

        // Filters count, and what they leave may be short again.
        let lines = csv(&mut browser, "/admin/customers.csv?q=c-1005&sort=-name").await;
        assert_eq!(lines.len(), 1 + 2, "c-1005 and c-10050: {lines:?}");
    }

    async fn two_long_exports_at_a_time(test: TestApp) {
        let shop = test.business("Fernhill").await;
        crowd(&shop).await;
        let mut browser = shop.browser().await;
        let first = test.app.exports().try_acquire_owned().expect("a place");
        let second = test.app.exports().try_acquire_owned().expect("a place");
        let answer = browser.get("/admin/customers.csv?sort=name").await.expect(303);
        assert_eq!(answer.header("location"), "/admin/customers?sort=name");
        assert!(browser.get("/admin/customers").await.expect(200).text().contains("Two long exports are being sent already"));
        // A short one needs no place.
        assert_eq!(csv(&mut browser, "/admin/customers.csv?q=nobody").await.len(), 1);
        drop((first, second));
        assert_eq!(csv(&mut browser, "/admin/customers.csv").await.len() as i64, 1 + MANY);
        // It is given back soon after the last row has been taken.
        let places = test.app.exports();
        let both = tokio::time::timeout(Duration::from_secs(30), places.acquire_many(2)).await;
        drop(both.expect("both places are free again").expect("places"));
    }

    async fn the_audit_log_is_sorted_and_exported(test: TestApp) {
        let shop = test.business("Fernhill").await;
        shop.made("/groups", json!({"name": "VIP"})).await;
        test.clock.advance_ms(1_000);
        shop.affiliate("Maya").await;
        let mut browser = shop.browser().await;
        let all = csv(&mut browser, "/admin/audit.csv").await;
        assert_eq!(all[0], "Id,Time,By,Who,Who's id,Act,About,Id of that,What");
        let acts = |lines: &[String]| -> Vec<String> {
            lines[1..].iter().filter_map(|line| line.split(',').nth(5)).map(str::to_owned).collect()
        };
        let mut sorted = acts(&all);
        sorted.sort();
        assert!(sorted.len() >= 3 && sorted.iter().any(|act| act.starts_with("affiliate.")), "{sorted:?}");
        assert_eq!(acts(&csv(&mut browser, "/admin/audit.csv?sort=action").await), sorted);
        let narrow = csv(&mut browser, "/admin/audit.csv?subject=affiliate").await;
        assert!(narrow.len() > 1 && narrow[1..].iter().all(|line| line.contains(",affiliate,")), "{narrow:?}");
        let page = browser.get("/admin/audit?sort=actor").await.expect(200).text();
        assert!(page.contains("aria-sort=\"ascending\"") && page.contains("/admin/audit.csv?sort=actor"), "{page}");
        // A sort that does not exist falls away.
        assert!(browser.get("/admin/audit?sort=secret").await.expect(200).text().contains("href=\"/admin/audit.csv\""));
    }

    async fn what_staff_reads_can_be_taken_away(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut portal = shop.portal(&maya).await;
        portal.get("/portal/fernhill/messages").await.expect(200);
        portal.post("/portal/fernhill/messages", &[("text", "=1+1 is a formula")]).await.expect(303);
        let mut browser = shop.browser().await;

        let mails = csv(&mut browser, "/admin/mail.csv?sort=to").await;
        assert_eq!(mails[0], "Id,Written,About,To,Address,Subject,State,Sent,Last answer");
        assert!(mails[1..].iter().any(|line| line.contains(",maya@affiliates.example.com,") && line.contains(",kept,")), "{mails:?}");
        assert_eq!(csv(&mut browser, "/admin/mail.csv?state=failed").await.len(), 1);

        let threads = csv(&mut browser, "/admin/messages.csv").await;
        assert_eq!(threads.len(), 2, "{threads:?}");
        assert!(threads[1].contains(",Maya,maya@affiliates.example.com,1,1,") && threads[1].ends_with(",'=1+1 is a formula"), "{threads:?}");
        assert_eq!(csv(&mut browser, "/admin/messages.csv?q=nobody").await.len(), 1);

        assert_eq!(csv(&mut browser, "/admin/applications.csv").await.len(), 1);
        for path in ["/admin/mail", "/admin/messages", "/admin/applications", "/admin/audit", "/admin/payouts/runs"] {
            let page = browser.get(path).await.expect(200).text();
            assert!(page.contains(&format!("href=\"{path}.csv\"")), "{path} leads to its export");
        }
    }

    async fn runs_are_filtered_sorted_and_exported(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.browser().await;
        browser.get("/admin/payouts/runs/new").await.expect(200);
        for until in ["2026-11-20", "2026-11-10"] {
            browser.post("/admin/payouts/runs/new", &[("until", until)]).await.expect(303);
        }
        let numbers = |lines: &[String]| -> Vec<String> {
            lines[1..].iter().filter_map(|line| line.split(',').next()).map(str::to_owned).collect()
        };
        let all = csv(&mut browser, "/admin/payouts/runs.csv").await;
        assert_eq!(numbers(&all), ["2", "1"], "{all:?}");
        assert!(all[1].contains(",open,2026-11-10,") && all[1].ends_with(",0,,"), "{all:?}");
        assert_eq!(numbers(&csv(&mut browser, "/admin/payouts/runs.csv?sort=-until").await), ["1", "2"]);
        assert_eq!(numbers(&csv(&mut browser, "/admin/payouts/runs.csv?q=2").await), ["2"]);
        assert_eq!(csv(&mut browser, "/admin/payouts/runs.csv?state=paid").await.len(), 1);
        assert!(browser.get("/admin/payouts/runs?state=paid").await.expect(200).text().contains("/admin/payouts/runs.csv?state=paid"));
    }

    async fn rules_are_found_sorted_and_paged(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let campaign = shop.campaign("Spring").await;
        let reward = json!({"percent_ppm": 200_000});
        shop.made("/rules", json!({"name": "Aleph", "reward": reward})).await;
        shop.made("/rules", json!({"name": "Beth", "scope": {"campaign_id": campaign["id"]}, "reward": reward})).await;
        let mut browser = shop.browser().await;
        let at = |page: &str, name: &str| page.find(&format!(">{name}<"));
        let page = browser.get("/admin/rules").await.expect(200).text();
        assert!(at(&page, "Aleph").is_some() && at(&page, "Beth").is_some(), "{page}");
        assert!(at(&page, "Beth") < at(&page, "Aleph"), "the campaign's rule is closer");
        let page = browser.get("/admin/rules?sort=name").await.expect(200).text();
        assert!(at(&page, "Aleph") < at(&page, "Beth") && page.contains("All levels"), "{page}");
        for query in ["level=campaign", "q=spring", "q=beth", "level=campaign&state=on"] {
            let page = browser.get(&format!("/admin/rules?{query}")).await.expect(200).text();
            assert!(at(&page, "Beth").is_some() && at(&page, "Aleph").is_none(), "{query}: {page}");
        }
        for query in ["state=off", "level=affiliate", "q=nothing"] {
            let page = browser.get(&format!("/admin/rules?{query}")).await.expect(200).text();
            assert!(at(&page, "Beth").is_none() && at(&page, "Aleph").is_none(), "{query}: {page}");
            assert_eq!(csv(&mut browser, &format!("/admin/rules.csv?{query}")).await.len(), 1, "{query}");
        }
        let names = |lines: &[String]| -> Vec<String> {
            lines[1..].iter().filter_map(|line| line.split(',').nth(2)).map(str::to_owned).collect()
        };
        let all = csv(&mut browser, "/admin/rules.csv").await;
        assert_eq!(all[0], "Id,Version,Name,Level,Affiliate,Group,Product,Campaign,Trigger,Event,Pays,To come,State,Newest version from,Made");
        assert_eq!(names(&all), ["Beth", "Aleph"], "{all:?}");
        assert!(all[1].contains(",1,Beth,Campaign,,,,Spring,sale,,") && all[1].contains(",In force,"), "{all:?}");
        assert_eq!(names(&csv(&mut browser, "/admin/rules.csv?sort=name").await), ["Aleph", "Beth"]);
        assert_eq!(names(&csv(&mut browser, "/admin/rules.csv?q=spring").await), ["Beth"]);
        assert!(browser.get("/admin/rules?q=spring").await.expect(200).text().contains("href=\"/admin/rules.csv?q=spring\""));
        // What is written with umlauts is found as it is written.
        shop.made("/rules", json!({"name": "Für Größen", "scope": {"product_id": "Maß-7"}, "reward": reward})).await;
        for text in ["F%C3%BCr", "f%C3%BCr+gr%C3%B6%C3%9Fen", "Ma%C3%9F-7"] {
            assert_eq!(names(&csv(&mut browser, &format!("/admin/rules.csv?q={text}")).await), ["Für Größen"], "{text}");
            let page = browser.get(&format!("/admin/rules?q={text}")).await.expect(200).text();
            assert!(at(&page, "Für Größen").is_some() && at(&page, "Aleph").is_none(), "{text}: {page}");
        }
    }

    async fn keys_are_found_sorted_and_filtered(test: TestApp) {
        let shop = test.business("Fernhill").await;
        for (name, at) in [("Billing", 1_000), ("Website", 2_000)] {
            test.clock.advance_ms(at);
            let mut browser = shop.browser().await;
            browser.get("/admin/api-keys/new").await.expect(200);
            browser.post("/admin/api-keys/new", &[("name", name), ("scopes", "read")]).await.expect(200);
        }
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/api-keys?sort=name&size=10").await.expect(200).text();
        let place = |page: &str, name: &str| page.find(&format!(">{name}<"));
        assert!(place(&page, "Billing") < place(&page, "Website"), "{page}");
        let page = browser.get("/admin/api-keys?sort=-created").await.expect(200).text();
        assert!(place(&page, "Website") < place(&page, "Billing"), "{page}");
        let page = browser.get("/admin/api-keys?q=bill").await.expect(200).text();
        assert!(place(&page, "Billing").is_some() && place(&page, "Website").is_none(), "{page}");
        let page = browser.get("/admin/api-keys?state=revoked").await.expect(200).text();
        assert!(place(&page, "Billing").is_none(), "{page}");
        assert!(page.contains("href=\"/admin/api-keys.csv?state=revoked\""), "{page}");
        assert_eq!(csv(&mut browser, "/admin/api-keys.csv?state=revoked").await.len(), 1);
        let keys = csv(&mut browser, "/admin/api-keys.csv?sort=-created").await;
        assert_eq!(keys[0], "Id,Name,Key,Scopes,Only from,State,Made,Last used,Expires,Revoked");
        let names: Vec<Option<&str>> = keys[1..3].iter().map(|line| line.split(',').nth(1)).collect();
        assert_eq!(names, [Some("Website"), Some("Billing")], "{keys:?}");
        assert!(keys[1].contains(",read,,active,"), "{keys:?}");
        // What is written with umlauts is found as it is written, also in the log.
        browser.get("/admin/api-keys/new").await.expect(200);
        browser.post("/admin/api-keys/new", &[("name", "Schlüssel"), ("scopes", "read")]).await.expect(200);
        for (list, shown) in [("api-keys", ">Schlüssel<"), ("audit", "made the key Schlüssel ")] {
            for text in ["Schl%C3%BCssel", "schl%C3%BCss"] {
                let page = browser.get(&format!("/admin/{list}?q={text}")).await.expect(200).text();
                assert!(page.contains(shown) && !page.contains("Billing"), "{list}: {text}: {page}");
            }
        }
        assert!(keys.len() > 3 && !keys.join("\n").contains(&shop.key), "the first key is in it, but not its text: {keys:?}");
    }
}
