//! An installation behind https: its cookies are for the whole host, for https and for no script, and every answer
//! tells browsers to come by https. Tests elsewhere have the plain names of development.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use service::app::Settings;
use service::clock::MockClock;
use service::identity::business::{self, NewBusiness};
use service::identity::password;
use service::random::SeededRandom;
use service::store::portal::account::{self, NewAccount};
use service::{App, Result};
use testkit::{Engine, OnEngine, TestDb, both_engines};
use tower::ServiceExt as _;

const HOST: &str = "partners.example.com";
const OWNER: &str = "owner@example.com";
const NOOR: &str = "noor@example.com";
const PASSWORD: &str = "a kettle in the orchard";

/// A business whose owner and a person of the portal can log in.
struct Installation {
    router: Router,
    _db: TestDb,
}

impl OnEngine for Installation {
    async fn on(engine: Engine) -> Self {
        let db = TestDb::new(engine).await;
        let settings = Settings {
            base_url: format!("https://{HOST}"),
            demo: false,
            mail_server: false,
            secret_key: [7; 32],
            trusted_proxies: Vec::new(),
            metrics_token: String::new(),
        };
        let app = App::new(
            db.db.clone(),
            Arc::new(MockClock::at(testkit::START)),
            Arc::new(SeededRandom::new(1)),
            settings,
        );
        people(&app).await.expect("stored");
        Self {
            router: web::router(app),
            _db: db,
        }
    }
}

async fn people(app: &App) -> Result<()> {
    let new = NewBusiness {
        name: "Fernhill".to_owned(),
        owner_email: OWNER.to_owned(),
        owner_name: "Owner".to_owned(),
        owner_password: PASSWORD.to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    let shop = business::found(app, new).await?.business.id;
    let hash = password::hash(app, PASSWORD).await?;
    let mut work = app.begin(&App::system(shop)).await?;
    let new = NewAccount {
        id: work.new_id(),
        email: NOOR,
        email_folded: NOOR,
        name: "Noor",
        password_hash: &hash,
        affiliate_id: None,
        created_at_ms: work.now,
    };
    assert!(account::insert(&mut work.tx, &new).await?);
    work.commit().await
}

impl Installation {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> (StatusCode, HeaderMap) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.to_owned()))
            .expect("a request");
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        (answer.status(), answer.headers().clone())
    }

    async fn opens(&self, page: &str, cookie: &str) -> bool {
        let (status, _) = self.ask(Method::GET, page, cookie, "").await;
        assert!(status == 200 || status == 303, "{page}: {status}");
        status == 200
    }
}

/// Where somebody logs in, who it is, their cookie, and a page that asks for it.
const DOORS: &[[&str; 4]] = &[
    [
        "/portal/fernhill/log-in",
        NOOR,
        "portal_fernhill",
        "/portal/fernhill/account/security",
    ],
    ["/admin/log-in", OWNER, "tributary_staff", "/admin/account"],
];

both_engines! {
    async fn a_session_is_in_a_cookie_of_this_host_and_of_https_alone(there: Installation) {
        let form = |email: &str| format!("email={}&password={}", email.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let mut cookies = Vec::new();
        for [log_in, email, name, page] in DOORS {
            let (status, headers) = there.ask(Method::POST, log_in, "", &form(email)).await;
            assert_eq!(status, 303, "{log_in}");
            let set: Vec<&str> = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
            let start = format!("__Host-{name}=");
            let session = set.iter().find(|cookie| cookie.starts_with(&start)).unwrap_or_else(|| panic!("{set:?}"));
            let mut parts = session.split("; ");
            let cookie = parts.next().expect("a cookie").to_owned();
            let attributes: Vec<&str> = parts.collect();
            for wanted in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
                assert!(attributes.contains(&wanted), "{wanted}: {session}");
            }
            assert!(!session.to_lowercase().contains("domain="), "it is this host's alone: {session}");
            // What else is set goes by https alone, too, and no script reads it.
            for other in &set {
                assert!(other.contains("; Secure") && other.contains("; HttpOnly"), "{other}");
            }
            assert!(there.opens(page, &cookie).await);
            // A name that anybody on a neighbouring host could set is not looked at.
            let plain = cookie.trim_start_matches("__Host-").to_owned();
            assert!(!there.opens(page, &plain).await, "{plain}");
            cookies.push(cookie);
        }
        // Staff's and the portal's are apart: neither opens the other's pages, not even under its name.
        for (one, other) in [(0, 1), (1, 0)] {
            let [_, _, name, page] = DOORS[other];
            assert!(!there.opens(page, &cookies[one]).await);
            let (_, value) = cookies[one].split_once('=').expect("a value");
            assert!(!there.opens(page, &format!("__Host-{name}={value}")).await);
        }
    }

    async fn every_answer_asks_for_https(there: Installation) {
        for (path, expected) in [
            ("/portal/fernhill/log-in", 200),
            ("/admin/log-in", 200),
            ("/admin/account", 303),
            ("/healthz", 200),
            ("/nowhere", 404),
            ("/assets/missing.css", 404),
            ("/r/nobody", 404),
            ("/api/v1/affiliates", 401),
        ] {
            let (status, headers) = there.ask(Method::GET, path, "", "").await;
            assert_eq!(status, expected, "{path}");
            let told = headers.get(header::STRICT_TRANSPORT_SECURITY).and_then(|value| value.to_str().ok());
            assert_eq!(told, Some("max-age=63072000; includeSubDomains"), "{path}");
        }
    }
}
