//! Switching between the accounts of one address without logging out.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use domain::id::AccountId;
use service::App;
use service::error::not_found;
use service::portal::session::{self, Accounts};

use super::choice::{AccountChoice, choices};
use super::session::{Person, Portal};
use crate::error::PageError;
use crate::form::PostForm;
use crate::html;
use crate::language::t;
use crate::ui::PortalShell;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/portal/{slug}/accounts", get(show).post(switch))
}

#[derive(Template)]
#[template(path = "portal/switch.html")]
struct SwitchPage {
    shell: PortalShell,
    accounts: Vec<AccountChoice>,
    email: String,
    /// Whether the address has accounts that a code would open.
    more: bool,
}

async fn show(person: Person) -> Result<Response, PageError> {
    let mut work = person.app.view(&person.actor).await?;
    let shell = person.shell(&mut work, t("frame-switch-account")).await?;
    let Accounts { open, more } = session::accounts(&mut work, &person.who).await?;
    html::page(&SwitchPage {
        shell,
        accounts: choices(&open, Some(person.who.account.id)),
        email: person.who.account.email.clone(),
        more,
    })
}

#[derive(Debug, serde::Deserialize)]
struct SwitchForm {
    account: String,
}

async fn switch(
    portal: Portal,
    person: Person,
    headers: HeaderMap,
    PostForm(SwitchForm { account }): PostForm<SwitchForm>,
) -> Result<Response, PageError> {
    let to: AccountId = account.parse().map_err(|_| not_found("account"))?;
    let client = portal.client(&headers);
    let opened = session::switch(&person.app, &person.who, to, &client).await?;
    Ok(portal.enter(&opened, &portal.home("")))
}
