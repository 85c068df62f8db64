//! Step-up of staff: what pays, tells where money goes, makes keys or changes the team asks for the password
//! again, once it was given ten minutes ago. A session that somebody only found open does none of it.

mod pages;

use pages::{furnish, routes};
use service::identity::session::PROOF_MS;
use testkit::{Client, TestApp, both_engines};

const TEAM: &str = "/admin/settings/team";

/// What is asked for a proof, with the word by which `furnish` knows its id, and the least that its form needs.
type Act = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const ACTS: &[Act] = &[
    ("/admin/affiliates/{id}/payout-method", "affiliates", &[]),
    (
        "/admin/api-keys/new",
        "",
        &[("name", "Key"), ("scopes", "read")],
    ),
    ("/admin/api-keys/{id}/revoke", "api-keys", &[]),
    ("/admin/commissions/{id}/pay", "commissions", &[]),
    ("/admin/payouts/{id}/approve", "payouts", &[]),
    ("/admin/payouts/{id}/pay", "payouts", &[]),
    ("/admin/payouts/{id}/payout-method", "payouts", &[]),
    (
        "/admin/payouts/runs/{run}/approve",
        "runs",
        &[("expected", "USD 980")],
    ),
    ("/admin/payouts/runs/{run}/pay", "runs", &[]),
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

/// The path with an id in its place, if it has one.
fn filled(path: &str, id: &str) -> String {
    let Some((start, rest)) = path.split_once('{') else {
        return path.to_owned();
    };
    let (_, end) = rest.split_once('}').expect("the end of a place");
    format!("{start}{id}{end}")
}

both_engines! {
    async fn who_found_a_session_open_pays_and_changes_nothing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut own = furnish(&shop).await;
        let mut owner = shop.browser().await;
        own.insert("team invitations", invited(&mut owner).await);
        own.insert("", String::new());
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
}
