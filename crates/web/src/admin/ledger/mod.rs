//! The ledger: the [`journal`] with its chain, what is owed ([`liability`]), closed [`month`]s, signed
//! [`statement`]s, and exchange [`rates`] for reports.

mod journal;
mod liability;
mod month;
mod rates;
mod statement;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use service::App;

/// The journal's path.
const PATH: &str = "/admin/ledger";
const LIABILITY: &str = "/admin/ledger/liability";
const MONTHS: &str = "/admin/ledger/months";
const RATES: &str = "/admin/ledger/rates";
const STATEMENTS: &str = "/admin/ledger/statements";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/ledger", get(journal::page))
        .route("/admin/ledger.csv", get(journal::export))
        .route("/admin/ledger/verify", post(journal::verify))
        .route("/admin/ledger/liability", get(liability::page))
        .route("/admin/ledger/liability.csv", get(liability::export))
        .route("/admin/ledger/months", get(month::page))
        .route(
            "/admin/ledger/months/close",
            get(month::form).post(month::close),
        )
        .route("/admin/ledger/rates", get(rates::page).post(rates::set))
        .route(
            "/admin/ledger/rates/import",
            post(rates::import).layer(DefaultBodyLimit::max(rates::FORM_BYTES)),
        )
        .route("/admin/ledger/statements", get(statement::page))
        .route("/admin/ledger/statement.jsonl", get(statement::download))
}

/// A tab above the ledger's pages.
struct Tab {
    label: &'static str,
    href: &'static str,
    current: bool,
}

/// All tabs, with this one marked.
fn tabs(current: &str) -> Vec<Tab> {
    [
        ("Journal", PATH),
        ("Liability", LIABILITY),
        ("Months", MONTHS),
        ("Signed statements", STATEMENTS),
        ("Exchange rates", RATES),
    ]
    .into_iter()
    .map(|(label, href)| Tab {
        label,
        href,
        current: href == current,
    })
    .collect()
}
