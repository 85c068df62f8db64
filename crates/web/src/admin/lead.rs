//! The log of leads: who came, when and by which way. The page of agents; owner and admins see it, too.

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::status::{ContactStatus, Role};
use domain::time::DAY_MS;
use jiff::tz::TimeZone;
use service::crm::lead::{self, Filter, Lead, ORDERS};
use service::identity::business;
use service::{App, Work};

use super::door;
use super::session::Admin;
use crate::csv::{self, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::channel::Way;
use crate::shown::money::{StatusTab, contact_badge, customer_name};
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

const PATH: &str = "/admin/leads";
/// Where a person's own page is, for who may open it.
const CUSTOMER: &str = "/admin/customers/{id}";
/// Sources the filter offers.
const SOURCES: &[&str] = &["browser", "api"];
/// How long ago somebody came at the most, in days, as the filter offers it.
const SEEN: &[(&str, &str)] = &[
    ("1", "The last 24 hours"),
    ("7", "The last 7 days"),
    ("30", "The last 30 days"),
    ("90", "The last 90 days"),
];

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/leads", get(list))
        .route("/admin/leads.csv", get(export))
}

#[derive(Template)]
#[template(path = "admin/leads/list.html")]
struct ListPage {
    shell: AdminShell,
    tabs: Vec<StatusTab>,
    filters: Filters,
    narrowed: bool,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: String,
    /// Empty for who may not open it.
    href: String,
    name: String,
    /// Address and telephone number.
    detail: String,
    source: String,
    channel: String,
    campaign: String,
    affiliate: String,
    badge: (String, Tone),
    seen: Moment,
}

/// How a lead came to be known, in words.
fn source_label(source: &str) -> String {
    match source {
        "api" => "API".to_owned(),
        "browser" => "Website".to_owned(),
        "form" => "Form".to_owned(),
        "staff" => "By hand".to_owned(),
        other => {
            let mut letters = other.chars();
            letters
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(letters)
                .collect()
        }
    }
}

fn way(lead: &Lead) -> Way<'_> {
    Way {
        code: lead.code.as_deref(),
        label: lead.label.as_deref(),
        sub_ids: lead.sub_ids.as_deref(),
        referrer: lead.referrer.as_deref(),
        via: lead.via.as_deref(),
    }
}

fn asked(work: &Work, query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-seen");
    state.keep_sort(&[ORDERS]);
    let days: Option<i64> = state
        .filter("seen")
        .filter(|days: &i64| SEEN.iter().any(|(known, _)| *known == days.to_string()));
    let filter = Filter {
        status: state.filter("status"),
        affiliate_id: state.filter("affiliate"),
        campaign_id: state.filter("campaign"),
        source: state
            .text("source")
            .filter(|source| SOURCES.contains(&source.as_str())),
        since: days.map(|days| work.now.plus_ms(-days * DAY_MS)),
        search: state.search(),
    };
    (state, filter)
}

async fn tally(work: &mut Work, filter: &Filter) -> Result<Tally<ContactStatus>, PageError> {
    let counts = lead::status_counts(work, filter).await?;
    Ok(Tally::new(
        counts
            .into_iter()
            .map(|count| (count.status, count.contacts)),
    ))
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (mut state, filter) = asked(&work, query.as_deref());
    let tally = tally(&mut work, &filter).await?;
    state.settle(tally.rows(filter.status));
    let found = lead::list(&mut work, &filter, state.window(ORDERS)).await?;
    let tabs = tally.tabs(
        &state,
        "status",
        "All",
        ContactStatus::ALL.iter().copied(),
        |status| contact_badge(status).0,
    );
    let choices = lead::choices(&mut work).await?;
    let sources = SOURCES.iter().map(|word| (*word, source_label(word)));
    let selects = vec![
        state.select("seen", "Came", "Any time", SEEN.iter().copied()),
        state.select("source", "Source", "All sources", sources),
        state.select("campaign", "Campaign", "All campaigns", choices.campaigns),
        state.select(
            "affiliate",
            "Affiliate",
            "All affiliates",
            choices.affiliates,
        ),
    ];
    let role = admin.who.member.role;
    let mut shell = admin.shell(&mut work, "Leads", AdminItem::Leads).await?;
    shell.live = Some("Live".to_owned());
    html::page(&ListPage {
        shell,
        tabs,
        narrowed: state.narrowed(&["status", "seen", "source", "campaign", "affiliate"]),
        filters: state.filters("Search name, e-mail or id", selects),
        heads: vec![
            state.head("name", "Lead", false),
            state.head("status", "Status", false),
            state.head("seen", "Came", true),
        ],
        rows: found
            .into_iter()
            .map(|lead| Row::new(lead, role, &zone))
            .collect(),
        pager: state.pager("lead", "leads"),
        csv_href: state.csv_href(),
    })
}

impl Row {
    fn new(lead: Lead, role: Role, zone: &TimeZone) -> Self {
        let name = customer_name(&lead.name, lead.email.as_deref(), None);
        let known_by: Vec<&str> = [lead.email.as_deref(), lead.phone.as_deref()]
            .into_iter()
            .flatten()
            .filter(|text| *text != name)
            .collect();
        Self {
            id: lead.id.to_string(),
            href: if door::opens(role, CUSTOMER) {
                CUSTOMER.replace("{id}", &lead.id.to_string())
            } else {
                String::new()
            },
            detail: known_by.join(" · "),
            source: lead.source.as_deref().map(source_label).unwrap_or_default(),
            channel: way(&lead).words(),
            badge: contact_badge(lead.status),
            seen: Moment::new(lead.seen_at_ms, zone),
            campaign: lead.campaign_name.unwrap_or_default(),
            affiliate: lead.affiliate_name.unwrap_or_default(),
            name,
        }
    }
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let (mut state, filter) = asked(&work, query.as_deref());
    let tally = tally(&mut work, &filter).await?;
    state.settle(tally.rows(filter.status));
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Id",
        "Came",
        "Name",
        "E-mail",
        "Phone",
        "Country",
        "Status",
        "Source",
        "Link",
        "Sub-ids",
        "Referrer",
        "Via",
        "Campaign",
        "Affiliate",
    ]);
    for lead in lead::list(&mut work, &filter, state.everything(ORDERS)).await? {
        let (link, carried) = (way(&lead).link(), way(&lead).carried().join("; "));
        sheet.row(vec![
            lead.id.to_string().into(),
            lead.seen_at_ms.into(),
            lead.name.into(),
            lead.email.into(),
            lead.phone.into(),
            lead.country.into(),
            lead.status.as_str().into(),
            lead.source.into(),
            link.into(),
            carried.into(),
            lead.referrer.into(),
            lead.via.into(),
            lead.campaign_name.into(),
            lead.affiliate_name.into(),
        ]);
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("leads", today))
}
