//! Two businesses in one installation never see each other's pages: every address of a page that names
//! something is tried with the other business's ids, and answered exactly as for ids that nobody has.
//! The addresses are read from the sources, so that a new page is tried by itself.

mod pages;

use std::collections::{BTreeMap, BTreeSet};

use pages::furnish;
use serde_json::Value;
use testkit::{Answer, Shop, TestApp, both_engines};

/// Every address of an admin page that has a place for an id.
fn addresses() -> BTreeSet<String> {
    pages::routes()
        .into_iter()
        .map(|route| route.path)
        // A kind of mail is a word that all businesses share.
        .filter(|path| {
            // An invitation's link names its business itself.
            path.starts_with("/admin/")
                && !path.starts_with("/admin/join/")
                && path
                    .replace("{kind}", "")
                    .replace("{provider}", "")
                    .contains('{')
        })
        .collect()
}

/// What a form sends, so that only the id is wrong.
fn fields<'a>(path: &str, own: &'a BTreeMap<&'static str, String>) -> Vec<(&'static str, &'a str)> {
    match path.rsplit('/').next().unwrap_or_default() {
        "read" => vec![("number", "1")],
        "move" if path.contains("/assets/") => vec![("up", "true")],
        "move" => vec![("way", "up")],
        "{dispute}" => vec![("status", "won")],
        _ if path == "/admin/questions/{id}" => vec![("label", "Why?"), ("kind", "short_text")],
        "status" => vec![("status", "suspended")],
        "role" => vec![("role", "agent")],
        "campaigns" => vec![("campaign", &own["campaigns"])],
        "affiliates" => vec![("affiliate_id", &own["affiliates"])],
        "members" => vec![("id", &own["affiliates"])],
        "active" => vec![("active", "false")],
        "code" => vec![("code", "another-code")],
        "address" => vec![("email", "ada@example.net")],
        "reject" => vec![("reason", "Not a customer")],
        "adjust" => vec![("amount", "1.00"), ("note", "Agreed by phone")],
        "release" => vec![("note", "Checked by hand")],
        "checks" => vec![("kind", "manual"), ("result", "passed"), ("note", "")],
        _ if path.starts_with("/admin/messages/") => vec![("text", "Hello")],
        "remarks" => vec![("remark", "A note"), ("tags", "")],
        "pay" => vec![
            ("method", "paypal"),
            ("reference", "X"),
            ("paid_on", ""),
            ("note", ""),
        ],
        "edit" if path.ends_with("/{asset}/edit") => vec![("title", "Mail"), ("body", "{link}")],
        "edit" if path.starts_with("/admin/campaigns/") => vec![
            ("name", "Spring"),
            ("destination_url", "https://shop.example.com/"),
            ("cookie_days", "30"),
            ("attribution", "last_click"),
            ("link_parameter", "via"),
        ],
        "edit" if path.starts_with("/admin/rules/") => vec![
            ("on", "sale"),
            ("recurrence", "every"),
            ("reward", "percent"),
            ("percent", "20"),
            ("base", "net"),
            ("hold_days", "0"),
        ],
        _ => Vec::new(),
    }
}

/// An answer without what differs by itself: the id that was asked for, the request's own.
fn plain(answer: &Answer, id: &str) -> String {
    let text = answer
        .text()
        .replace(id, "ID")
        .replace(answer.header("x-request-id"), "REQUEST");
    format!(
        "{} {} {text}",
        answer.status.as_u16(),
        answer.header("location").replace(id, "ID")
    )
}

/// Where two texts begin to differ.
fn difference(a: &str, b: &str) -> String {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        text.chars()
            .skip(same.saturating_sub(20))
            .take(80)
            .collect::<String>()
    };
    format!("{:?} and {:?}", part(a), part(b))
}

both_engines! {
    async fn pages_of_another_business_are_missing(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (own, foreign) = (furnish(&ours).await, furnish(&theirs).await);
        let before = snapshot(&theirs).await;
        let addresses = addresses();
        assert!(addresses.len() > 40, "{addresses:?}");
        let mut browser = ours.browser().await;
        let mut wrong = Vec::new();
        for address in &addresses {
            let mut words = address.split('/').skip(2);
            let kind = match words.next().unwrap_or_default() {
                "account" => "sessions",
                "settings" => "team",
                // What the portal's pages are about comes one word later.
                "portal" => words.next().unwrap_or_default(),
                kind => kind,
            };
            let id = foreign.get(kind).unwrap_or_else(|| panic!("furnish makes no {kind} for {address}"));
            let nobodys = format!("{}_01h455vb4pex5vsknk084sn02q", id.split('_').next().unwrap());
            for post in [false, true] {
                let mut answers = Vec::new();
                for id in [id, &nobodys] {
                    let path = address
                        .replace("{id}", id)
                        .replace("{name}", id)
                        .replace("{invitation}", &foreign["invitations"])
                        .replace("{commission}", &foreign["commissions"])
                        .replace("{payout}", &foreign["payouts"])
                        .replace("{link}", &foreign["links"])
                        .replace("{session}", &foreign["sessions"])
                        .replace("{asset}", &foreign["assets"])
                        .replace("{dispute}", &foreign["disputes"])
                        .replace("{token}", "nothing")
                        .replace("{act}", "resend");
                    // A page with a form gives the token.
                    browser.get("/admin").await.expect(200);
                    let answer = if post {
                        browser.post(&path, &fields(address, &own)).await
                    } else {
                        browser.get(&path).await
                    };
                    answers.push(plain(&answer, id));
                }
                let [theirs, nobodys] = &answers[..] else { unreachable!() };
                let call = if post { "POST" } else { "GET" };
                if theirs != nobodys {
                    wrong.push(format!("{call} {address}: {}", difference(theirs, nobodys)));
                } else if !theirs.starts_with("404") && !theirs.starts_with("405") {
                    wrong.push(format!("{call} {address}: {}", &theirs[..60]));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {} addresses:\n{}", wrong.len(), addresses.len(), wrong.join("\n"));
        assert_eq!(before, snapshot(&theirs).await, "nothing of theirs was changed");
    }
}

/// Everything of a business that the API tells.
async fn snapshot(shop: &Shop<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
        "affiliates",
        "campaigns",
        "commissions",
        "customers",
        "groups",
        "ledger",
        "partnerships",
        "payouts",
        "referrals",
        "rules",
    ] {
        all.push(shop.api().get(&format!("/{list}")).await.expect(200).json());
    }
    all
}
