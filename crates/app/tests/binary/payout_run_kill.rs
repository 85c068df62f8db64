//! `kill -9` in the middle of a payout run, again and again, at each of its works: it ends all the same, each
//! commission is in exactly one payout, the sums are exact.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Line, Server, end_claims, found, made, tributary};
use serde_json::{Value, json};

const AFFILIATES: usize = 1_000;
/// Of each affiliate.
const COMMISSIONS: usize = 3;
/// How often the process is killed within each work, unless it is over before.
const KILLS: usize = 3;
/// How long a work may take once nothing kills the process any more.
const PATIENCE: Duration = Duration::from_secs(120);

struct Stage {
    folder: tempfile::TempDir,
    key: String,
    run: String,
}

impl Stage {
    fn start(&self) -> (Server, Line) {
        let server = Server::start(self.folder.path());
        let line = Line::open(server.address).unwrap();
        (server, line)
    }

    fn get(&self, line: &mut Line, path: &str) -> Value {
        let path = format!("/api/v1{path}");
        let (status, _, body) = line.call("GET", &path, &self.key, "").unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn post(&self, line: &mut Line, act: &str, body: &Value) -> Value {
        let path = format!("/api/v1/payout-runs/{}/{act}", self.run);
        let (status, _, body) = line
            .call("POST", &path, &self.key, &body.to_string())
            .unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn state(&self, line: &mut Line) -> Value {
        self.get(line, &format!("/payout-runs/{}", self.run))
    }

    /// All rows of a list.
    fn all(&self, line: &mut Line, path: &str) -> Vec<Value> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(line, &format!("{path}limit=200{after}"));
            rows.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                None => return rows,
                Some(next) => after = format!("&after={next}"),
            }
        }
    }
}

/// Begins a work, kills the process in the middle of it again and again, and lets it end. The run is in `state`
/// while it is worked on. Answers the run as it is then.
fn killed_while(
    runtime: &tokio::runtime::Runtime,
    stage: &Stage,
    state: &str,
    begin: impl FnOnce(&mut Line),
) -> Value {
    // First within its first part, whatever the machine's speed.
    let mut server = Server::halting(tributary(stage.folder.path()), "within a part");
    begin(&mut Line::open(server.address).unwrap());
    server.wait_until_halted();
    server.kill();
    runtime.block_on(end_claims(stage.folder.path()));
    let (mut server, mut line) = stage.start();
    let (mut kills, mut done, mut tries) = (1, 0, 0);
    while kills < KILLS && tries < 20 {
        tries += 1;
        // Sometimes within the first part, sometimes in later ones.
        thread::sleep(Duration::from_millis(60 + 130 * tries % 900));
        let now = stage.state(&mut line);
        if now["state"] != state {
            break;
        }
        let finished = now["progress"]["finished"].as_u64().unwrap();
        assert!(finished >= done, "what was done stays done: {now}");
        done = finished;
        server.kill();
        kills += 1;
        runtime.block_on(end_claims(stage.folder.path()));
        (server, line) = stage.start();
    }
    println!("{state}: killed {kills} times, {done} members were done then");
    let started = Instant::now();
    loop {
        let now = stage.state(&mut line);
        if now["state"] != state {
            server.kill();
            return now;
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        thread::sleep(Duration::from_millis(200));
    }
}

fn set_the_stage() -> (Stage, i64) {
    let folder = testkit::quick_folder();
    let business = found(tributary(folder.path()));
    let key = business["api_key"].as_str().unwrap().to_owned();
    let server = Server::start(folder.path());
    let mut line = Line::open(server.address).unwrap();
    let mut total = 0;
    for number in 0..AFFILIATES {
        let affiliate = json!({"name": format!("Maria {number}"), "email": format!("maria-{number}@affiliate.example"), "status": "approved"});
        let affiliate = made(&mut line, &key, "/affiliates", &affiliate);
        for one in 0..COMMISSIONS {
            let amount = i64::try_from(100 + (number * 7 + one * 13) % 900).unwrap();
            total += amount;
            let adjustment = json!({"affiliate_id": affiliate["id"], "amount": amount, "currency": "USD", "note": "For the test"});
            made(&mut line, &key, "/commissions", &adjustment);
        }
    }
    let run = made(&mut line, &key, "/payout-runs", &json!({}));
    let run = run["id"].as_str().unwrap().to_owned();
    let stage = Stage { folder, key, run };
    // Nobody has a payout method, and whether a payday has come does not matter here.
    let path = format!("/payout-runs/{}/members?included=false&", stage.run);
    let whom: Vec<Value> = stage
        .all(&mut line, &path)
        .iter()
        .map(|member| json!({"affiliate_id": member["affiliate_id"], "currency": "USD"}))
        .collect();
    assert_eq!(whom.len(), AFFILIATES);
    let chosen = stage.post(&mut line, "members", &json!({"include": whom}));
    assert_eq!(chosen["changed"], AFFILIATES);
    server.kill();
    (stage, total)
}

#[test]
fn a_run_survives_being_killed_at_each_of_its_works() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (stage, total) = set_the_stage();
    let drafted = killed_while(&runtime, &stage, "drafting", |line| {
        stage.post(line, "draft", &json!({}));
    });
    assert_eq!(drafted["state"], "drafted", "{drafted}");
    assert_eq!(
        drafted["totals"],
        json!([{"amount": total, "currency": "USD"}])
    );
    let expected = json!({"expected": drafted["totals"]});
    let approved = killed_while(&runtime, &stage, "approving", |line| {
        stage.post(line, "submit", &expected);
    });
    assert_eq!(approved["state"], "approved", "{approved}");
    let paid = killed_while(&runtime, &stage, "paying", |line| {
        stage.post(line, "mark-paid", &expected);
    });
    assert_eq!(paid["state"], "paid", "{paid}");
    assert_eq!(
        paid["payouts"],
        json!([{"status": "paid", "currency": "USD", "count": AFFILIATES, "amount": total}])
    );

    let (server, mut line) = stage.start();
    let payouts = stage.all(&mut line, "/payouts?");
    assert_eq!(payouts.len(), AFFILIATES);
    let amounts: i64 = payouts
        .iter()
        .map(|payout| payout["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(amounts, total);
    let lines: Vec<&str> = payouts
        .iter()
        .flat_map(|payout| payout["commission_ids"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    let once: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(
        (lines.len(), once.len()),
        (AFFILIATES * COMMISSIONS, AFFILIATES * COMMISSIONS),
        "each commission is in exactly one payout"
    );
    server.kill();
    let verified = tributary(stage.folder.path())
        .arg("verify")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&verified.stderr);
    assert_eq!(verified.status.code(), Some(0), "{errors}");
}
