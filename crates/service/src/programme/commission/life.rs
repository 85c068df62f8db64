//! A commission's moves from state to state.

use domain::commission::{Figures, Refused, Standing};
use domain::id::{AffiliateId, CampaignId, CommissionId, EventId, PayoutId};
use domain::ledger::{Movement, Place};
use domain::money::{Currency, display};
use domain::status::{CommissionStatus, NotificationKind, ReferralStatus, Scope};
use domain::time::UnixMs;
use store::programme::commission::{self as rows, Change, Commission, NewCommission, Step};

use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, business};
use crate::portal::notification;
use crate::programme::ledger::{self, Subject};
use crate::work::Work;

/// The largest adjustment, in minor units: a typing error is nearer than a larger one.
const ADJUSTMENT_MAX: i64 = 1_000_000_000_000;
/// The longest note, in characters.
pub(super) const NOTE_MAX: usize = 1000;

impl From<Refused> for ServiceError {
    fn from(error: Refused) -> Self {
        match error {
            Refused::BelowZero => invalid("amount", &error.to_string()),
            Refused::TooLarge(_) => invalid("amount", "the amount is too large"),
            _ => conflict(error.to_string()),
        }
    }
}

/// The amounts of a commission as the rules take them.
pub(crate) const fn figures(commission: &Commission) -> Figures {
    Figures {
        amount: commission.amount,
        adjusted: commission.adjusted,
        reversed: commission.reversed,
        clawed_back: commission.clawed_back,
    }
}

pub(super) fn standing(commission: &Commission) -> Standing {
    Standing {
        status: commission.status,
        // Clicks wait for nobody's referral.
        referral: if commission.is_for_clicks() {
            Some(ReferralStatus::Approved)
        } else {
            commission.referral_status
        },
        hold_until: commission.hold_until_ms.unwrap_or(UnixMs(0)),
        auto_approve: commission.auto_approve,
    }
}

pub(super) async fn find(work: &mut Work, id: CommissionId) -> Result<Commission> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("commission"))
}

pub(super) fn subject(commission: &Commission) -> Subject {
    Subject {
        affiliate_id: commission.affiliate_id,
        currency: commission.currency,
        commission_id: Some(commission.id),
        payout_id: commission.payout_id,
        event_id: commission.event_id,
    }
}

/// Writes a new state and amounts, with a step in the history. `amount` is what the step moved.
pub(crate) async fn move_to(
    work: &mut Work,
    commission: &Commission,
    to: CommissionStatus,
    figures: Figures,
    payout_id: Option<PayoutId>,
    (kind, amount, note): (&str, i64, &str),
) -> Result<()> {
    let change = Change {
        from: commission.status,
        to,
        adjusted: figures.adjusted,
        reversed: figures.reversed,
        clawed_back: figures.clawed_back,
        payout_id,
        at: work.now,
    };
    if !rows::change(&mut work.tx, commission.id, change).await? {
        return Err(conflict(
            "the commission was changed by someone else just now",
        ));
    }
    let step = Step {
        at_ms: work.now,
        kind: kind.to_owned(),
        status: to,
        amount,
        actor_name: work.actor.name().to_owned(),
        note: note.to_owned(),
    };
    rows::add_step(&mut work.tx, commission.id, &step).await?;
    work.changed(Some(commission.affiliate_id));
    Ok(())
}

/// Approves a pending commission whose referral is approved.
///
/// # Errors
/// Conflict when the state, the referral or an unexpired hold forbids it; with `release_hold` a note
/// is required.
pub async fn approve(
    work: &mut Work,
    id: CommissionId,
    release_hold: bool,
    note: Option<&str>,
) -> Result<Commission> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let note = checks.optional_text("note", note, NOTE_MAX);
    checks.that(
        !release_hold || note.is_some(),
        "note",
        "is required to release a hold",
    );
    checks.done()?;
    ledger::order(work).await?;
    let commission = find(work, id).await?;
    approve_found(
        work,
        &commission,
        release_hold,
        note.as_deref().unwrap_or(""),
    )
    .await?;
    audit::record(
        work,
        "commission.approve",
        "commission",
        &id.to_string(),
        note.as_deref().unwrap_or(""),
    )
    .await?;
    find(work, id).await
}

async fn approve_found(
    work: &mut Work,
    commission: &Commission,
    release_hold: bool,
    note: &str,
) -> Result<CommissionStatus> {
    let to = standing(commission).approve(work.now, release_hold)?;
    let figures = figures(commission);
    let payable = figures.payable()?;
    move_to(
        work,
        commission,
        to,
        figures,
        commission.payout_id,
        ("approved", payable, note),
    )
    .await?;
    if payable != 0 {
        ledger::post(work, subject(commission), &Movement::approve(payable)?)?;
    }
    if payable > 0 {
        notification::tell(
            work,
            commission.affiliate_id,
            NotificationKind::CommissionApproved,
            display(payable, commission.currency),
            format!("/commissions/{}", commission.id),
        )
        .await?;
    }
    Ok(to)
}

/// Approves a commission that approves itself and is due. Does nothing otherwise.
pub(crate) async fn approve_if_ready(work: &mut Work, id: CommissionId) -> Result<()> {
    let mut commission = find(work, id).await?;
    approve_if_due(work, &mut commission).await
}

/// [`approve_if_ready`] for a commission at hand as it is stored; it is so afterwards, too.
pub(crate) async fn approve_if_due(work: &mut Work, commission: &mut Commission) -> Result<()> {
    if standing(commission).may_auto_approve(work.now) {
        let to = approve_found(work, commission, false, "Approved by its rule").await?;
        (commission.status, commission.updated_at_ms) = (to, work.now);
    }
    Ok(())
}

/// Refuses a pending commission.
///
/// # Errors
/// Conflict when it is not pending; invalid without a reason.
pub async fn reject(work: &mut Work, id: CommissionId, reason: &str) -> Result<Commission> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", reason, 1..=NOTE_MAX);
    checks.done()?;
    ledger::order(work).await?;
    let commission = find(work, id).await?;
    reject_found(work, &commission, "rejected", &reason).await?;
    audit::record(
        work,
        "commission.reject",
        "commission",
        &id.to_string(),
        &reason,
    )
    .await?;
    find(work, id).await
}

async fn reject_found(
    work: &mut Work,
    commission: &Commission,
    kind: &str,
    reason: &str,
) -> Result<()> {
    let to = standing(commission).reject()?;
    let figures = figures(commission);
    let payable = figures.payable()?;
    move_to(
        work,
        commission,
        to,
        figures,
        commission.payout_id,
        (kind, payable, reason),
    )
    .await?;
    if payable > 0 {
        ledger::post(work, subject(commission), &Movement::reject(payable)?)?;
    }
    Ok(())
}

/// The step of a commission that was rejected because its referral was.
const WITH_REFERRAL: &str = "rejected_with_referral";

/// Refuses what a refused referral has earned: approved ones go back to pending first.
pub(crate) async fn reject_for_referral(
    work: &mut Work,
    commission: &Commission,
    reason: &str,
) -> Result<()> {
    match commission.status {
        CommissionStatus::Pending => reject_found(work, commission, WITH_REFERRAL, reason).await,
        CommissionStatus::Approved => {
            unapprove(work, commission, "The referral was rejected").await?;
            let pending = find(work, commission.id).await?;
            reject_found(work, &pending, WITH_REFERRAL, reason).await
        }
        _ => Ok(()),
    }
}

/// Takes back what [`reject_for_referral`] did, now that its referral is pending again. A commission that a
/// person rejected by itself stays rejected.
pub(crate) async fn undo_for_referral(
    work: &mut Work,
    commission: &Commission,
    decided_at: Option<UnixMs>,
) -> Result<()> {
    if commission.status != CommissionStatus::Rejected {
        return Ok(());
    }
    let steps = rows::steps(&mut work.tx, commission.id).await?;
    let with_it = steps.last().is_some_and(|step| {
        // Histories from before there was this kind of step tell it by the time.
        step.kind == WITH_REFERRAL || Some(step.at_ms) == decided_at
    });
    if with_it {
        undo(work, commission.id).await?;
    }
    Ok(())
}

async fn unapprove(work: &mut Work, commission: &Commission, note: &str) -> Result<()> {
    let figures = figures(commission);
    let payable = figures.payable()?;
    move_to(
        work,
        commission,
        CommissionStatus::Pending,
        figures,
        commission.payout_id,
        ("undone", payable, note),
    )
    .await?;
    if payable > 0 {
        ledger::post(work, subject(commission), &Movement::unapprove(payable)?)?;
    }
    Ok(())
}

/// Takes an approval or refusal back: the commission is pending again, with the share of its sale that is
/// left: what was refunded meanwhile is taken off, what a won dispute gave again is there again.
///
/// # Errors
/// Conflict when it is in a payout, paid or reversed, or a free adjustment.
pub async fn undo(work: &mut Work, id: CommissionId) -> Result<Commission> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let commission = find(work, id).await?;
    standing(&commission).undo()?;
    rows::stop_auto_approval(&mut work.tx, id).await?;
    if commission.status == CommissionStatus::Approved {
        unapprove(work, &commission, "").await?;
    } else {
        unreject(work, &commission).await?;
    }
    audit::record(work, "commission.undo", "commission", &id.to_string(), "").await?;
    find(work, id).await
}

async fn unreject(work: &mut Work, commission: &Commission) -> Result<()> {
    let before = figures(commission);
    let payable = before.payable()?;
    move_to(
        work,
        commission,
        CommissionStatus::Pending,
        before,
        commission.payout_id,
        ("undone", payable, ""),
    )
    .await?;
    if payable > 0 {
        ledger::post(work, subject(commission), &Movement::unreject(payable)?)?;
    }
    // What was refunded while it was rejected found nothing to take back, and a dispute that was won nothing
    // to give again to: they do now. A lead, or a sale of zero, has no share that could be gone.
    if let Some(event) = commission.event_id
        && let Some(sale) = store::programme::event::find(&mut work.tx, event).await?
        && sale.amount > 0
    {
        let because = |note| super::Cause {
            event_id: sale.id,
            note,
        };
        let (gone, of) = (sale.refunded, sale.amount);
        let pending = find(work, commission.id).await?;
        let cause = because("The sale was refunded");
        super::reverse(work, &pending, gone, of, cause).await?;
        let pending = find(work, commission.id).await?;
        let cause = because("The dispute was won");
        super::restore(work, &pending, gone, of, cause).await?;
    }
    Ok(())
}

/// Corrects the amount of a pending or approved commission by `delta` minor units; the amount itself
/// stays as it was earned.
///
/// # Errors
/// Conflict in other states; invalid when less than nothing would be left, or without a note.
pub async fn adjust(
    work: &mut Work,
    id: CommissionId,
    delta: i64,
    note: &str,
) -> Result<Commission> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let note = checks.text("note", note, 1..=NOTE_MAX);
    checks.range("amount", delta, -ADJUSTMENT_MAX..=ADJUSTMENT_MAX);
    checks.that(delta != 0, "amount", "must not be zero");
    checks.done()?;
    ledger::order(work).await?;
    let commission = find(work, id).await?;
    let before = figures(&commission);
    let after = Figures {
        adjusted: standing(&commission).adjust(&before, delta)?,
        ..before
    };
    let place = if commission.status == CommissionStatus::Pending {
        Place::Pending
    } else {
        Place::Approved
    };
    move_to(
        work,
        &commission,
        commission.status,
        after,
        commission.payout_id,
        ("adjusted", delta, &note),
    )
    .await?;
    ledger::post(work, subject(&commission), &Movement::adjust(delta, place)?)?;
    audit::record(
        work,
        "commission.adjust",
        "commission",
        &id.to_string(),
        &note,
    )
    .await?;
    find(work, id).await
}

/// A bonus or correction that no event made.
#[derive(Debug, Clone)]
pub struct FreeAdjustment {
    /// Who gets it, or gives it back.
    pub affiliate_id: AffiliateId,
    /// Minor units, not zero.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
    /// Why.
    pub note: String,
}

/// Makes a free adjustment; it is approved at once and has no referral.
///
/// # Errors
/// Not found for an unknown affiliate; invalid amount or note.
pub async fn adjust_freely(work: &mut Work, input: FreeAdjustment) -> Result<Commission> {
    work.require(Scope::Manage)?;
    let FreeAdjustment {
        affiliate_id,
        amount,
        currency,
        note,
    } = input;
    let mut checks = Checks::new();
    let note = checks.text("note", &note, 1..=NOTE_MAX);
    checks.range("amount", amount, -ADJUSTMENT_MAX..=ADJUSTMENT_MAX);
    checks.that(amount != 0, "amount", "must not be zero");
    checks.done()?;
    ledger::order(work).await?;
    if store::programme::affiliate::find(&mut work.tx, affiliate_id)
        .await?
        .is_none()
    {
        return Err(invalid("affiliate_id", "no such affiliate"));
    }
    let grant = Grant {
        affiliate_id,
        campaign_id: None,
        level: 0,
        currency,
        amount,
        note: &note,
        kind: "adjustment",
        event_id: None,
    };
    let movement = Movement::adjust(amount, Place::Approved)?;
    let id = grant_approved(work, grant, &movement).await?;
    audit::record(
        work,
        "commission.adjustment",
        "commission",
        &id.to_string(),
        &note,
    )
    .await?;
    find(work, id).await
}

/// A commission that no rule made.
pub(super) struct Grant<'a> {
    pub(super) affiliate_id: AffiliateId,
    pub(super) campaign_id: Option<CampaignId>,
    pub(super) level: i64,
    pub(super) currency: Currency,
    /// Minor units.
    pub(super) amount: i64,
    pub(super) note: &'a str,
    /// The word of the first step of its life.
    pub(super) kind: &'static str,
    /// The event that the ledger books it for.
    pub(super) event_id: Option<EventId>,
}

/// Stores a commission that no rule made, approved at once, and books its movement.
pub(super) async fn grant_approved(
    work: &mut Work,
    grant: Grant<'_>,
    movement: &Movement,
) -> Result<CommissionId> {
    let Grant {
        affiliate_id,
        campaign_id,
        level,
        currency,
        amount,
        note,
        kind,
        event_id,
    } = grant;
    let zone = business::zone(work).await?;
    let new = NewCommission {
        id: work.new_id(),
        affiliate_id,
        referral_id: None,
        event_id: None,
        campaign_id,
        contact_id: None,
        rule: None,
        level,
        currency,
        base_amount: 0,
        amount,
        status: CommissionStatus::Approved,
        hold_until_ms: None,
        auto_approve: false,
        note: note.to_owned(),
        explanation: "{}".to_owned(),
        created_at_ms: work.now,
        day: work.now.day_in(&zone),
    };
    rows::insert(&mut work.tx, std::slice::from_ref(&new)).await?;
    let step = Step {
        at_ms: work.now,
        kind: kind.to_owned(),
        status: CommissionStatus::Approved,
        amount,
        actor_name: work.actor.name().to_owned(),
        note: note.to_owned(),
    };
    rows::add_step(&mut work.tx, new.id, &step).await?;
    let subject = Subject {
        affiliate_id,
        currency,
        commission_id: Some(new.id),
        payout_id: None,
        event_id,
    };
    ledger::post(work, subject, movement)?;
    work.changed(Some(affiliate_id));
    Ok(new.id)
}
