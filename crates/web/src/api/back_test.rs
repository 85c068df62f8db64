//! Back-tests: what a past period would have paid under a draft rule or another model. Nothing is written, not even
//! what was found: it stays in the process that runs it for two hours.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, CampaignId, EventId, RuleId};
use service::domain::money::Currency;
use service::domain::status::Model;
use service::domain::time::{Day, UnixMs};
use service::programme::back_test::{self, Change, Plan, Report, RunState, RunView, Sum};
use service::programme::{campaign, rule};
use service::{App, ServiceError};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::date::Date;
use super::rule::RuleIn;
use super::{Caller, Halt, Nothing, Post, Problem};

/// What is replayed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBackTest, example = json!({"from": "2026-09-01", "to": "2026-11-20", "rule": {"reward": {"percent_ppm": 250_000}}}))]
struct BackTestIn {
    /// The first day, in the business's zone; an event's own time counts.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Only events credited in this campaign; the others stay as they are.
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// The attribution model of all campaigns: `last_click` or `first_click`.
    #[schema(value_type = Option<String>)]
    model: Option<Model>,
    /// A draft, as for a new rule. It holds for the whole period.
    rule: Option<RuleIn>,
    /// The draft stands in the place of this rule; without it, beside all others.
    #[schema(value_type = Option<String>)]
    instead_of: Option<RuleId>,
}

/// A back-test.
#[derive(Serialize, ToSchema)]
#[schema(as = BackTest)]
struct BackTestOut {
    id: String,
    #[schema(value_type = String, format = Date)]
    from: Day,
    #[schema(value_type = String, format = Date)]
    to: Day,
    /// `running`, `done` or `failed`.
    state: &'static str,
    /// Events that were replayed so far.
    done: u64,
    /// Events of the period.
    total: u64,
    /// Why it failed.
    failure: Option<String>,
    /// What was found, once it is done.
    report: Option<ReportOut>,
    #[schema(value_type = String, format = DateTime)]
    started_at: UnixMs,
}

/// What a back-test found. Minor units, less what was refunded since; adjustments count on neither side.
#[derive(Serialize, ToSchema)]
#[schema(as = BackTestReport)]
struct ReportOut {
    /// Leads and sales that were replayed.
    events: u64,
    /// Of them, those that come out otherwise.
    changed: u64,
    /// Of them, those for which today's data stood in for what was known then.
    from_today: u64,
    totals: Vec<TotalOut>,
    affiliates: Vec<AffiliateOut>,
    /// The biggest, a thousand at the most.
    changes: Vec<ChangeOut>,
    /// How many there are in all.
    changes_all: u64,
}

/// A currency.
#[derive(Serialize, ToSchema)]
#[schema(as = BackTestTotal)]
struct TotalOut {
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// As it was booked.
    then: i64,
    /// As it would be.
    now: i64,
    difference: i64,
    /// Events that come out otherwise.
    changed: u64,
}

impl TotalOut {
    const fn new(currency: Currency, sum: Sum) -> Self {
        Self {
            currency,
            then: sum.then,
            now: sum.now,
            difference: sum.difference(),
            changed: sum.changed,
        }
    }
}

/// An affiliate and currency.
#[derive(Serialize, ToSchema)]
#[schema(as = BackTestAffiliate)]
struct AffiliateOut {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    name: String,
    #[serde(flatten)]
    total: TotalOut,
}

/// An affiliate's part of an event that comes out otherwise.
#[derive(Serialize, ToSchema)]
#[schema(as = BackTestChange)]
struct ChangeOut {
    #[schema(value_type = String)]
    event_id: EventId,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: UnixMs,
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    then: i64,
    now: i64,
    then_reason: String,
    now_reason: String,
}

impl From<&Report> for ReportOut {
    fn from(report: &Report) -> Self {
        let affiliate = |((id, currency), sum): (&(AffiliateId, Currency), &Sum)| AffiliateOut {
            affiliate_id: *id,
            name: report.names.get(id).cloned().unwrap_or_default(),
            total: TotalOut::new(*currency, *sum),
        };
        let change = |change: &Change| ChangeOut {
            event_id: change.event_id,
            occurred_at: change.occurred_at,
            affiliate_id: change.affiliate_id,
            currency: change.currency,
            then: change.then,
            now: change.now,
            then_reason: change.then_reason.clone(),
            now_reason: change.now_reason.clone(),
        };
        let total = |(currency, sum): (&Currency, &Sum)| TotalOut::new(*currency, *sum);
        Self {
            events: report.events,
            changed: report.changed,
            from_today: report.from_today,
            totals: report.totals.iter().map(total).collect(),
            affiliates: report.affiliates.iter().map(affiliate).collect(),
            changes: report.changes.iter().map(change).collect(),
            changes_all: report.changes_all,
        }
    }
}

impl BackTestOut {
    fn new(id: String, run: RunView) -> Self {
        let (state, done, total, failure, report) = match run.state {
            RunState::Running { done, total } => ("running", done, total, None, None),
            RunState::Failed(why) => ("failed", 0, 0, Some(why), None),
            RunState::Done(report) => {
                let events = report.events;
                (
                    "done",
                    events,
                    events,
                    None,
                    Some(ReportOut::from(&*report)),
                )
            }
        };
        Self {
            id,
            from: run.plan.from,
            to: run.plan.to,
            state,
            done,
            total,
            failure,
            report,
            started_at: run.started_at,
        }
    }
}

/// Fields of the draft, by their path in the body.
fn of_draft(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Invalid(fields) => ServiceError::Invalid(
            fields
                .into_iter()
                .map(|mut wrong| {
                    wrong.field = format!("rule.{}", wrong.field);
                    wrong
                })
                .collect(),
        ),
        error => error,
    }
}

/// Starts a back-test. It runs by itself; ask how it stands at `GET /back-tests/{id}`. Two run at a time.
#[utoipa::path(post, path = "/back-tests", tag = "rules", request_body = BackTestIn, responses((status = 201, body = BackTestOut)))]
async fn start(post: Post<BackTestIn>) -> Result<Response, Halt> {
    let (app, actor) = (post.caller.app.clone(), post.caller.actor.clone());
    let (mut call, input) = post.begin().await?;
    let BackTestIn {
        from,
        to,
        campaign_id,
        model,
        rule: drafted,
        instead_of,
    } = input;
    if let Some(id) = campaign_id
        && let Err(error) = campaign::get(&mut call.work, id).await
    {
        return Err(named(error, "campaign_id", "no such campaign").into());
    }
    let draft = match (drafted, instead_of) {
        (Some(input), instead) => match rule::draft(&mut call.work, input.into(), instead).await {
            Ok(rule) => Some(rule),
            Err(error @ ServiceError::NotFound(_)) => {
                return Err(named(error, "instead_of", "no such rule").into());
            }
            Err(error) => return Err(of_draft(error).into()),
        },
        (None, None) => None,
        (None, Some(_)) => {
            let text = "a draft is needed to stand in the place of a rule";
            return Err(Problem::field("rule", text).into());
        }
    };
    let plan = Plan {
        from: from.0,
        to: to.0,
        campaign: campaign_id,
        draft,
        model,
    };
    let id = back_test::start(&app, &actor, plan)?;
    let out = BackTestOut::new(id.clone(), back_test::find(&app, &actor, &id)?);
    call.created(&out).await
}

/// Something that a field names and that is not there is an error of the field.
fn named(error: ServiceError, field: &str, text: &'static str) -> ServiceError {
    match error {
        ServiceError::NotFound(_) => service::error::invalid(field, text),
        error => error,
    }
}

/// How a back-test stands, and what it found.
#[utoipa::path(get, path = "/back-tests/{id}", tag = "rules", params(("id" = String, Path)), responses((status = 200, body = BackTestOut)))]
async fn get(
    caller: Caller,
    axum::extract::Path(id): axum::extract::Path<String>,
) -> Result<Json<BackTestOut>, Halt> {
    let run = back_test::find(&caller.app, &caller.actor, &id)?;
    Ok(Json(BackTestOut::new(id, run)))
}

/// Has a back-test stop.
#[utoipa::path(post, path = "/back-tests/{id}/stop", tag = "rules", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = BackTestOut)))]
async fn stop(
    axum::extract::Path(id): axum::extract::Path<String>,
    post: Post<Nothing>,
) -> Result<Response, Halt> {
    let (app, actor) = (post.caller.app.clone(), post.caller.actor.clone());
    let (call, Nothing {}) = post.begin().await?;
    back_test::cancel(&app, &actor, &id)?;
    let out = BackTestOut::new(id.clone(), back_test::find(&app, &actor, &id)?);
    call.ok(&out).await
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(get))
        .routes(routes!(stop))
}
