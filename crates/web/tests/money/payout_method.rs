//! Where an affiliate's money goes: who may say and see it, and what a change leads to.

use serde_json::{Value, json};
use service::messaging::mail;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const PASSWORD: &str = "correct horse battery staple";
const MAYA: &str = "maya@affiliates.example.com";
const PAGE: &str = "/portal/fernhill/account/payout-method";
const CHANGE: &str = "/portal/fernhill/account/payout-method/change";
const BANK: &[(&str, &str)] = &[
    ("kind", "bank_transfer"),
    ("holder", "Maya Okonkwo"),
    ("iban", "de89 3704 0044 0532 0130 00"),
    ("bic", ""),
    ("legal_name", "Okonkwo Media Ltd"),
    ("vat_id", "DE123456789"),
];
const PAYPAL: &[(&str, &str)] = &[
    ("kind", "paypal"),
    ("email", "money@okonkwo.example"),
    ("legal_name", "Okonkwo Media Ltd"),
];

/// A shop that owes Maya $9.80, and her browser.
async fn owed<'a>(test: &'a TestApp) -> (Shop<'a>, Value, Client) {
    let shop = test.business("Fernhill").await;
    shop.made(
        "/rules",
        json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
    )
    .await;
    let campaign = shop.campaign("Autumn").await;
    let maya = shop.affiliate("Maya").await;
    shop.partnership(&campaign, &maya, "maya").await;
    sale(&shop, "inv-1", "user-1@kestrel.example").await;
    let referral = first(&shop, "referrals").await;
    let commission = first(&shop, "commissions").await;
    for path in [
        format!("/referrals/{referral}/approve"),
        format!("/commissions/{commission}/approve"),
    ] {
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let browser = shop.portal(&maya).await;
    (shop, maya, browser)
}

async fn sale(shop: &Shop<'_>, invoice: &str, email: &str) -> Value {
    shop.made(
        "/track/sale",
        json!({"external_id": invoice, "customer": {"external_id": email, "email": email}, "amount": 4900, "currency": "USD", "code": "maya"}),
    )
    .await
}

async fn first(shop: &Shop<'_>, list: &str) -> String {
    let answer = shop.api().get(&format!("/{list}")).await.expect(200).json();
    answer["data"][0]["id"].as_str().expect("a row").to_owned()
}

/// The addresses that were told of a change.
async fn told(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id"))
        .await
        .expect("mails");
    lines
        .into_iter()
        .filter(|line| line.kind == "account_changed")
        .map(|line| line.to_address)
        .collect()
}

/// Sets a payout method, with the page opened before.
async fn set(browser: &mut Client, form: &[(&str, &str)]) {
    browser.get(CHANGE).await.expect(200);
    browser.post(CHANGE, form).await.expect(303);
}

both_engines! {
    async fn a_change_needs_a_proof_is_told_and_holds_the_next_payout(test: TestApp) {
        let (shop, maya, mut browser) = owed(&test).await;
        let mut owner = shop.browser().await;
        let id = maya["id"].as_str().expect("an id").to_owned();
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().expect("a payout").to_owned();
        assert!(browser.get(PAGE).await.expect(200).text().contains("No payout method yet"));
        // Nobody who only found the browser open can change it.
        test.clock.advance_ms(15 * MINUTE_MS);
        browser.get(PAGE).await.expect(200);
        for answer in [browser.get(CHANGE).await, browser.post(CHANGE, BANK).await] {
            let to = answer.expect(303).header("location").to_owned();
            assert!(to.starts_with("/portal/fernhill/account/prove?next="), "{to}");
        }
        assert!(browser.get(PAGE).await.expect(200).text().contains("No payout method yet"));
        browser.get("/portal/fernhill/account/prove").await.expect(200);
        browser.post("/portal/fernhill/account/prove", &[("password", PASSWORD), ("next", CHANGE)]).await.expect(303);
        set(&mut browser, BANK).await;
        assert_eq!(told(&shop).await, [MAYA]);
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(page.contains("DE•• •••• 3000") && page.contains("Payouts wait until"), "{page}");
        assert!(!page.contains("DE89") && !page.contains("0532"), "never in full: {page}");

        // The owner sees why, and cannot pay meanwhile, nor can a program.
        let record = format!("/admin/payouts/{payout}");
        let page = owner.get(&record).await.expect(200).text();
        assert!(page.contains("This payout waits until") && page.contains("DE•• •••• 3000"), "{page}");
        assert!(!page.contains(">Mark paid") && !page.contains("DE89"), "{page}");
        owner.post(&format!("{record}/approve"), &[]).await.expect(303);
        for act in ["approve", "mark-paid"] {
            let refused = shop.api().post(&format!("/payouts/{payout}/{act}"), json!({})).await.expect(409);
            assert!(refused.text().contains("has changed where payouts go to"), "{}", refused.text());
        }
        test.clock.advance_ms(3 * DAY_MS - 1);
        shop.api().post(&format!("/payouts/{payout}/approve"), json!({})).await.expect(409);
        test.clock.advance_ms(1);
        shop.api().post(&format!("/payouts/{payout}/approve"), json!({})).await.expect(200);

        // The next change is told at the address before, too, and holds again.
        let mut browser = shop_log_in(&test).await;
        set(&mut browser, PAYPAL).await;
        assert_eq!(told(&shop).await.len(), 2, "a bank account has no mailbox");
        test.clock.advance_ms(1_000);
        set(&mut browser, BANK).await;
        let mut both = told(&shop).await.split_off(2);
        both.sort();
        assert_eq!(both, [MAYA, "money@okonkwo.example"]);
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({})).await.expect(409);
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(page.contains("Before") && page.contains("PayPal") && !page.contains("money@okonkwo.example"), "{page}");
        let affiliate = shop.api().get(&format!("/affiliates/{id}")).await.expect(200).json();
        assert_eq!(affiliate["payout_method"], "bank_transfer");
        test.clock.advance_ms(3 * DAY_MS);
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({})).await.expect(200);
    }

    async fn how_long_payouts_wait_is_the_owners_choice(test: TestApp) {
        let (shop, maya, mut browser) = owed(&test).await;
        let mut owner = shop.browser().await;
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().expect("a payout").to_owned();
        let form = |days| [("payout_frequency", "monthly"), ("payout_method", "bank_transfer"), ("payout_hold_days", days)];
        owner.get("/admin/settings/payouts").await.expect(200);
        for wrong in ["-1", "31", "soon"] {
            let page = owner.post("/admin/settings/payouts", &form(wrong)).await.expect(422).text();
            assert!(page.contains("payout_hold_days-error"), "{wrong}: {page}");
        }
        // A hold that runs is not shortened by another change.
        set(&mut browser, BANK).await;
        owner.post("/admin/settings/payouts", &form("0")).await.expect(303);
        set(&mut browser, BANK).await;
        shop.api().post(&format!("/payouts/{payout}/approve"), json!({})).await.expect(409);
        test.clock.advance_ms(3 * DAY_MS);
        let mut browser = shop_log_in(&test).await;
        set(&mut browser, BANK).await;
        shop.api().post(&format!("/payouts/{payout}/approve"), json!({})).await.expect(200);
    }

    async fn wrong_details_are_refused_by_their_field(test: TestApp) {
        let (_shop, _maya, mut browser) = owed(&test).await;
        for (change, field) in [
            (("iban", "DE89 3704 0044 0532 0131 00"), "iban"),
            (("iban", "DE89 3704 0044 0532"), "iban"),
            (("iban", "US12 3456 7890"), "iban"),
            (("iban", ""), "iban"),
            (("bic", "NOTABIC"), "bic"),
            (("holder", " "), "holder"),
            (("legal_name", ""), "legal_name"),
        ] {
            let form: Vec<(&str, &str)> = BANK.iter().map(|field| if field.0 == change.0 { change } else { *field }).collect();
            browser.get(&format!("{CHANGE}?kind=bank_transfer")).await.expect(200);
            let page = browser.post(CHANGE, &form).await.expect(422).text();
            assert!(page.contains(&format!("{field}-error")) && page.contains("DE123456789"), "{change:?}: {page}");
        }
        browser.get(&format!("{CHANGE}?kind=paypal")).await.expect(200);
        browser.post(CHANGE, &[("kind", "paypal"), ("email", "no address"), ("legal_name", "Maya")]).await.expect(422);
        browser.post(CHANGE, &[("kind", "other"), ("text", "cash"), ("legal_name", "Maya")]).await.expect(422);
        browser.post(CHANGE, &[("kind", "coins"), ("legal_name", "Maya")]).await.expect(400);
        assert!(browser.get(PAGE).await.expect(200).text().contains("No payout method yet"), "nothing was stored");
    }

    async fn only_who_pays_reads_it_and_that_is_noted(test: TestApp) {
        let (shop, maya, mut browser) = owed(&test).await;
        let id = maya["id"].as_str().expect("an id").to_owned();
        let payout = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().expect("a payout").to_owned();
        let mut owner = shop.browser().await;
        owner.get(&format!("/admin/affiliates/{id}")).await.expect(200);
        let none = owner.post(&format!("/admin/affiliates/{id}/payout-method"), &[]).await.expect(303);
        assert_eq!(none.header("location"), format!("/admin/affiliates/{id}"));
        set(&mut browser, BANK).await;
        for record in [format!("/admin/affiliates/{id}"), format!("/admin/payouts/{payout}")] {
            let page = owner.get(&record).await.expect(200).text();
            assert!(page.contains("DE•• •••• 3000") && !page.contains("DE89"), "{page}");
            let full = owner.post(&format!("{record}/payout-method"), &[]).await.expect(200);
            assert!(full.header("cache-control").contains("no-store"), "{:?}", full.headers);
            let full = full.text();
            for part in ["DE89 3704 0044 0532 0130 00", "Maya Okonkwo", "Okonkwo Media Ltd", "DE123456789"] {
                assert!(full.contains(part), "{part}: {full}");
            }
        }
        let looks = "select detail from audit_entry where action = 'payout_method.reveal'";
        let looks = test.db.raw().await.texts(looks).await.expect("rows");
        assert_eq!(looks, vec![vec!["looked at the payout details (DE•• •••• 3000)"]; 2]);
        // Who only found the browser open does not see it.
        test.clock.advance_ms(11 * MINUTE_MS);
        for record in [format!("/admin/affiliates/{id}"), format!("/admin/payouts/{payout}")] {
            owner.get(&record).await.expect(200);
            let asked = owner.post(&format!("{record}/payout-method"), &[]).await.expect(303);
            assert!(asked.header("location").starts_with("/admin/prove"), "{}", asked.header("location"));
        }
        let log = owner.get("/admin/audit").await.expect(200).text();
        assert!(log.contains("looked at the payout details") && !log.contains("DE89"), "{log}");
        // In the database it cannot be read: no table has it, neither as text nor as the bytes of one.
        let stored = test.db.raw().await.texts("select masked from payout_method").await.expect("rows");
        assert_eq!(stored, [["DE•• •••• 3000"]]);
        let everything = format!("{:?}", test.db.raw().await.contents().await).to_lowercase();
        assert!(everything.contains("de•• •••• 3000"), "the tables are read");
        for secret in ["DE89370400440532013000", "370400440532", "0532 0130", "Okonkwo Media", "DE123456789"] {
            let bytes: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for hidden in [secret.to_lowercase(), bytes] {
                assert!(!everything.contains(&hidden), "{secret} is there as {hidden}");
            }
        }
        // Another business sees nothing of it, and an account that is paid nothing has no such page.
        let rival = test.business("Rival").await;
        let mut other = rival.browser().await;
        other.get("/admin").await.expect(200);
        other.post(&format!("/admin/affiliates/{id}/payout-method"), &[]).await.expect(404);
        other.post(&format!("/admin/payouts/{payout}/payout-method"), &[]).await.expect(404);
        // Looking inside as the affiliate shows no page about the person.
        owner.get(&format!("/admin/affiliates/{id}/inside/account/payout-method")).await.expect(404);
    }

    async fn one_place_for_two_affiliates_is_seen_and_a_customer_who_is_paid_is_held(test: TestApp) {
        let (shop, maya, mut browser) = owed(&test).await;
        let tom = shop.affiliate("Tom").await;
        let mut toms = shop.portal(&tom).await;
        set(&mut browser, PAYPAL).await;
        toms.get(&format!("{CHANGE}?kind=wise")).await.expect(200);
        toms.post(CHANGE, &[("kind", "wise"), ("email", "Money+tom@okonkwo.example"), ("legal_name", "Tom")]).await.expect(303);
        let mut owner = shop.browser().await;
        let page = owner.get(&format!("/admin/affiliates/{}", maya["id"].as_str().expect("an id"))).await.expect(200).text();
        assert!(page.contains("Paid at the same place") && page.contains(">Tom<"), "{page}");
        // Who buys with the address the commission is paid to looks like the affiliate.
        sale(&shop, "inv-2", "money@okonkwo.example").await;
        sale(&shop, "inv-3", "someone@kestrel.example").await;
        let referrals = shop.api().get("/referrals").await.expect(200).json();
        let rows = referrals["data"].as_array().expect("rows");
        let held: Vec<bool> = rows.iter().map(|row| !row["hold_reason"].is_null()).collect();
        assert_eq!(held.iter().filter(|held| **held).count(), 1, "{referrals}");
    }

    async fn who_may_change_nothing_cannot_change_it(test: TestApp) {
        let (shop, maya, mut browser) = owed(&test).await;
        let path = format!("/affiliates/{}", maya["id"].as_str().expect("an id"));
        browser.get(CHANGE).await.expect(200);
        shop.api().post(&format!("{path}/status"), json!({"status": "suspended"})).await.expect(200);
        browser.post(CHANGE, BANK).await.expect(409);
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(page.contains("No payout method") && !page.contains("Set the payout method"), "{page}");
    }
}

/// Another browser of Maya's.
async fn shop_log_in(test: &TestApp) -> Client {
    let mut browser = test.browser();
    let form = [("email", MAYA), ("password", PASSWORD)];
    browser
        .post("/portal/fernhill/log-in", &form)
        .await
        .expect(303);
    browser
}
