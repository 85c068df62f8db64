//! Payout runs: many affiliates paid together. Chosen, drafted, submitted with the exact total, approved (by a
//! second person where a limit says so), paid or sent by a provider.
//!
//! [`shown`] is a run as it is answered, [`member`] who is in it, [`act`] what is done with it.

mod act;
mod member;
mod shown;

use axum::Json;
use axum::response::Response;
use serde::Deserialize;
use service::domain::id::{GroupId, PayoutRunId};
use service::domain::money::Currency;
use service::domain::status::PayoutMethodKind;
use service::identity::business;
use service::programme::payout_run::{self, RunIn};
use service::{App, ServiceError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::shown::{RunOut, whole};
use super::date::Date;
use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Page, Post, Problem};

/// Which runs are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunFilter {
    /// Part of the number, of the group's name or of the name of who began it.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists payout runs, newest first.
#[utoipa::path(get, path = "/payout-runs", tag = "payouts", params(RunFilter, Page),
    responses((status = 200, body = Listed<RunOut>)))]
async fn list(
    caller: Caller,
    List {
        filter: RunFilter { q },
        page,
    }: List<RunFilter>,
) -> Result<Json<Listed<RunOut>>, Halt> {
    let window = page.window::<PayoutRunId>(payout_run::NEWEST)?;
    let filter = payout_run::Filter {
        search: q,
        ..payout_run::Filter::default()
    };
    let mut work = caller.view().await?;
    let runs = payout_run::list(&mut work, &filter, window).await?;
    let mut rows = Vec::with_capacity(runs.len());
    for run in runs {
        rows.push(whole(&mut work, run.id).await?);
    }
    Ok(Json(page.listed(rows, |run| run.id, |run| run)))
}

/// A payout run.
#[utoipa::path(get, path = "/payout-runs/{id}", tag = "payouts", params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn get(caller: Caller, Id(id): Id<PayoutRunId>) -> Result<Json<RunOut>, Halt> {
    let mut work = caller.view().await?;
    Ok(Json(whole(&mut work, id).await?))
}

/// Whom a run looks at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPayoutRun, example = json!({"until": "2026-11-20"}))]
struct NewRunIn {
    /// The last day whose approvals count, in the business's zone. Default: today.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// Only this group.
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    /// Only who is paid this way: `bank_transfer`, `paypal`, `wise`, `stripe` or `other`.
    #[schema(value_type = Option<String>)]
    method: Option<PayoutMethodKind>,
    /// Only this currency.
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
}

/// Begins a run and finds its members: a preview. Nothing is drafted yet.
#[utoipa::path(post, path = "/payout-runs", tag = "payouts", request_body = NewRunIn, responses((status = 201, body = RunOut)))]
async fn create(post: Post<NewRunIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let NewRunIn {
        until,
        group_id,
        method,
        currency,
    } = input;
    let zone = business::zone(&mut call.work).await?;
    let input = RunIn {
        until: until.map_or_else(|| call.work.now.day_in(&zone), |date| date.0),
        group: group_id,
        method,
        currency,
    };
    let id = match payout_run::begin(&mut call.work, input).await {
        Err(ServiceError::NotFound(_)) => {
            return Err(Problem::field("group_id", "no such group").into());
        }
        id => id?,
    };
    let out = whole(&mut call.work, id).await?;
    call.created(&out).await
}

/// The calls of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get))
        .merge(member::routes())
        .merge(act::routes())
}
