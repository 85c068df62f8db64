//! What the business gives its affiliates to promote with: copy, banners and files, campaign by campaign,
//! with the affiliate's own link filled in.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::asset::{banner_html, copy_with_link};
use domain::id::AssetId;
use domain::status::AssetKind;
use serde::Deserialize;
use service::App;
use service::error::not_found;
use service::programme::asset::{self, Asset};
use service::programme::link::{self, LinkLine};

use super::viewer::{DOORS, Viewer};
use crate::download::attachment;
use crate::error::PageError;
use crate::html;
use crate::language::t;
use crate::shown::asset::file_words;
use crate::ui::{Choice, ListUrl, PortalItem, PortalShell};

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/assets"), get(list))
            .route(&format!("{door}/assets/{{asset}}/file"), get(file))
    })
}

#[derive(Template)]
#[template(path = "portal/assets.html")]
struct ListPage {
    shell: PortalShell,
    campaigns: Vec<CampaignAssets>,
    path: String,
}

/// The assets of a campaign, with one of the affiliate's links in them.
struct CampaignAssets {
    id: String,
    name: String,
    /// The links that work, when there are several to choose from.
    links: Vec<Choice>,
    /// Whether a link of the campaign works; without one nothing can be copied.
    live: bool,
    banners: Vec<Banner>,
    copies: Vec<Text>,
    files: Vec<Download>,
}

struct Banner {
    id: AssetId,
    title: String,
    note: String,
    alt: String,
    detail: String,
    picture: String,
    html: String,
    href: String,
}

struct Text {
    id: AssetId,
    title: String,
    note: String,
    text: String,
}

struct Download {
    id: AssetId,
    title: String,
    note: String,
    detail: String,
    href: String,
}

async fn list(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let url = ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let mut work = viewer.app.view(&viewer.actor).await?;
    let assets = asset::of_affiliate(&mut work, affiliate).await?;
    let lines = link::lines(&mut work, affiliate).await?;
    let now = work.now;
    let campaigns = assets
        .chunk_by(|a, b| a.campaign_id == b.campaign_id)
        .map(|assets| {
            let own: Vec<&LinkLine> = lines
                .iter()
                .filter(|line| line.campaign_id == assets[0].campaign_id)
                .collect();
            let live: Vec<&LinkLine> = own
                .iter()
                .copied()
                .filter(|line| line.link_state(now).is_live())
                .collect();
            CampaignAssets::new(&viewer, assets, &own, &live, url.get("link"))
        })
        .collect();
    let shell = viewer
        .shell(&mut work, t("assets-title"), PortalItem::Assets)
        .await?;
    html::page(&ListPage {
        shell,
        campaigns,
        path: format!("{}/assets", viewer.base),
    })
}

impl CampaignAssets {
    fn new(
        viewer: &Viewer,
        assets: &[Asset],
        own: &[&LinkLine],
        live: &[&LinkLine],
        wanted: &str,
    ) -> Self {
        let chosen = live
            .iter()
            .find(|line| line.id.to_string() == wanted)
            .or(live.first())
            .or(own.first());
        let link = chosen.map_or_else(String::new, |line| link::url(&viewer.app, &line.code));
        let mut all = Self {
            id: assets[0].campaign_id.to_string(),
            name: chosen.map_or_else(String::new, |line| line.campaign_name.clone()),
            links: if live.len() > 1 {
                let chosen = chosen.map(|line| line.id.to_string()).unwrap_or_default();
                let pairs = live.iter().map(|line| {
                    let name = super::link::name_of(line);
                    (line.id.to_string(), format!("{name} ({})", line.code))
                });
                Choice::list(pairs, &chosen)
            } else {
                Vec::new()
            },
            live: !live.is_empty(),
            banners: Vec::new(),
            copies: Vec::new(),
            files: Vec::new(),
        };
        for asset in assets {
            let href = format!("{}/assets/{}/file", viewer.base, asset.id);
            let (title, note) = (asset.title.clone(), asset.note.clone());
            match asset.kind {
                AssetKind::Banner => {
                    let picture = asset::banner_path(viewer.business.id, asset);
                    let source = format!("{}{picture}", viewer.app.settings().base_url);
                    let size = (asset.width.unwrap_or(0), asset.height.unwrap_or(0));
                    all.banners.push(Banner {
                        id: asset.id,
                        title,
                        note,
                        alt: asset.alt.clone(),
                        detail: file_words(asset),
                        html: banner_html(&link, &source, &asset.alt, size),
                        picture,
                        href,
                    });
                }
                AssetKind::Copy => all.copies.push(Text {
                    id: asset.id,
                    title,
                    note,
                    text: copy_with_link(&asset.body, &link),
                }),
                AssetKind::File => all.files.push(Download {
                    id: asset.id,
                    title,
                    note,
                    detail: file_words(asset),
                    href,
                }),
            }
        }
        all
    }
}

/// Which asset an address names; through whichever door.
#[derive(Debug, Deserialize)]
struct Named {
    asset: String,
}

async fn file(viewer: Viewer, Path(named): Path<Named>) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let id: AssetId = named.asset.parse().map_err(|_| not_found("asset"))?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let (asset, content) = asset::file_of_affiliate(&mut work, affiliate, id).await?;
    Ok(attachment(
        content,
        asset.media_type.as_deref().unwrap_or_default(),
        asset.file_name.as_deref().unwrap_or_default(),
    ))
}
