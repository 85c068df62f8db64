//! `tributary serve`: pages, tracking, API and jobs in one process.

use std::time::Duration;

use jobs::mail::{MailConfig, Mailer};
use jobs::{Limits, Runner};
use service::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::cli::Serve;
use crate::config::Config;
use crate::{Failure, open, server};

/// How long what has begun may take after the signal to stop; with the closing of the database this
/// stays under the ten seconds that service managers are promised.
const DRAIN: Duration = Duration::from_secs(9);
/// How long the database may take to close after that.
const CLOSE: Duration = Duration::from_millis(900);

/// Serves until SIGTERM or SIGINT, then ends what has begun.
///
/// # Errors
/// When the database cannot be used or the port cannot be had; when storage turns out to be damaged.
pub async fn run(config: &Config, flags: &Serve) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let (handle, stop) = jobs::stop();
    let mut parts = JoinSet::new();
    if !flags.no_jobs {
        parts.spawn(runner(config, &app)?.run(stop.clone()));
    }
    if !flags.jobs_only {
        let cannot = |error: std::io::Error| {
            Failure::Told(format!("cannot listen on {}: {error}", config.web.listen))
        };
        let listener = TcpListener::bind(config.web.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        parts.spawn(server::serve(
            listener,
            web::front(app.clone()),
            stop.clone(),
        ));
        println!(
            "Tributary listens on http://{address}\n  admin  {}/admin",
            app.settings().base_url
        );
    }

    let ended = tokio::select! {
        () = wait_for_signal() => Ok(()),
        () = service::store::db::broken() => Err(Failure::Told("storage is damaged or cannot be written; the next start recovers".to_owned())),
        // A part that ends before it is told to has failed; the others are not left half alive.
        _ = parts.join_next() => Err(Failure::Told("a part of the process ended by itself".to_owned())),
    };
    tracing::info!("stopping");
    // Live streams never end by themselves.
    app.hub().close();
    handle.stop();
    let drained = async { while parts.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!(
            "some requests did not end within {} s and were cut off",
            DRAIN.as_secs()
        );
        parts.abort_all();
    }
    // Clicks of requests that were cut off are stored all the same.
    let close = async {
        app.clicks().close().await;
        app.db().close().await;
    };
    let _ = tokio::time::timeout(CLOSE, close).await;
    ended
}

/// Everything that is done in the background.
fn runner(config: &Config, app: &App) -> Result<Runner, Failure> {
    let set = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mail = set(&config.mail.smtp_url).map(|url| MailConfig {
        url,
        from: set(&config.mail.from),
    });
    let mailer = Mailer::new(mail.as_ref(), &app.settings().base_url)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Runner::new(app.clone(), Limits::default())
        .handle(mailer)
        .every(jobs::clean_up::clean_up()))
}

/// Waits for SIGTERM or SIGINT.
async fn wait_for_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("signals cannot be received; stop the process with SIGKILL");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
