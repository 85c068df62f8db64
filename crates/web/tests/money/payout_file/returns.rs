//! Money that came back in part, or of which nobody can tell which payment it was.

use serde_json::{Value, json};
use testkit::{TestApp, both_engines};

use super::bank_xml::{BACK, end_to_end, entry, report, statement, transfer};
use super::shop::{PAYPAL, balance, bank, drafted, page, programme, proven, status};
use super::staff::{account, bring, came_back, in_a_file, make, sepa, take};

both_engines! {
    async fn what_came_back_as_sent_twice_is_for_a_person(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let ([maya, ada, cy], _, file) = in_a_file::<3>(&shop, &mut owner, &campaign).await;
        let paid = [transfer("PO-1001", "ACSC", ""), transfer("PO-1002", "ACSC", "")].concat();
        let paid = bring(&mut owner, &report(&file, "", &paid)).await;
        take(&mut owner, &paid, "EUR 3000").await;

        // The second payment came back, and the first may stand; the rest of the statement goes on.
        let (day, twice) = ("2026-11-21", BACK.replace("AC04", "AM05"));
        let refs = format!("<MsgId>{file}</MsgId>{}", end_to_end("PO-1001"));
        let back = bring(&mut owner, &statement(&[
            entry("CRDT", "20.00", day, &refs, &twice),
            entry("CRDT", "10.00", day, &end_to_end("PO-1002"), BACK),
            entry("DBIT", "5.00", day, &end_to_end("PO-1003"), ""),
            entry("CRDT", "5.00", day, &end_to_end("PO-1003"), &twice),
        ])).await;
        let text = page(&mut owner, &back).await;
        for part in ["0 paid, 0 failed, 1 came back, 0 unchanged, 2 left alone", "ame back as sent twice, so another payment of PO-1001 may stand. If none does, choose Money came back on its page",
            "another payment of PO-1003 may stand. If one does, choose Mark paid on its page", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        take(&mut owner, &back, "returned EUR 1000").await;
        let now = [status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("returned"), json!("pending")]);

        // As it is told; then nothing of it is left to look at.
        came_back(&mut owner, &maya).await;
        let text = page(&mut owner, &back).await;
        assert!(!text.contains("another payment of PO-1001") && text.contains("another payment of PO-1003"), "{text}");
        proven(&shop).await;
    }

    async fn a_return_less_a_fee_is_owed_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (chi, _) = drafted(&shop, &campaign, "Chi", (7_500, "USD"), PAYPAL).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3000").await;
        make(&mut owner, "paypal", "USD 1500").await;
        let paid = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        take(&mut owner, &paid, "EUR 3000").await;
        let head = "Customer ID,Amount,Currency,Transaction Status\n";
        let paid = bring(&mut owner, &format!("{head}PO-1003,15.00,USD,Success\n")).await;
        take(&mut owner, &paid, "USD 1500").await;

        // More than was paid is not this payout; less that nobody explains is for a person.
        let day = "2026-11-21";
        let more = bring(&mut owner, &statement(&[entry("CRDT", "20.01", day, &end_to_end("PO-1001"), BACK)])).await;
        let text = page(&mut owner, &more).await;
        assert!(text.contains("0 unchanged, 1 left alone") && text.contains("ays 20.01 EUR, and the PO-1001 here is €20.00") && !text.contains("Take it over"), "{text}");
        let charges = "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">2.50</TtlChrgsAndTaxAmt></Chrgs>";
        let less = bring(&mut owner, &statement(&[
            entry("CRDT", "17.50", day, &end_to_end("PO-1001"), &format!("{BACK}{charges}")),
            entry("CRDT", "8.00", day, &end_to_end("PO-1002"), BACK),
        ])).await;
        let text = page(&mut owner, &less).await;
        for part in ["0 paid, 0 failed, 1 came back, 0 unchanged, 1 left alone", "€17.50 arrived, a fee of €2.50 was kept", "Of what came back, €2.50 was kept as a fee", "the bank does not say that it kept the rest"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        take(&mut owner, &less, "returned EUR 2000").await;
        assert_eq!(status(&shop, &maya).await["status"], "paid", "the fee is a part of what was seen");
        take(&mut owner, &less, "returned EUR 2000; fees EUR 250").await;
        assert_eq!((status(&shop, &maya).await["status"].clone(), status(&shop, &ada).await["status"].clone()), (json!("returned"), json!("paid")));
        let owed = async |payout: &Value| balance(&shop.api(), payout).await["owed"].clone();
        assert_eq!(owed(&maya).await, json!(2_000), "the whole is owed again");
        let text = page(&mut owner, &format!("/admin/payouts/{}", maya["id"].as_str().expect("an id"))).await;
        assert!(text.contains("Of €20.00, €17.50 arrived: a fee of €2.50 was kept"), "{text}");
        assert!(page(&mut owner, "/admin/audit?q=kept").await.contains("a fee of €2.50 was kept"));

        // By hand, what arrived is not more than was paid.
        let form = format!("/admin/payouts/{}/returned", ada["id"].as_str().expect("an id"));
        page(&mut owner, &form).await;
        for wrong in ["10.01", "0", "much"] {
            let typed = [("note", "Seen on the statement of the bank"), ("arrived", wrong)];
            let refused = owner.post(&form, &typed).await.expect(422).text();
            assert!(refused.contains("arrived-error") && refused.contains(&format!("value=\"{wrong}\"")), "{wrong}: {refused}");
        }
        let typed = [("note", "Seen on the statement of the bank"), ("arrived", "8.00")];
        owner.post(&form, &typed).await.expect(303);
        assert_eq!((status(&shop, &ada).await["status"].clone(), owed(&ada).await), (json!("returned"), json!(1_000)));
        let text = page(&mut owner, &format!("/admin/payouts/{}", ada["id"].as_str().expect("an id"))).await;
        assert!(text.contains("a fee of €2.00 was kept"), "{text}");

        // A provider's own report is about ours alone.
        let back = bring(&mut owner, &format!("{head}PO-1003,14.25,USD,Returned\n")).await;
        take(&mut owner, &back, "returned USD 1500; fees USD 75").await;
        assert_eq!((status(&shop, &chi).await["status"].clone(), owed(&chi).await), (json!("returned"), json!(1_500)));
        proven(&shop).await;
    }

    async fn a_part_that_came_back_is_for_a_person(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (chi, _) = drafted(&shop, &campaign, "Chi", (7_500, "USD"), PAYPAL).await;
        let (dan, _) = drafted(&shop, &campaign, "Dan", (10_000, "USD"), PAYPAL).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 2000").await;
        make(&mut owner, "paypal", "USD 3500").await;
        let paid = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        take(&mut owner, &paid, "EUR 2000").await;
        let head = "Customer ID,Amount,Currency,Transaction Status\n";
        let paid = bring(&mut owner, &format!("{head}PO-1002,15.00,USD,Success\nPO-1003,20.00,USD,Success\n")).await;
        take(&mut owner, &paid, "USD 3500").await;

        // Although the bank names our own file, a part is not the whole.
        let refs = format!("<MsgId>{file}</MsgId>{}", end_to_end("PO-1001"));
        let part = bring(&mut owner, &statement(&[entry("CRDT", "19.50", "2026-11-21", &refs, BACK)])).await;
        let text = page(&mut owner, &part).await;
        for part in ["0 paid, 0 failed, 0 unchanged, 1 left alone", "s a return of €19.50, and PO-1001 is €20.00", "the bank does not say that it kept the rest", "Look at it"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");

        // A provider keeps a tenth at the most; what is less is a mistake to be cleared up.
        let less = bring(&mut owner, &format!("{head}PO-1002,13.49,USD,Returned\nPO-1003,18.00,USD,Returned\n")).await;
        let text = page(&mut owner, &less).await;
        for part in ["s a return of $13.49, and PO-1002 is $15.00", "more than a tenth is missing", "0 paid, 0 failed, 1 came back, 0 unchanged"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"), "{text}");
        let now = [status(&shop, &maya).await, status(&shop, &chi).await, status(&shop, &dan).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("paid"), json!("paid"), json!("paid")]);

        // As it is told; then the same file goes on with the rest.
        let form = format!("/admin/payouts/{}/returned", chi["id"].as_str().expect("an id"));
        page(&mut owner, &form).await;
        let typed = [("note", "Seen in the account at the provider"), ("arrived", "13.49")];
        owner.post(&form, &typed).await.expect(303);
        let text = page(&mut owner, &less).await;
        assert!(text.contains("0 paid, 0 failed, 1 came back, 1 unchanged"), "{text}");
        take(&mut owner, &less, "returned USD 2000; fees USD 200").await;
        let now = [status(&shop, &chi).await, status(&shop, &dan).await];
        assert_eq!(now.map(|payout| payout["status"].clone()), [json!("returned"), json!("returned")]);
        proven(&shop).await;
    }
}
