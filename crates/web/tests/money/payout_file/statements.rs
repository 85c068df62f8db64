//! Statements of what was paid, with numbers of their own, and the credit notes that cancel them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use service::App;
use service::app::Settings;
use service::messaging::mail;
use service::programme::verify;
use service::random::SeededRandom;
use service::store::list::Window;
use testkit::{TestApp, both_engines};

use super::shop::{
    WISE, balance, bank, drafted, earn, page, path_of, programme, proven, returned_mails,
};
use super::staff::came_back;

/// The form of the business's legal details, of the least that an invoice needs.
fn legal(prefix: &'static str, self_billing: &'static str) -> [(&'static str, &'static str); 9] {
    [
        ("legal_name", "Fernhill Ltd"),
        ("street", ""),
        ("postcode", ""),
        ("city", ""),
        ("country", "GB"),
        ("vat_id", "GB999999973"),
        ("prefix", prefix),
        ("self_billing", self_billing),
        ("remark", ""),
    ]
}

both_engines! {
    async fn what_is_paid_has_a_statement_with_a_number_of_its_own(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (bo, mut other) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        let admin = |payout: &Value| format!("/admin{}", path_of(payout, "/invoice"));
        owner.get(&admin(&maya)).await.expect(303);
        let early = owner.get(&format!("{}.pdf", admin(&maya))).await.expect(303);
        assert_eq!(early.header("location"), format!("/admin{}", path_of(&maya, "")));
        page(&mut owner, "/admin/settings/legal").await;
        let form = [("legal_name", "Fernhill Ltd"), ("street", "1 Mill Lane"), ("postcode", "AB1"), ("city", "Leeds"), ("country", "GB"),
            ("vat_id", ""), ("prefix", "SB/26-"), ("self_billing", "true"), ("remark", "Reverse charge.")];
        let wrong = owner.post("/admin/settings/legal", &form).await.expect(422).text();
        assert!(wrong.contains("is required on self-billing invoices") && wrong.contains("Mill Lane"), "{wrong}");
        let form: Vec<_> = form.iter().map(|pair| if pair.0 == "vat_id" { ("vat_id", "GB999999973") } else { *pair }).collect();
        owner.post("/admin/settings/legal", &form).await.expect(303);
        let profile = "/portal/fernhill/account";
        page(&mut browser, profile).await;
        let told = [("name", "Maya"), ("street", "Gracht 7"), ("city", "Utrecht"), ("postcode", "3511"), ("country", "NL"), ("phone", ""), ("company", ""), ("timezone", "")];
        browser.post(profile, &told).await.expect(303);

        // A refusal gives no number away.
        shop.api().post(&path_of(&maya, "/mark-paid"), json!({"paid_at": "2030-01-01T00:00:00Z"})).await.expect(422);
        shop.api().post(&path_of(&maya, "/mark-paid"), json!({"reference": "WIRE-1"})).await.expect(200);
        shop.api().post(&path_of(&bo, "/mark-paid"), json!({})).await.expect(200);
        let text = page(&mut owner, &admin(&maya)).await;
        for part in ["Self-billing invoice", "SB/26-0001", "Fernhill Ltd", "1 Mill Lane", "AB1 Leeds", "United Kingdom", "VAT id GB999999973", "Okonkwo Média Ltd",
            "Gracht 7", "3511 Utrecht", "Netherlands", "VAT id NL123456789B01", "Autumn: purchase inv-maya-1", "€20.00", "WIRE-1", "Reverse charge.", "in the name of the payee"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("kestrel"), "nothing of customers");
        assert!(page(&mut owner, &admin(&bo)).await.contains("SB/26-0002"));
        // The affiliate sees its own, at the address the mail names.
        let mut work = shop.work().await;
        let mails = mail::list(&mut work, &mail::Filter::default(), Window::all("id")).await.expect("mails");
        let line = mails.iter().find(|line| line.kind == "payout_paid" && line.subject.contains("€20.00")).expect("a mail");
        let body = mail::get(&mut work, line.id).await.expect("it").body_text;
        drop(work);
        let own = format!("/portal/fernhill{}", path_of(&maya, "/invoice"));
        assert!(body.contains("SB/26-0001") && body.contains(&own), "{body}");
        assert!(page(&mut browser, &own).await.contains("SB/26-0001"));
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path_of(&maya, ""))).await.contains("SB/26-0001"));
        other.get(&own).await.expect(404);
        // As a file it is the same for both sides, whenever it is taken, and for nobody else.
        let title = "Self-billing invoice SB/26-0001";
        assert!(page(&mut browser, &own).await.contains(&format!("href=\"{own}.pdf\"")));
        assert!(page(&mut owner, &admin(&maya)).await.contains(&format!("href=\"{}.pdf\"", admin(&maya))));
        let file = browser.get(&format!("{own}.pdf")).await.expect_pdf("SB-26-0001", title);
        test.clock.advance_ms(60_000);
        assert_eq!(owner.get(&format!("{}.pdf", admin(&maya))).await.expect_pdf("SB-26-0001", title), file);
        let inside = format!("/admin/affiliates/{}/inside{}", maya["affiliate_id"].as_str().expect("an id"), path_of(&maya, "/invoice.pdf"));
        assert_eq!(owner.get(&inside).await.expect_pdf("SB-26-0001", title), file);
        other.get(&format!("{own}.pdf")).await.expect(404);
        test.browser().get(&format!("{own}.pdf")).await.expect(303);
        owner.get("/admin/payouts/pay_0/invoice.pdf").await.expect(404);

        // Issued ones stay; numbers go on under another prefix, and a refund after the payout is carried.
        let form: Vec<_> = form.iter().map(|pair| if pair.0 == "prefix" { ("prefix", "X-") } else { *pair }).collect();
        page(&mut owner, "/admin/settings/legal").await;
        owner.post("/admin/settings/legal", &form).await.expect(303);
        shop.made("/track/refund", json!({"external_id": "ref-1", "sale_external_id": "inv-maya-1", "amount": 2_500})).await;
        earn(&shop, "maya", "2", 10_000, "EUR").await;
        let next = shop.made("/payouts", json!({"affiliate_id": maya["affiliate_id"]})).await["data"][0].clone();
        shop.api().post(&path_of(&next, "/mark-paid"), json!({})).await.expect(200);
        let text = page(&mut owner, &admin(&next)).await;
        for part in ["X-0003", "Carried forward from earlier refunds", "−€5.00", "€15.00"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = page(&mut owner, &admin(&maya)).await;
        assert!(text.contains("SB/26-0001") && text.contains("€20.00"));
        proven(&shop).await;
    }

    async fn both_sides_have_the_same_dates(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        page(&mut owner, "/admin/settings/legal").await;
        owner.post("/admin/settings/legal", &legal("SB-", "true")).await.expect(303);
        page(&mut browser, "/portal/fernhill/account").await;
        browser.post("/portal/fernhill/account", &[("name", "Maya"), ("timezone", "America/Toronto")]).await.expect(303);
        // The evening before, where she lives.
        shop.api().post(&path_of(&maya, "/mark-paid"), json!({"paid_at": "2026-11-21T02:00:00Z"})).await.expect(200);
        let (own, staffs) = (format!("/portal/fernhill{}", path_of(&maya, "/invoice")), format!("/admin{}", path_of(&maya, "/invoice")));
        for text in [page(&mut browser, &own).await, page(&mut owner, &staffs).await] {
            assert!(text.contains("paid 21 Nov 2026"), "{text}");
        }
        let title = "Self-billing invoice SB-0001";
        let file = browser.get(&format!("{own}.pdf")).await.expect_pdf("SB-0001", title);

        // Two are made at a time; who waits for the third holds up nobody else.
        let places = test.app.documents().acquire_many_owned(2).await.expect("both");
        let path = format!("{staffs}.pdf");
        let waits = tokio::time::timeout(Duration::from_millis(300), owner.get(&path)).await;
        assert!(waits.is_err(), "it is not made beside the others");
        earn(&shop, "maya", "2", 5_000, "EUR").await;
        drop(places);
        assert_eq!(owner.get(&path).await.expect_pdf("SB-0001", title), file);
    }

    async fn money_that_came_back_has_a_credit_note(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (bo, mut other) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        page(&mut owner, "/admin/settings/legal").await;
        let refused = owner.post("/admin/settings/legal", &legal("SB-CN-", "true")).await.expect(422).text();
        assert!(refused.contains("must not end with CN-"), "{refused}");
        owner.post("/admin/settings/legal", &legal("SB-", "true")).await.expect(303);
        shop.api().post(&path_of(&maya, "/mark-paid"), json!({})).await.expect(200);
        shop.api().post(&path_of(&bo, "/mark-paid"), json!({})).await.expect(200);
        let note = |payout: &Value| format!("/admin{}", path_of(payout, "/credit-note"));
        for ending in ["", ".pdf"] {
            let early = owner.get(&format!("{}{ending}", note(&maya))).await.expect(303);
            assert_eq!(early.header("location"), format!("/admin{}", path_of(&maya, "")));
        }

        // Each names the invoice that it cancels; they are counted by themselves, as the money comes back.
        came_back(&mut owner, &bo).await;
        came_back(&mut owner, &maya).await;
        assert!(page(&mut owner, &note(&bo)).await.contains("Cancels SB-0002 of"));
        let text = page(&mut owner, &note(&maya)).await;
        for part in ["Credit note", "SB-CN-0002", "Cancels SB-0001 of", "Okonkwo Média Ltd", "Autumn: purchase inv-maya-1", "\u{2212}€20.00", "Credited",
            "This credit note is written by Fernhill Ltd in the name of the payee."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let (all, turned) = (text.matches("€20.00").count(), text.matches("\u{2212}€20.00").count());
        assert!(all == turned && all > 0, "every amount is turned: {text}");
        // The invoice stays as it was and says what cancels it; the payout leads to both.
        let text = page(&mut owner, &format!("/admin{}", path_of(&maya, "/invoice"))).await;
        for part in ["SB-0001", "Self-billing invoice", "does not count any more", "The credit note SB-CN-0002 cancels it."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("\u{2212}€20.00"), "{text}");
        let text = page(&mut owner, &format!("/admin{}", path_of(&maya, ""))).await;
        assert!(text.contains("Statement SB-0001") && text.contains("Credit note SB-CN-0002"), "{text}");

        // The affiliate has the same: on the payout, as a page, on the statement of the period and in the mail. Nobody else does.
        let own = format!("/portal/fernhill{}", path_of(&maya, "/credit-note"));
        assert!(page(&mut browser, &own).await.contains("SB-CN-0002"));
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path_of(&maya, ""))).await.contains("Credit note SB-CN-0002"));
        let text = page(&mut browser, "/portal/fernhill/statement?currency=EUR").await;
        assert!(text.contains("Payout came back") && text.contains("PO-1001 · SB-CN-0002"), "{text}");
        assert!(returned_mails(&shop).await.iter().any(|text| text.contains("PO-1001") && text.contains("SB-CN-0002")));
        other.get(&own).await.expect(404);
        let file = browser.get(&format!("{own}.pdf")).await.expect_pdf("SB-CN-0002", "Credit note SB-CN-0002");
        assert_eq!(owner.get(&format!("{}.pdf", note(&maya))).await.expect_pdf("SB-CN-0002", "Credit note SB-CN-0002"), file);
        other.get(&format!("{own}.pdf")).await.expect(404);
        page(&mut other, "/portal/fernhill/account").await;
        other.post("/portal/fernhill/account", &[("name", "Bo"), ("language", "de")]).await.expect(303);
        let text = page(&mut other, &format!("/portal/fernhill{}", path_of(&bo, "/credit-note"))).await;
        assert!(text.contains("Storno der Gutschrift (Rechnungskorrektur)") && text.contains("Hebt SB-0002 vom"), "{text}");
        let file = other.get(&format!("/portal/fernhill{}", path_of(&bo, "/credit-note.pdf"))).await;
        let _ = file.expect_pdf("SB-CN-0001", "Storno der Gutschrift (Rechnungskorrektur) SB-CN-0001");

        // Paid again and back again: both series go on, and a plain statement is cancelled too.
        page(&mut owner, "/admin/settings/legal").await;
        let plain: Vec<_> = legal("X-", "").into_iter().filter(|pair| pair.0 != "self_billing").collect();
        owner.post("/admin/settings/legal", &plain).await.expect(303);
        let next = shop.made("/payouts", json!({"affiliate_id": maya["affiliate_id"]})).await["data"][0].clone();
        shop.api().post(&path_of(&next, "/mark-paid"), json!({})).await.expect(200);
        assert!(page(&mut owner, &format!("/admin{}", path_of(&next, "/invoice"))).await.contains("X-0003"));
        came_back(&mut owner, &next).await;
        let text = page(&mut owner, &note(&next)).await;
        assert!(text.contains("X-CN-0003") && text.contains("Cancels X-0003 of") && text.contains("Cancelled statement of payment"), "{text}");
        assert!(!text.contains("in the name of the payee"), "{text}");
        assert!(page(&mut owner, &note(&maya)).await.contains("SB-CN-0002"), "what was issued stays");
        proven(&shop).await;
    }

    async fn money_comes_back_whatever_became_of_the_secret_key(test: TestApp) {
        let mut test = test;
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        page(&mut owner, "/admin/settings/legal").await;
        owner.post("/admin/settings/legal", &legal("SB-", "true")).await.expect(303);
        let path = |after: &str| path_of(&maya, after);
        shop.api().post(&path("/mark-paid"), json!({})).await.expect(200);
        assert!(page(&mut owner, &format!("/admin{}", path("/invoice"))).await.contains("Okonkwo Média Ltd"));
        let (business, key, email, password) = (shop.id, shop.key.clone(), shop.owner_email.clone(), shop.owner_password);
        let session = browser.cookie("portal_fernhill").expect("a session");

        // The program starts again with another key: what was sealed before does not open, and its pages say so.
        let settings = Settings { secret_key: [8; 32], ..test.app.settings().clone() };
        let changed = App::new(test.db.db.clone(), test.clock.clone(), Arc::new(SeededRandom::new(99)), settings);
        test.router = web::router(changed.clone());
        let mut owner = test.browser();
        owner.visit("/admin/log-in").await.expect(200);
        owner.post("/admin/log-in", &[("email", email.as_str()), ("password", password)]).await.expect(303);
        assert!(page(&mut owner, &format!("/admin{}", path(""))).await.contains("Statement SB-0001"));
        let text = owner.get(&format!("/admin{}", path("/invoice"))).await.expect(409).text();
        assert!(text.contains("SB-0001 cannot be read: it was sealed under another secret key"), "{text}");
        let mut browser = test.browser();
        browser.set_cookie("portal_fernhill", &session);
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path(""))).await.contains("SB-0001"));
        browser.get(&format!("/portal/fernhill{}", path("/invoice"))).await.expect(409);
        browser.get(&format!("/portal/fernhill{}", path("/invoice.pdf"))).await.expect(409);
        owner.get(&format!("/admin{}", path("/invoice.pdf"))).await.expect(409);

        // The money is booked all the same, and the statement is cancelled as a whole.
        came_back(&mut owner, &maya).await;
        let api = test.api(&key);
        assert_eq!(api.get(&path("")).await.expect(200).json()["status"], "returned");
        let balance = balance(&api, &maya).await;
        assert_eq!((&balance["paid"], &balance["approved"], &balance["owed"]), (&json!(0), &json!(2000), &json!(2000)), "{balance}");
        let text = page(&mut owner, &format!("/admin{}", path("/credit-note"))).await;
        for part in ["SB-CN-0001", "Cancels SB-0001 of", "could not be read any more", "All lines of SB-0001", "\u{2212}€20.00", "Fernhill Ltd", "GB999999973", "Maya", "PO-1001"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Okonkwo"), "{text}");
        let (all, turned) = (text.matches("€20.00").count(), text.matches("\u{2212}€20.00").count());
        assert!(all == turned && all > 0, "every amount is turned: {text}");
        let text = page(&mut browser, &format!("/portal/fernhill{}", path("/credit-note"))).await;
        assert!(text.contains("SB-CN-0001") && text.contains("could not be read any more"), "{text}");
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path(""))).await.contains("Credit note SB-CN-0001"));
        let mut work = changed.begin(&App::system(business)).await.expect("a work");
        let report = verify::verify(&mut work).await.expect("a report");
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }
}
