//! Leads and customers: the people whom the affiliate brought, and by which way.

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::status::ContactStatus;
use jiff::tz::TimeZone;
use service::App;
use service::crm::contact::{self, BROUGHT_ORDERS, Brought, BroughtCounts, BroughtFilter};
use service::identity::business;
use service::programme::partnership;
use service::store::list::Window;

use super::viewer::{DOORS, Viewer};
use crate::csv::{self, Sheet};
use crate::error::PageError;
use crate::language::{phrase, said, t};
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::channel::Way;
use crate::shown::money::{StatusTab, contact_badge, count, customer_name};
use crate::ui::{Filters, Pager, PortalItem, PortalShell, SortHead, Tone};
use crate::{flash, html};

/// Campaigns that the filter offers.
const CAMPAIGNS_MAX: i64 = 100;

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/leads"), get(list))
            .route(&format!("{door}/leads.csv"), get(export))
    })
}

#[derive(Template)]
#[template(path = "portal/leads.html")]
struct LeadsPage {
    shell: PortalShell,
    tabs: Vec<StatusTab>,
    filters: Filters,
    narrowed: bool,
    path: String,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: String,
    name: String,
    email: String,
    campaign: String,
    channel: String,
    badge: (String, Tone),
    /// When the person became a customer or left; empty for a lead.
    when: String,
    sales: String,
    since: String,
}

fn asked(viewer: &Viewer, masked: bool, query: Option<&str>) -> (ListState, BroughtFilter) {
    let mut state = ListState::new(&format!("{}/leads", viewer.base), query, "-since");
    state.keep_sort(&[BROUGHT_ORDERS]);
    let filter = BroughtFilter {
        status: state.filter("status"),
        campaign_id: state.filter("campaign"),
        search: state.search().filter(|_| !masked),
    };
    (state, filter)
}

fn rows_in(counts: &BroughtCounts, status: Option<ContactStatus>) -> i64 {
    match status {
        None => counts.everyone,
        Some(ContactStatus::Lead) => counts.leads,
        Some(ContactStatus::Customer) => counts.customers,
        Some(ContactStatus::Cancelled) => counts.cancelled,
    }
}

/// What the dashboard calls those whom a tab holds: it counts the same.
fn tab_label(status: Option<ContactStatus>) -> &'static str {
    t(match status {
        None => "list-all",
        Some(ContactStatus::Lead) => "figure-leads",
        Some(ContactStatus::Customer) => "dashboard-customers",
        Some(ContactStatus::Cancelled) => "dashboard-cancelled",
    })
}

async fn list(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let zone = viewer.zone.clone();
    let mut work = viewer.app.view(&viewer.actor).await?;
    let masked = contact::is_masked(&mut work).await?;
    let (mut state, filter) = asked(&viewer, masked, query.as_deref());
    let counts = contact::brought_counts(&mut work, &filter).await?;
    state.settle(rows_in(&counts, filter.status));
    let found = contact::brought(&mut work, &filter, state.window(BROUGHT_ORDERS)).await?;
    let tabs = std::iter::once(None)
        .chain(ContactStatus::ALL.iter().copied().map(Some))
        .map(|status| StatusTab {
            label: tab_label(status).to_owned(),
            href: state.with("status", status.map_or("", ContactStatus::as_str)),
            current: filter.status == status,
            count: count(rows_in(&counts, status)),
        })
        .collect();
    let window = Window {
        order: "p.id",
        limit: CAMPAIGNS_MAX,
        offset: 0,
        after: None,
    };
    let campaigns = partnership::lines(&mut work, &partnership::Filter::default(), window)
        .await?
        .into_iter()
        .map(|line| (line.campaign_id.to_string(), line.campaign_name));
    let selects = vec![state.select(
        "campaign",
        t("link-new-campaign"),
        t("leads-all-campaigns"),
        campaigns,
    )];
    // Where addresses are masked a search would tell them.
    let search = if masked { "" } else { t("leads-search") };
    let shell = viewer
        .shell(&mut work, t("menu-leads"), PortalItem::Leads)
        .await?;
    html::page(&LeadsPage {
        shell,
        tabs,
        narrowed: state.narrowed(&["status", "campaign"]),
        filters: state.filters(search, selects),
        path: format!("{}/leads", viewer.base),
        heads: vec![
            state.head("name", t("leads-person"), false),
            state.head("status", t("links-status"), false),
            state.head("sales", t("figure-sales"), true),
            state.head("since", t("leads-head-since"), true),
        ],
        rows: found.into_iter().map(|row| Row::new(row, &zone)).collect(),
        pager: state.pager(t("leads-one"), t("leads-noun")),
        csv_href: state.csv_href(),
    })
}

fn way(contact: &Brought) -> Way<'_> {
    Way {
        code: contact.code.as_deref(),
        label: contact.label.as_deref(),
        sub_ids: contact.sub_ids.as_deref(),
        referrer: contact.referrer.as_deref(),
        via: contact.via.as_deref(),
    }
}

impl Row {
    fn new(contact: Brought, zone: &TimeZone) -> Self {
        let name = customer_name(&contact.name, contact.email.as_deref(), None);
        let date = |at| Moment::new(at, zone).date;
        Self {
            id: contact.id.to_string(),
            channel: way(&contact).words(),
            email: contact
                .email
                .filter(|email| *email != name)
                .unwrap_or_default(),
            campaign: contact.campaign_name.unwrap_or_default(),
            badge: contact_badge(contact.status),
            when: match (
                contact.status,
                contact.first_sale_at_ms,
                contact.cancelled_at_ms,
            ) {
                (ContactStatus::Cancelled, _, Some(at)) => {
                    phrase("leads-left").with("day", date(at)).into()
                }
                (ContactStatus::Customer, Some(at), _) => {
                    phrase("leads-first-sale").with("day", date(at)).into()
                }
                _ => String::new(),
            },
            sales: count(contact.sales),
            since: date(contact.since_ms),
            name,
        }
    }
}

async fn export(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let masked = contact::is_masked(&mut work).await?;
    let (mut state, filter) = asked(&viewer, masked, query.as_deref());
    let counts = contact::brought_counts(&mut work, &filter).await?;
    state.settle(rows_in(&counts, filter.status));
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), said(refusal)));
    }
    let mut sheet = Sheet::new(&[
        t("sheet-name"),
        t("sheet-e-mail"),
        t("sheet-country"),
        t("sheet-status"),
        t("sheet-campaign"),
        t("sheet-link"),
        t("sheet-sub-ids"),
        t("sheet-referrer"),
        t("sheet-via"),
        t("sheet-sales"),
        t("sheet-since"),
        t("sheet-first-sale"),
        t("sheet-cancelled"),
    ]);
    for c in contact::brought(&mut work, &filter, state.everything(BROUGHT_ORDERS)).await? {
        let (link, carried) = (way(&c).link(), way(&c).carried().join("; "));
        sheet.row(vec![
            c.name.into(),
            c.email.into(),
            c.country.into(),
            c.status.as_str().into(),
            c.campaign_name.into(),
            link.into(),
            carried.into(),
            c.referrer.into(),
            c.via.into(),
            c.sales.into(),
            c.since_ms.into(),
            c.first_sale_at_ms.into(),
            c.cancelled_at_ms.into(),
        ]);
    }
    let today = work.now.day_in(&business::zone_of(&viewer.business)?);
    Ok(sheet.download("leads", today))
}
