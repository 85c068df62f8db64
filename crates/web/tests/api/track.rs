//! The tracking API: what a server reports, whom it is credited to, and what is refused.

use axum::http::Method;
use domain::id::ContactId;
use domain::status::Scope;
use serde_json::{Value, json};
use service::crm::contact;
use service::identity::setting;
use service::store::list::Window;
use service::{Actor, ServiceError};
use testkit::{Api, Shop, TestApp, both_engines};

/// A business with 20 % on every sale, an affiliate in a campaign under the code `maria`.
struct Programme<'a> {
    shop: Shop<'a>,
    api: Api,
    affiliate: Value,
    campaign: Value,
    link: Value,
}

impl<'a> Programme<'a> {
    async fn new(test: &'a TestApp) -> Self {
        let shop = test.business("Northwind").await;
        let affiliate = shop.affiliate("Maria").await;
        let campaign = shop.campaign("Spring").await;
        let partnership = shop.partnership(&campaign, &affiliate, "maria").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}}))
            .await;
        let api = shop.api();
        Self {
            shop,
            api,
            affiliate,
            campaign,
            link: partnership["link"].clone(),
        }
    }

    async fn click(&self) -> Value {
        self.shop
            .made(
                "/track/click",
                json!({"code": "maria", "user_agent": BROWSER}),
            )
            .await
    }

    async fn sale(&self, external_id: &str, amount: i64) -> Value {
        let body = json!({"external_id": external_id, "customer_external_id": "user-1", "amount": amount, "currency": "USD", "code": "maria"});
        self.shop.made("/track/sale", body).await
    }

    /// Everything that a report could leave behind.
    async fn stored(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for path in [
            "/events",
            "/customers",
            "/referrals",
            "/commissions",
            "/ledger",
        ] {
            all.push(self.api.get(path).await.expect(200).json()["data"].clone());
        }
        all
    }
}

async fn mask(shop: &Shop<'_>, masked: bool) {
    let mut work = shop.work().await;
    let patch = setting::SettingPatch {
        mask_customer_emails: Some(masked),
        ..setting::SettingPatch::default()
    };
    setting::update(&mut work, patch).await.unwrap();
    work.commit().await.unwrap();
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

both_engines! {
    async fn a_click_becomes_a_lead_a_sale_and_a_commission(test: TestApp) {
        let programme = Programme::new(&test).await;
        let Programme { api, affiliate, campaign, link, .. } = &programme;
        let click = programme.click().await;
        test.clock.advance_ms(60_000);

        let body = json!({"external_id": "signup-1", "customer": {"external_id": "user-1", "name": "Bob", "email": "bob@customers.example"},
            "click_id": click["click_id"], "metadata": {"plan": "gold"}});
        let lead = api.post("/track/lead", body.clone()).await.expect(201).json();
        assert!(lead["event_id"].as_str().unwrap().starts_with("evt_"));
        assert_eq!(lead["duplicate"], false);
        assert_eq!(lead["commissions"], json!([]), "nothing pays for leads");
        let referral = &lead["referral"];
        assert_eq!((&referral["affiliate_id"], &referral["campaign_id"]), (&affiliate["id"], &campaign["id"]));
        assert_eq!((&referral["first_event"], &referral["status"]), (&json!("registration"), &json!("pending")));
        assert_eq!(
            lead["attribution"]["winner"],
            json!({"affiliate_id": affiliate["id"], "campaign_id": campaign["id"], "link_id": link["id"], "click_id": click["click_id"], "via": "click"})
        );
        let candidate = &lead["attribution"]["candidates"][0];
        assert_eq!(candidate["click_id"], click["click_id"]);
        assert_eq!(candidate["affiliate_id"], affiliate["id"]);
        assert_eq!(candidate["verdict"], "won");
        assert_eq!(candidate["clicked_at"], "2026-11-21T12:00:00.000Z");
        assert!(candidate["detail"].is_string());

        let again = api.post("/track/lead", body).await.expect(200).json();
        assert_eq!((&again["event_id"], &again["duplicate"]), (&lead["event_id"], &json!(true)));
        assert_eq!(again["attribution"], lead["attribution"]);
        let other = json!({"external_id": "signup-1", "customer": {"external_id": "user-2"}});
        api.post("/track/lead", other).await.expect(409);

        let body = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 4900, "currency": "USD", "tax": 817,
            "items": [{"product_id": "shoe", "amount": 4000, "quantity": 2}, {"product_id": "sock", "amount": 900}]});
        let sale = api.post("/track/sale", body.clone()).await.expect(201).json();
        assert_eq!(sale["attribution"]["winner"]["via"], "binding");
        assert_eq!(sale["referral"]["id"], referral["id"]);
        let commission = &sale["commissions"][0];
        assert_eq!(sale["commissions"].as_array().unwrap().len(), 1);
        for (field, value) in [("amount", json!(817)), ("adjusted", json!(0)), ("reversed", json!(0)), ("currency", json!("USD")),
            ("status", json!("pending")), ("level", json!(0)), ("hold_until", Value::Null), ("payout_id", Value::Null)] {
            assert_eq!(commission[field], value, "{field}");
        }
        assert_eq!((&commission["affiliate_id"], &commission["referral_id"], &commission["event_id"]), (&affiliate["id"], &referral["id"], &sale["event_id"]));

        let again = api.post("/track/sale", body.clone()).await.expect(200).json();
        assert_eq!((&again["event_id"], &again["duplicate"]), (&sale["event_id"], &json!(true)));
        assert_eq!(again["commissions"], sale["commissions"]);
        for (field, value) in [("amount", json!(4901)), ("currency", json!("EUR")), ("customer_external_id", json!("user-9"))] {
            let mut other = body.clone();
            other["items"] = json!([]);
            other[field] = value;
            api.post("/track/sale", other).await.expect(409);
        }
        assert_eq!(api.get("/customers").await.json()["data"].as_array().unwrap().len(), 1, "a refused sale makes no customer");

        let customer = api.get(&format!("/customers/{}", sale["customer_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&customer["external_id"], &customer["name"], &customer["status"]), (&json!("user-1"), &json!("Bob"), &json!("customer")));
        assert_eq!((&customer["email"], &customer["affiliate_id"]), (&json!("bob@customers.example"), &affiliate["id"]));

        let event = api.get(&format!("/events/{}", sale["event_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&event["kind"], &event["source"], &event["external_id"], &event["amount"], &event["tax"]),
            (&json!("sale"), &json!("api"), &json!("inv-1"), &json!(4900), &json!(817)));
        assert_eq!(event["items"], json!([{"product_id": "shoe", "amount": 4000, "quantity": 2}, {"product_id": "sock", "amount": 900, "quantity": 1}]));
        assert_eq!(event["attribution"], sale["attribution"]);
        assert_eq!(event["commissions"], sale["commissions"]);
        let listed = api.get("/events?kind=sale").await.expect(200).json();
        assert_eq!(listed["data"][0]["attribution"], sale["attribution"]);
        let lead_event = api.get(&format!("/events/{}", lead["event_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!(lead_event["metadata"], json!({"plan": "gold"}));
    }

    async fn refunds_take_back_their_share(test: TestApp) {
        let programme = Programme::new(&test).await;
        let api = &programme.api;
        let sale = programme.sale("inv-1", 10_000).await;
        let commission = sale["commissions"][0]["id"].clone();

        let body = json!({"external_id": "ref-1", "sale_external_id": "inv-1", "amount": 3333, "reason": "one was broken"});
        let first = api.post("/track/refund", body.clone()).await.expect(201).json();
        assert_eq!(first["reversals"], json!([{"commission_id": commission, "amount": 667, "currency": "USD"}]));
        let again = api.post("/track/refund", body).await.expect(200).json();
        assert_eq!((&again["event_id"], &again["duplicate"], &again["reversals"]), (&first["event_id"], &json!(true), &first["reversals"]));
        api.post("/track/refund", json!({"external_id": "ref-1", "sale_external_id": "inv-1", "amount": 1})).await.expect(409);

        let answer = api.post("/track/refund", json!({"external_id": "ref-2", "sale_external_id": "inv-1", "amount": 6668})).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["amount"]);
        let rest = api.post("/track/refund", json!({"external_id": "ref-2", "sale_external_id": "inv-1"})).await.expect(201).json();
        assert_eq!((&rest["amount"], &rest["reversals"][0]["amount"]), (&json!(6667), &json!(1333)));
        let stored = api.get(&format!("/commissions/{}", commission.as_str().unwrap())).await.expect(200).json();
        assert_eq!((&stored["amount"], &stored["reversed"], &stored["status"]), (&json!(2000), &json!(2000), &json!("reversed")));
        api.post("/track/refund", json!({"external_id": "ref-3", "sale_external_id": "inv-1"})).await.expect(422);
        api.post("/track/refund", json!({"external_id": "ref-3", "sale_external_id": "inv-nowhere"})).await.expect(404);
    }

    async fn a_customer_can_leave(test: TestApp) {
        let programme = Programme::new(&test).await;
        let api = &programme.api;
        let sale = programme.sale("inv-1", 4900).await;
        let path = format!("/customers/{}", sale["customer_id"].as_str().unwrap());
        let left = api.post("/track/cancel", json!({"customer_external_id": "user-1"})).await.expect(201).json();
        assert_eq!((&left["duplicate"], &left["customer_id"]), (&json!(false), &sale["customer_id"]));
        assert_eq!(api.get(&path).await.json()["status"], "cancelled");
        let again = api.post("/track/cancel", json!({"customer_external_id": "user-1"})).await.expect(200).json();
        assert_eq!((&again["event_id"], &again["duplicate"]), (&left["event_id"], &json!(true)));
        api.post("/track/cancel", json!({"customer_external_id": "user-unknown"})).await.expect(404);
        programme.sale("inv-2", 100).await;
        assert_eq!(api.get(&path).await.json()["status"], "customer", "who buys again is back");
    }

    async fn what_cannot_be_credited_says_why(test: TestApp) {
        let programme = Programme::new(&test).await;
        let api = &programme.api;
        let click = programme.click().await;
        let body = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "email": "bob@customers.example"}, "amount": 4900, "currency": "USD",
            "click_id": click["click_id"], "code": "nobody", "coupon": "NOTHING", "visitor_id": "vis_nonsense"});
        api.patch(&format!("/campaigns/{}", programme.campaign["id"].as_str().unwrap()), json!({"active": false})).await.expect(200);
        let sale = api.post("/track/sale", body).await.expect(201).json();
        assert_eq!((&sale["attribution"]["winner"], &sale["referral"], &sale["commissions"]), (&Value::Null, &Value::Null, &json!([])));
        let mut verdicts: Vec<&str> = sale["attribution"]["candidates"].as_array().unwrap().iter().map(|c| c["verdict"].as_str().unwrap()).collect();
        verdicts.sort_unstable();
        assert_eq!(verdicts, ["campaign_inactive", "unknown_code", "unknown_code", "unknown_code"]);

        for query in ["email=BOB@customers.example", "external_id=inv-1", "external_id=user-1"] {
            let told = api.get(&format!("/attribution/explain?{query}")).await.expect(200).json();
            let told = &told["data"][0];
            assert_eq!(told["customer"]["external_id"], "user-1");
            assert_eq!(told["events"][0]["attribution"], sale["attribution"]);
            assert!(told["events"][0]["summary"].as_str().unwrap().contains("credited to nobody"), "{told}");
            let seen = &told["clicks"][0];
            assert_eq!((&seen["click_id"], &seen["state"]), (&click["click_id"], &json!("campaign_inactive")));
            assert_eq!(seen["expires_at"], "2026-12-21T12:00:00.000Z");
            assert_eq!(told["summary"].as_array().unwrap().len(), 3);
        }
        api.get("/attribution/explain?email=nobody@customers.example").await.expect(404);
        for (query, field) in [("", "email"), ("?email=a@b.example&external_id=x", "external_id")] {
            assert_eq!(api.get(&format!("/attribution/explain{query}")).await.expect(422).wrong_fields(), [field]);
        }
    }

    async fn a_click_and_its_visitor_may_be_named_together_and_again(test: TestApp) {
        let programme = Programme::new(&test).await;
        let (own, other) = (programme.click().await, programme.click().await);
        assert_ne!(own["visitor_id"], other["visitor_id"]);
        let both = json!({"click_id": own["click_id"], "visitor_id": own["visitor_id"]});
        let apart = json!({"click_id": own["click_id"], "visitor_id": other["visitor_id"]});
        let visitor = json!({"visitor_id": other["visitor_id"]});
        // Who buys, by what hints, and what is weighed.
        let sales: [(&str, &Value, &[&str]); 7] = [
            ("user-1", &both, &["click"]),
            ("user-1", &both, &["binding", "click"]),
            ("user-1", &apart, &["binding", "click", "click"]),
            ("user-1", &json!({}), &["binding", "click", "click"]),
            ("user-2", &visitor, &["click"]),
            ("user-3", &apart, &["click", "click"]),
            ("user-4", &json!({}), &[]),
        ];
        for (number, (customer, hints, weighed)) in sales.into_iter().enumerate() {
            let mut body = json!({"external_id": format!("inv-{number}"), "customer_external_id": customer, "amount": 1000, "currency": "USD"});
            for (name, hint) in hints.as_object().unwrap() {
                body[name] = hint.clone();
            }
            let sale = programme.shop.made("/track/sale", body).await;
            let candidates = sale["attribution"]["candidates"].as_array().unwrap();
            let via: Vec<&str> = candidates.iter().map(|candidate| candidate["via"].as_str().unwrap()).collect();
            assert_eq!(via, weighed, "sale {number}");
            assert_eq!(sale["commissions"].as_array().unwrap().len(), usize::from(!weighed.is_empty()), "sale {number}");
            let path = format!("/events/{}", sale["event_id"].as_str().unwrap());
            let stored = programme.api.get(&path).await.expect(200).json();
            assert_eq!((&stored["attribution"], &stored["commissions"]), (&sale["attribution"], &sale["commissions"]), "sale {number}");
        }
    }

    async fn one_idempotency_key_has_one_effect(test: TestApp) {
        let programme = Programme::new(&test).await;
        let api = programme.api.with("idempotency-key", "order-1");
        let body = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 4900, "currency": "USD", "code": "maria"});
        let first = api.post("/track/sale", body.clone()).await.expect(201);
        let again = api.post("/track/sale", body.clone()).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(first.body, again.body, "the kept answer, not a duplicate");
        let mut other = body;
        other["amount"] = json!(1);
        api.post("/track/sale", other).await.expect(422);
        assert_eq!(programme.api.get("/events").await.json()["data"].as_array().unwrap().len(), 1);
    }

    async fn another_business_is_out_of_reach(test: TestApp) {
        let programme = Programme::new(&test).await;
        let click = programme.click().await;
        programme.sale("inv-1", 4900).await;
        let other = test.business("Southwind").await.api();
        other.post("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-1"})).await.expect(404);
        other.post("/track/cancel", json!({"customer_external_id": "user-1"})).await.expect(404);
        other.get("/attribution/explain?external_id=inv-1").await.expect(404);
        let body = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 1, "currency": "USD", "click_id": click["click_id"], "code": "maria"});
        let sale = other.post("/track/sale", body).await.expect(201).json();
        assert_eq!(sale["attribution"]["winner"], Value::Null);
        for candidate in sale["attribution"]["candidates"].as_array().unwrap() {
            assert_eq!((&candidate["verdict"], &candidate["affiliate_id"]), (&json!("unknown_code"), &Value::Null));
        }
    }

    async fn affiliates_see_their_own_customers_masked(test: TestApp) {
        let programme = Programme::new(&test).await;
        let body = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "email": "bob@customers.example", "phone": "+49 30 1"},
            "amount": 4900, "currency": "USD", "code": "maria"});
        let own = programme.shop.made("/track/sale", body).await;
        let body = json!({"external_id": "inv-2", "customer_external_id": "user-2", "amount": 4900, "currency": "USD"});
        let foreign = programme.shop.made("/track/sale", body).await;
        let id = |sale: &Value| sale["customer_id"].as_str().unwrap().parse::<ContactId>().unwrap();
        let maria = Actor::Account {
            business: programme.shop.id,
            id: "acc_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            name: "Maria".to_owned(),
            affiliate: Some(programme.affiliate["id"].as_str().unwrap().parse().unwrap()),
        };

        mask(&programme.shop, true).await;
        let mut work = test.app.view(&maria).await.unwrap();
        let seen = contact::list(&mut work, &contact::Filter::default(), Window::after(None, 10)).await.unwrap();
        assert_eq!(seen.iter().map(|contact| contact.id).collect::<Vec<_>>(), [id(&own)]);
        assert_eq!((seen[0].email.as_deref(), seen[0].phone.as_deref()), (Some("b•••@customers.example"), None));
        assert_eq!(contact::count(&mut work, &contact::Filter::default()).await.unwrap(), 1);
        assert_eq!(contact::get(&mut work, id(&own)).await.unwrap(), seen[0]);
        assert!(matches!(contact::get(&mut work, id(&foreign)).await, Err(ServiceError::NotFound(_))));
        drop(work);

        mask(&programme.shop, false).await;
        let mut work = test.app.view(&maria).await.unwrap();
        assert_eq!(contact::get(&mut work, id(&own)).await.unwrap().email.as_deref(), Some("bob@customers.example"));
    }

    async fn scopes_are_kept(test: TestApp) {
        let programme = Programme::new(&test).await;
        let sale = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 4900, "currency": "USD", "code": "maria"});
        let calls = [
            ("/track/sale", sale),
            ("/track/lead", json!({"external_id": "l", "customer": {"external_id": "user-1"}})),
            ("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-1"})),
            ("/track/cancel", json!({"customer_external_id": "user-1"})),
        ];
        let deaf = programme.shop.api_with(&[Scope::Read, Scope::Manage, Scope::Payout]).await;
        let before = programme.stored().await;
        for (path, body) in &calls {
            deaf.post(path, body.clone()).await.expect(403);
        }
        assert_eq!(programme.stored().await, before);
        let tracker = programme.shop.api_with(&[Scope::Track]).await;
        for (path, body) in &calls {
            tracker.post(path, body.clone()).await.expect(201);
        }
        for path in ["/events", "/customers", "/attribution/explain?external_id=inv-1"] {
            tracker.get(path).await.expect(403);
        }
    }

    async fn bad_input_is_refused_and_nothing_is_stored(test: TestApp) {
        let programme = Programme::new(&test).await;
        programme.sale("inv-0", 4900).await;
        let before = programme.stored().await;
        let api = &programme.api;

        // A good sale with one thing changed: the field that is named.
        let changes = [
            ("amount", json!(-1), "amount"),
            ("amount", json!(1.5), "amount"),
            ("amount", json!(4900.0), "amount"),
            ("amount", json!("4900"), "amount"),
            ("amount", Value::Null, "amount"),
            ("amount", json!(9_223_372_036_854_775_808_u64), "amount"),
            ("amount", json!(1e30), "amount"),
            ("amount", json!(i64::MAX), "amount"),
            ("tax", json!(-1), "tax"),
            ("tax", json!(4901), "tax"),
            ("shipping", json!(-1), "shipping"),
            ("currency", json!("XXX"), "currency"),
            ("currency", json!("usd"), "currency"),
            ("currency", json!("EURO"), "currency"),
            ("currency", json!(840), "currency"),
            ("external_id", json!(""), "external_id"),
            ("external_id", json!("x".repeat(201)), "external_id"),
            ("external_id", json!("a\u{0}b"), "external_id"),
            ("external_id", json!("a\u{7}b"), "external_id"),
            ("customer_external_id", json!(" "), "customer_external_id"),
            ("customer_external_id", Value::Null, "customer_external_id"),
            ("customer", json!({"external_id": "user-1"}), "customer"),
            ("colour", json!("blue"), "colour"),
            ("items", json!([{"product_id": "p", "amount": 4899}]), "items"),
            ("items", json!([{"product_id": "p", "amount": -1}, {"product_id": "q", "amount": 4901}]), "items[0].amount"),
            ("items", json!([{"product_id": "p", "amount": 4900, "quantity": 0}]), "items[0].quantity"),
            ("items", json!([{"product_id": "p", "amount": 4900, "size": 9}]), "items[0].size"),
            ("occurred_at", json!("yesterday"), "occurred_at"),
            ("occurred_at", json!("2026-11-21T12:05:01Z"), "occurred_at"),
            ("metadata", json!([1, 2]), "metadata"),
            ("metadata", json!({"a": "x".repeat(9000)}), "metadata"),
            ("metadata", json!({"deep": {"text": "\u{0}"}}), "metadata.deep.text"),
            ("event", json!("e".repeat(65)), "event"),
        ];
        for (field, value, named) in changes {
            let mut body = json!({"external_id": "inv-1", "customer_external_id": "user-1", "amount": 4900, "currency": "USD"});
            body[field] = value.clone();
            let answer = api.post("/track/sale", body).await;
            assert_eq!(answer.status, 422, "{field} = {value}: {}", answer.text());
            assert_eq!(answer.wrong_fields(), [named], "{field} = {value}");
        }
        let others = [
            ("/track/lead", json!({"external_id": "l"}), "customer"),
            ("/track/lead", json!({"external_id": "l", "customer": {}}), "customer.external_id"),
            ("/track/lead", json!({"external_id": "l", "customer": {"external_id": "u", "email": "no address"}}), "customer.email"),
            ("/track/lead", json!({"external_id": "l", "customer": {"external_id": "u", "age": 7}}), "customer.age"),
            ("/track/lead", json!({"external_id": "l", "customer": {"external_id": "u"}, "amount": 1}), "amount"),
            ("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-0", "amount": 0}), "amount"),
            ("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-0", "amount": -1}), "amount"),
            ("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-0", "amount": 4901}), "amount"),
            ("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-0", "amount": 9_223_372_036_854_775_808_u64}), "amount"),
            ("/track/refund", json!({"sale_external_id": "inv-0"}), "external_id"),
            ("/track/cancel", json!({}), "customer_external_id"),
            ("/track/cancel", json!({"customer_external_id": "user-1", "occurred_at": "2027-01-01T00:00:00Z"}), "occurred_at"),
        ];
        for (path, body, named) in others {
            let answer = api.post(path, body.clone()).await;
            assert_eq!(answer.status, 422, "{path} {body}: {}", answer.text());
            assert_eq!(answer.wrong_fields(), [named], "{path} {body}");
        }

        let raw = |body: Vec<u8>| api.raw(Method::POST, "/track/sale", "application/json", body);
        let broken = raw(b"{\"external_id\": \"inv-\xff\", \"customer_external_id\": \"user-1\", \"amount\": 4900, \"currency\": \"USD\"}".to_vec()).await.expect(400);
        assert_eq!(broken.wrong_fields(), ["external_id"]);
        let endless = format!("{{\"external_id\": \"inv-1\", \"customer_external_id\": \"user-1\", \"amount\": 1{}, \"currency\": \"USD\"}}", "0".repeat(400));
        assert_eq!(raw(endless.into_bytes()).await.expect(422).wrong_fields(), ["amount"]);
        let big = format!("{{\"external_id\": \"{}\"}}", "x".repeat(10 * 1024 * 1024));
        assert_eq!(raw(big.into_bytes()).await.expect(413).wrong_fields(), ["body"]);
        raw(b"{\"external_id\": ".to_vec()).await.expect(400);

        assert_eq!(programme.stored().await, before, "nothing is half-stored");
    }
}
