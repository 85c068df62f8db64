//! Affiliates: adding, changing, approving, grouping.
//!
//! [`change`] adds and changes one, after [`draft`] has checked every field; [`status`] approves, suspends and
//! terminates; [`bulk`] does it for many.

mod bulk;
mod change;
mod draft;
mod status;

pub(crate) use bulk::selected;
pub use bulk::{BULK_MAX, BulkReport, Selection, assign_group, set_status_many};
pub use change::{AffiliateIn, AffiliatePatch, create, patch};
pub(crate) use draft::one_line;
pub use status::set_status;

use std::collections::BTreeMap;

use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, Scope};
use store::list::Window;
use store::programme::affiliate as rows;
pub use store::programme::affiliate::{
    Affiliate, Figures, Filter, InGroup, Money, NEWEST, ORDERS, RANKED_ORDERS,
};

use crate::error::{Result, not_found};
use crate::identity::business;
use crate::work::Work;

/// The affiliate.
///
/// # Errors
/// Not found; forbidden without `read`.
pub async fn get(work: &mut Work, id: AffiliateId) -> Result<Affiliate> {
    work.require(Scope::Read)?;
    load(work, id).await
}

async fn load(work: &mut Work, id: AffiliateId) -> Result<Affiliate> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("affiliate"))
}

/// A part of the list; `window.order` is of [`ORDERS`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Affiliate>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// A part of the list in the order of a figure, money in the business's currency; `window.order` is
/// of [`RANKED_ORDERS`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn list_ranked(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<Affiliate>> {
    work.require(Scope::Read)?;
    let currency = business::currency(work).await?;
    Ok(rows::list_ranked(&mut work.tx, filter, currency, window).await?)
}

/// How many match.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// How many affiliates each status has.
///
/// # Errors
/// Forbidden without `read`.
pub async fn status_counts(work: &mut Work) -> Result<BTreeMap<AffiliateStatus, i64>> {
    work.require(Scope::Read)?;
    Ok(rows::status_counts(&mut work.tx).await?)
}

/// What these affiliates have brought, over all time; one that has brought nothing is missing.
///
/// # Errors
/// Forbidden without `read`.
pub async fn figures(
    work: &mut Work,
    ids: &[AffiliateId],
) -> Result<BTreeMap<AffiliateId, Figures>> {
    work.require(Scope::Read)?;
    Ok(rows::figures(&mut work.tx, ids).await?)
}

/// The names of these affiliates.
///
/// # Errors
/// Forbidden without `read`.
pub async fn names(work: &mut Work, ids: &[AffiliateId]) -> Result<BTreeMap<AffiliateId, String>> {
    work.require(Scope::Read)?;
    Ok(rows::names(&mut work.tx, ids).await?)
}

/// When those who take part now were approved, since an instant, by quarters of an hour.
///
/// # Errors
/// Forbidden without `read`.
pub async fn approvals(
    work: &mut Work,
    since: domain::time::UnixMs,
) -> Result<Vec<rows::Approvals>> {
    work.require(Scope::Read)?;
    Ok(rows::approvals(&mut work.tx, since).await?)
}
