//! The statement of a period: the same money as everywhere, month by month, for whoever may see it.

use serde_json::{Value, json};
use testkit::{Client, Shop, TestApp, both_engines};

const DAY_MS: i64 = 86_400_000;
const PATH: &str = "/portal/fernhill/statement";

async fn first_id(shop: &Shop<'_>, list: &str) -> String {
    let answer = shop.api().get(&format!("/{list}")).await.expect(200).json();
    answer["data"][0]["id"].as_str().expect("a row").to_owned()
}

async fn text(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

/// A sale of 49.00 on 21 November, paid out as 9.80 the day after, a bonus of 5.00 on 2 December, and the
/// sale refunded on 3 December.
async fn story<'a>(test: &'a TestApp) -> (Shop<'a>, Value) {
    let shop = test.business("Fernhill").await;
    let campaign = shop.campaign("Agency Pro").await;
    let maya = shop.affiliate("Maya Okonkwo").await;
    shop.partnership(&campaign, &maya, "maya").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}});
    shop.made("/rules", rule).await;
    let sale = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "name": "Bob Stone", "email": "bob@kestrel.example"},
        "amount": 4900, "currency": "USD", "code": "maya"});
    shop.made("/track/sale", sale).await;
    test.clock.advance_ms(DAY_MS);
    let referral = first_id(&shop, "referrals").await;
    let commission = first_id(&shop, "commissions").await;
    for path in [
        format!("/referrals/{referral}/approve"),
        format!("/commissions/{commission}/approve"),
    ] {
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let payout = shop
        .made("/payouts", json!({"affiliate_id": maya["id"]}))
        .await["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (act, body) in [
        ("approve", json!({})),
        ("mark-paid", json!({"reference": "WIRE-7"})),
    ] {
        shop.api()
            .post(&format!("/payouts/{payout}/{act}"), body)
            .await
            .expect(200);
    }
    test.clock.advance_ms(10 * DAY_MS);
    let bonus =
        json!({"affiliate_id": maya["id"], "amount": 500, "currency": "USD", "note": "Thank you"});
    shop.made("/commissions", bonus).await;
    test.clock.advance_ms(DAY_MS);
    shop.made(
        "/track/refund",
        json!({"external_id": "re-1", "sale_external_id": "inv-1"}),
    )
    .await;
    (shop, maya)
}

both_engines! {
    async fn a_statement_says_what_the_dashboard_says(test: TestApp) {
        let (shop, maya) = story(&test).await;
        let mut browser = shop.portal(&maya).await;
        // This month: the bonus, and what is taken back.
        let page = text(&mut browser, PATH).await;
        for part in ["1 Dec 2026", "+$5.00", "\u{2212}$9.80", "\u{2212}$4.80", "Thank you", "Refund", "Bob Stone"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("PO-1001"), "{page}");
        let dashboard = text(&mut browser, "/portal/fernhill/").await;
        assert!(dashboard.contains("\u{2212}$4.80"), "{dashboard}");
        // The month before, and all of it.
        let month = text(&mut browser, &format!("{PATH}?from=2026-11-01&to=2026-11-30")).await;
        for part in ["+$9.80", "\u{2212}$9.80", "PO-1001 · WIRE-7", "$0.00"] {
            assert!(month.contains(part), "{part}: {month}");
        }
        assert!(month.contains("November 2026") && month.contains("December 2026"), "months to choose from");
        let csv = text(&mut browser, &format!("{PATH}.csv?from=2026-11-01&to=2026-12-03")).await;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "Date,What,Detail,Amount,Balance,Currency,Day");
        assert_eq!(lines.len(), 7, "{csv}");
        assert!(lines[1].ends_with("Opening balance,,,0.00,USD,2026-11-01"), "{csv}");
        assert!(lines[2].contains(",Commission,Agency Pro · Bob Stone,9.80,9.80,USD,2026-11-21"), "{csv}");
        assert!(lines[3].contains(",Payout,PO-1001 · WIRE-7,-9.80,0.00,USD,2026-11-22"), "{csv}");
        assert!(lines[4].contains(",Adjustment,Thank you,5.00,5.00,USD,2026-12-02"), "{csv}");
        assert!(lines[5].contains(",Refund,Agency Pro · Bob Stone,-9.80,-4.80,USD,2026-12-03"), "{csv}");
        assert!(lines[6].ends_with("Closing balance,,,-4.80,USD,2026-12-03"), "{csv}");
        // As a file, too, which the page leads to.
        assert!(month.contains("href=\"/portal/fernhill/statement.pdf?from=2026-11-01&#38;to=2026-11-30\""), "{month}");
        let path = format!("{PATH}.pdf?from=2026-11-01&to=2026-12-03");
        let file = browser.get(&path).await.expect_pdf("statement-2026-11-01-2026-12-03-USD", "Statement, 1 Nov");
        assert_eq!(browser.get(&path).await.expect(200).body, file);
        // Another currency has a statement of its own.
        let bonus = json!({"affiliate_id": maya["id"], "amount": 700, "currency": "EUR", "note": "Merci"});
        shop.made("/commissions", bonus).await;
        let euros = text(&mut browser, &format!("{PATH}?currency=EUR")).await;
        assert!(euros.contains("€7.00") && !euros.contains("$5.00"), "{euros}");
        let path = format!("{PATH}.pdf?from=2026-11-01&to=2026-12-03&currency=EUR");
        let euros = browser.get(&path).await.expect_pdf("statement-2026-11-01-2026-12-03-EUR", "EUR");
        assert_ne!(euros, file);
        let unknown = text(&mut browser, &format!("{PATH}?currency=XXX&from=yesterday")).await;
        assert!(unknown.contains("\u{2212}$4.80"), "{unknown}");
    }

    async fn who_has_left_keeps_it(test: TestApp) {
        let (shop, maya) = story(&test).await;
        let mut browser = shop.portal(&maya).await;
        let id = maya["id"].as_str().unwrap();
        let become_ = async |status: &str| {
            shop.api().post(&format!("/affiliates/{id}/status"), json!({"status": status})).await.expect(200);
        };
        become_("terminated").await;
        let page = text(&mut browser, PATH).await;
        assert!(page.contains("\u{2212}$4.80") && !page.contains("/commissions/com_"), "{page}");
        assert!(text(&mut browser, "/portal/fernhill/payouts").await.contains(PATH));
        let file = format!("{PATH}.pdf?from=2026-11-01&to=2026-12-03");
        let name = "statement-2026-11-01-2026-12-03-USD";
        let own = browser.get(&file).await.expect_pdf(name, "Statement");
        become_("pending").await;
        browser.get(PATH).await.expect(303);
        browser.get(&file).await.expect(303);
        browser.get(&format!("{PATH}.csv")).await.expect(303);
        become_("approved").await;
        // From the inside it is the same.
        let mut owner = shop.browser().await;
        let inside = text(&mut owner, &format!("/admin/affiliates/{id}/inside/statement")).await;
        assert!(inside.contains("\u{2212}$4.80"), "{inside}");
        let path = format!("/admin/affiliates/{id}/inside/statement.pdf?from=2026-11-01&to=2026-12-03");
        assert_eq!(owner.get(&path).await.expect_pdf(name, "Statement"), own);
        // Another affiliate's is empty.
        let tom = shop.affiliate("Tom").await;
        let mut tom = shop.portal(&tom).await;
        let page = text(&mut tom, PATH).await;
        assert!(page.contains("Nothing changed in this period") && !page.contains("Bob Stone"), "{page}");
        assert_ne!(tom.get(&file).await.expect_pdf(name, "Statement"), own);
        test.browser().get(&file).await.expect(303);
    }

    async fn addresses_are_masked(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let campaign = shop.campaign("Agency Pro").await;
        let maya = shop.affiliate("Maya Okonkwo").await;
        shop.partnership(&campaign, &maya, "maya").await;
        shop.made("/rules", json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}})).await;
        let sale = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "email": "bob@kestrel.example"},
            "amount": 4900, "currency": "USD", "code": "maya"});
        shop.made("/track/sale", sale).await;
        let mut work = shop.work().await;
        let masked = service::identity::setting::SettingPatch { mask_customer_emails: Some(true), ..Default::default() };
        service::identity::setting::update(&mut work, masked).await.expect("stored");
        work.commit().await.expect("stored");
        let mut browser = shop.portal(&maya).await;
        for path in [PATH.to_owned(), format!("{PATH}.csv")] {
            let page = text(&mut browser, &path).await;
            assert!(page.contains("b•••@kestrel.example") && !page.contains("bob@kestrel"), "{page}");
        }
    }

    async fn a_customers_id_or_name_that_is_an_address_is_masked_like_one(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let campaign = shop.campaign("Agency Pro").await;
        let maya = shop.affiliate("Maya Okonkwo").await;
        shop.partnership(&campaign, &maya, "maya").await;
        shop.made("/rules", json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}})).await;
        for (number, customer) in [
            json!({"external_id": "bob@kestrel.example"}),
            json!({"external_id": "user-2", "name": "cleo@kestrel.example"}),
            json!({"external_id": "user-3"}),
        ].into_iter().enumerate() {
            let sale = json!({"external_id": format!("inv-{number}"), "customer": customer, "amount": 4900, "currency": "USD", "code": "maya"});
            shop.made("/track/sale", sale).await;
        }
        let mut browser = shop.portal(&maya).await;
        let paths = [
            "/portal/fernhill/", "/portal/fernhill/leads", "/portal/fernhill/leads.csv", "/portal/fernhill/commissions",
            "/portal/fernhill/commissions.csv", PATH, "/portal/fernhill/statement.csv",
        ];
        for masks in [true, false] {
            let mut work = shop.work().await;
            let patch = service::identity::setting::SettingPatch { mask_customer_emails: Some(masks), ..Default::default() };
            service::identity::setting::update(&mut work, patch).await.expect("stored");
            work.commit().await.expect("stored");
            for path in paths {
                let page = text(&mut browser, path).await;
                let told = page.contains("bob@kestrel") || page.contains("cleo@kestrel");
                assert!(!(masks && told), "{path}: {page}");
            }
            let page = text(&mut browser, PATH).await;
            let (bob, cleo) = if masks { ("b•••@kestrel.example", "c•••@kestrel.example") } else { ("bob@kestrel.example", "cleo@kestrel.example") };
            assert!(page.contains(bob) && page.contains(cleo) && page.contains("user-3"), "{page}");
        }
    }
}
