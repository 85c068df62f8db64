//! Referrals: approval, refusal, checks.

use domain::id::{BulkActId, ReferralId};
use domain::referral::{self as rules, Refused};
use domain::status::{CommissionStatus, ReferralStatus, Scope};
use store::list::Window;
use store::programme::commission::{self as commissions, StatusTotal};
use store::programme::referral::{self as rows, Check, Filter, Referral};

use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::audit;
use crate::programme::{bulk_act as bulk, commission, ledger};
use crate::work::Work;

impl From<Refused> for ServiceError {
    fn from(error: Refused) -> Self {
        conflict(error.to_string())
    }
}

/// The referral with this id.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: ReferralId) -> Result<Referral> {
    work.require(Scope::Read)?;
    find(work, id).await
}

async fn find(work: &mut Work, id: ReferralId) -> Result<Referral> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("referral"))
}

/// The checks made on a referral.
///
/// # Errors
/// As [`get`].
pub async fn checks(work: &mut Work, id: ReferralId) -> Result<Vec<Check>> {
    get(work, id).await?;
    Ok(rows::checks(&mut work.tx, id).await?)
}

/// A part of the referrals that pass the filter.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Referral>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// The checks on a page of referrals, oldest first: each with the referral it was made on.
///
/// # Errors
/// Forbidden.
pub async fn checks_of(
    work: &mut Work,
    referrals: &[Referral],
) -> Result<Vec<(ReferralId, Check)>> {
    // Whoever decides on a referral is shown it, also without the scope `read`.
    if !work.actor.may(Scope::Manage) {
        work.require(Scope::Read)?;
    }
    let (Some(lowest), Some(highest)) = (
        referrals.iter().map(|r| r.id).min(),
        referrals.iter().map(|r| r.id).max(),
    ) else {
        return Ok(Vec::new());
    };
    Ok(rows::checks_between(&mut work.tx, lowest, highest).await?)
}

/// How many referrals pass the filter.
///
/// # Errors
/// Forbidden.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// Approves a referral; commissions on it that approve themselves and are due follow.
///
/// # Errors
/// Conflict when it is not pending.
pub async fn approve(work: &mut Work, id: ReferralId) -> Result<Referral> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let referral = find(work, id).await?;
    let to = rules::approve(referral.status)?;
    rows::set_status(&mut work.tx, id, to, None, Some(work.now)).await?;
    for line in commissions::of_referral(&mut work.tx, id).await? {
        commission::approve_if_ready(work, line.id).await?;
    }
    audit::record(work, "referral.approve", "referral", &id.to_string(), "").await?;
    work.changed(Some(referral.affiliate_id));
    find(work, id).await
}

/// Refuses a referral and what it has earned; later events on it earn nothing.
///
/// # Errors
/// Conflict when it is rejected already, or one of its commissions is in a payout or paid; invalid
/// without a reason.
pub async fn reject(work: &mut Work, id: ReferralId, reason: &str) -> Result<Referral> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", reason, 1..=1000);
    checks.done()?;
    ledger::order(work).await?;
    let referral = find(work, id).await?;
    let lines = commissions::of_referral(&mut work.tx, id).await?;
    let states: Vec<CommissionStatus> = lines.iter().map(|line| line.status).collect();
    let to = rules::reject(referral.status, &states)?;
    rows::set_status(&mut work.tx, id, to, Some(&reason), Some(work.now)).await?;
    for line in &lines {
        commission::reject_for_referral(work, line, &reason).await?;
    }
    audit::record(
        work,
        "referral.reject",
        "referral",
        &id.to_string(),
        &reason,
    )
    .await?;
    work.changed(Some(referral.affiliate_id));
    find(work, id).await
}

/// Takes a decision back: the referral is pending again, and what was rejected with it too. Commissions
/// that were rejected by themselves stay rejected until they are undone one by one.
///
/// # Errors
/// Conflict when it is pending, or a commission on it is approved or further.
pub async fn undo(work: &mut Work, id: ReferralId) -> Result<Referral> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let referral = find(work, id).await?;
    let lines = commissions::of_referral(&mut work.tx, id).await?;
    let states: Vec<CommissionStatus> = lines.iter().map(|line| line.status).collect();
    let to = rules::undo(referral.status, &states)?;
    rows::set_status(&mut work.tx, id, to, None, None).await?;
    if referral.status == ReferralStatus::Rejected {
        for line in &lines {
            commission::undo_for_referral(work, line, referral.decided_at_ms).await?;
        }
    }
    audit::record(work, "referral.undo", "referral", &id.to_string(), "").await?;
    work.changed(Some(referral.affiliate_id));
    find(work, id).await
}

/// Which referrals a bulk act is about.
pub type Selection = bulk::Selection<ReferralId, Filter>;

/// What a bulk act on referrals did.
pub type BulkResult = bulk::BulkResult<ReferralId>;

/// How acts on referrals are noted.
const NOUN: &str = "referral";

/// The ids a selection stands for: of a filter without a state the pending ones.
///
/// # Errors
/// Forbidden; invalid when more than 5,000.
pub async fn select(work: &mut Work, selection: &Selection) -> Result<Vec<ReferralId>> {
    work.require(Scope::Manage)?;
    let ids: Vec<ReferralId> = match selection {
        Selection::Ids(ids) => ids.clone(),
        Selection::Filter(filter) => {
            let filter = Filter {
                status: Some(filter.status.unwrap_or(ReferralStatus::Pending)),
                ..*filter.clone()
            };
            rows::list(
                &mut work.tx,
                &filter,
                Window::first(rows::OLDEST, bulk::limit()),
            )
            .await?
            .into_iter()
            .map(|r| r.id)
            .collect()
        }
    };
    bulk::require_few(&ids)?;
    Ok(ids)
}

/// What these referrals have earned and could lose or be freed: pending and approved commissions on
/// them, a row a state and currency; a state and currency may come more than once.
///
/// # Errors
/// Forbidden.
pub async fn money_of(work: &mut Work, ids: &[ReferralId]) -> Result<Vec<StatusTotal>> {
    work.require(Scope::Read)?;
    Ok(commissions::status_totals_of_referrals(&mut work.tx, ids).await?)
}

/// Approves what can be approved and tells why the rest cannot.
///
/// # Errors
/// Forbidden; invalid when more than 5,000.
pub async fn approve_many(work: &mut Work, selection: &Selection) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let mut result = BulkResult::default();
    for id in select(work, selection).await? {
        let outcome = approve(work, id).await;
        result.sort(id, outcome.map(|_| ()))?;
    }
    result.note(work, NOUN, "approve").await?;
    Ok(result)
}

/// Refuses what can be refused, with what it has earned, and tells why the rest cannot.
///
/// # Errors
/// As [`approve_many`]; invalid without a reason.
pub async fn reject_many(
    work: &mut Work,
    selection: &Selection,
    reason: &str,
) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", reason, 1..=1000);
    checks.done()?;
    ledger::order(work).await?;
    let mut result = BulkResult::default();
    for id in select(work, selection).await? {
        let outcome = reject(work, id, &reason).await;
        result.sort(id, outcome.map(|_| ()))?;
    }
    result.note(work, NOUN, "reject").await?;
    Ok(result)
}

/// Takes a decision on many back, as far as each is still as it was decided: those are pending again.
///
/// # Errors
/// Forbidden; conflict when there is no such act, or it was undone before.
pub async fn undo_many(work: &mut Work, act: BulkActId) -> Result<BulkResult> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    let (approved, ids) = bulk::undo(work, NOUN, act).await?;
    let decided = if approved {
        ReferralStatus::Approved
    } else {
        ReferralStatus::Rejected
    };
    let mut result = BulkResult::default();
    for id in ids {
        let outcome = match find(work, id).await {
            Ok(referral) if referral.status == decided => undo(work, id).await,
            Ok(referral) => Err(conflict(format!("it is {} by now", referral.status))),
            Err(error) => Err(error),
        };
        result.sort(id, outcome.map(|_| ()))?;
    }
    Ok(result)
}

/// A check to note on a referral.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// What was checked: `fraud`, `kyc`, `deposit`, `bonus` or a word of one's own.
    pub kind: String,
    /// Whether it went well.
    pub passed: bool,
    /// What was found.
    pub note: String,
}

/// Notes a check.
///
/// # Errors
/// Not found; invalid kind or note.
pub async fn add_check(work: &mut Work, id: ReferralId, new: NewCheck) -> Result<Check> {
    work.require(Scope::Manage)?;
    let NewCheck { kind, passed, note } = new;
    let mut checks = Checks::new();
    let kind = checks.text("kind", &kind, 1..=40);
    let note = checks.text("note", &note, 0..=1000);
    checks.done()?;
    find(work, id).await?;
    let check = Check {
        id: work.new_id(),
        kind,
        passed,
        note,
        actor_name: work.actor.name().to_owned(),
        at_ms: work.now,
    };
    rows::insert_check(&mut work.tx, id, &check).await?;
    audit::record(
        work,
        "referral.check",
        "referral",
        &id.to_string(),
        &check.kind,
    )
    .await?;
    Ok(check)
}

/// What staff note on a referral; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ReferralPatch {
    /// Up to 2,000 characters.
    pub note: Option<String>,
    /// As [`domain::tag`] takes them; replaces the whole list.
    pub tags: Option<Vec<String>>,
}

/// Changes the note and tags of a referral.
///
/// # Errors
/// Not found; invalid when too long.
pub async fn patch(work: &mut Work, id: ReferralId, patch: ReferralPatch) -> Result<Referral> {
    work.require(Scope::Manage)?;
    let ReferralPatch { note, tags } = patch;
    let mut checks = Checks::new();
    let note = note.map(|note| checks.text("note", &note, 0..=2000));
    let tags = tags.map(|tags| {
        domain::tag::column(&tags).unwrap_or_else(|error| {
            checks.fail("tags", error.to_string());
            String::new()
        })
    });
    checks.done()?;
    let referral = find(work, id).await?;
    rows::set_remarks(
        &mut work.tx,
        id,
        &note.unwrap_or(referral.note),
        &tags.unwrap_or(referral.tags),
    )
    .await?;
    audit::record(work, "referral.remark", "referral", &id.to_string(), "").await?;
    work.changed(Some(referral.affiliate_id));
    find(work, id).await
}

/// How many referrals that pass the filter, but for its state, are in each state.
///
/// # Errors
/// Forbidden.
pub async fn status_counts(work: &mut Work, filter: &Filter) -> Result<Vec<rows::StatusCount>> {
    work.require(Scope::Read)?;
    Ok(rows::status_counts(&mut work.tx, filter).await?)
}

/// These referrals, oldest first; what is not there is left out.
///
/// # Errors
/// Forbidden.
pub async fn some(work: &mut Work, ids: &[ReferralId]) -> Result<Vec<Referral>> {
    work.require(Scope::Read)?;
    Ok(rows::some(&mut work.tx, ids).await?)
}
