//! Signing up: a form, and then the page that takes the code ([`super::code`]).

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::click::ip_prefix;
use service::portal::sign_up::{self, SignUp};
use service::{App, ServiceError};

use super::code::{asked_for, code_page, of_browser, too_soon};
use super::session::Portal;
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, refused};
use crate::language::t;
use crate::middleware::ClientIp;
use crate::ui::AuthShell;
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/sign-up", get(show).post(ask))
        .route("/portal/{slug}/sign-up/again", post(again))
}

/// Where to go afterwards.
#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "portal/sign_up.html")]
struct SignUpPage {
    shell: AuthShell,
    /// Whether anyone may sign up.
    open: bool,
    person: String,
    email: String,
    next: String,
    log_in_href: String,
    errors: FormErrors,
    /// Why it does not work now.
    problem: String,
}

fn page(portal: &Portal, typed: Typed, errors: FormErrors, problem: String) -> SignUpPage {
    let Typed { name, email, next } = typed;
    SignUpPage {
        shell: portal.auth_shell(t("sign-up-title")),
        open: true,
        person: name,
        email,
        next,
        log_in_href: format!("{}/log-in", portal.base()),
        errors,
        problem,
    }
}

fn closed(portal: &Portal) -> Result<Response, PageError> {
    let page = SignUpPage {
        open: false,
        shell: portal.auth_shell(t("sign-up-title-closed")),
        ..page(portal, Typed::default(), FormErrors::new(), String::new())
    };
    html::page_with(StatusCode::FORBIDDEN, &page)
}

/// What stands in the form again when it comes back; the password never does.
#[derive(Debug, Clone, Default)]
struct Typed {
    name: String,
    email: String,
    next: String,
}

async fn show(portal: Portal, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    if !sign_up::is_open(&mut work).await? {
        return closed(&portal);
    }
    let typed = Typed {
        next,
        ..Typed::default()
    };
    html::page(&page(&portal, typed, FormErrors::new(), String::new()))
}

#[derive(Debug, serde::Deserialize)]
struct SignUpForm {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn ask(
    portal: Portal,
    client: Option<Extension<ClientIp>>,
    OpenForm(form): OpenForm<SignUpForm>,
) -> Result<Response, PageError> {
    let SignUpForm {
        name,
        email,
        password,
        next,
    } = form;
    let typed = Typed { name, email, next };
    let input = SignUp {
        name: typed.name.clone(),
        email: typed.email.clone(),
        password,
        ip_prefix: network(client),
        language: crate::language::now(),
    };
    match sign_up::ask(&portal.app, portal.business.id, input).await {
        Ok(flow) => Ok(asked_for(&portal, &flow, &typed.next)),
        Err(ServiceError::Forbidden(_)) => closed(&portal),
        Err(ServiceError::TooMany { retry_after_s }) => too_soon(retry_after_s, |problem| {
            page(&portal, typed, FormErrors::new(), problem)
        }),
        Err(error) => {
            let errors = refused(error)?;
            html::refused(&page(&portal, typed, errors, String::new()))
        }
    }
}

fn network(client: Option<Extension<ClientIp>>) -> Option<String> {
    client.map(|Extension(ClientIp(address))| ip_prefix(address))
}

#[derive(Debug, serde::Deserialize)]
struct AgainForm {
    email: String,
    #[serde(default)]
    next: String,
}

/// Another code, to the same address or to another one.
async fn again(
    portal: Portal,
    headers: HeaderMap,
    client: Option<Extension<ClientIp>>,
    OpenForm(AgainForm { email, next }): OpenForm<AgainForm>,
) -> Result<Response, PageError> {
    let (flow, asked) = of_browser(&portal, &headers).await?;
    let (app, business) = (&portal.app, portal.business.id);
    match sign_up::ask_again(app, business, &flow, &email, network(client)).await {
        Ok(flow) => Ok(asked_for(&portal, &flow, &next)),
        Err(ServiceError::Forbidden(_)) => closed(&portal),
        // What was typed is gone, by time or because the account was made.
        Err(ServiceError::NotFound(_)) => {
            Ok(flash::see_other(&format!("{}/sign-up", portal.base())))
        }
        Err(ServiceError::TooMany { retry_after_s }) => too_soon(retry_after_s, |problem| {
            code_page(&portal, asked, next, problem)
        }),
        Err(error) => {
            let mut page = code_page(&portal, asked, next, String::new());
            page.errors = refused(error)?;
            html::refused(&page)
        }
    }
}
