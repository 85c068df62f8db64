//! Payouts made at the same moment, over HTTP and from two processes: each commission is in one live payout
//! at most, and the sums are exact.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use service::app::Settings;
use service::clock::MockClock;
use service::domain::id::{AffiliateId, BusinessId};
use service::programme::payout::{self, Whom};
use service::programme::verify;
use service::random::SeededRandom;
use service::store::db::{DatabaseUrl, Db};
use service::{App, ServiceError};
use testkit::{Engine, Shop, TestApp, both_engines};

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

both_engines! {
    async fn sixty_four_at_once_twenty_times(test: TestApp) {
        let shop = test.business("Race").await;
        let affiliate = shop.affiliate("Maya").await;
        let mut expected = 0;
        for round in 0..ROUNDS {
            let with_key = round % 2 == 1;
            let sum = owed(&shop, &affiliate, round).await;
            expected += sum;
            let calls = (0..AT_ONCE).map(|_| {
                let mut api = shop.api();
                if with_key {
                    api = api.with("idempotency-key", &format!("round-{round}"));
                }
                let body = json!({"affiliate_id": affiliate["id"]});
                async move { api.post("/payouts", body).await }
            });
            let answers = futures_util::future::join_all(calls).await;
            let mut bodies: BTreeMap<String, usize> = BTreeMap::new();
            for answer in &answers {
                match answer.status.as_u16() {
                    201 => *bodies.entry(answer.text()).or_default() += 1,
                    // Another call with the same key is on its way.
                    409 if with_key => {}
                    other => panic!("{other}: {}", answer.text()),
                }
            }
            let made: Vec<Value> = bodies
                .keys()
                .map(|body| serde_json::from_str::<Value>(body).expect("JSON"))
                .filter(|body| body["data"].as_array().is_some_and(|data| !data.is_empty()))
                .collect();
            assert_eq!(made.len(), 1, "round {round}: {bodies:?}");
            assert_eq!(made[0]["data"][0]["amount"], sum, "round {round}");
            if with_key {
                assert_eq!(bodies.len(), 1, "one key, one answer");
            }
        }
        proven(&shop, expected).await;
    }
}

/// Half of the calls of a round, for each affiliate in turn.
async fn race(app: &App, business: BusinessId, affiliates: &[AffiliateId]) -> usize {
    let mut made = 0;
    for affiliate in affiliates {
        let tries = (0..AT_ONCE / 2).map(|_| async {
            let mut work = app.begin(&App::system(business)).await?;
            let made = payout::create(&mut work, Whom::Affiliate(*affiliate)).await?;
            work.commit().await?;
            Ok::<usize, ServiceError>(made.len())
        });
        for one in futures_util::future::join_all(tries).await {
            made += one.expect("an answer");
        }
    }
    made
}

#[tokio::test]
async fn from_two_processes_on_postgres() {
    if let Some(told) = told() {
        return child(&told).await;
    }
    let test = TestApp::new(Engine::Postgres).await;
    let shop = test.business("Race").await;
    let mut expected = 0;
    let mut ids: Vec<AffiliateId> = Vec::new();
    for round in 0..ROUNDS {
        let affiliate = shop.affiliate(&format!("Affiliate {round}")).await;
        expected += owed(&shop, &affiliate, round).await;
        ids.push(
            affiliate["id"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("an id"),
        );
    }
    let DatabaseUrl::Postgres(address) = &test.db.url else {
        panic!("no PostgreSQL");
    };
    let words: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut other = Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "from_two_processes_on_postgres", "--nocapture"])
        .env(CHILD, format!("{address}|{}|{}", shop.id, words.join(",")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = std::io::BufReader::new(other.stdout.take().expect("its words")).lines();
    let ready = lines.any(|line| line.expect("a line").contains("ready"));
    assert!(ready, "the other process is there");
    other
        .stdin
        .take()
        .expect("its ear")
        .write_all(b"go\n")
        .expect("it hears");
    let ours = race(&test.app, shop.id, &ids).await;
    let theirs = lines
        .find_map(|line| {
            line.expect("a line")
                .split_once("made ")
                .map(|(_, n)| n.to_owned())
        })
        .expect("how many it made");
    assert!(other.wait().expect("it ends").success());
    assert_eq!(
        ours + theirs.trim().parse::<usize>().expect("a number"),
        ROUNDS
    );
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

/// The other process.
async fn child(told: &str) {
    let [address, business, ids] = told.split('|').collect::<Vec<_>>()[..] else {
        panic!("{told}");
    };
    let business: BusinessId = business.parse().expect("an id");
    let ids: Vec<AffiliateId> = ids
        .split(',')
        .map(|id| id.parse().expect("an id"))
        .collect();
    let db = Db::connect(&DatabaseUrl::Postgres(address.to_owned()))
        .await
        .expect("it opens");
    let settings = Settings {
        base_url: "http://localhost:8080".to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [7; 32],
        trusted_proxies: Vec::new(),
    };
    let app = App::new(
        db,
        Arc::new(MockClock::at(testkit::START)),
        Arc::new(SeededRandom::new(2)),
        settings,
    );
    println!("ready");
    let mut go = String::new();
    std::io::stdin().read_line(&mut go).expect("the word");
    println!("made {}", race(&app, business, &ids).await);
}
