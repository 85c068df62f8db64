//! One link: what it brought, its QR code, its addresses for single places, and the form that changes it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::click::TAG_NAMES;
use domain::id::LinkId;
use serde::Deserialize;
use service::Work;
use service::programme::link::{self, LinkLine, LinkPatch};
use service::programme::stats::Figures;

use super::{Brought, Named, name_of, require_change};
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::portal::viewer::Viewer;
use crate::shown::link::link_badge;
use crate::shown::qr::{PNG_SIDES, QrShape, qr_shape};
use crate::ui::{Errors, ListUrl, PortalItem, PortalShell, Tone, Undo};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "portal/link.html")]
struct RecordPage {
    shell: PortalShell,
    back: String,
    name: String,
    campaign: String,
    badge: (&'static str, Tone),
    live: bool,
    url: String,
    /// Where it leads.
    page: String,
    /// The link has a page that the campaign does not allow any more.
    page_off: bool,
    brought: Brought,
    made: String,
    first: bool,
    /// Whether it is switched on by itself.
    on: bool,
    may_change: bool,
    action: String,
    active_action: String,
    typed: Changed,
    errors: Errors,
    /// The address with a page and sub-ids.
    build: Builder,
    qr: Option<QrShape>,
    svg_href: String,
    pngs: Vec<(u32, String)>,
}

/// The form that puts a page and sub-ids on a link.
struct Builder {
    action: String,
    page: String,
    hosts: String,
    subs: Vec<Tag>,
    utms: Vec<Tag>,
    /// Whether one of the UTM parameters is filled in.
    utm_open: bool,
    /// The address; empty when something is wrong or nothing was filled in.
    url: String,
    errors: Errors,
}

/// One field of it.
struct Tag {
    name: &'static str,
    label: String,
    value: String,
    error: String,
}

/// The builder's fields as the address of the page carries them.
pub(super) struct Asked {
    pub(super) page: String,
    pub(super) tags: Vec<(&'static str, String)>,
}

impl Asked {
    pub(super) fn of(query: Option<&str>) -> Self {
        let url = ListUrl::from_query("", query.unwrap_or_default());
        Self {
            page: url.get("target").to_owned(),
            tags: TAG_NAMES
                .iter()
                .map(|name| (*name, url.get(name).to_owned()))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.page.is_empty() && self.tags.iter().all(|(_, value)| value.is_empty())
    }

    /// The same as a query, for the QR code's files.
    fn query(&self) -> String {
        let pairs = self
            .tags
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .chain([("target", self.page.clone())]);
        ListUrl::new("", pairs).query()
    }
}

pub(super) async fn record(
    viewer: Viewer,
    Path(named): Path<Named>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let asked = Asked::of(query.as_deref());
    let page = record_page(&viewer, named.id()?, &asked, None, Errors::new()).await?;
    html::page(&page)
}

/// What was typed into the form of a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    #[serde(default)]
    label: String,
    #[serde(default)]
    page: String,
}

async fn record_page(
    viewer: &Viewer,
    id: LinkId,
    asked: &Asked,
    typed: Option<Changed>,
    errors: Errors,
) -> Result<RecordPage, PageError> {
    let affiliate = viewer.actor.affiliate()?;
    let zone = viewer.zone.clone();
    let mut work = viewer.app.view(&viewer.actor).await?;
    let line = link::get(&mut work, affiliate, id).await?;
    let figures = link::figures(&mut work, affiliate).await?;
    let hosts = link::hosts(&mut work, line.campaign_id).await?;
    let state = line.link_state(work.now);
    let live = state.is_live();
    let base = format!("{}/links/{id}", viewer.base);
    let url = link::url(&viewer.app, &line.code);
    let build = builder(&mut work, &line, asked, &hosts, &base).await?;
    let shown = if build.url.is_empty() {
        &url
    } else {
        &build.url
    };
    let query = if build.url.is_empty() {
        String::new()
    } else {
        asked.query()
    };
    let page_off = line
        .target_url
        .as_deref()
        .is_some_and(|page| domain::click::deep_link(page, &hosts).is_none());
    let none = Figures::default();
    let name = name_of(&line);
    let shell = viewer
        .shell(&mut work, name.clone(), PortalItem::Links)
        .await?;
    Ok(RecordPage {
        shell,
        back: format!("{}/links", viewer.base),
        badge: link_badge(state),
        live,
        qr: if live { qr_shape(shown) } else { None },
        svg_href: ListUrl::from_query(format!("{base}/qr.svg"), &query).to_string(),
        pngs: PNG_SIDES
            .iter()
            .map(|side| {
                let href = ListUrl::from_query(format!("{base}/qr.png"), &query)
                    .with("size", &side.to_string());
                (*side, href.to_string())
            })
            .collect(),
        page: match (&line.target_url, page_off) {
            (Some(page), false) => page.clone(),
            _ => line.destination_url.clone(),
        },
        page_off,
        brought: Brought::new(
            figures.by_link.get(&line.id).unwrap_or(&none),
            viewer.business.currency,
        ),
        made: Moment::new(line.created_at_ms, &zone).date,
        first: line.is_first(),
        on: line.link_active,
        may_change: viewer.may_change(),
        action: format!("{base}/edit"),
        active_action: format!("{base}/active"),
        typed: typed.unwrap_or_else(|| Changed {
            label: line.label.clone(),
            page: line.target_url.clone().unwrap_or_default(),
        }),
        errors,
        name,
        campaign: line.campaign_name,
        url,
        build,
    })
}

async fn builder(
    work: &mut Work,
    line: &LinkLine,
    asked: &Asked,
    hosts: &[String],
    action: &str,
) -> Result<Builder, PageError> {
    let (url, errors) = if asked.is_empty() {
        (String::new(), Errors::new())
    } else {
        match link::tag(work, line, &asked.page, &asked.tags).await {
            Ok(url) => (url, Errors::new()),
            Err(error) => (String::new(), form::refused(error)?),
        }
    };
    let fields = |utm: bool| {
        asked
            .tags
            .iter()
            .filter(|(name, _)| name.starts_with("utm_") == utm)
            .map(|(name, value)| Tag {
                name,
                label: tag_label(name),
                value: value.clone(),
                error: errors.of(name).to_owned(),
            })
            .collect()
    };
    Ok(Builder {
        action: action.to_owned(),
        page: asked.page.clone(),
        hosts: hosts.join(", "),
        subs: fields(false),
        utms: fields(true),
        utm_open: asked
            .tags
            .iter()
            .any(|(name, value)| name.starts_with("utm_") && !value.is_empty()),
        url,
        errors,
    })
}

/// `sub1` → "Sub-id 1", `utm_source` → "UTM source".
fn tag_label(name: &str) -> String {
    match (name.strip_prefix("utm_"), name.strip_prefix("sub")) {
        (Some(word), _) => format!("UTM {word}"),
        (_, Some(number)) => phrase("link-sub-id").with("number", number).into(),
        _ => name.to_owned(),
    }
}

pub(super) async fn save(
    viewer: Viewer,
    Path(named): Path<Named>,
    PostForm(typed): PostForm<Changed>,
) -> Result<Response, PageError> {
    require_change(&viewer)?;
    let affiliate = viewer.actor.affiliate()?;
    let id = named.id()?;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    let patch = LinkPatch {
        label: typed.label.clone(),
        page: typed.page.clone(),
    };
    let errors = match link::update(&mut work, affiliate, id, patch).await {
        Ok(()) => {
            work.commit().await?;
            let to = format!("{}/links/{id}", viewer.base);
            return Ok(flash::redirect(&to, t("link-saved")));
        }
        Err(error) => form::refused(error)?,
    };
    drop(work);
    let nothing = Asked::of(None);
    html::refused(&record_page(&viewer, id, &nothing, Some(typed), errors).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    active: bool,
}

pub(super) async fn set_active(
    viewer: Viewer,
    Path(named): Path<Named>,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    require_change(&viewer)?;
    let affiliate = viewer.actor.affiliate()?;
    let id = named.id()?;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    let line = link::set_active(&mut work, affiliate, id, active).await?;
    work.commit().await?;
    let name = name_of(&line);
    let text = if active {
        phrase("link-resumed").with("name", name).into()
    } else {
        phrase("link-paused").with("name", name).into()
    };
    let to = format!("{}/links/{id}", viewer.base);
    let undo = Undo {
        action: format!("{to}/active"),
        fields: vec![("active".to_owned(), (!active).to_string())],
    };
    Ok(flash::redirect_with(
        &to,
        crate::ui::Flash {
            tone: Tone::Success,
            text,
            undo: Some(undo),
        },
    ))
}
