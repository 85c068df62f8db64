//! Approval, payment, and payment that failed.

use domain::id::{CommissionId, PayoutId};
use domain::ledger::Movement;
use domain::money::Currency;
use domain::payout::{self as rules, Refused};
use domain::status::{CommissionStatus, NotificationKind, PayoutStatus};
use domain::time::UnixMs;
use store::programme::commission as commissions;
use store::programme::payout::{self as rows, Payment, Payout};
use store::programme::payout_file as files;

use super::draft::draft;
use super::{find, set_status, subject, tell};
use crate::check::Checks;
use crate::error::{Result, conflict, not_found};
use crate::identity::audit;
use crate::messaging::notice;
use crate::programme::{ledger, payout_invoice, payout_method, payout_rule, payout_run};
use crate::work::Work;

/// Approves a draft: from now on refunds are carried into the next payout instead of shrinking it.
///
/// # Errors
/// Conflict when it is not a draft, or the affiliate changed lately where payouts go to.
pub async fn approve(work: &mut Work, id: PayoutId) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let payout = find(work, id).await?;
    if payout.status != PayoutStatus::Draft {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Pending,
        }
        .into());
    }
    payout_run::require_alone(work, &payout).await?;
    make_pending(work, &payout).await?;
    find(work, id).await
}

/// Approves a draft that may be: nobody has changed lately where it goes to. From now on its amount stands and
/// the affiliate sees it, so that this is when they are told of it.
pub(crate) async fn make_pending(work: &mut Work, payout: &Payout) -> Result<()> {
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    set_status(work, payout, PayoutStatus::Pending).await?;
    let id = payout.id.to_string();
    audit::record(work, "payout.approve", "payout", &id, "").await?;
    notice::payout_made(work, payout.id).await?;
    tell(work, payout, NotificationKind::PayoutMade).await
}

/// How a payout was paid.
#[derive(Debug, Clone, Default)]
pub struct PaymentIn {
    /// How; what the payout says when not given.
    pub method: Option<String>,
    /// The bank's or provider's reference.
    pub reference: Option<String>,
    /// When; now when not given.
    pub paid_at: Option<UnixMs>,
    /// What staff want to remember.
    pub note: Option<String>,
}

/// A payment whose fields are right, and when it was made.
pub(crate) fn checked(work: &Work, input: PaymentIn) -> Result<(PaymentIn, UnixMs)> {
    let PaymentIn {
        method,
        reference,
        paid_at,
        note,
    } = input;
    let mut checks = Checks::new();
    let method = checks.optional_text("method", method.as_deref(), 60);
    let reference = checks.optional_text("reference", reference.as_deref(), 200);
    let note = checks.optional_text("note", note.as_deref(), 1000);
    let paid_at = paid_at.unwrap_or(work.now);
    checks.that(
        !domain::attribution::is_too_far_ahead(paid_at, work.now),
        "paid_at",
        "is in the future",
    );
    checks.done()?;
    let checked = PaymentIn {
        method,
        reference,
        paid_at: Some(paid_at),
        note,
    };
    Ok((checked, paid_at))
}

/// Sums of several currencies as text that survives a form: `EUR 4000, USD 118800`, minor units.
#[must_use]
pub fn exact_totals(totals: &[(Currency, i64)]) -> String {
    totals
        .iter()
        .map(|(currency, amount)| format!("{currency} {amount}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Records that a payout was executed, from draft or pending.
///
/// # Errors
/// Conflict in other states, or when the affiliate changed lately where payouts go to; invalid fields, or
/// a time ahead.
pub async fn mark_paid(work: &mut Work, id: PayoutId, input: PaymentIn) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    let (input, paid_at) = checked(work, input)?;
    ledger::order_to_pay(work).await?;
    let payout = find(work, id).await?;
    if !rules::is_in_our_hands(payout.status) {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Paid,
        }
        .into());
    }
    payout_run::require_alone(work, &payout).await?;
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    let PaymentIn {
        method,
        reference,
        paid_at: _,
        note,
    } = input;
    let payment = Payment {
        method: method.unwrap_or_else(|| payout.method.clone()),
        reference,
        paid_at: Some(paid_at),
        note: note.unwrap_or_else(|| payout.note.clone()),
    };
    paid(work, &payout, &payment).await?;
    payout_run::close_of(work, id).await?;
    find(work, id).await
}

/// Books that a payout was executed, by whoever knows: its commissions, the ledger, its statement, and who is told.
pub(crate) async fn paid(work: &mut Work, payout: &Payout, payment: &Payment) -> Result<()> {
    let id = payout.id;
    set_status(work, payout, PayoutStatus::Paid).await?;
    rows::set_payment(&mut work.tx, id, payment).await?;
    commissions::settle(&mut work.tx, id, work.now).await?;
    files::answer(&mut work.tx, id).await?;
    let reference = payment.reference.as_deref().unwrap_or_default();
    let actor = work.actor.name().to_owned();
    commissions::add_payout_steps(&mut work.tx, id, work.now, "paid", &actor, reference).await?;
    ledger::post(work, subject(payout), &Movement::pay(payout.amount)?)?;
    audit::record(work, "payout.paid", "payout", &id.to_string(), reference).await?;
    let statement = payout_invoice::issue(work, payout, payment).await?;
    notice::payout_paid(work, id, &statement).await?;
    tell(work, payout, NotificationKind::PayoutPaid).await
}

/// Notes that a payout was not executed, and why: it can be cancelled then.
pub(crate) async fn fail(
    work: &mut Work,
    payout: &Payout,
    reference: Option<&str>,
    reason: &str,
) -> Result<()> {
    set_status(work, payout, PayoutStatus::Failed).await?;
    let note = match payout.note.as_str() {
        "" => reason.to_owned(),
        note => format!("{note}\n{reason}"),
    };
    let payment = Payment {
        method: payout.method.clone(),
        reference: reference.map(str::to_owned),
        paid_at: None,
        note: note.chars().take(1000).collect(),
    };
    rows::set_payment(&mut work.tx, payout.id, &payment).await?;
    let id = payout.id.to_string();
    audit::record(work, "payout.failed", "payout", &id, reason).await
}

/// [`paid`] for a payout of a run: not while the payout method was changed lately, or cannot be read for the statement.
pub(crate) async fn paid_in_run(work: &mut Work, payout: &Payout, payment: &Payment) -> Result<()> {
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    payout_method::to_pay(work, payout.affiliate_id).await?;
    paid(work, payout, payment).await
}

/// Pays one approved commission by hand: a payout of one line, drafted and marked paid. Clawbacks
/// are carried as in any payout.
///
/// # Errors
/// Conflict when it is not approved, or clawbacks leave nothing to pay.
pub async fn pay_commission(work: &mut Work, id: CommissionId, input: PaymentIn) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let commission = commissions::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("commission"))?;
    if commission.status != CommissionStatus::Approved {
        return Err(conflict(format!(
            "a commission that is {} cannot be marked paid; approve it first",
            commission.status
        )));
    }
    let made = draft(
        work,
        commission.affiliate_id,
        commission.currency,
        std::slice::from_ref(&commission),
        Some(id),
        "Marked paid by hand",
    )
    .await?;
    match made {
        Some(payout) => mark_paid(work, payout, input).await,
        None => Err(conflict(
            "earlier clawbacks are more than this commission: nothing would be paid",
        )),
    }
}
