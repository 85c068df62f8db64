//! Clicks are settled without anybody asking.

use serde_json::json;
use testkit::{TestApp, both_engines};

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

both_engines! {
    async fn clicks_of_every_business_with_a_rule_are_settled(test: TestApp) {
        let paying = test.business("Paying").await;
        let other = test.business("Other").await;
        for shop in [&paying, &other] {
            let (campaign, affiliate) = (shop.campaign("Spring").await, shop.affiliate("Maria").await);
            shop.partnership(&campaign, &affiliate, &shop.slug).await;
        }
        paying.made("/rules", json!({"trigger": {"on": "click"}, "reward": {"fixed": {"amount": 5, "currency": "USD"}}, "auto_approve": true})).await;
        test.clock.advance_ms(DAY_MS);
        for shop in [&paying, &other] {
            for _ in 0..2 {
                shop.made("/track/click", json!({"code": shop.slug})).await;
            }
        }
        let job = jobs::click_pay::click_pay();
        job.once(&test.app).await.expect("done");
        assert_eq!(paying.api().get("/commissions").await.expect(200).json()["data"], json!([]), "the day is not over");
        test.clock.advance_ms(DAY_MS);
        for _ in 0..2 {
            job.once(&test.app).await.expect("done");
        }
        let list = paying.api().get("/commissions").await.expect(200).json();
        let all = list["data"].as_array().expect("a list");
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0]["amount"], &all[0]["status"]), (&json!(10), &json!("approved")));
        assert_eq!(other.api().get("/commissions").await.expect(200).json()["data"], json!([]));
    }
}
