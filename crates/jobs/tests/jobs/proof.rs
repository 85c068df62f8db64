//! The proof that nobody asks for.

use crate::paying::Paying;
use domain::status::ProviderKind;
use testkit::{TestApp, both_engines};

both_engines! {
    async fn a_break_of_the_books_stops_payouts_by_itself(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        paying.earned("stripe").await;
        let proof = jobs::proof::proof();
        proof.once(&test.app).await.expect("done");
        test.db.raw().await.execute("update commission set adjusted = adjusted + 1").await.expect("changed");
        let all = serde_json::json!({"all_eligible": true});
        proof.once(&test.app).await.expect("done");
        let refused = paying.shop.api().post("/payouts", all.clone()).await.expect(409).text();
        assert!(refused.contains("do not add up"), "{refused}");
        test.db.raw().await.execute("update commission set adjusted = adjusted - 1").await.expect("changed back");
        proof.once(&test.app).await.expect("done");
        paying.shop.api().post("/payouts", all).await.expect(201);
    }
}
