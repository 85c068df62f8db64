//! The affiliate's links: the [`list`] with what each brought, the [`record`] of one with its addresses for single
//! places and the form that changes it, its [`qr`] code as a file, and the form that makes a [`new`] one.

mod list;
mod new;
mod qr;
mod record;

use axum::Router;
use axum::routing::{get, post};
use domain::id::LinkId;
use domain::money::Currency;
use serde::Deserialize;
use service::App;
use service::error::not_found;
use service::programme::link::LinkLine;
use service::programme::stats::Figures;

use super::dashboard::earned;
use super::viewer::{DOORS, Viewer};
use crate::error::PageError;
use crate::language::t;
use crate::shown::money::count;

/// The routes of this noun. What changes something stands behind the portal's own door only.
pub fn routes() -> Router<App> {
    let reading = DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/links"), get(list::list))
            .route(&format!("{door}/links.csv"), get(list::export))
            .route(&format!("{door}/links/{{link}}"), get(record::record))
            .route(&format!("{door}/links/{{link}}/qr.svg"), get(qr::svg))
            .route(&format!("{door}/links/{{link}}/qr.png"), get(qr::png))
    });
    reading
        .route("/portal/{slug}/links/new", get(new::new).post(new::create))
        .route("/portal/{slug}/links/{link}/edit", post(record::save))
        .route(
            "/portal/{slug}/links/{link}/active",
            post(record::set_active),
        )
}

/// Which link an address names; through whichever door.
#[derive(Debug, Deserialize)]
struct Named {
    link: String,
}

impl Named {
    fn id(&self) -> Result<LinkId, PageError> {
        Ok(self.link.parse().map_err(|_| not_found("link"))?)
    }
}

/// What came by a link.
struct Brought {
    clicks: String,
    leads: String,
    conversions: String,
    earned: Vec<String>,
}

impl Brought {
    fn new(figures: &Figures, own: Currency) -> Self {
        Self {
            clicks: count(figures.clicks),
            leads: count(figures.leads),
            conversions: count(figures.conversions),
            earned: earned(figures, own),
        }
    }
}

/// What a link is called: its label, or what it is.
pub(super) fn name_of(line: &LinkLine) -> String {
    match (line.label.as_str(), line.is_first()) {
        ("", true) => t("link-main").to_owned(),
        ("", false) => line.code.clone(),
        (label, _) => label.to_owned(),
    }
}

fn without_scheme(url: &str) -> String {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .to_owned()
}

/// Who may not make links is led to the list, which shows those that there are.
fn require_change(viewer: &Viewer) -> Result<(), PageError> {
    viewer.require_figures()?;
    if viewer.may_change() {
        return Ok(());
    }
    Err(PageError::forbidden(t("link-suspended")))
}
