//! Referrals: the [`list`] with its export and [`bulk`] acts, the [`record`], the [`act`]s on one.

mod act;
mod bulk;
mod list;
mod record;

use axum::Router;
use axum::routing::{get, post};
use service::App;

pub(super) use list::Row;
pub(super) use record::{EventRow, event_rows};

/// The list's path.
const PATH: &str = "/admin/referrals";

/// Checks that forms offer; any other word may be noted by API.
const CHECKS: &[(&str, &str)] = &[
    ("fraud", "Fraud"),
    ("kyc", "Identity (KYC)"),
    ("deposit", "Deposit confirmed"),
    ("bonus", "Bonus applied"),
];

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/referrals", get(list::page))
        .route("/admin/referrals.csv", get(list::export))
        .route("/admin/referrals/bulk", post(bulk::act))
        .route("/admin/referrals/bulk/undo", post(bulk::undo))
        .route("/admin/referrals/{id}", get(record::page))
        .route("/admin/referrals/{id}/approve", post(act::approve))
        .route("/admin/referrals/{id}/undo", post(act::undo))
        .route(
            "/admin/referrals/{id}/reject",
            get(act::reject_form).post(act::reject),
        )
        .route("/admin/referrals/{id}/checks", post(record::add_check))
        .route("/admin/referrals/{id}/remarks", post(record::remark))
}
