//! What an act led to, told on the page it leads to: a redirect with a short-lived signed cookie
//! that becomes a toast. The cookie is written and cleared by [`crate::middleware`].

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use service::App;
use service::identity::seal;

use crate::cookie;
use crate::ui::{Flash, Tone, Undo};

const COOKIE: &str = "tributary_flash";
const PURPOSE: &str = "flash";
/// Long enough for the redirect to arrive.
const LIVES_S: i64 = 60;
/// Characters of a toast; a cookie holds 4 kB.
const TEXT_MAX: usize = 400;

/// Leads to `to` (303) and says there that it worked.
pub fn redirect(to: &str, text: impl Into<String>) -> Response {
    redirect_with(
        to,
        Flash {
            tone: Tone::Success,
            text: text.into(),
            undo: None,
        },
    )
}

/// Like [`redirect`], with a button that posts these fields to `undo_path`.
pub fn redirect_with_undo(
    to: &str,
    text: impl Into<String>,
    undo_path: impl Into<String>,
    fields: impl IntoIterator<Item = (&'static str, String)>,
) -> Response {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let undo = Undo {
        action: undo_path.into(),
        fields: fields.collect(),
    };
    redirect_with(
        to,
        Flash {
            tone: Tone::Success,
            text: text.into(),
            undo: Some(undo),
        },
    )
}

/// Leads to `to` and says there that it did not work; the toast stays until it is closed.
pub fn redirect_with_error(to: &str, text: impl Into<String>) -> Response {
    redirect_with(
        to,
        Flash {
            tone: Tone::Error,
            text: text.into(),
            undo: None,
        },
    )
}

/// Leads to `to` with any toast.
#[must_use]
pub fn redirect_with(to: &str, flash: Flash) -> Response {
    with(see_other(to), flash)
}

/// Says something on the page that an answer leads to.
#[must_use]
pub fn with(mut response: Response, flash: Flash) -> Response {
    response.extensions_mut().insert(Pending(flash));
    response
}

/// Leads to a path of this installation: 303.
#[must_use]
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Whether a request asks for a part of a page only, as htmx does.
#[must_use]
pub(crate) fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// Leads the whole page to a path or an address, for a request that asked for a part of it.
#[must_use]
pub(crate) fn part_to(status: StatusCode, to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (status, [("hx-redirect", to)]).into_response()
}

/// A toast on its way into a cookie.
#[derive(Clone)]
pub(crate) struct Pending(pub Flash);

/// The toast a request brings, put into its extensions by the middleware.
#[derive(Clone, Default)]
pub struct Brought(pub Option<Flash>);

impl Brought {
    /// Takes it out of a request, so that it is shown once.
    pub(crate) fn take(parts: &mut Parts) -> Option<Flash> {
        parts.extensions.remove::<Self>()?.0
    }
}

/// Tone, text, and the undo form's action and fields.
type Payload = (String, String, Option<(String, Vec<(String, String)>)>);

pub(crate) fn read(app: &App, headers: &HeaderMap) -> Option<Flash> {
    let text = seal::open(app, PURPOSE, cookie::get(headers, COOKIE)?)?;
    let (tone, text, undo): Payload = serde_json::from_str(&text).ok()?;
    let tone = match tone.as_str() {
        "error" => Tone::Error,
        "warning" => Tone::Warning,
        "info" => Tone::Info,
        "neutral" => Tone::Neutral,
        _ => Tone::Success,
    };
    Some(Flash {
        tone,
        text,
        undo: undo.map(|(action, fields)| Undo { action, fields }),
    })
}

pub(crate) fn write(app: &App, flash: &Flash) -> Option<HeaderValue> {
    let text: String = flash.text.chars().take(TEXT_MAX).collect();
    let undo = flash.undo.as_ref().map(|undo| (&undo.action, &undo.fields));
    let payload = serde_json::to_string(&(flash.tone.as_str(), text, undo)).ok()?;
    cookie::set(
        app,
        COOKIE,
        &seal::close(app, PURPOSE, &payload),
        Some(LIVES_S),
    )
}

pub(crate) fn clear(app: &App) -> Option<HeaderValue> {
    cookie::set(app, COOKIE, "", Some(0))
}
