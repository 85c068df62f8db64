//! Acts that everybody tries.

use std::collections::BTreeMap;

use super::address::filled;
use super::caller::Everybody;
use super::door::{Door, door, note};
use super::matrix::{Who, matrix};
use crate::pages::{Route, routes};

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

/// Has everybody call every act that is for these, with an empty form or the least that gets past its checks,
/// and the right token.
pub async fn acts(everybody: &mut Everybody, whose: &[Who]) -> Vec<String> {
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

/// Has everybody log out: who is logged in there is let out, and in no more.
pub async fn leave(everybody: &mut Everybody, path: &str, who: Who) -> Vec<String> {
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
