//! Step-up of staff: what pays, tells where money goes, makes keys or changes the team asks for the password
//! again, once it was given ten minutes ago. A session that somebody only found open does none of it.

use std::collections::BTreeSet;

use crate::pages::{furnish, routes};
use crate::proofs;
use service::domain::status::PayoutFrequency;
use service::identity::session::PROOF_MS;
use service::identity::setting;
use service::programme::payout_rule::{self, Safeguards};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const TEAM: &str = "/admin/settings/team";
const PAYOUTS: &str = "/admin/settings/payouts";
/// What the settings of payouts are at first, but for the safeguards.
const USUAL: &[(&str, &str)] = &[
    ("payout_frequency", "weekly"),
    ("payout_method", "wise"),
    ("weekday", "5"),
    ("month_day", "1"),
];

/// What is asked for a proof, with the word by which `furnish` knows its id, and the least that its form needs.
type Act = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const ACTS: &[Act] = &[
    (
        "/admin/account/passkeys",
        "",
        &[("credential", "{}"), ("name", "Phone")],
    ),
    ("/admin/account/passkeys/begin", "", &[]),
    ("/admin/account/passkeys/{id}/remove", "passkeys", &[]),
    (
        "/admin/account/passkeys/{id}/rename",
        "passkeys",
        &[("name", "Phone")],
    ),
    ("/admin/account/two-step/begin", "", &[]),
    ("/admin/account/two-step/codes", "", &[]),
    ("/admin/account/two-step/confirm", "", &[("code", "123456")]),
    ("/admin/account/two-step/off", "", &[]),
    ("/admin/affiliates/{id}/payout-method", "affiliates", &[]),
    ("/admin/affiliates/{id}/two-step-off", "affiliates", &[]),
    (
        "/admin/api-keys/new",
        "",
        &[("name", "Key"), ("scopes", "read")],
    ),
    ("/admin/api-keys/{id}/revoke", "api-keys", &[]),
    ("/admin/branding/address/{name}/use", "branding", &[]),
    ("/admin/commissions/{id}/pay", "commissions", &[]),
    ("/admin/ledger/months/close", "", &[("month", "2026-10")]),
    ("/admin/payouts/{id}/approve", "payouts", &[]),
    ("/admin/payouts/{id}/decide", "payouts", &[]),
    ("/admin/payouts/{id}/pay", "payouts", &[]),
    ("/admin/payouts/{id}/payout-method", "payouts", &[]),
    ("/admin/payouts/{id}/returned", "payouts", &[]),
    ("/admin/payouts/{id}/send", "payouts", &[]),
    ("/admin/payouts/files/new", "", &[]),
    ("/admin/payouts/files/{file}/download", "files", &[]),
    ("/admin/payouts/files/{file}/withdraw", "files", &[]),
    ("/admin/payouts/results/{result}/apply", "results", &[]),
    (
        "/admin/payouts/runs/{run}/approve",
        "runs",
        &[("expected", "USD 980")],
    ),
    ("/admin/payouts/runs/{run}/pay", "runs", &[]),
    ("/admin/payouts/runs/{run}/send", "runs", &[]),
    ("/admin/payouts/runs/{run}/submit", "runs", &[]),
    ("/admin/portal/accounts/{id}/two-step-off", "accounts", &[]),
    (
        "/admin/settings/payouts",
        "",
        &[
            ("payout_frequency", "weekly"),
            ("payout_method", "wise"),
            ("payout_hold_days", "0"),
        ],
    ),
    ("/admin/settings/payouts/account", "", &[]),
    ("/admin/settings/providers/{provider}", "provider", &[]),
    (
        "/admin/settings/providers/{provider}/disconnect",
        "provider",
        &[],
    ),
    (
        "/admin/settings/team/invite",
        "",
        &[
            ("name", "Sam"),
            ("email", "sam@team.example"),
            ("role", "agent"),
        ],
    ),
    (
        "/admin/settings/team/invitations/{id}/revoke",
        "team invitations",
        &[],
    ),
    ("/admin/settings/team/{id}/remove", "team", &[]),
    (
        "/admin/settings/team/{id}/role",
        "team",
        &[("role", "agent")],
    ),
    ("/admin/settings/team/{id}/two-step-off", "team", &[]),
];

/// Invites somebody to the team; the invitation's id.
async fn invited(owner: &mut Client) -> String {
    owner.get(TEAM).await.expect(200);
    let form = [
        ("name", "Kim"),
        ("email", "kim@team.example"),
        ("role", "agent"),
    ];
    owner
        .post(&format!("{TEAM}/invite"), &form)
        .await
        .expect(303);
    let page = owner.get(TEAM).await.expect(200).text();
    let (_, after) = page
        .split_once(&format!("{TEAM}/invitations/"))
        .expect("an invitation");
    after.split('/').next().expect("an id").to_owned()
}

/// Saves the settings of payouts with these safeguards beside the usual.
async fn save(browser: &mut Client, safeguards: &[(&str, &str)]) -> Answer {
    browser.get(PAYOUTS).await.expect(200);
    browser.post(PAYOUTS, &[USUAL, safeguards].concat()).await
}

/// Whether an answer leads to the password and from there back to the settings.
fn asks(answer: &Answer) -> bool {
    answer.status == 303
        && answer.header("location") == "/admin/prove?next=%2Fadmin%2Fsettings%2Fpayouts"
}

/// Gives the password again.
async fn prove(browser: &mut Client, password: &str) {
    browser.get("/admin/prove").await.expect(200);
    let proof = [("password", password), ("next", PAYOUTS)];
    let answer = browser.post("/admin/prove", &proof).await.expect(303);
    assert_eq!(answer.header("location"), PAYOUTS);
}

async fn safeguards(shop: &Shop<'_>) -> Safeguards {
    let mut work = shop.work().await;
    payout_rule::safeguards(&mut work).await.expect("read")
}

/// The path with an id in its place, if it has one.
fn filled(path: &str, id: &str) -> String {
    let Some((start, rest)) = path.split_once('{') else {
        return path.to_owned();
    };
    let (_, end) = rest.split_once('}').expect("the end of a place");
    format!("{start}{id}{end}")
}

#[test]
fn every_act_that_asks_is_tried() {
    let tried: BTreeSet<String> = ACTS.iter().map(|act| act.0.to_owned()).collect();
    assert_eq!(proofs::acts(), tried);
}

both_engines! {
    async fn who_found_a_session_open_pays_and_changes_nothing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut own = furnish(&shop).await;
        let mut owner = shop.browser().await;
        own.insert("team invitations", invited(&mut owner).await);
        own.insert("", String::new());
        own.insert("provider", "stripe".to_owned());
        let there: Vec<String> = routes().iter().map(ToString::to_string).collect();
        test.clock.advance_ms(PROOF_MS);
        let mut wrong = Vec::new();
        for (path, kind, fields) in ACTS {
            assert!(there.contains(&format!("POST {path}")), "{path} is not there any more");
            owner.get("/admin").await.expect(200);
            let answer = owner.post(&filled(path, &own[kind]), fields).await;
            let to = answer.header("location");
            if answer.status != 303 || !to.starts_with("/admin/prove?next=") {
                wrong.push(format!("{path}: {} {to}", answer.status));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let payout = format!("/payouts/{}", own["payouts"]);
        assert_eq!(shop.api().get(&payout).await.expect(200).json()["status"], "draft");
        // With the password it is done.
        owner.get("/admin/prove").await.expect(200);
        let proof = [("password", shop.owner_password), ("next", "/admin")];
        owner.post("/admin/prove", &proof).await.expect(303);
        owner.get("/admin").await.expect(200);
        owner.post(&format!("/admin{payout}/approve"), &[]).await.expect(303);
        assert_eq!(shop.api().get(&payout).await.expect(200).json()["status"], "pending");
    }

    async fn what_guards_the_money_is_changed_with_a_proof_alone(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (mut owner, mut admin) = (shop.browser().await, shop.colleague().await);
        let strict = [
            ("payout_hold_days", "7"), ("limit_currency", "USD"), ("limit_amount", "50.00"), ("two_step", "true"),
        ];
        let saved = save(&mut owner, &strict).await.expect(303);
        assert_eq!(saved.header("location"), PAYOUTS, "the log-in is a proof");
        let page = owner.get(PAYOUTS).await.expect(200).text();
        assert!(page.contains("Settings saved") && !page.contains("asks for your password first"), "{page}");
        let before = safeguards(&shop).await;

        test.clock.advance_ms(PROOF_MS);
        let page = owner.get(PAYOUTS).await.expect(200).text();
        assert!(page.contains("asks for your password first"), "{page}");
        for loose in [
            // No wait, a shorter one and a longer one; a higher limit, one more, none; without the second step.
            &[("payout_hold_days", "0"), strict[1], strict[2], strict[3]][..],
            &[("payout_hold_days", "6"), strict[1], strict[2], strict[3]],
            &[("payout_hold_days", "8"), strict[1], strict[2], strict[3]],
            &[strict[0], strict[1], ("limit_amount", "50.01"), strict[3]],
            &[strict[0], strict[1], strict[2], ("limit_currency", "EUR"), ("limit_amount", "9.00"), strict[3]],
            &[strict[0], strict[1], ("limit_amount", ""), strict[3]],
            &[strict[0], strict[1], strict[2]],
        ] {
            let answer = save(&mut owner, loose).await;
            assert!(asks(&answer), "{loose:?}: {} {}", answer.status, answer.header("location"));
        }
        // What is wrong is said first, and what only the owner may do stays theirs.
        save(&mut owner, &[("payout_hold_days", "soon"), strict[1], strict[2], strict[3]]).await.expect(422);
        save(&mut admin, &[strict[0], strict[1], ("limit_amount", "50.01"), strict[3]]).await.expect(403);
        let answer = save(&mut admin, &[("payout_hold_days", "0"), strict[1], strict[2], strict[3]]).await;
        assert!(asks(&answer), "{} {}", answer.status, answer.header("location"));
        assert_eq!(safeguards(&shop).await, before);

        // The rest is saved without, also together with safeguards that stay as they are.
        owner.get(PAYOUTS).await.expect(200);
        let monthly: Vec<(&str, &str)> = USUAL.iter().chain(&strict)
            .map(|pair| if pair.0 == "payout_frequency" { (pair.0, "monthly") } else { *pair }).collect();
        let saved = owner.post(PAYOUTS, &monthly).await.expect(303);
        assert_eq!(saved.header("location"), PAYOUTS);
        let mut work = shop.work().await;
        assert_eq!(setting::get(&mut work).await.expect("read").payout_frequency, PayoutFrequency::Monthly);
        drop(work);
        assert_eq!(safeguards(&shop).await, before);

        prove(&mut owner, shop.owner_password).await;
        let saved = save(&mut owner, &[("payout_hold_days", "0"), strict[1], ("limit_amount", "")]).await.expect(303);
        assert_eq!(saved.header("location"), PAYOUTS);
        assert_ne!(safeguards(&shop).await, before);
    }
}
