//! What visitors' browsers meet: tracked links, and the calls of the script on landing pages.
//!
//! A redirect goes through [`redirect`]; `/t/…` in [`browser`] takes what `web-assets/js/tributary.js`
//! sends from other origins. The usual redirect is answered by [`Front`] before everything else: what
//! stands around other answers costs more than the redirect itself.

mod browser;
mod front;
mod redirect;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, header};
use axum::routing::{get, post};
use service::App;
use service::domain::click::{USER_AGENT_CHARS_MAX, bounded};

pub use front::Front;

/// All of them.
pub fn routes() -> Router<App> {
    let calls = Router::new()
        .route("/t/click", post(browser::click).options(browser::preflight))
        .route("/t/lead", post(browser::lead).options(browser::preflight))
        .route("/t/sale", post(browser::sale).options(browser::preflight))
        .layer(axum::middleware::from_fn(crate::api::finish));
    Router::new()
        .route("/r/{code}", get(redirect::follow))
        .merge(calls)
}

/// A header as text; what is not ASCII is replaced.
fn text(headers: &HeaderMap, name: HeaderName, most: usize) -> Option<String> {
    let value = headers.get(name)?;
    match value.to_str() {
        Ok(text) => bounded(text, most),
        Err(_) => bounded(&String::from_utf8_lossy(value.as_bytes()), most),
    }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    text(headers, header::USER_AGENT, USER_AGENT_CHARS_MAX)
}
