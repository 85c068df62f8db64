//! `GET /metrics`: the figures for a monitor, as Prometheus reads them. Told to programs on this machine, and to who
//! has the token of the configuration; for anybody else there is nothing here.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use service::App;
use service::metrics::{self, Metrics};

use crate::error::PageError;
use crate::middleware::{Host, is_loopback};

/// Prometheus' text format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What a proxy adds. A request with one of them comes from elsewhere, whoever handed it over.
const FORWARDED: &[&str] = &[
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// The figures, or 404.
///
/// # Errors
/// 404 for who may not see them; when the database cannot serve.
pub async fn read(State(app): State<App>, request: Request) -> Result<Response, PageError> {
    let token = bearer(request.headers());
    if !is_local(&request) && !token.is_some_and(|token| metrics::opens(&app, token)) {
        return Err(PageError::not_found());
    }
    let figures = metrics::read(&app).await?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], written(&figures)).into_response())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::trim)
}

/// Whether a program on this machine asks, without a proxy between: by its address, the name it asks for, and the
/// absence of what proxies add.
fn is_local(request: &Request) -> bool {
    let extensions = request.extensions();
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let host = extensions.get::<Host>();
    peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback())
        && host.is_some_and(|Host(name)| is_loopback(name))
        && !FORWARDED
            .iter()
            .any(|name| request.headers().contains_key(*name))
}

/// The text: for each figure what it is, its type and its value.
fn written(figures: &Metrics) -> String {
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, help: &str, value: String| {
        // Writing into a text does not fail.
        let _ = write!(
            text,
            "# HELP tributary_{name} {help}\n# TYPE tributary_{name} {kind}\ntributary_{name} {value}\n"
        );
    };
    let mut counter =
        |name: &str, help: &str, value: u64| add(name, "counter", help, value.to_string());
    counter(
        "clicks_recorded_total",
        "Clicks stored since the process began.",
        figures.clicks_recorded,
    );
    counter(
        "clicks_unrecorded_total",
        "Clicks sent on that could not be stored.",
        figures.clicks_unrecorded,
    );
    counter(
        "click_batches_total",
        "Transactions that clicks were stored with.",
        figures.click_batches,
    );
    let mut gauge = |name: &str, help: &str, value: String| add(name, "gauge", help, value);
    gauge(
        "clicks_waiting",
        "Clicks that wait to be stored.",
        figures.clicks_waiting.to_string(),
    );
    gauge(
        "jobs_waiting",
        "Jobs that wait or run, of all processes.",
        figures.jobs.waiting.to_string(),
    );
    gauge(
        "jobs_failed",
        "Jobs given up within 30 days.",
        figures.jobs.failed.to_string(),
    );
    gauge(
        "mails_waiting",
        "Messages that wait for the mail server.",
        figures.mails_waiting.to_string(),
    );
    gauge(
        "mails_failed",
        "Messages that could not be handed over.",
        figures.mails_failed.to_string(),
    );
    gauge(
        "live_listeners",
        "Open pages that listen for changes.",
        figures.listeners.to_string(),
    );
    if let Some((open, idle)) = figures.connections {
        gauge(
            "database_connections",
            "Open connections to the database.",
            open.to_string(),
        );
        gauge(
            "database_connections_idle",
            "Those of them that nobody uses.",
            idle.to_string(),
        );
    }
    let started = figures.started_at.0;
    let seconds = format!(
        "{}.{:03}",
        started.div_euclid(1000),
        started.rem_euclid(1000)
    );
    gauge(
        "start_time_seconds",
        "When the process began, in seconds since 1970.",
        seconds,
    );
    let _ = write!(
        text,
        "# HELP tributary_build_info The version that runs.\n# TYPE tributary_build_info gauge\ntributary_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    text
}

#[cfg(test)]
mod tests {
    use domain::time::UnixMs;
    use service::store::job::States;

    use super::*;

    #[test]
    fn each_figure_says_what_it_is() {
        let figures = Metrics {
            started_at: UnixMs(1_795_262_400_007),
            clicks_recorded: 12,
            clicks_unrecorded: 3,
            click_batches: 2,
            clicks_waiting: 1,
            listeners: 4,
            connections: None,
            jobs: States {
                waiting: 5,
                failed: 6,
            },
            mails_waiting: 7,
            mails_failed: 8,
        };
        let text = written(&figures);
        assert!(text.starts_with("# HELP tributary_clicks_recorded_total Clicks stored since the process began.\n# TYPE tributary_clicks_recorded_total counter\ntributary_clicks_recorded_total 12\n"));
        assert!(
            text.contains("\ntributary_start_time_seconds 1795262400.007\n")
                && text.ends_with("\"} 1\n")
        );
        assert!(!text.contains("database_connections"));
        let with = written(&Metrics {
            connections: Some((9, 2)),
            ..figures
        });
        assert!(
            with.contains("\ntributary_database_connections 9\n")
                && with.contains("\ntributary_database_connections_idle 2\n")
        );
    }
}
