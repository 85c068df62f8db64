//! An affiliate asks to be paid, where payouts are made on request.

use domain::id::{AffiliateId, PayoutId, PayoutRequestId};
use domain::money::{Currency, display};
use domain::status::{AffiliateStatus, PayoutFrequency, PayoutRequestState, Scope};
use store::programme::affiliate;
use store::programme::payout_request as rows;
pub use store::programme::payout_request::PayoutRequest;
use store::programme::payout_rule as rules;

use crate::actor::Actor;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::audit;
use crate::programme::{ledger, payout_rule};
use crate::work::Work;

/// Requests that the owner's page lists.
const SHOWN_MAX: i64 = 50;

/// What an affiliate could ask for in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// In what.
    pub currency: Currency,
    /// What is approved, less what is carried, minor units.
    pub amount: i64,
    /// The least that is paid.
    pub minimum: i64,
    /// A request that waits for its answer.
    pub open: Option<PayoutRequestId>,
    /// Whether a request would be taken now.
    pub may: bool,
}

/// What the affiliate of this work could ask for, a row a currency with something approved; nothing where
/// payouts are made by date.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn askings(work: &mut Work) -> Result<Vec<Asking>> {
    let own = work.actor.affiliate()?;
    let rule = payout_rule::of_affiliate(work, own).await?;
    if rule.frequency != PayoutFrequency::OnRequest {
        return Ok(Vec::new());
    }
    let status = affiliate::find(&mut work.tx, own)
        .await?
        .ok_or(not_found("affiliate"))?
        .status;
    let open = rows::list(
        &mut work.tx,
        Some(PayoutRequestState::Open),
        Some(own),
        SHOWN_MAX,
    )
    .await?;
    let mut askings = Vec::new();
    for (currency, balance) in ledger::balances(work, own).await? {
        let amount = balance.approved.saturating_add(balance.clawback);
        let open = open
            .iter()
            .find(|request| request.currency == currency)
            .map(|request| request.id);
        if balance.approved <= 0 && open.is_none() {
            continue;
        }
        let minimum = rules::minimum_of(&mut work.tx, own, currency).await?;
        let may = status == AffiliateStatus::Approved
            && open.is_none()
            && amount > 0
            && amount >= minimum;
        askings.push(Asking {
            currency,
            amount,
            minimum,
            open,
            may,
        });
    }
    Ok(askings)
}

/// The affiliate who acts asks to be paid what is approved in a currency.
///
/// # Errors
/// A conflict when it is not enough, asked for already, or payouts are made by date; forbidden for everybody but
/// affiliates in the portal.
pub async fn ask(work: &mut Work, currency: Currency) -> Result<()> {
    let own = acting(work)?;
    let asking = askings(work)
        .await?
        .into_iter()
        .find(|asking| asking.currency == currency)
        .ok_or_else(|| conflict("there is nothing to ask for now"))?;
    if asking.open.is_some() {
        return Err(conflict("you have asked for this payout already"));
    }
    if !asking.may {
        return Err(conflict(format!(
            "a payout can be asked for from {} on",
            display(asking.minimum.max(1), currency)
        )));
    }
    let id: PayoutRequestId = work.new_id();
    if !rows::insert(&mut work.tx, id, own, currency, asking.amount, work.now).await? {
        return Err(conflict("you have asked for this payout already"));
    }
    let text = format!("asked for a payout of {}", display(asking.amount, currency));
    audit::record(work, "payout.ask", "affiliate", &own.to_string(), &text).await?;
    work.changed(Some(own));
    Ok(())
}

fn acting(work: &Work) -> Result<AffiliateId> {
    match work.actor {
        Actor::Account {
            affiliate: Some(own),
            ..
        } => Ok(own),
        _ => Err(ServiceError::Forbidden(
            "only the affiliate may do this".to_owned(),
        )),
    }
}

/// The affiliate who acts takes a request back.
///
/// # Errors
/// Not found for another's; a conflict when it is answered.
pub async fn withdraw(work: &mut Work, id: PayoutRequestId) -> Result<()> {
    let own = acting(work)?;
    let open = rows::list(&mut work.tx, None, Some(own), SHOWN_MAX).await?;
    if !open.iter().any(|request| request.id == id) {
        return Err(not_found("payout request"));
    }
    end(work, id, own, PayoutRequestState::Withdrawn).await
}

async fn end(
    work: &mut Work,
    id: PayoutRequestId,
    affiliate: AffiliateId,
    state: PayoutRequestState,
) -> Result<()> {
    if !rows::settle(&mut work.tx, id, state, work.now).await? {
        return Err(conflict("this request has been answered already"));
    }
    let text = match state {
        PayoutRequestState::Withdrawn => "took back the wish for a payout",
        _ => "turned down the wish for a payout",
    };
    audit::record(
        work,
        "payout.ask_end",
        "affiliate",
        &affiliate.to_string(),
        text,
    )
    .await?;
    work.changed(Some(affiliate));
    Ok(())
}

/// The requests that wait, the newest first.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn open(work: &mut Work) -> Result<Vec<PayoutRequest>> {
    work.require(Scope::Read)?;
    let state = Some(PayoutRequestState::Open);
    Ok(rows::list(&mut work.tx, state, None, SHOWN_MAX).await?)
}

/// Turns a request down.
///
/// # Errors
/// Not found; a conflict when it is answered; forbidden without the scope `payout`.
pub async fn decline(work: &mut Work, id: PayoutRequestId) -> Result<()> {
    work.require(Scope::Payout)?;
    let open = rows::list(&mut work.tx, Some(PayoutRequestState::Open), None, i64::MAX).await?;
    let request = open
        .into_iter()
        .find(|request| request.id == id)
        .ok_or(not_found("payout request"))?;
    end(work, id, request.affiliate_id, PayoutRequestState::Declined).await
}

/// Notes the payout that answers what an affiliate has asked for, if it has.
pub(crate) async fn fulfil(
    work: &mut Work,
    affiliate: AffiliateId,
    currency: Currency,
    payout: PayoutId,
) -> Result<()> {
    Ok(rows::fulfil(&mut work.tx, affiliate, currency, payout, work.now).await?)
}
