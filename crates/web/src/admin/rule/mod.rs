//! Rules: the [`list`] as sentences in the order of precedence, the [`record`] with its versions, and
//! the [`form`] that makes a rule or another version of one, the page of which rule wins ([`winner`]), and the [`back_test`].

mod back_test;
mod form;
mod list;
mod record;
mod winner;

use axum::Router;
use axum::routing::{get, post};
use domain::money::Currency;
use domain::rule::{Scope, describe};
use domain::status::TriggerOn;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::App;
use service::programme::rule::RuleVersion;

use crate::moment::Moment;
use crate::ui::Tone;

/// The list's path.
const PATH: &str = "/admin/rules";

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/rules", get(list::page))
        .route("/admin/rules.csv", get(list::export))
        .route("/admin/rules/new", get(form::new).post(form::create))
        .route(
            "/admin/rules/back-test",
            get(back_test::page).post(back_test::start),
        )
        .route("/admin/rules/back-test/{token}", get(back_test::run))
        .route(
            "/admin/rules/back-test/{token}/cancel",
            post(back_test::cancel),
        )
        .route(
            "/admin/rules/back-test/{token}/affiliates.csv",
            get(back_test::affiliates),
        )
        .route(
            "/admin/rules/back-test/{token}/changes.csv",
            get(back_test::changes),
        )
        .route("/admin/rules/winner", get(winner::page))
        .route("/admin/rules/{id}", get(record::page))
        .route("/admin/rules/{id}/edit", get(form::edit).post(form::save))
        .route("/admin/rules/{id}/active", post(record::set_active))
}

/// A rule as it stands now: what is in force, and what is to come.
struct Standing {
    /// What it pays now, or will pay when it has not begun.
    sentence: String,
    /// "From 1 Dec 2026: 30 % of net, every sale", or empty.
    next: String,
    state: (String, Tone),
    /// Whether its newest version is on.
    active: bool,
}

impl Standing {
    /// From the newest version and the one in force, if any.
    fn new(
        newest: &RuleVersion,
        current: Option<&RuleVersion>,
        now: UnixMs,
        currency: Currency,
        zone: &TimeZone,
    ) -> Self {
        let sentence = |version: &RuleVersion| capital(&describe(&version.rule, currency));
        let from = Moment::new(newest.rule.effective_from, zone).date;
        let to_come = newest.rule.effective_from > now;
        let (shown, next) = match current {
            Some(current) if to_come && newest.active => (
                current,
                format!("From {from}: {}", describe(&newest.rule, currency)),
            ),
            Some(current) if to_come => (current, format!("Switched off from {from}")),
            _ => (newest, String::new()),
        };
        let state = match (current, to_come, newest.active) {
            (Some(_), _, _) => ("In force".to_owned(), Tone::Success),
            (None, true, true) => (format!("From {from}"), Tone::Info),
            _ => ("Off".to_owned(), Tone::Neutral),
        };
        Self {
            sentence: sentence(shown),
            next,
            state,
            active: newest.active,
        }
    }
}

/// `pays` → `Pays`.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

/// The level of a scope, as a heading: "Affiliate in a campaign".
fn level(scope: &Scope) -> String {
    let Scope {
        affiliate_id,
        product_id,
        campaign_id,
        group_id,
    } = scope;
    let mut words = Vec::new();
    if affiliate_id.is_some() {
        words.push("affiliate");
    }
    if product_id.is_some() {
        words.push("product");
    }
    if group_id.is_some() {
        words.push("group");
    }
    match (words.is_empty(), campaign_id.is_some()) {
        (true, true) => "Campaign".to_owned(),
        (true, false) => "Default".to_owned(),
        (false, true) => format!("{} in a campaign", capital(&words.join(" and "))),
        (false, false) => capital(&words.join(" and ")),
    }
}

const fn trigger_label(trigger: TriggerOn) -> &'static str {
    match trigger {
        TriggerOn::Sale => "A sale",
        TriggerOn::Lead => "A lead",
        TriggerOn::Click => "A click",
    }
}
