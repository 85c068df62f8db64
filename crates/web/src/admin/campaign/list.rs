//! The list of campaigns and its export.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::host::host_of;
use domain::id::CampaignId;
use service::identity::business;
use service::programme::campaign::{
    self, CampaignCommission, CampaignOverview, Filter, OVERVIEW_ORDERS,
};

use super::{PATH, count, href, model_label, rate, status, sums};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::shown::money::{counted, live_line};
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

const DEFAULT_SORT: &str = "name";
const STATES: &[(&str, &str)] = &[("active", "Active"), ("inactive", "Inactive")];

#[derive(Template)]
#[template(path = "admin/campaign/list.html")]
struct ListPage {
    shell: AdminShell,
    filters: Filters,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: CampaignId,
    href: String,
    name: String,
    host: String,
    /// "Last click, 30 days".
    terms: String,
    affiliates: String,
    clicks: String,
    conversions: String,
    rate: String,
    commission: Vec<String>,
    main_commission: String,
    /// "12 affiliates · 3,401 clicks".
    summary: String,
    status: (&'static str, Tone),
}

fn read(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, DEFAULT_SORT);
    let active = match state.filter::<String>("status").as_deref() {
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        _ => None,
    };
    let filter = Filter {
        search: state.search(),
        active,
    };
    (state, filter)
}

/// The page.
pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = read(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(campaign::count(&mut work, &filter).await?);
    let found = campaign::overview(&mut work, &filter, state.window(OVERVIEW_ORDERS)).await?;
    let mut commissions = campaign::commissions(&mut work).await?;
    let now = work.now;
    let rows = found
        .into_iter()
        .map(|campaign| {
            let commissions = commissions.remove(&campaign.id).unwrap_or_default();
            row(campaign, &commissions, &admin, now)
        })
        .collect();
    let mut shell = admin
        .shell(&mut work, "Campaigns", AdminItem::Campaigns)
        .await?;
    shell.live = live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        filters: state.filters(
            "Search name",
            vec![state.select("status", "Status", "Any status", STATES.iter().copied())],
        ),
        heads: vec![
            state.head("name", "Campaign", false),
            state.head("affiliates", "Affiliates", true),
            state.head("clicks", "Clicks", true),
            state.head("conversions", "Conversions", true),
        ],
        rows,
        csv_href: state.csv_href(),
        pager: state.pager("campaign", "campaigns"),
    })
}

fn row(
    campaign: CampaignOverview,
    commissions: &[CampaignCommission],
    admin: &Admin,
    now: domain::time::UnixMs,
) -> Row {
    let CampaignOverview {
        id,
        name,
        active,
        destination_url,
        cookie_days,
        model,
        starts_at_ms,
        ends_at_ms,
        affiliates,
        clicks,
        conversions,
    } = campaign;
    let commission = sums(commissions, admin.business.currency);
    Row {
        id,
        href: href(id),
        name,
        host: host_of(&destination_url).unwrap_or(destination_url),
        terms: format!("{}, {}", model_label(model), days(cookie_days)),
        summary: format!(
            "{} · {}",
            counted(affiliates, "affiliate", "affiliates"),
            counted(clicks, "click", "clicks")
        ),
        affiliates: count(affiliates),
        clicks: count(clicks),
        conversions: count(conversions),
        rate: rate(conversions, clicks),
        main_commission: commission.first().cloned().unwrap_or_default(),
        commission,
        status: status(active, starts_at_ms, ends_at_ms, now),
    }
}

fn days(days: i64) -> String {
    if days == 1 {
        "1 day".to_owned()
    } else {
        format!("{days} days")
    }
}

/// The list as CSV; a line for each currency a campaign pays in.
pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = read(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(campaign::count(&mut work, &filter).await?);
    if let Some(reason) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), reason));
    }
    let found = campaign::overview(&mut work, &filter, state.everything(OVERVIEW_ORDERS)).await?;
    let mut commissions = campaign::commissions(&mut work).await?;
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    let mut sheet = Sheet::new(&[
        "Id",
        "Campaign",
        "Status",
        "Destination",
        "Model",
        "Cookie days",
        "Starts",
        "Ends",
        "Affiliates",
        "Clicks",
        "Conversions",
        "Commission",
        "Currency",
    ]);
    for campaign in found {
        let mut sums = commissions.remove(&campaign.id).unwrap_or_default();
        if sums.is_empty() {
            sums.push(CampaignCommission {
                campaign_id: campaign.id,
                currency: admin.business.currency,
                amount: 0,
            });
        }
        for sum in sums {
            sheet.row(vec![
                Cell::Plain(campaign.id.to_string()),
                Cell::from(&campaign.name),
                Cell::from(
                    status(
                        campaign.active,
                        campaign.starts_at_ms,
                        campaign.ends_at_ms,
                        work.now,
                    )
                    .0,
                ),
                Cell::from(&campaign.destination_url),
                Cell::from(campaign.model.as_str()),
                campaign.cookie_days.into(),
                campaign.starts_at_ms.into(),
                campaign.ends_at_ms.into(),
                campaign.affiliates.into(),
                campaign.clicks.into(),
                campaign.conversions.into(),
                Cell::amount(sum.amount, sum.currency),
                sum.currency.into(),
            ]);
        }
    }
    Ok(sheet.download("campaigns", today))
}
