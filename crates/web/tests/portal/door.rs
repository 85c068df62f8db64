//! The portal's doors over HTTP, and the outbox.

use domain::id::AffiliateId;
use domain::status::InvitationState;
use domain::time::DAY_MS;
use service::messaging::mail;
use service::portal::invitation::{self, InvitationView};
use service::store::list::Window;
use testkit::{Shop, TestApp, both_engines};

const PASSWORD: &str = "a garden gate in may";

async fn affiliate(shop: &Shop<'_>, name: &str) -> AffiliateId {
    shop.affiliate(name).await["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

async fn invite(shop: &Shop<'_>, affiliate: AffiliateId) -> InvitationView {
    let mut work = shop.work().await;
    let view = invitation::invite(&mut work, affiliate)
        .await
        .expect("invited");
    work.commit().await.expect("stored");
    view
}

async fn state(shop: &Shop<'_>, affiliate: AffiliateId) -> InvitationState {
    let mut work = shop.work().await;
    invitation::for_affiliate(&mut work, affiliate)
        .await
        .expect("listed")[0]
        .state
}

fn path(view: &InvitationView) -> String {
    view.link
        .as_deref()
        .and_then(|link| link.strip_prefix("http://localhost:8080"))
        .expect("a link here")
        .to_owned()
}

both_engines! {
    async fn an_invitation_from_link_to_log_in(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = affiliate(&shop, "Maya <Okonkwo>").await;
        let link = path(&invite(&shop, maya).await);

        // Scanners and people look; nothing is spent.
        let mut browser = test.browser();
        for _ in 0..3 {
            let page = browser.get(&link).await.expect(200);
            let text = page.text();
            assert!(text.contains("Fernhill") && text.contains("Maya &#60;Okonkwo&#62;") && text.contains("maya-okonkwo@affiliates.example.com"), "{text}");
            assert!(page.header("set-cookie").is_empty());
        }
        assert_eq!(state(&shop, maya).await, InvitationState::Opened);

        // What is wrong is said beside its field, and the name is kept.
        let refused = browser.post(&link, &[("name", "Maya & Co"), ("password", "short")]).await.expect(422).text();
        assert!(refused.contains("password-error") && refused.contains("Maya &#38; Co"), "{refused}");
        assert!(!refused.contains("short\""), "a password is not shown again");

        let done = browser.post(&link, &[("name", "Maya Okonkwo"), ("password", PASSWORD)]).await.expect(303);
        assert_eq!(done.header("location"), "/portal/fernhill/");
        let cookies: Vec<_> = done.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect();
        let session = cookies.iter().find(|cookie| cookie.starts_with("portal_fernhill=")).expect("a session");
        assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Path=/"), "{session}");
        browser.get("/portal/fernhill/log-in").await.expect(303);

        // Used up, for whoever comes next.
        let mut stranger = test.browser();
        assert!(stranger.get(&link).await.expect(410).text().contains("used already"));
        stranger.post(&link, &[("name", "Eve"), ("password", PASSWORD)]).await.expect(409);
        assert!(!stranger.has_cookie("portal_fernhill"));

        // The password opens the door from then on.
        let mut again = test.browser();
        again.get("/portal/fernhill/log-in").await.expect(200);
        let form = [("email", "MAYA-okonkwo@affiliates.example.com"), ("password", PASSWORD), ("next", "/portal/fernhill/payouts?page=2")];
        let entered = again.post("/portal/fernhill/log-in", &form).await.expect(303);
        assert_eq!(entered.header("location"), "/portal/fernhill/payouts?page=2");
    }

    async fn links_of_another_portal_are_unknown(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let maya = affiliate(&shop, "Maya").await;
        let link = path(&invite(&shop, maya).await);
        let mut browser = test.browser();
        let elsewhere = link.replace("/portal/fernhill/", "/portal/rival/");
        assert_eq!(elsewhere.matches("rival").count(), 1);
        browser.get(&elsewhere).await.expect(404);
        browser.post(&elsewhere, &[("name", "Eve"), ("password", PASSWORD)]).await.expect(404);
        browser.get(&format!("{link}0")).await.expect(404);
        browser.get("/portal/nobody/log-in").await.expect(404);
        browser.get("/portal/fernhill/invitation/nonsense").await.expect(404);
        browser.get(&link).await.expect(200);
        drop(rival);
    }

    async fn an_invitation_ends_by_time_and_by_hand(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = affiliate(&shop, "Maya").await;
        let view = invite(&shop, maya).await;
        let link = path(&view);
        test.clock.advance_ms(14 * DAY_MS);
        let mut browser = test.browser();
        assert!(browser.get(&link).await.expect(410).text().contains("run out"));
        browser.post(&link, &[("name", "Maya"), ("password", PASSWORD)]).await.expect(409);
        let mut work = shop.work().await;
        invitation::resend(&mut work, view.id).await.expect("sent again");
        work.commit().await.expect("stored");
        browser.get(&link).await.expect(200);
        let mut work = shop.work().await;
        invitation::revoke(&mut work, view.id).await.expect("taken back");
        work.commit().await.expect("stored");
        assert!(browser.get(&link).await.expect(410).text().contains("taken back"));
    }

    async fn an_address_is_corrected_from_the_affiliates_page(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let maya = affiliate(&shop, "Maya").await;
        let first = invite(&shop, maya).await;
        let address = format!("/admin/invitations/{}/address", first.id);
        let mut owner = shop.browser().await;
        let record = format!("/admin/affiliates/{maya}");
        assert!(owner.get(&record).await.expect(200).text().contains(&address));
        owner.post(&address, &[("email", "nonsense")]).await.expect(303);
        assert!(owner.get(&record).await.expect(200).text().contains("Nothing was changed"));
        owner.post(&address, &[("email", "maya@fixed.example.com")]).await.expect(303);
        assert!(owner.get(&record).await.expect(200).text().contains("maya@fixed.example.com"));
        test.browser().get(&path(&first)).await.expect(410);
        let mut other = rival.browser().await;
        other.get("/admin/affiliates").await.expect(200);
        other.post(&address, &[("email", "eve@example.com")]).await.expect(404);
    }

    async fn wrong_passwords_slow_down(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = affiliate(&shop, "Maya").await;
        let link = path(&invite(&shop, maya).await);
        test.browser().post(&link, &[("name", "Maya"), ("password", PASSWORD)]).await.expect(303);
        let mut browser = test.browser();
        let door = "/portal/fernhill/log-in";
        let wrong = browser.post(door, &[("email", "maya@affiliates.example.com"), ("password", "no idea at all")]).await.expect(422).text();
        let unknown = browser.post(door, &[("email", "nobody@affiliates.example.com"), ("password", "no idea at all")]).await.expect(422).text();
        assert_eq!(wrong.replace("maya@", "nobody@"), unknown, "known and unknown look alike");
        let right = [("email", "maya@affiliates.example.com"), ("password", PASSWORD)];
        let slowed = browser.post(door, &right).await.expect(429);
        assert_eq!(slowed.header("retry-after"), "1");
        test.clock.advance_ms(1_000);
        browser.post(door, &right).await.expect(303);
    }

    async fn a_stranger_who_guesses_keeps_nobody_waiting(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut device = shop.portal(&maya).await;
        device.get("/portal/fernhill/").await.expect(200);
        device.post("/portal/fernhill/log-out", &[]).await.expect(303);
        let door = "/portal/fernhill/log-in";
        let wrong = [("email", "maya@affiliates.example.com"), ("password", "no idea at all")];
        let right = [("email", "maya@affiliates.example.com"), ("password", shop.owner_password)];
        let mut stranger = test.browser();
        for wait_s in [1, 3, 5, 10, 15, 20, 30, 30] {
            stranger.post(door, &wrong).await.expect(422);
            let slowed = stranger.post(door, &wrong).await.expect(429);
            assert_eq!(slowed.header("retry-after"), wait_s.to_string());
            test.clock.advance_ms(wait_s * 1_000);
        }
        stranger.post(door, &wrong).await.expect(422);
        stranger.post(door, &right).await.expect(429);
        // The browser that she has logged in with before is counted apart; and in another she only waits.
        device.post(door, &right).await.expect(303);
        test.clock.advance_ms(30_000);
        stranger.post(door, &right).await.expect(303);
    }

    async fn a_session_opens_one_portal_only(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let maya = affiliate(&shop, "Maya").await;
        let link = path(&invite(&shop, maya).await);
        let mut browser = test.browser();
        browser.post(&link, &[("name", "Maya"), ("password", PASSWORD)]).await.expect(303);
        browser.get("/portal/fernhill/log-in").await.expect(303);

        // Not the other portal, not even with the cookie under the other's name; and not the admin.
        browser.get("/portal/rival/log-in").await.expect(200);
        let stolen = browser.cookie("portal_fernhill").expect("a session");
        browser.set_cookie("portal_rival", &stolen);
        browser.get("/portal/rival/log-in").await.expect(200);
        browser.set_cookie("portal_rival", &stolen.replacen(&shop.id.code(), &rival.id.code(), 1));
        browser.get("/portal/rival/log-in").await.expect(200);
        browser.set_cookie("tributary_staff", &stolen);
        let admin = browser.get("/admin/mail").await.expect(303);
        assert!(admin.header("location").starts_with("/admin/log-in"));

        // Leaving needs the session's token, which other sites do not have.
        browser.forget_token();
        browser.post("/portal/fernhill/log-out", &[]).await.expect(403);
        browser.post("/portal/fernhill/log-out", &[("csrf", "guess")]).await.expect(403);
        browser.get("/portal/fernhill/log-in").await.expect(303);
    }

    async fn next_stays_in_the_portal(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = affiliate(&shop, "Maya").await;
        let link = path(&invite(&shop, maya).await);
        let mut browser = test.browser();
        browser.post(&link, &[("name", "Maya"), ("password", PASSWORD)]).await.expect(303);
        for next in ["https://evil.example/", "//evil.example", "/admin", "/portal/rival/", "/portal/fernhill/../rival/", "/portal/fernhill/%2e%2e/rival"] {
            let query = next.replace('%', "%25");
            let answer = browser.get(&format!("/portal/fernhill/log-in?next={query}")).await.expect(303);
            assert_eq!(answer.header("location"), "/portal/fernhill/", "{next}");
        }
        let answer = browser.get("/portal/fernhill/log-in?next=/portal/fernhill/leads").await.expect(303);
        assert_eq!(answer.header("location"), "/portal/fernhill/leads");
    }

    async fn the_way_to_a_portal_names_no_tenants(test: TestApp) {
        let _shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        assert_eq!(browser.get("/authentication").await.expect(303).header("location"), "/portal/fernhill/log-in");
        let _rival = test.business("Rival").await;
        let page = browser.get("/authentication").await.expect(200).text();
        assert!(!page.contains("Fernhill") && !page.contains("rival"));
        assert_eq!(browser.get("/authentication?portal=%20RIVAL").await.expect(303).header("location"), "/portal/rival/log-in");
        browser.get("/authentication?portal=nobody").await.expect(404);
    }

    async fn the_outbox_shows_what_was_written(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let maya = affiliate(&shop, "Maya").await;
        let view = invite(&shop, maya).await;
        let id = view.mail_id.expect("a mail");
        let mut owner = shop.browser().await;
        let page = owner.get("/admin/mail").await.expect(200).text();
        assert!(page.contains("maya@affiliates.example.com") && page.contains("Kept here") && page.contains("No mail server is configured"), "{page}");
        assert!(owner.get("/admin/mail?q=nothing-like-it").await.expect(200).text().contains("No matches"));
        assert!(owner.get("/admin/mail?state=kept&kind=invitation&q=MAYA").await.expect(200).text().contains("maya@affiliates"));

        let message = owner.get(&format!("/admin/mail/{id}")).await.expect(200);
        assert!(message.header("content-security-policy").contains("frame-src 'self'"));
        assert!(message.text().contains(view.link.as_deref().expect("a link")));
        let preview = owner.get(&format!("/admin/mail/{id}/preview")).await.expect(200);
        assert!(preview.header("content-security-policy").ends_with("sandbox"));
        assert!(preview.header("content-security-policy").contains("default-src 'none'"));
        owner.post(&format!("/admin/mail/{id}/send"), &[]).await.expect(409);

        // Another business's mail is like none; so is nonsense.
        let mut other = rival.browser().await;
        assert!(other.get("/admin/mail").await.expect(200).text().contains("No mail yet"));
        for path in [format!("/admin/mail/{id}"), format!("/admin/mail/{id}/preview"), "/admin/mail/mai_nonsense".to_owned()] {
            other.get(&path).await.expect(404);
        }
        other.post(&format!("/admin/mail/{id}/send"), &[]).await.expect(404);
        test.browser().get(&format!("/admin/mail/{id}/preview")).await.expect(303);
        let mut work = shop.work().await;
        assert_eq!(mail::list(&mut work, &mail::Filter::default(), Window::all("id")).await.expect("listed").len(), 1);
    }
}
