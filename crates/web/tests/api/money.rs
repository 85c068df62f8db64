//! Referrals, commissions, payouts, the journal and the figures, by the API.

use domain::status::Scope;
use serde_json::{Value, json};
use service::programme::verify;
use testkit::{Api, Shop, TestApp, both_engines};
use web::api::openapi;

/// A business with 20 % on every sale and an affiliate in a campaign under the code `maria`.
struct Programme<'a> {
    shop: Shop<'a>,
    api: Api,
    affiliate: Value,
    campaign: Value,
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

impl<'a> Programme<'a> {
    async fn new(test: &'a TestApp, name: &str, code: &str) -> Self {
        let shop = test.business(name).await;
        let affiliate = shop.affiliate("Maria").await;
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &affiliate, code).await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}}))
            .await;
        let api = shop.api();
        Self {
            shop,
            api,
            affiliate,
            campaign,
        }
    }

    async fn sale(&self, code: &str, external_id: &str, customer: &str, amount: i64) -> Value {
        let body = json!({"external_id": external_id, "customer_external_id": customer, "amount": amount, "currency": "USD", "code": code});
        self.shop.made("/track/sale", body).await
    }

    async fn balance(&self) -> Value {
        let path = format!("/affiliates/{}/balance", id(&self.affiliate));
        self.api.get(&path).await.expect(200).json()["data"][0].clone()
    }

    async fn ok(&self, path: &str, body: Value) -> Value {
        self.api.post(path, body).await.expect(200).json()
    }

    async fn is_proved(&self) {
        let mut work = self.shop.work().await;
        let report = verify::verify(&mut work).await.expect("a report");
        assert_eq!(report.problems, Vec::<String>::new());
    }
}

both_engines! {
    async fn the_whole_story(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        let sale = programme.sale("maria", "inv-1", "user-1", 4900).await;
        let commission = sale["commissions"][0].clone();
        assert_eq!((&commission["amount"], &commission["status"]), (&json!(980), &json!("pending")));

        // The referral comes first.
        let approve = format!("/commissions/{}/approve", id(&commission));
        api.post(&approve, json!({})).await.expect(409);
        let referral = programme.ok(&format!("/referrals/{}/approve", id(&sale["referral"])), json!({})).await;
        assert_eq!((&referral["status"], &referral["checks"]), (&json!("approved"), &json!([])));
        let approved = programme.ok(&approve, json!({"note": "checked"})).await;
        assert_eq!(approved["status"], "approved");
        api.post(&approve, json!({})).await.expect(409);

        let made = api.post("/payouts", json!({"affiliate_id": programme.affiliate["id"]})).await.expect(201).json();
        let payout = made["data"][0].clone();
        assert_eq!((&payout["commissions_total"], &payout["carried_forward"], &payout["amount"]), (&json!(980), &json!(0), &json!(980)));
        assert_eq!((&payout["status"], &payout["currency"], &payout["commission_ids"]), (&json!("draft"), &json!("USD"), &json!([commission["id"]])));
        let nothing = api.post("/payouts", json!({"affiliate_id": programme.affiliate["id"]})).await.expect(201).json();
        assert_eq!(nothing, json!({"data": []}), "a commission is in one payout at most");

        let path = format!("/payouts/{}", id(&payout));
        assert_eq!(programme.ok(&format!("{path}/approve"), json!({})).await["status"], "pending");
        api.post(&format!("{path}/approve"), json!({})).await.expect(409);
        let paid = programme.ok(&format!("{path}/mark-paid"), json!({"reference": "TRX-2211", "paid_at": "2026-11-20T09:00:00Z"})).await;
        assert_eq!((&paid["status"], &paid["reference"], &paid["paid_at"]), (&json!("paid"), &json!("TRX-2211"), &json!("2026-11-20T09:00:00.000Z")));
        for end in ["approve", "mark-paid", "cancel"] {
            api.post(&format!("{path}/{end}"), json!({})).await.expect(409);
        }
        assert_eq!(api.get(&path).await.expect(200).json(), paid);
        assert_eq!(programme.balance().await["owed"], 0);

        // Money given back after payment is owed back, and carried into the next payout.
        let refund = api.post("/track/refund", json!({"external_id": "ref-1", "sale_external_id": "inv-1"})).await.expect(201).json();
        assert_eq!(refund["reversals"], json!([{"commission_id": commission["id"], "amount": 980, "currency": "USD"}]));
        let stored = api.get(&format!("/commissions/{}", id(&commission))).await.expect(200).json();
        assert_eq!((&stored["status"], &stored["amount"], &stored["reversed"]), (&json!("paid"), &json!(980), &json!(980)));
        assert_eq!(
            programme.balance().await,
            json!({"currency": "USD", "earned": 980, "pending": 0, "approved": 0, "in_payout": 0, "paid": 980, "reversed": 980, "clawback": -980, "owed": -980})
        );

        let next = programme.sale("maria", "inv-2", "user-1", 7500).await;
        let second = id(&next["commissions"][0]).to_owned();
        programme.ok(&format!("/commissions/{second}/approve"), json!({})).await;
        let payout = programme.ok(&format!("/commissions/{second}/mark-paid"), json!({"method": "bank", "reference": "TRX-2212", "note": "by hand"})).await;
        assert_eq!((&payout["commissions_total"], &payout["carried_forward"], &payout["amount"]), (&json!(1500), &json!(-980), &json!(520)));
        assert_eq!((&payout["status"], &payout["method"], &payout["commission_ids"]), (&json!("paid"), &json!("bank"), &json!([second])));
        let balance = programme.balance().await;
        assert_eq!((&balance["owed"], &balance["clawback"], &balance["paid"]), (&json!(0), &json!(0), &json!(1500)));

        let steps = api.get(&format!("/commissions/{second}")).await.json();
        let kinds: Vec<&str> = steps["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["earned", "approved", "drafted", "paid"]);
        assert!(steps["explanation"].is_object(), "{steps}");
        programme.is_proved().await;
    }

    async fn a_draft_shrinks_and_a_cancelled_one_gives_back(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        let first = programme.sale("maria", "inv-1", "user-1", 10_000).await;
        let second = programme.sale("maria", "inv-2", "user-1", 5_000).await;
        programme.ok(&format!("/referrals/{}/approve", id(&first["referral"])), json!({})).await;
        let bulk = programme.ok("/commissions/approve", json!({"filter": {"affiliate_id": programme.affiliate["id"]}})).await;
        assert_eq!((&bulk["approved"], &bulk["failed"]), (&json!(2), &json!([])));
        let made = api.post("/payouts", json!({"all_eligible": true})).await.expect(201).json();
        let payout = made["data"][0].clone();
        assert_eq!(payout["amount"], 3000);
        let path = format!("/payouts/{}", id(&payout));

        api.post("/track/refund", json!({"external_id": "r1", "sale_external_id": "inv-2"})).await.expect(201);
        let shrunk = api.get(&path).await.expect(200).json();
        assert_eq!((&shrunk["amount"], &shrunk["commission_ids"]), (&json!(2000), &json!([first["commissions"][0]["id"]])), "what is reversed leaves the draft");
        assert_eq!(api.get("/payouts").await.expect(200).json()["data"][0], shrunk);
        let reversed = api.get(&format!("/commissions/{}", id(&second["commissions"][0]))).await.json();
        assert_eq!((&reversed["status"], &reversed["payout_id"]), (&json!("reversed"), &Value::Null));

        let cancelled = programme.ok(&format!("{path}/cancel"), json!({})).await;
        assert_eq!(cancelled["status"], "cancelled");
        let back = api.get(&format!("/commissions/{}", id(&first["commissions"][0]))).await.json();
        assert_eq!((&back["status"], &back["payout_id"]), (&json!("approved"), &Value::Null));
        let again = api.post("/payouts", json!({"all_eligible": true})).await.expect(201).json();
        assert_eq!(again["data"][0]["amount"], 2000);
        api.post("/track/refund", json!({"external_id": "r2", "sale_external_id": "inv-1"})).await.expect(201);
        let emptied = api.get(&format!("/payouts/{}", id(&again["data"][0]))).await.json();
        assert_eq!(emptied["status"], "cancelled", "an emptied draft is cancelled");

        for (query, count) in [("", 2), ("?status=cancelled", 2), ("?status=paid", 0), (&format!("?affiliate_id={}", id(&programme.affiliate)), 2), ("?q=maria", 2), ("?q=nobody", 0)] {
            assert_eq!(api.get(&format!("/payouts{query}")).await.expect(200).json()["data"].as_array().unwrap().len(), count, "{query}");
        }
        for (body, field) in [(json!({}), "affiliate_id"), (json!({"all_eligible": false}), "affiliate_id"),
            (json!({"affiliate_id": programme.affiliate["id"], "all_eligible": true}), "all_eligible"),
            (json!({"affiliate_id": "aff_nonsense"}), "affiliate_id"), (json!({"affiliate_id": "aff_01h455vb4pex5vsknk084sn02q"}), "affiliate_id")] {
            assert_eq!(api.post("/payouts", body.clone()).await.expect(422).wrong_fields(), [field], "{body}");
        }
        programme.is_proved().await;
    }

    async fn referrals_are_checked_and_decided(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        let sale = programme.sale("maria", "inv-1", "user-1", 4900).await;
        let other = programme.sale("maria", "inv-2", "user-2", 4900).await;
        let path = format!("/referrals/{}", id(&sale["referral"]));

        let check = api.post(&format!("{path}/checks"), json!({"kind": "kyc", "passed": true, "note": "passport seen"})).await.expect(201).json();
        assert!(id(&check).starts_with("chk_"));
        let patched = api.patch(&path, json!({"tags": ["VIP", "vip ", "gold"]})).await.expect(200).json();
        assert_eq!((&patched["tags"], &patched["note"]), (&json!(["vip", "gold"]), &json!("")));
        let patched = api.patch(&path, json!({"note": "asked twice"})).await.expect(200).json();
        assert_eq!((&patched["tags"], &patched["note"], &patched["checks"]), (&json!(["vip", "gold"]), &json!("asked twice"), &json!([check])));
        assert_eq!(api.get(&path).await.expect(200).json(), patched);
        let listed = api.get("/referrals?q=user-1").await.expect(200).json();
        assert_eq!(listed, json!({"data": [patched], "next": null}));
        for (query, count) in [("?status=pending", 2), ("?status=approved", 0), (&format!("?campaign_id={}", id(&programme.campaign)), 2),
            (&format!("?affiliate_id={}", id(&programme.affiliate)), 2), ("?affiliate_id=aff_01h455vb4pex5vsknk084sn02q", 0)] {
            assert_eq!(api.get(&format!("/referrals{query}")).await.expect(200).json()["data"].as_array().unwrap().len(), count, "{query}");
        }

        assert_eq!(api.post(&format!("{path}/reject"), json!({"reason": " "})).await.expect(422).wrong_fields(), ["reason"]);
        let rejected = programme.ok(&format!("{path}/reject"), json!({"reason": "Bought for themselves"})).await;
        assert_eq!((&rejected["status"], &rejected["reject_reason"]), (&json!("rejected"), &json!("Bought for themselves")));
        api.post(&format!("{path}/approve"), json!({})).await.expect(409);
        let commission = api.get(&format!("/commissions/{}", id(&sale["commissions"][0]))).await.json();
        assert_eq!(commission["status"], "rejected");
        let later = programme.sale("maria", "inv-3", "user-1", 4900).await;
        assert_eq!(later["commissions"], json!([]), "later events on it earn nothing");

        let unknown = "ref_01h455vb4pex5vsknk084sn02q";
        let bulk = programme.ok("/referrals/approve", json!({"ids": [sale["referral"]["id"], other["referral"]["id"], unknown]})).await;
        assert_eq!((&bulk["approved"], &bulk["approved_ids"]), (&json!(1), &json!([other["referral"]["id"]])));
        let failed: Vec<&str> = bulk["failed"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(failed, [id(&sale["referral"]), unknown]);
        assert_eq!(bulk["failed"][1]["reason"], "referral not found");
        programme.ok(&format!("{path}/undo"), json!({})).await;
        let bulk = programme.ok("/referrals/approve", json!({"filter": {}})).await;
        assert_eq!((&bulk["approved"], &bulk["failed"]), (&json!(1), &json!([])));
        for (body, field) in [(json!({}), "ids"), (json!({"ids": [], "filter": {}}), "filter"), (json!({"ids": ["x"]}), "ids[0]"), (json!({"filter": {"colour": 1}}), "filter.colour")] {
            for path in ["/referrals/approve", "/commissions/approve"] {
                assert_eq!(api.post(path, body.clone()).await.expect(422).wrong_fields(), [field], "{body}");
            }
        }
        programme.is_proved().await;
    }

    async fn commissions_live_as_the_rules_say(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        let rules = api.get("/rules").await.expect(200).json();
        api.patch(&format!("/rules/{}", id(&rules["data"][0])), json!({"hold_days": 14})).await.expect(200);
        test.clock.advance_ms(1_000);
        let sale = programme.sale("maria", "inv-1", "user-1", 4900).await;
        let commission = &sale["commissions"][0];
        assert_eq!(commission["hold_until"], "2026-12-05T12:00:01.000Z");
        programme.ok(&format!("/referrals/{}/approve", id(&sale["referral"])), json!({})).await;
        let path = format!("/commissions/{}", id(commission));

        api.post(&format!("{path}/approve"), json!({})).await.expect(409);
        assert_eq!(api.post(&format!("{path}/approve"), json!({"release_hold": true})).await.expect(422).wrong_fields(), ["note"]);
        let approved = programme.ok(&format!("{path}/approve"), json!({"release_hold": true, "note": "an old customer"})).await;
        assert_eq!(approved["status"], "approved");
        let adjusted = programme.ok(&format!("{path}/adjust"), json!({"amount": -180, "note": "agreed"})).await;
        assert_eq!((&adjusted["amount"], &adjusted["adjusted"]), (&json!(980), &json!(-180)));
        for (body, field) in [(json!({"amount": -801, "note": "n"}), "amount"), (json!({"amount": 0, "note": "n"}), "amount"), (json!({"amount": 1, "note": ""}), "note"),
            (json!({"amount": 1.5, "note": "n"}), "amount"), (json!({"amount": i64::MAX, "note": "n"}), "amount"), (json!({"amount": 1, "note": "n", "x": 1}), "x")] {
            assert_eq!(api.post(&format!("{path}/adjust"), body.clone()).await.expect(422).wrong_fields(), [field], "{body}");
        }
        assert_eq!(programme.ok(&format!("{path}/undo"), json!({})).await["status"], "pending");
        assert_eq!(programme.ok(&format!("{path}/reject"), json!({"reason": "a test order"})).await["status"], "rejected");
        assert_eq!(programme.ok(&format!("{path}/undo"), json!({})).await["status"], "pending");
        api.post(&format!("{path}/mark-paid"), json!({})).await.expect(409);
        assert_eq!(programme.balance().await["pending"], 800);

        let bonus = json!({"affiliate_id": programme.affiliate["id"], "amount": 2500, "currency": "EUR", "note": "Welcome"});
        let free = api.post("/commissions", bonus.clone()).await.expect(201).json();
        assert_eq!((&free["status"], &free["referral_id"], &free["event_id"], &free["rule_id"]), (&json!("approved"), &Value::Null, &Value::Null, &Value::Null));
        for (field, value) in [("amount", json!(0)), ("amount", json!("2500")), ("currency", json!("XTS")), ("note", json!("")), ("affiliate_id", json!("aff_x")),
            ("affiliate_id", json!("aff_01h455vb4pex5vsknk084sn02q")), ("colour", json!(1))] {
            let mut body = bonus.clone();
            body[field] = value;
            assert_eq!(api.post("/commissions", body.clone()).await.expect(422).wrong_fields(), [field], "{body}");
        }
        for (query, count) in [("", 2), ("?status=pending", 1), ("?from=2026-11-21&to=2026-11-21", 2), ("?to=2026-11-20", 0), ("?q=maria", 2),
            (&format!("?referral_id={}", id(&sale["referral"])), 1), (&format!("?campaign_id={}", id(&programme.campaign)), 1), ("?group_id=grp_01h455vb4pex5vsknk084sn02q", 0)] {
            assert_eq!(api.get(&format!("/commissions{query}")).await.expect(200).json()["data"].as_array().unwrap().len(), count, "{query}");
        }
        for (query, field) in [("from=yesterday", "from"), ("from=2026-11-22&to=2026-11-21", "to"), ("status=happy", "status"), ("affiliate_id=x", "affiliate_id")] {
            assert_eq!(api.get(&format!("/commissions?{query}")).await.expect(422).wrong_fields(), [field]);
        }
        programme.is_proved().await;
    }

    async fn the_journal_is_read_page_by_page_in_its_order(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        // All in one millisecond, where ids have no order of their own.
        for number in 0..9 {
            programme.sale("maria", &format!("inv-{number}"), "user-1", 4900).await;
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("/ledger?limit=2{after}")).await.expect(200).json();
            for entry in page["data"].as_array().unwrap() {
                seen.push(entry["seq"].as_i64().unwrap());
                assert_eq!(entry["postings"], json!([{"account": "expense", "amount": -980}, {"account": "pending", "amount": 980}]));
                assert_eq!((&entry["kind"], &entry["affiliate_id"], entry["hash"].as_str().unwrap().len()), (&json!("earn"), &programme.affiliate["id"], 64));
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, (1..=9).rev().collect::<Vec<i64>>());
        let chain = api.get("/ledger?limit=2").await.json();
        assert_eq!(chain["data"][0]["previous_hash"], chain["data"][1]["hash"]);
        assert_eq!(api.get(&format!("/ledger?affiliate_id={}", id(&programme.affiliate))).await.json()["data"].as_array().unwrap().len(), 9);
        assert_eq!(api.get("/ledger?affiliate_id=aff_01h455vb4pex5vsknk084sn02q").await.json()["data"], json!([]));
    }

    async fn figures_are_told_in_four_ways(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let api = &programme.api;
        let nothing = json!({"clicks": 0, "unique_clicks": 0, "leads": 0, "customers": 0, "cancelled_customers": 0, "conversions": 0, "money": []});
        assert_eq!(api.get("/stats").await.expect(200).json(), json!({"data": [nothing]}));
        assert_eq!(api.get("/stats?group_by=day").await.expect(200).json(), json!({"data": []}));

        programme.shop.made("/track/lead", json!({"external_id": "l", "customer": {"external_id": "user-1"}, "code": "maria"})).await;
        programme.sale("maria", "inv-1", "user-1", 4900).await;
        programme.sale("maria", "inv-2", "user-1", 100).await;
        programme.shop.made("/track/refund", json!({"external_id": "r", "sale_external_id": "inv-2"})).await;
        programme.shop.made("/track/cancel", json!({"customer_external_id": "user-1"})).await;
        let figures = json!({"clicks": 0, "unique_clicks": 0, "leads": 1, "customers": 1, "cancelled_customers": 1, "conversions": 1,
            "money": [{"currency": "USD", "revenue": 4900, "commission_pending": 980, "commission_approved": 0, "commission_paid": 0}]});
        let with = |extra: Value| {
            let mut row = figures.clone();
            row.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            json!({"data": [row]})
        };
        assert_eq!(api.get("/stats").await.json(), with(json!({})));
        assert_eq!(api.get("/stats?group_by=day").await.json(), with(json!({"day": "2026-11-21"})));
        assert_eq!(api.get("/stats?group_by=affiliate").await.json(), with(json!({"affiliate_id": programme.affiliate["id"], "name": "Maria"})));
        assert_eq!(api.get("/stats?group_by=campaign").await.json(), with(json!({"campaign_id": programme.campaign["id"], "name": "Spring"})));
        let links = api.get("/stats?group_by=link").await.json();
        assert_eq!((&links["data"][0]["name"], &links["data"][0]["conversions"]), (&json!("maria"), &json!(1)));
        assert_eq!(api.get("/stats?from=2026-11-22").await.json(), json!({"data": [nothing]}));
        for (query, field) in [("group_by=moon", "group_by"), ("from=x", "from"), ("from=2026-11-22&to=2026-11-21", "to"), ("colour=blue", "colour")] {
            assert_eq!(api.get(&format!("/stats?{query}")).await.expect(422).wrong_fields(), [field]);
        }
    }

    async fn another_businesss_ids_are_like_missing_ones(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let sale = programme.sale("maria", "inv-1", "user-1", 4900).await;
        programme.ok(&format!("/referrals/{}/approve", id(&sale["referral"])), json!({})).await;
        let commission = id(&sale["commissions"][0]).to_owned();
        programme.ok(&format!("/commissions/{commission}/approve"), json!({})).await;
        let payout = programme.api.post("/payouts", json!({"all_eligible": true})).await.expect(201).json()["data"][0].clone();
        let other = Programme::new(&test, "Southwind", "sofia").await;

        let reads = [
            format!("/referrals/{}", id(&sale["referral"])),
            format!("/commissions/{commission}"),
            format!("/payouts/{}", id(&payout)),
            format!("/customers/{}", sale["customer_id"].as_str().unwrap()),
            format!("/events/{}", sale["event_id"].as_str().unwrap()),
            format!("/affiliates/{}/balance", id(&programme.affiliate)),
        ];
        let missing = [
            "/referrals/ref_01h455vb4pex5vsknk084sn02q", "/commissions/com_01h455vb4pex5vsknk084sn02q", "/payouts/pay_01h455vb4pex5vsknk084sn02q",
            "/customers/con_01h455vb4pex5vsknk084sn02q", "/events/evt_01h455vb4pex5vsknk084sn02q", "/affiliates/aff_01h455vb4pex5vsknk084sn02q/balance",
        ];
        for (foreign, missing) in reads.iter().zip(missing) {
            programme.api.get(foreign).await.expect(200);
            let (foreign, missing) = (other.api.get(foreign).await.expect(404).json(), other.api.get(missing).await.expect(404).json());
            assert_eq!((&foreign["detail"], &foreign["type"]), (&missing["detail"], &missing["type"]));
        }
        let writes = [
            (format!("{}/approve", reads[0]), json!({})),
            (format!("{}/reject", reads[0]), json!({"reason": "r"})),
            (format!("{}/undo", reads[0]), json!({})),
            (format!("{}/checks", reads[0]), json!({"kind": "kyc", "passed": true})),
            (format!("{}/approve", reads[1]), json!({})),
            (format!("{}/reject", reads[1]), json!({"reason": "r"})),
            (format!("{}/undo", reads[1]), json!({})),
            (format!("{}/adjust", reads[1]), json!({"amount": 1, "note": "n"})),
            (format!("{}/mark-paid", reads[1]), json!({})),
            (format!("{}/approve", reads[2]), json!({})),
            (format!("{}/mark-paid", reads[2]), json!({})),
            (format!("{}/cancel", reads[2]), json!({})),
        ];
        for (path, body) in &writes {
            other.api.post(path, body.clone()).await.expect(404);
        }
        other.api.patch(&reads[0], json!({"note": "n"})).await.expect(404);
        for path in ["/payouts", "/commissions"] {
            let body = if path == "/payouts" { json!({"affiliate_id": programme.affiliate["id"]}) } else {
                json!({"affiliate_id": programme.affiliate["id"], "amount": 1, "currency": "USD", "note": "n"})
            };
            assert_eq!(other.api.post(path, body).await.expect(422).wrong_fields(), ["affiliate_id"]);
        }
        for (path, foreign) in [("/referrals/approve", &sale["referral"]["id"]), ("/commissions/approve", &sale["commissions"][0]["id"])] {
            let bulk = other.ok(path, json!({"ids": [foreign]})).await;
            assert_eq!((&bulk["approved"], bulk["failed"].as_array().unwrap().len()), (&json!(0), 1));
        }
        for path in ["/referrals", "/commissions", "/payouts", "/customers", "/events", "/ledger"] {
            assert_eq!(other.api.get(path).await.expect(200).json(), json!({"data": [], "next": null}), "{path}");
            let answer = other.api.get(&format!("{path}?after={}", match path {
                "/referrals" => id(&sale["referral"]), "/commissions" => &commission, "/payouts" => id(&payout),
                "/customers" => sale["customer_id"].as_str().unwrap(), "/events" => sale["event_id"].as_str().unwrap(), _ => "jrn_01h455vb4pex5vsknk084sn02q",
            })).await;
            assert_eq!(answer.expect(200).json(), json!({"data": [], "next": null}), "{path}");
        }
        assert_eq!(other.api.get(&format!("/commissions?affiliate_id={}", id(&programme.affiliate))).await.json()["data"], json!([]));
        assert_eq!(programme.api.get(&reads[2]).await.json(), payout, "nothing of it was changed");
    }

    async fn scopes_are_kept(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        let sale = programme.sale("maria", "inv-1", "user-1", 4900).await;
        let referral = format!("/referrals/{}", id(&sale["referral"]));
        let commission = format!("/commissions/{}", id(&sale["commissions"][0]));
        let (reader, manager, payer) = (
            programme.shop.api_with(&[Scope::Read]).await,
            programme.shop.api_with(&[Scope::Manage]).await,
            programme.shop.api_with(&[Scope::Payout]).await,
        );
        let reads = ["/referrals", "/commissions", "/payouts", "/customers", "/events", "/ledger", "/stats", &referral, &commission,
            &format!("/affiliates/{}/balance", id(&programme.affiliate))];
        for path in reads {
            reader.get(path).await.expect(200);
            manager.get(path).await.expect(403);
            payer.get(path).await.expect(403);
        }
        let bonus = json!({"affiliate_id": programme.affiliate["id"], "amount": 100, "currency": "USD", "note": "n"});
        let manages = [
            (format!("{referral}/checks"), json!({"kind": "kyc", "passed": true}), 201),
            (format!("{referral}/approve"), json!({}), 200),
            ("/referrals/approve".to_owned(), json!({"ids": []}), 200),
            (format!("{commission}/approve"), json!({}), 200),
            (format!("{commission}/adjust"), json!({"amount": 1, "note": "n"}), 200),
            (format!("{commission}/undo"), json!({}), 200),
            ("/commissions/approve".to_owned(), json!({"filter": {}}), 200),
            ("/commissions".to_owned(), bonus, 201),
        ];
        for (path, body, status) in &manages {
            reader.post(path, body.clone()).await.expect(403);
            payer.post(path, body.clone()).await.expect(403);
            manager.post(path, body.clone()).await.expect(*status);
        }
        reader.patch(&referral, json!({"note": "n"})).await.expect(403);
        manager.patch(&referral, json!({"note": "n"})).await.expect(200);
        for api in [&reader, &manager] {
            api.post("/payouts", json!({"all_eligible": true})).await.expect(403);
            api.post(&format!("{commission}/mark-paid"), json!({})).await.expect(403);
        }
        let made = payer.post("/payouts", json!({"all_eligible": true})).await.expect(201).json();
        let path = format!("/payouts/{}", id(&made["data"][0]));
        for end in ["approve", "mark-paid", "cancel"] {
            manager.post(&format!("{path}/{end}"), json!({})).await.expect(403);
        }
        payer.get(&path).await.expect(403);
        payer.post(&format!("{path}/approve"), json!({})).await.expect(200);
        payer.post(&format!("{path}/mark-paid"), json!({})).await.expect(200);
    }

    async fn one_idempotency_key_makes_one_payout(test: TestApp) {
        let programme = Programme::new(&test, "Northwind", "maria").await;
        programme.shop.made("/commissions", json!({"affiliate_id": programme.affiliate["id"], "amount": 100, "currency": "USD", "note": "n"})).await;
        let api = programme.api.with("idempotency-key", "run-1");
        let first = api.post("/payouts", json!({"all_eligible": true})).await.expect(201);
        let again = api.post("/payouts", json!({"all_eligible": true})).await.expect(201);
        assert_eq!((first.body, again.header("idempotent-replayed")), (again.body.clone(), "true"));
        assert_eq!(programme.api.get("/payouts").await.json()["data"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn every_call_is_in_the_document() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    for (path, methods) in [
        ("/track/lead", &["post"][..]),
        ("/track/sale", &["post"]),
        ("/track/refund", &["post"]),
        ("/track/cancel", &["post"]),
        ("/referrals", &["get"]),
        ("/referrals/{id}", &["get", "patch"]),
        ("/referrals/{id}/approve", &["post"]),
        ("/referrals/{id}/reject", &["post"]),
        ("/referrals/{id}/undo", &["post"]),
        ("/referrals/{id}/checks", &["post"]),
        ("/referrals/approve", &["post"]),
        ("/customers", &["get"]),
        ("/customers/{id}", &["get"]),
        ("/events", &["get"]),
        ("/events/{id}", &["get"]),
        ("/attribution/explain", &["get"]),
        ("/commissions", &["get", "post"]),
        ("/commissions/{id}", &["get"]),
        ("/commissions/{id}/approve", &["post"]),
        ("/commissions/{id}/reject", &["post"]),
        ("/commissions/{id}/undo", &["post"]),
        ("/commissions/{id}/adjust", &["post"]),
        ("/commissions/{id}/mark-paid", &["post"]),
        ("/commissions/approve", &["post"]),
        ("/payouts", &["get", "post"]),
        ("/payouts/{id}", &["get"]),
        ("/payouts/{id}/approve", &["post"]),
        ("/payouts/{id}/mark-paid", &["post"]),
        ("/payouts/{id}/cancel", &["post"]),
        ("/ledger", &["get"]),
        ("/affiliates/{id}/balance", &["get"]),
        ("/stats", &["get"]),
    ] {
        for method in methods {
            assert!(
                document["paths"][path][method].is_object(),
                "{method} {path}"
            );
        }
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut wanted = Vec::new();
    fn refs(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                    found.push(name.trim_start_matches("#/components/schemas/").to_owned());
                }
                fields.values().for_each(|field| refs(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
            _ => {}
        }
    }
    refs(&document, &mut wanted);
    let dangling: Vec<&String> = wanted
        .iter()
        .filter(|name| !schemas.contains_key(*name))
        .collect();
    assert!(dangling.is_empty(), "{dangling:?}");
    let commission = &schemas["Commission"]["properties"];
    for field in [
        "id",
        "affiliate_id",
        "referral_id",
        "event_id",
        "amount",
        "adjusted",
        "reversed",
        "currency",
        "status",
        "level",
        "rule_id",
        "hold_until",
        "payout_id",
    ] {
        assert!(commission[field].is_object(), "{field}");
    }
}
