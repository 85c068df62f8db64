//! Refunds: money given back for a sale takes back its share of what the sale earned.

use domain::commission::{RefundError, refund_amount};
use domain::id::{CommissionId, EventId};
use domain::money::Currency;
use domain::status::{ContactStatus, EventKind, Scope};
use store::crm::contact;
use store::programme::event::{self as rows, Event};
use store::programme::{commission as lines, ledger as journal};

use super::customer::EXTERNAL_ID_MAX;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::business;
use crate::programme::{commission, ledger};
use crate::work::Work;

/// A refund to record.
#[derive(Debug, Clone, Default)]
pub struct TrackRefund {
    /// The refund's id in the source's system.
    pub external_id: String,
    /// The sale it is of.
    pub sale_external_id: String,
    /// Minor units of the sale's currency; all that is left when not given.
    pub amount: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// A recorded refund and what it took back.
#[derive(Debug, Clone)]
pub struct Refunded {
    /// The refund.
    pub event: Event,
    /// Whether it had been recorded before.
    pub duplicate: bool,
    /// Commission, currency and minor units taken back, commission by commission.
    pub reversals: Vec<(CommissionId, Currency, i64)>,
}

impl From<RefundError> for ServiceError {
    fn from(error: RefundError) -> Self {
        invalid("amount", &error.to_string())
    }
}

/// Records a refund, once per source and external id.
///
/// # Errors
/// Forbidden; not found when no such sale was recorded; invalid when more than is left would be
/// refunded; conflict when the external id was used for another sale or amount.
pub async fn refund(work: &mut Work, source: &str, input: TrackRefund) -> Result<Refunded> {
    work.require(Scope::Track)?;
    let TrackRefund {
        external_id,
        sale_external_id,
        amount,
        reason,
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
    checks.done()?;

    ledger::order(work).await?;
    let sale = rows::find_sale(&mut work.tx, &sale_external_id)
        .await?
        .ok_or(not_found("sale"))?;
    if let Some(event) =
        rows::find_reported(&mut work.tx, EventKind::Refund, source, &external_id).await?
    {
        if event.sale_id != Some(sale.id) || amount.is_some_and(|amount| amount != event.amount) {
            return Err(conflict(format!(
                "refund '{external_id}' was recorded before for another sale or amount"
            )));
        }
        return finish(work, event, true).await;
    }
    let amount = refund_amount(sale.amount, sale.refunded, amount)?;
    if amount == 0 {
        return Err(invalid(
            "sale_external_id",
            "nothing is left of this sale to refund",
        ));
    }
    if !rows::add_refunded(&mut work.tx, sale.id, amount).await? {
        return Err(invalid("amount", "more than is left of the sale"));
    }
    let zone = business::zone(work).await?;
    let event = Event {
        id: work.new_id(),
        kind: EventKind::Refund,
        source: source.to_owned(),
        external_id,
        name: "refund".to_owned(),
        amount,
        tax: 0,
        shipping: 0,
        net: amount,
        refunded: 0,
        sale_id: Some(sale.id),
        reason,
        occurred_at_ms: work.now,
        recorded_at_ms: work.now,
        day: work.now.day_in(&zone),
        metadata: None,
        seen_twice: false,
        ..sale.clone()
    };
    rows::insert(&mut work.tx, &event).await?;
    let refunded = sale.refunded.saturating_add(amount);
    for line in lines::of_event(&mut work.tx, sale.id).await? {
        let cause = commission::Cause {
            event_id: event.id,
            note: "The sale was refunded",
        };
        commission::reverse(work, &line, refunded, sale.amount, cause).await?;
    }
    if refunded == sale.amount {
        forget_customer_without_sales(work, &sale).await?;
    }
    work.changed(sale.affiliate_id);
    finish(work, event, false).await
}

/// Who has had everything refunded is a lead again.
pub(super) async fn forget_customer_without_sales(work: &mut Work, sale: &Event) -> Result<()> {
    let left = rows::earlier_sales(
        &mut work.tx,
        sale.contact_id,
        domain::time::UnixMs::MAX,
        sale.id,
    )
    .await?;
    let Some(contact) = contact::find(&mut work.tx, sale.contact_id).await? else {
        return Ok(());
    };
    let status = if left.sales == 0 && contact.status == ContactStatus::Customer {
        ContactStatus::Lead
    } else {
        contact.status
    };
    contact::set_status(
        &mut work.tx,
        contact.id,
        status,
        left.first_at_ms,
        contact.cancelled_at_ms,
    )
    .await?;
    Ok(())
}

async fn finish(work: &mut Work, event: Event, duplicate: bool) -> Result<Refunded> {
    let reversals = reversals(work, event.id).await?;
    Ok(Refunded {
        event,
        duplicate,
        reversals,
    })
}

/// What a refund or dispute took back of commissions; below zero what it gave again.
pub(super) async fn reversals(
    work: &mut Work,
    event: EventId,
) -> Result<Vec<(CommissionId, Currency, i64)>> {
    ledger::flush(work).await?;
    Ok(journal::reversals(&mut work.tx, event)
        .await?
        .into_iter()
        .filter_map(|r| r.commission_id.map(|id| (id, r.currency, r.amount)))
        .collect())
}
