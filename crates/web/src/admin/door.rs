//! Which pages and acts of the admin a role may call: the one place that says so. The extractor
//! [`super::session::Admin`] asks it before every handler, and the menu and tabs show only what it opens. What a
//! use case asks for itself (`require_owner`, a scope) stands behind it as a second door.

use domain::status::Role;

/// What staff of every role may call: their own account, their bell, and the leads. Agents nothing else.
const EVERYBODY: &[&str] = &[
    "/admin/account",
    "/admin/account/passkeys",
    "/admin/account/passkeys/begin",
    "/admin/account/passkeys/{id}/remove",
    "/admin/account/passkeys/{id}/rename",
    "/admin/account/password",
    "/admin/account/sessions/end-others",
    "/admin/account/sessions/{id}/end",
    "/admin/account/two-step",
    "/admin/account/two-step/begin",
    "/admin/account/two-step/codes",
    "/admin/account/two-step/confirm",
    "/admin/account/two-step/off",
    "/admin/leads",
    "/admin/leads.csv",
    "/admin/live",
    "/admin/log-out",
    "/admin/notifications",
    "/admin/notifications/read",
    "/admin/prove",
    "/admin/prove/passkey",
    "/admin/prove/passkey/begin",
    "/admin/switch",
];

/// What only the owner may call.
const OWNER: &[&str] = &[
    "/admin/api-keys/{id}/revoke",
    "/admin/branding/address/{name}/use",
    "/admin/ledger/months/close",
    "/admin/settings/providers/{provider}",
    "/admin/settings/providers/{provider}/disconnect",
    "/admin/settings/providers/{provider}/test",
    "/admin/settings/payouts/account",
    "/admin/settings/team",
    "/admin/settings/team/invitations/{id}/revoke",
    "/admin/settings/team/invite",
    "/admin/settings/team/{id}/remove",
    "/admin/settings/team/{id}/role",
    "/admin/settings/team/{id}/two-step-off",
];

/// Whether a role may call a route, named as the router names it: `/admin/leads`, `/admin/payouts/{id}`.
#[must_use]
pub fn opens(role: Role, route: &str) -> bool {
    match role {
        Role::Owner => true,
        Role::Admin => !OWNER.contains(&route),
        Role::Agent => EVERYBODY.contains(&route),
    }
}

/// The page a role begins with.
#[must_use]
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::Owner | Role::Admin => "/admin",
        Role::Agent => "/admin/leads",
    }
}

/// The role for people.
#[must_use]
pub const fn label(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Agent => "Agent",
    }
}
