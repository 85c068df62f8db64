//! Affiliate groups.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::GroupId;
use service::domain::money::Currency;
use service::domain::status::PayoutFrequency;
use service::domain::time::UnixMs;
use service::programme::affiliate_group::{self, Group, Minimum};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::affiliate::present;
use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// An amount of a currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Money)]
struct MoneyOut {
    /// Minor units.
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

/// A group of affiliates.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
struct GroupOut {
    #[schema(value_type = String, example = "grp_01h455vb4pex5vsknk084sn02q")]
    id: GroupId,
    name: String,
    region: Option<String>,
    note: String,
    /// `weekly`, `biweekly`, `monthly`, `quarterly` or `on_request`; null: as the business pays.
    #[schema(value_type = Option<String>)]
    payout_frequency: Option<PayoutFrequency>,
    payout_method: Option<String>,
    /// The least a payout may be; currencies without an entry follow the business.
    minimum_payout: Vec<MoneyOut>,
    /// Affiliates in it.
    members: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl GroupOut {
    fn new(group: Group, minimums: Vec<Minimum>) -> Self {
        let Group {
            id,
            name,
            region,
            note,
            payout_frequency,
            payout_method,
            created_at_ms,
            members,
        } = group;
        let minimum_payout = minimums
            .into_iter()
            .map(
                |Minimum {
                     currency, amount, ..
                 }| MoneyOut { amount, currency },
            )
            .collect();
        Self {
            id,
            name,
            region,
            note,
            payout_frequency,
            payout_method,
            minimum_payout,
            members,
            created_at: created_at_ms,
        }
    }

    async fn load(work: &mut Work, group: Group) -> service::Result<Self> {
        let minimums = affiliate_group::minimums(work, Some(group.id)).await?;
        Ok(Self::new(group, minimums))
    }
}

/// The least a payout may be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MinimumIn {
    /// Minor units, not below zero.
    amount: i64,
    /// ISO 4217.
    currency: String,
}

impl From<MinimumIn> for affiliate_group::MinimumIn {
    fn from(MinimumIn { amount, currency }: MinimumIn) -> Self {
        Self { amount, currency }
    }
}

/// A new group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupIn {
    /// Unique in the business.
    name: String,
    region: Option<String>,
    #[serde(default)]
    note: String,
    #[schema(value_type = Option<String>)]
    payout_frequency: Option<PayoutFrequency>,
    payout_method: Option<String>,
    /// One entry a currency.
    #[serde(default)]
    minimum_payout: Vec<MinimumIn>,
}

/// A change: absent fields stay, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    region: Option<Option<String>>,
    note: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    payout_frequency: Option<Option<PayoutFrequency>>,
    #[serde(default, deserialize_with = "present")]
    payout_method: Option<Option<String>>,
    /// Replaces all of them.
    minimum_payout: Option<Vec<MinimumIn>>,
}

/// Which groups to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupFilter {
    /// Part of the name.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists groups, newest first.
#[utoipa::path(get, path = "/groups", tag = "groups", params(GroupFilter, Page),
    responses((status = 200, body = Listed<GroupOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<GroupFilter>,
) -> Result<Json<Listed<GroupOut>>, Halt> {
    let window = page.window::<GroupId>(affiliate_group::NEWEST)?;
    let mut work = caller.view().await?;
    let groups = affiliate_group::list(&mut work, filter.q.as_deref(), window).await?;
    let mut minimums: BTreeMap<GroupId, Vec<Minimum>> = BTreeMap::new();
    for minimum in affiliate_group::minimums(&mut work, None).await? {
        minimums.entry(minimum.group_id).or_default().push(minimum);
    }
    let out = |group: Group| {
        let own = minimums.get(&group.id).cloned().unwrap_or_default();
        GroupOut::new(group, own)
    };
    Ok(Json(page.listed(groups, |group| group.id, out)))
}

/// Adds a group.
#[utoipa::path(post, path = "/groups", tag = "groups", request_body = GroupIn,
    responses((status = 201, body = GroupOut)))]
async fn create(post: Post<GroupIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let GroupIn {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    } = input;
    let minimum_payout = minimum_payout.into_iter().map(Into::into).collect();
    let input = affiliate_group::GroupIn {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    };
    let (group, minimums) = affiliate_group::create(&mut call.work, input).await?;
    call.created(&GroupOut::new(group, minimums)).await
}

/// One group.
#[utoipa::path(get, path = "/groups/{id}", tag = "groups", params(("id" = String, Path)),
    responses((status = 200, body = GroupOut)))]
async fn get(caller: Caller, Id(id): Id<GroupId>) -> Result<Json<GroupOut>, Halt> {
    let mut work = caller.view().await?;
    let group = affiliate_group::get(&mut work, id).await?;
    Ok(Json(GroupOut::load(&mut work, group).await?))
}

/// Changes a group.
#[utoipa::path(patch, path = "/groups/{id}", tag = "groups", request_body = GroupPatch,
    params(("id" = String, Path)), responses((status = 200, body = GroupOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<GroupId>,
    Input(patch): Input<GroupPatch>,
) -> Result<Json<GroupOut>, Halt> {
    let GroupPatch {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    } = patch;
    let minimum_payout = minimum_payout.map(|given| given.into_iter().map(Into::into).collect());
    let patch = affiliate_group::GroupPatch {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    };
    let mut work = caller.begin().await?;
    let (group, minimums) = affiliate_group::patch(&mut work, id, patch).await?;
    work.commit().await?;
    Ok(Json(GroupOut::new(group, minimums)))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
}
