//! Refunds and disputes that staff record by hand, each noted in the audit log.

use domain::id::EventId;
use domain::status::{DisputeStatus, EventKind, Scope};
use store::programme::dispute as disputes;
use store::programme::event::{self as rows, Event};

use super::dispute::{Disputed, TrackDispute, dispute};
use super::refund::{Refunded, TrackRefund, refund};
use super::twice::REFUND_WINDOW_MS;
use crate::error::{Result, invalid, not_found};
use crate::identity::audit;
use crate::programme::ledger;
use crate::work::Work;

/// The source of what staff record.
pub(super) const SOURCE: &str = "staff";

async fn sale(work: &mut Work, id: EventId) -> Result<Event> {
    work.require(Scope::Manage)?;
    let event = super::get(work, id).await?;
    if event.kind == EventKind::Sale && !event.seen_twice {
        Ok(event)
    } else {
        Err(not_found("sale"))
    }
}

/// Records a refund of a sale; all that is left of it without an amount. `another` says that it is not the one of
/// this amount that a source has reported lately.
///
/// # Errors
/// As [`refund`]; invalid without a reason, and with the field `another` where a source has reported such a one.
pub async fn refund_by_hand(
    work: &mut Work,
    id: EventId,
    amount: Option<i64>,
    reason: &str,
    another: bool,
) -> Result<Refunded> {
    let sale = sale(work, id).await?;
    let reason = required(reason)?;
    if !another {
        require_unreported(work, &sale, amount).await?;
    }
    let refund_id: EventId = work.new_id();
    let input = TrackRefund {
        external_id: refund_id.to_string(),
        sale_external_id: sale.external_id,
        amount,
        reason: Some(reason.clone()),
    };
    let done = refund(work, SOURCE, input).await?;
    audit::record(work, "event.refund", "event", &id.to_string(), &reason).await?;
    Ok(done)
}

/// Refuses a refund that a source may have reported already.
async fn require_unreported(work: &mut Work, sale: &Event, amount: Option<i64>) -> Result<()> {
    ledger::order(work).await?;
    let amount = amount.unwrap_or(sale.amount.saturating_sub(sale.refunded));
    let since = work.now.plus_ms(-REFUND_WINDOW_MS);
    let reported = rows::taken_from(&mut work.tx, sale.id)
        .await?
        .into_iter()
        .find(|event| {
            event.kind == EventKind::Refund
                && event.source != SOURCE
                && event.amount == amount
                && event.recorded_at_ms >= since
        });
    match reported {
        None => Ok(()),
        Some(event) => Err(invalid(
            "another",
            &format!(
                "the source {} has reported a refund of this amount already; say if this is another one",
                event.source
            ),
        )),
    }
}

/// Records that a sale is disputed; all that is left of it without an amount. Without an id of the
/// bank's it gets one of ours.
///
/// # Errors
/// As [`dispute`]; invalid without a reason.
pub async fn dispute_by_hand(
    work: &mut Work,
    id: EventId,
    external_id: &str,
    amount: Option<i64>,
    reason: &str,
) -> Result<Disputed> {
    let sale = sale(work, id).await?;
    let reason = required(reason)?;
    let own: EventId = work.new_id();
    let external_id = match external_id.trim() {
        "" => own.to_string(),
        given => given.to_owned(),
    };
    let input = TrackDispute {
        external_id,
        sale_external_id: sale.external_id,
        amount,
        status: DisputeStatus::Opened,
        reason: Some(reason.clone()),
        occurred_at: None,
    };
    let done = dispute(work, SOURCE, input).await?;
    if done.duplicate {
        return Err(invalid(
            "external_id",
            "this dispute was recorded before; its outcome stands beside it",
        ));
    }
    audit::record(work, "event.dispute", "event", &id.to_string(), &reason).await?;
    Ok(done)
}

/// Records the outcome of a dispute of this sale.
///
/// # Errors
/// As [`dispute`]; not found when it is not of this sale.
pub async fn decide_by_hand(
    work: &mut Work,
    id: EventId,
    dispute_id: EventId,
    status: DisputeStatus,
) -> Result<Disputed> {
    let sale = sale(work, id).await?;
    let found = disputes::find(&mut work.tx, dispute_id)
        .await?
        .filter(|found| found.sale_id == id)
        .ok_or(not_found("dispute"))?;
    let input = TrackDispute {
        external_id: found.external_id,
        sale_external_id: sale.external_id,
        amount: None,
        status,
        reason: None,
        occurred_at: Some(work.now),
    };
    let done = dispute(work, &found.source, input).await?;
    let detail = format!("dispute {status}");
    audit::record(work, "event.dispute", "event", &id.to_string(), &detail).await?;
    Ok(done)
}

fn required(reason: &str) -> Result<String> {
    match reason.trim() {
        "" => Err(invalid("reason", "is required")),
        reason => Ok(reason.to_owned()),
    }
}
