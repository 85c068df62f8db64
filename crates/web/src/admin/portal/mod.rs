//! The owner's side of the client portal: who was invited and who joined, and the accounts.

mod account;
mod invite;
mod list;
mod overview;

use axum::Router;
use axum::routing::{get, post};
use domain::status::AccountState;
use service::App;

use crate::ui::Tone;

/// Where the list of accounts is.
const ACCOUNTS: &str = "/admin/portal/accounts";

/// The routes of this folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/portal", get(overview::show))
        .route("/admin/portal/invite", get(invite::show))
        .route("/admin/portal/accounts", get(list::show))
        .route("/admin/portal/accounts.csv", get(list::export))
        .route("/admin/portal/accounts/{id}", get(account::show))
        .route("/admin/portal/accounts/{id}/block", post(account::block))
        .route(
            "/admin/portal/accounts/{id}/two-step-off",
            post(account::turn_two_step_off),
        )
        .route(
            "/admin/portal/accounts/{id}/unblock",
            post(account::unblock),
        )
        .route(
            "/admin/portal/accounts/{id}/log-in-mail",
            post(account::send_log_in),
        )
        .route(
            "/admin/portal/accounts/{id}/sessions/{session}/end",
            post(account::end_session),
        )
}

/// A state for people.
const fn state_badge(state: AccountState) -> (&'static str, Tone) {
    match state {
        AccountState::Active => ("Active", Tone::Success),
        AccountState::Quiet => ("Quiet", Tone::Neutral),
        AccountState::New => ("Never logged in", Tone::Warning),
        AccountState::Blocked => ("Blocked", Tone::Error),
    }
}
