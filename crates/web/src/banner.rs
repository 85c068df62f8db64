//! Banners: pictures of ours that affiliates show in their own pages.

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use domain::id::{AssetId, BusinessId};
use service::App;
use service::programme::asset;

use crate::download::FILE_POLICY;
use crate::error::PageError;

/// An hour: a new picture of a banner, or its end, gets through within it.
const HOUR: &str = "public, max-age=3600";

/// `GET /assets/banners/{business}/{asset}`: readable from any origin. Unknown or archived: 404.
///
/// # Errors
/// When the database cannot serve.
pub async fn serve(
    State(app): State<App>,
    Path((business, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (Ok(business), Ok(id)) = (business.parse::<BusinessId>(), id.parse::<AssetId>()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let has = |sum: &[u8; 32]| {
        let tag = tag(sum);
        known
            .split(',')
            .any(|item| item.trim().trim_start_matches("W/") == tag)
    };
    let Some((asset, content)) = asset::banner(&app, business, id, has).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let mut response = match content {
        Some(content) => content.into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    let out = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let headers = [
        (CONTENT_TYPE, asset.media_type.as_deref().and_then(text)),
        (ETAG, asset.sha256.as_ref().and_then(|sum| text(&tag(sum)))),
        (CACHE_CONTROL, text(HOUR)),
        (CONTENT_SECURITY_POLICY, text(FILE_POLICY)),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            text("cross-origin"),
        ),
    ];
    for (name, value) in headers {
        if let Some(value) = value {
            out.insert(name, value);
        }
    }
    Ok(response)
}

fn tag(sum: &[u8; 32]) -> String {
    format!("\"{}\"", HEXLOWER.encode(&sum[..16]))
}
