//! The list of affiliate groups and its export.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::GroupId;
use jiff::tz::TimeZone;
use service::Work;
use service::identity::business;
use service::programme::affiliate_group::{self, Group, Minimum, ORDERS};

use super::{PATH, frequency_label, shown};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/group/list.html")]
struct ListPage {
    shell: AdminShell,
    filters: Filters,
    heads: Heads,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Heads {
    name: SortHead,
    members: SortHead,
    created: SortHead,
}

struct Row {
    id: String,
    href: String,
    name: String,
    region: String,
    members: String,
    members_href: String,
    minimums: Vec<String>,
    frequency: String,
    created: String,
    /// The second line on narrow screens.
    short: String,
}

async fn minimums_by_group(work: &mut Work) -> Result<BTreeMap<GroupId, Vec<Minimum>>, PageError> {
    let mut all: BTreeMap<GroupId, Vec<Minimum>> = BTreeMap::new();
    for minimum in affiliate_group::minimums(work, None).await? {
        all.entry(minimum.group_id).or_default().push(minimum);
    }
    Ok(all)
}

impl Row {
    fn new(group: Group, minimums: &[Minimum], zone: &TimeZone) -> Self {
        let minimums = shown(minimums);
        let least = if minimums.is_empty() {
            String::new()
        } else {
            format!("from {}", minimums.join(", "))
        };
        Self {
            id: group.id.to_string(),
            href: format!("{PATH}/{}", group.id),
            members_href: format!("/admin/affiliates?group={}", group.id),
            members: group.members.to_string(),
            frequency: frequency_label(group.payout_frequency),
            created: Moment::new(group.created_at_ms, zone).date,
            short: if least.is_empty() {
                group.region.clone().unwrap_or_default()
            } else {
                least
            },
            region: group.region.unwrap_or_default(),
            name: group.name,
            minimums,
        }
    }
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new(PATH, query.as_deref(), "name");
    state.keep_sort(&[ORDERS]);
    let mut work = admin.app.view(&admin.actor).await?;
    let search = state.search();
    state.settle(affiliate_group::count(&mut work, search.as_deref()).await?);
    let groups = affiliate_group::list(&mut work, search.as_deref(), state.window(ORDERS)).await?;
    let minimums = minimums_by_group(&mut work).await?;
    let zone = business::zone_of(&admin.business)?;
    let rows = groups
        .into_iter()
        .map(|group| {
            let own = minimums.get(&group.id).map_or(&[][..], Vec::as_slice);
            Row::new(group, own, &zone)
        })
        .collect();
    html::page(&ListPage {
        shell: admin
            .shell(&mut work, "Affiliate groups", AdminItem::Groups)
            .await?,
        filters: state.filters("Search name", Vec::new()),
        heads: Heads {
            name: state.head("name", "Group", false),
            members: state.head("members", "Members", true),
            created: state.head("created", "Created", false),
        },
        rows,
        pager: state.pager("group", "groups"),
        csv_href: state.csv_href(),
    })
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new(PATH, query.as_deref(), "name");
    let mut work = admin.app.view(&admin.actor).await?;
    let search = state.search();
    state.settle(affiliate_group::count(&mut work, search.as_deref()).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let groups =
        affiliate_group::list(&mut work, search.as_deref(), state.everything(ORDERS)).await?;
    let minimums = minimums_by_group(&mut work).await?;
    let mut sheet = Sheet::new(&[
        "Id",
        "Name",
        "Region",
        "Members",
        "Payout frequency",
        "Payout method",
        "Minimum payout",
        "Currency",
        "Created",
    ]);
    for group in groups {
        let own = minimums.get(&group.id).map_or(&[][..], Vec::as_slice);
        // One row a minimum; a group without any has one row.
        let lines: Vec<Option<&Minimum>> = if own.is_empty() {
            vec![None]
        } else {
            own.iter().map(Some).collect()
        };
        for minimum in lines {
            sheet.row(vec![
                Cell::from(group.id.to_string()),
                Cell::from(&group.name),
                Cell::from(group.region.as_ref()),
                Cell::from(group.members),
                Cell::from(group.payout_frequency.map(|frequency| frequency.as_str())),
                Cell::from(group.payout_method.as_ref()),
                minimum.map_or(Cell::empty(), |minimum| {
                    Cell::amount(minimum.amount, minimum.currency)
                }),
                Cell::from(minimum.map(|minimum| minimum.currency)),
                Cell::from(group.created_at_ms),
            ]);
        }
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("affiliate-groups", today))
}
