//! Campaigns: the [`list`] with its export, the [`record`] with its affiliates and links, and the
//! [`form`] to make and edit one.

mod form;
mod list;
mod record;

use axum::Router;
use axum::routing::{get, post};
use domain::id::{CampaignId, EntityId};
use domain::link::{LinkState, campaign_state};
use domain::money::{Currency, display, group_thousands};
use domain::status::Model;
use domain::time::UnixMs;
use service::App;
use service::programme::campaign::CampaignCommission;

use crate::error::PageError;
use crate::ui::Tone;

/// The list's path.
const PATH: &str = "/admin/campaigns";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/campaigns", get(list::page))
        .route("/admin/campaigns.csv", get(list::export))
        .route("/admin/campaigns/new", get(form::new).post(form::create))
        .route("/admin/campaigns/{id}", get(record::page))
        .route(
            "/admin/campaigns/{id}/edit",
            get(form::edit).post(form::save),
        )
        .route("/admin/campaigns/{id}/active", post(record::set_active))
        .route("/admin/campaigns/{id}/affiliates", post(record::add))
}

/// The address of a campaign's page.
pub(super) fn href(id: CampaignId) -> String {
    format!("{PATH}/{id}")
}

/// The id in a path; an unreadable one is answered like one that does not exist.
pub(super) fn path_id<T: EntityId>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::not_found())
}

/// A campaign's state as a word and its colour.
fn status(
    active: bool,
    starts_at: Option<UnixMs>,
    ends_at: Option<UnixMs>,
    now: UnixMs,
) -> (&'static str, Tone) {
    match campaign_state(active, starts_at, ends_at, now) {
        None => ("Active", Tone::Success),
        Some(LinkState::CampaignNotStarted) => ("Not begun", Tone::Info),
        Some(LinkState::CampaignEnded) => ("Ended", Tone::Neutral),
        Some(_) => ("Inactive", Tone::Neutral),
    }
}

const fn model_label(model: Model) -> &'static str {
    match model {
        Model::LastClick => "Last click",
        Model::FirstClick => "First click",
    }
}

/// A count with separators: "8,412".
fn count(number: i64) -> String {
    group_thousands(&number.to_string())
}

/// Conversions in a hundred clicks: "3.58%", or a dash without clicks.
fn rate(conversions: i64, clicks: i64) -> String {
    if clicks <= 0 {
        return "–".to_owned();
    }
    let hundredths =
        (i128::from(conversions) * 10_000 + i128::from(clicks) / 2) / i128::from(clicks);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The sums of all currencies, the business's first; zero of that one when there is none.
fn sums(commissions: &[CampaignCommission], currency: Currency) -> Vec<String> {
    let mut sums: Vec<&CampaignCommission> =
        commissions.iter().filter(|sum| sum.amount != 0).collect();
    sums.sort_by_key(|sum| (sum.currency != currency, sum.currency));
    if sums.is_empty() {
        return vec![display(0, currency)];
    }
    sums.into_iter()
        .map(|sum| display(sum.amount, sum.currency))
        .collect()
}
