//! Drafts of what is due.

use domain::id::{AffiliateId, CommissionId, PayoutId};
use domain::ledger::Movement;
use domain::money::Currency;
use domain::payout::{self as rules, Payable};
use domain::status::{AffiliateStatus, Scope};
use domain::time::UnixMs;
use store::programme::commission::{self as commissions, Commission};
use store::programme::payout::{self as rows, Eligible, NewPayout};

use crate::error::{Result, conflict, invalid};
use crate::identity::{audit, setting};
use crate::programme::commission::figures;
use crate::programme::ledger::{self, Subject};
use crate::programme::payout_request;
use crate::work::Work;

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
pub(super) async fn draft(
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
