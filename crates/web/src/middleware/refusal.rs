//! Requests that no handler needs to see: forms sent from another site, text that cannot be stored.

use axum::extract::Request;
use axum::http::{HeaderMap, header};

use crate::error::PageError;

/// Paths that programs and other people's pages call: they carry keys, not cookies.
pub(super) fn is_for_programs(path: &str) -> bool {
    ["/api/", "/t/", "/hooks/"]
        .iter()
        .any(|start| path.starts_with(start))
        || path == "/postback"
}

/// Routes that are answered thousands of times a second.
pub(super) fn is_hot(route: &str) -> bool {
    route.starts_with("/r/")
        || route.starts_with("/assets/")
        || route.starts_with("/brand/")
        || route == "/t/click"
}

/// Why a request is refused, if it is. `origin` is our own.
pub(super) fn of(request: &Request, origin: &str) -> Option<PageError> {
    let path = request.uri().path();
    // The API tells its callers by the parameter, as all that is wrong with their input.
    let query = request.uri().query().filter(|_| !path.starts_with("/api/"));
    if has_nul(path) || query.is_some_and(has_nul) {
        return Some(PageError::bad_request(nul_text(request.uri().query())));
    }
    if !request.method().is_safe()
        && !is_for_programs(path)
        && !is_from_here(request.headers(), origin)
    {
        let text = "This form was sent from another site, so nothing was done. Open the page here and try again.";
        return Some(PageError::forbidden(text));
    }
    None
}

fn has_nul(text: &str) -> bool {
    text.as_bytes().windows(3).any(|bytes| bytes == b"%00")
}

fn nul_text(query: Option<&str>) -> String {
    let field = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(_, value)| value.contains('\0'))
        .map(|(name, _)| name.into_owned());
    match field {
        Some(name) => format!("The parameter '{name}' must not contain control characters."),
        None => "The address must not contain control characters.".to_owned(),
    }
}

/// Whether a browser sent this from one of our own pages. Without the headers that every browser
/// sends it was no browser, and the session's token decides alone.
fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("unreadable"))
    };
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(sender)) => sender == origin,
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn forms_come_from_here() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            is_from_here(&headers, "https://a.example")
        };
        assert!(from(&[]));
        assert!(from(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null")
        ]));
        assert!(from(&[("origin", "https://a.example")]));
        assert!(!from(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://a.example")
        ]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("origin", "https://a.example.evil")]));
        assert!(!from(&[("origin", "null")]));
    }
}
