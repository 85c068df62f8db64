//! `kill -9` at each step of sending a payout, while the provider fails in each of its ways: every payout is
//! paid exactly once, and all end the same. Likewise while the payouts of a run are handed over.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

mod process;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use domain::id::{AccountId, AffiliateId, BusinessId, PayoutId};
use domain::status::{PayoutMethodKind, ProviderKind};
use domain::text::fold;
use fake_provider::{Death, Fake, Fault, Hook, WISE_PUBLIC_KEY};
use process::{Line, Server, end_claims, made, tributary};
use serde_json::{Value, json};
use service::app::Settings;
use service::clock::SystemClock;
use service::programme::payout_method::{self, PayoutMethodIn};
use service::programme::provider::{self, ProviderIn};
use service::random::SystemRandom;
use service::{Actor, App};
use store::db::{DatabaseUrl, Db};
use store::portal::account::{self, NewAccount};
use store::programme::transfer;
use tokio::net::TcpSocket;

const FAULTS: &[Fault] = &[
    Fault::DieBefore,
    Fault::DieAfter,
    Fault::DieAfterReply,
    Fault::LoseReply,
    Fault::HangAfter,
    Fault::ErrorAfter,
    Fault::CallBackTwice,
    Fault::CallBackEarly,
];
/// Longer than a request of the fake on a slow machine, and far shorter than the usual.
const CALL_MS: &str = "3000";
/// How long a payout may take to end once nothing kills the process any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the process is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kill {
    /// Everything is written, nothing committed.
    BeforeSending,
    /// Just after the answer to whoever sent it.
    AfterSending,
    /// The provider's answer is there, or will never be.
    AfterTheCall,
    /// What the answer means is written and not committed.
    BeforeTheResult,
}

/// A data folder with a payout for each fault, and the provider that all are sent by.
struct Stage {
    folder: tempfile::TempDir,
    port: u16,
    /// Bound and never listened on: while the process is dead, nobody else is given the port.
    _port: Option<TcpSocket>,
    business: BusinessId,
    key: String,
    fake: Fake,
    payouts: Vec<String>,
}

fn secret_key() -> String {
    "09".repeat(32)
}

impl Stage {
    fn command(&self) -> Command {
        command(self.folder.path(), self.port)
    }

    fn start(&self) -> (Server, Line) {
        let server = Server::run(self.command());
        let line = Line::open(server.address).unwrap();
        (server, line)
    }

    /// Starts a server that stands still at a point, says so on its standard error, and waits to be killed.
    fn start_halting(&self, point: &str) -> (Server, Line) {
        let mut command = self.command();
        command
            .env("TRIBUTARY_TRIAL_HALT_AT", point)
            .stderr(Stdio::piped());
        let server = Server::run(command);
        let line = Line::open(server.address).unwrap();
        (server, line)
    }

    fn get(&self, line: &mut Line, payout: &str) -> Value {
        self.seen(line, &format!("/payouts/{payout}"))
    }

    fn act(&self, line: &mut Line, path: &str, body: &Value) -> Value {
        let path = format!("/api/v1{path}");
        let (status, _, body) = line
            .call("POST", &path, &self.key, &body.to_string())
            .unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn seen(&self, line: &mut Line, path: &str) -> Value {
        let path = format!("/api/v1{path}");
        let (status, _, body) = line.call("GET", &path, &self.key, "").unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The run of this path once it is in a state.
    async fn once(&self, line: &mut Line, run: &str, state: &str) -> Value {
        let started = tokio::time::Instant::now();
        loop {
            let now = self.seen(line, run);
            if now["state"] == state {
                return now;
            }
            assert!(started.elapsed() < PATIENCE, "{state}: {now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How many transfers a payout has.
    async fn transfers(&self, payout: &str) -> usize {
        let db = self.db().await;
        let mut tx = db.write(self.business).await.unwrap();
        let id: PayoutId = payout.parse().unwrap();
        let found = transfer::of_payout(&mut tx, id).await.unwrap().len();
        tx.commit().await.unwrap();
        db.close().await;
        found
    }

    fn send(&self, line: &mut Line, payout: &str) -> std::io::Result<u16> {
        let path = format!("/api/v1/payouts/{payout}/send");
        line.call("POST", &path, &self.key, "{}")
            .map(|(status, _, _)| status)
    }

    async fn db(&self) -> Db {
        let url = DatabaseUrl::Sqlite(self.folder.path().join("tributary.db"));
        Db::connect(&url).await.unwrap()
    }

    /// As if the time had passed after which a claim ends and nothing of a call can be on its way.
    async fn let_time_pass(&self, payout: &str) {
        let db = self.db().await;
        let mut tx = db.write(self.business).await.unwrap();
        let id: PayoutId = payout.parse().unwrap();
        for one in transfer::of_payout(&mut tx, id).await.unwrap() {
            let earlier = one.created_at_ms.plus_ms(-600_000);
            transfer::hurry(&mut tx, one.id, earlier).await.unwrap();
            if one.called_at_ms.is_some() {
                transfer::set_called(&mut tx, one.id, Some(earlier))
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        db.close().await;
    }
}

fn command(folder: &Path, port: u16) -> Command {
    let mut command = tributary(folder);
    command
        .env("TRIBUTARY_SECRET_KEY", secret_key())
        .env("TRIBUTARY_LISTEN", format!("127.0.0.1:{port}"))
        .env("TRIBUTARY_TRIAL_CALL_MS", CALL_MS);
    command
}

impl Kill {
    /// How far the providers are shifted against the faults: each fault meets another provider at each point.
    const fn shift(self) -> usize {
        match self {
            Self::BeforeSending => 0,
            Self::AfterSending => 1,
            Self::AfterTheCall => 2,
            Self::BeforeTheResult => 3,
        }
    }
}

const fn kind_of(number: usize) -> ProviderKind {
    match number % 3 {
        0 => ProviderKind::PayPal,
        1 => ProviderKind::Stripe,
        _ => ProviderKind::Wise,
    }
}

/// A stage with an affiliate for each of these providers, who is owed something; no payouts yet.
async fn set_the_stage(kinds: &[ProviderKind]) -> (Stage, Vec<String>) {
    let folder = testkit::quick_folder();
    // A port of its own for all starts: the provider calls back there.
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let held = fake_provider::hold(any).unwrap();
    let address = match &held {
        Some(held) => held.local_addr(),
        None => TcpListener::bind(any).unwrap().local_addr(),
    };
    let port = address.unwrap().port();
    let init = [
        "init",
        "--business",
        "Acme",
        "--owner-email",
        "owner@acme.example",
        "--owner-password",
        "correct horse battery staple",
        "--json",
    ];
    let output = command(folder.path(), port).args(init).output().unwrap();
    let business: Value = serde_json::from_slice(&output.stdout).unwrap();
    let key = business["api_key"].as_str().unwrap().to_owned();
    let id: BusinessId = business["business_id"].as_str().unwrap().parse().unwrap();
    let fake = Fake::start(
        "127.0.0.1:0",
        &folder.path().join("made.jsonl"),
        Death::Deaf,
    )
    .await
    .unwrap();

    let server = Server::run(command(folder.path(), port));
    let mut line = Line::open(server.address).unwrap();
    let campaign = json!({"name": "Spring", "active": true, "destination_url": "https://shop.example/", "hosts": ["shop.example"]});
    let campaign = made(&mut line, &key, "/campaigns", &campaign);
    let partnerships = format!(
        "/campaigns/{}/partnerships",
        campaign["id"].as_str().unwrap()
    );
    let rule = json!({"reward": {"percent_ppm": 200_000}, "auto_approve": true});
    made(&mut line, &key, "/rules", &rule);
    let mut affiliates = Vec::new();
    for number in 0..kinds.len() {
        let affiliate = json!({"name": format!("Maria {number}"), "email": format!("maria-{number}@affiliate.example"), "status": "approved"});
        let affiliate = made(&mut line, &key, "/affiliates", &affiliate);
        let code = format!("maria-{number}");
        made(
            &mut line,
            &key,
            &partnerships,
            &json!({"affiliate_id": affiliate["id"], "code": code}),
        );
        let sale = json!({"external_id": format!("inv-{number}"), "customer_external_id": format!("user-{number}"), "amount": 4_900, "currency": "USD", "code": code});
        let sale = made(&mut line, &key, "/track/sale", &sale);
        let path = format!(
            "/api/v1/referrals/{}/approve",
            sale["referral"]["id"].as_str().unwrap()
        );
        let (status, _, body) = line.call("POST", &path, &key, "{}").unwrap();
        assert_eq!(status, 200, "{body}");
        affiliates.push(affiliate["id"].as_str().unwrap().to_owned());
    }
    server.kill();
    let whom: Vec<_> = affiliates.iter().cloned().zip(kinds.to_vec()).collect();
    connect(folder.path(), id, &fake, port, &whom).await;
    let stage = Stage {
        folder,
        port,
        _port: held,
        business: id,
        key,
        fake,
        payouts: Vec::new(),
    };
    (stage, affiliates)
}

/// A stage with a pending payout for each fault.
async fn set_for_faults(kill: Kill) -> Stage {
    let kinds: Vec<ProviderKind> = (0..FAULTS.len())
        .map(|number| kind_of(number + kill.shift()))
        .collect();
    set_with_payouts(&kinds).await
}

/// A stage with a pending payout for each of these providers.
async fn set_with_payouts(kinds: &[ProviderKind]) -> Stage {
    let (mut stage, affiliates) = set_the_stage(kinds).await;
    let (server, mut line) = stage.start();
    for affiliate in affiliates {
        let body = json!({"affiliate_id": affiliate});
        let payout = made(&mut line, &stage.key, "/payouts", &body);
        let payout = payout["data"][0]["id"].as_str().unwrap().to_owned();
        stage.act(&mut line, &format!("/payouts/{payout}/approve"), &json!({}));
        stage.payouts.push(payout);
    }
    server.kill();
    stage
}

/// Connects the providers and says where each affiliate is paid, as pages would.
async fn connect(
    folder: &Path,
    business: BusinessId,
    fake: &Fake,
    port: u16,
    whom: &[(String, ProviderKind)],
) {
    let db = Db::connect(&DatabaseUrl::Sqlite(folder.join("tributary.db")))
        .await
        .unwrap();
    let settings = Settings {
        base_url: "http://localhost:8080".to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [9; 32],
        trusted_proxies: Vec::new(),
        metrics_token: String::new(),
    };
    let random = Arc::new(SystemRandom::new().unwrap());
    let app = App::new(db.clone(), Arc::new(SystemClock), random, settings);
    let mut work = app.begin(&App::system(business)).await.unwrap();
    payout_method::set_hold_days(&mut work, 0).await.unwrap();
    for kind in ProviderKind::ALL {
        let input = ProviderIn {
            base_url: fake.base_url(),
            client_id: "client-id".to_owned(),
            secret: "secret-key-of-a-provider".to_owned(),
            webhook_id: "WEBHOOK1".to_owned(),
            webhook_secret: "whsec_of_the_test".to_owned(),
            profile: "77".to_owned(),
            source_currency: "USD".to_owned(),
            webhook_key: WISE_PUBLIC_KEY.to_owned(),
        };
        provider::save(&mut work, *kind, input).await.unwrap();
    }
    for connection in provider::list(&mut work).await.unwrap() {
        fake.hook(Hook {
            provider: connection.kind.to_string(),
            url: format!(
                "http://127.0.0.1:{port}/hooks/{}/{}",
                connection.kind, connection.endpoint
            ),
            secret: match connection.kind {
                ProviderKind::PayPal => "WEBHOOK1".to_owned(),
                _ => "whsec_of_the_test".to_owned(),
            },
        });
    }
    work.commit().await.unwrap();
    for (number, (affiliate, provider)) in whom.iter().enumerate() {
        let affiliate: AffiliateId = affiliate.parse().unwrap();
        let mut work = app.begin(&App::system(business)).await.unwrap();
        let email = format!("maria-{number}@affiliate.example");
        let id: AccountId = work.new_id();
        let new = NewAccount {
            id,
            email: &email,
            email_folded: &fold(&email),
            name: "Maria",
            password_hash: "none",
            affiliate_id: Some(affiliate),
            created_at_ms: work.now,
        };
        account::insert(&mut work.tx, &new).await.unwrap();
        work.commit().await.unwrap();
        let actor = Actor::Account {
            business,
            id,
            name: "Maria".to_owned(),
            affiliate: Some(affiliate),
        };
        let mut work = app.begin(&actor).await.unwrap();
        let input = PayoutMethodIn {
            kind: match provider {
                ProviderKind::PayPal => PayoutMethodKind::PayPal,
                ProviderKind::Stripe => PayoutMethodKind::Stripe,
                ProviderKind::Wise => PayoutMethodKind::Wise,
            },
            email: email.clone(),
            account: format!("acct_1Nv0FGQ9RKHg{number:04}"),
            iban: String::new(),
            bic: String::new(),
            holder: String::new(),
            text: String::new(),
            legal_name: "Maria Ltd".to_owned(),
            vat_id: String::new(),
        };
        payout_method::set(&mut work, input).await.unwrap();
        work.commit().await.unwrap();
    }
    db.close().await;
}

/// Starts again after the process was killed: the payout ends as paid, by the one transfer
/// that the provider has for it beside those of the `earlier` payouts.
async fn ends_paid_once(stage: &Stage, payout: &str, earlier: usize, what: &str) {
    stage.fake.revive().await.unwrap();
    stage.let_time_pass(payout).await;
    let (server, mut line) = stage.start();
    let started = tokio::time::Instant::now();
    let ended = loop {
        let now = stage.get(&mut line, payout);
        if !matches!(now["status"].as_str(), Some("sending" | "unknown")) {
            break now;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: {now}");
        tokio::time::sleep(Duration::from_millis(700)).await;
        stage.fake.revive().await.unwrap();
        stage.let_time_pass(payout).await;
    };
    server.kill();
    assert_eq!(
        (&ended["status"], &ended["transfer"]["state"]),
        (&json!("paid"), &json!("paid")),
        "{what}: {ended}"
    );
    let paid = stage.fake.paid();
    assert_eq!(paid.len(), earlier + 1, "{what}: {paid:?}");
    assert_eq!(ended["reference"], json!(paid.last().unwrap().id), "{what}");
}

/// The books of what the processes left hold.
fn verified(stage: &Stage) {
    let verified = stage.command().arg("verify").output().unwrap();
    let errors = String::from_utf8_lossy(&verified.stderr);
    assert_eq!(verified.status.code(), Some(0), "{errors}");
}

/// Sends each payout while the provider fails in its way, is killed at the point, and starts again.
async fn killed_at(kill: Kill) {
    let stage = set_for_faults(kill).await;
    for (number, (fault, payout)) in FAULTS.iter().zip(&stage.payouts).enumerate() {
        let kind = kind_of(number + kill.shift());
        let what = format!("{fault:?} and killed {kill:?} ({kind})");
        stage.fake.next(*fault);
        match kill {
            Kill::BeforeSending => {
                let (mut server, mut line) = stage.start_halting("before sending");
                tokio::task::block_in_place(|| {
                    std::thread::scope(|scope| {
                        let lost = scope.spawn(|| stage.send(&mut line, payout));
                        server.wait_until_halted();
                        server.kill();
                        assert!(
                            lost.join().unwrap().is_err(),
                            "{what}: nobody was told that it is sent"
                        );
                    });
                });
                let (server, mut line) = stage.start();
                assert_eq!(stage.get(&mut line, payout)["status"], "pending", "{what}");
                assert_eq!(stage.fake.paid().len(), number, "{what}");
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                server.kill();
            }
            Kill::AfterSending => {
                let (server, mut line) = stage.start();
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                server.kill();
            }
            Kill::AfterTheCall | Kill::BeforeTheResult => {
                let point = if kill == Kill::AfterTheCall {
                    "after the call"
                } else {
                    "before the result"
                };
                let (mut server, mut line) = stage.start_halting(point);
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                tokio::task::block_in_place(|| server.wait_until_halted());
                server.kill();
            }
        }
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_sending_is_stored() {
    killed_at(Kill::BeforeSending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_sending_is_stored() {
    killed_at(Kill::AfterSending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_call() {
    killed_at(Kill::AfterTheCall).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_result_is_stored() {
    killed_at(Kill::BeforeTheResult).await;
}

/// Killed while the call is on its way and the provider is silent: it may have paid already, or not yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_provider_is_silent() {
    let cases: Vec<(ProviderKind, Fault)> = ProviderKind::ALL
        .iter()
        .flat_map(|kind| [(*kind, Fault::HangBefore), (*kind, Fault::HangAfter)])
        .collect();
    let kinds: Vec<ProviderKind> = cases.iter().map(|(kind, _)| *kind).collect();
    let stage = set_with_payouts(&kinds).await;
    for (number, ((kind, fault), payout)) in cases.iter().zip(&stage.payouts).enumerate() {
        let what = format!("{fault:?} and killed meanwhile ({kind})");
        stage.fake.next(*fault);
        let asked = stage.fake.asked_to_pay();
        let (server, mut line) = stage.start();
        assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
        let there = number + usize::from(*fault == Fault::HangAfter);
        let started = tokio::time::Instant::now();
        while stage.fake.asked_to_pay() == asked || stage.fake.paid().len() < there {
            assert!(started.elapsed() < PATIENCE, "{what}: nobody asks");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        assert_eq!(stage.fake.paid().len(), there, "{what}");
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}

/// Killed when a call by the provider is kept and not answered yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_call_back_is_kept() {
    let cases: Vec<(ProviderKind, Fault)> = ProviderKind::ALL
        .iter()
        .flat_map(|kind| [(*kind, Fault::CallBackTwice), (*kind, Fault::CallBackEarly)])
        .collect();
    let kinds: Vec<ProviderKind> = cases.iter().map(|(kind, _)| *kind).collect();
    let stage = set_with_payouts(&kinds).await;
    for (number, ((kind, fault), payout)) in cases.iter().zip(&stage.payouts).enumerate() {
        let what = format!("{fault:?} and killed before it was answered ({kind})");
        stage.fake.next(*fault);
        let (mut server, mut line) = stage.start_halting("after a call back");
        assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
        tokio::task::block_in_place(|| server.wait_until_halted());
        server.kill();
        assert_eq!(stage.fake.paid().len(), number + 1, "{what}");
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}

/// An approved run over everybody who is owed something; its path, what is to be sent of it, and its payouts.
async fn approved_run(stage: &Stage) -> (String, Value, Vec<String>) {
    let (server, mut line) = stage.start();
    let run = made(&mut line, &stage.key, "/payout-runs", &json!({}));
    let run = format!("/payout-runs/{}", run["id"].as_str().unwrap());
    // Whether a payday has come does not matter here.
    let out = stage.seen(&mut line, &format!("{run}/members?included=false"));
    let out = out["data"].as_array().unwrap();
    let whom: Vec<Value> = out
        .iter()
        .map(|member| json!({"affiliate_id": member["affiliate_id"], "currency": "USD"}))
        .collect();
    if !whom.is_empty() {
        stage.act(
            &mut line,
            &format!("{run}/members"),
            &json!({"include": whom}),
        );
    }
    stage.act(&mut line, &format!("{run}/draft"), &json!({}));
    let drafted = stage.once(&mut line, &run, "drafted").await;
    let expected = json!({"expected": drafted["totals"]});
    stage.act(&mut line, &format!("{run}/submit"), &expected);
    let approved = stage.once(&mut line, &run, "approved").await;
    let to_send = approved["to_send"][0].clone();
    let payouts = stage.seen(&mut line, "/payouts?limit=200");
    let payouts = payouts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payout| payout["id"].as_str().unwrap().to_owned())
        .collect();
    server.kill();
    (run, to_send, payouts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_run_is_handed_over() {
    let kinds = [ProviderKind::Stripe; 6];
    let (stage, _) = set_the_stage(&kinds).await;
    let (run, to_send, payouts) = approved_run(&stage).await;
    assert_eq!(payouts.len(), kinds.len());

    // Some are handed over, and nothing of it is stored yet.
    let (mut server, mut line) = stage.start_halting("before sending");
    let input = json!({"provider": to_send["provider"], "expected": to_send["totals"]});
    stage.act(&mut line, &format!("{run}/send"), &input);
    tokio::task::block_in_place(|| server.wait_until_halted());
    server.kill();
    for payout in &payouts {
        assert_eq!(stage.transfers(payout).await, 0, "nothing half-done");
    }
    assert_eq!(stage.fake.paid().len(), 0);

    // All are handed over and stored, and the provider is called for one after the other.
    for (point, fault) in [
        ("after the call", Fault::LoseReply),
        ("after the call", Fault::ErrorAfter),
        ("before the result", Fault::CallBackTwice),
    ] {
        end_claims(stage.folder.path()).await;
        for payout in &payouts {
            stage.let_time_pass(payout).await;
        }
        stage.fake.next(fault);
        let (mut server, _) = stage.start_halting(point);
        tokio::task::block_in_place(|| server.wait_until_halted());
        server.kill();
        for payout in &payouts {
            assert_eq!(stage.transfers(payout).await, 1, "{point}");
        }
    }

    end_claims(stage.folder.path()).await;
    let (server, mut line) = stage.start();
    let started = tokio::time::Instant::now();
    loop {
        let now = stage.seen(&mut line, &run);
        if now["state"] == "paid" {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        for payout in &payouts {
            stage.let_time_pass(payout).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let paid = stage.fake.paid();
    assert_eq!(paid.len(), payouts.len(), "{paid:?}");
    let mut references = BTreeSet::new();
    for payout in &payouts {
        let ended = stage.get(&mut line, payout);
        assert_eq!(ended["status"], "paid", "{ended}");
        assert_eq!(stage.transfers(payout).await, 1);
        references.insert(ended["reference"].as_str().unwrap().to_owned());
    }
    let made: BTreeSet<String> = paid.into_iter().map(|one| one.id).collect();
    assert_eq!(references, made, "one transfer a payout");
    server.kill();
    verified(&stage);
}
