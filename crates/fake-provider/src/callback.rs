//! Calls to whoever wants to hear what became of a transfer, signed as each provider signs.

use std::pin::Pin;
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::book::Made;

/// Who wants to hear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hook {
    /// `paypal`, `stripe` or `wise`.
    pub provider: String,
    /// `http://127.0.0.1:8080/hooks/…`.
    pub url: String,
    /// Stripe: the signing secret. PayPal: the webhook's id. Wise: nothing.
    pub secret: String,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Ringing {
    /// Where to.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: String,
}

/// How calls are made.
pub type Ring = Arc<dyn Fn(Ringing) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

pub(crate) fn over_tcp() -> Ring {
    Arc::new(|ringing| {
        Box::pin(async move {
            let _ = post(&ringing).await;
        })
    })
}

async fn post(ringing: &Ringing) -> std::io::Result<()> {
    let rest = ringing.url.strip_prefix("http://").unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await?;
    let headers: String = ringing
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let body = &ringing.body;
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(())
}

fn paypal_signature(webhook: &str, id: &str, time: &str, event: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(format!(
        "fake|{webhook}|{id}|{time}|{event}"
    )))
}

/// Whether a request to verify a call holds one of ours: the event must have come back byte for byte.
pub(crate) fn is_paypals(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let Some((_, event)) = text.split_once("\"webhook_event\":") else {
        return false;
    };
    let event = event.strip_suffix('}').unwrap_or(event);
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let part = |name: &str| json[name].as_str().unwrap_or_default();
    let expected = paypal_signature(
        part("webhook_id"),
        part("transmission_id"),
        part("transmission_time"),
        event,
    );
    part("transmission_sig") == expected
}

/// The call that tells a hook of a transfer. The same transfer makes the same event.
pub(crate) fn ringing(hook: &Hook, made: &Made, now_ms: i64) -> Ringing {
    let time = jiff::Timestamp::from_millisecond(now_ms)
        .map(|at| at.to_string())
        .unwrap_or_default();
    let (headers, body) = match made.provider.as_str() {
        "paypal" => {
            let body = json!({
                "id": format!("WH-{}{}", made.id, if made.returned { "-back" } else if made.refused { "-refused" } else { "" }),
                "event_type": if made.returned { "PAYMENT.PAYOUTS-ITEM.RETURNED" } else { "PAYMENT.PAYOUTS-ITEM.SUCCEEDED" },
                "resource": {"payout_batch_id": made.id, "sender_batch_id": made.key, "payout_item": {"sender_item_id": made.key}},
            })
            .to_string();
            let id = format!("transmission-{}", made.id);
            let signature = paypal_signature(&hook.secret, &id, &time, &body);
            let headers = vec![
                ("paypal-auth-algo", "SHA256withRSA".to_owned()),
                ("paypal-cert-url", "https://api.paypal.com/cert".to_owned()),
                ("paypal-transmission-id", id),
                ("paypal-transmission-sig", signature),
                ("paypal-transmission-time", time),
            ];
            (headers, body)
        }
        "stripe" => {
            let body = json!({
                "id": format!("evt_{}{}", made.id, if made.returned { "_back" } else { "" }),
                "type": if made.returned { "transfer.reversed" } else { "transfer.created" },
                "data": {"object": {"id": made.id, "object": "transfer", "transfer_group": made.key}},
            })
            .to_string();
            let at = now_ms / 1000;
            let signature = Hmac::<Sha256>::new_from_slice(hook.secret.as_bytes())
                .map(|mac| {
                    mac.chain_update(format!("{at}.{body}"))
                        .finalize()
                        .into_bytes()
                })
                .map(|tag| HEXLOWER.encode(&tag))
                .unwrap_or_default();
            (
                vec![("stripe-signature", format!("t={at},v1={signature}"))],
                body,
            )
        }
        _ => {
            let body = json!({
                "data": {"resource": {"type": "transfer", "id": made.id.parse::<i64>().unwrap_or_default()}, "current_state": if made.returned { "funds_refunded" } else if made.refused { "cancelled" } else { "outgoing_payment_sent" }},
                "event_type": "transfers#state-change",
            })
            .to_string();
            let headers = vec![("x-signature-sha256", wise_signature(body.as_bytes()))];
            (headers, body)
        }
    };
    Ringing {
        url: hook.url.clone(),
        headers,
        body,
    }
}

fn wise_signature(body: &[u8]) -> String {
    let Ok(key) = RsaKeyPair::from_pkcs8(include_bytes!("wise_key.der")) else {
        return String::new();
    };
    let mut signature = vec![0; key.public().modulus_len()];
    match key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        body,
        &mut signature,
    ) {
        Ok(()) => BASE64.encode(&signature),
        Err(_) => String::new(),
    }
}
