//! The execution of payouts by providers.
//!
//! [`send`] stores a transfer with its key and its request, in the transaction that makes the payout
//! `sending`; the provider hears of it afterwards. A worker takes what is due ([`due`], [`step`]): the first
//! time it submits, later it looks up first and submits again, with the same key, only where the provider
//! has nothing. What an answer makes of the transfer is decided by [`domain::transfer::judge`] and written by
//! compare-and-set, so that it does not matter who comes first: the answer, a call by the provider, or another worker.
//! A claim ends by itself: a process that dies leaves its transfers to the next one. See ADR 0019.

use domain::id::{BusinessId, PayoutId, TransferId};
use domain::money::display;
use domain::payout::Refused;
use domain::status::{PayoutStatus, ProviderKind, Scope, TransferState};
use domain::time::UnixMs;
use domain::transfer::{
    Answer, Standing, Verdict, judge, key_is_safe, next_look, next_watch, redacted,
};
use store::list::Window;
use store::programme::payout::{Payment, Payout};
use store::programme::provider as providers;
use store::programme::transfer::{self as rows, Change};
pub use store::programme::transfer::{Filter, Listed, ORDERS, StateTotal, Step, Transfer};

use super::payout;
use super::provider::{self, Adapter, Found, Order};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, business, seal, vault};
use crate::messaging::notice;
use crate::programme::{ledger, payout_method, payout_rule, payout_run};
use crate::work::Work;

const PURPOSE: &str = "transfer request";
/// How long a claim holds: longer than all calls of one attempt can take, each with its 15 seconds.
pub const LEASE_MS: i64 = 3 * 60_000;
/// Transfers that are taken at a time; the rest follows at once.
const DUE_MAX: i64 = 50;
/// After so many attempts without an answer the owner is told. Most of what is lost is found before.
const TELL_AFTER: i64 = 4;
/// What is asked of a transfer that the provider may have.
const LOOKED: &str = "asked what became of it";
/// What a provider is asked first.
const ASKED: &str = "asked to pay";
/// What it is asked when it has nothing under the key.
const ASKED_AGAIN: &str = "asked to pay again, with the same key";
/// How a refusal begins, in words.
const REFUSED: &str = "refused: ";
/// When what is not asked about any more would be.
const NEVER: UnixMs = UnixMs(i64::MAX);
/// Steps that are shown.
const STEPS_MAX: i64 = 30;

/// Whose a sealed request is.
fn owner(business: BusinessId, id: TransferId) -> String {
    format!("{business} {id}")
}

/// Hands a payout to the provider of the place that the affiliate is paid at. It is `sending` from then on.
///
/// # Errors
/// Forbidden without the scope `payout`; a conflict with what stands in the way: the payout's state, no place to
/// pay to, no connection, a currency that the provider does not pay, a hold.
pub async fn send(work: &mut Work, id: PayoutId) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let payout = payout::find(work, id).await?;
    if payout.status != PayoutStatus::Pending {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Sending,
        }
        .into());
    }
    payout_run::require_alone(work, &payout).await?;
    hand_over(work, &payout, None).await?;
    payout::find(work, id).await
}

/// Hands a pending payout, or one that had failed, to the provider of the place that the affiliate is paid at.
/// With `only`, nothing happens when that is another provider, or none; answers whether it was handed over. Everything
/// that may stand in the way is looked at before anything is written.
pub(crate) async fn hand_over(
    work: &mut Work,
    payout: &Payout,
    only: Option<ProviderKind>,
) -> Result<bool> {
    let id = payout.id;
    let found = payout_method::to_pay(work, payout.affiliate_id).await?;
    let kind = found
        .as_ref()
        .map(|(_, details)| provider::kind_for(&details.place, payout.currency));
    if only.is_some_and(|only| kind != Some(Ok(only))) {
        return Ok(false);
    }
    payout::require_unsent(work, id).await?;
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    let (Some((_, details)), Some(kind)) = (found, kind) else {
        return Err(conflict(format!(
            "{} has not said where payouts go to",
            payout.affiliate_name
        )));
    };
    let kind = kind.map_err(conflict)?;
    let connection = connection(work, kind).await?;
    provider::check_amount(kind, payout.amount, payout.currency).map_err(conflict)?;
    let key: TransferId = work.new_id();
    let order = Order {
        key,
        payout_id: id,
        number: payout.number,
        amount: payout.amount,
        currency: payout.currency,
        place: details.place,
        legal_name: details.legal_name,
        business: notice::sender(work).await?.name,
        made_at: work.now,
    };
    let request = serde_json::to_string(&order)
        .map_err(|error| ServiceError::Internal(format!("a transfer's request: {error}")))?;
    let transfer = Transfer {
        id: key,
        payout_id: id,
        provider_id: connection.id,
        provider: kind,
        request: vault::seal_text(&work.app, PURPOSE, &owner(work.business(), key), &request)?,
        request_hash: seal::fingerprint(&work.app, PURPOSE, &request),
        amount: payout.amount,
        currency: payout.currency,
        state: TransferState::Sending,
        provider_ref: None,
        attempts: 0,
        called_at_ms: None,
        next_at_ms: work.now,
        last_answer: String::new(),
        told_at_ms: None,
        contradicted_at_ms: None,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    if !rows::insert(&mut work.tx, &transfer).await? {
        return Err(conflict("the payout is being executed already"));
    }
    let detail = format!("by {} as {key}", provider::label(kind));
    if payout.status == PayoutStatus::Failed {
        payout::set_status(work, payout, PayoutStatus::Pending).await?;
        let again = payout::find(work, id).await?;
        payout::set_status(work, &again, PayoutStatus::Sending).await?;
    } else {
        payout::set_status(work, payout, PayoutStatus::Sending).await?;
    }
    audit::record(work, "payout.send", "payout", &id.to_string(), &detail).await?;
    work.app.clone().trial().point("before sending").await;
    Ok(true)
}

/// The connection that payouts are sent by.
///
/// # Errors
/// A conflict when there is none, or it is switched off.
pub(crate) async fn connection(work: &mut Work, kind: ProviderKind) -> Result<providers::Provider> {
    providers::find(&mut work.tx, kind)
        .await?
        .filter(|connection| connection.active)
        .ok_or_else(|| {
            conflict(format!(
                "there is no connection to {}; make one under Settings, Payout providers",
                provider::label(kind)
            ))
        })
}

/// Makes a failed payout pending again, to be sent once more, under another key, or paid another way.
///
/// # Errors
/// Forbidden without the scope `payout`; a conflict in other states.
pub async fn reopen(work: &mut Work, id: PayoutId) -> Result<Payout> {
    work.require(Scope::Payout)?;
    ledger::order_to_pay(work).await?;
    let payout = payout::find(work, id).await?;
    if payout.status != PayoutStatus::Failed {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Pending,
        }
        .into());
    }
    payout::set_status(work, &payout, PayoutStatus::Pending).await?;
    audit::record(work, "payout.reopen", "payout", &id.to_string(), "").await?;
    payout::find(work, id).await
}

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

/// What was asked and answered about a transfer, the newest first.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn steps(work: &mut Work, id: TransferId) -> Result<Vec<Step>> {
    work.require(Scope::Read)?;
    Ok(rows::steps(&mut work.tx, id, STEPS_MAX).await?)
}

/// Has the provider asked at once what became of a payout.
///
/// # Errors
/// Forbidden without the scope `payout`; a conflict when nothing of it is on its way.
pub async fn look_again(work: &mut Work, id: PayoutId) -> Result<()> {
    work.require(Scope::Payout)?;
    for transfer in rows::of_payout(&mut work.tx, id).await? {
        if rows::hurry(&mut work.tx, transfer.id, work.now).await? {
            return Ok(());
        }
    }
    Err(conflict("nothing of this payout is on its way"))
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

/// Has the provider asked at once what became of a transfer.
///
/// # Errors
/// Not found; forbidden without the scope `payout`; a conflict when it has ended.
pub async fn look_now(work: &mut Work, id: TransferId) -> Result<Transfer> {
    work.require(Scope::Payout)?;
    let transfer = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("transfer"))?;
    if !rows::hurry(&mut work.tx, id, work.now).await? {
        return Err(conflict("this transfer has ended"));
    }
    Ok(transfer)
}

/// What a person has found out about a payout that is with a provider.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whether the money has moved.
    pub paid: bool,
    /// The provider's or bank's reference, when it has.
    pub reference: String,
    /// How they know.
    pub note: String,
}

/// Ends a transfer by a person's word, where the provider cannot be asked. It is noted who said so and why.
///
/// # Errors
/// Invalid without a note; forbidden for everybody but staff; a conflict when nothing of it is on its way.
pub async fn decide(work: &mut Work, id: PayoutId, decision: Decision) -> Result<Payout> {
    work.require(Scope::Payout)?;
    if !matches!(work.actor, crate::Actor::Staff { .. }) {
        return Err(ServiceError::Forbidden(
            "only staff may decide what became of a payout".to_owned(),
        ));
    }
    let mut checks = Checks::new();
    let note = checks.text("note", &decision.note, 10..=1000);
    let reference = checks.optional_text("reference", Some(&decision.reference), 200);
    checks.done()?;
    ledger::order(work).await?;
    let found = payout::find(work, id).await?;
    let transfer = rows::of_payout(&mut work.tx, id)
        .await?
        .into_iter()
        .find(|transfer| is_open(transfer.state))
        .ok_or_else(|| conflict("nothing of this payout is on its way"))?;
    let (to, said) = if decision.paid {
        (TransferState::Paid, "it was paid")
    } else {
        (TransferState::Failed, "it was not paid")
    };
    let asked = format!("{} decided that {said}", work.actor.name());
    let change = Change {
        from: transfer.state,
        to,
        provider_ref: None,
        next_at_ms: next_at(&transfer, to, work.now),
        last_answer: transfer.last_answer.clone(),
        now: work.now,
    };
    apply(work, &transfer, &change, &asked, &redacted(&note)).await?;
    let action = if decision.paid {
        let payment = Payment {
            method: transfer.provider.as_str().to_owned(),
            reference: reference.or(transfer.provider_ref),
            paid_at: Some(work.now),
            note: found.note.clone(),
        };
        payout::paid(work, &found, &payment).await?;
        payout_run::close_of(work, id).await?;
        "payout.decide_paid"
    } else {
        payout::set_status(work, &found, PayoutStatus::Failed).await?;
        "payout.decide_failed"
    };
    audit::record(work, action, "payout", &id.to_string(), &note).await?;
    payout::find(work, id).await
}

const fn is_open(state: TransferState) -> bool {
    matches!(state, TransferState::Sending | TransferState::Unknown)
}

/// What is to be submitted or asked about now.
///
/// # Errors
/// As the database says.
pub async fn due(work: &mut Work) -> Result<Vec<TransferId>> {
    Ok(rows::due(&mut work.tx, work.now, DUE_MAX).await?)
}

/// What an attempt needs: read in one transaction, used without any.
struct Attempt {
    transfer: Transfer,
    order: Order,
    adapter: Box<dyn Adapter>,
}

/// What a transfer asks for, and who speaks to its provider.
fn opened(
    app: &App,
    business: BusinessId,
    connection: &providers::Provider,
    transfer: &Transfer,
) -> Result<(Order, Box<dyn Adapter>)> {
    let adapter = provider::adapter(app, business, connection)?;
    let owner = owner(business, transfer.id);
    let request = vault::open_text(app, PURPOSE, &owner, &transfer.request)?;
    let order = serde_json::from_str(&request)
        .map_err(|error| ServiceError::Internal(format!("a transfer's request: {error}")))?;
    Ok((order, adapter))
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

/// The provider's own id in an answer.
fn reference_in(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Paid(id) | Answer::Taken(id) => Some(id.as_str()),
        Answer::Refused(_) | Answer::Returned(_) | Answer::NotSent(_) | Answer::Unclear(_) => None,
    }
}

fn words(answer: &Answer) -> String {
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
async fn settle(work: &mut Work, before: &Transfer, asked: &str, answer: &Answer) -> Result<()> {
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

/// An answer to a transfer that has ended. What matters: money that moved although it was given up, money that came
/// back after it was paid, and a refusal of what counts as paid.
async fn late(
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

/// What the owner is told when one of two payments of a payout has come back.
const ONE_OF_TWO: &str = "It was paid twice, and one of the two came back";

/// Whether the affiliate has the money of a payout by another of its transfers.
async fn is_paid_otherwise(work: &mut Work, transfer: &Transfer) -> Result<bool> {
    let all = rows::of_payout(&mut work.tx, transfer.payout_id).await?;
    Ok(all
        .iter()
        .any(|other| other.id != transfer.id && has_moved(other)))
}

/// Whether a transfer's money is with the affiliate, as far as its provider says.
const fn has_moved(transfer: &Transfer) -> bool {
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

/// Notes that the money of a paid payout came back, by a person's word: of a bank transfer, or where the provider does
/// not tell.
///
/// # Errors
/// Invalid without a note; forbidden for everybody but staff with the scope `payout`; a conflict when it is not paid, or
/// was paid twice: the affiliate has the money then although one of the two came back.
pub async fn note_returned(work: &mut Work, id: PayoutId, note: &str) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    if !matches!(work.actor, crate::Actor::Staff { .. }) {
        return Err(ServiceError::Forbidden(
            "only staff may note that money came back".to_owned(),
        ));
    }
    let mut checks = Checks::new();
    let note = checks.text("note", note, 10..=1000);
    checks.done()?;
    ledger::order(work).await?;
    let payout = payout::find(work, id).await?;
    if payout.status != PayoutStatus::Paid {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Returned,
        }
        .into());
    }
    book_returned(work, &payout, &note).await?;
    payout::find(work, id).await
}

/// The transfers of a paid payout, when its money can have come back.
///
/// # Errors
/// A conflict when it was paid twice: the affiliate has the money then although one of the two came back.
pub(crate) async fn returnable(work: &mut Work, payout: &Payout) -> Result<Vec<Transfer>> {
    let all = rows::of_payout(&mut work.tx, payout.id).await?;
    let given_up = |one: &Transfer| one.state == TransferState::Failed && has_moved(one);
    if let Some(other) = all.iter().find(|one| given_up(one)) {
        return Err(conflict(format!(
            "{} says that it paid {}, which had been given up: the affiliate has that money, so the payout stays paid",
            provider::label(other.provider),
            other.id
        )));
    }
    Ok(all)
}

/// Books that the money of a paid payout came back, by the word of whoever acts, and ends its transfer with it.
///
/// # Errors
/// As [`returnable`].
pub(crate) async fn book_returned(work: &mut Work, payout: &Payout, note: &str) -> Result<()> {
    let all = returnable(work, payout).await?;
    let paid = all.into_iter();
    for transfer in paid.filter(|transfer| transfer.state == TransferState::Paid) {
        let change = Change {
            from: TransferState::Paid,
            to: TransferState::Returned,
            provider_ref: None,
            next_at_ms: NEVER,
            last_answer: transfer.last_answer.clone(),
            now: work.now,
        };
        let asked = format!("{} noted that the money came back", work.actor.name());
        apply(work, &transfer, &change, &asked, &redacted(note)).await?;
    }
    payout::returned(work, payout, note).await
}

/// Writes to the business that a payout needs a person.
async fn tell(work: &mut Work, transfer: &Transfer, payout: &Payout, what: &str) -> Result<()> {
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

/// How a business pays by providers: what can be sent, for the page of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By this provider.
    By(ProviderKind),
    /// Not by a provider, and why.
    No(String),
}

/// By which provider a payout would be sent.
///
/// # Errors
/// As the database says.
pub async fn way(work: &mut Work, payout: &Payout) -> Result<Way> {
    let details = match payout_method::to_pay(work, payout.affiliate_id).await {
        Ok(Some((_, details))) => details,
        Ok(None) => return Ok(Way::No(String::new())),
        Err(ServiceError::Conflict(why)) => return Ok(Way::No(why)),
        Err(error) => return Err(error),
    };
    let kind = match provider::kind_for(&details.place, payout.currency) {
        Ok(kind) => kind,
        Err(why) => return Ok(Way::No(why)),
    };
    let connected = providers::find(&mut work.tx, kind)
        .await?
        .is_some_and(|connection| connection.active);
    Ok(if connected {
        match provider::check_amount(kind, payout.amount, payout.currency) {
            Ok(()) => Way::By(kind),
            Err(why) => Way::No(why),
        }
    } else {
        Way::No(String::new())
    })
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
