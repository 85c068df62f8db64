//! Pay for clicks: a visitor's first counted click on a link on a day, settled by whole days once they are over.
//!
//! Nothing of it is on the way of a click. A job looks whether anything of the days that are over [is due](is_due), and
//! [`settle`] pays it under the rules in force at the start of the day. Clicks that come in late are settled by the next
//! run.

use std::collections::BTreeMap;

use domain::commission::{Customer, Event, Input, Line, RuleHistory, compute};
use domain::id::{AffiliateId, CommissionId, RuleId};
use domain::rule::Rule;
use domain::status::{Scope, TriggerOn};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
pub use store::programme::click_pay::Clicks;
use store::programme::click_pay::{self as rows, Due};
use store::programme::{affiliate, event, rule};

use super::event::credit::{self, Source};
use super::event::inputs::{Asked, earner, history_of, upline};
use super::{commission, ledger};
use crate::error::{Result, ServiceError};
use crate::identity::business;
use crate::work::Work;

/// How many days back clicks are still settled.
pub const DAYS_BACK: i64 = 35;
/// How long after its end a day is settled: clicks are stored a moment after they are made.
pub const SETTLED_AFTER_MS: i64 = 10 * 60_000;
/// Links of a day that one transaction settles, so that sales do not wait behind a long one.
const AT_ONCE_MAX: i64 = 100;

/// A part of what is to be settled: links of one day, and the rules that were in force when it began.
struct Batch {
    day: Day,
    rules: Vec<Rule>,
    links: Vec<Due>,
}

/// Whether any clicks are to be settled.
///
/// # Errors
/// Forbidden; whatever the database says.
pub async fn is_due(work: &mut Work) -> Result<bool> {
    work.require(Scope::Manage)?;
    let zone = business::zone(work).await?;
    Ok(due(work, &zone, 1).await?.is_some())
}

/// Settles a part of what is to be settled, oldest day first. Answers with how many links of a day; call again while
/// it is not zero. Two at a time settle everything once: the journal orders them.
///
/// # Errors
/// Forbidden; whatever the database says.
pub async fn settle(work: &mut Work) -> Result<usize> {
    if !is_due(work).await? {
        return Ok(0);
    }
    ledger::order(work).await?;
    let zone = business::zone(work).await?;
    // What another process has settled meanwhile is seen now.
    let Some(batch) = due(work, &zone, AT_ONCE_MAX).await? else {
        return Ok(0);
    };
    let rules: Vec<&Rule> = batch.rules.iter().collect();
    for link in &batch.links {
        settle_link(work, batch.day, link, &rules, &zone).await?;
    }
    Ok(batch.links.len())
}

/// The oldest day with something to settle, up to `limit` links of it. A day without a rule for clicks at its start has
/// nothing to settle, and nothing is noted of it.
async fn due(work: &mut Work, zone: &TimeZone, limit: i64) -> Result<Option<Batch>> {
    let Some(first) = rule::first_for_clicks(&mut work.tx).await? else {
        return Ok(None);
    };
    let today = work.now.day_in(zone);
    let mut day = today.plus(-DAYS_BACK).max(first.day_in(zone));
    while day < today {
        let over = day.plus(1).start(zone).plus_ms(SETTLED_AFTER_MS);
        if over > work.now {
            break;
        }
        let versions =
            rule::in_force(&mut work.tx, day.start(zone), Some(TriggerOn::Click)).await?;
        if !versions.is_empty() {
            let links = rows::due(&mut work.tx, day, limit).await?;
            if !links.is_empty() {
                let rules = versions.into_iter().map(|version| version.rule).collect();
                return Ok(Some(Batch { day, rules, links }));
            }
        }
        day = day.plus(1);
    }
    Ok(None)
}

/// Settles the clicks of a link's day: what the rules pay for them, and a note of it also when that is nothing.
async fn settle_link(
    work: &mut Work,
    day: Day,
    link: &Due,
    rules: &[&Rule],
    zone: &TimeZone,
) -> Result<()> {
    rows::insert(&mut work.tx, day, link, work.now).await?;
    let lines = priced(work, day, link, rules, zone).await?;
    if lines.is_empty() {
        return Ok(());
    }
    let source = Source {
        referral_id: None,
        event_id: None,
        campaign_id: Some(link.campaign_id),
        contact_id: None,
        held_from: day.plus(1).start(zone),
        day,
    };
    let new = credit::store_lines(work, &source, lines).await?;
    let ids: Vec<CommissionId> = new.iter().map(|line| line.id).collect();
    rows::insert_commissions(&mut work.tx, day, link, &ids).await?;
    for line in &new {
        credit::earn(work, line)?;
        if line.auto_approve {
            commission::approve_if_ready(work, line.id).await?;
        }
    }
    Ok(())
}

/// What the rules pay for the clicks of a link's day.
async fn priced(
    work: &mut Work,
    day: Day,
    link: &Due,
    rules: &[&Rule],
    zone: &TimeZone,
) -> Result<Vec<Line>> {
    let at = day.start(zone);
    let who = affiliate::find(&mut work.tx, link.affiliate_id)
        .await?
        .ok_or_else(|| ServiceError::Internal("an affiliate vanished".to_owned()))?;
    let mut earner = earner(&who, link.campaign_id);
    if rules.iter().any(|rule| rule.conditions.is_some()) {
        // A click has no currency; the affiliate's revenue counts in the business's.
        let own = business::currency(work).await?;
        let totals = event::affiliate_totals(&mut work.tx, who.id, Some(own), None).await?;
        earner.conversions = Some(totals.sales);
        earner.revenue = Some(totals.revenue);
    }
    let above = if rules.iter().any(|rule| !rule.levels.is_empty()) {
        upline(work, who.id).await?
    } else {
        Vec::new()
    };
    let history = history(work, who.id, at, rules, zone).await?;
    let clicks = clicks_of(at, link.clicks);
    let computation = compute(&Input {
        event: &clicks,
        customer: &Customer::default(),
        earner: &earner,
        upline: &above,
        rules,
        history: &history,
        zone,
    })?;
    Ok(computation.lines)
}

/// So many clicks as the rules of commission take them.
pub(crate) fn clicks_of(at: UnixMs, quantity: i64) -> Event {
    Event {
        on: TriggerOn::Click,
        name: String::new(),
        occurred_at: at,
        quantity,
        currency: None,
        amount: 0,
        tax: 0,
        shipping: 0,
        items: Vec::new(),
        coupon: None,
        sub_ids: BTreeMap::new(),
        metadata: BTreeMap::new(),
    }
}

/// What the rules with a cap have paid the affiliate in the month of the day.
async fn history(
    work: &mut Work,
    affiliate: AffiliateId,
    at: UnixMs,
    rules: &[&Rule],
    zone: &TimeZone,
) -> Result<BTreeMap<RuleId, RuleHistory>> {
    let mut history = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.needs_history()) {
        let asked = Asked {
            affiliate,
            contact: None,
            currency: None,
            at,
        };
        history.insert(rule.id, history_of(work, rule, &asked, zone).await?);
    }
    Ok(history)
}

/// The clicks that a commission is for; none for one that an event or a person made. `id` is of a commission that
/// [`commission::get`] gave to who asks.
///
/// # Errors
/// As the database says.
pub async fn of_commission(work: &mut Work, id: CommissionId) -> Result<Option<Clicks>> {
    Ok(rows::of_commission(&mut work.tx, id).await?)
}

/// The first start of a day in a zone that is after `now` and not before `since`.
#[must_use]
pub fn coming_day(now: UnixMs, since: Option<UnixMs>, zone: &TimeZone) -> UnixMs {
    let after = since.map_or(now, |since| now.max(since.plus_ms(-1)));
    after.day_in(zone).plus(1).start(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_with_a_day_that_is_still_to_come() {
        let berlin = domain::time::zone("Europe/Berlin").unwrap();
        let at = |text: &str| UnixMs::parse(text).unwrap();
        for (now, since, next) in [
            ("2026-11-21T12:00:00Z", None, "2026-11-21T23:00:00Z"),
            ("2026-11-21T23:00:00Z", None, "2026-11-22T23:00:00Z"),
            ("2026-10-24T23:00:00Z", None, "2026-10-25T23:00:00Z"),
            (
                "2026-11-21T12:00:00Z",
                Some("2026-11-23T23:00:00Z"),
                "2026-11-23T23:00:00Z",
            ),
            (
                "2026-11-21T12:00:00Z",
                Some("2026-11-23T12:00:00Z"),
                "2026-11-23T23:00:00Z",
            ),
            (
                "2026-11-21T12:00:00Z",
                Some("2026-11-01T00:00:00Z"),
                "2026-11-21T23:00:00Z",
            ),
        ] {
            assert_eq!(
                coming_day(at(now), since.map(at), &berlin),
                at(next),
                "{now} {since:?}"
            );
        }
    }
}
