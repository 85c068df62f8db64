//! Rules: what events pay. A change makes another version; commissions that exist never change.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::{AffiliateId, CampaignId, GroupId, RuleId};
use service::domain::rule::{Caps, Condition, Level, Recurrence, Reward, Rule, Scope, Trigger};
use service::domain::status::{Base, TriggerOn};
use service::domain::time::UnixMs;
use service::programme::rule::{self, RuleVersion};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::affiliate::present;
use super::query::search;
use super::{Caller, Halt, Id, Input, List, Listed, Page, Post};

/// A new rule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleIn {
    /// A name for people.
    #[serde(default)]
    name: String,
    /// `group_id`, `campaign_id`, `product_id`, `affiliate_id`, any of them; none: the business's default.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"group_id": "grp_01h455vb4pex5vsknk084sn02q"}))]
    scope: Scope,
    /// `on` is `sale`, `lead` or `click`; `event` narrows it to events of that name. Default: every sale. `click` pays a
    /// fixed sum for every visitor's first counted click on a link a day, once the day is over.
    #[serde(default = "every_sale")]
    #[schema(value_type = Object, example = json!({"on": "sale"}))]
    trigger: Trigger,
    /// `{all: […]}`, `{any: […]}` or `{field, op, value}`.
    #[schema(value_type = Option<Object>)]
    conditions: Option<Condition>,
    /// `{percent_ppm}`, `{fixed: {amount, currency}}` or `{tiers: {metric, period, mode, bands}}`.
    #[schema(value_type = Object, example = json!({"percent_ppm": 200_000}))]
    reward: Reward,
    /// `net` (default) or `gross`.
    #[schema(value_type = Option<String>, example = "net")]
    base: Option<Base>,
    /// `{every: true}` (default), `{first: n}` or `{months: n}`.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// `per_event`, `per_customer`, `per_affiliate_month`, in minor units.
    #[schema(value_type = Option<Object>)]
    caps: Option<Caps>,
    /// `[{ppm, of: base | below}]`, the parent's first.
    #[schema(value_type = Option<Vec<Object>>)]
    levels: Option<Vec<Level>>,
    /// Days a commission waits; default 0.
    #[schema(minimum = 0, maximum = 365)]
    hold_days: Option<i64>,
    /// Default: false.
    auto_approve: Option<bool>,
    /// For events from then on; default: now. For clicks 00:00 of a coming day in the business's zone; default: the next.
    #[schema(value_type = Option<String>, format = DateTime)]
    effective_from: Option<UnixMs>,
}

impl From<RuleIn> for rule::RuleIn {
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
        }
    }
}

fn every_sale() -> Trigger {
    Trigger {
        on: TriggerOn::Sale,
        event: None,
    }
}

/// What the next version has otherwise; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulePatch {
    /// A name for people.
    name: Option<String>,
    /// Replaces the whole scope.
    #[schema(value_type = Option<Object>)]
    scope: Option<Scope>,
    /// Replaces the trigger.
    #[schema(value_type = Option<Object>)]
    trigger: Option<Trigger>,
    /// Null takes the conditions away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    conditions: Option<Option<Condition>>,
    /// Replaces the reward.
    #[schema(value_type = Option<Object>, example = json!({"percent_ppm": 250_000}))]
    reward: Option<Reward>,
    /// `net` or `gross`.
    #[schema(value_type = Option<String>)]
    base: Option<Base>,
    /// For which of a customer's sales.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// Replaces all caps.
    #[schema(value_type = Option<Object>)]
    caps: Option<Caps>,
    /// Replaces all levels.
    #[schema(value_type = Option<Vec<Object>>)]
    levels: Option<Vec<Level>>,
    /// Days a commission waits.
    #[schema(minimum = 0, maximum = 365)]
    hold_days: Option<i64>,
    /// Whether commissions are approved by themselves.
    auto_approve: Option<bool>,
    /// False switches the rule off.
    active: Option<bool>,
    /// For events from then on, not before the newest version's; default: now. For clicks, also when the newest version is
    /// for them, 00:00 of a coming day in the business's zone; default: the next.
    #[schema(value_type = Option<String>, format = DateTime)]
    effective_from: Option<UnixMs>,
}

/// A version of a rule.
#[derive(Serialize, ToSchema)]
struct RuleOut {
    #[schema(value_type = String, example = "rul_01h455vb4pex5vsknk084sn02q")]
    id: RuleId,
    version: i64,
    name: String,
    #[schema(value_type = Object)]
    scope: Scope,
    #[schema(value_type = Object)]
    trigger: Trigger,
    #[schema(value_type = Option<Object>)]
    conditions: Option<Condition>,
    #[schema(value_type = Object)]
    reward: Reward,
    #[schema(value_type = String, example = "net")]
    base: Base,
    #[schema(value_type = Object)]
    recurrence: Recurrence,
    #[schema(value_type = Object)]
    caps: Caps,
    #[schema(value_type = Vec<Object>)]
    levels: Vec<Level>,
    hold_days: i64,
    auto_approve: bool,
    /// False: the rule is switched off from this version on.
    active: bool,
    #[schema(value_type = String, format = DateTime)]
    effective_from: UnixMs,
    /// When the rule was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl From<RuleVersion> for RuleOut {
    fn from(version: RuleVersion) -> Self {
        let Rule {
            id,
            version: number,
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
            created_at,
        } = version.rule;
        Self {
            id,
            version: number,
            name: version.name,
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
            active: version.active,
            effective_from,
            created_at,
        }
    }
}

/// Which rules are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RuleFilter {
    /// Scoped to this campaign.
    #[param(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// Scoped to this group.
    #[param(value_type = Option<String>)]
    group_id: Option<GroupId>,
    /// Scoped to this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Only rules that are on, or off, in their newest version.
    active: Option<bool>,
    /// Part of the name, the product, or the name of whom or what it is scoped to.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Makes a rule.
#[utoipa::path(post, path = "/rules", tag = "rules", request_body = RuleIn, responses((status = 201, body = RuleOut)))]
async fn create(post: Post<RuleIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let version = rule::create(&mut call.work, input.into()).await?;
    call.created(&RuleOut::from(version)).await
}

/// Lists the newest version of each rule, the newest rule first.
#[utoipa::path(get, path = "/rules", tag = "rules", params(RuleFilter, Page), responses((status = 200, body = Listed<RuleOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<RuleFilter>,
) -> Result<Json<Listed<RuleOut>>, Halt> {
    let window = page.window::<RuleId>(rule::BY_AGE)?;
    let RuleFilter {
        campaign_id,
        group_id,
        affiliate_id,
        active,
        q,
    } = filter;
    let filter = rule::Filter {
        campaign: campaign_id,
        group: group_id,
        affiliate: affiliate_id,
        active,
        search: q,
        ..rule::Filter::default()
    };
    let mut work = caller.view().await?;
    let rules = rule::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        rules,
        |version| version.rule.id,
        RuleOut::from,
    )))
}

/// The newest version of a rule.
#[utoipa::path(get, path = "/rules/{id}", tag = "rules", params(("id" = String, Path)), responses((status = 200, body = RuleOut)))]
async fn get(caller: Caller, Id(id): Id<RuleId>) -> Result<Json<RuleOut>, Halt> {
    let mut work = caller.view().await?;
    Ok(Json(rule::get(&mut work, id).await?.into()))
}

/// All versions of a rule, newest first.
#[utoipa::path(get, path = "/rules/{id}/versions", tag = "rules", params(("id" = String, Path)),
    responses((status = 200, body = Listed<RuleOut>)))]
async fn versions(caller: Caller, Id(id): Id<RuleId>) -> Result<Json<Listed<RuleOut>>, Halt> {
    let mut work = caller.view().await?;
    let versions = rule::versions(&mut work, id).await?;
    Ok(Json(Listed::all(
        versions.into_iter().map(RuleOut::from).collect(),
    )))
}

/// Makes another version of a rule.
#[utoipa::path(patch, path = "/rules/{id}", tag = "rules", request_body = RulePatch,
    params(("id" = String, Path)), responses((status = 200, body = RuleOut)))]
async fn update(
    caller: Caller,
    Id(id): Id<RuleId>,
    Input(patch): Input<RulePatch>,
) -> Result<Json<RuleOut>, Halt> {
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
    let patch = rule::RulePatch {
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
    };
    let mut work = caller.begin().await?;
    let version = rule::change(&mut work, id, patch).await?;
    work.commit().await?;
    Ok(Json(version.into()))
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(versions))
}
