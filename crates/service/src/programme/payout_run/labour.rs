//! The works over all members of a run. Each part is a transaction of its own, orders the journal before it
//! reads, and queues the next part with it: a process that dies leaves whole parts behind, and the job's
//! lease brings the rest back.

use domain::id::PayoutRunId;
use domain::status::{AffiliateStatus, PayoutRunState, PayoutStatus};
use serde::{Deserialize, Serialize};
use store::programme::payout::Payment;
use store::programme::payout_run::{self as rows, PayoutRun};
use store::programme::payout_run_member::{self as member_rows, ToDraft, ToMove};

use super::act::{close_if_done, set_state};
use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::identity::setting;
use crate::job::{self, Job};
use crate::programme::payout::{self, Plan};
use crate::programme::{ledger, transfer};
use crate::work::Work;

/// The kind of the job.
pub const JOB: &str = "payout_run";
/// Members of one part: sales that come meanwhile wait no longer than that takes.
const PART: i64 = 200;

/// What the job is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunPayload {
    /// The run.
    pub run_id: PayoutRunId,
}

/// The stage that members are at when the work of a state is through with them; none: a state in which
/// nothing is done.
pub(super) const fn stage_of(state: PayoutRunState) -> Option<i64> {
    match state {
        PayoutRunState::Drafting => Some(1),
        PayoutRunState::Approving => Some(2),
        PayoutRunState::Sending | PayoutRunState::Paying => Some(3),
        PayoutRunState::Cancelling => Some(4),
        _ => None,
    }
}

/// Does one part of what a run waits for and queues the next; the last part ends the work.
///
/// # Errors
/// When the books are broken, the job's lease ran out, or the database cannot serve: nothing was stored then.
pub async fn work_on(app: &App, job: &Job, run: PayoutRunId) -> Result<()> {
    let business = job
        .business_id
        .ok_or_else(|| ServiceError::Internal("a payout run without a business".to_owned()))?;
    let mut work = app.begin(&App::system(business)).await?;
    ledger::order(&mut work).await?;
    let Some(run) = rows::find(&mut work.tx, run).await? else {
        job::complete(&mut work, job).await?;
        return work.commit().await;
    };
    if let Some(stage) = stage_of(run.state) {
        let (done, part_was_full) = match run.state {
            PayoutRunState::Drafting => draft_part(&mut work, &run).await?,
            _ => move_part(&mut work, &run, stage).await?,
        };
        rows::advance(&mut work.tx, run.id, done, work.now).await?;
        if part_was_full {
            job::enqueue(&mut work, JOB, &RunPayload { run_id: run.id }).await?;
            work.changed(None);
        } else {
            let to = match run.state {
                PayoutRunState::Drafting => PayoutRunState::Drafted,
                PayoutRunState::Approving | PayoutRunState::Sending => PayoutRunState::Approved,
                PayoutRunState::Paying => PayoutRunState::Paid,
                _ => PayoutRunState::Cancelled,
            };
            set_state(&mut work, &run, to).await?;
            if run.state == PayoutRunState::Sending {
                // Answers may have come in meanwhile.
                close_if_done(&mut work, run.id).await?;
            }
        }
    }
    job::complete(&mut work, job).await?;
    app.trial().point("within a part").await;
    work.commit().await
}

async fn draft_part(work: &mut Work, run: &PayoutRun) -> Result<(i64, bool)> {
    ledger::order_to_pay(work).await?;
    let part = member_rows::to_draft(&mut work.tx, run.id, run.before_ms, PART).await?;
    let usual = setting::get(work).await?.payout_method;
    let count = i64::try_from(part.len()).unwrap_or(PART);
    for member in part {
        let ToDraft {
            affiliate_id,
            currency,
            affiliate_status,
            payout_method,
            holds_until_ms,
            commissions_total,
            clawback,
        } = member;
        let amount = commissions_total.saturating_add(clawback);
        let failure = if affiliate_status != AffiliateStatus::Approved {
            "the affiliate is not approved any more"
        } else if holds_until_ms.is_some_and(|until| until > work.now) {
            "the payout method was changed meanwhile"
        } else if amount <= 0 {
            "nothing is left to pay"
        } else {
            ""
        };
        let made = if failure.is_empty() {
            let plan = Plan {
                affiliate_id,
                currency,
                commissions_total,
                carried_forward: clawback,
                method: payout_method.unwrap_or_else(|| usual.clone()),
                only: None,
                before: Some(run.before_ms),
                note: "",
            };
            Some(payout::draft_planned(work, plan).await?)
        } else {
            None
        };
        let whose = (affiliate_id, currency);
        member_rows::through(&mut work.tx, run.id, whose, 1, made, failure).await?;
    }
    Ok((count, count == PART))
}

async fn move_part(work: &mut Work, run: &PayoutRun, stage: i64) -> Result<(i64, bool)> {
    if run.state != PayoutRunState::Cancelling {
        ledger::order_to_pay(work).await?;
    }
    let send = match run.state {
        PayoutRunState::Sending => rows::find_send(&mut work.tx, run.id).await?,
        _ => None,
    };
    let part = member_rows::to_move(&mut work.tx, run.id, stage, PART).await?;
    let count = i64::try_from(part.len()).unwrap_or(PART);
    for member in part {
        let ToMove {
            affiliate_id,
            currency,
            payout_id,
            failure: before,
        } = member;
        let found = payout::find(work, payout_id).await?;
        let done = match (run.state, found.status) {
            (PayoutRunState::Approving, PayoutStatus::Draft) => {
                payout::make_pending(work, &found).await.map(|()| true)
            }
            (PayoutRunState::Paying, PayoutStatus::Pending) => {
                let payment = Payment {
                    method: run
                        .paid_method
                        .clone()
                        .unwrap_or_else(|| found.method.clone()),
                    reference: run.paid_reference.clone(),
                    paid_at: Some(run.paid_at_ms.unwrap_or(work.now)),
                    note: run.paid_note.clone().unwrap_or_else(|| found.note.clone()),
                };
                payout::paid_in_run(work, &found, &payment)
                    .await
                    .map(|()| true)
            }
            (PayoutRunState::Sending, status) => {
                let waits = |again: bool| match status {
                    PayoutStatus::Pending => !again,
                    PayoutStatus::Failed => again,
                    _ => false,
                };
                match send.as_ref().filter(|send| waits(send.again)) {
                    Some(send) => transfer::hand_over(work, &found, Some(send.provider)).await,
                    None => Ok(false),
                }
            }
            (PayoutRunState::Cancelling, PayoutStatus::Draft | PayoutStatus::Pending) => {
                match payout::require_unsent(work, payout_id).await {
                    Ok(()) => {
                        payout::take_back(work, payout_id, "").await?;
                        Ok(true)
                    }
                    Err(refused) => Err(refused),
                }
            }
            // Somebody was quicker, or it waits for a provider: it stays as it is.
            _ => Ok(true),
        };
        // What was refused before anything was written stays as it was, and the run goes on.
        let failure = match done {
            Err(ServiceError::Conflict(text)) => text,
            // Not of this provider: what was said of it before still holds.
            Ok(false) => before,
            done => {
                done?;
                String::new()
            }
        };
        let whose = (affiliate_id, currency);
        member_rows::through(&mut work.tx, run.id, whose, stage, None, &failure).await?;
    }
    Ok((count, count == PART))
}
