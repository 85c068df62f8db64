//! Passkeys, as their owner uses and keeps them: alike in the admin and the portal.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::App;
use service::identity::passkey::{
    Begun, LIFE_MS, NAME_MAX, OF_PERSON_MAX, Passkey, Site, Unavailable,
};

use crate::cookie;
use crate::error::PageError;
use crate::form::FormErrors;
use crate::language::t;
use crate::moment::Moment;
use crate::shown::browser::browser;

/// What a form sends that a passkey answered.
#[derive(Debug, Deserialize)]
pub(crate) struct AnswerForm {
    /// The browser's JSON; empty without scripts.
    #[serde(default)]
    pub credential: String,
    #[serde(default)]
    pub next: String,
}

/// What a form sends that adds a passkey.
#[derive(Debug, Deserialize)]
pub(crate) struct AddForm {
    /// The browser's JSON; empty without scripts.
    #[serde(default)]
    pub credential: String,
    #[serde(default)]
    pub name: String,
}

/// What a form sends that calls a passkey something else.
#[derive(Debug, Deserialize)]
pub(crate) struct RenameForm {
    #[serde(default)]
    pub name: String,
}

/// The button that asks the device for a passkey.
pub(crate) struct PasskeyButton {
    /// Where the answer goes; `/begin` below it gives the challenge.
    pub action: String,
    pub label: &'static str,
    pub next: String,
    /// Empty before the log-in.
    pub csrf: String,
    /// Why there is no button; empty when there is one.
    pub why: &'static str,
    /// What was wrong with the last answer.
    pub error: String,
    /// Whether the browser offers passkeys in the field of the address as well: before a log-in.
    pub autofill: bool,
}

impl PasskeyButton {
    pub(crate) fn new(
        app: &App,
        host: &str,
        action: String,
        label: &'static str,
        next: &str,
        csrf: &str,
    ) -> Self {
        Self {
            action,
            label,
            next: next.to_owned(),
            csrf: csrf.to_owned(),
            why: why(app, host),
            error: String::new(),
            autofill: false,
        }
    }

    /// The same with passkeys offered in the field of the address.
    pub(crate) fn in_field(self) -> Self {
        Self {
            autofill: true,
            ..self
        }
    }

    /// The `autocomplete` of the field of the address.
    pub(crate) fn autocomplete(&self) -> &'static str {
        if self.autofill && self.why.is_empty() {
            "username webauthn"
        } else {
            "username"
        }
    }
}

/// Why pages at this host cannot work with passkeys; empty when they can.
fn why(app: &App, host: &str) -> &'static str {
    match Site::of(app, host) {
        Ok(_) => "",
        Err(Unavailable::Address) => t("passkey-at-address"),
        Err(Unavailable::Insecure) => t("passkey-insecure"),
    }
}

/// The site of a request's host.
///
/// # Errors
/// A page that says why passkeys do not work there.
pub(crate) fn site(app: &App, host: &str) -> Result<Site, PageError> {
    Site::of(app, host).map_err(|_| PageError::bad_request(why(app, host)))
}

/// The challenge, and the cookie that comes back with its answer.
pub(crate) fn begun(app: &App, name: &str, begun: Begun) -> Response {
    let mut response = Json(begun.options).into_response();
    let set = cookie::set(app, name, &begun.ticket, Some(LIFE_MS / 1000));
    cookie::add(response.headers_mut(), set);
    response
}

/// The cookie of a challenge.
pub(crate) fn ticket<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    cookie::get(headers, name).unwrap_or_default()
}

/// An answer whose challenge was used up.
pub(crate) fn spent(app: &App, name: &str, mut response: Response) -> Response {
    let set = cookie::set(app, name, "", Some(0));
    cookie::add(response.headers_mut(), set);
    response
}

/// A person's passkeys and what they can do with them.
pub(crate) struct PasskeysView {
    pub rows: Vec<PasskeyRow>,
    /// The path under which the acts are.
    pub base: String,
    pub csrf: String,
    /// Why none can be added at this host; empty when it can.
    pub why: &'static str,
    /// Whether there are as many as there may be.
    pub full: bool,
    /// Whether the person proved lately who they are; else where to.
    pub proven: bool,
    pub prove_href: String,
    /// What a new one is called, unless they say otherwise.
    pub suggested: String,
    pub name_max: usize,
    pub errors: FormErrors,
}

pub(crate) struct PasskeyRow {
    pub id: String,
    pub name: String,
    pub host: String,
    pub added: Moment,
    pub used: Option<Moment>,
}

/// Where the page of somebody's passkeys is, and who looks at it.
pub(crate) struct PasskeysAt<'a> {
    pub app: &'a App,
    pub host: &'a str,
    pub user_agent: &'a str,
    pub base: String,
    pub csrf: &'a str,
    pub proven: bool,
    pub prove_href: String,
    pub zone: &'a TimeZone,
}

impl PasskeysView {
    pub(crate) fn new(passkeys: Vec<Passkey>, at: PasskeysAt<'_>) -> Self {
        let full = passkeys.len() >= OF_PERSON_MAX;
        let rows = passkeys.into_iter().map(|passkey| PasskeyRow {
            id: passkey.id.to_string(),
            name: passkey.name,
            host: passkey.host,
            added: Moment::new(passkey.created_at_ms, at.zone),
            used: passkey.used_at_ms.map(|used| Moment::new(used, at.zone)),
        });
        Self {
            rows: rows.collect(),
            why: why(at.app, at.host),
            base: at.base,
            csrf: at.csrf.to_owned(),
            full,
            proven: at.proven,
            prove_href: at.prove_href,
            suggested: browser(at.user_agent),
            name_max: NAME_MAX,
            errors: FormErrors::new(),
        }
    }
}
