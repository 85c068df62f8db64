//! The person's own pages in the portal: profile and what waits for it, sessions, password, the proof
//! that sensitive acts need, and which mail is wanted.

use domain::status::{NoticeKind, Scope};
use service::messaging::mail;
use service::portal::invitation;
use service::portal::session;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
const ACCOUNT: &str = "/portal/fernhill/account";
const COOKIE: &str = "portal_fernhill";

/// The profile as its form sends it.
const PROFILE: &[(&str, &str)] = &[
    ("name", "Maya Okonkwo"),
    ("phone", "+49 30 1234567"),
    ("company", ""),
    ("country", "DE"),
    ("street", ""),
    ("city", ""),
    ("postcode", ""),
    ("timezone", ""),
];

/// A form with some of its fields changed.
fn with<'a>(
    form: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut form = form.to_vec();
    for (name, value) in changes {
        match form.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => form.push((name, value)),
        }
    }
    form
}

/// A shop with an affiliate who is logged in.
async fn maya<'a>(test: &'a TestApp) -> (Shop<'a>, Client) {
    let shop = test.business("Fernhill").await;
    let maya = shop.affiliate("Maya").await;
    let browser = shop.portal(&maya).await;
    (shop, browser)
}

/// Another browser of hers.
async fn log_in(test: &TestApp, password: &str) -> Client {
    let mut browser = test.browser();
    let form = [
        ("email", "maya@affiliates.example.com"),
        ("password", password),
    ];
    browser
        .post("/portal/fernhill/log-in", &form)
        .await
        .expect(303);
    browser
}

/// The kinds and addresses of all mails, the latest first.
async fn mails(shop: &Shop<'_>) -> Vec<(String, String)> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    lines
        .into_iter()
        .map(|line| (line.kind, line.to_address))
        .collect()
}

/// Writes the code that was asked for, and reads it from its mail.
async fn mailed_code(test: &TestApp, shop: &Shop<'_>) -> String {
    test.write_codes().await;
    let mut work = shop.work().await;
    work.actor.require(Scope::Read).expect("may read");
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let id = lines
        .iter()
        .find(|line| line.kind == "login_code")
        .expect("a code")
        .id;
    let text = mail::get(&mut work, id).await.expect("a mail").body_text;
    let (_, rest) = text.split_once("Your code: ").expect("a code");
    rest.chars().take(9).collect()
}

/// Whether a browser is still logged in.
async fn is_in(browser: &mut Client) -> bool {
    let answer = browser.get("/portal/fernhill/").await;
    assert!(
        answer.status == 200 || answer.header("location").contains("/log-in"),
        "{}",
        answer.status
    );
    answer.status == 200
}

both_engines! {
    async fn a_profile_is_asked_for_once_and_stays_editable(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let mut rival_owner = test.business("Rival").await.browser().await;
        let page = browser.get(ACCOUNT).await.expect(200).text();
        assert!(page.contains("maya@affiliates.example.com") && page.contains("readonly"), "{page}");
        browser.get("/portal/fernhill/leads").await.expect(200);

        let mut owner = shop.browser().await;
        owner.get("/admin/settings/profiles").await.expect(200);
        owner.post("/admin/settings/profiles", &[("required", "phone"), ("required", "country")]).await.expect(303);
        let page = rival_owner.get("/admin/settings/profiles").await.expect(200).text();
        assert!(!page.contains(" checked"), "the other business asks for nothing: {page}");
        // The next page leads to the profile, and back.
        let to = browser.get("/portal/fernhill/leads?status=lead").await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/account?next=%2Fportal%2Ffernhill%2Fleads%3Fstatus%3Dlead");
        browser.get("/portal/fernhill/").await.expect(303);
        let page = browser.get(to.header("location")).await.expect(200).text();
        assert!(page.contains("One thing before you go on"), "{page}");
        // An act is refused, and says so.
        let refused = browser.post("/portal/fernhill/messages", &[("body", "Hello")]).await.expect(303);
        assert_eq!(refused.header("location"), "/portal/fernhill/account?next=%2Fportal%2Ffernhill%2F");
        let page = browser.get(refused.header("location")).await.expect(200).text();
        assert!(page.contains("Nothing was saved: complete your profile first"), "{page}");
        // The other pages about the person are open.
        browser.get("/portal/fernhill/account/security").await.expect(200);

        let next = ("next", "/portal/fernhill/leads?status=lead");
        for (field, wrong) in [("phone", ""), ("phone", "call me"), ("phone", "12"), ("country", ""), ("country", "XX"), ("name", " "), ("timezone", "Mars/Base")] {
            let form = with(PROFILE, &[(field, wrong), ("company", "Okonkwo & Daughters"), next]);
            let page = browser.post(ACCOUNT, &form).await.expect(422).text();
            assert!(page.contains(&format!("{field}-error")), "{field}={wrong}: {page}");
            assert!(page.contains("Okonkwo &#38; Daughters"), "what was typed stays");
        }
        browser.get("/portal/fernhill/leads").await.expect(303);
        let done = browser.post(ACCOUNT, &with(PROFILE, &[next])).await.expect(303);
        assert_eq!(done.header("location"), "/portal/fernhill/leads?status=lead");
        browser.get("/portal/fernhill/leads").await.expect(200);
        let page = browser.get(ACCOUNT).await.expect(200).text();
        assert!(page.contains("Maya Okonkwo") && page.contains("+49 30 1234567"), "{page}");
        // Staff sees what was told.
        let id = shop.api().get("/affiliates").await.json()["data"][0]["id"].as_str().expect("an id").to_owned();
        let record = owner.get(&format!("/admin/affiliates/{id}")).await.expect(200).text();
        for part in ["As they told it in the portal", "Maya Okonkwo", "+49 30 1234567", "Germany"] {
            assert!(record.contains(part), "{part}: {record}");
        }
        // Elsewhere than in this portal nobody is led.
        let away = browser.post(ACCOUNT, &with(PROFILE, &[("next", "https://evil.example/")])).await.expect(303);
        assert_eq!(away.header("location"), "/portal/fernhill/");
        // Nobody is held up any more when nothing is asked for.
        owner.post("/admin/settings/profiles", &[]).await.expect(303);
        let tom = shop.affiliate("Tom").await;
        shop.portal(&tom).await.get("/portal/fernhill/leads").await.expect(200);
    }

    async fn everybody_is_asked_once_before_the_apps(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let id = maya["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let mut work = shop.work().await;
        let view = invitation::invite(&mut work, id).await.expect("invited");
        work.commit().await.expect("stored");
        let link = view.link.expect("a link");
        let link = link.trim_start_matches("http://localhost:8080");
        let mut browser = test.browser();
        browser.get(link).await.expect(200);
        browser.post(link, &[("name", "Maya"), ("password", PASSWORD)]).await.expect(303);
        // A business that was just founded asks, too. It needs the name alone.
        for page in ["", "home", "leads", "leads.csv", "payouts", "notifications", "messages"] {
            let to = browser.get(&format!("/portal/fernhill/{page}")).await.expect(303);
            assert_eq!(to.header("location"), format!("/portal/fernhill/account?next=%2Fportal%2Ffernhill%2F{page}"));
        }
        let page = browser.get(&format!("{ACCOUNT}?next=%2Fportal%2Ffernhill%2Fleads")).await.expect(200).text();
        for words in ["One thing before you go on", "value=\"Maya\"", "maya@affiliates.example.com", "name=\"phone\"", "name=\"street\"", "name=\"timezone\"", "name=\"language\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // Neither looking nor a log-in elsewhere is an answer, and what is wrong is none.
        let mut phone = log_in(&test, PASSWORD).await;
        phone.get("/portal/fernhill/").await.expect(303);
        browser.post(ACCOUNT, &[("name", " ")]).await.expect(422);
        browser.get("/portal/fernhill/").await.expect(303);
        let told = [("name", "Maya"), ("next", "/portal/fernhill/leads")];
        let done = browser.post(ACCOUNT, &told).await.expect(303);
        assert_eq!(done.header("location"), "/portal/fernhill/leads");
        // Once, for all pages and all browsers.
        for page in ["", "home", "leads"] {
            browser.get(&format!("/portal/fernhill/{page}")).await.expect(200);
            phone.get(&format!("/portal/fernhill/{page}")).await.expect(200);
        }
        assert!(!browser.get(ACCOUNT).await.expect(200).text().contains("One thing before you go on"));
    }

    async fn times_are_the_persons_own(test: TestApp) {
        let (_shop, mut browser) = maya(&test).await;
        let hour = |page: String| {
            let (_, rest) = page.split_once(" · since ").expect("a time");
            let (time, _) = rest.split_once(" · at ").expect("an end");
            time.rsplit(' ').next().expect("an hour").to_owned()
        };
        let business = hour(browser.get("/portal/fernhill/account/security").await.expect(200).text());
        browser.get(ACCOUNT).await.expect(200);
        browser.post(ACCOUNT, &with(PROFILE, &[("timezone", "Asia/Kolkata")])).await.expect(303);
        let own = hour(browser.get("/portal/fernhill/account/security").await.expect(200).text());
        let minutes = |time: &str| {
            let (hours, minutes) = time.split_once(':').expect("a time");
            hours.parse::<i64>().expect("hours") * 60 + minutes.parse::<i64>().expect("minutes")
        };
        assert_eq!((minutes(&own) - minutes(&business)).rem_euclid(24 * 60), 5 * 60 + 30, "{business} {own}");
    }

    async fn sessions_are_listed_and_ended(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let mut phone = log_in(&test, PASSWORD).await;
        let mut tablet = log_in(&test, PASSWORD).await;
        let page = browser.get("/portal/fernhill/account/security").await.expect(200).text();
        assert_eq!(page.matches("This one").count(), 1, "{page}");
        let ids: Vec<String> = page.split("/sessions/ses_").skip(1).filter_map(|rest| rest.split('/').next()).map(|id| format!("ses_{id}")).collect();
        assert_eq!(ids.len(), 3, "{page}");
        let id_of = |client: &Client| client.cookie(COOKIE).and_then(|text| text.split('.').nth(1).map(str::to_owned)).expect("a session");
        // Another person's session is nobody's here.
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        tom.get("/portal/fernhill/account/security").await.expect(200);
        tom.post(&format!("{ACCOUNT}/sessions/{}/end", id_of(&phone)), &[]).await.expect(404);
        assert!(is_in(&mut phone).await);
        browser.post(&format!("{ACCOUNT}/sessions/{}/end", id_of(&phone)), &[]).await.expect(303);
        assert!(!is_in(&mut phone).await);
        assert!(is_in(&mut tablet).await);
        browser.get("/portal/fernhill/account/security").await.expect(200);
        browser.post(&format!("{ACCOUNT}/sessions/end-others"), &[]).await.expect(303);
        assert!(!is_in(&mut tablet).await);
        assert!(is_in(&mut browser).await && is_in(&mut tom).await);
        // Ending one's own logs out.
        let own = id_of(&browser);
        browser.get("/portal/fernhill/account/security").await.expect(200);
        let out = browser.post(&format!("{ACCOUNT}/sessions/{own}/end"), &[]).await.expect(303);
        assert_eq!(out.header("location"), "/portal/fernhill/log-in");
    }

    async fn a_session_is_of_one_business_and_host_and_dies_with_a_block(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let rival = test.business("Rival").await;
        let cookie = browser.cookie(COOKIE).expect("a session");
        for (business, host, good) in [(shop.id, "localhost:8080", true), (shop.id, "portal.example.com", false), (rival.id, "localhost:8080", false)] {
            let who = session::authenticate(&test.app, business, &cookie, host).await.expect("asked");
            assert_eq!(who.is_some(), good, "{host}");
        }
        let mut thief = test.browser();
        thief.set_cookie("portal_rival", &cookie);
        assert!(thief.get("/portal/rival/").await.expect(303).header("location").contains("/log-in"));
        let blocked = match test.db.db.engine() {
            testkit::Engine::Sqlite => "update account set blocked = 1",
            testkit::Engine::Postgres => "update account set blocked = true",
        };
        assert!(is_in(&mut browser).await);
        test.db.raw().await.execute(blocked).await.expect("blocked");
        assert!(!is_in(&mut browser).await);
    }

    async fn a_log_in_takes_no_secret_that_was_planted(test: TestApp) {
        let (_shop, maya) = maya(&test).await;
        let form = [("email", "maya@affiliates.example.com"), ("password", PASSWORD)];
        for planted in ["made.up.long-before".to_owned(), maya.cookie(COOKIE).expect("a session")] {
            let mut browser = test.browser();
            browser.set_cookie(COOKIE, &planted);
            browser.post("/portal/fernhill/log-in", &form).await.expect(303);
            assert_ne!(browser.cookie(COOKIE).expect("a session"), planted);
            assert!(is_in(&mut browser).await);
        }
    }

    async fn a_log_out_ends_the_session_for_whoever_kept_its_cookie(test: TestApp) {
        let (_shop, mut browser) = maya(&test).await;
        let mut phone = log_in(&test, PASSWORD).await;
        let kept = browser.cookie(COOKIE).expect("a session");
        let mut thief = test.browser();
        thief.set_cookie(COOKIE, &kept);
        assert!(is_in(&mut thief).await && is_in(&mut browser).await);
        browser.post("/portal/fernhill/log-out", &[]).await.expect(303);
        assert!(!is_in(&mut thief).await, "the old secret opens nothing");
        assert!(is_in(&mut phone).await, "another session is another's");
    }

    async fn a_new_password_ends_every_other_session(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let mut phone = log_in(&test, PASSWORD).await;
        let path = format!("{ACCOUNT}/password");
        test.clock.advance_ms(15 * MINUTE_MS);
        browser.get("/portal/fernhill/account/security").await.expect(200);
        let new = "a garden gate in may";
        for (current, wanted, field) in [("", new, "current"), ("not it at all", new, "current"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new")] {
            let page = browser.post(&path, &[("current", current), ("new", wanted)]).await.expect(422).text();
            assert!(page.contains(&format!("{field}-error")), "{current}: {page}");
            test.clock.advance_ms(1_000);
        }
        let before = browser.cookie(COOKIE).expect("a session");
        browser.post(&path, &[("current", PASSWORD), ("new", new)]).await.expect(303);
        let after = browser.cookie(COOKIE).expect("a session");
        assert_ne!(before, after, "the secret is new");
        assert!(is_in(&mut browser).await && !is_in(&mut phone).await);
        let mut thief = test.browser();
        thief.set_cookie(COOKIE, &before);
        assert!(!is_in(&mut thief).await, "the old secret opens nothing");
        assert_eq!(mails(&shop).await[0], ("password_changed".to_owned(), "maya@affiliates.example.com".to_owned()));
        test.clock.advance_ms(60_000);
        log_in(&test, new).await;
        // Who has just shown who they are needs not know the old one.
        browser.get("/portal/fernhill/account/security").await.expect(200);
        browser.post(&path, &[("current", ""), ("new", "another garden gate")]).await.expect(303);
    }

    async fn a_proof_is_good_for_fifteen_minutes_and_makes_a_new_secret(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let blank = [("current", ""), ("new", "a garden gate in may")];
        let path = format!("{ACCOUNT}/password");
        test.clock.advance_ms(15 * MINUTE_MS);
        browser.get(&format!("{ACCOUNT}/security")).await.expect(200);
        browser.post(&path, &blank).await.expect(422);
        // By the password.
        let prove = format!("{ACCOUNT}/prove");
        browser.get(&format!("{prove}?next=%2Fportal%2Ffernhill%2Faccount%2Fsecurity")).await.expect(200);
        let wrong = browser.post(&prove, &[("password", "not it at all"), ("next", "")]).await.expect(422).text();
        assert!(wrong.contains("password-error"), "{wrong}");
        browser.post(&prove, &[("password", PASSWORD), ("next", "")]).await.expect(422);
        test.clock.advance_ms(5_000);
        let before = browser.cookie(COOKIE).expect("a session");
        let to = browser.post(&prove, &[("password", PASSWORD), ("next", "/portal/fernhill/account/security")]).await.expect(303);
        assert_eq!(to.header("location"), "/portal/fernhill/account/security");
        assert_ne!(browser.cookie(COOKIE).expect("a session"), before);
        let mut thief = test.browser();
        thief.set_cookie(COOKIE, &before);
        assert!(!is_in(&mut thief).await, "what was stolen before is worth nothing now");
        test.clock.advance_ms(15 * MINUTE_MS - 1);
        assert!(browser.get(&format!("{ACCOUNT}/security")).await.expect(200).text().contains("May stay empty"));
        test.clock.advance_ms(1);
        assert!(!browser.get(&format!("{ACCOUNT}/security")).await.expect(200).text().contains("May stay empty"));
        // By a mailed code.
        browser.get(&prove).await.expect(200);
        browser.post(&format!("{prove}/code"), &[("next", "/portal/fernhill/account/security")]).await.expect(303);
        let code = mailed_code(&test, &shop).await;
        browser.get(&prove).await.expect(200);
        let page = browser.post(&format!("{prove}/enter"), &[("code", "1111-1111"), ("next", "")]).await.expect(422).text();
        assert!(page.contains("code-error"), "{page}");
        // The code shows who is logged in already; it opens no door for anybody else.
        let flow = browser.cookie("portal_prove_fernhill").expect("a flow");
        let mut tom = shop.portal(&shop.affiliate("Tom").await).await;
        tom.set_cookie("portal_prove_fernhill", &flow);
        tom.get(&prove).await.expect(200);
        let before = tom.cookie(COOKIE);
        tom.post(&format!("{prove}/enter"), &[("code", "2222-2222"), ("next", "")]).await.expect(422);
        assert_eq!(tom.cookie(COOKIE), before);
        let mut guest = test.browser();
        guest.set_cookie("portal_flow_fernhill", &flow);
        guest.post("/portal/fernhill/code/enter", &[("code", "3333-3333")]).await.expect(422);
        assert!(!guest.has_cookie(COOKIE));
        let before = browser.cookie(COOKIE).expect("a session");
        browser.get(&prove).await.expect(200);
        browser.post(&format!("{prove}/enter"), &[("code", &code), ("next", "")]).await.expect(303);
        assert_ne!(browser.cookie(COOKIE).expect("a session"), before);
        browser.get(&format!("{ACCOUNT}/security")).await.expect(200);
        browser.post(&path, &blank).await.expect(303);
        // It is used up.
        browser.set_cookie("portal_prove_fernhill", &flow);
        browser.get(&prove).await.expect(200);
        browser.post(&format!("{prove}/enter"), &[("code", &code), ("next", "")]).await.expect(422);
        guest.post("/portal/fernhill/code/enter", &[("code", &code)]).await.expect(422);
        assert!(!guest.has_cookie(COOKIE));
    }

    async fn a_proof_by_code_does_not_log_anybody_in(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let prove = format!("{ACCOUNT}/prove");
        browser.get(&prove).await.expect(200);
        browser.post(&format!("{prove}/code"), &[("next", "")]).await.expect(303);
        let code = mailed_code(&test, &shop).await;
        let mut guest = test.browser();
        guest.set_cookie("portal_flow_fernhill", &browser.cookie("portal_prove_fernhill").expect("a flow"));
        let to = guest.post("/portal/fernhill/code/enter", &[("code", &code)]).await.expect(303);
        let page = guest.get(to.header("location")).await.expect(200).text();
        let id = page.split("value=\"acc_").nth(1).and_then(|rest| rest.split('"').next()).map(|id| format!("acc_{id}")).expect("an account");
        guest.post("/portal/fernhill/code/accounts", &[("account", &id), ("password", "a garden gate in may")]).await.expect(404);
        assert!(!guest.has_cookie(COOKIE));
    }

    async fn unwanted_mail_is_not_sent(test: TestApp) {
        let (shop, mut browser) = maya(&test).await;
        let (maya, tom) = (shop.api().get("/affiliates").await.json()["data"][0].clone(), shop.affiliate("Tom").await);
        shop.portal(&tom).await;
        let page = browser.get("/portal/fernhill/account/notifications").await.expect(200).text();
        assert_eq!(page.matches(" checked").count(), NoticeKind::ALL.len(), "{page}");
        let path = format!("{ACCOUNT}/notifications");
        browser.post(&path, &[("wanted", "everything")]).await.expect(422);
        browser.post(&path, &[("wanted", "payout_paid")]).await.expect(303);
        let page = browser.get(&path).await.expect(200).text();
        assert_eq!(page.matches(" checked").count(), 1, "{page}");
        let campaign = shop.campaign("Autumn").await;
        shop.partnership(&campaign, &maya, "maya").await;
        shop.partnership(&campaign, &tom, "tom").await;
        let told: Vec<String> = mails(&shop).await.into_iter().filter(|(kind, _)| kind == "added_to_campaign").map(|(_, to)| to).collect();
        assert_eq!(told, ["tom@affiliates.example.com"]);
        // What keeps the account safe is told all the same.
        browser.get(&format!("{ACCOUNT}/security")).await.expect(200);
        browser.post(&format!("{ACCOUNT}/password"), &[("current", ""), ("new", "a garden gate in may")]).await.expect(303);
        assert!(mails(&shop).await.iter().any(|(kind, _)| kind == "password_changed"));
    }
}
