//! Payouts: the [`list`] with its export and who is ready to be paid, the [`record`], the [`act`]s, and
//! the execution by providers ([`transfer`]).

mod act;
mod list;
mod ready;
mod record;
mod transfer;

use axum::Router;
use axum::routing::{get, post};
use service::App;

/// The list's path.
const PATH: &str = "/admin/payouts";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/payouts", get(list::page))
        .route("/admin/payouts.csv", get(list::export))
        .route("/admin/payouts/create", post(act::create))
        .route("/admin/payouts/{id}", get(record::page))
        .route("/admin/payouts/{id}/approve", post(act::approve))
        .route("/admin/payouts/{id}/cancel", post(act::cancel))
        .route("/admin/payouts/{id}/pay", get(act::pay_form).post(act::pay))
        .route("/admin/payouts/{id}/send", post(transfer::send))
        .route("/admin/payouts/{id}/look", post(transfer::look))
        .route("/admin/payouts/{id}/reopen", post(transfer::reopen))
        .route(
            "/admin/payouts/{id}/decide",
            get(transfer::decide_form).post(transfer::decide),
        )
}
