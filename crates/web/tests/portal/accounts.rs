//! The owner's side of the portal: the overview, the accounts, and shutting somebody out.

use domain::id::AffiliateId;
use domain::status::InvitationState;
use domain::time::DAY_MS;
use serde_json::{Value, json};
use service::identity::audit::{self, AuditFilter};
use service::messaging::mail;
use service::portal::invitation;
use service::store::list::Window;
use service::store::portal::account::{self, NewAccount};
use service::store::portal::invitation as rows;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const PASSWORD: &str = "correct horse battery staple";
const ACCOUNTS: &str = "/admin/portal/accounts";
const INVITE: &str = "/admin/portal/invite";

fn id_of(affiliate: &Value) -> AffiliateId {
    affiliate["id"].as_str().unwrap().parse().unwrap()
}

/// Invites an affiliate; what becomes of the mail.
async fn invite(shop: &Shop<'_>, name: &str, delivery: InvitationState) {
    let affiliate = shop.affiliate(name).await;
    let mut work = shop.work().await;
    let view = invitation::invite(&mut work, id_of(&affiliate))
        .await
        .expect("invited");
    let now = work.now;
    rows::set_delivery(&mut work.tx, view.mail_id.unwrap(), delivery, now)
        .await
        .expect("noted");
    work.commit().await.expect("stored");
}

/// The address of the record of the account with this name.
async fn record(browser: &mut Client, name: &str) -> String {
    let page = browser.get(ACCOUNTS).await.expect(200).text();
    let (before, _) = page.split_once(&format!(">{name}</a>")).expect("a row");
    let (_, href) = before.rsplit_once("href=\"").expect("a link");
    href.split('"').next().unwrap().to_owned()
}

async fn log_in(browser: &mut Client, email: &str, password: &str) -> Answer {
    browser
        .post(
            "/portal/fernhill/log-in",
            &[("email", email), ("password", password)],
        )
        .await
}

/// A page without what differs by itself.
fn plain(answer: &Answer) -> String {
    let text = answer
        .text()
        .replace(answer.header("x-request-id"), "REQUEST");
    format!("{} {text}", answer.status.as_u16())
}

/// The value of a card.
fn card(page: &str, label: &str) -> String {
    let (_, rest) = page
        .split_once(&format!(">{label}</span>"))
        .unwrap_or_else(|| panic!("no {label}: {page}"));
    let (_, rest) = rest
        .split_once("tracking-tight max-sm:text-xl\">")
        .expect("a value");
    rest.split('<').next().unwrap().to_owned()
}

both_engines! {
    async fn the_overview_counts_who_was_invited_and_who_joined(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/portal").await.expect(200).text();
        assert!(page.contains("Nobody was invited yet") && card(&page, "Accounts") == "0", "{page}");
        // Somebody of long ago, who has not come back.
        let old = shop.affiliate("Olga").await;
        shop.portal(&old).await;
        test.clock.advance_ms(20 * DAY_MS);
        invite(&shop, "Bounced Bo", InvitationState::Bounced).await;
        invite(&shop, "Sent Sue", InvitationState::Sent).await;
        test.clock.advance_ms(14 * DAY_MS - 1);
        let maya = shop.affiliate("Maya").await;
        shop.portal(&maya).await;
        rival.portal(&rival.affiliate("Rita").await).await;

        let mut browser = shop.browser().await;
        let page = browser.get("/admin/portal").await.expect(200).text();
        assert_eq!(card(&page, "Accounts"), "2");
        assert_eq!(card(&page, "Active in 30 days"), "1", "Olga was here 34 days ago");
        assert_eq!(card(&page, "Invitations accepted"), "2");
        assert_eq!(card(&page, "Open invitations"), "1");
        assert!(page.contains("1 new account") && page.contains("of 4 sent"), "{page}");
        // By app: of the four who were invited two have joined; whoever signs up alone has none.
        assert!(page.contains(">2 joined, 4 invited<") && page.contains(">0 joined<"), "{page}");
        let mut work = shop.work().await;
        let new = NewAccount {
            id: work.new_id(),
            email: "noor@example.com",
            email_folded: "noor@example.com",
            name: "Noor",
            password_hash: "none",
            affiliate_id: None,
            created_at_ms: work.now,
        };
        assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
        work.commit().await.expect("stored");
        let page = browser.get("/admin/portal").await.expect(200).text();
        assert!(page.contains(">2 joined, 4 invited<") && page.contains(">1 joined<"), "{page}");
        let csv = browser.get(&format!("{ACCOUNTS}.csv?app=none")).await.expect(200).text();
        assert_eq!(csv.lines().count(), 2, "as many as the page behind it lists: {csv}");
        assert!(page.contains("Bounced Bo") && !page.contains("Sent Sue") && !page.contains("Rita"));
        test.clock.advance_ms(1);
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/portal?range=90d").await.expect(200).text();
        assert!(page.contains("Sent Sue") && page.contains("The link has run out"), "fourteen days are over");
        assert_eq!(card(&page, "Open invitations"), "0");
        assert!(page.contains("2 new accounts"), "{page}");
        // What is offered there works.
        let action = page.split("action=\"").find(|part| part.contains("/resend\"")).expect("a form");
        let action = action.split('"').next().unwrap().to_owned();
        browser.post(&action, &[]).await.expect(303);
        let page = browser.get("/admin/portal").await.expect(200).text();
        assert_eq!(card(&page, "Open invitations"), "1");
    }

    async fn who_is_not_in_the_portal_yet_is_invited_from_one_list(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let mut browser = shop.browser().await;
        for page in ["/admin/portal", ACCOUNTS] {
            let page = browser.get(page).await.expect(200).text();
            assert!(page.contains(&format!("href=\"{INVITE}\"")), "{page}");
        }
        assert!(browser.get(INVITE).await.expect(200).text().contains("Nobody is left to invite"));
        // Maya has an account, Olga an invitation that works; Tara is out for good.
        shop.portal(&shop.affiliate("Maya").await).await;
        invite(&shop, "Olga", InvitationState::Sent).await;
        let tara = shop.affiliate("Tara").await;
        let path = format!("/affiliates/{}/status", id_of(&tara));
        shop.api().post(&path, json!({"status": "terminated"})).await.expect(200);
        shop.affiliate("Bo").await;
        let cy = shop.affiliate("Cy").await;
        rival.affiliate("Rita").await;
        let listed = |page: &str| -> Vec<&'static str> {
            let all = ["Bo", "Cy", "Maya", "Olga", "Rita", "Tara"];
            all.into_iter().filter(|name| page.contains(&format!(">{name}</a>"))).collect()
        };
        let page = browser.get(INVITE).await.expect(200).text();
        assert_eq!(listed(&page), ["Bo", "Cy"], "{page}");
        assert!(page.contains("never invited") && page.contains("1–2 of 2 affiliates"), "{page}");
        assert_eq!(listed(&browser.get(&format!("{INVITE}?q=cy%40aff")).await.expect(200).text()), ["Cy"]);
        assert!(browser.get(&format!("{INVITE}?q=rita")).await.expect(200).text().contains("No matches"));
        // The button sends the invitation and ends where its link is.
        let act = format!("/admin/affiliates/{}/invite", id_of(&cy));
        assert!(page.contains(&format!("action=\"{act}\"")), "{page}");
        let to = browser.post(&act, &[]).await.expect(303);
        let record = browser.get(to.header("location")).await.expect(200).text();
        assert!(record.contains("Invited cy@affiliates.example.com") && record.contains("/portal/fernhill/invitation/"), "{record}");
        assert_eq!(listed(&browser.get(INVITE).await.expect(200).text()), ["Bo"]);
        // Whose link has run out can be invited again.
        test.clock.advance_ms(14 * DAY_MS);
        let page = shop.browser().await.get(INVITE).await.expect(200).text();
        assert_eq!(listed(&page), ["Bo", "Cy", "Olga"], "{page}");
        assert!(page.contains("Invited on 21 Nov 2026; that link is over"), "{page}");
    }

    async fn the_accounts_are_filtered_searched_and_exported(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let mut device = shop.portal(&shop.affiliate("Maya").await).await;
        test.clock.advance_ms(31 * DAY_MS);
        shop.portal(&shop.affiliate("Bo").await).await;
        rival.portal(&rival.affiliate("Rita").await).await;
        let mut browser = shop.browser().await;
        for (query, names) in [
            ("", vec!["Bo", "Maya"]),
            ("?sort=seen", vec!["Maya", "Bo"]),
            ("?sort=email", vec!["Bo", "Maya"]),
            ("?state=active", vec!["Bo"]),
            ("?state=quiet", vec!["Maya"]),
            ("?state=blocked", vec![]),
            ("?state=new", vec![]),
            ("?app=affiliate", vec!["Bo", "Maya"]),
            ("?app=none", vec![]),
            ("?q=MAYA%40aff", vec!["Maya"]),
            ("?q=rita", vec![]),
            ("?state=nonsense&size=25", vec!["Bo", "Maya"]),
        ] {
            let csv = browser.get(&format!("{ACCOUNTS}.csv{query}")).await.expect(200).text();
            let there: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
            assert_eq!(there, names, "{query}: {csv}");
            let page = browser.get(&format!("{ACCOUNTS}{query}")).await.expect(200).text();
            for name in ["Bo", "Maya", "Rita"] {
                assert_eq!(page.contains(&format!(">{name}</a>")), names.contains(&name), "{query}: {name}");
            }
        }
        // Whoever comes back is active again; the session was idle for too long, so by the password.
        log_in(&mut device, "maya@affiliates.example.com", PASSWORD).await.expect(303);
        let csv = browser.get(&format!("{ACCOUNTS}.csv?state=active&sort=-log_ins")).await.expect(200).text();
        assert!(csv.lines().nth(1).is_some_and(|line| line.contains("Maya") && line.ends_with(",2")), "{csv}");
    }

    async fn a_blocked_account_is_out_at_once_and_told_nothing(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut device = shop.portal(&shop.affiliate("Maya").await).await;
        device.get("/portal/fernhill/").await.expect(200);
        let mut browser = shop.browser().await;
        let href = record(&mut browser, "Maya").await;
        let page = browser.get(&href).await.expect(200).text();
        assert!(page.contains("logged in after the invitation") && page.contains("Accepted"), "{page}");
        browser.post(&format!("{href}/block"), &[]).await.expect(303);

        let gone = device.get("/portal/fernhill/").await.expect(303);
        assert!(gone.header("location").contains("/log-in"), "the session ended at once");
        let mut stranger = test.browser();
        let wrong = log_in(&mut stranger, "maya@affiliates.example.com", "not the password").await;
        test.clock.advance_ms(60_000);
        let mut stranger = test.browser();
        let right = log_in(&mut stranger, "maya@affiliates.example.com", PASSWORD).await;
        assert_eq!(plain(&wrong), plain(&right), "the right password is told the same as a wrong one");
        let page = browser.get(&href).await.expect(200).text();
        assert!(page.contains("This account is blocked") && page.contains("Nowhere."), "{page}");
        let refused = browser.post(&format!("{href}/log-in-mail"), &[]).await.expect(303);
        assert_eq!(refused.header("location"), href);
        let mut work = shop.work().await;
        let all = mail::Filter { kind: Some("log_in".to_owned()), ..mail::Filter::default() };
        assert_eq!(mail::count(&mut work, &all).await.expect("mails"), 0, "nothing is mailed to who is blocked");
        drop(work);

        browser.post(&format!("{href}/unblock"), &[]).await.expect(303);
        test.clock.advance_ms(60_000);
        let mut stranger = test.browser();
        log_in(&mut stranger, "maya@affiliates.example.com", PASSWORD).await.expect(303);
        let mut work = shop.work().await;
        let filter = AuditFilter { subject: "account".to_owned(), ..AuditFilter::default() };
        let entries = audit::list(&mut work, &filter, Window::after(None, 10)).await.expect("the log");
        let acts: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.actor_kind.as_str())).collect();
        assert_eq!(acts, [("account.unblocked", "staff"), ("account.blocked", "staff")]);
    }

    async fn staff_ends_a_session_and_mails_the_way_in(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut device = shop.portal(&maya).await;
        let mut other = shop.portal(&shop.affiliate("Bo").await).await;
        let mut browser = shop.browser().await;
        let href = record(&mut browser, "Maya").await;
        let bo = record(&mut browser, "Bo").await;
        let page = browser.get(&href).await.expect(200).text();
        let action = page.split("action=\"").find(|part| part.contains("/sessions/")).expect("a form");
        let action = action.split('"').next().unwrap().to_owned();
        // A session of somebody else is not there.
        browser.post(&action.replace(&href, &bo), &[]).await.expect(404);
        device.get("/portal/fernhill/").await.expect(200);
        browser.post(&action, &[]).await.expect(303);
        device.get("/portal/fernhill/").await.expect(303);
        other.get("/portal/fernhill/").await.expect(200);

        browser.post(&format!("{href}/log-in-mail"), &[]).await.expect(303);
        let mut work = shop.work().await;
        let all = mail::Filter { kind: Some("log_in".to_owned()), ..mail::Filter::default() };
        let lines = mail::list(&mut work, &all, Window::all("id desc")).await.expect("mails");
        assert_eq!(lines.len(), 1);
        let sent = mail::get(&mut work, lines[0].id).await.expect("a mail");
        assert_eq!(sent.to_address, "maya@affiliates.example.com");
        assert!(sent.body_text.contains("http://localhost:8080/portal/fernhill/log-in"), "{}", sent.body_text);
        drop(work);
        browser.get(&href).await.expect(200);
        browser.forget_token();
        browser.post(&format!("{href}/block"), &[]).await.expect(403);
    }
}
