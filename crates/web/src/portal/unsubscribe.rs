//! The page behind the address in a mail's headers. Looking at it changes nothing, because mail scanners
//! look; the button, or the mail program by itself, sends a POST (RFC 8058), which needs no session.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use service::messaging::preference::{self, Unwanted};
use service::{App, ServiceError};

use super::account::notice::words;
use super::session::Portal;
use crate::error::PageError;
use crate::html;
use crate::language::t;
use crate::ui::AuthShell;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route(
        "/portal/{slug}/unsubscribe/{token}",
        get(show).post(unsubscribe),
    )
}

#[derive(Template)]
#[template(path = "portal/unsubscribe.html")]
struct UnsubscribePage {
    shell: AuthShell,
    email: String,
    what: &'static str,
    done: bool,
    settings_href: String,
}

fn page(portal: &Portal, unwanted: Unwanted, done: bool) -> Result<Response, PageError> {
    let title = if done {
        t("unsubscribe-done-title")
    } else {
        t("unsubscribe-title")
    };
    html::page(&UnsubscribePage {
        shell: portal.auth_shell(title),
        email: unwanted.email,
        what: words(unwanted.kind).0,
        done,
        settings_href: format!("{}/account/notifications", portal.base()),
    })
}

fn missing(error: ServiceError) -> PageError {
    match error {
        ServiceError::NotFound(_) => PageError::not_found(),
        error => error.into(),
    }
}

async fn show(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    let unwanted = preference::unwanted(&mut work, &token)
        .await
        .map_err(missing)?;
    drop(work);
    page(&portal, unwanted, false)
}

/// The body is left unread: the token says all, and mail programs send it in several forms.
async fn unsubscribe(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let mut work = portal.app.begin(&App::system(portal.business.id)).await?;
    let unwanted = preference::unsubscribe(&mut work, &token)
        .await
        .map_err(missing)?;
    work.commit().await?;
    page(&portal, unwanted, true)
}
