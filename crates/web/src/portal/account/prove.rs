//! Showing once more that it is still the same person, before an act that needs it: by password or by a
//! mailed code.

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::click::ip_prefix;
use domain::status::CodePurpose;
use serde::Deserialize;
use service::identity::passkey::Purpose;
use service::portal::brand;
use service::portal::login_code::{self, Ask};
use service::portal::passkey as passkeys;
use service::portal::session;
use service::{App, ServiceError};

use super::{Me, Next, Nothing};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused, with_next};
use crate::language::{phrase, said, t};
use crate::middleware::ClientIp;
use crate::portal::code::waiting;
use crate::portal::log_in::wait_text;
use crate::portal::passkey;
use crate::portal::session::Portal;
use crate::shown::passkey::{AnswerForm, PasskeyButton};
use crate::ui::AuthShell;
use crate::{cookie, flash, html};

/// How long the cookie of a code lives: as long as the code.
const FLOW_S: i64 = 15 * 60;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/portal/{slug}/account/prove",
            get(show).post(with_password),
        )
        .route("/portal/{slug}/account/prove/code", post(ask))
        .route("/portal/{slug}/account/prove/enter", post(enter))
        .route("/portal/{slug}/account/prove/passkey", post(with_passkey))
        .route(
            "/portal/{slug}/account/prove/passkey/begin",
            post(begin_passkey),
        )
}

/// The cookie that ties a code to the browser that asked for it.
fn flow_name(portal: &Portal) -> String {
    let name = format!("portal_prove_{}", portal.business.slug);
    cookie::host_name(&portal.app, &name)
}

fn with_flow(portal: &Portal, mut response: Response, text: &str, lives_s: i64) -> Response {
    let set = cookie::set(&portal.app, &flow_name(portal), text, Some(lives_s));
    cookie::add(response.headers_mut(), set);
    response
}

#[derive(Template)]
#[template(path = "portal/account/prove.html")]
struct ProvePage {
    shell: AuthShell,
    base: String,
    email: String,
    next: String,
    /// Whether a code was asked for and can be entered.
    waits_for_code: bool,
    back: String,
    passkey: PasskeyButton,
    errors: FormErrors,
}

async fn page(
    me: &Me,
    headers: &HeaderMap,
    next: String,
    errors: FormErrors,
) -> Result<ProvePage, PageError> {
    let flow = cookie::get(headers, &flow_name(&me.portal)).map(str::to_owned);
    let waits_for_code = match flow {
        None => false,
        Some(flow) => {
            let mut work = me.person.app.view(&me.person.actor).await?;
            match login_code::asked(&mut work, &flow).await {
                Ok(asked) => asked.purpose == CodePurpose::Prove && asked.is_open,
                Err(ServiceError::NotFound(_)) => false,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let brand = brand::of_portal(&me.person.app, &me.person.business).await?;
    let mut shell = me.portal.auth_shell(t("prove-title"));
    shell.brand = (&brand).into();
    shell.business = brand.name;
    shell.frame.csrf.clone_from(&me.who.session.csrf);
    Ok(ProvePage {
        shell,
        base: me.path("prove"),
        email: me.who.account.email.clone(),
        passkey: passkey::button(
            &me.portal,
            "account/prove/passkey",
            t("passkey-use"),
            &next,
            &me.who.session.csrf,
        ),
        next,
        waits_for_code,
        back: me.path("security"),
        errors,
    })
}

async fn show(
    me: Me,
    headers: HeaderMap,
    Query(Next { next }): Query<Next>,
) -> Result<Response, PageError> {
    html::page(&page(&me, &headers, next, FormErrors::new()).await?)
}

/// Where a proof leads: a page of this portal, or the account's security.
fn after(me: &Me, next: &str) -> String {
    if next.is_empty() {
        me.path("security")
    } else {
        me.portal.home(next)
    }
}

#[derive(Debug, Deserialize)]
struct PasswordForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn with_password(
    me: Me,
    headers: HeaderMap,
    PostForm(PasswordForm { password, next }): PostForm<PasswordForm>,
) -> Result<Response, PageError> {
    let proven = session::prove(&me.person.app, &me.who, me.mark.as_deref(), &password).await;
    let errors = match proven {
        Ok(opened) => return Ok(me.portal.enter(&opened, &after(&me, &next))),
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add("password", wait_text(retry_after_s));
            errors
        }
        Err(error) => refused(error)?,
    };
    html::refused(&page(&me, &headers, next, errors).await?)
}

#[derive(Debug, Deserialize)]
struct AskForm {
    #[serde(default)]
    next: String,
}

async fn ask(
    me: Me,
    client: Option<Extension<ClientIp>>,
    headers: HeaderMap,
    PostForm(AskForm { next }): PostForm<AskForm>,
) -> Result<Response, PageError> {
    let input = Ask {
        purpose: CodePurpose::Prove,
        email: me.who.account.email.clone(),
        ip_prefix: client.map(|Extension(ClientIp(address))| ip_prefix(address)),
        next: String::new(),
    };
    match login_code::ask(&me.person.app, me.person.business.id, input).await {
        Ok(flow) => {
            let to = with_next(&me.path("prove"), &next);
            Ok(with_flow(&me.portal, flash::see_other(&to), &flow, FLOW_S))
        }
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut errors = FormErrors::new();
            errors.add(
                "ask",
                phrase("code-too-soon").with("wait", waiting(retry_after_s)),
            );
            let page = page(&me, &headers, next, errors).await?;
            let mut response = html::page_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after_s.into());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
struct EnterForm {
    code: String,
    #[serde(default)]
    next: String,
}

async fn enter(
    me: Me,
    headers: HeaderMap,
    PostForm(EnterForm { code, next }): PostForm<EnterForm>,
) -> Result<Response, PageError> {
    let flow = cookie::get(&headers, &flow_name(&me.portal))
        .unwrap_or_default()
        .to_owned();
    let (app, business) = (&me.person.app, me.person.business.id);
    let proven = match login_code::prove(app, business, &flow, &code).await {
        Ok(_) => login_code::prove_session(app, &me.who, &flow).await,
        Err(error) => Err(error),
    };
    let problem = match proven {
        Ok(opened) => {
            let response = me.portal.enter(&opened, &after(&me, &next));
            return Ok(with_flow(&me.portal, response, "", 0));
        }
        Err(ServiceError::Unauthorized(text)) => text,
        Err(ServiceError::NotFound(_) | ServiceError::Conflict(_)) => {
            t("prove-not-here").to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let mut errors = FormErrors::new();
    errors.add("code", said(problem));
    html::refused(&page(&me, &headers, next, errors).await?)
}

async fn begin_passkey(
    me: Me,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let site = passkey::site(&me.portal)?;
    let asked = passkeys::begin(&me.person.app, &me.who, &site, Purpose::Prove).await?;
    Ok(passkey::begun(&me.portal, asked))
}

async fn with_passkey(
    me: Me,
    headers: HeaderMap,
    PostForm(AnswerForm { credential, next }): PostForm<AnswerForm>,
) -> Result<Response, PageError> {
    let site = passkey::site(&me.portal)?;
    let ticket = passkey::ticket(&me.portal, &headers);
    let (app, purpose) = (&me.person.app, Purpose::Prove);
    match passkeys::prove(app, &me.who, &site, purpose, ticket, &credential).await {
        Ok(opened) => Ok(passkey::enter(&me.portal, &opened, &after(&me, &next))),
        Err(ServiceError::Unauthorized(text)) => {
            let mut page = page(&me, &headers, next, FormErrors::new()).await?;
            page.passkey.error = text;
            Ok(passkey::spent(&me.portal, html::refused(&page)?))
        }
        Err(error) => Err(error.into()),
    }
}
