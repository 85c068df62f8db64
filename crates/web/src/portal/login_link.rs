//! The page behind a log-in link. Looking at it spends nothing: mail scanners look, people press the
//! button. Links are asked for with the codes ([`super::code`]).

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use domain::id::AccountId;
use service::error::not_found;
use service::portal::login_link::{self, GoodLink};
use service::{App, ServiceError};

use super::choice::{AccountChoice, choices};
use super::session::Portal;
use crate::error::PageError;
use crate::form::OpenForm;
use crate::html;
use crate::language::{phrase, said, t};
use crate::ui::AuthShell;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/portal/{slug}/link/{token}", get(show).post(enter))
}

#[derive(Template)]
#[template(path = "portal/login_link.html")]
struct LinkPage {
    shell: AuthShell,
    email: String,
    accounts: Vec<AccountChoice>,
    /// Where to go afterwards, below the portal's path.
    next: String,
}

#[derive(Template)]
#[template(path = "portal/login_link_void.html")]
struct VoidPage {
    shell: AuthShell,
    text: String,
    log_in_href: String,
}

/// The page of a link that is none any more; other errors go on.
fn over(portal: &Portal, error: ServiceError) -> Result<Response, PageError> {
    match error {
        ServiceError::NotFound(_) => Err(PageError::not_found()),
        ServiceError::Conflict(text) => html::page_with(
            StatusCode::GONE,
            &VoidPage {
                shell: portal.auth_shell(t("login-link-void")),
                text: said(text),
                log_in_href: format!("{}/log-in", portal.base()),
            },
        ),
        error => Err(error.into()),
    }
}

async fn show(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
    Query(Next { next }): Query<Next>,
) -> Result<Response, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    match login_link::look(&mut work, &token, &portal.host).await {
        Ok(GoodLink { email, accounts }) => html::page(&LinkPage {
            shell: portal.auth_shell(phrase("log-in-title").with("business", &portal.brand.name)),
            email,
            accounts: choices(&accounts, None),
            next,
        }),
        Err(error) => over(&portal, error),
    }
}

/// Where to go afterwards, below the portal's path.
#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Debug, serde::Deserialize)]
struct EnterForm {
    account: String,
    #[serde(default)]
    next: String,
}

async fn enter(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
    headers: HeaderMap,
    OpenForm(EnterForm { account, next }): OpenForm<EnterForm>,
) -> Result<Response, PageError> {
    let chosen: AccountId = account.parse().map_err(|_| not_found("account"))?;
    let client = portal.client(&headers);
    match login_link::enter(&portal.app, portal.business.id, &token, chosen, &client).await {
        Ok(opened) => {
            let next = format!("{}{next}", portal.base());
            Ok(portal.enter(&opened, &portal.home(&next)))
        }
        Err(error) => over(&portal, error),
    }
}
