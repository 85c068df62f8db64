//! Deciding on many referrals and commissions: the preview says what it would do, what fails is listed with
//! its reason, and all of it can be undone until it is drafted.

use serde_json::json;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

/// A shop with sales of 100.00 by as many customers, at 10 %.
async fn shop(test: &TestApp, customers: usize) -> Shop<'_> {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
    shop.made("/rules", rule).await;
    let maya = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Spring").await;
    shop.partnership(&campaign, &maya, "fernhill-maya").await;
    for number in 0..customers {
        let sale = json!({"external_id": format!("inv-{number}"), "customer": {"external_id": format!("c{number}")},
            "amount": 100_00, "currency": "USD", "code": "fernhill-maya"});
        shop.made("/track/sale", sale).await;
    }
    shop
}

async fn count(shop: &Shop<'_>, list: &str, status: &str) -> usize {
    let rows = shop
        .api()
        .get(&format!("/{list}?status={status}"))
        .await
        .expect(200)
        .json();
    rows["data"].as_array().expect("rows").len()
}

/// The fields of the undo button on a page that shows it.
fn undo(page: &str, path: &str) -> Vec<(String, String)> {
    let form = page
        .split(&format!("action=\"{path}\""))
        .nth(1)
        .expect("an undo button");
    let form = form.split("</form>").next().expect("a form");
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|field| {
            let (name, rest) = field.split_once("\" value=\"")?;
            Some((
                name.to_owned(),
                rest.split('"').next()?.replace("&#38;", "&"),
            ))
        })
        .filter(|(name, _)| name != "csrf")
        .collect()
}

/// What a preview says that it shows, as its button sends it.
fn seen(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"seen\" value=\"")
        .expect("what was seen");
    rest.split('"').next().expect("a value").to_owned()
}

async fn send(browser: &mut Client, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    browser.post(path, &fields).await
}

both_engines! {
    async fn referrals_are_decided_by_filter_and_undone(test: TestApp) {
        let shop = shop(&test, 4).await;
        let mut staff = shop.browser().await;
        staff.get("/admin/referrals").await.expect(200);
        let all = [("act", "reject"), ("all", "true"), ("query", "status=pending")];
        let preview = staff.post("/admin/referrals/bulk", &all).await.expect(200).text();
        assert!(preview.contains("Reject 4 referrals?") && preview.contains("$40.00 pending"), "{preview}");
        assert_eq!(count(&shop, "referrals", "pending").await, 4, "a preview changes nothing");
        let confirmed = [("act", "reject"), ("all", "true"), ("query", "status=pending"), ("confirmed", "true")];
        let refused = staff.post("/admin/referrals/bulk", &confirmed).await.expect(422).text();
        assert!(refused.contains("Reject 4 referrals?"), "{refused}");
        let done = [("act", "reject"), ("all", "true"), ("query", "status=pending"), ("confirmed", "true"), ("reason", "test orders")];
        let to = staff.post("/admin/referrals/bulk", &done).await.expect(303).header("location").to_owned();
        assert_eq!((count(&shop, "referrals", "rejected").await, count(&shop, "commissions", "rejected").await), (4, 4));
        let page = staff.get(&to).await.expect(200).text();
        assert!(page.contains("4 referrals rejected."), "{page}");
        let fields = undo(&page, "/admin/referrals/bulk/undo");
        send(&mut staff, "/admin/referrals/bulk/undo", &fields).await.expect(303);
        assert_eq!((count(&shop, "referrals", "pending").await, count(&shop, "commissions", "pending").await), (4, 4));
        // Once only.
        let to = send(&mut staff, "/admin/referrals/bulk/undo", &fields).await.expect(303).header("location").to_owned();
        assert!(staff.get(&to).await.expect(200).text().contains("undone before"));
    }

    async fn commissions_are_approved_reported_and_undone_until_drafted(test: TestApp) {
        let shop = shop(&test, 4).await;
        let api = shop.api();
        let referrals = api.get("/referrals").await.expect(200).json();
        for referral in &referrals["data"].as_array().expect("rows")[..3] {
            let path = format!("/referrals/{}/approve", referral["id"].as_str().expect("an id"));
            api.post(&path, json!({})).await.expect(200);
        }
        let mut staff = shop.browser().await;
        staff.get("/admin/referrals").await.expect(200);
        let fields = [("act", "approve"), ("all", "true"), ("query", "")];
        let preview = staff.post("/admin/commissions/bulk", &fields).await.expect(200).text();
        assert!(preview.contains("Approve 4 commissions, $40.00 in all?"), "{preview}");
        let fields = [("act", "approve"), ("all", "true"), ("query", ""), ("confirmed", "true")];
        let report = staff.post("/admin/commissions/bulk", &fields).await.expect(200).text();
        assert!(report.contains("3 commissions approved") && report.contains("The referral is pending; approve it first."), "{report}");
        let fields = undo(&report, "/admin/commissions/bulk/undo");
        // One of them is refunded meanwhile and one is rejected by its referral: those stay as they are.
        let approved = api.get("/commissions?status=approved").await.expect(200).json();
        let of = |n: usize, field: &str| approved["data"][n][field].as_str().expect("an id").to_owned();
        api.post(&format!("/referrals/{}/reject", of(0, "referral_id")), json!({"reason": "fraud"})).await.expect(200);
        let to = send(&mut staff, "/admin/commissions/bulk/undo", &fields).await.expect(303).header("location").to_owned();
        let said = staff.get(&to).await.expect(200).text();
        assert!(said.contains("Undone: 2 commissions pending again. 1 commission left as it stands: it is rejected by now."), "{said}");
        assert_eq!(count(&shop, "commissions", "pending").await, 3);

        // Drafted they are out of reach.
        let pending = [("act", "approve"), ("all", "true"), ("query", ""), ("confirmed", "true")];
        let report = staff.post("/admin/commissions/bulk", &pending).await.expect(200).text();
        let fields = undo(&report, "/admin/commissions/bulk/undo");
        shop.made("/payouts", json!({"all_eligible": true})).await;
        let to = send(&mut staff, "/admin/commissions/bulk/undo", &fields).await.expect(303).header("location").to_owned();
        assert!(staff.get(&to).await.expect(200).text().contains("it is in payout by now"));
        assert_eq!(count(&shop, "commissions", "in_payout").await, 2);
    }

    async fn many_commissions_are_rejected_reported_and_undone(test: TestApp) {
        let shop = shop(&test, 3).await;
        let api = shop.api();
        let mut staff = shop.browser().await;
        staff.get("/admin/commissions").await.expect(200);
        let all = [("act", "reject"), ("all", "true"), ("query", "")];
        let preview = staff.post("/admin/commissions/bulk", &all).await.expect(200).text();
        assert!(preview.contains("Reject 3 commissions, $30.00 in all?"), "{preview}");
        assert_eq!(count(&shop, "commissions", "pending").await, 3, "a preview changes nothing");
        // One of those that are ticked was rejected by somebody else meanwhile.
        let rows = api.get("/commissions").await.expect(200).json();
        let ids: Vec<&str> = rows["data"].as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id")).collect();
        api.post(&format!("/commissions/{}/reject", ids[0]), json!({"reason": "a test order"})).await.expect(200);
        let fields: Vec<_> = [("act", "reject"), ("confirmed", "true"), ("reason", "test orders")].into_iter().chain(ids.iter().map(|id| ("id", *id))).collect();
        let report = staff.post("/admin/commissions/bulk", &fields).await.expect(200).text();
        assert!(report.contains("2 commissions rejected") && report.contains("1 was left as it was") && report.contains(&format!("/admin/commissions/{}", ids[0])), "{report}");
        let fields = undo(&report, "/admin/commissions/bulk/undo");
        let to = send(&mut staff, "/admin/commissions/bulk/undo", &fields).await.expect(303).header("location").to_owned();
        assert!(staff.get(&to).await.expect(200).text().contains("Undone: 2 commissions pending again."));
        assert_eq!((count(&shop, "commissions", "pending").await, count(&shop, "commissions", "rejected").await), (2, 1));
    }

    async fn what_has_changed_since_the_preview_is_shown_first(test: TestApp) {
        let shop = shop(&test, 2).await;
        let mut staff = shop.browser().await;
        staff.get("/admin/commissions").await.expect(200);
        for (noun, title, more) in [("referrals", "Approve 2 referrals?", "Approve 3 referrals?"), ("commissions", "Approve 3 commissions, $30.00 in all?", "Approve 4 commissions, $40.00 in all?")] {
            let path = format!("/admin/{noun}/bulk");
            let all = [("act", "approve"), ("all", "true"), ("query", "")];
            let preview = staff.post(&path, &all).await.expect(200).text();
            assert!(preview.contains(title), "{preview}");
            // A sale comes between the page and the button.
            let sale = json!({"external_id": format!("late-{noun}"), "customer": {"external_id": format!("late-{noun}")},
                "amount": 100_00, "currency": "USD", "code": "fernhill-maya"});
            shop.made("/track/sale", sale).await;
            let press = |seen: &str| [("act", "approve"), ("all", "true"), ("query", ""), ("confirmed", "true"), ("seen", seen)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            let again = send(&mut staff, &path, &press(&seen(&preview))).await.expect(422).text();
            assert!(again.contains("This has changed since the page was opened") && again.contains(more), "{again}");
            assert_eq!(count(&shop, noun, "approved").await, 0, "nothing is decided unseen");
            let done = send(&mut staff, &path, &press(&seen(&again))).await;
            assert!(matches!(done.status.as_u16(), 200 | 303), "{}", done.text());
            assert_eq!(count(&shop, noun, "approved").await, 3);
        }
    }

    async fn as_many_others_of_the_same_worth_are_shown_first(test: TestApp) {
        let shop = shop(&test, 2).await;
        let api = shop.api();
        let mut staff = shop.browser().await;
        staff.get("/admin/commissions").await.expect(200);
        for (noun, title) in [("referrals", "Approve 2 referrals?"), ("commissions", "Approve 2 commissions, $20.00 in all?")] {
            let path = format!("/admin/{noun}/bulk");
            let all = [("act", "approve"), ("all", "true"), ("query", "")];
            let preview = staff.post(&path, &all).await.expect(200).text();
            assert!(preview.contains(title), "{preview}");
            // One is rejected between the page and the button, and a sale of the same amount comes: two, and $20.00 again.
            let pending = api.get(&format!("/{noun}?status=pending")).await.expect(200).json();
            let first = pending["data"][0]["id"].as_str().expect("an id").to_owned();
            api.post(&format!("/{noun}/{first}/reject"), json!({"reason": "a test order"})).await.expect(200);
            let sale = json!({"external_id": format!("late-{noun}"), "customer": {"external_id": format!("late-{noun}")},
                "amount": 100_00, "currency": "USD", "code": "fernhill-maya"});
            shop.made("/track/sale", sale).await;
            let press = |seen: &str| [("act", "approve"), ("all", "true"), ("query", ""), ("confirmed", "true"), ("seen", seen)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            let again = send(&mut staff, &path, &press(&seen(&preview))).await.expect(422).text();
            assert!(again.contains("This has changed since the page was opened") && again.contains(title), "{again}");
            assert_ne!(seen(&again), seen(&preview));
            assert_eq!(count(&shop, noun, "approved").await, 0, "nothing is decided unseen");
        }
        // So it is with ticked ones, of which those count that are pending.
        let path = "/admin/commissions/bulk";
        let rejected = api.get("/commissions?status=rejected").await.expect(200).json();
        let pending = api.get("/commissions?status=pending").await.expect(200).json();
        let ids = [&rejected["data"][0]["id"], &pending["data"][0]["id"], &pending["data"][1]["id"]].map(|id| id.as_str().expect("an id"));
        let ticked = |seen: &str, confirmed: &str| -> Vec<(String, String)> {
            let fields = [("act", "approve"), ("seen", seen), ("confirmed", confirmed)];
            fields.into_iter().chain(ids.iter().map(|id| ("id", *id))).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        let preview = send(&mut staff, path, &ticked("", "false")).await.expect(200).text();
        assert!(preview.contains("Approve 2 commissions, $20.00 in all?"), "{preview}");
        api.post(&format!("/commissions/{}/reject", ids[1]), json!({"reason": "a test order"})).await.expect(200);
        let changed = send(&mut staff, path, &ticked(&seen(&preview), "true")).await.expect(422).text();
        assert!(changed.contains("Approve 1 commission, $10.00 in all?"), "{changed}");
        assert_eq!(count(&shop, "commissions", "approved").await, 0);
    }
}
