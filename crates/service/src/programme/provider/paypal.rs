//! PayPal Payouts: a batch of one item. `sender_batch_id` is the key: PayPal refuses a second batch with it
//! for 30 days and names the first in its refusal, which is also how a batch is found whose answer was lost.
//! (developer.paypal.com/docs/api/payments.payouts-batch/v1)

use domain::id::TransferId;
use domain::money::{Currency, decimal};
use domain::transfer::{Answer, redacted};
use hyper::Method;
use serde_json::{Value, json};

use super::dialect::{Body, Line, Said, asked, escaped, refusal, said, text, unclear};
use super::{Adapter, Asking, Found, Incoming, Notice, Order};
use crate::programme::payout_method::Place;

/// Currencies that PayPal pays out, and whether it does so in whole units only.
const CURRENCIES: &[(&str, bool)] = &[
    ("AUD", false),
    ("BRL", false),
    ("CAD", false),
    ("CHF", false),
    ("CZK", false),
    ("DKK", false),
    ("EUR", false),
    ("GBP", false),
    ("HKD", false),
    ("HUF", true),
    ("ILS", false),
    ("JPY", true),
    ("MXN", false),
    ("MYR", false),
    ("NOK", false),
    ("NZD", false),
    ("PHP", false),
    ("PLN", false),
    ("SEK", false),
    ("SGD", false),
    ("THB", false),
    ("TWD", true),
    ("USD", false),
];
/// How far the time of a signed call may be from ours, both ways.
const SIGNED_WITHIN_MS: i64 = 300_000;

/// Speaks to PayPal.
pub struct PayPal {
    line: Line,
    client_id: String,
    secret: String,
    webhook_id: String,
}

/// An amount as PayPal wants it written.
pub(super) fn amount_text(amount: i64, currency: Currency) -> Result<String, String> {
    let code = currency.code();
    let Some((_, whole)) = CURRENCIES.iter().find(|(known, _)| *known == code) else {
        return Err(format!("PayPal does not pay out {code}"));
    };
    let text = decimal(amount, currency);
    match text.split_once('.') {
        Some((units, cents)) if *whole => {
            if cents.bytes().any(|digit| digit != b'0') {
                return Err(format!("PayPal pays {code} out in whole units only"));
            }
            Ok(units.to_owned())
        }
        _ => Ok(text),
    }
}

/// What a call of PayPal is about: an item, or a batch.
pub(super) fn notice(json: &Value) -> Option<Notice> {
    let event_id = text(json, "/id");
    if event_id.is_empty() {
        return None;
    }
    let keys = [
        "/resource/sender_batch_id",
        "/resource/payout_item/sender_item_id",
        "/resource/batch_header/sender_batch_header/sender_batch_id",
    ];
    let references = [
        "/resource/payout_batch_id",
        "/resource/batch_header/payout_batch_id",
    ];
    Some(Notice {
        event_id: event_id.to_owned(),
        key: keys
            .iter()
            .find_map(|pointer| text(json, pointer).parse().ok()),
        references: references
            .iter()
            .map(|pointer| text(json, pointer).to_owned())
            .filter(|text| !text.is_empty())
            .collect(),
    })
}

impl PayPal {
    pub(super) fn new(line: Line, client_id: String, secret: String, webhook_id: String) -> Self {
        Self {
            line,
            client_id,
            secret,
            webhook_id,
        }
    }

    /// A token for the calls that follow.
    async fn bearer(&self) -> Result<String, Answer> {
        let pair = format!("{}:{}", self.client_id, self.secret);
        let basic = format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
        let form = [("grant_type", "client_credentials")];
        let reply = self
            .line
            .call(
                Method::POST,
                "/v1/oauth2/token",
                &[("authorization", &basic)],
                Body::Form(&form),
            )
            .await;
        match asked(reply)? {
            Said::Yes(json) if !text(&json, "/access_token").is_empty() => {
                Ok(format!("Bearer {}", text(&json, "/access_token")))
            }
            Said::Yes(_) => Err(Answer::NotSent("PayPal gave no token".to_owned())),
            Said::No(status, json) => Err(Answer::Refused(refusal(
                status,
                &[
                    "the client id and secret are refused",
                    text(&json, "/error"),
                ],
            ))),
        }
    }

    async fn submit(&self, order: &Order) -> Result<Answer, Answer> {
        let Place::PayPal { email } = &order.place else {
            return Ok(Answer::Refused("not a PayPal address".to_owned()));
        };
        let value = match amount_text(order.amount, order.currency) {
            Ok(value) => value,
            Err(why) => return Ok(Answer::Refused(why)),
        };
        let bearer = self.bearer().await?;
        let key = order.key.to_string();
        let body = json!({
            "sender_batch_header": {
                "sender_batch_id": key,
                "email_subject": format!("{} has paid you", order.business),
            },
            "items": [{
                "recipient_type": "EMAIL",
                "receiver": email,
                "amount": {"value": value, "currency": order.currency.code()},
                "note": order.reference(),
                "sender_item_id": key,
            }],
        });
        let headers = [
            ("authorization", bearer.as_str()),
            ("paypal-request-id", &key),
        ];
        let reply = self
            .line
            .call(
                Method::POST,
                "/v1/payments/payouts",
                &headers,
                Body::Json(&body),
            )
            .await;
        match said(reply)? {
            Said::Yes(json) => match text(&json, "/batch_header/payout_batch_id") {
                "" => Ok(Answer::Unclear("accepted without a batch".to_owned())),
                batch => Ok(Answer::Taken(batch.to_owned())),
            },
            Said::No(status, json) => match batch_before(&json) {
                // It has one with this key: that one it is.
                Some(Some(batch)) => self
                    .batch(order, &bearer, &batch)
                    .await
                    .map(unclear)
                    .map_err(unclear),
                Some(None) => Ok(Answer::Unclear(
                    "has a batch with this key and does not name it".to_owned(),
                )),
                None => Ok(Answer::Refused(refusal(
                    status,
                    &[
                        text(&json, "/name"),
                        text(&json, "/message"),
                        text(&json, "/details/0/issue"),
                    ],
                ))),
            },
        }
    }

    /// What became of a batch.
    async fn batch(&self, order: &Order, bearer: &str, batch: &str) -> Result<Answer, Answer> {
        let path = format!("/v1/payments/payouts/{}", escaped(batch));
        let headers = [("authorization", bearer)];
        let reply = self
            .line
            .call(Method::GET, &path, &headers, Body::None)
            .await;
        let json = match asked(reply)? {
            Said::Yes(json) => json,
            Said::No(status, json) => {
                let why = refusal(status, &[text(&json, "/name"), text(&json, "/message")]);
                return Ok(Answer::NotSent(why));
            }
        };
        let key = text(&json, "/batch_header/sender_batch_header/sender_batch_id");
        if key != order.key.to_string() {
            return Ok(Answer::Unclear("told of a batch of another key".to_owned()));
        }
        let status = match text(&json, "/items/0/transaction_status") {
            "" => text(&json, "/batch_header/batch_status"),
            item => item,
        };
        Ok(match status {
            "SUCCESS" => Answer::Paid(batch.to_owned()),
            // Nobody claimed it within 30 days, or it was refunded or taken back.
            "RETURNED" | "REFUNDED" | "REVERSED" => {
                let why = text(&json, "/items/0/errors/message");
                Answer::Returned(redacted(&format!("{status} {why}")))
            }
            "FAILED" | "BLOCKED" | "DENIED" | "CANCELED" => {
                let why = text(&json, "/items/0/errors/message");
                Answer::Refused(redacted(&format!("{status} {why}")))
            }
            _ => Answer::Taken(batch.to_owned()),
        })
    }
}

/// The batch that a refusal for a key used before names: `None` when it is another refusal.
fn batch_before(json: &Value) -> Option<Option<String>> {
    let details = json.pointer("/details").and_then(Value::as_array);
    let used = details.into_iter().flatten().any(|detail| {
        text(detail, "/field").eq_ignore_ascii_case("sender_batch_id")
            || text(detail, "/issue").contains("sender_batch_id already exists")
    }) || text(json, "/name") == "DUPLICATE_REQUEST_ID";
    if !used {
        return None;
    }
    let links = json.pointer("/links").and_then(Value::as_array);
    let batch = links.into_iter().flatten().find_map(|link| {
        let (_, id) = text(link, "/href").rsplit_once("/payouts/")?;
        Some(id.split('?').next().unwrap_or(id).to_owned()).filter(|id| !id.is_empty())
    });
    Some(batch)
}

/// Either way it is an answer.
fn either(result: Result<Answer, Answer>) -> Answer {
    result.unwrap_or_else(|answer| answer)
}

impl Adapter for PayPal {
    fn submit<'a>(&'a self, order: &'a Order) -> Asking<'a, Answer> {
        Box::pin(async move { either(self.submit(order).await) })
    }

    fn look_up<'a>(&'a self, order: &'a Order, reference: Option<&'a str>) -> Asking<'a, Found> {
        Box::pin(async move {
            let Some(batch) = reference else {
                return Found::Missing;
            };
            let bearer = match self.bearer().await {
                Ok(bearer) => bearer,
                // That we are not let in says nothing about the order.
                Err(Answer::Refused(why)) => return Found::Answer(Answer::NotSent(why)),
                Err(answer) => return Found::Answer(answer),
            };
            Found::Answer(either(self.batch(order, &bearer, batch).await))
        })
    }

    fn test(&self) -> Asking<'_, Result<String, String>> {
        Box::pin(async move {
            match self.bearer().await {
                Ok(_) => Ok("PayPal answers and knows the client id and secret.".to_owned()),
                Err(answer) => Err(super::why(answer)),
            }
        })
    }

    fn is_signed(&self, incoming: &Incoming) -> Option<bool> {
        if self.webhook_id.is_empty() {
            return Some(false);
        }
        let time = incoming.head.get("paypal-transmission-time")?;
        match time.parse::<jiff::Timestamp>() {
            Ok(at) if (at.as_millisecond() - incoming.received.0).abs() <= SIGNED_WITHIN_MS => None,
            _ => Some(false),
        }
    }

    fn confirm<'a>(&'a self, incoming: &'a Incoming) -> Asking<'a, Result<bool, String>> {
        Box::pin(async move {
            let bearer = self.bearer().await.map_err(super::why)?;
            let head = |name: &str| {
                let value = incoming.head.get(name).map(String::as_str);
                json!(value.unwrap_or_default())
            };
            // The event must be sent back byte for byte.
            let event = std::str::from_utf8(&incoming.body).map_err(|error| error.to_string())?;
            let body = format!(
                r#"{{"auth_algo":{},"cert_url":{},"transmission_id":{},"transmission_sig":{},"transmission_time":{},"webhook_id":{},"webhook_event":{event}}}"#,
                head("paypal-auth-algo"),
                head("paypal-cert-url"),
                head("paypal-transmission-id"),
                head("paypal-transmission-sig"),
                head("paypal-transmission-time"),
                json!(self.webhook_id),
            );
            let reply = self
                .line
                .call(
                    Method::POST,
                    "/v1/notifications/verify-webhook-signature",
                    &[("authorization", &bearer)],
                    Body::Text(body),
                )
                .await;
            match asked(reply).map_err(super::why)? {
                Said::Yes(json) => Ok(text(&json, "/verification_status") == "SUCCESS"),
                Said::No(..) => Ok(false),
            }
        })
    }

    fn key_of<'a>(&'a self, _: &'a str) -> Asking<'a, Option<TransferId>> {
        Box::pin(async { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_paypal_wants_them() {
        let of = |amount, code: &str| amount_text(amount, code.parse().unwrap());
        assert_eq!(of(980, "USD").unwrap(), "9.80");
        assert_eq!(of(125, "JPY").unwrap(), "125");
        assert_eq!(of(12_500, "HUF").unwrap(), "125");
        assert!(of(12_550, "HUF").is_err() && of(750, "KWD").is_err());
    }

    #[test]
    fn a_key_used_before_names_its_batch() {
        let refused = json!({
            "name": "USER_BUSINESS_ERROR",
            "details": [{"field": "SENDER_BATCH_ID", "issue": "Batch with given sender_batch_id already exists"}],
            "links": [{"href": "https://api-m.paypal.com/v1/payments/payouts/CDZEC5MJ8R5HY", "rel": "self"}],
        });
        assert_eq!(
            batch_before(&refused),
            Some(Some("CDZEC5MJ8R5HY".to_owned()))
        );
        assert_eq!(batch_before(&json!({"name": "VALIDATION_ERROR"})), None);
    }
}
