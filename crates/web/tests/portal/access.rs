//! Several accounts of one address, invitations that meet an account, log-in links, and the timeline.

use domain::status::AffiliateStatus;
use domain::text::fold;
use serde_json::{Value, json};
use service::identity::setting::{self, SettingPatch};
use service::messaging::mail;
use service::portal::invitation;
use service::store::list::Window;
use service::store::portal::account::{self, Account};
use service::store::portal::session;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const NOOR: &str = "noor@example.com";
const PASSWORD: &str = "a kettle in the orchard";
const OTHER_PASSWORD: &str = "the third lamp is green";

/// The texts of these kinds of mail to an address, the latest first.
async fn mails(shop: &Shop<'_>, kinds: &[&str], email: &str) -> Vec<String> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let mut all = Vec::new();
    for line in lines {
        if kinds.contains(&line.kind.as_str()) && line.to_address == email {
            all.push(
                mail::get(&mut work, line.id)
                    .await
                    .expect("a mail")
                    .body_text,
            );
        }
    }
    all
}

async fn mailed_code(shop: &Shop<'_>, email: &str) -> String {
    let all = mails(shop, &["login_code", "sign_up_code"], email).await;
    let (_, rest) = all[0].split_once("Your code: ").expect("a code");
    rest.chars().take(9).collect()
}

/// The path of the latest log-in link.
async fn mailed_link(shop: &Shop<'_>, email: &str) -> String {
    let all = mails(shop, &["login_link"], email).await;
    let text = all.first().expect("a link");
    let (_, rest) = text
        .split_once("http://localhost:8080")
        .expect("an address");
    let path = rest.split_whitespace().next().expect("a path");
    assert!(path.starts_with("/portal/fernhill/link/"), "{path}");
    path.to_owned()
}

async fn set(shop: &Shop<'_>, patch: SettingPatch) {
    let mut work = shop.work().await;
    setting::update(&mut work, patch).await.expect("set");
    work.commit().await.expect("stored");
}

async fn allow_duplicates(shop: &Shop<'_>, yes: bool) {
    let patch = SettingPatch {
        allow_duplicate_contact: Some(yes),
        ..SettingPatch::default()
    };
    set(shop, patch).await;
}

async fn ask(browser: &mut Client, email: &str, purpose: &str) -> Answer {
    let fields = [("email", email), ("purpose", purpose)];
    browser.post("/portal/fernhill/code", &fields).await
}

async fn enter(browser: &mut Client, code: &str) -> Answer {
    browser
        .post("/portal/fernhill/code/enter", &[("code", code)])
        .await
}

async fn log_in(browser: &mut Client, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    browser.post("/portal/fernhill/log-in", &fields).await
}

async fn sign_up(
    test: &TestApp,
    shop: &Shop<'_>,
    name: &str,
    email: &str,
    password: &str,
) -> Client {
    let mut browser = test.browser();
    let fields = [("name", name), ("email", email), ("password", password)];
    browser
        .post("/portal/fernhill/sign-up", &fields)
        .await
        .expect(303);
    test.write_codes().await;
    let code = mailed_code(shop, email).await;
    assert!(is_in(&enter(&mut browser, &code).await));
    shop.profile_told(email).await;
    test.clock.advance_ms(DAY_MS);
    browser
}

/// Whether any address of the business is known to have several accounts.
async fn shared(shop: &Shop<'_>) -> bool {
    let mut work = shop.work().await;
    account::any_shared(&mut work.tx).await.expect("read")
}

async fn accounts(shop: &Shop<'_>, email: &str) -> Vec<Account> {
    let mut work = shop.work().await;
    account::list_by_email(&mut work.tx, &fold(email), 100)
        .await
        .expect("read")
}

async fn id_of(shop: &Shop<'_>, email: &str, name: &str) -> String {
    let all = accounts(shop, email).await;
    all.iter()
        .find(|account| account.name == name)
        .expect("an account")
        .id
        .to_string()
}

/// The path of an invitation of an affiliate made with an address.
async fn invited(shop: &Shop<'_>, name: &str, email: &str) -> (Value, String) {
    let body = json!({"name": name, "email": email, "status": "approved"});
    let affiliate = shop.made("/affiliates", body).await;
    let id = affiliate["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let mut work = shop.work().await;
    let view = invitation::invite(&mut work, id).await.expect("invited");
    work.commit().await.expect("stored");
    let link = view.link.expect("a link");
    (
        affiliate,
        link.trim_start_matches("http://localhost:8080").to_owned(),
    )
}

fn is_in(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location") == "/portal/fernhill/"
}

async fn who(browser: &mut Client) -> String {
    let page = browser
        .get("/portal/fernhill/home")
        .await
        .expect(200)
        .text();
    let (_, rest) = page.split_once("Welcome, ").expect("a welcome");
    rest.split('<').next().expect("a name").to_owned()
}

both_engines! {
    async fn a_password_opens_the_accounts_it_belongs_to(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _one = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let _two = sign_up(&test, &shop, "Bea", NOOR, PASSWORD).await;
        let _three = sign_up(&test, &shop, "Cleo", NOOR, OTHER_PASSWORD).await;

        // One account has this password: straight in, as that one.
        let mut browser = test.browser();
        assert!(is_in(&log_in(&mut browser, NOOR, OTHER_PASSWORD).await));
        assert_eq!(who(&mut browser).await, "Cleo");

        // Two have the other: the choice is between these two.
        let mut browser = test.browser();
        let to = log_in(&mut browser, NOOR, PASSWORD).await.expect(303);
        assert!(to.header("location").starts_with("/portal/fernhill/log-in/accounts"), "{}", to.header("location"));
        assert!(!browser.has_cookie("portal_fernhill"), "not before one is chosen");
        let page = browser.get(to.header("location")).await.expect(200).text();
        assert!(page.contains("Ann") && page.contains("Bea") && !page.contains("Cleo"), "{page}");
        assert!(page.contains("No apps yet · since 21 Nov 2026") && page.contains("since 22 Nov 2026"), "{page}");
        let cleo = id_of(&shop, NOOR, "Cleo").await;
        browser.post("/portal/fernhill/log-in/accounts", &[("account", &cleo)]).await.expect(404);
        let bea = id_of(&shop, NOOR, "Bea").await;
        assert!(is_in(&browser.post("/portal/fernhill/log-in/accounts", &[("account", &bea)]).await));
        assert_eq!(who(&mut browser).await, "Bea");
        let home = browser.get("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("Switch account"), "{home}");

        // Switching: those two, each with a new session; the third asks for a code.
        let page = browser.get("/portal/fernhill/accounts").await.expect(200).text();
        assert!(page.contains("Ann") && !page.contains("Cleo") && page.contains("Mail me a code"), "{page}");
        browser.post("/portal/fernhill/accounts", &[("account", &cleo)]).await.expect(404);
        let before = browser.cookie("portal_fernhill").expect("a session");
        let ann = id_of(&shop, NOOR, "Ann").await;
        let mut foreign = browser.clone();
        foreign.forget_token();
        foreign.post("/portal/fernhill/accounts", &[("account", &ann)]).await.expect(403);
        assert!(is_in(&browser.post("/portal/fernhill/accounts", &[("account", &ann)]).await));
        assert_eq!(who(&mut browser).await, "Ann");
        let after = browser.cookie("portal_fernhill").expect("a session");
        assert_ne!(before, after);
        let mut old = test.browser();
        old.set_cookie("portal_fernhill", &before);
        old.get("/portal/fernhill/home").await.expect(303);
        // And back again.
        browser.get("/portal/fernhill/accounts").await.expect(200);
        assert!(is_in(&browser.post("/portal/fernhill/accounts", &[("account", &bea)]).await));
        assert_eq!(who(&mut browser).await, "Bea");
    }

    async fn a_switch_proves_nothing_and_lengthens_nothing(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _one = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let _two = sign_up(&test, &shop, "Bea", NOOR, PASSWORD).await;
        let (ann, bea) = (id_of(&shop, NOOR, "Ann").await, id_of(&shop, NOOR, "Bea").await);
        let mut browser = test.browser();
        log_in(&mut browser, NOOR, PASSWORD).await.expect(303);
        assert!(is_in(&browser.post("/portal/fernhill/log-in/accounts", &[("account", &ann)]).await));
        // A new password asks for the old one, but of who has just shown who they are.
        let security = "/portal/fernhill/account/security";
        assert!(browser.get(security).await.expect(200).text().contains("May stay empty"));
        let switch = "/portal/fernhill/accounts";
        browser.get(switch).await.expect(200);
        assert!(is_in(&browser.post(switch, &[("account", &bea)]).await));
        assert!(!browser.get(security).await.expect(200).text().contains("May stay empty"));
        // Ninety days after the log-in it is over, however it was used.
        for turn in 0..8 {
            test.clock.advance_ms(11 * DAY_MS);
            browser.get(switch).await.expect(200);
            let to = if turn % 2 == 0 { &ann } else { &bea };
            assert!(is_in(&browser.post(switch, &[("account", to)]).await));
        }
        test.clock.advance_ms(2 * DAY_MS - 1);
        browser.get("/portal/fernhill/home").await.expect(200);
        test.clock.advance_ms(1);
        assert!(browser.get("/portal/fernhill/home").await.expect(303).header("location").contains("/log-in"));
    }

    async fn a_choice_ends_after_five_minutes_and_with_the_password(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _one = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let _two = sign_up(&test, &shop, "Bea", NOOR, PASSWORD).await;
        let ann = id_of(&shop, NOOR, "Ann").await;
        let mut browser = test.browser();
        log_in(&mut browser, NOOR, PASSWORD).await.expect(303);
        test.clock.advance_ms(5 * MINUTE_MS);
        let late = browser.post("/portal/fernhill/log-in/accounts", &[("account", &ann)]).await.expect(303);
        assert_eq!(late.header("location"), "/portal/fernhill/log-in");
        log_in(&mut browser, NOOR, PASSWORD).await.expect(303);
        let mut work = shop.work().await;
        account::renew_password(&mut work.tx, ann.parse().expect("an id"), "another").await.expect("set");
        work.commit().await.expect("stored");
        let changed = browser.post("/portal/fernhill/log-in/accounts", &[("account", &ann)]).await.expect(303);
        assert_eq!(changed.header("location"), "/portal/fernhill/log-in");
        assert!(!browser.has_cookie("portal_fernhill"));
    }

    async fn a_choice_is_made_once(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _one = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let _two = sign_up(&test, &shop, "Bea", NOOR, PASSWORD).await;
        let (ann, bea) = (id_of(&shop, NOOR, "Ann").await, id_of(&shop, NOOR, "Bea").await);
        let mut browser = test.browser();
        log_in(&mut browser, NOOR, PASSWORD).await.expect(303);
        let mut copy = browser.clone();
        let path = "/portal/fernhill/log-in/accounts";
        assert!(is_in(&browser.post(path, &[("account", &ann)]).await));
        for account in [&ann, &bea] {
            let mut again = copy.clone();
            let answer = again.post(path, &[("account", account)]).await;
            assert!(!is_in(&answer) && !again.has_cookie("portal_fernhill"), "{}", answer.status);
        }
        assert!(copy.get("/portal/fernhill/").await.expect(303).header("location").contains("log-in"));
    }

    async fn the_time_does_not_tell_how_many_accounts_there_are(test: TestApp) {
        test.app.trial().hash_lightly(false);
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        for name in ["Ann", "Bea", "Cleo", "Dora"] {
            sign_up(&test, &shop, name, NOOR, PASSWORD).await;
        }
        sign_up(&test, &shop, "Solo", "solo@example.com", PASSWORD).await;
        // As many passwords are compared, whatever was found. Four to one would be four times as long. The
        // accounts stay when the switch is turned off again.
        for on in [true, false] {
            allow_duplicates(&shop, on).await;
            let mut took: [Vec<std::time::Duration>; 3] = Default::default();
            for _ in 0..7 {
                for (times, email) in took.iter_mut().zip([NOOR, "solo@example.com", "no@example.com"]) {
                    test.clock.advance_ms(DAY_MS);
                    let began = tokio::time::Instant::now();
                    log_in(&mut test.browser(), email, "not the password").await.expect(422);
                    times.push(began.elapsed());
                }
            }
            // The quickest of each: whatever else the machine does only adds to the others.
            let quickest = took.map(|times| times.into_iter().min().unwrap());
            let (least, most) = (quickest.iter().min().unwrap(), quickest.iter().max().unwrap());
            assert!(*most < *least * 2, "with the switch {on}: {quickest:?}");
        }
    }

    async fn several_accounts_are_known_of_the_business_and_not_of_the_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        allow_duplicates(&shop, true).await;
        sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        sign_up(&test, &shop, "Zoe", "zoe@example.com", PASSWORD).await;
        assert!(!shared(&shop).await);
        // A second account comes by signing up, or by changing an address.
        let zoe = accounts(&shop, "zoe@example.com").await[0].id;
        let mut work = shop.work().await;
        assert!(account::set_email(&mut work.tx, zoe, NOOR, NOOR, "zoe@example.com").await.expect("set"));
        assert!(account::any_shared(&mut work.tx).await.expect("read"));
        drop(work);
        assert!(!shared(&shop).await, "nothing was stored");
        sign_up(&test, &shop, "Bea", NOOR, PASSWORD).await;
        assert!(shared(&shop).await && !shared(&rival).await);
    }

    async fn a_code_opens_all_of_the_mailbox(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _one = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let _two = sign_up(&test, &shop, "Bea", NOOR, OTHER_PASSWORD).await;
        let mut browser = test.browser();
        ask(&mut browser, NOOR, "log_in").await.expect(303);
        test.write_codes().await;
        let code = mailed_code(&shop, NOOR).await;
        let to = enter(&mut browser, &code).await.expect(303);
        let page = browser.get(to.header("location")).await.expect(200).text();
        assert!(page.contains("Ann") && page.contains("Bea"), "{page}");
        let (ann, bea) = (id_of(&shop, NOOR, "Ann").await, id_of(&shop, NOOR, "Bea").await);
        assert!(is_in(&browser.post("/portal/fernhill/code/accounts", &[("account", &ann)]).await));
        let page = browser.get("/portal/fernhill/accounts").await.expect(200).text();
        assert!(!page.contains("Mail me a code"), "all of them are open: {page}");
        assert!(is_in(&browser.post("/portal/fernhill/accounts", &[("account", &bea)]).await));
        assert_eq!(who(&mut browser).await, "Bea");

        // A new password for one of them ends the way to it.
        test.clock.advance_ms(DAY_MS);
        let mut device = test.browser();
        ask(&mut device, NOOR, "reset").await.expect(303);
        test.write_codes().await;
        let code = mailed_code(&shop, NOOR).await;
        enter(&mut device, &code).await.expect(303);
        let choice = [("account", ann.as_str()), ("password", "seven wooden boats")];
        assert!(is_in(&device.post("/portal/fernhill/code/accounts", &choice).await));
        browser.get("/portal/fernhill/accounts").await.expect(200);
        browser.post("/portal/fernhill/accounts", &[("account", &ann)]).await.expect(404);
        assert_eq!(who(&mut browser).await, "Bea", "the other one goes on");
    }

    async fn no_account_of_another_business_is_reached(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let mut noor = sign_up(&test, &shop, "Ann", NOOR, PASSWORD).await;
        let mut work = rival.work().await;
        let new = account::NewAccount {
            id: work.new_id(),
            email: NOOR,
            email_folded: NOOR,
            name: "Elsewhere",
            password_hash: "none",
            affiliate_id: None,
            created_at_ms: work.now,
        };
        assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
        work.commit().await.expect("stored");
        let page = noor.get("/portal/fernhill/accounts").await.expect(200).text();
        assert!(!page.contains("Elsewhere") && !page.contains("Mail me a code"), "{page}");
        noor.post("/portal/fernhill/accounts", &[("account", &new.id.to_string())]).await.expect(404);
    }

    async fn an_invitation_is_taken_by_the_account_there_is(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut noor = sign_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        let (_, path) = invited(&shop, "Noor Haddad", NOOR).await;
        let mut guest = test.browser();
        let page = guest.get(&path).await.expect(200).text();
        assert!(page.contains("Log in and accept") && !page.contains("Your name"), "{page}");
        guest.post(&path, &[("name", "Noor"), ("password", OTHER_PASSWORD)]).await.expect(409);
        assert_eq!(accounts(&shop, NOOR).await.len(), 1);
        // Through the log-in and back.
        let next = [("email", NOOR), ("password", PASSWORD), ("next", path.as_str())];
        let back = guest.post("/portal/fernhill/log-in", &next).await.expect(303);
        assert_eq!(back.header("location"), path);
        let page = guest.get(&path).await.expect(200).text();
        assert!(page.contains("Accept with this account"), "{page}");
        let attach = format!("{path}/attach");
        let mut foreign = guest.clone();
        foreign.forget_token();
        foreign.post(&attach, &[]).await.expect(403);
        // Somebody else of the portal cannot take it.
        let mut stranger = sign_up(&test, &shop, "Zoe", "zoe@example.com", OTHER_PASSWORD).await;
        stranger.get("/portal/fernhill/home").await.expect(200);
        stranger.post(&attach, &[]).await.expect(409);
        assert!(is_in(&guest.post(&attach, &[]).await));
        let dashboard = guest.get("/portal/fernhill/").await.expect(200).text();
        assert!(dashboard.contains("Your links") && dashboard.contains("aria-label=\"Apps\""), "{dashboard}");
        // The other session of the account has the app, too; the invitation is used.
        assert!(noor.get("/portal/fernhill/").await.expect(200).text().contains("Your links"));
        guest.post(&attach, &[]).await.expect(409);
        let all = accounts(&shop, NOOR).await;
        assert!(all.len() == 1 && all[0].affiliate_id.is_some());
    }

    async fn with_duplicates_an_invitation_may_make_a_new_account(test: TestApp) {
        let shop = test.business("Fernhill").await;
        allow_duplicates(&shop, true).await;
        let _noor = sign_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        let (_, path) = invited(&shop, "Noor Haddad", NOOR).await;
        let mut guest = test.browser();
        let page = guest.get(&path).await.expect(200).text();
        assert!(page.contains("Log in and accept") && page.contains("Accept with a new account"), "{page}");
        assert!(is_in(&guest.post(&path, &[("name", "Noor Two"), ("password", OTHER_PASSWORD)]).await));
        // The account is one of its own, and asked for a profile of its own.
        let asked = guest.get("/portal/fernhill/").await.expect(303);
        assert_eq!(asked.header("location"), "/portal/fernhill/account?next=%2Fportal%2Ffernhill%2F");
        shop.profile_told(NOOR).await;
        assert!(guest.get("/portal/fernhill/").await.expect(200).text().contains("Your links"));
        let all = accounts(&shop, NOOR).await;
        assert_eq!(all.iter().map(|account| account.affiliate_id.is_some()).collect::<Vec<_>>(), [false, true]);
    }

    async fn a_link_is_spent_by_its_button_alone(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        let mut browser = test.browser();
        let page = browser.get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(!page.contains("E-mail me a link"), "off for new businesses");
        ask(&mut browser, email, "link").await.expect(403);
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        let page = browser.get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(page.contains("E-mail me a link"), "{page}");
        ask(&mut browser, email, "link").await.expect(303);
        let page = browser.get("/portal/fernhill/code").await.expect(200).text();
        assert!(page.contains("a link is on its way") && !page.contains("name=\"code\""), "{page}");
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        let account = accounts(&shop, email).await[0].id.to_string();
        // Scanners look as often as they like.
        for _ in 0..3 {
            let mut scanner = test.browser();
            let page = scanner.get(&path).await.expect(200).text();
            assert!(page.contains("Maya") && page.contains(email), "says which account: {page}");
            assert_eq!(scanner.head(&path).await.status, 200);
            assert!(!scanner.has_cookie("portal_fernhill"));
        }
        // Another browser than the one that asked; once.
        let mut phone = test.browser();
        phone.post(&path, &[("account", "acc_01h455vb4pex5vsknk084sn02q")]).await.expect(404);
        assert!(is_in(&phone.post(&path, &[("account", &account)]).await));
        phone.get("/portal/fernhill/").await.expect(200);
        let mut second = test.browser();
        second.post(&path, &[("account", &account)]).await.expect(410);
        assert!(second.get(&path).await.expect(410).text().contains("does not work any more"));
        assert!(!second.has_cookie("portal_fernhill"));
        assert!(!is_in(&enter(&mut browser, "1234-5678").await), "there is no code to it");
    }

    async fn a_link_pressed_many_times_at_once_is_one_session(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        ask(&mut test.browser(), email, "link").await.expect(303);
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        let account = accounts(&shop, email).await[0].id;
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let (mut browser, path) = (test.browser(), path.clone());
                let chosen = account.to_string();
                tokio::spawn(async move { browser.post(&path, &[("account", &chosen)]).await })
            })
            .collect();
        let mut let_in = 0;
        for call in calls {
            let answer = call.await.expect("no panic");
            if is_in(&answer) {
                let_in += 1;
            } else if answer.status != 503 {
                // A slow machine may have let one wait too long for the database.
                answer.expect(410);
            }
        }
        let mut work = shop.work().await;
        let sessions = session::list_of_account(&mut work.tx, account).await;
        assert_eq!((let_in, sessions.expect("sessions").len()), (1, 2), "and the one she had");
    }

    async fn a_link_keeps_where_one_was_going(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        let account = accounts(&shop, email).await[0].id.to_string();
        for (next, to) in [
            ("/portal/fernhill/leads?page=2", "/portal/fernhill/leads?page=2"),
            ("https://evil.example/", "/portal/fernhill/"),
            ("/portal/rival/leads", "/portal/fernhill/"),
        ] {
            let mut browser = test.browser();
            let fields = [("email", email), ("purpose", "link"), ("next", next)];
            browser.post("/portal/fernhill/code", &fields).await.expect(303);
            test.write_codes().await;
            let path = mailed_link(&shop, email).await;
            let page = browser.get(&path).await.expect(200).text();
            let (_, rest) = page.rsplit_once("name=\"next\" value=\"").expect("a field");
            let below = rest.split('"').next().expect("a value").to_owned();
            let answer = browser.post(&path, &[("account", &account), ("next", &below)]).await.expect(303);
            assert_eq!(answer.header("location"), to, "{path}");
            test.clock.advance_ms(DAY_MS);
        }
        // What the address says is no more believed than any other.
        let mut browser = test.browser();
        ask(&mut browser, email, "link").await.expect(303);
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        let answer = browser.post(&path, &[("account", &account), ("next", "@evil.example/")]).await.expect(303);
        assert_eq!(answer.header("location"), "/portal/fernhill/");
    }

    async fn a_link_is_void_by_time_by_a_newer_mail_and_elsewhere(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        set(&rival, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        let account = accounts(&shop, email).await[0].id.to_string();
        let chosen = [("account", account.as_str())];
        let mut browser = test.browser();
        ask(&mut browser, email, "link").await.expect(303);
        test.write_codes().await;
        let first = mailed_link(&shop, email).await;
        // The same budgets as codes.
        assert_eq!(ask(&mut browser, email, "link").await.expect(429).header("retry-after"), "60");
        test.clock.advance_ms(MINUTE_MS);
        ask(&mut browser, email, "log_in").await.expect(303);
        test.write_codes().await;
        test.browser().post(&first, &chosen).await.expect(410);
        test.clock.advance_ms(MINUTE_MS);
        for (age_ms, good) in [(15 * MINUTE_MS - 1, true), (15 * MINUTE_MS, false)] {
            ask(&mut browser, email, "link").await.expect(303);
            test.write_codes().await;
            let path = mailed_link(&shop, email).await;
            // Not at another portal, not made up, not on another host.
            test.browser().get(&path.replace("fernhill", "rival")).await.expect(404);
            test.browser().get(&format!("{path}x")).await.expect(404);
            test.clock.advance_ms(age_ms);
            assert_eq!(is_in(&test.browser().post(&path, &chosen).await), good);
            test.clock.advance_ms(60 * MINUTE_MS);
        }
        // Switched off, a link that is under way ends.
        ask(&mut browser, email, "link").await.expect(303);
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        set(&shop, SettingPatch { magic_links: Some(false), ..SettingPatch::default() }).await;
        test.browser().post(&path, &chosen).await.expect(410);
    }

    async fn a_link_works_at_the_host_it_was_written_for_alone(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        let mut owner = shop.browser().await;
        let names = "/admin/branding/address";
        owner.get(names).await.expect(200);
        owner.post(names, &[("name", "portal.fernhill.example")]).await.expect(303);
        test.names.lead("portal.fernhill.example", &["192.0.2.10"]);
        owner.post(&format!("{names}/portal.fernhill.example/check"), &[]).await.expect(303);
        ask(&mut test.browser(), email, "link").await.expect(303);
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        let account = accounts(&shop, email).await[0].id.to_string();
        let chosen = [("account", account.as_str())];
        // The portal answers there, too, but not to this link, and nothing is spent by trying.
        let mut elsewhere = test.browser().at("portal.fernhill.example:8080");
        elsewhere.get("/log-in").await.expect(200);
        let below = path.trim_start_matches("/portal/fernhill");
        elsewhere.get(below).await.expect(404);
        elsewhere.post(below, &chosen).await.expect(404);
        assert!(!elsewhere.has_cookie("portal_fernhill"));
        assert!(is_in(&test.browser().post(&path, &chosen).await));
    }

    async fn a_link_that_was_sent_is_gone_from_the_outbox(test: TestApp) {
        let shop = test.business("Fernhill").await;
        set(&shop, SettingPatch { magic_links: Some(true), ..SettingPatch::default() }).await;
        let maya = shop.affiliate("Maya").await;
        let email = maya["email"].as_str().expect("an address");
        let _device = shop.portal(&maya).await;
        ask(&mut test.browser(), email, "link").await.expect(303);
        test.write_codes().await;
        let path = mailed_link(&shop, email).await;
        let mut work = shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await.expect("mails");
        let line = lines.iter().find(|line| line.kind == "login_link").expect("the mail");
        mail::record_outcome(&mut work, line.id, &mail::Outcome::Sent).await.expect("noted");
        let sent = mail::get(&mut work, line.id).await.expect("a mail");
        assert!(!sent.body_text.contains(&path) && !sent.body_html.contains(&path) && sent.body_text.contains("was removed"));
    }

    async fn the_home_tells_of_all_engagements(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut noor = sign_up(&test, &shop, "Noor", NOOR, PASSWORD).await;
        let home = noor.get("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("You joined Fernhill") && !home.contains("affiliate</"), "{home}");

        let maya = shop.affiliate("Maya").await;
        let mut portal = shop.portal(&maya).await;
        test.clock.advance_ms(DAY_MS);
        let spring = shop.campaign("Spring").await;
        let rule = json!({"scope": {"campaign_id": spring["id"]}, "trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}, "base": "net", "recurrence": {"every": true}, "auto_approve": true});
        shop.made("/rules", rule).await;
        let partnership = shop.partnership(&spring, &maya, "maya").await;
        test.clock.advance_ms(DAY_MS);
        let sale = json!({"external_id": "inv-1", "customer": {"external_id": "cus-1"}, "amount": 10_000, "currency": "USD", "code": "maya"});
        shop.made("/track/sale", sale).await;
        test.clock.advance_ms(DAY_MS);
        let referrals = shop.api().get("/referrals").await.expect(200).json();
        let referral = referrals["data"][0]["id"].as_str().expect("a referral").to_owned();
        shop.api().post(&format!("/referrals/{referral}/approve"), json!({})).await;
        let payouts = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await;
        let payout = payouts["data"][0]["id"].as_str().or(payouts["id"].as_str()).expect("a payout").to_owned();
        shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({"method": "bank_transfer"})).await.expect(200);
        test.clock.advance_ms(DAY_MS);
        let path = format!("/partnerships/{}", partnership["id"].as_str().expect("an id"));
        shop.api().patch(&path, json!({"active": false})).await.expect(200);

        let home = portal.get("/portal/fernhill/home").await.expect(200).text();
        let order = ["You left the campaign Spring", "paid: $20.00", "Your first sale", "You joined the campaign Spring", "You became an affiliate", "You joined Fernhill"];
        let mut rest = home.as_str();
        for words in order {
            let (_, after) = rest.split_once(words).unwrap_or_else(|| panic!("{words} is missing or out of order: {home}"));
            rest = after;
        }
        assert!(home.contains("25 Nov 2026") && home.contains(&format!("/portal/fernhill/payouts/{payout}")), "{home}");
        // Nothing of somebody else's.
        let other = noor.get("/portal/fernhill/home").await.expect(200).text();
        assert!(!other.contains("Spring") && !other.contains("$20.00"), "{other}");
        // Who was terminated keeps the past, with links only to what is still theirs.
        let id = maya["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let mut work = shop.work().await;
        service::programme::affiliate::set_status(&mut work, id, AffiliateStatus::Terminated).await.expect("set");
        work.commit().await.expect("stored");
        let home = portal.get("/portal/fernhill/home").await.expect(200).text();
        assert!(home.contains("Your first sale") && !home.contains("/portal/fernhill/commissions"), "{home}");
    }
}
