//! Campaigns: what is promoted, where links lead, how long a click counts.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::CampaignId;
use service::domain::status::Model;
use service::domain::time::UnixMs;
use service::programme::campaign::{self, CampaignDetail};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::affiliate::present;
use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// A new campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CampaignIn {
    /// Unique in the business.
    #[schema(example = "Spring launch")]
    name: String,
    /// The promotional guidelines affiliates see.
    #[serde(default)]
    description: String,
    /// Default: true.
    active: Option<bool>,
    /// Where links lead: an http or https address.
    #[schema(example = "https://shop.example.com/start")]
    destination_url: String,
    /// Host names for deep links and scripts, without scheme, port and path. The destination's own
    /// host is always allowed.
    #[serde(default)]
    hosts: Vec<String>,
    /// 1 to 365; default: the setting.
    #[schema(minimum = 1, maximum = 365)]
    cookie_days: Option<i64>,
    /// `last_click` or `first_click`; default: the setting.
    #[schema(value_type = Option<String>, example = "last_click")]
    attribution: Option<Model>,
    /// The query parameter that carries the code to the destination; default: the setting.
    #[schema(example = "via")]
    link_parameter: Option<String>,
    /// Links are live from then on.
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<UnixMs>,
    /// Links are live before then.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<UnixMs>,
}

/// A change of a campaign; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CampaignPatch {
    /// Unique in the business.
    name: Option<String>,
    /// The promotional guidelines affiliates see.
    description: Option<String>,
    /// All links of the campaign follow at once.
    active: Option<bool>,
    /// Where links lead.
    destination_url: Option<String>,
    /// Replaces the whole list.
    hosts: Option<Vec<String>>,
    /// For clicks from now on.
    #[schema(minimum = 1, maximum = 365)]
    cookie_days: Option<i64>,
    /// `last_click` or `first_click`, for events from now on.
    #[schema(value_type = Option<String>)]
    attribution: Option<Model>,
    /// The query parameter that carries the code to the destination.
    link_parameter: Option<String>,
    /// Null takes the start away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Option<UnixMs>>,
    /// Null takes the end away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Option<UnixMs>>,
}

/// A campaign.
#[derive(Serialize, ToSchema)]
struct CampaignOut {
    #[schema(value_type = String, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    id: CampaignId,
    name: String,
    description: String,
    active: bool,
    destination_url: String,
    hosts: Vec<String>,
    cookie_days: i64,
    #[schema(value_type = String, example = "last_click")]
    attribution: Model,
    link_parameter: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<UnixMs>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<UnixMs>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl From<CampaignDetail> for CampaignOut {
    fn from(CampaignDetail { campaign, hosts }: CampaignDetail) -> Self {
        Self {
            id: campaign.id,
            name: campaign.name,
            description: campaign.description,
            active: campaign.active,
            destination_url: campaign.destination_url,
            hosts,
            cookie_days: campaign.cookie_days,
            attribution: campaign.model,
            link_parameter: campaign.link_parameter,
            starts_at: campaign.starts_at_ms,
            ends_at: campaign.ends_at_ms,
            created_at: campaign.created_at_ms,
        }
    }
}

/// Which campaigns are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CampaignFilter {
    /// Text within the name.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
    /// Only active, or only inactive ones.
    active: Option<bool>,
}

/// Makes a campaign.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = CampaignIn, responses((status = 201, body = CampaignOut)))]
async fn create(post: Post<CampaignIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let CampaignIn {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        attribution,
        link_parameter,
        starts_at,
        ends_at,
    } = input;
    let input = campaign::CampaignIn {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        model: attribution,
        link_parameter,
        starts_at,
        ends_at,
    };
    let campaign = campaign::create(&mut call.work, input).await?;
    call.created(&CampaignOut::from(campaign)).await
}

/// Lists campaigns, newest first.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", params(CampaignFilter, Page), responses((status = 200, body = Listed<CampaignOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<CampaignFilter>,
) -> Result<Json<Listed<CampaignOut>>, Halt> {
    let window = page.window::<CampaignId>(campaign::BY_AGE)?;
    let CampaignFilter { q, active } = filter;
    let filter = campaign::Filter { search: q, active };
    let mut work = caller.view().await?;
    let campaigns = campaign::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        campaigns,
        |detail| detail.campaign.id,
        CampaignOut::from,
    )))
}

/// A campaign.
#[utoipa::path(get, path = "/campaigns/{id}", tag = "campaigns", params(("id" = String, Path)), responses((status = 200, body = CampaignOut)))]
async fn get(caller: Caller, Id(id): Id<CampaignId>) -> Result<Json<CampaignOut>, Halt> {
    let mut work = caller.view().await?;
    Ok(Json(campaign::get(&mut work, id).await?.into()))
}

/// Changes a campaign.
#[utoipa::path(patch, path = "/campaigns/{id}", tag = "campaigns", request_body = CampaignPatch,
    params(("id" = String, Path)), responses((status = 200, body = CampaignOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<CampaignId>,
    Input(patch): Input<CampaignPatch>,
) -> Result<Json<CampaignOut>, Halt> {
    let CampaignPatch {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        attribution,
        link_parameter,
        starts_at,
        ends_at,
    } = patch;
    let patch = campaign::CampaignPatch {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        model: attribution,
        link_parameter,
        starts_at,
        ends_at,
    };
    let mut work = caller.begin().await?;
    let campaign = campaign::patch(&mut work, id, patch).await?;
    work.commit().await?;
    Ok(Json(campaign.into()))
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
}
