//! A tiny shop: how a business tells Tributary what its visitors do.
//!
//! The landing page loads `tributary.js`, which remembers the click that led here and puts its id
//! into the sign-up form. The shop's own server then reports three things over the API: a **lead** when
//! somebody signs up, a **sale** when they pay, a **refund** when they get their money back. That is
//! the whole integration; see [`tributary`].
//!
//! Accounts and orders live in memory: this is an example, not a shop.

mod pages;
mod tributary;

use std::sync::Arc;

use axum::Router;

pub use tributary::Connection;

/// The shop's address space.
pub fn router(connection: Connection) -> Router {
    pages::routes(Arc::new(pages::Shop::new(connection)))
}
