//! The form that makes a further link.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use serde::Deserialize;
use service::programme::link::{self, LABEL_MAX, LinkIn, OpenCampaign};

use super::{require_change, without_scheme};
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::language::{phrase, t};
use crate::portal::viewer::Viewer;
use crate::ui::{Choice, Errors, ListUrl, PortalItem, PortalShell};
use crate::{flash, html};

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
pub(super) struct Made {
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn new(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
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

pub(super) async fn create(
    viewer: Viewer,
    PostForm(typed): PostForm<Made>,
) -> Result<Response, PageError> {
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
