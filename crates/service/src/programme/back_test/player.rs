//! Plays cases one after another, and adds up what differs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use domain::back_test::{Booked, Case, Credit, Replayed, Shifts, replay, winner};
use domain::commission::{Earner, RuleHistory, Upline};
use domain::id::{AffiliateId, CampaignId, ContactId, EventId, RuleId, uuid_v7};
use domain::money::{AmountOverflow, Currency, mul_div_round};
use domain::rule::{Condition, Field, Reward, Rule, TierPeriod, in_force};
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use store::programme::affiliate;
use store::programme::back_test::{self as rows, Span};
use store::programme::rule::RuleVersion;

use super::load::{Known, sub_ids};
use super::{CHANGES_MAX, Change, Plan, Report};
use crate::error::{Result, ServiceError};
use crate::programme::event::inputs;
use crate::work::Work;

/// A sum that was read up to an event, so that it is read on from there.
#[derive(Debug, Clone, Copy)]
struct Read {
    upto: EventId,
    count: i64,
    sum: i64,
}

/// Of what a sum is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Tiers(RuleId, AffiliateId, Option<Currency>, UnixMs),
    Customer(RuleId, AffiliateId, Currency, ContactId),
    Month(RuleId, AffiliateId, Currency, UnixMs),
    Totals(AffiliateId, Option<Currency>),
}

/// Plays cases in the order they were recorded.
pub(super) struct Player<'a> {
    plan: &'a Plan,
    zone: TimeZone,
    versions: Vec<RuleVersion>,
    shifts: Shifts,
    /// Customers whom the replay has bound to somebody else.
    bound: BTreeMap<ContactId, Credit>,
    earners: BTreeMap<(AffiliateId, CampaignId), Earner>,
    uplines: BTreeMap<AffiliateId, Vec<Upline>>,
    read: BTreeMap<Asked, Read>,
    report: Report,
    biggest: BinaryHeap<Reverse<(u64, u64)>>,
    changes: BTreeMap<u64, Change>,
}

impl<'a> Player<'a> {
    pub fn new(plan: &'a Plan, versions: Vec<RuleVersion>, zone: TimeZone) -> Self {
        Self {
            plan,
            zone,
            versions,
            shifts: Shifts::default(),
            bound: BTreeMap::new(),
            earners: BTreeMap::new(),
            uplines: BTreeMap::new(),
            read: BTreeMap::new(),
            report: Report::default(),
            biggest: BinaryHeap::new(),
            changes: BTreeMap::new(),
        }
    }

    /// Replays a case and adds it to the report.
    pub async fn play(&mut self, work: &mut Work, case: Case, known: Known) -> Result<()> {
        let moved = self.moved(work, &case).await?;
        let played = moved.as_ref().unwrap_or(&case);
        let versions = self.in_force(&case, known);
        let mut rules: Vec<&Rule> = versions.iter().map(|version| &version.rule).collect();
        let draft = self
            .plan
            .draft
            .clone()
            .filter(|draft| draft.trigger.on == case.event.on);
        rules.extend(draft.as_ref());
        let earner = played.inputs.earner.affiliate_id;
        let mut history = BTreeMap::new();
        for rule in rules.iter().filter(|rule| rule.needs_history()) {
            let was = self.history(work, rule, &case, earner, known).await?;
            let now = if self.shifts.is_empty() {
                was
            } else {
                self.shifts.applied(rule, earner, &case, was, &self.zone)
            };
            history.insert(rule.id, now);
        }
        let mut played = played.clone();
        if played.inputs.earner.conversions.is_none() && rules.iter().any(|r| asks_totals(r)) {
            self.add_totals(work, &mut played).await?;
        }
        let upline = if rules.iter().any(|rule| !rule.levels.is_empty()) {
            self.upline(work, &played, moved.is_some()).await?
        } else {
            Vec::new()
        };
        let now = replay(&played, &rules, &upline, &history, &self.zone)?;
        self.shifts.note(&case, &now, earner, &self.zone)?;
        self.add(&case, &now, moved.is_some(), known)
    }

    /// The case as another model credits it; none when it stays.
    async fn moved(&mut self, work: &mut Work, case: &Case) -> Result<Option<Case>> {
        let Some(model) = self.plan.model else {
            return Ok(None);
        };
        let Some(credit) = winner(case, model, self.bound.get(&case.contact).copied()) else {
            return Ok(None);
        };
        self.bound.insert(case.contact, credit);
        let mut moved = case.clone();
        moved.inputs.earner = self.earner(work, credit).await?;
        if let Some(click) = credit.click_id {
            moved.inputs.sub_ids = sub_ids(work, click).await?;
            moved.event.sub_ids.clone_from(&moved.inputs.sub_ids);
        }
        Ok(Some(moved))
    }

    /// An affiliate as it is today, for whom nothing was kept with the event.
    async fn earner(&mut self, work: &mut Work, credit: Credit) -> Result<Earner> {
        let key = (credit.affiliate_id, credit.campaign_id);
        if let Some(earner) = self.earners.get(&key) {
            return Ok(earner.clone());
        }
        let affiliate = affiliate::find(&mut work.tx, credit.affiliate_id)
            .await?
            .ok_or_else(|| ServiceError::Internal("an affiliate vanished".to_owned()))?;
        let earner = inputs::earner(&affiliate, credit.campaign_id);
        self.earners.insert(key, earner.clone());
        Ok(earner)
    }

    async fn upline(&mut self, work: &mut Work, case: &Case, moved: bool) -> Result<Vec<Upline>> {
        if let Some(upline) = case.inputs.upline.as_ref().filter(|_| !moved) {
            return Ok(upline.clone());
        }
        let affiliate = case.inputs.earner.affiliate_id;
        if let Some(upline) = self.uplines.get(&affiliate) {
            return Ok(upline.clone());
        }
        let upline = inputs::upline(work, affiliate).await?;
        self.uplines.insert(affiliate, upline.clone());
        Ok(upline)
    }

    /// The versions that decided when the case was recorded, but for the rule that the draft stands for: of each
    /// rule the one in force at the event's time, of those that were made by then.
    fn in_force(&self, case: &Case, known: Known) -> Vec<RuleVersion> {
        let draft = self.plan.draft.as_ref().map(|draft| draft.id);
        self.of_the_time(case.event.occurred_at, known)
            .into_iter()
            .filter(|version| {
                version.active
                    && version.rule.trigger.on == case.event.on
                    && Some(version.rule.id) != draft
            })
            .cloned()
            .collect()
    }

    fn of_the_time(&self, at: UnixMs, known: Known) -> Vec<&RuleVersion> {
        let made = |version: &&RuleVersion| version.created_at <= known.recorded_at;
        in_force(self.versions.iter().filter(made), at)
    }

    /// What a rule had paid before a case as it was stored: what was kept with the event, else what can be
    /// read of the events recorded before it.
    async fn history(
        &mut self,
        work: &mut Work,
        rule: &Rule,
        case: &Case,
        earner: AffiliateId,
        known: Known,
    ) -> Result<RuleHistory> {
        let stored = self
            .of_the_time(case.event.occurred_at, known)
            .into_iter()
            .find(|version| version.rule.id == rule.id)
            .map(|version| version.rule.clone());
        let is_new = !self.versions.iter().any(|v| v.rule.id == rule.id);
        if is_new {
            return Ok(RuleHistory::default());
        }
        if earner == case.inputs.earner.affiliate_id
            && stored.is_some_and(|stored| asks_the_same(&stored, rule, case.event.currency))
            && let Some(kept) = case.inputs.history.get(&rule.id)
        {
            return Ok(*kept);
        }
        self.read_history(work, rule, case, earner).await
    }

    async fn read_history(
        &mut self,
        work: &mut Work,
        rule: &Rule,
        case: &Case,
        affiliate: AffiliateId,
    ) -> Result<RuleHistory> {
        let mut history = RuleHistory::default();
        let Some(reward_currency) = rule.reward_currency(case.event.currency) else {
            return Ok(history);
        };
        let month = inputs::month_of(case.event.occurred_at, &self.zone);
        let ever = (UnixMs(0), UnixMs::MAX);
        let span = |(from, to): (UnixMs, UnixMs), after: EventId| Span {
            affiliate,
            rule: rule.id,
            from,
            to,
            after,
            before: case.id,
        };
        if let Reward::Tiers(tiers) = &rule.reward {
            let period = if tiers.period == TierPeriod::Month {
                month
            } else {
                ever
            };
            let asked = Asked::Tiers(rule.id, affiliate, case.event.currency, period.0);
            let mut read = self.read_so_far(asked, case.id);
            for event in
                rows::decided(&mut work.tx, span(period, read.upto), case.event.currency).await?
            {
                if event.event_amount > 0 && event.event_refunded >= event.event_amount {
                    continue;
                }
                let gone = if event.event_amount > 0 {
                    mul_div_round(event.base_amount, event.event_refunded, event.event_amount)?
                } else {
                    0
                };
                read.count += 1;
                read.sum = read
                    .sum
                    .checked_add(event.base_amount - gone)
                    .ok_or(AmountOverflow)?;
            }
            (history.conversions, history.revenue) = (read.count, read.sum);
            self.keep(asked, read, case.id);
        }
        if rule.caps.per_customer.is_some() {
            let asked = Asked::Customer(rule.id, affiliate, reward_currency, case.contact);
            let mut read = self.read_so_far(asked, case.id);
            let more = rows::rewards(
                &mut work.tx,
                span(ever, read.upto),
                reward_currency,
                Some(case.contact),
            )
            .await?;
            read.sum = read.sum.checked_add(more).ok_or(AmountOverflow)?;
            history.customer_rewards = read.sum;
            self.keep(asked, read, case.id);
        }
        if rule.caps.per_affiliate_month.is_some() {
            let asked = Asked::Month(rule.id, affiliate, reward_currency, month.0);
            let mut read = self.read_so_far(asked, case.id);
            let more =
                rows::rewards(&mut work.tx, span(month, read.upto), reward_currency, None).await?;
            read.sum = read.sum.checked_add(more).ok_or(AmountOverflow)?;
            history.month_rewards = read.sum;
            self.keep(asked, read, case.id);
        }
        Ok(history)
    }

    async fn add_totals(&mut self, work: &mut Work, case: &mut Case) -> Result<()> {
        let affiliate = case.inputs.earner.affiliate_id;
        let asked = Asked::Totals(affiliate, case.event.currency);
        let mut read = self.read_so_far(asked, case.id);
        let more = rows::totals(
            &mut work.tx,
            affiliate,
            case.event.currency,
            read.upto,
            case.id,
        )
        .await?;
        read.count += more.sales;
        read.sum = read.sum.checked_add(more.revenue).ok_or(AmountOverflow)?;
        case.inputs.earner.conversions = Some(read.count);
        case.inputs.earner.revenue = case.event.currency.map(|_| read.sum);
        self.keep(asked, read, case.id);
        Ok(())
    }

    /// What was read of it so far: of everything recorded before, up to the last case that asked.
    fn read_so_far(&self, asked: Asked, before: EventId) -> Read {
        let nothing = Read {
            upto: uuid_v7(0, [0; 10]).into(),
            count: 0,
            sum: 0,
        };
        self.read
            .get(&asked)
            .copied()
            .filter(|read| read.upto < before)
            .unwrap_or(nothing)
    }

    /// Keeps a sum that was read of everything recorded before a case; the case itself comes next.
    fn keep(&mut self, asked: Asked, read: Read, before: EventId) {
        // The event just before the case, so that the next reading takes the case along.
        let upto = EventId::from(uuid::Uuid::from_u128(
            before.uuid().as_u128().saturating_sub(1),
        ));
        self.read.insert(asked, Read { upto, ..read });
    }

    fn add(&mut self, case: &Case, now: &Replayed, moved: bool, known: Known) -> Result<()> {
        self.report.events += 1;
        self.report.from_today += u64::from(known.from_today);
        let before = by_affiliate(case, &case.booked)?;
        let after = by_affiliate(case, &now.booked)?;
        let mut keys: Vec<(AffiliateId, Currency)> =
            before.keys().chain(after.keys()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut changed_in: Vec<Currency> = Vec::new();
        for key in keys {
            let (affiliate_id, currency) = key;
            let then = before.get(&key).copied().unwrap_or_default();
            let would = after.get(&key).copied().unwrap_or_default();
            for sum in [
                self.report.affiliates.entry(key).or_default(),
                self.report.totals.entry(currency).or_default(),
            ] {
                sum.then = sum.then.checked_add(then).ok_or(AmountOverflow)?;
                sum.now = sum.now.checked_add(would).ok_or(AmountOverflow)?;
            }
            if then == would {
                continue;
            }
            changed_in.push(currency);
            if let Some(sum) = self.report.affiliates.get_mut(&key) {
                sum.changed += 1;
            }
            self.note(Change {
                event_id: case.id,
                occurred_at: case.event.occurred_at,
                affiliate_id,
                currency,
                then,
                now: would,
                then_reason: reason(&case.booked, affiliate_id, case, moved),
                now_reason: now_reason(now, affiliate_id, moved),
            });
        }
        self.report.changed += u64::from(!changed_in.is_empty());
        changed_in.sort_unstable();
        changed_in.dedup();
        for currency in changed_in {
            if let Some(sum) = self.report.totals.get_mut(&currency) {
                sum.changed += 1;
            }
        }
        Ok(())
    }

    /// Keeps a change while it is among the biggest.
    fn note(&mut self, change: Change) {
        let number = self.report.changes_all;
        self.report.changes_all += 1;
        let size = change.now.abs_diff(change.then);
        // Of two of one size the earlier one stays.
        self.biggest.push(Reverse((size, u64::MAX - number)));
        self.changes.insert(number, change);
        if self.biggest.len() > CHANGES_MAX
            && let Some(Reverse((_, number))) = self.biggest.pop()
        {
            self.changes.remove(&(u64::MAX - number));
        }
    }

    /// What was found.
    pub fn report(self) -> Report {
        let mut changes: Vec<Change> = self.changes.into_values().collect();
        changes.sort_by_key(|change| Reverse(change.now.abs_diff(change.then)));
        Report {
            changes,
            ..self.report
        }
    }
}

fn by_affiliate(case: &Case, lines: &[Booked]) -> Result<BTreeMap<(AffiliateId, Currency), i64>> {
    let mut sums: BTreeMap<(AffiliateId, Currency), i64> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry((line.affiliate_id, line.currency)).or_default();
        *sum = sum.checked_add(case.kept(line)?).ok_or(AmountOverflow)?;
    }
    Ok(sums)
}

fn reason(lines: &[Booked], affiliate: AffiliateId, case: &Case, moved: bool) -> String {
    let own: Vec<&str> = lines
        .iter()
        .filter(|line| line.affiliate_id == affiliate)
        .map(|line| line.reason.as_str())
        .collect();
    if !own.is_empty() {
        return own.join("; ");
    }
    if moved && case.inputs.earner.affiliate_id != affiliate {
        "another affiliate was credited".to_owned()
    } else {
        "no commission".to_owned()
    }
}

fn now_reason(now: &Replayed, affiliate: AffiliateId, moved: bool) -> String {
    let own: Vec<&str> = now
        .booked
        .iter()
        .filter(|line| line.affiliate_id == affiliate)
        .map(|line| line.reason.as_str())
        .collect();
    if !own.is_empty() {
        own.join("; ")
    } else if moved {
        "another affiliate would be credited".to_owned()
    } else if now.notes.is_empty() {
        "no commission".to_owned()
    } else {
        now.notes.join("; ")
    }
}

/// Whether what was kept for one version answers what another asks: the same period of tiers, the same caps
/// and the same currency.
fn asks_the_same(kept: &Rule, asked: &Rule, sale: Option<Currency>) -> bool {
    let period = |rule: &Rule| match &rule.reward {
        Reward::Tiers(tiers) => Some(tiers.period),
        Reward::PercentPpm(_) | Reward::Fixed(_) => None,
    };
    (period(asked).is_none() || period(asked) == period(kept))
        && (asked.caps.per_customer.is_none() || kept.caps.per_customer.is_some())
        && (asked.caps.per_affiliate_month.is_none() || kept.caps.per_affiliate_month.is_some())
        && kept.reward_currency(sale) == asked.reward_currency(sale)
}

/// Whether a rule's conditions look at what the affiliate has brought so far.
fn asks_totals(rule: &Rule) -> bool {
    fn looks(condition: &Condition) -> bool {
        match condition {
            Condition::All(list) | Condition::Any(list) => list.iter().any(looks),
            Condition::Test { field, .. } => {
                matches!(field, Field::AffiliateConversions | Field::AffiliateRevenue)
            }
        }
    }
    rule.conditions.as_ref().is_some_and(looks)
}
