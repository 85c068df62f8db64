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

use crate::check::Checks;
use crate::crm::contact;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, setting};
use crate::messaging::notice;
use crate::portal::notification;
use crate::programme::commission::{as_seen, figures, move_to};
use crate::programme::ledger::{self, Subject};
use crate::programme::payout_method;
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
    let gone = payout.status == PayoutStatus::Cancelled;
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
            let gone = payout.status == PayoutStatus::Cancelled;
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
        made.extend(draft(work, affiliate, currency, &approved, "").await?);
    }
    Ok(made)
}

/// Drafts one payout of these approved commissions and what is carried forward; none when that is
/// not above zero.
async fn draft(
    work: &mut Work,
    affiliate: AffiliateId,
    currency: Currency,
    approved: &[Commission],
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
    let id: PayoutId = work.new_id();
    let number = ledger::next_payout_number(work)?;
    let method = match store::programme::affiliate::find(&mut work.tx, affiliate)
        .await?
        .and_then(|a| a.payout_method)
    {
        Some(method) => method,
        None => setting::get(work).await?.payout_method,
    };
    let lines: Vec<(CommissionId, i64)> = payables
        .iter()
        .filter(|p| planned.commission_ids.contains(&p.commission_id))
        .map(|p| (p.commission_id, p.amount))
        .collect();
    let new = NewPayout {
        id,
        number,
        affiliate_id: affiliate,
        currency,
        commissions_total: planned.commissions_total,
        carried_forward: planned.carried_forward,
        method,
        note: note.to_owned(),
        created_at_ms: work.now,
        lines,
    };
    rows::insert(&mut work.tx, &new).await?;
    for commission in approved
        .iter()
        .filter(|c| planned.commission_ids.contains(&c.id))
    {
        let figures = figures(commission);
        let step = ("drafted", figures.payable()?, "");
        move_to(
            work,
            commission,
            CommissionStatus::InPayout,
            figures,
            Some(id),
            step,
        )
        .await?;
    }
    let subject = Subject {
        affiliate_id: affiliate,
        currency,
        commission_id: None,
        payout_id: Some(id),
        event_id: None,
    };
    ledger::post(
        work,
        subject,
        &Movement::draft(planned.commissions_total, planned.carried_forward)?,
    )?;
    audit::record(work, "payout.draft", "payout", &id.to_string(), "").await?;
    work.changed(Some(affiliate));
    Ok(Some(id))
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
    work.require(Scope::Payout)?;
    ledger::order_to_pay(work).await?;
    let payout = find(work, id).await?;
    if payout.status != PayoutStatus::Draft {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Pending,
        }
        .into());
    }
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    set_status(work, &payout, PayoutStatus::Pending).await?;
    audit::record(work, "payout.approve", "payout", &id.to_string(), "").await?;
    find(work, id).await
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

/// Records that a payout was executed, from draft or pending.
///
/// # Errors
/// Conflict in other states, or when the affiliate changed lately where payouts go to; invalid fields, or
/// a time ahead.
pub async fn mark_paid(work: &mut Work, id: PayoutId, input: PaymentIn) -> Result<Payout> {
    work.require(Scope::Payout)?;
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
    ledger::order_to_pay(work).await?;
    let payout = find(work, id).await?;
    if !rules::is_in_our_hands(payout.status) {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Paid,
        }
        .into());
    }
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    let payment = Payment {
        method: method.unwrap_or_else(|| payout.method.clone()),
        reference,
        paid_at: Some(paid_at),
        note: note.unwrap_or_else(|| payout.note.clone()),
    };
    paid(work, &payout, &payment).await?;
    find(work, id).await
}

/// Books that a payout was executed, by whoever knows, and tells of it.
pub(crate) async fn paid(work: &mut Work, payout: &Payout, payment: &Payment) -> Result<()> {
    let id = payout.id;
    let reference = payment.reference.clone();
    set_status(work, payout, PayoutStatus::Paid).await?;
    rows::set_payment(&mut work.tx, id, payment).await?;
    for commission in commissions::of_payout(&mut work.tx, id).await? {
        let figures = figures(&commission);
        move_to(
            work,
            &commission,
            CommissionStatus::Paid,
            figures,
            Some(id),
            (
                "paid",
                figures.payable()?,
                reference.as_deref().unwrap_or(""),
            ),
        )
        .await?;
    }
    ledger::post(work, subject(payout), &Movement::pay(payout.amount)?)?;
    audit::record(
        work,
        "payout.paid",
        "payout",
        &id.to_string(),
        reference.as_deref().unwrap_or(""),
    )
    .await?;
    notice::payout_paid(work, id).await?;
    notification::tell(
        work,
        payout.affiliate_id,
        NotificationKind::PayoutPaid,
        format!(
            "PO-{} · {}",
            payout.number,
            domain::money::display(payout.amount, payout.currency)
        ),
        format!("/payouts/{id}"),
    )
    .await
}

/// Takes a draft, pending or failed payout back; its commissions are approved again, less what was refunded
/// meanwhile.
///
/// # Errors
/// Conflict in other states.
pub async fn cancel(work: &mut Work, id: PayoutId) -> Result<Payout> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    take_back(work, id, "").await?;
    audit::record(work, "payout.cancel", "payout", &id.to_string(), "").await?;
    find(work, id).await
}

/// Cancels a draft of which refunds left nothing to pay.
pub(crate) async fn cancel_emptied(work: &mut Work, id: PayoutId) -> Result<()> {
    take_back(work, id, "Refunds left nothing to pay").await
}

async fn take_back(work: &mut Work, id: PayoutId, note: &str) -> Result<()> {
    let payout = find(work, id).await?;
    set_status(work, &payout, PayoutStatus::Cancelled).await?;
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
        let to = super::commission::released(&commission, &after)?;
        move_to(
            work,
            &commission,
            to,
            after,
            None,
            ("payout_cancelled", after.payable()?, note),
        )
        .await?;
    }
    if payout.commissions_total != 0 || payout.carried_forward != 0 {
        ledger::post(
            work,
            subject(&payout),
            &Movement::cancel_payout(payout.commissions_total, payout.carried_forward, settled)?,
        )?;
    }
    Ok(())
}

/// Pays one approved commission by hand: a payout of one line, drafted and marked paid. Clawbacks
/// are carried as in any payout.
///
/// # Errors
/// Conflict when it is not approved, or clawbacks leave nothing to pay.
pub async fn pay_commission(work: &mut Work, id: CommissionId, input: PaymentIn) -> Result<Payout> {
    work.require(Scope::Payout)?;
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
