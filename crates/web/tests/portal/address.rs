//! Changing one's own log-in address in the portal.

use domain::text::fold;
use service::identity::setting::{self, SettingPatch};
use service::messaging::mail;
use service::store::list::Window;
use service::store::portal::account::{self, Account};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
const OLD: &str = "maya@affiliates.example.com";
const NEW: &str = "Maya@Letters.example";
const PAGE: &str = "/portal/fernhill/account/address";
const ENTER: &str = "/portal/fernhill/account/address/enter";

/// Does the jobs that wait, at an instant of their own, so that mails are in order.
async fn do_jobs(test: &TestApp) {
    test.clock.advance_ms(1_000);
    test.write_codes().await;
    test.clock.advance_ms(1_000);
}

/// Kind, address and text of all mails, the latest first.
async fn mails(shop: &Shop<'_>) -> Vec<(String, String, String)> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await;
    let mut all = Vec::new();
    for line in lines.expect("mails") {
        let text = mail::get(&mut work, line.id)
            .await
            .expect("a mail")
            .body_text;
        all.push((line.kind, line.to_address, text));
    }
    all
}

async fn code(test: &TestApp, shop: &Shop<'_>) -> String {
    do_jobs(test).await;
    let (kind, _, text) = mails(shop).await.remove(0);
    assert_eq!(kind, "address_code");
    let (_, rest) = text.split_once("Your code: ").expect("a code");
    rest.chars().take(9).collect()
}

async fn accounts(shop: &Shop<'_>, email: &str) -> Vec<Account> {
    let mut work = shop.work().await;
    let all = account::list_by_email(&mut work.tx, &fold(email), 100).await;
    all.expect("accounts")
}

async fn log_in(test: &TestApp, email: &str) -> (Answer, Client) {
    let mut browser = test.browser();
    let form = [("email", email), ("password", PASSWORD)];
    let answer = browser.post("/portal/fernhill/log-in", &form).await;
    (answer, browser)
}

async fn ask(browser: &mut Client, email: &str) -> Answer {
    browser.get(&format!("{PAGE}?another=1")).await.expect(200);
    browser.post(PAGE, &[("email", email)]).await
}

/// Gives the password again, as sensitive pages ask for it.
async fn prove(browser: &mut Client) {
    let page = "/portal/fernhill/account/prove";
    browser.get(page).await.expect(200);
    browser
        .post(page, &[("password", PASSWORD)])
        .await
        .expect(303);
}

async fn duplicates(shop: &Shop<'_>) {
    let mut work = shop.work().await;
    let patch = SettingPatch {
        allow_duplicate_contact: Some(true),
        ..SettingPatch::default()
    };
    setting::update(&mut work, patch).await.expect("set");
    work.commit().await.expect("stored");
}

both_engines! {
    async fn the_address_is_changed_by_a_code_to_the_new_one(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut browser = shop.portal(&maya).await;
        let (_, mut other) = log_in(&test, OLD).await;
        other.get("/portal/fernhill/").await.expect(200);
        for wrong in ["", "nobody", " MAYA@affiliates.example.com "] {
            let page = ask(&mut browser, wrong).await.expect(422).text();
            assert!(page.contains("email-error"), "{wrong}: {page}");
        }
        ask(&mut browser, NEW).await.expect(303);
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(page.contains("name=\"code\"") && page.contains(NEW), "{page}");
        let soon = ask(&mut browser, NEW).await.expect(429);
        assert_eq!(soon.header("retry-after"), "60");
        let shown = code(&test, &shop).await;
        assert_eq!(mails(&shop).await[0].1, NEW);
        browser.get(PAGE).await.expect(200);
        let wrong = browser.post(ENTER, &[("code", "0000-0000")]).await.expect(422).text();
        assert!(wrong.contains("code-error"), "{wrong}");
        assert!(accounts(&shop, NEW).await.is_empty());
        let before = browser.cookie("portal_fernhill");
        let done = browser.post(ENTER, &[("code", &shown)]).await.expect(303);
        assert_eq!(done.header("location"), "/portal/fernhill/account/security");
        assert_ne!(browser.cookie("portal_fernhill"), before, "a new secret");
        // Told at the old address, masked; all other sessions end.
        let (kind, to, text) = mails(&shop).await.remove(0);
        assert_eq!((kind.as_str(), to.as_str()), ("account_changed", OLD));
        assert!(text.contains("M•••@Letters.example") && !text.contains(NEW), "{text}");
        other.get("/portal/fernhill/").await.expect(303);
        let page = browser.get("/portal/fernhill/account/security").await.expect(200).text();
        assert!(page.contains(NEW) && !page.contains(OLD), "{page}");
        log_in(&test, OLD).await.0.expect(422);
        test.clock.advance_ms(MINUTE_MS);
        log_in(&test, NEW).await.0.expect(303);
        // The affiliate is reached there, too, and staff finds them by it.
        let id = maya["id"].as_str().expect("an id");
        let seen = shop.api().get(&format!("/affiliates/{id}")).await.expect(200).json();
        assert_eq!(seen["email"], NEW);
        let found = shop.browser().await.get("/admin/affiliates?q=letters").await.expect(200).text();
        assert!(found.contains(NEW), "{found}");
        // The code is spent.
        browser.get(PAGE).await.expect(200);
        browser.post(ENTER, &[("code", &shown)]).await.expect(422);
    }

    async fn it_asks_for_a_proof_first(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        browser.get("/portal/fernhill/account/security").await.expect(200);
        test.clock.advance_ms(15 * MINUTE_MS);
        let to = browser.get(PAGE).await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/account/prove?next=%2Fportal%2Ffernhill%2Faccount%2Faddress");
        browser.post(PAGE, &[("email", NEW)]).await.expect(303);
        browser.post(ENTER, &[("code", "1")]).await.expect(303);
        do_jobs(&test).await;
        assert!(mails(&shop).await.iter().all(|(kind, ..)| kind != "address_code"));
    }

    async fn an_address_that_is_not_free_is_answered_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let _tom = shop.portal(&shop.affiliate("Tom").await).await;
        let tom = "tom@affiliates.example.com";
        let free = "eve@affiliates.example.com";
        let mut pages = Vec::new();
        for email in [tom, free] {
            let answer = ask(&mut browser, email).await.expect(303);
            do_jobs(&test).await;
            let page = browser.get(PAGE).await.expect(200);
            let text = page.text().replace(email, "ADDRESS").replace(page.header("x-request-id"), "REQUEST");
            browser.get(PAGE).await.expect(200);
            let refused = browser.post(ENTER, &[("code", "1234-5678")]).await.expect(422);
            let words = refused.text().replace(email, "ADDRESS").replace(refused.header("x-request-id"), "REQUEST");
            pages.push((answer.header("location").to_owned(), text, words));
        }
        assert_eq!(pages[0], pages[1]);
        let kinds: Vec<_> = mails(&shop).await.into_iter().map(|(kind, to, _)| (kind, to)).collect();
        assert_eq!(kinds[0], ("address_code".to_owned(), free.to_owned()));
        assert_eq!(kinds[1], ("address_taken".to_owned(), tom.to_owned()));
        // Taken between the mail and the code: nothing is changed.
        let shown = code(&test, &shop).await;
        let _eve = shop.portal(&shop.affiliate("Eve").await).await;
        browser.get(PAGE).await.expect(200);
        browser.post(ENTER, &[("code", &shown)]).await.expect(422);
        assert_eq!(accounts(&shop, free).await.len(), 1);
        assert_eq!(accounts(&shop, OLD).await.len(), 1);
    }

    async fn a_code_is_for_the_account_that_asked(test: TestApp) {
        let shop = test.business("Fernhill").await;
        duplicates(&shop).await;
        let _maya = shop.portal(&shop.affiliate("Maya").await).await;
        let mut work = shop.work().await;
        let hash = account::list_by_email(&mut work.tx, OLD, 1).await.expect("accounts").remove(0).password_hash.expect("a hash");
        let new = account::NewAccount {
            id: work.new_id(),
            email: OLD,
            email_folded: OLD,
            name: "Maya Two",
            password_hash: &hash,
            affiliate_id: None,
            created_at_ms: work.now,
        };
        assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
        work.commit().await.expect("stored");
        let second = new.id.to_string();
        let first = accounts(&shop, OLD).await.into_iter().find(|account| account.id != new.id).expect("the first").id.to_string();
        let (answer, mut browser) = log_in(&test, OLD).await;
        browser.get(answer.expect(303).header("location")).await.expect(200);
        browser.post("/portal/fernhill/log-in/accounts", &[("account", &first)]).await.expect(303);
        ask(&mut browser, NEW).await.expect(303);
        let shown = code(&test, &shop).await;
        // Goes on as the other account, in the same browser, and proves who they are.
        browser.get("/portal/fernhill/accounts").await.expect(200);
        browser.post("/portal/fernhill/accounts", &[("account", &second)]).await.expect(303);
        prove(&mut browser).await;
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(!page.contains("name=\"code\"") && !page.contains(NEW), "{page}");
        browser.post(ENTER, &[("code", &shown)]).await.expect(422);
        assert!(accounts(&shop, NEW).await.is_empty());
        // Back again the code is as good as it was.
        browser.get("/portal/fernhill/accounts").await.expect(200);
        browser.post("/portal/fernhill/accounts", &[("account", &first)]).await.expect(303);
        prove(&mut browser).await;
        let page = browser.get(PAGE).await.expect(200).text();
        assert!(page.contains("name=\"code\"") && page.contains(NEW), "{page}");
        browser.post(ENTER, &[("code", &shown)]).await.expect(303);
        let changed = accounts(&shop, NEW).await;
        assert_eq!(changed.iter().map(|account| account.id.to_string()).collect::<Vec<_>>(), [first]);
        assert_eq!(accounts(&shop, OLD).await.len(), 1);
    }

    async fn duplicates_may_share_an_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        duplicates(&shop).await;
        let mut browser = shop.portal(&shop.affiliate("Maya").await).await;
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        let email = "tom@affiliates.example.com";
        ask(&mut browser, email).await.expect(303);
        let shown = code(&test, &shop).await;
        // The code is the browser's that asked, and for changing an address.
        tom.get(PAGE).await.expect(200);
        tom.post(ENTER, &[("code", &shown)]).await.expect(422);
        browser.get(PAGE).await.expect(200);
        browser.post(ENTER, &[("code", &shown)]).await.expect(303);
        assert_eq!(accounts(&shop, email).await.len(), 2);
        // Tom goes on; the affiliate of Maya keeps her address, for Tom's affiliate has the other.
        tom.get("/portal/fernhill/").await.expect(200);
        let all = shop.api().get("/affiliates").await.expect(200).json();
        let emails: Vec<_> = all["data"].as_array().expect("rows").iter().map(|row| row["email"].as_str().expect("text").to_owned()).collect();
        assert!(emails.contains(&OLD.to_owned()) && emails.contains(&email.to_owned()), "{emails:?}");
        // Both have the same password: a choice is asked for.
        let (answer, _) = log_in(&test, email).await;
        assert!(answer.expect(303).header("location").contains("/log-in/accounts"));
    }
}
