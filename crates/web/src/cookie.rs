//! Cookies: read from a request, written as one header.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};
use service::App;

use crate::fields::Fields;

/// The value of a cookie, if the request carries it.
#[must_use]
pub fn get<'a>(fields: &'a (impl Fields + ?Sized), name: &str) -> Option<&'a str> {
    fields
        .texts(&header::COOKIE)
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// Whether this installation is reached by https, so that cookies are `Secure`.
#[must_use]
pub fn is_secure(app: &App) -> bool {
    app.settings().base_url.starts_with("https://")
}

/// The name of a session cookie: with the prefix `__Host-` under https, plain for development.
#[must_use]
pub fn host_name(app: &App, name: &str) -> String {
    if is_secure(app) {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// A cookie that scripts cannot read, for the whole host, sent on top-level navigation only.
/// `max_age_s` none: until the browser closes; 0 deletes it.
#[must_use]
pub fn set(app: &App, name: &str, value: &str, max_age_s: Option<i64>) -> Option<HeaderValue> {
    // One of these goes with most redirects: put together in one piece.
    let mut text = String::with_capacity(name.len() + value.len() + 80);
    for part in [name, "=", value, "; Path=/; HttpOnly; SameSite=Lax"] {
        text.push_str(part);
    }
    if let Some(seconds) = max_age_s {
        let _ = write!(text, "; Max-Age={seconds}");
    }
    if is_secure(app) {
        text.push_str("; Secure");
    }
    HeaderValue::try_from(text).ok()
}

/// Adds a `Set-Cookie` header.
pub fn add(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("theme=dark; tributary_staff=a.b.c"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("x=1"));
        assert_eq!(get(&headers, "tributary_staff"), Some("a.b.c"));
        assert_eq!(get(&headers, "staff"), None);
        assert_eq!(get(&headers, "x"), Some("1"));
    }
}
