//! The second step of a log-in: who has turned it on is asked for a code of their authenticator app before
//! anything opens, however they came in.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use service::identity::passkey::Purpose;
use service::portal::passkey as passkeys;
use service::portal::session::{self, LoggedIn};
use service::{App, ServiceError};

use super::passkey;
use super::session::Portal;
use crate::error::PageError;
use crate::form::{Csrf, FormErrors, PostForm};
use crate::language::t;
use crate::shown::passkey::{AnswerForm, PasskeyButton};
use crate::shown::two_step::refused;
use crate::ui::AuthShell;
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/second-step", get(show).post(enter))
        .route("/portal/{slug}/second-step/passkey", post(with_passkey))
        .route(
            "/portal/{slug}/second-step/passkey/begin",
            post(begin_passkey),
        )
}

/// Somebody whose session waits for the second step.
struct Waiting {
    portal: Portal,
    who: LoggedIn,
}

impl FromRequestParts<App> for Waiting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let portal = Portal::from_request_parts(parts, app).await?;
        let Some(who) = portal.waiting(&parts.headers).await? else {
            return Err(flash::see_other(&portal.home("")).into());
        };
        parts.extensions.insert(Csrf(who.session.csrf.clone()));
        Ok(Self { portal, who })
    }
}

#[derive(Template)]
#[template(path = "two_step/ask.html")]
struct AskPage {
    shell: AuthShell,
    action: String,
    log_in_href: String,
    next: String,
    passkey: PasskeyButton,
    errors: FormErrors,
}

fn page(Waiting { portal, who }: &Waiting, next: String, errors: FormErrors) -> AskPage {
    let mut shell = portal.auth_shell(t("second-step-title"));
    shell.frame.csrf.clone_from(&who.session.csrf);
    AskPage {
        shell,
        action: format!("{}/second-step", portal.base()),
        log_in_href: format!("{}/log-in", portal.base()),
        passkey: passkey::button(
            portal,
            "second-step/passkey",
            t("passkey-instead"),
            &next,
            &who.session.csrf,
        ),
        next,
        errors,
    }
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn begin_passkey(
    Waiting { portal, who }: Waiting,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let site = passkey::site(&portal)?;
    let asked = passkeys::begin(&portal.app, &who, &site, Purpose::SecondStep).await?;
    Ok(passkey::begun(&portal, asked))
}

async fn with_passkey(
    waiting: Waiting,
    headers: HeaderMap,
    PostForm(AnswerForm { credential, next }): PostForm<AnswerForm>,
) -> Result<Response, PageError> {
    let Waiting { portal, who } = &waiting;
    let site = passkey::site(portal)?;
    let ticket = passkey::ticket(portal, &headers);
    let purpose = Purpose::SecondStep;
    match passkeys::prove(&portal.app, who, &site, purpose, ticket, &credential).await {
        Ok(opened) => Ok(passkey::enter(portal, &opened, &portal.home(&next))),
        Err(ServiceError::Unauthorized(text)) => {
            let mut page = page(&waiting, next, FormErrors::new());
            page.passkey.error = text;
            Ok(passkey::spent(portal, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show(waiting: Waiting, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    html::page(&page(&waiting, next, FormErrors::new()))
}

#[derive(Debug, Deserialize)]
struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

async fn enter(
    waiting: Waiting,
    PostForm(CodeForm { code, next }): PostForm<CodeForm>,
) -> Result<Response, PageError> {
    let portal = &waiting.portal;
    match session::pass_second_step(&portal.app, &waiting.who, &code).await {
        Ok(opened) => Ok(portal.enter(&opened, &portal.home(&next))),
        Err(error) => {
            let errors = refused(error)?;
            html::refused(&page(&waiting, next, errors))
        }
    }
}
