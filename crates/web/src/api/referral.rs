//! Referrals: an affiliate brought a customer to a campaign.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, CampaignId, CheckId, ContactId, ReferralId};
use service::domain::status::ReferralStatus;
use service::domain::time::UnixMs;
use service::programme::referral::{self, BulkResult, NewCheck, ReferralPatch, Selection};
use service::store::programme::referral::{Check, Filter, NEWEST, Referral};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Nothing, Page, Post, Problem};

/// A referral without its checks.
#[derive(Serialize, ToSchema)]
#[schema(as = ReferralFacts)]
pub(super) struct FactsOut {
    #[schema(value_type = String, example = "ref_01h455vb4pex5vsknk084sn02q")]
    id: ReferralId,
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    campaign_id: CampaignId,
    #[schema(value_type = String, example = "con_01h455vb4pex5vsknk084sn02q")]
    customer_id: ContactId,
    /// The name of the event that made it.
    #[schema(example = "registration")]
    first_event: String,
    /// `pending`, `approved` or `rejected`.
    #[schema(value_type = String, example = "pending")]
    status: ReferralStatus,
    /// Why a person must look at it.
    hold_reason: Option<String>,
    reject_reason: Option<String>,
    tags: Vec<String>,
    note: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    /// When it was approved or rejected.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<UnixMs>,
}

impl From<Referral> for FactsOut {
    fn from(referral: Referral) -> Self {
        Self {
            id: referral.id,
            affiliate_id: referral.affiliate_id,
            campaign_id: referral.campaign_id,
            customer_id: referral.contact_id,
            first_event: referral.first_event,
            status: referral.status,
            hold_reason: referral.hold_reason,
            reject_reason: referral.reject_reason,
            tags: service::domain::tag::list(&referral.tags),
            note: referral.note,
            created_at: referral.created_at_ms,
            decided_at: referral.decided_at_ms,
        }
    }
}

/// A referral.
#[derive(Serialize, ToSchema)]
#[schema(as = Referral)]
struct ReferralOut {
    #[serde(flatten)]
    facts: FactsOut,
    /// What was checked, oldest first.
    checks: Vec<CheckOut>,
}

/// A check made on a referral.
#[derive(Serialize, ToSchema)]
#[schema(as = ReferralCheck)]
struct CheckOut {
    #[schema(value_type = String, example = "chk_01h455vb4pex5vsknk084sn02q")]
    id: CheckId,
    /// `fraud`, `kyc`, `deposit`, `bonus` or a word of one's own.
    #[schema(example = "kyc")]
    kind: String,
    passed: bool,
    note: String,
    /// Who checked.
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: UnixMs,
}

impl From<Check> for CheckOut {
    fn from(check: Check) -> Self {
        let Check {
            id,
            kind,
            passed,
            note,
            actor_name,
            at_ms,
        } = check;
        Self {
            id,
            kind,
            passed,
            note,
            by: actor_name,
            at: at_ms,
        }
    }
}

async fn with_checks(work: &mut Work, referral: Referral) -> Result<ReferralOut, Halt> {
    let checks = referral::checks_of(work, std::slice::from_ref(&referral)).await?;
    Ok(ReferralOut {
        facts: referral.into(),
        checks: checks.into_iter().map(|(_, check)| check.into()).collect(),
    })
}

/// Which referrals are meant.
#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReferralFilter {
    /// `pending`, `approved` or `rejected`.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    status: Option<ReferralStatus>,
    /// Of this affiliate.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// In this campaign.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// Of this customer.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    customer_id: Option<ContactId>,
    /// Part of the customer's or affiliate's name or address.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

impl From<ReferralFilter> for Filter {
    fn from(filter: ReferralFilter) -> Self {
        let ReferralFilter {
            status,
            affiliate_id,
            campaign_id,
            customer_id,
            q,
        } = filter;
        Self {
            status,
            affiliate_id,
            campaign_id,
            contact_id: customer_id,
            search: q,
        }
    }
}

/// Lists referrals, newest first.
#[utoipa::path(get, path = "/referrals", tag = "referrals", params(ReferralFilter, Page), responses((status = 200, body = Listed<ReferralOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<ReferralFilter>,
) -> Result<Json<Listed<ReferralOut>>, Halt> {
    let window = page.window::<ReferralId>(NEWEST)?;
    let mut work = caller.view().await?;
    let referrals = referral::list(&mut work, &filter.into(), window).await?;
    let checks = referral::checks_of(&mut work, &referrals).await?;
    Ok(Json(page.listed(
        referrals,
        |referral| referral.id,
        |referral| {
            let of_this = checks.iter().filter(|(id, _)| *id == referral.id);
            ReferralOut {
                checks: of_this.map(|(_, check)| check.clone().into()).collect(),
                facts: referral.into(),
            }
        },
    )))
}

/// One referral.
#[utoipa::path(get, path = "/referrals/{id}", tag = "referrals", params(("id" = String, Path)), responses((status = 200, body = ReferralOut)))]
async fn get(caller: Caller, Id(id): Id<ReferralId>) -> Result<Json<ReferralOut>, Halt> {
    let mut work = caller.view().await?;
    let referral = referral::get(&mut work, id).await?;
    Ok(Json(with_checks(&mut work, referral).await?))
}

/// A change: what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralPatch, example = json!({"note": "asked for the invoice", "tags": ["vip"]}))]
struct PatchIn {
    note: Option<String>,
    /// Replaces the whole list.
    tags: Option<Vec<String>>,
}

/// Changes the note and tags of a referral.
#[utoipa::path(patch, path = "/referrals/{id}", tag = "referrals", request_body = PatchIn,
    params(("id" = String, Path)), responses((status = 200, body = ReferralOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<ReferralId>,
    Input(patch): Input<PatchIn>,
) -> Result<Json<ReferralOut>, Halt> {
    let PatchIn { note, tags } = patch;
    let mut work = caller.begin().await?;
    let referral = referral::patch(&mut work, id, ReferralPatch { note, tags }).await?;
    let out = with_checks(&mut work, referral).await?;
    work.commit().await?;
    Ok(Json(out))
}

/// Approves a referral; commissions on it that approve themselves and are due follow.
#[utoipa::path(post, path = "/referrals/{id}/approve", tag = "referrals", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = ReferralOut)))]
async fn approve(Id(id): Id<ReferralId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    let referral = referral::approve(&mut call.work, id).await?;
    let out = with_checks(&mut call.work, referral).await?;
    call.ok(&out).await
}

/// Why a referral is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralRejection, example = json!({"reason": "Bought for themselves"}))]
struct RejectIn {
    /// 1 to 1,000 characters.
    reason: String,
}

/// Refuses a referral and what it has earned; later events on it earn nothing.
#[utoipa::path(post, path = "/referrals/{id}/reject", tag = "referrals", request_body = RejectIn,
    params(("id" = String, Path)), responses((status = 200, body = ReferralOut)))]
async fn reject(Id(id): Id<ReferralId>, post: Post<RejectIn>) -> Result<Response, Halt> {
    let (mut call, RejectIn { reason }) = post.begin().await?;
    let referral = referral::reject(&mut call.work, id, &reason).await?;
    let out = with_checks(&mut call.work, referral).await?;
    call.ok(&out).await
}

/// Takes a decision back: the referral is pending again.
#[utoipa::path(post, path = "/referrals/{id}/undo", tag = "referrals", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = ReferralOut)))]
async fn undo(Id(id): Id<ReferralId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    let referral = referral::undo(&mut call.work, id).await?;
    let out = with_checks(&mut call.work, referral).await?;
    call.ok(&out).await
}

/// A check to note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReferralCheck, example = json!({"kind": "kyc", "passed": true, "note": "passport seen"}))]
struct CheckIn {
    /// `fraud`, `kyc`, `deposit`, `bonus` or a word of one's own, up to 40 characters.
    kind: String,
    passed: bool,
    #[serde(default)]
    note: String,
}

/// Notes a check on a referral.
#[utoipa::path(post, path = "/referrals/{id}/checks", tag = "referrals", request_body = CheckIn,
    params(("id" = String, Path)), responses((status = 201, body = CheckOut)))]
async fn add_check(Id(id): Id<ReferralId>, post: Post<CheckIn>) -> Result<Response, Halt> {
    let (mut call, CheckIn { kind, passed, note }) = post.begin().await?;
    let check = referral::add_check(&mut call.work, id, NewCheck { kind, passed, note }).await?;
    call.created(&CheckOut::from(check)).await
}

/// Which referrals to approve: `ids` or `filter`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralSelection, example = json!({"ids": ["ref_01h455vb4pex5vsknk084sn02q"]}))]
struct SelectionIn {
    /// These.
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<ReferralId>>,
    /// All that pass; without a status the pending ones.
    filter: Option<ReferralFilter>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[schema(as = ReferralsApproved)]
struct ApprovedOut {
    /// How many.
    approved: usize,
    /// Which.
    #[schema(value_type = Vec<String>)]
    approved_ids: Vec<ReferralId>,
    /// Left as they were.
    failed: Vec<FailedOut>,
}

/// A referral that was left as it was.
#[derive(Serialize, ToSchema)]
#[schema(as = ReferralNotApproved)]
struct FailedOut {
    #[schema(value_type = String)]
    id: ReferralId,
    /// Why.
    reason: String,
}

/// Approves many referrals, and tells which could not be.
#[utoipa::path(post, path = "/referrals/approve", tag = "referrals", request_body = SelectionIn, responses((status = 200, body = ApprovedOut)))]
async fn approve_many(post: Post<SelectionIn>) -> Result<Response, Halt> {
    let (mut call, SelectionIn { ids, filter }) = post.begin().await?;
    let selection = match (ids, filter) {
        (Some(ids), None) => Selection::Ids(ids),
        (None, Some(filter)) => Selection::Filter(Box::new(filter.into())),
        (None, None) => return Err(Problem::field("ids", "give ids or filter").into()),
        (Some(_), Some(_)) => {
            return Err(Problem::field("filter", "give ids or filter, not both").into());
        }
    };
    let BulkResult { done, failed, .. } =
        referral::approve_many(&mut call.work, &selection).await?;
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
        .routes(routes!(list))
        .routes(routes!(approve_many))
        .routes(routes!(get, update))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(undo))
        .routes(routes!(add_check))
}
