//! The page behind an invitation's link. Looking at it spends nothing: mail scanners look, people press
//! the button.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use domain::status::InvitationState;
use service::portal::brand;
use service::portal::invitation::{self, Acceptance, Welcome};
use service::portal::session::LoggedIn;
use service::{App, ServiceError};

use super::session::{Person, Portal};
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, PostForm, with_next};
use crate::language::{phrase, t};
use crate::ui::AuthShell;
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/invitation/{token}", get(show).post(accept))
        .route("/portal/{slug}/invitation/{token}/attach", post(attach))
}

#[derive(Template)]
#[template(path = "portal/invitation.html")]
struct InvitationPage {
    shell: AuthShell,
    business: String,
    campaign: Option<String>,
    email: String,
    /// The name typed, or the affiliate's as a suggestion.
    person: String,
    /// Leads back here when the address has accounts, one of which can take the invitation.
    log_in_href: String,
    /// Whether the address has such an account.
    can_attach: bool,
    /// Whether a new account may be made.
    can_make: bool,
    /// The account that is logged in and can take it: its name, and the token of its forms.
    takes: Option<Taker>,
    attach_action: String,
    errors: FormErrors,
}

/// Who is logged in and can take the invitation.
struct Taker {
    name: String,
    csrf: String,
}

/// An invitation that cannot be used: why, and what to do.
#[derive(Template)]
#[template(path = "portal/invitation_over.html")]
struct OverPage {
    shell: AuthShell,
    text: String,
    log_in_href: String,
}

fn invitation_page(
    portal: &Portal,
    token: &str,
    who: Option<&LoggedIn>,
    welcome: Welcome,
    name: Option<String>,
    errors: FormErrors,
) -> InvitationPage {
    let path = format!("{}/invitation/{token}", portal.base());
    let takes = who
        .filter(|who| invitation::can_take(&who.account, &welcome))
        .map(|who| Taker {
            name: who.account.name.clone(),
            csrf: who.session.csrf.clone(),
        });
    let Welcome {
        email,
        name: suggested,
        campaign,
        can_attach,
        can_make,
        ..
    } = welcome;
    InvitationPage {
        shell: portal.auth_shell(phrase("invitation-title").with("business", &portal.brand.name)),
        business: portal.brand.name.clone(),
        campaign,
        email,
        person: name.unwrap_or(suggested),
        log_in_href: if can_attach {
            with_next(&format!("{}/log-in", portal.base()), &path)
        } else {
            format!("{}/log-in", portal.base())
        },
        can_attach,
        can_make,
        takes,
        attach_action: format!("{path}/attach"),
        errors,
    }
}

/// The page of a state in which the link does nothing; `None` when it can be used.
fn over_page(
    portal: &Portal,
    state: InvitationState,
    has_account: bool,
) -> Option<(StatusCode, OverPage)> {
    let business = &portal.brand.name;
    let (status, title, text, may_log_in) = match state {
        InvitationState::Accepted => (
            StatusCode::GONE,
            t("invitation-used-title"),
            t("invitation-used").to_owned(),
            true,
        ),
        InvitationState::Revoked if !has_account => (
            StatusCode::GONE,
            t("invitation-revoked-title"),
            phrase("invitation-revoked")
                .with("business", business)
                .into(),
            false,
        ),
        InvitationState::Expired if !has_account => (
            StatusCode::GONE,
            t("invitation-expired-title"),
            phrase("invitation-expired")
                .with("business", business)
                .into(),
            false,
        ),
        _ if has_account => (
            StatusCode::OK,
            t("invitation-have-title"),
            t("invitation-have").to_owned(),
            true,
        ),
        _ => return None,
    };
    let log_in_href = if may_log_in {
        format!("{}/log-in", portal.base())
    } else {
        String::new()
    };
    Some((
        status,
        OverPage {
            shell: portal.auth_shell(title),
            text,
            log_in_href,
        },
    ))
}

async fn look(portal: &Portal, token: &str) -> Result<Welcome, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    match invitation::open(&mut work, token).await {
        Err(ServiceError::NotFound(_)) => Err(PageError::not_found()),
        result => Ok(result?),
    }
}

async fn show(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let welcome = look(&portal, &token).await?;
    if let Some((status, page)) = over_page(&portal, welcome.state, welcome.has_account) {
        return html::page_with(status, &page);
    }
    if invitation::is_unopened(welcome.state) {
        let mut work = portal.app.begin(&App::system(portal.business.id)).await?;
        invitation::note_opened(&mut work, welcome.id).await?;
        work.commit().await?;
    }
    let who = portal.logged_in(&headers).await?;
    html::page(&invitation_page(
        &portal,
        &token,
        who.as_ref(),
        welcome,
        None,
        FormErrors::new(),
    ))
}

#[derive(Debug, serde::Deserialize)]
struct AcceptForm {
    name: String,
    password: String,
}

async fn accept(
    portal: Portal,
    Path((_slug, token)): Path<(String, String)>,
    headers: HeaderMap,
    OpenForm(AcceptForm { name, password }): OpenForm<AcceptForm>,
) -> Result<Response, PageError> {
    let input = Acceptance {
        name: name.clone(),
        password,
    };
    let error = match invitation::accept(
        &portal.app,
        portal.business.id,
        &token,
        input,
        &portal.client(&headers),
    )
    .await
    {
        Ok(opened) => return Ok(portal.enter(&opened, &portal.home(""))),
        Err(ServiceError::NotFound(_)) => return Err(PageError::not_found()),
        Err(error) => error,
    };
    let welcome = look(&portal, &token).await?;
    if let Some((_, page)) = over_page(&portal, welcome.state, welcome.has_account) {
        return html::page_with(StatusCode::CONFLICT, &page);
    }
    let errors = crate::form::refused(error)?;
    let who = portal.logged_in(&headers).await?;
    html::refused(&invitation_page(
        &portal,
        &token,
        who.as_ref(),
        welcome,
        Some(name),
        errors,
    ))
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

/// The account that is logged in takes the invitation.
async fn attach(
    person: Person,
    Path((_slug, token)): Path<(String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = person.app.begin(&person.actor).await?;
    invitation::attach(&mut work, &token, &person.who.account).await?;
    let brand = brand::of(&mut work, &person.business).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &format!("{}/", person.base),
        phrase("invitation-attached").with("business", &brand.name),
    ))
}
