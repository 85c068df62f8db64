//! Acts on one affiliate in a campaign: pause and resume, another code for the link. They begin and
//! end on the campaign's page.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::PartnershipId;
use serde::Deserialize;
use service::programme::partnership::{self, PartnershipPatch};
use service::programme::{affiliate, campaign as campaigns, link};
use service::{App, Work};

use super::campaign::{href, path_id};
use super::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::ui::{AdminItem, AdminShell, Errors};
use crate::{flash, html};

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/partnerships/{id}/active", post(set_active))
        .route("/admin/partnerships/{id}/code", get(code).post(set_code))
}

#[derive(Template)]
#[template(path = "admin/partnership/code.html")]
struct CodePage {
    shell: AdminShell,
    affiliate: String,
    campaign: String,
    campaign_href: String,
    code: String,
    /// What stands before the code in the link.
    prefix: String,
    errors: Errors,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    active: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

async fn code_page(
    admin: &Admin,
    work: &mut Work,
    id: PartnershipId,
    typed: Option<String>,
    errors: Errors,
) -> Result<CodePage, PageError> {
    let partnership = partnership::get(work, id).await?;
    let campaign = campaigns::get(work, partnership.campaign_id)
        .await?
        .campaign;
    Ok(CodePage {
        shell: admin
            .shell(work, "Change link code", AdminItem::Campaigns)
            .await?,
        affiliate: affiliate::get(work, partnership.affiliate_id).await?.name,
        campaign: campaign.name,
        campaign_href: href(partnership.campaign_id),
        code: typed.unwrap_or(partnership.code),
        prefix: link::url(&work.app, ""),
        errors,
    })
}

async fn code(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    html::page(&code_page(&admin, &mut work, id, None, Errors::new()).await?)
}

async fn set_code(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Code { code }): PostForm<Code>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let errors = match partnership::patch(
        &mut work,
        id,
        PartnershipPatch {
            active: None,
            code: Some(code.clone()),
        },
    )
    .await
    {
        Ok(saved) => {
            work.commit().await?;
            return Ok(flash::redirect(
                &href(saved.campaign_id),
                format!(
                    "The link's code is {} now. The old one keeps working.",
                    saved.code
                ),
            ));
        }
        Err(error) => form::refused(error)?,
    };
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&code_page(&admin, &mut work, id, Some(code), errors).await?)
}

async fn set_active(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let saved = partnership::patch(
        &mut work,
        id,
        PartnershipPatch {
            active: Some(active),
            code: None,
        },
    )
    .await?;
    let name = affiliate::get(&mut work, saved.affiliate_id).await?.name;
    work.commit().await?;
    let text = if active {
        format!("{name} takes part again.")
    } else {
        format!("{name} is paused in this campaign; the link is disabled.")
    };
    let other = [("active", (!active).to_string())];
    Ok(flash::redirect_with_undo(
        &href(saved.campaign_id),
        text,
        format!("/admin/partnerships/{id}/active"),
        other,
    ))
}
