//! Changing the address one logs in with: a code to the new mailbox, then it is changed.

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::click::ip_prefix;
use serde::Deserialize;
use service::portal::address;
use service::{App, ServiceError};

use super::{Me, Tab};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::language::{phrase, t};
use crate::middleware::ClientIp;
use crate::portal::code::waiting;
use crate::portal::session::Portal;
use crate::ui::{Flash, PortalShell, Tone};
use crate::{cookie, flash, html};

/// The page's name in addresses.
const PAGE: &str = "address";
/// How long the cookie of a code lives: as long as the code.
const FLOW_S: i64 = 15 * 60;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/account/address", get(show).post(ask))
        .route("/portal/{slug}/account/address/enter", post(enter))
}

/// The cookie that ties a code to the browser that asked for it.
fn flow_name(portal: &Portal) -> String {
    let name = format!("portal_address_{}", portal.business.slug);
    cookie::host_name(&portal.app, &name)
}

fn with_flow(portal: &Portal, mut response: Response, text: &str, lives_s: i64) -> Response {
    let set = cookie::set(&portal.app, &flow_name(portal), text, Some(lives_s));
    cookie::add(response.headers_mut(), set);
    response
}

#[derive(Template)]
#[template(path = "portal/account/address.html")]
struct AddressPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    base: String,
    back: String,
    /// The address in use.
    email: String,
    /// The new one, as typed or as a code was sent to.
    typed: String,
    /// Whether a code was asked for and can be entered.
    waits_for_code: bool,
    errors: FormErrors,
}

async fn page(
    me: &Me,
    headers: &HeaderMap,
    typed: Option<String>,
    errors: FormErrors,
) -> Result<AddressPage, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let flow = cookie::get(headers, &flow_name(&me.portal)).unwrap_or_default();
    let asked = address::asked(&mut work, &me.who, flow).await?;
    let waits_for_code = asked.as_ref().is_some_and(|asked| asked.is_open);
    let sent_to = asked.map(|asked| asked.email).unwrap_or_default();
    Ok(AddressPage {
        shell: me.shell(&mut work, t("address-title")).await?,
        tabs: me.tabs("security"),
        base: me.path(PAGE),
        back: me.path("security"),
        email: me.who.account.email.clone(),
        typed: typed.unwrap_or(sent_to),
        waits_for_code,
        errors,
    })
}

/// `another=1` asks for the first form again, for another address.
#[derive(Debug, Default, Deserialize)]
struct Another {
    #[serde(default)]
    another: String,
}

async fn show(
    me: Me,
    headers: HeaderMap,
    Query(Another { another }): Query<Another>,
) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let mut page = page(&me, &headers, None, FormErrors::new()).await?;
    page.waits_for_code &= another.is_empty();
    html::page(&page)
}

#[derive(Debug, Deserialize)]
struct AskForm {
    email: String,
}

async fn ask(
    me: Me,
    client: Option<Extension<ClientIp>>,
    headers: HeaderMap,
    PostForm(AskForm { email }): PostForm<AskForm>,
) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let network = client.map(|Extension(ClientIp(address))| ip_prefix(address));
    let (status, errors, wait_s) =
        match address::ask(&me.person.app, &me.who, &email, network).await {
            Ok(flow) => {
                let response = flash::see_other(&me.path(PAGE));
                return Ok(with_flow(&me.portal, response, &flow, FLOW_S));
            }
            Err(ServiceError::TooMany { retry_after_s }) => {
                let mut errors = FormErrors::new();
                let text = phrase("address-wait")
                    .with("wait", waiting(retry_after_s))
                    .to_string();
                errors.add("email", text);
                (StatusCode::TOO_MANY_REQUESTS, errors, Some(retry_after_s))
            }
            Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, refused(error)?, None),
        };
    let mut page = page(&me, &headers, Some(email), errors).await?;
    page.waits_for_code = false;
    let mut response = html::page_with(status, &page)?;
    if let Some(seconds) = wait_s {
        let seconds = seconds.into();
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    Ok(response)
}

#[derive(Debug, Deserialize)]
struct EnterForm {
    code: String,
}

async fn enter(
    me: Me,
    headers: HeaderMap,
    PostForm(EnterForm { code }): PostForm<EnterForm>,
) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let flow = cookie::get(&headers, &flow_name(&me.portal))
        .unwrap_or_default()
        .to_owned();
    let problem = match address::enter(&me.person.app, &me.who, &flow, &code).await {
        Ok(opened) => {
            let response = me.portal.enter(&opened, &me.path("security"));
            let text = t("address-changed");
            let response = flash::with(
                response,
                Flash {
                    tone: Tone::Success,
                    text: text.to_owned(),
                    undo: None,
                },
            );
            return Ok(with_flow(&me.portal, response, "", 0));
        }
        Err(ServiceError::Unauthorized(text)) => text,
        Err(ServiceError::NotFound(_) | ServiceError::Conflict(_)) => {
            t("address-unusable").to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let mut errors = FormErrors::new();
    errors.add("code", problem);
    html::refused(&page(&me, &headers, None, errors).await?)
}
