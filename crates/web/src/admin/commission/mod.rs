//! Commissions: the [`list`] with its export and [`bulk`] acts, the [`record`], the [`act`]s on one.

mod act;
mod bulk;
mod list;
mod record;

use axum::Router;
use axum::routing::{get, post};
use service::App;

/// The list's path.
const PATH: &str = "/admin/commissions";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/commissions", get(list::page))
        .route("/admin/commissions.csv", get(list::export))
        .route("/admin/commissions/bulk", post(bulk::act))
        .route("/admin/commissions/bulk/undo", post(bulk::undo))
        .route("/admin/commissions/new", get(act::new).post(act::create))
        .route("/admin/commissions/{id}", get(record::page))
        .route("/admin/commissions/{id}/approve", post(act::approve))
        .route("/admin/commissions/{id}/undo", post(act::undo))
        .route(
            "/admin/commissions/{id}/release",
            get(act::release_form).post(act::release),
        )
        .route(
            "/admin/commissions/{id}/reject",
            get(act::reject_form).post(act::reject),
        )
        .route(
            "/admin/commissions/{id}/adjust",
            get(act::adjust_form).post(act::adjust),
        )
        .route(
            "/admin/commissions/{id}/pay",
            get(act::pay_form).post(act::pay),
        )
}
