//! Who may do what: every route of the admin and the portal is called by everybody there is, GET and POST, and
//! answers to those alone who may. A new route without a line here fails the test.

mod act;
mod address;
mod caller;
mod door;
mod matrix;

use std::collections::BTreeSet;

use crate::pages::{Route, routes};
use act::{acts, leave};
use address::filled;
use caller::{Caller, Everybody, everybody};
use door::{door, note};
use matrix::{Who, matrix};
use testkit::{Answer, Client, TestApp, both_engines};

/// Opens a page. A stream has no end, so of it only the head is asked for.
async fn read(browser: &mut Client, path: &str) -> Answer {
    if path.ends_with("/live") {
        browser.head(path).await
    } else {
        browser.get(path).await
    }
}

#[test]
fn every_route_has_a_line() {
    let there: BTreeSet<String> = routes().iter().map(Route::to_string).collect();
    let known: BTreeSet<String> = matrix().into_keys().collect();
    let missing: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "without a line: {missing:#?}\nnot there any more: {gone:#?}"
    );
}

both_engines! {
    async fn pages_open_to_whom_they_should_and_change_nothing(test: TestApp) {
        let Everybody { mut callers, slug, own } = everybody(&test).await;
        let matrix = matrix();
        // The clock stands, so not even when a session was used is noted.
        let before = test.db.raw().await.contents().await;
        let mut wrong = Vec::new();
        for route in routes().into_iter().filter(|route| route.method == "GET") {
            let who = matrix[&route.to_string()];
            let path = filled(&route.path, &slug, &own);
            for (caller, browser) in &mut callers {
                let Some(door) = door(who, *caller, &route) else { continue };
                let answer = read(browser, &path).await;
                note(&mut wrong, &route, *caller, door, &answer);
                // Its head is answered alike.
                if matches!(caller, Caller::Nobody | Caller::Ada | Caller::Owner) {
                    let head = browser.head(&path).await;
                    if head.status != answer.status {
                        wrong.push(format!("HEAD {path} by {caller:?}: {} and not {}", head.status, answer.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let after = test.db.raw().await.contents().await;
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            assert!(before == after, "looking has changed {name}:\n{before:?}\n{after:?}");
        }
    }

    async fn acts_of_the_portal_are_for_whom_they_should_be(test: TestApp) {
        let mut everybody = everybody(&test).await;
        let mut wrong = acts(&mut everybody, &[Who::Person, Who::Affiliate]).await;
        wrong.extend(acts(&mut everybody, &[Who::Anyone]).await);
        wrong.extend(leave(&mut everybody, "/portal/{slug}/log-out", Who::Person).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn acts_of_the_admin_are_for_whom_they_should_be(test: TestApp) {
        let mut everybody = everybody(&test).await;
        let mut wrong = acts(&mut everybody, &[Who::Colleague, Who::Staff, Who::Owner]).await;
        wrong.extend(leave(&mut everybody, "/admin/log-out", Who::Colleague).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
