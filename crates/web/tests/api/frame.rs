//! What every call of the API has in common: the key, the limits on input, problems, the document.

use axum::http::Method;
use serde_json::json;
use testkit::{Answer, Engine, TestApp, both_engines};
use web::api::openapi;

#[track_caller]
fn is_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    for field in ["type", "title", "status", "detail", "errors", "request_id"] {
        assert!(!problem[field].is_null(), "{field} is missing in {problem}");
    }
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
}

both_engines! {
    async fn without_a_key_nobody_is_known(test: TestApp) {
        let shop = test.business("Northwind").await;
        for key in ["", "nonsense", "trb_", &shop.key[..shop.key.len() - 1], &format!("{}x", shop.key)] {
            let answer = test.api(key).get("/affiliates").await;
            is_problem(&answer, 401);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        shop.api().get("/affiliates").await.expect(200);
    }

    async fn unknown_paths_and_methods_are_problems(test: TestApp) {
        let shop = test.business("Northwind").await;
        is_problem(&shop.api().get("/nothing").await, 404);
        let answer = shop.api().raw(Method::DELETE, "/affiliates", "application/json", "").await;
        is_problem(&answer, 405);
        assert!(answer.header("allow").contains("GET"));
        is_problem(&shop.api().get("/affiliates/aff_nonsense").await, 404);
    }

    async fn bad_bodies_name_what_is_wrong(test: TestApp) {
        let shop = test.business("Northwind").await;
        let api = shop.api();
        let send = |body: Vec<u8>| { let api = api.clone(); async move { api.raw(Method::POST, "/affiliates", "application/json", body).await } };

        let answer = send(br#"{"name": "Ada", "email": "ada@example.com", "colour": "blue"}"#.to_vec()).await;
        is_problem(&answer, 422);
        assert_eq!(answer.wrong_fields(), ["colour"]);

        let answer = send(br#"{"name": 7, "email": "ada@example.com"}"#.to_vec()).await;
        is_problem(&answer, 422);
        assert_eq!(answer.wrong_fields(), ["name"]);

        let answer = send(br#"{"name": "A\u0000da", "email": "ada@example.com"}"#.to_vec()).await;
        is_problem(&answer, 422);
        assert_eq!(answer.wrong_fields(), ["name"]);

        let answer = send(b"{\"name\": \"A\xffda\", \"email\": \"ada@example.com\"}".to_vec()).await;
        is_problem(&answer, 400);
        assert_eq!(answer.wrong_fields(), ["name"]);

        is_problem(&send(b"{\"name\": ".to_vec()).await, 400);
        is_problem(&send(format!("{}{}", "[".repeat(5000), "]".repeat(5000)).into_bytes()).await, 400);
        is_problem(&send(vec![b' '; 10 * 1024 * 1024]).await, 413);
        is_problem(&api.raw(Method::POST, "/affiliates", "text/plain", "{}").await, 415);

        let listed = api.get("/affiliates").await.expect(200).json();
        assert_eq!(listed, json!({"data": [], "next": null}), "nothing is half-stored");
    }

    async fn unknown_parameters_are_refused(test: TestApp) {
        let shop = test.business("Northwind").await;
        for (query, field) in [("colour=blue", "colour"), ("limit=0", "limit"), ("limit=201", "limit"), ("after=x", "after"), ("status=happy", "status"),
            ("q=a%00b", "q"), ("q=%FF", "q"), ("q=a&q=b", "q"), ("limit=1&limit=2", "limit")] {
            let answer = shop.api().get(&format!("/affiliates?{query}")).await;
            is_problem(&answer, 422);
            assert_eq!(answer.wrong_fields(), [field], "{query}");
        }
    }

    async fn what_no_query_may_hold_is_refused_where_none_is_read(test: TestApp) {
        let shop = test.business("Northwind").await;
        for (query, field) in [("x=a%00b", "x"), ("x=%FF", "x"), ("a%00b=1", "ab")] {
            let answers = [
                shop.api().get(&format!("/affiliates/nobody?{query}")).await,
                shop.api().post(&format!("/groups?{query}"), json!({"name": "VIP"})).await,
            ];
            for answer in &answers {
                is_problem(answer, 422);
                assert_eq!(answer.wrong_fields(), [field], "{query}");
            }
            is_problem(&test.api("").get(&format!("/affiliates/nobody?{query}")).await, 401);
        }
        let listed = shop.api().get("/groups").await.expect(200).json();
        assert_eq!(listed["data"], json!([]), "nothing is half-stored");
    }

    async fn lists_are_read_page_by_page(test: TestApp) {
        let shop = test.business("Northwind").await;
        for name in ["Ada", "Ben", "Cleo"] {
            shop.affiliate(name).await;
            test.clock.advance_ms(1000);
        }
        let names = |page: &serde_json::Value| -> Vec<String> {
            page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
        };
        let first = shop.api().get("/affiliates?limit=2").await.expect(200).json();
        assert_eq!(names(&first), ["Cleo", "Ben"]);
        let next = first["next"].as_str().expect("another page");
        let second = shop.api().get(&format!("/affiliates?limit=2&after={next}")).await.expect(200).json();
        assert_eq!(names(&second), ["Ada"]);
        assert!(second["next"].is_null());
    }

    async fn lists_are_searched(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (campaign, maria) = (shop.campaign("Spring").await, shop.affiliate("Maria Silva").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/groups", json!({"name": "VIP"})).await;
        let rule = json!({"name": "Everyone", "scope": {"affiliate_id": maria["id"]}, "reward": {"percent_ppm": 200_000}});
        shop.made("/rules", rule).await;
        let customer = json!({"external_id": "user-17", "name": "Bob Stone", "email": "bob@example.net"});
        let sale = json!({"external_id": "INV-1001", "customer": customer, "amount": 4900, "currency": "USD", "code": "maria"});
        shop.made("/track/sale", sale).await;
        let referrals = json!({"filter": {"affiliate_id": maria["id"]}});
        shop.api().post("/referrals/approve", referrals.clone()).await.expect(200);
        shop.api().post("/commissions/approve", referrals).await.expect(200);
        let payout = shop.made("/payouts", json!({"affiliate_id": maria["id"]})).await;
        let payout = payout["data"][0]["id"].as_str().expect("an id").to_owned();
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({"reference": "Überweisung 7"})).await.expect(200);
        // Umlauts, in names of all kinds and in ids of systems elsewhere.
        let group = shop.made("/groups", json!({"name": "Verlage Köln"})).await;
        shop.made("/payout-runs", json!({"group_id": group["id"]})).await;
        let rule = json!({"name": "Für Größen", "scope": {"product_id": "Schuhgröße-42"}, "reward": {"percent_ppm": 100_000}});
        shop.made("/rules", rule).await;
        let sale = json!({"external_id": "Rechnung-Ä-7", "customer_external_id": "user-17", "amount": 100, "currency": "USD"});
        shop.made("/track/sale", sale).await;
        let found = async |list: &str, text: &str| {
            let answer = shop.api().get(&format!("/{list}?q={text}")).await.expect(200).json();
            answer["data"].as_array().expect("a list").len()
        };
        let lists: [(&str, &[&str]); 12] = [
            ("affiliates", &["maria", "SILVA", "s%C3%ADlva"]),
            ("campaigns", &["spring", "Pri"]),
            ("commissions", &["stone", "silva"]),
            ("customers", &["user-17", "Stone"]),
            ("events", &["inv-10", "bob%40example", "Rechnung-%C3%84-7", "rechnung-%C3%84"]),
            ("groups", &["vip", "VI", "koln", "K%C3%96LN"]),
            ("ledger", &["silva", "MARIA"]),
            ("partnerships", &["maria", "Silva"]),
            ("payout-runs", &["1", "verlage", "koln", "K%C3%B6ln"]),
            ("payouts", &["silva", "maria", "weisung+7", "%C3%9Cberweisung", "+%C3%9CBERWEISUNG+7+"]),
            ("referrals", &["stone", "silva"]),
            ("rules", &["every", "silva", "F%C3%BCr+Gr%C3%B6%C3%9Fen", "f%C3%BCr", "schuhgr%C3%B6%C3%9Fe-42", "-42"]),
        ];
        for (list, texts) in lists {
            for text in texts {
                assert!(found(list, text).await > 0, "/{list}?q={text}");
            }
            // A sign that patterns are made of stands for itself.
            for text in ["nobody", "%25", "%5C"] {
                assert_eq!(found(list, text).await, 0, "/{list}?q={text}");
            }
            assert_eq!(found(list, "").await, found(list, "+").await, "/{list} without a text");
        }
    }

    async fn a_repeated_call_has_one_effect(test: TestApp) {
        let shop = test.business("Northwind").await;
        let body = json!({"name": "Ada", "email": "ada@example.com"});
        let api = shop.api().with("idempotency-key", "order-1");
        let first = api.post("/affiliates", body.clone()).await.expect(201);
        assert_eq!(first.header("idempotent-replayed"), "");
        let again = api.post("/affiliates", body.clone()).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.json(), first.json());
        assert_eq!(shop.api().get("/affiliates").await.json()["data"].as_array().unwrap().len(), 1);

        let other = api.post("/affiliates", json!({"name": "Ben", "email": "ben@example.com"})).await;
        is_problem(&other, 422);
        assert_eq!(other.wrong_fields(), ["Idempotency-Key"]);
        is_problem(&api.post("/groups", body.clone()).await, 422);

        // Another business may use the same key; after 48 hours so may this one.
        let second = test.business("Southwind").await;
        second.api().with("idempotency-key", "order-1").post("/affiliates", body.clone()).await.expect(201);
        test.clock.advance_ms(48 * 3_600_000 + 1);
        api.post("/affiliates", json!({"name": "Ben", "email": "ben@example.com"})).await.expect(201);
    }

    async fn a_refused_call_leaves_its_key_free(test: TestApp) {
        let shop = test.business("Northwind").await;
        let api = shop.api().with("idempotency-key", "order-1");
        is_problem(&api.post("/affiliates", json!({"name": "Ada", "email": "nonsense"})).await, 422);
        api.post("/affiliates", json!({"name": "Ada", "email": "ada@example.com"})).await.expect(201);
        for key in ["", &"k".repeat(256), "two words"] {
            let answer = shop.api().with("idempotency-key", key).post("/affiliates", json!({"name": "Ben", "email": "ben@example.com"})).await;
            is_problem(&answer, 422);
        }
    }

    async fn at_once_the_same_call_has_one_effect(test: TestApp) {
        let shop = test.business("Northwind").await;
        let api = shop.api().with("idempotency-key", "order-1");
        let body = json!({"name": "Ada", "email": "ada@example.com"});
        let calls: Vec<_> = (0..8).map(|_| { let (api, body) = (api.clone(), body.clone()); tokio::spawn(async move { api.post("/affiliates", body).await }) }).collect();
        for call in calls {
            let status = call.await.unwrap().status.as_u16();
            // A slow machine may have let one wait too long for the database: it has stored nothing.
            assert!(matches!(status, 201 | 409 | 503), "{status}");
        }
        assert_eq!(shop.api().get("/affiliates").await.json()["data"].as_array().unwrap().len(), 1);
    }

    async fn scopes_are_kept(test: TestApp) {
        let shop = test.business("Northwind").await;
        let reader = shop.api_with(&[service::domain::status::Scope::Read]).await;
        reader.get("/affiliates").await.expect(200);
        is_problem(&reader.post("/affiliates", json!({"name": "Ada", "email": "ada@example.com"})).await, 403);
        let tracker = shop.api_with(&[service::domain::status::Scope::Track]).await;
        is_problem(&tracker.get("/affiliates").await, 403);
    }
}

/// Every call of the document exists: without a key it is refused as such, and nothing else is.
#[test]
fn the_document_and_the_router_agree() {
    testkit::block_on(async {
        let test = TestApp::new(Engine::Sqlite).await;
        let document = serde_json::to_value(openapi::document()).unwrap();
        assert_eq!(
            test.api("").get("/openapi.json").await.expect(200).json(),
            document
        );
        let paths = document["paths"].as_object().unwrap();
        assert!(!paths.is_empty());
        for (path, calls) in paths {
            let filled: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect();
            for (name, call) in calls.as_object().unwrap() {
                let Ok(method) = name.to_uppercase().parse::<Method>() else {
                    continue;
                };
                let answer = test
                    .api("")
                    .raw(method, &filled.join("/"), "application/json", "{}")
                    .await;
                is_problem(&answer, 401);
                assert!(call["responses"]["default"].is_object(), "{name} {path}");
                assert!(call["tags"][0].is_string(), "{name} {path} has no tag");
                assert!(
                    call["summary"].is_string() || call["description"].is_string(),
                    "{name} {path} is not described"
                );
            }
        }
    });
}
