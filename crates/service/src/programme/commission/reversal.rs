//! What a refund takes back.

use domain::commission::{Figures, reversal};
use domain::id::EventId;
use domain::ledger::{Movement, Place};
use domain::payout::{Shrunk, shrink};
use domain::status::{CommissionStatus, PayoutStatus};
use store::programme::commission::Commission;
use store::programme::payout as payouts;

use super::life::{figures, move_to, standing};
use crate::error::{Result, ServiceError};
use crate::programme::ledger::{self, Subject};
use crate::programme::payout;
use crate::work::Work;

/// Takes back the share of what was refunded so far (`refunded` of `sale_amount`): unpaid from where
/// it is, in a draft from the draft, later from the clawback account. A rejected commission has
/// nothing to give.
pub(crate) async fn reverse(
    work: &mut Work,
    commission: &Commission,
    refunded: i64,
    sale_amount: i64,
    cause: EventId,
) -> Result<()> {
    let before = figures(commission);
    let by = reversal(&before, refunded, sale_amount)?;
    if by <= 0 || commission.status == CommissionStatus::Rejected {
        return Ok(());
    }
    let place = match commission.status {
        CommissionStatus::Pending => Place::Pending,
        CommissionStatus::Approved => Place::Approved,
        CommissionStatus::InPayout if is_draft(work, commission).await? => Place::DraftPayout,
        CommissionStatus::InPayout | CommissionStatus::Paid => Place::PaidOut,
        CommissionStatus::Rejected | CommissionStatus::Reversed => return Ok(()),
    };
    let clawed_back = if place == Place::PaidOut {
        before.clawed_back.saturating_add(by)
    } else {
        before.clawed_back
    };
    let after = Figures {
        reversed: before.reversed.saturating_add(by),
        clawed_back,
        ..before
    };
    let to = standing(commission).after_reversal(&after, commission.status)?;
    // A line that is wholly taken out of a draft leaves the draft.
    let leaves = place == Place::DraftPayout && to == CommissionStatus::Reversed;
    let payout_id = if leaves { None } else { commission.payout_id };
    move_to(
        work,
        commission,
        to,
        after,
        payout_id,
        ("reversed", by, "The sale was refunded"),
    )
    .await?;
    let subject = Subject {
        event_id: Some(cause),
        ..super::life::subject(commission)
    };
    ledger::post(work, subject, &Movement::reverse(by, place)?)?;
    if let (Place::DraftPayout, Some(draft)) = (place, commission.payout_id) {
        let found = payouts::find(&mut work.tx, draft)
            .await?
            .ok_or_else(|| ServiceError::Internal("a draft vanished".to_owned()))?;
        payouts::shrink(&mut work.tx, draft, commission.id, by, work.now).await?;
        if leaves {
            payouts::release_line(&mut work.tx, draft, commission.id).await?;
        }
        if shrink(found.commissions_total, found.carried_forward, by) == Shrunk::Cancelled {
            payout::cancel_emptied(work, draft).await?;
        }
    }
    Ok(())
}

async fn is_draft(work: &mut Work, commission: &Commission) -> Result<bool> {
    let Some(id) = commission.payout_id else {
        return Ok(false);
    };
    Ok(payouts::find(&mut work.tx, id)
        .await?
        .is_some_and(|payout| payout.status == PayoutStatus::Draft))
}
