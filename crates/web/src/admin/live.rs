//! The admin's live stream.

use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::identity::session;

use super::session::{Admin, cookie_text};
use crate::live::{Listen, ReadWith, stream};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/live", get(listen))
}

async fn listen(admin: Admin, Query(page): Query<ReadWith>, headers: HeaderMap) -> Response {
    let listen = Listen {
        business: admin.business.id,
        affiliate: None,
    };
    of_staff(admin, &headers, listen, &page)
}

/// A stream that ends with the session of a member of staff, or when another business is chosen.
pub(crate) fn of_staff(
    admin: Admin,
    headers: &HeaderMap,
    listen: Listen,
    page: &ReadWith,
) -> Response {
    let business = admin.business.id;
    let cookie = cookie_text(&admin.app, headers)
        .unwrap_or_default()
        .to_owned();
    let host = admin.who.session.host.clone();
    let app = admin.app.clone();
    let goes_on = move || {
        let (app, cookie, host) = (app.clone(), cookie.clone(), host.clone());
        async move {
            match session::authenticate(&app, &cookie, &host).await {
                Ok(who) => who.is_some_and(|who| who.business.id == business),
                // A database that cannot serve just now says nothing about the session.
                Err(_) => true,
            }
        }
    };
    stream(admin.app, listen, page, goes_on)
}
