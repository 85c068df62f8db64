//! Puts the application together.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use service::App;
use service::app::Settings;
#[cfg(debug_assertions)]
use service::clock::FileClock;
use service::clock::{Clock, SystemClock};
use service::random::SystemRandom;
use service::store::db::{DatabaseUrl, Db};

use crate::config::{Config, LogFormat};
use crate::{Failure, secret};

/// The SQLite file in the data folder.
const DATABASE_FILE: &str = "tributary.db";

/// Opens the database, brings its schema up to date, and gives the application.
///
/// # Errors
/// When the data folder, the key or the database cannot be used.
pub async fn app(config: &Config) -> Result<App, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    #[cfg(debug_assertions)]
    let clock = moved(clock)?;
    with(config, clock, false).await
}

/// The clock that a test moves by a file, if one is named; builds for use know no such clock.
#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "not configuration: builds for tests only"
)]
fn moved(clock: Arc<dyn Clock>) -> Result<Arc<dyn Clock>, Failure> {
    const NAME: &str = "TRIBUTARY_TEST_CLOCK";
    let Some(path) = std::env::var_os(NAME) else {
        return Ok(clock);
    };
    let moved = FileClock::open(path.as_ref())
        .map_err(|error| Failure::Usage(format!("{NAME}: {}: {error}", path.to_string_lossy())))?;
    Ok(Arc::new(moved))
}

/// The same on a clock of one's own, and perhaps as the demo.
///
/// # Errors
/// As [`app`].
pub async fn with(config: &Config, clock: Arc<dyn Clock>, demo: bool) -> Result<App, Failure> {
    let db = database(config).await?;
    let random = SystemRandom::new()
        .map_err(|error| Failure::Told(format!("the system has no randomness: {error}")))?;
    let settings = Settings {
        base_url: config.base_url()?,
        demo,
        mail_server: !config.mail.smtp_url.is_empty(),
        secret_key: secret::load(&config.web.secret_key, &config.storage.data_dir, &random)?,
        trusted_proxies: config.trusted_proxies()?,
        metrics_token: config.metrics_token()?,
    };
    let app = App::new(db, clock, Arc::new(random), settings);
    #[cfg(debug_assertions)]
    try_out(&app);
    Ok(app)
}

/// What a test wants of this process; builds for use look at no such variables.
#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "not configuration: builds for tests only"
)]
fn try_out(app: &App) {
    let time = |name: &str| {
        let ms: u64 = std::env::var(name).ok()?.parse().ok()?;
        Some(std::time::Duration::from_millis(ms))
    };
    if let Some(wait) = time("TRIBUTARY_TRIAL_CALL_MS") {
        app.trial().wait_for_calls(Some(wait));
    }
    if let Some(wait) = time("TRIBUTARY_TRIAL_STORE_MS") {
        app.trial().wait_for_storage(wait);
    }
    if let Ok(point) = std::env::var("TRIBUTARY_TRIAL_HALT_AT") {
        app.trial().halt_at(&point);
    }
}

/// Opens the database and brings its schema up to date.
///
/// # Errors
/// When the data folder or the database cannot be used.
pub async fn database(config: &Config) -> Result<Db, Failure> {
    let folder = &config.storage.data_dir;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::Told(format!("the data folder {}: {error}", folder.display())))?;
    let url = match config.storage.database_url.as_str() {
        "" => DatabaseUrl::Sqlite(folder.join(DATABASE_FILE)),
        text => text
            .parse::<DatabaseUrl>()
            .map_err(|error| Failure::Usage(format!("TRIBUTARY_DATABASE_URL: {error}")))?,
    };
    let db = Db::connect(&url).await?;
    db.migrate().await?;
    Ok(db)
}

/// Starts logging to standard error.
///
/// # Errors
/// When the filter cannot be read.
pub fn log(config: &Config) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.filter)
        .map_err(|error| Failure::Usage(format!("TRIBUTARY_LOG: {error}")))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => lines
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}
