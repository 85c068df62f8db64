//! Payouts by providers: whatever goes wrong on the way, each is paid exactly once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::status::{ProviderKind, Scope};
use fake_provider::{Death, Fake, Fault, Hook, Made, WISE_PUBLIC_KEY};
use jobs::callback::Callbacks;
use jobs::{Limits, Runner};
use serde_json::{Value, json};
use service::messaging::mail;
use service::programme::provider::{self, ProviderIn};
use service::programme::verify;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines, called};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
/// What can go wrong, short of a refusal.
const FAULTS: &[Option<Fault>] = &[
    None,
    Some(Fault::DieBefore),
    Some(Fault::DieAfter),
    Some(Fault::DieAfterReply),
    Some(Fault::LoseReply),
    Some(Fault::HangBefore),
    Some(Fault::HangAfter),
    Some(Fault::ErrorBefore),
    Some(Fault::ErrorAfter),
    Some(Fault::ReplyTwice),
    Some(Fault::CallBackTwice),
    Some(Fault::CallBackEarly),
];

/// A shop with a provider that is connected to the fake.
struct Paying<'a> {
    test: &'a TestApp,
    shop: Shop<'a>,
    fake: Fake,
    kind: ProviderKind,
    campaign: Value,
    number: std::cell::Cell<u32>,
    _folder: tempfile::TempDir,
}

fn input(kind: ProviderKind, base_url: &str) -> ProviderIn {
    let common = ProviderIn {
        base_url: base_url.to_owned(),
        secret: "secret-key-of-a-provider".to_owned(),
        ..ProviderIn::default()
    };
    match kind {
        ProviderKind::PayPal => ProviderIn {
            client_id: "client-id".to_owned(),
            webhook_id: "WEBHOOK1".to_owned(),
            ..common
        },
        ProviderKind::Stripe => ProviderIn {
            webhook_secret: "whsec_of_the_test".to_owned(),
            ..common
        },
        ProviderKind::Wise => ProviderIn {
            profile: "77".to_owned(),
            source_currency: "USD".to_owned(),
            webhook_key: WISE_PUBLIC_KEY.to_owned(),
            ..common
        },
    }
}

/// Has the calls that came looked at.
async fn look_at_calls(app: &service::App) {
    let runner = Runner::new(app.clone(), Limits::default()).handle(Callbacks);
    runner.run_due().await.expect("the queue is read");
}

impl<'a> Paying<'a> {
    async fn new(test: &'a TestApp, kind: ProviderKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("made.jsonl");
        let fake = Fake::start("127.0.0.1:0", &file, Death::Deaf)
            .await
            .expect("the fake listens");
        test.app.trial().wait_for_calls(Duration::from_millis(400));
        let shop = test.business("Fernhill").await;
        let mut work = shop.work().await;
        provider::save(&mut work, kind, input(kind, &fake.base_url()))
            .await
            .expect("connected");
        service::programme::payout_method::set_hold_days(&mut work, 0)
            .await
            .expect("no hold");
        let connection = provider::list(&mut work).await.expect("a list").remove(0);
        work.commit().await.expect("stored");
        let clock = test.clock.clone();
        fake.clock(move || service::clock::Clock::now(&*clock).0);
        let (router, app) = (test.router.clone(), test.app.clone());
        fake.ring(Arc::new(move |ringing| {
            let (router, app) = (router.clone(), app.clone());
            Box::pin(async move {
                called(&router, &ringing.url, &ringing.headers, ringing.body)
                    .await
                    .expect(200);
                look_at_calls(&app).await;
            })
        }));
        fake.hook(Hook {
            provider: kind.to_string(),
            url: format!("/hooks/{kind}/{}", connection.endpoint),
            secret: match kind {
                ProviderKind::PayPal => "WEBHOOK1".to_owned(),
                ProviderKind::Stripe => "whsec_of_the_test".to_owned(),
                ProviderKind::Wise => String::new(),
            },
        });
        let campaign = shop.campaign("Autumn").await;
        shop.made(
            "/rules",
            json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
        )
        .await;
        Self {
            test,
            shop,
            fake,
            kind,
            campaign,
            number: std::cell::Cell::new(0),
            _folder: folder,
        }
    }

    /// A pending payout of $9.80 to a new affiliate who is paid by the provider.
    async fn owed(&self) -> String {
        let number = self.number.get() + 1;
        self.number.set(number);
        let (name, code) = (format!("Maya {number}"), format!("maya-{number}"));
        let affiliate = self.shop.affiliate(&name).await;
        self.shop
            .partnership(&self.campaign, &affiliate, &code)
            .await;
        let mut portal = self.shop.portal(&affiliate).await;
        let email = format!("money-{number}@okonkwo.example");
        let account = format!("acct_1Nv0FGQ9RKHg{number:04}");
        let place = match self.kind {
            ProviderKind::PayPal | ProviderKind::Wise => ("email", email.as_str()),
            ProviderKind::Stripe => ("account", account.as_str()),
        };
        let form = [
            ("kind", self.kind.as_str()),
            place,
            ("legal_name", "Okonkwo Media Ltd"),
        ];
        let change = format!("/portal/{}/account/payout-method/change", self.shop.slug);
        portal.get(&change).await.expect(200);
        portal.post(&change, &form).await.expect(303);
        let customer = format!("user-{number}@kestrel.example");
        let sale = json!({"external_id": format!("inv-{number}"), "customer": {"external_id": customer, "email": customer}, "amount": 4900, "currency": "USD", "code": code});
        let sale = self.shop.made("/track/sale", sale).await;
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let (referral, commission) = (
            text(&sale["referral"]["id"]),
            text(&sale["commissions"][0]["id"]),
        );
        self.post(&format!("/referrals/{referral}/approve")).await;
        self.post(&format!("/commissions/{commission}/approve"))
            .await;
        let made = self
            .shop
            .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
            .await;
        let payout = text(&made["data"][0]["id"]);
        self.post(&format!("/payouts/{payout}/approve")).await;
        payout
    }

    async fn post(&self, path: &str) -> Value {
        self.shop
            .api()
            .post(path, json!({}))
            .await
            .expect(200)
            .json()
    }

    async fn get(&self, payout: &str) -> Value {
        self.shop
            .api()
            .get(&format!("/payouts/{payout}"))
            .await
            .expect(200)
            .json()
    }

    /// What the worker does, once.
    async fn work(&self) {
        jobs::transfer::run(&self.test.app).await.expect("a pass");
    }

    /// Works on until the payout has ended; a provider that has died comes back.
    async fn until_ended(&self, payout: &str) -> Value {
        for pass in 0..12 {
            self.work().await;
            look_at_calls(&self.test.app).await;
            let now = self.get(payout).await;
            if !matches!(now["status"].as_str(), Some("sending" | "unknown")) {
                return now;
            }
            if pass > 0 {
                self.fake.revive().await.expect("it listens again");
            }
            self.test.clock.advance_ms(4 * MINUTE_MS);
        }
        panic!("{payout} does not end: {}", self.get(payout).await);
    }

    async fn is_proved(&self) {
        let mut work = self.shop.work().await;
        let report = verify::verify(&mut work).await.expect("a report");
        assert_eq!(report.problems, Vec::<String>::new());
    }

    /// How often a mail of trouble was written.
    async fn troubles(&self) -> Vec<String> {
        let mut work = self.shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id"))
            .await
            .expect("mails");
        lines
            .into_iter()
            .filter(|line| line.kind == "payout_trouble")
            .map(|line| line.subject)
            .collect()
    }
}

/// What the provider paid, by key; each key once.
fn by_key(paid: &[Made]) -> BTreeSet<String> {
    let keys: BTreeSet<String> = paid.iter().map(|made| made.key.clone()).collect();
    assert_eq!(keys.len(), paid.len(), "one was paid twice: {paid:?}");
    keys
}

async fn every_fault_ends_the_same(test: &TestApp, kind: ProviderKind) {
    let paying = Paying::new(test, kind).await;
    let mut payouts = Vec::new();
    for (number, fault) in FAULTS.iter().enumerate() {
        let payout = paying.owed().await;
        paying.fake.revive().await.expect("it listens again");
        if let Some(fault) = fault {
            paying.fake.next(*fault);
        }
        let sent = paying.post(&format!("/payouts/{payout}/send")).await;
        assert_eq!(
            (&sent["status"], &sent["transfer"]["state"]),
            (&json!("sending"), &json!("sending"))
        );
        assert_eq!(
            paying.fake.paid().len(),
            number,
            "nobody pays before the sending is stored"
        );
        paying.work().await;
        let between = paying.get(&payout).await["status"]
            .as_str()
            .expect("a status")
            .to_owned();
        let unclear = matches!(
            fault,
            Some(
                Fault::DieBefore
                    | Fault::DieAfter
                    | Fault::LoseReply
                    | Fault::HangBefore
                    | Fault::HangAfter
                    | Fault::ErrorBefore
                    | Fault::ErrorAfter
            )
        );
        if unclear {
            assert_eq!(
                between, "unknown",
                "{fault:?}: never failed, never paid by guess"
            );
            for act in ["cancel", "mark-paid", "send", "reopen"] {
                paying
                    .shop
                    .api()
                    .post(&format!("/payouts/{payout}/{act}"), json!({}))
                    .await
                    .expect(409);
            }
        }
        let ended = paying.until_ended(&payout).await;
        assert_eq!(
            (&ended["status"], &ended["transfer"]["state"]),
            (&json!("paid"), &json!("paid")),
            "{fault:?}: {ended}"
        );
        let paid = paying.fake.paid();
        assert_eq!(paid.len(), number + 1, "{fault:?}: {paid:?}");
        assert_eq!(ended["reference"], ended["transfer"]["provider_reference"]);
        assert_eq!(
            ended["reference"],
            json!(paid.last().expect("one").id),
            "{fault:?}"
        );
        payouts.push(payout);
    }
    assert_eq!(by_key(&paying.fake.paid()).len(), FAULTS.len());
    let right = paying
        .fake
        .paid()
        .iter()
        .all(|made| matches!(made.amount.as_str(), "9.80" | "980" | "9.8"));
    assert!(right, "{:?}", paying.fake.paid());
    paying.is_proved().await;
    assert_eq!(
        paying.troubles().await,
        Vec::<String>::new(),
        "all was found by itself"
    );
}

both_engines! {
    async fn paypal_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::PayPal).await;
    }

    async fn stripe_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::Stripe).await;
    }

    async fn wise_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::Wise).await;
    }

    async fn a_refused_payout_can_be_tried_again_or_cancelled(test: TestApp) {
        for kind in ProviderKind::ALL {
            let test = TestApp::new(test.db.db.engine()).await;
            let paying = Paying::new(&test, *kind).await;
            let payout = paying.owed().await;
            paying.fake.next(Fault::Refuse);
            paying.post(&format!("/payouts/{payout}/send")).await;
            let ended = paying.until_ended(&payout).await;
            assert_eq!(ended["status"], "failed", "{kind}: {ended}");
            assert_eq!(paying.fake.paid(), []);
            assert_eq!(paying.troubles().await.len(), 1);
            paying.is_proved().await;
            paying.shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({})).await.expect(409);

            // Again, under another key.
            let first = ended["transfer"]["id"].clone();
            test.clock.advance_ms(1_000);
            assert_eq!(paying.post(&format!("/payouts/{payout}/reopen")).await["status"], "pending");
            let sent = paying.post(&format!("/payouts/{payout}/send")).await;
            assert_ne!(sent["transfer"]["id"], first);
            assert_eq!(paying.until_ended(&payout).await["status"], "paid");
            assert_eq!(paying.fake.paid().len(), 1);

            // Another one is cancelled, and its commission is approved again.
            let payout = paying.owed().await;
            paying.fake.next(Fault::Refuse);
            paying.post(&format!("/payouts/{payout}/send")).await;
            let ended = paying.until_ended(&payout).await;
            assert_eq!(ended["status"], "failed");
            assert_eq!(paying.post(&format!("/payouts/{payout}/cancel")).await["status"], "cancelled");
            let path = format!("/affiliates/{}/balance", ended["affiliate_id"].as_str().expect("an id"));
            let balance = paying.shop.api().get(&path).await.expect(200).json()["data"][0].clone();
            assert_eq!((&balance["approved"], &balance["in_payout"], &balance["paid"]), (&json!(980), &json!(0), &json!(0)));
            paying.is_proved().await;
        }
    }

    async fn many_at_once_send_it_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        let path = format!("/payouts/{payout}/send");
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (api, path) = (paying.shop.api(), path.clone());
            calls.spawn(async move { api.post(&path, json!({})).await.status.as_u16() });
        }
        let mut answers: Vec<u16> = calls.join_all().await;
        answers.sort_unstable();
        assert_eq!((answers[0], answers[1]), (200, 409), "{answers:?}");
        // Several workers at a time, too.
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let app = test.app.clone();
            workers.spawn(async move { jobs::transfer::run(&app).await.expect("a pass") });
        }
        workers.join_all().await;
        assert_eq!(paying.fake.asked_to_pay(), 1);
        assert_eq!(paying.until_ended(&payout).await["status"], "paid");
        assert_eq!(paying.fake.paid().len(), 1);
    }

    async fn a_provider_that_is_away_is_no_failure_and_the_owner_is_told(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        paying.fake.next(Fault::DieAfter);
        paying.post(&format!("/payouts/{payout}/send")).await;
        for _ in 0..6 {
            paying.work().await;
            assert_eq!(paying.get(&payout).await["status"], "unknown");
            test.clock.advance_ms(30 * MINUTE_MS);
        }
        let told = paying.troubles().await;
        assert_eq!(told.len(), 1, "once: {told:?}");
        let mut owner = paying.shop.browser().await;
        let page = owner.get(&format!("/admin/payouts/{payout}")).await.expect(200).text();
        assert!(page.contains("It is not known whether this was paid") && page.contains("Do not pay it another way"), "{page}");
        assert!(!page.contains("money-1@") && !page.contains("secret-key"), "{page}");

        // A person may know better, with a proof and a note.
        let decide = format!("/admin/payouts/{payout}/decide");
        let form = |note| [("outcome", "paid"), ("reference", "tr_by_hand"), ("note", note)];
        test.clock.advance_ms(15 * MINUTE_MS);
        let to = owner.post(&decide, &form("Seen in the dashboard of Stripe")).await.expect(303).header("location").to_owned();
        assert!(to.starts_with("/admin/prove"), "{to}");
        owner.get("/admin/prove").await.expect(200);
        owner.post("/admin/prove", &[("password", PASSWORD), ("next", &decide)]).await.expect(303);
        owner.get(&decide).await.expect(200);
        owner.post(&decide, &form("yes")).await.expect(422);
        owner.post(&decide, &[("note", "Seen in the dashboard of Stripe")]).await.expect(422);
        owner.post(&decide, &form("Seen in the dashboard of Stripe")).await.expect(303);
        let now = paying.get(&payout).await;
        assert_eq!((&now["status"], &now["reference"]), (&json!("paid"), &json!("tr_by_hand")));
        let audit = owner.get("/admin/audit").await.expect(200).text();
        assert!(audit.contains("Seen in the dashboard of Stripe"), "{audit}");
        paying.is_proved().await;
    }

    async fn money_that_moved_after_it_was_given_up_comes_to_light(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        paying.fake.next(Fault::DieAfter);
        paying.post(&format!("/payouts/{payout}/send")).await;
        paying.work().await;
        let mut owner = paying.shop.browser().await;
        let decide = format!("/admin/payouts/{payout}/decide");
        owner.get(&decide).await.expect(200);
        let form = [("outcome", "failed"), ("note", "Nothing to be seen in the dashboard")];
        owner.post(&decide, &form).await.expect(303);
        assert_eq!(paying.get(&payout).await["status"], "failed");
        // The provider comes back and calls: it had paid.
        paying.fake.revive().await.expect("alive");
        let body = json!({"id": "evt_late", "type": "transfer.created", "data": {"object": {"id": paying.fake.paid()[0].id, "transfer_group": paying.fake.paid()[0].key}}}).to_string();
        let mut work = paying.shop.work().await;
        let endpoint = provider::list(&mut work).await.expect("a list").remove(0).endpoint;
        drop(work);
        let at = test.app.now().0 / 1000;
        let path = format!("/hooks/stripe/{endpoint}");
        for (secret, time, status) in [("whsec_other", at, 401), ("whsec_of_the_test", at - 301, 401), ("whsec_of_the_test", at + 301, 401), ("whsec_of_the_test", at, 200), ("whsec_of_the_test", at, 200)] {
            let header = ("stripe-signature", signed(secret, time, &body));
            called(&test.router, &path, &[header], body.clone()).await.expect(status);
        }
        called(&test.router, &format!("/hooks/stripe/{}1", &endpoint[..endpoint.len() - 1]), &[], body.clone()).await.expect(404);
        called(&test.router, "/hooks/stripe/nothing", &[], body.clone()).await.expect(404);
        called(&test.router, &format!("/hooks/paypal/{endpoint}"), &[], body).await.expect(404);
        look_at_calls(&test.app).await;
        let now = paying.get(&payout).await;
        assert_eq!(now["status"], "paid", "{now}");
        assert_eq!(paying.troubles().await.len(), 1);
        paying.is_proved().await;
    }

    async fn connections_are_the_owners_and_tell_nothing(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::PayPal).await;
        let mut owner = paying.shop.browser().await;
        let page = "/admin/settings/providers";
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("Connected") && text.contains("•••• ider") && !text.contains("secret-key"), "{text}");
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        assert!(owner.get(page).await.expect(200).text().contains("PayPal answers and knows"));
        let base = paying.fake.base_url();
        let form = |base_url, secret| [("base_url", base_url), ("client_id", "client-id"), ("secret", secret)];
        let edit = format!("{page}/paypal");
        let text = owner.get(&edit).await.expect(200).text();
        assert!(text.contains("client-id") && !text.contains("secret-key"), "{text}");
        for (wrong, secret) in [
            ("http://api.paypal.com", ""),
            ("https://10.0.0.1", ""),
            ("https://169.254.169.254", ""),
            ("https://[::ffff:10.0.0.1]", ""),
            ("https://user:password@api.paypal.com", ""),
            ("https://api.paypal.com/v1", ""),
            ("", ""),
            (base.as_str(), "short"),
        ] {
            let answer = owner.post(&edit, &form(wrong, secret)).await.expect(422).text();
            assert!(answer.contains("-error\""), "{wrong}: {answer}");
        }
        // A wrong secret is told in words, and a name that leads inside is not called.
        owner.post(&edit, &form(&base, "wrong-secret-wrong")).await.expect(303);
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("could not be used"), "{text}");
        test.names.lead("inside.example", &["10.0.0.5"]);
        owner.post(&edit, &form("https://inside.example", "")).await.expect(303);
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("leads into a private network"), "{text}");
        // A blank secret keeps the one there is; one that was proven long ago asks for the password.
        test.clock.advance_ms(15 * MINUTE_MS);
        let to = owner.post(&edit, &form(&base, "")).await.expect(303).header("location").to_owned();
        assert!(to.starts_with("/admin/prove"), "{to}");
        // Without the scope nothing is sent; without a connection neither.
        let payout = paying.owed().await;
        let send = format!("/payouts/{payout}/send");
        paying.shop.api_with(&[Scope::Read, Scope::Manage]).await.post(&send, json!({})).await.expect(403);
        let mut work = paying.shop.work().await;
        provider::disconnect(&mut work, ProviderKind::PayPal).await.expect("off");
        work.commit().await.expect("stored");
        let refused = paying.shop.api().post(&send, json!({})).await.expect(409).text();
        assert!(refused.contains("no connection to PayPal"), "{refused}");
        prove(&mut owner).await;
        let stranger = test.business("Southwind").await;
        let other = stranger.api();
        other.post(&send, json!({})).await.expect(404);
    }
}

async fn prove(owner: &mut Client) {
    owner.get("/admin/prove").await.expect(200);
    owner
        .post(
            "/admin/prove",
            &[("password", PASSWORD), ("next", "/admin")],
        )
        .await
        .expect(303);
}

/// Signs as Stripe does.
fn signed(secret: &str, at: i64, body: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    let tag = mac
        .chain_update(format!("{at}.{body}"))
        .finalize()
        .into_bytes();
    format!("t={at},v1={}", data_encoding::HEXLOWER.encode(&tag))
}
