//! Many commissions at once.

use domain::id::{BulkActId, CommissionId};
use domain::status::{CommissionStatus, Scope};
use store::list::Window;
use store::programme::commission::{self as rows, Filter, StatusTotal};

use super::life;
use crate::error::{Result, ServiceError, conflict, invalid};
use crate::programme::{bulk_act as bulk, ledger};
use crate::work::Work;

/// Commissions that one round of maturing approves, so that a transaction stays short.
const MATURE_AT_ONCE_MAX: i64 = 500;

/// Which commissions a bulk act is about.
pub type Selection = bulk::Selection<CommissionId, Filter>;

/// What a bulk act on commissions did.
pub type BulkResult = bulk::BulkResult<CommissionId>;

/// How acts on commissions are noted.
const NOUN: &str = "commission";

/// The ids a selection stands for.
///
/// # Errors
/// Invalid when it is more than 5,000.
pub async fn select(work: &mut Work, selection: &Selection) -> Result<Vec<CommissionId>> {
    let ids: Vec<CommissionId> = match selection {
        Selection::Ids(ids) => ids.clone(),
        Selection::Filter(filter) => {
            // Only what can be acted on: a filter without a state means the pending ones.
            let filter = Filter {
                status: Some(filter.status.unwrap_or(CommissionStatus::Pending)),
                ..*filter.clone()
            };
            rows::list(
                &mut work.tx,
                &filter,
                Window::first(rows::OLDEST, bulk::limit()),
            )
            .await?
            .into_iter()
            .map(|c| c.id)
            .collect()
        }
    };
    bulk::require_few(&ids)?;
    Ok(ids)
}

/// Count and sum by state and currency of what a selection stands for; of a filter, of what can be acted on.
///
/// # Errors
/// Forbidden.
pub async fn selected_totals(work: &mut Work, selection: &Selection) -> Result<Vec<StatusTotal>> {
    match selection {
        Selection::Ids(ids) => super::status_totals_of(work, ids).await,
        Selection::Filter(filter) => {
            let of_list = filter.status.unwrap_or(CommissionStatus::Pending);
            let mut totals = super::status_totals(work, filter).await?;
            totals.retain(|total| total.status == of_list);
            Ok(totals)
        }
    }
}

/// A short mark of which ones of a selection can be acted on; see [`bulk::mark`].
///
/// # Errors
/// Forbidden; invalid when it is more than 5,000.
pub async fn selected_mark(work: &mut Work, selection: &Selection) -> Result<String> {
    work.require(Scope::Read)?;
    let ids = select(work, selection).await?;
    if matches!(selection, Selection::Filter(_)) {
        return Ok(bulk::mark(&ids));
    }
    let pending: Vec<CommissionId> = super::some(work, &ids)
        .await?
        .into_iter()
        .filter(|commission| commission.status == CommissionStatus::Pending)
        .map(|commission| commission.id)
        .collect();
    Ok(bulk::mark(&pending))
}

fn sort(result: &mut BulkResult, id: CommissionId, outcome: Result<()>) -> Result<()> {
    let outcome = outcome.map_err(|error| match error {
        ServiceError::Invalid(errors) => {
            let messages: Vec<String> = errors.into_iter().map(|e| e.message).collect();
            conflict(messages.join("; "))
        }
        other => other,
    });
    result.sort(id, outcome)
}

/// Approves what can be approved and tells why the rest cannot.
///
/// # Errors
/// Forbidden; invalid when too many; whatever the database says.
pub async fn approve_many(work: &mut Work, selection: &Selection) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let mut result = BulkResult::default();
    for id in select(work, selection).await? {
        let outcome = life::approve(work, id, false, None).await.map(|_| ());
        sort(&mut result, id, outcome)?;
    }
    result.note(work, NOUN, "approve").await?;
    Ok(result)
}

/// Refuses what can be refused and tells why the rest cannot.
///
/// # Errors
/// As [`approve_many`].
pub async fn reject_many(
    work: &mut Work,
    selection: &Selection,
    reason: &str,
) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    if reason.trim().is_empty() {
        return Err(invalid("reason", "is required"));
    }
    ledger::order(work).await?;
    let mut result = BulkResult::default();
    for id in select(work, selection).await? {
        let outcome = life::reject(work, id, reason).await.map(|_| ());
        sort(&mut result, id, outcome)?;
    }
    result.note(work, NOUN, "reject").await?;
    Ok(result)
}

/// Takes a decision on many back, as far as each is still as it was decided: those are pending again.
///
/// # Errors
/// Forbidden; conflict when there is no such act, or it was undone before.
pub async fn undo_many(work: &mut Work, act: BulkActId) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let (approved, ids) = bulk::undo(work, NOUN, act).await?;
    let decided = if approved {
        CommissionStatus::Approved
    } else {
        CommissionStatus::Rejected
    };
    let mut result = BulkResult::default();
    for id in ids {
        let outcome = match life::find(work, id).await {
            Ok(commission) if commission.status == decided => {
                life::undo(work, id).await.map(|_| ())
            }
            Ok(commission) => Err(conflict(format!(
                "it is {} by now",
                commission.status.as_str().replace('_', " ")
            ))),
            Err(error) => Err(error),
        };
        sort(&mut result, id, outcome)?;
    }
    Ok(result)
}

/// Whether anything that approves itself has matured.
///
/// # Errors
/// Whatever the database says.
pub async fn has_matured(work: &mut Work) -> Result<bool> {
    work.require(Scope::Manage)?;
    Ok(!rows::matured(&mut work.tx, work.now, 1).await?.is_empty())
}

/// Approves what approves itself and has matured. Answers with how many; call again while it is not
/// zero.
///
/// # Errors
/// Whatever the database says.
pub async fn mature(work: &mut Work) -> Result<usize> {
    if !has_matured(work).await? {
        return Ok(0);
    }
    ledger::order(work).await?;
    let due = rows::matured(&mut work.tx, work.now, MATURE_AT_ONCE_MAX).await?;
    for commission in &due {
        life::approve_if_ready(work, commission.id).await?;
    }
    Ok(due.len())
}
