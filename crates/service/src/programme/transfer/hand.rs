//! What people do with a transfer: have its provider asked at once, make its payout pending again, and say what became
//! of the money where the provider does not.

use domain::id::{PayoutId, TransferId};
use domain::money::parse_decimal;
use domain::payout::Refused;
use domain::status::{PayoutStatus, Scope, TransferState};
use domain::transfer::redacted;
use store::programme::payout::{Payment, Payout};
use store::programme::transfer::{self as rows, Change, Transfer};

use super::late::has_moved;
use super::{NEVER, apply, is_open, next_at};
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::audit;
use crate::programme::{ledger, payout, payout_return, payout_rule, payout_run, provider};
use crate::work::Work;

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

/// What a person saw come back.
#[derive(Debug, Clone, Default)]
pub struct ReturnIn {
    /// How they know.
    pub note: String,
    /// What arrived, as typed in the payout's currency, where a bank kept a part; empty: the whole.
    pub arrived: String,
}

/// Notes that the money of a paid payout came back, by a person's word: of a bank transfer, or where the provider does
/// not tell.
///
/// # Errors
/// Invalid without a note, or with the field `arrived` when that is more than was paid; forbidden for everybody but staff
/// with the scope `payout`; a conflict when it is not paid, or was paid twice: the affiliate has the money then although
/// one of the two came back.
pub async fn note_returned(work: &mut Work, id: PayoutId, input: ReturnIn) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    if !matches!(work.actor, crate::Actor::Staff { .. }) {
        return Err(ServiceError::Forbidden(
            "only staff may note that money came back".to_owned(),
        ));
    }
    let mut checks = Checks::new();
    let ReturnIn {
        note,
        arrived: typed,
    } = input;
    let note = checks.text("note", &note, 10..=1000);
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
    let arrived = arrived(&payout, &typed)?;
    book_returned(work, &payout, &note).await?;
    if let Some(arrived) = arrived {
        payout_return::note(work, &payout, arrived).await?;
    }
    payout::find(work, id).await
}

/// What arrived, where that is less than the whole payout.
fn arrived(payout: &Payout, text: &str) -> Result<Option<i64>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let arrived = parse_decimal(text, payout.currency)
        .map_err(|error| invalid("arrived", &error.to_string()))?;
    match arrived {
        all if all == payout.amount => Ok(None),
        part if 0 < part && part < payout.amount => Ok(Some(part)),
        _ => Err(invalid(
            "arrived",
            "must be above zero and not more than the payout; leave it empty for the whole",
        )),
    }
}

/// Refuses where the money of a paid payout cannot have come back; `all` are its transfers, the newest first.
///
/// # Errors
/// A conflict when it was paid twice: the affiliate has the money then although one of the two came back.
pub(crate) fn require_returnable(all: &[Transfer]) -> Result<()> {
    let given_up = |one: &Transfer| one.state == TransferState::Failed && has_moved(one);
    if let Some(other) = all.iter().find(|one| given_up(one)) {
        return Err(conflict(format!(
            "{} says that it paid {}, which had been given up: the affiliate has that money, so the payout stays paid",
            provider::label(other.provider),
            other.id
        )));
    }
    Ok(())
}

/// Books that the money of a paid payout came back, by the word of whoever acts, and ends its transfer with it.
///
/// # Errors
/// As [`require_returnable`].
pub(crate) async fn book_returned(work: &mut Work, payout: &Payout, note: &str) -> Result<()> {
    let all = rows::of_payout(&mut work.tx, payout.id).await?;
    require_returnable(&all)?;
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
