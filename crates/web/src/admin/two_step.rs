//! The second step of a member of staff's log-in: setting it up, and being asked for it.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::AffiliateId;
use serde::Deserialize;
use service::App;
use service::identity::session::{self as sessions, LoggedIn};
use service::identity::staff;
use service::identity::two_step::Holder;
use service::portal::two_step as portal_step;

use super::passkey;
use super::session::{self, Admin};
use crate::error::PageError;
use crate::form::{Csrf, FormErrors, PostForm, local_path};
use crate::shown::passkey::PasskeyButton;
use crate::shown::two_step::{TwoStepView, refused};
use crate::ui::{AdminItem, AdminShell, AuthShell, Frame};
use crate::{flash, html, theme};

const PATH: &str = "/admin/account/two-step";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/account/two-step/begin", post(begin))
        .route("/admin/account/two-step/confirm", post(confirm))
        .route("/admin/account/two-step/codes", post(codes))
        .route("/admin/account/two-step/off", post(off))
        .route("/admin/affiliates/{id}/two-step-off", post(reset))
        .route(session::SECOND_STEP, get(ask).post(enter))
}

#[derive(Template)]
#[template(path = "admin/account/two_step.html")]
struct TwoStepPage {
    shell: AdminShell,
    view: TwoStepView,
}

async fn page(admin: &Admin) -> Result<TwoStepPage, PageError> {
    let member = &admin.who.member;
    let mut work = admin.app.view(&admin.actor).await?;
    let view = TwoStepView::load(
        &mut work,
        Holder::Staff(member.id),
        "Tributary",
        &member.email,
        PATH.to_owned(),
        admin.csrf.clone(),
    )
    .await?;
    Ok(TwoStepPage {
        shell: admin
            .shell(&mut work, "Two-step log-in", AdminItem::None)
            .await?,
        view,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let page = page(&admin).await?;
    if page.view.state == "waiting" {
        // The secret is on the page.
        admin.require_proof(PATH)?;
    }
    html::page(&page)
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn begin(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    staff::begin_two_step(&admin.app, &admin.who).await?;
    Ok(flash::see_other(PATH))
}

#[derive(Debug, Deserialize)]
struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

async fn confirm(
    admin: Admin,
    PostForm(CodeForm { code, next: _ }): PostForm<CodeForm>,
) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    match staff::confirm_two_step(&admin.app, &admin.who, &code).await {
        Ok(codes) => {
            let mut page = page(&admin).await?;
            page.view.codes = codes;
            html::page(&page)
        }
        Err(error) => {
            let errors = refused(error)?;
            let mut page = page(&admin).await?;
            page.view.errors = errors;
            html::refused(&page)
        }
    }
}

async fn codes(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    let codes = staff::renew_recovery_codes(&admin.app, &admin.who).await?;
    let mut page = page(&admin).await?;
    page.view.codes = codes;
    html::page(&page)
}

async fn off(admin: Admin, PostForm(Nothing {}): PostForm<Nothing>) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    staff::turn_two_step_off(&admin.app, &admin.who).await?;
    Ok(flash::redirect(PATH, "Two-step log-in is off"))
}

/// For an affiliate who has lost phone and recovery codes.
async fn reset(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: AffiliateId = id.parse().map_err(|_| PageError::not_found())?;
    let back = format!("/admin/affiliates/{id}");
    admin.require_proof(&back)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    portal_step::reset(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(&back, "Two-step log-in is off"))
}

/// A member of staff whose session waits for the second step.
pub(super) struct Waiting {
    pub(super) app: App,
    pub(super) who: LoggedIn,
    shell: AuthShell,
}

impl FromRequestParts<App> for Waiting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Some(who) = session::waiting(app, parts).await? else {
            return Err(flash::see_other("/admin").into());
        };
        parts.extensions.insert(Csrf(who.session.csrf.clone()));
        let frame = Frame {
            title: "One more step".to_owned(),
            path: session::SECOND_STEP.to_owned(),
            theme: theme::of(&parts.headers),
            csrf: who.session.csrf.clone(),
            demo: app.settings().demo,
            ..Frame::default()
        };
        Ok(Self {
            app: app.clone(),
            who,
            shell: AuthShell {
                frame,
                ..AuthShell::default()
            },
        })
    }
}

#[derive(Template)]
#[template(path = "two_step/ask.html")]
pub(super) struct AskPage {
    shell: AuthShell,
    action: String,
    log_in_href: String,
    next: String,
    pub(super) passkey: PasskeyButton,
    errors: FormErrors,
}

pub(super) fn ask_page(
    Waiting { app, who, shell }: Waiting,
    next: String,
    errors: FormErrors,
) -> AskPage {
    let session = &who.session;
    let action = "/admin/second-step/passkey";
    let label = "Use a passkey instead";
    AskPage {
        shell,
        action: session::SECOND_STEP.to_owned(),
        log_in_href: session::LOG_IN.to_owned(),
        passkey: passkey::button(&app, &session.host, action, label, &next, &session.csrf),
        next,
        errors,
    }
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn ask(waiting: Waiting, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    html::page(&ask_page(waiting, next, FormErrors::new()))
}

async fn enter(
    waiting: Waiting,
    PostForm(CodeForm { code, next }): PostForm<CodeForm>,
) -> Result<Response, PageError> {
    match sessions::pass_second_step(&waiting.app, &waiting.who, &code).await {
        Ok(opened) => {
            let to = flash::see_other(&local_path(&next, "/admin"));
            Ok(session::enter(&waiting.app, &opened, to))
        }
        Err(error) => html::refused(&ask_page(waiting, next, refused(error)?)),
    }
}
