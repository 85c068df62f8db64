//! `kill -9` in the middle of work, ten times: what was answered is stored, once.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Line, Server, found, linked, made, tributary};
use domain::id::{BusinessId, ClickId};
use serde_json::{Value, json};
use store::db::{DatabaseUrl, Db};
use store::programme::click;

const ROUNDS: u64 = 10;
const CLICKERS: usize = 8;
const SELLERS: usize = 2;
/// What is answered in each round before it is killed, at the least.
const CLICKS_A_ROUND: usize = 12;
const SALES_A_ROUND: usize = 3;
/// How long a round may take to come so far.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a click's storage is waited for: on a slow machine the usual time may be over, and the click goes on unrecorded.
const STORE_MS: &str = "60000";

fn start(folder: &Path) -> Server {
    let mut command = tributary(folder);
    command.env("TRIBUTARY_TRIAL_STORE_MS", STORE_MS);
    Server::run(command)
}

fn sale(name: &str) -> String {
    json!({"external_id": name, "customer_external_id": format!("customer of {name}"), "amount": 4_900, "currency": "USD", "code": "maria"}).to_string()
}

/// How much was answered in a round.
#[derive(Default)]
struct Count {
    clicks: AtomicUsize,
    sales: AtomicUsize,
}

impl Count {
    fn is_enough(&self) -> bool {
        self.clicks.load(Ordering::Relaxed) >= CLICKS_A_ROUND
            && self.sales.load(Ordering::Relaxed) >= SALES_A_ROUND
    }
}

/// Clicks until the server is gone; the clicks that were answered.
fn click_on(address: SocketAddr, count: &Count) -> Vec<String> {
    let mut answered = Vec::new();
    let Ok(mut line) = Line::open(address) else {
        return answered;
    };
    while let Ok((status, head, _)) = line.call("GET", "/r/maria", "", "") {
        // A slow machine has let it wait too long for the link: nothing was stored.
        if status == 503 {
            continue;
        }
        assert_eq!(status, 302, "{head}");
        let id = head
            .split("click_id=")
            .nth(1)
            .and_then(|rest| rest.split(['\r', '&']).next());
        answered.push(id.unwrap().to_owned());
        count.clicks.fetch_add(1, Ordering::Relaxed);
    }
    answered
}

/// Sells until the server is gone; the sales that were answered.
fn sell_on(address: SocketAddr, key: &str, prefix: &str, count: &Count) -> Vec<String> {
    let mut answered = Vec::new();
    let Ok(mut line) = Line::open(address) else {
        return answered;
    };
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        match line.call("POST", "/api/v1/track/sale", key, &sale(&name)) {
            Ok((201, _, _)) => {
                answered.push(name);
                count.sales.fetch_add(1, Ordering::Relaxed);
            }
            // A slow machine has let it wait too long for the database: nothing was stored.
            Ok((503, _, _)) => {}
            Ok((status, _, body)) => panic!("{status}: {body}"),
            Err(_) => break,
        }
    }
    answered
}

#[test]
fn what_was_answered_survives_being_killed() {
    // What a process has written survives it in memory as on a disk.
    let folder = testkit::quick_folder();
    let business = found(tributary(folder.path()));
    let key = business["api_key"].as_str().unwrap().to_owned();

    let server = Server::start(folder.path());
    let mut line = Line::open(server.address).unwrap();
    linked(&mut line, &key);
    made(
        &mut line,
        &key,
        "/rules",
        &json!({"reward": {"percent_ppm": 200_000}}),
    );
    server.kill();

    let (mut clicks, mut sales) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let server = start(folder.path());
        let address = server.address;
        let count = Count::default();
        thread::scope(|scope| {
            let clickers: Vec<_> = (0..CLICKERS)
                .map(|_| scope.spawn(|| click_on(address, &count)))
                .collect();
            let sellers: Vec<_> = (0..SELLERS)
                .map(|seller| {
                    let (key, count) = (&key, &count);
                    let prefix = format!("order-{round}-{seller}");
                    scope.spawn(move || sell_on(address, key, &prefix, count))
                })
                .collect();
            thread::sleep(Duration::from_millis(300 + round * 61 % 400));
            // A slow machine has not come far by then.
            let began = Instant::now();
            while !count.is_enough() && began.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(7));
            }
            server.kill();
            clicks.extend(clickers.into_iter().flat_map(|one| one.join().unwrap()));
            sales.extend(sellers.into_iter().flat_map(|one| one.join().unwrap()));
        });
    }
    println!(
        "{} clicks and {} sales were answered",
        clicks.len(),
        sales.len()
    );
    assert!(
        clicks.len() > 100 && sales.len() > 20,
        "{} clicks, {} sales",
        clicks.len(),
        sales.len()
    );

    let verified = tributary(folder.path()).arg("verify").output().unwrap();
    assert_eq!(
        verified.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );

    // Each click is there; a click beyond those was stored and its answer lost with the process.
    let id: BusinessId = business["business_id"].as_str().unwrap().parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stored = runtime.block_on(async {
        let url = DatabaseUrl::Sqlite(folder.path().join("tributary.db"));
        let db = Db::connect(&url).await.unwrap();
        let mut tx = db.read(id).await.unwrap();
        for text in &clicks {
            let click: ClickId = text.parse().unwrap();
            assert!(
                click::find(&mut tx, click).await.unwrap().is_some(),
                "{click} was answered and is lost"
            );
        }
        let link = click::find(&mut tx, clicks[0].parse().unwrap())
            .await
            .unwrap()
            .unwrap()
            .link_id;
        let days = click::days_of_link(&mut tx, link).await.unwrap();
        drop(tx);
        db.close().await;
        days.iter().map(|day| day.clicks).sum::<i64>()
    });
    let in_flight = ROUNDS * CLICKERS as u64;
    let answered = clicks.len() as u64;
    let stored = u64::try_from(stored).unwrap();
    assert!(
        (answered..=answered + in_flight).contains(&stored),
        "{answered} answered, {stored} stored"
    );

    // Each sale is known: sent again, it is told as recorded before, with its one commission.
    let server = Server::start(folder.path());
    let mut line = Line::open(server.address).unwrap();
    for name in &sales {
        let (status, _, body) = line
            .call("POST", "/api/v1/track/sale", &key, &sale(name))
            .unwrap();
        let again: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &again["duplicate"]),
            (200, &json!(true)),
            "{name}: {body}"
        );
        let commissions = again["commissions"].as_array().unwrap();
        assert_eq!(commissions.len(), 1, "{name}: {body}");
        assert_eq!(commissions[0]["amount"], 980);
    }
}
