//! Passkeys of staff: logging in, the second step, showing once more who it is, and keeping them on the
//! person's own account.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use domain::id::PasskeyId;
use service::identity::passkey::{Begun, Purpose, Site};
use service::identity::{session as sessions, staff};
use service::{App, ServiceError};

use super::session::{self, Admin};
use super::two_step::Waiting;
use super::{account, log_in, two_step};
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, PostForm, local_path, refused};
use crate::middleware::Host;
use crate::shown::passkey::{self as shown, AddForm, AnswerForm, PasskeyButton, RenameForm};
use crate::{cookie, flash, html};

/// The page that the panel is on.
const PAGE: &str = "/admin/account";
/// The name of the cookie of a challenge; under https it has the prefix `__Host-`.
const COOKIE: &str = "tributary_passkey";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/passkey", post(log_in))
        .route("/admin/passkey/begin", post(begin_log_in))
        .route("/admin/second-step/passkey", post(pass_second_step))
        .route("/admin/second-step/passkey/begin", post(begin_second_step))
        .route("/admin/prove/passkey", post(prove))
        .route("/admin/prove/passkey/begin", post(begin_proof))
        .route("/admin/account/passkeys", post(add))
        .route("/admin/account/passkeys/begin", post(begin))
        .route("/admin/account/passkeys/{id}/rename", post(rename))
        .route("/admin/account/passkeys/{id}/remove", post(remove))
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

/// The button of a page: `action` is where the answer goes.
pub(super) fn button(
    app: &App,
    host: &str,
    action: &str,
    label: &'static str,
    next: &str,
    csrf: &str,
) -> PasskeyButton {
    PasskeyButton::new(app, host, action.to_owned(), label, next, csrf)
}

fn begun(app: &App, asked: Begun) -> Response {
    shown::begun(app, &cookie::host_name(app, COOKIE), asked)
}

fn ticket<'a>(app: &App, headers: &'a HeaderMap) -> &'a str {
    shown::ticket(headers, &cookie::host_name(app, COOKIE))
}

fn spent(app: &App, response: Response) -> Response {
    shown::spent(app, &cookie::host_name(app, COOKIE), response)
}

fn site(admin: &Admin) -> Result<Site, PageError> {
    shown::site(&admin.app, &admin.who.session.host)
}

/// Where a passkey leads: a path of this installation, with the session it opened.
fn enter(app: &App, opened: &sessions::Opened, next: &str) -> Response {
    let to = flash::see_other(&local_path(next, "/admin"));
    spent(app, session::enter(app, opened, to))
}

async fn begin_log_in(
    State(app): State<App>,
    Extension(Host(host)): Extension<Host>,
    OpenForm(Nothing {}): OpenForm<Nothing>,
) -> Result<Response, PageError> {
    let site = shown::site(&app, &host)?;
    Ok(begun(&app, staff::begin_passkey_log_in(&app, &site)?))
}

async fn log_in(
    State(app): State<App>,
    Extension(Host(host)): Extension<Host>,
    headers: HeaderMap,
    OpenForm(AnswerForm { credential, next }): OpenForm<AnswerForm>,
) -> Result<Response, PageError> {
    let site = shown::site(&app, &host)?;
    let ticket = ticket(&app, &headers);
    let agent = session::user_agent(&headers);
    match sessions::log_in_by_passkey(&app, &site, ticket, &credential, &host, &agent).await {
        Ok(opened) => Ok(enter(&app, &opened, &next)),
        Err(ServiceError::Unauthorized(problem)) => {
            let page = log_in::page(&app, &host, &headers, None, (String::new(), next), problem);
            Ok(spent(&app, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn begin_second_step(
    Waiting { app, who, .. }: Waiting,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let site = shown::site(&app, &who.session.host)?;
    let asked = staff::begin_passkey(&app, &who, &site, Purpose::SecondStep).await?;
    Ok(begun(&app, asked))
}

async fn pass_second_step(
    waiting: Waiting,
    headers: HeaderMap,
    PostForm(AnswerForm { credential, next }): PostForm<AnswerForm>,
) -> Result<Response, PageError> {
    let Waiting { app, who, .. } = &waiting;
    let app = app.clone();
    let site = shown::site(&app, &who.session.host)?;
    let (ticket, purpose) = (ticket(&app, &headers), Purpose::SecondStep);
    match sessions::prove_by_passkey(&app, who, &site, purpose, ticket, &credential).await {
        Ok(opened) => Ok(enter(&app, &opened, &next)),
        Err(ServiceError::Unauthorized(text)) => {
            let mut page = two_step::ask_page(waiting, next, FormErrors::new());
            page.passkey.error = text;
            Ok(spent(&app, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn begin_proof(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let site = site(&admin)?;
    let asked = staff::begin_passkey(&admin.app, &admin.who, &site, Purpose::Prove).await?;
    Ok(begun(&admin.app, asked))
}

async fn prove(
    admin: Admin,
    headers: HeaderMap,
    PostForm(AnswerForm { credential, next }): PostForm<AnswerForm>,
) -> Result<Response, PageError> {
    let (app, who, site) = (&admin.app, &admin.who, site(&admin)?);
    let (ticket, purpose) = (ticket(app, &headers), Purpose::Prove);
    match sessions::prove_by_passkey(app, who, &site, purpose, ticket, &credential).await {
        Ok(opened) => Ok(enter(app, &opened, &next)),
        Err(ServiceError::Unauthorized(text)) => {
            let mut page = log_in::prove_page(&admin, next, FormErrors::new());
            page.passkey.error = text;
            Ok(spent(app, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn begin(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    admin.require_proof(PAGE)?;
    let asked = staff::begin_add_passkey(&admin.app, &admin.who, &site(&admin)?).await?;
    Ok(begun(&admin.app, asked))
}

async fn add(
    admin: Admin,
    headers: HeaderMap,
    PostForm(AddForm { credential, name }): PostForm<AddForm>,
) -> Result<Response, PageError> {
    admin.require_proof(PAGE)?;
    let (app, who, site) = (&admin.app, &admin.who, site(&admin)?);
    let ticket = ticket(app, &headers);
    let errors = match staff::add_passkey(app, who, &site, ticket, &credential, &name).await {
        Ok(()) => return Ok(spent(app, flash::redirect(PAGE, "The passkey is added"))),
        Err(ServiceError::Unauthorized(text) | ServiceError::Conflict(text)) => {
            let mut errors = FormErrors::new();
            errors.add("passkey", text);
            errors
        }
        Err(error) => refused(error)?,
    };
    let mut page = account::page(&admin, &headers, FormErrors::new()).await?;
    page.passkeys.suggested = name;
    page.passkeys.errors = errors;
    Ok(spent(app, html::refused(&page)?))
}

async fn rename(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(RenameForm { name }): PostForm<RenameForm>,
) -> Result<Response, PageError> {
    let id: PasskeyId = id.parse().map_err(|_| PageError::not_found())?;
    admin.require_proof(PAGE)?;
    staff::rename_passkey(&admin.app, &admin.who, id, &name).await?;
    Ok(flash::redirect(PAGE, "The passkey has a new name"))
}

async fn remove(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: PasskeyId = id.parse().map_err(|_| PageError::not_found())?;
    admin.require_proof(PAGE)?;
    staff::remove_passkey(&admin.app, &admin.who, id).await?;
    Ok(flash::redirect(PAGE, "The passkey is removed"))
}
