//! The portal of each business under `/portal/{slug}`. One file a noun, each with its `routes()`.
//!
//! [`session::Person`] is the extractor of every page but log-in and invitation; it gives the actor, what
//! the person may do and, with [`session::Person::shell`], what stands around the page.

pub mod find;
pub mod invitation;
pub mod log_in;
pub mod session;

use axum::Router;
use service::App;

/// All of them.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(find::routes())
        .merge(invitation::routes())
        .merge(log_in::routes())
}
