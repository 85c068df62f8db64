//! Applications: the public form with its questions, what is told to whom, the decision, and the rule.

use std::collections::BTreeSet;

use serde_json::Value;
use service::messaging::mail;
use service::portal::application::{self, Application, TakePayload};
use service::store::list::Window;
use service::store::portal::account;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const FORM: &str = "/portal/fernhill/apply";
const EVE: &str = "eve@letters.example";
const HOUR_MS: i64 = 3_600_000;

/// Opens the form in the admin, with these settings beside.
async fn open(owner: &mut Client, more: &[(&str, &str)]) {
    owner.get("/admin/applications/form").await.expect(200);
    let mut fields = vec![("open", "true"), ("rule", "off")];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    owner
        .post("/admin/applications/form", &fields)
        .await
        .expect(303);
}

async fn ask(owner: &mut Client, kind: &str, label: &str, more: &[(&str, &str)]) {
    let mut fields = vec![("kind", kind), ("label", label)];
    fields.extend_from_slice(more);
    owner.post("/admin/questions", &fields).await.expect(303);
}

/// The value of a field of a page.
fn value(page: &str, name: &str) -> String {
    let tag = page
        .split('<')
        .find(|tag| tag.contains(&format!("name=\"{name}\"")))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    let value = tag.split("value=\"").nth(1).expect("a value");
    value.split('"').next().expect("its end").to_owned()
}

/// The name of the field below a label.
fn field_of(page: &str, label: &str) -> String {
    let (before, _) = page
        .split_once(label)
        .unwrap_or_else(|| panic!("no {label} in {page}"));
    let (_, name) = before.rsplit_once("for=\"").expect("a label");
    name.split('"').next().expect("its end").to_owned()
}

/// Sends the form as a person does; what follows is done.
async fn apply(test: &TestApp, browser: &mut Client, fields: &[(&str, &str)]) -> Answer {
    let answer = fill_in(test, browser, fields).await;
    test.take_applications().await;
    answer
}

/// The same from a browser of its own, and what follows waits.
async fn send(test: &TestApp, fields: &[(&str, &str)]) {
    fill_in(test, &mut test.browser(), fields).await.expect(303);
}

/// Has the job that waits given up, as the runner does after the last try; the id of the application that may
/// come of it. `sealed` is what the form is then, if not what was sent.
async fn give_up(test: &TestApp, sealed: Option<&str>, error: &str) -> String {
    let mut jobs = test.claimed(application::TAKE_JOB).await;
    assert_eq!(jobs.len(), 1);
    let job = jobs.remove(0);
    let mut payload: TakePayload = serde_json::from_str(&job.payload).expect("a payload");
    if let Some(sealed) = sealed {
        sealed.clone_into(&mut payload.sealed);
    }
    let business = job.business_id.expect("a business");
    application::set_aside(&test.app, business, &job, &payload, error)
        .await
        .expect("set aside");
    payload.application_id.to_string()
}

/// Opens the form, takes some seconds, and sends it.
async fn fill_in(test: &TestApp, browser: &mut Client, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(FORM).await.expect(200).text();
    let token = value(&page, "token");
    test.clock.advance_ms(5_000);
    let mut all = vec![("token", token.as_str()), ("fax_number", "")];
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    browser.post(FORM, &all).await
}

async fn apply_as(test: &TestApp, name: &str, email: &str) -> Answer {
    apply(
        test,
        &mut test.browser(),
        &[("name", name), ("email", email)],
    )
    .await
}

/// All applications, the latest first.
async fn all(shop: &Shop<'_>) -> Vec<Application> {
    let mut work = shop.work().await;
    application::list(
        &mut work,
        &application::Filter::default(),
        Window::all("created_at_ms desc, id desc"),
    )
    .await
    .expect("applications")
}

/// Kind and address of every mail.
async fn mails(shop: &Shop<'_>) -> Vec<(String, String)> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id"))
        .await
        .expect("mails");
    lines
        .into_iter()
        .map(|line| (line.kind, line.to_address))
        .collect()
}

async fn mailed(shop: &Shop<'_>, kind: &str, to: &str) -> usize {
    let wanted = (kind.to_owned(), to.to_owned());
    mails(shop)
        .await
        .iter()
        .filter(|mail| **mail == wanted)
        .count()
}

async fn affiliate(shop: &Shop<'_>, email: &str) -> Value {
    let list = shop.api().get("/affiliates").await.expect(200).json();
    let found = list["data"].as_array().expect("a list").iter();
    found
        .clone()
        .find(|affiliate| affiliate["email"] == email)
        .cloned()
        .unwrap_or(Value::Null)
}

both_engines! {
    async fn from_the_form_to_the_log_in(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        test.browser().get(FORM).await.expect(404);
        let log_in = test.browser().get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(!log_in.contains("Become an affiliate"));
        open(&mut owner, &[("intro", "We look for gardeners. See https://fernhill.example/pay"), ("terms_url", "fernhill.example/terms")]).await;
        ask(&mut owner, "long_text", "How will you recommend us?", &[("required", "true")]).await;
        ask(&mut owner, "yes_no", "Are you of age?", &[("required", "true")]).await;
        ask(&mut owner, "choice", "Where?", &[("choices", "Blog\nVideo")]).await;
        let log_in = test.browser().get("/portal/fernhill/log-in").await.expect(200).text();
        assert!(log_in.contains("Become an affiliate"), "{log_in}");
        let page = test.browser().get(FORM).await.expect(200).text();
        assert!(page.contains("href=\"https://fernhill.example/pay\"") && page.contains("https://fernhill.example/terms"), "{page}");
        let [how, age, place] = ["How will you", "Are you of age", "Where?"].map(|label| field_of(&page, label));

        let mut eve = test.browser();
        let fields = [
            ("name", "Eve Stone"), ("email", EVE), ("website", "letters.example"), ("audience", "Gardeners"), ("agreed", "true"),
            (how.as_str(), "By <b>letters</b>"), (age.as_str(), "yes"), (place.as_str(), "Blog"),
        ];
        let sent = apply(&test, &mut eve, &fields).await.expect(303);
        assert_eq!(sent.header("location"), "/portal/fernhill/apply/sent");
        eve.get("/portal/fernhill/apply/sent").await.expect(200);
        assert_eq!(affiliate(&shop, EVE).await["status"], "pending");
        assert_eq!(mailed(&shop, "application", EVE).await, 1);
        assert_eq!(mailed(&shop, "application_waits", &shop.owner_email).await, 1);

        let list = owner.get("/admin/applications").await.expect(200).text();
        assert!(list.contains("Eve Stone") && list.contains("1<span class=\"sr-only\"> waiting"), "{list}");
        assert!(list.contains("/portal/fernhill/apply\""), "the address can be copied");
        let found = all(&shop).await.remove(0);
        let record = format!("/admin/applications/{}", found.id);
        let page = owner.get(&record).await.expect(200).text();
        assert!(page.contains("By &#60;b&#62;letters") || page.contains("By &lt;b&gt;letters"), "{page}");
        assert!(page.contains("How will you recommend us?") && page.contains("https://letters.example/"), "{page}");

        // Into a group and a campaign; the links and the invitation go out.
        let group = shop.made("/groups", serde_json::json!({"name": "Gardeners"})).await;
        let campaign = shop.campaign("Autumn").await;
        owner.get(&record).await.expect(200);
        let (group, campaign) = (group["id"].as_str().unwrap(), campaign["id"].as_str().unwrap());
        owner.post(&format!("{record}/approve"), &[("group", group), ("campaign", campaign)]).await.expect(303);
        let eve_now = affiliate(&shop, EVE).await;
        assert_eq!((eve_now["status"].as_str(), eve_now["group_id"].as_str()), (Some("approved"), Some(group)));
        assert_eq!(mailed(&shop, "invitation", EVE).await, 1);
        assert_eq!(mailed(&shop, "affiliate_approved", EVE).await, 1);
        let page = owner.get(&record).await.expect(200).text();
        assert!(page.contains("Approved") && page.contains("Owner 1") && !page.contains("/reject\""), "{page}");
        owner.post(&format!("{record}/approve"), &[]).await.expect(409);
        owner.post(&format!("{record}/reject"), &[("reason", "Late")]).await.expect(409);
        // The invitation's link makes the account.
        let mut browser = shop.portal(&serde_json::json!({"id": eve_now["id"], "name": "Eve"})).await;
        let home = browser.visit("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("Autumn"), "{home}");
    }

    async fn what_could_not_be_taken_on_waits_for_staff(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        ask(&mut owner, "long_text", "How will you recommend us?", &[]).await;
        let page = test.browser().get(FORM).await.expect(200).text();
        let how = field_of(&page, "How will you");
        let list = owner.get("/admin/applications").await.expect(200).text();
        assert!(!list.contains("Could not be taken on"), "{list}");

        // At first nothing is said of it: it may work with the next try.
        send(&test, &[("name", "Eve Stone"), ("email", EVE), ("audience", "Gardeners"), (how.as_str(), "By <b>letters</b>")]).await;
        let list = owner.get("/admin/applications").await.expect(200).text();
        assert!(!list.contains("Eve Stone"), "{list}");
        let eve = give_up(&test, None, "The disk <is> full").await;
        assert!(affiliate(&shop, EVE).await.is_null() && all(&shop).await.is_empty());
        let list = owner.get("/admin/applications").await.expect(200).text();
        for text in ["Could not be taken on", "Eve Stone", EVE, "Gardeners", "How will you recommend us?", "By &#60;b&#62;letters", "The disk &#60;is&#62; full"] {
            assert!(list.contains(text), "{text}: {list}");
        }
        let bell = owner.get("/admin/notifications").await.expect(200).text();
        assert!(bell.contains("An application could not be taken on."), "{bell}");

        // It is this business's alone.
        let mut stranger = rival.browser().await;
        let list = stranger.get("/admin/applications").await.expect(200).text();
        assert!(!list.contains("Eve Stone") && !list.contains("Could not be taken on"), "{list}");
        let (again, discard) = (format!("/admin/applications/{eve}/retry"), format!("/admin/applications/{eve}/discard"));
        stranger.post(&again, &[]).await.expect(404);
        stranger.post(&discard, &[]).await.expect(404);

        // Tried again it becomes the application it was, once.
        owner.get("/admin/applications").await.expect(200);
        owner.post(&again, &[]).await.expect(303);
        owner.get("/admin/applications").await.expect(200);
        owner.post(&again, &[]).await.expect(404);
        owner.post(&discard, &[]).await.expect(404);
        test.take_applications().await;
        let list = owner.get("/admin/applications").await.expect(200).text();
        assert!(list.contains("Eve Stone") && !list.contains("Could not be taken on"), "{list}");
        let bell = owner.get("/admin/notifications").await.expect(200).text();
        assert!(bell.contains("Eve Stone has applied.") && !bell.contains("could not be taken on"), "{bell}");
        let found = all(&shop).await;
        assert_eq!((found.len(), found[0].id.to_string(), found[0].audience.as_str()), (1, eve, "Gardeners"));
        assert_eq!(affiliate(&shop, EVE).await["status"], "pending");
        let audit = owner.get("/admin/audit?q=application.retry").await.expect(200).text();
        assert!(audit.contains("had the form of Eve Stone"), "{audit}");

        // Removed it is gone, also where nobody can read it.
        for sealed in [None, Some("AAAA")] {
            test.clock.advance_ms(HOUR_MS);
            send(&test, &[("name", "Tom Reed"), ("email", "tom@letters.example")]).await;
            let tom = give_up(&test, sealed, "The disk is full").await;
            let list = owner.get("/admin/applications").await.expect(200).text();
            assert_eq!((list.contains("Tom Reed"), list.contains("It cannot be read")), (sealed.is_none(), sealed.is_some()), "{list}");
            owner.post(&format!("/admin/applications/{tom}/discard"), &[]).await.expect(303);
            let list = owner.get("/admin/applications").await.expect(200).text();
            assert!(!list.contains("Could not be taken on"), "{list}");
            test.take_applications().await;
        }
        assert_eq!(all(&shop).await.len(), 1);
        assert!(affiliate(&shop, "tom@letters.example").await.is_null());
        let audit = owner.get("/admin/audit?q=application.discard").await.expect(200).text();
        assert!(audit.contains("removed the form of Tom Reed"), "{audit}");
    }

    async fn a_rejection_with_its_reason_and_another_try(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[("rule", "everybody")]).await;
        open(&mut owner, &[]).await;
        apply_as(&test, "Eve", EVE).await.expect(303);
        let record = format!("/admin/applications/{}", all(&shop).await[0].id);
        owner.get(&record).await.expect(200);
        let page = owner.post(&format!("{record}/reject"), &[("reason", " "), ("tell", "true")]).await.expect(422).text();
        assert!(page.contains("reason-error"), "{page}");
        owner.post(&format!("{record}/reject"), &[("reason", "No audience yet"), ("tell", "true")]).await.expect(303);
        assert_eq!(affiliate(&shop, EVE).await["status"], "terminated");
        assert_eq!(mailed(&shop, "application", EVE).await, 1, "that it came");
        assert_eq!(mailed(&shop, "application_rejected", EVE).await, 1, "and the reason");
        let page = owner.get(&record).await.expect(200).text();
        assert!(page.contains("No audience yet") && page.contains("was told by mail"), "{page}");
        let audit = owner.get("/admin/audit?q=application.reject").await.expect(200).text();
        assert!(audit.contains("No audience yet"), "{audit}");

        // The address may apply again; no rule approves it.
        open(&mut owner, &[("rule", "everybody")]).await;
        test.clock.advance_ms(HOUR_MS);
        apply_as(&test, "Eve", EVE).await.expect(303);
        assert_eq!(affiliate(&shop, EVE).await["status"], "pending");
        let found = all(&shop).await;
        assert_eq!(found.len(), 2);
        // Without a tick nobody is told.
        let before = mails(&shop).await.len();
        let record = format!("/admin/applications/{}", found[0].id);
        owner.get(&record).await.expect(200);
        owner.post(&format!("{record}/reject"), &[("reason", "Still none")]).await.expect(303);
        assert_eq!(mails(&shop).await.len(), before);

        // Who was let in after all and then put out is not taken up again by a form.
        let id = affiliate(&shop, EVE).await["id"].as_str().expect("an id").to_owned();
        for status in ["approved", "terminated"] {
            let body = serde_json::json!({"status": status});
            shop.api().post(&format!("/affiliates/{id}/status"), body).await.expect(200);
        }
        test.clock.advance_ms(HOUR_MS);
        apply_as(&test, "Eve", EVE).await.expect(303);
        assert_eq!(affiliate(&shop, EVE).await["status"], "terminated");
        assert_eq!(all(&shop).await.len(), 2);
    }

    async fn what_cannot_be_taken_comes_back(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[("terms_url", "https://fernhill.example/terms")]).await;
        ask(&mut owner, "short_text", "Your town", &[("required", "true")]).await;
        let mut eve = test.browser();
        let page = eve.get(FORM).await.expect(200).text();
        let town = field_of(&page, "Your town");
        let good = [("name", "Eve"), ("email", EVE), ("agreed", "true"), (town.as_str(), "York")];
        for (field, wrong) in [("name", ""), ("email", "eve"), ("website", "no address"), ("audience", &"x".repeat(2_001)), ("agreed", ""), (town.as_str(), " "), ("token", ""), ("token", "forged.x")] {
            let mut fields = good.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, wrong));
            let page = apply(&test, &mut eve, &fields).await.expect(422).text();
            assert!(page.contains("aria-invalid") || field == "token", "{field}: {page}");
            assert!(page.contains("York") || field == town, "what was typed is kept: {field}");
        }
        apply(&test, &mut eve, &[("name", "Eve"), ("email", EVE), ("surprise", "x")]).await.expect(422);
        // Too quick, then again with the same page; too late.
        let page = eve.get(FORM).await.expect(200).text();
        let token = value(&page, "token");
        let mut fields = good.to_vec();
        fields.push(("token", &token));
        let page = eve.post(FORM, &fields).await.expect(422).text();
        assert!(page.contains("very quick") && value(&page, "token") == token, "{page}");
        test.clock.advance_ms(24 * HOUR_MS);
        let page = eve.post(FORM, &fields).await.expect(422).text();
        assert!(page.contains("open for too long") && value(&page, "token") != token, "{page}");
        // Who fills in what nobody sees is thanked, and nothing more.
        let mut fields = good.to_vec();
        fields.push(("fax_number", "555"));
        apply(&test, &mut eve, &fields).await.expect(303);
        assert!(all(&shop).await.is_empty() && mails(&shop).await.is_empty(), "nothing was stored");
        assert!(affiliate(&shop, EVE).await.is_null());
        apply(&test, &mut eve, &good).await.expect(303);
        assert_eq!(all(&shop).await.len(), 1);
    }

    async fn a_form_sent_twice_is_one_application(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        for _ in 0..3 {
            apply_as(&test, "Eve", EVE).await.expect(303);
        }
        assert_eq!(all(&shop).await.len(), 1);
        assert_eq!(mailed(&shop, "application", EVE).await, 1);
        // At the same moment, too.
        let mut browser = test.browser();
        let page = browser.get(FORM).await.expect(200).text();
        let token = value(&page, "token");
        test.clock.advance_ms(5_000);
        let tries = (0..8).map(|_| {
            let (mut browser, token) = (browser.clone(), token.clone());
            async move {
                let fields = [("token", token.as_str()), ("name", "Tom"), ("email", "tom@letters.example")];
                browser.post(FORM, &fields).await.status.as_u16()
            }
        });
        for status in futures_util::future::join_all(tries).await {
            assert_eq!(status, 303);
        }
        test.take_applications().await;
        assert_eq!(all(&shop).await.len(), 2);
    }

    async fn known_addresses_are_answered_alike(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        shop.portal(&maya).await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        let known = maya["email"].as_str().unwrap();
        let mut told = BTreeSet::new();
        for email in [EVE, known] {
            let mut browser = test.browser();
            let answer = apply(&test, &mut browser, &[("name", "Somebody"), ("email", email)]).await;
            let page = browser.get("/portal/fernhill/apply/sent").await;
            let text = page.text().replace(page.header("x-request-id"), "");
            told.insert((answer.status.as_u16(), answer.header("location").to_owned(), text));
        }
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(mailed(&shop, "application_known", known).await, 1);
        assert_eq!(all(&shop).await.len(), 1, "only the stranger's");
        // At most one such mail a day, however often somebody tries.
        for minutes in 0..5 {
            test.clock.advance_ms(10 * 60_000);
            apply_as(&test, &format!("Somebody {minutes}"), known).await.expect(303);
        }
        assert_eq!(mailed(&shop, "application_known", known).await, 1);
    }

    async fn what_follows_is_done_apart_from_the_request(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let known = maya["email"].as_str().unwrap();
        let mut owner = shop.browser().await;
        open(&mut owner, &[("rule", "everybody")]).await;
        let before = mails(&shop).await.len();
        for email in [EVE, known] {
            let mut browser = test.browser();
            let page = browser.get(FORM).await.expect(200).text();
            let token = value(&page, "token");
            test.clock.advance_ms(5_000);
            browser.post(FORM, &[("token", &token), ("name", "Somebody"), ("email", email)]).await.expect(303);
        }
        // Both have left the same: an attempt and a job that tells nobody who it is about.
        assert!(all(&shop).await.is_empty() && affiliate(&shop, EVE).await.is_null());
        assert_eq!(mails(&shop).await.len(), before);
        let payloads: Vec<String> = test.db.raw().await.texts("select payload from job").await.expect("rows").into_iter().flatten().collect();
        assert_eq!(payloads.len(), 2, "{payloads:?}");
        for payload in &payloads {
            assert!(!payload.contains("Somebody") && !payload.contains("example"), "{payload}");
        }
        test.take_applications().await;
        assert_eq!(affiliate(&shop, EVE).await["status"], "approved");
        assert_eq!((mailed(&shop, "invitation", EVE).await, mailed(&shop, "application_known", known).await), (1, 1));
        assert_eq!(all(&shop).await.len(), 1);
        // Done, and not done twice.
        test.take_applications().await;
        assert_eq!(all(&shop).await.len(), 1);
    }

    async fn a_network_has_its_budget(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        for number in 0..10 {
            apply_as(&test, "Somebody", &format!("a{number}@letters.example")).await.expect(303);
        }
        let answer = apply_as(&test, "Somebody", "b@letters.example").await.expect(429);
        assert!(answer.text().contains("b@letters.example"), "what was typed is kept");
        assert_eq!(all(&shop).await.len(), 10);
        test.clock.advance_ms(HOUR_MS);
        apply_as(&test, "Somebody", "b@letters.example").await.expect(303);
    }

    async fn the_rule_decides(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        let campaign = shop.campaign("Autumn").await;
        let group = shop.made("/groups", serde_json::json!({"name": "Gardeners"})).await;
        let (group, campaign) = (group["id"].as_str().unwrap(), campaign["id"].as_str().unwrap());
        owner.get("/admin/applications/form").await.expect(200);
        owner.post("/admin/applications/form", &[("open", "true"), ("rule", "domains")]).await.expect(422);
        owner.post("/admin/applications/form", &[("open", "true"), ("rule", "domains"), ("domains", "not a domain!")]).await.expect(422);
        open(&mut owner, &[("rule", "domains"), ("domains", "Letters.example, @other.example"), ("group", group), ("campaign", campaign)]).await;
        apply_as(&test, "Eve", EVE).await.expect(303);
        let eve = affiliate(&shop, EVE).await;
        assert_eq!((eve["status"].as_str(), eve["group_id"].as_str()), (Some("approved"), Some(group)));
        assert_eq!(mailed(&shop, "invitation", EVE).await, 1);
        assert_eq!(mailed(&shop, "application", EVE).await, 0);
        let found = all(&shop).await.remove(0);
        assert!(found.by_rule && found.decided_by.contains("rule"), "{found:?}");
        apply_as(&test, "Tom", "tom@elsewhere.example").await.expect(303);
        assert_eq!(affiliate(&shop, "tom@elsewhere.example").await["status"], "pending");
        open(&mut owner, &[("rule", "everybody")]).await;
        apply_as(&test, "Bot", "bot@mailinator.com").await.expect(303);
        assert_eq!(affiliate(&shop, "bot@mailinator.com").await["status"], "pending");
        apply_as(&test, "Ann", "ann@anywhere.example").await.expect(303);
        assert_eq!(affiliate(&shop, "ann@anywhere.example").await["status"], "approved");

        // Many at once, into the form's group.
        open(&mut owner, &[("group", group)]).await;
        owner.get("/admin/applications").await.expect(200);
        owner.post("/admin/applications/bulk", &[("act", "approve"), ("all", "true"), ("query", "state=pending")]).await.expect(303);
        for email in ["tom@elsewhere.example", "bot@mailinator.com"] {
            let now = affiliate(&shop, email).await;
            assert_eq!((now["status"].as_str(), now["group_id"].as_str()), (Some("approved"), Some(group)), "{email}");
        }
        owner.post("/admin/applications/bulk", &[("act", "approve")]).await.expect(303);
    }

    async fn an_account_applies_and_keeps_its_log_in(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        // An account without an affiliate, as signing up makes it.
        let maya = shop.affiliate("Maya").await;
        let mut device = shop.portal(&maya).await;
        let mut work = shop.work().await;
        let id = maya["id"].as_str().unwrap().parse().unwrap();
        let there = account::find_by_affiliate(&mut work.tx, id).await.unwrap().unwrap();
        drop(work);
        let raw = test.db.raw().await;
        raw.execute("update account set affiliate_id = null, email = 'eve@letters.example', email_folded = 'eve@letters.example', name = 'Eve'").await.unwrap();
        let home = device.get("/portal/fernhill/home").await.expect(200).text();
        assert!(home.contains("Become an affiliate"), "{home}");
        let page = device.get(FORM).await.expect(200).text();
        assert!(page.contains("You apply with your account eve@letters.example") && !page.contains("name=\"email\""), "{page}");
        let token = value(&page, "token");
        test.clock.advance_ms(5_000);
        device.post(FORM, &[("token", &token), ("csrf", "wrong")]).await.expect(403);
        device.post(FORM, &[("token", &token), ("website", "letters.example")]).await.expect(303);
        let mut work = shop.work().await;
        let now = account::find(&mut work.tx, there.id).await.unwrap().unwrap();
        drop(work);
        let eve = affiliate(&shop, EVE).await;
        assert_eq!(now.affiliate_id.map(|id| id.to_string()).as_deref(), eve["id"].as_str());
        let state = device.get("/portal/fernhill/").await.expect(200).text();
        assert!(state.contains("Your application") && state.contains("https://letters.example/"), "{state}");
        // Applying once more leads to the portal.
        device.get(FORM).await.expect(303);
        let record = format!("/admin/applications/{}", all(&shop).await[0].id);
        owner.get(&record).await.expect(200);
        owner.post(&format!("{record}/reject"), &[("reason", "Not now"), ("tell", "true")]).await.expect(303);
        let state = device.get("/portal/fernhill/").await.expect(200).text();
        assert!(state.contains("was not accepted") && state.contains("Not now"), "{state}");
    }

    async fn approval_takes_up_the_account_of_the_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        let maya = shop.affiliate("Maya").await;
        let mut device = shop.portal(&maya).await;
        let raw = test.db.raw().await;
        raw.execute("update account set affiliate_id = null, email = 'eve@letters.example', email_folded = 'eve@letters.example', name = 'Eve'").await.unwrap();
        apply_as(&test, "Eve", "EVE@letters.example").await.expect(303);
        // Deciding on the affiliate's page decides the application with it.
        let eve = affiliate(&shop, "EVE@letters.example").await;
        let path = format!("/admin/affiliates/{}", eve["id"].as_str().unwrap());
        owner.get(&path).await.expect(200);
        owner.post(&format!("{path}/status"), &[("status", "approved")]).await.expect(303);
        assert_eq!(all(&shop).await[0].state.as_str(), "approved");
        assert_eq!(mailed(&shop, "invitation", "EVE@letters.example").await, 0);
        let home = device.visit("/portal/fernhill/").await.expect(200).text();
        assert!(home.contains("Your links"), "{home}");
    }

    async fn questions_are_kept_in_order(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        open(&mut owner, &[]).await;
        for (kind, more) in [("choice", &[("choices", "One")][..]), ("choice", &[]), ("nothing", &[]), ("short_text", &[("hint", "a\nb")])] {
            let mut fields = vec![("kind", kind), ("label", "Which?")];
            fields.extend_from_slice(more);
            owner.post("/admin/questions", &fields).await.expect(422);
        }
        for label in ["First", "Second", "Third"] {
            ask(&mut owner, "short_text", label, &[]).await;
        }
        let page = owner.get("/admin/applications/form").await.expect(200).text();
        let href = |page: &str, label: &str| {
            let (before, _) = page.split_once(&format!(">{label}</a>")).expect("a question");
            let (_, href) = before.rsplit_once("href=\"").expect("a link");
            href.split('"').next().unwrap().to_owned()
        };
        let third = href(&page, "Third");
        owner.post(&format!("{third}/move"), &[("way", "up")]).await.expect(303);
        owner.post(&third, &[("kind", "yes_no"), ("label", "Third, changed"), ("required", "true")]).await.expect(303);
        owner.post(&format!("{}/remove", href(&page, "First")), &[]).await.expect(303);
        let form = test.browser().get(FORM).await.expect(200).text();
        let at = |label: &str| form.find(label);
        assert!(at("First").is_none() && at("Third, changed") < at("Second") && at("Third, changed").is_some(), "{form}");
        for number in 0..18 {
            ask(&mut owner, "url", &format!("Question {number}"), &[]).await;
        }
        owner.post("/admin/questions", &[("kind", "url"), ("label", "Too many")]).await.expect(409);
    }
}
