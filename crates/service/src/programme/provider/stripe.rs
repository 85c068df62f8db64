//! Stripe Connect transfers. The key is both `Idempotency-Key`, which Stripe keeps for a day, and
//! `transfer_group`, by which a transfer is found whose answer was lost. (docs.stripe.com/api/transfers)

use data_encoding::HEXLOWER_PERMISSIVE;
use domain::id::TransferId;
use domain::money::Currency;
use domain::transfer::Answer;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use serde_json::Value;
use sha2::Sha256;

use super::dialect::{Body, Line, Said, asked, escaped, refusal, said, text};
use super::{Adapter, Asking, Found, Incoming, Notice, Order};
use crate::programme::payout_method::Place;

/// The version of the API this was written for.
const VERSION: (&str, &str) = ("stripe-version", "2024-06-20");
/// How far the time of a signed call may be from ours, both ways.
const SIGNED_WITHIN_S: i64 = 300;

/// Speaks to Stripe.
pub struct Stripe {
    line: Line,
    bearer: String,
    webhook_secret: String,
}

/// An amount in the units that Stripe counts a currency in.
pub(super) fn minor_units(amount: i64, currency: Currency) -> Result<i64, String> {
    match (currency.code(), currency.decimals()) {
        // Without decimals since long, counted with two at Stripe.
        ("ISK" | "UGX", 0) => amount
            .checked_mul(100)
            .ok_or_else(|| "the amount is too large".to_owned()),
        (code, 3) if amount % 10 != 0 => Err(format!(
            "Stripe pays {code} out in steps of ten of its smallest unit"
        )),
        _ => Ok(amount),
    }
}

/// What a call of Stripe is about.
pub(super) fn notice(json: &Value) -> Option<Notice> {
    let event_id = text(json, "/id");
    if event_id.is_empty() {
        return None;
    }
    let reference = text(json, "/data/object/id");
    Some(Notice {
        event_id: event_id.to_owned(),
        key: text(json, "/data/object/transfer_group").parse().ok(),
        references: Some(reference.to_owned())
            .filter(|text| text.starts_with("tr_"))
            .into_iter()
            .collect(),
    })
}

impl Stripe {
    pub(super) fn new(line: Line, secret: String, webhook_secret: String) -> Self {
        Self {
            line,
            bearer: format!("Bearer {secret}"),
            webhook_secret,
        }
    }

    async fn get(&self, path: &str) -> Result<Said, Answer> {
        let headers = [("authorization", self.bearer.as_str()), VERSION];
        asked(
            self.line
                .call(Method::GET, path, &headers, Body::None)
                .await,
        )
    }

    async fn submit(&self, order: &Order) -> Result<Answer, Answer> {
        let Place::Stripe { account } = &order.place else {
            return Ok(Answer::Refused("not an account at Stripe".to_owned()));
        };
        let amount = match minor_units(order.amount, order.currency) {
            Ok(amount) => amount.to_string(),
            Err(why) => return Ok(Answer::Refused(why)),
        };
        let (key, payout) = (order.key.to_string(), order.payout_id.to_string());
        let currency = order.currency.code().to_lowercase();
        let reference = order.reference();
        let form = [
            ("amount", amount.as_str()),
            ("currency", &currency),
            ("destination", account),
            ("transfer_group", &key),
            ("description", &reference),
            ("metadata[transfer]", &key),
            ("metadata[payout]", &payout),
        ];
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("idempotency-key", &key),
            VERSION,
        ];
        let reply = self
            .line
            .call(Method::POST, "/v1/transfers", &headers, Body::Form(&form))
            .await;
        Ok(match said(reply)? {
            Said::Yes(json) => ended(&json)
                .unwrap_or_else(|| Answer::Unclear("accepted without a transfer".to_owned())),
            Said::No(status, json) => {
                let kind = text(&json, "/error/type");
                let parts = [
                    kind,
                    text(&json, "/error/code"),
                    text(&json, "/error/message"),
                ];
                let why = refusal(status, &parts);
                if kind == "idempotency_error" {
                    // The key was used with something else, so there may be a transfer.
                    Answer::Unclear(why)
                } else {
                    Answer::Refused(why)
                }
            }
        })
    }
}

/// What a transfer object says: Stripe makes it and moves the money in one.
fn ended(json: &Value) -> Option<Answer> {
    let id = text(json, "/id");
    if id.is_empty() {
        return None;
    }
    let reversed = json.pointer("/reversed").and_then(Value::as_bool);
    Some(if reversed == Some(true) {
        Answer::Returned("the transfer was reversed".to_owned())
    } else {
        Answer::Paid(id.to_owned())
    })
}

impl Adapter for Stripe {
    fn submit<'a>(&'a self, order: &'a Order) -> Asking<'a, Answer> {
        Box::pin(async move { self.submit(order).await.unwrap_or_else(|answer| answer) })
    }

    fn look_up<'a>(&'a self, order: &'a Order, _: Option<&'a str>) -> Asking<'a, Found> {
        Box::pin(async move {
            let key = order.key.to_string();
            let path = format!("/v1/transfers?transfer_group={}&limit=10", escaped(&key));
            let json = match self.get(&path).await {
                Ok(Said::Yes(json)) => json,
                Ok(Said::No(status, json)) => {
                    let why = refusal(status, &[text(&json, "/error/message")]);
                    return Found::Answer(Answer::NotSent(why));
                }
                Err(answer) => return Found::Answer(answer),
            };
            let Some(list) = json.pointer("/data").and_then(Value::as_array) else {
                return Found::Answer(Answer::Unclear("answered without a list".to_owned()));
            };
            list.iter()
                .filter(|one| text(one, "/transfer_group") == key)
                .find_map(ended)
                .map_or(Found::Missing, Found::Answer)
        })
    }

    fn test(&self) -> Asking<'_, Result<String, String>> {
        Box::pin(async move {
            match self.get("/v1/balance").await {
                Ok(Said::Yes(_)) => Ok("Stripe answers and knows the key.".to_owned()),
                Ok(Said::No(status, json)) => {
                    Err(refusal(status, &[text(&json, "/error/message")]))
                }
                Err(answer) => Err(super::why(answer)),
            }
        })
    }

    fn is_signed(&self, incoming: &Incoming) -> Option<bool> {
        Some(
            !self.webhook_secret.is_empty()
                && incoming
                    .head
                    .get("stripe-signature")
                    .is_some_and(|header| is_signed(&self.webhook_secret, header, incoming)),
        )
    }

    fn confirm<'a>(&'a self, _: &'a Incoming) -> Asking<'a, Result<bool, String>> {
        Box::pin(async { Ok(false) })
    }

    fn key_of<'a>(&'a self, _: &'a str) -> Asking<'a, Option<TransferId>> {
        Box::pin(async { None })
    }
}

/// `t=…,v1=…`: HMAC-SHA-256 over the time, a dot and the body; compared in constant time.
/// (docs.stripe.com/webhooks/signature)
fn is_signed(secret: &str, header: &str, incoming: &Incoming) -> bool {
    let parts = || {
        header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
    };
    let Some(at) = parts()
        .find_map(|(name, value)| (name == "t").then(|| value.parse::<i64>().ok()).flatten())
    else {
        return false;
    };
    if (incoming.received.0 / 1000).abs_diff(at) > SIGNED_WITHIN_S.unsigned_abs() {
        return false;
    }
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    let mac = mac
        .chain_update(at.to_string())
        .chain_update(b".")
        .chain_update(&incoming.body);
    parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, value)| HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok())
        .any(|tag| mac.clone().verify_slice(&tag).is_ok())
}

#[cfg(test)]
mod tests {
    use domain::time::UnixMs;

    use super::*;

    #[test]
    fn units_are_those_of_stripe() {
        let of = |amount, code: &str| minor_units(amount, code.parse().unwrap());
        assert_eq!(of(980, "USD"), Ok(980));
        assert_eq!(of(125, "JPY"), Ok(125));
        assert_eq!(of(125, "ISK"), Ok(12_500));
        assert_eq!(of(750, "KWD"), Ok(750));
        assert!(of(751, "KWD").is_err());
    }

    #[test]
    fn signatures_are_of_this_body_and_this_time() {
        let sign = |secret: &str, at: i64, body: &str| {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            let tag = mac
                .chain_update(format!("{at}.{body}"))
                .finalize()
                .into_bytes();
            format!("t={at},v0=00,v1={}", data_encoding::HEXLOWER.encode(&tag))
        };
        let incoming = |body: &str| Incoming {
            head: std::collections::BTreeMap::new(),
            body: body.as_bytes().to_vec(),
            received: UnixMs(1_000_000_000),
        };
        let good = sign("whsec_1", 1_000_000, "{}");
        assert!(is_signed("whsec_1", &good, &incoming("{}")));
        assert!(!is_signed("whsec_2", &good, &incoming("{}")));
        assert!(!is_signed("whsec_1", &good, &incoming("{ }")));
        for (at, ok) in [
            (999_700, true),
            (1_000_300, true),
            (999_699, false),
            (1_000_301, false),
        ] {
            let header = sign("whsec_1", at, "{}");
            assert_eq!(is_signed("whsec_1", &header, &incoming("{}")), ok, "{at}");
        }
        assert!(!is_signed("whsec_1", "v1=00", &incoming("{}")));
    }
}
