//! The list of the portal's accounts and its export.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::status::{AccountApp, AccountState};
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::identity::business;
use service::portal::roster::{self, AccountLine, Filter, ORDERS};

use super::{ACCOUNTS, state_badge};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::money::count;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/portal/accounts.html")]
struct AccountsPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 4],
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: String,
    href: String,
    name: String,
    email: String,
    app: &'static str,
    affiliate: String,
    affiliate_href: String,
    state: (&'static str, Tone),
    seen: Option<Moment>,
    log_ins: String,
    joined: Moment,
    short: String,
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(ACCOUNTS, query, "-seen");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        app: state.filter("app"),
        state: state.filter("state"),
        search: state.search(),
    };
    (state, filter)
}

pub(super) const fn app_label(app: AccountApp) -> &'static str {
    match app {
        AccountApp::Affiliate => "Affiliate",
        AccountApp::None => "No app yet",
    }
}

pub(super) fn app_of(line: &AccountLine) -> &'static str {
    app_label(if line.affiliate_id.is_some() {
        AccountApp::Affiliate
    } else {
        AccountApp::None
    })
}

pub(super) async fn show(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(roster::count(&mut work, &filter).await?);
    let lines = roster::list(&mut work, &filter, state.window(ORDERS)).await?;
    let zone = business::zone_of(&admin.business)?;
    let now = work.now;
    let selects = vec![
        state.select(
            "app",
            "App",
            "Any app",
            AccountApp::ALL
                .iter()
                .map(|app| (app.as_str(), app_label(*app))),
        ),
        state.select(
            "state",
            "State",
            "Any state",
            AccountState::ALL
                .iter()
                .map(|state| (state.as_str(), state_badge(*state).0)),
        ),
    ];
    let page = AccountsPage {
        shell: admin
            .shell(&mut work, "Portal accounts", AdminItem::Accounts)
            .await?,
        filters: state.filters("Search e-mail or affiliate", selects),
        heads: [
            state.head("email", "Account", false),
            state.head("seen", "Last seen", true),
            state.head("log_ins", "Log-ins", true),
            state.head("joined", "Joined", true),
        ],
        rows: lines
            .into_iter()
            .map(|line| Row::new(line, now, &zone))
            .collect(),
        pager: state.pager("account", "accounts"),
        csv_href: state.csv_href(),
    };
    html::page(&page)
}

impl Row {
    fn new(line: AccountLine, now: UnixMs, zone: &TimeZone) -> Self {
        let seen = line.last_seen_at_ms.map(|at| Moment::new(at, zone));
        Self {
            id: line.id.to_string(),
            href: format!("{ACCOUNTS}/{}", line.id),
            app: app_of(&line),
            state: state_badge(roster::state_of(&line, now)),
            short: line.email.clone(),
            affiliate_href: line
                .affiliate_id
                .map(|id| format!("/admin/affiliates/{id}"))
                .unwrap_or_default(),
            affiliate: line.affiliate_name.unwrap_or_default(),
            log_ins: count(line.log_ins.unwrap_or_default()),
            joined: Moment::new(line.created_at_ms, zone),
            name: line.name,
            email: line.email,
            seen,
        }
    }
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(roster::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Id",
        "Name",
        "E-mail",
        "App",
        "State",
        "Affiliate id",
        "Affiliate",
        "Joined",
        "Last seen",
        "Log-ins",
    ]);
    let now = work.now;
    for line in roster::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            Cell::from(line.id.to_string()),
            Cell::from(&line.name),
            Cell::from(&line.email),
            Cell::from(app_of(&line)),
            Cell::from(roster::state_of(&line, now).as_str()),
            Cell::from(line.affiliate_id.map(|id| id.to_string())),
            Cell::from(line.affiliate_name.as_ref()),
            Cell::from(line.created_at_ms),
            Cell::from(line.last_seen_at_ms),
            Cell::from(line.log_ins.unwrap_or_default()),
        ]);
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("portal-accounts", today))
}
