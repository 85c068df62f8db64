//! Signing up in the portal, the home of an account without an app, and what it may not see.

use domain::text::fold;
use serde_json::json;
use service::identity::setting::{self, SettingPatch};
use service::messaging::mail;
use service::portal::invitation;
use service::portal::login_code;
use service::store::list::Window;
use service::store::portal::account::{self, Account};
use service::store::portal::session;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const NOOR: &str = "noor@example.com";
const PASSWORD: &str = "a kettle in the orchard";

/// Kind, address and text of all mails, the latest first.
async fn mails(shop: &Shop<'_>) -> Vec<(String, String, String)> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let mut all = Vec::new();
    for line in lines {
        let text = mail::get(&mut work, line.id)
            .await
            .expect("a mail")
            .body_text;
        all.push((line.kind, line.to_address, text));
    }
    all
}

/// The code in the latest mail to an address.
async fn mailed(shop: &Shop<'_>, email: &str) -> String {
    let all = mails(shop).await;
    let (_, _, text) = all
        .iter()
        .find(|(kind, to, _)| kind == "sign_up_code" && to == email)
        .expect("a mail with a code");
    let (_, rest) = text.split_once("Your code: ").expect("a code");
    rest.chars().take(9).collect()
}

async fn sign_up(browser: &mut Client, name: &str, email: &str, password: &str) -> Answer {
    let fields = [("name", name), ("email", email), ("password", password)];
    browser.post("/portal/fernhill/sign-up", &fields).await
}

async fn enter(browser: &mut Client, code: &str) -> Answer {
    browser
        .post("/portal/fernhill/code/enter", &[("code", code)])
        .await
}

async fn accounts(shop: &Shop<'_>, email: &str) -> Vec<Account> {
    let mut work = shop.work().await;
    account::list_by_email(&mut work.tx, &fold(email), 100)
        .await
        .expect("read")
}

async fn set(shop: &Shop<'_>, patch: SettingPatch) {
    let mut work = shop.work().await;
    setting::update(&mut work, patch).await.expect("set");
    work.commit().await.expect("stored");
}

/// Signs up to the end; the browser is logged in.
async fn signed_up(
    test: &TestApp,
    shop: &Shop<'_>,
    name: &str,
    email: &str,
    password: &str,
) -> Client {
    let mut browser = test.browser();
    sign_up(&mut browser, name, email, password)
        .await
        .expect(303);
    test.write_codes().await;
    let code = mailed(shop, email).await;
    assert!(is_in(&enter(&mut browser, &code).await));
    shop.profile_told(email).await;
    browser
}

fn is_in(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location") == "/portal/fernhill/"
}

/// An answer without what differs by nature: the address that was typed and the request's id.
fn bare(answer: &Answer, email: &str) -> (u16, String, String) {
    let text = answer
        .text()
        .replace(email, "ADDRESS")
        .replace(answer.header("x-request-id"), "");
    (
        answer.status.as_u16(),
        answer.header("location").to_owned(),
        text,
    )
}

both_engines! {
    async fn the_code_makes_the_account_and_the_password_opens_it(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        let page = browser.get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(page.contains("/portal/fernhill/sign-up"), "{page}");
        browser.get("/portal/fernhill/sign-up").await.expect(200);
        let to = sign_up(&mut browser, "Noor Haddad", " Noor@example.com", PASSWORD).await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/code");
        let page = browser.get("/portal/fernhill/code").await.expect(200).text();
        assert!(page.contains("spam") && page.contains("15 minutes") && page.contains("Keep your log-in safe"), "{page}");
        test.write_codes().await;
        assert!(accounts(&shop, NOOR).await.is_empty(), "nothing is made before the code");
        let log_in = [("email", NOOR), ("password", PASSWORD)];
        test.browser().post("/portal/fernhill/log-in", &log_in).await.expect(422);
        let code = mailed(&shop, "Noor@example.com").await;
        assert!(enter(&mut browser, "0000-0000").await.expect(422).text().contains("not the code"));
        assert!(is_in(&enter(&mut browser, &code).await));
        // The profile is asked for before anything else; the name is all that it must have.
        let asked = browser.get("/portal/fernhill/").await.expect(303);
        assert_eq!(asked.header("location"), "/portal/fernhill/account?next=%2Fportal%2Ffernhill%2F");
        let page = browser.get(asked.header("location")).await.expect(200).text();
        assert!(page.contains("One thing before you go on") && page.contains("Noor Haddad"), "{page}");
        let told = [("name", "Noor Haddad"), ("next", "/portal/fernhill/")];
        assert!(is_in(&browser.post("/portal/fernhill/account", &told).await));
        let home = browser.get("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("Welcome, Noor") && home.contains("No apps yet"), "{home}");
        let made = accounts(&shop, NOOR).await;
        assert_eq!((made.len(), made[0].name.as_str(), made[0].affiliate_id), (1, "Noor Haddad", None));
        // Used up.
        assert!(!is_in(&enter(&mut browser, &code).await));
        test.clock.advance_ms(2_000);
        let mut elsewhere = test.browser();
        assert!(is_in(&elsewhere.post("/portal/fernhill/log-in", &log_in).await));
        let typed = {
            let mut work = shop.work().await;
            let newest = service::store::portal::login_code::newest(&mut work.tx, NOOR).await.expect("read").expect("a request");
            service::store::portal::sign_up::find(&mut work.tx, newest.id).await.expect("read")
        };
        assert_eq!(typed, None, "what was typed is gone with the account");
    }

    async fn a_code_is_good_until_it_is_fifteen_minutes_old(test: TestApp) {
        let shop = test.business("Fernhill").await;
        for (age_ms, good, email) in [(15 * MINUTE_MS - 1, true, NOOR), (15 * MINUTE_MS, false, "late@example.com")] {
            let mut browser = test.browser();
            sign_up(&mut browser, "Noor", email, PASSWORD).await.expect(303);
            test.write_codes().await;
            let code = mailed(&shop, email).await;
            test.clock.advance_ms(age_ms);
            assert_eq!(is_in(&enter(&mut browser, &code).await), good);
            assert_eq!(accounts(&shop, email).await.len(), usize::from(good));
        }
    }

    async fn five_wrong_codes_are_all(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        sign_up(&mut browser, "Noor", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop, NOOR).await;
        for _ in 0..5 {
            assert!(enter(&mut browser, "1111-1111").await.expect(422).text().contains("not the code"));
        }
        assert!(enter(&mut browser, &code).await.expect(422).text().contains("void"));
        assert!(accounts(&shop, NOOR).await.is_empty());
    }

    async fn many_right_codes_at_once_make_one_account_and_one_session(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        sign_up(&mut browser, "Noor", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop, NOOR).await;
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let (mut browser, code) = (browser.clone(), code.clone());
                tokio::spawn(async move { enter(&mut browser, &code).await })
            })
            .collect();
        let mut let_in = 0;
        for call in calls {
            let answer = call.await.expect("no panic");
            if is_in(&answer) {
                let_in += 1;
            } else if answer.status != 503 {
                // A slow machine may have let one wait too long for the database.
                answer.expect(422);
            }
        }
        let made = accounts(&shop, NOOR).await;
        assert_eq!((let_in, made.len()), (1, 1));
        let mut work = shop.work().await;
        let sessions = session::list_of_account(&mut work.tx, made[0].id).await;
        assert_eq!(sessions.expect("sessions").len(), 1);
    }

    async fn bad_input_is_told_by_its_field_and_kept(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        for (name, email, password, field) in [
            ("", NOOR, PASSWORD, "name-error"),
            ("Noor", "no address", PASSWORD, "email-error"),
            ("Noor", NOOR, "short12", "password-error"),
            ("Noor", NOOR, "Password123", "password-error"),
        ] {
            let page = sign_up(&mut browser, name, email, password).await.expect(422).text();
            assert!(page.contains(field) && page.contains(email) && !page.contains(password), "{page}");
        }
        test.write_codes().await;
        assert!(mails(&shop).await.is_empty());
    }

    async fn another_code_and_another_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = test.browser();
        sign_up(&mut browser, "Noor", "typo@example.com", PASSWORD).await.expect(303);
        let again = |email: &'static str| [("email", email)];
        let soon = browser.post("/portal/fernhill/sign-up/again", &again("typo@example.com")).await.expect(429);
        assert_eq!(soon.header("retry-after"), "60");
        assert!(soon.text().contains("Ask again in 60 seconds"));
        test.write_codes().await;
        let first = mailed(&shop, "typo@example.com").await;
        let wrong = browser.post("/portal/fernhill/sign-up/again", &again("nothing")).await.expect(422).text();
        assert!(wrong.contains("email-error"), "{wrong}");
        browser.post("/portal/fernhill/sign-up/again", &again(NOOR)).await.expect(303);
        test.write_codes().await;
        assert!(!is_in(&enter(&mut browser, &first).await), "the first address proves nothing any more");
        let code = mailed(&shop, NOOR).await;
        assert!(is_in(&enter(&mut browser, &code).await));
        assert!(accounts(&shop, "typo@example.com").await.is_empty());
        assert_eq!(accounts(&shop, NOOR).await.len(), 1);
        // Nothing is kept any more to ask again for.
        test.clock.advance_ms(MINUTE_MS);
        assert!(browser.post("/portal/fernhill/sign-up/again", &again(NOOR)).await.expect(303).header("location").contains("log-in"));
    }

    async fn without_duplicates_an_address_has_one_account(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let _noor = signed_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        test.clock.advance_ms(MINUTE_MS);
        let mut second = test.browser();
        let asked = sign_up(&mut second, "Other", NOOR, "some other words here").await;
        assert_eq!(asked.header("location"), "/portal/fernhill/code");
        let before = mails(&shop).await.len();
        test.write_codes().await;
        let all = mails(&shop).await;
        assert_eq!((all.len(), all[0].0.as_str(), all[0].1.as_str()), (before + 1, "has_account", NOOR));
        assert!(all[0].2.contains("/portal/fernhill/log-in"), "{}", all[0].2);
        assert!(!all[0].2.contains("Other"), "what a stranger typed is not mailed");
        let page = second.get("/portal/fernhill/code").await.expect(200).text();
        assert!(page.contains("is on its way") && !page.contains("already has"), "{page}");
        enter(&mut second, "1234-5678").await.expect(422);
        assert_eq!(accounts(&shop, NOOR).await.len(), 1);
    }

    async fn two_codes_of_one_address_make_one_account(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (mut one, mut two) = (test.browser(), test.browser());
        sign_up(&mut one, "One", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop, NOOR).await;
        let flow = one.cookie("portal_flow_fernhill").expect("a flow");
        login_code::prove(&test.app, shop.id, &flow, &code).await.expect("proven");
        // Before the first proof is spent, the address gets its account by another request.
        test.clock.advance_ms(MINUTE_MS);
        sign_up(&mut two, "Two", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop, NOOR).await;
        assert!(is_in(&enter(&mut two, &code).await));
        let client = service::portal::session::Client { host: "localhost:8080".to_owned(), user_agent: String::new() };
        assert!(service::portal::sign_up::finish(&test.app, shop.id, &flow, &client).await.is_err());
        assert_eq!(accounts(&shop, NOOR).await.len(), 1);
    }

    async fn with_duplicates_ten_accounts_are_the_most(test: TestApp) {
        let shop = test.business("Fernhill").await;
        set(&shop, SettingPatch { allow_duplicate_contact: Some(true), ..SettingPatch::default() }).await;
        for number in 0..10 {
            let name = format!("Noor {number}");
            let _ = signed_up(&test, &shop, &name, NOOR, &format!("{PASSWORD} {number}")).await;
            test.clock.advance_ms(DAY_MS);
        }
        let mut eleventh = test.browser();
        sign_up(&mut eleventh, "Noor 10", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        assert_eq!(mails(&shop).await[0].0, "has_account");
        assert_eq!(accounts(&shop, NOOR).await.len(), 10);
        // Nor does an invitation make one more; one of the ten can take it.
        let noor = shop.made("/affiliates", json!({"name": "Noor", "email": NOOR, "status": "approved"})).await;
        let id = noor["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let mut work = shop.work().await;
        let link = invitation::invite(&mut work, id).await.expect("invited").link.expect("a link");
        work.commit().await.expect("stored");
        let path = link.trim_start_matches("http://localhost:8080");
        let mut guest = test.browser();
        let page = guest.get(path).await.expect(200).text();
        assert!(page.contains("Log in and accept") && !page.contains("Accept with a new account"), "{page}");
        guest.post(path, &[("name", "Noor 10"), ("password", PASSWORD)]).await.expect(409);
        assert_eq!(accounts(&shop, NOOR).await.len(), 10);
    }

    async fn who_was_shut_out_gets_no_other_account(test: TestApp) {
        let shop = test.business("Fernhill").await;
        set(&shop, SettingPatch { allow_duplicate_contact: Some(true), ..SettingPatch::default() }).await;
        let _ = signed_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        let path = format!("/admin/portal/accounts/{}", accounts(&shop, NOOR).await[0].id);
        let mut owner = shop.browser().await;
        owner.get(&path).await.expect(200);
        owner.post(&format!("{path}/block"), &[]).await.expect(303);
        test.clock.advance_ms(DAY_MS);
        let before = mails(&shop).await.len();
        sign_up(&mut test.browser(), "Noor", NOOR, PASSWORD).await.expect(303);
        test.write_codes().await;
        assert_eq!(mails(&shop).await.len(), before, "nothing is mailed to who is shut out");
        assert_eq!(accounts(&shop, NOOR).await.len(), 1);
    }

    async fn sign_up_can_be_closed(test: TestApp) {
        let shop = test.business("Fernhill").await;
        set(&shop, SettingPatch { sign_up_open: Some(false), ..SettingPatch::default() }).await;
        let mut browser = test.browser();
        let page = browser.get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(!page.contains("sign-up") && page.contains("sends you an invitation"), "{page}");
        assert!(browser.get("/portal/fernhill/sign-up").await.expect(403).text().contains("Sign-up is closed"));
        sign_up(&mut browser, "Noor", NOOR, PASSWORD).await.expect(403);
        test.write_codes().await;
        assert!(mails(&shop).await.is_empty());
    }

    async fn the_settings_are_in_the_general_tab(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        let page = owner.get("/admin/settings").await.expect(200).text();
        assert!(page.contains("Business profile") && page.contains("Allow duplicate contact") && page.contains("up to 10 for an address"), "{page}");
        let general = [("name", "Fernhill"), ("timezone", "UTC"), ("sign_up", "closed"), ("allow_duplicate_contact", "true")];
        owner.post("/admin/settings", &general).await.expect(303);
        let mut work = shop.work().await;
        let now = setting::get(&mut work).await.expect("settings");
        assert!(now.allow_duplicate_contact && !now.sign_up_open);
        drop(work);
        owner.get("/admin/settings").await.expect(200);
        owner.post("/admin/settings", &general[..2]).await.expect(303);
        let mut work = shop.work().await;
        let now = setting::get(&mut work).await.expect("settings");
        assert!(!now.allow_duplicate_contact && !now.sign_up_open, "a form without the choice leaves it");
        drop(work);
        let page = owner.get("/admin/audit").await.expect(200).text();
        assert!(page.contains("duplicate contacts allowed"), "{page}");
    }

    async fn a_bare_affiliate_of_the_address_is_claimed_by_the_code(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let mut browser = test.browser();
        sign_up(&mut browser, "Somebody Else", email, PASSWORD).await.expect(303);
        test.write_codes().await;
        let path = format!("/affiliates/{}", maya["id"].as_str().expect("an id"));
        let invited = {
            let mut work = shop.work().await;
            let id = maya["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            let view = invitation::invite(&mut work, id).await.expect("invited");
            work.commit().await.expect("stored");
            view
        };
        assert_eq!(shop.api().get(&path).await.expect(200).json(), maya);
        assert!(!is_in(&enter(&mut browser, "0000-0000").await));
        assert!(accounts(&shop, email).await.is_empty(), "a wrong code claims nothing");
        let code = mailed(&shop, email).await;
        assert!(is_in(&enter(&mut browser, &code).await));
        shop.profile_told(email).await;
        let dashboard = browser.get("/portal/fernhill/").await.expect(200).text();
        assert!(dashboard.contains("Your links") && dashboard.contains("aria-label=\"Apps\""), "{dashboard}");
        assert_eq!(shop.api().get(&path).await.expect(200).json(), maya, "the names are what staff typed");
        let made = accounts(&shop, email).await;
        assert_eq!((made.len(), made[0].affiliate_id.map(|id| id.to_string()).as_deref()), (1, maya["id"].as_str()));
        // The invitation is used up with it, and staff reads what happened.
        let link = invited.link.expect("a link");
        let invitation = link.trim_start_matches("http://localhost:8080");
        test.browser().post(invitation, &[("name", "Thief"), ("password", "three blue lanterns")]).await.expect(409);
        let mut work = shop.work().await;
        let id = maya["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let all = invitation::for_affiliate(&mut work, id).await.expect("read");
        assert_eq!(all.iter().map(|view| view.label()).collect::<Vec<_>>(), ["Accepted"]);
        drop(work);
        let audit = shop.browser().await.get("/admin/audit").await.expect(200).text();
        assert!(audit.contains(&format!("The account of {email} became the affiliate’s")), "{audit}");
    }

    async fn an_affiliate_who_was_put_out_or_has_an_account_is_not_claimed(test: TestApp) {
        let shop = test.business("Fernhill").await;
        set(&shop, SettingPatch { allow_duplicate_contact: Some(true), ..SettingPatch::default() }).await;
        let tom = shop.affiliate("Tom").await;
        let path = format!("/affiliates/{}", tom["id"].as_str().expect("an id"));
        shop.api().post(&format!("{path}/status"), json!({"status": "terminated"})).await.expect(200);
        let email = tom["email"].as_str().expect("an address");
        let mut browser = signed_up(&test, &shop, "Tom", email, PASSWORD).await;
        let home = browser.get("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("No apps yet"), "{home}");
        // With duplicates a second account of a mailbox does not take the affiliate from the first.
        let maya = shop.affiliate("Maya").await;
        let _first = shop.portal(&maya).await;
        let email = maya["email"].as_str().expect("an address");
        // Accounts come in the order of their ids, which tell the millisecond.
        test.clock.advance_ms(1);
        let mut second = signed_up(&test, &shop, "Maya Two", email, "three blue lanterns").await;
        assert!(second.get("/portal/fernhill/").await.expect(200).text().contains("No apps yet"));
        let all = accounts(&shop, email).await;
        assert_eq!(all.iter().map(|account| account.affiliate_id.is_some()).collect::<Vec<_>>(), [true, false]);
    }

    async fn a_suspended_affiliate_is_claimed_to_read(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let ida = shop.affiliate("Ida").await;
        let path = format!("/affiliates/{}", ida["id"].as_str().expect("an id"));
        shop.api().post(&format!("{path}/status"), json!({"status": "suspended"})).await.expect(200);
        let email = ida["email"].as_str().expect("an address");
        let mut browser = signed_up(&test, &shop, "Ida", email, PASSWORD).await;
        let page = browser.get("/portal/fernhill/").await.expect(200).text();
        assert!(page.contains("Your participation is suspended"), "{page}");
    }

    async fn without_the_app_its_pages_are_refused(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut noor = signed_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        let home = noor.get("/portal/fernhill/").await.expect(200).text();
        assert!(!home.contains("aria-label=\"Apps\""), "no switcher without apps: {home}");
        for page in ["leads", "commissions", "payouts", "live", "commissions/com_01h455vb4pex5vsknk084sn02q"] {
            let refused = noor.get(&format!("/portal/fernhill/{page}")).await.expect(403).text();
            assert!(refused.contains("You do not have this app"), "{refused}");
        }
        let maya = shop.affiliate("Maya").await;
        let mut maya = shop.portal(&maya).await;
        let dashboard = maya.get("/portal/fernhill/").await.expect(200).text();
        assert!(dashboard.contains("aria-label=\"Apps\"") && dashboard.contains("/portal/fernhill/home"), "{dashboard}");
        let home = maya.get("/portal/fernhill/home").await.expect(200).text();
        assert!(home.contains("Welcome, Maya") && home.contains("Links, leads, commissions and payouts"), "{home}");
        assert!(!home.contains("Courses"), "only apps that are there");
    }

    async fn known_and_unknown_addresses_are_told_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let known = |number: usize| format!("known{number}@example.com");
        let unknown = |number: usize| format!("other{number}@example.com");
        for number in 0..50 {
            let mut work = shop.work().await;
            let email = known(number);
            let new = account::NewAccount {
                id: work.new_id(),
                email: &email,
                email_folded: &email,
                name: "Known",
                password_hash: "none",
                affiliate_id: None,
                created_at_ms: work.now,
            };
            assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
            work.commit().await.expect("stored");
        }
        let mut all = Vec::new();
        for number in 0..50 {
            for email in [known(number), unknown(number)] {
                let mut parts = Vec::new();
                let mut browser = test.browser();
                parts.push(sign_up(&mut browser, "Noor", &email, PASSWORD).await);
                parts.push(browser.get("/portal/fernhill/code").await);
                parts.push(enter(&mut browser, "1234-5678").await);
                parts.push(browser.post("/portal/fernhill/sign-up/again", &[("email", &email)]).await);
                // Each form of its own hour: the network's budget is for all addresses.
                test.clock.advance_ms(61 * MINUTE_MS);
                for purpose in ["log_in", "reset"] {
                    let mut browser = test.browser();
                    parts.push(browser.post("/portal/fernhill/code", &[("email", &email), ("purpose", purpose)]).await);
                    parts.push(browser.get("/portal/fernhill/code").await);
                    parts.push(enter(&mut browser, "1234-5678").await);
                    test.clock.advance_ms(2 * MINUTE_MS);
                }
                let mut browser = test.browser();
                parts.push(browser.post("/portal/fernhill/log-in", &[("email", &email), ("password", "not the password")]).await);
                all.push(parts.iter().map(|answer| bare(answer, &email)).collect::<Vec<_>>());
            }
        }
        assert_eq!(all.len(), 100);
        for (index, parts) in all.iter().enumerate() {
            assert_eq!(parts, &all[0], "the address number {index} is told apart");
        }
        assert_eq!(all[0].iter().map(|part| part.0).collect::<Vec<_>>(), [303, 200, 422, 429, 303, 200, 422, 303, 200, 422, 422]);
    }
}
