//! An installation behind a proxy that speaks https: its cookies are for the whole host, for https and for no script,
//! every answer tells browsers to come by https, and that proxy alone is believed where somebody comes from. Tests
//! elsewhere have the plain names of development.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
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
    db: TestDb,
}

impl OnEngine for Installation {
    async fn on(engine: Engine) -> Self {
        let db = TestDb::new(engine).await;
        let settings = Settings {
            base_url: format!("https://{HOST}"),
            demo: false,
            mail_server: false,
            secret_key: [7; 32],
            trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
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
            db,
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

    async fn only_a_listed_proxy_tells_where_somebody_comes_from(there: Installation) {
        for (email, peer, forwarded) in [
            ("a@example.com", [10_u8, 0, 0, 1], "198.51.100.7"),
            // What the visitor wrote itself stands before what the proxy saw.
            ("b@example.com", [10, 0, 0, 1], "192.0.2.1, 198.51.100.7"),
            ("c@example.com", [203, 0, 113, 9], "198.51.100.7"),
        ] {
            let mut request = Request::builder()
                .method(Method::POST)
                .uri("/portal/fernhill/code")
                .header(header::HOST, HOST)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .header("x-forwarded-for", forwarded)
                .body(Body::from(format!("email={}&purpose=log_in", email.replace('@', "%40"))))
                .expect("a request");
            let peer: SocketAddr = (peer, 40_000).into();
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = there.router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), 303, "{email}");
        }
        let networks = "select email, ip_prefix from login_code order by email";
        let networks = there.db.raw().await.texts(networks).await.expect("rows");
        let expected = [
            ["a@example.com", "198.51.100.0/24"],
            ["b@example.com", "198.51.100.0/24"],
            ["c@example.com", "203.0.113.0/24"],
        ];
        assert_eq!(networks, expected);
    }
}
