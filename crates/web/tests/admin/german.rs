//! What speaks the reader's language beside the pages: printed statements, the arithmetic of a commission, the
//! columns of exports, and the mail that comes before there is an account.

use serde_json::json;
use service::messaging::mail;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const PORTAL: &str = "/portal/fernhill";

/// Subject and text of the latest mail of a kind.
async fn mailed(shop: &Shop<'_>, kind: &str) -> (String, String) {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let line = lines.iter().find(|line| line.kind == kind).expect("a mail");
    let mail = mail::get(&mut work, line.id).await.expect("a mail");
    (mail.subject, mail.body_text)
}

/// The code in a mail: four digits, a dash, four digits.
fn code(text: &str) -> String {
    let is_code = |word: &&str| {
        word.len() == 9
            && word.bytes().enumerate().all(|(at, byte)| {
                if at == 4 {
                    byte == b'-'
                } else {
                    byte.is_ascii_digit()
                }
            })
    };
    text.split_whitespace()
        .find(is_code)
        .expect("a code")
        .to_owned()
}

/// Maya, logged in, who reads German.
async fn maya(shop: &Shop<'_>) -> (Client, String) {
    let affiliate = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Frühling").await;
    shop.partnership(&campaign, &affiliate, "maya").await;
    let mut maya = shop.portal(&affiliate).await;
    maya.get(&format!("{PORTAL}/account")).await.expect(200);
    maya.post(
        &format!("{PORTAL}/account"),
        &[("name", "Maya"), ("language", "de")],
    )
    .await
    .expect(303);
    (maya, affiliate["id"].as_str().expect("an id").to_owned())
}

/// A sale with tax by Maya's link: an approved commission of 8.17.
async fn sale(shop: &Shop<'_>) -> String {
    let sale = json!({"external_id": "inv-1", "customer": {"external_id": "u-1", "name": "Bob"}, "amount": 4900, "tax": 817, "currency": "USD", "code": "maya"});
    let recorded = shop.made("/track/sale", sale).await;
    let referral = recorded["referral"]["id"].as_str().expect("a referral");
    shop.api()
        .post(&format!("/referrals/{referral}/approve"), json!({}))
        .await
        .expect(200);
    let commission = recorded["commissions"][0]["id"]
        .as_str()
        .expect("a commission")
        .to_owned();
    shop.api()
        .post(
            &format!("/commissions/{commission}/approve"),
            json!({"release_hold": true, "note": "Checked"}),
        )
        .await
        .expect(200);
    commission
}

both_engines! {
    async fn the_arithmetic_speaks_german(test: TestApp) {
        let shop = test.business("Fernhill").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}, "caps": {"per_event": 500}})).await;
        let (mut maya, id) = maya(&shop).await;
        let commission = sale(&shop).await;
        let page = maya.get(&format!("{PORTAL}/commissions/{commission}")).await.expect(200).text();
        for said in [
            "20 % vom Nettobetrag",
            "Betrag 49,00 USD \u{2212} Steuer 8,17 USD \u{2212} Versand 0,00 USD = netto 40,83 USD",
            "20 % von 40,83 USD = 8,166, gerundet auf 8,17 USD",
            "Gekürzt von 8,17 USD auf 5,00 USD: höchstens 5,00 USD je Ereignis",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        // The same commission for who reads English, and for staff.
        let mut owner = shop.browser().await;
        let inside = owner.get(&format!("/admin/affiliates/{id}/inside/commissions/{commission}")).await.expect(200).text();
        assert!(inside.contains("20 % of 40.83 USD = 8.166, rounded to 8.17 USD") && inside.contains("20 % of net"));
    }

    async fn the_statement_of_a_payout_speaks_german(test: TestApp) {
        let shop = test.business("Fernhill").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}})).await;
        let (mut maya, id) = maya(&shop).await;
        sale(&shop).await;
        let payouts = shop.made("/payouts", json!({"affiliate_id": id})).await;
        let payout = payouts["data"][0]["id"].as_str().expect("a payout").to_owned();
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({"method": "bank_transfer", "reference": "X1"})).await.expect(200);
        let page = maya.get(&format!("{PORTAL}/payouts/{payout}/invoice")).await.expect(200).text();
        for said in ["Zahlungsbeleg", "Gezahlt von", "Gezahlt an", "ausgezahlt am", "Wofür", "Provisionen", "Überweisung", "8,17", "Drucken Sie diese Seite"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        for english in ["Statement of payment", "Paid by", "Print this page"] {
            assert!(!page.contains(english), "{english}");
        }
        let mut owner = shop.browser().await;
        let page = owner.get(&format!("/admin/payouts/{payout}/invoice")).await.expect(200).text();
        assert!(page.contains("Statement of payment") && page.contains("Print this page") && page.contains("$8.17"));

        for (file, columns) in [
            ("commissions", "Tag,Kampagne,Kunde,Ereignis,Ebene,Verkauf,Währung des Verkaufs,Status,Betrag,"),
            ("leads", "Name,E-Mail,Land,Status,Kampagne,Link,Sub-IDs,Herkunftsseite,Weg,Verkäufe,Seit,"),
            ("links", "Kampagne,Bezeichnung,Link,Seite,Zustand,Klicks,Leads,Conversions,Verdient,Währung"),
            ("payouts", "Auszahlung,Status,Provisionen,Summe der Provisionen,Vortrag,Betrag,Währung,Zahlungsweg,"),
            ("statement", "Zeitpunkt,Vorgang,Einzelheit,Betrag,Saldo,Währung,Tag\r\n"),
        ] {
            let csv = maya.get(&format!("{PORTAL}/{file}.csv")).await.expect(200).text();
            assert!(csv.starts_with(columns), "{file}: {csv}");
        }
        let statement = maya.get(&format!("{PORTAL}/statement.csv")).await.expect(200).text();
        assert!(statement.contains("Anfangssaldo") && statement.contains(",Provision,") && statement.contains("Endsaldo"), "{statement}");
    }

    async fn who_signs_up_is_written_to_in_the_language_of_the_page(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let path = format!("{PORTAL}/sign-up");
        for (reads, email, subject) in [("de-DE", "gerda@example.com", "Ihr Code"), ("en", "erica@example.com", "Your code")] {
            let mut browser = test.browser().reading(reads);
            browser.get(&path).await.expect(200);
            browser.post(&path, &[("name", "Gerda"), ("email", email), ("password", "a garden gate in may")]).await.expect(303);
            test.write_codes().await;
            let (told, _) = mailed(&shop, "sign_up_code").await;
            assert!(told.contains(subject), "{told}");
            // Another code is in that language, too.
            test.clock.advance_ms(2 * 60_000);
            browser.get(&format!("{PORTAL}/code")).await.expect(200);
            browser.post(&format!("{path}/again"), &[("email", email)]).await.expect(303);
            test.write_codes().await;
            let (told, text) = mailed(&shop, "sign_up_code").await;
            assert!(told.contains(subject), "{told}");
            browser.get(&format!("{PORTAL}/code")).await.expect(200);
            browser.post(&format!("{PORTAL}/code/enter"), &[("code", &code(&text))]).await.expect(303);
            // The account keeps it, whatever the next browser asks for.
            let word = &reads[..2];
            let other = if word == "de" { "en" } else { "de" };
            let mut browser = browser.reading(other);
            let page = browser.visit(&format!("{PORTAL}/")).await.expect(200).text();
            assert!(page.contains(&format!("<html lang=\"{word}\"")), "{page}");
            test.clock.advance_ms(2 * 60_000);
        }
    }
}
