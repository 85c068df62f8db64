//! Behind the link of an invitation to the team: looking spends nothing, the form accepts.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use domain::status::Role;
use service::identity::staff_invitation::{self, Welcome};
use service::{App, ServiceError};

use super::log_in::wait_text;
use super::session::LOG_IN;
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, refused};
use crate::ui::{AuthShell, Frame};
use crate::{flash, html, theme};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/join/{token}", get(show).post(accept))
}

#[derive(Template)]
#[template(path = "admin/session/join.html")]
struct JoinPage {
    shell: AuthShell,
    business: String,
    email: String,
    /// The name typed, or as the owner wrote it.
    person: String,
    agent: bool,
    /// Whether the invitation can be accepted.
    open: bool,
    action: String,
    errors: FormErrors,
}

fn page(
    app: &App,
    headers: &HeaderMap,
    token: &str,
    welcome: Welcome,
    name: Option<String>,
    errors: FormErrors,
) -> JoinPage {
    let Welcome {
        business,
        email,
        name: suggested,
        role,
        open,
    } = welcome;
    let action = format!("/admin/join/{token}");
    let frame = Frame {
        title: if open {
            format!("Join {business}")
        } else {
            "This invitation is over".to_owned()
        },
        path: action.clone(),
        theme: theme::of(headers),
        demo: app.settings().demo,
        ..Frame::default()
    };
    JoinPage {
        shell: AuthShell {
            frame,
            ..AuthShell::default()
        },
        business,
        email,
        person: name.unwrap_or(suggested),
        agent: role == Role::Agent,
        open,
        action,
        errors,
    }
}

async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let welcome = staff_invitation::welcome(&app, &token).await?;
    let status = if welcome.open {
        StatusCode::OK
    } else {
        StatusCode::GONE
    };
    let page = page(&app, &headers, &token, welcome, None, FormErrors::new());
    html::page_with(status, &page)
}

#[derive(Debug, serde::Deserialize)]
struct JoinForm {
    name: String,
    password: String,
}

async fn accept(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    OpenForm(JoinForm { name, password }): OpenForm<JoinForm>,
) -> Result<Response, PageError> {
    let errors = match staff_invitation::accept(&app, &token, &name, &password).await {
        Ok(_) => {
            return Ok(flash::redirect(
                LOG_IN,
                "You are in the team. Log in with your address and password.",
            ));
        }
        Err(ServiceError::Conflict(text)) => return Ok(flash::redirect_with_error(LOG_IN, text)),
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add("password", wait_text(retry_after_s));
            let welcome = staff_invitation::welcome(&app, &token).await?;
            let page = page(&app, &headers, &token, welcome, Some(name), errors);
            let mut response = html::page_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after_s.into());
            return Ok(response);
        }
        Err(error) => refused(error)?,
    };
    let welcome = staff_invitation::welcome(&app, &token).await?;
    html::refused(&page(&app, &headers, &token, welcome, Some(name), errors))
}
