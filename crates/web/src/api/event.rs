//! Conversion events: what was recorded, and whom it was credited to.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::domain::id::{
    AffiliateId, CampaignId, ClickId, ContactId, EventId, LinkId, ReferralId,
};
use service::domain::money::Currency;
use service::domain::status::{EventKind, Verdict, Via};
use service::domain::time::UnixMs;
use service::programme::event::{
    self, ExplainQuery, Explained, ExplainedEvent, Recorded, SeenClick,
};
use service::store::programme::event::{Candidate, Event, Filter, Item, NEWEST};
use service::{App, Work};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commission::CommissionOut;
use super::customer::CustomerOut;
use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Page, Query};

/// Whom an event is credited to, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = Attribution)]
pub(super) struct AttributionOut {
    /// Null: nobody earns.
    winner: Option<WinnerOut>,
    /// Everything that was weighed, in the order of precedence, clicks latest first.
    candidates: Vec<CandidateOut>,
}

/// Whom an event is credited to.
#[derive(Serialize, ToSchema)]
#[schema(as = AttributionWinner)]
struct WinnerOut {
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    campaign_id: CampaignId,
    #[schema(value_type = Option<String>, example = "lnk_01h455vb4pex5vsknk084sn02q")]
    link_id: Option<LinkId>,
    /// Only when a click won.
    #[schema(value_type = Option<String>, example = "clk_01h455vb4pex5vsknk084sn02q")]
    click_id: Option<ClickId>,
    /// `binding`, `coupon`, `code`, `click` or `manual`.
    #[schema(value_type = String, example = "click")]
    via: Via,
}

/// Something that spoke for an affiliate.
#[derive(Serialize, ToSchema)]
#[schema(as = AttributionCandidate)]
struct CandidateOut {
    /// `binding`, `coupon`, `code` or `click`.
    #[schema(value_type = String, example = "click")]
    via: Via,
    #[schema(value_type = Option<String>, example = "clk_01h455vb4pex5vsknk084sn02q")]
    click_id: Option<ClickId>,
    #[schema(value_type = Option<String>, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: Option<AffiliateId>,
    #[schema(value_type = Option<String>, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    campaign_id: Option<CampaignId>,
    #[schema(value_type = Option<String>, example = "lnk_01h455vb4pex5vsknk084sn02q")]
    link_id: Option<LinkId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    clicked_at: Option<UnixMs>,
    /// `won`, `expired`, `later_click_won`, `first_click_won`, `coupon_won`, `customer_bound`, `campaign_inactive`,
    /// `affiliate_not_approved`, `partnership_inactive`, `self_referral`, `bot_click` or `unknown_code`.
    #[schema(value_type = String, example = "won")]
    verdict: Verdict,
    /// The verdict as a sentence.
    detail: String,
}

impl AttributionOut {
    pub(super) fn new(event: &Event, candidates: Vec<Candidate>) -> Self {
        let winner = match (event.affiliate_id, event.campaign_id, event.via) {
            (Some(affiliate_id), Some(campaign_id), Some(via)) => Some(WinnerOut {
                affiliate_id,
                campaign_id,
                link_id: event.link_id,
                click_id: event.click_id,
                via,
            }),
            _ => None,
        };
        Self {
            winner,
            candidates: candidates.into_iter().map(CandidateOut::from).collect(),
        }
    }
}

impl From<Candidate> for CandidateOut {
    fn from(candidate: Candidate) -> Self {
        let Candidate {
            via,
            click_id,
            affiliate_id,
            campaign_id,
            link_id,
            clicked_at_ms,
            verdict,
            detail,
        } = candidate;
        Self {
            via,
            click_id,
            affiliate_id,
            campaign_id,
            link_id,
            clicked_at: clicked_at_ms,
            verdict,
            detail,
        }
    }
}

/// An event.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct EventOut {
    #[schema(value_type = String, example = "evt_01h455vb4pex5vsknk084sn02q")]
    id: EventId,
    /// `lead`, `sale`, `refund`, `dispute` or `cancel`.
    #[schema(value_type = String, example = "sale")]
    kind: EventKind,
    /// Who reported it.
    #[schema(example = "api")]
    source: String,
    #[schema(example = "inv-1001")]
    external_id: String,
    /// The name of the step.
    #[schema(example = "purchase")]
    event: String,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: UnixMs,
    /// Minor units; 0 for leads and cancellations.
    #[schema(example = 4900)]
    amount: i64,
    #[schema(value_type = Option<String>, example = "USD")]
    currency: Option<Currency>,
    tax: i64,
    shipping: i64,
    /// Of a sale: what was refunded so far, with what disputes take.
    refunded: i64,
    #[schema(value_type = String, example = "con_01h455vb4pex5vsknk084sn02q")]
    customer_id: ContactId,
    #[schema(value_type = Option<String>)]
    referral_id: Option<ReferralId>,
    /// Of a refund or dispute: the sale.
    #[schema(value_type = Option<String>)]
    sale_id: Option<EventId>,
    /// Of a refund or dispute: why.
    reason: Option<String>,
    /// Another source reported this sale as well, and that one counts.
    seen_twice: bool,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    attribution: AttributionOut,
}

impl EventOut {
    fn new(event: Event, candidates: Vec<Candidate>) -> Self {
        let attribution = AttributionOut::new(&event, candidates);
        Self {
            id: event.id,
            kind: event.kind,
            source: event.source,
            external_id: event.external_id,
            event: event.name,
            occurred_at: event.occurred_at_ms,
            recorded_at: event.recorded_at_ms,
            amount: event.amount,
            currency: event.currency,
            tax: event.tax,
            shipping: event.shipping,
            refunded: event.refunded,
            customer_id: event.contact_id,
            referral_id: event.referral_id,
            sale_id: event.sale_id,
            reason: event.reason,
            seen_twice: event.seen_twice,
            metadata: event
                .metadata
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok()),
            attribution,
        }
    }
}

/// An event with what it made.
#[derive(Serialize, ToSchema)]
#[schema(as = EventDetail)]
struct DetailOut {
    #[serde(flatten)]
    event: EventOut,
    items: Vec<ItemOut>,
    commissions: Vec<CommissionOut>,
}

/// An item of a sale.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleItem)]
struct ItemOut {
    product_id: String,
    /// The line's total in minor units.
    amount: i64,
    quantity: i64,
}

/// Which events are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventFilter {
    /// `lead`, `sale`, `refund`, `dispute` or `cancel`.
    #[param(value_type = Option<String>)]
    kind: Option<EventKind>,
    /// Credited to this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Of this customer.
    #[param(value_type = Option<String>)]
    customer_id: Option<ContactId>,
    /// With this id in the source's system.
    external_id: Option<String>,
    /// Part of that id, or of the customer's name, e-mail or external id.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists events, newest first.
#[utoipa::path(get, path = "/events", tag = "events", params(EventFilter, Page), responses((status = 200, body = Listed<EventOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<EventFilter>,
) -> Result<Json<Listed<EventOut>>, Halt> {
    let window = page.window::<EventId>(NEWEST)?;
    let EventFilter {
        kind,
        affiliate_id,
        customer_id,
        external_id,
        q,
    } = filter;
    let filter = Filter {
        kind,
        affiliate_id,
        contact_id: customer_id,
        external_id,
        search: q,
    };
    let mut work = caller.view().await?;
    let events = event::list(&mut work, &filter, window).await?;
    let listed = page.listed(events, |event| event.id, |event| event);
    let mut data = Vec::with_capacity(listed.data.len());
    for event in listed.data {
        let candidates = event::candidates(&mut work, event.id).await?;
        data.push(EventOut::new(event, candidates));
    }
    Ok(Json(Listed {
        data,
        next: listed.next,
    }))
}

/// One event.
#[utoipa::path(get, path = "/events/{id}", tag = "events", params(("id" = String, Path)), responses((status = 200, body = DetailOut)))]
async fn get(caller: Caller, Id(id): Id<EventId>) -> Result<Json<DetailOut>, Halt> {
    let mut work = caller.view().await?;
    let recorded = event::recorded(&mut work, id).await?;
    Ok(Json(detail(&mut work, recorded).await?))
}

async fn detail(work: &mut Work, recorded: Recorded) -> Result<DetailOut, Halt> {
    let Recorded {
        event,
        duplicate: _,
        referral: _,
        commissions,
        candidates,
    } = recorded;
    let items = event::items(work, event.id).await?;
    Ok(DetailOut {
        event: EventOut::new(event, candidates),
        items: items
            .into_iter()
            .map(
                |Item {
                     product_id,
                     amount,
                     quantity,
                 }| ItemOut {
                    product_id,
                    amount,
                    quantity,
                },
            )
            .collect(),
        commissions: commissions.into_iter().map(CommissionOut::from).collect(),
    })
}

/// Whom to explain: one of the two.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExplainFilter {
    /// The customer's address.
    #[param(example = "bob@example.com")]
    email: Option<String>,
    /// The customer's id, or an order's, in your own system.
    #[param(example = "inv-1001")]
    external_id: Option<String>,
}

/// Everything that is known about where customers came from.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
struct ExplanationOut {
    data: Vec<ExplainedOut>,
}

/// Where one customer came from.
#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedCustomer)]
struct ExplainedOut {
    customer: CustomerOut,
    /// In a few sentences.
    summary: Vec<String>,
    /// What the customer did, newest first.
    events: Vec<ExplainedEventOut>,
    /// Every click of every visitor known to be this customer, latest first.
    clicks: Vec<ClickOut>,
}

/// An event and how it came to its affiliate.
#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedEvent)]
struct ExplainedEventOut {
    #[serde(flatten)]
    detail: DetailOut,
    /// The outcome as a sentence.
    summary: String,
}

/// A click as it stands now.
#[derive(Serialize, ToSchema)]
#[schema(as = SeenClick)]
struct ClickOut {
    #[schema(value_type = String, example = "clk_01h455vb4pex5vsknk084sn02q")]
    click_id: ClickId,
    #[schema(value_type = String, example = "vis_01h455vb4pex5vsknk084sn02q")]
    visitor_id: service::domain::id::VisitorId,
    #[schema(value_type = String)]
    affiliate_id: AffiliateId,
    affiliate_name: String,
    #[schema(value_type = String)]
    campaign_id: CampaignId,
    campaign_name: String,
    #[schema(value_type = String)]
    link_id: LinkId,
    #[schema(value_type = String, format = DateTime)]
    clicked_at: UnixMs,
    /// The first instant at which it does not count any more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: UnixMs,
    /// False for bots and prefetches.
    counted: bool,
    /// `counts`, or why it would not now: `expired`, `bot_click`, `campaign_inactive`, `affiliate_not_approved`,
    /// `partnership_inactive`.
    #[schema(example = "counts")]
    state: &'static str,
    /// The same as a sentence.
    detail: String,
}

impl From<SeenClick> for ClickOut {
    fn from(
        SeenClick {
            touch,
            verdict,
            detail,
        }: SeenClick,
    ) -> Self {
        Self {
            click_id: touch.click_id,
            visitor_id: touch.visitor_id,
            affiliate_id: touch.standing.affiliate_id,
            affiliate_name: touch.standing.affiliate_name,
            campaign_id: touch.standing.campaign_id,
            campaign_name: touch.standing.campaign_name,
            link_id: touch.link_id,
            clicked_at: touch.clicked_at_ms,
            expires_at: touch.expires_at_ms,
            counted: touch.counted,
            state: verdict.map_or("counts", Verdict::as_str),
            detail,
        }
    }
}

/// Tells what was seen of a customer or an order, and why it counted or did not.
///
/// Give `email` or `external_id`. 404: nobody is known by it.
#[utoipa::path(get, path = "/attribution/explain", tag = "events", params(ExplainFilter), responses((status = 200, body = ExplanationOut)))]
async fn explain(
    caller: Caller,
    Query(filter): Query<ExplainFilter>,
) -> Result<Json<ExplanationOut>, Halt> {
    let ExplainFilter { email, external_id } = filter;
    let mut work = caller.view().await?;
    let explained = event::explain(&mut work, ExplainQuery { email, external_id }).await?;
    let mut data = Vec::with_capacity(explained.len());
    for Explained {
        customer,
        summary,
        events,
        clicks,
    } in explained
    {
        let mut told = Vec::with_capacity(events.len());
        for ExplainedEvent { recorded, summary } in events {
            told.push(ExplainedEventOut {
                detail: detail(&mut work, recorded).await?,
                summary,
            });
        }
        data.push(ExplainedOut {
            customer: customer.into(),
            summary,
            events: told,
            clicks: clicks.into_iter().map(ClickOut::from).collect(),
        });
    }
    Ok(Json(ExplanationOut { data }))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(explain))
}
