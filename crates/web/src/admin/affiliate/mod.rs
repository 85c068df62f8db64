//! Affiliates: the [`list`] with its export and bulk acts, the [`record`] and what is done [`act`] on it, the
//! [`form`] to add and edit.

mod act;
mod bulk;
mod form;
mod list;
mod record;
mod shown;

use std::str::FromStr;

use axum::Router;
use axum::routing::{get, post};
use service::App;

use crate::error::PageError;

pub(super) use shown::{status_label, status_tone};

/// The list's path.
const PATH: &str = "/admin/affiliates";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/affiliates", get(list::page))
        .route("/admin/affiliates.csv", get(list::export))
        .route("/admin/affiliates/bulk", post(bulk::act))
        .route("/admin/affiliates/new", get(form::new).post(form::create))
        .route("/admin/affiliates/{id}", get(record::page))
        .route(
            "/admin/affiliates/{id}/edit",
            get(form::edit).post(form::save),
        )
        .route("/admin/affiliates/{id}/status", post(act::set_status))
        .route(
            "/admin/affiliates/{id}/campaigns",
            post(act::add_to_campaign),
        )
        .route("/admin/affiliates/{id}/invite", post(act::invite))
        .route(
            "/admin/affiliates/{id}/invitations/{invitation}/{act}",
            post(act::act_on_invitation),
        )
}

/// What the query of the list asks for.
pub(super) fn filter_of(query: &str) -> service::programme::affiliate::Filter {
    list::asked(Some(query)).1
}

/// The id in a path; one that cannot be read belongs to nobody here.
pub(super) fn read_id<T: FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::not_found())
}
