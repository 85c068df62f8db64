//! What was booked on the account, as its statements tell.

use serde_json::json;
use testkit::{TestApp, both_engines};

use super::bank_xml::{
    BACK, REFUSED, end_to_end, entry, report, statement, transfer, transfer_with,
};
use super::shop::{MINUTE_MS, bank, drafted, page, path_of, programme, proven, status};
use super::staff::{bring, download, in_a_file, take};

both_engines! {
    async fn a_statement_of_the_bank_tells_of_an_earlier_attempt(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya], ..) = in_a_file::<1>(&shop, &mut owner, &campaign).await;
        let id = maya["id"].as_str().expect("an id");
        // On its way, to be settled on a day to come, and then refused.
        let report = |code: &str, more: &str| {
            format!("<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts>{}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", transfer_with("PO-1001", code, more))
        };
        let waits = bring(&mut owner, &report("ACSP", "<FctvIntrBkSttlmDt><Dt>2026-11-27</Dt></FctvIntrBkSttlmDt>")).await;
        let text = page(&mut owner, &waits).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged"), "{text}");
        let refused = bring(&mut owner, &report("RJCT", "")).await;
        take(&mut owner, &refused, "failed EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "failed");
        page(&mut owner, &format!("/admin/payouts/{id}")).await;
        owner.post(&format!("/admin/payouts/{id}/reopen"), &[]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["status"], "pending");

        // What came back before it was sent again says nothing of what is on its way now.
        let booked = |direction: &str, day: &str, more: &str| entry(direction, "20.00", day, &end_to_end("PO-1001"), more);
        let (first, back) = (booked("DBIT", "2026-11-19", ""), booked("CRDT", "2026-11-20", BACK));
        let earlier = bring(&mut owner, &statement(&[first.clone(), back.clone()])).await;
        let text = page(&mut owner, &earlier).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged") && !text.contains("Take it over"), "{text}");
        // With the second payment it is paid, and it did not come back.
        let whole = bring(&mut owner, &statement(&[first, back.clone(), booked("DBIT", "2026-11-21", "")])).await;
        let text = page(&mut owner, &whole).await;
        assert!(text.contains("1 paid, 0 failed, 0 unchanged"), "{text}");
        take(&mut owner, &whole, "EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        let late = bring(&mut owner, &statement(&[back])).await;
        let text = page(&mut owner, &late).await;
        assert!(text.contains("PO-1001 came back before the day on which it was paid") && !text.contains("Take it over"), "{text}");
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        proven(&shop).await;
    }

    async fn an_odd_entry_leaves_the_rest_of_a_statement(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], ..) = in_a_file::<3>(&shop, &mut owner, &campaign).await;
        // One was paid twice, one says that it is of a year to come, and one is as it should be.
        let entries = [
            entry("DBIT", "20.00", "2026-11-21", &end_to_end("PO-1001"), ""),
            entry("DBIT", "20.00", "2026-11-21", &end_to_end("PO-1001"), ""),
            entry("DBIT", "10.00", "2027-11-21", &end_to_end("PO-1002"), ""),
            entry("DBIT", "5.00", "2026-11-21", &end_to_end("PO-1003"), ""),
        ];
        let odd = bring(&mut owner, &statement(&entries)).await;
        let text = page(&mut owner, &odd).await;
        for part in ["2 paid, 0 failed, 0 unchanged, 2 left alone", "s a second entry of what line 1 tells", "PO-1002 was paid in the future", "Look at it", "Take over exactly €25.00"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        take(&mut owner, &odd, "EUR 2500").await;
        let now = [status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("pending"), json!("paid")]);
        // Paid twice and back once it is paid: nothing is owed again.
        let back = entry("CRDT", "20.00", "2026-11-21", &end_to_end("PO-1001"), BACK);
        let back = bring(&mut owner, &statement(&[&entries[..2], &[back]].concat())).await;
        let text = page(&mut owner, &back).await;
        assert!(text.contains("0 paid, 0 failed, 0 unchanged, 2 left alone") && text.contains("one of them may stand") && !text.contains("Take it over"), "{text}");
        proven(&shop).await;
    }

    async fn two_businesses_are_paid_from_one_account(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya], path, file) = in_a_file::<1>(&shop, &mut owner, &campaign).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let approve = path_of(&ada, "/approve");
        shop.api().post(&approve, json!({})).await.expect(200);
        let instruction = maya["id"].as_str().expect("an id").replace('_', "");
        let xml = download(&mut owner, &path).await.text();
        assert!(xml.contains(&format!("<InstrId>{instruction}</InstrId><EndToEndId>PO-1001</EndToEndId>")), "{xml}");

        let day = "2026-11-21";
        let with = |name: &str, id: &str, number: &str| format!("<{name}>{id}</{name}>{}", end_to_end(number));
        let others = [
            entry("DBIT", "77.00", day, &end_to_end("PO-1001"), ""),
            entry("DBIT", "20.00", day, &with("InstrId", "pay01h455vb4pex5vsknk084sn02q", "PO-1001"), ""),
            entry("DBIT", "20.00", day, &with("PmtInfId", "pfl01h455vb4pex5vsknk084sn02q", "PO-1001"), ""),
            // Approved here, and in no file: the same number and amount by chance.
            entry("DBIT", "10.00", day, &end_to_end("PO-1002"), ""),
            entry("DBIT", "5.00", day, &end_to_end("PO-4711"), ""),
        ];
        let foreign = bring(&mut owner, &statement(&others)).await;
        let text = page(&mut owner, &foreign).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 5 left alone", "ays 77.00 EUR, and the PO-1001 here is €20.00", "s about another PO-1001 than the one here",
            "ames a payment file that the PO-1001 here was not in", "ames PO-1002, which was in no payment file for a bank", "o payout here has this number"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");
        // Where the bank names our own instruction, another amount is a mistake.
        let odd = bring(&mut owner, &statement(&[entry("DBIT", "77.00", day, &with("InstrId", &instruction.to_uppercase(), "PO-1001"), "")])).await;
        let text = page(&mut owner, &odd).await;
        assert!(text.contains("ays 77.00 EUR, but PO-1001 is 20.00 EUR") && !text.contains("Take it over"), "{text}");
        // Among those of the other business, ours is booked.
        let ours = entry("DBIT", "20.00", day, &with("MsgId", &file, "PO-1001"), "");
        let both = bring(&mut owner, &statement(&[&others[..], &[ours]].concat())).await;
        let text = page(&mut owner, &both).await;
        assert!(text.contains("1 paid, 0 failed, 0 unchanged, 5 left alone"), "{text}");
        take(&mut owner, &both, "EUR 2000").await;
        assert_eq!((status(&shop, &maya).await["status"].clone(), status(&shop, &ada).await["status"].clone()), (json!("paid"), json!("pending")));
        // A report on a file is about that file alone.
        let wrong = bring(&mut owner, &report(&file, "", &transfer("PO-1002", "ACSC", ""))).await;
        let text = page(&mut owner, &wrong).await;
        assert!(text.contains("ames a payment file that the PO-1002 here was not in") && !text.contains("Take it over"), "{text}");
        proven(&shop).await;
    }

    async fn what_failed_is_paid_after_all(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada], _, file) = in_a_file::<2>(&shop, &mut owner, &campaign).await;
        let refused = bring(&mut owner, &report(&file, REFUSED, "")).await;
        take(&mut owner, &refused, "failed EUR 3000").await;
        let cancel = path_of(&ada, "/cancel");
        shop.api().post(&cancel, json!({})).await.expect(200);

        // Booked on the day on which it failed: it may be what came back, of which a person knows. What comes back of it changes nothing.
        let out = |number: &str, amount: &str, day: &str| entry("DBIT", amount, day, &end_to_end(number), "");
        let unclear = bring(&mut owner, &statement(&[out("PO-1001", "20.00", "2026-11-21"), out("PO-1002", "10.00", "2026-11-21")])).await;
        let text = page(&mut owner, &unclear).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 2 left alone", "choose Try again and then Mark paid on its page", "PO-1002 was paid, and it is cancelled here", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let back = bring(&mut owner, &statement(&[entry("CRDT", "20.00", "2026-11-21", &end_to_end("PO-1001"), BACK)])).await;
        let text = page(&mut owner, &back).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged") && text.contains("it had failed already, so nothing changes"), "{text}");
        // In a file that can be mended it is a mistake.
        let row = "payout_id,status\nPO-1001,paid\n";
        let wrong = bring(&mut owner, row).await;
        let text = page(&mut owner, &wrong).await;
        assert!(text.contains("choose Try again and then Mark paid on its page") && !text.contains("Take it over"), "{text}");

        // Booked on a later day: the money has left.
        test.clock.advance_ms(3 * 24 * 60 * MINUTE_MS);
        let mut owner = shop.browser().await;
        let after = bring(&mut owner, &statement(&[out("PO-1001", "20.00", "2026-11-23")])).await;
        let text = page(&mut owner, &after).await;
        assert!(text.contains("1 paid, 0 failed, 0 unchanged") && text.contains("Paid after all"), "{text}");
        take(&mut owner, &after, "EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        proven(&shop).await;
    }

    async fn what_failed_is_marked_paid_as_a_statement_tells(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada], _, file) = in_a_file::<2>(&shop, &mut owner, &campaign).await;
        let part = bring(&mut owner, &report(&file, "<GrpSts>PART</GrpSts>", &transfer("PO-1001", "RJCT", "AC01"))).await;
        take(&mut owner, &part, "failed EUR 2000").await;

        // The statement pays one, and leaves the other to a person: once it is taken over it stays as it is.
        let out = |number: &str, amount: &str| entry("DBIT", amount, "2026-11-21", &end_to_end(number), "");
        let booked = bring(&mut owner, &statement(&[out("PO-1001", "20.00"), out("PO-1002", "10.00")])).await;
        let text = page(&mut owner, &booked).await;
        assert!(text.contains("1 paid, 0 failed, 0 unchanged, 1 left alone"), "{text}");
        take(&mut owner, &booked, "EUR 1000").await;
        assert_eq!(status(&shop, &ada).await["status"], "paid");
        let text = page(&mut owner, &booked).await;
        assert!(text.contains("Taken over by Owner 1") && text.contains("choose Try again and then Mark paid on its page"), "{text}");

        // As it is told.
        let payout = format!("/admin/payouts/{}", maya["id"].as_str().expect("an id"));
        assert!(page(&mut owner, &payout).await.contains("Try again"));
        owner.post(&format!("{payout}/reopen"), &[]).await.expect(303);
        assert!(page(&mut owner, &payout).await.contains("Mark paid"));
        page(&mut owner, &format!("{payout}/pay")).await;
        let form = [("expected", "2000"), ("reference", "S-7"), ("paid_on", "2026-11-21")];
        owner.post(&format!("{payout}/pay"), &form).await.expect(303);
        let paid = status(&shop, &maya).await;
        assert_eq!((&paid["status"], &paid["reference"]), (&json!("paid"), &json!("S-7")));
        // Nothing is left to look at.
        let text = page(&mut owner, &booked).await;
        assert!(!text.contains("Look at it") && !text.contains("Take it over"), "{text}");
        proven(&shop).await;
    }
}
