//! Who may do what: every route of the admin and the portal is called by everybody who must not get in, and
//! every page by those who may. A new route without a line here fails the test.

mod pages;

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{AccountId, uuid_v7};
use domain::status::Role;
use domain::text::fold;
use pages::{Route, furnish, routes};
use service::identity::password;
use service::store::portal::account::{self, NewAccount};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Everybody: log-in, sign-up, what a secret in the address opens.
    Anyone,
    /// Who is logged in to the portal, with an app or without.
    Person,
    /// Who is logged in to the portal and is an affiliate.
    Affiliate,
    /// Staff of every role, agents too.
    Colleague,
    /// The owner and admins.
    Staff,
    /// The owner alone.
    Owner,
}

const MATRIX: &[(Who, &str)] = &[
    (
        Who::Anyone,
        "
        GET /admin/join/{token}
        POST /admin/join/{token}
        GET /admin/log-in
        POST /admin/log-in
        POST /admin/passkey
        POST /admin/passkey/begin
        GET /admin/second-step
        POST /admin/second-step
        POST /admin/second-step/passkey
        POST /admin/second-step/passkey/begin
        GET /admin/set-up
        POST /admin/set-up
        GET /authentication
        GET /brand/{file}
        GET /portal
        GET /portal/
        GET /portal/{slug}
        GET /portal/{slug}/apply
        POST /portal/{slug}/apply
        GET /portal/{slug}/apply/sent
        GET /portal/{slug}/code
        POST /portal/{slug}/code
        GET /portal/{slug}/code/accounts
        POST /portal/{slug}/code/accounts
        POST /portal/{slug}/code/enter
        GET /portal/{slug}/forgot
        GET /portal/{slug}/invitation/{token}
        POST /portal/{slug}/invitation/{token}
        POST /portal/{slug}/invitation/{token}/attach
        GET /portal/{slug}/link/{token}
        POST /portal/{slug}/link/{token}
        GET /portal/{slug}/log-in
        POST /portal/{slug}/log-in
        GET /portal/{slug}/log-in/accounts
        POST /portal/{slug}/log-in/accounts
        POST /portal/{slug}/passkey
        POST /portal/{slug}/passkey/begin
        GET /portal/{slug}/second-step
        POST /portal/{slug}/second-step
        POST /portal/{slug}/second-step/passkey
        POST /portal/{slug}/second-step/passkey/begin
        GET /portal/{slug}/sign-up
        POST /portal/{slug}/sign-up
        POST /portal/{slug}/sign-up/again
        GET /portal/{slug}/unsubscribe/{token}
        POST /portal/{slug}/unsubscribe/{token}
        ",
    ),
    (
        Who::Person,
        "
        GET /portal/{slug}/
        GET /portal/{slug}/account
        POST /portal/{slug}/account
        GET /portal/{slug}/account/address
        POST /portal/{slug}/account/address
        POST /portal/{slug}/account/address/enter
        GET /portal/{slug}/account/notifications
        POST /portal/{slug}/account/notifications
        POST /portal/{slug}/account/passkeys
        POST /portal/{slug}/account/passkeys/begin
        POST /portal/{slug}/account/passkeys/{passkey}/remove
        POST /portal/{slug}/account/passkeys/{passkey}/rename
        POST /portal/{slug}/account/password
        GET /portal/{slug}/account/prove
        POST /portal/{slug}/account/prove
        POST /portal/{slug}/account/prove/code
        POST /portal/{slug}/account/prove/enter
        POST /portal/{slug}/account/prove/passkey
        POST /portal/{slug}/account/prove/passkey/begin
        GET /portal/{slug}/account/security
        POST /portal/{slug}/account/sessions/end-others
        POST /portal/{slug}/account/sessions/{session}/end
        GET /portal/{slug}/account/two-step
        POST /portal/{slug}/account/two-step/begin
        POST /portal/{slug}/account/two-step/codes
        POST /portal/{slug}/account/two-step/confirm
        POST /portal/{slug}/account/two-step/off
        GET /portal/{slug}/accounts
        POST /portal/{slug}/accounts
        GET /portal/{slug}/home
        GET /portal/{slug}/live
        POST /portal/{slug}/log-out
        GET /portal/{slug}/notifications
        POST /portal/{slug}/notifications/read
        POST /portal/{slug}/notifications/{id}
        ",
    ),
    (
        Who::Affiliate,
        "
        GET /portal/{slug}/account/payout-method
        GET /portal/{slug}/account/payout-method/change
        POST /portal/{slug}/account/payout-method/change
        GET /portal/{slug}/assets
        GET /portal/{slug}/assets/{asset}/file
        GET /portal/{slug}/commissions
        GET /portal/{slug}/commissions.csv
        GET /portal/{slug}/commissions/{commission}
        GET /portal/{slug}/leads
        GET /portal/{slug}/leads.csv
        GET /portal/{slug}/links
        GET /portal/{slug}/team
        GET /portal/{slug}/links.csv
        GET /portal/{slug}/links/new
        POST /portal/{slug}/links/new
        GET /portal/{slug}/links/{link}
        POST /portal/{slug}/links/{link}/active
        POST /portal/{slug}/links/{link}/edit
        GET /portal/{slug}/links/{link}/qr.png
        GET /portal/{slug}/links/{link}/qr.svg
        GET /portal/{slug}/messages
        POST /portal/{slug}/messages
        POST /portal/{slug}/messages/read
        GET /portal/{slug}/payouts
        GET /portal/{slug}/payouts.csv
        POST /portal/{slug}/payouts/ask
        POST /portal/{slug}/payouts/withdraw
        GET /portal/{slug}/payouts/{payout}
        GET /portal/{slug}/payouts/{payout}/invoice
        GET /portal/{slug}/statement
        GET /portal/{slug}/statement.csv
        GET /portal/{slug}/statement.jsonl
        ",
    ),
    (
        Who::Colleague,
        "
        GET /admin
        GET /admin/account
        POST /admin/account/passkeys
        POST /admin/account/passkeys/begin
        POST /admin/account/passkeys/{id}/remove
        POST /admin/account/passkeys/{id}/rename
        POST /admin/account/password
        POST /admin/account/sessions/end-others
        POST /admin/account/sessions/{id}/end
        GET /admin/account/two-step
        POST /admin/account/two-step/begin
        POST /admin/account/two-step/codes
        POST /admin/account/two-step/confirm
        POST /admin/account/two-step/off
        GET /admin/leads
        GET /admin/leads.csv
        GET /admin/live
        POST /admin/log-out
        GET /admin/notifications
        POST /admin/notifications/read
        GET /admin/prove
        POST /admin/prove
        POST /admin/prove/passkey
        POST /admin/prove/passkey/begin
        POST /admin/switch
        ",
    ),
    (
        Who::Staff,
        "
        GET /admin/affiliates
        GET /admin/affiliates.csv
        POST /admin/affiliates/bulk
        GET /admin/affiliates/new
        POST /admin/affiliates/new
        GET /admin/affiliates/{id}
        POST /admin/affiliates/{id}/campaigns
        GET /admin/affiliates/{id}/edit
        POST /admin/affiliates/{id}/edit
        GET /admin/affiliates/{id}/inside/
        GET /admin/affiliates/{id}/inside/assets
        GET /admin/affiliates/{id}/inside/assets/{asset}/file
        GET /admin/affiliates/{id}/inside/commissions
        GET /admin/affiliates/{id}/inside/commissions.csv
        GET /admin/affiliates/{id}/inside/commissions/{commission}
        GET /admin/affiliates/{id}/inside/leads
        GET /admin/affiliates/{id}/inside/leads.csv
        GET /admin/affiliates/{id}/inside/links
        GET /admin/affiliates/{id}/inside/team
        GET /admin/affiliates/{id}/inside/links.csv
        GET /admin/affiliates/{id}/inside/links/{link}
        GET /admin/affiliates/{id}/inside/links/{link}/qr.png
        GET /admin/affiliates/{id}/inside/links/{link}/qr.svg
        GET /admin/affiliates/{id}/inside/live
        GET /admin/affiliates/{id}/inside/messages
        GET /admin/affiliates/{id}/inside/payouts
        GET /admin/affiliates/{id}/inside/payouts.csv
        GET /admin/affiliates/{id}/inside/payouts/{payout}
        GET /admin/affiliates/{id}/inside/payouts/{payout}/invoice
        GET /admin/affiliates/{id}/inside/statement
        GET /admin/affiliates/{id}/inside/statement.csv
        GET /admin/affiliates/{id}/inside/statement.jsonl
        POST /admin/affiliates/{id}/invitations/{invitation}/{act}
        POST /admin/affiliates/{id}/invite
        POST /admin/affiliates/{id}/payout-method
        POST /admin/affiliates/{id}/status
        POST /admin/affiliates/{id}/two-step-off
        GET /admin/api-keys
        GET /admin/api-keys/new
        GET /admin/applications
        GET /admin/applications.csv
        POST /admin/applications/bulk
        GET /admin/applications/form
        POST /admin/applications/form
        GET /admin/applications/{id}
        POST /admin/applications/{id}/approve
        POST /admin/applications/{id}/reject
        GET /admin/audit
        GET /admin/audit.csv
        GET /admin/branding
        POST /admin/branding
        GET /admin/branding/address
        POST /admin/branding/address
        POST /admin/branding/address/main
        POST /admin/branding/address/{name}/check
        POST /admin/branding/address/{name}/remove
        POST /admin/branding/preview
        GET /admin/branding/preview.css
        GET /admin/campaigns
        GET /admin/campaigns.csv
        GET /admin/campaigns/new
        POST /admin/campaigns/new
        GET /admin/campaigns/{id}
        POST /admin/campaigns/{id}/active
        POST /admin/campaigns/{id}/affiliates
        GET /admin/campaigns/{id}/assets
        GET /admin/campaigns/{id}/assets/new
        POST /admin/campaigns/{id}/assets/new
        POST /admin/campaigns/{id}/assets/{asset}/active
        GET /admin/campaigns/{id}/assets/{asset}/edit
        POST /admin/campaigns/{id}/assets/{asset}/edit
        GET /admin/campaigns/{id}/assets/{asset}/file
        POST /admin/campaigns/{id}/assets/{asset}/move
        GET /admin/campaigns/{id}/edit
        POST /admin/campaigns/{id}/edit
        GET /admin/checklist
        POST /admin/checklist/dismiss
        GET /admin/commissions
        GET /admin/commissions.csv
        POST /admin/commissions/bulk
        POST /admin/commissions/bulk/undo
        GET /admin/commissions/new
        POST /admin/commissions/new
        GET /admin/commissions/{id}
        GET /admin/commissions/{id}/adjust
        POST /admin/commissions/{id}/adjust
        POST /admin/commissions/{id}/approve
        GET /admin/commissions/{id}/pay
        POST /admin/commissions/{id}/pay
        GET /admin/commissions/{id}/reject
        POST /admin/commissions/{id}/reject
        GET /admin/commissions/{id}/release
        POST /admin/commissions/{id}/release
        POST /admin/commissions/{id}/undo
        GET /admin/customers
        GET /admin/customers.csv
        GET /admin/customers/{id}
        GET /admin/events/{id}
        POST /admin/events/{id}/disputes
        POST /admin/events/{id}/disputes/{dispute}
        POST /admin/events/{id}/refunds
        GET /admin/groups
        GET /admin/groups.csv
        GET /admin/groups/new
        POST /admin/groups/new
        GET /admin/groups/{id}
        POST /admin/groups/{id}/delete
        GET /admin/groups/{id}/edit
        POST /admin/groups/{id}/edit
        POST /admin/groups/{id}/members
        POST /admin/invitations/{id}/address
        GET /admin/ledger
        GET /admin/ledger.csv
        GET /admin/ledger/liability
        GET /admin/ledger/liability.csv
        GET /admin/ledger/months
        GET /admin/ledger/rates
        POST /admin/ledger/rates
        POST /admin/ledger/rates/import
        GET /admin/ledger/statement.jsonl
        GET /admin/ledger/statements
        POST /admin/ledger/verify
        GET /admin/mail
        GET /admin/mail.csv
        GET /admin/mail/{id}
        GET /admin/mail/{id}/preview
        POST /admin/mail/{id}/send
        GET /admin/messages
        GET /admin/messages.csv
        POST /admin/messages/many
        GET /admin/messages/{id}
        POST /admin/messages/{id}
        POST /admin/messages/{id}/read
        POST /admin/partnerships/{id}/active
        GET /admin/partnerships/{id}/code
        POST /admin/partnerships/{id}/code
        GET /admin/payouts
        GET /admin/payouts.csv
        POST /admin/payouts/create
        GET /admin/payouts/files
        GET /admin/payouts/files/new
        POST /admin/payouts/files/new
        GET /admin/payouts/files/{file}
        POST /admin/payouts/files/{file}/download
        POST /admin/payouts/files/{file}/withdraw
        POST /admin/payouts/results
        GET /admin/payouts/results/{result}
        POST /admin/payouts/results/{result}/apply
        POST /admin/payouts/requests/{request}/decline
        GET /admin/payouts/runs
        GET /admin/payouts/runs.csv
        GET /admin/payouts/runs/new
        POST /admin/payouts/runs/new
        GET /admin/payouts/runs/{run}
        POST /admin/payouts/runs/{run}/approve
        POST /admin/payouts/runs/{run}/cancel
        POST /admin/payouts/runs/{run}/draft
        POST /admin/payouts/runs/{run}/look
        POST /admin/payouts/runs/{run}/members
        GET /admin/payouts/runs/{run}/pay
        POST /admin/payouts/runs/{run}/pay
        POST /admin/payouts/runs/{run}/send-back
        POST /admin/payouts/runs/{run}/send
        POST /admin/payouts/runs/{run}/stop
        POST /admin/payouts/runs/{run}/submit
        GET /admin/payouts/{id}
        POST /admin/payouts/{id}/approve
        POST /admin/payouts/{id}/cancel
        GET /admin/payouts/{id}/decide
        POST /admin/payouts/{id}/decide
        POST /admin/payouts/{id}/look
        GET /admin/payouts/{id}/invoice
        GET /admin/payouts/{id}/pay
        POST /admin/payouts/{id}/pay
        POST /admin/payouts/{id}/payout-method
        POST /admin/payouts/{id}/reopen
        GET /admin/payouts/{id}/returned
        POST /admin/payouts/{id}/returned
        POST /admin/payouts/{id}/send
        GET /admin/portal
        GET /admin/portal/accounts
        GET /admin/portal/accounts.csv
        GET /admin/portal/accounts/{id}
        POST /admin/portal/accounts/{id}/block
        POST /admin/portal/accounts/{id}/log-in-mail
        POST /admin/portal/accounts/{id}/sessions/{session}/end
        POST /admin/portal/accounts/{id}/two-step-off
        POST /admin/portal/accounts/{id}/unblock
        GET /admin/portal/invite
        POST /admin/questions
        GET /admin/questions/{id}
        POST /admin/questions/{id}
        POST /admin/questions/{id}/move
        POST /admin/questions/{id}/remove
        GET /admin/referrals
        GET /admin/referrals.csv
        POST /admin/referrals/bulk
        POST /admin/referrals/bulk/undo
        GET /admin/referrals/{id}
        POST /admin/referrals/{id}/approve
        POST /admin/referrals/{id}/checks
        GET /admin/referrals/{id}/reject
        POST /admin/referrals/{id}/reject
        POST /admin/referrals/{id}/remarks
        POST /admin/referrals/{id}/undo
        GET /admin/rules
        GET /admin/rules/new
        POST /admin/rules/new
        GET /admin/rules/{id}
        POST /admin/rules/{id}/active
        GET /admin/rules/{id}/edit
        POST /admin/rules/{id}/edit
        GET /admin/rules/winner
        GET /admin/rules/back-test
        POST /admin/rules/back-test
        GET /admin/rules/back-test/{token}
        POST /admin/rules/back-test/{token}/cancel
        GET /admin/rules/back-test/{token}/affiliates.csv
        GET /admin/rules/back-test/{token}/changes.csv
        GET /admin/search
        GET /admin/settings
        POST /admin/settings
        GET /admin/settings/affiliates
        POST /admin/settings/affiliates
        POST /admin/settings/affiliates/team
        GET /admin/settings/install
        GET /admin/settings/legal
        POST /admin/settings/legal
        GET /admin/settings/mail
        GET /admin/settings/mail/{kind}
        POST /admin/settings/mail/{kind}
        GET /admin/settings/mail/{kind}/preview
        POST /admin/settings/mail/{kind}/preview
        POST /admin/settings/mail/{kind}/reset
        POST /admin/settings/mail/{kind}/test
        GET /admin/settings/notifications
        POST /admin/settings/notifications
        GET /admin/settings/payouts
        POST /admin/settings/payouts
        GET /admin/settings/payouts/account
        POST /admin/settings/payouts/account
        GET /admin/settings/profiles
        POST /admin/settings/profiles
        GET /admin/settings/providers
        GET /admin/settings/tracking
        POST /admin/settings/tracking
        GET /admin/transfers
        GET /admin/transfers.csv
        POST /admin/transfers/{transfer}/look
        ",
    ),
    (
        Who::Owner,
        "
        POST /admin/api-keys/new
        POST /admin/api-keys/{id}/revoke
        GET /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}/disconnect
        POST /admin/settings/providers/{provider}/test
        POST /admin/branding/address/{name}/use
        GET /admin/settings/team
        POST /admin/settings/team/invitations/{id}/revoke
        POST /admin/settings/team/invite
        POST /admin/settings/team/{id}/role
        POST /admin/settings/team/{id}/two-step-off
        GET /admin/ledger/months/close
        POST /admin/ledger/months/close
        ",
    ),
];

const PASSWORD: &str = "correct horse battery staple";

/// Browsers, each with who is at it.
type Callers<'a> = Vec<(&'static str, &'a mut Client)>;

/// What stands in the places of an address.
fn filled(path: &str, slug: &str, own: &BTreeMap<&'static str, String>) -> String {
    let mut words = path.split('/').skip(if path.starts_with("/portal/{slug}") {
        3
    } else {
        2
    });
    let first = words.next().unwrap_or_default();
    path.split('/')
        .map(|word| {
            let Some(place) = word.strip_prefix('{') else {
                return word.to_owned();
            };
            let (place, end) = place.split_once('}').expect("a place");
            let kind = match (place, first) {
                ("slug", _) => return format!("{slug}{end}"),
                ("invitation", _) => "invitations",
                ("commission", _) => "commissions",
                ("payout", _) => "payouts",
                ("file", "payouts") => "files",
                ("result", _) => "results",
                ("run", _) => "runs",
                ("request", _) => "requests",
                ("link", _) => "links",
                ("asset", _) => "assets",
                ("kind", _) => return "invitation".to_owned(),
                ("provider", _) => return "paypal".to_owned(),
                ("session", _) | ("id", "account") => "sessions",
                ("act", _) => return "resend".to_owned(),
                // Where anything will do: it is looked at after the door.
                ("token" | "name" | "file", _) => return "nothing".to_owned(),
                ("id", "settings") => "team",
                ("passkey", _) => return "psk_01h455vb4pex5vsknk084sn02q".to_owned(),
                ("id", "notifications") => return "ntf_01h455vb4pex5vsknk084sn02q".to_owned(),
                (_, "portal") => "accounts",
                (_, first) => first,
            };
            let id = own
                .get(kind)
                .unwrap_or_else(|| panic!("furnish makes no {kind} for {path}"));
            format!("{id}{end}")
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Whether the door was closed: to the log-in, or a refusal.
fn is_refused(answer: &Answer) -> bool {
    let to = answer.header("location");
    matches!(answer.status.as_u16(), 401 | 403 | 404)
        || (answer.status.as_u16() == 303 && to.contains("/log-in"))
}

async fn call(browser: &mut Client, method: &str, path: &str) -> Answer {
    if method == "GET" {
        return browser.get(path).await;
    }
    // A form that is looked at before the door needs to be whole.
    let fields: &[(&str, &str)] = match path {
        "/admin/api-keys/new" => &[("name", "Key"), ("scopes", "read")],
        _ if path.ends_with("/active") => &[("active", "false")],
        _ => &[],
    };
    browser.post(path, fields).await
}

/// A browser in which a person of the portal without any app has logged in.
async fn person(test: &TestApp, shop: &Shop<'_>) -> Client {
    let email = "plain@people.example.com";
    let hash = password::hash(&test.app, PASSWORD).await.expect("a hash");
    let mut work = shop.work().await;
    let new = NewAccount {
        id: AccountId::from(uuid_v7(1, [9; 10])),
        email,
        email_folded: &fold(email),
        name: "Plain",
        password_hash: &hash,
        affiliate_id: None,
        created_at_ms: work.now,
    };
    account::insert(&mut work.tx, &new)
        .await
        .expect("an account");
    work.commit().await.expect("stored");
    shop.profile_told(email).await;
    log_in(test, shop, email).await
}

/// A browser in which a person of the portal has logged in who has an account already.
async fn log_in(test: &TestApp, shop: &Shop<'_>, email: &str) -> Client {
    let mut browser = test.browser();
    let path = format!("/portal/{}/log-in", shop.slug);
    browser.get(&path).await.expect(200);
    browser
        .post(&path, &[("email", email), ("password", PASSWORD)])
        .await
        .expect(303);
    browser
}

fn matrix() -> BTreeMap<String, Who> {
    MATRIX
        .iter()
        .flat_map(|(who, lines)| {
            lines
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| (line.to_owned(), *who))
        })
        .collect()
}

#[test]
fn every_route_has_a_line() {
    let there: BTreeSet<String> = routes().iter().map(Route::to_string).collect();
    let known: BTreeSet<String> = matrix().into_keys().collect();
    let missing: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "without a line: {missing:#?}\nnot there any more: {gone:#?}"
    );
}

both_engines! {
    async fn doors_open_to_whom_they_should(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let own = furnish(&ours).await;
        furnish(&theirs).await;
        // Affiliates do not see drafts.
        let approve = format!("/payouts/{}/approve", own["payouts"]);
        ours.api().post(&approve, serde_json::json!({})).await.expect(200);
        let other = ours.affiliate("Grace").await;
        let stranger = theirs.affiliate("Linus").await;

        let mut nobody = test.browser();
        let mut stranger = theirs.portal(&stranger).await;
        let mut person = person(&test, &ours).await;
        let mut other = ours.portal(&other).await;
        let mut ada = log_in(&test, &ours, "ada@affiliates.example.com").await;
        let mut their_owner = theirs.browser().await;
        let mut admin = ours.colleague().await;
        let mut agent = ours.member("Agent", Role::Agent).await;
        let mut owner = ours.browser().await;

        let home = format!("/portal/{}/home", ours.slug);
        let mut wrong = Vec::new();
        for Route { path, method } in routes() {
            let who = matrix()[&format!("{method} {path}")];
            let filled = filled(&path, &ours.slug, &own);
            let has_id = path.replace("{slug}", "").replace("{kind}", "").replace("{provider}", "").contains('{');
            // A page with a form gives the token.
            for (browser, page) in [
                (&mut person, home.as_str()),
                (&mut other, &home),
                (&mut ada, &home),
                (&mut admin, "/admin"),
                (&mut agent, "/admin/leads"),
                (&mut owner, "/admin"),
                (&mut their_owner, "/admin"),
            ] {
                browser.get(page).await.expect(200);
            }
            let (shut_out, let_in): (Callers<'_>, Callers<'_>) = match who {
                Who::Anyone => (vec![], vec![]),
                Who::Person => (
                    vec![("nobody", &mut nobody), ("a stranger", &mut stranger), ("the owner", &mut owner), ("an agent", &mut agent)],
                    vec![("a person", &mut person), ("the affiliate", &mut ada)],
                ),
                Who::Affiliate => {
                    let mut out: Callers<'_> =
                        vec![("nobody", &mut nobody), ("a stranger", &mut stranger), ("the owner", &mut owner), ("an agent", &mut agent), ("a person", &mut person)];
                    if has_id {
                        out.push(("another affiliate", &mut other));
                    }
                    (out, vec![("the affiliate", &mut ada)])
                }
                Who::Colleague => (
                    vec![("nobody", &mut nobody), ("the affiliate", &mut ada)],
                    vec![("an agent", &mut agent), ("an admin", &mut admin), ("the owner", &mut owner)],
                ),
                Who::Staff => {
                    let mut out: Callers<'_> = vec![("nobody", &mut nobody), ("the affiliate", &mut ada), ("an agent", &mut agent)];
                    // Acts on another business's ids are tried with whole forms in `tenant_pages`.
                    if has_id && method == "GET" {
                        out.push(("another owner", &mut their_owner));
                    }
                    (out, vec![("an admin", &mut admin), ("the owner", &mut owner)])
                }
                Who::Owner => (
                    vec![("nobody", &mut nobody), ("the affiliate", &mut ada), ("an agent", &mut agent), ("an admin", &mut admin)],
                    vec![("the owner", &mut owner)],
                ),
            };
            for (name, browser) in shut_out {
                let answer = call(browser, method, &filled).await;
                // What exists and is closed to a role says so.
                let is_right = if name == "an agent" && path.starts_with("/admin") { answer.status == 403 } else { is_refused(&answer) };
                if !is_right {
                    wrong.push(format!("{method} {path} lets {name} in: {}", answer.status));
                }
            }
            // Acts are tried by their own tests; here they would only undo each other. A stream has no end.
            // The asset of the furnished business is a text and has no file.
            let is_tried = method == "GET" && !path.ends_with("/live") && !path.ends_with("/file");
            if is_tried && !(has_id && filled.contains("nothing")) {
                for (name, browser) in let_in {
                    let answer = call(browser, method, &filled).await;
                    if is_refused(&answer) {
                        wrong.push(format!("{method} {path} shuts {name} out: {} {}", answer.status, answer.header("location")));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
