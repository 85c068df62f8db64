//! Commissions: approval, refusal, adjustments, and what refunds take back.
//!
//! [`life`] moves a commission from state to state, each move with its ledger entry and a step in
//! its history; [`reversal`] takes back the share of a refund or dispute, and gives again what
//! a won dispute restores; [`bulk`] does many at once and tells
//! which failed.

mod bulk;
mod life;
mod reversal;

pub use bulk::{
    BulkResult, Selection, approve_many, has_matured, mature, reject_many, select, selected_mark,
    selected_totals, undo_many,
};
pub use life::{FreeAdjustment, adjust, adjust_freely, approve, reject, undo};
pub(crate) use life::{
    approve_if_due, approve_if_ready, figures, move_to, reject_for_referral, undo_for_referral,
};
pub(crate) use reversal::{Cause, restore, reverse};

use domain::id::CommissionId;
use domain::language::Language;
use domain::money::Currency;
use domain::rule::describe_in;
use domain::status::Scope;
use store::list::Window;
pub use store::programme::commission::StatusTotal;
use store::programme::commission::{self as rows, Commission, Filter, Step, Total};

use crate::crm::contact;
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
    let commission = found
        .filter(|commission| own.is_none_or(|own| own == commission.affiliate_id))
        .ok_or(not_found("commission"))?;
    let masked = contact::is_masked(work).await?;
    Ok(as_seen(work, commission, masked))
}

/// The commission as the actor sees it. An affiliate is told the customer's address as the settings
/// say, and nothing of the customers of the affiliates below.
pub(crate) fn as_seen(work: &Work, mut commission: Commission, masked: bool) -> Commission {
    if work.actor.affiliate().is_err() {
        return commission;
    }
    if commission.level > 0 {
        commission.customer_name = None;
        commission.customer_email = None;
        commission.customer_external_id = None;
    } else if masked {
        commission.customer_email = commission.customer_email.as_deref().map(contact::masked);
        commission.customer_name = commission.customer_name.map(contact::masked_if_address);
        commission.customer_external_id = commission
            .customer_external_id
            .map(contact::masked_if_address);
    }
    commission
}

/// The life of a commission, step by step.
///
/// # Errors
/// As [`get`].
pub async fn steps(work: &mut Work, id: CommissionId) -> Result<Vec<Step>> {
    get(work, id).await?;
    Ok(rows::steps(&mut work.tx, id).await?)
}

/// What the rule of a commission pays, as that version said it, in a language; none for an amount by hand.
/// `commission` is one that [`get`] gave to who asks.
///
/// # Errors
/// As the database says.
pub async fn rule_sentence(
    work: &mut Work,
    commission: &Commission,
    currency: Currency,
    language: Language,
) -> Result<Option<String>> {
    let (Some(rule), Some(number)) = (commission.rule_id, commission.rule_version) else {
        return Ok(None);
    };
    let versions = store::programme::rule::versions(&mut work.tx, rule).await?;
    Ok(versions
        .into_iter()
        .find(|version| version.rule.version == number)
        .map(|version| describe_in(&version.rule, currency, language)))
}

/// Narrows a filter to what the actor may see. Where addresses are masked an affiliate cannot search:
/// a search that finds would tell them.
async fn visible(work: &mut Work, filter: &Filter) -> Result<Filter> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => filter.affiliate_id = Some(own),
        Err(_) => work.require(Scope::Read)?,
    }
    if contact::is_masked(work).await? {
        filter.search = None;
    }
    Ok(filter)
}

/// A part of the commissions that pass the filter; an affiliate sees its own only.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Commission>> {
    let filter = visible(work, filter).await?;
    let masked = contact::is_masked(work).await?;
    let found = rows::list(&mut work.tx, &filter, window).await?;
    Ok(found
        .into_iter()
        .map(|commission| as_seen(work, commission, masked))
        .collect())
}

/// Count and sum of what passes the filter, a row a currency.
///
/// # Errors
/// Forbidden.
pub async fn totals(work: &mut Work, filter: &Filter) -> Result<Vec<Total>> {
    let filter = visible(work, filter).await?;
    Ok(rows::totals(&mut work.tx, &filter).await?)
}

/// The state of a commission whose payout was cancelled.
pub(crate) fn released(
    commission: &Commission,
    after: &domain::commission::Figures,
) -> Result<domain::status::CommissionStatus> {
    Ok(life::standing(commission).release(after)?)
}

/// The state of a commission the money of whose payout came back.
pub(crate) fn given_back(
    commission: &Commission,
    after: &domain::commission::Figures,
) -> Result<domain::status::CommissionStatus> {
    Ok(life::standing(commission).give_back(after)?)
}

/// Count and sum by state and currency of what passes the filter, but for its state.
///
/// # Errors
/// Forbidden.
pub async fn status_totals(work: &mut Work, filter: &Filter) -> Result<Vec<StatusTotal>> {
    let filter = visible(work, filter).await?;
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

/// What won disputes gave again of this commission as commissions of their own; an affiliate sees its own.
///
/// # Errors
/// As [`get`].
pub async fn credits(work: &mut Work, id: CommissionId) -> Result<Vec<Commission>> {
    get(work, id).await?;
    Ok(rows::credits_of(&mut work.tx, id).await?)
}
