//! One refund or lead that two sources report: both count, as the rules of money say, and a person is told.

use serde_json::{Value, json};
use service::programme::event::{self, CustomerIn, Hints, TrackLead};
use service::programme::verify;
use testkit::{Shop, TestApp, both_engines};

const SAID: &str = "Possible duplicate";

/// A shop with an affiliate, who has the code `maya`, and this rule.
async fn programme<'a>(test: &'a TestApp, rule: Value) -> Shop<'a> {
    let shop = test.business("Fernhill").await;
    shop.made("/rules", rule).await;
    let maya = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Autumn").await;
    shop.partnership(&campaign, &maya, "maya").await;
    shop
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn reversed(shop: &Shop<'_>) -> i64 {
    let all = shop.api().get("/commissions").await.expect(200).json();
    all["data"][0]["reversed"].as_i64().expect("an amount")
}

async fn proven(shop: &Shop<'_>) {
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

both_engines! {
    async fn who_records_a_refund_that_a_source_reported_is_asked(test: TestApp) {
        let shop = programme(&test, json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 300_000}})).await;
        let sale = json!({"external_id": "s1", "customer": {"external_id": "bob"}, "amount": 10_000, "currency": "USD", "code": "maya"});
        let sold = shop.made("/track/sale", sale).await;
        let page = format!("/admin/events/{}", text(&sold["event_id"]));
        shop.made("/track/refund", json!({"external_id": "r1", "sale_external_id": "s1", "amount": 2_000})).await;
        assert_eq!(reversed(&shop).await, 600);
        test.clock.advance_ms(60_000);

        let mut owner = shop.browser().await;
        let form = owner.get(&page).await.expect(200).text();
        assert!(!form.contains("It is another refund"), "{form}");
        let typed = [("amount", "20.00"), ("reason", "goodwill")];
        let asked = owner.post(&format!("{page}/refunds"), &typed).await.expect(422).text();
        for part in ["The source api has reported a refund of this amount already", "It is another refund", "value=\"20.00\"", "value=\"goodwill\""] {
            assert!(asked.contains(part), "{part}: {asked}");
        }
        assert_eq!(reversed(&shop).await, 600, "nothing was stored");
        // Another amount is no question, and another refund of the same amount is one's word.
        owner.post(&format!("{page}/refunds"), &[("amount", "5.00"), ("reason", "goodwill")]).await.expect(303);
        owner.post(&format!("{page}/refunds"), &[typed[0], typed[1], ("another", "true")]).await.expect(303);
        assert_eq!(reversed(&shop).await, 1_350);
        assert!(!owner.get(&page).await.expect(200).text().contains(SAID));

        // The other way round the source is right to report, and a person is told.
        owner.post(&format!("{page}/refunds"), &[("amount", "10.00"), ("reason", "broken")]).await.expect(303);
        test.clock.advance_ms(60_000);
        shop.made("/track/refund", json!({"external_id": "r2", "sale_external_id": "s1", "amount": 1_000})).await;
        assert_eq!(reversed(&shop).await, 1_950);
        let referral = format!("/admin/referrals/{}", text(&sold["referral"]["id"]));
        let customer = format!("/admin/customers/{}", text(&sold["referral"]["customer_id"]));
        for place in [page, referral, customer] {
            let shown = owner.get(&place).await.expect(200).text();
            assert_eq!(shown.matches(SAID).count(), 1, "{place}: {shown}");
            assert!(shown.contains("Possible duplicate: staff reported a refund of the same amount on"), "{shown}");
        }
        proven(&shop).await;
    }

    async fn a_lead_from_the_page_and_from_the_server_is_pointed_out(test: TestApp) {
        let rule = json!({"trigger": {"on": "lead"}, "reward": {"fixed": {"amount": 500, "currency": "USD"}}});
        let shop = programme(&test, rule).await;
        let input = TrackLead {
            external_id: "signup-1".to_owned(),
            customer: CustomerIn { external_id: "bob".to_owned(), ..CustomerIn::default() },
            hints: Hints { code: Some("maya".to_owned()), ..Hints::default() },
            ..TrackLead::default()
        };
        let mut work = shop.work().await;
        let first = event::lead(&mut work, "browser", input).await.expect("recorded");
        work.commit().await.expect("stored");
        assert_eq!(first.commissions.len(), 1);
        let referral = format!("/admin/referrals/{}", first.referral.expect("a referral").id);
        test.clock.advance_ms(60_000);
        let lead = |id: &str, step: &str| json!({"external_id": id, "customer": {"external_id": "bob"}, "event": step});
        let second = shop.made("/track/lead", lead("crm-77", "registration")).await;
        assert_eq!(second["commissions"].as_array().map(Vec::len), Some(1), "each source's lead counts: {second}");
        shop.made("/track/lead", lead("crm-78", "deposit")).await;
        let mut owner = shop.browser().await;
        let shown = owner.get(&referral).await.expect(200).text();
        assert_eq!(shown.matches(SAID).count(), 1, "the other step is another lead: {shown}");
        assert!(shown.contains("Possible duplicate: browser reported the same step of this customer on"), "{shown}");
        proven(&shop).await;
    }
}
