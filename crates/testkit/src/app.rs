//! The application in process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use domain::id::{AccountId, BusinessId};
use domain::status::{Role, Scope};
use domain::time::UnixMs;
use serde_json::{Value, json};
use service::app::Settings;
use service::clock::MockClock;
use service::identity::api_key::{self, ApiKeyIn};
use service::identity::business::{self, Founded, NewBusiness};
use service::identity::staff::{self, NewMember};
use service::portal::invitation;
use service::random::SeededRandom;
use service::resolver::{Resolver, Resolving};
use service::{Actor, App, Work};
use store::db::{Db, Engine};
use store::portal::account;
use store::portal::profile::{self, Profile};

use crate::client::{Api, Client};
use crate::{OnEngine, TestDb};

/// The instant at which the clock stands until a test moves it: 2026-11-21T12:00:00Z.
pub const START: UnixMs = UnixMs(1_795_262_400_000);
/// The name the application answers to.
pub(crate) const HOST: &str = "localhost:8080";
/// The address links begin with.
pub(crate) const BASE_URL: &str = "http://localhost:8080";
/// What a monitor says to read the metrics from another machine.
pub const METRICS_TOKEN: &str = "a-token-for-monitors";
/// Every owner's password.
const PASSWORD: &str = "correct horse battery staple";

/// A resolver that knows what a test tells it; `localhost`, the application's own name, leads to 192.0.2.10.
#[derive(Clone, Default)]
pub struct Names(Arc<Mutex<HashMap<String, Vec<IpAddr>>>>);

impl Names {
    /// Has a name lead to these addresses.
    pub fn lead(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses
            .iter()
            .map(|address| address.parse().expect("an address"))
            .collect();
        let mut known = self.0.lock().expect("nobody failed with it");
        known.insert(name.to_owned(), addresses);
    }
}

impl Resolver for Names {
    fn addresses<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        let known = self.0.lock().expect("nobody failed with it");
        let found = known.get(name).cloned().unwrap_or_default();
        Box::pin(async move { found })
    }
}

/// The application over a database of its own.
pub struct TestApp {
    /// The application, for calling use cases.
    pub app: App,
    /// Its clock; move it with `advance_ms`.
    pub clock: Arc<MockClock>,
    /// Where host names lead.
    pub names: Names,
    /// Everything it answers.
    pub router: Router,
    businesses: AtomicU32,
    /// Last, because the database goes when it is dropped.
    pub db: TestDb,
}

impl OnEngine for TestApp {
    async fn on(engine: Engine) -> Self {
        Self::new(engine).await
    }
}

impl TestApp {
    /// The application on an engine, with an empty database.
    pub async fn new(engine: Engine) -> Self {
        Self::over(TestDb::new(engine).await, 1)
    }

    /// The application over a database that a test has prepared. What is in it already was drawn with
    /// another seed, so that no id comes twice.
    #[must_use]
    pub fn over(db: TestDb, seed: u64) -> Self {
        let clock = Arc::new(MockClock::at(START));
        let app = App::new(
            db.db.clone(),
            clock.clone(),
            Arc::new(SeededRandom::new(seed)),
            settings(),
        );
        // A hash at its usual cost takes longer than most of what tests do.
        app.trial().hash_lightly(true);
        let names = Names::default();
        names.lead("localhost", &["192.0.2.10"]);
        app.resolve_with(Arc::new(names.clone()));
        let router = web::router(app.clone());
        Self {
            app,
            clock,
            names,
            router,
            businesses: AtomicU32::new(0),
            db,
        }
    }

    /// The application as another process on the same database has it, with the same clock and a seed of its own.
    ///
    /// # Panics
    /// When the database cannot be opened once more.
    pub async fn beside(&self, seed: u64) -> App {
        let db = Db::connect(&self.db.url).await.expect("it opens");
        App::new(
            db,
            self.clock.clone(),
            Arc::new(SeededRandom::new(seed)),
            settings(),
        )
    }

    /// A browser without cookies.
    #[must_use]
    pub fn browser(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// A program with any text as its key; empty: without one.
    #[must_use]
    pub fn api(&self, key: &str) -> Api {
        Api::new(self.router.clone(), key.to_owned())
    }

    /// Founds a business with its owner and a key with all scopes; in USD, its days in UTC.
    pub async fn business(&self, name: &str) -> Shop<'_> {
        let number = self.businesses.fetch_add(1, Ordering::Relaxed) + 1;
        let owner_email = format!("owner{number}@example.com");
        let new = NewBusiness {
            name: name.to_owned(),
            owner_email: owner_email.clone(),
            owner_name: format!("Owner {number}"),
            owner_password: PASSWORD.to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        };
        let Founded {
            business, api_key, ..
        } = business::found(&self.app, new)
            .await
            .expect("the business is founded");
        Shop {
            test: self,
            id: business.id,
            slug: business.slug,
            key: api_key,
            owner_email,
            owner_password: PASSWORD,
        }
    }
}

fn settings() -> Settings {
    Settings {
        base_url: BASE_URL.to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [7; 32],
        trusted_proxies: Vec::new(),
        metrics_token: METRICS_TOKEN.to_owned(),
    }
}

/// A business to try things on.
pub struct Shop<'a> {
    test: &'a TestApp,
    /// Its id.
    pub id: BusinessId,
    /// Its short name in addresses.
    pub slug: String,
    /// A key with all scopes.
    pub key: String,
    /// The owner's address.
    pub owner_email: String,
    /// The owner's password.
    pub owner_password: &'static str,
}

impl Shop<'_> {
    /// A program with the key that has all scopes.
    #[must_use]
    pub fn api(&self) -> Api {
        self.test.api(&self.key)
    }

    /// A program with a key that has these scopes only.
    pub async fn api_with(&self, scopes: &[Scope]) -> Api {
        let mut work = self.work().await;
        let input = ApiKeyIn {
            name: "Narrow".to_owned(),
            scopes: scopes.to_vec(),
            allowed_ips: String::new(),
            expires_in_days: None,
        };
        let (_, key) = api_key::create(&mut work, input).await.expect("a key");
        work.commit().await.expect("stored");
        self.test.api(&key)
    }

    /// A browser in which the owner has logged in.
    pub async fn browser(&self) -> Client {
        let mut browser = self.test.browser();
        browser.visit("/admin/log-in").await.expect(200);
        browser
            .post(
                "/admin/log-in",
                &[
                    ("email", &self.owner_email),
                    ("password", self.owner_password),
                ],
            )
            .await
            .expect(303);
        browser
    }

    /// A browser in which another member of staff has logged in, who is not the owner.
    pub async fn colleague(&self) -> Client {
        self.member("Colleague", Role::Admin).await
    }

    /// A browser in which a new member of staff with this role has logged in.
    pub async fn member(&self, name: &str, role: Role) -> Client {
        let email = format!("{}@{}.example.com", name.to_lowercase(), self.slug);
        let new = NewMember {
            email: email.clone(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            role,
        };
        staff::add(&self.test.app, self.id, new)
            .await
            .expect("a member");
        let mut browser = self.test.browser();
        browser.visit("/admin/log-in").await.expect(200);
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        browser.post("/admin/log-in", &fields).await.expect(303);
        browser
    }

    /// The program itself acting here.
    #[must_use]
    pub const fn system(&self) -> Actor {
        App::system(self.id)
    }

    /// An open work of the program itself, for calling use cases; commit it.
    pub async fn work(&self) -> Work {
        self.test.app.begin(&self.system()).await.expect("a work")
    }

    /// Makes an approved affiliate; its JSON.
    pub async fn affiliate(&self, name: &str) -> Value {
        let email = format!("{}@affiliates.example.com", domain::text::slug(name));
        self.made(
            "/affiliates",
            json!({"name": name, "email": email, "status": "approved"}),
        )
        .await
    }

    /// Makes an active campaign that leads to `https://shop.example.com/`; its JSON.
    pub async fn campaign(&self, name: &str) -> Value {
        let body = json!({"name": name, "active": true, "destination_url": "https://shop.example.com/", "hosts": ["shop.example.com"]});
        self.made("/campaigns", body).await
    }

    /// Has an affiliate take part in a campaign under a code; the partnership's JSON.
    pub async fn partnership(&self, campaign: &Value, affiliate: &Value, code: &str) -> Value {
        let path = format!(
            "/campaigns/{}/partnerships",
            campaign["id"].as_str().expect("an id")
        );
        self.made(
            &path,
            json!({"affiliate_id": affiliate["id"], "code": code}),
        )
        .await
    }

    /// Has all accounts of an address save their profile as it is, which everybody is asked for once before
    /// the portal's apps open.
    pub async fn profile_told(&self, email: &str) {
        let mut work = self.work().await;
        let all = account::list_by_email(&mut work.tx, &domain::text::fold(email), 100).await;
        for account in all.expect("accounts") {
            tell_profile(&mut work, account.id).await;
        }
        work.commit().await.expect("stored");
    }

    /// A browser in which an affiliate has accepted an invitation, told their profile and is logged in to the
    /// portal.
    pub async fn portal(&self, affiliate: &Value) -> Client {
        let id = affiliate["id"].as_str().and_then(|id| id.parse().ok());
        let id = id.expect("an id");
        let mut work = self.work().await;
        let view = invitation::invite(&mut work, id).await.expect("invited");
        work.commit().await.expect("stored");
        let link = view.link.expect("a link");
        let path = link.trim_start_matches(BASE_URL);
        let mut browser = self.test.browser();
        browser.get(path).await.expect(200);
        let name = affiliate["name"].as_str().unwrap_or_default();
        browser
            .post(path, &[("name", name), ("password", PASSWORD)])
            .await
            .expect(303);
        let mut work = self.work().await;
        let account = account::find_by_affiliate(&mut work.tx, id).await;
        let account = account.expect("read").expect("an account");
        tell_profile(&mut work, account.id).await;
        work.commit().await.expect("stored");
        browser
    }

    /// Makes anything by the API; its JSON.
    pub async fn made(&self, path: &str, body: Value) -> Value {
        self.api().post(path, body).await.expect(201).json()
    }
}

/// Saves the profile of an account as it is.
async fn tell_profile(work: &mut Work, account: AccountId) {
    let there = profile::find(&mut work.tx, account).await.expect("read");
    let told = Profile {
        told: true,
        ..there.unwrap_or(Profile::empty())
    };
    profile::set(&mut work.tx, account, &told, work.now)
        .await
        .expect("stored");
}

/// A call by somebody else's server, with any headers; the path below the application's address.
pub async fn called(
    router: &Router,
    path: &str,
    headers: &[(&'static str, String)],
    body: impl Into<axum::body::Body>,
) -> crate::Answer {
    let mut request = axum::http::Request::builder().method("POST").uri(path);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(body.into());
    crate::client::send(router, request.expect("a request")).await
}
