//! Months of the journal, and closing them.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::time::Day;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::programme::month_close::{self, Month};

use super::{LIABILITY, MONTHS, Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, ListUrl};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/ledger/months.html")]
struct MonthsPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    may_close: bool,
}

struct Row {
    name: String,
    closed: bool,
    /// "by Ben on 2 Dec 2026, 09:00, at entry 1,204".
    how: String,
    close_href: String,
    liability_href: String,
    statement_href: String,
}

#[derive(Template)]
#[template(path = "admin/ledger/close.html")]
struct ClosePage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    month: String,
    name: String,
    back: &'static str,
}

pub(super) async fn page(admin: Admin) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let months = month_close::list(&mut work).await?;
    let may_close = admin.actor.require_owner().is_ok();
    let shell = admin.shell(&mut work, "Ledger", AdminItem::Ledger).await?;
    let rows = months
        .into_iter()
        .map(|state| {
            let first = state.month.first();
            let last = state.month.next().first().plus(-1);
            Row {
                name: state.month.words(),
                how: state.closed.as_ref().map_or_else(String::new, |close| {
                    let with = if close.month == state.month.0 {
                        String::new()
                    } else {
                        format!("with {}, ", Month(close.month).words())
                    };
                    format!(
                        "{with}by {} on {}, at entry {}",
                        close.actor_name,
                        Moment::new(close.closed_at_ms, &zone).full,
                        money::count(close.seq)
                    )
                }),
                closed: state.closed.is_some(),
                close_href: format!("{MONTHS}/close?month={}", state.month),
                liability_href: format!("{LIABILITY}?as_of={last}"),
                statement_href: format!("/admin/ledger/statement.jsonl?from={first}&to={last}"),
            }
        })
        .collect();
    html::page(&MonthsPage {
        shell,
        tabs: tabs(MONTHS),
        rows,
        may_close,
    })
}

fn read(month: &str) -> Result<Month, PageError> {
    Month::parse(month).ok_or_else(|| not_found("month").into())
}

pub(super) async fn form(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    admin.actor.require_owner()?;
    let url = ListUrl::from_query(MONTHS, query.as_deref().unwrap_or_default());
    if url.get("month").is_empty() {
        return Ok(flash::see_other(MONTHS));
    }
    let month = read(url.get("month"))?;
    admin.require_proof(&format!("{MONTHS}/close?month={month}"))?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    if month.until(&zone) > work.now || month.first() < Day(0) {
        return Err(not_found("month").into());
    }
    let title = format!("Close {}", month.words());
    let shell = admin.shell(&mut work, title, AdminItem::Ledger).await?;
    html::page(&ClosePage {
        shell,
        tabs: tabs(MONTHS),
        month: month.to_string(),
        name: month.words(),
        back: MONTHS,
    })
}

/// Which month.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CloseForm {
    month: String,
}

pub(super) async fn close(
    admin: Admin,
    PostForm(typed): PostForm<CloseForm>,
) -> Result<Response, PageError> {
    admin.actor.require_owner()?;
    let month = read(&typed.month)?;
    admin.require_proof(&format!("{MONTHS}/close?month={month}"))?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match month_close::close(&mut work, month).await {
        Ok(close) => {
            work.commit().await?;
            Ok(flash::redirect(
                MONTHS,
                format!(
                    "{} is closed at entry {}.",
                    month.words(),
                    money::count(close.seq)
                ),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(MONTHS, money::refusal(error)?)),
    }
}
