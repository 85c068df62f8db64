//! Payout runs, back-tests and signed statements by the API.

use domain::status::Scope;
use reading::{ids, text};
use serde_json::{Value, json};
use service::programme::signed_statement::file;
use service::programme::verify;
use testkit::{Client, Shop, TestApp, both_engines};

/// Small readers of JSON.
mod reading {
    use serde_json::Value;

    pub fn text(value: &Value) -> String {
        value.as_str().expect("a text").to_owned()
    }

    pub fn ids(listed: &Value) -> Vec<String> {
        let rows = listed["data"].as_array().expect("rows");
        rows.iter().map(|row| text(&row["affiliate_id"])).collect()
    }
}

/// Three affiliates with 10.00, 20.00 and 30.00 USD, approved.
async fn owed(shop: &Shop<'_>) -> Vec<String> {
    let mut affiliates = Vec::new();
    for (name, amount) in [("Maya", 1_000), ("Grace", 2_000), ("Nova", 3_000)] {
        let affiliate = text(&shop.affiliate(name).await["id"]);
        let bonus = json!({"affiliate_id": affiliate, "amount": amount, "currency": "USD", "note": "A bonus"});
        shop.made("/commissions", bonus).await;
        affiliates.push(affiliate);
    }
    affiliates
}

both_engines! {
    async fn a_run_from_its_preview_to_paid(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (api, affiliates) = (shop.api(), owed(&shop).await);
        let run = api.with("idempotency-key", "run-1").post("/payout-runs", json!({})).await.expect(201).json();
        let again = api.with("idempotency-key", "run-1").post("/payout-runs", json!({})).await.expect(201);
        assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", run.clone()));
        assert_eq!((&run["state"], &run["number"], &run["until"]), (&json!("open"), &json!(1), &json!("2026-11-21")));
        assert_eq!(run["left_out"], json!([{"currency": "USD", "members": 3, "amount": 6_000}]));
        let path = format!("/payout-runs/{}", text(&run["id"]));
        let at = |act: &str| format!("{path}/{act}");

        // Who is in and why not, in pages.
        let first = api.get(&at("members?limit=2")).await.expect(200).json();
        let next = text(&first["next"]);
        let second = api.get(&at(&format!("members?limit=2&after={next}"))).await.expect(200).json();
        let mut listed = ids(&first);
        listed.extend(ids(&second));
        assert_eq!((listed.len(), &second["next"]), (3, &Value::Null));
        assert!(affiliates.iter().all(|id| listed.contains(id)), "{listed:?}");
        assert_eq!((&first["data"][0]["obstacle"], &first["data"][0]["included"]), (&json!("no_method"), &json!(false)));
        for (text, whom) in [("may", &affiliates[..1]), ("NOVA", &affiliates[2..]), ("nobody", &affiliates[..0])] {
            assert_eq!(ids(&api.get(&at(&format!("members?q={text}"))).await.expect(200).json()), whom, "{text}");
        }
        let whom: Vec<Value> = affiliates.iter().map(|id| json!({"affiliate_id": id, "currency": "USD"})).collect();
        let chosen = api.post(&at("members"), json!({"include": whom, "exclude": [whom[2]]})).await.expect(200).json();
        assert_eq!((&chosen["changed"], &chosen["run"]["included"][0]["amount"]), (&json!(4), &json!(3_000)));
        assert_eq!(ids(&api.get(&at("members?included=true")).await.expect(200).json()).len(), 2);
        api.post(&at("look-again"), json!({})).await.expect(200);
        api.post(&at("members"), json!({"include": whom[..2]})).await.expect(200);

        // Drafted, and submitted with the totals that were seen.
        assert_eq!(api.post(&at("draft"), json!({})).await.expect(200).json()["state"], "drafting");
        api.post(&at("submit"), json!({"expected": []})).await.expect(409);
        test.do_payout_runs().await;
        let drafted = api.get(&path).await.expect(200).json();
        assert_eq!((&drafted["state"], &drafted["totals"]), (&json!("drafted"), &json!([{"amount": 3_000, "currency": "USD"}])));
        assert_eq!(drafted["payouts"], json!([{"status": "draft", "currency": "USD", "count": 2, "amount": 3_000}]));
        for wrong in [json!([]), json!([{"amount": 2_999, "currency": "USD"}]), json!([{"amount": 3_000, "currency": "EUR"}])] {
            let refused = api.post(&at("submit"), json!({"expected": wrong})).await.expect(409).text();
            assert!(refused.contains("the total has changed"), "{refused}");
        }
        let expected = json!({"expected": drafted["totals"]});
        api.post(&at("submit"), expected.clone()).await.expect(200);
        test.do_payout_runs().await;
        let refused = api.post(&at("send"), json!({"provider": "paypal", "expected": drafted["totals"]})).await.expect(409).text();
        assert!(refused.contains("no connection to PayPal"), "{refused}");
        api.post(&at("stop"), json!({})).await.expect(409);
        let pay = json!({"expected": drafted["totals"], "payment": {"reference": "SEPA 7"}});
        assert_eq!(api.post(&at("mark-paid"), pay.clone()).await.expect(200).json()["state"], "paying");
        test.do_payout_runs().await;
        let paid = api.get(&path).await.expect(200).json();
        assert_eq!((&paid["state"], &paid["paid_reference"], &paid["payouts"][0]["status"]), (&json!("paid"), &json!("SEPA 7"), &json!("paid")));
        api.post(&at("mark-paid"), pay).await.expect(409);
        api.post(&at("cancel"), json!({})).await.expect(409);
        let payouts = api.get("/payouts").await.expect(200).json();
        assert_eq!(payouts["data"].as_array().expect("rows").len(), 2);
        let problems = verify::verify(&mut shop.work().await).await.expect("a report").problems;
        assert_eq!(problems, Vec::<String>::new());

        // Another one is taken back; both are listed, newest first, in pages.
        test.clock.advance_ms(1_000);
        let second = api.post("/payout-runs", json!({"currency": "USD", "method": "wise"})).await.expect(201).json();
        assert_eq!(second["left_out"], json!([]), "nobody is paid by Wise");
        let cancel = format!("/payout-runs/{}/cancel", text(&second["id"]));
        assert_eq!(api.post(&cancel, json!({})).await.expect(200).json()["state"], "cancelled");
        let page = api.get("/payout-runs?limit=1").await.expect(200).json();
        assert_eq!(page["data"][0]["number"], 2);
        let found = api.get("/payout-runs?q=1").await.expect(200).json();
        assert_eq!((&found["data"][0]["number"], &found["data"][1]), (&json!(1), &Value::Null));
        let page = api.get(&format!("/payout-runs?after={}", text(&page["next"]))).await.expect(200).json();
        assert_eq!((&page["data"][0]["number"], &page["next"]), (&json!(1), &Value::Null));
    }

    async fn bad_input_foreign_runs_and_keys_without_the_scope(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let api = shop.api();
        let affiliates = owed(&shop).await;
        for (body, field) in [
            (json!({"until": "2999-01-01"}), "until"),
            (json!({"until": "soon"}), "until"),
            (json!({"group_id": "grp_01h455vb4pex5vsknk084sn02q"}), "group_id"),
            (json!({"group_id": "Maya"}), "group_id"),
            (json!({"method": "barter"}), "method"),
            (json!({"currency": "XXX1"}), "currency"),
            (json!({"untill": "2026-11-21"}), "untill"),
        ] {
            let answer = api.post("/payout-runs", body.clone()).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{body}");
        }
        assert_eq!(api.get("/payout-runs").await.expect(200).json()["data"], json!([]), "nothing is half-stored");
        let run = text(&api.post("/payout-runs", json!({})).await.expect(201).json()["id"]);
        let path = format!("/payout-runs/{run}");
        assert_eq!(api.get(&format!("{path}/members?after=nobody")).await.expect(422).wrong_fields(), ["after"]);
        assert_eq!(api.get("/payout-runs?after=1").await.expect(422).wrong_fields(), ["after"]);
        assert_eq!(api.get("/payout-runs?state=paid").await.expect(422).wrong_fields(), ["state"]);
        api.post(&format!("{path}/members"), json!({"include": [{"affiliate_id": "aff_1"}]})).await.expect(422);
        api.post(&format!("{path}/submit"), json!({})).await.expect(422);
        api.post(&format!("{path}/send"), json!({"provider": "bank", "expected": []})).await.expect(422);
        api.post(&format!("{path}/submit"), json!({"expected": [{"amount": 1.5, "currency": "USD"}]})).await.expect(422);
        let refused = api.post(&format!("{path}/draft"), json!({})).await.expect(409).text();
        assert!(refused.contains("nobody is in this run"), "{refused}");

        let reader = shop.api_with(&[Scope::Read, Scope::Manage]).await;
        reader.get(&path).await.expect(200);
        let payer = shop.api_with(&[Scope::Payout]).await;
        // Who pays sees what they pay, and no more.
        payer.get(&path).await.expect(200);
        payer.get(&format!("{path}/members")).await.expect(200);
        payer.get("/affiliates").await.expect(403);
        assert_eq!(payer.post(&format!("{path}/look-again"), json!({})).await.expect(200).json()["state"], "open");
        shop.api_with(&[Scope::Track]).await.get(&path).await.expect(403);
        let one = json!({"affiliate_id": affiliates[0], "currency": "USD"});
        for field in ["include", "exclude"] {
            let answer = api.post(&format!("{path}/members"), json!({field: vec![one.clone(); 1_001]})).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field]);
        }
        let many = json!({"include": vec![one; 1_000], "exclude": []});
        assert_eq!(payer.post(&format!("{path}/members"), many).await.expect(200).json()["changed"], 1);
        assert_eq!(payer.post(&format!("{path}/members"), json!({})).await.expect(200).json()["changed"], 0);
        let stranger = test.business("Southwind").await.api();
        let acts = ["members", "look-again", "draft", "submit", "send-back", "stop", "send", "mark-paid", "cancel"];
        for act in acts {
            let body = match act {
                "submit" | "mark-paid" => json!({"expected": []}),
                "send" => json!({"provider": "paypal", "expected": []}),
                "members" => json!({"include": [{"affiliate_id": "aff_01h455vb4pex5vsknk084sn02q", "currency": "USD"}]}),
                _ => json!({}),
            };
            let at = format!("{path}/{act}");
            reader.post(&at, body.clone()).await.expect(403);
            stranger.post(&at, body.clone()).await.expect(404);
            stranger.post(&format!("/payout-runs/nothing/{act}"), body).await.expect(404);
        }
        reader.post("/payout-runs", json!({})).await.expect(403);
        stranger.get(&path).await.expect(404);
        stranger.get(&format!("{path}/members")).await.expect(404);
        assert_eq!(stranger.get("/payout-runs").await.expect(200).json()["data"], json!([]));
    }

    async fn above_the_limit_two_people_act_and_no_key(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let api = shop.api();
        let affiliates = owed(&shop).await;
        let mut owner = shop.browser().await;
        owner.get("/admin/settings/payouts").await.expect(200);
        let limits = [
            ("payout_frequency", "weekly"), ("payout_method", "bank_transfer"), ("payout_hold_days", "0"), ("weekday", "6"),
            ("month_day", "1"), ("limit_currency", "USD"), ("limit_amount", "50.00"),
        ];
        owner.post("/admin/settings/payouts", &limits).await.expect(303);
        let run = text(&api.post("/payout-runs", json!({})).await.expect(201).json()["id"]);
        let at = |act: &str| format!("/payout-runs/{run}/{act}");
        let whom: Vec<Value> = affiliates.iter().map(|id| json!({"affiliate_id": id, "currency": "USD"})).collect();
        api.post(&at("members"), json!({"include": whom})).await.expect(200);
        api.post(&at("draft"), json!({})).await.expect(200);
        test.do_payout_runs().await;
        let expected = json!({"expected": [{"amount": 6_000, "currency": "USD"}]});
        let page = format!("/admin/payouts/runs/{run}");
        let state = async || api.get(&format!("/payout-runs/{run}")).await.expect(200).json()["state"].clone();
        let submit = async |owner: &mut Client| {
            owner.get(&page).await.expect(200);
            owner.post(&format!("{page}/submit"), &[("expected", "USD 6000")]).await.expect(303);
        };
        // Who holds the key could approve as a person what the key had submitted.
        let refused = api.post(&at("submit"), expected.clone()).await.expect(403).text();
        assert!(refused.contains("a person submits a run of this size in the admin"), "{refused}");
        assert_eq!(state().await, "drafted");
        submit(&mut owner).await;
        assert_eq!(state().await, "submitted");
        api.post(&at("mark-paid"), expected).await.expect(409);
        api.post(&at("send-back"), json!({})).await.expect(200);
        assert_eq!(state().await, "drafted");
        submit(&mut owner).await;
        owner.post(&format!("{page}/approve"), &[("expected", "USD 6000")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(state().await, "submitted", "not by the same person");
        let mut colleague = shop.colleague().await;
        colleague.get(&page).await.expect(200);
        colleague.post(&format!("{page}/approve"), &[("expected", "USD 6000")]).await.expect(303);
        test.do_payout_runs().await;
        let approved = api.get(&format!("/payout-runs/{run}")).await.expect(200).json();
        assert_eq!((&approved["state"], &approved["submitted_by"], &approved["approved_by"]), (&json!("approved"), &json!("Owner 1"), &json!("Colleague")));
    }

    async fn a_run_that_is_stopped_when_nothing_is_left_ends(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (api, affiliates) = (shop.api(), owed(&shop).await);
        let run = text(&api.post("/payout-runs", json!({})).await.expect(201).json()["id"]);
        let path = format!("/payout-runs/{run}");
        let at = |act: &str| format!("{path}/{act}");
        let whom: Vec<Value> = affiliates.iter().map(|id| json!({"affiliate_id": id, "currency": "USD"})).collect();
        api.post(&at("members"), json!({"include": whom})).await.expect(200);
        api.post(&at("draft"), json!({})).await.expect(200);
        test.do_payout_runs().await;
        let expected = json!({"expected": [{"amount": 6_000, "currency": "USD"}]});
        api.post(&at("submit"), expected.clone()).await.expect(200);
        test.do_payout_runs().await;
        // Begun to be paid; each is taken back before that is done, and then the work is stopped.
        api.post(&at("mark-paid"), expected).await.expect(200);
        let payouts = api.get("/payouts").await.expect(200).json();
        for payout in payouts["data"].as_array().expect("rows") {
            api.post(&format!("/payouts/{}/cancel", text(&payout["id"])), json!({})).await.expect(200);
        }
        api.post(&at("stop"), json!({})).await.expect(200);
        test.do_payout_runs().await;
        let ended = api.get(&path).await.expect(200).json();
        assert_eq!((&ended["state"], &ended["payouts"][0]["status"]), (&json!("cancelled"), &json!("cancelled")), "{ended}");
        let problems = verify::verify(&mut shop.work().await).await.expect("a report").problems;
        assert_eq!(problems, Vec::<String>::new());
    }

    async fn a_back_test_is_run_and_writes_nothing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let api = shop.api();
        let (maria, spring) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&spring, &maria, "maria").await;
        let default = shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        let sale = json!({"external_id": "s1", "customer_external_id": "u1", "amount": 10_000, "currency": "USD", "code": "maria"});
        shop.made("/track/sale", sale).await;
        let period = |more: Value| {
            let mut body = json!({"from": "2026-11-01", "to": "2026-11-30"});
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            body
        };
        let reader = shop.api_with(&[Scope::Read]).await;
        let before = test.db.raw().await.contents().await;
        let draft = json!({"rule": {"reward": {"percent_ppm": 350_000}}, "instead_of": default["id"], "campaign_id": spring["id"]});
        let started = reader.post("/back-tests", period(draft)).await.expect(201).json();
        let path = format!("/back-tests/{}", text(&started["id"]));
        let mut now = reader.get(&path).await.expect(200).json();
        for _ in 0..1_500 {
            if now["state"] != "running" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            now = reader.get(&path).await.expect(200).json();
        }
        assert_eq!((&now["state"], &now["report"]["events"], &now["report"]["changed"]), (&json!("done"), &json!(1), &json!(1)), "{now}");
        let total = json!({"currency": "USD", "then": 2_000, "now": 3_500, "difference": 1_500, "changed": 1});
        assert_eq!(now["report"]["totals"], json!([total]));
        assert_eq!((&now["report"]["affiliates"][0]["name"], &now["report"]["affiliates"][0]["difference"]), (&json!("Maria"), &json!(1_500)));
        assert_eq!(now["report"]["changes"][0]["now_reason"].as_str().map(|text| text.contains("35 %")), Some(true));
        api.post(&format!("{path}/stop"), json!({})).await.expect(200);
        // A key says when it was used last; all else is as it was.
        let strip = |all: Vec<(String, Vec<Vec<String>>)>| all.into_iter().filter(|(name, _)| name != "api_key").collect::<Vec<_>>();
        assert_eq!(strip(test.db.raw().await.contents().await), strip(before));

        for (more, field) in [
            (json!({"to": "2026-10-01"}), "to"),
            (json!({"from": "soon"}), "from"),
            (json!({"model": "best"}), "model"),
            (json!({"campaign_id": "cmp_01h455vb4pex5vsknk084sn02q"}), "campaign_id"),
            (json!({"instead_of": default["id"]}), "rule"),
            (json!({"instead_of": "rul_01h455vb4pex5vsknk084sn02q", "rule": {"reward": {"percent_ppm": 1}}}), "instead_of"),
            (json!({"rule": {"reward": {"percent_ppm": 2_000_000}}}), "rule.reward.percent_ppm"),
            (json!({"rule": {"reward": {"percent_ppm": 1}, "hold_days": -1}}), "rule.hold_days"),
        ] {
            let answer = api.post("/back-tests", period(more.clone())).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{more}");
        }
        let stranger = test.business("Southwind").await.api();
        stranger.get(&path).await.expect(404);
        stranger.post(&format!("{path}/stop"), json!({})).await.expect(404);
        shop.api_with(&[Scope::Track]).await.post("/back-tests", period(json!({}))).await.expect(403);
        let theirs = json!({"instead_of": default["id"], "rule": {"reward": {"percent_ppm": 1}}});
        assert_eq!(stranger.post("/back-tests", period(theirs)).await.expect(422).wrong_fields(), ["instead_of"]);
    }

    async fn a_signed_statement_proves_itself(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (api, affiliates) = (shop.api(), owed(&shop).await);
        let key = text(&api.get("/ledger/signed-statement/key").await.expect(200).json()["public_key"]);
        let answer = api.get("/ledger/signed-statement?from=2026-11-01&to=2026-11-30").await.expect(200);
        assert!(answer.header("content-disposition").contains("statement-2026-11-01-2026-11-30.jsonl"));
        let whole = file::verify(&answer.text(), Some(&key)).expect("proven");
        assert_eq!(whole.entries.len(), 3);
        let own = api.get(&format!("/ledger/signed-statement?from=2026-11-01&to=2026-11-30&affiliate_id={}", affiliates[0])).await.expect(200);
        let own = file::verify(&own.text(), Some(&key)).expect("proven");
        assert_eq!(own.entries.len(), 1);
        file::within(&own, &whole).expect("it is part of the whole");

        let stranger = test.business("Southwind").await.api();
        assert_ne!(text(&stranger.get("/ledger/signed-statement/key").await.expect(200).json()["public_key"]), key);
        let theirs = format!("/ledger/signed-statement?from=2026-11-01&to=2026-11-30&affiliate_id={}", affiliates[0]);
        stranger.get(&theirs).await.expect(404);
        for (query, field) in [
            ("from=2026-11-01", "to"),
            ("to=2026-11-01", "from"),
            ("from=2026-11-02&to=2026-11-01", "to"),
            ("from=yesterday&to=2026-11-01", "from"),
            ("from=2026-11-01&to=2026-11-30&currency=USD", "currency"),
        ] {
            let answer = api.get(&format!("/ledger/signed-statement?{query}")).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{query}");
        }
        let tracker = shop.api_with(&[Scope::Track]).await;
        tracker.get("/ledger/signed-statement?from=2026-11-01&to=2026-11-30").await.expect(403);
        tracker.get("/ledger/signed-statement/key").await.expect(403);
    }
}
