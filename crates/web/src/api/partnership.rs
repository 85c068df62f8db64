//! Partnerships: affiliates in campaigns, each with its link.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, CampaignId, LinkId, PartnershipId};
use service::domain::time::UnixMs;
use service::programme::partnership::{self, Partnership};
use service::programme::{campaign, link};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// An affiliate to be added to a campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnershipIn {
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    /// The code of the link: 2 to 64 letters, digits, `-`, `_` or `.`; made from the affiliate's name
    /// when absent. Unique in the installation.
    #[schema(example = "maria")]
    code: Option<String>,
}

/// A change of a partnership; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnershipPatch {
    /// Switches its link on or off.
    active: Option<bool>,
    /// Another code for its link. The old one keeps leading to it.
    code: Option<String>,
}

/// A partnership.
#[derive(Serialize, ToSchema)]
struct PartnershipOut {
    #[schema(value_type = String, example = "prt_01h455vb4pex5vsknk084sn02q")]
    id: PartnershipId,
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    #[schema(value_type = String)]
    campaign_id: CampaignId,
    active: bool,
    link: LinkOut,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

/// A tracked link.
#[derive(Serialize, ToSchema)]
struct LinkOut {
    #[schema(value_type = String, example = "lnk_01h455vb4pex5vsknk084sn02q")]
    id: LinkId,
    code: String,
    /// What the affiliate publishes.
    #[schema(example = "https://links.example.com/r/maria")]
    url: String,
    /// Whether it is live: campaign, affiliate and partnership all are.
    active: bool,
    /// `live`, or why it is not: `campaign_inactive`, `campaign_not_started`, `campaign_ended`,
    /// `affiliate_not_approved`, `partnership_inactive`, `link_inactive`.
    #[schema(example = "live")]
    state: &'static str,
}

/// A partnership that was just made.
#[derive(Serialize, ToSchema)]
struct AddedOut {
    #[serde(flatten)]
    partnership: PartnershipOut,
    /// Whether an invitation to the portal was sent with it.
    invited: bool,
    /// What to know about the campaign: it is not live.
    warning: Option<&'static str>,
}

impl PartnershipOut {
    fn new(work: &Work, partnership: Partnership) -> Self {
        let state = partnership.link_state(work.now);
        Self {
            id: partnership.id,
            affiliate_id: partnership.affiliate_id,
            campaign_id: partnership.campaign_id,
            active: partnership.active,
            link: LinkOut {
                id: partnership.link_id,
                url: link::url(&work.app, &partnership.code),
                code: partnership.code,
                active: state.is_live(),
                state: state.as_str(),
            },
            created_at: partnership.created_at_ms,
        }
    }
}

/// Which partnerships are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PartnershipFilter {
    /// Of this campaign only.
    #[param(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// Of this affiliate only.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Only active, or only inactive ones.
    active: Option<bool>,
    /// Text within the affiliate's name or address.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Which partnerships of a campaign are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InCampaignFilter {
    /// Only active, or only inactive ones.
    active: Option<bool>,
    /// Text within the affiliate's name or address.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Adds an affiliate to a campaign, with a link; in an active campaign the affiliate is invited to
/// the portal.
#[utoipa::path(post, path = "/campaigns/{id}/partnerships", tag = "partnerships", request_body = PartnershipIn,
    params(("id" = String, Path)), responses((status = 201, body = AddedOut)))]
async fn add(Id(campaign): Id<CampaignId>, post: Post<PartnershipIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let PartnershipIn { affiliate_id, code } = input;
    let added = partnership::add(
        &mut call.work,
        campaign,
        partnership::PartnershipIn { affiliate_id, code },
    )
    .await?;
    let partnership::Added {
        partnership,
        invited,
        warning,
    } = added;
    let partnership = PartnershipOut::new(&call.work, partnership);
    call.created(&AddedOut {
        partnership,
        invited,
        warning,
    })
    .await
}

/// Lists the partnerships of a campaign, newest first.
#[utoipa::path(get, path = "/campaigns/{id}/partnerships", tag = "partnerships", params(("id" = String, Path), InCampaignFilter, Page),
    responses((status = 200, body = Listed<PartnershipOut>)))]
async fn list_of_campaign(
    caller: Caller,
    Id(id): Id<CampaignId>,
    List { filter, page }: List<InCampaignFilter>,
) -> Result<Json<Listed<PartnershipOut>>, Halt> {
    let InCampaignFilter { active, q } = filter;
    let mut work = caller.view().await?;
    campaign::get(&mut work, id).await?;
    listed(
        &mut work,
        PartnershipFilter {
            campaign_id: Some(id),
            affiliate_id: None,
            active,
            q,
        },
        &page,
    )
    .await
}

/// Lists partnerships, newest first.
#[utoipa::path(get, path = "/partnerships", tag = "partnerships", params(PartnershipFilter, Page),
    responses((status = 200, body = Listed<PartnershipOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<PartnershipFilter>,
) -> Result<Json<Listed<PartnershipOut>>, Halt> {
    let mut work = caller.view().await?;
    listed(&mut work, filter, &page).await
}

async fn listed(
    work: &mut Work,
    filter: PartnershipFilter,
    page: &Page,
) -> Result<Json<Listed<PartnershipOut>>, Halt> {
    let window = page.window::<PartnershipId>(partnership::BY_AGE)?;
    let PartnershipFilter {
        campaign_id,
        affiliate_id,
        active,
        q,
    } = filter;
    let filter = partnership::Filter {
        campaign: campaign_id,
        affiliate: affiliate_id,
        active,
        search: q,
    };
    let partnerships = partnership::list(work, &filter, window).await?;
    Ok(Json(page.listed(
        partnerships,
        |partnership| partnership.id,
        |partnership| PartnershipOut::new(work, partnership),
    )))
}

/// A partnership.
#[utoipa::path(get, path = "/partnerships/{id}", tag = "partnerships", params(("id" = String, Path)),
    responses((status = 200, body = PartnershipOut)))]
async fn get(caller: Caller, Id(id): Id<PartnershipId>) -> Result<Json<PartnershipOut>, Halt> {
    let mut work = caller.view().await?;
    let partnership = partnership::get(&mut work, id).await?;
    Ok(Json(PartnershipOut::new(&work, partnership)))
}

/// Switches a partnership on or off, or gives its link another code.
#[utoipa::path(patch, path = "/partnerships/{id}", tag = "partnerships", request_body = PartnershipPatch,
    params(("id" = String, Path)), responses((status = 200, body = PartnershipOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<PartnershipId>,
    Input(patch): Input<PartnershipPatch>,
) -> Result<Json<PartnershipOut>, Halt> {
    let PartnershipPatch { active, code } = patch;
    let mut work = caller.begin().await?;
    let partnership = partnership::patch(
        &mut work,
        id,
        partnership::PartnershipPatch { active, code },
    )
    .await?;
    let out = PartnershipOut::new(&work, partnership);
    work.commit().await?;
    Ok(Json(out))
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_of_campaign, add))
        .routes(routes!(list))
        .routes(routes!(get, update))
}
