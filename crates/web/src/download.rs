//! Files handed out: always as downloads, never as pages of ours.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A file can do nothing, even where a browser opens it.
pub(crate) const FILE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
/// The media type of lines of JSON, as signed statements are.
pub(crate) const MEDIA_TYPE_LINES: &str = "application/x-ndjson";
/// What may stand as it is in an encoded name (RFC 8187, 3.2.1).
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// A file with its media type and name; `nosniff` is on every answer.
pub(crate) fn attachment(file: Vec<u8>, media_type: &str, name: &str) -> Response {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded = if plain == name {
        String::new()
    } else {
        format!("; filename*=UTF-8''{}", utf8_percent_encode(name, NAME))
    };
    let value = |text: &str, usual: &'static str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(usual))
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            value(media_type, "application/octet-stream"),
        ),
        (
            header::CONTENT_DISPOSITION,
            value(
                &format!("attachment; filename=\"{plain}\"{encoded}"),
                "attachment",
            ),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(FILE_POLICY),
        ),
    ];
    (headers, file).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless() {
        let disposition = |name: &str| {
            attachment(Vec::new(), "text/plain", name).headers()[header::CONTENT_DISPOSITION]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            disposition("price-list.pdf"),
            "attachment; filename=\"price-list.pdf\""
        );
        assert_eq!(
            disposition("Über \"x\".txt"),
            "attachment; filename=\"_ber__x_.txt\"; filename*=UTF-8''%C3%9Cber%20%22x%22.txt"
        );
    }
}
