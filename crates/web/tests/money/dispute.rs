//! Disputes: opened, won and lost, in every order, beside refunds, and wherever the commission stands.

use domain::status::PayoutStatus;
use serde_json::{Value, json};
use service::programme::verify;
use testkit::{Api, Shop, TestApp, both_engines};

/// A shop that pays 30 % at once, an affiliate, and a sale of 100.00.
async fn sold<'a>(test: &'a TestApp, name: &str, sale: &str) -> (Shop<'a>, Value) {
    let shop = test.business(name).await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 300_000}});
    shop.made("/rules", rule).await;
    let affiliate = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Spring").await;
    let code = format!("maya-{}", shop.slug);
    shop.partnership(&campaign, &affiliate, &code).await;
    sell(&shop, sale, 100_00).await;
    (shop, affiliate)
}

async fn sell(shop: &Shop<'_>, id: &str, amount: i64) -> Value {
    let sale = json!({"external_id": id, "customer": {"external_id": "bob"}, "amount": amount, "currency": "USD",
        "code": format!("maya-{}", shop.slug)});
    let sold = shop.made("/track/sale", sale).await;
    let referral = sold["referral"]["id"]
        .as_str()
        .expect("a referral")
        .to_owned();
    if sold["referral"]["status"] == "pending" {
        shop.api()
            .post(&format!("/referrals/{referral}/approve"), json!({}))
            .await
            .expect(200);
    }
    sold
}

fn report(id: &str, sale: &str, status: &str) -> Value {
    json!({"external_id": id, "sale_external_id": sale, "status": status})
}

async fn tell(api: &Api, body: Value) -> Value {
    let answer = api.post("/track/dispute", body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

/// What the affiliate has: pending, approved, in payout, paid, clawback.
async fn has(shop: &Shop<'_>, affiliate: &Value) -> [i64; 5] {
    let id = affiliate["id"].as_str().expect("an id");
    let balance = shop
        .api()
        .get(&format!("/affiliates/{id}/balance"))
        .await
        .expect(200)
        .json();
    let usd = &balance["data"][0];
    ["pending", "approved", "in_payout", "paid", "clawback"]
        .map(|account| usd[account].as_i64().expect("an amount"))
}

async fn proven(shop: &Shop<'_>) {
    let mut work = shop.work().await;
    assert_eq!(
        verify::verify(&mut work).await.expect("a report").problems,
        Vec::<String>::new()
    );
}

async fn refund(shop: &Shop<'_>, id: &str, sale: &str, amount: Option<i64>) -> testkit::Answer {
    let mut body = json!({"external_id": id, "sale_external_id": sale});
    if let Some(amount) = amount {
        body["amount"] = amount.into();
    }
    shop.api().post("/track/refund", body).await
}

/// The commission of this amount.
async fn commission_of(api: &Api, amount: i64) -> String {
    let all = api.get("/commissions").await.expect(200).json();
    let rows = all["data"].as_array().expect("rows");
    let found = rows.iter().find(|row| row["amount"] == amount);
    found.expect("one")["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

async fn approve(shop: &Shop<'_>) {
    shop.api()
        .post(
            "/commissions/approve",
            json!({"filter": {"status": "pending"}}),
        )
        .await
        .expect(200);
}

async fn payout(shop: &Shop<'_>, affiliate: &Value) -> String {
    let made = shop
        .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
        .await;
    made["data"][0]["id"].as_str().expect("a payout").to_owned()
}

both_engines! {
    async fn it_reverses_like_a_refund_and_restores_when_won(test: TestApp) {
        let (shop, maya) = sold(&test, "Ash", "s1").await;
        let api = shop.api();
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        let opened = tell(&api, report("dp", "s1", "opened")).await;
        assert_eq!((opened["status"].as_str(), opened["amount"].as_i64()), (Some("opened"), Some(100_00)));
        assert_eq!(opened["reversals"][0]["amount"], 30_00);
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        let won = tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(won["reversals"][0]["amount"], -30_00);
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        let commission = api.get("/commissions").await.expect(200).json();
        assert_eq!(commission["data"][0]["status"], "pending");
        assert_eq!(commission["data"][0]["reversed"], 0);
        // Each again: the first results.
        for status in ["opened", "won"] {
            let answer = api.post("/track/dispute", report("dp", "s1", status)).await.expect(200).json();
            assert_eq!((answer["duplicate"].as_bool(), answer["status"].as_str()), (Some(true), Some("won")));
        }
        let other = json!({"external_id": "dp", "sale_external_id": "s1", "status": "won", "amount": 5});
        api.post("/track/dispute", other).await.expect(409);
        api.post("/track/dispute", report("x", "nothing", "opened")).await.expect(404);
        api.post("/track/dispute", json!({"external_id": "x", "sale_external_id": "s1", "status": "odd"})).await.expect(422);
        let events = api.get("/events?kind=dispute").await.expect(200).json();
        assert_eq!(events["data"].as_array().map(Vec::len), Some(2));
        proven(&shop).await;
    }

    async fn reports_may_come_in_any_order(test: TestApp) {
        let (shop, maya) = sold(&test, "Birch", "s1").await;
        let api = shop.api();
        // Won before it is known to be open: nothing is taken, then or later.
        tell(&api, report("early", "s1", "won")).await;
        let late = tell(&api, report("early", "s1", "opened")).await;
        assert_eq!((late["status"].as_str(), late["reversals"].as_array().map(Vec::len)), (Some("won"), Some(0)));
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        // Lost before it is known to be open: taken once.
        sell(&shop, "s2", 10_00).await;
        tell(&api, report("gone", "s2", "lost")).await;
        tell(&api, report("gone", "s2", "opened")).await;
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        // Of two outcomes the later one holds, however they arrive.
        let at = |hour: i64| domain::time::UnixMs(testkit::START.0 - 86_400_000 + hour * 3_600_000).rfc3339();
        sell(&shop, "s3", 10_00).await;
        let mut won = report("both", "s3", "won");
        won["occurred_at"] = at(9).into();
        let mut lost = report("both", "s3", "lost");
        lost["occurred_at"] = at(5).into();
        tell(&api, won.clone()).await;
        let old = tell(&api, lost).await;
        assert_eq!(old["status"], "won");
        assert_eq!(has(&shop, &maya).await, [33_00, 0, 0, 0, 0]);
        let mut again = report("both", "s3", "lost");
        again["occurred_at"] = at(12).into();
        assert_eq!(tell(&api, again).await["status"], "lost");
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        // The first outcome once more, from a queue that tries again, moves nothing.
        assert_eq!(tell(&api, won).await["duplicate"], true);
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        proven(&shop).await;
    }

    async fn refunds_and_disputes_share_what_is_left(test: TestApp) {
        let (shop, maya) = sold(&test, "Cedar", "s1").await;
        let api = shop.api();
        refund(&shop, "r1", "s1", Some(33_33)).await.expect(201);
        let more = json!({"external_id": "dp", "sale_external_id": "s1", "status": "opened", "amount": 66_68});
        assert_eq!(api.post("/track/dispute", more).await.expect(422).wrong_fields(), ["amount"]);
        let part = json!({"external_id": "dp", "sale_external_id": "s1", "status": "opened", "amount": 33_33});
        assert_eq!(tell(&api, part).await["reversals"][0]["amount"], 10_00);
        assert_eq!(refund(&shop, "r2", "s1", Some(33_35)).await.expect(422).wrong_fields(), ["amount"]);
        refund(&shop, "r3", "s1", None).await.expect(201);
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        tell(&api, report("dp", "s1", "lost")).await;
        refund(&shop, "r4", "s1", None).await.expect(422);
        api.post("/track/dispute", report("dp2", "s1", "opened")).await.expect(422);
        // Won on appeal: its third comes back, the refunds stay.
        let mut won = report("dp", "s1", "won");
        won["occurred_at"] = testkit::START.plus_ms(60_000).rfc3339().into();
        test.clock.advance_ms(60_000);
        assert_eq!(tell(&api, won).await["reversals"][0]["amount"], -10_00);
        assert_eq!(has(&shop, &maya).await, [10_00, 0, 0, 0, 0]);
        proven(&shop).await;
    }

    async fn in_a_draft_the_payout_shrinks_and_grows(test: TestApp) {
        let (shop, maya) = sold(&test, "Dale", "s1").await;
        let api = shop.api();
        sell(&shop, "s2", 50_00).await;
        approve(&shop).await;
        let id = payout(&shop, &maya).await;
        let amount = async || api.get(&format!("/payouts/{id}")).await.expect(200).json()["amount"].as_i64();
        assert_eq!(amount().await, Some(45_00));
        let part = json!({"external_id": "dp", "sale_external_id": "s1", "status": "opened", "amount": 50_00});
        tell(&api, part).await;
        assert_eq!(amount().await, Some(30_00));
        tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(amount().await, Some(45_00));
        // Wholly disputed it leaves the draft, and comes back approved.
        tell(&api, report("dp2", "s1", "opened")).await;
        assert_eq!((amount().await, has(&shop, &maya).await), (Some(15_00), [0, 0, 15_00, 0, 0]));
        tell(&api, report("dp2", "s1", "won")).await;
        assert_eq!((amount().await, has(&shop, &maya).await), (Some(15_00), [0, 30_00, 15_00, 0, 0]));
        proven(&shop).await;
    }

    async fn after_payment_it_is_a_clawback_and_given_again(test: TestApp) {
        let (shop, maya) = sold(&test, "Elm", "s1").await;
        let api = shop.api();
        approve(&shop).await;
        let first = payout(&shop, &maya).await;
        api.post(&format!("/payouts/{first}/mark-paid"), json!({})).await.expect(200);
        tell(&api, report("dp", "s1", "opened")).await;
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 30_00, -30_00]);
        tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 30_00, 0]);

        // Carried into the next payout first: then it is a credit of its own.
        tell(&api, report("dp2", "s1", "opened")).await;
        sell(&shop, "s2", 200_00).await;
        approve(&shop).await;
        let second = payout(&shop, &maya).await;
        let made = api.get(&format!("/payouts/{second}")).await.expect(200).json();
        assert_eq!((made["amount"].as_i64(), made["carried_forward"].as_i64()), (Some(30_00), Some(-30_00)));
        api.post(&format!("/payouts/{second}/mark-paid"), json!({})).await.expect(200);
        tell(&api, report("dp2", "s1", "won")).await;
        assert_eq!(has(&shop, &maya).await, [0, 30_00, 0, 60_00, 0]);
        proven(&shop).await;
        // The credit stands for the sale: a refund takes from it, and never twice.
        refund(&shop, "r1", "s1", Some(50_00)).await.expect(201);
        assert_eq!(has(&shop, &maya).await, [0, 15_00, 0, 60_00, 0]);
        refund(&shop, "r2", "s1", None).await.expect(201);
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 60_00, 0]);
        let all = api.get("/commissions").await.expect(200).json();
        let net: i64 = all["data"].as_array().expect("rows").iter()
            .map(|c| c["amount"].as_i64().unwrap() + c["adjusted"].as_i64().unwrap() - c["reversed"].as_i64().unwrap()).sum();
        assert_eq!(net, 60_00, "earned less what the refunded sale took back");
        proven(&shop).await;
    }

    async fn beyond_draft_and_cancelled_it_is_not_owed_twice(test: TestApp) {
        let (shop, maya) = sold(&test, "Fir", "s1").await;
        let api = shop.api();
        approve(&shop).await;
        let part = json!({"external_id": "dp", "sale_external_id": "s1", "status": "opened", "amount": 40_00});
        tell(&api, part).await;
        let id = payout(&shop, &maya).await;
        let approved = api.post(&format!("/payouts/{id}/approve"), json!({})).await.expect(200).json();
        assert_eq!(approved["status"], PayoutStatus::Pending.as_str());
        assert_eq!(has(&shop, &maya).await, [0, 0, 18_00, 0, 0]);
        tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(has(&shop, &maya).await, [0, 12_00, 18_00, 0, 0]);
        api.post(&format!("/payouts/{id}/cancel"), json!({})).await.expect(200);
        assert_eq!(has(&shop, &maya).await, [0, 30_00, 0, 0, 0]);
        proven(&shop).await;
        refund(&shop, "r1", "s1", None).await.expect(201);
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        proven(&shop).await;
    }

    async fn a_referral_refused_meanwhile_gets_nothing_again(test: TestApp) {
        let (shop, maya) = sold(&test, "Gorse", "s1").await;
        let api = shop.api();
        tell(&api, report("dp", "s1", "opened")).await;
        let referral = api.get("/referrals").await.expect(200).json()["data"][0]["id"].as_str().expect("an id").to_owned();
        api.post(&format!("/referrals/{referral}/reject"), json!({"reason": "fraud"})).await.expect(200);
        tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        assert_eq!(api.get("/commissions").await.expect(200).json()["data"][0]["status"], "rejected");
        proven(&shop).await;
    }

    async fn a_referral_whose_rejection_is_undone_has_all_of_it_again(test: TestApp) {
        let (shop, maya) = sold(&test, "Gale", "s1").await;
        let api = shop.api();
        sell(&shop, "s2", 50_00).await;
        let (first, second) = (commission_of(&api, 30_00).await, commission_of(&api, 15_00).await);
        let third = sell(&shop, "s3", 10_00).await["commissions"][0]["id"].as_str().expect("an id").to_owned();
        api.post(&format!("/commissions/{third}/reject"), json!({"reason": "a test order"})).await.expect(200);
        tell(&api, report("dp", "s1", "opened")).await;
        let referral = api.get("/referrals").await.expect(200).json()["data"][0]["id"].as_str().expect("an id").to_owned();
        test.clock.advance_ms(60_000);
        api.post(&format!("/referrals/{referral}/reject"), json!({"reason": "fraud"})).await.expect(200);
        test.clock.advance_ms(60_000);
        tell(&api, report("dp", "s1", "won")).await;
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        test.clock.advance_ms(60_000);
        api.post(&format!("/referrals/{referral}/undo"), json!({})).await.expect(200);
        // What a person rejected by itself stays so.
        for (id, status) in [(&first, "pending"), (&second, "pending"), (&third, "rejected")] {
            assert_eq!(api.get(&format!("/commissions/{id}")).await.expect(200).json()["status"], status, "{id}");
        }
        assert_eq!(has(&shop, &maya).await, [45_00, 0, 0, 0, 0]);
        proven(&shop).await;
    }

    async fn staff_record_it_on_the_sale_and_both_sides_see_it(test: TestApp) {
        let (shop, maya) = sold(&test, "Hazel", "s1").await;
        let sale = shop.api().get("/events?kind=sale").await.expect(200).json()["data"][0]["id"].as_str().expect("an id").to_owned();
        let commission = shop.api().get("/commissions").await.expect(200).json()["data"][0]["id"].as_str().expect("an id").to_owned();
        let mut staff = shop.browser().await;
        let path = format!("/admin/events/{sale}");
        staff.get(&path).await.expect(200);
        let wrong = staff.post(&format!("{path}/disputes"), &[("disputed", "1,2,3x"), ("ground", "not received")]).await.expect(422).text();
        assert!(wrong.contains("1,2,3x") && wrong.contains("not received"), "what was typed is kept");
        let wrong = staff.post(&format!("{path}/disputes"), &[("disputed", "100.01"), ("ground", "x")]).await.expect(422).text();
        assert!(wrong.contains("only 10000 is left") || wrong.contains("more than the sale"), "{wrong}");
        staff.post(&format!("{path}/disputes"), &[("disputed", "40.00"), ("ground", "not received"), ("dispute_id", "CB-7")]).await.expect(303);
        let shown = staff.get(&path).await.expect(200).text();
        assert!(shown.contains("Dispute CB-7") && shown.contains("$60.00 is left"), "{shown}");
        assert_eq!(has(&shop, &maya).await, [18_00, 0, 0, 0, 0]);
        let life = staff.get(&format!("/admin/commissions/{commission}")).await.expect(200).text();
        assert!(life.contains("The sale is disputed") && life.contains(&format!("/admin/events/{sale}")), "{life}");
        let mut portal = shop.portal(&maya).await;
        let own = format!("/portal/{}/commissions/{commission}", shop.slug);
        let seen = portal.get(&own).await.expect(200).text();
        assert!(seen.contains("The sale is disputed"), "{seen}");
        let dispute = shown.split(&format!("{path}/disputes/")).nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned();
        staff.post(&format!("{path}/disputes/{dispute}"), &[("status", "won")]).await.expect(303);
        assert_eq!(has(&shop, &maya).await, [30_00, 0, 0, 0, 0]);
        let seen = portal.get(&own).await.expect(200).text();
        assert!(seen.contains("The dispute was won") && seen.contains("+$12.00 restored"), "{seen}");
        // A refund by hand beside it.
        staff.post(&format!("{path}/refunds"), &[("amount", ""), ("reason", "")]).await.expect(422);
        staff.post(&format!("{path}/refunds"), &[("amount", ""), ("reason", "goodwill")]).await.expect(303);
        assert_eq!(has(&shop, &maya).await, [0, 0, 0, 0, 0]);
        let audit = staff.get("/admin/audit").await.expect(200).text();
        assert!(audit.contains("goodwill") && audit.contains("not received"), "{audit}");
        // A cancellation shows beside all of it.
        shop.made("/track/cancel", json!({"customer_external_id": "bob"})).await;
        let customer = shop.api().get("/customers").await.expect(200).json()["data"][0]["id"].as_str().expect("an id").to_owned();
        let page = staff.get(&format!("/admin/customers/{customer}")).await.expect(200).text();
        for word in ["Cancellation", "Dispute opened", "Dispute won", "Refund", "Purchase"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        proven(&shop).await;
    }
}
