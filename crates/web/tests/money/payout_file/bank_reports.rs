//! What a bank reports on a file, as a whole and of each transfer.

use serde_json::json;
use testkit::{TestApp, both_engines};

use super::bank_xml::{BACK, REFUSED, end_to_end, entry, report, transfer, transfer_with};
use super::shop::{MINUTE_MS, balance, page, path_of, programme, proven, status};
use super::staff::{bring, came_back, in_a_file, sepa, take, withdraw};

both_engines! {
    async fn a_bank_answers_in_xml(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], ..) = in_a_file::<3>(&shop, &mut owner, &campaign).await;
        assert_eq!(status(&shop, &cy).await["status"], "pending");

        // The status report: one was executed, one was refused, one is on its way.
        let amount = |text: &str| format!("<AcctSvcrRef>B-77</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{text}</InstdAmt></Amt></OrgnlTxRef>");
        let report = |transfers: &[String]| {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>\n{}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", transfers.concat())
        };
        let refused = transfer("PO-1002", "RJCT", "AC04");
        let other = bring(&mut owner, &report(&[transfer_with("PO-1001", "ACSC", &amount("19.00")), refused.clone()])).await;
        let text = page(&mut owner, &other).await;
        assert!(text.contains("PO-1001 is 20.00 EUR") && !text.contains("Take it over"), "another amount: {text}");
        let good = bring(&mut owner, &report(&[transfer_with("PO-1001", "ACSC", &amount("20.00")), refused, transfer("PO-1003", "ACSP", "")])).await;
        let text = page(&mut owner, &good).await;
        assert!(text.contains("1 paid, 1 failed, 1 unchanged") && text.contains("AC04, the account is closed"), "{text}");
        take(&mut owner, &good, "EUR 2000; failed EUR 1000").await;
        let (first, second, third) = (status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await);
        assert_eq!((&first["status"], &first["reference"], &second["status"], &third["status"]), (&json!("paid"), &json!("B-77"), &json!("failed"), &json!("pending")));
        assert_eq!(second["note"], "AC04, the account is closed");

        // The account: the last one was booked, the first came back, and there are others that are not ours.
        let on_the_day = |direction: &str, amount: &str, id: &str, more: &str| entry(direction, amount, "2026-11-21", &end_to_end(id), more);
        let back = BACK.replace("AC04", "AC06");
        let entries = [on_the_day("DBIT", "5.00", "PO-1003", ""), on_the_day("CRDT", "20.00", "PO-1001", &back), on_the_day("DBIT", "900.00", "RENT", ""), on_the_day("DBIT", "77.00", "PO-4711", "")];
        let camt = format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>", entries.concat());
        let booked = bring(&mut owner, &camt).await;
        let text = page(&mut owner, &booked).await;
        assert!(text.contains("1 paid, 0 failed, 1 came back, 0 unchanged") && text.contains("AC06, the account is blocked"), "{text}");
        take(&mut owner, &booked, "EUR 500; returned EUR 2000").await;
        assert_eq!((&status(&shop, &cy).await["status"], &status(&shop, &maya).await["status"]), (&json!("paid"), &json!("returned")));

        // What is no answer of a bank changes nothing and says so.
        let wrong = bring(&mut owner, "<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>").await;
        let text = page(&mut owner, &wrong).await;
        assert!(text.contains("efines a document type, which is not read") && !text.contains("Take it over"), "{text}");
        proven(&shop).await;
    }

    async fn a_bank_refuses_a_whole_file(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], _, file) = in_a_file::<3>(&shop, &mut owner, &campaign).await;

        // Another file is none of ours, and opposites are not taken over.
        let other = bring(&mut owner, &report("pfl01h455vb4pex5vsknk084sn02q", REFUSED, "")).await;
        let text = page(&mut owner, &other).await;
        assert!(text.contains("pfl01h455vb4pex5vsknk084sn02q, which is none of yours") && !text.contains("Take it over"), "{text}");
        let odd = bring(&mut owner, &report(&file, REFUSED, &transfer("PO-1001", "ACSC", ""))).await;
        let text = page(&mut owner, &odd).await;
        assert!(text.contains("ays ACSC of PO-1001, and the opposite of its whole file") && !text.contains("Take it over"), "{text}");
        // What the bank has taken decides nothing, and in part each transfer says its own.
        let taken = bring(&mut owner, &report(&file, "<GrpSts>ACCP</GrpSts>", "")).await;
        assert!(page(&mut owner, &taken).await.contains("0 paid, 0 failed, 3 unchanged"));
        let part = bring(&mut owner, &report(&file, "<GrpSts>PART</GrpSts>", &transfer("PO-1002", "RJCT", "AC01"))).await;
        assert!(page(&mut owner, &part).await.contains("0 paid, 1 failed, 0 unchanged"));

        // Refused as a whole, with the faulty one named: all are, each with its reason.
        let whole = bring(&mut owner, &report(&file, REFUSED, &transfer("PO-1002", "RJCT", "AC01"))).await;
        let text = page(&mut owner, &whole).await;
        for part in ["0 paid, 3 failed, 0 unchanged", "FF01, the file is not as the bank wants it", "AC01, the account number is wrong", "Take over exactly €35.00 failed"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        take(&mut owner, &whole, "failed EUR 3500").await;
        for (payout, why) in [(&maya, "FF01, the file is not as the bank wants it"), (&ada, "AC01, the account number is wrong"), (&cy, "FF01, the file is not as the bank wants it")] {
            let now = status(&shop, payout).await;
            assert_eq!((&now["status"], &now["note"]), (&json!("failed"), &json!(why)));
        }
        let again = bring(&mut owner, &format!("{}\n", report(&file, REFUSED, ""))).await;
        assert!(page(&mut owner, &again).await.contains("0 paid, 0 failed, 3 unchanged"));

        // In a file of its own again, the old report says nothing of it.
        for payout in [&maya, &ada] {
            let path = format!("/admin/payouts/{}", payout["id"].as_str().expect("an id"));
            page(&mut owner, &path).await;
            owner.post(&format!("{path}/reopen"), &[]).await.expect(303);
        }
        let (_, next) = sepa(&mut owner, "EUR 3000").await;
        let late = bring(&mut owner, &format!("{}\n\n", report(&file, REFUSED, &transfer("PO-1002", "RJCT", "AC01")))).await;
        let text = page(&mut owner, &late).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged, 1 left alone") && text.contains("PO-1002 waits for its answer in another one"), "{text}");
        assert!(!text.contains("Take it over"), "{text}");
        // A group that was executed is paid as a whole.
        let done = bring(&mut owner, &report(&next, "<GrpSts>ACSC</GrpSts>", "")).await;
        take(&mut owner, &done, "EUR 3000").await;
        assert_eq!((status(&shop, &maya).await["status"].clone(), status(&shop, &ada).await["status"].clone()), (json!("paid"), json!("paid")));
        proven(&shop).await;
    }

    async fn a_file_that_was_sent_twice_is_not_refused(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya], _, file) = in_a_file::<1>(&shop, &mut owner, &campaign).await;
        for code in ["AM05", "DU01"] {
            let group = format!("<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>");
            let twice = bring(&mut owner, &report(&file, &group, "")).await;
            let text = page(&mut owner, &twice).await;
            assert!(text.contains("s refused by the bank as sent twice; the first may be on its way, so nothing is taken over"), "{text}");
            assert!(!text.contains("Take it over"), "{text}");
            take(&mut owner, &twice, "failed EUR 2000").await;
            assert_eq!(status(&shop, &maya).await["status"], "pending", "it waits for the answer to the first");
        }
        let done = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        take(&mut owner, &done, "EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        proven(&shop).await;
    }

    async fn a_bank_speaks_of_a_file_by_its_groups(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], _, file) = in_a_file::<3>(&shop, &mut owner, &campaign).await;
        let groups = |said: &[(&str, &str)]| {
            let parts: String = said.iter().map(|(status, transfers)| format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>group</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts>{transfers}</OrgnlPmtInfAndSts>\n")).collect();
            format!("<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId></OrgnlGrpInfAndSts>\n{parts}</CstmrPmtStsRpt></Document>")
        };
        // One word of all its groups is said once of each payout.
        let refused = bring(&mut owner, &groups(&[("RJCT", ""), ("CANC", "")])).await;
        let text = page(&mut owner, &refused).await;
        assert!(text.contains("0 paid, 3 failed, 0 unchanged") && !text.contains("What is wrong"), "{text}");
        // Of several words nobody knows which one is whose.
        let unclear = bring(&mut owner, &groups(&[("ACSC", ""), ("RJCT", "")])).await;
        let text = page(&mut owner, &unclear).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 3 left alone", "ask the bank in which PO-1001 was", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");
        // Nor of a word beside a group in part, which the bank may have taken but for those that it names.
        let one = transfer("PO-1002", "RJCT", "AC01");
        let part = bring(&mut owner, &groups(&[("RJCT", ""), ("PART", one.as_str())])).await;
        let text = page(&mut owner, &part).await;
        for part in ["0 paid, 1 failed, 0 unchanged, 2 left alone", "ask the bank in which PO-1001 was", "ask the bank in which PO-1003 was", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // Those that are named have their own, and the last one waits for a person.
        let named = [("ACSC", transfer("PO-1001", "ACSC", "")), ("RJCT", transfer("PO-1002", "RJCT", "AC01"))];
        let named: Vec<(&str, &str)> = named.iter().map(|(status, transfers)| (*status, transfers.as_str())).collect();
        let named = bring(&mut owner, &groups(&named)).await;
        let text = page(&mut owner, &named).await;
        assert!(text.contains("1 paid, 1 failed, 0 unchanged, 1 left alone") && text.contains("ask the bank in which PO-1003 was"), "{text}");
        take(&mut owner, &named, "EUR 2000; failed EUR 1000").await;
        let now = [status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("failed"), json!("pending")]);
        proven(&shop).await;
    }

    async fn what_was_marked_paid_by_hand_is_refused_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada], _, file) = in_a_file::<2>(&shop, &mut owner, &campaign).await;
        shop.api().post(&path_of(&maya, "/mark-paid"), json!({})).await.expect(200);

        // What never left counts as paid here, and the page says so.
        let refused = bring(&mut owner, &report(&file, REFUSED, "")).await;
        let text = page(&mut owner, &refused).await;
        for part in ["PO-1001 is paid, and this says that it failed", "choose Money came back on its page", "0 paid, 1 failed, 0 unchanged"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");
        // As it is told, and then the rest.
        came_back(&mut owner, &maya).await;
        let text = page(&mut owner, &refused).await;
        assert!(text.contains("0 paid, 1 failed, 1 unchanged") && text.contains("Take over exactly €10.00 failed"), "{text}");
        take(&mut owner, &refused, "failed EUR 1000").await;
        assert_eq!((status(&shop, &maya).await["status"].clone(), status(&shop, &ada).await["status"].clone()), (json!("returned"), json!("failed")));
        let balance = balance(&shop.api(), &maya).await;
        assert_eq!((&balance["paid"], &balance["owed"]), (&json!(0), &json!(2000)), "{balance}");
        proven(&shop).await;
    }

    async fn what_was_withdrawn_is_executed_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada], path, first) = in_a_file::<2>(&shop, &mut owner, &campaign).await;
        withdraw(&mut owner, &path).await;
        // An old refusal says nothing of what waits for a file again.
        let refused = bring(&mut owner, &report(&first, REFUSED, "")).await;
        assert!(page(&mut owner, &refused).await.contains("0 paid, 0 failed, 0 unchanged"));
        // The bank had it after all: what waits is paid, and what is in another file by now is for a person.
        let done = bring(&mut owner, &report(&first, "<GrpSts>ACSC</GrpSts>", "")).await;
        assert!(page(&mut owner, &done).await.contains("2 paid, 0 failed, 0 unchanged"));
        test.clock.advance_ms(MINUTE_MS);
        let (path, second) = sepa(&mut owner, "EUR 3000").await;
        let text = page(&mut owner, &done).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 2 left alone", "PO-1001 waits for its answer in another one", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");
        withdraw(&mut owner, &path).await;
        take(&mut owner, &done, "EUR 3000").await;
        let now = [status(&shop, &maya).await, status(&shop, &ada).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("paid")]);

        // What the other file comes to is no mistake; had it been paid as well, somebody looks.
        let refused = bring(&mut owner, &report(&second, REFUSED, "")).await;
        let text = page(&mut owner, &refused).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 2 left alone", "says that PO-1001 failed, and it is paid here", "Look at it"] {
            assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part}: {text}");
        }
        assert!(!text.contains("What is wrong") && !text.contains("Take it over"), "{text}");
        let again = bring(&mut owner, &format!("{}\n", report(&first, "<GrpSts>ACSC</GrpSts>", ""))).await;
        let text = page(&mut owner, &again).await;
        assert!(text.contains("2 left alone") && text.contains("look whether it was paid twice"), "{text}");
        proven(&shop).await;
    }

    async fn one_that_is_owed_again_leaves_the_rest_of_a_file(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], path, file) = in_a_file::<3>(&shop, &mut owner, &campaign).await;
        withdraw(&mut owner, &path).await;
        shop.api().post(&path_of(&ada, "/cancel"), json!({})).await.expect(200);
        shop.api().post(&path_of(&cy, "/mark-paid"), json!({})).await.expect(200);
        came_back(&mut owner, &cy).await;

        // The bank had the file after all: one is cancelled here, one came back, and both are for a person.
        let done = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        let text = page(&mut owner, &done).await;
        for part in ["1 paid, 0 failed, 0 unchanged, 2 left alone", "PO-1002 was paid, and it is cancelled here", "PO-1003 was paid, and it is returned here", "Look at it", "Take over exactly €20.00"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("What is wrong"), "{text}");
        // Whom the bank names is a row that can be mended, and a mistake.
        let named = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", &transfer("PO-1002", "ACSC", ""))).await;
        let text = page(&mut owner, &named).await;
        assert!(text.contains("What is wrong") && !text.contains("Take it over"), "{text}");
        take(&mut owner, &done, "EUR 2000").await;
        let now = [status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("cancelled"), json!("returned")]);
        proven(&shop).await;
    }

    async fn what_had_failed_is_executed_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya], _, file) = in_a_file::<1>(&shop, &mut owner, &campaign).await;
        let refused = bring(&mut owner, &report(&file, REFUSED, "")).await;
        take(&mut owner, &refused, "failed EUR 2000").await;
        let done = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        let text = page(&mut owner, &done).await;
        assert!(text.contains("ays that PO-1001 was paid, and it failed here") && !text.contains("Take it over"), "{text}");
        assert_eq!(status(&shop, &maya).await["status"], "failed");
        proven(&shop).await;
    }
}
