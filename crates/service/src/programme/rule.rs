//! Rules: what events pay. A rule is never changed, it gets another version.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{AffiliateId, CampaignId, GroupId, RuleId};
use domain::language::Language;
use domain::money::Currency;
use domain::rule::{
    Caps, Condition, Level, Recurrence, Reward, Rule, Scope as RuleScope, Trigger, describe_in,
    offered,
};
use domain::status::{Base, Scope, TriggerOn};
use domain::time::{Day, UnixMs};
use store::db::StoreError;
use store::list::Window;
pub use store::programme::rule::{BY_AGE, Filter, ORDERS, RuleVersion};
use store::programme::{affiliate, affiliate_group, campaign, rule as rows};

use crate::check::Checks;
use crate::error::{Result, conflict, invalid, not_found};
use crate::identity::{audit, business};
use crate::programme::back_test::not_replayed;
use crate::programme::click_pay;
use crate::work::Work;

/// Characters of a rule's name, a product's id and an event's name.
const NAME_MAX: usize = 100;

/// A new rule.
#[derive(Debug, Clone)]
pub struct RuleIn {
    /// A name for people, may be empty.
    pub name: String,
    /// For whom and what; empty: the business's default.
    pub scope: RuleScope,
    /// For which events.
    pub trigger: Trigger,
    /// What else has to be so.
    pub conditions: Option<Condition>,
    /// How much.
    pub reward: Reward,
    /// Default: net.
    pub base: Option<Base>,
    /// Default: every sale.
    pub recurrence: Option<Recurrence>,
    /// Default: none.
    pub caps: Option<Caps>,
    /// Default: none.
    pub levels: Option<Vec<Level>>,
    /// Default: 0.
    pub hold_days: Option<i64>,
    /// Default: no.
    pub auto_approve: Option<bool>,
    /// For events from then on; default: now. May lie in the past: nothing that was recorded changes. For clicks the
    /// start of a coming day in the business's zone; default: the next.
    pub effective_from: Option<UnixMs>,
}

/// What another version has otherwise; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct RulePatch {
    /// See [`RuleIn`], as all the others.
    pub name: Option<String>,
    /// Replaces the whole scope.
    pub scope: Option<RuleScope>,
    /// Replaces the trigger.
    pub trigger: Option<Trigger>,
    /// `Some(None)` takes the conditions away.
    pub conditions: Option<Option<Condition>>,
    /// Replaces the reward.
    pub reward: Option<Reward>,
    /// Net or gross.
    pub base: Option<Base>,
    /// For which of a customer's sales.
    pub recurrence: Option<Recurrence>,
    /// Replaces all caps.
    pub caps: Option<Caps>,
    /// Replaces all levels.
    pub levels: Option<Vec<Level>>,
    /// Days.
    pub hold_days: Option<i64>,
    /// Whether commissions are approved by themselves.
    pub auto_approve: Option<bool>,
    /// False switches the rule off, from `effective_from` on.
    pub active: Option<bool>,
    /// For events from then on, not before the newest version's; default: now, or the newest
    /// version's time when that is still to come. For clicks as with [`RuleIn`].
    pub effective_from: Option<UnixMs>,
}

impl RuleIn {
    /// What it says, as the first version of the rule with this id.
    #[must_use]
    pub fn rule(self, id: RuleId, now: UnixMs) -> Rule {
        let Self {
            name: _,
            scope,
            trigger,
            conditions,
            reward,
            base,
            recurrence,
            caps,
            levels,
            hold_days,
            auto_approve,
            effective_from,
        } = self;
        Rule {
            id,
            version: 1,
            scope,
            trigger,
            conditions,
            reward,
            base: base.unwrap_or(Base::Net),
            recurrence: recurrence.unwrap_or_default(),
            caps: caps.unwrap_or_default(),
            levels: levels.unwrap_or_default(),
            hold_days: hold_days.unwrap_or(0),
            auto_approve: auto_approve.unwrap_or(false),
            effective_from: effective_from.unwrap_or(now),
            created_at: now,
        }
    }
}

impl From<RuleIn> for RulePatch {
    /// The version that says all of this, and nothing else is kept.
    fn from(input: RuleIn) -> Self {
        let RuleIn {
            name,
            scope,
            trigger,
            conditions,
            reward,
            base,
            recurrence,
            caps,
            levels,
            hold_days,
            auto_approve,
            effective_from,
        } = input;
        Self {
            name: Some(name),
            scope: Some(scope),
            trigger: Some(trigger),
            conditions: Some(conditions),
            reward: Some(reward),
            base,
            recurrence,
            caps,
            levels,
            hold_days,
            auto_approve,
            active: None,
            effective_from,
        }
    }
}

/// A rule that is stored nowhere, for a back-test: in the place of the rule `instead`, or beside all others.
///
/// # Errors
/// With every wrong field; not found when there is no such rule; forbidden without the scope `read`.
pub async fn draft(work: &mut Work, input: RuleIn, instead: Option<RuleId>) -> Result<Rule> {
    work.require(Scope::Read)?;
    let name = input.name.clone();
    let mut rule = match instead {
        None => input.rule(work.new_id(), work.now),
        Some(id) => {
            let old = get(work, id).await?.rule;
            let mut rule = input.rule(id, work.now);
            rule.version = old.version.saturating_add(1);
            rule.created_at = old.created_at;
            rule
        }
    };
    // It holds for the whole period, whatever this says.
    rule.effective_from = work.now;
    if let Some((field, message)) = not_replayed(&rule) {
        return Err(invalid(field, message));
    }
    checked(work, rule.clone(), &name, true, None).await?;
    Ok(rule)
}

/// Makes a rule, version 1.
///
/// # Errors
/// With every wrong field, among them a scope that names something unknown.
pub async fn create(work: &mut Work, input: RuleIn) -> Result<RuleVersion> {
    work.require(Scope::Manage)?;
    let name = input.name.clone();
    let asked = input.effective_from;
    let mut rule = input.rule(work.new_id(), work.now);
    let mut day = None;
    if rule.trigger.on == TriggerOn::Click {
        let (first, start) = by_whole_days(work, rule.id, asked, None).await?;
        rule.effective_from = start;
        day = Some(first);
    }
    let mut new = checked(work, rule, &name, true, None).await?;
    new.effective_day = day;
    save(work, "rule.created", new).await
}

/// Makes another version of a rule. One that would say the same as the newest is not made.
///
/// # Errors
/// When there is no such rule, or with every wrong field.
pub async fn change(work: &mut Work, id: RuleId, patch: RulePatch) -> Result<RuleVersion> {
    work.require(Scope::Manage)?;
    let newest = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("rule"))?;
    let RulePatch {
        name,
        scope,
        trigger,
        conditions,
        reward,
        base,
        recurrence,
        caps,
        levels,
        hold_days,
        auto_approve,
        active,
        effective_from,
    } = patch;
    let old = newest.rule.clone();
    let since = old.effective_from;
    let was_for_clicks = old.trigger.on == TriggerOn::Click;
    let mut rule = Rule {
        id,
        version: old.version.saturating_add(1),
        scope: scope.unwrap_or(old.scope),
        trigger: trigger.unwrap_or(old.trigger),
        conditions: conditions.unwrap_or(old.conditions),
        reward: reward.unwrap_or(old.reward),
        base: base.unwrap_or(old.base),
        recurrence: recurrence.unwrap_or(old.recurrence),
        caps: caps.unwrap_or(old.caps),
        levels: levels.unwrap_or(old.levels),
        hold_days: hold_days.unwrap_or(old.hold_days),
        auto_approve: auto_approve.unwrap_or(old.auto_approve),
        effective_from: effective_from.unwrap_or_else(|| work.now.max(since)),
        created_at: old.created_at,
    };
    let mut day = None;
    if was_for_clicks || rule.trigger.on == TriggerOn::Click {
        let (first, start) = by_whole_days(work, id, effective_from, Some(since)).await?;
        rule.effective_from = start;
        day = Some(first);
    }
    let active = active.unwrap_or(newest.active);
    let name = name.unwrap_or_else(|| newest.name.clone());
    let mut new = checked(work, rule, &name, active, Some(since)).await?;
    new.effective_day = day;
    if says_the_same(&newest, &new, effective_from.is_some()) {
        return Ok(newest);
    }
    let action = match (newest.active, active) {
        (true, false) => "rule.deactivated",
        (false, true) => "rule.activated",
        _ => "rule.changed",
    };
    save(work, action, new).await
}

/// The day that a version for clicks begins with, or one that takes the place of such a version, and its start: the next, or
/// the one that is asked for. A day is paid whole under one version, and no click that was made already is paid otherwise.
async fn by_whole_days(
    work: &mut Work,
    id: RuleId,
    asked: Option<UnixMs>,
    since: Option<UnixMs>,
) -> Result<(Day, UnixMs)> {
    let zone = business::zone(work).await?;
    let next = click_pay::first_day(work, id, since, &zone).await?;
    let Some(at) = asked else {
        return Ok((next, next.start(&zone)));
    };
    let day = at.day_in(&zone);
    if day >= next && at == day.start(&zone) {
        return Ok((day, at));
    }
    Err(invalid(
        "effective_from",
        &format!(
            "clicks are paid by whole days: choose 00:00 of a coming day (next: {})",
            next.start(&zone)
                .timestamp()
                .to_zoned(zone)
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
        ),
    ))
}

fn says_the_same(newest: &RuleVersion, new: &RuleVersion, timed: bool) -> bool {
    let mut rule = new.rule.clone();
    rule.version = newest.rule.version;
    if !timed {
        rule.effective_from = newest.rule.effective_from;
    }
    rule == newest.rule && new.name == newest.name && new.active == newest.active
}

/// The newest version of a rule.
///
/// # Errors
/// When there is no such rule in this business.
pub async fn get(work: &mut Work, id: RuleId) -> Result<RuleVersion> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id).await?.ok_or(not_found("rule"))
}

/// All versions of a rule, newest first.
///
/// # Errors
/// When there is no such rule in this business.
pub async fn versions(work: &mut Work, id: RuleId) -> Result<Vec<RuleVersion>> {
    work.require(Scope::Read)?;
    let versions = rows::versions(&mut work.tx, id).await?;
    if versions.is_empty() {
        Err(not_found("rule"))
    } else {
        Ok(versions)
    }
}

/// The newest version of each rule; `window.order` is one of [`ORDERS`] or [`BY_AGE`].
///
/// # Errors
/// As the database says.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<RuleVersion>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many rules pass the filter.
///
/// # Errors
/// As the database says.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// The versions in force at a time, of all rules or of one kind of trigger, the oldest rule first.
///
/// # Errors
/// As the database says.
pub async fn versions_in_force(
    work: &mut Work,
    at: UnixMs,
    trigger: Option<TriggerOn>,
) -> Result<Vec<RuleVersion>> {
    work.require(Scope::Read)?;
    Ok(rows::in_force(&mut work.tx, at, trigger).await?)
}

/// The rules an event of this time and kind is decided by, the oldest first. Part of recording an event, which has
/// checked the actor already. `mark`: see [`Terms::rules_mark`](store::programme::event::Terms).
///
/// # Errors
/// As the database says, or when one of them cannot be read.
pub(crate) async fn in_force(
    work: &mut Work,
    mark: i64,
    at: UnixMs,
    trigger: TriggerOn,
) -> Result<Vec<Arc<Rule>>> {
    let business = work.business();
    let versions = match work.app.known_rules().of(business, mark) {
        Some(versions) => versions,
        None => match rows::all(&mut work.tx).await {
            Ok(read) => work.app.known_rules().keep(business, mark, read),
            // One that cannot be read matters only where it is in force.
            Err(StoreError::Inconsistent(_)) => {
                let read = rows::in_force(&mut work.tx, at, Some(trigger)).await?;
                return Ok(read.into_iter().map(|read| Arc::new(read.rule)).collect());
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(domain::rule::in_force(&*versions, at)
        .into_iter()
        .filter(|version| version.active && version.rule.trigger.on == trigger)
        .map(|version| Arc::clone(&version.rule))
        .collect())
}

/// The versions that hold now; for clicks those of today, since clicks are paid by their day.
pub(crate) async fn held_now(work: &mut Work) -> Result<Vec<RuleVersion>> {
    let today = work.now.day_in(&business::zone(work).await?);
    let now = work.now;
    let mut versions = rows::in_force(&mut work.tx, now, None).await?;
    versions.retain(|version| version.rule.trigger.on != TriggerOn::Click);
    versions.extend(rows::for_clicks_of(&mut work.tx, today).await?);
    versions.sort_by_key(|version| version.rule.id);
    Ok(versions)
}

/// What an affiliate is offered in a campaign now, in sentences, the closest rule first; an affiliate
/// asks for itself only.
///
/// # Errors
/// Forbidden; not found.
pub async fn terms(
    work: &mut Work,
    affiliate: AffiliateId,
    group: Option<GroupId>,
    campaigns: &[CampaignId],
    currency: Currency,
    language: Language,
) -> Result<BTreeMap<CampaignId, Vec<String>>> {
    if work.actor.affiliate().ok() != Some(affiliate) {
        work.require(Scope::Read)?;
    }
    let rules = held_now(work).await?;
    let rules: Vec<Rule> = rules.into_iter().map(|version| version.rule).collect();
    Ok(campaigns
        .iter()
        .map(|&campaign| {
            let sentences = offered(&rules, affiliate, group, campaign)
                .into_iter()
                .map(|rule| {
                    // What those above get is no part of the affiliate's own offer.
                    let own = Rule {
                        levels: Vec::new(),
                        ..rule.clone()
                    };
                    let sentence = describe_in(&own, currency, language);
                    match &rule.scope.product_id {
                        Some(product) => format!("{product}: {sentence}"),
                        None => sentence,
                    }
                })
                .collect();
            (campaign, sentences)
        })
        .collect())
}

/// Checks a version before it is stored: its own sense, its texts, the existence of what its scope
/// names, and that it does not begin before the version that was the newest (`since`).
async fn checked(
    work: &mut Work,
    mut rule: Rule,
    name: &str,
    active: bool,
    since: Option<UnixMs>,
) -> Result<RuleVersion> {
    let mut checks = Checks::new();
    let name = checks.text("name", name, 0..=NAME_MAX);
    if let Some(product) = &rule.scope.product_id {
        rule.scope.product_id = Some(checks.text("scope.product_id", product, 1..=NAME_MAX));
    }
    if let Some(event) = &rule.trigger.event {
        rule.trigger.event = Some(checks.text("trigger.event", event, 1..=NAME_MAX));
    }
    checks.that(
        (UnixMs(0)..=UnixMs::MAX).contains(&rule.effective_from),
        "effective_from",
        "must be between 1970 and 9999",
    );
    if let Some(since) = since.filter(|since| rule.effective_from < *since) {
        checks.fail(
            "effective_from",
            format!(
                "must not be before the newest version's, {}",
                since.rfc3339()
            ),
        );
    }
    for (field, message) in rule.validate() {
        checks.fail(&field, message);
    }
    let mut names = (None, None, None);
    if let Some(id) = rule.scope.group_id {
        names.0 = affiliate_group::find(&mut work.tx, id)
            .await?
            .map(|group| group.name);
        checks.that(names.0.is_some(), "scope.group_id", "group not found");
    }
    if let Some(id) = rule.scope.campaign_id {
        names.1 = campaign::find(&mut work.tx, id)
            .await?
            .map(|campaign| campaign.name);
        checks.that(names.1.is_some(), "scope.campaign_id", "campaign not found");
    }
    if let Some(id) = rule.scope.affiliate_id {
        names.2 = affiliate::find(&mut work.tx, id)
            .await?
            .map(|affiliate| affiliate.name);
        checks.that(
            names.2.is_some(),
            "scope.affiliate_id",
            "affiliate not found",
        );
    }
    checks.done()?;
    let (group_name, campaign_name, affiliate_name) = names;
    Ok(RuleVersion {
        rule,
        name,
        active,
        effective_day: None,
        created_at: work.now,
        group_name,
        campaign_name,
        affiliate_name,
    })
}

async fn save(work: &mut Work, action: &'static str, new: RuleVersion) -> Result<RuleVersion> {
    let mut mark = [0; 8];
    work.app.random().fill(&mut mark);
    if !rows::insert(&mut work.tx, &new, i64::from_le_bytes(mark)).await? {
        return Err(conflict(
            "the rule was changed by somebody else; load it again",
        ));
    }
    let currency = business::currency(work).await?;
    let detail = format!(
        "version {}, {}: {}",
        new.rule.version,
        scope_words(&new),
        domain::rule::describe(&new.rule, currency)
    );
    audit::record(work, action, "rule", &new.rule.id.to_string(), &detail).await?;
    work.changed(None);
    Ok(new)
}

/// For whom and what a rule is, for people: `Maria Lopez in Spring launch`, `default`.
#[must_use]
pub fn scope_words(version: &RuleVersion) -> String {
    let scope = &version.rule.scope;
    let mut words = Vec::new();
    if let Some(name) = &version.affiliate_name {
        words.push(name.clone());
    }
    if let Some(name) = &version.group_name {
        words.push(format!("group {name}"));
    }
    if let Some(product) = &scope.product_id {
        words.push(format!("product {product}"));
    }
    if let Some(name) = &version.campaign_name {
        words.push(if words.is_empty() {
            format!("campaign {name}")
        } else {
            format!("in {name}")
        });
    }
    if words.is_empty() {
        "default".to_owned()
    } else {
        words.join(" ")
    }
}

/// The affiliate with an e-mail address, for forms that scope a rule by it.
///
/// # Errors
/// As the database says.
pub async fn find_affiliate(
    work: &mut Work,
    email: &str,
) -> Result<Option<domain::id::AffiliateId>> {
    work.require(Scope::Read)?;
    Ok(affiliate::find_by_email(&mut work.tx, email)
        .await?
        .map(|affiliate| affiliate.id))
}
