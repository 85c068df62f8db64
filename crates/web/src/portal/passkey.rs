//! Logging in with a passkey, and what all of the portal's pages need to ask for one.

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use service::identity::passkey::{Begun, Site};
use service::portal::passkey;
use service::portal::session::Opened;
use service::{App, ServiceError};

use super::log_in;
use super::session::Portal;
use crate::error::PageError;
use crate::form::OpenForm;
use crate::shown::passkey::{self as shown, AnswerForm, PasskeyButton};
use crate::{cookie, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/passkey", post(log_in))
        .route("/portal/{slug}/passkey/begin", post(begin))
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

/// The cookie of a challenge.
fn cookie_name(portal: &Portal) -> String {
    let name = format!("portal_passkey_{}", portal.business.slug);
    cookie::host_name(&portal.app, &name)
}

/// What passkeys are bound to on this page.
///
/// # Errors
/// A page that says why passkeys do not work here.
pub(super) fn site(portal: &Portal) -> Result<Site, PageError> {
    shown::site(&portal.app, &portal.host)
}

/// The button that asks for a passkey and sends the answer to `page`, a path below the portal's.
pub(super) fn button(
    portal: &Portal,
    page: &str,
    label: &'static str,
    next: &str,
    csrf: &str,
) -> PasskeyButton {
    let action = format!("{}/{page}", portal.base());
    PasskeyButton::new(&portal.app, &portal.host, action, label, next, csrf)
}

/// The challenge, and the cookie that comes back with its answer.
pub(super) fn begun(portal: &Portal, begun: Begun) -> Response {
    shown::begun(&portal.app, &cookie_name(portal), begun)
}

/// The cookie of the challenge that is answered.
pub(super) fn ticket<'a>(portal: &Portal, headers: &'a HeaderMap) -> &'a str {
    shown::ticket(headers, &cookie_name(portal))
}

/// An answer whose challenge was used up.
pub(super) fn spent(portal: &Portal, response: Response) -> Response {
    shown::spent(&portal.app, &cookie_name(portal), response)
}

/// Leads to a page with the session that a passkey opened.
pub(super) fn enter(portal: &Portal, opened: &Opened, to: &str) -> Response {
    spent(portal, portal.enter(opened, to))
}

async fn begin(
    portal: Portal,
    OpenForm(Nothing {}): OpenForm<Nothing>,
) -> Result<Response, PageError> {
    let asked = passkey::begin_log_in(&portal.app, portal.business.id, &site(&portal)?)?;
    Ok(begun(&portal, asked))
}

async fn log_in(
    portal: Portal,
    headers: HeaderMap,
    OpenForm(AnswerForm { credential, next }): OpenForm<AnswerForm>,
) -> Result<Response, PageError> {
    let (app, business) = (&portal.app, portal.business.id);
    let site = site(&portal)?;
    let ticket = ticket(&portal, &headers);
    let client = portal.client(&headers);
    match passkey::log_in(app, business, &site, ticket, &credential, &client).await {
        Ok(opened) => Ok(enter(&portal, &opened, &portal.home(&next))),
        Err(ServiceError::Unauthorized(problem)) => {
            let page = log_in::page(&portal, String::new(), next, problem).await?;
            Ok(spent(&portal, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}
