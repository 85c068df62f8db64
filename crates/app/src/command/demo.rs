//! `tributary demo`: a believable business on a data folder of its own, with an example shop beside it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use demo::{DAYS, Filled};
use example_shop::Connection;
use indicatif::{ProgressBar, ProgressStyle};
use service::clock::{Clock as _, MockClock, SystemClock};
use url::Url;

use super::serve::{Parts, listen};
use crate::cli::Demo;
use crate::config::Config;
use crate::{Failure, open};

/// The demo's folder inside the data folder.
const FOLDER: &str = "demo";
/// Where it is filled; it becomes the folder when it is whole.
const UNFINISHED: &str = "demo.unfinished";
/// How to get in, beside the database.
const LOG_INS: &str = "demo.json";

/// Fills the folder if it is not filled yet, then serves until SIGTERM or SIGINT.
///
/// # Errors
/// When a port or the folder cannot be had, or filling fails.
pub async fn run(config: &Config, flags: &Demo) -> Result<(), Failure> {
    let data = config.storage.data_dir.clone();
    let (folder, unfinished) = (data.join(FOLDER), data.join(UNFINISHED));
    // The ports come first: nobody should wait for a demo that cannot be served.
    let listener = listen(config.web.listen).await?;
    let shop_listener = listen(config.demo.shop_listen).await?;
    let shop_port = shop_listener
        .local_addr()
        .map_err(|error| Failure::Told(error.to_string()))?
        .port();
    let shop = shop_address(config, shop_port)?;

    if flags.fresh {
        remove(&folder)?;
    }
    if !folder.join(LOG_INS).exists() {
        remove(&folder)?;
        remove(&unfinished)?;
        fill(&at(config, &unfinished), &unfinished, &shop).await?;
        fs::rename(&unfinished, &folder).map_err(|error| failed(&folder, &error))?;
    }
    let filled = log_ins(&folder)?;
    let config = at(config, &folder);
    let app = open::with(&config, Arc::new(SystemClock), true).await?;
    let mut parts = Parts::default();
    parts.jobs(&config, &app)?;
    parts.web(listener, &app);
    parts.beside(
        shop_listener,
        example_shop::router(Connection {
            base_url: app.settings().base_url.clone(),
            api_key: filled.api_key.clone(),
            publishable_key: filled.publishable_key.clone(),
        }),
    );
    println!("{}", told(&app.settings().base_url, &shop, &filled));
    if filled.shop != shop {
        println!(
            "The links in this demo lead to {}, where no shop is now: `tributary demo --fresh` fills it anew.",
            filled.shop
        );
    }
    parts.until_stopped(app).await
}

/// The settings with the demo's folder and its own database in it, whatever is set otherwise.
fn at(config: &Config, folder: &Path) -> Config {
    let mut config = config.clone();
    config.storage.data_dir = folder.to_owned();
    config.storage.database_url = String::new();
    config
}

/// The shop is on the same host as the pages, on its own port.
fn shop_address(config: &Config, port: u16) -> Result<String, Failure> {
    let base = config.base_url()?;
    let host = Url::parse(&base)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "localhost".to_owned());
    Ok(format!("http://{host}:{port}"))
}

async fn fill(config: &Config, folder: &Path, shop: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let clock = Arc::new(MockClock::at(now));
    let app = open::with(config, clock.clone(), false).await?;
    eprintln!("Filling the demo with {DAYS} days of a business; this is done once.");
    let bar = ProgressBar::new(DAYS.unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} day {pos} of {len}, {eta} left {msg}")
    {
        bar.set_style(style);
    }
    let mut progress = |day: i64| bar.set_position(day.unsigned_abs());
    let filled = demo::fill(&app, &clock, now, shop, &mut progress).await;
    bar.finish_and_clear();
    app.clicks().close().await;
    app.db().close().await;
    let text =
        serde_json::to_string_pretty(&filled?).map_err(|error| Failure::Told(error.to_string()))?;
    let path = folder.join(LOG_INS);
    fs::write(&path, text).map_err(|error| failed(&path, &error))
}

fn log_ins(folder: &Path) -> Result<Filled, Failure> {
    let path = folder.join(LOG_INS);
    let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::Told(format!(
            "{} is damaged ({error}); `tributary demo --fresh` fills it anew",
            path.display()
        ))
    })
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(folder, &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Told(format!("{}: {error}", path.display()))
}

/// What is printed: addresses and log-ins.
fn told(base: &str, shop: &str, filled: &Filled) -> String {
    let Filled {
        slug,
        owner,
        affiliate,
        code,
        ..
    } = filled;
    format!(
        "
The demo is ready. The business, its people and its figures are made up.

  Owner      {base}/admin
             {} / {}
  Affiliate  {base}/portal/{slug}/
             {} / {}
  A link     {base}/r/{code}   leads to the shop at {shop}

Open the link in another browser, sign up and buy: the portal moves by itself. Stop with Ctrl-C.
",
        owner.0, owner.1, affiliate.0, affiliate.1
    )
}
