//! What the tests of all pages share: their addresses, read from the sources so that a new page is tried by
//! itself, and a business with one of everything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::id::{AccountId, PayoutId, PayoutRequestId, StaffId, TransferId};
use domain::money::Currency;
use domain::status::{
    ApplicationRule, AssetKind, NotificationKind, PayoutFileFormat, ProviderKind, QuestionKind,
    TransferState,
};
use domain::time::{DAY_MS, Day};
use serde_json::{Value, json};
use service::identity::{seal, vault};
use service::messaging::mail;
use service::portal::application::{self, FormIn, Sent, TakePayload};
use service::portal::invitation;
use service::portal::question::{self, QuestionIn};
use service::programme::payout_file::{self, PayoutFile};
use service::programme::{asset, commission, payout_run, referral};
use service::store::identity::passkey::{self, Holder, Passkey};
use service::store::identity::staff;
use service::store::list::Window;
use service::store::portal::account;
use service::store::portal::notification::{self, Notification};
use service::store::portal::session;
use service::store::programme::provider::Provider;
use service::store::programme::transfer::Transfer;
use service::{Work, job};
use sha2::{Digest as _, Sha256};
use testkit::Shop;

/// The doors that the affiliate's pages stand behind.
const DOORS: &[&str] = &["/portal/{slug}", "/admin/affiliates/{id}/inside"];
/// The methods that routes name.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// A method and a path with its places: `POST /admin/groups/{id}/edit`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// With its places in braces.
    pub path: String,
    /// `GET` or `POST`.
    pub method: &'static str,
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The text of every source file under a folder.
fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(fs::read_to_string(path).expect("a source"));
        }
    }
}

/// Every route of the admin and the portal.
///
/// # Panics
/// When a route's path is written in a way that is not understood here.
#[must_use]
pub fn routes() -> BTreeSet<Route> {
    let mut texts = Vec::new();
    for folder in ["src/admin", "src/portal"] {
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut texts,
        );
    }
    let mut found = BTreeSet::new();
    for text in &texts {
        for (at, _) in text.match_indices(".route(") {
            let call = call(&text[at + ".route(".len()..]);
            let (path, handlers) = path(text, &texts, call);
            let methods: Vec<_> = METHODS
                .iter()
                .filter(|method| {
                    handlers
                        .match_indices(&format!("{method}("))
                        .any(|(at, _)| {
                            !handlers[..at]
                                .ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                        })
                })
                .collect();
            assert!(!methods.is_empty(), "no method in .route({call})");
            for method in methods {
                for path in behind_doors(&path) {
                    found.insert(Route {
                        path,
                        method: match *method {
                            "get" => "GET",
                            "post" => "POST",
                            other => panic!("pages are read and posted to, not {other}"),
                        },
                    });
                }
            }
        }
    }
    assert!(found.len() > 100, "{found:?}");
    found
}

/// What stands in the parentheses that were opened just before.
#[must_use]
pub fn call(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The path of a call, and the rest of it. A path is a literal, a `format!`, or a constant, of its own file or
/// else of any.
///
/// # Panics
/// When it is none of these.
#[must_use]
pub fn path<'a>(text: &str, texts: &[String], call: &'a str) -> (String, &'a str) {
    let call = call.trim_start();
    let start = call.trim_start_matches("&format!(").trim_start();
    if let Some(literal) = start.strip_prefix('"') {
        let (path, rest) = literal.split_once('"').expect("the end of a literal");
        let path = if start.len() < call.len() {
            path.replace("{{", "{").replace("}}", "}")
        } else {
            path.to_owned()
        };
        return (path, rest);
    }
    let (name, rest) = call.split_once(',').expect("a path and a handler");
    let constant = format!(
        "const {}: &str",
        name.trim().rsplit("::").next().unwrap_or_default()
    );
    let line = text
        .lines()
        .chain(texts.iter().flat_map(|text| text.lines()))
        .find(|line| line.contains(&constant))
        .unwrap_or_else(|| panic!("what path is {name}?"));
    let path = line.split('"').nth(1).expect("a literal");
    (path.to_owned(), rest)
}

fn behind_doors(path: &str) -> Vec<String> {
    let path = &path
        .replace("{portal}", DOORS[0])
        .replace("{inside}", DOORS[1]);
    if path.contains("{door}") {
        DOORS
            .iter()
            .map(|door| path.replace("{door}", door))
            .collect()
    } else {
        vec![path.clone()]
    }
}

/// A business with one of everything; ids by the word of the address they belong to.
pub async fn furnish(shop: &Shop<'_>) -> BTreeMap<&'static str, String> {
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
    let [referral_act, commission_act] = approved(shop, &referral, &commission).await;
    let payout = shop
        .made("/payouts", json!({"affiliate_id": affiliate["id"]}))
        .await;
    let dispute = json!({"external_id": "dp-1", "sale_external_id": "inv-1", "amount": 100, "status": "opened"});
    let dispute = shop.made("/track/dispute", dispute).await;
    let run = payout_run::RunIn {
        until: Day(20_000),
        group: None,
        method: None,
        currency: None,
    };
    let mut work = shop.work().await;
    let run = payout_run::begin(&mut work, run).await.expect("a run");
    let request: PayoutRequestId = work.new_id();
    let usd = "USD".parse().expect("a currency");
    let asks = text(&affiliate["id"]).parse().expect("an id");
    let now = work.now;
    service::store::programme::payout_request::insert(&mut work.tx, request, asks, usd, 980, now)
        .await
        .expect("a request");
    let result = payout_file::bring(&mut work, "result.csv", b"payout_id,status\n")
        .await
        .expect("a result file");
    let content = "payout_id\n";
    let file = PayoutFile {
        id: work.new_id(),
        run_id: None,
        run_number: None,
        format: PayoutFileFormat::Plain,
        name: "file.csv".to_owned(),
        payments: 1,
        currency: usd,
        amount: 980,
        sha256: Sha256::digest(content).to_vec(),
        made_by: "Owner".to_owned(),
        created_at_ms: now,
        open: 0,
    };
    let whose = format!("{} {}", work.business(), file.id);
    let sealed = vault::seal_text(&work.app, "payout file", &whose, content).expect("sealed");
    service::store::programme::payout_file::insert(&mut work.tx, &file, sealed, &[])
        .await
        .expect("a file");
    let paid: PayoutId = text(&payout["data"][0]["id"]).parse().expect("an id");
    let transfer = transferred(&mut work, paid, usd).await;
    work.commit().await.expect("stored");
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
    let [application, retried, discarded] = applied(shop).await;
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
    let members = staff::list_members(&mut work.tx).await.expect("members");
    let owner = members[0].id;
    let of_person = personal(&mut work, account.parse().expect("an account"), owner).await;
    let copy = asset::create(&mut work, campaign_id, AssetKind::Copy, copy)
        .await
        .expect("an asset");
    let prices = asset::AssetIn {
        title: "Price list".to_owned(),
        file: Some(asset::FileIn {
            name: "prices.pdf".to_owned(),
            bytes: b"%PDF-1.7".to_vec(),
            is_whole: true,
        }),
        ..asset::AssetIn::default()
    };
    let prices = asset::create(&mut work, campaign_id, AssetKind::File, prices)
        .await
        .expect("a file");
    work.commit().await.expect("stored");
    let mut made = BTreeMap::from([
        ("accounts", account),
        ("assets", copy.id.to_string()),
        ("asset files", prices.id.to_string()),
        ("members", format!("{affiliate_id}:USD")),
        ("affiliates", affiliate_id),
        ("api-keys", key),
        ("applications", application),
        ("forms to retry", retried),
        ("forms to discard", discarded),
        ("branding", host_name),
        ("campaigns", text(&campaign["id"])),
        ("commissions", commission),
        ("commission acts", commission_act),
        ("customers", customer),
        ("disputes", text(&dispute["event_id"])),
        ("events", text(&dispute["sale_event_id"])),
        ("groups", text(&group["id"])),
        ("invitations", invitations[0].id.to_string()),
        ("links", text(&partnership["link"]["id"])),
        ("mail", mails[0].id.to_string()),
        ("messages", text(&affiliate["id"])),
        ("partnerships", text(&partnership["id"])),
        ("questions", question),
        ("payouts", text(&payout["data"][0]["id"])),
        ("referrals", referral),
        ("referral acts", referral_act),
        ("requests", request.to_string()),
        ("files", file.id.to_string()),
        ("results", result.to_string()),
        ("runs", run.to_string()),
        ("rules", text(&rule["id"])),
        ("transfers", transfer.to_string()),
        ("sessions", session),
        ("team", owner.to_string()),
    ]);
    made.extend(of_person);
    made
}

/// What belongs to a person in the portal, and a passkey of the owner's.
async fn personal(
    work: &mut Work,
    account: AccountId,
    owner: StaffId,
) -> [(&'static str, String); 4] {
    let mut passkeys = Vec::new();
    for holder in [Holder::Account(account), Holder::Staff(owner)] {
        let key = Passkey {
            id: work.new_id(),
            name: "Phone".to_owned(),
            host: "localhost".to_owned(),
            credential: account.to_string(),
            data: "{}".to_owned(),
            counter: 0,
            created_at_ms: work.now,
            used_at_ms: None,
        };
        assert!(
            passkey::insert(&mut work.tx, holder, &key)
                .await
                .expect("a passkey")
        );
        passkeys.push(key.id.to_string());
    }
    let told = Notification {
        id: work.new_id(),
        kind: NotificationKind::CommissionApproved,
        detail: "$9.80".to_owned(),
        path: "/commissions".to_owned(),
        unread: true,
        created_at_ms: work.now,
    };
    let holder = account::find(&mut work.tx, account)
        .await
        .expect("read")
        .expect("an account");
    let affiliate = holder.affiliate_id.expect("an affiliate");
    notification::insert(&mut work.tx, affiliate, &told)
        .await
        .expect("a notification");
    let sessions = session::list_of_account(&mut work.tx, account)
        .await
        .expect("sessions");
    let [own, staffs] = &passkeys[..] else {
        unreachable!()
    };
    [
        ("notifications", told.id.to_string()),
        ("passkeys", staffs.clone()),
        ("portal passkeys", own.clone()),
        ("portal sessions", sessions[0].id.to_string()),
    ]
}

/// A transfer that was never sent, by a connection that leads nowhere.
async fn transferred(work: &mut Work, payout_id: PayoutId, currency: Currency) -> TransferId {
    let connection = Provider {
        id: work.new_id(),
        kind: ProviderKind::Stripe,
        base_url: "http://127.0.0.1:9".to_owned(),
        sealed: vec![0],
        masked: String::new(),
        endpoint: "nowhere".to_owned(),
        active: false,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    service::store::programme::provider::save(&mut work.tx, &connection)
        .await
        .expect("a connection");
    let transfer = Transfer {
        id: work.new_id(),
        payout_id,
        provider_id: connection.id,
        provider: connection.kind,
        request: vec![0],
        request_hash: String::new(),
        amount: 980,
        currency,
        state: TransferState::Unknown,
        provider_ref: None,
        attempts: 0,
        called_at_ms: None,
        next_at_ms: work.now.plus_ms(DAY_MS),
        last_answer: String::new(),
        told_at_ms: None,
        contradicted_at_ms: None,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    service::store::programme::transfer::insert(&mut work.tx, &transfer)
        .await
        .expect("a transfer");
    transfer.id
}

/// Approves a referral and its commission as many are approved; the ids of both acts, by which they are undone.
async fn approved(shop: &Shop<'_>, one: &str, earned: &str) -> [String; 2] {
    let mut work = shop.work().await;
    let one = referral::Selection::Ids(vec![one.parse().expect("an id")]);
    let first = referral::approve_many(&mut work, &one)
        .await
        .expect("approved");
    let earned = commission::Selection::Ids(vec![earned.parse().expect("an id")]);
    let second = commission::approve_many(&mut work, &earned)
        .await
        .expect("approved");
    work.commit().await.expect("stored");
    [first.act, second.act].map(|act| act.expect("an act").to_string())
}

/// The ids of an application that waits, and of two forms that could not be taken on.
async fn applied(shop: &Shop<'_>) -> [String; 3] {
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
    let token = seal::close(
        &app,
        &format!("application form of {}", shop.id),
        &(work.now.0 - 60_000).to_string(),
    );
    work.commit().await.expect("stored");
    let by = |name: &str| Sent {
        token: token.clone(),
        name: name.to_owned(),
        email: format!("{}@affiliates.example.com", name.to_lowercase()),
        ..Sent::default()
    };
    application::submit_whole(&app, shop.id, by("Eve"))
        .await
        .expect("sent");
    for name in ["Tom", "Kim"] {
        application::submit(&app, shop.id, by(name))
            .await
            .expect("sent");
    }
    let mut stuck = Vec::new();
    for job in job::claim(&app, &[application::TAKE_JOB], 100)
        .await
        .expect("jobs")
    {
        if job.business_id != Some(shop.id) {
            continue;
        }
        // Given up, as the runner does after the last try.
        let payload: TakePayload = serde_json::from_str(&job.payload).expect("a payload");
        application::set_aside(&app, shop.id, &job, &payload, "The disk is full")
            .await
            .expect("set aside");
        stuck.push(payload.application_id.to_string());
    }
    let [retried, discarded]: [String; 2] = stuck.try_into().expect("two forms");
    let mut work = shop.work().await;
    let all = application::list(
        &mut work,
        &application::Filter::default(),
        Window::all("id"),
    )
    .await
    .expect("applications");
    [all[0].id.to_string(), retried, discarded]
}
