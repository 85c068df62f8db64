//! An attempt: a transfer that is due is claimed, its provider is asked, and what it answers is settled.

use domain::id::{BusinessId, TransferId};
use domain::status::TransferState;
use domain::time::UnixMs;
use domain::transfer::{Answer, key_is_safe};
use store::programme::provider as providers;
use store::programme::transfer::{self as rows, Transfer};

use super::answer::{settle, words};
use super::next_at;
use super::order::opened;
use crate::app::App;
use crate::error::{Result, conflict, not_found};
use crate::identity::business;
use crate::programme::provider::{Adapter, Found, Order};
use crate::work::Work;

/// How long a claim holds: longer than all calls of one attempt can take, each with its 15 seconds.
pub const LEASE_MS: i64 = 3 * 60_000;
/// Transfers that are taken at a time; the rest follows at once.
const DUE_MAX: i64 = 50;
/// What is asked of a transfer that the provider may have.
pub(super) const LOOKED: &str = "asked what became of it";
/// What a provider is asked first.
pub(super) const ASKED: &str = "asked to pay";
/// What it is asked when it has nothing under the key.
pub(super) const ASKED_AGAIN: &str = "asked to pay again, with the same key";

/// What is to be submitted or asked about now.
///
/// # Errors
/// As the database says.
pub async fn due(work: &mut Work) -> Result<Vec<TransferId>> {
    Ok(rows::due(&mut work.tx, work.now, DUE_MAX).await?)
}

/// All businesses' transfers that are due now.
///
/// # Errors
/// As the database says.
pub async fn all_due(app: &App) -> Result<Vec<(BusinessId, TransferId)>> {
    let mut all = Vec::new();
    for business in business::list(app).await? {
        let mut work = app.view(&App::system(business.id)).await?;
        let found = due(&mut work).await?;
        all.extend(found.into_iter().map(|id| (business.id, id)));
    }
    Ok(all)
}

/// What an attempt needs: read in one transaction, used without any.
struct Attempt {
    transfer: Transfer,
    order: Order,
    adapter: Box<dyn Adapter>,
}

async fn claim(app: &App, business: BusinessId, id: TransferId) -> Result<Option<Attempt>> {
    let mut work = app.begin(&App::system(business)).await?;
    let lease = work.now.plus_ms(LEASE_MS);
    let Some(transfer) = rows::claim(&mut work.tx, id, work.now, lease).await? else {
        return Ok(None);
    };
    let connection = providers::find(&mut work.tx, transfer.provider)
        .await?
        .ok_or(not_found("provider"))?;
    let (order, adapter) = match opened(app, business, &connection, &transfer) {
        // Under another secret key; what was paid is looked at another day.
        Err(error) if transfer.state == TransferState::Paid => {
            tracing::warn!(transfer.id = %id, %error, "transfer {id} was paid and cannot be looked up");
            let next = next_at(&transfer, TransferState::Paid, work.now);
            rows::set_next(&mut work.tx, id, TransferState::Paid, next).await?;
            work.commit().await?;
            return Ok(None);
        }
        opened => opened?,
    };
    if transfer.called_at_ms.is_none() && transfer.state != TransferState::Paid {
        // Before the call, so that a process which dies within it leaves word that it may have been heard.
        rows::set_called(&mut work.tx, id, Some(work.now)).await?;
    }
    work.commit().await?;
    Ok(Some(Attempt {
        transfer,
        order,
        adapter,
    }))
}

/// Notes that the provider is asked to pay once more.
async fn note_call(app: &App, business: BusinessId, id: TransferId) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    let now = work.now;
    rows::set_called(&mut work.tx, id, Some(now)).await?;
    work.commit().await
}

/// Takes a transfer that is due one step on: submits it, or asks what became of it. Nothing happens when
/// another worker has it.
///
/// # Errors
/// As the database says; what the provider says is no error.
pub async fn step(app: &App, business: BusinessId, id: TransferId) -> Result<()> {
    let Some(attempt) = claim(app, business, id).await? else {
        return Ok(());
    };
    let Attempt {
        transfer,
        order,
        adapter,
    } = attempt;
    let (asked, answer) = match transfer.called_at_ms {
        // It is watched only: whatever the provider says, it is not asked to pay.
        _ if transfer.state == TransferState::Paid => {
            let reference = transfer.provider_ref.as_deref();
            match adapter.look_up(&order, reference).await {
                Found::Answer(answer) => (LOOKED, answer),
                Found::Missing => (LOOKED, Answer::Unclear("has no such transfer".to_owned())),
            }
        }
        None => (ASKED, adapter.submit(&order).await),
        Some(_) => {
            let reference = transfer.provider_ref.as_deref();
            match adapter.look_up(&order, reference).await {
                Found::Answer(answer) => (LOOKED, answer),
                Found::Missing
                    if key_is_safe(transfer.provider, transfer.created_at_ms, app.now()) =>
                {
                    note_call(app, business, id).await?;
                    (ASKED_AGAIN, adapter.submit(&order).await)
                }
                Found::Missing => (
                    LOOKED,
                    Answer::Unclear(
                        "has no such transfer, and may not know the key any more, so it is not asked to pay again"
                            .to_owned(),
                    ),
                ),
            }
        }
    };
    app.trial().point("after the call").await;
    let mut work = app.begin(&App::system(business)).await?;
    settle(&mut work, &transfer, asked, &answer).await?;
    app.trial().point("before the result").await;
    work.commit().await
}

/// What a call by a provider leads to: the provider is asked about the transfer at once. Its word in the
/// call is not taken for it.
///
/// # Errors
/// As the database says; a conflict when the provider gives no answer about a transfer that was given up.
pub(crate) async fn look_up_now(
    app: &App,
    business: BusinessId,
    id: TransferId,
    reference: Option<String>,
) -> Result<()> {
    let mut work = app.view(&App::system(business)).await?;
    let Some(mut transfer) = rows::find(&mut work.tx, id).await? else {
        return Ok(());
    };
    if transfer.state == TransferState::Returned {
        return Ok(());
    }
    let connection = providers::find(&mut work.tx, transfer.provider)
        .await?
        .ok_or(not_found("provider"))?;
    let (order, adapter) = opened(app, business, &connection, &transfer)?;
    drop(work);
    let reference = transfer.provider_ref.clone().or(reference);
    let Found::Answer(answer) = adapter.look_up(&order, reference.as_deref()).await else {
        return Ok(());
    };
    if !matches!(
        answer,
        Answer::Paid(_) | Answer::Refused(_) | Answer::Returned(_) | Answer::Taken(_)
    ) {
        if transfer.state == TransferState::Failed {
            // Of what was given up nobody asks by itself, so the call is looked at again.
            return Err(conflict(format!(
                "the provider did not tell what became of {id}: {}",
                words(&answer)
            )));
        }
        // Nothing new: the worker asks by itself.
        return Ok(());
    }
    let known = match transfer.state {
        TransferState::Failed if transfer.contradicted_at_ms.is_some() => {
            !matches!(answer, Answer::Returned(_))
        }
        TransferState::Failed => !matches!(answer, Answer::Paid(_)),
        TransferState::Paid => !matches!(answer, Answer::Returned(_) | Answer::Refused(_)),
        _ => false,
    };
    if known {
        return Ok(());
    }
    // Whoever has it claimed now goes on; what is evidence counts from anybody.
    transfer.called_at_ms = transfer.called_at_ms.or(Some(UnixMs(0)));
    let mut work = app.begin(&App::system(business)).await?;
    settle(&mut work, &transfer, LOOKED, &answer).await?;
    work.commit().await
}
