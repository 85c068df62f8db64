//! Payouts that are taken back: cancelled before they were paid, or returned after it.

use domain::commission::Figures;
use domain::id::PayoutId;
use domain::ledger::{Movement, settleable};
use domain::status::{NotificationKind, PayoutStatus, Scope};
use store::programme::commission as commissions;
use store::programme::payout::{self as rows, Payout};
use store::programme::payout_file as files;

use super::{find, set_status, subject, tell};
use crate::error::{Result, conflict};
use crate::identity::audit;
use crate::messaging::notice;
use crate::programme::commission::{figures, given_back, move_to, released};
use crate::programme::{ledger, payout_credit, payout_run};
use crate::work::Work;

/// Takes a draft, pending or failed payout back; its commissions are approved again, less what was refunded
/// meanwhile.
///
/// # Errors
/// Conflict in other states.
pub async fn cancel(work: &mut Work, id: PayoutId) -> Result<Payout> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    require_unsent(work, id).await?;
    take_back(work, id, "").await?;
    payout_run::close_of(work, id).await?;
    audit::record(work, "payout.cancel", "payout", &id.to_string(), "").await?;
    find(work, id).await
}

/// Refuses to take a payout back that is in a payment file without an answer: the bank may be paying it.
pub(crate) async fn require_unsent(work: &mut Work, id: PayoutId) -> Result<()> {
    match files::waiting_in(&mut work.tx, id).await? {
        None => Ok(()),
        Some(name) => Err(conflict(format!(
            "it is in the payment file {name}, which waits for its answer; withdraw the file first if it was never sent"
        ))),
    }
}

/// Cancels a draft of which refunds left nothing to pay.
pub(crate) async fn cancel_emptied(work: &mut Work, id: PayoutId) -> Result<()> {
    take_back(work, id, "Refunds left nothing to pay").await?;
    payout_run::close_of(work, id).await
}

pub(crate) async fn take_back(work: &mut Work, id: PayoutId, note: &str) -> Result<()> {
    let payout = find(work, id).await?;
    let settled = undo(work, &payout, PayoutStatus::Cancelled, note).await?;
    if payout.commissions_total != 0 || payout.carried_forward != 0 {
        let (total, carried) = (payout.commissions_total, payout.carried_forward);
        let movement = Movement::cancel_payout(total, carried, settled)?;
        ledger::post(work, subject(&payout), &movement)?;
    }
    Ok(())
}

/// Lets the commissions of a payout go, which is cancelled or returned then: they are approved again, less what was
/// refunded meanwhile. Answers how much of the clawback that settles; the ledger is for the caller.
async fn undo(work: &mut Work, payout: &Payout, to: PayoutStatus, note: &str) -> Result<i64> {
    let id = payout.id;
    set_status(work, payout, to).await?;
    let members = commissions::of_payout(&mut work.tx, id).await?;
    rows::release_lines(&mut work.tx, id).await?;
    // What was clawed back while the payout was on its way is settled with what comes back, as far
    // as no other payout has carried it already.
    let clawed: i64 = members.iter().map(|c| c.clawed_back).sum();
    let balance = ledger::clawback(work, payout.affiliate_id, payout.currency)
        .await?
        .saturating_add(payout.carried_forward);
    let settled = settleable(clawed, balance);
    let mut left = settled;
    for commission in members {
        let before = figures(&commission);
        let part = left.min(before.clawed_back);
        left -= part;
        let after = Figures {
            clawed_back: before.clawed_back - part,
            ..before
        };
        let (to, kind) = if to == PayoutStatus::Returned {
            let to = given_back(&commission, &after)?;
            (to, "payout_returned")
        } else {
            let to = released(&commission, &after)?;
            (to, "payout_cancelled")
        };
        let step = (kind, after.payable()?, note);
        move_to(work, &commission, to, after, None, step).await?;
    }
    Ok(settled)
}

/// Books that the money of a paid payout came back: nothing that was booked is touched, a posting undoes it. Its
/// commissions are approved again, so that the next payout has them; what was carried into it is carried again. A credit
/// note cancels its invoice.
pub(crate) async fn returned(work: &mut Work, payout: &Payout, why: &str) -> Result<()> {
    let settled = undo(work, payout, PayoutStatus::Returned, why).await?;
    let (total, carried) = (payout.commissions_total, payout.carried_forward);
    let movement = Movement::return_payout(total, carried, settled)?;
    ledger::post(work, subject(payout), &movement)?;
    let id = payout.id;
    audit::record(work, "payout.returned", "payout", &id.to_string(), why).await?;
    let credit = payout_credit::issue(work, payout).await?;
    notice::payout_returned(work, id, credit.as_deref()).await?;
    tell(work, payout, NotificationKind::PayoutReturned).await
}
