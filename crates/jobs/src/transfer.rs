//! Has payouts executed by providers, and asks what became of those whose answer was lost.

use std::time::Duration;

use futures_util::StreamExt as _;
use service::programme::transfer;
use service::{App, Result};

use crate::schedule::Periodic;

/// How often: what somebody sends should be on its way while they look.
const EVERY: Duration = Duration::from_secs(2);
/// Providers asked at a time: one that hangs must not hold up the others.
const AT_ONCE: usize = 8;

/// The task. What is due is a row of its own with an instant, not a queued job: it is asked about for as
/// long as it takes, and a process that dies within a call leaves it to the next when its claim ends.
#[must_use]
pub fn transfer() -> Periodic {
    Periodic::new("transfer", EVERY, |app| async move { run(&app).await })
}

/// Takes everything that is due one step on.
///
/// # Errors
/// When the database cannot serve.
pub async fn run(app: &App) -> Result<()> {
    let due = transfer::all_due(app).await?;
    futures_util::stream::iter(due)
        .for_each_concurrent(AT_ONCE, |(business, id)| async move {
            if let Err(error) = transfer::step(app, business, id).await {
                tracing::error!(transfer.id = %id, %error, "transfer {id} could not be taken on; it is tried again");
            }
        })
        .await;
    Ok(())
}
