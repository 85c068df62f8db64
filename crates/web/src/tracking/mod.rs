//! What visitors' browsers meet: tracked links, and the calls of the script on landing pages.
//!
//! A redirect goes through [`redirect`]; `/t/…` in [`browser`] takes what `web-assets/js/tributary.js`
//! sends from other origins. The usual redirect is answered by [`Front`] before everything else: what
//! stands around other answers costs more than the redirect itself.

mod browser;
mod front;
mod redirect;
mod wire;

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::{get, post};
use service::App;
use service::domain::click::{USER_AGENT_CHARS_MAX, bounded};

pub use front::Front;

use crate::fields::Fields;

/// All of them.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/r/{code}", get(redirect::follow))
        .route("/t/click", post(browser::click).options(browser::preflight))
        .route("/t/lead", post(browser::lead).options(browser::preflight))
        .route("/t/sale", post(browser::sale).options(browser::preflight))
}

/// A field as text; what is not ASCII is replaced.
fn text(fields: &(impl Fields + ?Sized), name: &HeaderName, most: usize) -> Option<String> {
    let value = fields.named(name).next()?;
    bounded(&String::from_utf8_lossy(value), most)
}

fn user_agent(fields: &(impl Fields + ?Sized)) -> Option<String> {
    text(fields, &header::USER_AGENT, USER_AGENT_CHARS_MAX)
}
