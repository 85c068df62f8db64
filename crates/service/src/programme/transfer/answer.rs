//! What an answer makes of a transfer and its payout.

use domain::money::display;
use domain::status::{PayoutStatus, TransferState};
use domain::transfer::{Answer, Standing, Verdict, judge};
use store::programme::payout::{Payment, Payout};
use store::programme::transfer::{self as rows, Change, Transfer};

use super::attempt::LOOKED;
use super::late::late;
use super::{apply, is_open, next_at};
use crate::error::{Result, not_found};
use crate::identity::audit;
use crate::messaging::notice;
use crate::programme::{ledger, payout, payout_run, provider};
use crate::work::Work;

/// After so many attempts without an answer the owner is told. Most of what is lost is found before.
const TELL_AFTER: i64 = 4;
/// How a refusal begins, in words.
pub(super) const REFUSED: &str = "refused: ";

/// The provider's own id in an answer.
fn reference_in(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Paid(id) | Answer::Taken(id) => Some(id.as_str()),
        Answer::Refused(_) | Answer::Returned(_) | Answer::NotSent(_) | Answer::Unclear(_) => None,
    }
}

pub(super) fn words(answer: &Answer) -> String {
    match answer {
        Answer::Paid(_) => "paid".to_owned(),
        Answer::Taken(_) => "taken, not ended yet".to_owned(),
        Answer::Refused(why) => format!("{REFUSED}{why}"),
        Answer::Returned(why) => format!("came back: {why}"),
        Answer::NotSent(why) => format!("not reached: {why}"),
        Answer::Unclear(why) => format!("unclear: {why}"),
    }
}

/// Writes what an answer makes of a transfer and its payout. `before` is the transfer as it was claimed.
pub(super) async fn settle(
    work: &mut Work,
    before: &Transfer,
    asked: &str,
    answer: &Answer,
) -> Result<()> {
    ledger::order(work).await?;
    let Some(transfer) = rows::find(&mut work.tx, before.id).await? else {
        return Err(not_found("transfer"));
    };
    let payout = payout::find(work, transfer.payout_id).await?;
    if !is_open(transfer.state) {
        return late(work, &transfer, &payout, asked, answer).await;
    }
    if transfer.attempts != before.attempts && reference_in(answer).is_none() {
        // Somebody else has asked since, and knows better than an answer that tells little.
        return Ok(());
    }
    let looked_up = asked == LOOKED;
    let standing = Standing {
        state: transfer.state,
        called_before: match answer {
            // What it says of the transfer itself holds for every request with its key.
            Answer::Refused(_) if looked_up => None,
            _ => before.called_at_ms,
        },
        now: work.now,
    };
    if matches!(answer, Answer::NotSent(_)) && before.called_at_ms.is_none() {
        rows::set_called(&mut work.tx, transfer.id, None).await?;
    }
    let to = match judge(standing, answer) {
        Verdict::Becomes(to) => to,
        Verdict::Stays => transfer.state,
    };
    let change = Change {
        from: transfer.state,
        to,
        provider_ref: reference_in(answer).map(str::to_owned),
        next_at_ms: next_at(&transfer, to, work.now),
        last_answer: words(answer),
        now: work.now,
    };
    apply(work, &transfer, &change, asked, &words(answer)).await?;
    match to {
        TransferState::Paid => {
            let payment = Payment {
                method: transfer.provider.as_str().to_owned(),
                reference: reference_in(answer).map(str::to_owned),
                paid_at: Some(work.now),
                note: payout.note.clone(),
            };
            payout::paid(work, &payout, &payment).await?;
            payout_run::close_of(work, payout.id).await?;
        }
        TransferState::Failed => {
            payout::set_status(work, &payout, PayoutStatus::Failed).await?;
            audit::record(
                work,
                "payout.failed",
                "payout",
                &payout.id.to_string(),
                &words(answer),
            )
            .await?;
            tell(work, &transfer, &payout, "It was not paid").await?;
        }
        TransferState::Unknown => {
            if payout.status == PayoutStatus::Sending {
                payout::set_status(work, &payout, PayoutStatus::Unknown).await?;
            }
            if transfer.attempts >= TELL_AFTER && transfer.told_at_ms.is_none() {
                tell(
                    work,
                    &transfer,
                    &payout,
                    "It is not known whether it was paid",
                )
                .await?;
            }
        }
        // An open transfer does not become this: see `judge`.
        TransferState::Returned => {}
        TransferState::Sending => {
            if payout.status == PayoutStatus::Unknown {
                payout::set_status(work, &payout, PayoutStatus::Sending).await?;
            }
        }
    }
    work.changed(Some(payout.affiliate_id));
    Ok(())
}

/// Writes to the business that a payout needs a person.
pub(super) async fn tell(
    work: &mut Work,
    transfer: &Transfer,
    payout: &Payout,
    what: &str,
) -> Result<()> {
    rows::set_told(&mut work.tx, transfer.id, work.now).await?;
    let number = format!("PO-{}", payout.number);
    let amount = display(payout.amount, payout.currency);
    notice::payout_trouble(
        work,
        payout.id,
        &number,
        &amount,
        &payout.affiliate_name,
        provider::label(transfer.provider),
        what,
    )
    .await
}
