//! The list of links, by campaign, with what each brought; the same as a sheet.

use askama::Template;
use axum::response::Response;
use domain::time::UnixMs;
use service::identity::business;
use service::programme::link::{self, LinkFigures, LinkLine};
use service::programme::stats::Figures;

use super::{Brought, name_of, without_scheme};
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::html;
use crate::language::t;
use crate::portal::dashboard::earned_amounts;
use crate::portal::team;
use crate::portal::viewer::Viewer;
use crate::shown::link::link_badge;
use crate::ui::{PortalItem, PortalShell, Tone};

#[derive(Template)]
#[template(path = "portal/links.html")]
struct ListPage {
    shell: PortalShell,
    campaigns: Vec<CampaignLinks>,
    elsewhere: Option<Brought>,
    total: Brought,
    may_change: bool,
    csv_href: String,
    team: Option<team::Panel>,
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

pub(super) async fn list(viewer: Viewer) -> Result<Response, PageError> {
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
    let team = team::panel(&viewer, &mut work).await?;
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

pub(super) async fn export(viewer: Viewer) -> Result<Response, PageError> {
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
