//! Affiliate groups: the [`list`] with its export, the [`record`] with its members, the [`form`].

mod form;
mod list;
mod record;

use axum::Router;
use axum::routing::{get, post};
use domain::money::display;
use domain::status::PayoutFrequency;
use service::App;
use service::programme::affiliate_group::Minimum;

/// The list's path.
const PATH: &str = "/admin/groups";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/groups", get(list::page))
        .route("/admin/groups.csv", get(list::export))
        .route("/admin/groups/new", get(form::new).post(form::create))
        .route("/admin/groups/{id}", get(record::page))
        .route("/admin/groups/{id}/edit", get(form::edit).post(form::save))
        .route("/admin/groups/{id}/members", post(record::add_members))
        .route("/admin/groups/{id}/delete", post(record::delete))
}

fn shown(minimums: &[Minimum]) -> Vec<String> {
    minimums
        .iter()
        .map(|minimum| display(minimum.amount, minimum.currency))
        .collect()
}

fn frequency_label(frequency: Option<PayoutFrequency>) -> String {
    match frequency {
        None => "As the business".to_owned(),
        Some(PayoutFrequency::Weekly) => "Weekly".to_owned(),
        Some(PayoutFrequency::Biweekly) => "Every two weeks".to_owned(),
        Some(PayoutFrequency::Monthly) => "Monthly".to_owned(),
        Some(PayoutFrequency::Quarterly) => "Quarterly".to_owned(),
        Some(PayoutFrequency::OnRequest) => "On request".to_owned(),
    }
}
