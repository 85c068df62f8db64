//! Tracked links and the script's calls, on both engines.

use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use service::domain::id::{ClickId, LinkId};
use service::store::programme::click::{self, Click};
use service::store::programme::proof;
use testkit::{Engine, Shop, TestApp, both_engines};
use tower::ServiceExt as _;

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const PAGE: &str = "https://shop.example.com";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// The click in the address that this answer leads to.
    fn click(&self) -> ClickId {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.body);
        let location = self.header("location");
        let id = location.split("click_id=").nth(1).unwrap_or_default();
        id.split(['&', '#'])
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or_else(|_| panic!("no click in {location}"))
    }

    fn cookie(&self) -> Option<String> {
        let text = self.header("set-cookie");
        text.split(';')
            .next()
            .filter(|pair| pair.starts_with("tributary_visitor="))
            .map(str::to_owned)
    }
}

async fn send(
    test: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body.into()).unwrap();
    let peer: std::net::SocketAddr = ([203, 0, 113, 77], 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = test.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// Opens a link as a person's browser does, with more headers.
async fn open(test: &TestApp, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![
        ("user-agent", CHROME),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    headers.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    send(test, Method::GET, path, &headers, Body::empty()).await
}

struct Scene<'a> {
    shop: Shop<'a>,
    campaign: Value,
    affiliate: Value,
    partnership: Value,
    key: String,
}

async fn scene<'a>(test: &'a TestApp, name: &str, code: &str) -> Scene<'a> {
    let shop = test.business(name).await;
    let affiliate = shop.affiliate("Maria").await;
    let campaign = shop.campaign("Spring").await;
    let partnership = shop.partnership(&campaign, &affiliate, code).await;
    let mut work = shop.work().await;
    let key = service::identity::setting::get(&mut work)
        .await
        .unwrap()
        .publishable_key;
    Scene {
        shop,
        campaign,
        affiliate,
        partnership,
        key,
    }
}

impl Scene<'_> {
    async fn stored(&self, id: ClickId) -> Click {
        let mut work = self.shop.work().await;
        click::find(&mut work.tx, id)
            .await
            .unwrap()
            .expect("an answered click is stored")
    }

    /// Clicks, unique clicks and uncounted clicks of the link, over all days.
    async fn totals(&self) -> (i64, i64, i64) {
        let mut work = self.shop.work().await;
        let link: LinkId = self.partnership["link"]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(proof::roll_ups(&mut work.tx).await.unwrap(), []);
        let days = click::days_of_link(&mut work.tx, link).await.unwrap();
        days.iter().fold((0, 0, 0), |(a, b, c), day| {
            (
                a + day.clicks,
                b + day.unique_clicks,
                c + day.uncounted_clicks,
            )
        })
    }

    async fn patch(&self, path: &str, body: Value) {
        self.shop.api().patch(path, body).await.expect(200);
    }
}

/// Sends what the script sends from a page.
async fn call(test: &TestApp, path: &str, origin: &str, body: Value) -> Answer {
    let headers = [
        ("origin", origin),
        ("content-type", "text/plain"),
        ("user-agent", CHROME),
        ("sec-fetch-site", "cross-site"),
    ];
    send(test, Method::POST, path, &headers, body.to_string()).await
}

both_engines! {
    async fn a_plain_click_needs_no_server(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let front = web::front(test.app.clone());
        let peer = ([203, 0, 113, 77], 40_000).into();
        let asked = |path: &str, host: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {CHROME}\r\n\r\n");
        let mut answer = Vec::new();

        let ends = || false;

        // The first time the link is not in memory: that is for another way.
        assert!(!front.answer_click(asked("/r/maria", "localhost:8080").as_bytes(), peer, ends, &mut answer).await);
        service::programme::click::resolve(&test.app, "maria").await.unwrap();
        for path in ["/r/maria?sub1=a", "/r/maria?sub1=b"] {
            answer.clear();
            assert!(front.answer_click(asked(path, "localhost:8080").as_bytes(), peer, ends, &mut answer).await);
            let text = String::from_utf8(answer.clone()).unwrap();
            assert!(text.starts_with("HTTP/1.1 302 Found\r\nlocation: https://shop.example.com/?via=maria&click_id=clk_"), "{text}");
            let id = text.split("click_id=").nth(1).unwrap().split("\r\n").next().unwrap();
            let click = scene.stored(id.parse().unwrap()).await;
            assert!(click.counted);
            assert_eq!(click.ip_prefix.as_deref(), Some("203.0.113.0/24"));
            assert_eq!(click.user_agent.as_deref(), Some(CHROME));
            assert_eq!(click.sub_ids.unwrap(), format!(r#"{{"sub1":"{}"}}"#, path.split("sub1=").nth(1).unwrap()));
        }

        let campaign = scene.campaign["id"].as_str().unwrap();
        scene.patch(&format!("/campaigns/{campaign}"), json!({"active": false})).await;
        answer.clear();
        for (path, host) in [("/r/nobody", "localhost:8080"), ("/r/maria", "elsewhere.example"), ("/r/maria", "localhost:8080"), ("/admin", "localhost:8080")] {
            assert!(!front.answer_click(asked(path, host).as_bytes(), peer, ends, &mut answer).await, "{path} {host}");
        }
        assert!(answer.is_empty());
        assert_eq!(scene.totals().await, (2, 2, 0));
    }

    async fn a_link_sends_on_and_stores_the_click(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let answer = open(&test, "/r/maria?sub1=banner&utm_source=mail&x=1", &[("referer", "https://blog.example/post")]).await;
        let click = answer.click();
        assert_eq!(answer.header("location"), format!("https://shop.example.com/?via=maria&click_id={click}"));
        assert_eq!(answer.header("cache-control"), "no-store");
        let cookie = answer.header("set-cookie");
        for part in ["tributary_visitor=vis_", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=34560000"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        let stored = scene.stored(click).await;
        assert!(stored.counted);
        assert_eq!(stored.referrer.as_deref(), Some("https://blog.example/post"));
        assert_eq!(stored.ip_prefix.as_deref(), Some("203.0.113.0/24"));
        assert_eq!(stored.user_agent.as_deref(), Some(CHROME));
        assert_eq!(stored.sub_ids.as_deref(), Some(r#"{"sub1":"banner","utm_source":"mail"}"#));
        assert_eq!(stored.expires_at_ms.0 - stored.clicked_at_ms.0, scene.campaign["cookie_days"].as_i64().unwrap() * 86_400_000);
        assert_eq!(stored.affiliate_id.to_string(), scene.affiliate["id"].as_str().unwrap());

        // The same browser again: a click, but not a unique one; and no second cookie.
        let again = open(&test, "/r/maria", &[("cookie", &answer.cookie().unwrap())]).await;
        assert_eq!(again.cookie(), None);
        assert_eq!(scene.stored(again.click()).await.visitor_id, stored.visitor_id);
        assert_eq!(scene.totals().await, (2, 1, 0));
        // On the next day it is unique once more.
        test.clock.advance_ms(86_400_000);
        open(&test, "/r/maria", &[("cookie", &answer.cookie().unwrap())]).await.click();
        assert_eq!(scene.totals().await, (3, 2, 0));
    }

    async fn what_no_person_opened_is_kept_uncounted(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")], "bot"),
            (&[("user-agent", "")], "no_user_agent"),
            (&[("sec-purpose", "prefetch;prerender")], "prefetch"),
            (&[("purpose", "prefetch")], "prefetch"),
            (&[("x-moz", "prefetch")], "prefetch"),
            (&[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")], "not_navigation"),
        ];
        for (headers, reason) in cases {
            let answer = open(&test, "/r/maria", headers).await;
            let stored = scene.stored(answer.click()).await;
            assert_eq!((stored.counted, stored.uncounted_reason.as_deref()), (false, Some(reason)), "{headers:?}");
        }
        let head = send(&test, Method::HEAD, "/r/maria", &[("user-agent", CHROME)], Body::empty()).await;
        assert_eq!(scene.stored(head.click()).await.uncounted_reason.as_deref(), Some("head"));
        assert_eq!(scene.totals().await, (0, 0, 7));
    }

    async fn unknown_codes_are_not_found(test: TestApp) {
        let _scene = scene(&test, "Northwind", "maria").await;
        for path in ["/r/nobody", "/r/MARIA", "/r/a", "/r/maria%2f..", "/r/%F0%9F%98%80", &format!("/r/{}", "x".repeat(5_000))] {
            let answer = open(&test, path, &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.header("content-type").starts_with("text/html"), "{path}");
            assert_eq!(answer.cookie(), None);
        }
    }

    async fn what_is_out_of_the_ordinary_is_answered_as_everywhere(test: TestApp) {
        let _scene = scene(&test, "Northwind", "maria").await;
        let answer = send(&test, Method::POST, "/r/maria", &[], Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(!answer.header("x-request-id").is_empty());
        let mut request = Request::builder().uri("/r/maria").header("host", "evil.example").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([203, 0, 113, 77], 40_000))));
        assert_eq!(test.router.clone().oneshot(request).await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
        for path in ["/r/maria", "/r/nobody", "/"] {
            let answer = open(&test, path, &[]).await;
            for name in ["x-content-type-options", "referrer-policy", "content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "cache-control"] {
                assert!(!answer.header(name).is_empty(), "{name} on {path}");
            }
        }
    }

    async fn a_new_link_works_at_once(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        assert_eq!(open(&test, "/r/nora", &[]).await.status, StatusCode::NOT_FOUND);
        let nora = scene.shop.affiliate("Nora").await;
        scene.shop.partnership(&scene.campaign, &nora, "nora").await;
        open(&test, "/r/nora", &[]).await.click();
    }

    async fn a_link_that_is_not_live_is_gone_at_once(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let first = open(&test, "/r/maria", &[]).await.click();
        let paths = [("campaigns", &scene.campaign), ("partnerships", &scene.partnership)];
        for (noun, object) in paths {
            let path = format!("/{noun}/{}", object["id"].as_str().unwrap());
            scene.patch(&path, json!({"active": false})).await;
            let gone = open(&test, "/r/maria", &[]).await;
            assert_eq!(gone.status, StatusCode::GONE, "{noun}");
            assert!(gone.body.contains("Northwind") && gone.header("content-type").starts_with("text/html"));
            assert_eq!((gone.header("location"), gone.cookie(), gone.header("cache-control")), ("", None, "no-store"));
            scene.patch(&path, json!({"active": true})).await;
            open(&test, "/r/maria", &[]).await.click();
        }
        let affiliate = format!("/affiliates/{}/status", scene.affiliate["id"].as_str().unwrap());
        scene.shop.api().post(&affiliate, json!({"status": "suspended"})).await.expect(200);
        assert_eq!(open(&test, "/r/maria", &[]).await.status, StatusCode::GONE);
        assert_eq!(scene.totals().await, (3, 3, 0), "nothing is stored for a link that is gone");
        assert!(scene.stored(first).await.counted, "what was stored stays");
    }

    async fn deep_links_stay_on_the_campaigns_hosts(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let answer = open(&test, "/r/maria?url=https%3A%2F%2Fshop.example.com%2Fboots%3Fsize%3D42%23red", &[]).await;
        let click = answer.click();
        assert_eq!(answer.header("location"), format!("https://shop.example.com/boots?size=42&via=maria&click_id={click}#red"));
        assert_eq!(scene.stored(click).await.url.as_deref(), Some("https://shop.example.com/boots?size=42#red"));
        for bad in ["https://evil.example/", "http://shop.example.com/", "//evil.example", "https://shop.example.com@evil.example/", "javascript:alert(1)"] {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("url", bad);
            let answer = open(&test, &format!("/r/maria?{}", query.finish()), &[]).await;
            assert!(answer.header("location").starts_with("https://shop.example.com/?via=maria&click_id="), "{bad}: {}", answer.header("location"));
        }
    }

    async fn many_at_a_time_are_all_counted(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let known = open(&test, "/r/maria", &[]).await.cookie().unwrap();
        let opened = (0..300).map(|number| {
            let known = known.clone();
            let test = &test;
            async move {
                let cookie = if number % 3 == 0 { known } else { String::new() };
                open(test, "/r/maria", &[("cookie", &cookie)]).await.click()
            }
        });
        // Where there is one writer it is held up until half of them wait: they are stored together on any disk.
        let held_up = async {
            if test.app.db().engine() == Engine::Sqlite {
                let writer = test.app.db().system_write().await.expect("the writer");
                let gathered = async {
                    while test.app.clicks().waiting() < 150 {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                };
                let _ = tokio::time::timeout(Duration::from_secs(2), gathered).await;
                drop(writer);
            }
        };
        let (clicks, ()) = tokio::join!(futures_util::future::join_all(opened), held_up);
        let clicks: std::collections::BTreeSet<ClickId> = clicks.into_iter().collect();
        assert_eq!(clicks.len(), 300);
        assert_eq!(scene.totals().await, (301, 201, 0));
        let figures = test.app.clicks().figures();
        let count = |figure: &std::sync::atomic::AtomicU64| figure.load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!((count(&figures.recorded), count(&figures.unrecorded)), (301, 0));
        assert!(count(&figures.batches) < 200, "{figures:?}");
        // After the end redirects still go out, and are told apart.
        test.app.clicks().close().await;
        open(&test, "/r/maria", &[]).await.click();
        assert_eq!((count(&figures.recorded), count(&figures.unrecorded)), (301, 1));
    }

    async fn when_storage_is_down_visitors_are_sent_on(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        open(&test, "/r/maria", &[]).await.click();
        let mut owner = scene.shop.browser().await;
        owner.get("/admin/affiliates").await.expect(200);
        test.app.db().close().await;
        open(&test, "/r/maria", &[]).await.click();
        let figures = test.app.clicks().figures();
        let count = |figure: &std::sync::atomic::AtomicU64| figure.load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!((count(&figures.recorded), count(&figures.unrecorded)), (1, 1), "{figures:?}");
        // What is answered only when it is stored says when to come back.
        let sale = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 4900, "currency": "USD", "code": "maria"});
        let refused = scene.shop.api().post("/track/sale", sale).await.expect(503);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert_eq!(refused.json()["type"], "urn:tributary:problem:unavailable");
        let page = owner.get("/admin/affiliates").await.expect(503);
        for (what, wait) in [("the API", refused.header("retry-after")), ("a page", page.header("retry-after"))] {
            assert!(wait.parse::<u32>().is_ok_and(|seconds| seconds > 0), "{what}: {wait:?}");
        }
        for (path, status) in [("/readyz", 503), ("/healthz", 200)] {
            assert_eq!(send(&test, Method::GET, path, &[], Body::empty()).await.status.as_u16(), status, "{path}");
        }
    }

    async fn a_server_reports_clicks(test: TestApp) {
        let mine = scene(&test, "Northwind", "maria").await;
        let other = scene(&test, "Contoso", "olga").await;
        let body = json!({"code": "maria", "ip": "2001:db8:1:2::3", "user_agent": CHROME, "referrer": "https://blog.example/", "sub_ids": {"sub1": "a"}});
        let answer = mine.shop.api().post("/track/click", body).await.expect(201).json();
        let click: ClickId = answer["click_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(answer["affiliate_id"], mine.affiliate["id"]);
        assert_eq!(answer["campaign_id"], mine.campaign["id"]);
        assert_eq!(answer["destination"], format!("https://shop.example.com/?via=maria&click_id={click}"));
        let stored = mine.stored(click).await;
        assert!(stored.counted);
        assert_eq!(stored.ip_prefix.as_deref(), Some("2001:db8:1::/48"));
        let again = json!({"code": "maria", "visitor_id": answer["visitor_id"]});
        mine.shop.api().post("/track/click", again).await.expect(201);
        assert_eq!(mine.totals().await, (2, 1, 0));

        let api = mine.shop.api();
        api.post("/track/click", json!({"code": "nobody"})).await.expect(404);
        api.post("/track/click", json!({"code": "olga"})).await.expect(404);
        assert_eq!(other.totals().await, (0, 0, 0));
        let wrong = json!({"code": "maria", "ip": "here", "visitor_id": "me", "url": "x", "sub_ids": {"password": "x"}});
        let mut fields = api.post("/track/click", wrong).await.expect(422).wrong_fields();
        fields.sort();
        assert_eq!(fields, ["ip", "sub_ids.password", "url", "visitor_id"]);
        assert_eq!(api.post("/track/click", json!({"code": "maria", "colour": "red"})).await.expect(422).wrong_fields(), ["colour"]);
        mine.patch(&format!("/campaigns/{}", mine.campaign["id"].as_str().unwrap()), json!({"active": false})).await;
        api.post("/track/click", json!({"code": "maria"})).await.expect(409);
        assert_eq!(mine.totals().await, (2, 1, 0));
    }

    async fn a_page_reports_a_landing(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let body = json!({"key": scene.key, "code": "maria", "url": "https://shop.example.com/?via=maria", "referrer": "https://blog.example/", "sub_ids": {"utm_source": "mail"}});
        let answer = call(&test, "/t/click", PAGE, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (PAGE, "origin"));
        let click: ClickId = answer.json()["click_id"].as_str().unwrap().parse().unwrap();
        let stored = scene.stored(click).await;
        assert_eq!(answer.json()["visitor_id"], stored.visitor_id.to_string());
        assert_eq!(stored.url.as_deref(), Some("https://shop.example.com/?via=maria"));
        assert!(stored.counted);
        let again = call(&test, "/t/click", PAGE, json!({"key": scene.key, "click_id": click.to_string()})).await;
        assert_eq!((again.status, again.json()["visitor_id"].clone()), (StatusCode::OK, json!(stored.visitor_id.to_string())));
        assert_eq!(scene.totals().await, (1, 1, 0));
        assert_eq!(call(&test, "/t/click", PAGE, json!({"key": scene.key, "code": "nobody"})).await.status, StatusCode::NOT_FOUND);
    }

    async fn foreign_pages_and_keys_are_refused(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let body = || json!({"key": scene.key, "code": "maria"});
        for origin in ["https://evil.example", "null", "https://shop.example.com.evil.example", "https://www.shop.example.com"] {
            let answer = call(&test, "/t/click", origin, body()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}: {}", answer.body);
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        }
        let silent = send(&test, Method::POST, "/t/click", &[("content-type", "text/plain")], body().to_string()).await;
        assert_eq!(silent.status, StatusCode::FORBIDDEN);
        let wrong_key = call(&test, "/t/click", PAGE, json!({"key": format!("{}x", scene.key), "code": "maria"})).await;
        assert_eq!((wrong_key.status, wrong_key.header("access-control-allow-origin")), (StatusCode::UNAUTHORIZED, ""));
        let long = call(&test, "/t/click", PAGE, json!({"key": scene.key, "code": "maria", "url": "x".repeat(70_000)})).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
        let unknown = call(&test, "/t/lead", PAGE, json!({"key": scene.key, "external_id": "1", "customer": {"external_id": "c"}, "colour": "red"})).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.body);
        assert_eq!(scene.totals().await, (0, 0, 0));

        let headers = [("origin", PAGE), ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
        let preflight = send(&test, Method::OPTIONS, "/t/sale", &headers, Body::empty()).await;
        assert_eq!(preflight.status, StatusCode::NO_CONTENT);
        assert_eq!(preflight.header("access-control-allow-methods"), "POST");
        assert_eq!(preflight.header("access-control-allow-headers"), "content-type");
    }

    async fn a_page_reports_leads_and_sales_and_learns_nothing_of_money(test: TestApp) {
        let scene = scene(&test, "Northwind", "maria").await;
        let click = open(&test, "/r/maria", &[]).await.click();
        let lead = json!({"key": scene.key, "external_id": "signup-1", "customer": {"external_id": "c1", "email": "cora@example.net"}, "click_id": click.to_string()});
        let first = call(&test, "/t/lead", PAGE, lead.clone()).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let mut names: Vec<String> = first.json().as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["duplicate", "event_id"]);
        let again = call(&test, "/t/lead", PAGE, lead).await;
        assert_eq!((again.status, again.json()["duplicate"].clone()), (StatusCode::OK, json!(true)));
        assert_eq!(again.json()["event_id"], first.json()["event_id"]);

        let sale = json!({"key": scene.key, "external_id": "order-1", "customer_external_id": "c1", "amount": 4_900, "currency": "USD"});
        let sold = call(&test, "/t/sale", PAGE, sale).await;
        assert_eq!(sold.status, StatusCode::CREATED, "{}", sold.body);
        let negative = json!({"key": scene.key, "external_id": "order-2", "customer_external_id": "c1", "amount": -1, "currency": "XXX"});
        let refused = call(&test, "/t/sale", PAGE, negative).await;
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (StatusCode::UNPROCESSABLE_ENTITY, PAGE));
    }
}

#[test]
fn the_script_may_be_used_by_other_origins() {
    testkit::block_on(async {
        let test = TestApp::new(Engine::Sqlite).await;
        let answer = send(&test, Method::GET, "/js/tributary.js", &[], Body::empty()).await;
        if answer.status == StatusCode::NOT_FOUND {
            return; // built without its assets
        }
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        assert!(answer.header("content-type").starts_with("text/javascript"));
        let tag = answer.header("etag").to_owned();
        let again = send(
            &test,
            Method::GET,
            "/js/tributary.js",
            &[("if-none-match", &tag)],
            Body::empty(),
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    });
}
