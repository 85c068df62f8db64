//! Messages between affiliates and the owner: both sides' pages, marks, mails, limits, and who may not.

use serde_json::{Value, json};
use service::messaging::mail;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const PORTAL: &str = "/portal/fernhill/messages";
const HOUR_MS: i64 = 3_600_000;

/// A shop, an affiliate with an account, their browser and the owner's.
async fn two_sides<'a>(test: &'a TestApp) -> (Shop<'a>, Value, Client, Client) {
    let shop = test.business("Fernhill").await;
    let maya = shop.affiliate("Maya").await;
    let device = shop.portal(&maya).await;
    let owner = shop.browser().await;
    (shop, maya, device, owner)
}

fn conversation(affiliate: &Value) -> String {
    format!(
        "/admin/messages/{}",
        affiliate["id"].as_str().expect("an id")
    )
}

/// Addresses of the mails about messages, the oldest first.
async fn mailed(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id"))
        .await
        .expect("mails");
    lines
        .into_iter()
        .filter(|line| line.kind.starts_with("message"))
        .map(|line| line.to_address)
        .collect()
}

async fn set_status(shop: &Shop<'_>, affiliate: &Value, status: &str) {
    let path = format!(
        "/affiliates/{}/status",
        affiliate["id"].as_str().expect("an id")
    );
    shop.api()
        .post(&path, json!({"status": status}))
        .await
        .expect(200);
}

/// Tells what the page has shown, as its script does.
async fn read(browser: &mut Client, path: &str, number: &str) {
    browser.get(path).await.expect(200);
    browser
        .post(&format!("{path}/read"), &[("number", number)])
        .await
        .expect(303);
}

both_engines! {
    async fn both_sides_write_and_read(test: TestApp) {
        let (shop, maya, mut device, mut owner) = two_sides(&test).await;
        let page = device.get(PORTAL).await.expect(200).text();
        assert!(page.contains("Nothing was written yet"), "{page}");

        let mut changes = test.app.hub().subscribe();
        let text = "Hi <b>there</b>,\r\nsee https://growth.example/post?a=1&b=2. Thanks";
        device.post(PORTAL, &[("text", text)]).await.expect(303);
        let mut told = Vec::new();
        while let Ok(change) = changes.try_recv() {
            told.push((change.business, change.affiliate.map(|id| id.to_string())));
        }
        assert!(told.contains(&(shop.id, maya["id"].as_str().map(str::to_owned))), "open pages are told: {told:?}");
        let page = device.get(PORTAL).await.expect(200).text();
        assert!(page.contains("Hi &#60;b&#62;there&#60;/b&#62;") || page.contains("Hi &lt;b&gt;there&lt;/b&gt;"), "{page}");
        let href = ["href=\"https://growth.example/post?a=1&#38;b=2\"", "href=\"https://growth.example/post?a=1&amp;b=2\""];
        assert!(href.iter().any(|href| page.contains(&format!("{href} rel=\"noopener noreferrer nofollow ugc\""))), "{page}");
        assert!(!page.contains("read-mark"), "one's own message is not unread");

        // The owner sees it in the menu, the list, on the record and in the conversation.
        let list = owner.get("/admin/messages").await.expect(200).text();
        assert!(list.contains("1 unread") && list.contains("Maya") && list.contains("1<span class=\"sr-only\"> waiting</span>"), "{list}");
        let none = owner.get("/admin/messages?q=nobody").await.expect(200).text();
        assert!(none.contains("No matches"), "{none}");
        let record = format!("/admin/affiliates/{}", maya["id"].as_str().unwrap());
        let page = owner.get(&record).await.expect(200).text();
        assert!(page.contains("1 unread") && page.contains("Hi "), "{page}");
        let path = conversation(&maya);
        let page = owner.get(&path).await.expect(200).text();
        assert!(page.contains("<read-mark>") && page.contains("growth.example"), "{page}");
        // Looking marks nothing; telling does.
        assert!(owner.get("/admin/messages?show=unread").await.expect(200).text().contains("Maya"));
        owner.get(&path).await.expect(200);
        owner.post(&format!("{path}/read"), &[("number", "1")]).await.expect(303);
        assert!(!owner.get(&path).await.expect(200).text().contains("read-mark"));
        assert!(owner.get("/admin/messages?show=unread").await.expect(200).text().contains("No matches"));

        owner.get(&path).await.expect(200);
        owner.post(&path, &[("text", "Good to hear from you")]).await.expect(303);
        let page = device.get(PORTAL).await.expect(200).text();
        assert!(page.contains("Owner 1") && page.contains("Good to hear from you"), "{page}");
        assert!(page.contains("1<span class=\"sr-only\"> unread</span>"), "{page}");
        assert!(page.find("Good to hear").unwrap() < page.find("Thanks").unwrap(), "the latest comes first");
        read(&mut device, PORTAL, "2").await;
        assert!(!device.get(PORTAL).await.expect(200).text().contains("unread</span>"));
        let audit = owner.get("/admin/audit?q=message.send").await.expect(200).text();
        assert!(audit.contains("Wrote to Maya"), "{audit}");
    }

    async fn a_mail_for_the_first_that_is_not_read(test: TestApp) {
        let (shop, maya, mut device, mut owner) = two_sides(&test).await;
        device.get(PORTAL).await.expect(200);
        for text in ["one", "two", "three"] {
            device.post(PORTAL, &[("text", text)]).await.expect(303);
        }
        // Without a support address the owner hears.
        assert_eq!(mailed(&shop).await, [shop.owner_email.as_str()]);
        // What came after the page was shown stays unread.
        let path = conversation(&maya);
        read(&mut owner, &path, "2").await;
        let list = owner.get("/admin/messages").await.expect(200).text();
        assert!(list.contains("1 unread"), "{list}");
        read(&mut owner, &path, "3").await;
        test.clock.advance_ms(1);
        device.get(PORTAL).await.expect(200);
        device.post(PORTAL, &[("text", "four")]).await.expect(303);
        assert_eq!(mailed(&shop).await.len(), 2);
        test.clock.advance_ms(1);
        for text in ["a", "b"] {
            owner.get(&path).await.expect(200);
            owner.post(&path, &[("text", text)]).await.expect(303);
        }
        let all = mailed(&shop).await;
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!(all[2], "maya@affiliates.example.com");
        // Who cannot log in reads by mail only, so each message goes there.
        let leo = shop.affiliate("Leo").await;
        let path = conversation(&leo);
        for text in ["a", "b"] {
            owner.get(&path).await.expect(200);
            owner.post(&path, &[("text", text)]).await.expect(303);
        }
        assert_eq!(mailed(&shop).await.len(), 5);
    }

    async fn what_cannot_be_taken_comes_back(test: TestApp) {
        let (_shop, maya, mut device, mut owner) = two_sides(&test).await;
        device.get(PORTAL).await.expect(200);
        for text in ["", "  \n ", &"x".repeat(5_001)] {
            let page = device.post(PORTAL, &[("text", text)]).await.expect(422).text();
            assert!(page.contains("aria-invalid"), "{page}");
            assert!(text.trim().is_empty() || page.contains(text), "what was typed is kept");
        }
        device.post(PORTAL, &[]).await.expect(422);
        device.post(PORTAL, &[("text", "x"), ("html", "y")]).await.expect(422);
        device.post(PORTAL, &[("text", "x"), ("csrf", "wrong")]).await.expect(403);
        let page = device.get(&format!("{PORTAL}?before=1")).await.expect(200).text();
        assert!(page.contains("Nothing was written yet"), "nothing was stored");
        device.get(&format!("{PORTAL}?before=x")).await.expect(400);
        let path = conversation(&maya);
        owner.get(&path).await.expect(200);
        owner.post(&path, &[("text", " ")]).await.expect(422);
        owner.post(&path, &[("text", &"y".repeat(5_000))]).await.expect(303);
        // A button pressed twice is one message.
        device.get(PORTAL).await.expect(200);
        for _ in 0..2 {
            device.post(PORTAL, &[("text", "Only once")]).await.expect(303);
        }
        let page = device.get(PORTAL).await.expect(200).text();
        assert_eq!(page.matches("Only once").count(), 1, "{page}");
        test.clock.advance_ms(30_000);
        device.post(PORTAL, &[("text", "Only once")]).await.expect(303);
        assert_eq!(device.get(PORTAL).await.expect(200).text().matches("Only once").count(), 2);
    }

    async fn twenty_an_hour(test: TestApp) {
        let (_shop, maya, mut device, mut owner) = two_sides(&test).await;
        device.get(PORTAL).await.expect(200);
        for number in 0..20 {
            device.post(PORTAL, &[("text", &format!("Question {number}"))]).await.expect(303);
            test.clock.advance_ms(60_000);
        }
        let answer = device.post(PORTAL, &[("text", "One too many")]).await.expect(429);
        let page = answer.text();
        assert!(page.contains("One too many") && page.contains("send it in 40 minutes"), "{page}");
        // Staff is not slowed down, and the budget comes back.
        let path = conversation(&maya);
        owner.get(&path).await.expect(200);
        owner.post(&path, &[("text", "An answer")]).await.expect(303);
        test.clock.advance_ms(HOUR_MS - 20 * 60_000);
        device.post(PORTAL, &[("text", "One too many")]).await.expect(303);
    }

    async fn who_may_write(test: TestApp) {
        let (shop, maya, mut device, mut owner) = two_sides(&test).await;
        for status in ["pending", "suspended"] {
            set_status(&shop, &maya, status).await;
            let page = device.get(PORTAL).await.expect(200).text();
            assert!(page.contains("<textarea"), "{status}");
            device.post(PORTAL, &[("text", &format!("I am {status}"))]).await.expect(303);
        }
        set_status(&shop, &maya, "terminated").await;
        let page = device.get(PORTAL).await.expect(200).text();
        assert!(page.contains("I am suspended") && page.contains("participation has ended") && !page.contains("<textarea"), "{page}");
        device.post(PORTAL, &[("text", "Still here")]).await.expect(403);

        // Staff who looks inside reads and changes nothing.
        set_status(&shop, &maya, "approved").await;
        let inside = format!("/admin/affiliates/{}/inside/messages", maya["id"].as_str().unwrap());
        let page = owner.get(&inside).await.expect(200).text();
        assert!(page.contains("I am pending") && !page.contains("<textarea") && !page.contains("read-mark"), "{page}");
        owner.post(&inside, &[("text", "As Maya")]).await.expect(405);
        owner.post(&format!("{inside}/read"), &[("number", "1")]).await.expect(404);

        // Another business's conversation is nobody's.
        let rival = test.business("Rival").await;
        let mut other = rival.browser().await;
        let path = conversation(&maya);
        other.get("/admin").await.expect(200);
        other.get(&path).await.expect(404);
        other.post(&path, &[("text", "Hello")]).await.expect(404);
        other.post(&format!("{path}/read"), &[("number", "1")]).await.expect(404);
        test.browser().get(PORTAL).await.expect(303);
    }

    async fn one_message_to_many(test: TestApp) {
        let (shop, maya, mut device, mut owner) = two_sides(&test).await;
        let leo = shop.affiliate("Leo").await;
        let gone = shop.affiliate("Gone").await;
        set_status(&shop, &gone, "terminated").await;
        let id = |affiliate: &Value| affiliate["id"].as_str().unwrap().to_owned();
        owner.get("/admin/affiliates").await.expect(200);
        let ids = [id(&maya), id(&leo)];
        let page = owner
            .post("/admin/affiliates/bulk", &[("act", "message"), ("id", &ids[0]), ("id", &ids[1])])
            .await
            .expect(200)
            .text();
        assert!(page.contains("To 2 affiliates") && page.contains("Leo, Maya") || page.contains("Maya, Leo"), "{page}");
        let page = owner.post("/admin/messages/many", &[("id", &ids[0]), ("id", &ids[1]), ("text", "")]).await.expect(422).text();
        assert!(page.contains(&ids[1]), "the choice is kept");
        owner.post("/admin/messages/many", &[("id", &ids[0]), ("id", &ids[1]), ("text", "New banners are here")]).await.expect(303);
        assert!(device.get(PORTAL).await.expect(200).text().contains("New banners are here"));
        owner.post("/admin/messages/many", &[("all", "true"), ("query", ""), ("text", "To everybody")]).await.expect(303);
        for (affiliate, there) in [(&maya, true), (&leo, true), (&gone, false)] {
            let page = owner.get(&conversation(affiliate)).await.expect(200).text();
            assert_eq!(page.contains("To everybody"), there, "{affiliate}");
        }
    }
}
