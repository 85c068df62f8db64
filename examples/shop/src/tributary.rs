//! The integration: three calls.

use serde_json::{Value, json};

/// Where Tributary runs and the keys for it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its address, without a slash at the end.
    pub base_url: String,
    /// The secret API key with the scope `track`; it never leaves the server.
    pub api_key: String,
    /// The key for the browser.
    pub publishable_key: String,
}

/// The API as the shop uses it.
pub(crate) struct Tributary {
    connection: Connection,
    http: reqwest::Client,
}

/// What Tributary answered, or why there is no answer.
pub(crate) type Answer = Result<Value, String>;

impl Tributary {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            http: reqwest::Client::new(),
        }
    }

    /// The address of the browser script.
    pub(crate) fn script(&self) -> String {
        format!("{}/js/tributary.js", self.connection.base_url)
    }

    pub(crate) fn publishable_key(&self) -> &str {
        &self.connection.publishable_key
    }

    /// Somebody signed up. `click_id` comes from the form, where `tributary.js` put it; without one
    /// the lead is recorded and credited to nobody.
    pub(crate) async fn lead(
        &self,
        customer: &str,
        name: &str,
        email: &str,
        click_id: Option<&str>,
    ) -> Answer {
        let mut body = json!({
            "external_id": format!("sign-up-{customer}"),
            "customer": {"external_id": customer, "name": name, "email": email},
        });
        if let Some(click_id) = click_id {
            body["click_id"] = json!(click_id);
        }
        self.post("lead", body).await
    }

    /// Somebody paid. Amounts are in cents. The customer is known by now, so no click is needed.
    pub(crate) async fn sale(&self, invoice: &str, customer: &str, amount: i64) -> Answer {
        self.post("sale", json!({"external_id": invoice, "customer_external_id": customer, "amount": amount, "currency": "USD"})).await
    }

    /// Somebody got all their money back.
    pub(crate) async fn refund(&self, invoice: &str) -> Answer {
        self.post("refund", json!({"external_id": format!("refund-{invoice}"), "sale_external_id": invoice, "reason": "asked by the customer"})).await
    }

    /// The `Idempotency-Key` makes it safe to send the same call again after a broken connection.
    async fn post(&self, call: &str, body: Value) -> Answer {
        let key = format!(
            "shop-{call}-{}",
            body["external_id"].as_str().unwrap_or_default()
        );
        let url = format!("{}/api/v1/track/{call}", self.connection.base_url);
        let request = self
            .http
            .post(url)
            .bearer_auth(&self.connection.api_key)
            .header("Idempotency-Key", key)
            .json(&body);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let body: Value = answer.json().await.map_err(|error| error.to_string())?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!(
                "{status}: {}",
                body["detail"].as_str().unwrap_or("no detail")
            ))
        }
    }
}
