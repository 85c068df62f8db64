//! Commissions: approval, refusal, adjustments, and what refunds take back.
//!
//! [`life`] moves a commission from state to state, each move with its ledger entry and a step in
//! its history; [`reversal`] takes back the share of a refund; [`bulk`] does many at once and tells
//! which failed.

mod bulk;
mod life;
mod reversal;

pub use bulk::{BulkResult, Selection, approve_many, mature, reject_many, select};
pub use life::{FreeAdjustment, adjust, adjust_freely, approve, reject, undo};
pub(crate) use life::{approve_if_ready, figures, move_to, reject_for_referral};
pub(crate) use reversal::reverse;

use domain::id::CommissionId;
use domain::status::Scope;
use store::list::Window;
pub use store::programme::commission::StatusTotal;
use store::programme::commission::{self as rows, Commission, Filter, Step, Total};

use crate::error::{Result, not_found};
use crate::work::Work;

/// The commission with this id; an affiliate sees its own only.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: CommissionId) -> Result<Commission> {
    let own = work.actor.affiliate().ok();
    if own.is_none() {
        work.require(Scope::Read)?;
    }
    let found = rows::find(&mut work.tx, id).await?;
    found
        .filter(|commission| own.is_none_or(|own| own == commission.affiliate_id))
        .ok_or(not_found("commission"))
}

/// The life of a commission, step by step.
///
/// # Errors
/// As [`get`].
pub async fn steps(work: &mut Work, id: CommissionId) -> Result<Vec<Step>> {
    get(work, id).await?;
    Ok(rows::steps(&mut work.tx, id).await?)
}

/// Narrows a filter to what the actor may see.
fn visible(work: &Work, filter: &Filter) -> Result<Filter> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => filter.affiliate_id = Some(own),
        Err(_) => work.require(Scope::Read)?,
    }
    Ok(filter)
}

/// A part of the commissions that pass the filter; an affiliate sees its own only.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Commission>> {
    let filter = visible(work, filter)?;
    Ok(rows::list(&mut work.tx, &filter, window).await?)
}

/// Count and sum of what passes the filter, a row a currency.
///
/// # Errors
/// Forbidden.
pub async fn totals(work: &mut Work, filter: &Filter) -> Result<Vec<Total>> {
    let filter = visible(work, filter)?;
    Ok(rows::totals(&mut work.tx, &filter).await?)
}

/// The state of a commission whose payout was cancelled.
pub(crate) fn released(
    commission: &Commission,
    after: &domain::commission::Figures,
) -> Result<domain::status::CommissionStatus> {
    Ok(life::standing(commission).release(after)?)
}

/// Count and sum by state and currency of what passes the filter, but for its state.
///
/// # Errors
/// Forbidden.
pub async fn status_totals(work: &mut Work, filter: &Filter) -> Result<Vec<StatusTotal>> {
    let filter = visible(work, filter)?;
    Ok(rows::status_totals(&mut work.tx, &filter).await?)
}

/// Count and sum by state and currency of these commissions; a state and currency may come more
/// than once.
///
/// # Errors
/// Forbidden.
pub async fn status_totals_of(work: &mut Work, ids: &[CommissionId]) -> Result<Vec<StatusTotal>> {
    work.require(Scope::Read)?;
    Ok(rows::status_totals_of(&mut work.tx, ids).await?)
}

/// These commissions, oldest first; what is not there is left out.
///
/// # Errors
/// Forbidden.
pub async fn some(work: &mut Work, ids: &[CommissionId]) -> Result<Vec<Commission>> {
    work.require(Scope::Read)?;
    Ok(rows::some(&mut work.tx, ids).await?)
}
