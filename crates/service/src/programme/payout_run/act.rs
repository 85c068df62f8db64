//! What people do with a run: each moves its state, compare-and-set, and starts the work that follows.

use std::collections::BTreeMap;

use domain::id::{PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::payout::run_may_become;
use domain::status::{PayoutRunState, PayoutStatus, ProviderKind, Scope};
use store::programme::payout_run::{self as rows, PayoutRun, WayTotal};
use store::programme::payout_run_member as member_rows;

use super::labour::{JOB, RunPayload, stage_of};
use super::{COUNTED, find, sums};
use crate::actor::Actor;
use crate::error::{Result, ServiceError, conflict};
use crate::identity::audit;
use crate::job;
use crate::programme::payout::{PaymentIn, checked, exact_totals};
use crate::programme::{ledger, payout_limit, payout_rule, provider, transfer};
use crate::work::Work;

/// Moves a run; a state that is worked in queues its job.
pub(super) async fn set_state(work: &mut Work, run: &PayoutRun, to: PayoutRunState) -> Result<()> {
    if !run_may_become(run.state, to) {
        return Err(conflict(format!(
            "a payout run that is {} cannot become {to}",
            run.state
        )));
    }
    let total = match stage_of(to) {
        Some(stage) => member_rows::count_to_move(&mut work.tx, run.id, stage).await?,
        None => 0,
    };
    if !rows::set_state(&mut work.tx, run.id, run.state, to, total, work.now).await? {
        return Err(conflict("the run was changed by someone else just now"));
    }
    if stage_of(to).is_some() {
        job::enqueue(work, JOB, &RunPayload { run_id: run.id }).await?;
    }
    work.changed(None);
    Ok(())
}

async fn note(work: &mut Work, action: &'static str, run: &PayoutRun, detail: &str) -> Result<()> {
    let id = run.id.to_string();
    let text = format!("payout run {}", run.number);
    let text = if detail.is_empty() {
        text
    } else {
        format!("{text}: {detail}")
    };
    audit::record(work, action, "payout_run", &id, &text).await
}

/// Drafts a payout for every member that is in.
///
/// # Errors
/// A conflict when nobody is in, or it is not open; not found; forbidden without the scope `payout`.
pub async fn draft(work: &mut Work, id: PayoutRunId) -> Result<()> {
    work.require(Scope::Payout)?;
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    if run.state == PayoutRunState::Open
        && member_rows::count_to_move(&mut work.tx, id, 1).await? == 0
    {
        return Err(conflict("nobody is in this run"));
    }
    set_state(work, &run, PayoutRunState::Drafting).await?;
    note(work, "payout_run.draft", &run, "").await
}

async fn exact(work: &mut Work, id: PayoutRunId) -> Result<String> {
    let totals = rows::payout_totals(&mut work.tx, id).await?;
    Ok(exact_totals(&sums(&totals, COUNTED)))
}

const CHANGED: &str =
    "the total has changed since you looked at it, so nothing was done; look at it again";

/// Submits the drafts with the exact total that the person saw. Within the limit for one person, with all that the same
/// one has approved alone in a day, the run goes on to be approved; above it a second person has to. Answers whether it
/// waits for one.
///
/// # Errors
/// A conflict when the total is another by now, or it is not drafted; forbidden as
/// [`payout_rule::require_payer`], and for a key above the limit: whoever holds it could approve as a person, too.
pub async fn submit(work: &mut Work, id: PayoutRunId, expected: &str) -> Result<bool> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    let totals = rows::payout_totals(&mut work.tx, id).await?;
    let totals = sums(&totals, COUNTED);
    if totals.is_empty() {
        return Err(conflict("the run has no payouts; cancel it"));
    }
    let exact = exact_totals(&totals);
    if exact != expected {
        return Err(conflict(CHANGED));
    }
    let subject = id.to_string();
    let waits = payout_limit::above(work, &subject, &totals)
        .await?
        .is_some();
    if waits && matches!(work.actor, Actor::Key { .. }) {
        return Err(ServiceError::Forbidden(
            "above the limit for one person, a person submits a run of this size in the admin"
                .to_owned(),
        ));
    }
    let to = if waits {
        PayoutRunState::Submitted
    } else {
        PayoutRunState::Approving
    };
    set_state(work, &run, to).await?;
    let name = work.actor.name().to_owned();
    let by = work.actor.id();
    rows::submit(&mut work.tx, id, by, &name, work.now, &exact).await?;
    note(work, "payout_run.submit", &run, &exact).await?;
    if !waits {
        payout_limit::note(work, &subject, &totals).await?;
        rows::approve(&mut work.tx, id, &name, work.now).await?;
        note(
            work,
            "payout_run.approve",
            &run,
            "within the limit for one person",
        )
        .await?;
    }
    Ok(waits)
}

/// A second person approves what was submitted.
///
/// # Errors
/// Forbidden for who submitted it and for everybody but staff; a conflict when the total is another than was
/// submitted, or it is not submitted.
pub async fn approve(work: &mut Work, id: PayoutRunId, expected: &str) -> Result<()> {
    payout_rule::require_payer(work).await?;
    if !matches!(work.actor, Actor::Staff { .. }) {
        return Err(ServiceError::Forbidden(
            "only a member of staff may approve a payout run".to_owned(),
        ));
    }
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    if run.submitted_by.is_some() && run.submitted_by == work.actor.id() {
        return Err(conflict(
            "you have submitted this run yourself; a second person has to approve it",
        ));
    }
    let exact = exact(work, id).await?;
    if exact != expected {
        return Err(conflict(CHANGED));
    }
    if run.submitted_totals.as_deref() != Some(exact.as_str()) {
        return Err(conflict(
            "the total is another than was submitted, because of a refund or a cancelled payout; send the run back to be submitted again",
        ));
    }
    set_state(work, &run, PayoutRunState::Approving).await?;
    let name = work.actor.name().to_owned();
    rows::approve(&mut work.tx, id, &name, work.now).await?;
    note(work, "payout_run.approve", &run, &exact).await
}

/// Sends a submitted run back to be looked at again.
///
/// # Errors
/// A conflict when it is not submitted; not found; forbidden without the scope `payout`.
pub async fn send_back(work: &mut Work, id: PayoutRunId) -> Result<()> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    let run = find(work, id).await?;
    if run.state != PayoutRunState::Submitted {
        return Err(conflict("only a submitted run can be sent back"));
    }
    set_state(work, &run, PayoutRunState::Drafted).await?;
    note(work, "payout_run.send_back", &run, "").await
}

/// Stops the work on a run. What is done stays done; the rest waits.
///
/// # Errors
/// A conflict when nothing is being done that can be stopped; forbidden without the scope `payout`.
pub async fn stop(work: &mut Work, id: PayoutRunId) -> Result<()> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    let run = find(work, id).await?;
    let to = match run.state {
        PayoutRunState::Drafting | PayoutRunState::Approving => PayoutRunState::Drafted,
        PayoutRunState::Sending | PayoutRunState::Paying => PayoutRunState::Approved,
        _ => return Err(conflict("nothing is being done that could be stopped")),
    };
    set_state(work, &run, to).await?;
    let detail = format!("after {} of {}", run.finished, run.total);
    note(work, "payout_run.stop", &run, &detail).await?;
    // What there was may have ended meanwhile.
    close_if_done(work, id).await
}

/// Marks every approved payout of the run paid, with the exact total that the person saw.
///
/// # Errors
/// Invalid fields; a conflict when the total is another by now, or it is not approved; forbidden as
/// [`payout_rule::require_payer`].
pub async fn pay(work: &mut Work, id: PayoutRunId, input: PaymentIn, expected: &str) -> Result<()> {
    payout_rule::require_payer(work).await?;
    let (input, paid_at) = checked(work, input)?;
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    let totals = rows::payout_totals(&mut work.tx, id).await?;
    let totals = sums(&totals, &[PayoutStatus::Pending]);
    if totals.is_empty() && run.state == PayoutRunState::Approved {
        return Err(conflict("no payout of this run is waiting to be paid"));
    }
    let exact = exact_totals(&totals);
    if exact != expected {
        return Err(conflict(CHANGED));
    }
    member_rows::set_stage(&mut work.tx, id, 2).await?;
    set_state(work, &run, PayoutRunState::Paying).await?;
    let PaymentIn {
        method,
        reference,
        paid_at: _,
        note: remark,
    } = input;
    rows::set_payment(
        &mut work.tx,
        id,
        method.as_deref(),
        reference.as_deref(),
        remark.as_deref(),
        paid_at,
    )
    .await?;
    let detail = format!(
        "{exact}, reference {}",
        reference.as_deref().unwrap_or("none")
    );
    note(work, "payout_run.pay", &run, &detail).await
}

/// Has every payout of an approved run sent that this provider can pay; with `again`, every one that had failed. The
/// exact total that the person saw comes along.
///
/// # Errors
/// A conflict when the total is another by now, nothing is to be sent by it, it is not approved, or there is no
/// connection; forbidden as [`payout_rule::require_payer`].
pub async fn send(
    work: &mut Work,
    id: PayoutRunId,
    kind: ProviderKind,
    again: bool,
    expected: &str,
) -> Result<()> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    if run.state == PayoutRunState::Sending {
        return Err(conflict("the run is being sent already"));
    }
    transfer::connection(work, kind).await?;
    let ways = rows::ways(&mut work.tx, id).await?;
    let totals = to_send(&ways, kind, again);
    if totals.is_empty() && run.state == PayoutRunState::Approved {
        return Err(conflict(format!(
            "no payout of this run waits to be sent by {}",
            provider::label(kind)
        )));
    }
    let exact = exact_totals(&totals);
    if exact != expected {
        return Err(conflict(CHANGED));
    }
    member_rows::set_stage(&mut work.tx, id, 2).await?;
    set_state(work, &run, PayoutRunState::Sending).await?;
    let send = rows::Send {
        provider: kind,
        again,
        began_name: work.actor.name().to_owned(),
        began_at_ms: work.now,
    };
    rows::set_send(&mut work.tx, id, &send).await?;
    let word = if again { "again " } else { "" };
    let detail = format!("{word}by {}, {exact}", provider::label(kind));
    note(work, "payout_run.send", &run, &detail).await
}

/// What waits to be sent by a provider, by currency; with `again`, what had failed.
#[must_use]
pub fn to_send(ways: &[WayTotal], kind: ProviderKind, again: bool) -> Vec<(Currency, i64)> {
    let status = if again {
        PayoutStatus::Failed
    } else {
        PayoutStatus::Pending
    };
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for way in ways.iter().filter(|way| way.status == status) {
        if way_of(way) == Some(Ok(kind)) {
            let sum = sums.entry(way.currency).or_default();
            *sum = sum.saturating_add(way.amount);
        }
    }
    sums.into_iter().collect()
}

/// The provider that these payouts would be sent by, or why there is none; none: the affiliates have not said how they
/// want to be paid.
#[must_use]
pub fn way_of(way: &WayTotal) -> Option<Result<ProviderKind, String>> {
    way.method
        .map(|method| provider::kind_by(method, way.currency))
}

/// [`close_if_done`] for the run that a payout is in, if any.
pub(crate) async fn close_of(work: &mut Work, payout: PayoutId) -> Result<()> {
    match rows::of_payout(&mut work.tx, payout).await? {
        Some(run) if run.state == PayoutRunState::Approved => close_if_done(work, run.id).await,
        _ => Ok(()),
    }
}

/// Ends an approved run of which no payout waits to be paid any more: as paid, or as cancelled when nothing of
/// it ever was.
pub(crate) async fn close_if_done(work: &mut Work, id: PayoutRunId) -> Result<()> {
    let run = find(work, id).await?;
    let totals = rows::payout_totals(&mut work.tx, id).await?;
    let open = |status| {
        matches!(
            status,
            PayoutStatus::Draft
                | PayoutStatus::Pending
                | PayoutStatus::Sending
                | PayoutStatus::Failed
                | PayoutStatus::Unknown
        )
    };
    if run.state != PayoutRunState::Approved || totals.iter().any(|total| open(total.status)) {
        return Ok(());
    }
    let moved = totals
        .iter()
        .any(|total| total.status != PayoutStatus::Cancelled);
    let to = match moved {
        true => PayoutRunState::Paying,
        false => PayoutRunState::Cancelling,
    };
    set_state(work, &run, to).await
}

/// Takes a run back: its payouts are cancelled, as far as nothing was paid.
///
/// # Errors
/// A conflict once it is being paid; not found; forbidden without the scope `payout`.
pub async fn cancel(work: &mut Work, id: PayoutRunId) -> Result<()> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    let run = find(work, id).await?;
    let to = if run.state == PayoutRunState::Open {
        PayoutRunState::Cancelled
    } else {
        PayoutRunState::Cancelling
    };
    if to == PayoutRunState::Cancelling {
        let totals = rows::payout_totals(&mut work.tx, id).await?;
        if totals.iter().any(|t| {
            !matches!(
                t.status,
                PayoutStatus::Draft | PayoutStatus::Pending | PayoutStatus::Cancelled
            )
        }) {
            return Err(conflict(
                "some of its payouts are paid or on their way, so the run stays; cancel the others one by one",
            ));
        }
    }
    set_state(work, &run, to).await?;
    note(work, "payout_run.cancel", &run, "").await
}
