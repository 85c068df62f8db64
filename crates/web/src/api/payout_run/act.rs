//! What is done with a run; what leads to money names the exact totals that were seen.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Deserialize;
use service::App;
use service::domain::id::PayoutRunId;
use service::domain::money::Currency;
use service::domain::status::ProviderKind;
use service::programme::payout::exact_totals;
use service::programme::payout_run;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shown::{Money, RunOut, whole};
use crate::api::payout::PaymentIn;
use crate::api::{Halt, Id, Nothing, Post};

/// Totals as they are compared.
fn exact(totals: Vec<Money>) -> String {
    let by_currency: BTreeMap<Currency, i64> = totals
        .into_iter()
        .map(|Money { amount, currency }| (currency, amount))
        .collect();
    exact_totals(&by_currency.into_iter().collect::<Vec<_>>())
}

/// Drafts a payout for every member that is in; it is `drafting` until that is done.
#[utoipa::path(post, path = "/payout-runs/{id}/draft", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn draft(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::draft(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// The exact totals that were seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunTotals, example = json!({"expected": [{"amount": 118_800, "currency": "USD"}]}))]
struct ExpectedIn {
    /// The `totals` of the run as you saw it.
    expected: Vec<Money>,
}

/// Submits the drafts. Within the limit for one person they are approved at once. Above it one person submits the run in the
/// admin and a second one approves it: no key may (403).
#[utoipa::path(post, path = "/payout-runs/{id}/submit", tag = "payouts", request_body = ExpectedIn,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn submit(Id(id): Id<PayoutRunId>, post: Post<ExpectedIn>) -> Result<Response, Halt> {
    let (mut call, ExpectedIn { expected }) = post.begin().await?;
    payout_run::submit(&mut call.work, id, &exact(expected)).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Sends a submitted run back to be looked at again.
#[utoipa::path(post, path = "/payout-runs/{id}/send-back", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn send_back(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::send_back(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Stops the work on a run. What is done stays.
#[utoipa::path(post, path = "/payout-runs/{id}/stop", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn stop(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::stop(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// By whom an approved run is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunSend, example = json!({"provider": "paypal", "expected": [{"amount": 118_800, "currency": "USD"}]}))]
struct SendIn {
    /// `paypal`, `stripe` or `wise`; it must be connected.
    #[schema(value_type = String)]
    provider: ProviderKind,
    /// Those that had failed, and no others. Default: those that wait.
    #[serde(default)]
    again: bool,
    /// What they add up to, as `to_send` of the run told.
    expected: Vec<Money>,
}

/// Has every payout of an approved run executed that this provider can pay; it is `sending` until all are handed over.
#[utoipa::path(post, path = "/payout-runs/{id}/send", tag = "payouts", request_body = SendIn,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn send(Id(id): Id<PayoutRunId>, post: Post<SendIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    let SendIn {
        provider,
        again,
        expected,
    } = input;
    payout_run::send(&mut call.work, id, provider, again, &exact(expected)).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// How a run was paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunPayment)]
struct PayIn {
    /// What is pending, as you saw it.
    expected: Vec<Money>,
    /// How.
    #[serde(default)]
    payment: Option<PaymentIn>,
}

/// Marks every payout of an approved run paid that is pending.
#[utoipa::path(post, path = "/payout-runs/{id}/mark-paid", tag = "payouts", request_body = PayIn,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn mark_paid(Id(id): Id<PayoutRunId>, post: Post<PayIn>) -> Result<Response, Halt> {
    let (mut call, PayIn { expected, payment }) = post.begin().await?;
    let payment = payment.map(Into::into).unwrap_or_default();
    payout_run::pay(&mut call.work, id, payment, &exact(expected)).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Takes a run back: its payouts are cancelled, as far as nothing was paid.
#[utoipa::path(post, path = "/payout-runs/{id}/cancel", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn cancel(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::cancel(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(draft))
        .routes(routes!(submit))
        .routes(routes!(send_back))
        .routes(routes!(stop))
        .routes(routes!(send))
        .routes(routes!(mark_paid))
        .routes(routes!(cancel))
}
