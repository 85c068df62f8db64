//! The bell of the portal: what is told, to whom, what reading does, and how long it stays.

use serde_json::{Value, json};
use service::clean_up;
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

both_engines! {
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
        assert!(count == ", 31 unread" && page.contains("of 31 notifications") && page.contains("9+"), "{page}");
        assert!(device.get(&format!("{PAGE}?page=2")).await.expect(200).text().contains("26–31 of 31"));
        test.clock.advance_ms(180 * DAY_MS - 60_000);
        let mut work = shop.work().await;
        clean_up::business(&mut work).await.expect("cleaned");
        work.commit().await.expect("stored");
        let mut device = test.browser();
        device.post("/portal/fernhill/log-in", &[("email", "maya@affiliates.example.com"), ("password", "correct horse battery staple")]).await.expect(303);
        assert_eq!(told(&mut device).await.0, ", 30 unread");
    }
}
