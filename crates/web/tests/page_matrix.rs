//! Who may do what: every route of the admin and the portal is called by everybody there is, GET and POST, and
//! answers to those alone who may. A new route without a line here fails the test.

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
        POST /portal/{slug}/invitation/{token}/attach
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
        GET /portal/{slug}/live
        GET /portal/{slug}/messages
        POST /portal/{slug}/messages
        POST /portal/{slug}/messages/read
        GET /portal/{slug}/payouts
        GET /portal/{slug}/payouts.csv
        POST /portal/{slug}/payouts/ask
        POST /portal/{slug}/payouts/withdraw
        GET /portal/{slug}/payouts/{payout}
        GET /portal/{slug}/payouts/{payout}/invoice
        GET /portal/{slug}/payouts/{payout}/invoice.pdf
        GET /portal/{slug}/payouts/{payout}/credit-note
        GET /portal/{slug}/payouts/{payout}/credit-note.pdf
        GET /portal/{slug}/statement
        GET /portal/{slug}/statement.csv
        GET /portal/{slug}/statement.jsonl
        GET /portal/{slug}/statement.pdf
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
        GET /admin/affiliates/{id}/inside/payouts/{payout}/invoice.pdf
        GET /admin/affiliates/{id}/inside/payouts/{payout}/credit-note
        GET /admin/affiliates/{id}/inside/payouts/{payout}/credit-note.pdf
        GET /admin/affiliates/{id}/inside/statement
        GET /admin/affiliates/{id}/inside/statement.csv
        GET /admin/affiliates/{id}/inside/statement.jsonl
        GET /admin/affiliates/{id}/inside/statement.pdf
        POST /admin/affiliates/{id}/invitations/{invitation}/{act}
        POST /admin/affiliates/{id}/invite
        POST /admin/affiliates/{id}/payout-method
        POST /admin/affiliates/{id}/status
        POST /admin/affiliates/{id}/two-step-off
        GET /admin/api-keys
        GET /admin/api-keys.csv
        GET /admin/api-keys/new
        GET /admin/applications
        GET /admin/applications.csv
        POST /admin/applications/bulk
        GET /admin/applications/form
        POST /admin/applications/form
        GET /admin/applications/{id}
        POST /admin/applications/{id}/approve
        POST /admin/applications/{id}/reject
        POST /admin/applications/{id}/retry
        POST /admin/applications/{id}/discard
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
        GET /admin/payouts/{id}/invoice.pdf
        GET /admin/payouts/{id}/credit-note
        GET /admin/payouts/{id}/credit-note.pdf
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
        GET /admin/rules.csv
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
        GET /admin/settings/payouts/account
        POST /admin/settings/payouts/account
        POST /admin/api-keys/{id}/revoke
        GET /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}/disconnect
        POST /admin/settings/providers/{provider}/test
        POST /admin/branding/address/{name}/use
        GET /admin/settings/team
        POST /admin/settings/team/invitations/{id}/revoke
        POST /admin/settings/team/invite
        POST /admin/settings/team/{id}/remove
        POST /admin/settings/team/{id}/role
        POST /admin/settings/team/{id}/two-step-off
        GET /admin/ledger/months/close
        POST /admin/ledger/months/close
        ",
    ),
];

const PASSWORD: &str = "correct horse battery staple";

/// Pages that lead to the log-in a browser that has not begun there: what they are about is in a cookie.
const OF_A_COOKIE: &[&str] = &[
    "/admin/set-up",
    "/portal/{slug}/code",
    "/portal/{slug}/code/accounts",
    "/portal/{slug}/log-in/accounts",
];

/// Routes whose thing the furnished business has not: whoever may call them is told that it is missing. No
/// provider of that name is connected.
const NOT_THERE: &[&str] = &["POST /admin/settings/providers/{provider}/test"];

/// Acts that end the session they are called in.
const LEAVING: &[&str] = &["/admin/log-out", "/portal/{slug}/log-out"];

/// Acts that come after all others: they take away what those need.
const LATE: &[&str] = &[
    "/admin/account/passkeys/{id}/remove",
    "/admin/account/sessions/end-others",
    "/admin/branding/address/{name}/remove",
    "/admin/groups/{id}/delete",
    "/admin/portal/accounts/{id}/block",
    "/admin/questions/{id}/remove",
    "/portal/{slug}/account/passkeys/{passkey}/remove",
    "/portal/{slug}/account/sessions/end-others",
];

/// Acts after which what they name is gone. Whoever else may call them sends a form that is refused as such.
const TAKING: &[&str] = &[
    "/admin/applications/{id}/discard",
    "/admin/applications/{id}/retry",
    "/admin/branding/address/{name}/remove",
    "/admin/groups/{id}/delete",
    "/admin/payouts/requests/{request}/decline",
    "/admin/portal/accounts/{id}/sessions/{session}/end",
    "/admin/questions/{id}/remove",
];

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Without any log-in.
    Nobody,
    /// An affiliate of another business.
    Stranger,
    /// An account of this business without any app.
    Person,
    /// Another affiliate of this business, who has nothing yet.
    Other,
    /// The affiliate whose things they are.
    Ada,
    /// The owner of another business.
    TheirOwner,
    Agent,
    Admin,
    /// The owner, whose passkey and session they are.
    Owner,
}

impl Caller {
    /// A page that gives the token of this caller's forms.
    fn home(self, slug: &str) -> Option<String> {
        match self {
            Self::Nobody | Self::Stranger => None,
            Self::Person | Self::Other | Self::Ada => Some(format!("/portal/{slug}/home")),
            Self::TheirOwner | Self::Agent | Self::Admin | Self::Owner => {
                Some("/admin/account".to_owned())
            }
        }
    }

    const fn is_staff(self) -> bool {
        matches!(
            self,
            Self::TheirOwner | Self::Agent | Self::Admin | Self::Owner
        )
    }
}

/// What a caller finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// An answer: a page, a way on, or what is wrong with the form.
    Open,
    /// The way to the log-in.
    LogIn,
    /// That it is not for them.
    Closed,
    /// That there is no such thing, as for an id that nobody has.
    Missing,
    /// That there is no such secret, or that the form is not whole.
    Unknown,
}

/// Whether an address names something: a row of one's own, or a secret.
fn names_something(path: &str) -> bool {
    path.replace("{slug}", "")
        .replace("{kind}", "")
        .replace("{provider}", "")
        .contains('{')
}

/// What a caller must find behind a route; none for what is tried elsewhere.
fn door(who: Who, caller: Caller, route: &Route) -> Option<Door> {
    let named = names_something(&route.path);
    let is_secret = route.path.contains("{token}") || route.path == "/brand/{file}";
    let open = if NOT_THERE.contains(&route.to_string().as_str()) || is_secret {
        Door::Missing
    } else {
        Door::Open
    };
    let own_alone = if named { Door::Missing } else { open };
    Some(match (who, caller) {
        (Who::Anyone, _) if is_secret && route.method == "POST" => Door::Unknown,
        (Who::Anyone, _) | (Who::Person | Who::Affiliate, Caller::Ada) => open,
        (Who::Person, Caller::Person | Caller::Other) | (Who::Affiliate, Caller::Other) => {
            own_alone
        }
        (Who::Affiliate, Caller::Person) => Door::Closed,
        (Who::Person | Who::Affiliate, _) => Door::LogIn,
        (_, caller) if !caller.is_staff() => Door::LogIn,
        (_, Caller::Owner) => open,
        // Acts on another business's ids are tried with whole forms in `tenant_pages`.
        (_, Caller::TheirOwner) if named && route.method == "POST" => return None,
        (_, Caller::TheirOwner) | (Who::Colleague, _) => own_alone,
        (Who::Staff, Caller::Admin) => open,
        _ => Door::Closed,
    })
}

/// Whether a caller was answered as they should be.
fn is_right(door: Door, caller: Caller, route: &Route, answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let to_log_in = status == 303 && answer.header("location").contains("/log-in");
    match door {
        Door::Open => {
            let refused = matches!(status, 401 | 403 | 404) || status >= 500;
            let may_begin = OF_A_COOKIE.contains(&route.path.as_str());
            !refused && (may_begin || !to_log_in)
        }
        Door::LogIn => to_log_in,
        // What exists and is closed to a role says so.
        Door::Closed if caller == Caller::Agent => status == 403,
        Door::Closed => matches!(status, 401 | 403 | 404),
        Door::Missing => status == 404,
        Door::Unknown => matches!(status, 404 | 422),
    }
}

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
                ("dispute", _) => "disputes",
                ("payout", _) => "payouts",
                ("file", "payouts") => "files",
                ("result", _) => "results",
                ("run", _) => "runs",
                ("request", _) => "requests",
                ("link", _) => "links",
                ("asset", _) if path.ends_with("/file") => "asset files",
                ("asset", _) => "assets",
                ("kind", _) => return "invitation".to_owned(),
                ("provider", _) if path.ends_with("/disconnect") => return "stripe".to_owned(),
                ("provider", _) => return "paypal".to_owned(),
                ("passkey", _) => "portal passkeys",
                ("session", _) => "portal sessions",
                ("id", "account") if path.contains("/passkeys/") => "passkeys",
                ("id", "account") => "sessions",
                ("act", _) => return "resend".to_owned(),
                ("name", _) => "branding",
                // A secret that nobody has.
                ("token" | "file", _) => return "nothing".to_owned(),
                ("id", "settings") if path.contains("/invitations/") => "team invitations",
                ("id", "settings") => "team",
                ("id", "applications") if path.ends_with("/retry") => "forms to retry",
                ("id", "applications") if path.ends_with("/discard") => "forms to discard",
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

/// Opens a page. A stream has no end, so of it only the head is asked for.
async fn read(browser: &mut Client, path: &str) -> Answer {
    if path.ends_with("/live") {
        browser.head(path).await
    } else {
        browser.get(path).await
    }
}

/// The least that a form needs to get past its own checks, where what is behind them is what counts.
fn fields<'a>(path: &str, own: &'a BTreeMap<&'static str, String>) -> Vec<(&'static str, &'a str)> {
    match path {
        "/admin/api-keys/new" => vec![("name", "Key"), ("scopes", "read")],
        "/admin/commissions/bulk/undo" => vec![("act", &own["commission acts"])],
        "/admin/events/{id}/disputes/{dispute}" => vec![("status", "won")],
        "/admin/ledger/months/close" => vec![("month", "2026-10")],
        "/admin/referrals/bulk/undo" => vec![("act", &own["referral acts"])],
        _ if path.ends_with("/active") => vec![("active", "false")],
        _ if path.ends_with("/rename") => vec![("name", "Phone")],
        _ => Vec::new(),
    }
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

/// Everybody, and what they may ask for.
struct Everybody {
    callers: Vec<(Caller, Client)>,
    slug: String,
    /// Ids by the word of the address they belong to.
    own: BTreeMap<&'static str, String>,
}

async fn everybody(test: &TestApp) -> Everybody {
    let (ours, theirs) = (
        test.business("Northwind").await,
        test.business("Southwind").await,
    );
    let mut own = furnish(&ours).await;
    furnish(&theirs).await;
    // Affiliates do not see drafts.
    let approve = format!("/payouts/{}/approve", own["payouts"]);
    ours.api()
        .post(&approve, serde_json::json!({}))
        .await
        .expect(200);
    let other = ours.affiliate("Grace").await;
    let stranger = theirs.affiliate("Linus").await;
    let mut owner = ours.browser().await;
    own.insert("team invitations", invited(&mut owner).await);
    let mut callers = vec![
        (Caller::Nobody, test.browser()),
        (Caller::Stranger, theirs.portal(&stranger).await),
        (Caller::Person, person(test, &ours).await),
        (Caller::Other, ours.portal(&other).await),
        (
            Caller::Ada,
            log_in(test, &ours, "ada@affiliates.example.com").await,
        ),
        (Caller::TheirOwner, theirs.browser().await),
        (Caller::Agent, ours.member("Agent", Role::Agent).await),
        (Caller::Admin, ours.colleague().await),
        (Caller::Owner, owner),
    ];
    let slug = ours.slug.clone();
    for (caller, browser) in &mut callers {
        if let Some(home) = caller.home(&slug) {
            browser.get(&home).await.expect(200);
        }
    }
    Everybody { callers, slug, own }
}

/// The id of an invitation to the team.
async fn invited(owner: &mut Client) -> String {
    let team = "/admin/settings/team";
    owner.get(team).await.expect(200);
    let form = [
        ("name", "Sam"),
        ("email", "sam@team.example"),
        ("role", "agent"),
    ];
    owner
        .post(&format!("{team}/invite"), &form)
        .await
        .expect(303);
    let page = owner.get(team).await.expect(200).text();
    let (_, after) = page
        .split_once(&format!("{team}/invitations/"))
        .expect("an invitation");
    after.split('/').next().expect("an id").to_owned()
}

/// Notes a caller who was not answered as they should be.
fn note(wrong: &mut Vec<String>, route: &Route, caller: Caller, door: Door, answer: &Answer) {
    if !is_right(door, caller, route, answer) {
        let to = answer.header("location");
        wrong.push(format!(
            "{route} by {caller:?}: {door:?} expected, {} {to}",
            answer.status
        ));
    }
}

/// Has everybody call every act that is for these, with an empty form or the least that gets past its checks,
/// and the right token.
async fn acts(everybody: &mut Everybody, whose: &[Who]) -> Vec<String> {
    let Everybody { callers, slug, own } = everybody;
    let matrix = matrix();
    let mut acts: Vec<(Route, Who)> = routes()
        .into_iter()
        .filter(|route| route.method == "POST")
        .map(|route| {
            let who = matrix[&route.to_string()];
            (route, who)
        })
        .filter(|(route, who)| whose.contains(who) && !LEAVING.contains(&route.path.as_str()))
        .collect();
    assert!(acts.len() > 20, "{acts:?}");
    acts.sort_by_key(|(route, _)| LATE.contains(&route.path.as_str()));
    let mut wrong = Vec::new();
    for (route, who) in &acts {
        let path = filled(&route.path, slug, own);
        let mut is_gone = false;
        for (caller, browser) in callers.iter_mut() {
            let Some(door) = door(*who, *caller, route) else {
                continue;
            };
            // A page without a session may have given an empty token since.
            if door == Door::Open
                && let Some(home) = caller.home(slug)
            {
                browser.get(&home).await.expect(200);
            }
            let fields = if is_gone {
                vec![("no_field_of_any_form", "1")]
            } else {
                fields(&route.path, own)
            };
            let answer = browser.post(&path, &fields).await;
            note(&mut wrong, route, *caller, door, &answer);
            is_gone |= door == Door::Open && TAKING.contains(&route.path.as_str());
        }
    }
    wrong
}

/// Has everybody log out: who is logged in there is let out, and in no more.
async fn leave(everybody: &mut Everybody, path: &str, who: Who) -> Vec<String> {
    let Everybody { callers, slug, own } = everybody;
    let route = Route {
        path: path.to_owned(),
        method: "POST",
    };
    let filled = filled(path, slug, own);
    let mut wrong = Vec::new();
    for (caller, browser) in callers.iter_mut() {
        let door = door(who, *caller, &route);
        let home = caller.home(slug).filter(|_| door == Some(Door::Open));
        if let Some(home) = &home {
            browser.get(home).await.expect(200);
        }
        let answer = browser.post(&filled, &[]).await;
        // Out, or never in: both lead to the log-in.
        note(&mut wrong, &route, *caller, Door::LogIn, &answer);
        if let Some(home) = home {
            let answer = browser.get(&home).await;
            note(&mut wrong, &route, *caller, Door::LogIn, &answer);
        }
    }
    wrong
}

both_engines! {
    async fn pages_open_to_whom_they_should_and_change_nothing(test: TestApp) {
        let Everybody { mut callers, slug, own } = everybody(&test).await;
        let matrix = matrix();
        // The clock stands, so not even when a session was used is noted.
        let before = test.db.raw().await.contents().await;
        let mut wrong = Vec::new();
        for route in routes().into_iter().filter(|route| route.method == "GET") {
            let who = matrix[&route.to_string()];
            let path = filled(&route.path, &slug, &own);
            for (caller, browser) in &mut callers {
                let Some(door) = door(who, *caller, &route) else { continue };
                let answer = read(browser, &path).await;
                note(&mut wrong, &route, *caller, door, &answer);
                // Its head is answered alike.
                if matches!(caller, Caller::Nobody | Caller::Ada | Caller::Owner) {
                    let head = browser.head(&path).await;
                    if head.status != answer.status {
                        wrong.push(format!("HEAD {path} by {caller:?}: {} and not {}", head.status, answer.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let after = test.db.raw().await.contents().await;
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            assert!(before == after, "looking has changed {name}:\n{before:?}\n{after:?}");
        }
    }

    async fn acts_of_the_portal_are_for_whom_they_should_be(test: TestApp) {
        let mut everybody = everybody(&test).await;
        let mut wrong = acts(&mut everybody, &[Who::Person, Who::Affiliate]).await;
        wrong.extend(acts(&mut everybody, &[Who::Anyone]).await);
        wrong.extend(leave(&mut everybody, "/portal/{slug}/log-out", Who::Person).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn acts_of_the_admin_are_for_whom_they_should_be(test: TestApp) {
        let mut everybody = everybody(&test).await;
        let mut wrong = acts(&mut everybody, &[Who::Colleague, Who::Staff, Who::Owner]).await;
        wrong.extend(leave(&mut everybody, "/admin/log-out", Who::Colleague).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
