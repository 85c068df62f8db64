//! Pay for clicks: a visitor's first counted click on a link on a day, settled by whole days once they are over.
//!
//! Nothing of it is on the way of a click. A job looks for a day that is over and [has something to settle](due_day), and
//! [`settle`] pays it under the rules of that day. Clicks that come in late are settled by the next run.
//!
//! A day here is what clicks carry, written when they came. Versions of rules begin with such days too, so that a business
//! that moves to another time zone has each click paid once, under the version of its day: going west, clicks come anew
//! for days that are settled, and are late ones; going east, the days in between are empty.

use std::collections::BTreeMap;

use domain::commission::{Customer, Event, Input, Line, RuleHistory, compute};
use domain::id::{AffiliateId, CommissionId, RuleId};
use domain::rule::{Reward, Rule};
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
/// How far a day with clicks may be ahead of today: zones are at most 26 hours apart.
const DAYS_AHEAD_MAX: i64 = 2;

/// The oldest day with something to settle. A day without a rule for clicks has nothing, and nothing is noted of it.
///
/// # Errors
/// Forbidden; whatever the database says.
pub async fn due_day(work: &mut Work) -> Result<Option<Day>> {
    work.require(Scope::Manage)?;
    let zone = business::zone(work).await?;
    let Some(first) = rule::first_for_clicks(&mut work.tx).await? else {
        return Ok(None);
    };
    let today = work.now.day_in(&zone);
    let mut day = today.plus(-DAYS_BACK).max(first);
    while is_over(day, &zone, work.now) {
        if !rules_of(work, day).await?.is_empty()
            && !rows::due(&mut work.tx, day, 1).await?.is_empty()
        {
            return Ok(Some(day));
        }
        day = day.plus(1);
    }
    Ok(None)
}

/// Settles a part of a day that [`due_day`] has found. Answers with how many links; call both again until there is no
/// such day. Two at a time settle everything once: the journal orders them.
///
/// # Errors
/// Forbidden; whatever the database says.
pub async fn settle(work: &mut Work, day: Day) -> Result<usize> {
    work.require(Scope::Manage)?;
    ledger::order(work).await?;
    // What another process has settled or changed meanwhile is seen now.
    let zone = business::zone(work).await?;
    if !is_over(day, &zone, work.now) {
        return Ok(0);
    }
    let rules = rules_of(work, day).await?;
    if rules.is_empty() {
        return Ok(0);
    }
    let rules: Vec<&Rule> = rules.iter().collect();
    let links = rows::due(&mut work.tx, day, AT_ONCE_MAX).await?;
    for link in &links {
        settle_link(work, day, link, &rules, &zone).await?;
    }
    Ok(links.len())
}

/// Whether a day is over for so long that its clicks are stored. A day that is over in the zone of today takes no more
/// clicks, whatever zone it began in, until the business moves again.
fn is_over(day: Day, zone: &TimeZone, now: UnixMs) -> bool {
    day.plus(1).start(zone).plus_ms(SETTLED_AFTER_MS) <= now
}

/// The rules that pay for the clicks of a day.
async fn rules_of(work: &mut Work, day: Day) -> Result<Vec<Rule>> {
    let versions = rule::for_clicks_of(&mut work.tx, day).await?;
    let fixed = versions
        .into_iter()
        .map(|version| version.rule)
        // Bands were once taken for clicks, too; nothing says what they would pay.
        .filter(|rule| matches!(rule.reward, Reward::Fixed(_)));
    Ok(fixed.collect())
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

/// The first day that another version of a rule may begin with: its start is still to come and not before `since`, no click
/// of it was made yet (also none from a zone further east), and no version of the rule begins with a later day.
///
/// # Errors
/// As the database says.
pub(crate) async fn first_day(
    work: &mut Work,
    id: RuleId,
    since: Option<UnixMs>,
    zone: &TimeZone,
) -> Result<Day> {
    let last = work.now.day_in(zone).plus(DAYS_AHEAD_MAX);
    let until = rule::clicks_until(&mut work.tx, id, last).await?;
    let coming = coming_day(work.now, since, zone);
    Ok(until.map_or(coming, |until| coming.max(until)))
}

/// The first day in a zone that starts after `now` and not before `since`.
fn coming_day(now: UnixMs, since: Option<UnixMs>, zone: &TimeZone) -> Day {
    let after = since.map_or(now, |since| now.max(since.plus_ms(-1)));
    after.day_in(zone).plus(1)
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
                coming_day(at(now), since.map(at), &berlin).start(&berlin),
                at(next),
                "{now} {since:?}"
            );
        }
    }
}
