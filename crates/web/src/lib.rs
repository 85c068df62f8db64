//! The HTTP face.
//!
//! [`router`] puts the parts together: [`admin`] pages for staff, [`portal`] pages for affiliates,
//! the JSON [`api`], [`tracking`] (redirects, the script, its calls), [`hooks`], [`assets`] and health. Around all
//! of them stands [`middleware`]: host check, security headers, request id, log. A page handler opens a
//! work, calls a use case and renders a page struct with [`html::page`]; what goes wrong is a
//! [`error::PageError`]; forms come in through [`form`]; what an act led to is told by [`flash`].

pub mod admin;
pub mod api;
pub mod assets;
pub mod banner;
pub mod cookie;
pub mod csv;
pub mod currency;
mod download;
pub mod error;
mod export;
mod fields;
pub mod flash;
pub mod form;
pub mod health;
pub mod hooks;
pub mod html;
pub mod language;
pub mod list;
pub mod live;
mod log_in;
pub mod metrics;
pub mod middleware;
pub mod moment;
mod pdf;
pub mod portal;
pub mod range;
mod shown;
pub mod theme;
pub mod timeline;
pub mod tracking;
mod trend;
pub mod ui;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use service::App;

use crate::error::PageError;
pub(crate) use crate::language::{phrase, t};
pub use crate::tracking::Front;

/// The largest body that is read: 1 MiB. Forms and API calls are far smaller; uploads name their own limit.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Everything this installation answers, as a router.
pub fn router(app: App) -> Router {
    Router::new().fallback_service(front(app))
}

/// Everything this installation answers, for the server: the same, with nothing before the short way
/// that clicks take.
pub fn front(app: App) -> Front {
    let frame = middleware::Frame::new(app.clone());
    let everything = Router::new()
        .route("/", get(admin::front_door))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::read))
        .route("/theme", post(theme::choose))
        .route("/assets/{*path}", get(assets::serve))
        .route("/assets/banners/{business}/{asset}", get(banner::serve))
        .route("/js/tributary.js", get(assets::tracking_script))
        .merge(language::routes())
        .merge(admin::routes())
        .merge(portal::routes())
        .merge(tracking::routes())
        .merge(hooks::routes())
        // The API reads bodies itself.
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .nest("/api/v1", api::routes(&app))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(
            frame.clone(),
            middleware::around,
        ))
        .with_state(app.clone());
    Front::new(app, frame, everything)
}

async fn nothing_here() -> PageError {
    PageError::not_found()
}

async fn wrong_method() -> PageError {
    PageError::wrong_method()
}
