//! `POST /t/click`, `/t/lead`, `/t/sale`: what the script on a business's own pages sends.
//!
//! The publishable key in the body names the business; it is no secret, so the page's `Origin` must
//! be a host of one of its campaigns, and nothing about affiliates or money is told. Bodies come as
//! text, which a browser sends without asking first, or as JSON, which it asks for ([`preflight`]).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::domain::click::ip_prefix;
use service::domain::id::{BusinessId, ClickId, EventId, VisitorId};
use service::domain::money::Currency;
use service::programme::click::{self, BrowserClick};
use service::programme::event::{self, CustomerIn, Hints, ItemIn, Recorded, TrackLead, TrackSale};
use service::{Actor, App, ServiceError};

use crate::api::{Problem, parse_json};
use crate::middleware::ClientIp;

/// The longest body, the most a browser's beacon carries.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// The source of events that come from browsers.
const SOURCE: &str = "browser";
/// Seconds a browser may remember that it may send.
const PREFLIGHT_S: &str = "600";

const HOST_NOT_ALLOWED: &str =
    "this page's address is not allowed; the host must be one of a campaign's";

/// A call that was let in.
struct Call {
    app: App,
    business: BusinessId,
    origin: HeaderValue,
    headers: HeaderMap,
    ip_prefix: Option<String>,
    raw: Bytes,
}

impl Call {
    async fn admit(app: App, request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let raw = axum::body::to_bytes(body, BODY_BYTES_MAX)
            .await
            .map_err(|_| Problem::too_large("the body has more than 64 KiB"))?;
        let refused = || Problem::from(ServiceError::Forbidden(HOST_NOT_ALLOWED.to_owned()));
        let origin = parts
            .headers
            .get(header::ORIGIN)
            .cloned()
            .ok_or_else(refused)?;
        let host = origin
            .to_str()
            .ok()
            .and_then(service::domain::host::host_of)
            .ok_or_else(refused)?;

        /// The key alone; the rest is read when it is known who asks.
        #[derive(Deserialize)]
        struct Keyed {
            key: String,
        }
        let Keyed { key } = parse_json(&raw)?;
        let business = click::business_of_page(&app, key.trim(), &host).await?;
        let ip_prefix = parts
            .extensions
            .get::<ClientIp>()
            .map(|ClientIp(address)| ip_prefix(*address));
        Ok(Self {
            app,
            business,
            origin,
            headers: parts.headers,
            ip_prefix,
            raw,
        })
    }

    /// The answer as the page's script may read it.
    fn answer<T: Serialize>(
        origin: HeaderValue,
        result: Result<(StatusCode, T), Problem>,
    ) -> Response {
        let mut response = match result {
            Ok((status, body)) => (status, Json(body)).into_response(),
            Err(problem) => problem.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
        response
    }
}

/// Tells a browser that it may send. Whether a page's host is allowed depends on the key in the
/// body, which comes later: that answer is the one a foreign page cannot read.
pub async fn preflight(request: Request) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let fixed: [(HeaderName, HeaderValue); 4] = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("POST"),
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type"),
        ),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(PREFLIGHT_S),
        ),
        (header::VARY, HeaderValue::from_static("origin")),
    ];
    let mut response = (StatusCode::NO_CONTENT, fixed).into_response();
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response
}

/// What `/t/click` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClickBody {
    #[serde(rename = "key")]
    _key: String,
    code: Option<String>,
    click_id: Option<String>,
    url: Option<String>,
    referrer: Option<String>,
    visitor_id: Option<String>,
    sub_ids: Option<BTreeMap<String, String>>,
}

/// What `/t/click` answers.
#[derive(Serialize)]
struct ClickAnswer {
    click_id: ClickId,
    visitor_id: VisitorId,
}

/// A visitor landed with a link's code: 201 with the click, or, for a click that is known already, 200.
pub async fn click(State(app): State<App>, request: Request) -> Response {
    match Call::admit(app, request).await {
        Ok(call) => Call::answer(call.origin.clone(), take_click(call).await),
        Err(problem) => problem.into_response(),
    }
}

async fn take_click(call: Call) -> Result<(StatusCode, ClickAnswer), Problem> {
    let Call {
        app,
        business,
        headers,
        ip_prefix,
        raw,
        ..
    } = call;
    let ClickBody {
        _key,
        code,
        click_id,
        url,
        referrer,
        visitor_id,
        sub_ids,
    } = parse_json(&raw)?;
    if code.is_none() && click_id.is_none() {
        return Err(Problem::field("code", "is required"));
    }
    let status = if click_id.is_some() {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let user_agent = super::user_agent(&headers);
    let input = BrowserClick {
        code,
        click_id,
        url,
        referrer,
        visitor_id,
        sub_ids,
        ip_prefix,
        user_agent,
    };
    let reported = click::report(&app, business, input).await?;
    Ok((
        status,
        ClickAnswer {
            click_id: reported.click_id,
            visitor_id: reported.visitor_id,
        },
    ))
}

/// Who did it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    external_id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    country: Option<String>,
}

impl From<Customer> for CustomerIn {
    fn from(customer: Customer) -> Self {
        let Customer {
            external_id,
            name,
            email,
            phone,
            country,
        } = customer;
        Self {
            external_id,
            name,
            email,
            phone,
            country,
        }
    }
}

/// What `/t/lead` takes. The time is now: a browser's word for it is not taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadBody {
    #[serde(rename = "key")]
    _key: String,
    external_id: String,
    customer: Customer,
    click_id: Option<String>,
    visitor_id: Option<String>,
    code: Option<String>,
    coupon: Option<String>,
    event: Option<String>,
    metadata: Option<Value>,
}

/// What `/t/sale` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaleBody {
    #[serde(rename = "key")]
    _key: String,
    external_id: String,
    customer_external_id: Option<String>,
    customer: Option<Customer>,
    amount: i64,
    currency: String,
    #[serde(default)]
    tax: i64,
    #[serde(default)]
    shipping: i64,
    #[serde(default)]
    items: Vec<Item>,
    click_id: Option<String>,
    visitor_id: Option<String>,
    code: Option<String>,
    coupon: Option<String>,
    event: Option<String>,
    metadata: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    product_id: String,
    amount: i64,
    quantity: Option<i64>,
}

/// What browsers are told of an event: nothing about affiliates or money.
#[derive(Serialize)]
struct EventAnswer {
    event_id: EventId,
    duplicate: bool,
}

impl EventAnswer {
    fn of(recorded: &Recorded) -> (StatusCode, Self) {
        let status = if recorded.duplicate {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        (
            status,
            Self {
                event_id: recorded.event.id,
                duplicate: recorded.duplicate,
            },
        )
    }
}

/// A visitor registered.
pub async fn lead(State(app): State<App>, request: Request) -> Response {
    match Call::admit(app, request).await {
        Ok(call) => Call::answer(call.origin.clone(), take_lead(call).await),
        Err(problem) => problem.into_response(),
    }
}

async fn take_lead(call: Call) -> Result<(StatusCode, EventAnswer), Problem> {
    let LeadBody {
        _key,
        external_id,
        customer,
        click_id,
        visitor_id,
        code,
        coupon,
        event,
        metadata,
    } = parse_json(&call.raw)?;
    let hints = Hints {
        click_id,
        visitor_id,
        code,
        coupon,
    };
    let input = TrackLead {
        external_id,
        customer: customer.into(),
        hints,
        event,
        occurred_at: None,
        metadata,
    };
    let mut work = call
        .app
        .begin_together(&Actor::Browser {
            business: call.business,
        })
        .await
        .map_err(Problem::from)?;
    let recorded = event::lead(&mut work, SOURCE, input).await?;
    work.commit().await?;
    Ok(EventAnswer::of(&recorded))
}

/// A visitor bought.
pub async fn sale(State(app): State<App>, request: Request) -> Response {
    match Call::admit(app, request).await {
        Ok(call) => Call::answer(call.origin.clone(), take_sale(call).await),
        Err(problem) => problem.into_response(),
    }
}

async fn take_sale(call: Call) -> Result<(StatusCode, EventAnswer), Problem> {
    let SaleBody {
        _key,
        external_id,
        customer_external_id,
        customer,
        amount,
        currency,
        tax,
        shipping,
        items,
        click_id,
        visitor_id,
        code,
        coupon,
        event,
        metadata,
    } = parse_json(&call.raw)?;
    let customer = match (customer, customer_external_id) {
        (Some(customer), None) => customer.into(),
        (None, Some(external_id)) => CustomerIn {
            external_id,
            ..CustomerIn::default()
        },
        (Some(_), Some(_)) => {
            return Err(Problem::field(
                "customer_external_id",
                "give this or customer, not both",
            ));
        }
        (None, None) => {
            return Err(Problem::field(
                "customer_external_id",
                "is required, or customer",
            ));
        }
    };
    let currency: Currency = currency
        .parse()
        .map_err(|_| Problem::field("currency", "is not an ISO 4217 currency code such as USD"))?;
    let items = items
        .into_iter()
        .map(
            |Item {
                 product_id,
                 amount,
                 quantity,
             }| ItemIn {
                product_id,
                amount,
                quantity,
            },
        )
        .collect();
    let hints = Hints {
        click_id,
        visitor_id,
        code,
        coupon,
    };
    let input = TrackSale {
        external_id,
        customer,
        amount,
        currency,
        tax,
        shipping,
        items,
        event,
        hints,
        occurred_at: None,
        metadata,
    };
    let mut work = call
        .app
        .begin_together(&Actor::Browser {
            business: call.business,
        })
        .await
        .map_err(Problem::from)?;
    let recorded = event::sale(&mut work, SOURCE, input).await?;
    work.commit().await?;
    Ok(EventAnswer::of(&recorded))
}
