//! Codes by mail: log-in without a password, a forgotten password, and what guessing is worth.

use std::time::Duration;

use domain::status::{CodePurpose, Scope};
use domain::text::fold;
use domain::time::UnixMs;
use serde_json::Value;
use service::messaging::mail;
use service::portal::login_code::{self, Ask};
use service::store::list::Window;
use service::store::portal::{account, login_code as rows, session as session_rows};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const MAYA: &str = "maya@affiliates.example.com";
const NEW_PASSWORD: &str = "a garden gate in may";
/// Requests that are sent at the same moment.
const AT_ONCE: usize = 50;

/// A shop with an affiliate who has an account, and is logged in on another device.
async fn maya<'a>(test: &'a TestApp) -> (Shop<'a>, Client) {
    let shop = test.business("Fernhill").await;
    let maya = shop.affiliate("Maya").await;
    let device = shop.portal(&maya).await;
    (shop, device)
}

/// The code in the latest mail to anybody.
async fn mailed(shop: &Shop<'_>) -> Option<String> {
    let mut work = shop.work().await;
    work.actor.require(Scope::Read).expect("may read");
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let id = lines.iter().find(|line| line.kind == "login_code")?.id;
    let text = mail::get(&mut work, id).await.expect("a mail").body_text;
    let (_, rest) = text.split_once("Your code: ")?;
    Some(rest.chars().take(9).collect())
}

async fn ask(browser: &mut Client, email: &str, purpose: &str) -> Answer {
    browser
        .post(
            "/portal/fernhill/code",
            &[("email", email), ("purpose", purpose)],
        )
        .await
}

async fn enter(browser: &mut Client, code: &str) -> Answer {
    browser
        .post("/portal/fernhill/code/enter", &[("code", code)])
        .await
}

async fn newest(shop: &Shop<'_>, email: &str) -> rows::LoginCode {
    let mut work = shop.work().await;
    rows::newest(&mut work.tx, &fold(email))
        .await
        .expect("read")
        .expect("a code")
}

/// Enters a code in as many tabs of a browser at the same moment; what each was answered, and what it holds then.
async fn all_at_once(browser: &Client, code: &str) -> Vec<(Answer, Client)> {
    let calls: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (mut browser, code) = (browser.clone(), code.to_owned());
            tokio::spawn(async move { (enter(&mut browser, &code).await, browser) })
        })
        .collect();
    let mut all = Vec::new();
    for call in calls {
        all.push(call.await.expect("no panic"));
    }
    all
}

/// How many sessions Maya's account has.
async fn sessions(shop: &Shop<'_>) -> usize {
    let mut work = shop.work().await;
    let all = account::list_by_email(&mut work.tx, MAYA, 10).await;
    let id = all.expect("accounts")[0].id;
    let sessions = session_rows::list_of_account(&mut work.tx, id).await;
    sessions.expect("sessions").len()
}

fn is_in(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location") == "/portal/fernhill/"
}

/// Whether who entered a code was refused, or a slow machine has let them wait too long for the database.
fn is_kept_out(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 422 | 503)
}

both_engines! {
    async fn a_code_logs_in_until_it_is_fifteen_minutes_old(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        for (age_ms, good) in [(15 * MINUTE_MS - 1, true), (15 * MINUTE_MS, false)] {
            let mut browser = test.browser();
            let to = ask(&mut browser, " MAYA@affiliates.example.com", "log_in").await.expect(303);
            assert_eq!(to.header("location"), "/portal/fernhill/code");
            test.write_codes().await;
            let page = browser.get("/portal/fernhill/code").await.expect(200).text();
            assert!(page.contains("maya@") || page.contains("MAYA@"), "{page}");
            assert!(page.contains("spam") && page.contains("15 minutes"), "{page}");
            let code = mailed(&shop).await.expect("a code");
            assert!(!page.contains(&code), "the code is in the mail alone");
            test.clock.advance_ms(age_ms);
            let answer = enter(&mut browser, &code).await;
            assert_eq!(is_in(&answer), good, "{} {}", answer.status, answer.text());
            assert_eq!(browser.has_cookie("portal_fernhill"), good);
            if good {
                browser.get("/portal/fernhill/").await.expect(200);
                // Used up, also for the browser that used it.
                assert!(!is_in(&enter(&mut browser, &code).await));
            }
            test.clock.advance_ms(60 * MINUTE_MS);
        }
    }

    async fn five_wrong_codes_end_it_and_a_newer_one_brings_no_more_tries(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        for _ in 0..5 {
            let answer = enter(&mut browser, "0000-0000").await.expect(422).text();
            assert!(answer.contains("That is not the code"), "{answer}");
        }
        assert!(enter(&mut browser, &code).await.expect(422).text().contains("void"));
        test.clock.advance_ms(MINUTE_MS);
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        assert!(enter(&mut browser, &code).await.expect(422).text().contains("void"), "the tries of the address are used up");
        // The password still opens the door meanwhile; after the window a code does, too.
        test.clock.advance_ms(14 * MINUTE_MS);
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        assert!(is_in(&enter(&mut browser, &code).await));
    }

    async fn asking_tells_nothing(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let mut answers = Vec::new();
        for email in [MAYA, "nobody@affiliates.example.com"] {
            let mut browser = test.browser();
            let asked = ask(&mut browser, email, "log_in").await;
            let page = browser.get("/portal/fernhill/code").await;
            let wrong = enter(&mut browser, "1234-5678").await;
            let again = ask(&mut browser, email, "log_in").await;
            let parts = [&asked, &page, &wrong, &again].map(|answer| {
                let text = answer.text().replace(email, "ADDRESS").replace(answer.header("x-request-id"), "");
                (answer.status, answer.header("location").to_owned(), text)
            });
            answers.push(parts);
        }
        assert_eq!(answers[0], answers[1]);
        test.write_codes().await;
        let mut work = shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await.expect("mails");
        let codes: Vec<&str> = lines.iter().filter(|line| line.kind == "login_code").map(|line| line.to_address.as_str()).collect();
        assert_eq!(codes, [MAYA], "nobody gets no mail");
    }

    async fn many_wrong_codes_at_once_are_five_tries(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        assert_ne!(code, "0000-0000");
        let (mut compared, mut late) = (0, 0);
        for (answer, _) in all_at_once(&browser, "0000-0000").await {
            let page = answer.text();
            assert!(is_kept_out(&answer), "{}: {page}", answer.status);
            if answer.status == 503 {
                late += 1;
            } else if page.contains("That is not the code") {
                compared += 1;
            } else {
                assert!(page.contains("void"), "{page}");
            }
        }
        assert!(compared == 5 || (compared < 5 && late > 0), "{compared} compared, {late} late");
        assert_eq!(newest(&shop, MAYA).await.tries, 5, "at most five were compared");
        assert!(enter(&mut browser, &code).await.expect(422).text().contains("void"), "and none is left for the right one");
    }

    async fn many_right_codes_at_once_are_one_session(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let before = sessions(&shop).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let mut let_in = Vec::new();
        for (answer, browser) in all_at_once(&browser, &code).await {
            if is_in(&answer) {
                let_in.push(browser);
            } else {
                assert!(is_kept_out(&answer), "{} {}", answer.status, answer.text());
                assert!(!browser.has_cookie("portal_fernhill"));
            }
        }
        assert_eq!((let_in.len(), sessions(&shop).await), (1, before + 1));
        let_in[0].get("/portal/fernhill/").await.expect(200);
        // Nor does one of them later, or by the page that offers accounts.
        for (answer, browser) in all_at_once(&browser, &code).await {
            assert!(is_kept_out(&answer), "{} {}", answer.status, answer.text());
            assert!(!browser.has_cookie("portal_fernhill"));
        }
        browser.get("/portal/fernhill/code/accounts").await.expect(303);
        assert_eq!(sessions(&shop).await, before + 1);
    }

    async fn a_proof_spent_many_times_at_once_is_one_session(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let before = sessions(&shop).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let flow = browser.cookie("portal_flow_fernhill").expect("a flow");
        // Proven and not spent, as where one of several accounts is still to be chosen.
        login_code::prove(&test.app, shop.id, &flow, &code).await.expect("proven");
        let mut work = shop.work().await;
        let chosen = login_code::offered(&mut work, &flow).await.expect("accounts")[0].id.to_string();
        drop(work);
        let calls: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (mut browser, chosen) = (browser.clone(), chosen.clone());
                tokio::spawn(async move { browser.post("/portal/fernhill/code/accounts", &[("account", &chosen)]).await })
            })
            .collect();
        let mut let_in = 0;
        for call in calls {
            let answer = call.await.expect("no panic");
            // A slow machine may have let one wait too long for the database.
            assert!(answer.status.as_u16() < 500 || answer.status == 503, "{}", answer.text());
            let_in += usize::from(is_in(&answer));
        }
        assert_eq!((let_in, sessions(&shop).await), (1, before + 1));
    }

    async fn a_code_works_in_its_own_browser_and_portal(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let rival = test.business("Rival").await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let mut thief = test.browser();
        assert!(enter(&mut thief, &code).await.expect(303).header("location").ends_with("/log-in"));
        let flow = browser.cookie("portal_flow_fernhill").expect("a flow");
        thief.set_cookie("portal_flow_rival", &flow);
        let elsewhere = thief.post("/portal/rival/code/enter", &[("code", &code)]).await.expect(303);
        assert!(elsewhere.header("location").ends_with("/portal/rival/log-in"));
        assert!(!thief.has_cookie("portal_rival"));
        let (id, _) = flow.split_once('.').expect("two parts");
        thief.set_cookie("portal_flow_fernhill", &format!("{id}.made-up"));
        assert!(enter(&mut thief, &code).await.expect(303).header("location").ends_with("/log-in"));
        assert!(is_in(&enter(&mut browser, &code).await), "and stays good for who asked");
        drop(rival);
    }

    async fn a_forgotten_password_is_replaced(test: TestApp) {
        let (shop, mut device) = maya(&test).await;
        device.get("/portal/fernhill/").await.expect(200);
        let mut browser = test.browser();
        browser.get("/portal/fernhill/forgot").await.expect(200);
        ask(&mut browser, MAYA, "reset").await.expect(303);
        browser.get("/portal/fernhill/code/accounts").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let to = enter(&mut browser, &code).await.expect(303);
        let page = browser.get(to.header("location")).await.expect(200).text();
        let id = page.split("value=\"acc_").nth(1).and_then(|rest| rest.split('"').next()).map(|id| format!("acc_{id}")).expect("an account");
        let choose = [("account", id.as_str()), ("password", "short")];
        let refused = browser.post("/portal/fernhill/code/accounts", &choose).await.expect(422).text();
        assert!(refused.contains("password-error"), "{refused}");
        let choose = [("account", id.as_str()), ("password", NEW_PASSWORD)];
        assert!(is_in(&browser.post("/portal/fernhill/code/accounts", &choose).await));
        browser.get("/portal/fernhill/").await.expect(200);
        assert!(device.get("/portal/fernhill/").await.expect(303).header("location").contains("/log-in"), "other devices are out");
        let mut again = test.browser();
        let log_in = |password| [("email", MAYA), ("password", password)];
        again.post("/portal/fernhill/log-in", &log_in("correct horse battery staple")).await.expect(422);
        test.clock.advance_ms(2_000);
        again.post("/portal/fernhill/log-in", &log_in(NEW_PASSWORD)).await.expect(303);
        let mut work = shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await.expect("mails");
        assert!(lines.iter().any(|line| line.kind == "password_changed" && line.to_address == MAYA));
    }

    async fn a_code_that_was_sent_is_gone_from_the_outbox(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        ask(&mut test.browser(), MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let mut work = shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await.expect("mails");
        for line in &lines {
            mail::record_outcome(&mut work, line.id, &mail::Outcome::Sent).await.expect("noted");
            let sent = mail::get(&mut work, line.id).await.expect("a mail");
            assert!(!sent.body_text.contains(&code) && !sent.body_html.contains(&code) && !sent.subject.contains(&code));
            let blank = sent.body_text.contains("was removed");
            assert_eq!(blank, line.kind == "login_code", "other messages stay readable");
        }
        assert!(lines.len() > 1);
    }

    async fn too_many_codes_are_refused(test: TestApp) {
        let (_shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        let wrong = ask(&mut browser, "no address", "log_in").await.expect(422).text();
        assert!(wrong.contains("email-error") && wrong.contains("Log in to Fernhill"), "{wrong}");
        let wrong = ask(&mut browser, "no address", "reset").await.expect(422).text();
        assert!(wrong.contains("email-error") && wrong.contains("Set a new password"), "{wrong}");
        for number in 1..=5 {
            ask(&mut browser, MAYA, "log_in").await.expect(303);
            let refused = ask(&mut browser, MAYA, "log_in").await.expect(429);
            // After the fifth the hour counts: the first was asked for four minutes ago.
            let wait = if number < 5 { "60".to_owned() } else { (56 * 60).to_string() };
            assert_eq!(refused.header("retry-after"), wait);
            // Who asked for a code to log in is not led to a new password.
            let page = refused.text();
            assert!(page.contains("Log in to Fernhill") && page.contains(MAYA), "{page}");
            test.clock.advance_ms(MINUTE_MS);
        }
        let refused = ask(&mut browser, MAYA, "log_in").await.expect(429);
        assert_eq!(refused.header("retry-after"), (55 * 60).to_string());
        test.clock.advance_ms(55 * MINUTE_MS);
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        ask(&mut browser, "tom@affiliates.example.com", "log_in").await.expect(303);
    }

    async fn an_address_gets_ten_codes_a_day(test: TestApp) {
        let (_shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        // So far apart that neither the minute nor the hour counts.
        for _ in 0..10 {
            ask(&mut browser, MAYA, "log_in").await.expect(303);
            test.clock.advance_ms(2 * HOUR_MS);
        }
        // The first was asked for twenty hours ago. Whatever a code is for, and whoever asks, counts together.
        let refused = ask(&mut test.browser(), MAYA, "reset").await.expect(429);
        assert_eq!(refused.header("retry-after"), (4 * 60 * 60).to_string());
        test.clock.advance_ms(4 * HOUR_MS - 1);
        ask(&mut browser, MAYA, "log_in").await.expect(429);
        test.clock.advance_ms(1);
        ask(&mut browser, MAYA, "log_in").await.expect(303);
    }

    async fn a_network_asks_for_sixty_codes_an_hour(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        for number in 0..60 {
            ask(&mut browser, &format!("guess-{number}@affiliates.example.com"), "log_in").await.expect(303);
        }
        let refused = ask(&mut browser, MAYA, "log_in").await.expect(429);
        assert_eq!(refused.header("retry-after"), (60 * 60).to_string());
        // Who is elsewhere is not made to wait, nor is this network by another business.
        let elsewhere = Ask {
            purpose: CodePurpose::LogIn,
            email: MAYA.to_owned(),
            ip_prefix: Some("203.0.113.0/24".to_owned()),
            next: String::new(),
        };
        login_code::ask(&test.app, shop.id, elsewhere).await.expect("asked");
        let _rival = test.business("Rival").await;
        browser.post("/portal/rival/code", &[("email", MAYA), ("purpose", "log_in")]).await.expect(303);
        test.clock.advance_ms(HOUR_MS);
        ask(&mut browser, MAYA, "log_in").await.expect(303);
    }

    async fn a_business_writes_three_thousand_codes_an_hour(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let _rival = test.business("Rival").await;
        let mut work = shop.work().await;
        for _ in 1..3_000 {
            let code = rows::LoginCode {
                id: work.new_id(),
                purpose: CodePurpose::LogIn,
                email: "guess@affiliates.example.com".to_owned(),
                email_folded: "guess@affiliates.example.com".to_owned(),
                flow_hash: [0; 32],
                code_mac: None,
                tries: 0,
                tries_since_ms: work.now,
                created_at_ms: work.now,
                expires_at_ms: work.now.plus_ms(login_code::LIFE_MS),
                proven_at_ms: None,
                used_at_ms: None,
            };
            rows::insert(&mut work.tx, &code, None).await.expect("stored");
        }
        work.commit().await.expect("stored");
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        let refused = ask(&mut browser, "tom@affiliates.example.com", "log_in").await.expect(429);
        assert_eq!(refused.header("retry-after"), (60 * 60).to_string());
        browser.post("/portal/rival/code", &[("email", MAYA), ("purpose", "log_in")]).await.expect(303);
        test.clock.advance_ms(HOUR_MS);
        ask(&mut browser, "tom@affiliates.example.com", "log_in").await.expect(303);
    }

    async fn a_try_waits_for_a_request_that_takes_the_tries_over(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        // Somebody asks for a newer code, and has read how many tries there were.
        let mut asking = shop.work().await;
        rows::order(&mut asking.tx).await.expect("in line");
        let guessing = tokio::spawn(async move { enter(&mut browser, "0000-0000").await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!guessing.is_finished(), "a try that is taken meanwhile would not count");
        asking.commit().await.expect("stored");
        let page = guessing.await.expect("no panic").expect(422).text();
        assert!(page.contains("That is not the code"), "{page}");
        assert_eq!(newest(&shop, MAYA).await.tries, 1);
    }

    async fn several_accounts_are_told_apart(test: TestApp) {
        let (shop, _device) = maya(&test).await;
        let other: Value = shop.affiliate("Studio Okonkwo").await;
        let mut work = shop.work().await;
        let new = account::NewAccount {
            id: work.new_id(),
            email: MAYA,
            email_folded: MAYA,
            name: "Studio Okonkwo",
            password_hash: "none",
            affiliate_id: other["id"].as_str().and_then(|id| id.parse().ok()),
            created_at_ms: UnixMs(work.now.0),
        };
        assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
        work.commit().await.expect("stored");
        shop.profile_told(MAYA).await;
        let mut browser = test.browser();
        ask(&mut browser, MAYA, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed(&shop).await.expect("a code");
        let to = enter(&mut browser, &code).await.expect(303);
        assert!(!browser.has_cookie("portal_fernhill"), "not before one is chosen");
        let page = browser.get(to.header("location")).await.expect(200).text();
        assert!(page.contains("Studio Okonkwo</span>") && page.matches("Affiliate · since").count() == 2, "{page}");
        let stranger = [("account", "acc_01h455vb4pex5vsknk084sn02q")];
        browser.post("/portal/fernhill/code/accounts", &stranger).await.expect(404);
        let chosen = new.id.to_string();
        assert!(is_in(&browser.post("/portal/fernhill/code/accounts", &[("account", &chosen)]).await));
        assert!(browser.get("/portal/fernhill/").await.expect(200).text().contains("Studio"));
    }
}
