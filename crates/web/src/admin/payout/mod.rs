//! Payouts: the [`list`] with its export and who is ready to be paid, the [`record`], the [`act`]s; the
//! [`runs`] that pay many together, with the page of a [`run`] and its acts; payment [`files`] and their
//! [`results`]; the execution by providers, of one payout ([`transfer`]) and of a whole run ([`run_send`]), and the list
//! of all [`transfers`].

mod act;
mod files;
mod invoice;
mod list;
mod ready;
mod record;
mod request;
mod results;
mod run;
mod run_act;
mod run_send;
mod runs;
mod transfer;
mod transfers;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use service::App;
use service::programme::payout_file::RESULT_BYTES_MAX;

/// The list's path.
const PATH: &str = "/admin/payouts";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/payouts", get(list::page))
        .route("/admin/payouts.csv", get(list::export))
        .route("/admin/payouts/create", post(act::create))
        .route("/admin/payouts/runs.csv", get(runs::export))
        .route("/admin/payouts/files", get(files::list))
        .route(
            "/admin/payouts/files/new",
            get(files::new).post(files::make),
        )
        .route("/admin/payouts/files/{file}", get(files::record))
        .route(
            "/admin/payouts/files/{file}/download",
            post(files::download),
        )
        .route(
            "/admin/payouts/files/{file}/withdraw",
            post(files::withdraw),
        )
        .route(
            "/admin/payouts/results",
            post(results::bring).layer(DefaultBodyLimit::max(RESULT_BYTES_MAX + 64 * 1024)),
        )
        .route("/admin/payouts/results/{result}", get(results::page))
        .route(
            "/admin/payouts/results/{result}/apply",
            post(results::apply),
        )
        .route(
            "/admin/payouts/requests/{request}/decline",
            post(request::decline),
        )
        .route("/admin/payouts/runs", get(runs::list))
        .route("/admin/payouts/runs/new", get(runs::new).post(runs::begin))
        .route("/admin/payouts/runs/{run}", get(run::page))
        .route("/admin/payouts/runs/{run}/approve", post(run_act::approve))
        .route("/admin/payouts/runs/{run}/cancel", post(run_act::cancel))
        .route("/admin/payouts/runs/{run}/draft", post(run_act::draft))
        .route("/admin/payouts/runs/{run}/look", post(run_act::look))
        .route("/admin/payouts/runs/{run}/members", post(run_act::members))
        .route(
            "/admin/payouts/runs/{run}/pay",
            get(run_act::pay_form).post(run_act::pay),
        )
        .route(
            "/admin/payouts/runs/{run}/send-back",
            post(run_act::send_back),
        )
        .route("/admin/payouts/runs/{run}/send", post(run_act::send))
        .route("/admin/payouts/runs/{run}/stop", post(run_act::stop))
        .route("/admin/payouts/runs/{run}/submit", post(run_act::submit))
        .route("/admin/transfers", get(transfers::page))
        .route("/admin/transfers.csv", get(transfers::export))
        .route("/admin/transfers/{transfer}/look", post(transfers::look))
        .route("/admin/payouts/{id}", get(record::page))
        .route("/admin/payouts/{id}/approve", post(act::approve))
        .route("/admin/payouts/{id}/cancel", post(act::cancel))
        .route("/admin/payouts/{id}/invoice", get(invoice::page))
        .route("/admin/payouts/{id}/invoice.pdf", get(invoice::file))
        .route("/admin/payouts/{id}/credit-note", get(invoice::credit_note))
        .route(
            "/admin/payouts/{id}/credit-note.pdf",
            get(invoice::credit_note_file),
        )
        .route("/admin/payouts/{id}/pay", get(act::pay_form).post(act::pay))
        .route("/admin/payouts/{id}/send", post(transfer::send))
        .route("/admin/payouts/{id}/look", post(transfer::look))
        .route("/admin/payouts/{id}/reopen", post(transfer::reopen))
        .route(
            "/admin/payouts/{id}/returned",
            get(transfer::returned_form).post(transfer::returned),
        )
        .route(
            "/admin/payouts/{id}/decide",
            get(transfer::decide_form).post(transfer::decide),
        )
}
