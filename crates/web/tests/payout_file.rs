//! Payment files, their answers, and the statements of what was paid, over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};
use service::App;
use service::app::Settings;
use service::domain::payout_file::result;
use service::messaging::mail;
use service::programme::{payout_file, verify};
use service::random::SeededRandom;
use service::store::list::Window;
use service::store::programme::payout::Payout;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const FILES: &str = "/admin/payouts/files";
const ACCOUNT: &str = "/admin/settings/payouts/account";

/// A shop that pays a fifth and does not wait after a change of the payout method.
async fn programme<'a>(test: &'a TestApp) -> (Shop<'a>, Client, Value) {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}});
    shop.made("/rules", rule).await;
    let campaign = shop.campaign("Autumn").await;
    let mut owner = shop.browser().await;
    owner.get("/admin/settings/payouts").await.expect(200);
    let form = [
        ("payout_frequency", "monthly"),
        ("payout_method", "wise"),
        ("payout_hold_days", "0"),
    ];
    owner
        .post("/admin/settings/payouts", &form)
        .await
        .expect(303);
    (shop, owner, campaign)
}

/// An affiliate with a payout method and a drafted payout; the payout's JSON and the affiliate's browser.
async fn drafted(
    shop: &Shop<'_>,
    campaign: &Value,
    name: &str,
    (amount, currency): (i64, &str),
    method: &[(&str, &str)],
) -> (Value, Client) {
    let affiliate = shop.affiliate(name).await;
    let code = name.to_lowercase();
    shop.partnership(campaign, &affiliate, &code).await;
    let mut browser = shop.portal(&affiliate).await;
    if !method.is_empty() {
        let page = format!("/portal/{}/account/payout-method/change", shop.slug);
        browser.get(&page).await.expect(200);
        browser.post(&page, method).await.expect(303);
    }
    earn(shop, &code, "1", amount, currency).await;
    let body = json!({"affiliate_id": affiliate["id"]});
    let made = shop.made("/payouts", body).await;
    (made["data"][0].clone(), browser)
}

async fn earn(shop: &Shop<'_>, code: &str, number: &str, amount: i64, currency: &str) {
    let sale = json!({"external_id": format!("inv-{code}-{number}"), "customer": {"external_id": format!("customer of {code}"), "email": format!("{code}@kestrel.example")},
        "amount": amount, "currency": currency, "code": code});
    let sale = shop.made("/track/sale", sale).await;
    if sale["referral"]["status"] == "pending" {
        let path = format!(
            "/referrals/{}/approve",
            sale["referral"]["id"].as_str().expect("an id")
        );
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let path = format!(
        "/commissions/{}/approve",
        sale["commissions"][0]["id"].as_str().expect("an id")
    );
    shop.api().post(&path, json!({})).await.expect(200);
}

fn bank(holder: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("kind", "bank_transfer"),
        ("holder", holder),
        ("iban", "NL91 ABNA 0417 1643 00"),
        ("bic", ""),
        ("legal_name", "Okonkwo Média Ltd"),
        ("vat_id", "NL123456789B01"),
    ]
}

const WISE: &[(&str, &str)] = &[
    ("kind", "wise"),
    ("email", "bo@money.example"),
    ("legal_name", "Bo"),
];
const PAYPAL: &[(&str, &str)] = &[
    ("kind", "paypal"),
    ("email", "chi@money.example"),
    ("legal_name", "Chi"),
];

async fn page(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

async fn status(shop: &Shop<'_>, payout: &Value) -> Value {
    let path = format!("/payouts/{}", payout["id"].as_str().expect("an id"));
    shop.api().get(&path).await.expect(200).json()
}

/// Makes a file; its path.
async fn make(owner: &mut Client, format: &str, expected: &str) -> Answer {
    page(owner, &format!("{FILES}/new")).await;
    let currency = &expected[..3];
    let form = [
        ("format", format),
        ("currency", currency),
        ("expected", expected),
    ];
    owner.post(&format!("{FILES}/new"), &form).await.expect(303)
}

async fn download(owner: &mut Client, path: &str) -> Answer {
    page(owner, path).await;
    owner
        .post(&format!("{path}/download"), &[])
        .await
        .expect(200)
}

/// Brings a result file; its path.
async fn bring(owner: &mut Client, text: &str) -> String {
    page(owner, FILES).await;
    let answer = owner
        .upload(
            "/admin/payouts/results",
            &[],
            &[("file", "answer.csv", text.as_bytes())],
        )
        .await;
    answer.expect(303).header("location").to_owned()
}

async fn proven(shop: &Shop<'_>) {
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

/// Staff notes that the money of a payout came back.
async fn came_back(owner: &mut Client, payout: &Value) {
    let id = payout["id"].as_str().expect("an id");
    let form = format!("/admin/payouts/{id}/returned");
    page(owner, &form).await;
    let note = [("note", "Seen on the statement of the bank")];
    // Twice does no harm.
    owner.post(&form, &note).await.expect(303);
    owner.post(&form, &note).await.expect(303);
}

/// The texts of the mails that tell of money that came back.
async fn returned_mails(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let filter = mail::Filter {
        kind: Some("payout_returned".to_owned()),
        ..mail::Filter::default()
    };
    let lines = mail::list(&mut work, &filter, Window::all("id")).await;
    let mut texts = Vec::new();
    for line in lines.expect("mails") {
        let mail = mail::get(&mut work, line.id).await.expect("a mail");
        texts.push(mail.body_text);
    }
    texts
}

/// Says which account is paid from.
async fn account(owner: &mut Client) {
    page(owner, ACCOUNT).await;
    let form = [
        ("name", "Fernhill Ltd"),
        ("iban", "DE89370400440532013000"),
        ("bic", ""),
    ];
    owner.post(ACCOUNT, &form).await.expect(303);
}

/// Makes a SEPA file; its path, and its id as the bank has it.
async fn sepa(owner: &mut Client, expected: &str) -> (String, String) {
    let path = make(owner, "sepa", expected).await;
    let path = path.header("location").to_owned();
    let id = path.rsplit('/').next().expect("an id").replace('_', "");
    (path, id)
}

/// Says that a file was never sent.
async fn withdraw(owner: &mut Client, path: &str) {
    page(owner, path).await;
    owner
        .post(&format!("{path}/withdraw"), &[])
        .await
        .expect(303);
}

/// A status report on a file, with a status of the whole.
fn report(file: &str, whole: &str, transfers: &str) -> String {
    format!(
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId>{whole}</OrgnlGrpInfAndSts>\n\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}</OrgnlPmtInfId>{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

const REFUSED: &str = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>";

/// A transfer of a status report.
fn transfer(id: &str, code: &str, why: &str) -> String {
    let why = match why {
        "" => String::new(),
        why => format!("<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf>"),
    };
    format!(
        "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{why}</TxInfAndSts>\n"
    )
}

/// A booked entry of one payment: `DBIT` or `CRDT`, the amount, the day, what is in its references, and what else is
/// said.
fn entry(direction: &str, amount: &str, day: &str, refs: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
         <NtryDtls><TxDtls><Refs>{refs}</Refs>{more}</TxDtls></NtryDtls></Ntry>\n"
    )
}

/// References of a payment by its end-to-end id.
fn end_to_end(id: &str) -> String {
    format!("<EndToEndId>{id}</EndToEndId>")
}

fn statement(entries: &[String]) -> String {
    format!(
        "<Document><BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt></Document>",
        entries.concat()
    )
}

const BACK: &str = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";

/// Takes a result file over.
async fn take(owner: &mut Client, result: &str, expected: &str) {
    page(owner, result).await;
    let form = [("expected", expected)];
    owner
        .post(&format!("{result}/apply"), &form)
        .await
        .expect(303);
}

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
        let refused = shop.api().post(&format!("/payouts/{}/cancel", maya["id"].as_str().expect("an id")), json!({})).await.expect(409).text();
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
        owner.post(&format!("{wrong}/apply"), &[("expected", "EUR 2000")]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["status"], "pending");

        let answer = "payout_id,status,reference,paid_at,reason\nPO-1001,paid,B-1,2026-11-21,\nPO-1002,failed,,,Account closed\n";
        let result = bring(&mut owner, answer).await;
        let text = page(&mut owner, &result).await;
        assert!(text.contains("Take over exactly €20.00") && text.contains("1 paid, 1 failed, 0 unchanged"), "{text}");
        // What failed is a part of what was seen.
        for seen in ["EUR 1999; failed EUR 1000", "EUR 2000"] {
            owner.post(&format!("{result}/apply"), &[("expected", seen)]).await.expect(303);
            assert_eq!(status(&shop, &maya).await["status"], "pending");
            page(&mut owner, &result).await;
        }
        owner.post(&format!("{result}/apply"), &[("expected", "EUR 2000; failed EUR 1000")]).await.expect(303);
        let paid = status(&shop, &maya).await;
        assert_eq!((&paid["status"], &paid["reference"]), (&json!("paid"), &json!("B-1")));
        let failed = status(&shop, &ada).await;
        assert_eq!((&failed["status"], &failed["note"]), (&json!("failed"), &json!("Account closed")));
        // The same file twice changes nothing.
        assert_eq!(bring(&mut owner, answer).await, result);
        let text = page(&mut owner, &result).await;
        assert!(text.contains("Taken over by Owner 1") && !text.contains("Take over exactly"), "{text}");
        owner.post(&format!("{result}/apply"), &[("expected", "EUR 2000")]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["paid_at"], paid["paid_at"]);
        // What failed is taken back, and its commissions go into the next payout.
        page(&mut owner, &file).await;
        shop.api().post(&format!("/payouts/{}/cancel", ada["id"].as_str().expect("an id")), json!({})).await.expect(200);
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
        page(&mut owner, &result).await;
        owner.post(&format!("{result}/apply"), &[("expected", "USD 1500")]).await.expect(303);
        assert_eq!(status(&shop, &chi).await["reference"], "8AB");

        // What says another amount or currency is wrong, and names both.
        let odd = bring(&mut owner, "payout_id,status,amount,currency\nPO-1001,paid,9.99,USD\nPO-1002,paid,15.00,EUR\n").await;
        let text = page(&mut owner, &odd).await;
        for part in ["9.99 USD, but PO-1001 is 10.00 USD", "15.00 EUR, but PO-1002 is 15.00 USD"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Take it over"));
        owner.post(&format!("{odd}/apply"), &[("expected", "USD 1000")]).await.expect(303);
        assert_eq!(status(&shop, &bo).await["status"], "pending");

        // Never sent: in another file, which takes it as it is then.
        page(&mut owner, &wise).await;
        owner.post(&format!("{wise}/withdraw"), &[]).await.expect(303);
        assert!(page(&mut owner, &format!("{FILES}/new")).await.contains("All places (CSV)"));
        let plain = make(&mut owner, "csv", "USD 1000").await.header("location").to_owned();
        let text = download(&mut owner, &plain).await.text();
        assert!(text.contains(&format!("{},PO-1001,Bo,10.00,USD,wise,bo@money.example,,", bo["id"].as_str().expect("an id"))), "{text}");
        proven(&shop).await;
    }

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
        page(&mut owner, &first).await;
        owner.post(&format!("{first}/apply"), &[("expected", "USD 2500; failed USD 2000")]).await.expect(303);
        let api = shop.api();
        api.post(&format!("/payouts/{}/cancel", dan["id"].as_str().expect("an id")), json!({})).await.expect(200);

        // A paid one that failed is a contradiction.
        let odd = bring(&mut owner, &report(&[("PO-1001", "10.00", "Failed")])).await;
        assert!(page(&mut owner, &odd).await.contains("PO-1001 is paid, and this says that it failed"));
        // The same report later: what was taken over is unchanged, and one came back.
        let later = bring(&mut owner, &report(&[("PO-1001", "10.00", "Success"), ("PO-1002", "15.00", "Returned"), ("PO-1003", "20.00", "Failed")])).await;
        let text = page(&mut owner, &later).await;
        for part in ["0 paid, 0 failed, 1 came back, 2 unchanged", "Take over exactly $15.00 back", "Came back"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        owner.post(&format!("{later}/apply"), &[("expected", "")]).await.expect(303);
        assert_eq!(status(&shop, &chi).await["status"], "paid", "another total than was seen");
        page(&mut owner, &later).await;
        owner.post(&format!("{later}/apply"), &[("expected", "returned USD 1500")]).await.expect(303);
        assert!(page(&mut owner, &later).await.contains("0 paid, 0 failed, 1 came back"));
        assert_eq!((status(&shop, &bo).await["status"].clone(), status(&shop, &chi).await["status"].clone()), (json!("paid"), json!("returned")));
        let balance = api.get(&format!("/affiliates/{}/balance", chi["affiliate_id"].as_str().expect("an id"))).await.expect(200).json()["data"][0].clone();
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
        page(&mut owner, &last).await;
        owner.post(&format!("{last}/apply"), &[("expected", "returned USD 1000")]).await.expect(303);
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
        page(&mut owner, &result).await;
        let expected = format!("USD {total}; failed USD {unpaid}");
        owner.post(&format!("{result}/apply"), &[("expected", expected.as_str())]).await.expect(303);
        let payouts = shop.api().get("/payouts?limit=200").await.expect(200).json();
        let ended = |wanted: &str| payouts["data"].as_array().expect("rows").iter().filter(|payout| payout["status"] == wanted).count();
        assert_eq!((ended("paid"), ended("failed")), (paid.len(), failed.len()));
        let again = bring(&mut owner, &good[..30].join("\n")).await;
        assert!(page(&mut owner, &again).await.contains("0 paid, 0 failed, 29 unchanged"));
        proven(&shop).await;
    }

    async fn what_is_paid_has_a_statement_with_a_number_of_its_own(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (bo, mut other) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        let path = |payout: &Value, after: &str| format!("/payouts/{}{after}", payout["id"].as_str().expect("an id"));
        let admin = |payout: &Value| format!("/admin{}", path(payout, "/invoice"));
        owner.get(&admin(&maya)).await.expect(303);
        let early = owner.get(&format!("{}.pdf", admin(&maya))).await.expect(303);
        assert_eq!(early.header("location"), format!("/admin{}", path(&maya, "")));
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
        shop.api().post(&path(&maya, "/mark-paid"), json!({"paid_at": "2030-01-01T00:00:00Z"})).await.expect(422);
        shop.api().post(&path(&maya, "/mark-paid"), json!({"reference": "WIRE-1"})).await.expect(200);
        shop.api().post(&path(&bo, "/mark-paid"), json!({})).await.expect(200);
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
        let own = format!("/portal/fernhill{}", path(&maya, "/invoice"));
        assert!(body.contains("SB/26-0001") && body.contains(&own), "{body}");
        assert!(page(&mut browser, &own).await.contains("SB/26-0001"));
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path(&maya, ""))).await.contains("SB/26-0001"));
        other.get(&own).await.expect(404);
        // As a file it is the same for both sides, whenever it is taken, and for nobody else.
        let title = "Self-billing invoice SB/26-0001";
        assert!(page(&mut browser, &own).await.contains(&format!("href=\"{own}.pdf\"")));
        assert!(page(&mut owner, &admin(&maya)).await.contains(&format!("href=\"{}.pdf\"", admin(&maya))));
        let file = browser.get(&format!("{own}.pdf")).await.expect_pdf("SB-26-0001", title);
        test.clock.advance_ms(MINUTE_MS);
        assert_eq!(owner.get(&format!("{}.pdf", admin(&maya))).await.expect_pdf("SB-26-0001", title), file);
        let inside = format!("/admin/affiliates/{}/inside{}", maya["affiliate_id"].as_str().expect("an id"), path(&maya, "/invoice.pdf"));
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
        shop.api().post(&path(&next, "/mark-paid"), json!({})).await.expect(200);
        let text = page(&mut owner, &admin(&next)).await;
        for part in ["X-0003", "Carried forward from earlier refunds", "−€5.00", "€15.00"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = page(&mut owner, &admin(&maya)).await;
        assert!(text.contains("SB/26-0001") && text.contains("€20.00"));
        proven(&shop).await;
    }

    async fn money_that_came_back_has_a_credit_note(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (bo, mut other) = drafted(&shop, &campaign, "Bo", (5_000, "USD"), WISE).await;
        let path = |payout: &Value, after: &str| format!("/payouts/{}{after}", payout["id"].as_str().expect("an id"));
        let legal = |prefix: &'static str, self_billing: &'static str| {
            [("legal_name", "Fernhill Ltd"), ("street", ""), ("postcode", ""), ("city", ""), ("country", "GB"), ("vat_id", "GB999999973"), ("prefix", prefix),
                ("self_billing", self_billing), ("remark", "")]
        };
        page(&mut owner, "/admin/settings/legal").await;
        let refused = owner.post("/admin/settings/legal", &legal("SB-CN-", "true")).await.expect(422).text();
        assert!(refused.contains("must not end with CN-"), "{refused}");
        owner.post("/admin/settings/legal", &legal("SB-", "true")).await.expect(303);
        shop.api().post(&path(&maya, "/mark-paid"), json!({})).await.expect(200);
        shop.api().post(&path(&bo, "/mark-paid"), json!({})).await.expect(200);
        let note = |payout: &Value| format!("/admin{}", path(payout, "/credit-note"));
        for ending in ["", ".pdf"] {
            let early = owner.get(&format!("{}{ending}", note(&maya))).await.expect(303);
            assert_eq!(early.header("location"), format!("/admin{}", path(&maya, "")));
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
        let text = page(&mut owner, &format!("/admin{}", path(&maya, "/invoice"))).await;
        for part in ["SB-0001", "Self-billing invoice", "does not count any more", "The credit note SB-CN-0002 cancels it."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("\u{2212}€20.00"), "{text}");
        let text = page(&mut owner, &format!("/admin{}", path(&maya, ""))).await;
        assert!(text.contains("Statement SB-0001") && text.contains("Credit note SB-CN-0002"), "{text}");

        // The affiliate has the same: on the payout, as a page, on the statement of the period and in the mail. Nobody else does.
        let own = format!("/portal/fernhill{}", path(&maya, "/credit-note"));
        assert!(page(&mut browser, &own).await.contains("SB-CN-0002"));
        assert!(page(&mut browser, &format!("/portal/fernhill{}", path(&maya, ""))).await.contains("Credit note SB-CN-0002"));
        let text = page(&mut browser, "/portal/fernhill/statement?currency=EUR").await;
        assert!(text.contains("Payout came back") && text.contains("PO-1001 · SB-CN-0002"), "{text}");
        assert!(returned_mails(&shop).await.iter().any(|text| text.contains("PO-1001") && text.contains("SB-CN-0002")));
        other.get(&own).await.expect(404);
        let file = browser.get(&format!("{own}.pdf")).await.expect_pdf("SB-CN-0002", "Credit note SB-CN-0002");
        assert_eq!(owner.get(&format!("{}.pdf", note(&maya))).await.expect_pdf("SB-CN-0002", "Credit note SB-CN-0002"), file);
        other.get(&format!("{own}.pdf")).await.expect(404);
        page(&mut other, "/portal/fernhill/account").await;
        other.post("/portal/fernhill/account", &[("name", "Bo"), ("language", "de")]).await.expect(303);
        let text = page(&mut other, &format!("/portal/fernhill{}", path(&bo, "/credit-note"))).await;
        assert!(text.contains("Storno der Gutschrift (Rechnungskorrektur)") && text.contains("Hebt SB-0002 vom"), "{text}");
        let file = other.get(&format!("/portal/fernhill{}", path(&bo, "/credit-note.pdf"))).await;
        let _ = file.expect_pdf("SB-CN-0001", "Storno der Gutschrift (Rechnungskorrektur) SB-CN-0001");

        // Paid again and back again: both series go on, and a plain statement is cancelled too.
        page(&mut owner, "/admin/settings/legal").await;
        let plain: Vec<_> = legal("X-", "").into_iter().filter(|pair| pair.0 != "self_billing").collect();
        owner.post("/admin/settings/legal", &plain).await.expect(303);
        let next = shop.made("/payouts", json!({"affiliate_id": maya["affiliate_id"]})).await["data"][0].clone();
        shop.api().post(&path(&next, "/mark-paid"), json!({})).await.expect(200);
        assert!(page(&mut owner, &format!("/admin{}", path(&next, "/invoice"))).await.contains("X-0003"));
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
        let legal = [("legal_name", "Fernhill Ltd"), ("street", ""), ("postcode", ""), ("city", ""), ("country", "GB"), ("vat_id", "GB999999973"), ("prefix", "SB-"),
            ("self_billing", "true"), ("remark", "")];
        owner.post("/admin/settings/legal", &legal).await.expect(303);
        let path = |after: &str| format!("/payouts/{}{after}", maya["id"].as_str().expect("an id"));
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
        let balance = format!("/affiliates/{}/balance", maya["affiliate_id"].as_str().expect("an id"));
        let balance = api.get(&balance).await.expect(200).json()["data"][0].clone();
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

    async fn a_bank_answers_in_xml(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        page(&mut owner, ACCOUNT).await;
        let form = [("name", "Fernhill Ltd"), ("iban", "DE89370400440532013000"), ("bic", "")];
        owner.post(ACCOUNT, &form).await.expect(303);
        make(&mut owner, "sepa", "EUR 3500").await;
        assert_eq!(status(&shop, &cy).await["status"], "pending");

        // The status report: one was executed, one was refused, one is on its way.
        let transfer = |id: &str, code: &str, more: &str| format!("<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{more}</TxInfAndSts>\n");
        let amount = |text: &str| format!("<AcctSvcrRef>B-77</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{text}</InstdAmt></Amt></OrgnlTxRef>");
        let report = |transfers: &[String]| {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>\n{}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", transfers.concat())
        };
        let refused = transfer("PO-1002", "RJCT", "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>");
        let other = bring(&mut owner, &report(&[transfer("PO-1001", "ACSC", &amount("19.00")), refused.clone()])).await;
        let text = page(&mut owner, &other).await;
        assert!(text.contains("PO-1001 is 20.00 EUR") && !text.contains("Take it over"), "another amount: {text}");
        let good = bring(&mut owner, &report(&[transfer("PO-1001", "ACSC", &amount("20.00")), refused, transfer("PO-1003", "ACSP", "")])).await;
        let text = page(&mut owner, &good).await;
        assert!(text.contains("1 paid, 1 failed, 1 unchanged") && text.contains("AC04, the account is closed"), "{text}");
        owner.post(&format!("{good}/apply"), &[("expected", "EUR 2000; failed EUR 1000")]).await.expect(303);
        let (first, second, third) = (status(&shop, &maya).await, status(&shop, &ada).await, status(&shop, &cy).await);
        assert_eq!((&first["status"], &first["reference"], &second["status"], &third["status"]), (&json!("paid"), &json!("B-77"), &json!("failed"), &json!("pending")));
        assert_eq!(second["note"], "AC04, the account is closed");

        // The account: the last one was booked, the first came back, and there are others that are not ours.
        let entry = |direction: &str, amount: &str, id: &str, more: &str| format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs>{more}</TxDtls></NtryDtls></Ntry>");
        let back = "<RtrInf><Rsn><Cd>AC06</Cd></Rsn></RtrInf>";
        let entries = [entry("DBIT", "5.00", "PO-1003", ""), entry("CRDT", "20.00", "PO-1001", back), entry("DBIT", "900.00", "RENT", ""), entry("DBIT", "77.00", "PO-4711", "")];
        let camt = format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>", entries.concat());
        let booked = bring(&mut owner, &camt).await;
        let text = page(&mut owner, &booked).await;
        assert!(text.contains("1 paid, 0 failed, 1 came back, 0 unchanged") && text.contains("AC06, the account is blocked"), "{text}");
        owner.post(&format!("{booked}/apply"), &[("expected", "EUR 500; returned EUR 2000")]).await.expect(303);
        assert_eq!((&status(&shop, &cy).await["status"], &status(&shop, &maya).await["status"]), (&json!("paid"), &json!("returned")));

        // What is no answer of a bank changes nothing and says so.
        let wrong = bring(&mut owner, "<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>").await;
        let text = page(&mut owner, &wrong).await;
        assert!(text.contains("efines a document type, which is not read") && !text.contains("Take it over"), "{text}");
        proven(&shop).await;
    }

    async fn a_statement_of_the_bank_tells_of_an_earlier_attempt(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let id = maya["id"].as_str().expect("an id");
        page(&mut owner, ACCOUNT).await;
        let form = [("name", "Fernhill Ltd"), ("iban", "DE89370400440532013000"), ("bic", "")];
        owner.post(ACCOUNT, &form).await.expect(303);
        make(&mut owner, "sepa", "EUR 2000").await;
        // On its way, to be settled on a day to come, and then refused.
        let report = |code: &str, more: &str| {
            format!("<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>PO-1001</OrgnlEndToEndId><TxSts>{code}</TxSts>{more}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")
        };
        let waits = bring(&mut owner, &report("ACSP", "<FctvIntrBkSttlmDt><Dt>2026-11-27</Dt></FctvIntrBkSttlmDt>")).await;
        let text = page(&mut owner, &waits).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged"), "{text}");
        let refused = bring(&mut owner, &report("RJCT", "")).await;
        page(&mut owner, &refused).await;
        owner.post(&format!("{refused}/apply"), &[("expected", "failed EUR 2000")]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["status"], "failed");
        page(&mut owner, &format!("/admin/payouts/{id}")).await;
        owner.post(&format!("/admin/payouts/{id}/reopen"), &[]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["status"], "pending");

        // What came back before it was sent again says nothing of what is on its way now.
        let entry = |direction: &str, day: &str, more: &str| format!(
            "<Ntry><Amt Ccy=\"EUR\">20.00</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>PO-1001</EndToEndId></Refs>{more}</TxDtls></NtryDtls></Ntry>");
        let statement = |entries: &[String]| format!("<Document><BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt></Document>", entries.concat());
        let (first, back) = (entry("DBIT", "2026-11-19", ""), entry("CRDT", "2026-11-20", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"));
        let earlier = bring(&mut owner, &statement(&[first.clone(), back.clone()])).await;
        let text = page(&mut owner, &earlier).await;
        assert!(text.contains("0 paid, 0 failed, 1 unchanged") && !text.contains("Take it over"), "{text}");
        // With the second payment it is paid, and it did not come back.
        let whole = bring(&mut owner, &statement(&[first, back.clone(), entry("DBIT", "2026-11-21", "")])).await;
        let text = page(&mut owner, &whole).await;
        assert!(text.contains("1 paid, 0 failed, 0 unchanged"), "{text}");
        owner.post(&format!("{whole}/apply"), &[("expected", "EUR 2000")]).await.expect(303);
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        let late = bring(&mut owner, &statement(&[back])).await;
        let text = page(&mut owner, &late).await;
        assert!(text.contains("PO-1001 came back before the day on which it was paid") && !text.contains("Take it over"), "{text}");
        assert_eq!(status(&shop, &maya).await["status"], "paid");
        proven(&shop).await;
    }

    async fn a_bank_refuses_a_whole_file(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3500").await;

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
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 2000").await;
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

    async fn an_odd_entry_leaves_the_rest_of_a_statement(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        account(&mut owner).await;
        sepa(&mut owner, "EUR 3500").await;
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

    async fn a_bank_speaks_of_a_file_by_its_groups(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3500").await;
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
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3000").await;
        let path = |payout: &Value, after: &str| format!("/payouts/{}{after}", payout["id"].as_str().expect("an id"));
        shop.api().post(&path(&maya, "/mark-paid"), json!({})).await.expect(200);

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
        let balance = format!("/affiliates/{}/balance", maya["affiliate_id"].as_str().expect("an id"));
        let balance = shop.api().get(&balance).await.expect(200).json()["data"][0].clone();
        assert_eq!((&balance["paid"], &balance["owed"]), (&json!(0), &json!(2000)), "{balance}");
        proven(&shop).await;
    }

    async fn what_was_withdrawn_is_executed_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        account(&mut owner).await;
        let (path, first) = sepa(&mut owner, "EUR 3000").await;
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
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        account(&mut owner).await;
        let (path, file) = sepa(&mut owner, "EUR 3500").await;
        withdraw(&mut owner, &path).await;
        let of = |payout: &Value, after: &str| format!("/payouts/{}{after}", payout["id"].as_str().expect("an id"));
        shop.api().post(&of(&ada, "/cancel"), json!({})).await.expect(200);
        shop.api().post(&of(&cy, "/mark-paid"), json!({})).await.expect(200);
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

    async fn what_came_back_as_sent_twice_is_for_a_person(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let (cy, _) = drafted(&shop, &campaign, "Cy", (2_500, "EUR"), &bank("Cy")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3500").await;
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

    async fn what_had_failed_is_executed_as_a_whole(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 2000").await;
        let refused = bring(&mut owner, &report(&file, REFUSED, "")).await;
        take(&mut owner, &refused, "failed EUR 2000").await;
        let done = bring(&mut owner, &report(&file, "<GrpSts>ACSC</GrpSts>", "")).await;
        let text = page(&mut owner, &done).await;
        assert!(text.contains("ays that PO-1001 was paid, and it failed here") && !text.contains("Take it over"), "{text}");
        assert_eq!(status(&shop, &maya).await["status"], "failed");
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
        let owed = async |payout: &Value| {
            let path = format!("/affiliates/{}/balance", payout["affiliate_id"].as_str().expect("an id"));
            shop.api().get(&path).await.expect(200).json()["data"][0]["owed"].clone()
        };
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

    async fn two_businesses_are_paid_from_one_account(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        account(&mut owner).await;
        let (path, file) = sepa(&mut owner, "EUR 2000").await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        let approve = format!("/payouts/{}/approve", ada["id"].as_str().expect("an id"));
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
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3000").await;
        let refused = bring(&mut owner, &report(&file, REFUSED, "")).await;
        take(&mut owner, &refused, "failed EUR 3000").await;
        let cancel = format!("/payouts/{}/cancel", ada["id"].as_str().expect("an id"));
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
        let (maya, _) = drafted(&shop, &campaign, "Maya", (10_000, "EUR"), &bank("Maya")).await;
        let (ada, _) = drafted(&shop, &campaign, "Ada", (5_000, "EUR"), &bank("Ada")).await;
        account(&mut owner).await;
        let (_, file) = sepa(&mut owner, "EUR 3000").await;
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
