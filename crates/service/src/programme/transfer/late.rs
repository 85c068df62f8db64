//! Answers to a transfer that has ended.

use domain::status::{PayoutStatus, TransferState};
use domain::transfer::Answer;
use store::programme::payout::{Payment, Payout};
use store::programme::transfer::{self as rows, Change, Transfer};

use super::answer::{REFUSED, tell, words};
use super::attempt::{ASKED, ASKED_AGAIN, LOOKED};
use super::{NEVER, STEPS_MAX, apply, keep, next_at};
use crate::error::Result;
use crate::identity::audit;
use crate::programme::{payout, payout_run, provider};
use crate::work::Work;

/// What the owner is told when one of two payments of a payout has come back.
const ONE_OF_TWO: &str = "It was paid twice, and one of the two came back";

/// An answer to a transfer that has ended. What matters: money that moved although it was given up, money that came
/// back after it was paid, and a refusal of what counts as paid.
pub(super) async fn late(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    asked: &str,
    answer: &Answer,
) -> Result<()> {
    let contradicted = transfer.contradicted_at_ms.is_some();
    match (transfer.state, answer) {
        (TransferState::Paid, Answer::Returned(why)) => {
            came_back(work, transfer, payout, asked, why).await
        }
        (TransferState::Paid, _) => {
            if matches!(answer, Answer::Refused(_)) {
                denied(work, transfer, payout, asked, answer).await?;
            }
            let next = next_at(transfer, TransferState::Paid, work.now);
            rows::set_next(&mut work.tx, transfer.id, TransferState::Paid, next).await?;
            Ok(())
        }
        (TransferState::Failed, Answer::Paid(reference)) if !contradicted => {
            moved_after_all(work, transfer, payout, asked, reference).await
        }
        (TransferState::Failed, Answer::Returned(why)) if contradicted => {
            second_came_back(work, transfer, payout, asked, why).await
        }
        _ => Ok(()),
    }
}

/// Has a person look at a transfer that counts as paid, which its provider says it did not pay. They are told once, and
/// nothing that was booked changes.
async fn denied(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    asked: &str,
    answer: &Answer,
) -> Result<()> {
    let steps = rows::steps(&mut work.tx, transfer.id, STEPS_MAX).await?;
    let is_known = steps.iter().any(|step| {
        step.state == TransferState::Paid
            && [LOOKED, ASKED, ASKED_AGAIN].contains(&step.asked.as_str())
            && step.answered.starts_with(REFUSED)
    });
    if is_known {
        return Ok(());
    }
    keep(work, transfer.id, transfer.state, asked, &words(answer)).await?;
    let what = "The provider says that it was not paid";
    tell(work, transfer, payout, what).await
}

/// Notes that a transfer which had been given up was paid. Where its payout was given up with it, both are paid from
/// then on, and it is watched as others are; otherwise the payout may have been paid twice.
async fn moved_after_all(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    asked: &str,
    reference: &str,
) -> Result<()> {
    let answered = words(&Answer::Paid(reference.to_owned()));
    if payout.status == PayoutStatus::Failed {
        let change = Change {
            from: TransferState::Failed,
            to: TransferState::Paid,
            provider_ref: Some(reference.to_owned()),
            next_at_ms: next_at(transfer, TransferState::Paid, work.now),
            last_answer: answered.clone(),
            now: work.now,
        };
        apply(work, transfer, &change, asked, &answered).await?;
        let payment = Payment {
            method: transfer.provider.as_str().to_owned(),
            reference: Some(reference.to_owned()),
            paid_at: Some(work.now),
            note: payout.note.clone(),
        };
        payout::paid(work, payout, &payment).await?;
        payout_run::close_of(work, payout.id).await?;
        return tell(work, transfer, payout, "It was paid after all").await;
    }
    keep(work, transfer.id, transfer.state, asked, &answered).await?;
    let now = work.now;
    rows::set_contradicted(&mut work.tx, transfer.id, Some(now)).await?;
    let detail = format!(
        "{} paid {} after it had been given up",
        provider::label(transfer.provider),
        transfer.id
    );
    audit::record(
        work,
        "payout.contradicted",
        "payout",
        &payout.id.to_string(),
        &detail,
    )
    .await?;
    tell(work, transfer, payout, "It may have been paid twice").await
}

/// Whether the affiliate has the money of a payout by another of its transfers.
async fn is_paid_otherwise(work: &mut Work, transfer: &Transfer) -> Result<bool> {
    let all = rows::of_payout(&mut work.tx, transfer.payout_id).await?;
    Ok(all
        .iter()
        .any(|other| other.id != transfer.id && has_moved(other)))
}

/// Whether a transfer's money is with the affiliate, as far as its provider says.
pub(super) const fn has_moved(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Paid)
        || (matches!(transfer.state, TransferState::Failed)
            && transfer.contradicted_at_ms.is_some())
}

/// Ends a transfer whose money came back, and books it: unless the affiliate has the money by another one, which
/// had been given up.
async fn came_back(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    asked: &str,
    why: &str,
) -> Result<()> {
    let answer = Answer::Returned(why.to_owned());
    let change = Change {
        from: TransferState::Paid,
        to: TransferState::Returned,
        provider_ref: None,
        next_at_ms: NEVER,
        last_answer: words(&answer),
        now: work.now,
    };
    apply(work, transfer, &change, asked, &words(&answer)).await?;
    if payout.status != PayoutStatus::Paid {
        return Ok(());
    }
    if is_paid_otherwise(work, transfer).await? {
        return tell(work, transfer, payout, ONE_OF_TWO).await;
    }
    payout::returned(work, payout, why).await?;
    tell(work, transfer, payout, "The money came back").await
}

/// Notes that the money of a transfer came back that was paid although it had been given up. The payout stays paid by
/// the other one, and returns where that had come back before.
async fn second_came_back(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    asked: &str,
    why: &str,
) -> Result<()> {
    let answered = words(&Answer::Returned(why.to_owned()));
    keep(work, transfer.id, transfer.state, asked, &answered).await?;
    rows::set_contradicted(&mut work.tx, transfer.id, None).await?;
    let all = rows::of_payout(&mut work.tx, payout.id).await?;
    let first_is_back = all
        .iter()
        .any(|other| other.state == TransferState::Returned);
    if payout.status == PayoutStatus::Paid
        && first_is_back
        && !is_paid_otherwise(work, transfer).await?
    {
        payout::returned(work, payout, why).await?;
        return tell(work, transfer, payout, "The money came back").await;
    }
    tell(work, transfer, payout, ONE_OF_TWO).await
}
