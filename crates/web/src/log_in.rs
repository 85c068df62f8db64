//! What is the same of logging in as staff and to a portal: where a page without a session leads, and the cookies of
//! a session. Each side has cookies of its own, and reads only these.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use service::App;

use crate::form::with_next;
use crate::{cookie, flash};

/// How long a browser is known that has logged in before: half a year.
const MARK_LIVES_S: i64 = 180 * 24 * 3600;

/// To the log-in or its second step, which is at `page`, and from there back to the `path` that was asked for. An act
/// is not repeated: it leads back to `home`.
#[must_use]
pub fn to_log_in(parts: &Parts, page: &str, path: &str, home: &str) -> Response {
    let next = if parts.method == Method::GET {
        path
    } else {
        home
    };
    let to = with_next(page, next);
    if flash::is_part(&parts.headers) {
        // A part of a page cannot log in: htmx leads the whole page there.
        return flash::part_to(StatusCode::UNAUTHORIZED, &to);
    }
    flash::see_other(&to)
}

/// Gives the browser the cookie of a session just opened (its name, its text and for how many seconds; none: until
/// the browser closes), and the one that marks it as known (its name and its text).
#[must_use]
pub fn enter(
    app: &App,
    (name, text, lives_s): (&str, &str, Option<i64>),
    (mark_name, mark): (&str, &str),
    mut response: Response,
) -> Response {
    let headers = response.headers_mut();
    cookie::add(headers, cookie::set(app, name, text, lives_s));
    let known = cookie::set(app, mark_name, mark, Some(MARK_LIVES_S));
    cookie::add(headers, known);
    response
}

/// Takes the cookie of a session from the browser.
#[must_use]
pub fn leave(app: &App, name: &str, mut response: Response) -> Response {
    let gone = cookie::set(app, name, "", Some(0));
    cookie::add(response.headers_mut(), gone);
    response
}

/// What the browser calls itself.
#[must_use]
pub fn user_agent(headers: &HeaderMap) -> String {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}
