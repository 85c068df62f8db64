//! Help for who has lost phone and recovery codes, and other acts that are asked about first.

use domain::id::{AccountId, StaffId, uuid_v7};
use domain::status::Role;
use domain::text::fold;
use service::identity::two_step::{self, Holder};
use service::identity::{password, staff as people};
use service::messaging::mail;
use service::store::identity::staff::{self, Staff};
use service::store::identity::two_step as rows;
use service::store::list::Window;
use service::store::portal::account::{self, NewAccount};
use testkit::{Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const PASSWORD: &str = "correct horse battery staple";
const TEAM: &str = "/admin/settings/team";

/// Turns the second step of somebody on.
async fn turn_on(test: &TestApp, shop: &Shop<'_>, holder: Holder) {
    let mut tx = test.app.db().write(shop.id).await.expect("a transaction");
    rows::set(&mut tx, holder, vec![1], test.app.now())
        .await
        .expect("set");
    rows::confirm(&mut tx, holder, test.app.now())
        .await
        .expect("on");
    tx.commit().await.expect("stored");
}

async fn is_on(shop: &Shop<'_>, holder: Holder) -> bool {
    two_step::is_on(&mut shop.work().await, holder)
        .await
        .expect("read")
}

async fn told(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id")).await;
    let lines = lines.expect("mails").into_iter();
    lines
        .filter(|line| line.kind == "account_changed")
        .map(|line| line.to_address)
        .collect()
}

/// A member of staff of these businesses who is not their owner.
async fn member(test: &TestApp, number: u8, shops: &[&Shop<'_>]) -> (StaffId, String) {
    let id = StaffId::from(uuid_v7(i64::from(number), [number; 10]));
    let email = format!("staff{number}@example.com");
    let new = Staff {
        id,
        email: email.clone(),
        name: format!("Staff {number}"),
        password_hash: password::hash(&test.app, PASSWORD).await.expect("a hash"),
        created_at_ms: test.app.now(),
    };
    let mut system = test.app.db().system_write().await.expect("a transaction");
    staff::insert(&mut system, &new).await.expect("a person");
    for shop in shops {
        let mut tx = system.scoped(shop.id);
        staff::insert_member(&mut tx, id, Role::Admin, test.app.now())
            .await
            .expect("a member");
        system = tx.into_system();
    }
    system.commit().await.expect("stored");
    (id, email)
}

async fn log_in(test: &TestApp, email: &str) -> Client {
    let mut browser = test.browser();
    browser.visit("/admin/log-in").await.expect(200);
    browser
        .post("/admin/log-in", &[("email", email), ("password", PASSWORD)])
        .await
        .expect(303);
    browser
}

both_engines! {
    async fn an_account_without_an_app_is_helped(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let email = "plain@people.example.com";
        let hash = password::hash(&test.app, PASSWORD).await.expect("a hash");
        let id = AccountId::from(uuid_v7(1, [9; 10]));
        let mut work = shop.work().await;
        let new = NewAccount {
            id,
            email,
            email_folded: &fold(email),
            name: "Plain",
            password_hash: &hash,
            affiliate_id: None,
            created_at_ms: work.now,
        };
        account::insert(&mut work.tx, &new).await.expect("an account");
        work.commit().await.expect("stored");
        let holder = Holder::Account(id);
        turn_on(&test, &shop, holder).await;
        let path = format!("/admin/portal/accounts/{id}");
        let act = format!("{path}/two-step-off");
        let mut rival = test.business("Rival").await.browser().await;
        rival.get("/admin").await.expect(200);
        rival.post(&act, &[]).await.expect(404);
        let mut owner = shop.browser().await;
        let page = owner.get(&path).await.expect(200).text();
        assert!(page.contains("Turn two-step log-in off?"), "{page}");
        test.clock.advance_ms(10 * MINUTE_MS);
        let asked = owner.post(&act, &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"));
        assert!(is_on(&shop, holder).await);
        let mut owner = shop.browser().await;
        owner.get(&path).await.expect(200);
        owner.post(&act, &[]).await.expect(303);
        assert!(!is_on(&shop, holder).await);
        assert_eq!(told(&shop).await, [email]);
        assert!(!owner.get(&path).await.expect(200).text().contains("Turn two-step log-in off?"));
    }

    async fn the_owner_helps_staff_of_this_business_alone(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let (ours, email) = member(&test, 5, &[&shop]).await;
        let (shared, _) = member(&test, 6, &[&shop, &rival]).await;
        let (theirs, _) = member(&test, 7, &[&rival]).await;
        for id in [ours, shared, theirs] {
            turn_on(&test, &shop, Holder::Staff(id)).await;
        }
        let act = |id: StaffId| format!("{TEAM}/{id}/two-step-off");
        let mut owner = shop.browser().await;
        let page = owner.get(TEAM).await.expect(200).text();
        assert!(page.contains("Staff 5") && page.contains("Staff 6") && !page.contains("Staff 7"), "{page}");
        // Not by who is not the owner, nor with somebody else's.
        let (_, helper) = member(&test, 8, &[&shop]).await;
        let mut admin = log_in(&test, &helper).await;
        admin.get("/admin").await.expect(200);
        admin.get(TEAM).await.expect(403);
        admin.post(&act(ours), &[]).await.expect(403);
        owner.get(TEAM).await.expect(200);
        owner.post(&act(theirs), &[]).await.expect(404);
        // Who works elsewhere, too, is helped by the command.
        owner.post(&act(shared), &[]).await.expect(303);
        assert!(owner.get(TEAM).await.text().contains("works for other businesses"));
        assert!(is_on(&shop, Holder::Staff(shared)).await && is_on(&shop, Holder::Staff(ours)).await);
        owner.get(TEAM).await.expect(200);
        owner.post(&act(ours), &[]).await.expect(303);
        assert!(!is_on(&shop, Holder::Staff(ours)).await);
        assert_eq!(told(&shop).await, std::slice::from_ref(&email));
        let mut in_again = log_in(&test, &email).await;
        in_again.get("/admin").await.expect(200);
        // It asks for the password first.
        turn_on(&test, &shop, Holder::Staff(ours)).await;
        owner.get(TEAM).await.expect(200);
        test.clock.advance_ms(10 * MINUTE_MS);
        let asked = owner.post(&act(ours), &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"));
        assert!(is_on(&shop, Holder::Staff(ours)).await);
    }

    async fn the_command_helps_anybody(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut work = shop.work().await;
        let owner = staff::list_members(&mut work.tx).await.expect("members")[0].clone();
        drop(work);
        let holder = Holder::Staff(owner.id);
        turn_on(&test, &shop, holder).await;
        assert!(people::reset_two_step_of(&test.app, " OWNER1@example.com ".trim()).await.expect("done"));
        assert!(!is_on(&shop, holder).await);
        assert!(!people::reset_two_step_of(&test.app, &owner.email).await.expect("done"), "it was off");
        assert!(people::reset_two_step_of(&test.app, "nobody@example.com").await.is_err());
        assert_eq!(told(&shop).await, [owner.email]);
    }

    async fn only_the_owner_vouches_for_a_host_name(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (_, email) = member(&test, 5, &[&shop]).await;
        let path = "/admin/branding/address";
        let mut owner = shop.browser().await;
        owner.get(path).await.expect(200);
        owner.post(path, &[("name", "portal.fernhill.example")]).await.expect(303);
        let page = owner.get(path).await.expect(200).text();
        assert!(page.contains("Remove portal.fernhill.example?"), "it asks first: {page}");
        let vouch = format!("{path}/portal.fernhill.example/use");
        let mut admin = log_in(&test, &email).await;
        admin.get(path).await.expect(200);
        admin.post(&vouch, &[]).await.expect(403);
        owner.get(path).await.expect(200);
        test.clock.advance_ms(10 * MINUTE_MS);
        let asked = owner.post(&vouch, &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"));
        let mut guest = test.browser().at("portal.fernhill.example:8080");
        guest.get("/log-in").await.expect(421);
        let mut owner = shop.browser().await;
        owner.get(path).await.expect(200);
        owner.post(&vouch, &[]).await.expect(303);
        guest.get("/log-in").await.expect(200);
    }

    async fn a_logo_that_is_too_large_is_told_of_in_the_preview(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        owner.get("/admin/branding").await.expect(200);
        let fields = [("portal_name", ""), ("colour", "")];
        let huge = vec![b'x'; 9 * 1024 * 1024];
        let large = vec![b'x'; 300 * 1024];
        for (bytes, says) in [(&huge, "larger than 8 MiB"), (&large, "larger than 256 KiB")] {
            let part = owner.upload("/admin/branding/preview", &fields, &[("logo", "logo.png", bytes)]).await.expect(200).text();
            assert!(part.contains(says) && part.contains("id=\"brand-preview\""), "{part}");
        }
    }
}
