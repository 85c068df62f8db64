//! What each provider answers to what.

use serde_json::{Value, json};

use crate::book::{Book, Made};
use crate::callback;
use crate::http::{Asked, Reply};

/// Whether a request moves money.
pub(crate) fn pays(asked: &Asked) -> bool {
    asked.method == "POST"
        && (asked.path == "/v1/payments/payouts"
            || (asked.path == "/v1/transfers" && is_stripe(asked))
            || funded(&asked.path).is_some())
}

/// Stripe sends forms, Wise JSON; both have `/v1/transfers`.
fn is_stripe(asked: &Asked) -> bool {
    !asked.header("stripe-version").is_empty()
}

/// The transfer that a request to Wise funds.
fn funded(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/v3/profiles/")?;
    rest.split_once("/transfers/")?.1.strip_suffix("/payments")
}

fn text<'a>(json: &'a Value, pointer: &str) -> &'a str {
    json.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What a paying request has made.
pub(crate) fn made(book: &Book, asked: &Asked) -> Option<Made> {
    if asked.path == "/v1/payments/payouts" {
        let json = asked.json();
        return book.by_key(
            "paypal",
            text(&json, "/sender_batch_header/sender_batch_id"),
        );
    }
    match funded(&asked.path) {
        Some(id) => book.by_id("wise", id),
        None => book.by_key("stripe", &asked.form("transfer_group")),
    }
}

/// A refusal of what a paying request wants.
pub(crate) fn refusal(asked: &Asked) -> Reply {
    if asked.path == "/v1/payments/payouts" {
        let body = json!({"name": "VALIDATION_ERROR", "message": "Receiver is invalid"});
        return Reply::json(400, &body);
    }
    if funded(&asked.path).is_some() {
        let body = json!({"type": "BALANCE", "status": "REJECTED", "errorCode": "balance.payment-option-unavailable"});
        return Reply::json(201, &body);
    }
    let error = json!({"type": "invalid_request_error", "code": "balance_insufficient", "message": "Insufficient funds"});
    Reply::json(400, &json!({"error": error}))
}

/// What a request authenticates with, in the clear.
fn credential(asked: &Asked) -> String {
    let header = asked.header("authorization");
    let pair = header
        .strip_prefix("Basic ")
        .and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok());
    pair.map_or_else(
        || header.to_owned(),
        |pair| String::from_utf8_lossy(&pair).into_owned(),
    )
}

pub(crate) fn answer(book: &mut Book, asked: &Asked) -> Reply {
    let path = asked.path.as_str();
    if asked.header("authorization").is_empty() {
        return Reply::json(401, &json!({"error": "unauthorized"}));
    }
    if credential(asked).contains("wrong") {
        return Reply::json(401, &json!({"error": "invalid_client"}));
    }
    if is_stripe(asked) {
        return stripe(book, asked);
    }
    match path {
        "/v1/oauth2/token" => Reply::json(
            200,
            &json!({"access_token": "A21AA-fake", "expires_in": 32_400}),
        ),
        "/v1/notifications/verify-webhook-signature" => {
            let status = if callback::is_paypals(&asked.body) {
                "SUCCESS"
            } else {
                "FAILURE"
            };
            Reply::json(200, &json!({"verification_status": status}))
        }
        path if path.starts_with("/v1/payments/payouts") => paypal(book, asked),
        _ => wise(book, asked),
    }
}

fn paypal(book: &mut Book, asked: &Asked) -> Reply {
    if asked.method == "POST" {
        let json = asked.json();
        let key = text(&json, "/sender_batch_header/sender_batch_id");
        if let Some(known) = book.by_key("paypal", key) {
            let body = json!({
                "name": "USER_BUSINESS_ERROR",
                "message": "User business error.",
                "details": [{"field": "SENDER_BATCH_ID", "issue": "Batch with given sender_batch_id already exists"}],
                "links": [{"href": format!("https://api-m.paypal.com/v1/payments/payouts/{}", known.id), "rel": "self", "method": "GET"}],
            });
            return Reply::json(400, &body);
        }
        let made = Made {
            provider: "paypal".to_owned(),
            key: key.to_owned(),
            id: format!("BATCH{}", book.number()),
            amount: text(&json, "/items/0/amount/value").to_owned(),
            currency: text(&json, "/items/0/amount/currency").to_owned(),
            to: text(&json, "/items/0/receiver").to_owned(),
            paid: true,
            returned: false,
            refused: false,
        };
        book.keep(&made);
        let header = json!({"payout_batch_id": made.id, "batch_status": "PENDING"});
        return Reply::json(201, &json!({"batch_header": header}));
    }
    let id = asked.path.rsplit('/').next().unwrap_or_default();
    match book.by_id("paypal", id) {
        None => Reply::json(404, &json!({"name": "RESOURCE_NOT_FOUND"})),
        Some(made) => {
            let header = json!({
                "payout_batch_id": made.id,
                "batch_status": "SUCCESS",
                "sender_batch_header": {"sender_batch_id": made.key},
            });
            let status = match &made {
                Made { refused: true, .. } => "FAILED",
                Made { returned: true, .. } => "RETURNED",
                _ => "SUCCESS",
            };
            let items = json!([{"transaction_status": status, "payout_item": {"sender_item_id": made.key}}]);
            Reply::json(200, &json!({"batch_header": header, "items": items}))
        }
    }
}

fn stripe_object(made: &Made) -> Value {
    json!({
        "id": made.id, "object": "transfer", "amount": made.amount.parse::<i64>().unwrap_or_default(),
        "currency": made.currency, "destination": made.to, "transfer_group": made.key, "reversed": made.returned,
    })
}

fn stripe(book: &mut Book, asked: &Asked) -> Reply {
    if asked.path == "/v1/balance" {
        return Reply::json(200, &json!({"object": "balance"}));
    }
    if asked.method == "POST" {
        let key = asked.header("idempotency-key").to_owned();
        if let Some(known) = book.by_key("stripe", &key) {
            if known.amount != asked.form("amount") || known.to != asked.form("destination") {
                return Reply::json(400, &json!({"error": {"type": "idempotency_error"}}));
            }
            return Reply::json(200, &stripe_object(&known));
        }
        let made = Made {
            provider: "stripe".to_owned(),
            key,
            id: format!("tr_{}", book.number()),
            amount: asked.form("amount"),
            currency: asked.form("currency"),
            to: asked.form("destination"),
            paid: true,
            returned: false,
            refused: false,
        };
        book.keep(&made);
        return Reply::json(200, &stripe_object(&made));
    }
    let group = asked.asked_for("transfer_group");
    let found: Vec<Value> = book
        .of("stripe")
        .iter()
        .filter(|made| made.key == group)
        .map(stripe_object)
        .collect();
    Reply::json(
        200,
        &json!({"object": "list", "data": found, "has_more": false}),
    )
}

fn wise_object(made: &Made) -> Value {
    json!({
        "id": made.id.parse::<i64>().unwrap_or_default(),
        "customerTransactionId": made.key,
        "status": match made {
            Made { refused: true, .. } => "cancelled",
            Made { returned: true, .. } => "funds_refunded",
            Made { paid: true, .. } => "outgoing_payment_sent",
            _ => "incoming_payment_waiting",
        },
    })
}

fn wise(book: &mut Book, asked: &Asked) -> Reply {
    let json = asked.json();
    let parts: Vec<&str> = asked.path.split('/').skip(1).collect();
    match (asked.method.as_str(), parts.as_slice()) {
        ("GET", ["v1", "profiles"]) => Reply::json(200, &json!([{"id": 77, "type": "BUSINESS"}])),
        ("POST", ["v3", "profiles", _, "quotes"]) => {
            let id = format!("00000000-0000-4000-8000-{:012}", book.number());
            let amount = json["targetAmount"].to_string();
            let currency = text(&json, "/targetCurrency").to_owned();
            book.quotes.push((id.clone(), amount, currency));
            Reply::json(200, &json!({"id": id}))
        }
        ("POST", ["v1", "accounts"]) => {
            let id = book.number().to_string();
            let to = match text(&json, "/details/email") {
                "" => text(&json, "/details/IBAN"),
                email => email,
            };
            book.recipients.push((id.clone(), to.to_owned()));
            Reply::json(200, &json!({"id": id.parse::<i64>().unwrap_or_default()}))
        }
        ("POST", ["v1", "transfers"]) => {
            let key = text(&json, "/customerTransactionId");
            if let Some(known) = book.by_key("wise", key) {
                return Reply::json(200, &wise_object(&known));
            }
            let quote = text(&json, "/quoteUuid");
            let recipient = json["targetAccount"].to_string();
            let quote = book.quotes.iter().find(|(id, ..)| id == quote).cloned();
            let to = book
                .recipients
                .iter()
                .find(|(id, _)| *id == recipient)
                .cloned();
            let (Some((_, amount, currency)), Some((_, to))) = (quote, to) else {
                return Reply::json(
                    422,
                    &json!({"errors": [{"code": "NOT_VALID", "message": "no such quote or recipient"}]}),
                );
            };
            let made = Made {
                provider: "wise".to_owned(),
                key: key.to_owned(),
                id: book.number().to_string(),
                amount,
                currency,
                to,
                paid: false,
                returned: false,
                refused: false,
            };
            book.keep(&made);
            Reply::json(200, &wise_object(&made))
        }
        ("POST", ["v3", "profiles", _, "transfers", id, "payments"]) => {
            match book.by_id("wise", id) {
                None => Reply::json(404, &Value::Null),
                Some(made) if made.paid => {
                    Reply::json(409, &json!({"message": "transfer is funded already"}))
                }
                Some(made) => {
                    book.keep(&Made { paid: true, ..made });
                    Reply::json(201, &json!({"type": "BALANCE", "status": "COMPLETED"}))
                }
            }
        }
        ("PUT", ["v1", "transfers", id, "cancel"]) => match book.by_id("wise", id) {
            Some(made) if !made.paid => {
                Reply::json(200, &json!({"id": made.id, "status": "cancelled"}))
            }
            _ => Reply::json(409, &Value::Null),
        },
        ("GET", ["v1", "transfers"]) => {
            let all: Vec<Value> = book.of("wise").iter().map(wise_object).collect();
            Reply::json(200, &json!(all))
        }
        ("GET", ["v1", "transfers", id]) => match book.by_id("wise", id) {
            Some(made) => Reply::json(200, &wise_object(&made)),
            None => Reply::json(404, &Value::Null),
        },
        _ => Reply::json(404, &Value::Null),
    }
}
