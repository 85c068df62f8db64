//! Cancellations: a customer has left.

use domain::attribution::is_too_far_ahead;
use domain::status::{ContactStatus, EventKind, Scope};
use domain::time::UnixMs;
use store::crm::contact;
use store::programme::event::{self as rows, Event};

use super::customer::EXTERNAL_ID_MAX;
use crate::check::Checks;
use crate::error::{Result, ServiceError, not_found};
use crate::identity::business;
use crate::programme::ledger;
use crate::work::Work;

/// A cancellation to record.
#[derive(Debug, Clone, Default)]
pub struct TrackCancel {
    /// Who left.
    pub customer_external_id: String,
    /// When; now when not given.
    pub occurred_at: Option<UnixMs>,
}

/// Records that a customer has left. Commissions stay; who comes back by a sale is a customer again.
/// Answers with the event and whether the customer had left before.
///
/// # Errors
/// Forbidden; not found for an unknown customer; invalid time.
pub async fn cancel(work: &mut Work, source: &str, input: TrackCancel) -> Result<(Event, bool)> {
    work.require(Scope::Track)?;
    let TrackCancel {
        customer_external_id,
        occurred_at,
    } = input;
    let occurred_at = occurred_at.unwrap_or(work.now);
    let mut checks = Checks::new();
    let customer_external_id = checks.text(
        "customer_external_id",
        &customer_external_id,
        1..=EXTERNAL_ID_MAX,
    );
    checks.that(
        !is_too_far_ahead(occurred_at, work.now),
        "occurred_at",
        "is more than 5 minutes ahead",
    );
    checks.done()?;

    ledger::order(work).await?;
    let customer = contact::find_by_external_id(&mut work.tx, &customer_external_id)
        .await?
        .ok_or(not_found("customer"))?;
    if customer.status == ContactStatus::Cancelled {
        let filter = rows::Filter {
            kind: Some(EventKind::Cancel),
            contact_id: Some(customer.id),
            ..rows::Filter::default()
        };
        let last = rows::list(&mut work.tx, &filter, store::list::Window::after(None, 1)).await?;
        let event = last
            .into_iter()
            .next()
            .ok_or_else(|| ServiceError::Internal("a cancellation vanished".to_owned()))?;
        return Ok((event, true));
    }
    let zone = business::zone(work).await?;
    let id = work.new_id();
    let event = Event {
        id,
        kind: EventKind::Cancel,
        source: source.to_owned(),
        // A customer can leave more than once: the event's own id keeps each apart.
        external_id: id.to_string(),
        name: "cancellation".to_owned(),
        contact_id: customer.id,
        amount: 0,
        currency: None,
        tax: 0,
        shipping: 0,
        net: 0,
        refunded: 0,
        sale_id: None,
        reason: None,
        occurred_at_ms: occurred_at,
        recorded_at_ms: work.now,
        day: occurred_at.day_in(&zone),
        affiliate_id: customer.affiliate_id,
        campaign_id: customer.campaign_id,
        partnership_id: customer.partnership_id,
        link_id: customer.link_id,
        click_id: None,
        via: None,
        referral_id: None,
        metadata: None,
        seen_twice: false,
    };
    rows::insert(&mut work.tx, &event).await?;
    contact::set_status(
        &mut work.tx,
        customer.id,
        ContactStatus::Cancelled,
        customer.first_sale_at_ms,
        Some(occurred_at),
    )
    .await?;
    work.changed(customer.affiliate_id);
    Ok((event, false))
}
