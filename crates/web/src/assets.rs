//! Styles, scripts and fonts, embedded in the binary by `build.rs` and served with their hash in
//! the name, so that a browser may keep them for good.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// One embedded file; text comes with its two compressed forms.
struct Asset {
    name: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A year, the most that caches honour; the name changes with the content.
pub(crate) const FOREVER: &str = "public, max-age=31536000, immutable";
/// The tracking script keeps its name, so a new version must get through within the hour.
const HOUR: &str = "public, max-age=3600";
const TRACKING_SCRIPT: &str = "tributary.js";

/// The address of a built file by its logical name: `app.css` → `/assets/app-1A2B3C4D.css`.
///
/// A name that was not built (only under `UI_SKIP=1`) gives its plain path, which answers 404.
#[must_use]
pub fn asset_url(name: &str) -> String {
    let file = NAMES
        .iter()
        .find(|(logical, _)| *logical == name)
        .map_or(name, |(_, file)| file);
    format!("/assets/{file}")
}

/// Whether a file of this path below `/assets/` was built.
#[must_use]
pub fn is_built(path: &str) -> bool {
    find(path).is_some()
}

/// `GET /assets/{*path}`.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match find(&path) {
        Some(asset) => answer(asset, &headers, FOREVER),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /js/tributary.js`: the script for customers' own pages, readable from any origin.
pub async fn tracking_script(headers: HeaderMap) -> Response {
    let Some(asset) = find(TRACKING_SCRIPT) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = entity_tag(asset.plain);
    let unchanged = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| {
            known
                .split(',')
                .any(|item| item.trim().trim_start_matches("W/") == tag)
        });
    let mut response = if unchanged {
        (StatusCode::NOT_MODIFIED, [(CACHE_CONTROL, HOUR)]).into_response()
    } else {
        answer(asset, &headers, HOUR)
    };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(ETAG, tag);
    }
    out.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

fn find(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
}

fn answer(asset: &'static Asset, headers: &HeaderMap, cache: &'static str) -> Response {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (body, encoding) = match (asset.brotli, asset.gzip) {
        (Some(body), _) if accepts(accepted, "br") => (body, Some("br")),
        (_, Some(body)) if accepts(accepted, "gzip") => (body, Some("gzip")),
        _ => (asset.plain, None),
    };
    let mut response = (
        [
            (CONTENT_TYPE, content_type(asset.name)),
            (CACHE_CONTROL, cache),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (VARY, "accept-encoding"),
        ],
        body,
    )
        .into_response();
    if let Some(encoding) = encoding {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether an `Accept-Encoding` value takes `coding` (RFC 9110, 12.5.3): named and not `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| {
            part.strip_prefix("q=")
                .is_some_and(|q| q.trim_matches(['0', '.']).is_empty())
        });
        named && !refused
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// A tag of the bytes' FNV-1a sum and length: changes with the version of the script.
fn entity_tag(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{sum:016x}-{:x}\"", bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_taken_by_name_and_weight() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("br;q=0.000", "br"));
        assert!(!accepts("", "gzip"));
        assert!(!accepts("brotli", "br"));
    }

    #[tokio::test]
    async fn a_path_outside_the_table_is_not_found() {
        let answer = serve(Path("../Cargo.toml".to_owned()), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}
