//! Set-up, log-in, sessions, keys, settings, and the frame around every page.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::status::{AffiliateStatus, PayoutFrequency, ReferralApproval, Scope};
use http_body_util::BodyExt as _;
use service::app::Settings;
use service::identity::api_key::{self, ApiKeyIn};
use service::identity::business::{self, NewBusiness};
use service::identity::{password, session, setting};
use service::random::SeededRandom;
use service::{App, clean_up, portal};
use testkit::{Client, Shop, TestApp, both_engines};
use tower::ServiceExt as _;

const DAY_MS: i64 = 24 * 3_600_000;

/// A bare request, with nothing that a test client adds.
async fn bare(
    app: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app
        .router
        .clone()
        .oneshot(request.body(Body::from(body.to_owned())).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

const HOST: (&str, &str) = ("host", "localhost:8080");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn wrong_log_in(browser: &mut Client, email: &str) -> testkit::Answer {
    browser
        .post(
            "/admin/log-in",
            &[("email", email), ("password", "not the password")],
        )
        .await
}

fn set_up_form<'a>(name: &'a str, password: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", name),
        ("currency", "EUR"),
        ("timezone", "Europe/Berlin"),
        ("owner_name", "Ada Owner"),
        ("owner_email", "ada@example.com"),
        ("owner_password", password),
    ]
}

async fn second_business(app: &TestApp, shop: &Shop<'_>) -> business::Founded {
    let new = NewBusiness {
        name: "Second".to_owned(),
        owner_email: shop.owner_email.clone(),
        owner_name: "Someone".to_owned(),
        owner_password: shop.owner_password.to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    business::found(&app.app, new).await.unwrap()
}

both_engines! {
    async fn the_first_start_asks_for_the_business(app: TestApp) {
        let mut browser = app.browser();
        assert_eq!(browser.get("/").await.expect(303).header("location"), "/admin/set-up");
        let page = browser.visit("/admin/log-in").await.expect(200).text();
        assert!(page.contains("Business name") && page.contains("Europe/Berlin"));

        let refused = browser.post("/admin/set-up", &set_up_form("Northwind", "password123")).await.expect(422).text();
        assert!(refused.contains("everybody tries") && refused.contains("value=\"Northwind\""));
        assert!(!refused.contains("password123"), "a password is never sent back");
        assert!(business::none_yet(&app.app).await.unwrap());

        let founded = browser.post("/admin/set-up", &set_up_form("Northwind", "a long enough phrase")).await.expect(303);
        assert_eq!(founded.header("location"), "/admin/checklist");
        let page = browser.get("/admin/checklist").await.expect(200).text();
        assert!(page.contains("Northwind is ready") && page.contains("No minimum payout is set") && page.contains("0 of 7"));
        let page = browser.get("/admin/checklist").await.expect(200).text();
        assert!(!page.contains("Northwind is ready"), "a toast is shown once");

        assert_eq!(browser.get("/admin/set-up").await.expect(303).header("location"), "/admin/log-in");
        browser.post("/admin/set-up", &set_up_form("Another", "a long enough phrase")).await.expect(409);
    }

    async fn log_in_tells_nobody_who_is_known(app: TestApp) {
        let shop = app.business("Northwind").await;
        let wrong = wrong_log_in(&mut app.browser(), &shop.owner_email).await.expect(422).text();
        let unknown = wrong_log_in(&mut app.browser(), "nobody@example.com").await.expect(422).text();
        assert_eq!(wrong.replace(&shop.owner_email, "…"), unknown.replace("nobody@example.com", "…"));
        assert!(wrong.contains("is not right") && wrong.contains(&shop.owner_email));

        app.clock.advance_ms(1000);
        let mut browser = app.browser();
        let form = [("email", shop.owner_email.as_str()), ("password", shop.owner_password), ("next", "/admin/audit?subject=session")];
        let answer = browser.post("/admin/log-in", &form).await.expect(303);
        assert_eq!(answer.header("location"), "/admin/audit?subject=session");
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("tributary_staff=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        browser.get("/admin/audit").await.expect(200);

        let mut elsewhere = app.browser();
        let form = [("email", shop.owner_email.as_str()), ("password", shop.owner_password), ("next", "//evil.example")];
        assert_eq!(elsewhere.post("/admin/log-in", &form).await.expect(303).header("location"), "/admin");
    }

    async fn guessing_slows_down_and_shuts_nobody_out(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut known = shop.browser().await;
        known.get("/admin/checklist").await.expect(200);
        known.post("/admin/log-out", &[]).await.expect(303);

        let mut stranger = app.browser();
        for wait_s in [1, 3, 5, 10, 15, 20, 30, 30] {
            wrong_log_in(&mut stranger, &shop.owner_email).await.expect(422);
            let slowed = wrong_log_in(&mut stranger, &shop.owner_email).await.expect(429);
            assert_eq!(slowed.header("retry-after"), wait_s.to_string());
            app.clock.advance_ms(wait_s * 1000 - 1);
            wrong_log_in(&mut stranger, &shop.owner_email).await.expect(429);
            app.clock.advance_ms(1);
        }
        wrong_log_in(&mut stranger, &shop.owner_email).await.expect(422);
        let right = [("email", shop.owner_email.as_str()), ("password", shop.owner_password)];
        known.post("/admin/log-in", &right).await.expect(303);
        app.clock.advance_ms(30_000);
        stranger.post("/admin/log-in", &right).await.expect(303);
    }

    async fn passwords_are_hashed_two_at_a_time_and_not_cheaply(app: TestApp) {
        app.app.trial().hash_lightly(false);
        let turns = app.app.hashing().acquire_many_owned(2).await.unwrap();
        let mut third = pin!(password::hash(&app.app, "a kettle in the orchard"));
        assert!(tokio::time::timeout(Duration::from_millis(100), third.as_mut()).await.is_err(), "it waits for its turn");
        let mut guess = pin!(password::verify(&app.app, "a kettle in the orchard", None));
        assert!(tokio::time::timeout(Duration::from_millis(100), guess.as_mut()).await.is_err(), "and so does a comparison");
        drop(turns);
        let hash = third.await.unwrap();
        assert!(!guess.await.unwrap());
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password::verify(&app.app, "a kettle in the orchard", Some(&hash)).await.unwrap());
    }

    async fn forms_need_the_sessions_token(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.get("/admin/settings/notifications").await.expect(200);
        let mut attacker = browser.clone();
        attacker.forget_token();
        attacker.post("/admin/settings/notifications", &[]).await.expect(403);
        attacker.post("/admin/settings/notifications", &[("csrf", "")]).await.expect(403);
        attacker.post("/admin/settings/notifications", &[("csrf", "guessed")]).await.expect(403);
        let mut work = shop.work().await;
        assert!(setting::get(&mut work).await.unwrap().notify_payout);
        drop(work);
        browser.post("/admin/settings/notifications", &[]).await.expect(303);
        let mut work = shop.work().await;
        assert!(!setting::get(&mut work).await.unwrap().notify_payout);
    }

    async fn forms_of_other_sites_are_refused(app: TestApp) {
        let shop = app.business("Northwind").await;
        let body = format!("email={}&password={}", shop.owner_email, shop.owner_password.replace(' ', "+"));
        for header in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let (status, headers, _) = bare(&app, Method::POST, "/admin/log-in", &[HOST, FORM, header], &body).await;
            assert_eq!(status, 403, "{header:?}");
            assert!(!headers.contains_key(header::SET_COOKIE));
        }
        let (status, ..) = bare(&app, Method::POST, "/admin/log-in", &[HOST, FORM, ("origin", "http://localhost:8080")], &body).await;
        assert_eq!(status, 303);
    }

    async fn a_session_belongs_to_its_host_and_ends(app: TestApp) {
        let shop = app.business("Northwind").await;
        let input = session::LogIn {
            email: shop.owner_email.to_uppercase(),
            password: shop.owner_password.to_owned(),
            host: "localhost:8080".to_owned(),
            user_agent: String::new(),
            mark: None,
        };
        let cookie = session::log_in(&app.app, input).await.unwrap().cookie;
        let lives = async |cookie: &str, host: &str| session::authenticate(&app.app, cookie, host).await.unwrap().is_some();
        assert!(lives(&cookie, "localhost:8080").await);
        assert!(!lives(&cookie, "partners.example.com").await);
        let changed = format!("{}{}", &cookie[..cookie.len() - 1], if cookie.ends_with('a') { 'b' } else { 'a' });
        assert!(!lives(&changed, "localhost:8080").await);
        for broken in ["", "..", "a.b.c", &cookie.replace("ses_", "key_"), &cookie.replacen('0', "z", 1)] {
            assert!(!lives(broken, "localhost:8080").await, "{broken}");
        }

        for _ in 0..23 {
            app.clock.advance_ms(session::IDLE_MS - 60_000);
            assert_eq!(lives(&cookie, "localhost:8080").await, app.app.now().0 - testkit::START.0 < session::ABSOLUTE_MS);
        }
        let shop = app.business("Idle").await;
        let mut browser = shop.browser().await;
        browser.get("/admin/account").await.expect(200);
        app.clock.advance_ms(session::IDLE_MS);
        let ended = browser.get("/admin/account").await.expect(303);
        assert_eq!(ended.header("location"), "/admin/log-in?next=%2Fadmin%2Faccount");
    }

    async fn in_the_demo_sessions_do_not_end(app: TestApp) {
        let shop = app.business("Northwind").await;
        let affiliate = shop.affiliate("Maria").await;
        let staff = shop.browser().await.cookie("tributary_staff").expect("a session");
        let person = shop.portal(&affiliate).await.cookie("portal_northwind").expect("a session");
        let settings = Settings { demo: true, ..app.app.settings().clone() };
        let demo = App::new(app.db.db.clone(), app.clock.clone(), Arc::new(SeededRandom::new(2)), settings);
        let alive = async |app: &App| {
            let staff = session::authenticate(app, &staff, "localhost:8080").await.unwrap();
            let person = portal::session::authenticate(app, shop.id, &person, "localhost:8080").await.unwrap();
            (staff.is_some(), person.is_some())
        };
        assert_eq!(alive(&app.app).await, (true, true));
        // Months later: what has ended was removed many times, and somebody logs in once more.
        app.clock.advance_ms(200 * DAY_MS);
        let mut work = demo.begin(&shop.system()).await.unwrap();
        clean_up::business(&mut work).await.unwrap();
        work.commit().await.unwrap();
        let input = session::LogIn {
            email: shop.owner_email.clone(),
            password: shop.owner_password.to_owned(),
            host: "localhost:8080".to_owned(),
            user_agent: String::new(),
            mark: None,
        };
        session::log_in(&demo, input).await.unwrap();
        assert_eq!(alive(&demo).await, (true, true));
        assert_eq!(alive(&app.app).await, (false, false), "anywhere else they have ended");
    }

    async fn sessions_are_listed_and_ended(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut first = shop.browser().await;
        let mut second = shop.browser().await;
        let page = first.get("/admin/account").await.expect(200).text();
        assert_eq!(page.matches("/end\"").count(), 2);
        first.post("/admin/account/sessions/end-others", &[]).await.expect(303);
        second.get("/admin/account").await.expect(303);

        first.get("/admin/account").await.expect(200);
        let form = [("current", "not the password"), ("new", "another long phrase")];
        assert!(first.post("/admin/account/password", &form).await.expect(422).text().contains("not your password"));
        app.clock.advance_ms(60_000);
        let form = [("current", shop.owner_password), ("new", "another long phrase")];
        first.post("/admin/account/password", &form).await.expect(303);
        let mut third = app.browser();
        third.post("/admin/log-in", &[("email", &shop.owner_email), ("password", shop.owner_password)]).await.expect(422);
        app.clock.advance_ms(60_000);
        third.post("/admin/log-in", &[("email", &shop.owner_email), ("password", "another long phrase")]).await.expect(303);

        first.get("/admin/account").await.expect(200);
        assert_eq!(first.post("/admin/log-out", &[]).await.expect(303).header("location"), "/admin/log-in");
        assert!(!first.has_cookie("tributary_staff"));
        first.get("/admin/account").await.expect(303);
    }

    async fn what_is_anothers_is_not_found(app: TestApp) {
        let (shop, other) = (app.business("Northwind").await, app.business("Other").await);
        let mut browser = shop.browser().await;
        let mut others = other.browser().await;
        browser.get("/admin/account").await.expect(200);
        let page = others.get("/admin/account").await.expect(200).text();
        let session = page.split("/admin/account/sessions/").find_map(|rest| rest.split_once("/end\"")).unwrap().0.to_owned();
        let page = others.get("/admin/api-keys").await.expect(200).text();
        let key = page.split("/admin/api-keys/").find_map(|rest| rest.split_once("/revoke\"")).unwrap().0.to_owned();

        for path in [format!("/admin/account/sessions/{session}/end"), format!("/admin/api-keys/{key}/revoke"), "/admin/api-keys/nonsense/revoke".to_owned()] {
            browser.post(&path, &[]).await.expect(404);
        }
        browser.post("/admin/switch", &[("business", &other.id.to_string())]).await.expect(404);
        browser.post("/admin/switch", &[("business", "biz_0000000000000")]).await.expect(404);
        others.get("/admin/account").await.expect(200);
        other.api().get("/openapi.json").await.expect(200);
        assert!(!browser.get("/admin/audit").await.expect(200).text().contains("Other"));
    }

    async fn one_person_has_several_businesses(app: TestApp) {
        let shop = app.business("Northwind").await;
        let refused = business::found(&app.app, NewBusiness {
            name: "Stolen".to_owned(),
            owner_email: shop.owner_email.clone(),
            owner_name: "Mallory".to_owned(),
            owner_password: "a guessed password".to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        });
        assert!(refused.await.is_err());
        app.clock.advance_ms(1000);
        let second = second_business(&app, &shop).await;
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/checklist").await.expect(200).text();
        assert!(page.contains("Switch business"));
        browser.post("/admin/switch", &[("business", &second.business.id.to_string())]).await.expect(303);
        let page = browser.get("/admin/settings").await.expect(200).text();
        assert!(page.contains("value=\"Second\""), "the new session is for the other business");
        assert_eq!(second.business.slug, "second");
    }

    async fn a_switch_proves_nothing_and_lengthens_nothing(app: TestApp) {
        let shop = app.business("Northwind").await;
        let second = second_business(&app, &shop).await.business.id.to_string();
        let here = shop.id.to_string();
        let mut browser = shop.browser().await;
        app.clock.advance_ms(11 * 60_000);
        for to in [&second, &here] {
            browser.get("/admin").await.expect(200);
            browser.post("/admin/switch", &[("business", to)]).await.expect(303);
            let asked = browser.get("/admin/api-keys/new").await.expect(303);
            assert!(asked.header("location").starts_with("/admin/prove"), "{}", asked.header("location"));
        }
        // Seven days after the log-in it is over, however it was used.
        for _ in 0..23 {
            app.clock.advance_ms(7 * 3_600_000);
            browser.get("/admin").await.expect(200);
            browser.post("/admin/switch", &[("business", &here)]).await.expect(303);
        }
        app.clock.advance_ms(7 * 3_600_000);
        assert!(browser.get("/admin").await.expect(303).header("location").starts_with("/admin/log-in"));
    }

    async fn a_new_password_ends_the_sessions_of_all_businesses(app: TestApp) {
        let shop = app.business("Northwind").await;
        let second = second_business(&app, &shop).await.business.id.to_string();
        let (mut browser, mut elsewhere) = (shop.browser().await, shop.browser().await);
        elsewhere.get("/admin").await.expect(200);
        elsewhere.post("/admin/switch", &[("business", &second)]).await.expect(303);
        elsewhere.get("/admin").await.expect(200);
        browser.get("/admin/account").await.expect(200);
        let form = [("current", shop.owner_password), ("new", "another long phrase")];
        browser.post("/admin/account/password", &form).await.expect(303);
        assert!(elsewhere.get("/admin").await.expect(303).header("location").starts_with("/admin/log-in"));
        browser.get("/admin").await.expect(200);
    }

    async fn a_new_secret_ends_the_one_before_it(app: TestApp) {
        let shop = app.business("Northwind").await;
        let second = second_business(&app, &shop).await.business.id.to_string();
        let secret = |browser: &Client| browser.cookie("tributary_staff").expect("a session");
        let opens = async |cookie: &str| {
            let mut thief = app.browser();
            thief.set_cookie("tributary_staff", cookie);
            thief.get("/admin").await.status == 200
        };
        // What was planted before a log-in is not the secret after it, made up or another session's.
        let log_in = [("email", shop.owner_email.as_str()), ("password", shop.owner_password)];
        for planted in ["made.up.long-before".to_owned(), secret(&shop.browser().await)] {
            let mut browser = app.browser();
            browser.set_cookie("tributary_staff", &planted);
            browser.post("/admin/log-in", &log_in).await.expect(303);
            assert_ne!(secret(&browser), planted);
        }
        // Each of these makes a new one, and the old one opens nothing any more.
        let mut browser = shop.browser().await;
        let prove = [("password", shop.owner_password), ("next", "/admin")];
        let change = [("current", shop.owner_password), ("new", "another long phrase")];
        let acts: [(&str, &[(&str, &str)]); 3] = [
            ("/admin/prove", &prove),
            ("/admin/account/password", &change),
            ("/admin/switch", &[("business", second.as_str())]),
        ];
        for (path, fields) in acts {
            let before = secret(&browser);
            assert!(opens(&before).await);
            browser.get("/admin/account").await.expect(200);
            browser.post(path, fields).await.expect(303);
            let after = secret(&browser);
            assert_ne!(after, before, "{path}");
            assert!(opens(&after).await && !opens(&before).await, "{path}");
        }
        // A log-out ends it for whoever kept its cookie.
        let kept = secret(&browser);
        browser.get("/admin/account").await.expect(200);
        browser.post("/admin/log-out", &[]).await.expect(303);
        assert!(!opens(&kept).await);
    }

    async fn every_answer_has_its_headers(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut browser = shop.browser().await;
        let answers = [
            browser.get("/admin/account").await.expect(200),
            browser.get("/admin/nothing-here").await.expect(404),
            browser.get("/").await.expect(303),
            browser.get("/healthz").await.expect(200),
            browser.get("/readyz").await.expect(200),
            browser.get("/assets/missing.css").await.expect(404),
            shop.api().get("/nothing-here").await.expect(404),
        ];
        for answer in answers {
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            for name in ["referrer-policy", "content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "x-request-id", "cache-control"] {
                assert!(!answer.header(name).is_empty(), "{name}");
            }
            assert_eq!(answer.header("strict-transport-security"), "", "only behind TLS");
        }
        let page = browser.get("/admin/account").await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.header("content-security-policy").contains("script-src 'self'") && !page.header("content-security-policy").contains("unsafe"));
        let page = browser.get("/admin/nothing-here").await.text();
        assert!(page.contains("Page not found") && page.contains("req_"));
    }

    async fn only_our_own_name_is_served(app: TestApp) {
        let _ = app.business("Northwind").await;
        let ask = async |host: &str, path: &str| {
            let (status, headers, _) = bare(&app, Method::GET, path, &[("host", host)], "").await;
            (status.as_u16(), headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()))
        };
        assert_eq!(ask("evil.example", "/admin/log-in").await.0, 421);
        assert_eq!(ask("evil.example", "/api/v1/openapi.json").await.0, 421);
        assert_eq!(ask("evil.example", "/healthz").await.0, 200);
        assert_eq!(ask("127.0.0.1:8080", "/admin/log-in?next=x").await, (307, Some("http://localhost:8080/admin/log-in?next=x".to_owned())));
        assert_eq!(ask("LOCALHOST:8080", "/admin/log-in").await.0, 200);
    }

    async fn bad_input_is_refused_whole(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.get("/admin/settings").await.expect(200);
        let fields = |name: &'static str| [("name", name), ("timezone", "UTC"), ("support_email", "")];
        let refused = browser.post("/admin/settings", &fields("a\0b")).await.expect(422).text();
        assert!(refused.contains("name"));
        let mut unknown = fields("Fine").to_vec();
        unknown.push(("currency", "EUR"));
        assert!(browser.post("/admin/settings", &unknown).await.expect(422).text().contains("currency"));
        assert!(browser.post("/admin/settings", &fields("")).await.expect(422).text().contains("This is required"));
        let both = [("name", "Renamed"), ("timezone", "UTC"), ("support_email", "nonsense")];
        browser.post("/admin/settings", &both).await.expect(422);
        let mut work = shop.work().await;
        assert_eq!(business::get(&mut work).await.unwrap().name, "Northwind", "nothing is half-stored");
        drop(work);

        assert_eq!(bare(&app, Method::POST, "/admin/log-in", &[HOST, FORM], "email=%FF&password=x").await.0, 400);
        assert_eq!(bare(&app, Method::POST, "/admin/log-in", &[HOST, FORM], &"x".repeat(300 * 1024)).await.0, 413);
        assert_eq!(bare(&app, Method::POST, "/admin/log-in", &[HOST, FORM], &"x".repeat(10_000_000)).await.0, 413);
        assert_eq!(bare(&app, Method::POST, "/admin/log-in", &[HOST, ("content-type", "application/json")], "{}").await.0, 415);
        let (status, _, body) = bare(&app, Method::GET, "/admin/audit?q=%00", &[HOST], "").await;
        assert_eq!(status, 400);
        assert!(body.contains("parameter"));
        assert_eq!(bare(&app, Method::DELETE, "/admin/log-in", &[HOST], "").await.0, 405);
    }

    async fn keys_are_shown_once_limited_and_revoked(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut browser = shop.browser().await;
        browser.get("/admin/api-keys/new").await.expect(200);
        let refused = browser.post("/admin/api-keys/new", &[("name", ""), ("allowed_ips", "10.0.0.1/99"), ("expires_in_days", "")]).await.expect(422).text();
        assert!(refused.contains("This is required") && refused.contains("10.0.0.1/99") && refused.contains("Choose at least one"));
        let form = [("name", "Billing"), ("scopes", "read"), ("scopes", "track"), ("allowed_ips", "127.0.0.0/8"), ("expires_in_days", "30")];
        let made = browser.post("/admin/api-keys/new", &form).await.expect(200).text();
        let key = made.split("value=\"trb_").nth(1).unwrap().split('"').next().unwrap();
        let key = format!("trb_{key}");
        assert!(!browser.get("/admin/api-keys").await.expect(200).text().contains(&key));

        let authenticate = async |ip: &str| api_key::authenticate(&app.app, &key, ip.parse().ok()).await;
        let actor = authenticate("127.0.0.1").await.unwrap();
        assert!(actor.may(Scope::Track) && !actor.may(Scope::Manage));
        assert!(matches!(authenticate("203.0.113.1").await, Err(service::ServiceError::Forbidden(_))));
        app.clock.advance_ms(30 * DAY_MS);
        assert!(matches!(authenticate("127.0.0.1").await, Err(service::ServiceError::Unauthorized(_))));

        let mut browser = shop.browser().await;
        app.clock.advance_ms(session::PROOF_MS);
        let asked = browser.get("/admin/api-keys/new").await.expect(303);
        assert_eq!(asked.header("location"), "/admin/prove?next=%2Fadmin%2Fapi-keys%2Fnew");
        browser.visit("/admin/api-keys/new").await.expect(200);
        browser.post("/admin/prove", &[("password", "wrong one"), ("next", "/admin/api-keys/new")]).await.expect(422);
        app.clock.advance_ms(1000);
        let proven = browser.post("/admin/prove", &[("password", shop.owner_password), ("next", "/admin/api-keys/new")]).await.expect(303);
        assert_eq!(proven.header("location"), "/admin/api-keys/new");
        browser.get("/admin/api-keys/new").await.expect(200);

        let mut work = shop.work().await;
        let input = ApiKeyIn { name: "Short".to_owned(), scopes: vec![Scope::Read], allowed_ips: String::new(), expires_in_days: None };
        let (row, text) = api_key::create(&mut work, input).await.unwrap();
        work.commit().await.unwrap();
        api_key::authenticate(&app.app, &text, None).await.unwrap();
        browser.post(&format!("/admin/api-keys/{}/revoke", row.id), &[]).await.expect(303);
        assert!(api_key::authenticate(&app.app, &text, None).await.is_err());
        browser.post(&format!("/admin/api-keys/{}/revoke", row.id), &[]).await.expect(409);
        for wrong in [String::new(), "trb_".to_owned(), text.replace("trb_", "sk_"), format!("{text}x")] {
            assert!(api_key::authenticate(&app.app, &wrong, None).await.is_err());
        }
    }

    async fn settings_are_saved_by_part_and_audited(app: TestApp) {
        let shop = app.business("Northwind").await;
        let mut browser = shop.browser().await;
        for path in ["", "/affiliates", "/tracking", "/payouts", "/notifications", "/install"] {
            let page = browser.get(&format!("/admin/settings{path}")).await.expect(200).text();
            assert!(page.contains("aria-label=\"Settings\""));
        }
        let form = [("default_affiliate_status", "pending"), ("referral_approval", ReferralApproval::Automatic.as_str()), ("self_referral", "reject"), ("mask_customer_emails", "true")];
        browser.post("/admin/settings/affiliates", &form).await.expect(303);
        let form = [("default_affiliate_status", "terminated"), ("referral_approval", ReferralApproval::Automatic.as_str()), ("self_referral", "reject")];
        browser.post("/admin/settings/affiliates", &form).await.expect(422);
        let form = [("default_cookie_days", "ten"), ("default_model", "first_click"), ("link_parameter", "ref")];
        assert!(browser.post("/admin/settings/tracking", &form).await.expect(422).text().contains("value=\"ten\""));
        let form = [("default_cookie_days", "60"), ("default_model", "first_click"), ("link_parameter", "ref"), ("bind_customers", "true"), ("truth_source", "")];
        browser.post("/admin/settings/tracking", &form).await.expect(303);
        let form = [("payout_frequency", "weekly"), ("payout_method", "paypal"), ("currency", "USD"), ("amount", "50"), ("currency", "JPY"), ("amount", "5000")];
        browser.post("/admin/settings/payouts", &form).await.expect(303);
        for (currency, amount) in [("USD", "0.001"), ("USD", "-1"), ("XXX", "5"), ("USD", "many")] {
            let form = [("payout_frequency", "monthly"), ("payout_method", "paypal"), ("currency", currency), ("amount", amount)];
            browser.post("/admin/settings/payouts", &form).await.expect(422);
        }
        let mut work = shop.work().await;
        let stored = setting::get(&mut work).await.unwrap();
        assert_eq!((stored.default_affiliate_status, stored.default_cookie_days, stored.payout_frequency), (AffiliateStatus::Pending, 60, PayoutFrequency::Weekly));
        assert!(stored.bind_customers && !stored.coupons_beat_links && stored.mask_customer_emails);
        let minimums: Vec<(String, i64)> = setting::payout_minimums(&mut work).await.unwrap().iter().map(|m| (m.currency.to_string(), m.amount)).collect();
        assert_eq!(minimums, [("JPY".to_owned(), 5000), ("USD".to_owned(), 5000)]);
        drop(work);

        let page = browser.get("/admin/audit?subject=setting").await.expect(200).text();
        assert!(page.contains("cookie days: 30 → 60") && page.contains("minimum payout: none →"));
        assert!(browser.get("/admin/audit?q=frequency").await.expect(200).text().contains("payout frequency: monthly → weekly"));
        assert!(browser.get("/admin/audit?q=zebra").await.expect(200).text().contains("No matches"));
        let page = browser.get("/admin/checklist").await.expect(200).text();
        assert!(page.contains("1 of 7") && !page.contains("No minimum payout is set"));
        assert!(app.db.execute("delete from audit_entry").await.is_err(), "the log is append-only");
    }

    async fn the_theme_is_kept_in_a_cookie(app: TestApp) {
        let _ = app.business("Northwind").await;
        let mut browser = app.browser();
        let answer = browser.post("/theme", &[("mode", "dark"), ("next", "/admin/log-in")]).await.expect(303);
        assert_eq!(answer.header("location"), "/admin/log-in");
        assert!(browser.get("/admin/log-in").await.text().contains("data-mode=\"dark\""));
        assert!(browser.get("/nowhere").await.expect(404).text().contains("data-mode=\"dark\""));
    }
}
