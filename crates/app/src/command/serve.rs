//! `tributary serve`: pages, tracking, API and jobs in one process.

use std::net::SocketAddr;
use std::time::Duration;

use jobs::mail::{MailConfig, Mailer};
use jobs::{Limits, Runner};
use service::App;
use service::echo::Echo;
use service::store::db::Engine;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::cli::Serve;
use crate::config::Config;
use crate::{Failure, open, server};

/// How long what has begun may take after the signal to stop; with the closing of the database this
/// stays under the ten seconds that service managers are promised.
const DRAIN: Duration = Duration::from_secs(9);
/// How long the end may take after that, the closing of the database included.
const CLOSE: Duration = Duration::from_millis(900);
/// How much of it other processes are told of the last changes in: the database is to be closed all the same.
const LAST_NOTES: Duration = Duration::from_millis(300);

/// Serves until SIGTERM or SIGINT, then ends what has begun.
///
/// # Errors
/// When the database cannot be used or the port cannot be had; when storage turns out to be damaged.
pub async fn run(config: &Config, flags: &Serve) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let mut parts = Parts::default();
    // A file may be shared by processes that each do a part of the work; one that does everything has it alone.
    if app.db().engine() == Engine::Postgres || flags.no_jobs || flags.jobs_only {
        parts.echo(&app).await?;
    }
    if !flags.no_jobs {
        parts.jobs(config, &app)?;
    }
    if !flags.jobs_only {
        let listener = listen(config.web.listen).await?;
        let address = listener.local_addr().map_err(cannot)?;
        parts.web(listener, &app);
        println!(
            "Tributary listens on http://{address}\n  admin  {}/admin",
            app.settings().base_url
        );
    }
    parts.until_stopped(app).await
}

/// Takes a port.
///
/// # Errors
/// When it cannot be had.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Told(format!("cannot listen on {address}: {error}")))
}

fn cannot(error: std::io::Error) -> Failure {
    Failure::Told(error.to_string())
}

fn ended_by_itself() -> Failure {
    Failure::Told("a part of the process ended by itself".to_owned())
}

/// The parts of a running process; all end together.
pub(super) struct Parts {
    running: JoinSet<()>,
    handle: jobs::StopHandle,
    stop: jobs::Stop,
    /// What passes changes on between processes, where there may be others. It ends after the rest, to tell of what that does at
    /// its end.
    echo: JoinSet<()>,
    echo_handle: jobs::StopHandle,
    echo_stop: jobs::Stop,
}

impl Default for Parts {
    fn default() -> Self {
        let (handle, stop) = jobs::stop();
        let (echo_handle, echo_stop) = jobs::stop();
        Self {
            running: JoinSet::new(),
            handle,
            stop,
            echo: JoinSet::new(),
            echo_handle,
            echo_stop,
        }
    }
}

impl Parts {
    /// What has open pages hear of changes that other processes on the database make, and theirs of changes made here.
    ///
    /// # Errors
    /// When the database cannot serve.
    async fn echo(&mut self, app: &App) -> Result<(), Failure> {
        let echo = Echo::join(app).await?;
        let mut stop = self.echo_stop.clone();
        self.echo.spawn(echo.run(async move { stop.wait().await }));
        Ok(())
    }

    /// Everything that is done in the background.
    ///
    /// # Errors
    /// When a setting is wrong.
    pub(super) fn jobs(&mut self, config: &Config, app: &App) -> Result<(), Failure> {
        let runner = runner(config, app)?;
        self.running.spawn(runner.run(self.stop.clone()));
        Ok(())
    }

    /// Pages, tracking and API on a port.
    pub(super) fn web(&mut self, listener: TcpListener, app: &App) {
        let front = web::front(app.clone());
        self.running
            .spawn(server::serve(listener, front, self.stop.clone()));
    }

    /// Another router on a port of its own.
    pub(super) fn beside(&mut self, listener: TcpListener, router: axum::Router) {
        let mut stop = self.stop.clone();
        self.running.spawn(async move {
            let stopped = async move { stop.wait().await };
            let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
            if let Err(error) = served.await {
                tracing::error!("a part of the demo ended: {error}");
            }
        });
    }

    /// Runs until SIGTERM or SIGINT, then lets what has begun end.
    ///
    /// # Errors
    /// When storage turns out to be damaged, or a part ends by itself.
    pub(super) async fn until_stopped(mut self, app: App) -> Result<(), Failure> {
        let ended = tokio::select! {
            () = wait_for_signal() => Ok(()),
            () = service::store::db::broken() => {
                // Nothing more is noted in it.
                self.echo.abort_all();
                Err(Failure::Told("storage is damaged or cannot be written; the next start recovers".to_owned()))
            }
            // A part that ends before it is told to has failed; the others are not left half alive.
            _ = self.running.join_next() => Err(ended_by_itself()),
            Some(_) = self.echo.join_next() => Err(ended_by_itself()),
        };
        tracing::info!("stopping");
        // Live streams never end by themselves.
        app.hub().close();
        self.handle.stop();
        let drained = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(
                "some requests did not end within {} s and were cut off",
                DRAIN.as_secs()
            );
            self.running.abort_all();
        }
        // Clicks of requests that were cut off are stored all the same.
        let close = async {
            app.clicks().close().await;
            self.echo_handle.stop();
            let told = async { while self.echo.join_next().await.is_some() {} };
            if tokio::time::timeout(LAST_NOTES, told).await.is_err() {
                self.echo.abort_all();
            }
            app.db().close().await;
        };
        let _ = tokio::time::timeout(CLOSE, close).await;
        ended
    }
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
        .handle(jobs::application::ApplicationTaker)
        .handle(jobs::callback::Callbacks)
        .handle(jobs::login_code::CodeWriter)
        .handle(jobs::payout_run::PayoutRuns)
        .every(jobs::clean_up::clean_up())
        .every(jobs::click_pay::click_pay())
        .every(jobs::mature::mature())
        .every(jobs::proof::proof())
        .every(jobs::transfer::transfer()))
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
