//! Wise: a quote, a recipient, a transfer, and its funding from a balance. `customerTransactionId` is the
//! key: a second transfer with it is the first one, and a transfer is funded once. Nothing is paid before
//! the funding. (docs.wise.com/api-docs)

use domain::id::TransferId;
use domain::money::decimal;
use domain::transfer::{Answer, redacted};
use hyper::Method;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::dialect::{Body, Line, Said, asked, escaped, id_text, refusal, said, text, unclear};
use super::{Adapter, Asking, Found, Incoming, Notice, Order};
use crate::outbound::{Lost, Reply};
use crate::programme::payout_method::Place;

/// Transfers on a page of the list, and pages that are read.
const PAGE: usize = 100;
const PAGES_MAX: usize = 20;
/// How much earlier than ours Wise's clock may say that a transfer was made.
const CLOCK_MS: i64 = 3_600_000;

/// Speaks to Wise.
pub struct Wise {
    line: Line,
    bearer: String,
    profile: String,
    source_currency: String,
    webhook_key: String,
}

/// The RSA key (PKCS #1) in a public key in PEM.
pub(super) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let inner = pem
        .trim()
        .strip_prefix("-----BEGIN PUBLIC KEY-----")?
        .strip_suffix("-----END PUBLIC KEY-----")?;
    let text: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let der = data_encoding::BASE64.decode(text.as_bytes()).ok()?;
    // SEQUENCE { SEQUENCE { algorithm }, BIT STRING { key } }
    let (0x30, outer, _) = tlv(&der)? else {
        return None;
    };
    let (0x30, _, rest) = tlv(outer)? else {
        return None;
    };
    let (0x03, bits, _) = tlv(rest)? else {
        return None;
    };
    match bits.split_first() {
        Some((0, key)) => Some(key.to_vec()),
        _ => None,
    }
}

/// The tag, the content and what follows of an element of DER.
fn tlv(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if length.len() > 4 {
            return None;
        }
        let length = length
            .iter()
            .fold(0, |all: usize, byte| all << 8 | usize::from(*byte));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// What a call of Wise is about. Its events have no id of their own: the same bytes are the same event.
pub(super) fn notice(json: &Value, body: &[u8]) -> Option<Notice> {
    text(json, "/event_type")
        .starts_with("transfers#")
        .then(|| {
            let reference = id_text(json, "/data/resource/id");
            Notice {
                event_id: data_encoding::HEXLOWER.encode(&Sha256::digest(body)),
                key: None,
                references: Some(reference)
                    .filter(|text| !text.is_empty())
                    .into_iter()
                    .collect(),
            }
        })
}

/// How far a transfer is.
enum Stage {
    /// It is there, and nothing has been paid for it.
    Unfunded(String),
    Answer(Answer),
}

fn stage(json: &Value, key: Uuid) -> Stage {
    let id = id_text(json, "/id");
    if id.is_empty() || text(json, "/customerTransactionId") != key.to_string() {
        return Stage::Answer(Answer::Unclear("told of another transfer".to_owned()));
    }
    Stage::Answer(match text(json, "/status") {
        "incoming_payment_waiting" => return Stage::Unfunded(id),
        "outgoing_payment_sent" => Answer::Paid(id),
        status @ ("funds_refunded" | "charged_back") => {
            Answer::Returned(format!("the transfer is {status}"))
        }
        "cancelled" => Answer::Refused("the transfer is cancelled".to_owned()),
        _ => Answer::Taken(id),
    })
}

impl Wise {
    pub(super) fn new(
        line: Line,
        token: String,
        profile: String,
        source_currency: String,
        webhook_key: String,
    ) -> Self {
        Self {
            line,
            bearer: format!("Bearer {token}"),
            profile,
            source_currency,
            webhook_key,
        }
    }

    async fn call(&self, method: Method, path: &str, body: Body<'_>) -> Result<Reply, Lost> {
        let headers = [("authorization", self.bearer.as_str())];
        self.line.call(method, path, &headers, body).await
    }

    /// A request that prepares, and the id it answers with.
    async fn prepare(&self, path: &str, body: Body<'_>, what: &str) -> Result<String, Answer> {
        match asked(self.call(Method::POST, path, body).await)? {
            Said::Yes(json) => match id_text(&json, "/id") {
                id if id.is_empty() => Err(Answer::NotSent(format!("gave no {what}"))),
                id => Ok(id),
            },
            Said::No(status, json) => {
                Err(Answer::Refused(refusal(status, &[what, &errors(&json)])))
            }
        }
    }

    async fn submit(&self, order: &Order) -> Result<Answer, Answer> {
        let key = Uuid::from(order.key);
        let code = order.currency.code();
        // The amount is a number in JSON and never a float here.
        let quote = format!(
            r#"{{"sourceCurrency":"{}","targetCurrency":"{code}","targetAmount":{},"preferredPayIn":"BALANCE"}}"#,
            self.source_currency,
            decimal(order.amount, order.currency),
        );
        let path = format!("/v3/profiles/{}/quotes", self.profile);
        let quote = self.prepare(&path, Body::Text(quote), "quote").await?;
        let (kind, details) = match &order.place {
            Place::Wise { email } => ("email", json!({"email": email})),
            Place::Bank { iban, bic, .. } => (
                "iban",
                json!({"legalType": "PRIVATE", "IBAN": iban, "BIC": bic}),
            ),
            _ => return Ok(Answer::Refused("not a place that Wise pays to".to_owned())),
        };
        let holder = match &order.place {
            Place::Bank { holder, .. } => holder,
            _ => &order.legal_name,
        };
        let recipient = json!({
            "currency": code,
            "type": kind,
            "profile": number(&self.profile),
            "accountHolderName": holder,
            "details": details,
        });
        let recipient = self
            .prepare("/v1/accounts", Body::Json(&recipient), "recipient")
            .await?;
        let transfer = json!({
            "targetAccount": number(&recipient),
            "quoteUuid": quote,
            "customerTransactionId": key.to_string(),
            "details": {"reference": order.reference()},
        });
        let reply = self
            .call(Method::POST, "/v1/transfers", Body::Json(&transfer))
            .await;
        match said(reply)? {
            Said::Yes(json) => match stage(&json, key) {
                Stage::Unfunded(id) => self.fund(&id, key).await,
                Stage::Answer(answer) => Ok(answer),
            },
            Said::No(status, json) => Ok(Answer::Refused(refusal(
                status,
                &["transfer", &errors(&json)],
            ))),
        }
    }

    async fn fund(&self, id: &str, key: Uuid) -> Result<Answer, Answer> {
        let path = format!("/v3/profiles/{}/transfers/{id}/payments", self.profile);
        let body = json!({"type": "BALANCE"});
        let reply = self.call(Method::POST, &path, Body::Json(&body)).await;
        match said(reply)? {
            Said::Yes(json) if text(&json, "/status") == "COMPLETED" => {
                Ok(Answer::Taken(id.to_owned()))
            }
            Said::Yes(json) => self.give_up(id, key, text(&json, "/errorCode")).await,
            Said::No(_, json) => self.give_up(id, key, &errors(&json)).await,
        }
    }

    /// Cancels a transfer that was not funded, so that nobody funds it later; it has failed only then.
    async fn give_up(&self, id: &str, key: Uuid, why: &str) -> Result<Answer, Answer> {
        // From here on it was asked to pay, so that no answer means that nothing was sent.
        let json = match self.transfer(id).await.map_err(unclear)? {
            Some(json) => json,
            None => return Ok(Answer::Unclear("the transfer is gone".to_owned())),
        };
        match stage(&json, key) {
            Stage::Answer(answer) => return Ok(answer),
            Stage::Unfunded(_) => {}
        }
        let path = format!("/v1/transfers/{id}/cancel");
        let why = redacted(&format!("not funded: {why}"));
        match said(self.call(Method::PUT, &path, Body::None).await).map_err(unclear)? {
            Said::Yes(json) if text(&json, "/status") == "cancelled" => Ok(Answer::Refused(why)),
            _ => Ok(Answer::Unclear(why)),
        }
    }

    /// A transfer by Wise's own id.
    async fn transfer(&self, id: &str) -> Result<Option<Value>, Answer> {
        let path = format!("/v1/transfers/{}", escaped(id));
        match asked(self.call(Method::GET, &path, Body::None).await)? {
            Said::Yes(json) => Ok(Some(json)),
            Said::No(404, _) => Ok(None),
            Said::No(status, json) => Err(Answer::NotSent(refusal(status, &[&errors(&json)]))),
        }
    }

    async fn find(&self, order: &Order, reference: Option<&str>) -> Result<Found, Answer> {
        let key = Uuid::from(order.key);
        let found = |json: &Value| match stage(json, key) {
            // Submitting again goes on where it was left.
            Stage::Unfunded(_) => Found::Missing,
            Stage::Answer(answer) => Found::Answer(answer),
        };
        if let Some(reference) = reference {
            return match self.transfer(reference).await? {
                Some(json) => Ok(found(&json)),
                None => Ok(Found::Answer(Answer::Unclear(
                    "does not know its own transfer".to_owned(),
                ))),
            };
        }
        let since = order.made_at.plus_ms(-CLOCK_MS).timestamp().to_string();
        for page in 0..PAGES_MAX {
            let path = format!(
                "/v1/transfers?profile={}&createdDateStart={}&limit={PAGE}&offset={}",
                self.profile,
                escaped(&since),
                page * PAGE
            );
            let json = match asked(self.call(Method::GET, &path, Body::None).await)? {
                Said::Yes(json) => json,
                Said::No(status, json) => {
                    return Err(Answer::NotSent(refusal(status, &[&errors(&json)])));
                }
            };
            let Some(list) = json.as_array() else {
                return Err(Answer::NotSent("answered without a list".to_owned()));
            };
            let key = key.to_string();
            if let Some(one) = list
                .iter()
                .find(|one| text(one, "/customerTransactionId") == key)
            {
                return Ok(found(one));
            }
            if list.len() < PAGE {
                return Ok(Found::Missing);
            }
        }
        Err(Answer::NotSent(
            "has more transfers than are looked through".to_owned(),
        ))
    }
}

/// A number as Wise sends its ids, in JSON.
fn number(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| json!(text), |id| json!(id))
}

/// Codes and messages of a refusal.
fn errors(json: &Value) -> String {
    [
        text(json, "/errors/0/code"),
        text(json, "/errors/0/message"),
        text(json, "/error"),
        text(json, "/message"),
    ]
    .iter()
    .filter(|part| !part.is_empty())
    .copied()
    .collect::<Vec<_>>()
    .join(" ")
}

impl Adapter for Wise {
    fn submit<'a>(&'a self, order: &'a Order) -> Asking<'a, Answer> {
        Box::pin(async move { self.submit(order).await.unwrap_or_else(|answer| answer) })
    }

    fn look_up<'a>(&'a self, order: &'a Order, reference: Option<&'a str>) -> Asking<'a, Found> {
        Box::pin(async move {
            self.find(order, reference)
                .await
                .unwrap_or_else(Found::Answer)
        })
    }

    fn test(&self) -> Asking<'_, Result<String, String>> {
        Box::pin(async move {
            let reply = self.call(Method::GET, "/v1/profiles", Body::None).await;
            let json = match asked(reply).map_err(super::why)? {
                Said::Yes(json) => json,
                Said::No(status, json) => return Err(refusal(status, &[&errors(&json)])),
            };
            let known = json.as_array().into_iter().flatten();
            if known
                .map(|one| id_text(one, "/id"))
                .any(|id| id == self.profile)
            {
                Ok("Wise answers, and the token is for this profile.".to_owned())
            } else {
                Err(format!("the token is not for profile {}", self.profile))
            }
        })
    }

    fn is_signed(&self, incoming: &Incoming) -> Option<bool> {
        let signature = incoming.head.get("x-signature-sha256");
        let signature =
            signature.and_then(|text| data_encoding::BASE64.decode(text.trim().as_bytes()).ok());
        Some(match (public_key(&self.webhook_key), signature) {
            (Some(key), Some(signature)) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                    .verify(&incoming.body, &signature)
                    .is_ok()
            }
            _ => false,
        })
    }

    fn confirm<'a>(&'a self, _: &'a Incoming) -> Asking<'a, Result<bool, String>> {
        Box::pin(async { Ok(false) })
    }

    fn key_of<'a>(&'a self, reference: &'a str) -> Asking<'a, Option<TransferId>> {
        Box::pin(async move {
            let json = self.transfer(reference).await.ok().flatten()?;
            let key: Uuid = text(&json, "/customerTransactionId").parse().ok()?;
            Some(TransferId::from(key))
        })
    }
}
