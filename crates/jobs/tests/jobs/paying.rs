//! A shop whose payouts are executed by the fake provider.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::status::ProviderKind;
use fake_provider::{Death, Fake, Hook, Made, WISE_PUBLIC_KEY};
use jobs::callback::Callbacks;
use jobs::{Limits, Runner};
use serde_json::{Value, json};
use service::messaging::mail;
use service::programme::provider::{self, ProviderIn};
use service::programme::verify;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, called};

pub const MINUTE_MS: i64 = 60_000;
/// How long a provider that hangs is waited for. One that answers has always the usual time, and on a slow
/// machine even this is much longer than the calls before the one that hangs take.
pub const HANGING: Duration = Duration::from_secs(2);
pub const PASSWORD: &str = "correct horse battery staple";

/// A shop with a provider that is connected to the fake.
pub struct Paying<'a> {
    pub test: &'a TestApp,
    pub shop: Shop<'a>,
    pub fake: Fake,
    kind: ProviderKind,
    campaign: Value,
    number: std::cell::Cell<u32>,
    portals: std::cell::RefCell<std::collections::BTreeMap<u32, Client>>,
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
pub async fn look_at_calls(app: &service::App) {
    let runner = Runner::new(app.clone(), Limits::default()).handle(Callbacks);
    runner.run_due().await.expect("the queue is read");
}

impl<'a> Paying<'a> {
    pub async fn new(test: &'a TestApp, kind: ProviderKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("made.jsonl");
        let fake = Fake::start("127.0.0.1:0", &file, Death::Deaf)
            .await
            .expect("the fake listens");
        let shop = test.business("Fernhill").await;
        let mut work = shop.work().await;
        service::programme::payout_method::set_hold_days(&mut work, 0)
            .await
            .expect("no hold");
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
        let campaign = shop.campaign("Autumn").await;
        shop.made(
            "/rules",
            json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
        )
        .await;
        let paying = Self {
            test,
            shop,
            fake,
            kind,
            campaign,
            number: std::cell::Cell::new(0),
            portals: std::cell::RefCell::default(),
            _folder: folder,
        };
        paying.connect(kind).await;
        paying
    }

    /// Connects a service to the fake.
    pub async fn connect(&self, kind: ProviderKind) {
        let mut work = self.shop.work().await;
        provider::save(&mut work, kind, input(kind, &self.fake.base_url()))
            .await
            .expect("connected");
        let all = provider::list(&mut work).await.expect("a list");
        work.commit().await.expect("stored");
        let connection = all.into_iter().find(|one| one.kind == kind).expect("it");
        self.fake.hook(Hook {
            provider: kind.to_string(),
            url: format!("/hooks/{kind}/{}", connection.endpoint),
            secret: match kind {
                ProviderKind::PayPal => "WEBHOOK1".to_owned(),
                ProviderKind::Stripe => "whsec_of_the_test".to_owned(),
                ProviderKind::Wise => String::new(),
            },
        });
    }

    /// A pending payout of $9.80 to a new affiliate who is paid by the provider.
    pub async fn owed(&self) -> String {
        let affiliate = self.earned(self.kind.as_str()).await;
        self.payout_of(&affiliate).await
    }

    /// An approved payout of all that an affiliate is owed.
    pub async fn payout_of(&self, affiliate: &str) -> String {
        let made = self
            .shop
            .made("/payouts", json!({"affiliate_id": affiliate}))
            .await;
        let payout = made["data"][0]["id"].as_str().expect("an id").to_owned();
        self.post(&format!("/payouts/{payout}/approve")).await;
        payout
    }

    /// A new affiliate who is paid this way and to whom $9.80 are approved; their id.
    pub async fn earned(&self, method: &str) -> String {
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
        let place = match method {
            "stripe" => ("account", account.as_str()),
            "other" => ("text", "In cash, at the counter"),
            _ => ("email", email.as_str()),
        };
        let form = [("kind", method), place, ("legal_name", "Okonkwo Media Ltd")];
        let change = format!("/portal/{}/account/payout-method/change", self.shop.slug);
        portal.get(&change).await.expect(200);
        portal.post(&change, &form).await.expect(303);
        self.portals.borrow_mut().insert(number, portal);
        self.sells(&code, &format!("inv-{number}")).await;
        affiliate["id"].as_str().expect("an id").to_owned()
    }

    /// The browser of the affiliate with this number; once.
    pub fn portal_of(&self, number: u32) -> Client {
        self.portals
            .borrow_mut()
            .remove(&number)
            .expect("a browser")
    }

    /// The statuses of all payouts, with how often each comes.
    pub async fn statuses(&self) -> Vec<(String, usize)> {
        let answer = self.shop.api().get("/payouts").await.expect(200).json();
        let mut counts = std::collections::BTreeMap::new();
        for payout in answer["data"].as_array().expect("rows") {
            let status = payout["status"].as_str().expect("a status").to_owned();
            *counts.entry(status).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// A sale that brings $9.80, approved at once.
    pub async fn sells(&self, code: &str, invoice: &str) {
        let customer = format!("user-of-{code}@kestrel.example");
        let sale = json!({"external_id": invoice, "customer": {"external_id": customer, "email": customer}, "amount": 4900, "currency": "USD", "code": code});
        let sale = self.shop.made("/track/sale", sale).await;
        let id = |value: &Value| value.as_str().expect("an id").to_owned();
        if sale["referral"]["status"] == "pending" {
            let referral = id(&sale["referral"]["id"]);
            self.post(&format!("/referrals/{referral}/approve")).await;
        }
        let commission = id(&sale["commissions"][0]["id"]);
        self.post(&format!("/commissions/{commission}/approve"))
            .await;
    }

    pub async fn post(&self, path: &str) -> Value {
        self.shop
            .api()
            .post(path, json!({}))
            .await
            .expect(200)
            .json()
    }

    pub async fn get(&self, payout: &str) -> Value {
        self.shop
            .api()
            .get(&format!("/payouts/{payout}"))
            .await
            .expect(200)
            .json()
    }

    /// What the worker does, once.
    pub async fn work(&self) {
        jobs::transfer::run(&self.test.app).await.expect("a pass");
    }

    /// Works on until the payout has ended; a provider that has died comes back.
    pub async fn until_ended(&self, payout: &str) -> Value {
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

    pub async fn is_proved(&self) {
        let mut work = self.shop.work().await;
        let report = verify::verify(&mut work).await.expect("a report");
        assert_eq!(report.problems, Vec::<String>::new());
    }

    /// How often a mail of trouble was written.
    pub async fn troubles(&self) -> Vec<String> {
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
pub fn by_key(paid: &[Made]) -> BTreeSet<String> {
    let keys: BTreeSet<String> = paid.iter().map(|made| made.key.clone()).collect();
    assert_eq!(keys.len(), paid.len(), "one was paid twice: {paid:?}");
    keys
}

/// Gives the password again.
pub async fn prove(owner: &mut Client) {
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
pub fn signed(secret: &str, at: i64, body: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    let tag = mac
        .chain_update(format!("{at}.{body}"))
        .finalize()
        .into_bytes();
    format!("t={at},v1={}", data_encoding::HEXLOWER.encode(&tag))
}
