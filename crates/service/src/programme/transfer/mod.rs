//! The execution of payouts by providers.
//!
//! [`send`] stores a transfer with its key and its request, in the transaction that makes the payout
//! `sending`; the provider hears of it afterwards. A worker takes what is due ([`due`], [`step`]): the first
//! time it submits, later it looks up first and submits again, with the same key, only where the provider
//! has nothing. What an answer makes of the transfer is decided by [`domain::transfer::judge`] and written by
//! compare-and-set, so that it does not matter who comes first: the answer, a call by the provider, or another worker.
//! A claim ends by itself: a process that dies leaves its transfers to the next one. See ADR 0019.

mod answer;
mod attempt;
mod hand;
mod late;
mod order;

pub(crate) use attempt::look_up_now;
pub use attempt::{LEASE_MS, all_due, due, step};
pub use hand::{Decision, ReturnIn, decide, look_again, look_now, note_returned, reopen};
pub(crate) use hand::{book_returned, require_returnable};
pub use order::{Way, send, way};
pub(crate) use order::{connection, hand_over};

use std::collections::BTreeMap;

use domain::id::{PayoutId, TransferId};
use domain::status::{ProviderKind, Scope, TransferState};
use domain::time::UnixMs;
use domain::transfer::{next_look, next_watch};
use store::list::Window;
use store::programme::transfer::{self as rows, Change};
pub use store::programme::transfer::{Filter, Listed, ORDERS, StateTotal, Step, Transfer};

use crate::error::{Result, conflict};
use crate::work::Work;

/// When what is not asked about any more would be.
const NEVER: UnixMs = UnixMs(i64::MAX);
/// Steps that are shown.
const STEPS_MAX: i64 = 30;

/// The transfers of a payout, the newest first.
///
/// # Errors
/// Forbidden without the scope `read` or `payout`.
pub async fn of_payout(work: &mut Work, id: PayoutId) -> Result<Vec<Transfer>> {
    if !work.actor.may(Scope::Payout) {
        work.require(Scope::Read)?;
    }
    Ok(rows::of_payout(&mut work.tx, id).await?)
}

/// The transfers of each of these payouts, the newest first; one that has none is missing.
pub(crate) async fn by_payout(
    work: &mut Work,
    ids: &[PayoutId],
) -> Result<BTreeMap<PayoutId, Vec<Transfer>>> {
    let mut all: BTreeMap<PayoutId, Vec<Transfer>> = BTreeMap::new();
    for transfer in rows::of_payouts(&mut work.tx, ids).await? {
        all.entry(transfer.payout_id).or_default().push(transfer);
    }
    Ok(all)
}

/// What was asked and answered about a transfer, the newest first.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn steps(work: &mut Work, id: TransferId) -> Result<Vec<Step>> {
    work.require(Scope::Read)?;
    Ok(rows::steps(&mut work.tx, id, STEPS_MAX).await?)
}

/// A part of all transfers.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Listed>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many pass the filter, by state, whatever state it asks for.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn totals(work: &mut Work, filter: &Filter) -> Result<Vec<StateTotal>> {
    work.require(Scope::Read)?;
    Ok(rows::totals(&mut work.tx, filter).await?)
}

/// The transfer that a call by a provider is about: by our key, or by the provider's own id.
pub(crate) async fn named(
    work: &mut Work,
    kind: ProviderKind,
    key: Option<TransferId>,
    references: &[String],
) -> Result<Option<TransferId>> {
    if let Some(key) = key
        && let Some(transfer) = rows::find(&mut work.tx, key).await?
        && transfer.provider == kind
    {
        return Ok(Some(key));
    }
    for reference in references {
        let found = rows::find_by_reference(&mut work.tx, kind, reference).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

const fn is_open(state: TransferState) -> bool {
    matches!(state, TransferState::Sending | TransferState::Unknown)
}

/// When a transfer is asked about again that is in this state then.
fn next_at(transfer: &Transfer, to: TransferState, now: UnixMs) -> UnixMs {
    match to {
        TransferState::Sending | TransferState::Unknown => next_look(transfer.attempts, now),
        TransferState::Paid => next_watch(transfer.created_at_ms, now).unwrap_or(NEVER),
        TransferState::Failed | TransferState::Returned => NEVER,
    }
}

async fn apply(
    work: &mut Work,
    transfer: &Transfer,
    change: &Change,
    asked: &str,
    answered: &str,
) -> Result<()> {
    if !rows::change(&mut work.tx, transfer.id, change).await? {
        return Err(conflict(
            "the transfer was changed by someone else just now",
        ));
    }
    keep(work, transfer.id, change.to, asked, answered).await
}

async fn keep(
    work: &mut Work,
    id: TransferId,
    state: TransferState,
    asked: &str,
    answered: &str,
) -> Result<()> {
    let step = Step {
        id: work.new_id(),
        at_ms: work.now,
        asked: asked.to_owned(),
        answered: answered.to_owned(),
        state,
    };
    Ok(rows::insert_step(&mut work.tx, id, &step).await?)
}
