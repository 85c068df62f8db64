//! Promotional assets of campaigns: copy, banners and files.

use axum::Json;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::{AssetId, CampaignId};
use service::domain::status::AssetKind;
use service::domain::time::UnixMs;
use service::programme::asset::{self, Asset};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Caller, Halt, Id, Listed, Query};

/// An asset.
#[derive(Serialize, ToSchema)]
struct AssetOut {
    #[schema(value_type = String, example = "ast_01h455vb4pex5vsknk084sn02q")]
    id: AssetId,
    #[schema(value_type = String)]
    campaign_id: CampaignId,
    /// `copy`, `banner` or `file`.
    #[schema(value_type = String, example = "banner")]
    kind: AssetKind,
    title: String,
    /// What affiliates should know about it.
    note: String,
    /// The text of copy; `{link}` stands for the affiliate's link. Empty for others.
    text: String,
    /// What a banner shows, for who does not see it. Empty for others.
    alt: String,
    /// The picture or file; null for copy.
    file: Option<FileOut>,
    /// Whether affiliates see it.
    active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

/// A picture or file.
#[derive(Serialize, ToSchema)]
struct FileOut {
    name: String,
    /// Such as `image/png`.
    media_type: String,
    bytes: i64,
    /// Pixels of a picture; null for others.
    width: Option<i64>,
    height: Option<i64>,
    /// The public address of a banner's picture, for pages; null for files, which are handed out to who is logged in.
    url: Option<String>,
}

impl AssetOut {
    fn new(caller: &Caller, asset: Asset) -> Self {
        let picture = || {
            let base = &caller.app.settings().base_url;
            let path = asset::banner_path(caller.actor.business(), &asset);
            format!("{base}{path}")
        };
        let shown = asset.kind == AssetKind::Banner && asset.active;
        let url = shown.then(picture);
        let file = asset.file_name.map(|name| FileOut {
            name,
            media_type: asset.media_type.unwrap_or_default(),
            bytes: asset.byte_count.unwrap_or_default(),
            width: asset.width,
            height: asset.height,
            url,
        });
        Self {
            id: asset.id,
            campaign_id: asset.campaign_id,
            kind: asset.kind,
            title: asset.title,
            note: asset.note,
            text: asset.body,
            alt: asset.alt,
            file,
            active: asset.active,
            created_at: asset.created_at_ms,
            updated_at: asset.updated_at_ms,
        }
    }
}

/// Which assets are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssetFilter {
    /// Only those that affiliates see, or only archived ones.
    active: Option<bool>,
}

/// Lists the assets of a campaign in their order; there are at most 100, so all of them at once.
#[utoipa::path(get, path = "/campaigns/{id}/assets", tag = "assets", params(("id" = String, Path), AssetFilter),
    responses((status = 200, body = Listed<AssetOut>)))]
async fn list(
    caller: Caller,
    Id(id): Id<CampaignId>,
    Query(AssetFilter { active }): Query<AssetFilter>,
) -> Result<Json<Listed<AssetOut>>, Halt> {
    let mut work = caller.view().await?;
    let assets = asset::list(&mut work, id).await?;
    let data = assets
        .into_iter()
        .filter(|asset| active.is_none_or(|active| asset.active == active))
        .map(|asset| AssetOut::new(&caller, asset))
        .collect();
    Ok(Json(Listed { data, next: None }))
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}
