//! Links of partnerships: the first, and those made for single places.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, CampaignId, LinkId, PartnershipId};
use service::domain::time::UnixMs;
use service::programme::link::{self, LinkChange, LinkLine};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// A further link of a partnership.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkIn {
    /// What it is called, 1 to 80 characters.
    #[schema(example = "Newsletter")]
    label: String,
    /// A page it leads to instead of the campaign's destination: https, on one of the campaign's hosts.
    #[schema(example = "https://shop.example.com/summer")]
    page: Option<String>,
    /// Its code: 2 to 64 letters, digits, `-`, `_` or `.`; made from the affiliate's name when absent. Unique in
    /// the installation.
    #[schema(example = "maria-news")]
    code: Option<String>,
}

/// A change of a link; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkPatch {
    /// What it is called.
    label: Option<String>,
    /// Another page; empty: the campaign's destination. A partnership's first link has none.
    page: Option<String>,
    /// Switches it off or on by itself; a partnership's first link stands and falls with the partnership.
    paused: Option<bool>,
}

/// A tracked link with where it leads.
#[derive(Serialize, ToSchema)]
struct LinkDetailOut {
    #[schema(value_type = String, example = "lnk_01h455vb4pex5vsknk084sn02q")]
    id: LinkId,
    #[schema(value_type = String)]
    partnership_id: PartnershipId,
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    #[schema(value_type = String)]
    campaign_id: CampaignId,
    code: String,
    /// Empty for a first link that nobody has named.
    label: String,
    /// What the affiliate publishes.
    #[schema(example = "https://links.example.com/r/maria-news")]
    url: String,
    /// Its own page; null: the campaign's destination.
    page: Option<String>,
    /// Whether it is the link that came with the partnership.
    first: bool,
    /// Whether it is switched off by itself.
    paused: bool,
    /// Whether it is live: campaign, affiliate, partnership and it itself all are.
    active: bool,
    /// `live`, or why it is not: `campaign_inactive`, `campaign_not_started`, `campaign_ended`,
    /// `affiliate_not_approved`, `partnership_inactive`, `link_inactive`.
    #[schema(example = "live")]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl LinkDetailOut {
    fn new(work: &Work, line: LinkLine) -> Self {
        let state = line.link_state(work.now);
        Self {
            id: line.id,
            partnership_id: line.partnership_id,
            affiliate_id: line.affiliate_id,
            campaign_id: line.campaign_id,
            url: link::url(&work.app, &line.code),
            first: line.is_first(),
            paused: !line.link_active,
            active: state.is_live(),
            state: state.as_str(),
            created_at: line.created_at_ms,
            code: line.code,
            label: line.label,
            page: line.target_url,
        }
    }
}

/// No filter.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AllLinks {}

/// Lists the links of a partnership, newest first; the last is the one that came with it.
#[utoipa::path(get, path = "/partnerships/{id}/links", tag = "links", params(("id" = String, Path), Page),
    responses((status = 200, body = Listed<LinkDetailOut>)))]
async fn list(
    caller: Caller,
    Id(id): Id<PartnershipId>,
    List {
        filter: AllLinks {},
        page,
    }: List<AllLinks>,
) -> Result<Json<Listed<LinkDetailOut>>, Halt> {
    let window = page.window::<LinkId>(link::NEWEST)?;
    let mut work = caller.view().await?;
    let links = link::of_partnership(&mut work, id, window).await?;
    Ok(Json(page.listed(
        links,
        |line| line.id,
        |line| LinkDetailOut::new(&work, line),
    )))
}

/// Makes a further link of a partnership, at most 50 of each; the campaign and the partnership must be live.
#[utoipa::path(post, path = "/partnerships/{id}/links", tag = "links", request_body = LinkIn, params(("id" = String, Path)),
    responses((status = 201, body = LinkDetailOut)))]
async fn create(Id(id): Id<PartnershipId>, post: Post<LinkIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let LinkIn { label, page, code } = input;
    let input = link::LinkIn {
        label,
        page: page.unwrap_or_default(),
        code: code.unwrap_or_default(),
    };
    let line = link::create_in(&mut call.work, id, input).await?;
    let out = LinkDetailOut::new(&call.work, line);
    call.created(&out).await
}

/// A link.
#[utoipa::path(get, path = "/links/{id}", tag = "links", params(("id" = String, Path)),
    responses((status = 200, body = LinkDetailOut)))]
async fn get(caller: Caller, Id(id): Id<LinkId>) -> Result<Json<LinkDetailOut>, Halt> {
    let mut work = caller.view().await?;
    let line = link::of_id(&mut work, id).await?;
    Ok(Json(LinkDetailOut::new(&work, line)))
}

/// Names a link, gives it another page, or switches it off or on.
#[utoipa::path(patch, path = "/links/{id}", tag = "links", request_body = LinkPatch, params(("id" = String, Path)),
    responses((status = 200, body = LinkDetailOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<LinkId>,
    Input(patch): Input<LinkPatch>,
) -> Result<Json<LinkDetailOut>, Halt> {
    let LinkPatch {
        label,
        page,
        paused,
    } = patch;
    let mut work = caller.begin().await?;
    let change = LinkChange {
        label,
        page,
        paused,
    };
    let line = link::change(&mut work, id, change).await?;
    let out = LinkDetailOut::new(&work, line);
    work.commit().await?;
    Ok(Json(out))
}

/// Takes a further link off: it leads nowhere any more (410). Its code stays taken and its figures stay, so it is
/// still listed as paused, and a PATCH can switch it on again. 409 for a partnership's first link.
#[utoipa::path(delete, path = "/links/{id}", tag = "links", params(("id" = String, Path)), responses((status = 204)))]
async fn remove(caller: Caller, Id(id): Id<LinkId>) -> Result<StatusCode, Halt> {
    let mut work = caller.begin().await?;
    let change = LinkChange {
        paused: Some(true),
        ..LinkChange::default()
    };
    link::change(&mut work, id, change).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, remove))
}
