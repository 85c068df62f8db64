//! The affiliate's pages: own figures only, the same totals everywhere, by status, and from the inside.

use serde_json::{Value, json};
use service::identity::setting::{self, SettingPatch};
use testkit::{Client, Shop, TestApp, both_engines};

/// A business with a rule of 20 %, two affiliates in a campaign, and a sale of 49.00 by the first.
struct Set<'a> {
    shop: Shop<'a>,
    maya: Value,
    tom: Value,
}

async fn set(test: &TestApp) -> Set<'_> {
    let shop = test.business("Fernhill").await;
    let campaign = shop.campaign("Agency Pro").await;
    let (maya, tom) = (
        shop.affiliate("Maya Okonkwo").await,
        shop.affiliate("Tom").await,
    );
    shop.partnership(&campaign, &maya, "maya").await;
    shop.partnership(&campaign, &tom, "tom").await;
    shop.made(
        "/rules",
        json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
    )
    .await;
    sale(&shop, "inv-1", "user-1", 4900).await;
    let mut work = shop.work().await;
    let masked = SettingPatch {
        mask_customer_emails: Some(true),
        ..SettingPatch::default()
    };
    setting::update(&mut work, masked).await.expect("stored");
    work.commit().await.expect("stored");
    Set { shop, maya, tom }
}

async fn sale(shop: &Shop<'_>, invoice: &str, customer: &str, amount: i64) -> Value {
    shop.made(
        "/track/sale",
        json!({"external_id": invoice, "customer": {"external_id": customer, "name": "Bob Stone", "email": format!("{customer}@kestrel.example")},
            "amount": amount, "currency": "USD", "code": "maya"}),
    )
    .await
}

async fn first_id(shop: &Shop<'_>, list: &str) -> String {
    let answer = shop.api().get(&format!("/{list}")).await.expect(200).json();
    answer["data"][0]["id"].as_str().expect("a row").to_owned()
}

async fn text(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

/// The first text behind a mark.
fn behind<'a>(page: &'a str, mark: &str) -> &'a str {
    let (_, rest) = page
        .split_once(mark)
        .unwrap_or_else(|| panic!("{mark}: {page}"));
    rest.split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text.trim())
        .find(|text| !text.is_empty())
        .expect("a text")
}

both_engines! {
    async fn an_affiliate_sees_their_own(test: TestApp) {
        let Set { shop, maya, tom } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let page = text(&mut browser, "/portal/fernhill/").await;
        for part in ["Maya", "$9.80", "$49.00", "/r/maya", "20 % of net, every sale", "Bob Stone", "Live"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let leads = text(&mut browser, "/portal/fernhill/leads").await;
        assert!(leads.contains("Bob Stone") && leads.contains("u•••@kestrel.example"), "{leads}");
        assert!(!leads.contains("user-1@kestrel.example"), "addresses are masked");
        let commissions = text(&mut browser, "/portal/fernhill/commissions").await;
        assert!(commissions.contains("$9.80") && commissions.contains("1 commission, $9.80"), "{commissions}");
        let commission = first_id(&shop, "commissions").await;
        let record = text(&mut browser, &format!("/portal/fernhill/commissions/{commission}")).await;
        assert!(record.contains("$49.00 × 20 %") || record.contains("20 %"), "{record}");

        // Somebody else's are missing, as are those that nobody has.
        let mut other = shop.portal(&tom).await;
        let page = text(&mut other, "/portal/fernhill/").await;
        assert!(!page.contains("9.80") && !page.contains("Bob Stone"), "{page}");
        other.get(&format!("/portal/fernhill/commissions/{commission}")).await.expect(404);
        other.get("/portal/fernhill/commissions/com_01h455vb4pex5vsknk084sn02q").await.expect(404);
        other.get("/portal/fernhill/commissions/nonsense").await.expect(404);
        for list in ["leads", "commissions", "payouts"] {
            let page = text(&mut other, &format!("/portal/fernhill/{list}")).await;
            assert!(!page.contains("Bob Stone") && page.contains(" yet"), "{page}");
            let csv = text(&mut other, &format!("/portal/fernhill/{list}.csv")).await;
            assert_eq!(csv.lines().count(), 1, "{csv}");
        }
    }

    async fn totals_are_the_same_everywhere(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let referral = first_id(&shop, "referrals").await;
        shop.api().post(&format!("/referrals/{referral}/approve"), json!({})).await.expect(200);
        let commission = first_id(&shop, "commissions").await;
        shop.api().post(&format!("/commissions/{commission}/approve"), json!({})).await.expect(200);
        let mut browser = shop.portal(&maya).await;
        // A draft is the business's own until it is approved.
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().unwrap().to_owned();
        let record = format!("/portal/fernhill/payouts/{payout}");
        browser.get(&record).await.expect(404);
        assert!(text(&mut browser, "/portal/fernhill/payouts").await.contains("No payouts yet"));
        shop.api().post(&format!("/payouts/{payout}/approve"), json!({})).await.expect(200);
        assert!(text(&mut browser, &record).await.contains("Not yet"));
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({"reference": "WIRE-7"})).await.expect(200);
        let statement = text(&mut browser, &record).await;
        assert!(statement.contains("WIRE-7") && statement.contains("$9.80") && statement.contains("Bob Stone"), "{statement}");
        assert!(!statement.contains("user-1@kestrel.example"));

        // The refund is owed back, and the next commission pays less by it.
        shop.made("/track/refund", json!({"external_id": "re-1", "sale_external_id": "inv-1"})).await;
        let page = text(&mut browser, "/portal/fernhill/").await;
        assert!(page.contains("\u{2212}$9.80"), "{page}");
        let list = text(&mut browser, "/portal/fernhill/commissions").await;
        assert!(list.contains("\u{2212}$9.80"), "{list}");
        let csv = text(&mut browser, "/portal/fernhill/commissions.csv").await;
        assert!(csv.contains(",9.80,0.00,9.80,0.00,USD,"), "{csv}");
        let csv = text(&mut browser, "/portal/fernhill/payouts.csv").await;
        assert!(csv.contains("PO-1001,paid,1,9.80,0.00,9.80,USD,"), "{csv}");
    }

    async fn money_is_told_alike_on_the_dashboard_and_with_the_commissions(test: TestApp) {
        // 9.80 paid, 20.00 approved, 10.00 pending, of 199.00 that customers paid.
        let Set { shop, maya, .. } = set(&test).await;
        let referral = first_id(&shop, "referrals").await;
        shop.api().post(&format!("/referrals/{referral}/approve"), json!({})).await.expect(200);
        let approve = async |amount: i64| {
            let all = shop.api().get("/commissions").await.expect(200).json();
            let found = all["data"].as_array().expect("rows").iter().find(|row| row["amount"] == amount).expect("a commission");
            let path = format!("/commissions/{}/approve", found["id"].as_str().expect("an id"));
            shop.api().post(&path, json!({})).await.expect(200);
        };
        approve(980).await;
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().unwrap().to_owned();
        for act in ["approve", "mark-paid"] {
            shop.api().post(&format!("/payouts/{payout}/{act}"), json!({})).await.expect(200);
        }
        sale(&shop, "inv-2", "user-1", 10_000).await;
        approve(2_000).await;
        sale(&shop, "inv-3", "user-1", 5_000).await;

        let mut browser = shop.portal(&maya).await;
        let dashboard = text(&mut browser, "/portal/fernhill/").await;
        let list = text(&mut browser, "/portal/fernhill/commissions").await;
        let (_, cards) = dashboard.split_once("id=\"figures\"").expect("the cards");
        let (_, dashboards) = dashboard.split_once("id=\"totals\"").expect("the totals");
        let (_, lists) = list.split_once("id=\"totals\"").expect("the totals");
        for (on_dashboard, label, in_list, amount) in [
            (cards, "Paid to date", "Paid", "$9.80"),
            (cards, "Owed to you", "Owed", "$20.00"),
            (dashboards, "Pending", "Pending", "$10.00"),
            (dashboards, "Revenue", "Revenue", "$199.00"),
        ] {
            assert_eq!(behind(on_dashboard, &format!(">{label}</span>")), amount, "{label}: {dashboard}");
            assert_eq!(behind(lists, &format!(">{in_list}</dt>")), amount, "{in_list}: {list}");
        }
        for page in [&dashboard, &list] {
            assert!(page.contains("returns and payment cycles can change what is paid"), "{page}");
        }
    }

    async fn a_customer_is_shown_with_the_way_they_came(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let click = json!({"code": "maya", "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "referrer": "https://blog.example/review", "sub_ids": {"sub1": "banner <top>", "utm_source": "letter"}});
        let click = shop.made("/track/click", click).await;
        test.clock.advance_ms(60_000);
        let sale = json!({"external_id": "inv-2", "customer": {"external_id": "user-2", "name": "Ann Lake"},
            "amount": 5_000, "currency": "USD", "click_id": click["click_id"]});
        shop.made("/track/sale", sale).await;
        let mut browser = shop.portal(&maya).await;
        let page = text(&mut browser, "/portal/fernhill/leads").await;
        let (_, row) = page.split_once("Ann Lake").expect("a row");
        let (row, _) = row.split_once("</tr>").expect("its end");
        for part in ["maya", "sub1: banner &#60;top&#62;", "utm-source: letter", "from blog.example"] {
            assert!(row.contains(part), "{part}: {row}");
        }
        let csv = text(&mut browser, "/portal/fernhill/leads.csv").await;
        let line = csv.lines().find(|line| line.contains("Ann Lake")).expect("a line");
        for part in ["sub1: banner <top>; utm-source: letter", "https://blog.example/review"] {
            assert!(line.contains(part), "{part}: {csv}");
        }
    }

    async fn people_are_counted_alike_on_the_dashboard_and_in_their_list(test: TestApp) {
        // A customer of the set, a lead, one who bought later, one who left, and one who got all money back.
        let Set { shop, maya, .. } = set(&test).await;
        for customer in ["lead-1", "user-2"] {
            let lead = json!({"external_id": customer, "customer": {"external_id": customer, "name": customer}, "code": "maya"});
            shop.api().post("/track/lead", lead).await.expect(201);
        }
        for (invoice, customer) in [("inv-2", "user-2"), ("inv-3", "user-3"), ("inv-4", "user-4")] {
            sale(&shop, invoice, customer, 1000).await;
        }
        shop.api().post("/track/cancel", json!({"customer_external_id": "user-3"})).await.expect(201);
        shop.api().post("/track/refund", json!({"external_id": "re-4", "sale_external_id": "inv-4"})).await.expect(201);
        // Half of it given back leaves a customer.
        sale(&shop, "inv-5", "user-5", 1000).await;
        shop.api().post("/track/refund", json!({"external_id": "re-5", "sale_external_id": "inv-5", "amount": 500})).await.expect(201);
        let mut browser = shop.portal(&maya).await;
        let dashboard = text(&mut browser, "/portal/fernhill/").await;
        let (_, totals) = dashboard.split_once("id=\"totals\"").expect("the totals");
        for (label, status, number) in [("Leads", "lead", 2), ("Customers", "customer", 4), ("Cancelled customers", "cancelled", 1)] {
            assert_eq!(behind(totals, &format!(">{label}</span>")), number.to_string(), "{totals}");
            let path = format!("/portal/fernhill/leads?status={status}");
            assert!(totals.contains(&format!("href=\"{path}\"")), "{totals}");
            let list = text(&mut browser, &path).await;
            assert_eq!(behind(&list, &format!(">{label} <span")), number.to_string(), "{list}");
            assert_eq!(list.matches("<tr id=\"row-").count(), number, "{label}: {list}");
            let csv = text(&mut browser, &format!("/portal/fernhill/leads.csv?status={status}")).await;
            assert_eq!(csv.lines().count(), number + 1, "{csv}");
        }
        let all = text(&mut browser, "/portal/fernhill/leads").await;
        assert_eq!((behind(&all, ">All <span"), all.matches("<tr id=\"row-").count()), ("6", 6), "{all}");
        // The page of staff who looks from the inside counts the same.
        let inside = format!("/admin/affiliates/{}/inside/leads?status=customer", maya["id"].as_str().expect("an id"));
        let list = text(&mut shop.browser().await, &inside).await;
        assert_eq!(behind(&list, ">Customers <span"), "4", "{list}");
    }

    async fn the_status_decides_what_is_seen(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let id = maya["id"].as_str().unwrap();
        let become_ = async |status: &str| {
            shop.api().post(&format!("/affiliates/{id}/status"), json!({"status": status})).await.expect(200);
        };
        become_("suspended").await;
        let page = text(&mut browser, "/portal/fernhill/").await;
        assert!(page.contains("suspended") && page.contains("$9.80") && page.contains("Affiliate not approved"), "{page}");
        become_("terminated").await;
        let to = browser.get("/portal/fernhill/").await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/payouts");
        for path in ["leads", "commissions", "commissions.csv"] {
            browser.get(&format!("/portal/fernhill/{path}")).await.expect(303);
        }
        let page = text(&mut browser, "/portal/fernhill/payouts").await;
        assert!(page.contains("has ended") && !page.contains("/portal/fernhill/leads"), "{page}");
        become_("pending").await;
        let page = text(&mut browser, "/portal/fernhill/").await;
        assert!(page.contains("being looked at") && !page.contains("9.80"), "{page}");
        browser.get("/portal/fernhill/payouts").await.expect(303);
    }

    async fn staff_sees_it_from_the_inside(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let mut owner = shop.browser().await;
        let id = maya["id"].as_str().unwrap();
        let inside = format!("/admin/affiliates/{id}/inside");
        let page = text(&mut owner, &format!("{inside}/")).await;
        for part in ["You see the portal as Maya Okonkwo sees it", "$9.80", "u•••", "/r/maya"] {
            assert!(page.contains(part) || part == "u•••", "{part}: {page}");
        }
        assert!(!page.contains("/log-out"), "nothing to log out of");
        let commission = first_id(&shop, "commissions").await;
        for path in ["leads", "commissions", "payouts", "leads.csv", "commissions.csv", "payouts.csv"] {
            owner.get(&format!("{inside}/{path}")).await.expect(200);
        }
        owner.get(&format!("{inside}/commissions/{commission}")).await.expect(200);
        let leads = text(&mut owner, &format!("{inside}/leads")).await;
        assert!(leads.contains("u•••@kestrel.example") && !leads.contains("user-1@"), "as masked as for the affiliate: {leads}");

        // Nobody else gets in, and another business's affiliate is missing.
        let to = test.browser().get(&format!("{inside}/")).await.expect(303);
        assert!(to.header("location").starts_with("/admin/log-in"));
        let rival = test.business("Rival").await;
        let mut rivals = rival.browser().await;
        rivals.get(&format!("{inside}/")).await.expect(404);
        rivals.get(&format!("{inside}/commissions/{commission}")).await.expect(404);
        let mut person = shop.portal(&maya).await;
        assert!(person.get(&format!("{inside}/")).await.expect(303).header("location").starts_with("/admin/log-in"));
    }

    async fn sessions_of_one_portal_open_no_other(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let rival = test.business("Rival").await;
        let browser = shop.portal(&maya).await;
        let cookie = browser.cookie("portal_fernhill").expect("a session");
        let mut thief = test.browser();
        thief.set_cookie("portal_rival", &cookie);
        for path in ["/", "/leads", "/commissions", "/payouts", "/live", "/payouts.csv"] {
            let to = thief.get(&format!("/portal/rival{path}")).await.expect(303);
            assert!(to.header("location").starts_with("/portal/rival/log-in"), "{path}");
        }
        drop(rival);
    }
}
