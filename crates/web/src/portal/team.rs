//! The affiliate's team: the link by which they bring others, who came by it, and what that earned.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use service::portal::team;
use service::{App, Work};

use super::viewer::{DOORS, Viewer};
use crate::error::PageError;
use crate::html;
use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::shown::money::display;
use crate::ui::{PortalItem, PortalShell};

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS.iter().fold(Router::new(), |router, door| {
        router.route(&format!("{door}/team"), get(page))
    })
}

/// A part of the page of links: the way to the team.
pub(super) struct Panel {
    /// The link; empty where the business takes no sub-affiliates now.
    pub link: String,
    pub href: String,
    /// How many there are.
    pub count: usize,
}

/// What the page of links says of the team; none where there is neither a link nor anybody below.
pub(super) async fn panel(viewer: &Viewer, work: &mut Work) -> Result<Option<Panel>, PageError> {
    let link = own_link(viewer, work).await?;
    let count = team::members(work).await?.len();
    Ok((count > 0 || !link.is_empty()).then(|| Panel {
        link,
        href: format!("{}/team", viewer.base),
        count,
    }))
}

async fn own_link(viewer: &Viewer, work: &mut Work) -> Result<String, PageError> {
    Ok(match team::link_end(work).await? {
        Some(end) => {
            let portal =
                service::messaging::notice::portal_address(work, &viewer.business.slug).await?;
            format!("{portal}{end}")
        }
        None => String::new(),
    })
}

#[derive(Template)]
#[template(path = "portal/team.html")]
struct TeamPage {
    shell: PortalShell,
    back: String,
    link: String,
    members: Vec<Row>,
}

struct Row {
    name: String,
    status: &'static str,
    level: String,
    since: String,
    earned: Vec<String>,
}

async fn page(viewer: Viewer) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let link = own_link(&viewer, &mut work).await?;
    let members = team::members(&mut work).await?;
    let shell = viewer
        .shell(&mut work, t("team-heading"), PortalItem::Links)
        .await?;
    let own = viewer.business.currency;
    html::page(&TeamPage {
        shell,
        back: format!("{}/links", viewer.base),
        link,
        members: members
            .into_iter()
            .map(|member| Row {
                name: member.name,
                status: member.status.as_str(),
                level: match member.level {
                    1 => t("team-direct").to_owned(),
                    level => phrase("team-levels-below")
                        .count("level", level)
                        .to_string(),
                },
                since: Moment::new(member.since, &viewer.zone).date,
                earned: if member.earned.is_empty() {
                    vec![display(0, own)]
                } else {
                    member
                        .earned
                        .iter()
                        .map(|(currency, amount)| display(*amount, *currency))
                        .collect()
                },
            })
            .collect(),
    })
}
