//! Bad input to every call of the API that takes a body, and to the script's calls: each is refused with a clear
//! 4xx that names the field, and nothing at all is stored. The fields are read from the OpenAPI document.

use std::collections::BTreeSet;

use crate::calls::{Call, Field, Names, body, calls, filled, furnish, put};
use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Shop, TestApp, both_engines, called};

/// Larger than any body may be.
const MUCH: usize = 10 * 1024 * 1024;
/// Stands in a body where its bytes are broken before it is sent.
const BROKEN: &str = "BROKEN";
/// A page of the campaign that [`furnish`] makes.
const PAGE: &str = "https://northwind.example.com";

/// What is wrong with an answer, if anything: it must be this status, and a problem that names this field.
fn judged(answer: &Answer, status: u16, field: &str) -> Option<String> {
    let is_problem = answer.header("content-type") == "application/problem+json";
    let fine = answer.status.as_u16() == status && is_problem && answer.wrong_fields() == [field];
    (!fine).then(|| {
        format!(
            "{status} for {field} wanted, got {} {}",
            answer.status,
            answer.text()
        )
    })
}

/// The bytes of a body, broken where the marker stands.
fn broken(body: &Value) -> Vec<u8> {
    let text = body.to_string();
    let (before, after) = text.split_once(BROKEN).expect("a marker");
    [before.as_bytes(), &[0xff], after.as_bytes()].concat()
}

/// The objects within a body that have these fields; `""` is the body itself.
fn objects(fields: &[Field]) -> BTreeSet<String> {
    let parents = fields
        .iter()
        .filter_map(|field| field.path.rsplit_once('.'));
    let mut all: BTreeSet<String> = parents.map(|(parent, _)| parent.to_owned()).collect();
    all.insert(String::new());
    all
}

/// Whether less than zero is a value like another: corrections may take off.
fn may_be_negative(path: &str) -> bool {
    path == "/commissions" || path.ends_with("/adjust")
}

/// Values that a field must not have, each with what it is.
fn wrong_values(path: &str, field: &Field) -> Vec<(&'static str, Value)> {
    let mut all = vec![("U+0000", json!("a\u{0}b"))];
    match field.kind.as_str() {
        "boolean" => all.push(("a word", json!("yes"))),
        "integer" => {
            all.extend([
                ("a truth value", json!(true)),
                ("a fraction", json!(1.5)),
                ("beyond i64", json!(9_223_372_036_854_775_808_u64)),
            ]);
            // What was seen of a payout run is compared with what there is, not judged: 409.
            if !field.path.starts_with("expected") {
                all.push(("the largest i64", json!(i64::MAX)));
                if !may_be_negative(path) {
                    all.push(("less than zero", json!(-1)));
                }
            }
        }
        _ => all.push(("a truth value", json!(true))),
    }
    if field.path.rsplit('.').next() == Some("currency") {
        all.push(("no currency", json!("XQZ")));
    }
    all
}

/// Sends bad input of every kind to a call of the API; what was answered wrongly.
async fn try_call(shop: &Shop<'_>, own: &Names, call: &Call) -> Vec<String> {
    let Call {
        method,
        path,
        fields,
        ..
    } = call;
    let mut wrong = Vec::new();
    let send = async |bytes: Vec<u8>| {
        let path = filled(path, own);
        shop.api()
            .raw(method.clone(), &path, "application/json", bytes)
            .await
    };
    let mut note = |what: &str, problem: Option<String>| {
        wrong.extend(problem.map(|problem| format!("{method} {path}, {what}: {problem}")));
    };
    note("10 MB", judged(&send(vec![b' '; MUCH]).await, 413, "body"));
    note(
        "half an object",
        judged(&send(b"{\"a\": ".to_vec()).await, 400, "body"),
    );
    note("a list", judged(&send(b"[]".to_vec()).await, 422, "body"));
    for object in objects(fields) {
        let at = if object.is_empty() {
            "colour".to_owned()
        } else {
            format!("{object}.colour")
        };
        let mut body = body(call, &at, own, "fresh");
        put(&mut body, &at, json!("blue"));
        let named = at.replace("[]", "[0]");
        note(
            "an unknown field",
            judged(&send(body.to_string().into_bytes()).await, 422, &named),
        );
        put(&mut body, &at, json!(BROKEN));
        note(
            "broken UTF-8",
            judged(&send(broken(&body)).await, 400, &named),
        );
    }
    for field in fields {
        let mut body = body(call, &field.path, own, "fresh");
        for (what, value) in wrong_values(path, field) {
            put(&mut body, &field.path, value);
            note(
                what,
                judged(
                    &send(body.to_string().into_bytes()).await,
                    422,
                    &field.named(),
                ),
            );
        }
        put(&mut body, &field.path, json!(BROKEN));
        note(
            "broken UTF-8",
            judged(&send(broken(&body)).await, 400, &field.named()),
        );
    }
    wrong
}

/// Parts of rules that the document tells in words only: a part, its value and the field that is wrong.
fn rule_parts() -> Vec<(&'static str, Value, &'static str)> {
    let much = 9_223_372_036_854_775_808_u64;
    vec![
        ("reward", json!({"percent_ppm": much}), "reward.percent_ppm"),
        ("reward", json!({"percent_ppm": -1}), "reward.percent_ppm"),
        (
            "reward",
            json!({"percent_ppm": i64::MAX}),
            "reward.percent_ppm",
        ),
        (
            "reward",
            json!({"fixed": {"amount": much, "currency": "USD"}}),
            "reward.fixed.amount",
        ),
        (
            "reward",
            json!({"fixed": {"amount": -1, "currency": "USD"}}),
            "reward.fixed.amount",
        ),
        (
            "reward",
            json!({"fixed": {"amount": i64::MAX, "currency": "USD"}}),
            "reward.fixed.amount",
        ),
        (
            "reward",
            json!({"fixed": {"amount": 1, "currency": "XQZ"}}),
            "reward.fixed.currency",
        ),
        (
            "reward",
            json!({"fixed": {"amount": 1, "currency": "USD", "colour": 1}}),
            "reward.fixed.colour",
        ),
        ("caps", json!({"per_event": much}), "caps.per_event"),
        ("caps", json!({"per_customer": -1}), "caps.per_customer"),
        (
            "caps",
            json!({"per_affiliate_month": i64::MAX}),
            "caps.per_affiliate_month",
        ),
        (
            "levels",
            json!([{"ppm": much, "of": "base"}]),
            "levels[0].ppm",
        ),
        (
            "levels",
            json!([{"ppm": -1, "of": "base"}]),
            "levels[0].ppm",
        ),
        ("recurrence", json!({"first": much}), "recurrence.first"),
        ("recurrence", json!({"first": i64::MAX}), "recurrence.first"),
        ("recurrence", json!({"months": -1}), "recurrence.months"),
    ]
}

/// The script's calls, each with a body that is right.
fn script_calls(key: &str, code: &str) -> [(&'static str, Value); 3] {
    let customer = json!({"external_id": "user", "name": "Bob", "email": "bob@example.net", "phone": "1", "country": "DE"});
    let hints = json!({"click_id": "clk_01h455vb4pex5vsknk084sn02q", "visitor_id": "vis_01h455vb4pex5vsknk084sn02q", "code": code, "coupon": "C",
        "event": "step", "metadata": {"a": "b"}, "key": key, "external_id": "order"});
    let with = |more: Value| {
        let mut body = hints.clone();
        for (name, value) in more.as_object().expect("fields") {
            body[name] = value.clone();
        }
        body
    };
    [
        (
            "/t/click",
            json!({"key": key, "code": code, "url": PAGE, "referrer": PAGE, "visitor_id": "vis_01h455vb4pex5vsknk084sn02q",
            "sub_ids": {"sub1": "a"}}),
        ),
        ("/t/lead", with(json!({"customer": customer}))),
        (
            "/t/sale",
            with(
                json!({"customer_external_id": "user", "amount": 100, "currency": "USD", "tax": 1, "shipping": 1,
            "items": [{"product_id": "shoes", "amount": 100, "quantity": 1}]}),
            ),
        ),
    ]
}

/// The paths of everything in a body that has no parts of its own.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                leaves(inner, &at, found);
            }
        }
        Value::Array(rows) => {
            for row in rows {
                leaves(row, &format!("{at}[]"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Sends bad input of every kind to one of the script's calls; what was answered wrongly.
async fn try_script_call(test: &TestApp, path: &str, right: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let send = async |bytes: Vec<u8>| {
        let headers = [
            ("origin", PAGE.to_owned()),
            ("content-type", "text/plain;charset=UTF-8".to_owned()),
        ];
        called(&test.router, path, &headers, bytes).await
    };
    let mut note = |what: &str, problem: Option<String>| {
        wrong.extend(problem.map(|problem| format!("{path}, {what}: {problem}")));
    };
    note("10 MB", judged(&send(vec![b' '; MUCH]).await, 413, "body"));
    note(
        "half an object",
        judged(&send(b"{\"key\": ".to_vec()).await, 400, "body"),
    );
    note("a list", judged(&send(b"[]".to_vec()).await, 422, "body"));
    let mut fields = Vec::new();
    leaves(right, "", &mut fields);
    for field in fields.iter().map(String::as_str).chain(["colour"]) {
        let named = field.replace("[]", "[0]");
        let with = |value: Value| {
            let mut body = right.clone();
            put(&mut body, field, value);
            body
        };
        let text = |value: Value| with(value).to_string().into_bytes();
        note(
            "U+0000",
            judged(&send(text(json!("a\u{0}b"))).await, 422, &named),
        );
        note(
            "broken UTF-8",
            judged(&send(broken(&with(json!(BROKEN)))).await, 400, &named),
        );
        // Metadata is the business's own.
        if !field.starts_with("metadata") {
            note(
                "a truth value",
                judged(&send(text(json!(true))).await, 422, &named),
            );
        }
        if matches!(
            field,
            "amount" | "tax" | "shipping" | "items[].amount" | "items[].quantity"
        ) {
            let beyond = json!(9_223_372_036_854_775_808_u64);
            for (what, value) in [
                ("beyond i64", beyond),
                ("the largest i64", json!(i64::MAX)),
                ("less than zero", json!(-1)),
            ] {
                note(what, judged(&send(text(value)).await, 422, &named));
            }
        }
        if field == "currency" {
            note(
                "no currency",
                judged(&send(text(json!("XQZ"))).await, 422, &named),
            );
        }
    }
    wrong
}

both_engines! {
    async fn every_body_is_judged_by_its_fields(test: TestApp) {
        let shop = test.business("Northwind").await;
        let own = furnish(&shop, "Northwind").await;
        let raw = test.db.raw().await;
        let before = raw.contents().await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for call in calls().iter().filter(|call| call.has_body) {
            wrong.extend(try_call(&shop, &own, call).await);
            tried += 1;
        }
        assert!(wrong.is_empty(), "{} answers of {tried} calls:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried >= 40, "{tried} calls");
        assert_eq!(before, raw.contents().await, "nothing is stored");
    }

    async fn the_parts_of_rules_are_judged(test: TestApp) {
        let shop = test.business("Northwind").await;
        let own = furnish(&shop, "Northwind").await;
        let raw = test.db.raw().await;
        let before = raw.contents().await;
        let mut wrong = Vec::new();
        for (part, value, field) in rule_parts() {
            let mut rule = json!({"reward": {"percent_ppm": 1}});
            rule[part] = value;
            let back_test = json!({"from": "2026-11-01", "to": "2026-11-30", "rule": rule});
            let own_rule = format!("/rules/{}", own["rules"]);
            for (method, path, body, field) in [
                (Method::POST, "/rules", &rule, field.to_owned()),
                (Method::PATCH, own_rule.as_str(), &rule, field.to_owned()),
                (Method::POST, "/back-tests", &back_test, format!("rule.{field}")),
            ] {
                let answer = shop.api().raw(method.clone(), path, "application/json", body.to_string()).await;
                wrong.extend(judged(&answer, 422, &field).map(|problem| format!("{method} {path} {body}: {problem}")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(before, raw.contents().await, "nothing is stored");
    }

    async fn the_scripts_calls_are_judged(test: TestApp) {
        let shop = test.business("Northwind").await;
        let own = furnish(&shop, "Northwind").await;
        let mut work = shop.work().await;
        let key = service::identity::setting::get(&mut work).await.expect("settings").publishable_key;
        drop(work);
        let raw = test.db.raw().await;
        let before = raw.contents().await;
        let mut wrong = Vec::new();
        for (path, right) in script_calls(&key, &own["codes"]) {
            wrong.extend(try_script_call(&test, path, &right).await);
            // Whose page it is, and whose key, is told before anything else of the body is looked at.
            for (origin, key, status) in [(PAGE, "nonsense", 401), ("https://elsewhere.example", key.as_str(), 403), ("", key.as_str(), 403)] {
                let mut body = right.clone();
                body["key"] = json!(key);
                let answer = called(&test.router, path, &[("origin", origin.to_owned())], body.to_string()).await;
                if answer.status.as_u16() != status {
                    wrong.push(format!("{path} from {origin:?} with {key}: {}", answer.text()));
                }
            }
        }
        assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(before, raw.contents().await, "nothing is stored");
        // What was right but for one field is taken as it is.
        for (path, right) in script_calls(&key, &own["codes"]) {
            called(&test.router, path, &[("origin", PAGE.to_owned())], right.to_string()).await.expect(201);
        }
    }

    async fn searches_have_an_end(test: TestApp) {
        let shop = test.business("Northwind").await;
        let own = furnish(&shop, "Northwind").await;
        let (mut searched, mut unsearched) = (0, Vec::new());
        for Call { path, parameters, .. } in calls() {
            let has = |name: &str| parameters.iter().any(|parameter| parameter == name);
            if !has("q") {
                if has("after") {
                    unsearched.push(path);
                }
                continue;
            }
            let ask = async |text: String| {
                let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &text).finish();
                shop.api().get(&format!("{}?{query}", filled(&path, &own))).await
            };
            // Each letter of the last is eighteen when it is folded.
            for fits in ["x".repeat(200), format!("  {}  ", "%".repeat(200)), "\u{fdfa}".repeat(200)] {
                let answer = ask(fits).await.expect(200).json();
                assert_eq!(answer["data"], json!([]), "{path}");
            }
            for much in ["x".repeat(201), "ö".repeat(201), "x".repeat(60_000)] {
                let problem = judged(&ask(much).await, 422, "q");
                assert_eq!(problem, None, "{path}");
            }
            searched += 1;
        }
        assert!(searched >= 14, "{searched} lists");
        assert_eq!(unsearched, ["/partnerships/{id}/links"], "each list is searched but this");
        for list in ["referrals", "commissions"] {
            let body = json!({"filter": {"q": "x".repeat(201)}});
            let answer = shop.api().post(&format!("/{list}/approve"), body).await;
            assert_eq!(judged(&answer, 422, "filter.q"), None, "{list}");
        }
        let tag = shop.api().get(&format!("/affiliates?tag={}", "x".repeat(201))).await;
        assert_eq!(judged(&tag, 422, "tag"), None);
    }
}
