//! Log-in, log-out, the other business of the same person, and giving the password again.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::id::BusinessId;
use service::identity::session::LogIn;
use service::identity::{business, session as sessions};
use service::{App, ServiceError};

use super::{passkey, session, set_up};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash::Brought;
use crate::form::{FormErrors, OpenForm, PostForm, local_path};
use crate::middleware::Host;
use crate::shown::passkey::PasskeyButton;
use crate::ui::{AuthShell, Frame};
use crate::{flash, html, theme};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/log-in", get(show).post(log_in))
        .route("/admin/log-out", post(log_out))
        .route("/admin/switch", post(switch))
        .route("/admin/prove", get(ask_again).post(prove))
}

/// Where to go afterwards.
#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "admin/session/log_in.html")]
pub(super) struct LogInPage {
    shell: AuthShell,
    email: String,
    next: String,
    passkey: PasskeyButton,
    /// What was wrong with the last try.
    problem: String,
}

fn auth_shell(
    app: &App,
    headers: &HeaderMap,
    brought: Option<Brought>,
    title: &str,
    path: &str,
) -> AuthShell {
    let frame = Frame {
        title: title.to_owned(),
        path: path.to_owned(),
        theme: theme::of(headers),
        demo: app.settings().demo,
        flash: brought.and_then(|brought| brought.0),
        ..Frame::default()
    };
    AuthShell {
        frame,
        ..AuthShell::default()
    }
}

/// The log-in with what was typed: the address, and where to go afterwards.
pub(super) fn page(
    app: &App,
    host: &str,
    headers: &HeaderMap,
    brought: Option<Brought>,
    (email, next): (String, String),
    problem: String,
) -> LogInPage {
    let label = "Log in with a passkey";
    LogInPage {
        shell: auth_shell(app, headers, brought, "Log in", session::LOG_IN),
        email,
        passkey: passkey::button(app, host, "/admin/passkey", label, &next, "").in_field(),
        next,
        problem,
    }
}

async fn show(
    State(app): State<App>,
    Extension(Host(host)): Extension<Host>,
    Query(Next { next }): Query<Next>,
    brought: Option<Extension<Brought>>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if business::none_yet(&app).await? {
        return Ok(flash::see_other(set_up::PATH));
    }
    let brought = brought.map(|Extension(brought)| brought);
    let typed = (String::new(), next);
    html::page(&page(&app, &host, &headers, brought, typed, String::new()))
}

#[derive(Debug, serde::Deserialize)]
struct LogInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn log_in(
    State(app): State<App>,
    Extension(Host(host)): Extension<Host>,
    headers: HeaderMap,
    OpenForm(LogInForm {
        email,
        password,
        next,
    }): OpenForm<LogInForm>,
) -> Result<Response, PageError> {
    let input = LogIn {
        email: email.clone(),
        password,
        host: host.clone(),
        user_agent: session::user_agent(&headers),
        mark: session::mark(&headers),
    };
    let (status, problem, retry_after_s) = match sessions::log_in(&app, input).await {
        Ok(opened) => {
            return Ok(session::enter(
                &app,
                &opened,
                flash::see_other(&local_path(&next, "/admin")),
            ));
        }
        Err(ServiceError::Unauthorized(text)) => (StatusCode::UNPROCESSABLE_ENTITY, text, None),
        Err(ServiceError::TooMany { retry_after_s }) => (
            StatusCode::TOO_MANY_REQUESTS,
            wait_text(retry_after_s),
            Some(retry_after_s),
        ),
        Err(error) => return Err(error.into()),
    };
    let page = page(&app, &host, &headers, None, (email, next), problem);
    let mut response = html::page_with(status, &page)?;
    if let Some(seconds) = retry_after_s {
        response
            .headers_mut()
            .insert(axum::http::header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

pub(super) fn wait_text(seconds: i64) -> String {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    format!(
        "There were failed tries just now. Wait {seconds} {unit}, then try again; your account is not locked."
    )
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn log_out(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    sessions::end(&mut work, admin.who.session.id).await?;
    work.commit().await?;
    Ok(session::leave(&admin.app))
}

#[derive(Debug, serde::Deserialize)]
struct SwitchForm {
    business: String,
}

async fn switch(
    admin: Admin,
    PostForm(SwitchForm { business }): PostForm<SwitchForm>,
) -> Result<Response, PageError> {
    let to: BusinessId = business.parse().map_err(|_| PageError::not_found())?;
    let opened = sessions::switch(&admin.app, &admin.who, to).await?;
    Ok(session::enter(
        &admin.app,
        &opened,
        flash::see_other("/admin"),
    ))
}

#[derive(Template)]
#[template(path = "admin/session/prove.html")]
pub(super) struct ProvePage {
    shell: AuthShell,
    email: String,
    next: String,
    pub(super) passkey: PasskeyButton,
    errors: FormErrors,
}

pub(super) fn prove_page(admin: &Admin, next: String, errors: FormErrors) -> ProvePage {
    let frame = Frame {
        title: "Your password, once more".to_owned(),
        path: admin.path.clone(),
        theme: admin.theme,
        csrf: admin.csrf.clone(),
        demo: admin.app.settings().demo,
        ..Frame::default()
    };
    let shell = AuthShell {
        frame,
        business: admin.business.name.clone(),
        ..AuthShell::default()
    };
    ProvePage {
        shell,
        email: admin.who.member.email.clone(),
        passkey: passkey::button(
            &admin.app,
            &admin.who.session.host,
            "/admin/prove/passkey",
            "Use a passkey",
            &next,
            &admin.csrf,
        ),
        next,
        errors,
    }
}

async fn ask_again(admin: Admin, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    html::page(&prove_page(&admin, next, FormErrors::new()))
}

#[derive(Debug, serde::Deserialize)]
struct ProveForm {
    password: String,
    #[serde(default)]
    next: String,
}

async fn prove(
    admin: Admin,
    headers: HeaderMap,
    PostForm(ProveForm { password, next }): PostForm<ProveForm>,
) -> Result<Response, PageError> {
    let mut errors = match sessions::prove(
        &admin.app,
        &admin.who,
        session::mark(&headers).as_deref(),
        &password,
    )
    .await
    {
        Ok(opened) => {
            return Ok(session::enter(
                &admin.app,
                &opened,
                flash::see_other(&local_path(&next, "/admin")),
            ));
        }
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add("password", wait_text(retry_after_s));
            errors
        }
        Err(error) => crate::form::refused(error)?,
    };
    if errors.is_empty() {
        errors.add("password", "This is not your password");
    }
    html::refused(&prove_page(&admin, next, errors))
}
