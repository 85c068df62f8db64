//! What is owed, by currency and as of any day.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::money::{Currency, display};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use service::identity::business;
use service::programme::liability::{self, Liability};

use super::{LIABILITY, Tab, tabs};
use crate::admin::session::Admin;
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::html;
use crate::range::long_day;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, ListUrl};

#[derive(Template)]
#[template(path = "admin/ledger/liability.html")]
struct LiabilityPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    as_of: String,
    as_of_words: String,
    today: String,
    zone: String,
    currencies: Vec<Shown>,
    /// What all currencies come to, with the rates' day and origin.
    converted: Option<String>,
    csv_href: String,
}

struct Shown {
    currency: Currency,
    total: String,
    /// Word, amount, what it means.
    parts: Vec<(&'static str, String, &'static str)>,
    /// When, and how much.
    forecast: Vec<(String, String)>,
}

/// The day asked for, and the first instant that does not count.
fn asked(query: Option<&str>, now: UnixMs, zone: &TimeZone) -> (Day, UnixMs, ListUrl) {
    let url = ListUrl::from_query(LIABILITY, query.unwrap_or_default());
    let today = now.day_in(zone);
    let day = Day::parse(url.get("as_of"))
        .ok()
        .filter(|day| *day <= today && day.0 > 0)
        .unwrap_or(today);
    let until = if day == today {
        now.plus_ms(1)
    } else {
        day.plus(1).start(zone)
    };
    (day, until, url)
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (day, until, url) = asked(query.as_deref(), work.now, &zone);
    let found = liability::at(&mut work, until).await?;
    let today = work.now.day_in(&zone);
    let totals: Vec<_> = found.iter().map(|row| (row.currency, row.total)).collect();
    let converted = money::converted(&mut work, &totals, admin.business.currency, day).await?;
    let shell = admin.shell(&mut work, "Ledger", AdminItem::Ledger).await?;
    html::page(&LiabilityPage {
        shell,
        tabs: tabs(LIABILITY),
        as_of: day.to_string(),
        as_of_words: if day == today {
            "now".to_owned()
        } else {
            format!("at the end of {}", long_day(day))
        },
        today: today.to_string(),
        zone: admin.business.timezone.clone(),
        currencies: found
            .into_iter()
            .map(|found| shown(found, until, &zone))
            .collect(),
        converted,
        csv_href: ListUrl::from_query(format!("{LIABILITY}.csv"), &url.query()).to_string(),
    })
}

fn shown(found: Liability, until: UnixMs, zone: &TimeZone) -> Shown {
    let show = |amount: i64| display(amount, found.currency);
    Shown {
        currency: found.currency,
        total: show(found.total),
        parts: vec![
            ("Accrued", show(found.accrued), "earned, waits for approval"),
            ("Due", show(found.due), "approved, in no payout"),
            ("In payouts", show(found.in_payout), "drafted or on its way"),
            (
                "Clawback",
                show(found.clawback),
                "taken off the next payouts",
            ),
        ],
        forecast: found
            .forecast
            .iter()
            .map(|(week, amount)| (week_words(*week, until, zone), show(*amount)))
            .collect(),
    }
}

/// `can be approved now`, `29 Nov – 5 Dec 2026`.
fn week_words(week: i64, until: UnixMs, zone: &TimeZone) -> String {
    if week == 0 {
        return "Not held".to_owned();
    }
    let (first, last) = week_days(week, until, zone);
    format!("{} – {}", crate::range::short_day(first), long_day(last))
}

/// The days on which the holds of a week pass.
fn week_days(week: i64, until: UnixMs, zone: &TimeZone) -> (Day, Day) {
    let first = until
        .plus_ms((week - 1) * 7 * domain::time::DAY_MS)
        .day_in(zone);
    (first, first.plus(6))
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (day, until, _) = asked(query.as_deref(), work.now, &zone);
    let mut sheet = Sheet::new(&["As of", "What", "From", "To", "Amount", "Currency"]);
    for row in liability::at(&mut work, until).await? {
        for (what, amount) in [
            ("accrued", row.accrued),
            ("due", row.due),
            ("in_payout", row.in_payout),
            ("clawback", row.clawback),
            ("total", row.total),
            ("paid", row.paid),
        ] {
            sheet.row(vec![
                day.into(),
                what.into(),
                Cell::empty(),
                Cell::empty(),
                Cell::amount(amount, row.currency),
                row.currency.into(),
            ]);
        }
        for (week, amount) in &row.forecast {
            let (from, to) = match *week {
                0 => (Cell::empty(), Cell::empty()),
                week => {
                    let (first, last) = week_days(week, until, &zone);
                    (first.into(), last.into())
                }
            };
            sheet.row(vec![
                day.into(),
                "matures".into(),
                from,
                to,
                Cell::amount(*amount, row.currency),
                row.currency.into(),
            ]);
        }
    }
    Ok(sheet.download("liability", day))
}
