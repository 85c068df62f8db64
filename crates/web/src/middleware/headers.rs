//! Security headers, on every answer. A handler may set its own first; then it stands.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Pages: nothing from elsewhere, nothing inline, no frames.
pub const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Everything that is not a page: data, files, redirects.
pub const NOTHING_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Two years, as browsers' preload lists ask.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Adds what is missing. `secure` says that the installation is reached by https.
pub(super) fn secure(headers: &mut HeaderMap, path: &str, secure: bool) {
    let html = super::is_html(headers);
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // A redirect passes its policy on to the next request: a merchant's page may see where from.
    default(
        header::REFERRER_POLICY,
        if path.starts_with("/r/") {
            "strict-origin-when-cross-origin"
        } else {
            "same-origin"
        },
    );
    default(
        header::CONTENT_SECURITY_POLICY,
        if html { APP_POLICY } else { NOTHING_POLICY },
    );
    default(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    default(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    default(header::CACHE_CONTROL, "no-store");
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}
