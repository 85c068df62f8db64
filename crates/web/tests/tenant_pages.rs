//! Two businesses in one installation never see each other's pages: every address of a page that names
//! something is tried with the other business's ids, and answered exactly as for ids that nobody has.
//! The addresses are read from the sources, so that a new page is tried by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::status::{ApplicationRule, AssetKind, QuestionKind};
use serde_json::{Value, json};
use service::identity::seal;
use service::messaging::mail;
use service::portal::application::{self, FormIn, Sent};
use service::portal::invitation;
use service::portal::question::{self, QuestionIn};
use service::programme::asset;
use service::store::list::Window;
use testkit::{Answer, Shop, TestApp, both_engines};

/// The text of every source file of the crate.
fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Every address of an admin page that has a place for an id.
fn addresses() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut found = BTreeSet::new();
    for text in texts {
        for part in text.split(".route(").skip(1) {
            // Addresses in constants have no place for an id.
            let literal = part
                .trim_start()
                .trim_start_matches("&format!(")
                .trim_start();
            let Some(path) = literal
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            // The affiliate's pages stand behind two doors; staff's leads through an id.
            let path = path
                .replace("{door}", "/admin/affiliates/{id}/inside")
                .replace("{{", "{")
                .replace("}}", "}");
            if path.starts_with("/admin/") && path.contains('{') {
                found.insert(path);
            }
        }
    }
    found
}

/// A business with one of everything; ids by the word of the address they belong to.
async fn furnish(shop: &Shop<'_>) -> BTreeMap<&'static str, String> {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let group = shop.made("/groups", json!({"name": "VIP"})).await;
    let affiliate = shop.affiliate("Ada").await;
    let campaign = shop.campaign("Autumn").await;
    let code = format!("ada-{}", shop.slug);
    let partnership = shop.partnership(&campaign, &affiliate, &code).await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}});
    let rule = shop.made("/rules", rule).await;
    let sale = json!({"external_id": "inv-1", "customer": {"external_id": "user-1", "email": "bob@example.net"},
        "amount": 4900, "currency": "USD", "code": code});
    shop.made("/track/sale", sale).await;
    let first = async |list: &str| {
        let rows = shop.api().get(list).await.expect(200).json();
        text(&rows["data"][0]["id"])
    };
    let (referral, commission, customer) = (
        first("/referrals").await,
        first("/commissions").await,
        first("/customers").await,
    );
    for path in [
        format!("/referrals/{referral}/approve"),
        format!("/commissions/{commission}/approve"),
    ] {
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let payout = shop
        .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
        .await;
    let mut work = shop.work().await;
    let mails = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let question = question::add(
        &mut work,
        QuestionIn {
            kind: QuestionKind::ShortText,
            label: "Why?".to_owned(),
            hint: String::new(),
            choices: String::new(),
            required: false,
        },
    )
    .await
    .expect("a question")
    .id
    .to_string();
    let affiliate_id = text(&affiliate["id"]);
    let invitations = invitation::for_affiliate(&mut work, affiliate_id.parse().unwrap())
        .await
        .expect("invitations");
    work.commit().await.expect("stored");
    let application = applied(shop).await;
    // The cookie is the business, the session and its secret.
    let mut browser = shop.browser().await;
    let cookie = browser.cookie("tributary_staff").expect("a session");
    let session = cookie.split('.').nth(1).expect("an id").to_owned();
    let keys = browser.get("/admin/api-keys").await.expect(200).text();
    let (before, _) = keys.split_once("/revoke").expect("a key");
    let key = before.rsplit('/').next().expect("an id").to_owned();
    let host_name = format!("portal.{}.example", shop.slug);
    browser
        .post("/admin/branding/address", &[("name", &host_name)])
        .await
        .expect(303);
    shop.portal(&affiliate).await;
    let accounts = browser
        .get("/admin/portal/accounts")
        .await
        .expect(200)
        .text();
    let (_, after) = accounts
        .split_once("/admin/portal/accounts/acc_")
        .expect("an account");
    let account = format!("acc_{}", after.split('"').next().expect("an id"));
    let mut work = shop.work().await;
    let copy = asset::AssetIn {
        title: "Mail".to_owned(),
        body: "{link}".to_owned(),
        ..asset::AssetIn::default()
    };
    let campaign_id = text(&campaign["id"]).parse().unwrap();
    let copy = asset::create(&mut work, campaign_id, AssetKind::Copy, copy)
        .await
        .expect("an asset");
    work.commit().await.expect("stored");
    BTreeMap::from([
        ("accounts", account),
        ("assets", copy.id.to_string()),
        ("affiliates", affiliate_id),
        ("api-keys", key),
        ("applications", application),
        ("branding", host_name),
        ("campaigns", text(&campaign["id"])),
        ("commissions", commission),
        ("customers", customer),
        ("groups", text(&group["id"])),
        ("invitations", invitations[0].id.to_string()),
        ("links", text(&partnership["link"]["id"])),
        ("mail", mails[0].id.to_string()),
        ("messages", text(&affiliate["id"])),
        ("partnerships", text(&partnership["id"])),
        ("questions", question),
        ("payouts", text(&payout["data"][0]["id"])),
        ("referrals", referral),
        ("rules", text(&rule["id"])),
        ("sessions", session),
    ])
}

/// The id of an application that waits.
async fn applied(shop: &Shop<'_>) -> String {
    let form = FormIn {
        open: true,
        intro: String::new(),
        terms_url: String::new(),
        rule: ApplicationRule::Off,
        domains: String::new(),
        group_id: None,
        campaign_id: None,
    };
    let mut work = shop.work().await;
    application::set_form(&mut work, form)
        .await
        .expect("a form");
    let app = work.app.clone();
    let sent = Sent {
        token: seal::close(
            &app,
            &format!("application form of {}", shop.id),
            &(work.now.0 - 60_000).to_string(),
        ),
        name: "Eve".to_owned(),
        email: "eve@affiliates.example.com".to_owned(),
        ..Sent::default()
    };
    work.commit().await.expect("stored");
    application::submit(&app, shop.id, sent)
        .await
        .expect("sent");
    let mut work = shop.work().await;
    let all = application::list(
        &mut work,
        &application::Filter::default(),
        Window::all("id"),
    )
    .await
    .expect("applications");
    all[0].id.to_string()
}

/// What a form sends, so that only the id is wrong.
fn fields<'a>(path: &str, own: &'a BTreeMap<&'static str, String>) -> Vec<(&'static str, &'a str)> {
    match path.rsplit('/').next().unwrap_or_default() {
        "read" => vec![("number", "1")],
        "move" if path.contains("/assets/") => vec![("up", "true")],
        "move" => vec![("way", "up")],
        _ if path == "/admin/questions/{id}" => vec![("label", "Why?"), ("kind", "short_text")],
        "status" => vec![("status", "suspended")],
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
