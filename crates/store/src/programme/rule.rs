//! Rules and their versions. A version is never changed: what comes later is another version, also
//! when a rule is switched off.

use domain::id::{AffiliateId, CampaignId, GroupId, RuleId};
use domain::rule::{Rule, Scope, Trigger};
use domain::status::{Base, TriggerOn};
use domain::time::{Day, UnixMs};

use crate::db::{Result, StoreError, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// The newest rule first.
pub const BY_AGE: &str = "r.id desc";

/// The orders of the list: a key for the page's address, upwards, downwards. The closest first is the order in which
/// [`Scope::rank`] decides.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "closest",
        "case when r.affiliate_id is null then 1 else 0 end, case when r.product_id is null then 1 else 0 end, case when r.campaign_id is null then 1 else 0 end, case when r.group_id is null then 1 else 0 end, r.active desc, coalesce(a.search_folded, ''), coalesce(g.name_folded, ''), coalesce(c.name_folded, ''), r.id",
        "case when r.affiliate_id is null then 1 else 0 end desc, case when r.product_id is null then 1 else 0 end desc, case when r.campaign_id is null then 1 else 0 end desc, case when r.group_id is null then 1 else 0 end desc, r.active desc, coalesce(a.search_folded, ''), coalesce(g.name_folded, ''), coalesce(c.name_folded, ''), r.id",
    ),
    (
        "name",
        "lower(r.name), r.id desc",
        "lower(r.name) desc, r.id desc",
    ),
    (
        "changed",
        "r.created_at_ms, r.id",
        "r.created_at_ms desc, r.id desc",
    ),
];

record! {
    /// The columns of a version; the parts of the rule are JSON text.
    pub struct RuleRow {
        pub id: RuleId,
        pub version: i64,
        pub name: String,
        pub group_id: Option<GroupId>,
        pub campaign_id: Option<CampaignId>,
        pub product_id: Option<String>,
        pub affiliate_id: Option<AffiliateId>,
        pub trigger_on: TriggerOn,
        pub trigger_event: Option<String>,
        pub conditions: Option<String>,
        pub reward: String,
        pub base: Base,
        pub recurrence: String,
        pub caps: String,
        pub levels: String,
        pub hold_days: i64,
        pub auto_approve: bool,
        pub active: bool,
        pub effective_from_ms: UnixMs,
        pub effective_day: Option<Day>,
        pub first_created_at_ms: UnixMs,
        pub version_created_at_ms: UnixMs,
        pub group_name: Option<String>,
        pub campaign_name: Option<String>,
        pub affiliate_name: Option<String>,
    }
}

/// A version of a rule, with what the domain does not need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// The rule as this version has it.
    pub rule: Rule,
    /// A name for people, may be empty.
    pub name: String,
    /// False when the rule is switched off from this version on.
    pub active: bool,
    /// The first day whose clicks are under this version; none where neither it nor the one before it is for clicks.
    pub effective_day: Option<Day>,
    /// When this version was made.
    pub created_at: UnixMs,
    /// Names of the scope's parts, where it has them.
    pub group_name: Option<String>,
    /// See `group_name`.
    pub campaign_name: Option<String>,
    /// See `group_name`.
    pub affiliate_name: Option<String>,
}

impl AsRef<Rule> for RuleVersion {
    fn as_ref(&self) -> &Rule {
        &self.rule
    }
}

fn json<T: serde::de::DeserializeOwned>(what: &str, id: RuleId, text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Inconsistent(format!("{what} of {id}: {error}")))
}

fn text<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

impl RuleRow {
    fn read(self) -> Result<RuleVersion> {
        let id = self.id;
        let rule = Rule {
            id,
            version: self.version,
            scope: Scope {
                affiliate_id: self.affiliate_id,
                product_id: self.product_id,
                campaign_id: self.campaign_id,
                group_id: self.group_id,
            },
            trigger: Trigger {
                on: self.trigger_on,
                event: self.trigger_event,
            },
            conditions: self
                .conditions
                .as_deref()
                .map(|text| json("conditions", id, text))
                .transpose()?,
            reward: json("reward", id, &self.reward)?,
            base: self.base,
            recurrence: json("recurrence", id, &self.recurrence)?,
            caps: json("caps", id, &self.caps)?,
            levels: json("levels", id, &self.levels)?,
            hold_days: self.hold_days,
            auto_approve: self.auto_approve,
            effective_from: self.effective_from_ms,
            created_at: self.first_created_at_ms,
        };
        Ok(RuleVersion {
            rule,
            name: self.name,
            active: self.active,
            effective_day: self.effective_day,
            created_at: self.version_created_at_ms,
            group_name: self.group_name,
            campaign_name: self.campaign_name,
            affiliate_name: self.affiliate_name,
        })
    }
}

fn read_all(rows: Vec<RuleRow>) -> Result<Vec<RuleVersion>> {
    rows.into_iter().map(RuleRow::read).collect()
}

/// Which rules a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Scoped to this campaign.
    pub campaign: Option<CampaignId>,
    /// Scoped to this group.
    pub group: Option<GroupId>,
    /// Scoped to this affiliate.
    pub affiliate: Option<AffiliateId>,
    /// Only those whose newest version is on, or off.
    pub active: Option<bool>,
    /// Only those that name an `affiliate`, a `product`, a `campaign` or a `group`, or nothing: `default`.
    pub level: Option<String>,
    /// Only those with this in their name or in that of what they are scoped to.
    pub search: Option<String>,
}

impl Filter {
    /// The values from `$2` to `$8`.
    fn values(&self) -> Vec<crate::db::Value> {
        args![
            self.campaign,
            self.group,
            self.affiliate,
            self.active,
            self.level.clone(),
            self.search.as_deref().map(domain::text::like_pattern),
            self.search.as_deref().map(domain::text::typed_pattern)
        ]
    }
}

/// The newest version of a rule.
///
/// # Errors
/// As the database says, or when a part cannot be read.
pub async fn find(tx: &mut Tx, id: RuleId) -> Result<Option<RuleVersion>> {
    Ok(versions(tx, id).await?.into_iter().next())
}

/// All versions of a rule, newest first.
///
/// # Errors
/// As [`find`].
pub async fn versions(tx: &mut Tx, id: RuleId) -> Result<Vec<RuleVersion>> {
    read_all(
        tx.fetch_all(include_str!("rule/versions.sql"), args![id])
            .await?,
    )
}

/// Every version of every rule, the oldest rule first.
///
/// # Errors
/// As [`find`].
pub async fn all(tx: &mut Tx) -> Result<Vec<RuleVersion>> {
    read_all(tx.fetch_all(include_str!("rule/all.sql"), args![]).await?)
}

/// The newest version of each rule; `window.order` is one of [`ORDERS`] or [`BY_AGE`].
///
/// # Errors
/// As [`find`].
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<RuleVersion>> {
    let mut values = filter.values();
    values.extend(args![window.after, window.limit, window.offset]);
    read_all(
        tx.fetch_all(ordered(include_str!("rule/list.sql"), window.order), values)
            .await?,
    )
}

/// How many rules pass the filter.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("rule/count.sql"), filter.values())
        .await
}

/// What is in force at a time: of each rule the latest version whose `effective_from` is not after
/// it, if that one is on; only those for one kind of trigger when it is given. The oldest rule first.
///
/// # Errors
/// As [`find`].
pub async fn in_force(
    tx: &mut Tx,
    at: UnixMs,
    trigger: Option<TriggerOn>,
) -> Result<Vec<RuleVersion>> {
    read_all(
        tx.fetch_all(include_str!("rule/in_force.sql"), args![at, trigger, true])
            .await?,
    )
}

/// The versions for clicks that a day is under, the oldest rule first. Versions begin with days as clicks have them, so
/// the business's time zone is not asked.
///
/// # Errors
/// As [`find`].
pub async fn for_clicks_of(tx: &mut Tx, day: Day) -> Result<Vec<RuleVersion>> {
    read_all(
        tx.fetch_all(include_str!("rule/for_clicks_of.sql"), args![day, true])
            .await?,
    )
}

/// The first day under a version for clicks; none when there never was one.
///
/// # Errors
/// As the database says.
pub async fn first_for_clicks(tx: &mut Tx) -> Result<Option<Day>> {
    tx.value(include_str!("rule/first_for_clicks.sql"), args![])
        .await
}

/// The first day that another version of a rule may begin with for clicks: behind every day up to `last` that has clicks,
/// and no day before one that a version of the rule begins with. None: any day.
///
/// # Errors
/// As the database says.
pub async fn clicks_until(tx: &mut Tx, id: RuleId, last: Day) -> Result<Option<Day>> {
    tx.value(include_str!("rule/clicks_until.sql"), args![id, last])
        .await
}

/// Stores a version; false when the rule got one of this number meanwhile. The names of the scope
/// are not stored, they are read along. `mark`: a random number, see
/// [`Terms::rules_mark`](crate::programme::event::Terms).
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &RuleVersion, mark: i64) -> Result<bool> {
    let RuleVersion {
        rule,
        name,
        active,
        effective_day,
        created_at,
        group_name: _,
        campaign_name: _,
        affiliate_name: _,
    } = new;
    let Rule {
        id,
        version,
        scope:
            Scope {
                affiliate_id,
                product_id,
                campaign_id,
                group_id,
            },
        trigger: Trigger { on, event },
        conditions,
        reward,
        base,
        recurrence,
        caps,
        levels,
        hold_days,
        auto_approve,
        effective_from,
        created_at: _,
    } = rule;
    let values = args![
        *id,
        *version,
        name,
        *group_id,
        *campaign_id,
        product_id.clone(),
        *affiliate_id,
        *on,
        event.clone(),
        conditions.as_ref().map(text).transpose()?,
        text(reward)?,
        *base,
        text(recurrence)?,
        text(caps)?,
        text(levels)?,
        *hold_days,
        *auto_approve,
        *active,
        *effective_from,
        *effective_day,
        *created_at
    ];
    if tx.execute(include_str!("rule/insert.sql"), values).await? == 0 {
        return Ok(false);
    }
    tx.execute(include_str!("rule/set_mark.sql"), args![mark])
        .await?;
    Ok(true)
}
