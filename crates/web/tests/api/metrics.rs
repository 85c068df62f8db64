//! The figures for a monitor: what they count, and who may read them.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use domain::id::AffiliateId;
use domain::status::MailState;
use http_body_util::BodyExt as _;
use serde_json::Value;
use service::messaging::mail;
use service::portal::invitation;
use service::store::list::Window;
use service::store::messaging::mail as rows;
use testkit::{METRICS_TOKEN, Shop, TestApp, both_engines};
use tower::ServiceExt as _;

const HERE: [u8; 4] = [127, 0, 0, 1];
const ELSEWHERE: [u8; 4] = [203, 0, 113, 7];

/// Asks from an address, with these headers.
async fn ask(test: &TestApp, peer: [u8; 4], headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::get("/metrics");
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8080");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).expect("a request");
    let peer: std::net::SocketAddr = (peer, 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = test
        .router
        .clone()
        .oneshot(request)
        .await
        .expect("an answer");
    let status = answer.status();
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Writes an affiliate an invitation.
async fn invite(shop: &Shop<'_>, affiliate: &Value) {
    let id = affiliate["id"]
        .as_str()
        .and_then(|id| id.parse::<AffiliateId>().ok())
        .expect("an id");
    let mut work = shop.work().await;
    invitation::invite(&mut work, id).await.expect("invited");
    work.commit().await.expect("stored");
}

/// The figure of this name.
fn figure(text: &str, name: &str) -> i64 {
    let start = format!("tributary_{name} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name} in {text}"))
        .parse()
        .expect("a number")
}

/// From where, with which headers, and the status of the answer.
type Case<'a> = ([u8; 4], &'a [(&'a str, &'a str)], u16);

both_engines! {
    async fn the_figures_count_what_happens(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let other = test.business("Rival").await;
        let before = ask(&test, HERE, &[]).await.1;
        assert_eq!((figure(&before, "clicks_recorded_total"), figure(&before, "mails_failed")), (0, 0));

        for shop in [&shop, &other] {
            let (campaign, maya) = (shop.campaign("Spring").await, shop.affiliate("Maya").await);
            shop.partnership(&campaign, &maya, &format!("maya-{}", shop.slug)).await;
            invite(shop, &shop.affiliate("Dee").await).await;
        }
        test.browser().get("/r/maya-fernhill").await.expect(302);
        for shop in [&shop, &other] {
            let mut work = shop.work().await;
            let lines = mail::list(&mut work, &mail::Filter::default(), Window::all(mail::NEWEST)).await.expect("mails");
            // Without a mail server mails are kept; with one they would be queued.
            assert!(rows::set_queued(&mut work.tx, lines[0].id).await.expect("an answer"));
            rows::set_tried(&mut work.tx, lines[0].id, MailState::Failed, "no such mailbox").await.expect("an answer");
            work.commit().await.expect("stored");
        }
        let text = ask(&test, HERE, &[]).await.1;
        assert_eq!(figure(&text, "clicks_recorded_total"), 1);
        assert_eq!(figure(&text, "clicks_unrecorded_total"), 0);
        assert_eq!(figure(&text, "clicks_waiting"), 0);
        assert_eq!(figure(&text, "mails_failed"), 2, "of all businesses");
        assert_eq!(figure(&text, "jobs_failed"), 0);
        assert_eq!(figure(&text, "live_listeners"), 0);
        assert!(text.contains("tributary_start_time_seconds 1795262400.000\n"), "{text}");
        assert_eq!(text.contains("database_connections"), test.db.db.connections().is_some());
        for name in ["fernhill", "Fernhill", "Maya", "business"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
    }

    async fn only_this_machine_and_the_token_see_them(test: TestApp) {
        test.business("Fernhill").await;
        let right = format!("Bearer {METRICS_TOKEN}");
        let wrong = format!("Bearer {METRICS_TOKEN}x");
        let cases: &[Case<'_>] = &[
            (HERE, &[], 200),
            (HERE, &[("host", "127.0.0.1:8080")], 200),
            // A proxy on this machine hands on what comes from elsewhere.
            (HERE, &[("x-forwarded-for", "203.0.113.7")], 404),
            (HERE, &[("x-real-ip", "203.0.113.7")], 404),
            (HERE, &[("forwarded", "for=203.0.113.7")], 404),
            (HERE, &[("host", "partners.example.com")], 404),
            (HERE, &[("x-forwarded-for", "203.0.113.7"), ("authorization", right.as_str())], 200),
            (ELSEWHERE, &[], 404),
            (ELSEWHERE, &[("authorization", right.as_str())], 200),
            (ELSEWHERE, &[("host", "partners.example.com"), ("authorization", right.as_str())], 200),
            (ELSEWHERE, &[("authorization", wrong.as_str())], 404),
            (ELSEWHERE, &[("authorization", "Bearer ")], 404),
            (ELSEWHERE, &[("authorization", METRICS_TOKEN)], 404),
        ];
        for (peer, headers, expected) in cases {
            let (status, text) = ask(&test, *peer, headers).await;
            assert_eq!(status.as_u16(), *expected, "{peer:?} {headers:?}");
            assert_eq!(text.contains("tributary_"), *expected == 200, "{peer:?} {headers:?}");
        }
    }
}
