//! Customers: the people whom affiliates bring, what they did, and to whom they are credited.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::id::{ContactId, EventId};
use domain::status::ContactStatus;
use domain::time::Day;
use jiff::tz::TimeZone;
use service::crm::contact::{
    self, Contact, Did, Filter, OVERVIEW_NEWEST, OVERVIEW_ORDERS, Overview,
};
use service::error::{Result, not_found};
use service::identity::business;
use service::programme::{affiliate, event, referral};
use service::store::list::Window;
use service::store::programme::referral::{Filter as ReferralFilter, NEWEST};
use service::{App, Work};

use super::referral::{EventRow, Row as ReferralRow, event_rows};
use super::session::Admin;
use crate::csv::Sheet;
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::range::DateRange;
use crate::shown::money::{self, StatusTab, contact_badge, customer_name};
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, ListUrl, Pager, RangePicker, SortHead, Tone};

const PATH: &str = "/admin/customers";
/// Referrals of one customer that the page shows: one for each affiliate and campaign.
const REFERRALS_SHOWN: i64 = 20;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/customers", get(list))
        .route("/admin/customers.csv", get(export))
        .route("/admin/customers/{id}", get(record))
}

#[derive(Template)]
#[template(path = "admin/customers/list.html")]
struct ListPage {
    shell: AdminShell,
    /// The days in which they did what is asked for; none where nothing is.
    range: Option<RangePicker>,
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
    href: String,
    name: String,
    detail: String,
    affiliate: String,
    affiliate_href: String,
    campaign: String,
    badge: (String, Tone),
    sales: String,
    date: String,
    short: String,
}

/// What the filter of deeds offers, in the words of the dashboard's figures.
const DEEDS: [(ContactStatus, &str); 3] = [
    (ContactStatus::Lead, "Became a lead"),
    (ContactStatus::Customer, "Bought"),
    (ContactStatus::Cancelled, "Left"),
];

fn asked(query: Option<&str>, today: Day) -> (ListState, Filter, Option<DateRange>) {
    let mut state = ListState::new(PATH, query, "-created");
    state.keep_sort(&[OVERVIEW_ORDERS]);
    let range = DateRange::asked(&ListUrl::from_query(PATH, query.unwrap_or_default()), today);
    let did = state.filter("did").map(|what| Did {
        what,
        from: range.map(|range| range.from),
        to: range.map(|range| range.to),
    });
    let filter = Filter {
        affiliate_id: state.filter("affiliate"),
        status: state.filter("status"),
        search: state.search(),
        external_id: None,
        did,
    };
    (state, filter, range)
}

async fn tally(work: &mut Work, filter: &Filter) -> Result<Tally<ContactStatus>> {
    let counts = contact::status_counts(work, filter).await?;
    let lines = counts
        .into_iter()
        .map(|count| (count.status, count.contacts));
    Ok(Tally::new(lines))
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let (mut state, filter, range) = asked(query.as_deref(), today);
    let tally = tally(&mut work, &filter).await?;
    state.settle(tally.rows(filter.status));
    let found = contact::overview(&mut work, &filter, state.window(OVERVIEW_ORDERS)).await?;
    let tabs = tally.tabs(
        &state,
        "status",
        "All",
        ContactStatus::ALL.iter().copied(),
        |status| contact_badge(status).0,
    );
    let affiliates = money::affiliate_choices(&mut work, filter.affiliate_id).await?;
    let deeds = DEEDS.map(|(what, label)| (what.as_str(), label));
    let selects = vec![
        state.select("affiliate", "Affiliate", "All affiliates", affiliates),
        state.select("did", "What they did", "Whatever they did", deeds),
    ];
    let url = ListUrl::from_query(PATH, &state.query());
    let days = DateRange::optional_picker(range, &url, today, &admin.business.timezone);
    let mut shell = admin
        .shell(&mut work, "Customers", AdminItem::Customers)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        range: filter.did.map(|_| days),
        tabs,
        narrowed: state.narrowed(&["status", "affiliate", "did"]),
        filters: state.filters("Search name, e-mail or id", selects),
        heads: vec![
            state.head("name", "Customer", false),
            state.head("status", "Status", false),
            state.head("sales", "Sales", true),
            state.head("created", "Known since", true),
        ],
        rows: found.into_iter().map(|row| Row::new(row, &zone)).collect(),
        pager: state.pager("customer", "customers"),
        csv_href: state.csv_href(),
    })
}

impl Row {
    fn new(contact: Overview, zone: &TimeZone) -> Self {
        let name = customer_name(
            &contact.name,
            contact.email.as_deref(),
            contact.external_id.as_deref(),
        );
        let affiliate = contact.affiliate_name.unwrap_or_default();
        Self {
            id: contact.id.to_string(),
            href: format!("{PATH}/{}", contact.id),
            detail: contact
                .email
                .or(contact.external_id)
                .filter(|text| *text != name)
                .unwrap_or_default(),
            affiliate_href: contact
                .affiliate_id
                .map(|id| format!("/admin/affiliates/{id}"))
                .unwrap_or_default(),
            campaign: contact.campaign_name.unwrap_or_default(),
            badge: contact_badge(contact.status),
            sales: money::count(contact.sales),
            date: Moment::new(contact.created_at_ms, zone).date,
            short: if affiliate.is_empty() {
                "Nobody's referral".to_owned()
            } else {
                format!("by {affiliate}")
            },
            affiliate,
            name,
        }
    }
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let today = admin.today(&work)?;
    let (mut state, filter, _) = asked(query.as_deref(), today);
    let counts = tally(&mut work, &filter).await?;
    state.settle(counts.rows(filter.status));
    export::answer(work, &state, OVERVIEW_ORDERS, today, Exported(filter)).await
}

/// Customers as they are exported.
struct Exported(Filter);

impl Rows for Exported {
    type Row = Overview;
    type Id = ContactId;
    const NAME: &'static str = "customers";
    const COLUMNS: &'static [&'static str] = &[
        "Id",
        "Customer id",
        "Name",
        "E-mail",
        "Country",
        "Status",
        "Affiliate",
        "Campaign",
        "Sales",
        "First sale",
        "Created",
    ];
    const NEWEST: &'static str = OVERVIEW_NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<Overview>> {
        contact::overview(work, &self.0, window).await
    }

    fn id(contact: &Overview) -> ContactId {
        contact.id
    }

    fn write(c: Overview, sheet: &mut Sheet) {
        sheet.row(vec![
            c.id.to_string().into(),
            c.external_id.into(),
            c.name.into(),
            c.email.into(),
            c.country.into(),
            c.status.as_str().into(),
            c.affiliate_name.into(),
            c.campaign_name.into(),
            c.sales.into(),
            c.first_sale_at_ms.into(),
            c.created_at_ms.into(),
        ]);
    }
}

#[derive(Template)]
#[template(path = "admin/customers/record.html")]
struct RecordPage {
    shell: AdminShell,
    contact: Contact,
    name: String,
    badge: (String, Tone),
    /// To whom the customer belongs; empty when to nobody.
    bound_to: String,
    bound_since: String,
    facts: Vec<(&'static str, String)>,
    events: Vec<EventRow>,
    referrals: Vec<ReferralRow>,
}

async fn record(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: ContactId = id.parse().map_err(|_| not_found("customer"))?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let contact = contact::get(&mut work, id).await?;
    let events = event::of_customer(&mut work, id).await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let candidates = event::candidates_of(&mut work, &ids).await?;
    let bound: Vec<_> = contact.affiliate_id.into_iter().collect();
    let bound_to = affiliate::names(&mut work, &bound)
        .await?
        .into_values()
        .next()
        .unwrap_or_default();
    let filter = ReferralFilter {
        contact_id: Some(id),
        ..ReferralFilter::default()
    };
    let window = Window {
        order: NEWEST,
        limit: REFERRALS_SHOWN,
        offset: 0,
        after: None,
    };
    let referrals = referral::list(&mut work, &filter, window).await?;
    let name = customer_name(
        &contact.name,
        contact.email.as_deref(),
        contact.external_id.as_deref(),
    );
    let mut shell = admin
        .shell(&mut work, "Customer", AdminItem::Customers)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&RecordPage {
        shell,
        badge: contact_badge(contact.status),
        bound_to,
        bound_since: contact
            .bound_at_ms
            .map(|at| Moment::new(at, &zone).date)
            .unwrap_or_default(),
        facts: facts(&contact, &zone),
        events: event_rows(events, candidates, &zone),
        referrals: referrals
            .into_iter()
            .map(|row| ReferralRow::new(row, &zone))
            .collect(),
        contact,
        name,
    })
}

fn facts(contact: &Contact, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut add = |term, value: Option<String>| {
        facts.extend(
            value
                .filter(|value| !value.is_empty())
                .map(|value| (term, value)),
        )
    };
    add("E-mail", contact.email.clone());
    add("Phone", contact.phone.clone());
    add("Country", contact.country.clone());
    add("Customer id", contact.external_id.clone());
    add(
        "Known since",
        Some(Moment::new(contact.created_at_ms, zone).full),
    );
    add(
        "First sale",
        contact
            .first_sale_at_ms
            .map(|at| Moment::new(at, zone).full),
    );
    add(
        "Cancelled",
        contact.cancelled_at_ms.map(|at| Moment::new(at, zone).full),
    );
    facts
}
