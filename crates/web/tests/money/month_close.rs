//! Closed months: who may close them, what that keeps out, and what was owed at any day.

use domain::time::UnixMs;
use serde_json::{Value, json};
use service::programme::liability::{self, Liability};
use service::programme::verify;
use testkit::{Engine, Shop, TestApp, both_engines};

const DAY_MS: i64 = 86_400_000;

/// A shop with an affiliate at 10 %, held 30 days, and a sale of 100.00 on 21 November 2026.
async fn sold(test: &TestApp) -> (Shop<'_>, Value) {
    let shop = test.business("Fernhill").await;
    let rule =
        json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}, "hold_days": 30});
    shop.made("/rules", rule).await;
    let maya = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Spring").await;
    shop.partnership(&campaign, &maya, "fernhill-maya").await;
    sell(&shop, "s1", None).await;
    (shop, maya)
}

async fn sell(shop: &Shop<'_>, id: &str, at: Option<UnixMs>) {
    let mut sale = json!({"external_id": id, "customer": {"external_id": "bob"}, "amount": 100_00, "currency": "USD", "code": "fernhill-maya"});
    if let Some(at) = at {
        sale["occurred_at"] = at.rfc3339().into();
    }
    shop.made("/track/sale", sale).await;
}

async fn owed(shop: &Shop<'_>, before: UnixMs) -> Vec<Liability> {
    let mut work = shop.work().await;
    liability::at(&mut work, before).await.expect("a report")
}

both_engines! {
    async fn a_closed_month_takes_nothing_more(test: TestApp) {
        let (shop, _) = sold(&test).await;
        let mut staff = shop.browser().await;
        let close = [("month", "2026-11")];
        staff.get("/admin/ledger/months").await.expect(200);
        staff.get("/admin/ledger/months/close?month=2026-11").await.expect(404);
        staff.post("/admin/ledger/months/close", &close).await.expect(303);
        assert!(staff.get("/admin/ledger/months").await.expect(200).text().contains("is not over yet"));
        // 2 December.
        test.clock.advance_ms(11 * DAY_MS);
        let mut staff = shop.browser().await;
        let months = staff.get("/admin/ledger/months").await.expect(200).text();
        assert!(months.contains("November 2026") && months.contains("Open"), "{months}");
        staff.get("/admin/ledger/months/close?month=2026-11").await.expect(200);
        // An hour later the password is asked for once more.
        test.clock.advance_ms(DAY_MS / 24);
        let to = staff.post("/admin/ledger/months/close", &close).await.expect(303).header("location").to_owned();
        assert!(to.starts_with("/admin/prove"), "{to}");
        let mut staff = shop.browser().await;
        staff.get("/admin/ledger/months").await.expect(200);
        staff.post("/admin/ledger/months/close", &close).await.expect(303);
        let months = staff.get("/admin/ledger/months").await.expect(200).text();
        assert!(months.contains("November 2026 is closed at entry 1.") && months.contains("at entry 1"), "{months}");
        staff.post("/admin/ledger/months/close", &close).await.expect(303);
        assert!(staff.get("/admin/ledger/months").await.expect(200).text().contains("November 2026 is closed."));
        let log = staff.get("/admin/audit").await.expect(200).text();
        assert!(log.contains("November 2026 closed at entry 1"), "{log}");

        // A late event keeps its own time; its entry is of now.
        let late = UnixMs(testkit::START.0 + DAY_MS);
        sell(&shop, "late", Some(late)).await;
        let entry = shop.api().get("/ledger").await.expect(200).json()["data"][0].clone();
        assert!(entry["at"].as_str().is_some_and(|at| at.starts_with("2026-12-02")), "{entry}");
        let event = shop.api().get("/events?external_id=late").await.expect(200).json()["data"][0].clone();
        assert!(event["occurred_at"].as_str().is_some_and(|at| at.starts_with("2026-11-22")), "{event}");
        // Were the clock to stand in the closed month, the entry gets the first open moment.
        test.clock.advance_ms(-5 * DAY_MS);
        sell(&shop, "behind", None).await;
        let entries = shop.api().get("/ledger").await.expect(200).json();
        assert!(entries["data"][0]["at"].as_str() >= entries["data"][1]["at"].as_str(), "{entries}");
        let mut work = shop.work().await;
        assert_eq!(verify::verify(&mut work).await.expect("a report").problems, Vec::<String>::new());
        drop(work);

        // It is not opened again, by nobody, and the proof holds the journal against it.
        let raw = test.db.raw().await;
        for statement in ["update month_close set until_ms = 0", "delete from month_close"] {
            let error = raw.execute(statement).await.expect_err(statement).to_string();
            assert!(error.contains("append-only"), "{error}");
        }
        let allow = match test.db.db.engine() {
            Engine::Sqlite => "drop trigger month_close_no_update",
            Engine::Postgres => "alter table month_close disable trigger all",
        };
        raw.execute(allow).await.expect("allowed");
        raw.execute("update month_close set seq = 0").await.expect("changed");
        let mut work = shop.work().await;
        let found = verify::verify(&mut work).await.expect("a report").problems;
        assert!(found.iter().any(|p| p.contains("dated into November 2026")), "{found:?}");
    }

    async fn what_is_owed_follows_the_journal_and_equals_the_balances(test: TestApp) {
        let (shop, maya) = sold(&test).await;
        let api = shop.api();
        let day_one = test.app.now().plus_ms(1);
        test.clock.advance_ms(10 * DAY_MS);
        sell(&shop, "s2", None).await;
        api.post("/referrals/approve", json!({"filter": {}})).await.expect(200);
        let first = api.get("/commissions").await.expect(200).json()["data"][1]["id"].as_str().expect("an id").to_owned();
        api.post(&format!("/commissions/{first}/approve"), json!({"release_hold": true, "note": "known"})).await.expect(200);
        let made = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await;
        let payout = made["data"][0]["id"].as_str().expect("an id").to_owned();
        api.post(&format!("/payouts/{payout}/mark-paid"), json!({})).await.expect(200);
        shop.made("/track/refund", json!({"external_id": "r", "sale_external_id": "s1", "amount": 40_00})).await;

        let then = &owed(&shop, day_one).await[0];
        assert_eq!((then.accrued, then.due, then.total, then.forecast.as_slice()), (10_00, 0, 10_00, &[(5, 10_00)][..]));
        let now = &owed(&shop, test.app.now().plus_ms(1)).await[0];
        assert_eq!((now.accrued, now.due, now.in_payout, now.clawback, now.paid), (10_00, 0, 0, -4_00, 10_00));
        assert_eq!((now.total, now.forecast.as_slice()), (6_00, &[(5, 10_00)][..]));
        let id = maya["id"].as_str().expect("an id");
        let balance = api.get(&format!("/affiliates/{id}/balance")).await.expect(200).json()["data"][0].clone();
        for (account, amount) in [("pending", now.accrued), ("approved", now.due), ("in_payout", now.in_payout), ("clawback", now.clawback), ("paid", now.paid)] {
            assert_eq!(balance[account], amount, "{account}");
        }
        let mut staff = shop.browser().await;
        let page = staff.get("/admin/ledger/liability").await.expect(200).text();
        assert!(page.contains("$6.00") && page.contains("\u{2212}$4.00") && page.contains("29 Dec"), "{page}");
        let page = staff.get("/admin/ledger/liability?as_of=2026-11-21").await.expect(200).text();
        assert!(page.contains("at the end of 21 Nov 2026") && !page.contains("\u{2212}$4.00"), "{page}");
        staff.get("/admin/ledger/liability?as_of=nonsense").await.expect(200);
        let csv = staff.get("/admin/ledger/liability.csv").await.expect(200).text();
        assert!(csv.contains(",clawback,,,-4.00,USD") && csv.contains(",matures,2026-12-29,2027-01-04,10.00,USD"), "{csv}");
    }
}
