//! The journal's page, its filters and export, and the proof that names the place of what was tampered with.

use serde_json::{Value, json};
use service::programme::verify;
use testkit::{Engine, Shop, TestApp, both_engines};

/// A shop with two affiliates, three sales of each, one refunded and one paid.
async fn busy(test: &TestApp) -> (Shop<'_>, Vec<Value>) {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
    shop.made("/rules", rule).await;
    let campaign = shop.campaign("Spring").await;
    let mut affiliates = Vec::new();
    for name in ["Maya", "Ben"] {
        let affiliate = shop.affiliate(name).await;
        let code = format!("fernhill-{}", name.to_lowercase());
        shop.partnership(&campaign, &affiliate, &code).await;
        for number in 0..3 {
            let sale = json!({"external_id": format!("{name}-{number}"), "customer": {"external_id": format!("{name}-c")},
                "amount": 100_00 + number, "currency": "USD", "code": code});
            shop.made("/track/sale", sale).await;
        }
        affiliates.push(affiliate);
    }
    shop.api()
        .post("/referrals/approve", json!({"filter": {}}))
        .await
        .expect(200);
    shop.api()
        .post("/commissions/approve", json!({"filter": {}}))
        .await
        .expect(200);
    shop.made(
        "/track/refund",
        json!({"external_id": "r", "sale_external_id": "Maya-0"}),
    )
    .await;
    shop.made("/payouts", json!({"affiliate_id": affiliates[1]["id"]}))
        .await;
    (shop, affiliates)
}

async fn problems(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    verify::verify(&mut work).await.expect("a report").problems
}

both_engines! {
    async fn one_entry_is_one(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut staff = shop.browser().await;
        assert!(staff.get("/admin/ledger").await.expect(200).text().contains("No entries yet"));
        let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
        shop.made("/rules", rule).await;
        let (campaign, maya) = (shop.campaign("Spring").await, shop.affiliate("Maya").await);
        shop.partnership(&campaign, &maya, "fernhill-maya").await;
        let sale = json!({"external_id": "inv-1", "customer": {"external_id": "ada"}, "amount": 100_00, "currency": "USD", "code": "fernhill-maya"});
        shop.made("/track/sale", sale).await;
        let page = staff.get("/admin/ledger").await.expect(200).text();
        assert!(page.contains("1 entry, the first of its chain") && !page.contains("1 entries"), "{page}");
    }

    async fn the_page_shows_filters_and_exports(test: TestApp) {
        let (shop, affiliates) = busy(&test).await;
        let api = shop.api();
        let mut staff = shop.browser().await;
        let page = staff.get("/admin/ledger").await.expect(200).text();
        for word in ["14 entries, each sealed", "Payout drafted", "Refund", "Maya", "Ben", "\u{2212}$10.00", "/admin/events/evt_", "/admin/payouts/pay_", "/admin/commissions/com_"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        let ben = affiliates[1]["id"].as_str().expect("an id");
        let of_ben = staff.get(&format!("/admin/ledger?affiliate={ben}&kind=approve")).await.expect(200).text();
        assert!(of_ben.contains("1–3 of 3 entries") || of_ben.contains("3 entries"), "{of_ben}");
        assert!(!of_ben.contains("Payout drafted</span>"));
        staff.get("/admin/ledger?kind=nonsense&affiliate=aff_x&from=2026-13-01").await.expect(200);
        let csv = staff.get(&format!("/admin/ledger.csv?affiliate={ben}")).await.expect(200).text();
        assert_eq!(csv.lines().count(), 1 + 2 * 7, "{csv}");
        assert_eq!(staff.get("/admin/ledger.csv?q=BEN").await.expect(200).text(), csv);
        let found = staff.get("/admin/ledger?q=ben").await.expect(200).text();
        assert!(found.contains("7 entries") && found.contains("href=\"/admin/ledger.csv?q=ben\""), "{found}");
        assert!(csv.contains(",draft,in_payout,30.00,USD,") && csv.contains(",earn,expense,-10.00,USD,"), "{csv}");
        // The API, by each filter.
        for (query, number) in [
            (format!("affiliate_id={ben}"), 7), ("kind=earn".to_owned(), 6), ("currency=EUR".to_owned(), 0), ("kind=reverse".to_owned(), 1),
            ("q=ben".to_owned(), 7), ("q=nobody".to_owned(), 0),
            ("from=2026-11-21T12:00:00Z".to_owned(), 14), ("to=2026-11-21T12:00:00Z".to_owned(), 0),
        ] {
            let found = api.get(&format!("/ledger?{query}")).await.expect(200).json();
            assert_eq!(found["data"].as_array().map(Vec::len), Some(number), "{query}");
        }
        let drafted = api.get("/ledger?kind=draft").await.expect(200).json()["data"][0].clone();
        let of_payout = format!("/ledger?payout_id={}", drafted["payout_id"].as_str().expect("a payout"));
        assert_eq!(api.get(&of_payout).await.expect(200).json()["data"], json!([drafted]));
        api.get("/ledger?kind=nonsense").await.expect(422);
        staff.post("/admin/ledger/verify", &[]).await.expect(303);
        assert!(staff.get("/admin/ledger").await.expect(200).text().contains("Proven: 14 entries"));
    }

    async fn what_was_tampered_with_is_named_by_its_place(test: TestApp) {
        let (shop, _) = busy(&test).await;
        let raw = test.db.raw().await;
        assert_eq!(problems(&shop).await, Vec::<String>::new());
        for statement in [
            "update journal_entry set at_ms = at_ms + 1", "delete from journal_entry", "update journal_posting set amount = 1",
            "delete from journal_posting where seq = 4", "update month_close set seq = 1", "delete from month_close",
        ] {
            // An empty table has nothing to refuse row by row.
            if !statement.contains("month_close") {
                raw.execute(statement).await.expect_err(statement);
            }
        }
        for table in ["journal_entry", "journal_posting"] {
            let allow = match test.db.db.engine() {
                Engine::Sqlite => vec![format!("drop trigger {table}_no_update"), format!("drop trigger {table}_no_delete")],
                Engine::Postgres => vec![format!("alter table {table} disable trigger all")],
            };
            for statement in allow {
                raw.execute(&statement).await.expect("allowed");
            }
        }
        // One byte of an amount, on both sides so that it still adds up.
        raw.execute("update journal_posting set amount = amount + 1 where seq = 5 and amount > 0").await.expect("changed");
        raw.execute("update journal_posting set amount = amount - 1 where seq = 5 and amount < 0").await.expect("changed");
        let found = problems(&shop).await;
        assert!(found.iter().any(|p| p == "journal: entry 5 was changed"), "{found:?}");
        raw.execute("update journal_posting set amount = amount - 1 where seq = 5 and amount > 0").await.expect("changed back");
        raw.execute("update journal_posting set amount = amount + 1 where seq = 5 and amount < 0").await.expect("changed back");
        assert_eq!(problems(&shop).await, Vec::<String>::new());
        // Two entries in each other's place.
        for (from, to) in [(3, -3), (4, 3), (-3, 4)] {
            for table in ["journal_posting", "journal_entry"] {
                if test.db.db.engine() == Engine::Sqlite {
                    raw.execute("pragma foreign_keys = off").await.expect("off");
                }
                raw.execute(&format!("update {table} set seq = {to} where seq = {from}")).await.expect("moved");
            }
        }
        let found = problems(&shop).await;
        assert!(found.iter().any(|p| p.contains("entry 3 ")), "the first of the two is named: {found:?}");
        for (from, to) in [(3, -3), (4, 3), (-3, 4)] {
            for table in ["journal_posting", "journal_entry"] {
                raw.execute(&format!("update {table} set seq = {to} where seq = {from}")).await.expect("moved back");
            }
        }
        assert_eq!(problems(&shop).await, Vec::<String>::new());
        // The order of an entry's postings is sealed, too.
        for (from, to) in [(0, 9), (1, 0), (9, 1)] {
            raw.execute(&format!("update journal_posting set line = {to} where seq = 2 and line = {from}")).await.expect("moved");
        }
        let found = problems(&shop).await;
        assert!(found.iter().any(|p| p == "journal: entry 2 was changed"), "{found:?}");
        for (from, to) in [(0, 9), (1, 0), (9, 1)] {
            raw.execute(&format!("update journal_posting set line = {to} where seq = 2 and line = {from}")).await.expect("moved back");
        }
        // A word that is none any more breaks the books; it must not end the proof with an error.
        raw.execute("update journal_entry set kind = 'earm' where seq = 2").await.expect("changed");
        let found = problems(&shop).await;
        assert!(found.iter().any(|p| p.starts_with("journal entry 2 cannot be read: the column kind")), "{found:?}");
        raw.execute("update journal_entry set kind = 'earn' where seq = 2").await.expect("changed back");
        assert_eq!(problems(&shop).await, Vec::<String>::new());
        // A posting that is gone.
        raw.execute("delete from journal_posting where seq = 7 and line = 1").await.expect("removed");
        let found = problems(&shop).await;
        assert!(found.iter().any(|p| p.contains("entry 7 adds up to")) && found.iter().any(|p| p == "journal: entry 7 was changed"), "{found:?}");
        let mut staff = shop.browser().await;
        staff.get("/admin/ledger").await.expect(200);
        staff.post("/admin/ledger/verify", &[]).await.expect(303);
        let page = staff.get("/admin/ledger").await.expect(200).text();
        assert!(page.contains("The books do not add up") && page.contains("entry 7"), "{page}");
        shop.api().post("/payouts", json!({"all_eligible": true})).await.expect(409);
    }
}
