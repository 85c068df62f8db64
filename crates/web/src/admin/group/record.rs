//! One affiliate group: its members, who could join them, and its details.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::{AffiliateId, GroupId};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::identity::business;
use service::programme::affiliate::{self, Filter, InGroup, ORDERS as AFFILIATE_ORDERS, Selection};
use service::programme::affiliate_group::{self, Group, Minimum};
use service::store::list::Window;
use service::{ServiceError, Work};

use super::{PATH, frequency_label, shown};
use crate::admin::affiliate::{read_id, status_label, status_tone};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell, Choice, Filters, ListUrl, Pager, SortHead, Tone};
use crate::{flash, html};

/// Affiliates found at a time to be added.
const FOUND_MAX: i64 = 50;

#[derive(Template)]
#[template(path = "admin/group/record.html")]
struct RecordPage {
    shell: AdminShell,
    filters: Filters,
    heads: MemberHeads,
    members: Vec<Member>,
    pager: Pager,
    /// The same rows as a query of the list of affiliates, for acts on all of them.
    bulk_query: String,
    here: String,
    /// The other groups.
    others: Vec<Choice>,
    group_href: String,
    edit_href: String,
    rules_href: String,
    add_action: String,
    /// What was searched to be added.
    add: String,
    searched: bool,
    found: Vec<Found>,
    facts: Vec<(&'static str, String)>,
    may_delete: bool,
    delete_action: String,
}

struct MemberHeads {
    name: SortHead,
    status: SortHead,
    created: SortHead,
}

struct Member {
    id: String,
    href: String,
    name: String,
    email: String,
    status_label: String,
    status_tone: Tone,
    created: String,
}

/// An affiliate outside the group.
struct Found {
    id: String,
    name: String,
    email: String,
    /// The group they are in now.
    group: String,
}

pub(super) async fn page(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let href = format!("{PATH}/{id}");
    let mut state = ListState::new(&href, query.as_deref(), "name");
    state.keep_sort(&[AFFILIATE_ORDERS]);
    let filter = Filter {
        status: state.filter("status"),
        group: InGroup::Of(id),
        search: state.search(),
        ..Filter::default()
    };
    state.settle(affiliate::count(&mut work, &filter).await?);
    let members = affiliate::list(&mut work, &filter, state.window(AFFILIATE_ORDERS)).await?;
    let groups = affiliate_group::all(&mut work).await?;
    let add = state.text("add").unwrap_or_default();
    let found = outsiders(&mut work, id, &groups, &add).await?;
    let zone = business::zone_of(&admin.business)?;
    let minimums = affiliate_group::minimums(&mut work, Some(id)).await?;
    let bulk_query = ListUrl::new(
        "",
        [
            ("group", id.to_string()),
            (
                "status",
                filter
                    .status
                    .map(|status| status.as_str().to_owned())
                    .unwrap_or_default(),
            ),
            ("q", filter.search.clone().unwrap_or_default()),
        ],
    )
    .query();
    let statuses = domain::status::AffiliateStatus::ALL
        .iter()
        .map(|&status| (status.as_str(), status_label(status)));
    let others = groups
        .iter()
        .filter(|other| other.id != id)
        .map(|other| (other.id.to_string(), other.name.clone()));
    html::page(&RecordPage {
        shell: admin
            .shell(&mut work, group.name.as_str(), AdminItem::Groups)
            .await?,
        filters: state.filters(
            "Search members",
            vec![state.select("status", "Status", "Any status", statuses)],
        ),
        heads: MemberHeads {
            name: state.head("name", "Affiliate", false),
            status: state.head("status", "Status", false),
            created: state.head("created", "Added", false),
        },
        members: members
            .into_iter()
            .map(|affiliate| Member {
                id: affiliate.id.to_string(),
                href: format!("/admin/affiliates/{}", affiliate.id),
                status_label: status_label(affiliate.status),
                status_tone: status_tone(affiliate.status),
                created: Moment::new(affiliate.created_at_ms, &zone).date,
                name: affiliate.name,
                email: affiliate.email,
            })
            .collect(),
        pager: state.pager("member", "members"),
        bulk_query,
        here: state.href(),
        others: Choice::list(others, ""),
        edit_href: format!("{href}/edit"),
        rules_href: format!("/admin/rules?group={id}"),
        add_action: format!("{href}/members"),
        searched: !add.is_empty(),
        add,
        found,
        facts: facts(&group, &minimums, &zone),
        may_delete: group.members == 0,
        delete_action: format!("{href}/delete"),
        group_href: href,
    })
}

/// Affiliates who match a search and are not in the group.
async fn outsiders(
    work: &mut Work,
    id: GroupId,
    groups: &[Group],
    search: &str,
) -> Result<Vec<Found>, PageError> {
    if search.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        search: Some(search.to_owned()),
        group: InGroup::Not(id),
        ..Filter::default()
    };
    let window = Window {
        order: AFFILIATE_ORDERS[0].1,
        limit: FOUND_MAX,
        offset: 0,
        after: None,
    };
    let found = affiliate::list(work, &filter, window).await?;
    Ok(found
        .into_iter()
        .map(|affiliate| {
            let group = affiliate
                .group_id
                .and_then(|own| groups.iter().find(|group| group.id == own));
            Found {
                id: affiliate.id.to_string(),
                name: affiliate.name,
                email: affiliate.email,
                group: group.map_or_else(
                    || "no group".to_owned(),
                    |group| format!("now in {}", group.name),
                ),
            }
        })
        .collect())
}

fn facts(group: &Group, minimums: &[Minimum], zone: &TimeZone) -> Vec<(&'static str, String)> {
    let as_business = || "As the business".to_owned();
    let mut facts = vec![
        ("Members", group.members.to_string()),
        (
            "Region",
            group.region.clone().unwrap_or_else(|| "–".to_owned()),
        ),
        (
            "Minimum payout",
            if minimums.is_empty() {
                as_business()
            } else {
                shown(minimums).join(", ")
            },
        ),
        ("Payouts", frequency_label(group.payout_frequency)),
        (
            "Method",
            group
                .payout_method
                .as_deref()
                .map_or_else(as_business, payout_method_label),
        ),
        ("Created", Moment::new(group.created_at_ms, zone).date),
        ("Id", group.id.to_string()),
    ];
    if !group.note.is_empty() {
        facts.push(("Notes", group.note.clone()));
    }
    facts
}

/// The affiliates that were ticked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MembersForm {
    #[serde(default)]
    id: Vec<String>,
}

pub(super) async fn add_members(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(form): PostForm<MembersForm>,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let href = format!("{PATH}/{id}");
    let ids: Vec<AffiliateId> = form.id.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Ok(flash::redirect_with_error(
            &href,
            "Nothing was selected. Tick the affiliates first.",
        ));
    }
    let mut work = admin.app.begin(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let report = affiliate::assign_group(&mut work, Selection::Ids(ids), Some(id)).await?;
    work.commit().await?;
    let noun = if report.changed == 1 {
        "affiliate"
    } else {
        "affiliates"
    };
    Ok(flash::redirect(
        &href,
        format!("{} {noun} put into {}.", report.changed, group.name),
    ))
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn delete(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match affiliate_group::delete(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "The group was deleted."))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(
            &format!("{PATH}/{id}"),
            format!("Nothing was deleted: {text}."),
        )),
        Err(error) => Err(error.into()),
    }
}
