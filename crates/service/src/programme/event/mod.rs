//! Conversion events: leads, sales, refunds, disputes and cancellations as they are recorded.
//!
//! [`lead`] and [`sale`] record an event once, let `domain::attribution` decide whom it is credited
//! to, and [`credit`] it: the referral, the commission lines and their ledger entries. [`refund`]
//! takes back the share of what a sale earned, [`dispute`] as well until it is won; [`cancel`] notes that a customer has left. All of it
//! is one transaction, ordered by the journal. [`explain`] tells afterwards what was seen and why, [`likely_twice`] what two
//! sources may have reported both.

mod attribution;
mod by_hand;
mod cancel;
pub(crate) mod credit;
mod customer;
mod dispute;
mod explain;
pub(crate) mod inputs;
mod refund;
mod report;
mod twice;

pub use by_hand::{decide_by_hand, dispute_by_hand, refund_by_hand};
pub use cancel::{TrackCancel, cancel};
pub use dispute::{Disputed, TrackDispute, dispute, disputes_of};
pub use explain::{ExplainQuery, Explained, ExplainedEvent, SeenClick, explain};
pub use refund::{Refunded, TrackRefund, refund};
pub use report::{CustomerIn, Hints, ItemIn, Recorded, TrackLead, TrackSale, lead, recorded, sale};
pub use twice::likely_twice;

use domain::id::{ContactId, EventId};
use domain::status::Scope;
use store::list::Window;
pub use store::programme::dispute::Dispute;
pub use store::programme::event::NamedCandidate;
use store::programme::event::{self as rows, Candidate, Event, Filter, Item};

use crate::error::{Result, not_found};
use crate::work::Work;

/// The event with this id.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: EventId) -> Result<Event> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("event"))
}

/// A part of the events, newest first.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Event>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// Everything a customer did, newest first, up to 200 events.
///
/// # Errors
/// Forbidden.
pub async fn of_customer(work: &mut Work, contact: ContactId) -> Result<Vec<Event>> {
    list(
        work,
        &Filter {
            contact_id: Some(contact),
            ..Filter::default()
        },
        Window::after(None, 200),
    )
    .await
}

/// What was weighed for an event, in order.
///
/// # Errors
/// Forbidden.
pub async fn candidates(work: &mut Work, id: EventId) -> Result<Vec<Candidate>> {
    work.require(Scope::Read)?;
    Ok(rows::candidates(&mut work.tx, id).await?)
}

/// The items of a sale.
///
/// # Errors
/// Forbidden.
pub async fn items(work: &mut Work, id: EventId) -> Result<Vec<Item>> {
    work.require(Scope::Read)?;
    Ok(rows::items(&mut work.tx, id).await?)
}

/// What belongs to a referral, newest first, up to 200 events.
///
/// # Errors
/// Forbidden.
pub async fn of_referral(
    work: &mut Work,
    contact: ContactId,
    referral: domain::id::ReferralId,
) -> Result<Vec<Event>> {
    work.require(Scope::Read)?;
    Ok(rows::of_referral(&mut work.tx, contact, referral, 200).await?)
}

/// What was weighed for these events (a page of them), with names.
///
/// # Errors
/// Forbidden.
pub async fn candidates_of(work: &mut Work, events: &[EventId]) -> Result<Vec<NamedCandidate>> {
    work.require(Scope::Read)?;
    Ok(rows::candidates_of(&mut work.tx, events).await?)
}

/// Refunds and disputes of a sale, oldest first.
///
/// # Errors
/// Forbidden.
pub async fn taken_from(work: &mut Work, sale: EventId) -> Result<Vec<Event>> {
    work.require(Scope::Read)?;
    Ok(rows::taken_from(&mut work.tx, sale).await?)
}

/// What an event made of commissions.
///
/// # Errors
/// Forbidden.
pub async fn commissions(
    work: &mut Work,
    id: EventId,
) -> Result<Vec<store::programme::commission::Commission>> {
    work.require(Scope::Read)?;
    Ok(store::programme::commission::of_event(&mut work.tx, id).await?)
}
