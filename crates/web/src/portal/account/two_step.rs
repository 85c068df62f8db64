//! The second step of the person's log-in.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use service::App;
use service::identity::two_step::Holder;
use service::portal::two_step;

use super::{Me, Nothing, Tab};
use crate::error::PageError;
use crate::form::PostForm;
use crate::language::t;
use crate::shown::two_step::{TwoStepView, refused};
use crate::ui::PortalShell;
use crate::{flash, html};

const PAGE: &str = "two-step";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/account/two-step", get(show))
        .route("/portal/{slug}/account/two-step/begin", post(begin))
        .route("/portal/{slug}/account/two-step/confirm", post(confirm))
        .route("/portal/{slug}/account/two-step/codes", post(codes))
        .route("/portal/{slug}/account/two-step/off", post(off))
}

#[derive(Template)]
#[template(path = "portal/account/two_step.html")]
struct TwoStepPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    view: TwoStepView,
}

async fn page(me: &Me) -> Result<TwoStepPage, PageError> {
    let account = &me.who.account;
    let mut work = me.person.app.view(&me.person.actor).await?;
    let shell = me.shell(&mut work, t("security-two-step")).await?;
    let view = TwoStepView::load(
        &mut work,
        Holder::Account(account.id),
        &shell.business,
        &account.email,
        me.path(PAGE),
        me.who.session.csrf.clone(),
    )
    .await?;
    Ok(TwoStepPage {
        shell,
        tabs: me.tabs("security"),
        view,
    })
}

async fn show(me: Me) -> Result<Response, PageError> {
    let page = page(&me).await?;
    if page.view.state == "waiting" {
        // The secret is on the page.
        me.require_proof(PAGE)?;
    }
    html::page(&page)
}

async fn begin(me: Me, PostForm(Nothing {}): PostForm<Nothing>) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    two_step::begin(&me.person.app, &me.who).await?;
    Ok(flash::see_other(&me.path(PAGE)))
}

#[derive(Debug, Deserialize)]
struct CodeForm {
    code: String,
}

async fn confirm(
    me: Me,
    PostForm(CodeForm { code }): PostForm<CodeForm>,
) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    match two_step::confirm(&me.person.app, &me.who, &code).await {
        Ok(codes) => {
            let mut page = page(&me).await?;
            page.view.codes = codes;
            html::page(&page)
        }
        Err(error) => {
            let errors = refused(error)?;
            let mut page = page(&me).await?;
            page.view.errors = errors;
            html::refused(&page)
        }
    }
}

async fn codes(me: Me, PostForm(Nothing {}): PostForm<Nothing>) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let codes = two_step::renew_codes(&me.person.app, &me.who).await?;
    let mut page = page(&me).await?;
    page.view.codes = codes;
    html::page(&page)
}

async fn off(me: Me, PostForm(Nothing {}): PostForm<Nothing>) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    two_step::turn_off(&me.person.app, &me.who).await?;
    Ok(flash::redirect(&me.path(PAGE), t("two-step-off-done")))
}
