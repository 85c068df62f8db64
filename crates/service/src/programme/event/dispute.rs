//! Disputes (chargebacks): while one is open, and when it is lost, it takes back like a refund; one that
//! is won gives again.
//!
//! Reports of one dispute may come twice and in any order. Each status counts once; an opening that
//! comes after the outcome changes nothing, and of two outcomes the one that happened later holds.

use domain::attribution::is_too_far_ahead;
use domain::commission::refund_amount;
use domain::id::{CommissionId, EventId};
use domain::money::Currency;
use domain::status::{ContactStatus, DisputeStatus, EventKind, Scope};
use domain::time::UnixMs;
use store::crm::contact;
use store::programme::commission as lines;
use store::programme::dispute::{self as disputes, Dispute, Report};
use store::programme::event::{self as rows, Event};

use super::customer::EXTERNAL_ID_MAX;
use super::refund::{forget_customer_without_sales, reversals};
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::business;
use crate::programme::{commission, ledger};
use crate::work::Work;

/// What became known of a dispute.
#[derive(Debug, Clone)]
pub struct TrackDispute {
    /// The dispute's id in the source's system; the same for all that is reported of it.
    pub external_id: String,
    /// The sale it is of.
    pub sale_external_id: String,
    /// Minor units of the sale's currency; all that is left when not given.
    pub amount: Option<i64>,
    /// How far it has come.
    pub status: DisputeStatus,
    /// What the customer says, or the bank.
    pub reason: Option<String>,
    /// When; now when not given.
    pub occurred_at: Option<UnixMs>,
}

/// A recorded report of a dispute, and what it moved.
#[derive(Debug, Clone)]
pub struct Disputed {
    /// The report.
    pub event: Event,
    /// The dispute as it stands.
    pub dispute: Dispute,
    /// Whether this had been reported before.
    pub duplicate: bool,
    /// Commission, currency and minor units taken back, below zero given again.
    pub reversals: Vec<(CommissionId, Currency, i64)>,
}

/// Records what became known of a dispute.
///
/// # Errors
/// Forbidden; not found when no such sale was recorded; invalid when more than is left of the sale
/// would be disputed; conflict when the external id was used for another sale or amount.
pub async fn dispute(work: &mut Work, source: &str, input: TrackDispute) -> Result<Disputed> {
    work.require(Scope::Track)?;
    let TrackDispute {
        external_id,
        sale_external_id,
        amount,
        status,
        reason,
        occurred_at,
    } = input;
    let mut checks = Checks::new();
    let external_id = checks.text("external_id", &external_id, 1..=EXTERNAL_ID_MAX);
    let sale_external_id = checks.text("sale_external_id", &sale_external_id, 1..=EXTERNAL_ID_MAX);
    let reason = checks.optional_text("reason", reason.as_deref(), 500);
    checks.that(
        amount.is_none_or(|amount| amount > 0),
        "amount",
        "must be above zero",
    );
    checks.that(
        !occurred_at.is_some_and(|at| is_too_far_ahead(at, work.now)),
        "occurred_at",
        "is more than 5 minutes ahead",
    );
    checks.done()?;

    ledger::order(work).await?;
    let sale = rows::find_sale(&mut work.tx, &sale_external_id)
        .await?
        .ok_or(not_found("sale"))?;
    let at = occurred_at.unwrap_or(work.now);
    let known = disputes::find_reported(&mut work.tx, source, &external_id).await?;
    let Some(mut dispute) = known else {
        let amount = refund_amount(sale.amount, sale.refunded, amount)?;
        if amount == 0 {
            return Err(invalid(
                "sale_external_id",
                "nothing is left of this sale to dispute",
            ));
        }
        let dispute = Dispute {
            event_id: work.new_id(),
            source: source.to_owned(),
            external_id: external_id.clone(),
            sale_id: sale.id,
            amount,
            taken: if status == DisputeStatus::Won {
                0
            } else {
                amount
            },
            status,
            decided_at_ms: at,
        };
        let event = new_event(work, &sale, &dispute, (status, at, reason), dispute.taken).await?;
        let event = Event {
            id: dispute.event_id,
            external_id,
            ..event
        };
        rows::insert(&mut work.tx, &event).await?;
        disputes::insert(&mut work.tx, &dispute).await?;
        note(work, &dispute, &event, status, true, 1).await?;
        apply(work, &sale, &event, status).await?;
        return finish(work, event, dispute, false).await;
    };
    if dispute.sale_id != sale.id || amount.is_some_and(|amount| amount != dispute.amount) {
        return Err(conflict(format!(
            "dispute '{external_id}' was recorded before for another sale or amount"
        )));
    }
    let reports = disputes::reports(&mut work.tx, dispute.event_id).await?;
    let before = reports.iter().rev().find(|report| {
        report.status == status
            && (status == dispute.status
                || occurred_at.is_none_or(|at| at == report.occurred_at_ms))
    });
    if let Some(before) = before {
        let event = rows::find(&mut work.tx, before.event_id)
            .await?
            .ok_or_else(|| ServiceError::Internal("a dispute's event vanished".to_owned()))?;
        return finish(work, event, dispute, true).await;
    }
    let counts = match (dispute.status, status) {
        (_, DisputeStatus::Opened) => false,
        (DisputeStatus::Opened, _) => true,
        _ => at >= dispute.decided_at_ms,
    };
    let taken = match status {
        _ if !counts => dispute.taken,
        DisputeStatus::Won => 0,
        DisputeStatus::Opened | DisputeStatus::Lost if dispute.taken > 0 => dispute.taken,
        // Won before, and meanwhile refunds may have left less of the sale.
        DisputeStatus::Opened | DisputeStatus::Lost => dispute
            .amount
            .min(sale.amount.saturating_sub(sale.refunded)),
    };
    let moved = taken.saturating_sub(dispute.taken);
    let event = new_event(work, &sale, &dispute, (status, at, reason), moved).await?;
    rows::insert(&mut work.tx, &event).await?;
    let line = reports.last().map_or(0, |report| report.line) + 1;
    note(work, &dispute, &event, status, counts, line).await?;
    if counts {
        disputes::decide(&mut work.tx, dispute.event_id, status, taken, at).await?;
        (dispute.status, dispute.taken, dispute.decided_at_ms) = (status, taken, at);
        apply(work, &sale, &event, status).await?;
    }
    finish(work, event, dispute, false).await
}

/// The event of a report. Its `net` is what it takes from the sale, below zero what it gives again.
async fn new_event(
    work: &mut Work,
    sale: &Event,
    dispute: &Dispute,
    (status, at, reason): (DisputeStatus, UnixMs, Option<String>),
    moved: i64,
) -> Result<Event> {
    let zone = business::zone(work).await?;
    let id: EventId = work.new_id();
    Ok(Event {
        id,
        kind: EventKind::Dispute,
        source: dispute.source.clone(),
        // The first report carries the dispute's id; the later ones, of the same dispute, their own.
        external_id: id.to_string(),
        name: format!("dispute_{status}"),
        amount: dispute.amount,
        tax: 0,
        shipping: 0,
        net: moved,
        refunded: 0,
        sale_id: Some(sale.id),
        reason,
        occurred_at_ms: at,
        recorded_at_ms: work.now,
        day: at.day_in(&zone),
        metadata: None,
        seen_twice: false,
        ..sale.clone()
    })
}

async fn note(
    work: &mut Work,
    dispute: &Dispute,
    event: &Event,
    status: DisputeStatus,
    counted: bool,
    line: i64,
) -> Result<()> {
    let report = Report {
        line,
        event_id: event.id,
        status,
        occurred_at_ms: event.occurred_at_ms,
        counted,
    };
    disputes::add_report(&mut work.tx, dispute.event_id, &report).await?;
    work.changed(event.affiliate_id);
    Ok(())
}

/// Moves the sale, its commissions and its customer by what the report takes or gives.
async fn apply(work: &mut Work, sale: &Event, event: &Event, status: DisputeStatus) -> Result<()> {
    if event.net == 0 {
        return Ok(());
    }
    if !rows::add_refunded(&mut work.tx, sale.id, event.net).await? {
        return Err(invalid("amount", "more than is left of the sale"));
    }
    let refunded = sale.refunded.saturating_add(event.net);
    let cause = commission::Cause {
        event_id: event.id,
        note: match status {
            DisputeStatus::Opened => "The sale is disputed",
            DisputeStatus::Won => "The dispute was won",
            DisputeStatus::Lost => "The dispute was lost",
        },
    };
    for line in lines::of_event(&mut work.tx, sale.id).await? {
        if event.net > 0 {
            commission::reverse(work, &line, refunded, sale.amount, cause).await?;
        } else {
            commission::restore(work, &line, refunded, sale.amount, cause).await?;
        }
    }
    if refunded == sale.amount {
        forget_customer_without_sales(work, sale).await?;
    } else if sale.refunded == sale.amount {
        remember_customer(work, sale).await?;
    }
    Ok(())
}

/// Whose only sale counts again is a customer again.
async fn remember_customer(work: &mut Work, sale: &Event) -> Result<()> {
    let Some(contact) = contact::find(&mut work.tx, sale.contact_id).await? else {
        return Ok(());
    };
    let first = contact
        .first_sale_at_ms
        .map_or(sale.occurred_at_ms, |at| at.min(sale.occurred_at_ms));
    let status = match contact.status {
        ContactStatus::Lead => ContactStatus::Customer,
        other => other,
    };
    contact::set_status(
        &mut work.tx,
        contact.id,
        status,
        Some(first),
        contact.cancelled_at_ms,
    )
    .await?;
    Ok(())
}

async fn finish(
    work: &mut Work,
    event: Event,
    dispute: Dispute,
    duplicate: bool,
) -> Result<Disputed> {
    let reversals = reversals(work, event.id).await?;
    Ok(Disputed {
        event,
        dispute,
        duplicate,
        reversals,
    })
}

/// The disputes of a sale, oldest first.
///
/// # Errors
/// Forbidden.
pub async fn disputes_of(work: &mut Work, sale: EventId) -> Result<Vec<Dispute>> {
    work.require(Scope::Read)?;
    Ok(disputes::of_sale(&mut work.tx, sale).await?)
}
