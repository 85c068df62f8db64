//! The list of affiliates and its export.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::{AffiliateId, GroupId};
use domain::money::Currency;
use domain::status::AffiliateStatus;
use service::Work;
use service::identity::business;
use service::programme::affiliate::{
    self, Affiliate, Figures, Filter, InGroup, ORDERS, RANKED_ORDERS,
};
use service::programme::affiliate_group::{self, Segment, Segments};
use service::store::list::Window;

use super::PATH;
use super::shown::{
    amounts, count, deal_type_label, rate, status_label, status_pairs, status_tone,
};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::shown::money::{counted, live_line};
use crate::ui::{AdminItem, AdminShell, Choice, Filters, Pager, SelectFilter, SortHead, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/affiliate/list.html")]
struct ListPage {
    shell: AdminShell,
    /// "12 affiliates wait for your decision", on the whole list.
    waiting: Option<String>,
    filters: Filters,
    heads: Heads,
    rows: Vec<Row>,
    pager: Pager,
    /// The state without the page, for acts on all rows.
    query: String,
    /// This page of the list.
    here: String,
    csv_href: String,
    groups: Vec<Choice>,
    currency: Currency,
}

struct Heads {
    name: SortHead,
    status: SortHead,
    clicks: SortHead,
    conversions: SortHead,
    rate: SortHead,
    revenue: SortHead,
    commission: SortHead,
}

struct Row {
    id: String,
    href: String,
    name: String,
    email: String,
    status_label: String,
    status_tone: Tone,
    group: String,
    clicks: String,
    conversions: String,
    rate: String,
    /// At least one amount; one a currency.
    revenue: Vec<String>,
    commission: Vec<String>,
    /// The second line on narrow screens.
    short: String,
    more_label: String,
    acts: Vec<Act>,
}

/// A change of status that the row's menu offers.
struct Act {
    status: &'static str,
    label: &'static str,
    icon: &'static str,
}

/// What a list's query asks for; also of the export and of acts on all rows.
pub(super) fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-revenue");
    state.keep_sort(&[ORDERS, RANKED_ORDERS]);
    let filter = Filter {
        status: state.filter("status"),
        group: state.filter::<InGroup>("group").unwrap_or_default(),
        tag: state.text("tag"),
        email: None,
        search: state.search(),
        country: state.text("country"),
        traffic_source: state.text("source"),
    };
    (state, filter)
}

async fn load(
    work: &mut Work,
    state: &ListState,
    filter: &Filter,
    window: impl Fn(&ListState, crate::list::Orders) -> Window,
) -> service::Result<Vec<Affiliate>> {
    if state.sorted_by(RANKED_ORDERS) {
        affiliate::list_ranked(work, filter, window(state, RANKED_ORDERS)).await
    } else {
        affiliate::list(work, filter, window(state, ORDERS)).await
    }
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(affiliate::count(&mut work, &filter).await?);
    let affiliates = load(&mut work, &state, &filter, ListState::window).await?;
    let ids: Vec<AffiliateId> = affiliates.iter().map(|affiliate| affiliate.id).collect();
    let figures = affiliate::figures(&mut work, &ids).await?;
    let groups: Vec<(GroupId, String)> = affiliate_group::all(&mut work)
        .await?
        .into_iter()
        .map(|group| (group.id, group.name))
        .collect();
    let waiting = match state.narrowed(&["status", "group", "tag", "country", "source"]) {
        true => 0,
        false => affiliate::status_counts(&mut work)
            .await?
            .get(&AffiliateStatus::Pending)
            .copied()
            .unwrap_or_default(),
    };
    let currency = admin.business.currency;
    let names: BTreeMap<GroupId, &str> = groups
        .iter()
        .map(|(id, name)| (*id, name.as_str()))
        .collect();
    let none = Figures::default();
    let rows = affiliates
        .into_iter()
        .map(|affiliate| {
            let group = affiliate
                .group_id
                .and_then(|id| names.get(&id).copied())
                .unwrap_or("–");
            let figures = figures.get(&affiliate.id).unwrap_or(&none);
            Row::new(affiliate, group, figures, currency)
        })
        .collect();
    let group_pairs: Vec<(String, String)> = groups
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect();
    let segments = affiliate_group::segments(&mut work).await?;
    let selects = selects(&state, &filter, &group_pairs, &segments);
    let mut shell = admin
        .shell(&mut work, "Affiliates", AdminItem::Affiliates)
        .await?;
    shell.live = live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        waiting: match waiting {
            0 => None,
            1 => Some("1 affiliate waits for your decision".to_owned()),
            n => Some(format!("{} affiliates wait for your decision", count(n))),
        },
        filters: state.filters("Search name or e-mail", selects),
        heads: Heads {
            name: state.head("name", "Affiliate", false),
            status: state.head("status", "Status", false),
            clicks: state.head("clicks", "Clicks", true),
            conversions: state.head("conversions", "Conv.", true),
            rate: state.head("rate", "CVR", true),
            revenue: state.head("revenue", "Revenue", true),
            commission: state.head("commission", "Commission", true),
        },
        rows,
        pager: state.pager("affiliate", "affiliates"),
        query: state.query(),
        here: state.href(),
        csv_href: state.csv_href(),
        groups: Choice::list(group_pairs, ""),
        currency,
    })
}

/// The selects of the filter bar; those for which no affiliate has anything are left out.
fn selects(
    state: &ListState,
    filter: &Filter,
    groups: &[(String, String)],
    segments: &Segments,
) -> Vec<SelectFilter> {
    let group_filter =
        std::iter::once(("none".to_owned(), "No group".to_owned())).chain(groups.iter().cloned());
    let mut selects = vec![
        state.select("status", "Status", "Any status", status_pairs()),
        state.select("group", "Group", "All groups", group_filter),
    ];
    if let Some(tag) = &filter.tag {
        selects.push(state.select(
            "tag",
            "Tag",
            "Any tag",
            [(tag.clone(), format!("Tag: {tag}"))],
        ));
    }
    let country = |code: &str| domain::country::name(code).unwrap_or(code).to_owned();
    let countries = choices(&segments.countries, filter.country.as_deref(), country);
    if !countries.is_empty() {
        selects.push(state.select("country", "Country", "Any country", countries));
    }
    let sources = choices(
        &segments.traffic_sources,
        filter.traffic_source.as_deref(),
        str::to_owned,
    );
    if !sources.is_empty() {
        selects.push(state.select("source", "Traffic source", "Any traffic source", sources));
    }
    selects
}

/// Value and label of each segment, with how many have it; what is chosen is among them in any case.
fn choices(
    segments: &[Segment],
    chosen: Option<&str>,
    label: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = segments
        .iter()
        .map(|segment| {
            let label = label(&segment.value);
            (
                segment.value.clone(),
                format!("{label} ({})", count(segment.affiliates)),
            )
        })
        .collect();
    if let Some(chosen) = chosen
        && !pairs.iter().any(|(value, _)| value == chosen)
    {
        pairs.push((chosen.to_owned(), label(chosen)));
    }
    pairs
}

impl Row {
    fn new(affiliate: Affiliate, group: &str, figures: &Figures, currency: Currency) -> Self {
        let (clicks, conversions) = (count(figures.clicks), count(figures.conversions));
        let acts = AffiliateStatus::ALL
            .iter()
            .filter_map(|&to| Act::new(affiliate.status, to))
            .collect();
        Self {
            id: affiliate.id.to_string(),
            href: format!("{PATH}/{}", affiliate.id),
            status_label: status_label(affiliate.status),
            status_tone: status_tone(affiliate.status),
            group: group.to_owned(),
            short: format!(
                "{} · {conversions} conv.",
                counted(figures.clicks, "click", "clicks")
            ),
            clicks,
            conversions,
            rate: rate(figures.conversions, figures.clicks),
            revenue: amounts(figures, currency, |money| money.revenue),
            commission: amounts(figures, currency, |money| money.commission),
            more_label: format!("Actions for {}", affiliate.name),
            acts,
            name: affiliate.name,
            email: affiliate.email,
        }
    }
}

impl Act {
    const fn new(from: AffiliateStatus, to: AffiliateStatus) -> Option<Self> {
        use AffiliateStatus::{Approved, Pending, Suspended, Terminated};
        match (from, to) {
            (Pending | Suspended | Terminated, Approved) => Some(Self {
                status: "approved",
                label: "Approve",
                icon: "check",
            }),
            (Approved, Suspended) => Some(Self {
                status: "suspended",
                label: "Suspend",
                icon: "pause",
            }),
            _ => None,
        }
    }
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(affiliate::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let affiliates = load(&mut work, &state, &filter, ListState::everything).await?;
    let ids: Vec<AffiliateId> = affiliates.iter().map(|affiliate| affiliate.id).collect();
    let figures = affiliate::figures(&mut work, &ids).await?;
    let groups: BTreeMap<GroupId, String> = affiliate_group::all(&mut work)
        .await?
        .into_iter()
        .map(|group| (group.id, group.name))
        .collect();
    let mut sheet = Sheet::new(&[
        "Id",
        "Name",
        "E-mail",
        "Status",
        "Group",
        "Company",
        "Phone",
        "Website",
        "Country",
        "Traffic source",
        "Deal type",
        "Tags",
        "Created",
        "Approved",
        "Clicks",
        "Conversions",
        "Revenue",
        "Commission",
        "Currency",
    ]);
    let own = admin.business.currency;
    let none = Figures::default();
    for affiliate in affiliates {
        let figures = figures.get(&affiliate.id).unwrap_or(&none);
        let main = figures.money.iter().find(|money| money.currency == own);
        let mut row = person(&affiliate, &groups);
        row.extend([
            Cell::from(figures.clicks),
            Cell::from(figures.conversions),
            Cell::amount(main.map_or(0, |money| money.revenue), own),
            Cell::amount(main.map_or(0, |money| money.commission), own),
            Cell::from(own),
        ]);
        sheet.row(row);
        // Other currencies get rows of their own; counts stand in the first one only, so that a sum is right.
        for money in figures.money.iter().filter(|money| money.currency != own) {
            let mut row = person(&affiliate, &groups);
            row.extend([
                Cell::empty(),
                Cell::empty(),
                Cell::amount(money.revenue, money.currency),
                Cell::amount(money.commission, money.currency),
                Cell::from(money.currency),
            ]);
            sheet.row(row);
        }
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("affiliates", today))
}

fn person(affiliate: &Affiliate, groups: &BTreeMap<GroupId, String>) -> Vec<Cell> {
    vec![
        Cell::from(affiliate.id.to_string()),
        Cell::from(&affiliate.name),
        Cell::from(&affiliate.email),
        Cell::from(affiliate.status.as_str()),
        Cell::from(affiliate.group_id.and_then(|id| groups.get(&id))),
        Cell::from(affiliate.company.as_ref()),
        Cell::from(affiliate.phone.as_ref()),
        Cell::from(affiliate.website.as_ref()),
        Cell::from(affiliate.country.as_ref()),
        Cell::from(affiliate.traffic_source.as_ref()),
        Cell::from(affiliate.deal_type.map(deal_type_label)),
        Cell::from(affiliate.tag_list().join(", ")),
        Cell::from(affiliate.created_at_ms),
        Cell::from(affiliate.approved_at_ms),
    ]
}
