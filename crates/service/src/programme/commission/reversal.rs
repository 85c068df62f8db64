//! What refunds and disputes take back, and what a dispute that was won gives again.

use domain::commission::{Figures, WithCredits};
use domain::id::EventId;
use domain::ledger::{Movement, Place, settleable};
use domain::payout::{Shrunk, shrink};
use domain::status::{CommissionStatus, PayoutStatus, ReferralStatus};
use store::programme::commission::{self as rows, Commission};
use store::programme::payout as payouts;

use super::life::{
    Grant, approve_if_ready, figures, find, grant_approved, move_to, reject_for_referral, standing,
    subject,
};
use crate::error::{Result, ServiceError};
use crate::programme::ledger::{self, Subject};
use crate::programme::payout;
use crate::work::Work;

/// Why money is taken back or given again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    /// The refund or dispute; for a sale whose refunds are caught up with, the sale.
    pub event_id: EventId,
    /// For the history: `The sale was refunded`.
    pub note: &'static str,
}

/// Brings a commission to the share of its sale that is left, now that `refunded` of `sale_amount` was
/// given back: takes what is too much from where it is (unpaid from its account, in a draft from the
/// draft, later from the clawback account).
///
/// A rejected commission has nothing to give.
pub(crate) async fn reverse(
    work: &mut Work,
    commission: &Commission,
    refunded: i64,
    sale_amount: i64,
    cause: Cause,
) -> Result<()> {
    if commission.status == CommissionStatus::Rejected {
        return Ok(());
    }
    let credits = rows::credits_of(&mut work.tx, commission.id).await?;
    let parts = with_credits(commission, &credits).taken(refunded, sale_amount)?;
    for (credit, part) in credits.iter().zip(parts.credits) {
        take(work, credit, part, cause).await?;
    }
    take(work, commission, parts.commission, cause).await
}

/// The counterpart of [`reverse`] when a dispute was won: gives again what is no longer taken.
///
/// A commission whose clawback an earlier payout has settled gets it as a commission of its own,
/// approved at once.
pub(crate) async fn restore(
    work: &mut Work,
    commission: &Commission,
    refunded: i64,
    sale_amount: i64,
    cause: Cause,
) -> Result<()> {
    if commission.status == CommissionStatus::Rejected {
        return Ok(());
    }
    let credits = rows::credits_of(&mut work.tx, commission.id).await?;
    let parts = with_credits(commission, &credits).given(refunded, sale_amount)?;
    let mut left = 0;
    for (credit, part) in credits.iter().zip(parts.credits) {
        left += give(work, credit, part, cause).await?;
    }
    left += give(work, commission, parts.commission, cause).await?;
    if left > 0 {
        credit(work, commission, left, cause).await?;
    }
    Ok(())
}

fn with_credits(commission: &Commission, credits: &[Commission]) -> WithCredits {
    WithCredits {
        commission: figures(commission),
        credits: credits.iter().map(figures).collect(),
    }
}

async fn place(work: &mut Work, commission: &Commission) -> Result<Option<Place>> {
    Ok(match commission.status {
        CommissionStatus::Pending => Some(Place::Pending),
        CommissionStatus::Approved => Some(Place::Approved),
        CommissionStatus::InPayout if is_draft(work, commission).await? => Some(Place::DraftPayout),
        CommissionStatus::InPayout | CommissionStatus::Paid => Some(Place::PaidOut),
        CommissionStatus::Rejected | CommissionStatus::Reversed => None,
    })
}

async fn take(work: &mut Work, commission: &Commission, by: i64, cause: Cause) -> Result<()> {
    if by == 0 {
        return Ok(());
    }
    // What was taken of another line of the sale may have emptied the draft that this one was in.
    let commission = &find(work, commission.id).await?;
    let before = figures(commission);
    let Some(place) = place(work, commission).await? else {
        return Ok(());
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
    let step = ("reversed", by, cause.note);
    move_to(work, commission, to, after, payout_id, step).await?;
    let subject = Subject {
        event_id: Some(cause.event_id),
        ..subject(commission)
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

/// Gives `by` again to where the commission stands. Answers with what cannot go there, because a later
/// payout has settled the clawback.
async fn give(work: &mut Work, commission: &Commission, by: i64, cause: Cause) -> Result<i64> {
    if by == 0 {
        return Ok(0);
    }
    let before = figures(commission);
    let step = ("restored", by, cause.note);
    let subject = Subject {
        event_id: Some(cause.event_id),
        ..subject(commission)
    };
    let place = match place(work, commission).await? {
        Some(Place::PaidOut) => {
            let balance =
                ledger::clawback(work, commission.affiliate_id, commission.currency).await?;
            let settled = settleable(by.min(before.clawed_back), balance);
            if settled > 0 {
                let after = Figures {
                    reversed: before.reversed.saturating_sub(settled),
                    clawed_back: before.clawed_back.saturating_sub(settled),
                    ..before
                };
                let step = ("restored", settled, cause.note);
                let (to, payout) = (commission.status, commission.payout_id);
                move_to(work, commission, to, after, payout, step).await?;
                ledger::post(work, subject, &Movement::restore(settled, Place::PaidOut)?)?;
            }
            return Ok(by.saturating_sub(settled));
        }
        Some(place) => place,
        None => {
            return revive(work, commission, by, subject, step)
                .await
                .map(|()| 0);
        }
    };
    let after = Figures {
        reversed: before.reversed.saturating_sub(by),
        ..before
    };
    let (to, payout) = (commission.status, commission.payout_id);
    move_to(work, commission, to, after, payout, step).await?;
    ledger::post(work, subject, &Movement::restore(by, place)?)?;
    if let (Place::DraftPayout, Some(draft)) = (place, commission.payout_id) {
        // The draft grows again by what it had shrunk.
        let more = by.saturating_neg();
        payouts::shrink(&mut work.tx, draft, commission.id, more, work.now).await?;
    }
    Ok(0)
}

/// Wholly reversed, it goes back to where it was, as its referral stands by now.
async fn revive(
    work: &mut Work,
    commission: &Commission,
    by: i64,
    subject: Subject,
    step: (&str, i64, &str),
) -> Result<()> {
    let before = figures(commission);
    let after = Figures {
        reversed: before.reversed.saturating_sub(by),
        ..before
    };
    let steps = rows::steps(&mut work.tx, commission.id).await?;
    let was = steps
        .iter()
        .rev()
        .map(|step| step.status)
        .find(|status| *status != CommissionStatus::Reversed);
    let decided = matches!(
        commission.referral_status,
        None | Some(ReferralStatus::Approved)
    );
    let (to, place) = if decided && was != Some(CommissionStatus::Pending) {
        (CommissionStatus::Approved, Place::Approved)
    } else {
        (CommissionStatus::Pending, Place::Pending)
    };
    let to = standing(commission).after_reversal(&after, to)?;
    move_to(work, commission, to, after, commission.payout_id, step).await?;
    ledger::post(work, subject, &Movement::restore(by, place)?)?;
    if commission.referral_status == Some(ReferralStatus::Rejected) {
        let pending = find(work, commission.id).await?;
        return reject_for_referral(work, &pending, "The referral was rejected").await;
    }
    approve_if_ready(work, commission.id).await
}

/// A commission of its own for what an earlier payout has settled of another one.
async fn credit(work: &mut Work, of: &Commission, amount: i64, cause: Cause) -> Result<()> {
    let note = match of.payout_number {
        Some(number) => format!(
            "{}: given again of the commission in PO-{number}",
            cause.note
        ),
        None => cause.note.to_owned(),
    };
    let grant = Grant {
        affiliate_id: of.affiliate_id,
        campaign_id: of.campaign_id,
        level: of.level,
        currency: of.currency,
        amount,
        note: &note,
        kind: "restored",
        event_id: Some(cause.event_id),
    };
    let movement = Movement::restore(amount, Place::Approved)?;
    let id = grant_approved(work, grant, &movement).await?;
    rows::insert_credit(&mut work.tx, of.id, id).await?;
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
