//! Two businesses in one installation never see each other's pages: every address of a page that names
//! something is tried with the other business's ids, and answered exactly as for ids that nobody has.
//! The addresses are read from the sources, so that a new page is tried by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::pages::{self, furnish};
use serde_json::Value;
use testkit::{Answer, Shop, TestApp, both_engines};

/// Every address of the admin's or the portal's pages that has a place for an id.
fn addresses(under: &str) -> BTreeSet<String> {
    pages::routes()
        .into_iter()
        .map(|route| route.path)
        .filter(|path| {
            // What an address without a log-in names is a secret, which is the business's by itself.
            path.starts_with(under) && !path.contains("{token}") && !places(path).is_empty()
        })
        .collect()
}

/// The places of an address that a row's id stands in, with the words by which `furnish` knows such ids.
fn places(path: &str) -> Vec<(&str, &str)> {
    let words: Vec<&str> = path.split('/').collect();
    words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.starts_with('{'))
        .filter_map(|(at, word)| {
            let kind = match *word {
                // Words that all businesses share, and the business itself.
                "{kind}" | "{provider}" | "{act}" | "{slug}" => return None,
                "{asset}" if path.ends_with("/file") => "asset files",
                "{id}" | "{name}" => match words[at - 1] {
                    "address" => "branding",
                    "applications" if path.ends_with("/retry") => "forms to retry",
                    "applications" if path.ends_with("/discard") => "forms to discard",
                    kind => kind,
                },
                other => return Some((*word, plural(other))),
            };
            Some((*word, kind))
        })
        .collect()
}

/// `{run}` is of `runs`.
fn plural(place: &str) -> &'static str {
    match place {
        "{asset}" => "assets",
        "{commission}" => "commissions",
        "{dispute}" => "disputes",
        "{file}" => "files",
        "{invitation}" => "invitations",
        "{link}" => "links",
        "{passkey}" => "portal passkeys",
        "{payout}" => "payouts",
        "{request}" => "requests",
        "{result}" => "results",
        "{run}" => "runs",
        "{session}" => "portal sessions",
        "{transfer}" => "transfers",
        other => panic!("what is {other} of?"),
    }
}

/// The address with ids in its places; `{act}` is one that there is.
fn filled(path: &str, ids: &[(&str, &str)]) -> String {
    let path = ids
        .iter()
        .fold(path.replace("{act}", "resend"), |path, (place, id)| {
            path.replace(place, id)
        });
    assert!(!path.contains('{'), "{path} has a place without an id");
    path
}

/// An id of the same kind that nobody has.
fn nobodys(id: &str) -> String {
    match id.split_once('_') {
        Some((kind, _)) => format!("{kind}_01h455vb4pex5vsknk084sn02q"),
        None => format!("nobodys.{id}"),
    }
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
        "members" if path.contains("/runs/") => vec![("act", "in"), ("id", &own["members"])],
        "members" => vec![("id", &own["affiliates"])],
        "rename" => vec![("name", "Phone")],
        "send" if path.contains("/runs/") => vec![("provider", "paypal"), ("expected", "USD 980")],
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

/// Notes when what is another's is not answered as what nobody has.
fn judge(wrong: &mut Vec<String>, call: &str, address: &str, place: &str, answers: &[String]) {
    let [theirs, nobodys] = answers else {
        unreachable!()
    };
    if theirs != nobodys {
        wrong.push(format!(
            "{call} {address} at {place}: {}",
            difference(theirs, nobodys)
        ));
    } else if !theirs.starts_with("404") && !theirs.starts_with("405") {
        let start: String = theirs.chars().take(100).collect();
        wrong.push(format!("{call} {address} at {place}: {start}"));
    }
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
        let addresses = addresses("/admin/");
        assert!(addresses.len() > 60, "{addresses:?}");
        let mut browser = ours.browser().await;
        let mut wrong = Vec::new();
        for address in &addresses {
            // Each place in turn names what is another's, while the others name what is one's own.
            for (place, kind) in places(address) {
                let theirs = foreign.get(kind).unwrap_or_else(|| panic!("furnish makes no {kind} for {address}"));
                let missing = nobodys(theirs);
                for post in [false, true] {
                    let mut answers = Vec::new();
                    for id in [theirs, &missing] {
                        let ids: Vec<(&str, &str)> = places(address)
                            .into_iter()
                            .map(|(other, kind)| (other, if other == place { id.as_str() } else { own[kind].as_str() }))
                            .collect();
                        let path = filled(address, &ids);
                        // A page with a form gives the token.
                        browser.get("/admin").await.expect(200);
                        let answer = if post {
                            browser.post(&path, &fields(address, &own)).await
                        } else {
                            browser.get(&path).await
                        };
                        answers.push(plain(&answer, id));
                    }
                    judge(&mut wrong, if post { "POST" } else { "GET" }, address, place, &answers);
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {} addresses:\n{}", wrong.len(), addresses.len(), wrong.join("\n"));
        assert_eq!(before, snapshot(&theirs).await, "nothing of theirs was changed");
    }

    async fn portal_pages_of_another_business_or_person_are_missing(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let (adas, foreign) = (furnish(&ours).await, furnish(&theirs).await);
        let addresses = addresses("/portal/{slug}/");
        assert!(addresses.len() > 12, "{addresses:?}");
        // Ben is an affiliate, too, of the same business as Ada, and has nothing yet.
        let ben = ours.affiliate("Ben").await;
        let mut portal = ours.portal(&ben).await;
        let (before, before_theirs) = (snapshot(&ours).await, snapshot(&theirs).await);
        let home = format!("/portal/{}/", ours.slug);
        let mut wrong = Vec::new();
        for address in &addresses {
            let [(place, kind)] = places(address)[..] else { panic!("{address} names two things") };
            for theirs in [&adas[kind], &foreign[kind]] {
                let missing = nobodys(theirs);
                for post in [false, true] {
                    let mut answers = Vec::new();
                    for id in [theirs, &missing] {
                        let path = filled(&address.replace("{slug}", &ours.slug), &[(place, id)]);
                        portal.get(&home).await.expect(200);
                        let answer = if post {
                            portal.post(&path, &fields(address, &adas)).await
                        } else {
                            portal.get(&path).await
                        };
                        answers.push(plain(&answer, id));
                    }
                    judge(&mut wrong, if post { "POST" } else { "GET" }, address, place, &answers);
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {} addresses:\n{}", wrong.len(), addresses.len(), wrong.join("\n"));
        assert_eq!((before, before_theirs), (snapshot(&ours).await, snapshot(&theirs).await), "nothing of theirs was changed");
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
