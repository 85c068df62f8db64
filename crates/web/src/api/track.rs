//! Leads, sales, refunds, disputes and cancellations that a server reports.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::domain::id::{CommissionId, ContactId, EventId};
use service::domain::money::Currency;
use service::domain::status::DisputeStatus;
use service::domain::time::UnixMs;
use service::programme::event::{
    self, Disputed, Hints, Recorded, Refunded, TrackCancel, TrackDispute, TrackLead, TrackRefund,
    TrackSale,
};
use service::{App, ServiceError};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commission::CommissionOut;
use super::event::AttributionOut;
use super::referral::FactsOut;
use super::{Call, Halt, Post, Problem};

/// The source of everything that comes this way.
const SOURCE: &str = "api";

/// Who did it. What was not known before is added; what was known stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrackedCustomer)]
struct CustomerIn {
    /// The id in your own system, up to 200 characters.
    #[schema(example = "user-17")]
    external_id: String,
    name: Option<String>,
    #[schema(example = "bob@example.com")]
    email: Option<String>,
    phone: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    country: Option<String>,
}

impl From<CustomerIn> for event::CustomerIn {
    fn from(input: CustomerIn) -> Self {
        let CustomerIn {
            external_id,
            name,
            email,
            phone,
            country,
        } = input;
        Self {
            external_id,
            name,
            email,
            phone,
            country,
        }
    }
}

/// A lead: a registration or another first step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Lead, example = json!({"external_id": "signup-17", "customer": {"external_id": "user-17", "email": "bob@example.com"},
    "click_id": "clk_01h455vb4pex5vsknk084sn02q"}))]
struct LeadIn {
    /// The event's id in your own system, up to 200 characters.
    external_id: String,
    customer: CustomerIn,
    /// The visitor's click.
    click_id: Option<String>,
    /// The visitor.
    visitor_id: Option<String>,
    /// The code of a link.
    code: Option<String>,
    /// A coupon.
    coupon: Option<String>,
    /// The name of the step; default `registration`.
    event: Option<String>,
    /// Default: now. At most five minutes ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<UnixMs>,
    /// Anything else, up to 8 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// A sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Sale, example = json!({"external_id": "inv-1001", "customer_external_id": "user-17", "amount": 4900, "currency": "USD"}))]
struct SaleIn {
    /// The invoice or order in your own system, up to 200 characters.
    external_id: String,
    /// Who bought; this or `customer`. An unknown one is made.
    customer_external_id: Option<String>,
    /// Who bought; this or `customer_external_id`.
    customer: Option<CustomerIn>,
    /// Minor units, with tax and shipping.
    #[schema(minimum = 0)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String)]
    currency: Currency,
    /// The tax in the amount.
    #[schema(minimum = 0)]
    tax: Option<i64>,
    /// The shipping in the amount.
    #[schema(minimum = 0)]
    shipping: Option<i64>,
    /// What was bought; the amounts add up to `amount`. Up to 200.
    items: Option<Vec<ItemIn>>,
    /// The name of the event; default `purchase`.
    event: Option<String>,
    /// The visitor's click.
    click_id: Option<String>,
    /// The visitor.
    visitor_id: Option<String>,
    /// The code of a link.
    code: Option<String>,
    /// A coupon.
    coupon: Option<String>,
    /// Default: now. At most five minutes ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<UnixMs>,
    /// Anything else, up to 8 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// An item of a sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSaleItem)]
struct ItemIn {
    product_id: String,
    /// The line's total in minor units, with tax and shipping.
    #[schema(minimum = 0)]
    amount: i64,
    /// Default: 1.
    #[schema(minimum = 1)]
    quantity: Option<i64>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = Recorded)]
struct RecordedOut {
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    event_id: EventId,
    /// Whether it had been recorded before; nothing was changed then, and the status is 200.
    duplicate: bool,
    #[schema(value_type = String, example = "con_01h455vb4pex5vsknk084sn02q")]
    customer_id: ContactId,
    /// Null when nobody is credited.
    referral: Option<FactsOut>,
    /// What was earned, level by level.
    commissions: Vec<CommissionOut>,
    attribution: AttributionOut,
}

async fn answer(call: Call, recorded: Recorded) -> Result<Response, Halt> {
    let Recorded {
        event,
        duplicate,
        referral,
        commissions,
        candidates,
    } = recorded;
    let out = RecordedOut {
        event_id: event.id,
        duplicate,
        customer_id: event.contact_id,
        referral: referral.map(FactsOut::from),
        commissions: commissions.into_iter().map(CommissionOut::from).collect(),
        attribution: AttributionOut::new(&event, candidates),
    };
    call.recorded(duplicate, &out).await
}

/// Records a lead.
///
/// The same `external_id` again answers 200 with the first result; with another customer 409.
#[utoipa::path(post, path = "/track/lead", tag = "tracking", request_body = LeadIn,
    responses((status = 201, body = RecordedOut), (status = 200, body = RecordedOut, description = "It was recorded before.")))]
async fn lead(post: Post<LeadIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin_together().await?;
    let LeadIn {
        external_id,
        customer,
        click_id,
        visitor_id,
        code,
        coupon,
        event,
        occurred_at,
        metadata,
    } = input;
    let hints = Hints {
        click_id,
        visitor_id,
        code,
        coupon,
    };
    let lead = TrackLead {
        external_id,
        customer: customer.into(),
        hints,
        event,
        occurred_at,
        metadata,
    };
    let recorded = event::lead(&mut call.work, SOURCE, lead).await?;
    answer(call, recorded).await
}

/// Records a sale.
///
/// The same `external_id` again answers 200 with the first result; with another amount, currency or customer 409.
#[utoipa::path(post, path = "/track/sale", tag = "tracking", request_body = SaleIn,
    responses((status = 201, body = RecordedOut), (status = 200, body = RecordedOut, description = "It was recorded before.")))]
async fn sale(post: Post<SaleIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin_together().await?;
    let SaleIn {
        external_id,
        customer_external_id,
        customer,
        amount,
        currency,
        tax,
        shipping,
        items,
        event,
        click_id,
        visitor_id,
        code,
        coupon,
        occurred_at,
        metadata,
    } = input;
    let bare = customer.is_none();
    let customer = match (customer_external_id, customer) {
        (Some(external_id), None) => event::CustomerIn {
            external_id,
            ..event::CustomerIn::default()
        },
        (None, Some(customer)) => customer.into(),
        (None, None) => {
            return Err(Problem::field(
                "customer_external_id",
                "give customer_external_id or customer",
            )
            .into());
        }
        (Some(_), Some(_)) => {
            return Err(Problem::field(
                "customer",
                "give customer_external_id or customer, not both",
            )
            .into());
        }
    };
    let items = items.unwrap_or_default();
    let sale = TrackSale {
        external_id,
        customer,
        amount,
        currency,
        tax: tax.unwrap_or(0),
        shipping: shipping.unwrap_or(0),
        items: items
            .into_iter()
            .map(
                |ItemIn {
                     product_id,
                     amount,
                     quantity,
                 }| event::ItemIn {
                    product_id,
                    amount,
                    quantity,
                },
            )
            .collect(),
        event,
        hints: Hints {
            click_id,
            visitor_id,
            code,
            coupon,
        },
        occurred_at,
        metadata,
    };
    let recorded = event::sale(&mut call.work, SOURCE, sale)
        .await
        .map_err(|error| if bare { as_given(error) } else { error })?;
    answer(call, recorded).await
}

/// Names the customer's field as it came.
fn as_given(error: ServiceError) -> ServiceError {
    let ServiceError::Invalid(mut errors) = error else {
        return error;
    };
    for error in &mut errors {
        if error.field == "customer.external_id" {
            "customer_external_id".clone_into(&mut error.field);
        }
    }
    ServiceError::Invalid(errors)
}

/// A refund.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refund, example = json!({"external_id": "ref-1001", "sale_external_id": "inv-1001", "amount": 4900, "reason": "returned"}))]
struct RefundIn {
    /// The refund's id in your own system, up to 200 characters.
    external_id: String,
    /// The sale it is of.
    sale_external_id: String,
    /// Minor units; default: all that is left.
    #[schema(minimum = 1)]
    amount: Option<i64>,
    reason: Option<String>,
}

/// A recorded refund.
#[derive(Serialize, ToSchema)]
#[schema(as = Refunded)]
struct RefundedOut {
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    event_id: EventId,
    /// Whether it had been recorded before; nothing was changed then, and the status is 200.
    duplicate: bool,
    #[schema(value_type = Option<String>, example = "evt_01h455vb4pex5vsknk084sn02q")]
    sale_event_id: Option<EventId>,
    /// What was refunded, minor units.
    #[schema(example = 4900)]
    amount: i64,
    #[schema(value_type = Option<String>, example = "USD")]
    currency: Option<Currency>,
    /// What was taken back of the sale's commissions.
    reversals: Vec<ReversalOut>,
}

/// What was taken back of a commission.
#[derive(Serialize, ToSchema)]
#[schema(as = Reversal)]
struct ReversalOut {
    #[schema(value_type = String, example = "com_01h455vb4pex5vsknk084sn02q")]
    commission_id: CommissionId,
    /// Minor units; below zero: given again.
    #[schema(example = 980)]
    amount: i64,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

impl ReversalOut {
    fn list(reversals: Vec<(CommissionId, Currency, i64)>) -> Vec<Self> {
        reversals
            .into_iter()
            .map(|(commission_id, currency, amount)| Self {
                commission_id,
                amount,
                currency,
            })
            .collect()
    }
}

/// Records a refund of a sale.
///
/// The same `external_id` again answers 200 with the first result; with another sale or amount 409. 404: no such sale.
#[utoipa::path(post, path = "/track/refund", tag = "tracking", request_body = RefundIn,
    responses((status = 201, body = RefundedOut), (status = 200, body = RefundedOut, description = "It was recorded before.")))]
async fn refund(post: Post<RefundIn>) -> Result<Response, Halt> {
    let (
        mut call,
        RefundIn {
            external_id,
            sale_external_id,
            amount,
            reason,
        },
    ) = post.begin_together().await?;
    let input = TrackRefund {
        external_id,
        sale_external_id,
        amount,
        reason,
    };
    let Refunded {
        event,
        duplicate,
        reversals,
    } = event::refund(&mut call.work, SOURCE, input).await?;
    let out = RefundedOut {
        event_id: event.id,
        duplicate,
        sale_event_id: event.sale_id,
        amount: event.amount,
        currency: event.currency,
        reversals: ReversalOut::list(reversals),
    };
    call.recorded(duplicate, &out).await
}

/// What became known of a dispute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Dispute, example = json!({"external_id": "dp-1001", "sale_external_id": "inv-1001", "amount": 4900, "status": "opened", "reason": "not received"}))]
struct DisputeIn {
    /// The dispute's id in your own system, up to 200 characters; the same for its opening and its outcome.
    external_id: String,
    /// The sale it is of.
    sale_external_id: String,
    /// Minor units; default: all that is left.
    #[schema(minimum = 1)]
    amount: Option<i64>,
    /// `opened`, `won` or `lost`.
    #[schema(value_type = String, example = "opened")]
    status: DisputeStatus,
    reason: Option<String>,
    /// Default: now. At most five minutes ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<UnixMs>,
}

/// A recorded report of a dispute.
#[derive(Serialize, ToSchema)]
#[schema(as = Disputed)]
struct DisputedOut {
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    event_id: EventId,
    /// Whether this had been reported before; nothing was changed then, and the status is 200.
    duplicate: bool,
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    sale_event_id: EventId,
    /// How the dispute stands: another status than the reported one when that came late.
    #[schema(value_type = String, example = "opened")]
    status: DisputeStatus,
    /// What is disputed, minor units.
    #[schema(example = 4900)]
    amount: i64,
    #[schema(value_type = Option<String>, example = "USD")]
    currency: Option<Currency>,
    /// What was taken back of the sale's commissions, below zero what was given again.
    reversals: Vec<ReversalOut>,
}

/// Records what became known of a dispute (chargeback) of a sale.
///
/// Opened and lost take back like a refund, won gives again. Reports may come twice and in any order: one that was
/// reported before answers 200; an opening after the outcome, and the earlier one of two outcomes, change nothing.
/// 404: no such sale; 409: the dispute was recorded for another sale or amount; 422: more than is left of the sale.
#[utoipa::path(post, path = "/track/dispute", tag = "tracking", request_body = DisputeIn,
    responses((status = 201, body = DisputedOut), (status = 200, body = DisputedOut, description = "It was reported before.")))]
async fn dispute(post: Post<DisputeIn>) -> Result<Response, Halt> {
    let (
        mut call,
        DisputeIn {
            external_id,
            sale_external_id,
            amount,
            status,
            reason,
            occurred_at,
        },
    ) = post.begin_together().await?;
    let input = TrackDispute {
        external_id,
        sale_external_id,
        amount,
        status,
        reason,
        occurred_at,
    };
    let Disputed {
        event,
        dispute,
        duplicate,
        reversals,
    } = event::dispute(&mut call.work, SOURCE, input).await?;
    let out = DisputedOut {
        event_id: event.id,
        duplicate,
        sale_event_id: dispute.sale_id,
        status: dispute.status,
        amount: dispute.amount,
        currency: event.currency,
        reversals: ReversalOut::list(reversals),
    };
    call.recorded(duplicate, &out).await
}

/// A cancellation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Cancellation, example = json!({"customer_external_id": "user-17"}))]
struct CancelIn {
    /// Who has left.
    customer_external_id: String,
    /// Default: now. At most five minutes ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<UnixMs>,
}

/// A recorded cancellation.
#[derive(Serialize, ToSchema)]
#[schema(as = Cancelled)]
struct CancelledOut {
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    event_id: EventId,
    /// Whether the customer had left before; nothing was changed then, and the status is 200.
    duplicate: bool,
    #[schema(value_type = String, example = "con_01h455vb4pex5vsknk084sn02q")]
    customer_id: ContactId,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: UnixMs,
}

/// Records that a customer has left. Commissions stay; who buys again is a customer again.
///
/// 404: no such customer.
#[utoipa::path(post, path = "/track/cancel", tag = "tracking", request_body = CancelIn,
    responses((status = 201, body = CancelledOut), (status = 200, body = CancelledOut, description = "The customer had left before.")))]
async fn cancel(post: Post<CancelIn>) -> Result<Response, Halt> {
    let (
        mut call,
        CancelIn {
            customer_external_id,
            occurred_at,
        },
    ) = post.begin_together().await?;
    let (event, duplicate) = event::cancel(
        &mut call.work,
        SOURCE,
        TrackCancel {
            customer_external_id,
            occurred_at,
        },
    )
    .await?;
    let out = CancelledOut {
        event_id: event.id,
        duplicate,
        customer_id: event.contact_id,
        occurred_at: event.occurred_at_ms,
    };
    call.recorded(duplicate, &out).await
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lead))
        .routes(routes!(sale))
        .routes(routes!(refund))
        .routes(routes!(dispute))
        .routes(routes!(cancel))
}
