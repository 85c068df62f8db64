//! The bell of the portal: what is told, to whom, what reading does, and how long it stays.

use serde_json::{Value, json};
use service::clean_up;
use service::messaging::mail::{self, Filter, Mail};
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const PAGE: &str = "/portal/fernhill/notifications";
const DAY_MS: i64 = 86_400_000;

async fn maya<'a>(test: &'a TestApp) -> (Shop<'a>, Value, Client) {
    let shop = test.business("Fernhill").await;
    let maya = shop.affiliate("Maya").await;
    let device = shop.portal(&maya).await;
    (shop, maya, device)
}

/// How many the bell counts on the first page, and what the page of notifications says.
async fn told(device: &mut Client) -> (String, String) {
    let page = device.get(PAGE).await.expect(200).text();
    let (_, label) = page
        .split_once("aria-label=\"Notifications")
        .expect("a bell");
    let count = label.split('"').next().expect("its end").to_owned();
    (count, page)
}

async fn set_status(shop: &Shop<'_>, affiliate: &Value, status: &str) {
    let path = format!("/affiliates/{}/status", affiliate["id"].as_str().unwrap());
    shop.api()
        .post(&path, json!({"status": status}))
        .await
        .expect(200);
}

/// A drafted payout of 9.80 for Maya; its id.
async fn drafted(shop: &Shop<'_>, maya: &Value, number: u32) -> String {
    let sale = json!({"external_id": format!("inv-{number}"), "customer": {"external_id": "user-1"}, "amount": 4900, "currency": "USD", "code": "maya"});
    let sale = shop.made("/track/sale", sale).await;
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    if sale["referral"]["status"] == "pending" {
        let path = format!("/referrals/{}/approve", id(&sale["referral"]));
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let path = format!("/commissions/{}/approve", id(&sale["commissions"][0]));
    shop.api().post(&path, json!({})).await.expect(200);
    let made = shop
        .made("/payouts", json!({"affiliate_id": maya["id"]}))
        .await;
    id(&made["data"][0])
}

async fn approve(shop: &Shop<'_>, payout: &str) {
    let path = format!("/payouts/{payout}/approve");
    shop.api().post(&path, json!({})).await.expect(200);
}

/// The mails that tell of a payout that was made, oldest first.
async fn made_mails(shop: &Shop<'_>) -> Vec<Mail> {
    let mut work = shop.work().await;
    let filter = Filter {
        kind: Some("payout_made".to_owned()),
        ..Filter::default()
    };
    let lines = mail::list(&mut work, &filter, Window::all("id"))
        .await
        .expect("mails");
    let mut mails = Vec::new();
    for line in lines {
        mails.push(mail::get(&mut work, line.id).await.expect("a mail"));
    }
    mails
}

both_engines! {
    async fn what_happens_is_told_and_read(test: TestApp) {
        let (shop, maya, mut device) = maya(&test).await;
        let (count, page) = told(&mut device).await;
        assert!(count.is_empty() && page.contains("Nothing to tell yet"), "{page}");
        let campaign = shop.campaign("Autumn").await;
        shop.partnership(&campaign, &maya, "maya").await;
        shop.made("/rules", json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}})).await;
        let sale = json!({"external_id": "inv-1", "customer": {"external_id": "user-1"}, "amount": 4900, "currency": "USD", "code": "maya"});
        shop.made("/track/sale", sale).await;
        let first = async |list: &str| shop.api().get(list).await.expect(200).json()["data"][0]["id"].as_str().unwrap().to_owned();
        let (referral, commission) = (first("/referrals").await, first("/commissions").await);
        test.clock.advance_ms(1);
        shop.api().post(&format!("/referrals/{referral}/approve"), json!({})).await.expect(200);
        shop.api().post(&format!("/commissions/{commission}/approve"), json!({})).await.expect(200);
        test.clock.advance_ms(1);
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().unwrap().to_owned();
        for act in ["approve", "mark-paid"] {
            let body = if act == "mark-paid" { json!({"method": "paypal"}) } else { json!({}) };
            shop.api().post(&format!("/payouts/{payout}/{act}"), body).await.expect(200);
            test.clock.advance_ms(1);
        }
        set_status(&shop, &maya, "suspended").await;
        let (count, page) = told(&mut device).await;
        assert_eq!(count, ", 5 unread");
        let order = ["Your participation is suspended now.", "Paid to you: PO-", "A payout was made for you: PO-1001 · $9.80.", "A commission of $9.80 was approved.", "You take part in the campaign “Autumn”."];
        let main = page.split("<main").nth(1).expect("a page");
        let places: Vec<Option<usize>> = order.iter().map(|text| main.find(text)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {main}");

        // Opening one reads it and leads there; the rest goes together.
        let action = main.split("action=\"").map(|part| part.split('"').next().unwrap_or_default()).find(|action| action.contains("/ntf_")).unwrap().to_owned();
        let to = device.post(&action, &[]).await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/");
        assert_eq!(told(&mut device).await.0, ", 4 unread");
        device.post(&format!("{PAGE}/read"), &[]).await.expect(303);
        assert_eq!(told(&mut device).await.0, "");
        device.post(&action, &[("csrf", "wrong")]).await.expect(403);
        device.post(&format!("{PAGE}/ntf_01h455vb4pex5vsknk084sn02q"), &[]).await.expect(404);

        // Another account reads none of it, and staff who looks inside has no bell.
        let leo = shop.affiliate("Leo").await;
        let mut other = shop.portal(&leo).await;
        let (count, page) = told(&mut other).await;
        assert!(count.is_empty() && page.contains("Nothing to tell yet"), "{page}");
        other.post(&action, &[]).await.expect(404);
        let mut owner = shop.browser().await;
        let inside = format!("/admin/affiliates/{}/inside/payouts", maya["id"].as_str().unwrap());
        assert!(!owner.get(&inside).await.expect(200).text().contains("id=\"bell\""));
        test.browser().get(PAGE).await.expect(303);
    }

    async fn an_answer_rings_once_until_it_is_read(test: TestApp) {
        let (shop, maya, mut device) = maya(&test).await;
        let mut owner = shop.browser().await;
        let path = format!("/admin/messages/{}", maya["id"].as_str().unwrap());
        owner.get(&path).await.expect(200);
        for text in ["one", "two"] {
            owner.post(&path, &[("text", text)]).await.expect(303);
        }
        let (count, page) = told(&mut device).await;
        assert!(count == ", 1 unread" && page.contains("Owner 1 has written to you."), "{page}");
        device.get("/portal/fernhill/messages").await.expect(200);
        device.post("/portal/fernhill/messages/read", &[("number", "2")]).await.expect(303);
        assert_eq!(told(&mut device).await.0, "");
    }

    async fn half_a_year_later_it_is_gone(test: TestApp) {
        let (shop, maya, mut device) = maya(&test).await;
        set_status(&shop, &maya, "suspended").await;
        test.clock.advance_ms(60_000);
        for number in 0..30 {
            let status = if number % 2 == 0 { "approved" } else { "suspended" };
            set_status(&shop, &maya, status).await;
        }
        let (count, page) = told(&mut device).await;
        assert!(count == ", 9+ unread" && page.contains("of 31 notifications") && page.contains("9+"), "{page}");
        assert!(device.get(&format!("{PAGE}?page=2")).await.expect(200).text().contains("26–31 of 31"));
        test.clock.advance_ms(180 * DAY_MS - 60_000);
        let mut work = shop.work().await;
        clean_up::business(&mut work).await.expect("cleaned");
        work.commit().await.expect("stored");
        let mut device = test.browser();
        device.post("/portal/fernhill/log-in", &[("email", "maya@affiliates.example.com"), ("password", "correct horse battery staple")]).await.expect(303);
        let (count, page) = told(&mut device).await;
        assert!(count == ", 9+ unread" && page.contains("of 30 notifications"), "{page}");
    }

    async fn a_payout_is_told_of_when_it_is_made(test: TestApp) {
        let (shop, maya, mut device) = maya(&test).await;
        let campaign = shop.campaign("Autumn").await;
        shop.partnership(&campaign, &maya, "maya").await;
        shop.made("/rules", json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}})).await;
        let first = drafted(&shop, &maya, 1).await;
        assert!(made_mails(&shop).await.is_empty(), "a draft may shrink yet");
        approve(&shop, &first).await;
        let mails = made_mails(&shop).await;
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].to_address.as_str(), mails[0].subject.as_str()), ("maya@affiliates.example.com", "Fernhill is about to pay you $9.80"));
        for part in ["PO-1001", "$9.80", &format!("http://localhost:8080/portal/fernhill/payouts/{first}"), "/portal/fernhill/account/payout-method"] {
            assert!(mails[0].body_text.contains(part), "{part}: {}", mails[0].body_text);
        }
        assert!(told(&mut device).await.1.contains("A payout was made for you: PO-1001 · $9.80."));
        // One that is marked paid at once is told of as paid, and only so.
        let second = drafted(&shop, &maya, 2).await;
        shop.api().post(&format!("/payouts/{second}/mark-paid"), json!({})).await.expect(200);
        assert_eq!(made_mails(&shop).await.len(), 1);

        // In the language of who reads it.
        let page = device.get("/portal/fernhill/account").await.expect(200).text();
        assert!(page.contains("language"), "{page}");
        device.post("/portal/fernhill/account", &[("name", "Maya"), ("language", "de")]).await.expect(303);
        let third = drafted(&shop, &maya, 3).await;
        test.clock.advance_ms(1);
        approve(&shop, &third).await;
        let mails = made_mails(&shop).await;
        assert!(mails.len() == 2 && mails[1].subject.starts_with("Fernhill zahlt Ihnen bald"), "{mails:?}");
        let page = device.get(PAGE).await.expect(200).text();
        assert!(page.contains("Eine Auszahlung wurde für Sie erstellt: PO-1003"), "{page}");

        // Who wants no mail of the kind gets none, and is told in the portal all the same.
        let page = device.get("/portal/fernhill/account/notifications").await.expect(200).text();
        assert!(page.contains("Eine Auszahlung wurde erstellt"), "{page}");
        device.post("/portal/fernhill/account/notifications", &[("wanted", "payout_paid")]).await.expect(303);
        let fourth = drafted(&shop, &maya, 4).await;
        approve(&shop, &fourth).await;
        assert_eq!(made_mails(&shop).await.len(), 2);
        assert!(device.get(PAGE).await.expect(200).text().contains("PO-1004"));
        device.post("/portal/fernhill/account/notifications", &[("wanted", "payout_made")]).await.expect(303);
        // The business may want none at all.
        let mut owner = shop.browser().await;
        owner.get("/admin/settings/notifications").await.expect(200);
        owner.post("/admin/settings/notifications", &[]).await.expect(303);
        let fifth = drafted(&shop, &maya, 5).await;
        approve(&shop, &fifth).await;
        assert_eq!(made_mails(&shop).await.len(), 2);
    }
}
