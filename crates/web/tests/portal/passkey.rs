//! Passkeys of portal people and of staff: a device in software, and what must be refused.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use service::messaging::mail;
use service::store::list::Window;
use sha2::{Digest as _, Sha256};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
const MAYA: &str = "maya@affiliates.example.com";
const ORIGIN: &str = "http://localhost:8080";

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// A device that makes one passkey, written anew from the WebAuthn standard. Its fields can be bent.
#[derive(Clone)]
struct Device {
    key: SigningKey,
    id: Vec<u8>,
    /// What the site called its owner.
    handle: Vec<u8>,
    counter: u32,
    host: String,
    origin: String,
    flags: u8,
}

impl Device {
    fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).expect("a key"),
            id: vec![number; 32],
            handle: Vec::new(),
            counter: 0,
            host: "localhost".to_owned(),
            origin: ORIGIN.to_owned(),
            flags: PRESENT | VERIFIED,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().expect("a challenge");
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    /// Host, flags and counter.
    fn head(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let host = Sha256::digest(self.host.as_bytes());
        [&host[..], &[flags][..], &self.counter.to_be_bytes()[..]].concat()
    }

    /// Answers `navigator.credentials.create`.
    fn create(&mut self, options: &Value) -> String {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(
            options["authenticatorSelection"]["userVerification"],
            "required"
        );
        let handle = options["user"]["id"].as_str().expect("a handle");
        self.handle = BASE64URL_NOPAD
            .decode(handle.as_bytes())
            .expect("base64url");
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().expect("x"), point.y().expect("y"));
        // A map of kty 2, alg -7, crv 1, x and y.
        let cose = [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20][..],
            &x[..],
            &[0x22, 0x58, 0x20][..],
            &y[..],
        ]
        .concat();
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let data = [
            &self.head(self.flags | ATTESTED)[..],
            &[0; 16][..],
            &length[..],
            &self.id[..],
            &cose[..],
        ]
        .concat();
        let size = u8::try_from(data.len()).expect("short");
        let object = [
            &b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..],
            &[size][..],
            &data[..],
        ]
        .concat();
        let client = self.client_data("webauthn.create", options);
        self.credential(json!({
            "attestationObject": BASE64URL_NOPAD.encode(&object),
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
        }))
    }

    /// Answers `navigator.credentials.get`.
    fn get(&mut self, options: &Value) -> String {
        let client = self.client_data("webauthn.get", options);
        let data = self.head(self.flags);
        let signed = [&data[..], &Sha256::digest(&client)[..]].concat();
        let signature: Signature = self.key.sign(&signed);
        self.credential(json!({
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "signature": BASE64URL_NOPAD.encode(signature.to_der().as_bytes()),
            "userHandle": BASE64URL_NOPAD.encode(&self.handle),
        }))
    }

    fn credential(&self, response: Value) -> String {
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response})
            .to_string()
    }
}

/// Makes a device do what it should not.
type Bend = fn(&mut Device);

/// The pages of one of the two faces.
#[derive(Clone, Copy)]
struct Face {
    base: &'static str,
    home: &'static str,
    /// The page with the list, and where its acts are.
    page: &'static str,
    keys: &'static str,
    prove: &'static str,
    session: &'static str,
    challenge: &'static str,
    proof_ms: i64,
}

const PORTAL: Face = Face {
    base: "/portal/fernhill",
    home: "/portal/fernhill/",
    page: "/portal/fernhill/account/security",
    keys: "/portal/fernhill/account/passkeys",
    prove: "/portal/fernhill/account/prove",
    session: "portal_fernhill",
    challenge: "portal_passkey_fernhill",
    proof_ms: 15 * MINUTE_MS,
};
const STAFF: Face = Face {
    base: "/admin",
    home: "/admin",
    page: "/admin/account",
    keys: "/admin/account/passkeys",
    prove: "/admin/prove",
    session: "tributary_staff",
    challenge: "tributary_passkey",
    proof_ms: 10 * MINUTE_MS,
};

impl Face {
    async fn begin(self, browser: &mut Client, action: &str) -> Value {
        browser
            .post(&format!("{action}/begin"), &[])
            .await
            .expect(200)
            .json()
    }

    async fn add(self, browser: &mut Client, device: &mut Device, name: &str) -> Answer {
        browser.get(self.page).await.expect(200);
        let options = self.begin(browser, self.keys).await;
        let credential = device.create(&options);
        browser
            .post(self.keys, &[("credential", &credential), ("name", name)])
            .await
    }

    fn log_in_path(self) -> String {
        format!("{}/passkey", self.base)
    }

    async fn log_in(self, browser: &mut Client, device: &mut Device) -> Answer {
        let path = self.log_in_path();
        let options = self.begin(browser, &path).await;
        assert_eq!(
            options["allowCredentials"],
            json!([]),
            "no address is asked for"
        );
        let credential = device.get(&options);
        browser
            .post(&path, &[("credential", &credential), ("next", "")])
            .await
    }

    async fn is_in(self, browser: &mut Client) -> bool {
        browser.get(self.home).await.status == 200
    }

    /// The id of the first passkey of the list.
    async fn first(self, browser: &mut Client) -> String {
        let page = browser.get(self.page).await.expect(200).text();
        let (_, rest) = page.split_once("id=\"psk_").expect("a passkey");
        format!("psk_{}", rest.split('"').next().expect("an id"))
    }

    /// All that a passkey promises.
    async fn story(self, test: &TestApp, mut browser: Client) {
        let page = browser.get(self.page).await.expect(200).text();
        assert!(
            page.contains("None yet") && page.contains("<pass-key"),
            "{page}"
        );
        let mut device = Device::new(7);
        self.add(&mut browser, &mut device, "  Phone  ")
            .await
            .expect(303);
        let page = browser.get(self.page).await.expect(200).text();
        assert!(
            page.contains("Phone")
                && page.contains("For localhost")
                && page.contains("not used yet"),
            "{page}"
        );
        // The same one again is refused, and so is a name that is none.
        let again = self
            .add(&mut browser, &mut device.clone(), "Again")
            .await
            .expect(422)
            .text();
        assert!(again.contains("in the list already"), "{again}");
        let nameless = self
            .add(&mut browser, &mut Device::new(8), " ")
            .await
            .expect(422)
            .text();
        assert!(nameless.contains("passkey-name-error"), "{nameless}");

        let mut other = test.browser();
        assert!(!self.is_in(&mut other).await);
        let answer = self.log_in(&mut other, &mut device).await.expect(303);
        assert_eq!(answer.header("location"), self.home);
        assert!(self.is_in(&mut other).await && !other.has_cookie(self.challenge));
        let page = other.get(self.page).await.expect(200).text();
        assert!(page.contains("last used"), "{page}");

        // It shows once more who it is.
        test.clock.advance_ms(self.proof_ms);
        let page = other.get(self.page).await.expect(200).text();
        assert!(page.contains("asked first whether it is you"), "{page}");
        let id = self.first(&mut other).await;
        let rename = format!("{}/{id}/rename", self.keys);
        let asked = other.post(&rename, &[("name", "Pocket")]).await.expect(303);
        assert!(asked.header("location").starts_with(self.prove));
        other.get(self.prove).await.expect(200);
        let action = format!("{}/passkey", self.prove);
        let options = self.begin(&mut other, &action).await;
        assert_eq!(
            options["allowCredentials"].as_array().map(Vec::len),
            Some(1)
        );
        let before = other.cookie(self.session);
        let credential = device.get(&options);
        other
            .post(&action, &[("credential", &credential), ("next", "")])
            .await
            .expect(303);
        assert_ne!(other.cookie(self.session), before, "a new secret");
        other.get(self.page).await.expect(200);
        other.post(&rename, &[("name", "Pocket")]).await.expect(303);
        assert!(other.get(self.page).await.text().contains("Pocket"));

        // Removed, it opens nothing; the password goes on.
        other
            .post(&format!("{}/{id}/remove", self.keys), &[])
            .await
            .expect(303);
        let gone = self
            .log_in(&mut test.browser(), &mut device)
            .await
            .expect(422)
            .text();
        assert!(
            gone.contains("another way") || gone.contains("with your password"),
            "{gone}"
        );
        other.get(self.page).await.expect(200);
        other
            .post(&format!("{}/{id}/remove", self.keys), &[])
            .await
            .expect(404);
        assert!(self.is_in(&mut other).await);
    }

    /// All that is refused at a log-in.
    async fn refusals(self, test: &TestApp, mut browser: Client) {
        let mut device = Device::new(7);
        self.add(&mut browser, &mut device, "Phone")
            .await
            .expect(303);
        let path = self.log_in_path();

        // A challenge is answered once.
        let mut guest = test.browser();
        let options = self.begin(&mut guest, &path).await;
        let ticket = guest.cookie(self.challenge).expect("a challenge");
        let credential = device.get(&options);
        let sent = [("credential", credential.as_str()), ("next", "")];
        guest.post(&path, &sent).await.expect(303);
        let mut thief = test.browser();
        thief.set_cookie(self.challenge, &ticket);
        thief.post(&path, &sent).await.expect(422);
        // Nor is a fresh answer to it taken.
        thief.set_cookie(self.challenge, &ticket);
        let late = device.get(&options);
        thief
            .post(&path, &[("credential", &late), ("next", "")])
            .await
            .expect(422);
        // Without the cookie of the browser that asked, or with another's.
        let options = self.begin(&mut guest, &path).await;
        let credential = device.get(&options);
        let sent = [("credential", credential.as_str()), ("next", "")];
        test.browser().post(&path, &sent).await.expect(422);
        self.begin(&mut thief, &path).await;
        thief.post(&path, &sent).await.expect(422);
        // Five minutes.
        let options = self.begin(&mut guest, &path).await;
        test.clock.advance_ms(5 * MINUTE_MS);
        let credential = device.get(&options);
        guest
            .post(&path, &[("credential", &credential), ("next", "")])
            .await
            .expect(422);
        // A challenge to prove or to add is none to log in.
        browser.get(self.page).await.expect(200);
        let options = self.begin(&mut browser, self.keys).await;
        let credential = device.get(&options);
        browser
            .post(&path, &[("credential", &credential), ("next", "")])
            .await
            .expect(422);
        // Nonsense.
        for text in ["", "{}", "null", "[1]", "{\"id\":\"x\"}"] {
            self.begin(&mut guest, &path).await;
            guest
                .post(&path, &[("credential", text), ("next", "")])
                .await
                .expect(422);
        }

        let bent: Vec<(&str, Bend)> = vec![
            ("another host", |device| {
                device.host = "evil.example".to_owned()
            }),
            ("another origin", |device| {
                device.origin = "http://localhost:9090".to_owned()
            }),
            ("another key", |device| {
                device.key = SigningKey::from_slice(&[9; 32]).expect("a key")
            }),
            ("nobody made sure who it is", |device| {
                device.flags = PRESENT
            }),
            ("nobody was there", |device| device.flags = VERIFIED),
            ("somebody else's", |device| device.handle = vec![1; 16]),
            ("nobody's", |device| device.handle = Vec::new()),
            ("a copy that counts behind", |device| device.counter = 0),
            ("an unknown one", |device| device.id = vec![1; 32]),
        ];
        for (what, bend) in bent {
            let mut bent = device.clone();
            bend(&mut bent);
            let mut guest = test.browser();
            let answer = self.log_in(&mut guest, &mut bent).await;
            assert_eq!(answer.status, 422, "{what}");
            assert!(!self.is_in(&mut guest).await, "{what}");
        }
        self.log_in(&mut test.browser(), &mut device)
            .await
            .expect(303);
    }
}

async fn told(shop: &Shop<'_>) -> usize {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id")).await;
    let lines = lines.expect("mails");
    lines
        .iter()
        .filter(|line| line.kind == "account_changed")
        .count()
}

/// Turns the second step on in the portal and ends where a log-in with the password waits for it.
async fn with_second_step(test: &TestApp, shop: &Shop<'_>, browser: &mut Client) -> Client {
    let account = {
        let mut work = shop.work().await;
        roster_of(&mut work).await
    };
    browser.get(PORTAL.page).await.expect(200);
    let mut tx = test.app.db().write(shop.id).await.expect("a transaction");
    let holder = service::identity::two_step::Holder::Account(account);
    service::store::identity::two_step::set(&mut tx, holder, vec![1], test.app.now())
        .await
        .expect("set");
    service::store::identity::two_step::confirm(&mut tx, holder, test.app.now())
        .await
        .expect("on");
    tx.commit().await.expect("stored");
    let mut half = test.browser();
    half.post(
        "/portal/fernhill/log-in",
        &[("email", MAYA), ("password", PASSWORD)],
    )
    .await
    .expect(303);
    let to = half.get(PORTAL.home).await.expect(303);
    assert!(to.header("location").contains("/second-step"));
    half
}

/// The first account of the portal.
async fn roster_of(work: &mut service::Work) -> domain::id::AccountId {
    let lines = service::store::portal::account::list_by_email(&mut work.tx, MAYA, 1).await;
    lines.expect("accounts")[0].id
}

both_engines! {
    async fn a_person_of_the_portal_has_passkeys(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let browser = shop.portal(&shop.affiliate("Maya").await).await;
        PORTAL.story(&test, browser).await;
        assert_eq!(told(&shop).await, 2, "added and removed");
    }

    async fn a_member_of_staff_has_passkeys(test: TestApp) {
        let shop = test.business("Fernhill").await;
        STAFF.story(&test, shop.browser().await).await;
        assert_eq!(told(&shop).await, 2);
    }

    async fn the_portal_refuses_what_is_not_right(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let browser = shop.portal(&shop.affiliate("Maya").await).await;
        PORTAL.refusals(&test, browser).await;
    }

    async fn the_admin_refuses_what_is_not_right(test: TestApp) {
        let shop = test.business("Fernhill").await;
        STAFF.refusals(&test, shop.browser().await).await;
    }

    async fn adding_one_is_checked_as_well(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut browser = shop.portal(&maya).await;
        let bent: Vec<Bend> = vec![
            |device| device.host = "evil.example".to_owned(),
            |device| device.origin = "https://localhost:8080".to_owned(),
            |device| device.flags = PRESENT,
        ];
        for bend in bent {
            let mut device = Device::new(7);
            bend(&mut device);
            PORTAL.add(&mut browser, &mut device, "Phone").await.expect(422);
        }
        // A challenge is used once, also here, and is of the person who asked.
        browser.get(PORTAL.page).await.expect(200);
        let options = PORTAL.begin(&mut browser, PORTAL.keys).await;
        let ticket = browser.cookie(PORTAL.challenge).expect("a challenge");
        let (one, two) = (Device::new(1).create(&options), Device::new(2).create(&options));
        browser.post(PORTAL.keys, &[("credential", &one), ("name", "One")]).await.expect(303);
        browser.set_cookie(PORTAL.challenge, &ticket);
        browser.get(PORTAL.page).await.expect(200);
        browser.post(PORTAL.keys, &[("credential", &two), ("name", "Two")]).await.expect(422);
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        browser.get(PORTAL.page).await.expect(200);
        let options = PORTAL.begin(&mut browser, PORTAL.keys).await;
        tom.get(PORTAL.page).await.expect(200);
        tom.set_cookie(PORTAL.challenge, &browser.cookie(PORTAL.challenge).expect("a challenge"));
        let three = Device::new(3).create(&options);
        tom.post(PORTAL.keys, &[("credential", &three), ("name", "Three")]).await.expect(422);
        // Ten are enough.
        for number in 11..20 {
            PORTAL.add(&mut browser, &mut Device::new(number), "More").await.expect(303);
        }
        let page = browser.get(PORTAL.page).await.expect(200).text();
        assert!(page.contains("no room for another") && !page.contains("<pass-key"), "{page}");
        browser.post(&format!("{}/begin", PORTAL.keys), &[]).await.expect(409);
        // Without a proof not even the challenge is given.
        test.clock.advance_ms(PORTAL.proof_ms);
        browser.get(PORTAL.page).await.expect(200);
        browser.post(&format!("{}/begin", PORTAL.keys), &[]).await.expect(303);
        browser.post(PORTAL.keys, &[("credential", ""), ("name", "Late")]).await.expect(303);
        // Nor to anybody for somebody else's.
        let id = PORTAL.first(&mut browser).await;
        tom.get(PORTAL.page).await.expect(200);
        tom.get(PORTAL.prove).await.expect(200);
        tom.post(PORTAL.prove, &[("password", PASSWORD), ("next", "")]).await.expect(303);
        tom.get(PORTAL.page).await.expect(200);
        tom.post(&format!("{}/{id}/rename", PORTAL.keys), &[("name", "Mine")]).await.expect(404);
        tom.post(&format!("{}/{id}/remove", PORTAL.keys), &[]).await.expect(404);
    }

    async fn a_passkey_is_its_portals_and_its_hosts(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let mut device = Device::new(7);
        PORTAL.add(&mut browser, &mut device, "Phone").await.expect(303);
        // Another portal at the same host name does not know it, and nor do staff.
        for path in ["/portal/rival/passkey", "/admin/passkey"] {
            let mut guest = test.browser();
            let options = PORTAL.begin(&mut guest, path).await;
            let credential = device.get(&options);
            guest.post(path, &[("credential", &credential), ("next", "")]).await.expect(422);
        }
        // Nor does a challenge of one portal count in another, also where both know a device.
        let mut grace = rival.portal(&rival.affiliate("Grace").await).await;
        let mut theirs = device.clone();
        grace.get("/portal/rival/account/security").await.expect(200);
        let options = grace.post("/portal/rival/account/passkeys/begin", &[]).await.expect(200).json();
        let credential = theirs.create(&options);
        grace.post("/portal/rival/account/passkeys", &[("credential", &credential), ("name", "Phone")]).await.expect(303);
        let mut guest = test.browser();
        let options = PORTAL.begin(&mut guest, "/portal/rival/passkey").await;
        let ticket = guest.cookie("portal_passkey_rival").expect("a challenge");
        guest.set_cookie(PORTAL.challenge, &ticket);
        let credential = device.get(&options);
        guest.post("/portal/fernhill/passkey", &[("credential", &credential), ("next", "")]).await.expect(422);

        // At a host name of the business's own, passkeys are that name's.
        let mut staff = shop.browser().await;
        staff.get("/admin/branding/address").await.expect(200);
        let own = "portal.localhost";
        staff.post("/admin/branding/address", &[("name", own)]).await.expect(303);
        test.names.lead(own, &["192.0.2.10"]);
        staff.post(&format!("/admin/branding/address/{own}/check"), &[]).await.expect(303);
        let mut guest = test.browser().at("portal.localhost:8080");
        let options = guest.post("/passkey/begin", &[]).await.expect(200).json();
        assert_eq!(options["rpId"], own);
        let mut bent = device.clone();
        bent.host = own.to_owned();
        bent.origin = "http://portal.localhost:8080".to_owned();
        let credential = bent.get(&options);
        guest.post("/passkey", &[("credential", &credential), ("next", "")]).await.expect(422);
        guest.get("/log-in").await.expect(200);
        guest.post("/log-in", &[("email", MAYA), ("password", PASSWORD)]).await.expect(303);
        guest.get("/account/security").await.expect(200);
        let options = guest.post("/account/passkeys/begin", &[]).await.expect(200).json();
        assert_eq!(options["rp"]["id"], own);
        let mut here = Device::new(5);
        here.host = own.to_owned();
        here.origin = bent.origin.clone();
        let credential = here.create(&options);
        guest.post("/account/passkeys", &[("credential", &credential), ("name", "Here")]).await.expect(303);
        let mut fresh = test.browser().at("portal.localhost:8080");
        let options = fresh.post("/passkey/begin", &[]).await.expect(200).json();
        let credential = here.get(&options);
        let answer = fresh.post("/passkey", &[("credential", &credential), ("next", "")]).await.expect(303);
        assert_eq!(answer.header("location"), "/");
        fresh.get("/").await.expect(200);
        // And at a name without https there is none, and the page says so.
        staff.post("/admin/branding/address", &[("name", "portal.fernhill.example")]).await.expect(303);
        test.names.lead("portal.fernhill.example", &["192.0.2.10"]);
        staff.post("/admin/branding/address/portal.fernhill.example/check", &[]).await.expect(303);
        let mut plain = test.browser().at("portal.fernhill.example:8080");
        let page = plain.get("/log-in").await.expect(200).text();
        assert!(page.contains("came without https") && !page.contains("<pass-key"), "{page}");
        plain.post("/passkey/begin", &[]).await.expect(400);
    }

    async fn a_blocked_account_stays_out(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let mut device = Device::new(7);
        PORTAL.add(&mut browser, &mut device, "Phone").await.expect(303);
        let mut owner = shop.browser().await;
        let mut work = shop.work().await;
        let id = roster_of(&mut work).await;
        drop(work);
        owner.get(&format!("/admin/portal/accounts/{id}")).await.expect(200);
        owner.post(&format!("/admin/portal/accounts/{id}/block"), &[]).await.expect(303);
        let mut guest = test.browser();
        PORTAL.log_in(&mut guest, &mut device).await.expect(422);
        assert!(!PORTAL.is_in(&mut guest).await);
        owner.get(&format!("/admin/portal/accounts/{id}")).await.expect(200);
        owner.post(&format!("/admin/portal/accounts/{id}/unblock"), &[]).await.expect(303);
        PORTAL.log_in(&mut guest, &mut device).await.expect(303);
        assert!(PORTAL.is_in(&mut guest).await);
    }

    async fn a_passkey_is_the_second_step_too(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        let (mut device, mut toms) = (Device::new(7), Device::new(8));
        PORTAL.add(&mut browser, &mut device, "Phone").await.expect(303);
        PORTAL.add(&mut tom, &mut toms, "Phone").await.expect(303);
        let mut half = with_second_step(&test, &shop, &mut browser).await;
        let action = "/portal/fernhill/second-step/passkey";
        half.get("/portal/fernhill/second-step").await.expect(200);
        // Another's does not do, also when it answers the same challenge.
        let options = PORTAL.begin(&mut half, action).await;
        let credential = toms.get(&options);
        half.post(action, &[("credential", &credential), ("next", "")]).await.expect(422);
        assert!(!PORTAL.is_in(&mut half).await);
        half.get("/portal/fernhill/second-step").await.expect(200);
        let options = PORTAL.begin(&mut half, action).await;
        let credential = device.get(&options);
        let to = half.post(action, &[("credential", &credential), ("next", "/portal/fernhill/links")]).await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/links");
        assert!(PORTAL.is_in(&mut half).await);
        // To log in with it, nothing more is asked.
        let mut whole = test.browser();
        PORTAL.log_in(&mut whole, &mut device).await.expect(303);
        assert!(PORTAL.is_in(&mut whole).await);
    }
}
