//! The bell of staff: what it tells, to whom, and until when it is unread.

use domain::status::MailState;
use service::messaging::mail;
use service::store::list::Window;
use service::store::messaging::mail as rows;
use testkit::{Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PATH: &str = "/admin/notifications";

/// How many the bell says are unread.
fn unread(page: &str) -> String {
    let (_, rest) = page
        .split_once("aria-label=\"Notifications")
        .expect("a bell");
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn page(browser: &mut Client) -> String {
    browser.get(PATH).await.expect(200).text()
}

/// The latest mail could not be delivered.
async fn bounce(shop: &Shop<'_>) -> String {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await;
    let line = lines.expect("mails").remove(0);
    // Without a mail server mails are kept; with one they would be queued.
    let queued = rows::set_queued(&mut work.tx, line.id).await;
    assert!(queued.expect("an answer"), "it was kept");
    let tried = rows::set_tried(&mut work.tx, line.id, MailState::Failed, "no such mailbox").await;
    assert!(tried.expect("an answer"), "it was queued");
    work.commit().await.expect("stored");
    line.to_address
}

both_engines! {
    async fn it_tells_what_happened_and_leads_there(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let mut owner = shop.browser().await;
        let empty = page(&mut owner).await;
        assert!(empty.contains("Nothing yet") && unread(&empty).is_empty(), "{empty}");

        let maya = shop.affiliate("Maya").await;
        let mut portal = shop.portal(&maya).await;
        test.clock.advance_ms(MINUTE_MS);
        portal.get("/portal/fernhill/messages").await.expect(200);
        portal.post("/portal/fernhill/messages", &[("text", "Hello there")]).await.expect(303);
        test.clock.advance_ms(MINUTE_MS);
        portal.get("/portal/fernhill/account/payout-method/change").await.expect(200);
        let method = [("kind", "paypal"), ("email", "maya@pay.example"), ("legal_name", "Maya Okonkwo")];
        portal.post("/portal/fernhill/account/payout-method/change", &method).await.expect(303);
        let to = bounce(&shop).await;

        let told = page(&mut owner).await;
        for text in [
            "Maya has access to the portal now.",
            "Maya has written to you.",
            "Maya has changed the payout method.",
            &format!("did not arrive at {to}."),
        ] {
            assert!(told.contains(text), "{text}: {told}");
        }
        assert_eq!(unread(&told), ", 4 unread");
        let id = maya["id"].as_str().expect("an id");
        assert!(told.contains(&format!("href=\"/admin/messages/{id}\"")), "{told}");
        // On every page of the admin, and live there.
        let dashboard = owner.get("/admin/groups").await.expect(200).text();
        assert!(dashboard.contains("id=\"bell\" data-live") && dashboard.contains("<live-stream src=\"/admin/live\" data-every="), "{dashboard}");
        // Another business hears nothing of it, nor does the portal.
        let theirs = page(&mut rival.browser().await).await;
        assert!(theirs.contains("Nothing yet") && !theirs.contains("Maya"), "{theirs}");

        // Looking changes nothing; the button does, for who pressed it.
        page(&mut owner).await;
        assert_eq!(unread(&page(&mut owner).await), ", 4 unread");
        owner.post(&format!("{PATH}/read"), &[]).await.expect(303);
        assert_eq!(unread(&page(&mut owner).await), "");
        // Answered, a message does not wait any more; a new one is unread.
        test.clock.advance_ms(MINUTE_MS);
        owner.get(&format!("/admin/messages/{id}")).await.expect(200);
        owner.post(&format!("/admin/messages/{id}"), &[("text", "Hello Maya")]).await.expect(303);
        assert!(!page(&mut owner).await.contains("Maya has written to you."));
        test.clock.advance_ms(MINUTE_MS);
        portal.get("/portal/fernhill/messages").await.expect(200);
        portal.post("/portal/fernhill/messages", &[("text", "Thank you")]).await.expect(303);
        assert_eq!(unread(&page(&mut owner).await), ", 1 unread");
        owner.forget_token();
        owner.post(&format!("{PATH}/read"), &[]).await.expect(403);
    }

    async fn too_many_messages_say_when_to_try_again(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut portal = shop.portal(&shop.affiliate("Maya").await).await;
        portal.get("/portal/fernhill/messages").await.expect(200);
        let mut answer = portal.post("/portal/fernhill/messages", &[("text", "One")]).await;
        for number in 0..200 {
            if answer.status == 429 {
                break;
            }
            answer = portal.post("/portal/fernhill/messages", &[("text", &format!("Message {number}"))]).await;
        }
        let answer = answer.expect(429);
        assert_eq!(answer.header("retry-after"), "3600");
        assert!(answer.text().contains("Your text is kept here"), "{}", answer.text());
    }
}
