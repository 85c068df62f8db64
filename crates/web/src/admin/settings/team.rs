//! Who works here, and help for who has lost phone and recovery codes. For the owner.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::StaffId;
use domain::status::Role;
use service::identity::staff::{self, TeamLine};
use service::{App, ServiceError};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/settings/team";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/settings/team/{id}/two-step-off", post(turn_off))
}

struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    two_step: bool,
    /// Whether it is who looks.
    own: bool,
}

#[derive(Template)]
#[template(path = "admin/settings/team.html")]
struct TeamPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let team = staff::team(&mut work).await?;
    let own = admin.who.member.id;
    let row = |TeamLine { member, two_step }: TeamLine| Row {
        id: member.id.to_string(),
        own: member.id == own,
        name: member.name,
        email: member.email,
        role: match member.role {
            Role::Owner => "Owner",
            Role::Admin => "Admin",
        },
        two_step,
    };
    let page = TeamPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        rows: team.into_iter().map(row).collect(),
    };
    html::page(&page)
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn turn_off(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: StaffId = id.parse().map_err(|_| PageError::not_found())?;
    admin.actor.require_owner()?;
    admin.require_proof(PATH)?;
    match staff::reset_two_step(&admin.app, &admin.actor, id).await {
        Ok(()) => Ok(flash::redirect(PATH, "Two-step log-in is off")),
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => Err(error.into()),
    }
}
