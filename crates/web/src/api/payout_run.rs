//! Payout runs: many affiliates paid together. Chosen, drafted, submitted with the exact total, approved (by a
//! second person where a limit says so), paid or sent by a provider.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, GroupId, PayoutId, PayoutRunId};
use service::domain::money::Currency;
use service::domain::status::{
    PayoutMethodKind, PayoutObstacle, PayoutRunState, PayoutStatus, ProviderKind,
};
use service::domain::time::{Day, UnixMs};
use service::identity::business;
use service::programme::payout::exact_totals;
use service::programme::payout_run::{self, COUNTED, Member, PayoutRun, RunIn, sums};
use service::{App, ServiceError, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::date::Date;
use super::payout::PaymentIn;
use super::{Caller, Halt, Id, List, Listed, Nothing, Page, Post, Problem};

/// A payout run. Minor units.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRun)]
struct RunOut {
    #[schema(value_type = String, example = "run_01h455vb4pex5vsknk084sn02q")]
    id: PayoutRunId,
    #[schema(example = 1)]
    number: i64,
    /// `open`, `drafting`, `drafted`, `submitted`, `approving`, `approved`, `sending`, `paying`, `paid`, `cancelling`
    /// or `cancelled`. Those that end in `-ing` are being worked on; ask again.
    #[schema(value_type = String, example = "open")]
    state: PayoutRunState,
    /// The last day whose approvals count.
    #[schema(value_type = String, format = Date)]
    until: Day,
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    #[schema(value_type = Option<String>)]
    method: Option<PayoutMethodKind>,
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// How far the present work is.
    progress: ProgressOut,
    /// Members that are in, by currency, and what they would be paid as they were looked at.
    included: Vec<MembersOut>,
    /// Members that are left out.
    left_out: Vec<MembersOut>,
    /// Its payouts by state and currency.
    payouts: Vec<PayoutsOut>,
    /// The exact totals now: what `submit` wants as `expected`.
    totals: Vec<Money>,
    /// What waits to be sent of an approved run, by provider: what `send` wants.
    to_send: Vec<ToSendOut>,
    made_by: String,
    submitted_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    submitted_at: Option<UnixMs>,
    approved_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<UnixMs>,
    paid_reference: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

/// How far a work is; nothing is worked on: 0 of 0.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunProgress)]
struct ProgressOut {
    finished: i64,
    total: i64,
}

/// Members of a currency.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunMembers)]
struct MembersOut {
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    members: i64,
    amount: i64,
}

/// Payouts of a state and currency.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunPayouts)]
struct PayoutsOut {
    #[schema(value_type = String, example = "draft")]
    status: PayoutStatus,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    count: i64,
    amount: i64,
}

/// Payouts that a provider can have.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunToSend)]
struct ToSendOut {
    /// `paypal`, `stripe` or `wise`, by how the affiliates are paid; whether it is connected or not.
    #[schema(value_type = String, example = "paypal")]
    provider: ProviderKind,
    /// Whether these are payouts that had failed: `again` of `send`.
    again: bool,
    /// What they add up to: `expected` of `send`.
    totals: Vec<Money>,
}

/// An amount in minor units of its currency.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RunTotal)]
struct Money {
    amount: i64,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

fn moneys(totals: Vec<(Currency, i64)>) -> Vec<Money> {
    totals
        .into_iter()
        .map(|(currency, amount)| Money { amount, currency })
        .collect()
}

/// What waits to be sent by each provider, first and again.
async fn to_send(work: &mut Work, run: &PayoutRun) -> Result<Vec<ToSendOut>, ServiceError> {
    if run.state != PayoutRunState::Approved {
        return Ok(Vec::new());
    }
    let ways = payout_run::ways(work, run.id).await?;
    let kinds = ProviderKind::ALL.iter().copied();
    let all = kinds.flat_map(|provider| [false, true].map(|again| (provider, again)));
    Ok(all
        .map(|(provider, again)| ToSendOut {
            provider,
            again,
            totals: moneys(payout_run::to_send(&ways, provider, again)),
        })
        .filter(|part| !part.totals.is_empty())
        .collect())
}

/// A run with all that counts it.
async fn whole(work: &mut Work, id: PayoutRunId) -> Result<RunOut, ServiceError> {
    let run = payout_run::get(work, id).await?;
    let members = payout_run::member_totals(work, id).await?;
    let payouts = payout_run::payout_totals(work, id).await?;
    let of = |included| {
        let of = members.iter().filter(|total| total.included == included);
        of.map(|total| MembersOut {
            currency: total.currency,
            members: total.members,
            amount: total.planned,
        })
        .collect()
    };
    let totals = sums(&payouts, COUNTED);
    let (included, left_out) = (of(true), of(false));
    let to_send = to_send(work, &run).await?;
    let PayoutRun {
        id,
        number,
        state,
        until_day,
        group_id,
        method,
        currency,
        made_by,
        submitted_name,
        submitted_at_ms,
        approved_name,
        approved_at_ms,
        paid_reference,
        finished,
        total,
        created_at_ms,
        updated_at_ms,
        ..
    } = run;
    Ok(RunOut {
        id,
        number,
        state,
        until: until_day,
        group_id,
        method,
        currency,
        progress: ProgressOut {
            finished: finished.min(total),
            total,
        },
        included,
        left_out,
        payouts: payouts
            .into_iter()
            .map(|total| PayoutsOut {
                status: total.status,
                currency: total.currency,
                count: total.count,
                amount: total.amount,
            })
            .collect(),
        totals: moneys(totals),
        to_send,
        made_by,
        submitted_by: submitted_name,
        submitted_at: submitted_at_ms,
        approved_by: approved_name,
        approved_at: approved_at_ms,
        paid_reference,
        created_at: created_at_ms,
        updated_at: updated_at_ms,
    })
}

/// Totals as they are compared.
fn exact(totals: Vec<Money>) -> String {
    let by_currency: BTreeMap<Currency, i64> = totals
        .into_iter()
        .map(|Money { amount, currency }| (currency, amount))
        .collect();
    exact_totals(&by_currency.into_iter().collect::<Vec<_>>())
}

/// Lists have no filter but their page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NoFilter {}

/// Lists payout runs, newest first.
#[utoipa::path(get, path = "/payout-runs", tag = "payouts", params(Page), responses((status = 200, body = Listed<RunOut>)))]
async fn list(
    caller: Caller,
    List {
        filter: NoFilter {},
        page,
    }: List<NoFilter>,
) -> Result<Json<Listed<RunOut>>, Halt> {
    let window = page.window::<PayoutRunId>(payout_run::NEWEST)?;
    let mut work = caller.view().await?;
    let runs = payout_run::list(&mut work, &payout_run::Filter::default(), window).await?;
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

/// A member of a run. Minor units.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunMember)]
struct MemberOut {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    name: String,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    included: bool,
    /// Why it is not in by itself: `not_approved`, `nothing_left`, `held`, `below_minimum`, `no_method`,
    /// `method_not_allowed` or `not_due`. The first three cannot be overruled.
    #[schema(value_type = Option<String>)]
    obstacle: Option<PayoutObstacle>,
    commissions: i64,
    commissions_total: i64,
    carried_forward: i64,
    /// What is paid, or would be.
    amount: i64,
    minimum: i64,
    #[schema(value_type = Option<String>)]
    payout_id: Option<PayoutId>,
    #[schema(value_type = Option<String>)]
    payout_status: Option<PayoutStatus>,
    /// Why a work left its payout as it was.
    failure: Option<String>,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> Self {
        let planned = member
            .commissions_total
            .saturating_add(member.carried_forward);
        Self {
            affiliate_id: member.affiliate_id,
            name: member.affiliate_name,
            currency: member.currency,
            included: member.included,
            obstacle: member.obstacle,
            commissions: member.commissions,
            commissions_total: member.commissions_total,
            carried_forward: member.carried_forward,
            amount: member.payout_amount.unwrap_or(planned),
            minimum: member.minimum,
            payout_id: member.payout_id,
            payout_status: member.payout_status,
            failure: Some(member.failure).filter(|text| !text.is_empty()),
        }
    }
}

/// Which members are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MemberFilter {
    /// Those that are in, or those that are left out. Default: all.
    included: Option<bool>,
}

/// The members of a run, by affiliate.
#[utoipa::path(get, path = "/payout-runs/{id}/members", tag = "payouts", params(("id" = String, Path), MemberFilter, Page),
    responses((status = 200, body = Listed<MemberOut>)))]
async fn members(
    caller: Caller,
    Id(id): Id<PayoutRunId>,
    List {
        filter: MemberFilter { included },
        page,
    }: List<MemberFilter>,
) -> Result<Json<Listed<MemberOut>>, Halt> {
    let after = match page.after.as_deref() {
        None => None,
        Some(text) => {
            let whose = text
                .split_once(':')
                .and_then(|(id, currency)| Some((id.parse().ok()?, currency.parse().ok()?)));
            if whose.is_none() {
                return Err(Problem::field("after", "is not a cursor of this list").into());
            }
            whose
        }
    };
    let mut work = caller.view().await?;
    let found = payout_run::members_after(&mut work, id, included, after, page.limit + 1).await?;
    Ok(Json(page.listed(
        found,
        |member| format!("{}:{}", member.affiliate_id, member.currency),
        MemberOut::from,
    )))
}

/// A member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunWhom)]
struct WhomIn {
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

/// Members that are put in or left out by one call.
const CHOSEN_MAX: usize = 1_000;

/// Who is put in and who is left out, 1,000 each at most.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunChoice)]
struct ChoiceIn {
    #[schema(max_items = 1000)]
    #[serde(default)]
    include: Vec<WhomIn>,
    #[schema(max_items = 1000)]
    #[serde(default)]
    exclude: Vec<WhomIn>,
}

/// How many were changed.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunChosen)]
struct ChosenOut {
    /// Who may not be paid at all stays out and does not count.
    changed: u64,
    run: RunOut,
}

/// Puts members of an open run in, or leaves them out. 422: somebody is no member in that currency.
#[utoipa::path(post, path = "/payout-runs/{id}/members", tag = "payouts", request_body = ChoiceIn,
    params(("id" = String, Path)), responses((status = 200, body = ChosenOut)))]
async fn choose(Id(id): Id<PayoutRunId>, post: Post<ChoiceIn>) -> Result<Response, Halt> {
    let (mut call, ChoiceIn { include, exclude }) = post.begin().await?;
    for (field, whom) in [("include", &include), ("exclude", &exclude)] {
        if whom.len() > CHOSEN_MAX {
            return Err(Problem::field(field, "may name 1,000 members at most").into());
        }
    }
    let pairs = |whom: Vec<WhomIn>| -> Vec<(AffiliateId, Currency)> {
        whom.into_iter()
            .map(|whom| (whom.affiliate_id, whom.currency))
            .collect()
    };
    let (include, exclude) = (pairs(include), pairs(exclude));
    for (field, whom) in [("include", &include), ("exclude", &exclude)] {
        payout_run::require_members(&mut call.work, id, field, whom).await?;
    }
    let mut changed = 0;
    for (whom, into) in [(include, true), (exclude, false)] {
        changed += payout_run::include(&mut call.work, id, &whom, into).await?;
    }
    let run = whole(&mut call.work, id).await?;
    call.ok(&ChosenOut { changed, run }).await
}

/// Looks at the balances again: who is in and out is decided anew.
#[utoipa::path(post, path = "/payout-runs/{id}/look-again", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = RunOut)))]
async fn look_again(Id(id): Id<PayoutRunId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout_run::look_again(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
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
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get))
        .routes(routes!(members, choose))
        .routes(routes!(look_again))
        .routes(routes!(draft))
        .routes(routes!(submit))
        .routes(routes!(send_back))
        .routes(routes!(stop))
        .routes(routes!(send))
        .routes(routes!(mark_paid))
        .routes(routes!(cancel))
}
