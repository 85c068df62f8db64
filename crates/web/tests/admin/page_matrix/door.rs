//! What a caller finds behind a route, and whether it is what they should.

use testkit::Answer;

use super::caller::Caller;
use super::matrix::Who;
use crate::pages::Route;

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

/// What a caller finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
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
pub fn door(who: Who, caller: Caller, route: &Route) -> Option<Door> {
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
        // Acts on another business's ids are tried with whole forms in `tenant_page`.
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

/// Notes a caller who was not answered as they should be.
pub fn note(wrong: &mut Vec<String>, route: &Route, caller: Caller, door: Door, answer: &Answer) {
    if !is_right(door, caller, route, answer) {
        let to = answer.header("location");
        wrong.push(format!(
            "{route} by {caller:?}: {door:?} expected, {} {to}",
            answer.status
        ));
    }
}
