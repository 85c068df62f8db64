//! Every id that the API takes in a query or a body is tried as the other business's and as nobody's: the
//! answers are alike, and tell nothing of the other. The fields are read from the OpenAPI document; one that is
//! not known here fails the test, so that it stays whole. Ids in paths are tried in `tenants`.

use crate::calls::{Call, Names, body, calls, filled, furnish, put};
use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Shop, TestApp, both_engines};

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

/// The query that has a name in this field, and what else the call needs.
fn query_of(path: &str, field: &str, name: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if path == "/ledger/signed-statement" {
        query.append_pair("from", "2026-11-01");
        query.append_pair("to", "2026-11-30");
    }
    query.append_pair(field, name);
    query.finish()
}

fn is_id(name: &str) -> bool {
    name.split_once('_')
        .is_some_and(|(_, digits)| digits.len() == 26)
}

/// What is no id of the kind of this one: of another kind, cut short, with a letter that ids do not have, and a word.
fn malformed(id: &str) -> [String; 4] {
    let (prefix, digits) = id.split_once('_').expect("an id");
    let other = if prefix == "aff" { "pay" } else { "aff" };
    let short = &id[..id.len() - 1];
    [
        format!("{other}_{digits}"),
        short.to_owned(),
        format!("{short}u"),
        "nonsense".to_owned(),
    ]
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
        let mut tried = 0;
        for Call { method, path, parameters, .. } in calls() {
            for field in parameters {
                let Some(kind) = named(&path, &field) else { continue };
                assert_eq!(method, Method::GET, "{path}: what changes something takes its input in the body");
                let place = format!("{path}?{field}");
                let ask = async |name: &str| {
                    let query = query_of(&path, &field, name);
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
        let (mut tried, mut sent) = (0, 0);
        for call in calls() {
            let Call { method, path, .. } = &call;
            for field in &call.fields {
                let Some(kind) = named(path, &field.path) else { continue };
                let place = format!("{method} {path} {}", field.path);
                let mut names = vec![foreign[kind].clone(), nobodys(&foreign[kind])];
                if *method == Method::PATCH {
                    // As it was, for the calls that follow.
                    names.push(own[kind].clone());
                }
                let mut answers = Vec::new();
                for name in &names {
                    sent += 1;
                    let mut body = body(&call, &field.path, &own, &format!("fresh-{sent}"));
                    put(&mut body, &field.path, json!(name));
                    let answer = ours.api().raw(method.clone(), &filled(path, &own), "application/json", body.to_string()).await;
                    assert!(answer.status.as_u16() < 500, "{place}: {}", answer.text());
                    answers.push(answer);
                }
                let (other, nobodys) = (&answers[0], &answers[1]);
                assert_eq!(plain(other, &names[0]), plain(nobodys, &names[1]), "{place}");
                tells_nothing_of(&foreign, other, &names[0], &place);
                match other.status.as_u16() {
                    // Nothing else is wrong with the body, so that the name was looked at.
                    422 => assert_eq!(other.wrong_fields(), [field.named()], "{place}: {}", other.text()),
                    404 => {}
                    200 if path.ends_with("/approve") => {
                        let done = other.json();
                        let failed = done["failed"].as_array().map(Vec::len);
                        assert_eq!((&done["approved"], failed), (&json!(0), Some(usize::from(field.path == "ids[]"))), "{place}: {done}");
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

    async fn malformed_ids_are_refused_by_name(test: TestApp) {
        let ours = test.business("Northwind").await;
        let own = furnish(&ours, "Northwind").await;
        let (mut queries, mut bodies) = (0, 0);
        for call in calls() {
            let Call { method, path, .. } = &call;
            for field in &call.parameters {
                let Some(kind) = named(path, field).filter(|kind| is_id(&own[*kind])) else { continue };
                for wrong in malformed(&own[kind]) {
                    let query = query_of(path, field, &wrong);
                    let answer = ours.api().get(&format!("{}?{query}", filled(path, &own))).await;
                    assert_eq!((answer.status.as_u16(), answer.wrong_fields()), (422, vec![field.clone()]), "{path}?{query}: {}", answer.text());
                }
                queries += 1;
            }
            // A hint of tracking is any text: an unknown one is stored with its verdict.
            for field in call.fields.iter().filter(|_| !path.starts_with("/track/")) {
                let Some(kind) = named(path, &field.path).filter(|kind| is_id(&own[*kind])) else { continue };
                for wrong in malformed(&own[kind]) {
                    let mut body = body(&call, &field.path, &own, &format!("fresh-{bodies}"));
                    put(&mut body, &field.path, json!(wrong));
                    let answer = ours.api().raw(method.clone(), &filled(path, &own), "application/json", body.to_string()).await;
                    let place = format!("{method} {path} {}: {wrong}", field.path);
                    assert_eq!((answer.status.as_u16(), answer.wrong_fields()), (422, vec![field.named()]), "{place}: {}", answer.text());
                }
                bodies += 1;
            }
        }
        assert!(queries >= 25 && bodies >= 20, "{queries} parameters, {bodies} fields");
    }
}
