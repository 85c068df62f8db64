//! Every id that the API takes in a query or a body is tried as the other business's and as nobody's: the
//! answers are alike, and tell nothing of the other. The fields are read from the OpenAPI document; one that is
//! not known here fails the test, so that it stays whole. Ids in paths are tried in `tenants`.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Shop, TestApp, both_engines};
use web::api::openapi;

/// What names something of a business: ids by the words of their lists, and other names.
type Names = BTreeMap<&'static str, String>;

/// Fields that name nothing of a business. The ids of products, clicks' `sub_ids` and metadata are words of the
/// business's own, which are stored and not looked up.
const NAMELESS: &[&str] = &[
    "active",
    "again",
    "all_eligible",
    "amount",
    "attribution",
    "auto_approve",
    "base",
    "caps",
    "company",
    "conditions",
    "cookie_days",
    "country",
    "currency",
    "deal_type",
    "description",
    "destination_url",
    "effective_from",
    "ends_at",
    "event",
    "from",
    "group_by",
    "hold_days",
    "hosts",
    "included",
    "ip",
    "kind",
    "label",
    "levels",
    "limit",
    "link_parameter",
    "metadata",
    "method",
    "model",
    "note",
    "occurred_at",
    "page",
    "paid_at",
    "passed",
    "paused",
    "payout_frequency",
    "payout_method",
    "phone",
    "product_id",
    "provider",
    "quantity",
    "reason",
    "recurrence",
    "reference",
    "referrer",
    "region",
    "release_hold",
    "reward",
    "shipping",
    "starts_at",
    "status",
    "sub_ids",
    "tags",
    "tax",
    "to",
    "traffic_source",
    "trigger",
    "until",
    "url",
    "user_agent",
    "website",
];

/// What a field of a call names; none when it names nothing of a business. `field` is its path.
fn named(path: &str, field: &str) -> Option<&'static str> {
    let list = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let tracked = matches!(list, "track" | "attribution");
    let leaf = field.rsplit('.').next().unwrap_or_default();
    Some(match (leaf.trim_end_matches("[]"), list) {
        ("affiliate_id" | "parent_id", _) => "affiliates",
        ("campaign_id", _) => "campaigns",
        ("click_id", _) => "clicks",
        ("code" | "coupon", "track") => "codes",
        // Codes are unique in the whole installation: that one is taken is told.
        ("code", "campaigns" | "partnerships") => return None,
        ("commission_id", _) => "commissions",
        ("customer_id", _) => "customers",
        ("customer_external_id", _) => "external customers",
        ("email", _) if tracked => "customers' addresses",
        ("email", "affiliates") => "affiliates' addresses",
        ("event_id", _) => "events",
        ("external_id", "customers") => "external customers",
        ("external_id", _) if field.starts_with("customer.") => "external customers",
        ("external_id", "events" | "attribution") => "external sales",
        ("external_id", "track") => match path.rsplit('/').next() {
            Some("lead") => "external leads",
            Some("sale") => "external sales",
            Some("refund") => "external refunds",
            Some("dispute") => "external disputes",
            _ => panic!("whose external id is {field} of {path}?"),
        },
        ("sale_external_id", _) => "external sales",
        ("group_id", _) => "groups",
        ("ids", "commissions") => "commissions",
        ("ids", "referrals") => "referrals",
        ("instead_of", "back-tests") => "rules",
        ("name", "groups") => "groups' names",
        ("name", "campaigns") => "campaigns' names",
        ("name", _) => return None,
        ("payout_id", _) => "payouts",
        ("q", _) => "words",
        ("referral_id", _) => "referrals",
        ("tag", _) => "tags",
        ("visitor_id", _) => "visitors",
        // A cursor is a row of the list.
        ("after", _) if path.ends_with("/links") => "links",
        ("after", _) if path.ends_with("/partnerships") => "partnerships",
        ("after", _) if path.ends_with("/members") => "members",
        ("after", "ledger") => "entries",
        ("after", _) => LISTS
            .iter()
            .copied()
            .find(|known| *known == list)
            .unwrap_or_else(|| panic!("what is listed at {path}?")),
        (leaf, _) if NAMELESS.contains(&leaf) => return None,
        _ => panic!(
            "{field} of {path} is not known here: say in `named` what it names, or note it as nameless"
        ),
    })
}

/// Lists of the API by the first word of their path.
const LISTS: &[&str] = &[
    "affiliates",
    "campaigns",
    "commissions",
    "customers",
    "events",
    "groups",
    "ledger",
    "partnerships",
    "payout-runs",
    "payouts",
    "referrals",
    "rules",
];

/// A business with one of everything that can be named. `word` is in all its names and in no other business's.
async fn furnish(shop: &Shop<'_>, word: &str) -> Names {
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
    let run = shop.made("/payout-runs", json!({})).await;
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

/// What nobody has: of an id the next one, so that it stands at the same place of every order.
fn nobodys(name: &str) -> String {
    let (id, rest) = name
        .split_once(':')
        .map_or((name, ""), |(id, _)| (id, &name[id.len()..]));
    match id.split_once('_') {
        Some((_, digits)) if digits.len() == 26 => {
            let last = if id.ends_with('0') { '1' } else { '0' };
            format!("{}{last}{rest}", &id[..id.len() - 1])
        }
        _ => format!("no-{name}"),
    }
}

/// Every call of the document, in the order of methods and paths.
fn calls(document: &Value) -> Vec<(Method, String, Value)> {
    let mut all = Vec::new();
    for (path, calls) in document["paths"].as_object().expect("paths") {
        for (method, call) in calls.as_object().expect("calls") {
            if let Ok(method) = method.to_uppercase().parse::<Method>() {
                all.push((method, path.clone(), call.clone()));
            }
        }
    }
    all.sort_by_key(|(method, path, _)| (method.to_string(), path.clone()));
    all
}

/// The names of a call's query parameters.
fn parameters(call: &Value) -> Vec<String> {
    let all = call["parameters"].as_array().cloned().unwrap_or_default();
    all.iter()
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The paths of the fields of a call's body: `include[].affiliate_id`.
fn body_fields(document: &Value, call: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let schema = &call["requestBody"]["content"]["application/json"]["schema"];
    if !schema.is_null() {
        gather(document, schema, "", &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn gather(document: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document
            .pointer(name.trim_start_matches('#'))
            .expect("a schema");
        return gather(document, named, at, found);
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
    if schema["type"] == "null" {
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
            found.extend(
                ["group_id", "campaign_id", "affiliate_id"].map(|part| format!("{at}.{part}")),
            );
        }
        None if at.is_empty() => {}
        None => found.push(at.to_owned()),
    }
}

/// Puts a text at the path of a field.
fn put(body: &mut Value, field: &str, text: &str) {
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
        Some(rest) => put(slot, rest, text),
        None => *slot = json!(text),
    }
}

/// A body that is right but for the field that is put into it. `fresh` is a text that was never sent.
fn body(method: &Method, path: &str, field: &str, own: &Names, fresh: &str) -> Value {
    let sold = &own["external sales"];
    match (method.as_str(), path) {
        ("POST", "/affiliates") => json!({"name": "Ben", "email": format!("{fresh}@example.com")}),
        ("POST", "/campaigns") => {
            json!({"name": fresh, "destination_url": "https://shop.example.com/"})
        }
        ("POST", "/commissions") => json!({"amount": 100, "currency": "USD", "note": "Bonus"}),
        ("POST", "/rules") => json!({"reward": {"percent_ppm": 1}}),
        ("POST", "/back-tests") => {
            json!({"from": "2026-11-01", "to": "2026-11-30", "rule": {"reward": {"percent_ppm": 1}}})
        }
        ("POST", "/payout-runs/{id}/members") => {
            let list = field.split('[').next().unwrap_or_default();
            json!({list: [{"currency": "USD"}]})
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
        _ => json!({}),
    }
}

/// The address with one's own id in its place.
fn filled(path: &str, own: &Names) -> String {
    if !path.contains('{') {
        return path.to_owned();
    }
    let list = path.split('/').nth(1).unwrap_or_default();
    let id = own
        .get(list)
        .unwrap_or_else(|| panic!("furnish makes no {list} for {path}"));
    let path = path.replace("{id}", id);
    assert!(!path.contains('{'), "{path} has a place without an id");
    path
}

/// What was answered, without the name that was sent and the request's own id.
fn told(answer: &Answer, sent: &str) -> String {
    answer
        .text()
        .replace(sent, "SENT")
        .replace(answer.header("x-request-id"), "REQUEST")
}

/// The same without any id, for what is made anew with each call.
fn plain(answer: &Answer, sent: &str) -> (u16, String) {
    let text = told(answer, sent);
    let parts = text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let parts = parts.map(|part| {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        match word.split_once('_') {
            Some((_, digits)) if digits.len() == 26 => part.replacen(digits, "ID", 1),
            _ => part.to_owned(),
        }
    });
    (answer.status.as_u16(), parts.collect())
}

/// Fails when an answer tells anything of the other business that was not sent to it.
fn tells_nothing_of(foreign: &Names, answer: &Answer, sent: &str, place: &str) {
    let text = told(answer, sent);
    for name in foreign.values() {
        assert!(
            !text.contains(name.as_str()),
            "{place} tells {name}: {text}"
        );
    }
}

async fn everything(shop: &Shop<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for list in LISTS {
        all.push(
            shop.api()
                .get(&format!("/{list}?limit=200"))
                .await
                .expect(200)
                .json(),
        );
    }
    all
}

both_engines! {
    async fn queries_find_ones_own_alone(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (own, foreign) = (furnish(&ours, "Northwind").await, furnish(&theirs, "Southwind").await);
        let document = serde_json::to_value(openapi::document()).unwrap();
        let mut tried = 0;
        for (method, path, call) in calls(&document) {
            for field in parameters(&call) {
                let Some(kind) = named(&path, &field) else { continue };
                assert_eq!(method, Method::GET, "{path}: what changes something takes its input in the body");
                let place = format!("{path}?{field}");
                let ask = async |name: &str| {
                    let mut query = form_urlencoded::Serializer::new(String::new());
                    if path == "/ledger/signed-statement" {
                        query.append_pair("from", "2026-11-01").append_pair("to", "2026-11-30");
                    }
                    query.append_pair(&field, name);
                    let query = query.finish();
                    ours.api().get(&format!("{}?{query}", filled(&path, &own))).await
                };
                let mine = ask(&own[kind]).await.expect(200);
                let missing = nobodys(&foreign[kind]);
                let (other, nobodys) = (ask(&foreign[kind]).await, ask(&missing).await);
                assert_eq!(plain(&other, &foreign[kind]), plain(&nobodys, &missing), "{place}");
                assert!(matches!(other.status.as_u16(), 200 | 404), "{place}: {}", other.text());
                tells_nothing_of(&foreign, &other, &foreign[kind], &place);
                // Any row may follow a cursor, or none; else one's own name finds something.
                if field != "after" {
                    assert_ne!(plain(&mine, &own[kind]).1, plain(&other, &foreign[kind]).1, "{place} finds nothing");
                }
                tried += 1;
            }
        }
        assert!(tried >= 45, "{tried} parameters");
    }

    async fn bodies_name_ones_own_alone(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (own, foreign) = (furnish(&ours, "Northwind").await, furnish(&theirs, "Southwind").await);
        let before = everything(&theirs).await;
        let document = serde_json::to_value(openapi::document()).unwrap();
        let (mut tried, mut sent) = (0, 0);
        for (method, path, call) in calls(&document) {
            for field in body_fields(&document, &call) {
                let Some(kind) = named(&path, &field) else { continue };
                let place = format!("{method} {path} {field}");
                let mut names = vec![foreign[kind].clone(), nobodys(&foreign[kind])];
                if method == Method::PATCH {
                    // As it was, for the calls that follow.
                    names.push(own[kind].clone());
                }
                let mut answers = Vec::new();
                for name in &names {
                    sent += 1;
                    let mut body = body(&method, &path, &field, &own, &format!("fresh-{sent}"));
                    put(&mut body, &field, name);
                    let answer = ours.api().raw(method.clone(), &filled(&path, &own), "application/json", body.to_string()).await;
                    assert!(answer.status.as_u16() < 500, "{place}: {}", answer.text());
                    answers.push(answer);
                }
                let (other, nobodys) = (&answers[0], &answers[1]);
                assert_eq!(plain(other, &names[0]), plain(nobodys, &names[1]), "{place}");
                tells_nothing_of(&foreign, other, &names[0], &place);
                match other.status.as_u16() {
                    // Nothing else is wrong with the body, so that the name was looked at.
                    422 => assert_eq!(other.wrong_fields(), [field.replace("[]", "[0]")], "{place}: {}", other.text()),
                    404 => {}
                    200 if path.ends_with("/approve") => {
                        let done = other.json();
                        let failed = done["failed"].as_array().map(Vec::len);
                        assert_eq!((&done["approved"], failed), (&json!(0), Some(usize::from(field == "ids[]"))), "{place}: {done}");
                    }
                    200 | 201 => assert!(
                        path.starts_with("/track/") || matches!(kind, "affiliates' addresses" | "groups' names" | "campaigns' names"),
                        "{place} takes an id that nobody has: {}", other.text()
                    ),
                    status => panic!("{place}: {status} {}", other.text()),
                }
                tried += 1;
            }
        }
        assert!(tried >= 45, "{tried} fields");
        assert_eq!(before, everything(&theirs).await, "nothing of theirs was changed");
    }
}
