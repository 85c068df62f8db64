//! What stands around every answer, in one pass (the redirect path counts every microsecond):
//! request id, host check, refusals, panics and time limit, error pages, flash cookies, security headers, log.

mod client;
mod headers;
mod host;
mod refusal;

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use futures_util::FutureExt as _;
use service::App;
use service::random::new_code;
use tokio::time::Instant;

pub use client::ClientIp;
pub use headers::{APP_POLICY, NOTHING_POLICY};
pub use host::{Host, OwnHost};
pub(crate) use host::{below, is_loopback};

use crate::error::{ErrorPage, PageError};
use crate::fields::Fields;
use crate::language::{self, Language};
use crate::ui::{AuthShell, Frame as PageFrame};
use crate::{flash, live, theme};

/// How long a handler may take until it is given up with 503. Streams are answered long before.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// Random characters of a request id.
const REQUEST_ID_LENGTH: usize = 20;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the middleware knows of the installation.
#[derive(Clone)]
pub struct Frame(Arc<Installation>);

struct Installation {
    app: App,
    host: host::Known,
}

impl Frame {
    /// For this application.
    #[must_use]
    pub fn new(app: App) -> Self {
        let host = host::Known::new(&app.settings().base_url);
        Self(Arc::new(Installation { app, host }))
    }

    /// Whether a request is for the configured name, exactly. Any other is for [`around`] to judge.
    pub(crate) fn is_addressed(&self, fields: &(impl Fields + ?Sized)) -> bool {
        fields
            .text(&header::HOST)
            .is_some_and(|host| self.0.host.is_ours(host))
    }

    /// Leads a request for a business's own host into its portal; any other stays as it is.
    pub(crate) async fn lead(&self, mut request: Request) -> Request {
        let Installation { app, host } = &*self.0;
        if let Err(error) = host::lead(app, host, &mut request).await {
            // Refused below as an unknown host: whose it is cannot be told now.
            tracing::error!(%error, "a host name was not looked up");
        }
        request
    }

    /// Where a request comes from that has not come through [`around`].
    pub(crate) fn client(&self, fields: &(impl Fields + ?Sized), peer: SocketAddr) -> IpAddr {
        client::find(&self.0.app, fields, peer)
    }

    /// Adds the security headers to an answer that does not go through [`around`].
    pub(crate) fn secure(&self, headers: &mut HeaderMap, path: &str) {
        headers::secure(headers, path, crate::cookie::is_secure(&self.0.app));
    }
}

/// The pass around every request, which is answered in one language.
pub async fn around(State(Frame(frame)): State<Frame>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let speaks = path.starts_with("/portal") || path == "/authentication";
    let asked = speaks.then(|| language::of_request(request.headers()));
    let first = asked.flatten().unwrap_or(Language::FIRST);
    language::scope(first, pass(frame, request, next)).await
}

async fn pass(frame: Arc<Installation>, mut request: Request, next: Next) -> Response {
    let app = &frame.app;
    let started = Instant::now();
    let id: Arc<str> = format!("req_{}", new_code(app.random(), REQUEST_ID_LENGTH)).into();
    let method = request.method().clone();
    let path = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let brought = request
        .headers()
        .get(header::COOKIE)
        .and_then(|_| flash::read(app, request.headers()));
    let had_flash = brought.is_some();
    let is_live = request.headers().contains_key("x-live");
    let listens = live::is_asked_for(request.headers());
    let own = request.extensions().get::<OwnHost>().cloned();
    let known = Requested {
        portal: own.as_ref().map(|own| own.slug.clone()),
        path: own.map_or_else(|| path.path().to_owned(), |own| own.path),
        theme: theme::of(request.headers()),
        htmx: flash::is_part(request.headers()),
    };

    client::note(app, &mut request);
    let mut response = match refuse(&frame, &mut request) {
        Some(refused) => refused,
        None => {
            request.extensions_mut().insert(flash::Brought(brought));
            run(next, request).await
        }
    };

    // A live page that answered a form stands at an address that takes no GET: there is nothing to fetch.
    if is_live && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = StatusCode::NO_CONTENT.into_response();
    }
    if listens && leads_to_log_in(&response) {
        response = live::over();
    }
    if let Some(page) = response.extensions_mut().remove::<ErrorPage>() {
        // Seldom, and long: on the heap, where every other request does not carry it along.
        let page = error_page(app, page, &known, &id, path.path(), response);
        response = Box::pin(page).await;
    }
    response = crate::api::finish(response, &id, &method, path.path());
    finish(app, &mut response, path.path(), had_flash);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(value);
    }
    log(
        &method,
        route.as_ref().map_or("", MatchedPath::as_str),
        &response,
        &id,
        started,
    );
    response
}

fn leads_to_log_in(response: &Response) -> bool {
    let to = response.headers().get(header::LOCATION);
    let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
    to.split('?')
        .next()
        .is_some_and(|path| path.ends_with("/log-in"))
}

struct Requested {
    /// The short name of the business whose own host it came to.
    portal: Option<String>,
    /// The path as people see it.
    path: String,
    theme: crate::ui::Theme,
    htmx: bool,
}

/// What is answered before any handler sees the request.
fn refuse(frame: &Installation, request: &mut Request) -> Option<Response> {
    if let Some(own) = request.extensions().get::<OwnHost>().cloned() {
        request.extensions_mut().insert(own.host());
        return refusal::of(request, &own.origin).map(PageError::into_response);
    }
    match frame.host.judge(request) {
        host::Verdict::Serve(host) => {
            request.extensions_mut().insert(host);
        }
        host::Verdict::Redirect(to) => {
            return Some(
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
            );
        }
        host::Verdict::Refuse => {
            let text = "This server does not answer for the name in the address.";
            return Some(
                PageError::new(StatusCode::MISDIRECTED_REQUEST, "Wrong address", text)
                    .into_response(),
            );
        }
    }
    refusal::of(request, frame.host.origin()).map(PageError::into_response)
}

async fn run(next: Next, request: Request) -> Response {
    let guarded = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_TIME_MAX, guarded).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let what = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned());
            PageError::internal(format!("panic: {}", what.unwrap_or_default())).into_response()
        }
        Err(_) => {
            let text = "The answer took too long, so it was given up. Nothing may have been changed; check before you try again.";
            PageError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Not available right now",
                text,
            )
            .into_response()
        }
    }
}

/// The page that says what went wrong.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    shell: AuthShell,
    page: &'a ErrorPage,
    request_id: &'a str,
    /// Where the button leads; empty: there is none.
    home: String,
}

/// The way on from an error page: staff's dashboard, or the first page of a portal where something is not
/// for this person.
fn home_of(path: &str, status: StatusCode) -> String {
    if path.starts_with("/admin") {
        return "/admin".to_owned();
    }
    let slug = path
        .strip_prefix("/portal/")
        .and_then(|rest| rest.split('/').next())
        .filter(|_| status == StatusCode::FORBIDDEN);
    slug.map_or_else(String::new, |slug| format!("/portal/{slug}/"))
}

/// The same for programs, as RFC 9457 says.
#[derive(serde::Serialize)]
struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    errors: &'a [service::error::FieldError],
    request_id: &'a str,
}

async fn error_page(
    app: &App,
    page: ErrorPage,
    known: &Requested,
    id: &str,
    path: &str,
    empty: Response,
) -> Response {
    if let Some(cause) = &page.cause {
        tracing::error!(
            request.id = id,
            http.status = page.status.as_u16(),
            cause,
            "request {id} failed: {cause}"
        );
    }
    let (parts, _) = empty.into_parts();
    let mut response = if refusal::is_for_programs(path) {
        let body = ProblemBody {
            r#type: "about:blank",
            title: &page.title,
            status: page.status.as_u16(),
            detail: &page.text,
            errors: &page.fields,
            request_id: id,
        };
        let body = serde_json::to_string(&body).unwrap_or_default();
        (
            [(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/problem+json"),
            )],
            body,
        )
            .into_response()
    } else {
        let portal = known.portal.is_some() || path.starts_with("/portal/");
        let brand = match &known.portal {
            Some(slug) => crate::portal::brand::of_slug(app, slug).await,
            None => crate::portal::brand::at(app, path).await,
        };
        let frame = PageFrame {
            title: page.title.clone(),
            path: known.path.clone(),
            theme: known.theme,
            demo: app.settings().demo,
            ..PageFrame::default()
        };
        let template = ErrorTemplate {
            shell: AuthShell {
                frame,
                portal,
                business: brand
                    .as_ref()
                    .map(|brand| brand.name.clone())
                    .unwrap_or_default(),
                brand: brand.as_ref().map(Into::into).unwrap_or_default(),
            },
            home: home_of(path, page.status),
            page: &page,
            request_id: id,
        };
        match template.render() {
            Ok(text) => Html(text).into_response(),
            Err(error) => {
                tracing::error!(request.id = id, %error, "request {id}: the error page failed");
                page.title.clone().into_response()
            }
        }
    };
    *response.status_mut() = page.status;
    for (name, value) in &parts.headers {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            response.headers_mut().append(name, value.clone());
        }
    }
    if known.htmx && page.status != StatusCode::UNPROCESSABLE_ENTITY {
        // A part of a page cannot show this; the whole page does.
        response
            .headers_mut()
            .insert("hx-retarget", HeaderValue::from_static("body"));
        response
            .headers_mut()
            .insert("hx-reswap", HeaderValue::from_static("innerHTML"));
    }
    response
}

fn finish(app: &App, response: &mut Response, path: &str, had_flash: bool) {
    let pending = response.extensions_mut().remove::<flash::Pending>();
    let shown =
        had_flash && response.status() != StatusCode::SEE_OTHER && is_html(response.headers());
    if let Some(flash::Pending(flash)) = pending {
        crate::cookie::add(response.headers_mut(), flash::write(app, &flash));
    } else if shown {
        crate::cookie::add(response.headers_mut(), flash::clear(app));
    }
    headers::secure(response.headers_mut(), path, crate::cookie::is_secure(app));
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// One line a request: its route, never its path, query, address or body.
fn log(method: &Method, route: &str, response: &Response, id: &str, started: Instant) {
    let status = response.status().as_u16();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if refusal::is_hot(route) {
        tracing::trace!(request.id = id, http.method = %method, http.route = route, http.status = status, duration.us = micros, "answered");
    } else {
        tracing::debug!(request.id = id, http.method = %method, http.route = route, http.status = status, duration.us = micros, "answered");
    }
}
