//! Password and sessions.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::SessionId;
use serde::Deserialize;
use service::identity::passkey;
use service::identity::two_step::{self, Holder};
use service::portal::session::{self, Session};
use service::{App, ServiceError};

use super::{Me, Nothing, Tab};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused, with_next};
use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::portal::log_in::wait_text;
use crate::shown::browser::browser;
use crate::shown::passkey::{PasskeysAt, PasskeysView};
use crate::ui::{Flash, PortalShell, Tone};
use crate::{flash, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/account/security", get(show))
        .route("/portal/{slug}/account/password", post(change_password))
        .route(
            "/portal/{slug}/account/sessions/end-others",
            post(end_others),
        )
        .route("/portal/{slug}/account/sessions/{session}/end", post(end))
}

#[derive(Template)]
#[template(path = "portal/account/security.html")]
pub(super) struct SecurityPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    base: String,
    email: String,
    /// Whether the present password may stay blank.
    proven: bool,
    prove_href: String,
    two_step: bool,
    two_step_label: &'static str,
    pub(super) passkeys: PasskeysView,
    sessions: Vec<SessionRow>,
    errors: FormErrors,
}

struct SessionRow {
    id: String,
    browser: String,
    host: String,
    opened: Moment,
    seen: Moment,
    current: bool,
}

pub(super) async fn page(
    me: &Me,
    headers: &HeaderMap,
    errors: FormErrors,
) -> Result<SecurityPage, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let two_step = two_step::is_on(&mut work, Holder::Account(me.who.account.id)).await?;
    let passkeys = passkey::list(&mut work, Holder::Account(me.who.account.id)).await?;
    let zone = &me.person.zone;
    let sessions = session::list(&mut work)
        .await?
        .into_iter()
        .map(|session| {
            let Session {
                id,
                user_agent,
                host,
                created_at_ms,
                seen_at_ms,
                ..
            } = session;
            SessionRow {
                id: id.to_string(),
                browser: browser(&user_agent),
                host,
                opened: Moment::new(created_at_ms, zone),
                seen: Moment::new(seen_at_ms, zone),
                current: id == me.who.session.id,
            }
        })
        .collect();
    let proven = session::is_proven(&me.person.app, &me.who.session);
    let prove_href = with_next(&me.path("prove"), &me.path("security"));
    let passkeys = PasskeysView::new(
        passkeys,
        PasskeysAt {
            app: &me.person.app,
            host: &me.portal.host,
            user_agent: &me.portal.client(headers).user_agent,
            base: me.path("passkeys"),
            csrf: &me.who.session.csrf,
            proven,
            prove_href: prove_href.clone(),
            zone,
        },
    );
    Ok(SecurityPage {
        shell: me.shell(&mut work, t("account-security")).await?,
        tabs: me.tabs("security"),
        base: me.path(""),
        email: me.who.account.email.clone(),
        proven,
        prove_href,
        two_step,
        two_step_label: if two_step {
            t("security-manage")
        } else {
            t("security-set-up")
        },
        passkeys,
        sessions,
        errors,
    })
}

async fn show(me: Me, headers: HeaderMap) -> Result<Response, PageError> {
    html::page(&page(&me, &headers, FormErrors::new()).await?)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    #[serde(default)]
    current: String,
    new: String,
}

async fn change_password(
    me: Me,
    headers: HeaderMap,
    PostForm(PasswordForm { current, new }): PostForm<PasswordForm>,
) -> Result<Response, PageError> {
    let app = &me.person.app;
    let changed = session::change_password(app, &me.who, me.mark.as_deref(), &current, &new).await;
    let errors = match changed {
        Ok(opened) => {
            let response = me.portal.enter(&opened, &me.path("security"));
            let text = t("security-changed");
            return Ok(flash::with(
                response,
                Flash {
                    tone: Tone::Success,
                    text: text.to_owned(),
                    undo: None,
                },
            ));
        }
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add("current", wait_text(retry_after_s));
            errors
        }
        Err(error) => refused(error)?,
    };
    html::refused(&page(&me, &headers, errors).await?)
}

async fn end(
    me: Me,
    Path((_slug, id)): Path<(String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: SessionId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = me.person.app.begin(&me.person.actor).await?;
    session::end(&mut work, id).await?;
    work.commit().await?;
    if id == me.who.session.id {
        return Ok(me.portal.leave());
    }
    Ok(flash::redirect(&me.path("security"), t("security-ended")))
}

async fn end_others(
    me: Me,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = me.person.app.begin(&me.person.actor).await?;
    let ended = session::end_others(&mut work, me.who.session.id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &me.path("security"),
        match ended {
            0 => t("security-none-ended").to_owned(),
            many => phrase("security-others-ended").count("n", many).into(),
        },
    ))
}
