//! What the process has one of.

use std::sync::{Arc, OnceLock};

use domain::id::BusinessId;
use domain::time::UnixMs;
use store::db::Db;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::Result;
use crate::hub::Hub;
use crate::portal::host_name::HostNames;
use crate::programme::KnownRules;
use crate::programme::back_test::Runs;
use crate::programme::click::Clicks;
use crate::random::Random;
use crate::resolver::{Resolver, SystemResolver};
use crate::trial::Trial;
use crate::work::Work;

/// How this installation is reached and what it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address links in mail and tracked links begin with, without a trailing slash.
    pub base_url: String,
    /// Whether this is the demo: pages say so and sessions do not expire.
    pub demo: bool,
    /// Whether a mail server is configured; without one mail is kept and readable in the admin.
    pub mail_server: bool,
    /// The key for keyed hashes (invitations, cookies).
    pub secret_key: [u8; 32],
    /// Proxies whose forwarded headers are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// What a monitor says to read the metrics from another machine; empty: it cannot.
    pub metrics_token: String,
}

/// The application: database, ports, settings. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hub: Hub,
    clicks: Clicks,
    host_names: HostNames,
    back_tests: Runs,
    known_rules: KnownRules,
    resolver: OnceLock<Arc<dyn Resolver>>,
    trial: Trial,
    settings: Settings,
    hashing: Arc<tokio::sync::Semaphore>,
    documents: Arc<tokio::sync::Semaphore>,
    exports: Arc<tokio::sync::Semaphore>,
    started_at: UnixMs,
}

/// Password hashes computed at a time: each takes 19 MiB and a core.
const HASHES_AT_ONCE_MAX: usize = 2;
/// Long exports that are sent at a time: each holds a view of the database, of which SQLite has eight.
const EXPORTS_AT_ONCE_MAX: usize = 2;
/// Documents made at a time: a long one takes a core for a while, and goes on when the browser has left.
const DOCUMENTS_AT_ONCE_MAX: usize = 2;

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>, settings: Settings) -> Self {
        let started_at = clock.now();
        Self(Arc::new(Inner {
            db,
            clock,
            random,
            hub: Hub::default(),
            clicks: Clicks::default(),
            host_names: HostNames::default(),
            back_tests: Runs::default(),
            known_rules: KnownRules::default(),
            resolver: OnceLock::new(),
            trial: Trial::default(),
            settings,
            hashing: Arc::new(tokio::sync::Semaphore::new(HASHES_AT_ONCE_MAX)),
            documents: Arc::new(tokio::sync::Semaphore::new(DOCUMENTS_AT_ONCE_MAX)),
            started_at,
            exports: Arc::new(tokio::sync::Semaphore::new(EXPORTS_AT_ONCE_MAX)),
        }))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.0.clock.now()
    }

    /// When this process was put together.
    #[must_use]
    pub fn started_at(&self) -> UnixMs {
        self.0.started_at
    }

    /// The clock itself, for tasks that outlive a request.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// The source of random bytes.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    /// Who is told of changes.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// The click path's memory, queue and figures.
    #[must_use]
    pub fn clicks(&self) -> &Clicks {
        &self.0.clicks
    }

    /// The host names of portals that were asked for lately.
    pub(crate) fn host_names(&self) -> &HostNames {
        &self.0.host_names
    }

    /// The versions of rules in memory.
    pub(crate) fn known_rules(&self) -> &KnownRules {
        &self.0.known_rules
    }

    /// The back-tests of this process.
    pub(crate) fn back_tests(&self) -> &Runs {
        &self.0.back_tests
    }

    /// Where host names lead.
    #[must_use]
    pub fn resolver(&self) -> &dyn Resolver {
        match self.0.resolver.get() {
            Some(resolver) => &**resolver,
            None => &SystemResolver,
        }
    }

    /// Asks this resolver instead of the system's; the first one that is given stays.
    pub fn resolve_with(&self, resolver: Arc<dyn Resolver>) {
        let _ = self.0.resolver.set(resolver);
    }

    /// What a test has changed about this process; nothing outside of tests.
    #[must_use]
    pub fn trial(&self) -> &Trial {
        &self.0.trial
    }

    /// How this installation is reached and what it is.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The queue before password hashing.
    #[must_use]
    pub fn hashing(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.hashing)
    }

    /// The queue before documents are made.
    #[must_use]
    pub fn documents(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.documents)
    }

    /// The places for long exports.
    #[must_use]
    pub fn exports(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.exports)
    }

    /// Opens a work that may change things. Dropped without a commit it leaves nothing behind.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn begin(&self, actor: &Actor) -> Result<Work> {
        let tx = self.db().write(actor.business()).await?;
        Ok(Work::new(self.clone(), actor.clone(), self.now(), tx))
    }

    /// Like [`Self::begin`], for what is short and comes often: works of concurrent requests may be
    /// committed together, each still whole or not at all.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn begin_together(&self, actor: &Actor) -> Result<Work> {
        let tx = self.db().write_together(actor.business()).await?;
        Ok(Work::new(self.clone(), actor.clone(), self.now(), tx))
    }

    /// Opens a work that only reads, over one consistent view.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn view(&self, actor: &Actor) -> Result<Work> {
        let tx = self.db().read(actor.business()).await?;
        Ok(Work::new(self.clone(), actor.clone(), self.now(), tx))
    }

    /// The program itself acting for a business.
    #[must_use]
    pub const fn system(business: BusinessId) -> Actor {
        Actor::System { business }
    }
}
