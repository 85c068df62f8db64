//! Files that are made: for a bank, for providers, and what becomes of one that was never sent.

use serde_json::json;
use testkit::{TestApp, both_engines};

use super::shop::{
    MINUTE_MS, PAYPAL, WISE, bank, drafted, page, path_of, programme, proven, status,
};
use super::staff::{ACCOUNT, FILES, bring, download, make, take, withdraw};

both_engines! {
    async fn a_bank_file_and_its_answer(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya Okönkwo")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        let text = page(&mut owner, &format!("{FILES}/new")).await;
        for part in ["SEPA credit transfers (XML)", "Wise batch (CSV)", "€30.00", "Say first which account you pay from"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let refused = make(&mut owner, "sepa", "EUR 3000").await;
        assert!(page(&mut owner, refused.header("location")).await.contains("Say first which account"));
        assert_eq!(status(&shop, &maya).await["status"], "draft", "nothing half-done");

        // The business's account: the owner's, with a proof, masked.
        let mut colleague = shop.colleague().await;
        colleague.get(ACCOUNT).await.expect(403);
        assert!(!page(&mut colleague, "/admin/settings/payouts").await.contains(ACCOUNT), "nothing leads there");
        let form = [("name", "Fernhill Söhne GmbH"), ("iban", "DE89370400440532013000"), ("bic", "cobadeff")];
        colleague.post(ACCOUNT, &form).await.expect(403);
        page(&mut owner, ACCOUNT).await;
        let wrong = owner.post(ACCOUNT, &[("name", ""), ("iban", "DE00370400440532013000"), ("bic", "x")]).await.expect(422).text();
        assert!(wrong.contains("check digits") && wrong.contains("8 or 11"), "{wrong}");
        owner.post(ACCOUNT, &form).await.expect(303);
        let text = page(&mut owner, "/admin/settings/payouts").await;
        assert!(text.contains("DE•• •••• 3000") && !text.contains("DE89"), "{text}");

        let refused = make(&mut owner, "sepa", "EUR 2999").await;
        assert!(page(&mut owner, refused.header("location")).await.contains("The total has changed"));
        let file = make(&mut owner, "sepa", "EUR 3000").await.header("location").to_owned();
        assert!(file.starts_with(&format!("{FILES}/pfl_")), "{file}");
        assert_eq!(status(&shop, &maya).await["status"], "pending");
        let first = download(&mut owner, &file).await;
        assert!(first.header("content-disposition").contains("sepa-po-1001-EUR-2026-11-21.xml"), "{}", first.header("content-disposition"));
        let xml = first.text();
        for part in ["<NbOfTxs>2</NbOfTxs><CtrlSum>30.00</CtrlSum>", "<Nm>Maya Okoenkwo</Nm>", "NL91ABNA0417164300", "<Nm>Fernhill Soehne GmbH</Nm>", "<EndToEndId>PO-1001</EndToEndId>", "<BICFI>COBADEFF</BICFI>"] {
            assert!(xml.contains(part), "{part}: {xml}");
        }
        // Again the same, and none is in a second file.
        assert_eq!(download(&mut owner, &file).await.body, first.body);
        assert!(!page(&mut owner, &format!("{FILES}/new")).await.contains("SEPA credit transfers"));
        let refused = shop.api().post(&path_of(&maya, "/cancel"), json!({})).await.expect(409).text();
        assert!(refused.contains("waits for its answer"), "{refused}");
        let audit = page(&mut owner, "/admin/audit?q=SHA-256").await;
        assert!(audit.contains("SHA-256") && !audit.contains("NL91ABNA"), "{audit}");
        let audit = page(&mut owner, "/admin/audit?q=handed").await;
        assert!(audit.matches("handed out").count() >= 2, "{audit}");
        // Handing out asks who it is.
        test.clock.advance_ms(15 * MINUTE_MS);
        page(&mut owner, &file).await;
        let asked = owner.post(&format!("{file}/download"), &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"), "{}", asked.header("location"));
        let mut owner = shop.browser().await;

        // An answer with a wrong row changes nothing.
        let wrong = bring(&mut owner, "payout_id,status,reference,paid_at,reason\nPO-1001,paid,B-1,2026-11-21,\nPO-9,paid,,,\nPO-1003,paid,,,\n").await;
        let text = page(&mut owner, &wrong).await;
        for part in ["Line 3", "names a payout that is not here", "PO-1003 is draft", "Becomes paid"] {
            assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"));
        take(&mut owner, &wrong, "EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "pending");

        let answer = "payout_id,status,reference,paid_at,reason\nPO-1001,paid,B-1,2026-11-21,\nPO-1002,failed,,,Account closed\n";
        let result = bring(&mut owner, answer).await;
        let text = page(&mut owner, &result).await;
        assert!(text.contains("Take over exactly €20.00") && text.contains("1 paid, 1 failed, 0 unchanged"), "{text}");
        // What failed is a part of what was seen.
        for seen in ["EUR 1999; failed EUR 1000", "EUR 2000"] {
            take(&mut owner, &result, seen).await;
            assert_eq!(status(&shop, &maya).await["status"], "pending");
        }
        take(&mut owner, &result, "EUR 2000; failed EUR 1000").await;
        let paid = status(&shop, &maya).await;
        assert_eq!((&paid["status"], &paid["reference"]), (&json!("paid"), &json!("B-1")));
        let failed = status(&shop, &ada).await;
        assert_eq!((&failed["status"], &failed["note"]), (&json!("failed"), &json!("Account closed")));
        // The same file twice changes nothing.
        assert_eq!(bring(&mut owner, answer).await, result);
        let text = page(&mut owner, &result).await;
        assert!(text.contains("Taken over by Owner 1") && !text.contains("Take over exactly"), "{text}");
        take(&mut owner, &result, "EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["paid_at"], paid["paid_at"]);
        // What failed is taken back, and its commissions go into the next payout.
        page(&mut owner, &file).await;
        shop.api().post(&path_of(&ada, "/cancel"), json!({})).await.expect(200);
        let again = shop.made("/payouts", json!({"affiliate_id": ada["affiliate_id"]})).await;
        assert_eq!(again["data"][0]["amount"], 1000);
        assert!(page(&mut browser, "/portal/fernhill/payouts").await.contains("PO-1001"));
        proven(&shop).await;
    }

    async fn files_for_providers_and_one_that_was_never_sent(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (bo, _) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        let (chi, _) = drafted(&shop, &campaign, "Chi", (7_500, "USD"), PAYPAL).await;
        let (dan, _) = drafted(&shop, &campaign, "Dan", (5_000, "USD"), &[]).await;
        let wise = make(&mut owner, "wise", "USD 1000").await.header("location").to_owned();
        let text = download(&mut owner, &wise).await.text();
        assert!(text.contains("Bo,bo@money.example,PO-1001,PERSON,target,10.00,USD,USD,EMAIL"), "{text}");
        let paypal = make(&mut owner, "paypal", "USD 1500").await.header("location").to_owned();
        let text = download(&mut owner, &paypal).await.text();
        assert_eq!(text, "chi@money.example,15.00,USD,PO-1002,Commissions Fernhill,PAYPAL\r\n");
        assert_eq!(status(&shop, &dan).await["status"], "draft", "nowhere to pay");

        let result = bring(&mut owner, "Recipient,Amount,Customer ID,Transaction Status,Transaction ID\nchi@money.example,15.00,PO-1002,Unclaimed,8AB\n").await;
        let text = page(&mut owner, &result).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged") && text.contains("The provider says: unclaimed") && !text.contains("Take it over"), "{text}");
        let result = bring(&mut owner, "Recipient,Amount,Customer ID,Transaction Status,Transaction ID\nchi@money.example,15.00,PO-1002,Success,8AB\n").await;
        take(&mut owner, &result, "USD 1500").await;
        assert_eq!(status(&shop, &chi).await["reference"], "8AB");

        // What says another amount or currency is wrong, and names both.
        let odd = bring(&mut owner, "payout_id,status,amount,currency\nPO-1001,paid,9.99,USD\nPO-1002,paid,15.00,EUR\n").await;
        let text = page(&mut owner, &odd).await;
        for part in ["9.99 USD, but PO-1001 is 10.00 USD", "15.00 EUR, but PO-1002 is 15.00 USD"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"));
        take(&mut owner, &odd, "USD 1000").await;
        assert_eq!(status(&shop, &bo).await["status"], "pending");

        // Never sent: in another file, which takes it as it is then.
        withdraw(&mut owner, &wise).await;
        assert!(page(&mut owner, &format!("{FILES}/new")).await.contains("All places (CSV)"));
        let plain = make(&mut owner, "csv", "USD 1000").await.header("location").to_owned();
        let text = download(&mut owner, &plain).await.text();
        assert!(text.contains(&format!("{},PO-1001,Bo,10.00,USD,wise,bo@money.example,,", bo["id"].as_str().expect("an id"))), "{text}");
        proven(&shop).await;
    }
}
