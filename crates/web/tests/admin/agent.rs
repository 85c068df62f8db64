//! Agents: staff that read the leads and nothing else; the team that the owner invites, and roles that change.

use domain::id::StaffId;
use domain::status::Role;
use domain::time::DAY_MS;
use serde_json::json;
use service::identity::staff::{self, NewMember};
use service::messaging::mail;
use service::store::identity::staff as rows;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const TEAM: &str = "/admin/settings/team";
const PASSWORD: &str = "a garden gate in may";
/// The password of owners and members that the kit makes.
const OWN: &str = "correct horse battery staple";

/// A lead by Maya's link, and one that nobody sent.
async fn leads(shop: &Shop<'_>) {
    let maya = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Spring").await;
    shop.partnership(&campaign, &maya, "maya").await;
    let lead = |id: &str, name: &str, code: Option<&str>| {
        let mut lead = json!({
            "external_id": id,
            "customer": { "external_id": id, "name": name, "email": format!("{id}@people.example.com"), "phone": "+49 30 1234" },
        });
        if let Some(code) = code {
            lead["code"] = json!(code);
        }
        lead
    };
    let api = shop.api();
    api.post("/track/lead", lead("l1", "Berta", Some("maya")))
        .await
        .expect(201);
    api.post("/track/lead", lead("l2", "Carl", None))
        .await
        .expect(201);
    let sale = json!({ "external_id": "s1", "customer_external_id": "l1", "amount": 4_711, "currency": "USD" });
    api.post("/track/sale", sale).await.expect(201);
}

/// The link in the latest mail to an address.
async fn link(shop: &Shop<'_>, address: &str) -> String {
    let mut work = shop.work().await;
    let filter = mail::Filter::default();
    let lines = mail::list(&mut work, &filter, Window::all("id desc"))
        .await
        .expect("mails");
    let line = lines
        .iter()
        .find(|line| line.to_address == address && line.kind == "staff_invitation")
        .expect("an invitation");
    let text = mail::get(&mut work, line.id)
        .await
        .expect("a mail")
        .body_text;
    let from = text
        .find("http://localhost:8080/admin/join/")
        .expect("a link")
        + "http://localhost:8080".len();
    text[from..]
        .split_whitespace()
        .next()
        .expect("a link")
        .to_owned()
}

/// The id of the member with an address.
async fn member_id(shop: &Shop<'_>, address: &str) -> StaffId {
    let mut work = shop.work().await;
    let members = rows::list_members(&mut work.tx).await.expect("members");
    members
        .iter()
        .find(|member| member.email == address)
        .expect("a member")
        .id
}

/// Makes who has an address, or is new here, an agent of a business, as the command does.
async fn add(test: &TestApp, shop: &Shop<'_>, address: &str) -> StaffId {
    let new = NewMember {
        email: address.to_owned(),
        name: "Sam".to_owned(),
        password: OWN.to_owned(),
        role: Role::Agent,
    };
    staff::add(&test.app, shop.id, new).await.expect("a member")
}

async fn log_in(test: &TestApp, email: &str, password: &str) -> (Client, bool) {
    let mut browser = test.browser();
    browser.get("/admin/log-in").await.expect(200);
    let answer = browser
        .post("/admin/log-in", &[("email", email), ("password", password)])
        .await;
    (browser, answer.status == 303)
}

both_engines! {
    async fn an_agent_reads_leads_and_no_money(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        leads(&shop).await;
        rival.api().post("/track/lead", json!({ "external_id": "r", "customer": { "external_id": "r", "name": "Zacharias" } })).await.expect(201);
        let mut agent = shop.member("Sam", Role::Agent).await;

        let front = agent.get("/admin").await.expect(303);
        assert_eq!(front.header("location"), "/admin/leads");
        let page = agent.get("/admin/leads").await.expect(200).text();
        for seen in ["Berta", "l1@people.example.com", "+49 30 1234", "Carl", "Maya", "Spring", "API", "Customer"] {
            assert!(page.contains(seen), "{seen}");
        }
        for hidden in ["Zacharias", "47.11", "4711", "/admin/commissions", "/admin/payouts", "/admin/settings", "/admin/customers", "Setup checklist", "/admin/search"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        assert!(page.contains("Berta is a new lead."), "the bell tells");
        let mut owner = shop.browser().await;
        let page = owner.get("/admin/leads").await.expect(200).text();
        assert!(page.contains("/admin/customers/con_") && page.contains("/admin/commissions"));
        let money = agent.get("/admin/payouts").await.expect(403).text();
        assert!(money.contains("Your role, agent, does not open this page."), "{money}");

        agent.get("/admin/notifications").await.expect(200);
        agent.post("/admin/notifications/read", &[]).await.expect(303);
        let page = agent.get("/admin/notifications").await.expect(200).text();
        assert!(page.contains("Berta is a new lead.") && !page.contains("Mark all as read"));
    }

    async fn the_log_is_narrowed_by_its_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        leads(&shop).await;
        let mut agent = shop.member("Sam", Role::Agent).await;
        let maya = {
            let page = agent.get("/admin/leads").await.expect(200).text();
            let at = page.find("aff_").expect("a choice");
            page[at..at + 30].to_owned()
        };
        for (query, berta, carl) in [
            ("", true, true),
            ("?status=customer", true, false),
            ("?status=lead", false, true),
            (&format!("?affiliate={maya}"), true, false),
            ("?q=carl", false, true),
            ("?source=api", true, true),
            ("?source=browser", false, false),
            ("?seen=1", true, true),
            ("?seen=nonsense&sort=name&size=50", true, true),
        ] {
            let csv = agent.get(&format!("/admin/leads.csv{query}")).await.expect(200).text();
            assert_eq!((csv.contains("Berta"), csv.contains("Carl")), (berta, carl), "{query}: {csv}");
            let page = agent.get(&format!("/admin/leads{query}")).await.expect(200).text();
            assert_eq!((page.contains(">Berta<"), page.contains(">Carl<")), (berta, carl), "{query}");
        }
        let csv = agent.get("/admin/leads.csv").await.expect(200).text();
        assert!(csv.starts_with("Id,Came,Name,E-mail,Phone,Country,Status,Source,Link,Sub-ids,Referrer,Via,Campaign,Affiliate\r\n"), "{csv}");
        assert!(csv.contains(",api,maya,,,code,Spring,Maya\r\n"), "{csv}");
        test.clock.advance_ms(2 * DAY_MS);
        let mut agent = log_in(&test, "sam@fernhill.example.com", OWN).await.0;
        let page = agent.get("/admin/leads?seen=1").await.expect(200).text();
        assert!(page.contains("Clear filters"), "nothing is that young");
    }

    async fn an_owner_invites_and_changes_roles(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let mut owner = shop.browser().await;
        owner.get(TEAM).await.expect(200);
        let form = [("name", "Sam Ortega"), ("email", "sam@example.com"), ("role", "agent")];
        for (name, value) in [("email", "nowhere"), ("role", "owner"), ("role", "king"), ("name", " ")] {
            let mut wrong = form.to_vec();
            wrong.retain(|(field, _)| *field != name);
            wrong.push((name, value));
            let page = owner.post("/admin/settings/team/invite", &wrong).await.expect(422).text();
            assert!(page.contains(&format!("id=\"{name}-error\"")), "{name}={value}");
            assert!(name == "name" || page.contains("Sam Ortega"), "what was typed stays");
        }
        owner.post("/admin/settings/team/invite", &form).await.expect(303);
        let first = link(&shop, "sam@example.com").await;
        let page = owner.get(TEAM).await.expect(200).text();
        assert!(page.contains(&first) && page.contains("Sam Ortega"), "the link can be copied");

        // Another invitation of the same address ends the first.
        owner.post("/admin/settings/team/invite", &form).await.expect(303);
        let second = link(&shop, "sam@example.com").await;
        let mut sam = test.browser();
        assert!(sam.get(&first).await.expect(410).text().contains("This invitation is over"));
        sam.get(&second.replace("sti_", "sti_0")).await.expect(404);
        let page = sam.get(&second).await.expect(200).text();
        assert!(page.contains("Fernhill invites you to its team") && page.contains("sam@example.com"));
        let weak = sam.post(&second, &[("name", "Sam"), ("password", "short")]).await.expect(422).text();
        assert!(weak.contains("id=\"password-error\""));
        let joined = sam.post(&second, &[("name", "Sam"), ("password", PASSWORD)]).await.expect(303);
        assert_eq!(joined.header("location"), "/admin/log-in");
        sam.get(&second).await.expect(410);
        let again = test.browser().post(&second, &[("name", "Sam"), ("password", PASSWORD)]).await.expect(303);
        assert_eq!(again.header("location"), "/admin/log-in");

        let (mut sam, is_in) = log_in(&test, "sam@example.com", PASSWORD).await;
        assert!(is_in);
        sam.get("/admin/leads").await.expect(200);
        sam.get("/admin/affiliates").await.expect(403);
        sam.get(TEAM).await.expect(403);

        // Somebody's else team is out of reach, and so is the owner's own role.
        let page = owner.get(TEAM).await.expect(200).text();
        let ids: Vec<&str> = page.match_indices("/admin/settings/team/stf_").map(|(at, _)| &page[at + 21..at + 51]).collect();
        let sam_id = ids.first().expect("Sam").to_string();
        let mut stranger = rival.browser().await;
        stranger.get(TEAM).await.expect(200);
        stranger.post(&format!("{TEAM}/{sam_id}/role"), &[("role", "admin")]).await.expect(404);
        owner.get(TEAM).await.expect(200);
        owner.post(&format!("{TEAM}/{sam_id}/role"), &[("role", "admin")]).await.expect(303);
        let page = sam.get("/admin/affiliates").await.expect(200).text();
        assert!(page.contains("/admin/settings\""), "an admin now, in the same session");
        // Whoever reads an invitation could accept it: it is the owner's.
        owner.get(TEAM).await.expect(200);
        owner.post("/admin/settings/team/invite", &[("name", "Kim"), ("email", "kim@example.com"), ("role", "admin")]).await.expect(303);
        let outbox = sam.get("/admin/mail?q=kim").await.expect(200).text();
        let at = outbox.find("href=\"/admin/mail/mai_").expect("the invitation's line") + 6;
        let mail = outbox[at..].split('"').next().expect("its address").to_owned();
        sam.get(&mail).await.expect(403);
        owner.get(&mail).await.expect(200);
        let settings = sam.get("/admin/settings").await.expect(200).text();
        assert!(!settings.contains(TEAM), "no tab that cannot be opened");
        assert!(owner.get("/admin/settings").await.expect(200).text().contains(TEAM));
        owner.get(TEAM).await.expect(200);
        owner.post(&format!("{TEAM}/{sam_id}/role"), &[("role", "owner")]).await.expect(303);
        sam.get(TEAM).await.expect(403);
        owner.post(&format!("{TEAM}/{sam_id}/role"), &[("role", "agent")]).await.expect(303);
        sam.get("/admin/affiliates").await.expect(403);
    }

    async fn an_invitation_ends(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let mut owner = shop.browser().await;
        owner.get(TEAM).await.expect(200);
        let invite = async |owner: &mut Client, email: &str| {
            owner.get(TEAM).await.expect(200);
            owner.post("/admin/settings/team/invite", &[("name", "Sam"), ("email", email), ("role", "admin")]).await.expect(303);
            link(&shop, email).await
        };
        let taken = invite(&mut owner, "taken@example.com").await;
        let page = owner.get(TEAM).await.expect(200).text();
        let at = page.find("/invitations/sti_").expect("an invitation") + "/invitations/".len();
        let id = page[at..at + 30].to_owned();
        let mut stranger = rival.browser().await;
        stranger.get(TEAM).await.expect(200);
        stranger.post(&format!("{TEAM}/invitations/{id}/revoke"), &[]).await.expect(404);
        owner.get(TEAM).await.expect(200);
        owner.post(&format!("{TEAM}/invitations/{id}/revoke"), &[]).await.expect(303);
        test.browser().get(&taken).await.expect(410);

        // Who is known here already gives the password they have, and then works for both.
        let known = invite(&mut owner, "owner2@example.com").await;
        let mut browser = test.browser();
        browser.post(&known, &[("name", "Olga"), ("password", PASSWORD)]).await.expect(422);
        let wait = browser.post(&known, &[("name", "Olga"), ("password", OWN)]).await.expect(429);
        assert!(wait.text().contains("Wait 1 second") && wait.header("retry-after") == "1", "guessing is slowed down");
        test.clock.advance_ms(2_000);
        browser.post(&known, &[("name", "Olga"), ("password", OWN)]).await.expect(303);
        assert!(log_in(&test, "owner2@example.com", OWN).await.1);

        let late = invite(&mut owner, "late@example.com").await;
        test.clock.advance_ms(7 * DAY_MS - 1);
        test.browser().get(&late).await.expect(200);
        test.clock.advance_ms(1);
        test.browser().get(&late).await.expect(410);
        test.browser().post(&late, &[("name", "Sam"), ("password", PASSWORD)]).await.expect(303);
        assert!(!log_in(&test, "late@example.com", PASSWORD).await.1, "nothing came of it");
    }

    async fn who_is_removed_is_out_at_once(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let sams = "sam@fernhill.example.com";
        let remove = |id: StaffId| format!("{TEAM}/{id}/remove");
        let mut owner = shop.browser().await;
        let mut sam = shop.member("Sam", Role::Admin).await;
        let mut kim = shop.member("Kim", Role::Admin).await;
        let sam_id = member_id(&shop, sams).await;
        let owner_id = member_id(&shop, &shop.owner_email).await;

        // By the owner of this business alone, and never the owner.
        kim.get("/admin").await.expect(200);
        kim.post(&remove(sam_id), &[]).await.expect(403);
        kim.post(&remove(owner_id), &[]).await.expect(403);
        let mut stranger = rival.browser().await;
        stranger.get(TEAM).await.expect(200);
        stranger.post(&remove(sam_id), &[]).await.expect(404);
        let page = owner.get(TEAM).await.expect(200).text();
        assert!(page.contains("Remove Sam from the team?") && page.contains(&remove(sam_id)), "{page}");
        assert!(!page.contains(&remove(owner_id)), "{page}");
        owner.post(&remove(owner_id), &[]).await.expect(303);
        let page = owner.get(TEAM).await.expect(200).text();
        assert!(page.contains("The owner cannot be removed"), "{page}");

        // It asks for the password first.
        test.clock.advance_ms(10 * 60_000);
        let asked = owner.post(&remove(sam_id), &[]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove"), "{}", asked.header("location"));
        sam.get("/admin").await.expect(200);

        // Out of this business, in the middle of a session; other people and businesses are as before.
        add(&test, &rival, sams).await;
        let mut owner = shop.browser().await;
        owner.get(TEAM).await.expect(200);
        owner.post(&remove(sam_id), &[]).await.expect(303);
        let page = owner.get(TEAM).await.expect(200).text();
        assert!(page.contains("Sam is removed from the team") && !page.contains(sams), "{page}");
        let out = sam.get("/admin").await.expect(303);
        assert!(out.header("location").contains("/admin/log-in"), "{}", out.header("location"));
        kim.get("/admin").await.expect(200);
        owner.post(&remove(sam_id), &[]).await.expect(404);
        let (mut sam, is_in) = log_in(&test, sams, OWN).await;
        assert!(is_in);
        let page = sam.get("/admin/leads").await.expect(200).text();
        assert!(page.contains("Rival") && !page.contains("Fernhill"), "{page}");

        // Where nobody has them in the team, the right password opens nothing.
        let mut stranger = rival.browser().await;
        stranger.get(TEAM).await.expect(200);
        stranger.post(&remove(sam_id), &[]).await.expect(303);
        sam.get("/admin/leads").await.expect(303);
        assert!(!log_in(&test, sams, OWN).await.1);

        // The log keeps the name of who did and of whom it was done to.
        let log = owner.get("/admin/audit?q=staff.remove").await.expect(200).text();
        assert!(log.contains(&format!("Sam ({sams}) was removed from the team, was admin")), "{log}");
        let log = owner.get("/admin/audit?q=session.open").await.expect(200).text();
        assert!(log.contains("Sam"), "{log}");

        // Invited again, they come back with the password they have.
        owner.get(TEAM).await.expect(200);
        let form = [("name", "Sam"), ("email", sams), ("role", "agent")];
        owner.post("/admin/settings/team/invite", &form).await.expect(303);
        let back = link(&shop, sams).await;
        test.browser().post(&back, &[("name", "Sam"), ("password", OWN)]).await.expect(303);
        assert!(log_in(&test, sams, OWN).await.1);

        // An invitation that was open besides does not lead back in.
        let pats = "pat@people.example.com";
        owner.get(TEAM).await.expect(200);
        let form = [("name", "Pat"), ("email", pats), ("role", "agent")];
        owner.post("/admin/settings/team/invite", &form).await.expect(303);
        let open = link(&shop, pats).await;
        let pat = add(&test, &shop, pats).await;
        owner.get(TEAM).await.expect(200);
        owner.post(&remove(pat), &[]).await.expect(303);
        test.browser().get(&open).await.expect(410);
    }
}
