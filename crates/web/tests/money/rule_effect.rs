//! What rules pay, over the API: levels, caps a currency, tiers that begin with nothing, leads by name.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use serde_json::{Value, json};
use testkit::{Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// A sale by a code; what it made as (affiliate, level, amount, currency).
async fn sale(
    shop: &Shop<'_>,
    external_id: &str,
    customer: &str,
    amount: i64,
    currency: &str,
) -> Vec<(String, i64, i64, String)> {
    let body = json!({"external_id": external_id, "customer_external_id": customer, "amount": amount, "currency": currency, "code": "maria"});
    lines(&shop.made("/track/sale", body).await)
}

fn lines(recorded: &Value) -> Vec<(String, i64, i64, String)> {
    let commissions = recorded["commissions"].as_array().expect("commissions");
    commissions
        .iter()
        .map(|line| {
            (
                line["affiliate_id"].as_str().expect("an id").to_owned(),
                line["level"].as_i64().expect("a level"),
                line["amount"].as_i64().expect("an amount"),
                line["currency"].as_str().expect("a currency").to_owned(),
            )
        })
        .collect()
}

fn amounts(lines: &[(String, i64, i64, String)]) -> Vec<(i64, i64)> {
    lines.iter().map(|line| (line.1, line.2)).collect()
}

both_engines! {
    async fn levels_pay_those_above(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (ada, ben, maria) = (shop.affiliate("Ada").await, shop.affiliate("Ben").await, shop.affiliate("Maria").await);
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &maria, "maria").await;
        let path = |affiliate: &Value| format!("/affiliates/{}", id(affiliate));
        shop.api().patch(&path(&ben), json!({"parent_id": ada["id"]})).await.expect(200);
        shop.api().patch(&path(&maria), json!({"parent_id": ben["id"]})).await.expect(200);
        shop.made("/rules", json!({"reward": {"percent_ppm": 100_000}, "levels": [{"ppm": 50_000, "of": "base"}, {"ppm": 20_000, "of": "base"}]})).await;
        let paid = sale(&shop, "s1", "u1", 200_00, "USD").await;
        let expected = [(id(&maria), 0, 20_00), (id(&ben), 1, 10_00), (id(&ada), 2, 4_00)];
        assert_eq!(paid.iter().map(|line| (line.0.as_str(), line.1, line.2)).collect::<Vec<_>>(), expected);

        // An upline who is not approved is skipped, and the next level is not moved down.
        shop.api().post(&format!("{}/status", path(&ben)), json!({"status": "suspended"})).await.expect(200);
        let paid = sale(&shop, "s2", "u2", 200_00, "USD").await;
        let expected = [(id(&maria), 0, 20_00), (id(&ada), 2, 4_00)];
        assert_eq!(paid.iter().map(|line| (line.0.as_str(), line.1, line.2)).collect::<Vec<_>>(), expected);
    }

    async fn caps_are_a_currency_each(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, campaign) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 100_000}, "caps": {"per_affiliate_month": 15_00}})).await;
        assert_eq!(amounts(&sale(&shop, "s1", "u1", 100_00, "USD").await), [(0, 10_00)]);
        assert_eq!(amounts(&sale(&shop, "s2", "u2", 100_00, "EUR").await), [(0, 10_00)], "dollars do not use up a cap in euros");
        assert_eq!(amounts(&sale(&shop, "s3", "u3", 100_00, "USD").await), [(0, 5_00)]);
        assert_eq!(amounts(&sale(&shop, "s4", "u4", 100_00, "USD").await), []);
    }

    async fn a_band_of_nothing_counts(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, campaign) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/rules", json!({"reward": {"tiers": {"metric": "conversions", "period": "month", "mode": "volume", "bands": [
            {"from": 0, "percent_ppm": 0}, {"from": 2, "percent_ppm": 300_000}]}}})).await;
        assert_eq!(amounts(&sale(&shop, "s1", "u1", 100_00, "USD").await), []);
        assert_eq!(amounts(&sale(&shop, "s2", "u2", 100_00, "EUR").await), [], "other currencies count for themselves");
        assert_eq!(amounts(&sale(&shop, "s3", "u3", 100_00, "USD").await), []);
        assert_eq!(amounts(&sale(&shop, "s4", "u4", 100_00, "USD").await), [(0, 30_00)]);
        // A sale that is wholly given back does not count any more.
        shop.made("/track/refund", json!({"external_id": "r1", "sale_external_id": "s1"})).await;
        assert_eq!(amounts(&sale(&shop, "s5", "u5", 100_00, "USD").await), [(0, 30_00)]);
        shop.made("/track/refund", json!({"external_id": "r3", "sale_external_id": "s3"})).await;
        shop.made("/track/refund", json!({"external_id": "r4", "sale_external_id": "s4"})).await;
        assert_eq!(amounts(&sale(&shop, "s6", "u6", 100_00, "USD").await), []);
    }

    async fn a_campaign_pays_for_leads_and_sales(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, campaign) = (shop.affiliate("Maria").await, shop.campaign("Spring").await);
        shop.partnership(&campaign, &maria, "maria").await;
        let scope = json!({"campaign_id": campaign["id"]});
        shop.made("/rules", json!({"scope": scope, "trigger": {"on": "lead", "event": "registration"}, "reward": {"fixed": {"amount": 2_00, "currency": "USD"}}, "recurrence": {"first": 1}})).await;
        shop.made("/rules", json!({"scope": scope, "trigger": {"on": "lead", "event": "deposit"}, "reward": {"fixed": {"amount": 50_00, "currency": "USD"}}, "recurrence": {"first": 1}})).await;
        shop.made("/rules", json!({"scope": scope, "reward": {"percent_ppm": 250_000}})).await;
        let lead = |external: &str, event: &str| json!({"external_id": external, "customer": {"external_id": "u1"}, "event": event, "code": "maria"});
        let registration = shop.made("/track/lead", lead("l1", "registration")).await;
        assert_eq!(amounts(&lines(&registration)), [(0, 2_00)]);
        let deposit = shop.made("/track/lead", lead("l2", "deposit")).await;
        assert_eq!(amounts(&lines(&deposit)), [(0, 50_00)], "the registration before is no deposit");
        let again = shop.made("/track/lead", lead("l3", "deposit")).await;
        assert_eq!(amounts(&lines(&again)), []);
        assert_eq!(amounts(&sale(&shop, "s1", "u1", 100_00, "USD").await), [(0, 25_00)]);
    }
}
