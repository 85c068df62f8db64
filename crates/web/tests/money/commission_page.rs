//! The page of a commission: its arithmetic is that of the stored inputs, line by line, and the affiliates see
//! the same without what is private.

// Minor units are grouped as people read them: 49_00 is 49.00.
#![allow(clippy::inconsistent_digit_grouping)]

use serde_json::{Value, json};
use service::identity::setting::{self, SettingPatch};
use testkit::{Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// Who is in it, and what was recorded.
struct Sold<'a> {
    shop: Shop<'a>,
    ben: Value,
    /// Above Ben.
    ada: Value,
    rule: Value,
    sale: Value,
}

/// Ben earns 12.5 % of net, 20.00 a sale at most, and half of it goes to Ada above him; he sells for 249.99.
async fn sold(test: &TestApp) -> Sold<'_> {
    let shop = test.business("Fernhill").await;
    let (ada, ben) = (
        shop.affiliate("Adalind Moss").await,
        shop.affiliate("Ben Okri").await,
    );
    let campaign = shop.campaign("Spring").await;
    shop.partnership(&campaign, &ben, "ben").await;
    shop.api()
        .patch(
            &format!("/affiliates/{}", id(&ben)),
            json!({"parent_id": ada["id"]}),
        )
        .await
        .expect(200);
    let rule = json!({"reward": {"percent_ppm": 125_000}, "caps": {"per_event": 20_00}, "levels": [{"ppm": 500_000, "of": "below"}]});
    let rule = shop.made("/rules", rule).await;
    let mut work = shop.work().await;
    let masked = SettingPatch {
        mask_customer_emails: Some(true),
        ..SettingPatch::default()
    };
    setting::update(&mut work, masked).await.expect("stored");
    work.commit().await.expect("stored");
    let sale = json!({"external_id": "inv-1", "customer": {"external_id": "crm-77", "name": "Bob Stone", "email": "bob@kestrel.example"},
        "amount": 249_99, "tax": 41_67, "shipping": 8_30, "currency": "USD", "code": "ben", "metadata": {"margin": "thin as paper"},
        "items": [{"product_id": "pro", "amount": 149_99}, {"product_id": "basic", "amount": 100_00}]});
    let sale = shop.made("/track/sale", sale).await;
    Sold {
        shop,
        ben,
        ada,
        rule,
        sale,
    }
}

/// The part of a page that says how the amount came about.
fn how(page: &str) -> &str {
    let (_, how) = page.split_once("How it came about").expect("the part");
    how
}

/// The lines of the arithmetic.
fn lines(page: &str) -> Vec<String> {
    let (_, rest) = how(page)
        .split_once("border-s-2 border-base-300 ps-3\">")
        .expect("the arithmetic");
    let (list, _) = rest.split_once("</ol>").expect("its end");
    list.split("<li>")
        .skip(1)
        .map(|line| line.split("</li>").next().expect("a line").to_owned())
        .collect()
}

/// The rule in words, and the inputs with their words.
fn rule_and_inputs(page: &str) -> (String, String) {
    let (_, rest) = how(page)
        .split_once("<span class=\"font-medium\">")
        .expect("the rule");
    let (rule, rest) = rest.split_once("</span>").expect("its end");
    let (version, rest) = rest.split_once("<dl").expect("the inputs");
    assert!(version.contains(">version 1<"), "{version}");
    let (inputs, _) = rest.split_once("</dl>").expect("their end");
    let (_, inputs) = inputs.split_once('>').expect("the first");
    (rule.to_owned(), inputs.to_owned())
}

/// The commission of an affiliate: its id, and what is stored of it.
async fn stored(sold: &Sold<'_>, affiliate: &Value) -> (String, Value) {
    let made = sold.sale["commissions"].as_array().expect("commissions");
    let found = made
        .iter()
        .find(|line| line["affiliate_id"] == affiliate["id"])
        .expect("a commission");
    let path = format!("/commissions/{}", id(found));
    let detail = sold.shop.api().get(&path).await.expect(200).json();
    (id(found).to_owned(), detail)
}

both_engines! {
    async fn the_arithmetic_is_that_of_the_stored_inputs(test: TestApp) {
        let sold = sold(&test).await;
        let mut staff = sold.shop.browser().await;
        let number = |value: &Value| value.as_i64().expect("a number");
        let (bens, detail) = stored(&sold, &sold.ben).await;
        let inputs = &detail["explanation"];
        assert_eq!((&inputs["amount"], &inputs["tax"], &inputs["shipping"], &inputs["products"]), (&json!(249_99), &json!(41_67), &json!(8_30), &json!(["pro", "basic"])));
        let net = number(&inputs["amount"]) - number(&inputs["tax"]) - number(&inputs["shipping"]);
        assert_eq!((net, &detail["base_amount"]), (200_02, &json!(200_02)));
        // An eighth of it is 25.0025; the cap leaves 20.00.
        assert_eq!((&detail["amount"], &detail["rule_version"]), (&json!(20_00), &json!(1)));
        let page = staff.get(&format!("/admin/commissions/{bens}")).await.expect(200).text();
        let expected = [
            "Pro, basic 249.99 USD − tax 41.67 USD − shipping 8.30 USD = net 200.02 USD.",
            "12.5 % of 200.02 USD = 25.0025, rounded to 25.00 USD.",
            "Cut from 25.00 USD to 20.00 USD: at most 20.00 USD an event.",
        ];
        assert_eq!(lines(&page), expected);
        let (rule, shown) = rule_and_inputs(&page);
        assert!(rule.contains("12.5 % of net") && rule.contains("at most $20.00 an event"), "{rule}");
        for part in ["$249.99", "$41.67", "$8.30", "pro, basic"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        // Each line is one that was stored, none is made up for the page.
        let steps: Vec<String> = inputs["steps"].as_array().expect("steps").iter().map(|step| step.as_str().expect("a text").to_lowercase()).collect();
        let of_page: Vec<String> = lines(&page).iter().map(|line| line.trim_end_matches('.').to_lowercase()).collect();
        assert_eq!(of_page, steps);

        let (adas, detail) = stored(&sold, &sold.ada).await;
        assert_eq!((&detail["level"], &detail["base_amount"], &detail["amount"]), (&json!(1), &json!(20_00), &json!(10_00)));
        let page = staff.get(&format!("/admin/commissions/{adas}")).await.expect(200).text();
        let expected: Vec<&str> = expected.into_iter().chain(["Level 1: 50 % of 20.00 USD = 10.00 USD."]).collect();
        assert_eq!(lines(&page), expected);
    }

    async fn affiliates_see_the_same_without_what_is_private(test: TestApp) {
        let sold = sold(&test).await;
        let mut staff = sold.shop.browser().await;
        let (bens, _) = stored(&sold, &sold.ben).await;
        let (adas, _) = stored(&sold, &sold.ada).await;
        let path = format!("/admin/commissions/{bens}");
        staff.get(&path).await.expect(200);
        let form = staff.get(&format!("{path}/adjust")).await.expect(200).text();
        assert!(form.contains("The affiliate sees it."), "{form}");
        staff.post(&format!("{path}/adjust"), &[("amount", "-0.80"), ("note", "agreed by phone")]).await.expect(303);
        let of_staff = staff.get(&path).await.expect(200).text();
        for part in ["$19.20", "Owner 1 · agreed by phone", "Adjusted by −$0.80"] {
            assert!(of_staff.contains(part), "{part}: {of_staff}");
        }

        let own = |commission: &str| format!("/portal/fernhill/commissions/{commission}");
        let (mut ben, mut ada) = (sold.shop.portal(&sold.ben).await, sold.shop.portal(&sold.ada).await);
        let page = ben.get(&own(&bens)).await.expect(200).text();
        assert_eq!((lines(&page), rule_and_inputs(&page)), (lines(&of_staff), rule_and_inputs(&of_staff)));
        for part in ["$19.20", "agreed by phone", "Adjusted by −$0.80", "Bob Stone"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let event = sold.sale["event_id"].as_str().expect("an id");
        let ids = [id(&sold.rule), event, id(&sold.sale["referral"])];
        let private = ["Owner 1", "bob@kestrel.example", "thin as paper", "Adalind"];
        for part in private.iter().chain(&ids) {
            assert!(!page.contains(part), "{part}: {page}");
        }

        // Who stands above sees the same sums, and nothing of who brought the customer or who that is.
        let of_staff = staff.get(&format!("/admin/commissions/{adas}")).await.expect(200).text();
        let page = ada.get(&own(&adas)).await.expect(200).text();
        assert_eq!((lines(&page), rule_and_inputs(&page)), (lines(&of_staff), rule_and_inputs(&of_staff)));
        assert!(page.contains("Brought by an affiliate below you"), "{page}");
        for part in ["Bob Stone", "bob@kestrel.example", "crm-77", "Ben Okri", "thin as paper"].iter().chain(&ids) {
            assert!(!page.contains(part), "{part}: {page}");
        }
        // Neither sees the other's.
        ben.get(&own(&adas)).await.expect(404);
        ada.get(&own(&bens)).await.expect(404);
    }
}
