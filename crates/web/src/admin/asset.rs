//! A campaign's promotional assets: the list in their order, and the form that makes and edits one.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::asset::BYTES_MAX;
use domain::id::{AssetId, CampaignId};
use domain::status::AssetKind;
use serde::Deserialize;
use service::programme::asset::{self, Asset, AssetIn, FileIn};
use service::programme::campaign;
use service::{App, Work};

use super::campaign::{href as campaign_href, path_id};
use super::session::Admin;
use crate::download::attachment;
use crate::error::PageError;
use crate::form::{self, PostForm, UploadForm};
use crate::shown::asset::{asset_icon, asset_kind, file_words};
use crate::ui::{AdminItem, AdminShell, Errors, ListUrl, Markup, icon};
use crate::{flash, html};

/// Room for a file that is too large to be told of beside its field.
const FORM_BYTES: usize = 2 * BYTES_MAX;

/// The pages of this noun.
pub fn routes() -> Router<App> {
    let room = || DefaultBodyLimit::max(FORM_BYTES);
    Router::new()
        .route("/admin/campaigns/{id}/assets", get(list))
        .route(
            "/admin/campaigns/{id}/assets/new",
            get(new).post(create).layer(room()),
        )
        .route(
            "/admin/campaigns/{id}/assets/{asset}/edit",
            get(edit).post(save).layer(room()),
        )
        .route(
            "/admin/campaigns/{id}/assets/{asset}/active",
            post(set_active),
        )
        .route("/admin/campaigns/{id}/assets/{asset}/move", post(step))
        .route("/admin/campaigns/{id}/assets/{asset}/file", get(file))
}

fn href(campaign: CampaignId) -> String {
    format!("{}/assets", campaign_href(campaign))
}

#[derive(Template)]
#[template(path = "admin/asset/list.html")]
struct ListPage {
    shell: AdminShell,
    campaign: String,
    campaign_href: String,
    path: String,
    shown: Vec<Row>,
    archived: Vec<Row>,
}

struct Row {
    id: AssetId,
    title: String,
    kind: &'static str,
    icon: Markup,
    /// "PNG · 728 × 90 · 34 KB", or the beginning of the copy.
    detail: String,
    note: String,
    /// The address of a banner's picture; empty otherwise.
    picture: String,
    alt: String,
    has_file: bool,
    href: String,
    first: bool,
    last: bool,
    active: bool,
}

/// Characters of copy that the list shows.
const COPY_SHOWN: usize = 140;

impl Row {
    fn new(admin: &Admin, asset: &Asset) -> Self {
        let detail = if asset.kind == AssetKind::Copy {
            let start: String = asset.body.chars().take(COPY_SHOWN).collect();
            if start.len() < asset.body.len() {
                format!("{start}…")
            } else {
                start
            }
        } else {
            file_words(asset)
        };
        Self {
            id: asset.id,
            title: asset.title.clone(),
            kind: asset_kind(asset.kind),
            icon: icon(asset_icon(asset.kind)),
            detail,
            note: asset.note.clone(),
            picture: if asset.kind == AssetKind::Banner && asset.active {
                asset::banner_path(admin.business.id, asset)
            } else {
                String::new()
            },
            alt: asset.alt.clone(),
            has_file: asset.file_name.is_some(),
            href: format!("{}/{}", href(asset.campaign_id), asset.id),
            first: false,
            last: false,
            active: asset.active,
        }
    }
}

async fn list(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let found = campaign::get(&mut work, id).await?.campaign;
    let all = asset::list(&mut work, id).await?;
    let rows = |active: bool| {
        let mut rows: Vec<Row> = all
            .iter()
            .filter(|asset| asset.active == active)
            .map(|asset| Row::new(&admin, asset))
            .collect();
        if let Some(first) = rows.first_mut() {
            first.first = true;
        }
        if let Some(last) = rows.last_mut() {
            last.last = true;
        }
        rows
    };
    let (shown, archived) = (rows(true), rows(false));
    html::page(&ListPage {
        shell: admin
            .shell(&mut work, found.name.clone(), AdminItem::Campaigns)
            .await?,
        campaign: found.name,
        campaign_href: campaign_href(id),
        path: href(id),
        shown,
        archived,
    })
}

/// The form as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    alt: String,
}

type AssetForm = UploadForm<Typed, BYTES_MAX>;

/// What was sent, with the file taken out.
fn taken(mut form: AssetForm) -> (Typed, AssetIn) {
    let file = form.take("file").map(|file| FileIn {
        name: file.file_name,
        bytes: file.bytes,
        is_whole: file.is_whole,
    });
    let typed = form.form;
    let input = AssetIn {
        title: typed.title.clone(),
        note: typed.note.clone(),
        body: typed.body.clone(),
        alt: typed.alt.clone(),
        file,
    };
    (typed, input)
}

#[derive(Template)]
#[template(path = "admin/asset/form.html")]
struct FormPage {
    shell: AdminShell,
    kind: AssetKind,
    typed: Typed,
    errors: Errors,
    /// What is in the file that there is; empty for a new asset.
    file: String,
    file_href: String,
    submit: &'static str,
    cancel_href: String,
    campaign: String,
}

/// The kind that a form is for; copy when nothing is said.
fn kind_of(word: &str) -> AssetKind {
    word.parse().unwrap_or(AssetKind::Copy)
}

async fn form_page(
    admin: &Admin,
    work: &mut Work,
    id: CampaignId,
    old: Option<&Asset>,
    typed: Typed,
    errors: Errors,
) -> Result<FormPage, PageError> {
    let found = campaign::get(work, id).await?.campaign;
    let kind = old.map_or_else(|| kind_of(&typed.kind), |old| old.kind);
    let title = match (old.is_some(), kind) {
        (true, _) => "Edit asset",
        (false, AssetKind::Copy) => "New copy",
        (false, AssetKind::Banner) => "New banner",
        (false, AssetKind::File) => "New file",
    };
    let file = old.filter(|old| old.file_name.is_some());
    Ok(FormPage {
        shell: admin.shell(work, title, AdminItem::Campaigns).await?,
        kind,
        file: file
            .map(|old| {
                let name = old.file_name.as_deref().unwrap_or_default();
                format!("{name} · {}", file_words(old))
            })
            .unwrap_or_default(),
        file_href: file
            .map(|old| format!("{}/{}/file", href(id), old.id))
            .unwrap_or_default(),
        typed,
        errors,
        submit: if old.is_some() {
            "Save changes"
        } else {
            "Add asset"
        },
        cancel_href: href(id),
        campaign: found.name,
    })
}

async fn new(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let url = ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let typed = Typed {
        kind: url.get("kind").to_owned(),
        ..Typed::default()
    };
    let mut work = admin.app.view(&admin.actor).await?;
    html::page(&form_page(&admin, &mut work, id, None, typed, Errors::new()).await?)
}

async fn create(
    admin: Admin,
    Path(id): Path<String>,
    form: AssetForm,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let (typed, input) = taken(form);
    let mut work = admin.app.begin(&admin.actor).await?;
    let errors = match asset::create(&mut work, id, kind_of(&typed.kind), input).await {
        Ok(made) => {
            work.commit().await?;
            let text = format!(
                "{} is there for the affiliates of the campaign.",
                made.title
            );
            return Ok(flash::redirect(&href(id), text));
        }
        Err(error) => form::refused(error)?,
    };
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&form_page(&admin, &mut work, id, None, typed, errors).await?)
}

/// The ids in a path.
type Ids = Path<(String, String)>;

fn ids((campaign, asset): (String, String)) -> Result<(CampaignId, AssetId), PageError> {
    Ok((path_id(&campaign)?, path_id(&asset)?))
}

async fn edit(admin: Admin, Path(path): Ids) -> Result<Response, PageError> {
    let (campaign, id) = ids(path)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let asset = asset::get(&mut work, campaign, id).await?;
    let typed = Typed {
        kind: asset.kind.as_str().to_owned(),
        title: asset.title.clone(),
        note: asset.note.clone(),
        body: asset.body.clone(),
        alt: asset.alt.clone(),
    };
    let page = form_page(
        &admin,
        &mut work,
        campaign,
        Some(&asset),
        typed,
        Errors::new(),
    )
    .await?;
    html::page(&page)
}

async fn save(admin: Admin, Path(path): Ids, form: AssetForm) -> Result<Response, PageError> {
    let (campaign, id) = ids(path)?;
    let (typed, input) = taken(form);
    let mut work = admin.app.begin(&admin.actor).await?;
    let errors = match asset::update(&mut work, campaign, id, input).await {
        Ok(saved) => {
            work.commit().await?;
            let text = format!("{} is saved.", saved.title);
            return Ok(flash::redirect(&href(campaign), text));
        }
        Err(error) => form::refused(error)?,
    };
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    let asset = asset::get(&mut work, campaign, id).await?;
    html::refused(&form_page(&admin, &mut work, campaign, Some(&asset), typed, errors).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    active: bool,
}

async fn set_active(
    admin: Admin,
    Path(path): Ids,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    let (campaign, id) = ids(path)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let saved = asset::set_active(&mut work, campaign, id, active).await?;
    work.commit().await?;
    let text = match (active, saved.kind) {
        (true, _) => format!("{} is shown to affiliates again.", saved.title),
        (false, AssetKind::Banner) => format!(
            "{} is archived; pages that embed it show its words instead.",
            saved.title
        ),
        (false, _) => format!("{} is archived.", saved.title),
    };
    let other = [("active", (!active).to_string())];
    Ok(flash::redirect_with_undo(
        &href(campaign),
        text,
        format!("{}/{id}/active", href(campaign)),
        other,
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Direction {
    #[serde(default)]
    up: bool,
}

async fn step(
    admin: Admin,
    Path(path): Ids,
    PostForm(Direction { up }): PostForm<Direction>,
) -> Result<Response, PageError> {
    let (campaign, id) = ids(path)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    asset::step(&mut work, campaign, id, up).await?;
    work.commit().await?;
    Ok(flash::see_other(&format!("{}#row-{id}", href(campaign))))
}

async fn file(admin: Admin, Path(path): Ids) -> Result<Response, PageError> {
    let (campaign, id) = ids(path)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (asset, content) = asset::file(&mut work, campaign, id).await?;
    Ok(attachment(
        content,
        asset.media_type.as_deref().unwrap_or_default(),
        asset.file_name.as_deref().unwrap_or_default(),
    ))
}
