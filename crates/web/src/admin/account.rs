//! The person's own account: sessions and password.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::SessionId;
use service::identity::passkey;
use service::identity::session::Session;
use service::identity::two_step::{self, Holder};
use service::identity::{business, session as sessions, staff};
use service::{App, ServiceError};

use super::door;
use super::session::{self, Admin};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused, with_next};
use crate::moment::Moment;
use crate::shown::browser::browser;
use crate::shown::passkey::{PasskeysAt, PasskeysView};
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/account";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/account/password", post(change_password))
        .route("/admin/account/sessions/end-others", post(end_others))
        .route("/admin/account/sessions/{id}/end", post(end))
}

#[derive(Template)]
#[template(path = "admin/account/show.html")]
pub(super) struct AccountPage {
    shell: AdminShell,
    role: &'static str,
    two_step: bool,
    two_step_label: &'static str,
    pub(super) passkeys: PasskeysView,
    sessions: Vec<SessionRow>,
    errors: FormErrors,
}

struct SessionRow {
    id: String,
    browser: String,
    opened: Moment,
    seen: Moment,
    current: bool,
}

pub(super) async fn page(
    admin: &Admin,
    headers: &HeaderMap,
    errors: FormErrors,
) -> Result<AccountPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let two_step = two_step::is_on(&mut work, Holder::Staff(admin.who.member.id)).await?;
    let passkeys = passkey::list(&mut work, Holder::Staff(admin.who.member.id)).await?;
    let zone = business::zone_of(&admin.business)?;
    let passkeys = PasskeysView::new(
        passkeys,
        PasskeysAt {
            app: &admin.app,
            host: &admin.who.session.host,
            user_agent: &session::user_agent(headers),
            base: "/admin/account/passkeys".to_owned(),
            csrf: &admin.csrf,
            proven: sessions::is_proven(&admin.app, &admin.who.session),
            prove_href: with_next("/admin/prove", PATH),
            zone: &zone,
        },
    );
    let sessions = sessions::list(&mut work)
        .await?
        .into_iter()
        .map(
            |Session {
                 id,
                 user_agent,
                 created_at_ms,
                 seen_at_ms,
                 ..
             }| SessionRow {
                id: id.to_string(),
                browser: browser(&user_agent),
                opened: Moment::new(created_at_ms, &zone),
                seen: Moment::new(seen_at_ms, &zone),
                current: id == admin.who.session.id,
            },
        )
        .collect();
    Ok(AccountPage {
        shell: admin
            .shell(&mut work, "Your account", AdminItem::None)
            .await?,
        role: door::label(admin.who.member.role),
        two_step,
        two_step_label: if two_step { "Manage" } else { "Set it up" },
        passkeys,
        sessions,
        errors,
    })
}

async fn show(admin: Admin, headers: HeaderMap) -> Result<Response, PageError> {
    html::page(&page(&admin, &headers, FormErrors::new()).await?)
}

#[derive(Debug, serde::Deserialize)]
struct PasswordForm {
    current: String,
    new: String,
}

async fn change_password(
    admin: Admin,
    headers: HeaderMap,
    PostForm(PasswordForm { current, new }): PostForm<PasswordForm>,
) -> Result<Response, PageError> {
    let keep = admin.who.session.id;
    let changed = staff::change_password(
        &admin.app,
        &admin.actor,
        keep,
        session::mark(&headers).as_deref(),
        &current,
        &new,
    )
    .await;
    let errors = match changed {
        Ok(()) => {
            // A copy of this session's secret ends with the old password, too.
            let detail = "logged in with the new password";
            let opened = sessions::renew(&admin.app, &admin.who, detail).await?;
            let text = "Your password is changed; your other sessions have ended";
            let response = flash::redirect(PATH, text);
            return Ok(session::enter(&admin.app, &opened, response));
        }
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add("current", format!("There were failed tries just now. Wait {retry_after_s} seconds, then try again."));
            errors
        }
        Err(error) => refused(error)?,
    };
    html::refused(&page(&admin, &headers, errors).await?)
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn end(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: SessionId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.begin(&admin.actor).await?;
    sessions::end(&mut work, id).await?;
    work.commit().await?;
    if id == admin.who.session.id {
        return Ok(session::leave(&admin.app));
    }
    Ok(flash::redirect(PATH, "That session has ended"))
}

async fn end_others(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let ended = sessions::end_others(&mut work, admin.who.session.id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        PATH,
        match ended {
            0 => "There was no other session".to_owned(),
            1 => "One other session has ended".to_owned(),
            many => format!("{many} other sessions have ended"),
        },
    ))
}
