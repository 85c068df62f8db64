//! Disputes of sales (chargebacks), and what was reported of each.

use domain::id::EventId;
use domain::status::DisputeStatus;
use domain::time::UnixMs;

use crate::args;
use crate::db::{Result, Tx};
use crate::record;

record! {
    /// A dispute. `event_id` is its first event and stands for it; amounts are minor units of the
    /// sale's currency.
    pub struct Dispute {
        pub event_id: EventId,
        pub source: String,
        pub external_id: String,
        pub sale_id: EventId,
        /// What is disputed.
        pub amount: i64,
        /// What of the sale it takes back at the moment.
        pub taken: i64,
        pub status: DisputeStatus,
        /// When the status that holds came about.
        pub decided_at_ms: UnixMs,
    }
}

record! {
    /// A report of a dispute's status; one that did not count came late.
    pub struct Report {
        pub line: i64,
        pub event_id: EventId,
        pub status: DisputeStatus,
        pub occurred_at_ms: UnixMs,
        pub counted: bool,
    }
}

/// The dispute a source reported under this external id.
pub async fn find_reported(
    tx: &mut Tx,
    source: &str,
    external_id: &str,
) -> Result<Option<Dispute>> {
    tx.fetch_optional(
        include_str!("dispute/find_reported.sql"),
        args![source, external_id],
    )
    .await
}

/// The dispute with this first event.
pub async fn find(tx: &mut Tx, id: EventId) -> Result<Option<Dispute>> {
    tx.fetch_optional(include_str!("dispute/find.sql"), args![id])
        .await
}

/// The disputes of a sale, oldest first.
pub async fn of_sale(tx: &mut Tx, sale: EventId) -> Result<Vec<Dispute>> {
    tx.fetch_all(include_str!("dispute/of_sale.sql"), args![sale])
        .await
}

/// Stores a dispute.
pub async fn insert(tx: &mut Tx, dispute: &Dispute) -> Result<()> {
    let Dispute {
        event_id,
        source,
        external_id,
        sale_id,
        amount,
        taken,
        status,
        decided_at_ms,
    } = dispute.clone();
    tx.execute(
        include_str!("dispute/insert.sql"),
        args![
            event_id,
            source,
            external_id,
            sale_id,
            amount,
            taken,
            status,
            decided_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// Writes the status that holds from now on, and what it takes back.
pub async fn decide(
    tx: &mut Tx,
    id: EventId,
    status: DisputeStatus,
    taken: i64,
    at: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("dispute/decide.sql"),
        args![id, status, taken, at],
    )
    .await?;
    Ok(())
}

/// Stores a report.
pub async fn add_report(tx: &mut Tx, dispute: EventId, report: &Report) -> Result<()> {
    tx.execute(
        include_str!("dispute/add_report.sql"),
        args![
            dispute,
            report.line,
            report.event_id,
            report.status,
            report.occurred_at_ms,
            report.counted
        ],
    )
    .await?;
    Ok(())
}

/// What was reported of a dispute, in the order of arrival.
pub async fn reports(tx: &mut Tx, dispute: EventId) -> Result<Vec<Report>> {
    tx.fetch_all(include_str!("dispute/reports.sql"), args![dispute])
        .await
}
