//! Where a person arrives: the affiliate's dashboard for who has that app, else their home, which shows
//! what there is and what will come. The home has an address of its own, too.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::messaging::notice;
use service::portal::engagement::{self, Engagement, Kind};

use super::dashboard;
use super::session::Person;
use super::viewer::{HOME, Viewer};
use crate::error::PageError;
use crate::html;
use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::shown::money::display;
use crate::ui::{AppLink, PortalShell};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/", get(arrive))
        .route("/portal/{slug}/home", get(show))
}

/// Who arrives.
enum Arriving {
    /// With the affiliate's app.
    Affiliate(Box<Viewer>),
    /// Without an app.
    Account(Box<Person>),
}

impl FromRequestParts<App> for Arriving {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let person = Person::from_request_parts(parts, app).await?;
        Ok(if person.who.affiliate.is_some() {
            Self::Affiliate(Box::new(Viewer::of_person(person)))
        } else {
            Self::Account(Box::new(person))
        })
    }
}

async fn arrive(who: Arriving, query: RawQuery) -> Result<Response, PageError> {
    match who {
        Arriving::Affiliate(viewer) => dashboard::show(*viewer, query).await,
        Arriving::Account(person) => show(*person).await,
    }
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct HomePage {
    shell: PortalShell,
    first_name: String,
    apps: Vec<AppLink>,
    business: String,
    /// Where questions go.
    support: Option<String>,
    /// Where one applies to become an affiliate; empty while nobody can.
    apply_href: String,
    /// Newest first.
    timeline: Vec<Entry>,
}

/// A line of the timeline.
struct Entry {
    title: String,
    icon: &'static str,
    at: Moment,
    /// Where more of it stands; empty: nowhere.
    href: String,
}

/// `business` is its name as people know it.
fn entry(engagement: Engagement, person: &Person, business: &str) -> Entry {
    let base = &person.base;
    let access = person.who.access();
    // A link leads only where the person may go.
    let figures = |path: &str| {
        if access.may_see_figures() {
            format!("{base}{path}")
        } else {
            String::new()
        }
    };
    let (title, icon, href) = match engagement.kind {
        Kind::Joined => (
            phrase("home-joined").with("business", business).into(),
            "user-round-check",
            String::new(),
        ),
        Kind::Applied => (t("home-applied").to_owned(), "clock", format!("{base}/")),
        Kind::Approved => (t("home-approved").to_owned(), "hand-coins", figures("/")),
        Kind::CampaignJoined(name) => (
            phrase("home-campaign-joined").with("name", name).into(),
            "megaphone",
            figures("/"),
        ),
        Kind::CampaignLeft(name) => (
            phrase("home-campaign-left").with("name", name).into(),
            "log-out",
            figures("/"),
        ),
        Kind::FirstLead => (
            t("home-first-lead").to_owned(),
            "user-plus",
            figures("/leads"),
        ),
        Kind::FirstSale => (
            t("home-first-sale").to_owned(),
            "shopping-cart",
            figures("/commissions"),
        ),
        Kind::PaidOut {
            id,
            number,
            amount,
            currency,
        } => (
            phrase("home-paid")
                .with("number", number)
                .with("amount", display(amount, currency))
                .into(),
            "banknote",
            if access.may_see_statements() {
                format!("{base}/payouts/{id}")
            } else {
                String::new()
            },
        ),
    };
    Entry {
        title,
        icon,
        at: Moment::new(engagement.at, &person.zone),
        href,
    }
}

async fn show(person: Person) -> Result<Response, PageError> {
    let mut work = person.app.view(&person.actor).await?;
    let support = notice::sender(&mut work).await?.support_email;
    let shell = person.shell(&mut work, t(HOME)).await?;
    let apply_href = if person.who.affiliate.is_none() {
        super::apply::href(&mut work, &shell.base).await?
    } else {
        String::new()
    };
    let timeline = engagement::timeline(&mut work, &person.who).await?;
    let name = &person.who.account.name;
    html::page(&HomePage {
        first_name: name.split_whitespace().next().unwrap_or(name).to_owned(),
        // The switcher's entries but for this page itself.
        apps: shell
            .apps
            .iter()
            .filter(|app| !app.current)
            .cloned()
            .collect(),
        business: shell.business.clone(),
        support,
        apply_href,
        timeline: timeline
            .into_iter()
            .map(|engagement| entry(engagement, &person, &shell.business))
            .collect(),
        shell,
    })
}
