//! Payouts: drafts of what is due, their approval, payment and cancellation.

use std::collections::BTreeMap;

use domain::commission::Figures;
use domain::id::{AffiliateId, CommissionId, PayoutId};
use domain::ledger::{Movement, settleable};
use domain::money::Currency;
use domain::payout::{self as rules, Payable, Refused};
use domain::status::{AffiliateStatus, CommissionStatus, NotificationKind, PayoutStatus, Scope};
use domain::time::UnixMs;
use store::list::Window;
use store::programme::commission::{self as commissions, Commission};
use store::programme::payout::{
    self as rows, Eligible, Filter, Line, NewPayout, Payment, Payout, Total,
};
use store::programme::payout_file as files;

use crate::check::Checks;
use crate::crm::contact;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, setting};
use crate::messaging::notice;
use crate::portal::notification;
use crate::programme::commission::{as_seen, figures, move_to};
use crate::programme::ledger::{self, Subject};
use crate::programme::{
    payout_credit, payout_invoice, payout_method, payout_request, payout_rule, payout_run,
};
use crate::work::Work;

impl From<Refused> for ServiceError {
    fn from(error: Refused) -> Self {
        conflict(error.to_string())
    }
}

/// The payout with this id; an affiliate sees its own only, and no drafts.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: PayoutId) -> Result<Payout> {
    let own = work.actor.affiliate().ok();
    if own.is_none() {
        work.require(Scope::Read)?;
    }
    let found = rows::find(&mut work.tx, id).await?;
    found
        .filter(|payout| {
            own.is_none_or(|own| own == payout.affiliate_id && payout.status != PayoutStatus::Draft)
        })
        .ok_or(not_found("payout"))
}

/// The commissions of a payout, also of a cancelled one.
///
/// # Errors
/// As [`get`].
pub async fn lines(work: &mut Work, id: PayoutId) -> Result<Vec<(Line, Commission)>> {
    get(work, id).await?;
    let lines = rows::lines(&mut work.tx, id).await?;
    let masked = contact::is_masked(work).await?;
    let mut commissions: BTreeMap<CommissionId, Commission> =
        commissions::ever_in_payout(&mut work.tx, id)
            .await?
            .into_iter()
            .map(|commission| (commission.id, as_seen(work, commission, masked)))
            .collect();
    lines
        .into_iter()
        .map(|line| {
            let commission = commissions.remove(&line.commission_id);
            Ok((
                line,
                commission
                    .ok_or_else(|| ServiceError::Internal("a commission vanished".to_owned()))?,
            ))
        })
        .collect()
}

/// A payout with the commissions in it (of a cancelled one: that were in it), for whoever may read or
/// pay.
///
/// # Errors
/// Not found, or forbidden.
pub async fn detail(work: &mut Work, id: PayoutId) -> Result<(Payout, Vec<CommissionId>)> {
    let payout = if work.actor.may(Scope::Payout) {
        find(work, id).await?
    } else {
        get(work, id).await?
    };
    let gone = !rules::is_live(payout.status);
    let lines = rows::lines(&mut work.tx, id).await?;
    Ok((
        payout,
        lines
            .into_iter()
            .filter(|line| line.live || gone)
            .map(|line| line.commission_id)
            .collect(),
    ))
}

/// Narrows a filter to what the actor may see: an affiliate its own, once they are more than a draft.
fn visible(work: &Work, filter: &Filter) -> Result<Filter> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => {
            filter.affiliate_id = Some(own);
            filter.without = Some(PayoutStatus::Draft);
        }
        Err(_) => work.require(Scope::Read)?,
    }
    Ok(filter)
}

/// A part of the payouts that pass the filter, each with its commissions; an affiliate sees its own.
///
/// # Errors
/// Forbidden.
pub async fn list(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<(Payout, Vec<CommissionId>)>> {
    let filter = visible(work, filter)?;
    let payouts = rows::list(&mut work.tx, &filter, window).await?;
    let (Some(lowest), Some(highest)) = (
        payouts.iter().map(|p| p.id).min(),
        payouts.iter().map(|p| p.id).max(),
    ) else {
        return Ok(Vec::new());
    };
    let members = rows::members(&mut work.tx, lowest, highest).await?;
    Ok(payouts
        .into_iter()
        .map(|payout| {
            let gone = !rules::is_live(payout.status);
            let ids = members
                .iter()
                .filter(|m| m.payout_id == payout.id && (m.live || gone))
                .map(|m| m.commission_id)
                .collect();
            (payout, ids)
        })
        .collect())
}

/// Count and sum of what passes the filter, a row a currency.
///
/// # Errors
/// Forbidden.
pub async fn totals(work: &mut Work, filter: &Filter) -> Result<Vec<Total>> {
    let filter = visible(work, filter)?;
    Ok(rows::totals(&mut work.tx, &filter).await?)
}

/// Everyone with approved commissions in no payout: what is due, the clawback and the minimum.
///
/// # Errors
/// Forbidden.
pub async fn eligible(work: &mut Work) -> Result<Vec<Eligible>> {
    work.require(Scope::Read)?;
    Ok(rows::eligible(&mut work.tx).await?)
}

/// Whether a payout run would pay this: an approved affiliate, above zero, at or over the minimum.
#[must_use]
pub fn is_due(eligible: &Eligible) -> bool {
    let amount = eligible.commissions_total.saturating_add(eligible.clawback);
    eligible.affiliate_status == AffiliateStatus::Approved
        && amount > 0
        && amount >= eligible.minimum
}

/// Whom to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// One affiliate, whatever the minimum.
    Affiliate(AffiliateId),
    /// Every approved affiliate who has reached the minimum.
    AllEligible,
}

/// Drafts a payout a currency for one affiliate or for all who are due. Nothing due: no drafts.
///
/// # Errors
/// Forbidden without the scope `payout`; invalid for an unknown affiliate.
pub async fn create(work: &mut Work, whom: Whom) -> Result<Vec<PayoutId>> {
    work.require(Scope::Payout)?;
    ledger::order_to_pay(work).await?;
    let due: Vec<(AffiliateId, Currency)> = match whom {
        Whom::Affiliate(affiliate) => {
            if store::programme::affiliate::find(&mut work.tx, affiliate)
                .await?
                .is_none()
            {
                return Err(invalid("affiliate_id", "no such affiliate"));
            }
            rows::currencies(&mut work.tx, affiliate)
                .await?
                .into_iter()
                .map(|currency| (affiliate, currency))
                .collect()
        }
        Whom::AllEligible => {
            let eligible = rows::eligible(&mut work.tx).await?;
            eligible
                .iter()
                .filter(|e| is_due(e))
                .map(|e| (e.affiliate_id, e.currency))
                .collect()
        }
    };
    let mut made = Vec::new();
    for (affiliate, currency) in due {
        let approved = commissions::approved_of(&mut work.tx, affiliate, currency).await?;
        made.extend(draft(work, affiliate, currency, &approved, None, "").await?);
    }
    Ok(made)
}

/// Drafts one payout of these approved commissions, all there are or only one, and what is carried
/// forward; none when that is not above zero.
async fn draft(
    work: &mut Work,
    affiliate: AffiliateId,
    currency: Currency,
    approved: &[Commission],
    only: Option<CommissionId>,
    note: &str,
) -> Result<Option<PayoutId>> {
    let payables = approved
        .iter()
        .map(|c| {
            Ok(Payable {
                commission_id: c.id,
                amount: figures(c).payable()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let clawback = ledger::clawback(work, affiliate, currency).await?;
    let Ok(planned) = rules::draft(&payables, clawback, None) else {
        return Ok(None);
    };
    let method = store::programme::affiliate::find(&mut work.tx, affiliate)
        .await?
        .and_then(|a| a.payout_method);
    let method = match method {
        Some(method) => method,
        None => setting::get(work).await?.payout_method,
    };
    let plan = Plan {
        affiliate_id: affiliate,
        currency,
        commissions_total: planned.commissions_total,
        carried_forward: planned.carried_forward,
        method,
        only,
        before: None,
        note,
    };
    let id = draft_planned(work, plan).await?;
    audit::record(work, "payout.draft", "payout", &id.to_string(), "").await?;
    Ok(Some(id))
}

/// A payout that was decided on: what it takes and what that adds up to.
pub(crate) struct Plan<'a> {
    /// Who is paid.
    pub affiliate_id: AffiliateId,
    /// In what.
    pub currency: Currency,
    /// What the commissions add up to; another sum by then is a conflict.
    pub commissions_total: i64,
    /// What is taken off: zero or below.
    pub carried_forward: i64,
    /// How it will be paid.
    pub method: String,
    /// This commission and no other.
    pub only: Option<CommissionId>,
    /// Commissions that were approved before.
    pub before: Option<UnixMs>,
    /// What staff is told.
    pub note: &'a str,
}

/// Stores a draft: its commissions are taken by their state, so that none can be in two.
pub(crate) async fn draft_planned(work: &mut Work, plan: Plan<'_>) -> Result<PayoutId> {
    let Plan {
        affiliate_id,
        currency,
        commissions_total,
        carried_forward,
        method,
        only,
        before,
        note,
    } = plan;
    let id: PayoutId = work.new_id();
    let new = NewPayout {
        id,
        number: ledger::next_payout_number(work)?,
        affiliate_id,
        currency,
        commissions_total,
        carried_forward,
        method,
        note: note.to_owned(),
        created_at_ms: work.now,
        lines: Vec::new(),
    };
    rows::insert(&mut work.tx, &new).await?;
    let whose = (affiliate_id, currency);
    let claimed = commissions::claim(&mut work.tx, id, whose, only, before, work.now).await?;
    let sum = claimed
        .iter()
        .try_fold(0_i64, |sum, claimed| sum.checked_add(claimed.amount));
    if sum != Some(commissions_total) {
        return Err(conflict(
            "the commissions were changed by someone else just now",
        ));
    }
    let lines = claimed.iter().map(|c| (c.id, c.amount)).collect();
    rows::insert_lines(&mut work.tx, id, lines).await?;
    let actor = work.actor.name().to_owned();
    commissions::add_payout_steps(&mut work.tx, id, work.now, "drafted", &actor, "").await?;
    let subject = Subject {
        affiliate_id,
        currency,
        commission_id: None,
        payout_id: Some(id),
        event_id: None,
    };
    ledger::post(
        work,
        subject,
        &Movement::draft(commissions_total, carried_forward)?,
    )?;
    payout_request::fulfil(work, affiliate_id, currency, id).await?;
    work.changed(Some(affiliate_id));
    Ok(id)
}

pub(crate) async fn find(work: &mut Work, id: PayoutId) -> Result<Payout> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("payout"))
}

pub(crate) async fn set_status(work: &mut Work, payout: &Payout, to: PayoutStatus) -> Result<()> {
    let to = rules::change(payout.status, to)?;
    if !rows::set_status(&mut work.tx, payout.id, payout.status, to, work.now).await? {
        return Err(conflict("the payout was changed by someone else just now"));
    }
    work.changed(Some(payout.affiliate_id));
    Ok(())
}

fn subject(payout: &Payout) -> Subject {
    Subject {
        affiliate_id: payout.affiliate_id,
        currency: payout.currency,
        commission_id: None,
        payout_id: Some(payout.id),
        event_id: None,
    }
}

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

/// Tells the affiliate of a payout in the portal, with its number and amount.
async fn tell(work: &mut Work, payout: &Payout, kind: NotificationKind) -> Result<()> {
    let amount = domain::money::display(payout.amount, payout.currency);
    notification::tell(
        work,
        payout.affiliate_id,
        kind,
        format!("PO-{} · {amount}", payout.number),
        format!("/payouts/{}", payout.id),
    )
    .await
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
            let to = super::commission::given_back(&commission, &after)?;
            (to, "payout_returned")
        } else {
            let to = super::commission::released(&commission, &after)?;
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
    let credit = payout_credit::issue(work, id).await?;
    notice::payout_returned(work, id, credit.as_deref()).await?;
    tell(work, payout, NotificationKind::PayoutReturned).await
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

/// Count and sum by state and currency of what passes the filter, but for its state.
///
/// # Errors
/// Forbidden.
pub async fn status_totals(work: &mut Work, filter: &Filter) -> Result<Vec<rows::StatusTotal>> {
    let filter = visible(work, filter)?;
    Ok(rows::status_totals(&mut work.tx, &filter).await?)
}
