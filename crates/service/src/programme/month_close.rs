//! Closed months: after a month is closed no entry of the journal is dated before its end.
//!
//! Late events keep their own time, and what they move is dated now; where the clock should stand behind
//! a closed month, the first open moment. A closed month is never opened again: what was wrong in it is
//! corrected in an open one. Each closing keeps the end of the journal, which `verify` holds against it.

use domain::status::Scope;
use domain::time::{Day, UnixMs};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::programme::ledger as rows;
pub use store::programme::ledger::Close;

use super::ledger;
use crate::error::{Result, conflict};
use crate::identity::{audit, business};
use crate::work::Work;

/// The most months a list goes back to.
const MONTHS_MAX: usize = 120;

/// A calendar month, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub i64);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        let date = day.date();
        Self(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(9999);
        let month = i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1);
        Day::from_date(Date::new(year, month, 1).unwrap_or(Date::MAX))
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Day::parse(&format!("{text}-01")).ok().map(Self::of)
    }

    /// `November 2026`.
    #[must_use]
    pub fn words(self) -> String {
        self.first().date().strftime("%B %Y").to_string()
    }

    /// The first instant after it in a zone.
    #[must_use]
    pub fn until(self, zone: &TimeZone) -> UnixMs {
        self.next().first().start(zone)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.first().date().strftime("%Y-%m").to_string())
    }
}

/// A month of the journal, as a list shows it.
#[derive(Debug, Clone)]
pub struct MonthState {
    /// Which.
    pub month: Month,
    /// The first instant after it.
    pub until: UnixMs,
    /// How it was closed, or with which later month.
    pub closed: Option<Close>,
}

/// The months from the first entry of the journal to the last that is over, newest first.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work) -> Result<Vec<MonthState>> {
    work.require(Scope::Read)?;
    let zone = business::zone(work).await?;
    let Some(first) = rows::first_at(&mut work.tx).await? else {
        return Ok(Vec::new());
    };
    let closes = rows::closes(&mut work.tx).await?;
    let first = Month::of(first.day_in(&zone));
    let mut month = Month::of(work.now.day_in(&zone));
    let mut months = Vec::new();
    while month > first && months.len() < MONTHS_MAX {
        month = Month(month.0 - 1);
        months.push(MonthState {
            month,
            until: month.until(&zone),
            closed: closes.iter().find(|close| close.month >= month.0).cloned(),
        });
    }
    Ok(months)
}

/// Closes a month that is over, and with it all before.
///
/// # Errors
/// Forbidden to all but the owner; conflict when the month is not over, or closed.
pub async fn close(work: &mut Work, month: Month) -> Result<Close> {
    work.actor.require_owner()?;
    let zone = business::zone(work).await?;
    let until = month.until(&zone);
    if until > work.now {
        return Err(conflict(format!("{} is not over yet", month.words())));
    }
    ledger::order(work).await?;
    if rows::closes(&mut work.tx)
        .await?
        .iter()
        .any(|close| close.month >= month.0)
    {
        return Err(conflict(format!("{} is closed", month.words())));
    }
    let head = ledger::close_before(work, until)?;
    let close = Close {
        month: month.0,
        until_ms: until,
        seq: head.seq,
        hash: head.hash,
        closed_at_ms: work.now,
        actor_name: work.actor.name().to_owned(),
    };
    rows::insert_close(&mut work.tx, &close).await?;
    let detail = format!("{} closed at entry {}", month.words(), head.seq);
    audit::record(work, "month.close", "journal", &month.to_string(), &detail).await?;
    work.changed(None);
    Ok(close)
}
