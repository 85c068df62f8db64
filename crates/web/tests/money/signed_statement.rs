//! Signed statements: what the files prove, and that whatever is changed in one is found.

use serde_json::{Value, json};
use service::programme::signed_statement::file::{self, Proven};
use testkit::{Shop, TestApp, both_engines};

const DAY_MS: i64 = 86_400_000;

/// Two affiliates with sales on two days, 21 and 22 November.
async fn busy(test: &TestApp) -> (Shop<'_>, Vec<Value>) {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
    shop.made("/rules", rule).await;
    let campaign = shop.campaign("Spring").await;
    let mut affiliates = Vec::new();
    for name in ["maya", "ben"] {
        let affiliate = shop.affiliate(name).await;
        shop.partnership(&campaign, &affiliate, &format!("fernhill-{name}"))
            .await;
        affiliates.push(affiliate);
    }
    for day in 0..2 {
        for name in ["maya", "ben", "maya"] {
            let sale = json!({"external_id": format!("{name}-{}", shop.work().await.new_id::<domain::id::EventId>()),
                "customer": {"external_id": format!("{name}-c")}, "amount": 100_00, "currency": "USD", "code": format!("fernhill-{name}")});
            shop.made("/track/sale", sale).await;
        }
        if day == 0 {
            test.clock.advance_ms(DAY_MS);
        }
    }
    (shop, affiliates)
}

fn proven(text: &str) -> Proven {
    file::verify(text, None).unwrap_or_else(|broken| panic!("{broken}\n{text}"))
}

fn found(text: &str) -> (usize, String) {
    let broken = file::verify(text, None).expect_err("something is found");
    (broken.line, broken.what)
}

both_engines! {
    async fn the_whole_business_is_one_unbroken_chain(test: TestApp) {
        let (shop, _) = busy(&test).await;
        let mut staff = shop.browser().await;
        let get = async |staff: &mut testkit::Client, query: &str| {
            let answer = staff.get(&format!("/admin/ledger/statement.jsonl?{query}")).await.expect(200);
            assert!(answer.header("content-disposition").contains("attachment; filename=\"statement-2026-"));
            answer.text()
        };
        let first = get(&mut staff, "from=2026-11-01&to=2026-11-21").await;
        let second = get(&mut staff, "from=2026-11-22&to=2026-11-22").await;
        let (one, two) = (proven(&first), proven(&second));
        assert_eq!((one.entries.len(), two.entries.len()), (3, 3));
        assert_eq!(one.header.closing.balances.len(), 2, "expense and pending");
        file::follows(&one.header, &two.header).expect("nothing lies between them");
        assert!(file::follows(&two.header, &one.header).is_err());
        let page = staff.get("/admin/ledger/statements").await.expect(200).text();
        assert!(page.contains(&one.header.public_key), "{page}");
        file::verify(&first, Some(&one.header.public_key)).expect("signed with the key shown");
        assert!(file::verify(&first, Some(&"0".repeat(64))).is_err());

        // An empty period is a statement, too; a wrong one says so.
        assert_eq!(proven(&get(&mut staff, "from=2026-10-01&to=2026-10-31").await).entries.len(), 0);
        staff.get("/admin/ledger/statement.jsonl?from=2026-11-22&to=2026-11-21").await.expect(303);
        staff.get("/admin/ledger/statement.jsonl?from=x&to=y").await.expect(303);
        staff.get("/admin/ledger/statement.jsonl?from=2026-11-01&to=2026-11-21&affiliate=aff_01h455vb4pex5vsknk084sn02q").await.expect(404);

        // Whatever is changed is found, with its place.
        let lines: Vec<&str> = first.split_inclusive('\n').collect();
        let without = |gone: usize| lines.iter().enumerate().filter(|(n, _)| *n != gone).map(|(_, line)| *line).collect::<String>();
        let swapped = [lines[0], lines[2], lines[1], lines[3], lines[4]].concat();
        assert_eq!(found(&first.replacen("\"amount\":3000", "\"amount\":3001", 1)).0, 1, "the closing is not what the entries make");
        let (line, what) = found(&[lines[0], &lines[1].replace("1000", "1001"), lines[2], lines[3], lines[4]].concat());
        assert_eq!((line, what.as_str()), (2, "entry 1 was changed"));
        assert!(found(&without(2)).1.contains("entry 3 follows where 2 should"));
        assert!(found(&without(3)).1.contains("some were left out"));
        assert!(found(&without(4)).1.contains("some were left out"), "cut off at its end");
        assert!(found(&swapped).1.contains("entry 2 follows where 1 should"));
        assert!(found(&first.replacen("Fernhill", "Fernhall", 1)).1.contains("signature does not fit"));
        assert!(found("").1.contains("not a statement"));
        let at = lines[0].len() + lines[1].len() / 2;
        for flip in [3, at] {
            let mut bytes = first.clone().into_bytes();
            bytes[flip] ^= 1;
            assert!(String::from_utf8(bytes).map_or(true, |text| file::verify(&text, None).is_err()), "byte {flip}");
        }
    }

    async fn an_affiliates_statement_joins_up_and_leaves_nothing_out(test: TestApp) {
        let (shop, affiliates) = busy(&test).await;
        let mut maya = shop.portal(&affiliates[0]).await;
        let own = format!("/portal/{}/statement", shop.slug);
        let page = maya.get(&own).await.expect(200).text();
        assert!(page.contains("/statement.jsonl"), "{page}");
        let first = maya.get(&format!("{own}.jsonl?from=2026-11-01&to=2026-11-21")).await.expect(200).text();
        let second = maya.get(&format!("{own}.jsonl?from=2026-11-22&to=2026-11-22")).await.expect(200).text();
        let (one, two) = (proven(&first), proven(&second));
        assert_eq!((one.entries.len(), two.entries.len()), (2, 2));
        assert!(page.contains(&one.header.public_key));
        assert!(!first.contains("maya-c"), "no data of customers");
        file::follows(&one.header, &two.header).expect("nothing lies between them");
        assert_eq!(one.header.opening.count, 0);
        assert_eq!(two.header.closing.count, 4);

        let mut staff = shop.browser().await;
        let whole = proven(&staff.get("/admin/ledger/statement.jsonl?from=2026-11-01&to=2026-11-22").await.expect(200).text());
        file::within(&one, &whole).expect("every entry is there");
        file::within(&two, &whole).expect("every entry is there");
        let mut short = one.clone();
        short.entries.remove(1);
        assert!(file::within(&short, &whole).expect_err("one is left out").contains("entry 3"));
        // Left out and counted down, it no longer joins the next, though it may be signed anew.
        let mut header = one.header.clone();
        header.closing.count -= 1;
        assert!(file::follows(&header, &two.header).is_err());
        let lines: Vec<&str> = first.split_inclusive('\n').collect();
        assert!(found(&[lines[0], lines[1], lines[3]].concat()).1.contains("some were left out"));
        assert!(found(&[lines[0], lines[2], lines[1], lines[3]].concat()).1.contains("the order was changed"));
        // The entry of another in its place.
        let other = serde_json::to_string(&whole.entries[1]).expect("an entry") + "\n";
        assert!(found(&[lines[0], lines[1], &other, lines[3]].concat()).1.contains("is of another affiliate"));
        // Strangers get nothing.
        let mut nobody = test.browser();
        assert_eq!(nobody.get(&format!("{own}.jsonl")).await.status.as_u16(), 303);
    }
}
