//! Affiliates.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use service::App;
use service::domain::id::{AffiliateId, GroupId};
use service::domain::status::{AffiliateStatus, DealType};
use service::domain::time::UnixMs;
use service::programme::affiliate::{self, Affiliate, Filter, InGroup};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// A field that is there, whether null or not; with `#[serde(default)]` an absent one is none.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An affiliate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Affiliate)]
struct AffiliateOut {
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    id: AffiliateId,
    name: String,
    email: String,
    /// `pending`, `approved`, `suspended` or `terminated`.
    #[schema(value_type = String)]
    status: AffiliateStatus,
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    /// Who brought this affiliate.
    #[schema(value_type = Option<String>)]
    parent_id: Option<AffiliateId>,
    company: Option<String>,
    phone: Option<String>,
    website: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    traffic_source: Option<String>,
    /// `cpl`, `cpa`, `revenue_share` or `hybrid`; a label, rules pay.
    #[schema(value_type = Option<String>)]
    deal_type: Option<DealType>,
    note: String,
    tags: Vec<String>,
    payout_method: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    /// The first approval.
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<UnixMs>,
}

impl From<Affiliate> for AffiliateOut {
    fn from(affiliate: Affiliate) -> Self {
        let tags = affiliate.tag_list();
        let Affiliate {
            id,
            name,
            email,
            status,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags: _,
            payout_method,
            created_at_ms,
            approved_at_ms,
        } = affiliate;
        Self {
            id,
            name,
            email,
            status,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
            created_at: created_at_ms,
            approved_at: approved_at_ms,
        }
    }
}

/// A new affiliate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AffiliateIn {
    name: String,
    /// Unique in the business.
    email: String,
    /// The default is a setting of the business.
    #[schema(value_type = Option<String>)]
    status: Option<AffiliateStatus>,
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    #[schema(value_type = Option<String>)]
    parent_id: Option<AffiliateId>,
    company: Option<String>,
    phone: Option<String>,
    website: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    traffic_source: Option<String>,
    #[schema(value_type = Option<String>)]
    deal_type: Option<DealType>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    tags: Vec<String>,
    payout_method: Option<String>,
}

impl From<AffiliateIn> for affiliate::AffiliateIn {
    fn from(input: AffiliateIn) -> Self {
        let AffiliateIn {
            name,
            email,
            status,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
        } = input;
        Self {
            name,
            email,
            status,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
        }
    }
}

/// A change: absent fields stay, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AffiliatePatch {
    name: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    group_id: Option<Option<GroupId>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    parent_id: Option<Option<AffiliateId>>,
    #[serde(default, deserialize_with = "present")]
    company: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    website: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    country: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    traffic_source: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    deal_type: Option<Option<DealType>>,
    note: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    payout_method: Option<Option<String>>,
}

impl From<AffiliatePatch> for affiliate::AffiliatePatch {
    fn from(patch: AffiliatePatch) -> Self {
        let AffiliatePatch {
            name,
            email,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
        } = patch;
        Self {
            name,
            email,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
        }
    }
}

/// Another status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusIn {
    /// `pending`, `approved`, `suspended` or `terminated`.
    #[schema(value_type = String)]
    status: AffiliateStatus,
}

/// Which affiliates to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AffiliateFilter {
    #[param(value_type = Option<String>)]
    status: Option<AffiliateStatus>,
    /// A group, or `none` for affiliates without one.
    #[param(value_type = Option<String>)]
    group_id: Option<GroupFilter>,
    /// A whole tag.
    #[serde(default, deserialize_with = "search")]
    tag: Option<String>,
    /// A whole address.
    email: Option<String>,
    /// Part of name, e-mail or company.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
    /// ISO 3166, two letters.
    country: Option<String>,
    /// A whole one, as it is written.
    traffic_source: Option<String>,
}

/// A group's id, or `none`.
#[derive(Debug)]
struct GroupFilter(InGroup);

impl<'de> Deserialize<'de> for GroupFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl From<AffiliateFilter> for Filter {
    fn from(filter: AffiliateFilter) -> Self {
        let AffiliateFilter {
            status,
            group_id,
            tag,
            email,
            q,
            country,
            traffic_source,
        } = filter;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            status,
            group: group_id.map_or(InGroup::Any, |group| group.0),
            tag,
            email: given(email),
            search: q,
            country: given(country),
            traffic_source: given(traffic_source),
        }
    }
}

/// Lists affiliates, newest first.
#[utoipa::path(get, path = "/affiliates", tag = "affiliates", params(AffiliateFilter, Page),
    responses((status = 200, body = Listed<AffiliateOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<AffiliateFilter>,
) -> Result<Json<Listed<AffiliateOut>>, Halt> {
    let window = page.window::<AffiliateId>(affiliate::NEWEST)?;
    let mut work = caller.view().await?;
    let affiliates = affiliate::list(&mut work, &filter.into(), window).await?;
    Ok(Json(page.listed(
        affiliates,
        |affiliate| affiliate.id,
        AffiliateOut::from,
    )))
}

/// Adds an affiliate.
#[utoipa::path(post, path = "/affiliates", tag = "affiliates", request_body = AffiliateIn,
    responses((status = 201, body = AffiliateOut)))]
async fn create(post: Post<AffiliateIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let affiliate = affiliate::create(&mut call.work, input.into()).await?;
    call.created(&AffiliateOut::from(affiliate)).await
}

/// One affiliate.
#[utoipa::path(get, path = "/affiliates/{id}", tag = "affiliates", params(("id" = String, Path)),
    responses((status = 200, body = AffiliateOut)))]
async fn get(caller: Caller, Id(id): Id<AffiliateId>) -> Result<Json<AffiliateOut>, Halt> {
    let mut work = caller.view().await?;
    Ok(Json(affiliate::get(&mut work, id).await?.into()))
}

/// Changes an affiliate.
#[utoipa::path(patch, path = "/affiliates/{id}", tag = "affiliates", request_body = AffiliatePatch,
    params(("id" = String, Path)), responses((status = 200, body = AffiliateOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<AffiliateId>,
    Input(patch): Input<AffiliatePatch>,
) -> Result<Json<AffiliateOut>, Halt> {
    let mut work = caller.begin().await?;
    let affiliate = affiliate::patch(&mut work, id, patch.into()).await?;
    work.commit().await?;
    Ok(Json(affiliate.into()))
}

/// Gives an affiliate another status.
#[utoipa::path(post, path = "/affiliates/{id}/status", tag = "affiliates", request_body = StatusIn,
    params(("id" = String, Path)), responses((status = 200, body = AffiliateOut)))]
async fn set_status(Id(id): Id<AffiliateId>, post: Post<StatusIn>) -> Result<Response, Halt> {
    let (mut call, StatusIn { status }) = post.begin().await?;
    let affiliate = affiliate::set_status(&mut call.work, id, status).await?;
    call.ok(&AffiliateOut::from(affiliate)).await
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(set_status))
}
