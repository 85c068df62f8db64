//! Payouts: from what is due to its payment.
//!
//! [`draft`] finds who is due and drafts it; [`pay`] approves drafts and books that they were paid, or were not;
//! [`mod@cancel`] takes payouts back, also those whose money came back.

mod cancel;
mod draft;
mod pay;

pub use cancel::cancel;
pub(crate) use cancel::{cancel_emptied, require_unsent, returned, take_back};
pub(crate) use draft::{Plan, draft_planned};
pub use draft::{Whom, create, eligible, is_due};
pub use pay::{PaymentIn, approve, exact_totals, mark_paid, pay_commission};
pub(crate) use pay::{checked, fail, make_pending, paid, paid_in_run};

use std::collections::BTreeMap;

use domain::id::{CommissionId, PayoutId};
use domain::payout::{self as rules, Refused};
use domain::status::{NotificationKind, PayoutStatus, Scope};
use store::list::Window;
use store::programme::commission::{self as commissions, Commission};
use store::programme::payout::{self as rows, Filter, Line, Payout, Total};

use crate::crm::contact;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::portal::notification;
use crate::programme::commission::as_seen;
use crate::programme::ledger::Subject;
use crate::work::Work;

impl From<Refused> for ServiceError {
    fn from(error: Refused) -> Self {
        conflict(error.to_string())
    }
}

/// The payout with this id; an affiliate sees its own only, and no drafts.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: PayoutId) -> Result<Payout> {
    let own = work.actor.affiliate().ok();
    if own.is_none() {
        work.require(Scope::Read)?;
    }
    let found = rows::find(&mut work.tx, id).await?;
    found
        .filter(|payout| {
            own.is_none_or(|own| own == payout.affiliate_id && payout.status != PayoutStatus::Draft)
        })
        .ok_or(not_found("payout"))
}

/// The commissions of a payout, also of a cancelled one.
///
/// # Errors
/// As [`get`].
pub async fn lines(work: &mut Work, id: PayoutId) -> Result<Vec<(Line, Commission)>> {
    get(work, id).await?;
    let lines = rows::lines(&mut work.tx, id).await?;
    let masked = contact::is_masked(work).await?;
    let mut commissions: BTreeMap<CommissionId, Commission> =
        commissions::ever_in_payout(&mut work.tx, id)
            .await?
            .into_iter()
            .map(|commission| (commission.id, as_seen(work, commission, masked)))
            .collect();
    lines
        .into_iter()
        .map(|line| {
            let commission = commissions.remove(&line.commission_id);
            Ok((
                line,
                commission
                    .ok_or_else(|| ServiceError::Internal("a commission vanished".to_owned()))?,
            ))
        })
        .collect()
}

/// A payout with the commissions in it (of a cancelled one: that were in it), for whoever may read or
/// pay.
///
/// # Errors
/// Not found, or forbidden.
pub async fn detail(work: &mut Work, id: PayoutId) -> Result<(Payout, Vec<CommissionId>)> {
    let payout = if work.actor.may(Scope::Payout) {
        find(work, id).await?
    } else {
        get(work, id).await?
    };
    let gone = !rules::is_live(payout.status);
    let lines = rows::lines(&mut work.tx, id).await?;
    Ok((
        payout,
        lines
            .into_iter()
            .filter(|line| line.live || gone)
            .map(|line| line.commission_id)
            .collect(),
    ))
}

/// Narrows a filter to what the actor may see: an affiliate its own, once they are more than a draft.
fn visible(work: &Work, filter: &Filter) -> Result<Filter> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => {
            filter.affiliate_id = Some(own);
            filter.without = Some(PayoutStatus::Draft);
        }
        Err(_) => work.require(Scope::Read)?,
    }
    Ok(filter)
}

/// A part of the payouts that pass the filter, each with its commissions; an affiliate sees its own.
///
/// # Errors
/// Forbidden.
pub async fn list(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<(Payout, Vec<CommissionId>)>> {
    let filter = visible(work, filter)?;
    let payouts = rows::list(&mut work.tx, &filter, window).await?;
    let (Some(lowest), Some(highest)) = (
        payouts.iter().map(|p| p.id).min(),
        payouts.iter().map(|p| p.id).max(),
    ) else {
        return Ok(Vec::new());
    };
    let members = rows::members(&mut work.tx, lowest, highest).await?;
    Ok(payouts
        .into_iter()
        .map(|payout| {
            let gone = !rules::is_live(payout.status);
            let ids = members
                .iter()
                .filter(|m| m.payout_id == payout.id && (m.live || gone))
                .map(|m| m.commission_id)
                .collect();
            (payout, ids)
        })
        .collect())
}

/// Count and sum of what passes the filter, a row a currency.
///
/// # Errors
/// Forbidden.
pub async fn totals(work: &mut Work, filter: &Filter) -> Result<Vec<Total>> {
    let filter = visible(work, filter)?;
    Ok(rows::totals(&mut work.tx, &filter).await?)
}

/// Count and sum by state and currency of what passes the filter, but for its state.
///
/// # Errors
/// Forbidden.
pub async fn status_totals(work: &mut Work, filter: &Filter) -> Result<Vec<rows::StatusTotal>> {
    let filter = visible(work, filter)?;
    Ok(rows::status_totals(&mut work.tx, &filter).await?)
}

pub(crate) async fn find(work: &mut Work, id: PayoutId) -> Result<Payout> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("payout"))
}

pub(crate) async fn set_status(work: &mut Work, payout: &Payout, to: PayoutStatus) -> Result<()> {
    let to = rules::change(payout.status, to)?;
    if !rows::set_status(&mut work.tx, payout.id, payout.status, to, work.now).await? {
        return Err(conflict("the payout was changed by someone else just now"));
    }
    work.changed(Some(payout.affiliate_id));
    Ok(())
}

fn subject(payout: &Payout) -> Subject {
    Subject {
        affiliate_id: payout.affiliate_id,
        currency: payout.currency,
        commission_id: None,
        payout_id: Some(payout.id),
        event_id: None,
    }
}

/// Tells the affiliate of a payout in the portal, with its number and amount.
async fn tell(work: &mut Work, payout: &Payout, kind: NotificationKind) -> Result<()> {
    let amount = domain::money::display(payout.amount, payout.currency);
    notification::tell(
        work,
        payout.affiliate_id,
        kind,
        format!("PO-{} · {amount}", payout.number),
        format!("/payouts/{}", payout.id),
    )
    .await
}
