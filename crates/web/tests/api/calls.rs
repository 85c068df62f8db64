//! What the tests of all the API's calls share: the calls and their fields, read from the OpenAPI document, and a
//! business with one of everything that they can name.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use testkit::Shop;
use web::api::openapi;

/// What names something of a business: ids by the words of their lists, and other names.
pub type Names = BTreeMap<&'static str, String>;

/// A business with one of everything that can be named. `word` is in all its names and in no other business's.
pub async fn furnish(shop: &Shop<'_>, word: &str) -> Names {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let slug = &shop.slug;
    let group = shop
        .made("/groups", json!({"name": format!("VIP {word}")}))
        .await;
    let affiliate = json!({"name": format!("Ada {word}"), "email": format!("ada@{slug}.example.com"), "status": "approved",
        "group_id": group["id"], "tags": [slug]});
    let affiliate = shop.made("/affiliates", affiliate).await;
    let campaign = json!({"name": format!("Autumn {word}"), "active": true, "destination_url": format!("https://{slug}.example.com/")});
    let campaign = shop.made("/campaigns", campaign).await;
    let code = format!("ada-{slug}");
    let partnership = shop.partnership(&campaign, &affiliate, &code).await;
    let scope = json!({"group_id": group["id"], "campaign_id": campaign["id"], "affiliate_id": affiliate["id"]});
    let rule = shop
        .made(
            "/rules",
            json!({"scope": scope, "reward": {"percent_ppm": 200_000}}),
        )
        .await;
    let click = shop.made("/track/click", json!({"code": code})).await;
    let customer = json!({"external_id": format!("user-{slug}"), "name": format!("Bob {word}"), "email": format!("bob@{slug}.example.net")});
    let lead = json!({"external_id": format!("lead-{slug}"), "customer": customer, "click_id": click["click_id"]});
    shop.made("/track/lead", lead).await;
    let sold = format!("inv-{slug}");
    for (external_id, customer) in [
        (sold.clone(), format!("user-{slug}")),
        (format!("waits-{slug}"), format!("waits-{slug}")),
    ] {
        let sale = json!({"external_id": external_id, "customer_external_id": customer, "amount": 4900, "currency": "USD", "code": code});
        shop.made("/track/sale", sale).await;
    }
    let first = async |list: String| {
        let rows = shop.api().get(&list).await.expect(200).json();
        text(&rows["data"][0]["id"])
    };
    let customer = first(format!("/customers?external_id=user-{slug}")).await;
    let referral = first(format!("/referrals?customer_id={customer}")).await;
    let commission = first(format!("/commissions?referral_id={referral}")).await;
    let event = first(format!("/events?external_id={sold}")).await;
    for path in [
        format!("/referrals/{referral}/approve"),
        format!("/commissions/{commission}/approve"),
    ] {
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let payouts = shop
        .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
        .await;
    // A run with a member: something is approved that is in no payout.
    let bonus = json!({"affiliate_id": affiliate["id"], "amount": 500, "currency": "USD", "note": "A bonus"});
    shop.made("/commissions", bonus).await;
    let run = shop
        .made("/payout-runs", json!({"group_id": group["id"]}))
        .await;
    let refund =
        json!({"external_id": format!("refund-{slug}"), "sale_external_id": sold, "amount": 100});
    shop.made("/track/refund", refund).await;
    let dispute = json!({"external_id": format!("dispute-{slug}"), "sale_external_id": sold, "amount": 100, "status": "opened"});
    shop.made("/track/dispute", dispute).await;
    BTreeMap::from([
        ("affiliates", text(&affiliate["id"])),
        ("affiliates' addresses", format!("ada@{slug}.example.com")),
        ("campaigns", text(&campaign["id"])),
        ("campaigns' names", format!("Autumn {word}")),
        ("clicks", text(&click["click_id"])),
        ("codes", code),
        ("commissions", commission),
        ("customers", customer),
        ("customers' addresses", format!("bob@{slug}.example.net")),
        ("entries", first("/ledger".to_owned()).await),
        ("events", event),
        ("external customers", format!("user-{slug}")),
        ("external disputes", format!("dispute-{slug}")),
        ("external leads", format!("lead-{slug}")),
        ("external refunds", format!("refund-{slug}")),
        ("external sales", sold),
        ("groups", text(&group["id"])),
        ("groups' names", format!("VIP {word}")),
        ("links", text(&partnership["link"]["id"])),
        ("members", format!("{}:USD", text(&affiliate["id"]))),
        ("partnerships", text(&partnership["id"])),
        ("payout-runs", text(&run["id"])),
        ("payouts", text(&payouts["data"][0]["id"])),
        ("referrals", referral),
        ("rules", text(&rule["id"])),
        ("tags", slug.clone()),
        ("visitors", text(&click["visitor_id"])),
        ("words", word.to_owned()),
    ])
}

/// A call of the API.
pub struct Call {
    /// Its method.
    pub method: Method,
    /// With `{id}` where an id stands.
    pub path: String,
    /// The names of its query parameters.
    pub parameters: Vec<String>,
    /// Whether it takes a body.
    pub has_body: bool,
    /// The fields of its body, each once, by path.
    pub fields: Vec<Field>,
}

/// A field of a body that has no fields of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// Where it stands: `include[].affiliate_id`.
    pub path: String,
    /// Its JSON type: `string`, `integer`, `boolean`, `object`; empty for any.
    pub kind: String,
}

impl Field {
    /// As problems name it in a list of one: `include[0].affiliate_id`.
    pub fn named(&self) -> String {
        self.path.replace("[]", "[0]")
    }
}

/// Every call of the document, in the order of methods and paths.
pub fn calls() -> Vec<Call> {
    let document = serde_json::to_value(openapi::document()).expect("a document");
    let mut all = Vec::new();
    for (path, calls) in document["paths"].as_object().expect("paths") {
        for (method, call) in calls.as_object().expect("calls") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            let parameters = call["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.filter(|parameter| parameter["in"] == "query");
            let schema = &call["requestBody"]["content"]["application/json"]["schema"];
            let mut fields = Vec::new();
            if !schema.is_null() {
                gather(&document, schema, "", &mut fields);
            }
            fields.sort();
            fields.dedup();
            all.push(Call {
                method,
                path: path.clone(),
                parameters: parameters
                    .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
                    .collect(),
                has_body: !schema.is_null(),
                fields,
            });
        }
    }
    all.sort_by_key(|call| (call.method.to_string(), call.path.clone()));
    all
}

fn gather(document: &Value, schema: &Value, at: &str, found: &mut Vec<Field>) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#'));
        return gather(document, named.expect("a schema"), at, found);
    }
    let parts: Vec<&Value> = ["oneOf", "anyOf", "allOf"]
        .iter()
        .filter_map(|word| schema[*word].as_array())
        .flatten()
        .collect();
    if !parts.is_empty() {
        for part in parts {
            gather(document, part, at, found);
        }
        return;
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null"),
        kind => Some(kind),
    };
    let kind = kind.and_then(Value::as_str).unwrap_or_default().to_owned();
    if kind == "null" {
        return;
    }
    if schema["items"].is_object() {
        return gather(document, &schema["items"], &format!("{at}[]"), found);
    }
    match schema["properties"].as_object() {
        Some(properties) => {
            for (name, inner) in properties {
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                gather(document, inner, &at, found);
            }
        }
        // The document tells the parts of a scope in words only.
        None if at == "scope" || at.ends_with(".scope") => {
            let parts = ["group_id", "campaign_id", "affiliate_id"];
            found.extend(parts.map(|part| Field {
                path: format!("{at}.{part}"),
                kind: "string".to_owned(),
            }));
        }
        None if at.is_empty() => {}
        None => found.push(Field {
            path: at.to_owned(),
            kind,
        }),
    }
}

/// Puts a value at the path of a field.
pub fn put(body: &mut Value, field: &str, value: Value) {
    let (first, rest) = field
        .split_once('.')
        .map_or((field, None), |(first, rest)| (first, Some(rest)));
    let slot = match first.strip_suffix("[]") {
        Some(name) => {
            if !body[name].is_array() {
                body[name] = json!([{}]);
            }
            &mut body[name][0]
        }
        None => &mut body[first],
    };
    match rest {
        Some(rest) => put(slot, rest, value),
        None => *slot = value,
    }
}

/// A body that is right but for the field that is put into it. `fresh` is a text that was never sent.
pub fn body(call: &Call, field: &str, own: &Names, fresh: &str) -> Value {
    let sold = &own["external sales"];
    let last = call.path.rsplit('/').next().unwrap_or_default();
    let mut body = match (call.method.as_str(), call.path.as_str()) {
        ("POST", "/affiliates") => json!({"name": "Ben", "email": format!("{fresh}@example.com")}),
        ("POST", "/campaigns") => {
            json!({"name": fresh, "destination_url": "https://shop.example.com/"})
        }
        ("POST", "/groups") => json!({"name": fresh}),
        ("POST", "/campaigns/{id}/partnerships") => json!({"affiliate_id": own["affiliates"]}),
        ("POST", "/commissions") => {
            json!({"affiliate_id": own["affiliates"], "amount": 100, "currency": "USD", "note": "Bonus"})
        }
        ("POST", "/rules") => json!({"reward": {"percent_ppm": 1}}),
        ("POST", "/back-tests") => {
            json!({"from": "2026-11-01", "to": "2026-11-30", "rule": {"reward": {"percent_ppm": 1}}})
        }
        ("POST", "/payout-runs/{id}/members") => {
            let list = field.split('[').next().unwrap_or_default();
            json!({list: [{"affiliate_id": own["affiliates"], "currency": "USD"}]})
        }
        ("POST", "/track/click") => json!({"code": own["codes"]}),
        ("POST", "/track/lead") => {
            json!({"external_id": fresh, "customer": {"external_id": fresh}})
        }
        ("POST", "/track/sale") if field.starts_with("customer.") => {
            json!({"external_id": fresh, "customer": {"external_id": fresh}, "amount": 100, "currency": "USD"})
        }
        ("POST", "/track/sale") => {
            json!({"external_id": fresh, "customer_external_id": fresh, "amount": 100, "currency": "USD"})
        }
        ("POST", "/track/refund") => {
            json!({"external_id": fresh, "sale_external_id": sold, "amount": 100})
        }
        ("POST", "/track/dispute") => {
            json!({"external_id": fresh, "sale_external_id": sold, "amount": 100, "status": "opened"})
        }
        ("POST", "/track/cancel") => json!({"customer_external_id": fresh}),
        ("POST", _) => match last {
            "adjust" => json!({"amount": 100, "note": "Agreed by phone"}),
            "checks" => json!({"kind": "kyc", "passed": true}),
            "links" => json!({"label": "Newsletter"}),
            "reject" => json!({"reason": "A test"}),
            "status" => json!({"status": "suspended"}),
            "submit" => json!({"expected": []}),
            "send" => json!({"provider": "paypal", "expected": []}),
            "mark-paid" if call.path.starts_with("/payout-runs") => json!({"expected": []}),
            _ => json!({}),
        },
        _ => json!({}),
    };
    // The parts of a list's one row that are not put into it.
    for (list, row) in [
        ("items", json!({"product_id": "shoes", "amount": 100})),
        ("minimum_payout", json!({"amount": 1, "currency": "USD"})),
        ("expected", json!({"amount": 1, "currency": "USD"})),
    ] {
        if field.starts_with(&format!("{list}[]")) {
            body[list] = json!([row]);
        }
    }
    body
}

/// The address with one's own id in its place.
pub fn filled(path: &str, own: &Names) -> String {
    if !path.contains('{') {
        return path.to_owned();
    }
    let list = path.split('/').nth(1).unwrap_or_default();
    let id = match list {
        // A back-test is no row: it stays in the process that runs it.
        "back-tests" => "nothing",
        list => own
            .get(list)
            .unwrap_or_else(|| panic!("furnish makes no {list} for {path}"))
            .as_str(),
    };
    let path = path.replace("{id}", id);
    assert!(!path.contains('{'), "{path} has a place without an id");
    path
}
