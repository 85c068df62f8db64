//! The affiliate's links: the list with what each brought, one link with its QR code and its addresses for
//! single places, and the forms that make and change further links.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::click::TAG_NAMES;
use domain::id::LinkId;
use domain::money::Currency;
use domain::time::UnixMs;
use serde::Deserialize;
use service::error::{conflict, not_found};
use service::identity::business;
use service::programme::link::{
    self, LABEL_MAX, LinkFigures, LinkIn, LinkLine, LinkPatch, OpenCampaign,
};
use service::programme::stats::Figures;
use service::{App, Work};

use super::dashboard::{earned, earned_amounts};
use super::viewer::{DOORS, Viewer};
use crate::csv::{Cell, Sheet};
use crate::download::attachment;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::shown::link::link_badge;
use crate::shown::money::count;
use crate::shown::qr::{PNG_SIDES, QrShape, qr_png, qr_shape, qr_svg};
use crate::ui::{Choice, Errors, ListUrl, PortalItem, PortalShell, Tone, Undo};
use crate::{flash, html};

/// Pixels of the PNG when the address names no size.
const PNG_SIDE: u32 = PNG_SIDES[1];

/// The routes of this file. What changes something stands behind the portal's own door only.
pub fn routes() -> Router<App> {
    let reading = DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/links"), get(list))
            .route(&format!("{door}/links.csv"), get(export))
            .route(&format!("{door}/links/{{link}}"), get(record))
            .route(&format!("{door}/links/{{link}}/qr.svg"), get(svg))
            .route(&format!("{door}/links/{{link}}/qr.png"), get(png))
    });
    reading
        .route("/portal/{slug}/links/new", get(new).post(create))
        .route("/portal/{slug}/links/{link}/edit", post(save))
        .route("/portal/{slug}/links/{link}/active", post(set_active))
}

/// Which link an address names; through whichever door.
#[derive(Debug, Deserialize)]
struct Named {
    link: String,
}

impl Named {
    fn id(&self) -> Result<LinkId, PageError> {
        Ok(self.link.parse().map_err(|_| not_found("link"))?)
    }
}

#[derive(Template)]
#[template(path = "portal/links.html")]
struct ListPage {
    shell: PortalShell,
    campaigns: Vec<CampaignLinks>,
    elsewhere: Option<Brought>,
    total: Brought,
    may_change: bool,
    csv_href: String,
    team: Option<super::team::Panel>,
}

/// The links of one campaign.
struct CampaignLinks {
    name: String,
    rows: Vec<Row>,
}

/// A link in the list.
struct Row {
    id: String,
    href: String,
    label: String,
    url: String,
    /// Without the scheme.
    short_url: String,
    /// The page it leads to; empty for the campaign's own.
    page: String,
    live: bool,
    badge: (&'static str, Tone),
    brought: Brought,
}

/// What came by a link.
struct Brought {
    clicks: String,
    leads: String,
    conversions: String,
    earned: Vec<String>,
}

impl Brought {
    fn new(figures: &Figures, own: Currency) -> Self {
        Self {
            clicks: count(figures.clicks),
            leads: count(figures.leads),
            conversions: count(figures.conversions),
            earned: earned(figures, own),
        }
    }
}

impl Row {
    fn new(viewer: &Viewer, line: LinkLine, figures: &LinkFigures, now: UnixMs) -> Self {
        let state = line.link_state(now);
        let url = link::url(&viewer.app, &line.code);
        let none = Figures::default();
        Self {
            id: line.id.to_string(),
            href: format!("{}/links/{}", viewer.base, line.id),
            label: name_of(&line),
            short_url: without_scheme(&url),
            url,
            page: line
                .target_url
                .as_deref()
                .map(without_scheme)
                .unwrap_or_default(),
            live: state.is_live(),
            badge: link_badge(state),
            brought: Brought::new(
                figures.by_link.get(&line.id).unwrap_or(&none),
                viewer.business.currency,
            ),
        }
    }
}

/// What a link is called: its label, or what it is.
pub(super) fn name_of(line: &LinkLine) -> String {
    match (line.label.as_str(), line.is_first()) {
        ("", true) => t("link-main").to_owned(),
        ("", false) => line.code.clone(),
        (label, _) => label.to_owned(),
    }
}

fn without_scheme(url: &str) -> String {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .to_owned()
}

async fn list(viewer: Viewer) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let own = viewer.business.currency;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let lines = link::lines(&mut work, affiliate).await?;
    let figures = link::figures(&mut work, affiliate).await?;
    let now = work.now;
    let mut campaigns: Vec<CampaignLinks> = lines
        .chunk_by(|a, b| a.partnership_id == b.partnership_id)
        .map(|lines| CampaignLinks {
            name: lines[0].campaign_name.clone(),
            rows: lines
                .iter()
                .map(|line| Row::new(&viewer, line.clone(), &figures, now))
                .collect(),
        })
        .collect();
    // Campaigns with a link that works stand first.
    campaigns.sort_by_key(|campaign| !campaign.rows.iter().any(|row| row.live));
    let rest = &figures.elsewhere;
    let any = rest.clicks != 0
        || rest.conversions != 0
        || rest.money.iter().any(|money| {
            money.commission_pending != 0
                || money.commission_approved != 0
                || money.commission_paid != 0
        });
    let team = super::team::panel(&viewer, &mut work).await?;
    let shell = viewer
        .shell(&mut work, t("links-title"), PortalItem::Links)
        .await?;
    html::page(&ListPage {
        shell,
        team,
        campaigns,
        elsewhere: any.then(|| Brought {
            leads: "\u{2013}".to_owned(),
            ..Brought::new(rest, own)
        }),
        total: Brought::new(&figures.total, own),
        may_change: viewer.may_change(),
        csv_href: format!("{}/links.csv", viewer.base),
    })
}

async fn export(viewer: Viewer) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let lines = link::lines(&mut work, affiliate).await?;
    let figures = link::figures(&mut work, affiliate).await?;
    let now = work.now;
    let mut sheet = Sheet::new(&[
        t("sheet-campaign"),
        t("sheet-label"),
        t("sheet-link"),
        t("sheet-page"),
        t("sheet-state"),
        t("sheet-clicks"),
        t("sheet-leads"),
        t("sheet-conversions"),
        t("sheet-earned"),
        t("sheet-currency"),
    ]);
    let none = Figures::default();
    for line in lines {
        let of_link = figures.by_link.get(&line.id).unwrap_or(&none);
        let money = earned_amounts(of_link, viewer.business.currency);
        // A row a currency; the counts stand in the first.
        for (index, (currency, amount)) in money.into_iter().enumerate() {
            let number = |number: i64| {
                if index == 0 {
                    Cell::from(number)
                } else {
                    Cell::empty()
                }
            };
            sheet.row(vec![
                (&line.campaign_name).into(),
                name_of(&line).into(),
                link::url(&viewer.app, &line.code).into(),
                line.target_url.clone().into(),
                line.link_state(now).as_str().into(),
                number(of_link.clicks),
                number(of_link.leads),
                number(of_link.conversions),
                Cell::amount(amount, currency),
                currency.into(),
            ]);
        }
    }
    let today = now.day_in(&business::zone_of(&viewer.business)?);
    Ok(sheet.download("links", today))
}

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
struct Asked {
    page: String,
    tags: Vec<(&'static str, String)>,
}

impl Asked {
    fn of(query: Option<&str>) -> Self {
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

async fn record(
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
struct Changed {
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

async fn svg(
    viewer: Viewer,
    Path(named): Path<Named>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (url, code) = to_print(&viewer, &named, query.as_deref()).await?;
    let file = qr_svg(&url).ok_or_else(too_long)?;
    Ok(attachment(
        file.into_bytes(),
        "image/svg+xml",
        &format!("{code}.svg"),
    ))
}

async fn png(
    viewer: Viewer,
    Path(named): Path<Named>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (url, code) = to_print(&viewer, &named, query.as_deref()).await?;
    let asked = ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let side = asked
        .get("size")
        .parse()
        .ok()
        .filter(|side| PNG_SIDES.contains(side))
        .unwrap_or(PNG_SIDE);
    let file = qr_png(&url, side).ok_or_else(too_long)?;
    Ok(attachment(file, "image/png", &format!("{code}.png")))
}

/// The address that a QR code is asked for, and the link's code; only of a link that works.
async fn to_print(
    viewer: &Viewer,
    named: &Named,
    query: Option<&str>,
) -> Result<(String, String), PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let line = link::get(&mut work, affiliate, named.id()?).await?;
    if !line.link_state(work.now).is_live() {
        return Err(
            conflict("This link does not work at the moment, so there is no code of it.").into(),
        );
    }
    let asked = Asked::of(query);
    let url = link::tag(&mut work, &line, &asked.page, &asked.tags).await?;
    Ok((url, line.code))
}

fn too_long() -> PageError {
    PageError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        t("link-too-long-title"),
        t("link-too-long"),
    )
}

#[derive(Template)]
#[template(path = "portal/link_new.html")]
struct NewPage {
    shell: PortalShell,
    campaigns: Vec<Choice>,
    /// A campaign with the hosts that its links may lead to.
    hosts: Vec<(String, String)>,
    /// What stands before the code in the link.
    prefix: String,
    typed: Made,
    errors: Errors,
    back: String,
    label_hint: String,
}

/// What was typed to make a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    code: String,
}

/// Who may not make links is led to the list, which shows those that there are.
fn require_change(viewer: &Viewer) -> Result<(), PageError> {
    viewer.require_figures()?;
    if viewer.may_change() {
        return Ok(());
    }
    Err(PageError::forbidden(t("link-suspended")))
}

async fn new(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    require_change(&viewer)?;
    let asked = ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let typed = Made {
        campaign: asked.get("campaign").to_owned(),
        ..Made::default()
    };
    html::page(&new_page(&viewer, typed, Errors::new()).await?)
}

async fn new_page(viewer: &Viewer, typed: Made, errors: Errors) -> Result<NewPage, PageError> {
    let affiliate = viewer.actor.affiliate()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let mut open = Vec::new();
    let mut hosts = Vec::new();
    for OpenCampaign {
        id,
        name,
        hosts: allowed,
    } in link::open_campaigns(&mut work, affiliate).await?
    {
        hosts.push((name.clone(), allowed.join(", ")));
        open.push((id.to_string(), name));
    }
    let shell = viewer
        .shell(&mut work, t("links-new"), PortalItem::Links)
        .await?;
    let label_hint = phrase("link-new-label-hint")
        .count("most", LABEL_MAX)
        .with("business", &shell.business)
        .into();
    Ok(NewPage {
        shell,
        campaigns: Choice::list(open, &typed.campaign),
        hosts,
        prefix: without_scheme(&link::url(&viewer.app, "")),
        typed,
        errors,
        back: format!("{}/links", viewer.base),
        label_hint,
    })
}

async fn create(viewer: Viewer, PostForm(typed): PostForm<Made>) -> Result<Response, PageError> {
    require_change(&viewer)?;
    let affiliate = viewer.actor.affiliate()?;
    let errors = match typed.campaign.parse() {
        Ok(campaign) => {
            let mut work = viewer.app.begin(&viewer.actor).await?;
            let input = LinkIn {
                label: typed.label.clone(),
                page: typed.page.clone(),
                code: typed.code.clone(),
            };
            match link::create(&mut work, affiliate, campaign, input).await {
                Ok(made) => {
                    work.commit().await?;
                    let to = format!("{}/links/{}", viewer.base, made.id);
                    return Ok(flash::redirect(&to, t("link-ready")));
                }
                Err(error) => form::refused(error)?,
            }
        }
        Err(_) => {
            let mut errors = Errors::new();
            errors.add("campaign", t("link-choose-campaign"));
            errors
        }
    };
    html::refused(&new_page(&viewer, typed, errors).await?)
}

async fn save(
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
struct Switch {
    active: bool,
}

async fn set_active(
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
