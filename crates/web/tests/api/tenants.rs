//! Two businesses in one installation never see each other's rows: a foreign id is answered exactly like
//! one that does not exist, on every route of the API, in its path and in its body.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Shop, TestApp, both_engines};
use web::api::openapi;

/// A business with one of everything; the ids by the first word of their path.
async fn furnish(shop: &Shop<'_>) -> BTreeMap<&'static str, String> {
    let group = shop.made("/groups", json!({"name": "VIP"})).await;
    let affiliate = shop.affiliate("Ada").await;
    let campaign = shop.campaign("Autumn").await;
    let partnership = shop
        .partnership(&campaign, &affiliate, &format!("ada-{}", shop.slug))
        .await;
    let rule = shop
        .made(
            "/rules",
            json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
        )
        .await;
    let sale = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "email": "bob@example.net"},
        "amount": 4900, "currency": "USD", "code": format!("ada-{}", shop.slug)});
    let recorded = shop.made("/track/sale", sale).await;
    let first = |list: Answer| {
        list.expect(200).json()["data"][0]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let referral = first(shop.api().get("/referrals").await);
    let commission = first(shop.api().get("/commissions").await);
    let customer = first(shop.api().get("/customers").await);
    shop.api()
        .post(&format!("/referrals/{referral}/approve"), json!({}))
        .await
        .expect(200);
    shop.api()
        .post(
            &format!("/commissions/{commission}/approve"),
            json!({"release_hold": true, "note": "Checked by hand"}),
        )
        .await
        .expect(200);
    let payouts = shop
        .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
        .await;
    let run = shop.made("/payout-runs", json!({})).await;
    let period = json!({"from": "2026-11-01", "to": "2026-11-30", "model": "first_click"});
    let back_test = shop.made("/back-tests", period).await;
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    BTreeMap::from([
        ("affiliates", text(&affiliate["id"])),
        ("back-tests", text(&back_test["id"])),
        ("campaigns", text(&campaign["id"])),
        ("commissions", commission),
        ("customers", customer),
        ("events", text(&recorded["event_id"])),
        ("groups", text(&group["id"])),
        ("links", text(&partnership["link"]["id"])),
        ("partnerships", text(&partnership["id"])),
        ("payout-runs", text(&run["id"])),
        ("payouts", text(&payouts["data"][0]["id"])),
        ("referrals", referral),
        ("rules", text(&rule["id"])),
    ])
}

/// A well-formed id of the same kind that nobody has.
fn missing(id: &str) -> String {
    format!(
        "{}_01h455vb4pex5vsknk084sn02q",
        id.split('_').next().unwrap_or_default()
    )
}

/// A body that is right for the call, so that only the id is wrong.
fn input_for(path: &str, own: &BTreeMap<&str, String>) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "status" => json!({"status": "suspended"}),
        "partnerships" => json!({"affiliate_id": own["affiliates"]}),
        "links" => json!({"label": "Newsletter"}),
        "adjust" => json!({"amount": 100, "note": "Agreed by phone"}),
        "reject" => json!({"reason": "Not a customer"}),
        "members" if path.starts_with("/payout-runs") => {
            json!({"include": [{"affiliate_id": own["affiliates"], "currency": "USD"}]})
        }
        "submit" | "mark-paid" if path.starts_with("/payout-runs") => {
            json!({"expected": [{"amount": 980, "currency": "USD"}]})
        }
        "send" if path.starts_with("/payout-runs") => {
            json!({"provider": "stripe", "expected": [{"amount": 980, "currency": "USD"}]})
        }
        "checks" => json!({"kind": "manual", "passed": true, "note": ""}),
        _ => json!({}),
    }
}

fn without_request_id(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem
}

async fn everything(shop: &Shop<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
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
    ] {
        all.push(shop.api().get(&format!("/{list}")).await.expect(200).json());
    }
    all
}

both_engines! {
    async fn foreign_ids_are_missing_ids(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (own, foreign) = (furnish(&ours).await, furnish(&theirs).await);
        let before = (everything(&ours).await, everything(&theirs).await);
        let document = serde_json::to_value(openapi::document()).unwrap();
        let mut tried = 0;
        for (path, calls) in document["paths"].as_object().unwrap() {
            let Some(kind) = path.split('/').nth(1).filter(|_| path.contains("{id}")) else { continue };
            let id = foreign.get(kind).unwrap_or_else(|| panic!("furnish makes no {kind}"));
            for name in calls.as_object().unwrap().keys() {
                let Ok(method) = name.to_uppercase().parse::<Method>() else { continue };
                let input = if method == Method::GET { String::new() } else { input_for(path, &own).to_string() };
                let send = |id: String| {
                    let (api, path) = (ours.api(), path.replace("{id}", &id));
                    let (method, input) = (method.clone(), input.clone());
                    async move { api.raw(method, &path, "application/json", input).await }
                };
                let (theirs, nobodys) = (send(id.clone()).await, send(missing(id)).await);
                assert_eq!(nobodys.status, 404, "{name} {path}: {}", nobodys.text());
                assert_eq!(theirs.status, 404, "{name} {path}: {}", theirs.text());
                assert_eq!(without_request_id(&theirs), without_request_id(&nobodys), "{name} {path}");
                tried += 1;
            }
        }
        assert!(tried >= 25, "{tried} calls");
        assert_eq!(before, (everything(&ours).await, everything(&theirs).await), "nothing was changed");
    }

    async fn foreign_ids_in_bodies_are_missing_ids(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (own, foreign) = (furnish(&ours).await, furnish(&theirs).await);
        let before = (everything(&ours).await, everything(&theirs).await);
        let affiliate = |extra: Value| {
            let mut body = json!({"name": "Ben", "email": "ben@example.com"});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            body
        };
        let own_affiliate = format!("/affiliates/{}", own["affiliates"]);
        let join = format!("/campaigns/{}/partnerships", own["campaigns"]);
        type Body<'a> = Box<dyn Fn(&str) -> Value + 'a>;
        let cases: Vec<(Method, &str, &str, Body<'_>)> = vec![
            (Method::POST, "/affiliates", "groups", Box::new(|id| affiliate(json!({"group_id": id})))),
            (Method::POST, "/affiliates", "affiliates", Box::new(|id| affiliate(json!({"parent_id": id})))),
            (Method::PATCH, &own_affiliate, "groups", Box::new(|id| json!({"group_id": id}))),
            (Method::PATCH, &own_affiliate, "affiliates", Box::new(|id| json!({"parent_id": id}))),
            (Method::POST, &join, "affiliates", Box::new(|id| json!({"affiliate_id": id}))),
            (Method::POST, "/commissions", "affiliates", Box::new(|id| json!({"affiliate_id": id, "amount": 100, "currency": "USD", "note": "Bonus"}))),
            (Method::POST, "/payouts", "affiliates", Box::new(|id| json!({"affiliate_id": id}))),
            (Method::POST, "/rules", "groups", Box::new(|id| json!({"scope": {"group_id": id}, "trigger": {"on": "sale"}, "reward": {"percent_ppm": 1}}))),
            (Method::POST, "/rules", "campaigns", Box::new(|id| json!({"scope": {"campaign_id": id}, "trigger": {"on": "sale"}, "reward": {"percent_ppm": 1}}))),
            (Method::POST, "/rules", "affiliates", Box::new(|id| json!({"scope": {"affiliate_id": id}, "trigger": {"on": "sale"}, "reward": {"percent_ppm": 1}}))),
        ];
        for (method, path, kind, body) in &cases {
            let id = &foreign[kind];
            let theirs = ours.api().raw(method.clone(), path, "application/json", body(id).to_string()).await;
            let nobodys = ours.api().raw(method.clone(), path, "application/json", body(&missing(id)).to_string()).await;
            assert!(theirs.status.is_client_error(), "{method} {path}: {}", theirs.text());
            assert_eq!(without_request_id(&theirs), without_request_id(&nobodys), "{method} {path}");
        }
        for (path, kind) in [("/referrals/approve", "referrals"), ("/commissions/approve", "commissions")] {
            let answer = ours.api().post(path, json!({"ids": [foreign[kind]]})).await.expect(200).json();
            assert_eq!(answer["failed"].as_array().map(Vec::len), Some(1), "{path}: {answer}");
        }
        // The same external ids belong to each business on its own.
        for id in ["inv-1", "unheard-of"] {
            let refund = json!({"external_id": format!("refund-{id}"), "sale_external_id": id, "amount": 0});
            assert!(ours.api().post("/track/refund", refund).await.status.is_client_error());
        }
        assert_eq!(before, (everything(&ours).await, everything(&theirs).await), "nothing was changed");
    }

    async fn a_new_business_sees_nothing(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        furnish(&theirs).await;
        for list in everything(&ours).await {
            assert_eq!(list["data"].as_array().map(Vec::len), Some(0), "{list}");
        }
        let explained = ours.api().get("/attribution/explain?external_id=user-1").await;
        assert_eq!(explained.status, 404, "{}", explained.text());
    }
}
