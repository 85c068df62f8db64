//! Commissions: what affiliates earn.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::App;
use service::domain::id::{
    AffiliateId, CampaignId, CommissionId, ContactId, EventId, GroupId, PayoutId, ReferralId,
    RuleId,
};
use service::domain::money::Currency;
use service::domain::status::CommissionStatus;
use service::domain::time::UnixMs;
use service::programme::commission::{self, BulkResult, FreeAdjustment, Selection};
use service::programme::payout;
use service::store::programme::commission::{Commission, Filter, NEWEST, Step};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::date::{self, Date};
use super::payout::{PaymentIn, PayoutOut};
use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Nothing, Page, Post, Problem};

/// A commission. Amounts are minor units of `currency`; what is left of it is `amount + adjusted − reversed`.
#[derive(Serialize, ToSchema)]
#[schema(as = Commission)]
pub(super) struct CommissionOut {
    #[schema(value_type = String, example = "com_01h455vb4pex5vsknk084sn02q")]
    id: CommissionId,
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    /// Null for clicks and for a free adjustment.
    #[schema(value_type = Option<String>, example = "ref_01h455vb4pex5vsknk084sn02q")]
    referral_id: Option<ReferralId>,
    /// Null for clicks (a `rule_id` is there) and for a free adjustment (none is).
    #[schema(value_type = Option<String>, example = "evt_01h455vb4pex5vsknk084sn02q")]
    event_id: Option<EventId>,
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    #[schema(value_type = Option<String>)]
    customer_id: Option<ContactId>,
    /// What was earned.
    #[schema(example = 980)]
    amount: i64,
    /// What people changed about it.
    #[schema(example = 0)]
    adjusted: i64,
    /// What refunds took back.
    #[schema(example = 0)]
    reversed: i64,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What the percent was taken of.
    #[schema(example = 4900)]
    base_amount: i64,
    /// `pending`, `approved`, `in_payout`, `paid`, `rejected` or `reversed`.
    #[schema(value_type = String, example = "pending")]
    status: CommissionStatus,
    /// 0 for who referred, 1 and up for the parents.
    #[schema(example = 0)]
    level: i64,
    #[schema(value_type = Option<String>, example = "rul_01h455vb4pex5vsknk084sn02q")]
    rule_id: Option<RuleId>,
    rule_version: Option<i64>,
    /// When its hold ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    hold_until: Option<UnixMs>,
    /// Whether it is approved by itself.
    auto_approve: bool,
    #[schema(value_type = Option<String>)]
    payout_id: Option<PayoutId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<UnixMs>,
    note: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

impl From<Commission> for CommissionOut {
    fn from(commission: Commission) -> Self {
        let paid = commission.status == CommissionStatus::Paid;
        Self {
            id: commission.id,
            affiliate_id: commission.affiliate_id,
            referral_id: commission.referral_id,
            event_id: commission.event_id,
            campaign_id: commission.campaign_id,
            customer_id: commission.contact_id,
            amount: commission.amount,
            adjusted: commission.adjusted,
            reversed: commission.reversed,
            currency: commission.currency,
            base_amount: commission.base_amount,
            status: commission.status,
            level: commission.level,
            rule_id: commission.rule_id,
            rule_version: commission.rule_version,
            hold_until: commission.hold_until_ms,
            auto_approve: commission.auto_approve,
            payout_id: commission.payout_id,
            paid_at: commission.paid_at_ms.filter(|_| paid),
            note: commission.note,
            created_at: commission.created_at_ms,
            updated_at: commission.updated_at_ms,
        }
    }
}

/// A commission with its life.
#[derive(Serialize, ToSchema)]
#[schema(as = CommissionDetail)]
struct DetailOut {
    #[serde(flatten)]
    commission: CommissionOut,
    /// How the amount came about, to be checked with a spreadsheet.
    #[schema(value_type = Object)]
    explanation: Value,
    /// What happened to it, oldest first.
    steps: Vec<StepOut>,
}

/// A step in the life of a commission.
#[derive(Serialize, ToSchema)]
#[schema(as = CommissionStep)]
struct StepOut {
    #[schema(value_type = String, format = DateTime)]
    at: UnixMs,
    /// `earned`, `approved`, `rejected`, `rejected_with_referral`, `undone`, `adjusted`, `adjustment`, `reversed`,
    /// `restored`, `drafted`, `paid`, `payout_cancelled` or `payout_returned`.
    #[schema(example = "earned")]
    kind: String,
    /// The status it led to.
    #[schema(value_type = String, example = "pending")]
    status: CommissionStatus,
    /// What the step was about, minor units.
    #[schema(example = 980)]
    amount: i64,
    /// Who did it.
    by: String,
    note: String,
}

impl From<Step> for StepOut {
    fn from(step: Step) -> Self {
        let Step {
            at_ms,
            kind,
            status,
            amount,
            actor_name,
            note,
        } = step;
        Self {
            at: at_ms,
            kind,
            status,
            amount,
            by: actor_name,
            note,
        }
    }
}

/// Which commissions are meant.
#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CommissionFilter {
    /// `pending`, `approved`, `in_payout`, `paid`, `rejected` or `reversed`.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    status: Option<CommissionStatus>,
    /// Of this affiliate.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// In this campaign.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// Of affiliates in this group.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    /// Of this referral.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    referral_id: Option<ReferralId>,
    /// Events from this day on, in the business's zone.
    #[param(value_type = Option<String>, format = Date)]
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Events up to this day.
    #[param(value_type = Option<String>, format = Date)]
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// Part of the affiliate's or customer's name or address.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

impl CommissionFilter {
    fn read(self) -> Result<Filter, Problem> {
        let Self {
            status,
            affiliate_id,
            campaign_id,
            group_id,
            referral_id,
            from,
            to,
            q,
        } = self;
        let (from, to) = date::range(from, to)?;
        Ok(Filter {
            status,
            affiliate_id,
            campaign_id,
            group_id,
            referral_id,
            from,
            to,
            search: q,
        })
    }
}

/// Lists commissions, newest first.
#[utoipa::path(get, path = "/commissions", tag = "commissions", params(CommissionFilter, Page),
    responses((status = 200, body = Listed<CommissionOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<CommissionFilter>,
) -> Result<Json<Listed<CommissionOut>>, Halt> {
    let window = page.window::<CommissionId>(NEWEST)?;
    let filter = filter.read()?;
    let mut work = caller.view().await?;
    let commissions = commission::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        commissions,
        |commission| commission.id,
        CommissionOut::from,
    )))
}

/// One commission, with its life and how its amount came about.
#[utoipa::path(get, path = "/commissions/{id}", tag = "commissions", params(("id" = String, Path)), responses((status = 200, body = DetailOut)))]
async fn get(caller: Caller, Id(id): Id<CommissionId>) -> Result<Json<DetailOut>, Halt> {
    let mut work = caller.view().await?;
    let commission = commission::get(&mut work, id).await?;
    let steps = commission::steps(&mut work, id).await?;
    let explanation = serde_json::from_str(&commission.explanation).unwrap_or(Value::Null);
    Ok(Json(DetailOut {
        commission: commission.into(),
        explanation,
        steps: steps.into_iter().map(StepOut::from).collect(),
    }))
}

/// A bonus or correction that no event made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FreeAdjustment, example = json!({"affiliate_id": "aff_01h455vb4pex5vsknk084sn02q", "amount": 2500, "currency": "USD", "note": "Welcome bonus"}))]
struct AdjustmentIn {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    /// Minor units; below zero takes back.
    amount: i64,
    #[schema(value_type = String)]
    currency: Currency,
    /// Why.
    note: String,
}

/// Makes a free adjustment: a commission without a referral, approved at once.
#[utoipa::path(post, path = "/commissions", tag = "commissions", request_body = AdjustmentIn, responses((status = 201, body = CommissionOut)))]
async fn create(post: Post<AdjustmentIn>) -> Result<Response, Halt> {
    let (
        mut call,
        AdjustmentIn {
            affiliate_id,
            amount,
            currency,
            note,
        },
    ) = post.begin().await?;
    let commission = commission::adjust_freely(
        &mut call.work,
        FreeAdjustment {
            affiliate_id,
            amount,
            currency,
            note,
        },
    )
    .await?;
    call.created(&CommissionOut::from(commission)).await
}

/// An approval.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionApproval, example = json!({"release_hold": true, "note": "long-standing customer"}))]
struct ApproveIn {
    /// Approves although the hold has not passed; asks for a note.
    #[serde(default)]
    release_hold: bool,
    note: Option<String>,
}

/// Approves a pending commission whose referral is approved.
#[utoipa::path(post, path = "/commissions/{id}/approve", tag = "commissions", request_body = ApproveIn,
    params(("id" = String, Path)), responses((status = 200, body = CommissionOut)))]
async fn approve(Id(id): Id<CommissionId>, post: Post<ApproveIn>) -> Result<Response, Halt> {
    let (mut call, ApproveIn { release_hold, note }) = post.begin().await?;
    let commission = commission::approve(&mut call.work, id, release_hold, note.as_deref()).await?;
    call.ok(&CommissionOut::from(commission)).await
}

/// Why a commission is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionRejection, example = json!({"reason": "Test order"}))]
struct RejectIn {
    /// 1 to 1,000 characters.
    reason: String,
}

/// Refuses a pending commission.
#[utoipa::path(post, path = "/commissions/{id}/reject", tag = "commissions", request_body = RejectIn,
    params(("id" = String, Path)), responses((status = 200, body = CommissionOut)))]
async fn reject(Id(id): Id<CommissionId>, post: Post<RejectIn>) -> Result<Response, Halt> {
    let (mut call, RejectIn { reason }) = post.begin().await?;
    let commission = commission::reject(&mut call.work, id, &reason).await?;
    call.ok(&CommissionOut::from(commission)).await
}

/// Takes an approval or refusal back: the commission is pending again.
#[utoipa::path(post, path = "/commissions/{id}/undo", tag = "commissions", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = CommissionOut)))]
async fn undo(Id(id): Id<CommissionId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    let commission = commission::undo(&mut call.work, id).await?;
    call.ok(&CommissionOut::from(commission)).await
}

/// A correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionAdjustment, example = json!({"amount": -180, "note": "agreed discount"}))]
struct AdjustIn {
    /// Minor units to add; below zero takes off.
    amount: i64,
    /// Why.
    note: String,
}

/// Corrects a pending or approved commission; what was earned stays visible beside it.
#[utoipa::path(post, path = "/commissions/{id}/adjust", tag = "commissions", request_body = AdjustIn,
    params(("id" = String, Path)), responses((status = 200, body = CommissionOut)))]
async fn adjust(Id(id): Id<CommissionId>, post: Post<AdjustIn>) -> Result<Response, Halt> {
    let (mut call, AdjustIn { amount, note }) = post.begin().await?;
    let commission = commission::adjust(&mut call.work, id, amount, &note).await?;
    call.ok(&CommissionOut::from(commission)).await
}

/// Pays one approved commission by hand: makes a payout of it and marks that paid.
#[utoipa::path(post, path = "/commissions/{id}/mark-paid", tag = "commissions", request_body = PaymentIn,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn mark_paid(Id(id): Id<CommissionId>, post: Post<PaymentIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let made = payout::pay_commission(&mut call.work, id, input.into()).await?;
    let out = PayoutOut::from(payout::detail(&mut call.work, made.id).await?);
    call.ok(&out).await
}

/// Which commissions to approve: `ids` or `filter`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionSelection, example = json!({"filter": {"affiliate_id": "aff_01h455vb4pex5vsknk084sn02q"}}))]
struct SelectionIn {
    /// These.
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<CommissionId>>,
    /// All that pass; without a status the pending ones.
    filter: Option<CommissionFilter>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[schema(as = CommissionsApproved)]
struct ApprovedOut {
    /// How many.
    approved: usize,
    /// Which.
    #[schema(value_type = Vec<String>)]
    approved_ids: Vec<CommissionId>,
    /// Left as they were.
    failed: Vec<FailedOut>,
}

/// A commission that was left as it was.
#[derive(Serialize, ToSchema)]
#[schema(as = CommissionNotApproved)]
struct FailedOut {
    #[schema(value_type = String)]
    id: CommissionId,
    /// Why.
    reason: String,
}

/// Approves many commissions, and tells which could not be.
#[utoipa::path(post, path = "/commissions/approve", tag = "commissions", request_body = SelectionIn, responses((status = 200, body = ApprovedOut)))]
async fn approve_many(post: Post<SelectionIn>) -> Result<Response, Halt> {
    let (mut call, SelectionIn { ids, filter }) = post.begin().await?;
    let selection = match (ids, filter) {
        (Some(ids), None) => Selection::Ids(ids),
        (None, Some(filter)) => Selection::Filter(Box::new(filter.read()?)),
        (None, None) => return Err(Problem::field("ids", "give ids or filter").into()),
        (Some(_), Some(_)) => {
            return Err(Problem::field("filter", "give ids or filter, not both").into());
        }
    };
    let BulkResult { done, failed, .. } =
        commission::approve_many(&mut call.work, &selection).await?;
    let failed = failed
        .into_iter()
        .map(|(id, reason)| FailedOut { id, reason })
        .collect();
    call.ok(&ApprovedOut {
        approved: done.len(),
        approved_ids: done,
        failed,
    })
    .await
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(approve_many))
        .routes(routes!(get))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(undo))
        .routes(routes!(adjust))
        .routes(routes!(mark_paid))
}
