//! `/authentication`: the way to a portal for who has no link at hand. Portals are not listed: an
//! installation does not tell whose it serves.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use service::identity::business;
use service::{App, ServiceError};

use crate::error::PageError;
use crate::flash::Brought;
use crate::language::t;
use crate::ui::{AuthShell, Frame};
use crate::{flash, html, theme};

const PATH: &str = "/authentication";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(find))
        .route("/portal", get(find))
        .route("/portal/", get(find))
}

#[derive(Debug, Default, serde::Deserialize)]
struct Wanted {
    /// The portal's short name.
    #[serde(default)]
    portal: String,
}

#[derive(Template)]
#[template(path = "portal/find.html")]
struct FindPage {
    shell: AuthShell,
    action: &'static str,
    portal: String,
    problem: &'static str,
}

async fn find(
    State(app): State<App>,
    Query(Wanted { portal }): Query<Wanted>,
    brought: Option<Extension<Brought>>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let typed = portal.trim().to_lowercase();
    let mut problem = "";
    if typed.is_empty() {
        if let Some(only) = business::the_only(&app).await? {
            return Ok(flash::see_other(&format!("/portal/{}/log-in", only.slug)));
        }
    } else {
        match business::by_slug(&app, &typed).await {
            Ok(business) => {
                return Ok(flash::see_other(&format!(
                    "/portal/{}/log-in",
                    business.slug
                )));
            }
            Err(ServiceError::NotFound(_)) => problem = t("find-unknown"),
            Err(error) => return Err(error.into()),
        }
    }
    let frame = Frame {
        title: t("find-title").to_owned(),
        path: PATH.to_owned(),
        theme: theme::of(&headers),
        demo: app.settings().demo,
        flash: brought.and_then(|Extension(brought)| brought.0),
        ..Frame::default()
    };
    let shell = AuthShell {
        frame,
        portal: true,
        ..AuthShell::default()
    };
    let status = if problem.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    html::page_with(
        status,
        &FindPage {
            shell,
            action: PATH,
            portal,
            problem,
        },
    )
}
