//! Whether an address has an account is nobody's business: the portal's forms answer alike and take alike
//! for one that has and for one that nobody has. Hundreds of each are compared byte by byte, and by the
//! median of the time they take, in turns, so that whatever else the machine does meets both.

use std::time::Duration;

use domain::text::fold;
use service::identity::password;
use service::store::portal::account::{self, NewAccount};
use testkit::{Answer, Shop, TestApp, both_engines};
use tokio::time::Instant;

const HOUR_MS: i64 = 60 * 60_000;
/// Pairs of forms that only store a request.
const ASKED: usize = 500;
/// Pairs of log-ins; each costs two password hashes.
const LOGGED_IN: usize = 100;
/// A network may ask sixty times an hour.
const PAIRS_AN_HOUR: usize = 25;
/// Neither median may be more than this many times the other. One password hash more or less would be
/// many times; a busy machine is not.
const RATIO_MAX: u32 = 2;

fn known(number: usize) -> String {
    format!("person-{number:03}@known.example")
}

/// As long as a known one, so that texts have equal lengths.
fn unknown(number: usize) -> String {
    format!("person-{number:03}@nobod.example")
}

/// Makes accounts; one hash does for all.
async fn people(test: &TestApp, shop: &Shop<'_>, count: usize) {
    let hash = password::hash(&test.app, "tea kettle on a boat")
        .await
        .expect("a hash");
    let mut work = shop.work().await;
    for number in 0..count {
        let email = known(number);
        let new = NewAccount {
            id: work.new_id(),
            email: &email,
            email_folded: &fold(&email),
            name: "Somebody",
            password_hash: &hash,
            affiliate_id: None,
            created_at_ms: work.now,
        };
        assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
    }
    work.commit().await.expect("committed");
}

/// Everything that is answered, without what differs for any two requests: the address itself, the
/// request's id, and what a cookie holds (its length stays).
fn shape(answer: &Answer, email: &str) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            if name != "set-cookie" {
                return format!("{name}: {value}");
            }
            let (cookie, attributes) = value.split_once(';').unwrap_or((value, ""));
            let (cookie, secret) = cookie.split_once('=').unwrap_or((cookie, ""));
            format!("{name}: {cookie}={} characters;{attributes}", secret.len())
        })
        .collect();
    headers.sort();
    let body = answer
        .text()
        .replace(email, "ADDRESS")
        .replace(answer.header("x-request-id"), "REQUEST");
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Sends a form for a known and an unknown address in turns and compares.
async fn compare(
    test: &TestApp,
    pairs: usize,
    path: &str,
    field: (&str, &str),
    after: Option<&str>,
) {
    let (mut here, mut nowhere) = (Vec::new(), Vec::new());
    for number in 0..pairs {
        if number % PAIRS_AN_HOUR == 0 {
            test.clock.advance_ms(HOUR_MS);
        }
        let mut shapes = Vec::new();
        // Whoever comes first changes, because caches favour the second.
        let mut turn = [(known(number), true), (unknown(number), false)];
        if number % 2 == 1 {
            turn.reverse();
        }
        for (email, exists) in turn {
            let mut browser = test.browser();
            let began = Instant::now();
            let answer = browser.post(path, &[("email", &email), field]).await;
            let took = began.elapsed();
            if exists { &mut here } else { &mut nowhere }.push(took);
            let mut all = shape(&answer, &email);
            if let Some(after) = after {
                all.push_str(&shape(&browser.get(after).await, &email));
            }
            shapes.push(all);
        }
        assert_eq!(shapes[0], shapes[1], "{path}, pair {number}");
        assert!(
            !shapes[0].starts_with("429"),
            "{path}, pair {number}: the test asks too often"
        );
    }
    let (here, nowhere) = (median(here), median(nowhere));
    assert!(
        here < nowhere * RATIO_MAX && nowhere < here * RATIO_MAX,
        "{path}: {here:?} for a known address, {nowhere:?} for an unknown one"
    );
}

both_engines! {
    async fn a_code_is_asked_for_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        people(&test, &shop, ASKED).await;
        let page = Some("/portal/fernhill/code");
        compare(&test, ASKED, "/portal/fernhill/code", ("purpose", "log_in"), page).await;
    }

    async fn a_new_password_is_asked_for_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        people(&test, &shop, ASKED).await;
        let page = Some("/portal/fernhill/code");
        compare(&test, ASKED, "/portal/fernhill/code", ("purpose", "reset"), page).await;
    }

    async fn a_wrong_log_in_is_refused_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        people(&test, &shop, LOGGED_IN).await;
        compare(&test, LOGGED_IN, "/portal/fernhill/log-in", ("password", "not the password"), None).await;
    }
}
