//! Payouts made at the same moment, over HTTP in one process and from two: each commission is in one live
//! payout at most, and the sums are exact. 64 calls at once, 20 rounds each without idempotency keys, with
//! one key for all calls, and with a key for each.

use std::collections::BTreeSet;
use std::io::{BufRead as _, Write as _};
use std::ops::Range;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use service::App;
use service::app::Settings;
use service::clock::MockClock;
use service::programme::verify;
use service::random::SeededRandom;
use service::store::db::{DatabaseUrl, Db};
use testkit::{Api, Engine, Shop, TestApp, both_engines};

const ROUNDS: usize = 20;
const AT_ONCE: usize = 64;
const CHILD: &str = "TRIBUTARY_RACE";
const COMMISSIONS: i64 = 3;

/// An affiliate to whom three commissions of different amounts are approved.
async fn owed(shop: &Shop<'_>, affiliate: &Value, round: usize) -> i64 {
    let mut sum = 0;
    for number in 0..COMMISSIONS {
        let amount = 100 + number * 10 + i64::try_from(round).expect("small");
        let body = json!({"affiliate_id": affiliate["id"], "amount": amount, "currency": "USD", "note": "Bonus"});
        shop.made("/commissions", body).await;
        sum += amount;
    }
    sum
}

/// Every commission is in one live payout, payouts are what their commissions are, and the books hold.
async fn proven(shop: &Shop<'_>, expected: i64) {
    let answer = shop
        .api()
        .get("/payouts?limit=200")
        .await
        .expect(200)
        .json();
    let payouts = answer["data"].as_array().expect("rows");
    let mut seen = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    let mut sum = 0;
    for payout in payouts {
        sum += payout["amount"].as_i64().expect("an amount");
        assert!(numbers.insert(payout["number"].as_i64()), "{payout}");
        for id in payout["commission_ids"].as_array().expect("ids") {
            assert!(
                seen.insert(id.as_str().expect("an id").to_owned()),
                "{id} twice"
            );
        }
    }
    assert_eq!(sum, expected);
    assert_eq!(
        seen.len(),
        payouts.len() * usize::try_from(COMMISSIONS).expect("small")
    );
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert_eq!(report.problems, Vec::<String>::new());
}

/// Which idempotency keys the calls of a round carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    None,
    /// All the same: they are one call, tried again.
    One,
    /// Each its own: they are calls of their own.
    Own,
}

const ALL_KEYS: [Keys; 3] = [Keys::None, Keys::One, Keys::Own];

/// Status and body of each answer.
type Answers = Vec<(u16, String)>;

/// The calls of these numbers at once, each on a task of its own.
async fn calls(
    api: &Api,
    affiliate: &str,
    keys: Keys,
    round: usize,
    numbers: Range<usize>,
) -> Answers {
    let tasks: Vec<_> = numbers
        .map(|number| {
            let api = match keys {
                Keys::None => api.clone(),
                Keys::One => api.with("idempotency-key", &format!("one-{round}")),
                Keys::Own => api.with("idempotency-key", &format!("own-{round}-{number}")),
            };
            let body = json!({"affiliate_id": affiliate});
            tokio::spawn(async move { api.post("/payouts", body).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        let answer = task.await.expect("an answer");
        answers.push((answer.status.as_u16(), answer.text()));
    }
    answers
}

/// One of the calls has made the payout of everything, and nobody is told anything else.
fn judge(answers: &Answers, keys: Keys, round: usize, sum: i64) {
    assert_eq!(answers.len(), AT_ONCE);
    let mut made = Vec::new();
    let mut done = 0;
    for (status, text) in answers {
        match status {
            201 => {
                let body: Value = serde_json::from_str(text).expect("JSON");
                let data = body["data"].as_array().expect("rows").clone();
                done += 1;
                if !data.is_empty() {
                    made.push(data);
                }
            }
            // Another call with the same key is on its way.
            409 if keys == Keys::One => {}
            // A slow machine has let it wait too long for the database: nothing was stored.
            503 => {}
            other => panic!("{keys:?}, round {round}: {other}: {text}"),
        }
    }
    if keys == Keys::One {
        assert_eq!(
            made.len(),
            done,
            "round {round}: every answer is the one of the key"
        );
        made.dedup();
    }
    assert_eq!(made.len(), 1, "{keys:?}, round {round}: {answers:?}");
    assert_eq!(made[0].len(), 1, "{keys:?}, round {round}");
    assert_eq!(made[0][0]["amount"], sum, "{keys:?}, round {round}");
}

both_engines! {
    async fn sixty_four_at_once_twenty_times(test: TestApp) {
        let shop = test.business("Race").await;
        let affiliate = shop.affiliate("Maya").await;
        let id = affiliate["id"].as_str().expect("an id");
        let mut expected = 0;
        for keys in ALL_KEYS {
            for round in 0..ROUNDS {
                let sum = owed(&shop, &affiliate, round).await;
                expected += sum;
                let answers = calls(&shop.api(), id, keys, round, 0..AT_ONCE).await;
                judge(&answers, keys, round, sum);
            }
        }
        proven(&shop, expected).await;
    }
}

#[test]
fn from_two_processes_on_postgres() {
    testkit::block_on(async {
        match told() {
            Some(told) => child(&told).await,
            None => from_two_processes().await,
        }
    });
}

/// Half of the calls of each round come from another process, which is told when to begin.
async fn from_two_processes() {
    let test = TestApp::new(Engine::Postgres).await;
    let shop = test.business("Race").await;
    let affiliate = shop.affiliate("Maya").await;
    let id = affiliate["id"].as_str().expect("an id");
    let DatabaseUrl::Postgres(address) = &test.db.url else {
        panic!("no PostgreSQL");
    };
    let mut other = Command::new(std::env::current_exe().expect("a program"))
        .args([
            "--exact",
            "payout_race::from_two_processes_on_postgres",
            "--nocapture",
        ])
        .env(CHILD, format!("{address}|{}|{id}", shop.key))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut ear = other.stdin.take().expect("its ear");
    let mut lines = std::io::BufReader::new(other.stdout.take().expect("its words")).lines();
    let ready = lines.any(|line| line.expect("a line").contains("ready"));
    assert!(ready, "the other process is there");
    let mut expected = 0;
    for keys in ALL_KEYS {
        for round in 0..ROUNDS {
            let sum = owed(&shop, &affiliate, round).await;
            expected += sum;
            writeln!(ear, "{keys:?} {round}").expect("it hears");
            let mut answers = calls(&shop.api(), id, keys, round, 0..AT_ONCE / 2).await;
            // The test program has words of its own.
            let theirs = lines
                .by_ref()
                .map(|line| line.expect("a line"))
                .find(|line| line.starts_with('['))
                .expect("its answers");
            answers.extend(serde_json::from_str::<Answers>(&theirs).expect("its answers"));
            judge(&answers, keys, round, sum);
        }
    }
    drop(ear);
    assert!(other.wait().expect("it ends").success());
    proven(&shop, expected).await;
}

/// What the other process is told; none in the first one.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by their environment"
)]
fn told() -> Option<String> {
    std::env::var(CHILD).ok()
}

/// The other process: an application of its own over the same database.
async fn child(told: &str) {
    let [address, key, affiliate] = told.split('|').collect::<Vec<_>>()[..] else {
        panic!("{told}");
    };
    let db = Db::connect(&DatabaseUrl::Postgres(address.to_owned()))
        .await
        .expect("it opens");
    let settings = Settings {
        base_url: "http://localhost:8080".to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [7; 32],
        trusted_proxies: Vec::new(),
        metrics_token: String::new(),
    };
    let app = App::new(
        db,
        Arc::new(MockClock::at(testkit::START)),
        Arc::new(SeededRandom::new(2)),
        settings,
    );
    let api = Api::new(web::router(app), key.to_owned());
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (word, round) = line.split_once(' ').expect("two words");
        let keys = ALL_KEYS
            .into_iter()
            .find(|keys| format!("{keys:?}") == word);
        let keys = keys.expect("one of the three");
        let round = round.parse().expect("a number");
        let answers = calls(&api, affiliate, keys, round, AT_ONCE / 2..AT_ONCE).await;
        println!("{}", serde_json::to_string(&answers).expect("JSON"));
    }
}
