//! The second step of a log-in: codes of an authenticator app and recovery codes, for people of portals and
//! for staff.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use service::messaging::mail;
use service::store::list::Window;
use sha1::Sha1;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
const MAYA: &str = "maya@affiliates.example.com";

/// An authenticator app, written anew from RFC 6238: it does not share the server's code.
struct Phone(Vec<u8>);

impl Phone {
    /// Scans the picture: takes the secret from the address on the page.
    fn scan(page: &str) -> Self {
        let (_, rest) = page.split_once("secret=").expect("a secret");
        let text: String = rest
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        Self(BASE32_NOPAD.decode(text.as_bytes()).expect("base32"))
    }

    /// The code of this many steps from now.
    fn code(&self, test: &TestApp, steps: i64) -> String {
        let step = test.app.now().0 / 30_000 + steps;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 0xf);
        let four: [u8; 4] = hash[at..at + 4].try_into().expect("four bytes");
        format!(
            "{:06}",
            (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
        )
    }

    /// A code that is not right now or beside now.
    fn wrong(&self, test: &TestApp) -> String {
        self.code(test, 1_000)
    }
}

/// The pages of one of the two faces.
#[derive(Clone, Copy)]
struct Face {
    page: &'static str,
    ask: &'static str,
    log_in: &'static str,
    home: &'static str,
    cookie: &'static str,
}

const PORTAL: Face = Face {
    page: "/portal/fernhill/account/two-step",
    ask: "/portal/fernhill/second-step",
    log_in: "/portal/fernhill/log-in",
    home: "/portal/fernhill/",
    cookie: "portal_fernhill",
};
const STAFF: Face = Face {
    page: "/admin/account/two-step",
    ask: "/admin/second-step",
    log_in: "/admin/log-in",
    home: "/admin",
    cookie: "tributary_staff",
};

impl Face {
    /// Turns the second step on; answers with the phone and the recovery codes.
    async fn turn_on(self, test: &TestApp, browser: &mut Client) -> (Phone, Vec<String>) {
        browser.get(self.page).await.expect(200);
        browser
            .post(&format!("{}/begin", self.page), &[])
            .await
            .expect(303);
        let page = browser.get(self.page).await.expect(200).text();
        assert!(
            page.contains("QR code") && page.contains("otpauth://totp/"),
            "{page}"
        );
        let phone = Phone::scan(&page);
        let confirm = format!("{}/confirm", self.page);
        let refused = browser
            .post(&confirm, &[("code", &phone.wrong(test))])
            .await
            .expect(422)
            .text();
        assert!(refused.contains("code-error"), "{refused}");
        let page = browser
            .post(&confirm, &[("code", &phone.code(test, 0))])
            .await
            .expect(200)
            .text();
        let codes: Vec<String> = page
            .split("<li class=\"whitespace-nowrap\">")
            .skip(1)
            .filter_map(|rest| rest.split('<').next())
            .map(str::to_owned)
            .collect();
        assert_eq!(codes.len(), 10, "{page}");
        let again = browser.get(self.page).await.expect(200).text();
        assert!(
            !again.contains(&codes[0]) && !again.contains("otpauth"),
            "shown once: {again}"
        );
        (phone, codes)
    }

    /// Logs in with the password, as far as that leads.
    async fn log_in(self, test: &TestApp, email: &str) -> Client {
        let mut browser = test.browser();
        browser
            .post(self.log_in, &[("email", email), ("password", PASSWORD)])
            .await
            .expect(303);
        browser
    }

    async fn enter(self, browser: &mut Client, code: &str) -> Answer {
        browser.get(self.ask).await.expect(200);
        browser
            .post(self.ask, &[("code", code), ("next", "")])
            .await
    }

    async fn is_in(self, browser: &mut Client) -> bool {
        browser.get(self.home).await.status == 200
    }

    /// All that the second step promises, for whoever `email` is.
    async fn story(self, test: &TestApp, mut browser: Client, email: &str) {
        let (phone, codes) = self.turn_on(test, &mut browser).await;
        test.clock.advance_ms(60_000);
        let mut other = self.log_in(test, email).await;
        // The password alone opens nothing but the question.
        let to = other
            .get(self.home)
            .await
            .expect(303)
            .header("location")
            .to_owned();
        assert!(to.starts_with(self.ask), "{to}");
        assert!(
            other
                .get(self.page)
                .await
                .expect(303)
                .header("location")
                .starts_with(self.ask)
        );
        let half = other.cookie(self.cookie).expect("a session");
        let wrong = self
            .enter(&mut other, &phone.wrong(test))
            .await
            .expect(422)
            .text();
        assert!(wrong.contains("code-error"), "{wrong}");
        assert!(!self.is_in(&mut other).await);
        let code = phone.code(test, 0);
        let to = self.enter(&mut other, &code).await.expect(303);
        assert_eq!(to.header("location"), self.home);
        assert!(self.is_in(&mut other).await);
        // A new secret, and the half session is gone.
        assert_ne!(other.cookie(self.cookie).expect("a session"), half);
        let mut thief = test.browser();
        thief.set_cookie(self.cookie, &half);
        assert!(!self.is_in(&mut thief).await);

        // Seen over the shoulder, the code is worth nothing: not again, nor an earlier one.
        let mut third = self.log_in(test, email).await;
        self.enter(&mut third, &code).await.expect(422);
        self.enter(&mut third, &phone.code(test, -1))
            .await
            .expect(422);
        // The one after it counts already: clocks differ.
        self.enter(&mut third, &phone.code(test, 1))
            .await
            .expect(303);
        assert!(self.is_in(&mut third).await);

        // A recovery code counts once.
        test.clock.advance_ms(90_000);
        let mut fourth = self.log_in(test, email).await;
        self.enter(&mut fourth, &codes[3].to_uppercase())
            .await
            .expect(303);
        assert!(self.is_in(&mut fourth).await);
        let mut fifth = self.log_in(test, email).await;
        self.enter(&mut fifth, &codes[3]).await.expect(422);

        // Five tries in a quarter of an hour, the right code not excepted.
        test.clock.advance_ms(15 * MINUTE_MS);
        let mut guesser = self.log_in(test, email).await;
        for _ in 0..5 {
            self.enter(&mut guesser, &phone.wrong(test))
                .await
                .expect(422);
        }
        let page = self
            .enter(&mut guesser, &phone.code(test, 0))
            .await
            .expect(422)
            .text();
        assert!(page.contains("five wrong codes"), "{page}");
        test.clock.advance_ms(15 * MINUTE_MS);
        // The session that waited has ended by now; a new log-in has tries again.
        assert!(guesser.get(self.ask).await.expect(303).header("location") == self.home);
        let mut after = self.log_in(test, email).await;
        self.enter(&mut after, &phone.code(test, 0))
            .await
            .expect(303);
        assert!(self.is_in(&mut after).await);

        // New recovery codes end the old ones; turning it off ends all of it.
        after.get(self.page).await.expect(200);
        let page = after
            .post(&format!("{}/codes", self.page), &[])
            .await
            .expect(200)
            .text();
        assert!(!page.contains(&codes[0]), "{page}");
        let mut late = self.log_in(test, email).await;
        self.enter(&mut late, &codes[0]).await.expect(422);
        after.get(self.page).await.expect(200);
        after
            .post(&format!("{}/off", self.page), &[])
            .await
            .expect(303);
        let mut plain = self.log_in(test, email).await;
        assert!(self.is_in(&mut plain).await);
    }
}

async fn told(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id"))
        .await
        .expect("mails");
    lines
        .into_iter()
        .filter(|line| line.kind == "account_changed")
        .map(|line| line.to_address)
        .collect()
}

both_engines! {
    async fn a_person_of_the_portal_has_a_second_step(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let browser = shop.portal(&shop.affiliate("Maya").await).await;
        PORTAL.story(&test, browser, MAYA).await;
        assert_eq!(told(&shop).await, [MAYA, MAYA, MAYA], "on, new codes, off");
    }

    async fn a_member_of_staff_has_a_second_step(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let browser = shop.browser().await;
        STAFF.story(&test, browser, &shop.owner_email).await;
        assert_eq!(told(&shop).await.len(), 3);
    }

    async fn turning_it_on_and_off_needs_a_proof_and_ends_other_sessions(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let mut phone_browser = PORTAL.log_in(&test, MAYA).await;
        assert!(PORTAL.is_in(&mut phone_browser).await);
        test.clock.advance_ms(15 * MINUTE_MS);
        browser.get(PORTAL.page).await.expect(200);
        for act in ["begin", "confirm", "codes", "off"] {
            let code = [("code", "123456")];
            let fields: &[(&str, &str)] = if act == "confirm" { &code } else { &[] };
            let answer = browser.post(&format!("{}/{act}", PORTAL.page), fields).await.expect(303);
            assert!(answer.header("location").contains("/account/prove"), "{act}");
        }
        browser.get("/portal/fernhill/account/prove").await.expect(200);
        browser.post("/portal/fernhill/account/prove", &[("password", PASSWORD), ("next", "")]).await.expect(303);
        PORTAL.turn_on(&test, &mut browser).await;
        assert!(PORTAL.is_in(&mut browser).await);
        assert!(!PORTAL.is_in(&mut phone_browser).await, "it was opened without a second step");
        // The secret is on no page any more, and cannot be replaced without turning it off.
        browser.get(PORTAL.page).await.expect(200);
        browser.post(&format!("{}/begin", PORTAL.page), &[]).await.expect(409);
    }

    async fn each_has_their_own(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut maya = shop.portal(&shop.affiliate("Maya").await).await;
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        let (phone, codes) = PORTAL.turn_on(&test, &mut maya).await;
        PORTAL.turn_on(&test, &mut tom).await;
        test.clock.advance_ms(60_000);
        let mut thief = PORTAL.log_in(&test, "tom@affiliates.example.com").await;
        PORTAL.enter(&mut thief, &phone.code(&test, 0)).await.expect(422);
        PORTAL.enter(&mut thief, &codes[0]).await.expect(422);
        assert!(!PORTAL.is_in(&mut thief).await);
    }

    async fn who_lost_everything_is_let_in_again_by_staff(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut browser = shop.portal(&maya).await;
        PORTAL.turn_on(&test, &mut browser).await;
        let id = maya["id"].as_str().expect("an id");
        let mut rival = test.business("Rival").await.browser().await;
        rival.get("/admin").await.expect(200);
        rival.post(&format!("/admin/affiliates/{id}/two-step-off"), &[]).await.expect(404);
        let mut owner = shop.browser().await;
        let page = owner.get(&format!("/admin/affiliates/{id}")).await.expect(200).text();
        assert!(page.contains("Turn two-step log-in off?"), "{page}");
        test.clock.advance_ms(11 * 60_000);
        let asked = owner.post(&format!("/admin/affiliates/{id}/two-step-off"), &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"), "{}", asked.header("location"));
        let mut owner = shop.browser().await;
        owner.get(&format!("/admin/affiliates/{id}")).await.expect(200);
        owner.post(&format!("/admin/affiliates/{id}/two-step-off"), &[]).await.expect(303);
        let mut plain = PORTAL.log_in(&test, MAYA).await;
        assert!(PORTAL.is_in(&mut plain).await);
        assert_eq!(told(&shop).await, [MAYA, MAYA]);
        let page = owner.get(&format!("/admin/affiliates/{id}")).await.expect(200).text();
        assert!(!page.contains("Turn two-step log-in off?"), "{page}");
    }
}
