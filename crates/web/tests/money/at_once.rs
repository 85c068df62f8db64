//! Sales, refunds, decisions and payouts that come at the same moment, over HTTP: each counts once, no more is
//! given back than there was, no commission is in two live payouts, and the books hold whoever was first.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use serde_json::{Value, json};
use service::programme::verify;
use testkit::{Shop, TestApp, both_engines};

const AT_ONCE: usize = 24;

/// A shop that pays a fifth, and its campaign.
async fn programme(test: &TestApp) -> (Shop<'_>, Value) {
    let shop = test.business("Rush").await;
    shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}}))
        .await;
    let campaign = shop.campaign("Spring").await;
    (shop, campaign)
}

/// An affiliate with this code; the id.
async fn affiliate(shop: &Shop<'_>, campaign: &Value, code: &str) -> String {
    let affiliate = shop.affiliate(code).await;
    shop.partnership(campaign, &affiliate, code).await;
    id(&affiliate)
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// A sale by this code to a customer of its own.
fn sale(external_id: &str, amount: i64, code: &str) -> Value {
    json!({"external_id": external_id, "customer_external_id": format!("user of {code}"), "amount": amount, "currency": "USD", "code": code})
}

/// Makes these calls at once, each on a task of its own; their statuses. A slow machine may have let one wait too
/// long for the database: that one is 503, and has stored nothing.
async fn at_once(shop: &Shop<'_>, calls: Vec<(String, Value)>) -> Vec<u16> {
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|(path, body)| {
            let api = shop.api();
            tokio::spawn(async move { api.post(&path, body).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.expect("an answer"));
    }
    statuses
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|found| **found == status).count()
}

fn only(statuses: &[u16], expected: &[u16]) {
    let others = |status: &u16| *status != 503 && !expected.contains(status);
    assert!(!statuses.iter().any(others), "{statuses:?}");
}

async fn rows(shop: &Shop<'_>, path: &str) -> Vec<Value> {
    let answer = shop.api().get(path).await.expect(200).json();
    answer["data"].as_array().expect("rows").clone()
}

async fn proven(shop: &Shop<'_>) {
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert_eq!(report.problems, Vec::<String>::new());
}

/// Approves the first referral and commission of what was recorded.
async fn approve(shop: &Shop<'_>, made: &Value) {
    for path in [
        format!("/referrals/{}/approve", id(&made["referral"])),
        format!("/commissions/{}/approve", id(&made["commissions"][0])),
    ] {
        shop.api().post(&path, json!({})).await.expect(200);
    }
}

both_engines! {
    async fn one_sale_reported_many_times_is_one(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "maya").await;
        let calls = vec![("/track/sale".to_owned(), sale("inv-1", 100_00, "maya")); AT_ONCE];
        let statuses = at_once(&shop, calls).await;
        only(&statuses, &[200, 201]);
        assert_eq!(count(&statuses, 201), 1, "{statuses:?}");
        assert_eq!((rows(&shop, "/events?external_id=inv-1").await.len(), rows(&shop, "/commissions").await.len()), (1, 1));
        proven(&shop).await;
    }

    async fn refunds_give_back_no_more_than_there_was(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "maya").await;
        shop.made("/track/sale", sale("inv-1", 100_00, "maya")).await;
        let refund = |id: &str, amount: i64| ("/track/refund".to_owned(), json!({"external_id": id, "sale_external_id": "inv-1", "amount": amount}));
        let reversed = async || rows(&shop, "/commissions").await[0]["reversed"].as_i64().expect("an amount");
        // One and the same counts once.
        let statuses = at_once(&shop, vec![refund("r", 10_00); AT_ONCE]).await;
        only(&statuses, &[200, 201]);
        assert_eq!((count(&statuses, 201), reversed().await), (1, 2_00), "{statuses:?}");
        // 90.00 are left: nine of the others fit.
        let many = (0..AT_ONCE).map(|number| refund(&format!("r-{number}"), 10_00)).collect();
        let statuses = at_once(&shop, many).await;
        only(&statuses, &[201, 422]);
        let taken = count(&statuses, 201);
        assert!(taken <= 9 && (taken == 9 || statuses.contains(&503)), "{statuses:?}");
        assert_eq!(reversed().await, 2_00 + 2_00 * i64::try_from(taken).expect("few"));
        proven(&shop).await;
    }

    async fn one_decision_wins(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        let maya = affiliate(&shop, &campaign, "maya").await;
        let made = shop.made("/track/sale", sale("inv-1", 100_00, "maya")).await;
        shop.api().post(&format!("/referrals/{}/approve", id(&made["referral"])), json!({})).await.expect(200);
        let commission = id(&made["commissions"][0]);
        let calls = (0..AT_ONCE).map(|number| match number % 2 {
            0 => (format!("/commissions/{commission}/approve"), json!({})),
            _ => (format!("/commissions/{commission}/reject"), json!({"reason": "a test order"})),
        });
        let statuses = at_once(&shop, calls.collect()).await;
        only(&statuses, &[200, 409]);
        assert_eq!(count(&statuses, 200), 1, "{statuses:?}");
        let balance = rows(&shop, &format!("/affiliates/{maya}/balance")).await.remove(0);
        let expected = match rows(&shop, "/commissions").await[0]["status"].as_str() {
            Some("approved") => 20_00,
            Some("rejected") => 0,
            other => panic!("{other:?}"),
        };
        assert_eq!((&balance["approved"], &balance["pending"]), (&json!(expected), &json!(0)));
        proven(&shop).await;
    }

    async fn a_refund_and_a_payout_meet(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        for round in 0..12 {
            let code = format!("maya-{round}");
            let maya = affiliate(&shop, &campaign, &code).await;
            let invoice = format!("inv-{round}");
            let made = shop.made("/track/sale", sale(&invoice, 50_00, &code)).await;
            approve(&shop, &made).await;
            let payout = ("/payouts".to_owned(), json!({"affiliate_id": maya}));
            let refund = json!({"external_id": format!("r-{round}"), "sale_external_id": invoice});
            let mut calls = vec![payout.clone(), ("/track/refund".to_owned(), refund.clone()), payout.clone()];
            if round % 2 == 1 {
                // There is a draft already, which somebody approves meanwhile.
                let draft = id(&shop.made("/payouts", payout.1).await["data"][0]);
                calls.push((format!("/payouts/{draft}/approve"), json!({})));
            }
            let statuses = at_once(&shop, calls).await;
            only(&statuses, &[200, 201, 409]);
            let again = shop.api().post("/track/refund", refund).await;
            assert!(matches!(again.status.as_u16(), 200 | 201), "{}", again.text());
            // Taken back, taken out of the draft, or carried from the payout that was approved just before.
            let balance = rows(&shop, &format!("/affiliates/{maya}/balance")).await.remove(0);
            assert_eq!(balance["owed"], 0, "round {round}: {balance}");
            proven(&shop).await;
        }
    }

    async fn statements_are_numbered_without_gaps_and_twins(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        for number in 0..12 {
            let whom = affiliate(&shop, &campaign, &format!("maya-{number}")).await;
            let bonus = json!({"affiliate_id": whom, "amount": 5_00 + number, "currency": "USD", "note": "Bonus"});
            shop.made("/commissions", bonus).await;
        }
        let made = shop.made("/payouts", json!({"all_eligible": true})).await;
        let payouts: Vec<String> = made["data"].as_array().expect("payouts").iter().map(id).collect();
        assert_eq!(payouts.len(), 12);
        let calls = || payouts.iter().map(|payout| (format!("/payouts/{payout}/mark-paid"), json!({})));
        // Each of them twice.
        let statuses = at_once(&shop, calls().chain(calls()).collect()).await;
        only(&statuses, &[200, 409]);
        assert!(count(&statuses, 200) <= 12, "{statuses:?}");
        for (path, body) in calls() {
            // What a slow machine has left.
            let answer = shop.api().post(&path, body).await;
            assert!(matches!(answer.status.as_u16(), 200 | 409), "{}", answer.text());
        }
        let numbers = "select cast(number as text) from payout_invoice order by payout_invoice.number";
        let numbers = test.db.raw().await.texts(numbers).await.expect("rows").concat();
        assert_eq!(numbers, (1..=12).map(|number: i32| number.to_string()).collect::<Vec<_>>());
        assert!(rows(&shop, "/payouts").await.iter().all(|payout| payout["status"] == "paid"));
        proven(&shop).await;
    }

    async fn the_database_itself_keeps_a_commission_out_of_two_live_payouts(test: TestApp) {
        let (shop, campaign) = programme(&test).await;
        for code in ["maya", "ben"] {
            let whom = affiliate(&shop, &campaign, code).await;
            shop.made("/commissions", json!({"affiliate_id": whom, "amount": 5_00, "currency": "USD", "note": "Bonus"})).await;
        }
        shop.made("/payouts", json!({"all_eligible": true})).await;
        let raw = test.db.raw().await;
        // Each commission into the other payout, too.
        let crossed = |live: &str| format!(
            "insert into payout_line (business_id, payout_id, commission_id, amount, live)
             select l.business_id, p.id, l.commission_id, l.amount, {live}
             from payout_line l join payout p on p.business_id = l.business_id and p.id <> l.payout_id"
        );
        let refused = raw.execute(&crossed("l.live")).await.expect_err("refused").to_string().to_lowercase();
        assert!(refused.contains("unique"), "{refused}");
        // One that is not live any more is in the way of nothing.
        raw.execute(&crossed("l.live and false")).await.expect("allowed");
        let lines = raw.texts("select cast(count(*) as text) from payout_line").await.expect("rows").concat();
        assert_eq!(lines, ["4"]);
    }
}
