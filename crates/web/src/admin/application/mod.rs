//! Applications: the [`list`], above it those that are [`stuck`], the [`record`] with the decision, and the [`form`]
//! with its questions.

mod form;
mod list;
mod record;
mod stuck;

use axum::Router;
use axum::routing::{get, post};
use service::App;

/// The list's path.
const PATH: &str = "/admin/applications";

/// The routes of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/applications", get(list::page))
        .route("/admin/applications.csv", get(list::export))
        .route("/admin/applications/bulk", post(list::act))
        .route("/admin/applications/form", get(form::show).post(form::save))
        .route("/admin/applications/{id}", get(record::page))
        .route("/admin/applications/{id}/approve", post(record::approve))
        .route("/admin/applications/{id}/reject", post(record::reject))
        .route("/admin/applications/{id}/retry", post(stuck::try_again))
        .route("/admin/applications/{id}/discard", post(stuck::discard))
        .route("/admin/questions", post(form::add))
        .route(
            "/admin/questions/{id}",
            get(form::edit).post(form::save_question),
        )
        .route("/admin/questions/{id}/move", post(form::shift))
        .route("/admin/questions/{id}/remove", post(form::remove))
}
