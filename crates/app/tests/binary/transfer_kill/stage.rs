//! The process over a data folder with affiliates who are owed something, and the provider that pays them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use domain::id::{BusinessId, PayoutId};
use domain::status::ProviderKind;
use fake_provider::{Death, Fake};
use serde_json::{Value, json};
use store::db::{DatabaseUrl, Db};
use store::programme::transfer;
use tokio::net::TcpSocket;

use super::connect::connect;
use crate::process::{Line, Server, found, made, tributary};

/// Longer than a request of the fake on a slow machine, and far shorter than the usual.
const CALL_MS: &str = "3000";
/// How long a payout may take to end once nothing kills the process any more.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder with a payout for each fault, and the provider that all are sent by.
pub struct Stage {
    pub folder: tempfile::TempDir,
    port: u16,
    /// Bound and never listened on: while the process is dead, nobody else is given the port.
    _port: Option<TcpSocket>,
    business: BusinessId,
    pub key: String,
    pub fake: Fake,
    pub payouts: Vec<String>,
}

impl Stage {
    fn command(&self) -> Command {
        command(self.folder.path(), self.port)
    }

    pub fn start(&self) -> (Server, Line) {
        let server = Server::run(self.command());
        let line = Line::open(server.address).unwrap();
        (server, line)
    }

    /// Starts a server that stands still at a point, says so on its standard error, and waits to be killed.
    pub fn start_halting(&self, point: &str) -> (Server, Line) {
        let server = Server::halting(self.command(), point);
        let line = Line::open(server.address).unwrap();
        (server, line)
    }

    pub fn get(&self, line: &mut Line, payout: &str) -> Value {
        self.seen(line, &format!("/payouts/{payout}"))
    }

    pub fn act(&self, line: &mut Line, path: &str, body: &Value) -> Value {
        let path = format!("/api/v1{path}");
        let (status, _, body) = line
            .call("POST", &path, &self.key, &body.to_string())
            .unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub fn seen(&self, line: &mut Line, path: &str) -> Value {
        let path = format!("/api/v1{path}");
        let (status, _, body) = line.call("GET", &path, &self.key, "").unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The run of this path once it is in a state.
    pub async fn once(&self, line: &mut Line, run: &str, state: &str) -> Value {
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
    pub async fn transfers(&self, payout: &str) -> usize {
        let db = self.db().await;
        let mut tx = db.write(self.business).await.unwrap();
        let id: PayoutId = payout.parse().unwrap();
        let found = transfer::of_payout(&mut tx, id).await.unwrap().len();
        tx.commit().await.unwrap();
        db.close().await;
        found
    }

    pub fn send(&self, line: &mut Line, payout: &str) -> std::io::Result<u16> {
        let path = format!("/api/v1/payouts/{payout}/send");
        line.call("POST", &path, &self.key, "{}")
            .map(|(status, _, _)| status)
    }

    async fn db(&self) -> Db {
        let url = DatabaseUrl::Sqlite(self.folder.path().join("tributary.db"));
        Db::connect(&url).await.unwrap()
    }

    /// As if the time had passed after which a claim ends and nothing of a call can be on its way.
    pub async fn let_time_pass(&self, payout: &str) {
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

fn secret_key() -> String {
    "09".repeat(32)
}

fn command(folder: &Path, port: u16) -> Command {
    let mut command = tributary(folder);
    command
        .env("TRIBUTARY_SECRET_KEY", secret_key())
        .env("TRIBUTARY_LISTEN", format!("127.0.0.1:{port}"))
        .env("TRIBUTARY_TRIAL_CALL_MS", CALL_MS);
    command
}

/// A stage with an affiliate for each of these providers, who is owed something; no payouts yet.
pub async fn set_the_stage(kinds: &[ProviderKind]) -> (Stage, Vec<String>) {
    let folder = testkit::quick_folder();
    // A port of its own for all starts: the provider calls back there.
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let held = fake_provider::hold(any).unwrap();
    let address = match &held {
        Some(held) => held.local_addr(),
        None => TcpListener::bind(any).unwrap().local_addr(),
    };
    let port = address.unwrap().port();
    let business = found(command(folder.path(), port));
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

/// A stage with a pending payout for each of these providers.
pub async fn set_with_payouts(kinds: &[ProviderKind]) -> Stage {
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

/// The books of what the processes left hold.
pub fn verified(stage: &Stage) {
    let verified = stage.command().arg("verify").output().unwrap();
    let errors = String::from_utf8_lossy(&verified.stderr);
    assert_eq!(verified.status.code(), Some(0), "{errors}");
}
