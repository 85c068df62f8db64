//! Log-in and log-out.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::AccountId;
use service::error::not_found;
use service::portal::account::Account;
use service::portal::session::{self as sessions, Entered, LogIn};
use service::portal::{login_link, sign_up};
use service::{App, ServiceError};

use super::choice::choices;
use super::code::AccountsPage;
use super::passkey;
use super::session::{Person, Portal};
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, PostForm, with_next};
use crate::language::{phrase, said, t};
use crate::shown::passkey::PasskeyButton;
use crate::ui::AuthShell;
use crate::{cookie, flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}", get(slash))
        .route("/portal/{slug}/log-in", get(show).post(log_in))
        .route("/portal/{slug}/log-in/accounts", get(offer).post(choose))
        .route("/portal/{slug}/log-out", post(log_out))
}

/// Where to go afterwards.
#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "portal/log_in.html")]
pub(super) struct LogInPage {
    shell: AuthShell,
    email: String,
    next: String,
    /// What was wrong with the last try.
    pub(super) problem: String,
    pub(super) errors: FormErrors,
    passkey: PasskeyButton,
    code_action: String,
    /// Whether a link by mail is offered.
    with_link: bool,
    forgot_href: String,
    /// Empty while sign-up is closed.
    sign_up_href: String,
    /// Empty while nobody can apply.
    apply_href: String,
}

/// The log-in with what was typed.
///
/// # Errors
/// When the database cannot serve.
pub(super) async fn page(
    portal: &Portal,
    email: String,
    next: String,
    problem: String,
) -> Result<LogInPage, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    let sign_up_href = if sign_up::is_open(&mut work).await? {
        with_next(&format!("{}/sign-up", portal.base()), &next)
    } else {
        String::new()
    };
    let apply_href = super::apply::href(&mut work, &portal.base()).await?;
    Ok(LogInPage {
        shell: portal.auth_shell(phrase("log-in-title").with("business", &portal.brand.name)),
        email,
        problem,
        passkey: passkey::button(portal, "passkey", t("passkey-log-in"), &next, "").in_field(),
        code_action: format!("{}/code", portal.base()),
        with_link: login_link::is_offered(&mut work).await?,
        forgot_href: with_next(&format!("{}/forgot", portal.base()), &next),
        next,
        errors: FormErrors::new(),
        sign_up_href,
        apply_href,
    })
}

async fn slash(portal: Portal, Path(_slug): Path<String>) -> Response {
    flash::see_other(&portal.home(""))
}

async fn show(
    portal: Portal,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if portal.logged_in(&headers).await?.is_some() {
        return Ok(flash::see_other(&portal.home(&next)));
    }
    html::page(&page(&portal, String::new(), next, String::new()).await?)
}

#[derive(Debug, serde::Deserialize)]
struct LogInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn log_in(
    portal: Portal,
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
        client: portal.client(&headers),
        mark: portal.mark(&headers),
    };
    let (status, problem, retry_after_s) =
        match sessions::log_in(&portal.app, portal.business.id, input).await {
            Ok(Entered::One(opened)) => {
                return Ok(portal.enter(&opened, &portal.home(&next)));
            }
            Ok(Entered::Several(ticket)) => return Ok(to_choice(&portal, &ticket, &next)),
            Err(ServiceError::Unauthorized(text)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, said(text), None)
            }
            Err(ServiceError::TooMany { retry_after_s }) => (
                StatusCode::TOO_MANY_REQUESTS,
                wait_text(retry_after_s),
                Some(retry_after_s),
            ),
            Err(error) => return Err(error.into()),
        };
    let mut response = html::page_with(status, &page(&portal, email, next, problem).await?)?;
    if let Some(seconds) = retry_after_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// How long the cookie lives with which one of several accounts is chosen.
const TICKET_S: i64 = 5 * 60;

fn with_ticket(portal: &Portal, mut response: Response, text: &str, lives_s: i64) -> Response {
    let set = cookie::set(&portal.app, &ticket_name(portal), text, Some(lives_s));
    cookie::add(response.headers_mut(), set);
    response
}

fn ticket_name(portal: &Portal) -> String {
    cookie::host_name(
        &portal.app,
        &format!("portal_accounts_{}", portal.business.slug),
    )
}

/// To the choice of an account, when the password opens several.
fn to_choice(portal: &Portal, ticket: &str, next: &str) -> Response {
    let to = with_next(&format!("{}/log-in/accounts", portal.base()), next);
    with_ticket(portal, flash::see_other(&to), ticket, TICKET_S)
}

/// What the password opened; without a good ticket it leads back to the log-in.
async fn ticket(
    portal: &Portal,
    headers: &HeaderMap,
    next: &str,
) -> Result<(String, Vec<Account>), PageError> {
    let text = cookie::get(headers, &ticket_name(portal)).unwrap_or_default();
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    match sessions::choices(&mut work, text, &portal.host).await {
        Ok(accounts) => Ok((text.to_owned(), accounts)),
        Err(ServiceError::Unauthorized(_)) => {
            let to = with_next(&format!("{}/log-in", portal.base()), next);
            Err(flash::see_other(&to).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn offer(
    portal: Portal,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (_, accounts) = ticket(&portal, &headers, &next).await?;
    html::page(&AccountsPage {
        shell: portal.auth_shell(t("accounts-which")),
        action: format!("{}/log-in/accounts", portal.base()),
        email: accounts
            .first()
            .map(|account| account.email.clone())
            .unwrap_or_default(),
        accounts: choices(&accounts, None),
        with_password: false,
        next,
        errors: FormErrors::new(),
    })
}

#[derive(Debug, serde::Deserialize)]
struct ChooseForm {
    account: String,
    #[serde(default)]
    next: String,
}

async fn choose(
    portal: Portal,
    headers: HeaderMap,
    OpenForm(ChooseForm { account, next }): OpenForm<ChooseForm>,
) -> Result<Response, PageError> {
    let (text, _) = ticket(&portal, &headers, &next).await?;
    let chosen: AccountId = account.parse().map_err(|_| not_found("account"))?;
    let (app, business) = (&portal.app, portal.business.id);
    let opened = sessions::choose(app, business, &text, chosen, &portal.client(&headers)).await?;
    let response = portal.enter(&opened, &portal.home(&next));
    Ok(with_ticket(&portal, response, "", 0))
}

pub(super) fn wait_text(seconds: i64) -> String {
    phrase("log-in-wait").count("seconds", seconds).into()
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn log_out(
    person: Person,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = person.app.begin(&person.actor).await?;
    sessions::end(&mut work, person.who.session.id).await?;
    work.commit().await?;
    Ok(person.leave())
}
