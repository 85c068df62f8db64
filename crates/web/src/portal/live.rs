//! The live stream of an affiliate's pages, through both doors.

use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::portal::session;

use super::session::{Person, cookie_text};
use super::viewer::{Viewer, no_app};
use crate::admin;
use crate::error::PageError;
use crate::live::{Listen, ReadWith, stream};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/live", get(listen))
        .route("/admin/affiliates/{id}/inside/live", get(listen_inside))
}

async fn listen(
    person: Person,
    Query(page): Query<ReadWith>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let business = person.business.id;
    // Nobody's stream would be everybody's.
    let affiliate = person.actor.affiliate().map_err(|_| no_app())?;
    let account = person.who.account.id;
    let cookie = cookie_text(&person.app, &person.business.slug, &headers)
        .unwrap_or_default()
        .to_owned();
    let host = person.who.session.host.clone();
    let app = person.app.clone();
    let goes_on = move || {
        let (app, cookie, host) = (app.clone(), cookie.clone(), host.clone());
        async move {
            match session::authenticate(&app, business, &cookie, &host).await {
                Ok(who) => who.is_some_and(|who| who.account.id == account),
                // A database that cannot serve just now says nothing about the session.
                Err(_) => true,
            }
        }
    };
    let listen = Listen {
        business,
        affiliate: Some(affiliate),
    };
    Ok(stream(person.app, listen, &page, goes_on))
}

async fn listen_inside(
    viewer: Viewer,
    staff: admin::session::Admin,
    Query(page): Query<ReadWith>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let listen = Listen {
        business: viewer.business.id,
        affiliate: Some(viewer.actor.affiliate()?),
    };
    Ok(admin::live::of_staff(staff, &headers, listen, &page))
}
