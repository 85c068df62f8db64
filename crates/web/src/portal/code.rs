//! Codes by mail: asking for one, entering it, and what it opens: the log-in, or a new password.
//!
//! Only a pressed button asks, enters or spends: looking at a page does nothing. The request is known
//! by a cookie, so that its page can be reloaded, and a code works in no other browser.

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::click::ip_prefix;
use domain::id::AccountId;
use domain::status::CodePurpose;
use service::error::not_found;
use service::portal::account::Account;
use service::portal::login_code::{self, Ask, Asked};
use service::portal::session::Opened;
use service::portal::sign_up;
use service::{App, ServiceError};

use super::choice::{AccountChoice, choices};
use super::log_in;
use super::session::Portal;
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, refused, with_next};
use crate::language::{phrase, said, t};
use crate::middleware::ClientIp;
use crate::ui::AuthShell;
use crate::{cookie, flash, html};

/// How long the cookie of a request lives: as long as its code, and as its proof after that.
const FLOW_S: i64 = 30 * 60;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/forgot", get(forgot))
        .route("/portal/{slug}/code", get(show).post(ask))
        .route("/portal/{slug}/code/enter", post(enter))
        .route("/portal/{slug}/code/accounts", get(offer).post(choose))
}

/// The name of the cookie that ties a request to its browser.
fn flow_name(portal: &Portal) -> String {
    cookie::host_name(
        &portal.app,
        &format!("portal_flow_{}", portal.business.slug),
    )
}

fn flow(portal: &Portal, headers: &HeaderMap) -> Option<String> {
    cookie::get(headers, &flow_name(portal)).map(str::to_owned)
}

fn with_flow(portal: &Portal, mut response: Response, text: &str, lives_s: i64) -> Response {
    let set = cookie::set(&portal.app, &flow_name(portal), text, Some(lives_s));
    cookie::add(response.headers_mut(), set);
    response
}

#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "portal/forgot.html")]
struct ForgotPage {
    shell: AuthShell,
    action: String,
    log_in_href: String,
    next: String,
    email: String,
    errors: FormErrors,
    /// Why it cannot be asked for now.
    problem: String,
}

fn forgot_page(portal: &Portal, email: String, next: String) -> ForgotPage {
    ForgotPage {
        shell: portal.auth_shell(t("forgot-title")),
        action: format!("{}/code", portal.base()),
        log_in_href: with_next(&format!("{}/log-in", portal.base()), &next),
        next,
        email,
        errors: FormErrors::new(),
        problem: String::new(),
    }
}

async fn forgot(portal: Portal, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    html::page(&forgot_page(&portal, String::new(), next))
}

#[derive(Debug, serde::Deserialize)]
struct AskForm {
    email: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    next: String,
    /// What stands in the log-in's other field; not looked at.
    #[serde(default, rename = "password")]
    _password: String,
}

async fn ask(
    portal: Portal,
    client: Option<Extension<ClientIp>>,
    OpenForm(form): OpenForm<AskForm>,
) -> Result<Response, PageError> {
    let AskForm {
        email,
        purpose,
        next,
        _password: _,
    } = form;
    let purpose = match purpose.parse() {
        Ok(CodePurpose::Reset) => CodePurpose::Reset,
        Ok(CodePurpose::Link) => CodePurpose::Link,
        _ => CodePurpose::LogIn,
    };
    let input = Ask {
        purpose,
        email: email.clone(),
        ip_prefix: client.map(|Extension(ClientIp(address))| ip_prefix(address)),
        next: portal.below(&next),
    };
    match login_code::ask(&portal.app, portal.business.id, input).await {
        Ok(flow) => Ok(asked_for(&portal, &flow, &next)),
        // Back to the page it was asked from.
        Err(error) if purpose == CodePurpose::Reset => {
            let mut page = forgot_page(&portal, email, next);
            match error {
                ServiceError::TooMany { retry_after_s } => too_soon(retry_after_s, |problem| {
                    page.problem = problem;
                    page
                }),
                error => {
                    page.errors = refused(error)?;
                    html::refused(&page)
                }
            }
        }
        Err(error) => {
            let mut page = log_in::page(&portal, email, next, String::new()).await?;
            match error {
                ServiceError::TooMany { retry_after_s } => too_soon(retry_after_s, |problem| {
                    page.problem = problem;
                    page
                }),
                error => {
                    page.errors = refused(error)?;
                    html::refused(&page)
                }
            }
        }
    }
}

/// To the page that takes the code, with the cookie that ties the request to this browser.
pub(super) fn asked_for(portal: &Portal, flow: &str, next: &str) -> Response {
    let to = with_next(&format!("{}/code", portal.base()), next);
    with_flow(portal, flash::see_other(&to), flow, FLOW_S)
}

/// The answer to who asks too soon: the page with the problem in words.
pub(super) fn too_soon<T: Template>(
    retry_after_s: i64,
    page: impl FnOnce(String) -> T,
) -> Result<Response, PageError> {
    let problem = phrase("code-too-soon")
        .with("wait", waiting(retry_after_s))
        .into();
    let mut response = html::page_with(StatusCode::TOO_MANY_REQUESTS, &page(problem))?;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after_s.into());
    Ok(response)
}

/// `40 seconds`, `3 minutes`.
pub(super) fn waiting(seconds: i64) -> String {
    match seconds {
        ..=1 => t("code-a-second").to_owned(),
        2..=90 => phrase("code-seconds").count("n", seconds).into(),
        _ => phrase("code-minutes")
            .count("n", (seconds + 59) / 60)
            .into(),
    }
}

#[derive(Template)]
#[template(path = "portal/code.html")]
pub(super) struct CodePage {
    shell: AuthShell,
    email: String,
    purpose: CodePurpose,
    is_sign_up: bool,
    /// Whether a link was asked for: there is nothing to enter.
    is_link: bool,
    next: String,
    enter_action: String,
    again_action: String,
    log_in_href: String,
    is_open: bool,
    problem: String,
    /// What is wrong with the other address.
    pub(super) errors: FormErrors,
}

pub(super) fn code_page(portal: &Portal, asked: Asked, next: String, problem: String) -> CodePage {
    CodePage {
        shell: portal.auth_shell(match asked.purpose {
            CodePurpose::Link => t("code-title-link"),
            _ => t("code-title"),
        }),
        email: asked.email,
        purpose: asked.purpose,
        is_sign_up: asked.purpose == CodePurpose::SignUp,
        is_link: asked.purpose == CodePurpose::Link,
        next,
        enter_action: format!("{}/code/enter", portal.base()),
        again_action: match asked.purpose {
            CodePurpose::SignUp => format!("{}/sign-up/again", portal.base()),
            _ => format!("{}/code", portal.base()),
        },
        log_in_href: format!("{}/log-in", portal.base()),
        is_open: asked.is_open,
        problem,
        errors: FormErrors::new(),
    }
}

/// The request of this browser; none leads to the log-in.
pub(super) async fn of_browser(
    portal: &Portal,
    headers: &HeaderMap,
) -> Result<(String, Asked), PageError> {
    let to_log_in = || {
        let to = format!("{}/log-in", portal.base());
        PageError::from(flash::see_other(&to))
    };
    let flow = flow(portal, headers).ok_or_else(to_log_in)?;
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    match login_code::asked(&mut work, &flow).await {
        Ok(asked) => Ok((flow, asked)),
        Err(ServiceError::NotFound(_)) => Err(to_log_in()),
        Err(error) => Err(error.into()),
    }
}

async fn show(
    portal: Portal,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (_, asked) = of_browser(&portal, &headers).await?;
    if asked.proven && asked.purpose != CodePurpose::SignUp {
        return Ok(flash::see_other(&accounts_path(&portal, &next)));
    }
    html::page(&code_page(&portal, asked, next, String::new()))
}

fn accounts_path(portal: &Portal, next: &str) -> String {
    with_next(&format!("{}/code/accounts", portal.base()), next)
}

#[derive(Debug, serde::Deserialize)]
struct EnterForm {
    code: String,
    #[serde(default)]
    next: String,
}

async fn enter(
    portal: Portal,
    headers: HeaderMap,
    OpenForm(EnterForm { code, next }): OpenForm<EnterForm>,
) -> Result<Response, PageError> {
    let (flow, _) = of_browser(&portal, &headers).await?;
    match login_code::prove(&portal.app, portal.business.id, &flow, &code).await {
        Ok(proof) if proof.purpose == CodePurpose::SignUp => {
            let client = portal.client(&headers);
            let opened = sign_up::finish(&portal.app, portal.business.id, &flow, &client).await?;
            Ok(entered(&portal, &opened, &next))
        }
        Ok(proof) => {
            let mut work = portal.app.view(&App::system(portal.business.id)).await?;
            let accounts = login_code::offered(&mut work, &flow).await?;
            drop(work);
            match (proof.purpose, &accounts[..]) {
                // With one account there is nothing to choose.
                (CodePurpose::LogIn, [only]) => {
                    let opened = login_code::enter(
                        &portal.app,
                        portal.business.id,
                        &flow,
                        only.id,
                        &portal.client(&headers),
                    )
                    .await?;
                    Ok(entered(&portal, &opened, &next))
                }
                _ => Ok(flash::see_other(&accounts_path(&portal, &next))),
            }
        }
        Err(ServiceError::Unauthorized(problem)) => {
            let (_, asked) = of_browser(&portal, &headers).await?;
            html::page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &code_page(&portal, asked, next, said(problem)),
            )
        }
        Err(error) => Err(error.into()),
    }
}

/// Into the portal, without the request's cookie.
fn entered(portal: &Portal, opened: &Opened, next: &str) -> Response {
    with_flow(portal, portal.enter(opened, &portal.home(next)), "", 0)
}

#[derive(Template)]
#[template(path = "portal/accounts.html")]
pub(super) struct AccountsPage {
    pub(super) shell: AuthShell,
    pub(super) action: String,
    pub(super) accounts: Vec<AccountChoice>,
    /// Whether a new password is set for the one that is chosen.
    pub(super) with_password: bool,
    pub(super) email: String,
    pub(super) next: String,
    pub(super) errors: FormErrors,
}

fn accounts_page(
    portal: &Portal,
    asked: Asked,
    accounts: &[Account],
    chosen: Option<AccountId>,
    next: String,
    errors: FormErrors,
) -> AccountsPage {
    let with_password = asked.purpose == CodePurpose::Reset;
    let title = if with_password {
        t("forgot-title")
    } else {
        t("accounts-which")
    };
    AccountsPage {
        shell: portal.auth_shell(title),
        action: format!("{}/code/accounts", portal.base()),
        accounts: choices(accounts, chosen),
        with_password,
        email: asked.email,
        next,
        errors,
    }
}

/// The proof's accounts; without a good proof it leads back to the code.
async fn proven(
    portal: &Portal,
    headers: &HeaderMap,
) -> Result<(String, Asked, Vec<Account>), PageError> {
    let (flow, asked) = of_browser(portal, headers).await?;
    if !asked.proven || asked.purpose == CodePurpose::SignUp {
        let to = format!("{}/code", portal.base());
        return Err(flash::see_other(&to).into());
    }
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    let accounts = login_code::offered(&mut work, &flow).await?;
    Ok((flow, asked, accounts))
}

async fn offer(
    portal: Portal,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (_, asked, accounts) = proven(&portal, &headers).await?;
    html::page(&accounts_page(
        &portal,
        asked,
        &accounts,
        None,
        next,
        FormErrors::new(),
    ))
}

#[derive(Debug, serde::Deserialize)]
struct ChooseForm {
    account: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn choose(
    portal: Portal,
    headers: HeaderMap,
    OpenForm(ChooseForm {
        account,
        password,
        next,
    }): OpenForm<ChooseForm>,
) -> Result<Response, PageError> {
    let (flow, asked, accounts) = proven(&portal, &headers).await?;
    let chosen: AccountId = account.parse().map_err(|_| not_found("account"))?;
    let (app, business) = (&portal.app, portal.business.id);
    let client = portal.client(&headers);
    let result = match asked.purpose {
        CodePurpose::LogIn => login_code::enter(app, business, &flow, chosen, &client).await,
        CodePurpose::Reset => {
            login_code::set_password(app, business, &flow, chosen, &password, &client).await
        }
        // A proof of the session that asked for it is spent by that session; a link has a page of its own.
        CodePurpose::SignUp | CodePurpose::Prove | CodePurpose::Address | CodePurpose::Link => {
            Err(not_found("account"))
        }
    };
    match result {
        Ok(opened) => Ok(entered(&portal, &opened, &next)),
        Err(error @ ServiceError::Invalid(_)) => {
            let errors = refused(error)?;
            html::refused(&accounts_page(
                &portal,
                asked,
                &accounts,
                Some(chosen),
                next,
                errors,
            ))
        }
        Err(error) => Err(error.into()),
    }
}
