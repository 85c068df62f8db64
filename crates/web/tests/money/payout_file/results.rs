//! Results that are brought back: a table of a provider or of one's own.

use serde_json::json;
use service::domain::payout_file::result;
use service::programme::payout_file;
use service::store::programme::payout::Payout;
use testkit::{TestApp, both_engines};

use super::shop::{
    PAYPAL, WISE, balance, drafted, page, path_of, programme, proven, returned_mails, status,
};
use super::staff::{FILES, bring, make, take};

both_engines! {
    async fn a_later_report_tells_what_came_back(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (bo, mut browser) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), PAYPAL).await;
        let (chi, _) = drafted(&shop, &campaign, "Chi", (7_500, "USD"), PAYPAL).await;
        let (dan, _) = drafted(&shop, &campaign, "Dan", (10_000, "USD"), PAYPAL).await;
        make(&mut owner, "paypal", "USD 4500").await;
        let report = |rows: &[(&str, &str, &str)]| {
            let lines: String = rows.iter().map(|(id, amount, state)| format!("{id},{amount},USD,{state}\n")).collect();
            format!("Customer ID,Amount,Currency,Transaction Status\n{lines}")
        };
        let first = bring(&mut owner, &report(&[("PO-1001", "10.00", "Success"), ("PO-1002", "15.00", "Success"), ("PO-1003", "20.00", "Failed")])).await;
        take(&mut owner, &first, "USD 2500; failed USD 2000").await;
        let api = shop.api();
        api.post(&path_of(&dan, "/cancel"), json!({})).await.expect(200);

        // A paid one that failed is a contradiction.
        let odd = bring(&mut owner, &report(&[("PO-1001", "10.00", "Failed")])).await;
        assert!(page(&mut owner, &odd).await.contains("PO-1001 is paid, and this says that it failed"));
        // The same report later: what was taken over is unchanged, and one came back.
        let later = bring(&mut owner, &report(&[("PO-1001", "10.00", "Success"), ("PO-1002", "15.00", "Returned"), ("PO-1003", "20.00", "Failed")])).await;
        let text = page(&mut owner, &later).await;
        for part in ["0 paid, 0 failed, 1 came back, 2 unchanged", "Take over exactly $15.00 back", "Came back"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        take(&mut owner, &later, "").await;
        assert_eq!(status(&shop, &chi).await["status"], "paid", "another total than was seen");
        take(&mut owner, &later, "returned USD 1500").await;
        assert!(page(&mut owner, &later).await.contains("0 paid, 0 failed, 1 came back"));
        assert_eq!((status(&shop, &bo).await["status"].clone(), status(&shop, &chi).await["status"].clone()), (json!("paid"), json!("returned")));
        let balance = balance(&api, &chi).await;
        assert_eq!((&balance["approved"], &balance["paid"], &balance["owed"]), (&json!(1500), &json!(0), &json!(1500)));
        // Who wants mail about payouts is told by mail.
        let mail = returned_mails(&shop).await;
        assert_eq!(mail.len(), 1);
        for part in ["$15.00", "PO-1002", "/portal/fernhill/account/payout-method", &format!("/portal/fernhill/payouts/{}", chi["id"].as_str().expect("an id"))] {
            assert!(mail[0].contains(part), "{part}: {}", mail[0]);
        }
        // Once more, nothing is left to change.
        let again = bring(&mut owner, &report(&[("PO-1002", "15.00", "Returned"), ("PO-1001", "10.00", "Success")])).await;
        let text = page(&mut owner, &again).await;
        assert!(text.contains("0 paid, 0 failed, 2 unchanged") && !text.contains("Take it over"), "{text}");
        // Who wants no mail about payouts gets none.
        let notices = "/portal/fernhill/account/notifications";
        page(&mut browser, notices).await;
        browser.post(notices, &[]).await.expect(303);
        let last = bring(&mut owner, &report(&[("PO-1001", "10.00", "Refunded")])).await;
        take(&mut owner, &last, "returned USD 1000").await;
        assert_eq!(status(&shop, &bo).await["status"], "returned");
        assert_eq!(returned_mails(&shop).await.len(), 1);
        proven(&shop).await;
    }

    async fn a_long_answer_is_read_row_by_row(test: TestApp) {
        let (shop, mut owner, _) = programme(&test).await;
        let affiliate = shop.affiliate("Maya").await;
        let mut made = Vec::new();
        for more in 0..40 {
            let amount: i64 = 1_000 + more;
            let bonus = json!({"affiliate_id": affiliate["id"], "amount": amount, "currency": "USD", "note": "Bonus"});
            shop.made("/commissions", bonus).await;
            let payout = shop.made("/payouts", json!({"affiliate_id": affiliate["id"]})).await["data"][0].clone();
            let id = payout["id"].as_str().expect("an id").to_owned();
            shop.api().post(&format!("/payouts/{id}/approve"), json!({})).await.expect(200);
            made.push((id, payout["number"].as_i64().expect("a number"), amount));
        }

        // Among 1,200 that are not here, by id and by number; five are named twice.
        let (mut lines, mut errors) = (vec!["payout_id,status".to_owned()], Vec::new());
        let (mut good, mut paid, mut failed, mut total, mut unpaid) = (lines.clone(), Vec::new(), Vec::new(), 0, 0);
        let mut unknown = (1..=985).chain(2001..=2215);
        for (at, (id, number, amount)) in made.iter().enumerate() {
            let which = if at % 4 == 0 { id.clone() } else { format!("PO-{number}") };
            let row = if at % 3 == 0 { format!("{which},failed") } else { format!("{which},paid") };
            lines.push(row.clone());
            good.push(row);
            if at % 3 == 0 {
                failed.push((lines.len(), *number));
                unpaid += *amount;
            } else {
                paid.push((lines.len(), *number));
                total += *amount;
            }
            for number in unknown.by_ref().take(30) {
                lines.push(format!("PO-{number},paid"));
                errors.push((lines.len(), "names a payout that is not here".to_owned()));
            }
        }
        for (at, (id, ..)) in made.iter().take(5).enumerate() {
            lines.push(format!("{id},paid"));
            errors.push((lines.len(), format!("names the same payout as line {}", at * 31 + 2)));
        }
        let size = |line: u64| usize::try_from(line).expect("a line");
        let named = |rows: &[(Payout, result::Answer)]| -> Vec<(usize, i64)> {
            rows.iter().map(|(payout, answer)| (size(answer.line), payout.number)).collect()
        };
        let mut work = shop.work().await;
        let id = payout_file::bring(&mut work, "answer.csv", lines.join("\n").as_bytes()).await.expect("a file");
        let (_, look) = payout_file::look(&mut work, id).await.expect("a look");
        drop(work);
        assert_eq!(named(&look.paid), paid);
        assert_eq!(named(&look.failed), failed);
        assert!(look.returned.is_empty() && look.unchanged.is_empty());
        let wrong: Vec<(usize, String)> = look.errors.into_iter().map(|error| (size(error.line), error.message)).collect();
        assert_eq!(wrong, errors);

        // Without the wrong rows it is taken over, and changes nothing when most of it is brought again.
        let result = bring(&mut owner, &good.join("\n")).await;
        take(&mut owner, &result, &format!("USD {total}; failed USD {unpaid}")).await;
        let payouts = shop.api().get("/payouts?limit=200").await.expect(200).json();
        let ended = |wanted: &str| payouts["data"].as_array().expect("rows").iter().filter(|payout| payout["status"] == wanted).count();
        assert_eq!((ended("paid"), ended("failed")), (paid.len(), failed.len()));
        let again = bring(&mut owner, &good[..30].join("\n")).await;
        assert!(page(&mut owner, &again).await.contains("0 paid, 0 failed, 29 unchanged"));
        proven(&shop).await;
    }

    async fn a_large_answer_is_read(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        drafted(&shop, &campaign, "Maya", (10_000, "USD"), WISE).await;
        make(&mut owner, "wise", "USD 2000").await;
        let more = "x".repeat(result::ROWS_MAX * 300);
        let large = bring(&mut owner, &format!("payout_id,status,more\nPO-1001,pending,{more}\n")).await;
        assert!(page(&mut owner, &large).await.contains("0 paid, 0 failed, 1 unchanged"));
        let room = payout_file::RESULT_BYTES_MAX;
        assert!(room >= result::ROWS_MAX * 2 * 1024, "a run's entries at 2 KB each");
        page(&mut owner, FILES).await;
        let beyond = vec![b'x'; room + 1];
        let answer = owner.upload("/admin/payouts/results", &[], &[("file", "answer.csv", beyond.as_slice())]).await;
        let refused = page(&mut owner, answer.expect(303).header("location")).await;
        assert!(refused.contains("The file is larger than 24 MB"), "{refused}");
    }
}
