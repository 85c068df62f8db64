//! Exchange rates: by hand and from files, and the totals that say they are converted.

use serde_json::json;
use testkit::{TestApp, both_engines};

const ECB: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gesmes:Envelope xmlns:gesmes=\"x\"><Cube><Cube time='2026-11-20'>\n\
    <Cube currency='USD' rate='1.10'/><Cube currency='JPY' rate='165.0'/></Cube></Cube></gesmes:Envelope>";

both_engines! {
    async fn totals_are_marked_as_converted_and_nothing_else_changes(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
        shop.made("/rules", rule).await;
        let maya = shop.affiliate("Maya").await;
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &maya, "fernhill-maya").await;
        for (id, amount, currency) in [("a", 100_00, "USD"), ("b", 100_00, "EUR"), ("c", 16_500, "JPY"), ("d", 100_00, "CHF")] {
            let sale = json!({"external_id": id, "customer": {"external_id": "bob"}, "amount": amount, "currency": currency, "code": "fernhill-maya"});
            shop.made("/track/sale", sale).await;
        }
        let mut staff = shop.browser().await;
        let page = staff.get("/admin/ledger/liability").await.expect(200).text();
        assert!(!page.contains("All currencies together"), "without rates nothing is added up: {page}");

        // What is wrong is told by its field, and what was typed stays.
        let wrong = [("base", "EUR"), ("currency", "EUR"), ("rate", "1,08"), ("day", "2026-11-22")];
        let page = staff.post("/admin/ledger/rates", &wrong).await.expect(422).text();
        assert!(page.contains("1,08") && page.contains("up to 9 decimals") && page.contains("has not come yet"), "{page}");
        let page = staff.upload("/admin/ledger/rates/import", &[], &[("file", "rates.csv", b"day,base,currency,rate\n2026-11-20,USD,GBP,x\n".as_slice())]).await.expect(422).text();
        assert!(page.contains("Line 2") || page.contains("line 2"), "{page}");

        staff.upload("/admin/ledger/rates/import", &[], &[("file", "eurofxref-daily.xml", ECB.as_bytes())]).await.expect(303);
        let page = staff.get("/admin/ledger/rates").await.expect(200).text();
        assert!(page.contains("2 rates read.") && page.contains("165 JPY") && page.contains("ECB"), "{page}");
        let page = staff.get("/admin/ledger/liability").await.expect(200).text();
        assert!(page.contains("about $32.00, converted at ECB rates of 20 Nov 2026, without CHF for which there is no rate"), "{page}");
        assert!(page.contains("€10.00") && page.contains("¥1,650"), "the sums of each stand beside it: {page}");
        let by_hand = [("base", "USD"), ("currency", "CHF"), ("rate", "0.8"), ("day", "2026-11-21")];
        staff.post("/admin/ledger/rates", &by_hand).await.expect(303);
        let page = staff.get("/admin/ledger/liability").await.expect(200).text();
        assert!(page.contains("about $44.50, converted at"), "{page}");
        // On an earlier day only the rates of then count.
        let page = staff.get("/admin").await.expect(200).text();
        assert!(page.contains("In all currencies together") && page.contains("about $445.00"), "{page}");
        let id = maya["id"].as_str().expect("an id");
        let balance = shop.api().get(&format!("/affiliates/{id}/balance")).await.expect(200).json();
        assert_eq!(balance["data"].as_array().map(Vec::len), Some(4), "balances are never converted");
    }
}
