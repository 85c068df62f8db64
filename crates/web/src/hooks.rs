//! `/hooks/{provider}/{endpoint}`: calls by payout providers. They are kept as they came and answered at once;
//! a job looks at them.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use service::App;
use service::domain::status::ProviderKind;
use service::programme::callback::{self, HEADERS};

use crate::api::Problem;

/// The largest call that is kept: 64 KiB. Those of the providers are a few.
const CALL_BYTES_MAX: usize = 64 * 1024;
/// The longest header that is kept.
const HEADER_LENGTH_MAX: usize = 4 * 1024;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/hooks/{provider}/{endpoint}", post(receive))
}

async fn receive(
    State(app): State<App>,
    Path((kind, endpoint)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind: ProviderKind = kind
        .parse()
        .map_err(|_| Problem::not_found("no such endpoint"))?;
    let body = to_bytes(body, CALL_BYTES_MAX)
        .await
        .map_err(|_| Problem::too_large("the body has more than 64 KiB"))?;
    let head: BTreeMap<String, String> = HEADERS
        .iter()
        .filter_map(|name| {
            let value = headers.get(*name)?.to_str().ok()?;
            (value.len() <= HEADER_LENGTH_MAX).then(|| ((*name).to_owned(), value.to_owned()))
        })
        .collect();
    callback::receive(&app, kind, &endpoint, head, body.to_vec()).await?;
    Ok(StatusCode::OK.into_response())
}
