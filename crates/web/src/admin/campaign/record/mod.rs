//! A campaign's page: figures, affiliates with their links, terms.

mod add;
mod facts;
mod row;

pub(super) use add::add;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::CampaignId;
use domain::link::LinkState;
use serde::Deserialize;
use service::programme::campaign;
use service::programme::partnership::{self, Filter, LINE_ORDERS};

use self::add::{Add, Adding, add_form};
use self::facts::{RuleLine, cards, rules, terms};
use self::row::{Row, row};
use super::{href, path_id, status};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::list::ListState;
use crate::shown::money::live_line;
use crate::ui::{AdminItem, AdminShell, Errors, Filters, Kpi, Pager, SortHead, Tone};
use crate::{flash, html};

const DEFAULT_SORT: &str = "affiliate";
const STATES: &[(&str, &str)] = &[("active", "Taking part"), ("paused", "Paused")];

#[derive(Template)]
#[template(path = "admin/campaign/show.html")]
struct RecordPage {
    shell: AdminShell,
    path: String,
    active: bool,
    status: (&'static str, Tone),
    destination_url: String,
    description: String,
    notice_title: &'static str,
    notice: &'static str,
    edit_href: String,
    active_action: String,
    deactivate_title: String,
    cards: Vec<Kpi>,
    filters: Filters,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    add: Add,
    terms: Vec<(&'static str, String)>,
    rules: Vec<RuleLine>,
    new_rule_href: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    active: bool,
}

/// The page.
pub(super) async fn page(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let page = record(
        &admin,
        id,
        query.as_deref(),
        Adding::default(),
        Errors::new(),
    )
    .await?;
    html::page(&page)
}

async fn record(
    admin: &Admin,
    id: CampaignId,
    query: Option<&str>,
    adding: Adding,
    errors: Errors,
) -> Result<RecordPage, PageError> {
    let path = href(id);
    let mut state = ListState::new(&path, query, DEFAULT_SORT);
    let mut work = admin.app.view(&admin.actor).await?;
    let detail = campaign::get(&mut work, id).await?;
    let filter = Filter {
        campaign: Some(id),
        active: match state.filter::<String>("part").as_deref() {
            Some("active") => Some(true),
            Some("paused") => Some(false),
            _ => None,
        },
        search: state.search(),
        affiliate: None,
    };
    state.settle(partnership::count(&mut work, &filter).await?);
    let mut rows = Vec::new();
    for line in partnership::lines(&mut work, &filter, state.window(LINE_ORDERS)).await? {
        rows.push(row(&mut work, line).await?);
    }
    let cards = cards(admin, &mut work, id).await?;
    let add = add_form(
        &mut work,
        &detail,
        state.text("find").unwrap_or_default(),
        adding,
        errors,
    )
    .await?;
    let rules = rules(admin, &mut work, id).await?;
    let mut shell = admin
        .shell(
            &mut work,
            detail.campaign.name.clone(),
            AdminItem::Campaigns,
        )
        .await?;
    shell.live = live_line(&mut work).await?;
    let terms = terms(admin, &detail)?;
    let (notice_title, notice) = notice(detail.state(work.now));
    let campaign = detail.campaign;
    Ok(RecordPage {
        shell,
        active: campaign.active,
        status: status(
            campaign.active,
            campaign.starts_at_ms,
            campaign.ends_at_ms,
            work.now,
        ),
        destination_url: campaign.destination_url,
        description: campaign.description,
        notice_title,
        notice,
        edit_href: format!("{path}/edit"),
        active_action: format!("{path}/active"),
        deactivate_title: format!("Deactivate {}?", campaign.name),
        cards,
        filters: state.filters(
            "Search name or e-mail",
            vec![state.select("part", "Taking part", "All", STATES.iter().copied())],
        ),
        heads: vec![
            state.head("affiliate", "Affiliate", false),
            state.head("clicks", "Clicks", true),
            state.head("conversions", "Conversions", true),
        ],
        rows,
        pager: state.pager("affiliate", "affiliates"),
        add,
        terms,
        rules,
        new_rule_href: format!("/admin/rules/new?campaign={id}"),
        path,
    })
}

const fn notice(state: Option<LinkState>) -> (&'static str, &'static str) {
    match state {
        None => ("", ""),
        Some(LinkState::CampaignNotStarted) => (
            "The campaign has not begun",
            "Its links work from the first day on. Affiliates can be added and are invited.",
        ),
        Some(LinkState::CampaignEnded) => (
            "The campaign is over",
            "Its links do not work any more. Figures and commissions stay readable.",
        ),
        Some(_) => (
            "The campaign is inactive",
            "Its links do not work, and affiliates added now get no invitation. Figures and commissions stay readable, here and in the portal.",
        ),
    }
}

/// Switches the campaign on or off.
pub(super) async fn set_active(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let saved = campaign::patch(
        &mut work,
        id,
        campaign::CampaignPatch {
            active: Some(active),
            ..Default::default()
        },
    )
    .await?;
    work.commit().await?;
    let text = if active {
        format!("{} is active; its links work.", saved.campaign.name)
    } else {
        format!(
            "{} is inactive; its links are disabled. Statistics stay readable.",
            saved.campaign.name
        )
    };
    let other = [("active", (!active).to_string())];
    Ok(flash::redirect_with_undo(
        &href(id),
        text,
        format!("{}/active", href(id)),
        other,
    ))
}
