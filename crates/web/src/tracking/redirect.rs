//! `GET /r/{code}`: a tracked link.

use std::net::IpAddr;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use service::App;
use service::domain::click::{REFERRER_CHARS_MAX, Signals, deep_link, ip_prefix, screen, sub_ids};
use service::domain::id::VisitorId;
use service::portal::brand;
use service::programme::click::{self, Link, Remarks, Visitor};

use crate::error::PageError;
use crate::fields::Fields;
use crate::middleware::{ClientIp, OwnHost};
use crate::ui::{AuthShell, Frame, Theme};
use crate::{cookie, html, theme};

/// Where tracked links are.
pub const PATH: &str = "/r/";

/// The cookie that knows a browser again, on this host only.
const VISITOR_COOKIE: &str = "tributary_visitor";
/// 400 days: what browsers grant at the most.
const VISITOR_COOKIE_S: i64 = 400 * 24 * 3600;

/// Room for the headers of a redirect.
const HEADERS: usize = 12;

const SEC_PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
const PURPOSE: HeaderName = HeaderName::from_static("purpose");
const X_PURPOSE: HeaderName = HeaderName::from_static("x-purpose");
const X_MOZ: HeaderName = HeaderName::from_static("x-moz");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Records the click and sends the visitor on: 302. The answer goes out when the click is stored.
/// Unknown: 404. Not live: a page, 410, and nothing is stored.
///
/// Query: `url` (a deep link on the campaign's hosts; any other is ignored), `sub1` to `sub5`, `sub_id`, `utm_…`.
pub async fn follow(State(app): State<App>, request: Request) -> Result<Response, PageError> {
    let uri = request.uri().clone();
    let Some(link) = click::resolve(&app, code(&uri)).await? else {
        return Err(unknown());
    };
    // A business's own host leads to its own links only.
    let own = request.extensions().get::<OwnHost>();
    if own.is_some_and(|own| own.business != link.business) {
        return Err(unknown());
    }
    if !link.state(app.now()).is_live() {
        let (path, theme) = (uri.path().to_owned(), theme::of(request.headers()));
        return gone(&app, &link, path, theme).await;
    }
    let (parts, _) = request.into_parts();
    let client = parts
        .extensions
        .get::<ClientIp>()
        .map(|ClientIp(address)| *address);
    let visit = Visit::of(&link, &parts, client);
    Ok(respond(send_on(&app, visit).await, headers()))
}

/// The code in the path. Codes need no percent encoding: one that has it is nobody's.
fn code(uri: &Uri) -> &str {
    uri.path().strip_prefix(PATH).unwrap_or_default()
}

/// The headers that are the same for every redirect, with places for those that are not.
pub fn headers() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::LOCATION, HeaderValue::from_static(""));
    headers.insert(header::SET_COOKIE, HeaderValue::from_static(""));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

/// A click on a live link, as its request tells of it.
pub struct Visit<'a, F: ?Sized> {
    /// The link.
    pub link: &'a Link,
    /// Whether only the head of the answer is wanted.
    pub head: bool,
    /// What stands behind the question mark.
    pub query: Option<&'a str>,
    /// The request's header fields.
    pub fields: &'a F,
    /// Where it comes from.
    pub client: Option<IpAddr>,
}

impl<'a> Visit<'a, HeaderMap> {
    /// As a request that an HTTP server has read tells of it.
    pub fn of(link: &'a Link, request: &'a Parts, client: Option<IpAddr>) -> Self {
        Self {
            link,
            head: request.method == Method::HEAD,
            query: request.uri.query(),
            fields: &request.headers,
            client,
        }
    }
}

/// Where a visitor is sent.
#[derive(Debug)]
pub struct SentOn {
    /// The destination.
    pub location: HeaderValue,
    /// What knows the browser again, when it is new.
    pub cookie: Option<HeaderValue>,
}

/// Records a click; none when its destination is no header, which is logged.
pub async fn send_on<F: Fields + Sync + ?Sized>(app: &App, visit: Visit<'_, F>) -> Option<SentOn> {
    let Visit {
        link,
        head,
        query,
        fields,
        client,
    } = visit;
    let user_agent = super::user_agent(fields);
    let uncounted = screen(&Signals {
        head,
        user_agent: user_agent.as_deref(),
        purpose: fields
            .text(&SEC_PURPOSE)
            .or_else(|| fields.text(&PURPOSE))
            .or_else(|| fields.text(&X_PURPOSE)),
        x_moz: fields.text(&X_MOZ),
        fetch_mode: fields.text(&SEC_FETCH_MODE),
        fetch_dest: fields.text(&SEC_FETCH_DEST),
    });
    let known = cookie::get(fields, VISITOR_COOKIE).and_then(|text| text.parse::<VisitorId>().ok());
    let visitor = Visitor::known_or_new(app, known);
    let (page, sub_ids) = match query {
        None | Some("") => (None, None),
        Some(query) => {
            let parameters = || form_urlencoded::parse(query.as_bytes());
            let page = parameters()
                .find(|(name, _)| name == "url")
                .and_then(|(_, address)| deep_link(&address, &link.hosts));
            (page, sub_ids(parameters()))
        }
    };
    let remarks = Remarks {
        url: page.as_ref().map(|page| page.as_str().to_owned()),
        referrer: super::text(fields, &header::REFERER, REFERRER_CHARS_MAX),
        ip_prefix: client.map(ip_prefix),
        user_agent,
        sub_ids,
    };

    let (click, _stored) = click::record(app, link, visitor, uncounted, remarks).await;
    let click = click.to_string();
    let location = match &page {
        Some(page) => link.deep_location(page, &click),
        None => link.location(&click),
    };
    let Ok(location) = HeaderValue::try_from(location) else {
        // A parsed address is ASCII, and so are codes and ids.
        tracing::error!(link.id = %link.id, "a destination is no header");
        return None;
    };
    let cookie = (!visitor.returning)
        .then(|| {
            cookie::set(
                app,
                VISITOR_COOKIE,
                &visitor.id.to_string(),
                Some(VISITOR_COOKIE_S),
            )
        })
        .flatten();
    Some(SentOn { location, cookie })
}

/// The answer with these [`headers`], or that it failed.
pub fn respond(sent: Option<SentOn>, mut headers: HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    let (location, cookie) = match sent {
        Some(SentOn { location, cookie }) => (Some(location), cookie),
        None => (None, None),
    };
    *response.status_mut() = match location {
        Some(_) => StatusCode::FOUND,
        None => StatusCode::INTERNAL_SERVER_ERROR,
    };
    for (name, value) in [(header::LOCATION, location), (header::SET_COOKIE, cookie)] {
        match value {
            Some(value) => headers.insert(name, value),
            None => headers.remove(name),
        };
    }
    *response.headers_mut() = headers;
    response
}

fn unknown() -> PageError {
    PageError::new(
        StatusCode::NOT_FOUND,
        "Link not found",
        "Nobody uses this link. It may be mistyped: compare it with where you found it, or ask the person who gave it to you.",
    )
}

/// The page of a link that is not live.
#[derive(Template)]
#[template(path = "tracking/gone.html")]
struct Gone {
    shell: AuthShell,
}

/// It belongs to the portal: the name there is the one that affiliates and their readers know.
async fn gone(app: &App, link: &Link, path: String, theme: Theme) -> Result<Response, PageError> {
    let frame = Frame {
        title: "This link is no longer active".to_owned(),
        path,
        theme,
        demo: app.settings().demo,
        ..Frame::default()
    };
    let brand = brand::of_business(app, link.business).await?;
    let page = Gone {
        shell: AuthShell {
            frame,
            business: brand.name.clone(),
            brand: (&brand).into(),
            portal: true,
        },
    };
    html::page_with(StatusCode::GONE, &page)
}
