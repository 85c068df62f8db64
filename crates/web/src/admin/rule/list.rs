//! The list of rules, the closest first, or in another order, and its export.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::RuleId;
use domain::status::TriggerOn;
use domain::time::UnixMs;
use service::Work;
use service::identity::business;
use service::programme::rule::{self, Filter, ORDERS, RuleVersion};

use super::{PATH, Standing, level};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, Tone};
use crate::{flash, html};

/// What a rule may name: the word in the address and the shown one.
const LEVELS: &[(&str, &str)] = &[
    ("affiliate", "Affiliate"),
    ("product", "Product"),
    ("campaign", "Campaign"),
    ("group", "Group"),
    ("default", "Default"),
];
/// Orders beside the closest first.
const SORTS: &[(&str, &str)] = &[
    ("-closest", "Most general first"),
    ("name", "By name"),
    ("-changed", "Changed last first"),
];

#[derive(Template)]
#[template(path = "admin/rule/list.html")]
struct ListPage {
    shell: AdminShell,
    has_default: bool,
    filters: Filters,
    /// Whether a filter or the search hides rules.
    narrowed: bool,
    groups: Vec<Group>,
    pager: Pager,
    csv_href: String,
}

/// The rules of one level.
struct Group {
    title: String,
    note: &'static str,
    rows: Vec<Row>,
}

struct Row {
    id: RuleId,
    name: String,
    /// The parts of the scope with the page of each, where it has one.
    scope: Vec<(String, String)>,
    sentence: String,
    next: String,
    state: (String, Tone),
    active: bool,
    href: String,
    edit_href: String,
    active_action: String,
    menu_label: String,
}

/// What the address asks for.
fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "closest");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        level: state
            .text("level")
            .filter(|word| LEVELS.iter().any(|(known, _)| known == word)),
        active: match state.text("state").as_deref() {
            Some("on") => Some(true),
            Some("off") => Some(false),
            _ => None,
        },
        search: state.search(),
        ..Filter::default()
    };
    (state, filter)
}

/// The version of each rule that is in force at an instant.
async fn in_force(work: &mut Work, at: UnixMs) -> Result<BTreeMap<RuleId, RuleVersion>, PageError> {
    let versions = rule::versions_in_force(work, at, None).await?;
    Ok(versions
        .into_iter()
        .map(|version| (version.rule.id, version))
        .collect())
}

/// The page.
pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let now = work.now;
    state.settle(rule::count(&mut work, &filter).await?);
    let newest = rule::list(&mut work, &filter, state.window(ORDERS)).await?;
    let by_level = state.sort_key(ORDERS) == Some("closest");
    let current = in_force(&mut work, now).await?;
    let has_default = current.values().any(|version| {
        version.rule.scope == domain::rule::Scope::default()
            && version.rule.trigger.on == TriggerOn::Sale
    });
    let mut groups: Vec<Group> = Vec::new();
    for version in newest {
        let title = if by_level {
            level(&version.rule.scope)
        } else {
            "All levels".to_owned()
        };
        let row = row(&admin, &version, current.get(&version.rule.id), now)?;
        match groups.last_mut() {
            Some(group) if group.title == title => group.rows.push(row),
            _ => groups.push(Group {
                note: note(&title),
                title,
                rows: vec![row],
            }),
        }
    }
    html::page(&ListPage {
        shell: admin.shell(&mut work, "Rules", AdminItem::Rules).await?,
        has_default,
        narrowed: state.narrowed(&["level", "state"]),
        filters: state.filters(
            "Search name or scope",
            vec![
                state.select("level", "Level", "All levels", LEVELS.iter().copied()),
                state.select(
                    "state",
                    "State",
                    "On and off",
                    [("on", "On"), ("off", "Off")],
                ),
                state.select("sort", "Order", "Closest first", SORTS.iter().copied()),
            ],
        ),
        groups,
        pager: state.pager("rule", "rules"),
        csv_href: state.csv_href(),
    })
}

/// The same rules as a sheet, each as it stands now.
pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let now = work.now;
    state.settle(rule::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let newest = rule::list(&mut work, &filter, state.everything(ORDERS)).await?;
    let current = in_force(&mut work, now).await?;
    let zone = business::zone_of(&admin.business)?;
    let mut sheet = Sheet::new(&[
        "Id",
        "Version",
        "Name",
        "Level",
        "Affiliate",
        "Group",
        "Product",
        "Campaign",
        "Trigger",
        "Event",
        "Pays",
        "To come",
        "State",
        "Newest version from",
        "Made",
    ]);
    for version in newest {
        let Standing {
            sentence,
            next,
            state,
            active: _,
        } = Standing::new(
            &version,
            current.get(&version.rule.id),
            now,
            admin.business.currency,
            &zone,
        );
        let scope = &version.rule.scope;
        sheet.row(vec![
            Cell::from(version.rule.id.to_string()),
            Cell::from(version.rule.version),
            Cell::from(&version.name),
            Cell::from(level(scope)),
            Cell::from(version.affiliate_name.as_ref()),
            Cell::from(version.group_name.as_ref()),
            Cell::from(scope.product_id.as_ref()),
            Cell::from(version.campaign_name.as_ref()),
            Cell::from(version.rule.trigger.on.as_str()),
            Cell::from(version.rule.trigger.event.as_ref()),
            Cell::from(sentence),
            Cell::from(next),
            Cell::from(state.0),
            Cell::from(version.rule.effective_from),
            Cell::from(version.rule.created_at),
        ]);
    }
    Ok(sheet.download("rules", now.day_in(&zone)))
}

fn note(title: &str) -> &'static str {
    match title {
        "Default" => "Where nothing closer fits",
        "Group" => "All affiliates of a group",
        "Campaign" => "Everybody in a campaign",
        "Affiliate" => "One affiliate's own terms",
        _ => "",
    }
}

/// What a scope names, with links.
fn scope_parts(version: &RuleVersion) -> Vec<(String, String)> {
    let scope = &version.rule.scope;
    let mut parts = Vec::new();
    if let (Some(id), Some(name)) = (scope.affiliate_id, &version.affiliate_name) {
        parts.push((name.clone(), format!("/admin/affiliates/{id}")));
    }
    if let (Some(id), Some(name)) = (scope.group_id, &version.group_name) {
        parts.push((format!("Group {name}"), format!("/admin/groups/{id}")));
    }
    if let Some(product) = &scope.product_id {
        parts.push((format!("Product {product}"), String::new()));
    }
    if let (Some(id), Some(name)) = (scope.campaign_id, &version.campaign_name) {
        parts.push((name.clone(), format!("/admin/campaigns/{id}")));
    }
    if parts.is_empty() {
        parts.push(("Everybody".to_owned(), String::new()));
    }
    parts
}

fn row(
    admin: &Admin,
    newest: &RuleVersion,
    current: Option<&RuleVersion>,
    now: UnixMs,
) -> Result<Row, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let Standing {
        sentence,
        next,
        state,
        active,
    } = Standing::new(newest, current, now, admin.business.currency, &zone);
    let href = format!("{PATH}/{}", newest.rule.id);
    Ok(Row {
        id: newest.rule.id,
        name: newest.name.clone(),
        scope: scope_parts(newest),
        menu_label: format!("Actions for the rule of {}", rule::scope_words(newest)),
        sentence,
        next,
        state,
        active,
        edit_href: format!("{href}/edit"),
        active_action: format!("{href}/active"),
        href,
    })
}
