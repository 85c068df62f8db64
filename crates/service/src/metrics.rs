//! What a monitor is told: the process and its queues, of the installation as a whole. Nothing here is of one business
//! or person.

use std::sync::atomic::Ordering;

use domain::time::UnixMs;
use sha2::{Digest as _, Sha256};
use store::job::States;
use store::messaging::mail;
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::error::Result;
use crate::identity::business;

/// The figures of this instant.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// When the process began.
    pub started_at: UnixMs,
    /// Clicks stored since then, counted or not.
    pub clicks_recorded: u64,
    /// Clicks sent on since then that could not be stored.
    pub clicks_unrecorded: u64,
    /// Transactions the stored ones took.
    pub click_batches: u64,
    /// Clicks that wait to be stored.
    pub clicks_waiting: usize,
    /// Open pages that listen for changes.
    pub listeners: usize,
    /// Connections to the database, open and idle; none for the embedded file.
    pub connections: Option<(u32, usize)>,
    /// Jobs, of all processes on this database.
    pub jobs: States,
    /// Messages that wait for the mail server, of all businesses.
    pub mails_waiting: i64,
    /// Messages that could not be handed over, of all businesses.
    pub mails_failed: i64,
}

/// Reads the figures.
///
/// # Errors
/// As the database says.
pub async fn read(app: &App) -> Result<Metrics> {
    let jobs = store::job::states(&mut app.db().system_read().await?).await?;
    let (mut mails_waiting, mut mails_failed) = (0, 0);
    for business in business::list(app).await? {
        let open = mail::count_open(&mut app.db().read(business.id).await?).await?;
        mails_waiting += open.waiting;
        mails_failed += open.failed;
    }
    let clicks = app.clicks();
    let figures = clicks.figures();
    Ok(Metrics {
        started_at: app.started_at(),
        clicks_recorded: figures.recorded.load(Ordering::Relaxed),
        clicks_unrecorded: figures.unrecorded.load(Ordering::Relaxed),
        click_batches: figures.batches.load(Ordering::Relaxed),
        clicks_waiting: clicks.waiting(),
        listeners: app.hub().listeners(),
        connections: app.db().connections(),
        jobs,
        mails_waiting,
        mails_failed,
    })
}

/// Whether this is the token that opens the metrics from another machine. Compared in constant time, by hash, so that
/// its length does not show either.
#[must_use]
pub fn opens(app: &App, token: &str) -> bool {
    let right = &app.settings().metrics_token;
    let hash = |text: &str| <[u8; 32]>::from(Sha256::digest(text.as_bytes()));
    !right.is_empty() && bool::from(hash(right).ct_eq(&hash(token)))
}
