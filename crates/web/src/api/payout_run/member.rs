//! The members of a run: who is in, who is left out and why.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::{AffiliateId, PayoutId, PayoutRunId};
use service::domain::money::Currency;
use service::domain::status::{PayoutObstacle, PayoutStatus};
use service::programme::payout_run::{self, Member};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shown::{RunOut, whole};
use crate::api::query::search;
use crate::api::{Caller, Halt, Id, List, Listed, Nothing, Page, Post, Problem};

/// A member of a run. Minor units.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunMember)]
struct MemberOut {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    name: String,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    included: bool,
    /// Why it is not in by itself: `not_approved`, `nothing_left`, `held`, `below_minimum`, `no_method`,
    /// `method_not_allowed` or `not_due`. The first three cannot be overruled.
    #[schema(value_type = Option<String>)]
    obstacle: Option<PayoutObstacle>,
    commissions: i64,
    commissions_total: i64,
    carried_forward: i64,
    /// What is paid, or would be.
    amount: i64,
    minimum: i64,
    #[schema(value_type = Option<String>)]
    payout_id: Option<PayoutId>,
    #[schema(value_type = Option<String>)]
    payout_status: Option<PayoutStatus>,
    /// Why a work left its payout as it was.
    failure: Option<String>,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> Self {
        let found = member.found;
        Self {
            affiliate_id: member.affiliate_id,
            name: member.affiliate_name,
            currency: member.currency,
            included: found.included,
            obstacle: found.obstacle,
            commissions: found.commissions,
            commissions_total: found.commissions_total,
            carried_forward: found.carried_forward,
            amount: member.payout_amount.unwrap_or(found.planned()),
            minimum: found.minimum,
            payout_id: member.payout_id,
            payout_status: member.payout_status,
            failure: Some(member.failure).filter(|text| !text.is_empty()),
        }
    }
}

/// Which members are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MemberFilter {
    /// Those that are in, or those that are left out. Default: all.
    included: Option<bool>,
    /// Part of the affiliate's name, e-mail or company.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// The members of a run, by affiliate.
#[utoipa::path(get, path = "/payout-runs/{id}/members", tag = "payouts", params(("id" = String, Path), MemberFilter, Page),
    responses((status = 200, body = Listed<MemberOut>)))]
async fn members(
    caller: Caller,
    Id(id): Id<PayoutRunId>,
    List {
        filter: MemberFilter { included, q },
        page,
    }: List<MemberFilter>,
) -> Result<Json<Listed<MemberOut>>, Halt> {
    let after = match page.after.as_deref() {
        None => None,
        Some(text) => {
            let whose = text
                .split_once(':')
                .and_then(|(id, currency)| Some((id.parse().ok()?, currency.parse().ok()?)));
            if whose.is_none() {
                return Err(Problem::field("after", "is not a cursor of this list").into());
            }
            whose
        }
    };
    let mut work = caller.view().await?;
    let found =
        payout_run::members_after(&mut work, id, included, q.as_deref(), after, page.limit + 1)
            .await?;
    Ok(Json(page.listed(
        found,
        |member| format!("{}:{}", member.affiliate_id, member.currency),
        MemberOut::from,
    )))
}

/// A member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunWhom)]
struct WhomIn {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

/// Members that are put in or left out by one call.
const CHOSEN_MAX: usize = 1_000;

/// Who is put in and who is left out, 1,000 each at most.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunChoice)]
struct ChoiceIn {
    #[schema(max_items = 1000)]
    #[serde(default)]
    include: Vec<WhomIn>,
    #[schema(max_items = 1000)]
    #[serde(default)]
    exclude: Vec<WhomIn>,
}

/// How many were changed.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunChosen)]
struct ChosenOut {
    /// Who may not be paid at all stays out and does not count.
    changed: u64,
    run: RunOut,
}

/// Puts members of an open run in, or leaves them out. 422: somebody is no member in that currency.
#[utoipa::path(post, path = "/payout-runs/{id}/members", tag = "payouts", request_body = ChoiceIn,
    params(("id" = String, Path)), responses((status = 200, body = ChosenOut)))]
async fn choose(Id(id): Id<PayoutRunId>, post: Post<ChoiceIn>) -> Result<Response, Halt> {
    let (mut call, ChoiceIn { include, exclude }) = post.begin().await?;
    for (field, whom) in [("include", &include), ("exclude", &exclude)] {
        if whom.len() > CHOSEN_MAX {
            return Err(Problem::field(field, "may name 1,000 members at most").into());
        }
    }
    let pairs = |whom: Vec<WhomIn>| -> Vec<(AffiliateId, Currency)> {
        whom.into_iter()
            .map(|whom| (whom.affiliate_id, whom.currency))
            .collect()
    };
    let (include, exclude) = (pairs(include), pairs(exclude));
    for (field, whom) in [("include", &include), ("exclude", &exclude)] {
        payout_run::require_members(&mut call.work, id, field, whom).await?;
    }
    let mut changed = 0;
    for (whom, into) in [(include, true), (exclude, false)] {
        changed += payout_run::include(&mut call.work, id, &whom, into).await?;
    }
    let run = whole(&mut call.work, id).await?;
    call.ok(&ChosenOut { changed, run }).await
}

/// Looks at the balances again: who is in and out is decided anew.
#[utoipa::path(post, path = "/payout-runs/{id}/look-again", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn look_again(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::look_again(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(members, choose))
        .routes(routes!(look_again))
}
