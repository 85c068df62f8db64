//! The pages about money as staff use them: dashboard, referrals, commissions, payouts, customers,
//! the search and the live stream.

use std::time::Duration;

use serde_json::{Value, json};
use service::echo::Echo;
use service::hub::{Change, Hub};
use testkit::{Client, Shop, TestApp, both_engines};

/// A business in which Maya's link `maya` earns 20 % of each sale, and one sale of 49.00 has come.
async fn story<'a>(test: &'a TestApp, name: &str) -> (Shop<'a>, Value) {
    let shop = test.business(name).await;
    shop.made(
        "/rules",
        json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
    )
    .await;
    let campaign = shop.campaign("Spring sale").await;
    let maya = shop.affiliate("Maya Okonkwo").await;
    shop.partnership(&campaign, &maya, &format!("{}-maya", shop.slug))
        .await;
    sale(&shop, "inv-1", "ada", 4900).await;
    (shop, maya)
}

async fn sale(shop: &Shop<'_>, invoice: &str, customer: &str, amount: i64) -> Value {
    let body = json!({
        "external_id": invoice, "amount": amount, "currency": "USD", "code": format!("{}-maya", shop.slug),
        "customer": {"external_id": customer, "name": format!("Customer {customer}"), "email": format!("{customer}@customers.example.com")},
    });
    shop.made("/track/sale", body).await
}

/// Waits until more listen than before.
async fn listens(hub: &Hub, before: usize) {
    let listens = async {
        while hub.listeners() <= before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), listens)
        .await
        .expect("the stream listens");
}

/// The first id of a kind on a page.
fn first_id(page: &str, kind: &str) -> String {
    let at = page
        .find(&format!("{kind}_"))
        .unwrap_or_else(|| panic!("no {kind} id on the page"));
    page[at..at + kind.len() + 27].to_owned()
}

async fn page(browser: &mut Client, path: &str) -> String {
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
    async fn an_empty_list_offers_the_next_step(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        let mut offers = async |path: &str, title: &str, href: &str| {
            let page = owner.get(path).await.expect(200).text();
            let (_, after) = page.split_once(title).unwrap_or_else(|| panic!("{path} does not say {title}: {page}"));
            let (offer, _) = after.split_once("</a>").unwrap_or_default();
            assert!(offer.contains(&format!("href=\"{href}\"")), "{path} offers {offer}");
        };
        for (path, title, href) in [
            ("/admin/affiliates", "No affiliates yet", "/admin/affiliates/new"),
            ("/admin/campaigns", "No campaigns yet", "/admin/campaigns/new"),
            ("/admin/commissions", "No commissions yet", "/admin/rules"),
            ("/admin/groups", "No groups yet", "/admin/groups/new"),
            ("/admin/ledger", "Nothing has moved yet", "/admin/rules"),
            ("/admin/payouts", "No payouts yet", "/admin/commissions?status=pending"),
            ("/admin/payouts/files/new", "Nothing to put into a file", "/admin/payouts"),
            ("/admin/portal/accounts", "No accounts yet", "/admin/portal/invite"),
            ("/admin/referrals", "No referrals yet", "/admin/campaigns"),
            ("/admin/rules", "No rules yet", "/admin/rules/new"),
        ] {
            offers(path, title, href).await;
        }
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        let maya = shop.affiliate("Maya").await;
        let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
        offers(&format!("/admin/groups/{}", id(&group)), "No members yet", "/admin/affiliates").await;
        offers(&format!("/admin/affiliates/{}", id(&maya)), "In no campaign yet", "/admin/campaigns/new").await;
    }

    async fn the_dashboard_counts_people_as_the_list_behind_does(test: TestApp) {
        const DAY_MS: i64 = 24 * 60 * 60_000;
        // Long ago somebody bought, and somebody bought whom no affiliate brought.
        let (shop, _) = story(&test, "Northwind").await;
        shop.made("/track/sale", json!({"external_id": "direct", "customer_external_id": "dan", "amount": 1000, "currency": "USD"})).await;
        test.clock.advance_ms(40 * DAY_MS);
        let lead = json!({"external_id": "l1", "customer": {"external_id": "leo", "name": "Leo"}, "code": format!("{}-maya", shop.slug)});
        shop.api().post("/track/lead", lead).await.expect(201);
        for (invoice, customer) in [("inv-2", "bea"), ("inv-3", "cleo"), ("inv-4", "dora")] {
            sale(&shop, invoice, customer, 1000).await;
        }
        shop.api().post("/track/cancel", json!({"customer_external_id": "cleo"})).await.expect(201);
        shop.api().post("/track/refund", json!({"external_id": "re-4", "sale_external_id": "inv-4"})).await.expect(201);
        let mut browser = shop.browser().await;
        let dashboard = page(&mut browser, "/admin").await;
        let (_, people) = dashboard.split_once("id=\"people\"").expect("the people");
        for (label, did, number) in [("Leads", "lead", "1"), ("Customers", "customer", "2"), ("Cancelled customers", "cancelled", "1")] {
            let (before, card) = people.split_once(&format!(">{label}</span>")).expect("a card");
            let (_, value) = card.split_once("tracking-tight\">").expect("a value");
            assert_eq!(value.split('<').next(), Some(number), "{label}: {people}");
            let (_, href) = before.rsplit_once("href=\"").expect("a link");
            let href = href.split('"').next().expect("its end").replace("&#38;", "&").replace("&amp;", "&");
            assert!(href.starts_with(&format!("/admin/customers?did={did}&from=")), "{href}");
            let list = page(&mut browser, &href).await;
            assert_eq!(behind(&list, ">All <span"), number, "{list}");
            assert_eq!(list.matches("<tr id=\"row-").count().to_string(), number, "{list}");
            let csv = page(&mut browser, &href.replacen("/customers?", "/customers.csv?", 1)).await;
            assert_eq!((csv.lines().count() - 1).to_string(), number, "{csv}");
        }
        // Without days it is all of them, and without a deed everybody is there.
        assert_eq!(behind(&page(&mut browser, "/admin/customers?did=customer").await, ">All <span"), "3");
        assert_eq!(behind(&page(&mut browser, "/admin/customers").await, ">All <span"), "6");
    }

    async fn an_empty_programme_says_what_will_come(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let dashboard = page(&mut browser, "/admin").await;
        assert!(dashboard.contains("Set up your program") && dashboard.contains("Commission owed"));
        for (path, words) in [
            ("/admin/referrals", "No referrals yet"),
            ("/admin/commissions", "No commissions yet"),
            ("/admin/payouts", "No payouts yet"),
            ("/admin/customers", "No customers yet"),
        ] {
            assert!(page(&mut browser, path).await.contains(words), "{path}");
            assert!(page(&mut browser, &format!("{path}?q=nobody")).await.contains("No matches"), "{path}");
            assert!(browser.get(&format!("{path}.csv")).await.expect(200).header("content-type").starts_with("text/csv"), "{path}");
        }
        assert!(page(&mut browser, "/admin/payouts").await.contains("No minimum payout is set"));
    }

    async fn a_sale_goes_all_the_way_to_paid(test: TestApp) {
        let (shop, maya) = story(&test, "Northwind").await;
        let mut browser = shop.browser().await;

        let referrals = page(&mut browser, "/admin/referrals?status=pending").await;
        assert!(referrals.contains("Customer ada") && referrals.contains("Maya Okonkwo"));
        let referral = first_id(&referrals, "ref");
        let record = page(&mut browser, &format!("/admin/referrals/{referral}")).await;
        assert!(record.contains("Credited") && record.contains("$9.80") && record.contains("$49.00"), "{record}");

        let commissions = page(&mut browser, "/admin/commissions").await;
        assert!(commissions.contains("1 commission, $9.80") && commissions.contains("referral to approve"));
        let commission = first_id(&commissions, "com");
        let path = format!("/admin/commissions/{commission}");

        // Not before its referral: the state stays and the reason is told.
        browser.post(&format!("{path}/approve"), &[]).await.expect(303);
        assert!(page(&mut browser, &path).await.contains("The referral is pending; approve it first."));
        browser.post(&format!("/admin/referrals/{referral}/approve"), &[("back", "/admin")]).await.expect(303);
        let dashboard = page(&mut browser, "/admin").await;
        assert!(dashboard.contains("Referral of Customer ada approved.") && dashboard.contains(&format!("/admin/referrals/{referral}/undo")));

        browser.post(&format!("{path}/approve"), &[]).await.expect(303);
        let record = page(&mut browser, &path).await;
        assert!(record.contains("$9.80 approved.") && record.contains("20 % of 49.00 USD = 9.80 USD"), "{record}");

        let payouts = page(&mut browser, "/admin/payouts").await;
        assert!(payouts.contains("1 payout has reached the minimum: $9.80") && payouts.contains("Create 1 payout, $9.80 in all?"));
        browser.post("/admin/payouts/create", &[("expected", "USD 979")]).await.expect(303);
        assert!(page(&mut browser, "/admin/payouts").await.contains("The totals have changed"));
        let made = browser.post("/admin/payouts/create", &[("expected", "USD 980")]).await.expect(303);
        let payout = made.header("location").to_owned();
        assert!(page(&mut browser, &payout).await.contains("PO-1001"));
        browser.post(&format!("{payout}/approve"), &[]).await.expect(303);

        // Another amount than the one shown is not marked paid.
        let form = page(&mut browser, &format!("{payout}/pay")).await;
        assert!(form.contains("Mark $9.80 paid") && form.contains("value=\"980\""));
        let refused = browser.post(&format!("{payout}/pay"), &[("expected", "979"), ("reference", "SEPA 77"), ("method", "wise")]).await.expect(422).text();
        assert!(refused.contains("The amount has changed") && refused.contains("SEPA 77"));
        let refused = browser.post(&format!("{payout}/pay"), &[("expected", "980"), ("reference", "SEPA 77"), ("paid_on", "2026-12-24")]).await.expect(422).text();
        assert!(refused.contains("This day has not come yet") && refused.contains("SEPA 77"));
        browser.post(&format!("{payout}/pay"), &[("expected", "980"), ("reference", "SEPA 77"), ("method", "wise"), ("paid_on", "2026-11-20")]).await.expect(303);
        let record = page(&mut browser, &payout).await;
        assert!(record.contains("PO-1001 marked paid: $9.80 to Maya Okonkwo.") && record.contains("SEPA 77") && record.contains("20 Nov 2026"));
        assert!(page(&mut browser, &path).await.contains("Paid $9.80"));

        // A refund after payment is carried: owed −9.80, and it stands on the next payout.
        shop.made("/track/refund", json!({"external_id": "ref-1", "sale_external_id": "inv-1"})).await;
        assert!(page(&mut browser, "/admin").await.contains("−$9.80"));
        sale(&shop, "inv-2", "ada", 7500).await;
        let second = first_id(&page(&mut browser, "/admin/commissions?status=pending").await, "com");
        browser.post(&format!("/admin/commissions/{second}/approve"), &[]).await.expect(303);
        let payouts = page(&mut browser, "/admin/payouts").await;
        assert!(payouts.contains("$15.00") && payouts.contains("−$9.80") && payouts.contains("$5.20"));
        let form = page(&mut browser, &format!("/admin/commissions/{second}/pay")).await;
        assert!(form.contains("Mark $5.20 paid") && form.contains("less −$9.80"), "{form}");
        browser.post(&format!("/admin/commissions/{second}/pay"), &[("expected", "520"), ("method", "wise")]).await.expect(303);
        assert!(page(&mut browser, "/admin/payouts?status=paid").await.contains("2 payouts, $15.00"));

        let balance = shop.api().get(&format!("/affiliates/{}/balance", maya["id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!(balance["data"][0]["owed"], 0);
    }

    async fn one_commission_is_marked_paid_from_the_affiliates_record(test: TestApp) {
        let (shop, maya) = story(&test, "Northwind").await;
        let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
        let mut browser = shop.browser().await;
        let record = format!("/admin/affiliates/{}", id(&maya));
        assert!(!page(&mut browser, &record).await.contains("Approved, in no payout"), "it is pending");
        let made = sale(&shop, "inv-2", "bea", 7500).await;
        shop.api().post(&format!("/referrals/{}/approve", id(&made["referral"])), json!({})).await.expect(200);
        let commission = id(&made["commissions"][0]);
        shop.api().post(&format!("/commissions/{commission}/approve"), json!({})).await.expect(200);
        let text = page(&mut browser, &record).await;
        let pay = format!("/admin/commissions/{commission}/pay");
        assert!(text.contains("Approved, in no payout") && text.contains("Customer bea"), "{text}");
        assert!(text.contains(&format!("href=\"{pay}?back={record}\"")), "{text}");
        let form = page(&mut browser, &format!("{pay}?back={record}")).await;
        assert!(form.contains("Mark $15.00 paid") && form.contains(&format!("name=\"back\" value=\"{record}\"")), "{form}");
        let fields = [("expected", "1500"), ("method", "wise"), ("reference", "W-7"), ("back", record.as_str())];
        assert_eq!(browser.post(&pay, &fields).await.expect(303).header("location"), record);
        let text = page(&mut browser, &record).await;
        assert!(text.contains("$15.00 marked paid with PO-1001.") && !text.contains("Approved, in no payout"), "{text}");
        // It is a payout like any other, of one line, in the same ledger.
        let payouts = shop.api().get("/payouts").await.expect(200).json();
        let payout = &payouts["data"][0];
        assert_eq!((&payout["status"], &payout["commission_ids"], &payout["amount"]), (&json!("paid"), &json!([commission]), &json!(1500)));
        let balance = shop.api().get(&format!("/affiliates/{}/balance", id(&maya))).await.expect(200).json();
        assert_eq!((&balance["data"][0]["paid"], &balance["data"][0]["owed"]), (&json!(1500), &json!(0)));
    }

    async fn wrong_fields_keep_what_was_typed(test: TestApp) {
        let (shop, _) = story(&test, "Northwind").await;
        let mut browser = shop.browser().await;
        let commission = first_id(&page(&mut browser, "/admin/commissions").await, "com");
        let path = format!("/admin/commissions/{commission}");
        let refused = browser.post(&format!("{path}/adjust"), &[("amount", "5.001"), ("note", "for patience")]).await.expect(422).text();
        assert!(refused.contains("Too many decimals") && refused.contains("5.001") && refused.contains("for patience"));
        let refused = browser.post(&format!("{path}/adjust"), &[("amount", "-99"), ("note", "too much")]).await.expect(422).text();
        assert!(refused.contains("would leave less than nothing") && refused.contains("too much"));
        browser.post(&format!("{path}/adjust"), &[("amount", "-0.80"), ("note", "agreed by phone")]).await.expect(303);
        let record = page(&mut browser, &path).await;
        assert!(record.contains("Adjusted: $9.80 is now $9.00.") && record.contains("agreed by phone") && record.contains("Adjusted by −$0.80"));
        assert!(browser.post(&format!("{path}/reject"), &[("reason", " ")]).await.expect(422).text().contains("This is required"));
        browser.post(&format!("{path}/reject"), &[("reason", "self-made")]).await.expect(303);
        assert!(page(&mut browser, &path).await.contains("self-made"));
        browser.post(&format!("{path}/undo"), &[]).await.expect(303);

        let referral = first_id(&page(&mut browser, "/admin/referrals").await, "ref");
        let path = format!("/admin/referrals/{referral}");
        let refused = browser.post(&format!("{path}/checks"), &[("kind", "kyc"), ("note", "passport seen")]).await.expect(422).text();
        assert!(refused.contains("Choose whether it passed") && refused.contains("passport seen"));
        browser.post(&format!("{path}/checks"), &[("kind", "kyc"), ("result", "failed"), ("note", "passport seen")]).await.expect(303);
        assert!(page(&mut browser, &path).await.contains("Identity (KYC)"));
        browser.post(&format!("{path}/remarks"), &[("remark", "Ask Ben"), ("tags", "vip, second look")]).await.expect(303);
        let record = page(&mut browser, &path).await;
        assert!(record.contains("Ask Ben") && record.contains("vip, second look"), "{record}");
        assert!(browser.post(&format!("{path}/reject"), &[]).await.expect(422).text().contains("This is required"));
        browser.post(&format!("{path}/reject"), &[("reason", "the same household")]).await.expect(303);
        assert!(page(&mut browser, &path).await.contains("Rejected: the same household"));

        let form = page(&mut browser, "/admin/commissions/new").await;
        let affiliate = first_id(&form, "aff");
        let refused = browser.post("/admin/commissions/new", &[("affiliate", ""), ("amount", "ten"), ("currency", "USD"), ("note", "Bonus")]).await.expect(422).text();
        assert!(refused.contains("Choose an affiliate") && refused.contains("Write the amount as a number") && refused.contains("ten"));
        browser.post("/admin/commissions/new", &[("affiliate", &affiliate), ("amount", "25"), ("currency", "EUR"), ("note", "Bonus")]).await.expect(303);
        let list = page(&mut browser, "/admin/commissions?status=approved").await;
        assert!(list.contains("1 commission, €25.00"));
        assert!(page(&mut browser, "/admin").await.contains("currency=EUR"), "currencies are chosen, never added up");
    }

    async fn many_at_once_with_a_preview_and_a_report(test: TestApp) {
        let (shop, _) = story(&test, "Northwind").await;
        for number in 2..6 {
            sale(&shop, &format!("inv-{number}"), &format!("c{number}"), 10_000).await;
        }
        let mut browser = shop.browser().await;
        let referral = first_id(&page(&mut browser, "/admin/referrals?q=ada").await, "ref");
        browser.post(&format!("/admin/referrals/{referral}/reject"), &[("reason", "no")]).await.expect(303);
        browser.post("/admin/referrals/bulk", &[("act", "approve"), ("id", &referral)]).await.expect(200);
        let report = browser.post("/admin/referrals/bulk", &[("act", "approve"), ("id", &referral), ("confirmed", "true")]).await.expect(200).text();
        assert!(report.contains("0 referrals approved") && report.contains("A referral that is rejected cannot be approved."));
        browser.post("/admin/referrals/bulk", &[("act", "approve"), ("all", "true"), ("query", "q=c5"), ("confirmed", "true")]).await.expect(303);
        assert!(page(&mut browser, "/admin/referrals?status=approved").await.contains("1 referral approved."));

        let preview = browser.post("/admin/commissions/bulk", &[("act", "approve"), ("all", "true"), ("query", "sort=amount")]).await.expect(200).text();
        assert!(preview.contains("Approve 4 commissions, $80.00 in all?"), "{preview}");
        let fields = [("act", "approve"), ("all", "true"), ("query", "sort=amount"), ("confirmed", "true")];
        let report = browser.post("/admin/commissions/bulk", &fields).await.expect(200).text();
        assert!(report.contains("1 commission approved") && report.contains("3 were left as they were") && report.contains("The referral is pending; approve it first."));
        let fields = [("act", "reject"), ("all", "true"), ("query", ""), ("confirmed", "true")];
        assert!(browser.post("/admin/commissions/bulk", &fields).await.expect(422).text().contains("is required"));
        let fields = [("act", "reject"), ("all", "true"), ("query", ""), ("confirmed", "true"), ("reason", "test orders")];
        browser.post("/admin/commissions/bulk", &fields).await.expect(303);
        assert!(page(&mut browser, "/admin/commissions").await.contains("3 commissions rejected."));

        let csv = browser.get("/admin/commissions.csv?status=approved").await.expect(200).text();
        let mut lines = csv.lines();
        assert!(lines.next().is_some_and(|head| head.starts_with("Id,Created,Day,Affiliate,")));
        let row = lines.next().expect("a row");
        assert!(row.contains(",100.00,20.00,0.00,0.00,20.00,USD,") && lines.next().is_none(), "{csv}");
    }

    async fn ranges_lists_and_the_search_obey_their_address(test: TestApp) {
        let (shop, _) = story(&test, "Northwind").await;
        let mut browser = shop.browser().await;
        let dashboard = page(&mut browser, "/admin?metric=revenue&range=7d").await;
        assert!(dashboard.contains("15 Nov – 21 Nov 2026") && dashboard.contains("compared with 8 Nov – 14 Nov · UTC"));
        assert!(dashboard.contains("Revenue per day, 15 Nov – 21 Nov 2026") && dashboard.contains("Total $49.00, after none in the previous 7 days. Peak $49.00 on 21 Nov."));
        assert!(page(&mut browser, "/admin?metric=revenue&from=2026-01-01&to=2026-01-31").await.contains("Total $0.00."));
        assert!(page(&mut browser, "/admin?per=month&range=year&metric=nonsense&currency=XXX").await.contains("Clicks per month"));

        assert!(page(&mut browser, "/admin/commissions?range=today").await.contains("1 commission, $9.80"));
        assert!(page(&mut browser, "/admin/commissions?from=2026-01-01&to=2026-01-31").await.contains("No matches"));
        assert!(page(&mut browser, "/admin/commissions?affiliate=aff_01h455vb4pex5vsknk084sn02q").await.contains("No matches"));
        let customers = page(&mut browser, "/admin/customers?status=customer&q=ADA").await;
        assert!(customers.contains("Customer ada") && customers.contains("Maya Okonkwo"));
        let customer = first_id(&customers, "con");
        let record = page(&mut browser, &format!("/admin/customers/{customer}")).await;
        assert!(record.contains("Belongs to") && record.contains("Why it was credited so"));

        for (text, found) in [("maya", "Maya Okonkwo"), ("spring", "Spring sale"), ("ada@", "Customer ada")] {
            let hits = page(&mut browser, &format!("/admin/search?q={text}")).await;
            assert!(hits.contains(found) && !hits.contains("<html"), "{text}: {hits}");
        }
        assert!(!page(&mut browser, "/admin/search?q=").await.contains("href"));
    }

    async fn commissions_are_filtered_by_affiliate_group_campaign_and_status(test: TestApp) {
        let (shop, maya) = story(&test, "Northwind").await;
        let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
        let (autumn, tom) = (shop.campaign("Autumn").await, shop.affiliate("Tom").await);
        shop.partnership(&autumn, &tom, "tom").await;
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        shop.api().patch(&format!("/affiliates/{}", id(&tom)), json!({"group_id": group["id"]})).await.expect(200);
        let sold = json!({"external_id": "inv-tom", "customer_external_id": "zed", "amount": 10_000, "currency": "USD", "code": "tom"});
        shop.made("/track/sale", sold).await;
        let mut browser = shop.browser().await;
        for (query, sum) in [
            (String::new(), "2 commissions, $29.80"),
            (format!("?affiliate={}", id(&maya)), "1 commission, $9.80"),
            (format!("?group={}", id(&group)), "1 commission, $20.00"),
            (format!("?campaign={}", id(&autumn)), "1 commission, $20.00"),
            (format!("?campaign={}&affiliate={}", id(&autumn), id(&maya)), "No matches"),
            ("?status=pending".to_owned(), "2 commissions, $29.80"),
            (format!("?status=approved&group={}", id(&group)), "No matches"),
        ] {
            let list = page(&mut browser, &format!("/admin/commissions{query}")).await;
            assert!(list.contains(sum), "{query}: {list}");
        }
        let csv = page(&mut browser, &format!("/admin/commissions.csv?group={}", id(&group))).await;
        assert!(csv.lines().count() == 2 && csv.contains(",Tom,"), "{csv}");
    }

    async fn nobody_sees_another_business(test: TestApp) {
        let (shop, _) = story(&test, "Northwind").await;
        let (_, _) = story(&test, "Southwind").await;
        let mut own = shop.browser().await;
        let commission = first_id(&page(&mut own, "/admin/commissions").await, "com");
        let referral = first_id(&page(&mut own, "/admin/referrals").await, "ref");
        let customer = first_id(&page(&mut own, "/admin/customers").await, "con");
        let other = test.business("Eastwind").await;
        let mut browser = other.browser().await;
        browser.get("/admin/payouts").await.expect(200);
        for path in [
            format!("/admin/commissions/{commission}"),
            format!("/admin/commissions/{commission}/pay"),
            format!("/admin/referrals/{referral}"),
            format!("/admin/referrals/{referral}/reject"),
            format!("/admin/customers/{customer}"),
            "/admin/payouts/pay_01h455vb4pex5vsknk084sn02q".to_owned(),
            "/admin/payouts/nonsense".to_owned(),
        ] {
            browser.get(&path).await.expect(404);
        }
        for path in [format!("/admin/commissions/{commission}/approve"), format!("/admin/commissions/{commission}/adjust"), format!("/admin/referrals/{referral}/approve")] {
            browser.post(&path, &[("amount", "1"), ("note", "x")][..if path.ends_with("adjust") { 2 } else { 0 }]).await.expect(404);
        }
        browser.post("/admin/commissions/bulk", &[("act", "approve"), ("id", &commission), ("confirmed", "true")]).await.expect(200);
        assert!(page(&mut own, "/admin/commissions?status=pending").await.contains(&commission));
        assert!(!page(&mut browser, "/admin/search?q=maya").await.contains("Maya"));
    }

    async fn a_change_is_told_at_once(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let hub = test.app.hub().clone();
        let business = shop.id;
        let before = hub.listeners();
        let tell = async {
            listens(&hub, before).await;
            for _ in 0..50 {
                hub.publish(Change { business, affiliate: None });
            }
            // The stream has its turn, and then the pause between two changes is over.
            tokio::time::sleep(Duration::from_millis(5)).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            hub.close();
        };
        let (stream, ()) = tokio::join!(browser.get("/admin/live"), tell);
        let stream = stream.expect(200);
        assert_eq!(stream.header("content-type"), "text/event-stream");
        let changes = stream.text().matches("event: change").count();
        assert!((1..=2).contains(&changes), "{changes}: many at once are told once or twice");
        test.browser().get("/admin/live").await.expect(303);
        // A page whose session ended before it listened is told so: it reloads and is led to the log-in.
        for stream in ["/admin/live".to_owned(), format!("/portal/{}/live", shop.slug)] {
            let told = test.browser().listen(&stream).await.expect(200);
            assert_eq!((told.header("content-type"), told.text().as_str()), ("text/event-stream", "event: end\ndata: session\n\n"));
        }
    }

    async fn a_change_that_another_process_makes_is_told(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let other = test.beside(2).await;
        let mut here = Echo::join(&test.app).await.expect("it joins");
        let mut there = Echo::join(&other).await.expect("it joins");
        let hub = test.app.hub().clone();
        let before = hub.listeners();
        let change = async {
            listens(&hub, before).await;
            let mut work = other.begin(&shop.system()).await.expect("a work");
            work.changed(None);
            work.commit().await.expect("stored");
            there.step().await.expect("noted");
            here.step().await.expect("heard");
            hub.close();
        };
        let (stream, ()) = tokio::join!(browser.get("/admin/live"), change);
        assert_eq!(stream.expect(200).text().matches("event: change").count(), 1);
    }

    async fn changes_of_two_businesses_are_told_to_their_own_pages(test: TestApp) {
        let north = test.business("Northwind").await;
        let south = test.business("Southwind").await;
        let east = test.business("Eastwind").await;
        let mut at_north = north.browser().await;
        let mut at_south = south.browser().await;
        let mut at_east = east.browser().await;
        let other = test.beside(2).await;
        let mut here = Echo::join(&test.app).await.expect("it joins");
        let mut there = Echo::join(&other).await.expect("it joins");
        let hub = test.app.hub().clone();
        let before = hub.listeners();
        let changes = async {
            // All three.
            listens(&hub, before + 2).await;
            for shop in [&north, &south] {
                let mut work = other.begin(&shop.system()).await.expect("a work");
                work.changed(None);
                work.commit().await.expect("stored");
            }
            there.step().await.expect("noted together");
            here.step().await.expect("heard");
            hub.close();
        };
        let (of_north, of_south, of_east, ()) = tokio::join!(
            at_north.get("/admin/live"),
            at_south.get("/admin/live"),
            at_east.get("/admin/live"),
            changes
        );
        for (stream, changes) in [(of_north, 1), (of_south, 1), (of_east, 0)] {
            assert_eq!(stream.expect(200).text().matches("event: change").count(), changes);
        }
    }

    async fn what_changed_before_a_page_listened_is_told_first(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let text = page(&mut browser, "/admin/affiliates").await;
        let (_, told) = text.split_once("data-told=\"").expect("what the page was read with");
        let told = told.split('"').next().expect("a number").to_owned();
        let hub = test.app.hub().clone();
        let unchanged = format!("/admin/live?told={told}");
        shop.affiliate("Maya").await;
        // Nobody tells anything from here on: the streams end by themselves.
        hub.close();
        let missed = browser.get(&unchanged).await.expect(200).text();
        assert!(missed.contains("event: change"), "{missed}");
        let text = page(&mut browser, "/admin/affiliates").await;
        assert!(text.contains("Maya") && !text.contains(&format!("data-told=\"{told}\"")), "{text}");
        let now = format!("/admin/live?told={}", hub.told(shop.id));
        let heard = browser.get(&now).await.expect(200).text();
        assert!(heard.contains("hello") && !heard.contains("event: change"), "{heard}");
        // New clicks count, too.
        hub.publish_clicks(Change { business: shop.id, affiliate: None });
        assert!(browser.get(&now).await.expect(200).text().contains("event: change"));
    }
}
