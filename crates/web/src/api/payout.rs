//! Payouts: bundles of approved commissions of one affiliate and currency.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::domain::id::{AffiliateId, CommissionId, PayoutId, TransferId};
use service::domain::money::Currency;
use service::domain::status::{PayoutStatus, ProviderKind, TransferState};
use service::domain::time::UnixMs;
use service::programme::payout::{self, Whom};
use service::programme::transfer::{self, Transfer};
use service::store::programme::payout::{Filter, NEWEST, Payout};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Nothing, Page, Post, Problem};

/// A payout. `amount = commissions_total + carried_forward`, minor units of `currency`.
#[derive(Serialize, ToSchema)]
#[schema(as = Payout)]
pub(super) struct PayoutOut {
    #[schema(value_type = String, example = "pay_01h455vb4pex5vsknk084sn02q")]
    id: PayoutId,
    /// Its number in the business.
    #[schema(example = 1001)]
    number: i64,
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    /// What the commissions add up to.
    #[schema(example = 1500)]
    commissions_total: i64,
    /// What is taken off for earlier clawbacks: zero or below.
    #[schema(example = -980)]
    carried_forward: i64,
    /// What is paid.
    #[schema(example = 520)]
    amount: i64,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// `draft`, `pending`, `sending`, `paid`, `failed`, `unknown`, `cancelled` or `returned`.
    #[schema(value_type = String, example = "draft")]
    status: PayoutStatus,
    method: String,
    reference: Option<String>,
    note: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<UnixMs>,
    /// Its execution by a provider: the newest, when there was any. Only with a single payout.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<TransferOut>,
    /// The commissions in it; of a cancelled or returned one those that were.
    #[schema(value_type = Vec<String>)]
    commission_ids: Vec<CommissionId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

impl From<(Payout, Vec<CommissionId>)> for PayoutOut {
    fn from((payout, commission_ids): (Payout, Vec<CommissionId>)) -> Self {
        Self {
            id: payout.id,
            number: payout.number,
            affiliate_id: payout.affiliate_id,
            commissions_total: payout.commissions_total,
            carried_forward: payout.carried_forward,
            amount: payout.amount,
            currency: payout.currency,
            status: payout.status,
            method: payout.method,
            reference: payout.reference,
            note: payout.note,
            paid_at: payout.paid_at_ms,
            transfer: None,
            commission_ids,
            created_at: payout.created_at_ms,
            updated_at: payout.updated_at_ms,
        }
    }
}

/// The execution of a payout by a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
struct TransferOut {
    /// The key under which the provider was asked.
    #[schema(value_type = String, example = "trf_01h455vb4pex5vsknk084sn02q")]
    id: TransferId,
    /// `paypal`, `stripe` or `wise`.
    #[schema(value_type = String, example = "paypal")]
    provider: ProviderKind,
    /// `sending`, `unknown`, `paid`, `failed` or `returned`.
    #[schema(value_type = String, example = "sending")]
    state: TransferState,
    /// The provider's own id of it, once it is known.
    provider_reference: Option<String>,
    /// How often the provider was asked to pay or asked about it.
    attempts: i64,
    /// What it answered last, without what is personal.
    last_answer: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

impl From<Transfer> for TransferOut {
    fn from(transfer: Transfer) -> Self {
        Self {
            id: transfer.id,
            provider: transfer.provider,
            state: transfer.state,
            provider_reference: transfer.provider_ref,
            attempts: transfer.attempts,
            last_answer: transfer.last_answer,
            created_at: transfer.created_at_ms,
            updated_at: transfer.updated_at_ms,
        }
    }
}

/// A payout with its execution.
async fn whole(work: &mut Work, id: PayoutId) -> Result<PayoutOut, Halt> {
    let mut out = PayoutOut::from(payout::detail(work, id).await?);
    let newest = transfer::of_payout(work, id).await?.into_iter().next();
    out.transfer = newest.map(TransferOut::from);
    Ok(out)
}

/// Which payouts are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PayoutFilter {
    /// `draft`, `pending`, `sending`, `paid`, `failed`, `unknown`, `cancelled` or `returned`.
    #[param(value_type = Option<String>)]
    status: Option<PayoutStatus>,
    /// Of this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Part of the affiliate's name or address, the reference or the number.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists payouts, newest first.
#[utoipa::path(get, path = "/payouts", tag = "payouts", params(PayoutFilter, Page), responses((status = 200, body = Listed<PayoutOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<PayoutFilter>,
) -> Result<Json<Listed<PayoutOut>>, Halt> {
    let window = page.window::<PayoutId>(NEWEST)?;
    let PayoutFilter {
        status,
        affiliate_id,
        q,
    } = filter;
    let filter = Filter {
        status,
        affiliate_id,
        search: q,
        ..Filter::default()
    };
    let mut work = caller.view().await?;
    let payouts = payout::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        payouts,
        |(payout, _)| payout.id,
        PayoutOut::from,
    )))
}

/// One payout.
#[utoipa::path(get, path = "/payouts/{id}", tag = "payouts", params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn get(caller: Caller, Id(id): Id<PayoutId>) -> Result<Json<PayoutOut>, Halt> {
    let mut work = caller.view().await?;
    payout::get(&mut work, id).await?;
    Ok(Json(whole(&mut work, id).await?))
}

/// Whom to pay: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPayouts, example = json!({"affiliate_id": "aff_01h455vb4pex5vsknk084sn02q"}))]
struct PayoutsIn {
    /// This affiliate, whatever the minimum.
    #[schema(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Everybody who has reached the minimum.
    all_eligible: Option<bool>,
}

/// The payouts that were made: one a currency and affiliate; none when nothing is due.
#[derive(Serialize, ToSchema)]
#[schema(as = MadePayouts)]
struct MadeOut {
    data: Vec<PayoutOut>,
}

/// Drafts payouts of everything approved, less what is carried forward. Nothing due: an empty list.
#[utoipa::path(post, path = "/payouts", tag = "payouts", request_body = PayoutsIn, responses((status = 201, body = MadeOut)))]
async fn create(post: Post<PayoutsIn>) -> Result<Response, Halt> {
    let (
        mut call,
        PayoutsIn {
            affiliate_id,
            all_eligible,
        },
    ) = post.begin().await?;
    let whom = match (affiliate_id, all_eligible.unwrap_or(false)) {
        (Some(affiliate), false) => Whom::Affiliate(affiliate),
        (None, true) => Whom::AllEligible,
        (None, false) => {
            return Err(
                Problem::field("affiliate_id", "give affiliate_id or all_eligible: true").into(),
            );
        }
        (Some(_), true) => {
            return Err(Problem::field(
                "all_eligible",
                "give affiliate_id or all_eligible: true, not both",
            )
            .into());
        }
    };
    let made = payout::create(&mut call.work, whom).await?;
    let mut data = Vec::with_capacity(made.len());
    for id in made {
        data.push(payout::detail(&mut call.work, id).await?.into());
    }
    call.created(&MadeOut { data }).await
}

/// Approves a draft: refunds are carried into the next payout from now on.
#[utoipa::path(post, path = "/payouts/{id}/approve", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn approve(Id(id): Id<PayoutId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout::approve(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Has a pending payout executed by the provider of the place where the affiliate is paid. It is `sending` at once;
/// what becomes of it (`paid`, `failed`, or `unknown` until the provider has said) shows on the payout.
#[utoipa::path(post, path = "/payouts/{id}/send", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn send(Id(id): Id<PayoutId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    transfer::send(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Makes a failed payout pending again, to be sent once more or paid another way.
#[utoipa::path(post, path = "/payouts/{id}/reopen", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn reopen(Id(id): Id<PayoutId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    transfer::reopen(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// How it was paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Payment, example = json!({"method": "bank transfer", "reference": "TRX-2211"}))]
pub(super) struct PaymentIn {
    /// Default: what the payout says.
    method: Option<String>,
    /// The bank's or provider's.
    reference: Option<String>,
    /// Default: now.
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<UnixMs>,
    note: Option<String>,
}

impl From<PaymentIn> for payout::PaymentIn {
    fn from(input: PaymentIn) -> Self {
        let PaymentIn {
            method,
            reference,
            paid_at,
            note,
        } = input;
        Self {
            method,
            reference,
            paid_at,
            note,
        }
    }
}

/// Records that a draft or pending payout was executed.
#[utoipa::path(post, path = "/payouts/{id}/mark-paid", tag = "payouts", request_body = PaymentIn,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn mark_paid(Id(id): Id<PayoutId>, post: Post<PaymentIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin().await?;
    payout::mark_paid(&mut call.work, id, input.into()).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// Takes a draft, pending or failed payout back; its commissions are approved again.
#[utoipa::path(post, path = "/payouts/{id}/cancel", tag = "payouts", request_body = Nothing,
    params(("id" = String, Path)), responses((status = 200, body = PayoutOut)))]
async fn cancel(Id(id): Id<PayoutId>, post: Post<Nothing>) -> Result<Response, Halt> {
    let (mut call, Nothing {}) = post.begin().await?;
    payout::cancel(&mut call.work, id).await?;
    let out = whole(&mut call.work, id).await?;
    call.ok(&out).await
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get))
        .routes(routes!(approve))
        .routes(routes!(send))
        .routes(routes!(reopen))
        .routes(routes!(mark_paid))
        .routes(routes!(cancel))
}
