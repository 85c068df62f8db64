//! A page of its own for an act that needs a word with it: a reason, a note, an amount, how it was
//! paid. It says exactly what will happen, and comes back with what was typed when a field is wrong.

use askama::Template;
use axum::response::Response;
use domain::id::BulkActId;
use domain::money::{Currency, parse_decimal};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::not_found;
use service::programme::payout::PaymentIn;

use crate::error::PageError;
use crate::form::{FormErrors, local_path};
use crate::shown::money::counted;
use crate::ui::{AdminShell, Choice, Undo};
use crate::{flash, html};

/// What these forms send; each uses its part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ActIn {
    pub reason: String,
    pub note: String,
    /// As typed: `49.00`.
    pub amount: String,
    pub currency: String,
    /// An affiliate's id.
    pub affiliate: String,
    pub method: String,
    pub reference: String,
    /// A day in the business's zone, ISO.
    pub paid_on: String,
    /// Minor units that the page showed; another amount by now is refused.
    pub expected: Option<i64>,
    /// The same for several currencies: `EUR 4000, USD 118800`.
    pub totals: String,
    /// Where to go afterwards.
    pub back: String,
}

/// Which fields a form has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fields {
    pub reason: bool,
    pub note: bool,
    pub note_required: bool,
    pub amount: bool,
    pub currency: bool,
    pub affiliate: bool,
    pub payment: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "admin/act/form.html")]
pub(super) struct ActPage {
    pub shell: AdminShell,
    /// What it is about: "Maya Okonkwo · $9.80".
    pub subject: String,
    /// What will happen.
    pub text: String,
    pub fields: Fields,
    pub amount_label: &'static str,
    pub amount_hint: String,
    pub amount_suffix: String,
    pub typed: ActIn,
    pub errors: FormErrors,
    pub methods: Vec<Choice>,
    pub currencies: Vec<Choice>,
    pub affiliates: Vec<Choice>,
    pub today: String,
    pub action: String,
    pub submit: String,
    pub danger: bool,
    pub cancel: String,
}

impl ActPage {
    /// An empty form; the caller fills in the rest.
    pub fn new(
        shell: AdminShell,
        subject: String,
        text: String,
        action: String,
        submit: String,
        cancel: String,
    ) -> Self {
        Self {
            shell,
            subject,
            text,
            fields: Fields::default(),
            amount_label: "Amount",
            amount_hint: String::new(),
            amount_suffix: String::new(),
            typed: ActIn::default(),
            errors: FormErrors::new(),
            methods: Vec::new(),
            currencies: Vec::new(),
            affiliates: Vec::new(),
            today: String::new(),
            action,
            submit,
            danger: false,
            cancel,
        }
    }

    /// Answers 200, or 422 when a field is wrong.
    pub fn answer(self) -> Result<Response, PageError> {
        if self.errors.is_empty() {
            html::page(&self)
        } else {
            html::refused(&self)
        }
    }
}

/// What the acts without a form of their own send.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Plain {
    pub back: String,
}

/// The path of the admin to go back to.
pub(super) fn back_to(back: &str, fallback: &str) -> String {
    let path = local_path(back, fallback);
    let below = path.strip_prefix("/admin");
    if below.is_some_and(|below| below.is_empty() || below.starts_with(['/', '?'])) {
        path
    } else {
        fallback.to_owned()
    }
}

/// Leads back and says what was done, with a button that undoes it; `href` is the page of what it was done to.
pub(super) fn with_undo(to: &str, text: String, href: &str) -> Response {
    let back = [("back", to.to_owned())];
    flash::redirect_with_undo(to, text, format!("{href}/undo"), back)
}

/// The ways of paying to choose from, with the payout's own chosen.
pub(super) fn methods(chosen: &str) -> Vec<Choice> {
    let mut choices = crate::shown::payout::payout_methods(chosen, "");
    choices.retain(|choice| !choice.value.is_empty());
    choices
}

/// What was paid how, from the form; a wrong day is noted.
pub(super) fn payment(
    input: &ActIn,
    zone: &TimeZone,
    now: UnixMs,
    errors: &mut FormErrors,
) -> PaymentIn {
    let text = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let today = now.day_in(zone);
    let paid_at = match input.paid_on.trim() {
        "" => None,
        day => match Day::parse(day) {
            Ok(day) if day == today => None,
            Ok(day) if day > today => {
                errors.add("paid_on", "This day has not come yet");
                None
            }
            // Noon of that day, so that it is the same day in nearby zones.
            Ok(day) if day.0 > 0 => Some(day.start(zone).plus_ms(domain::time::DAY_MS / 2)),
            _ => {
                errors.add("paid_on", "Write the day as 2026-11-21");
                None
            }
        },
    };
    PaymentIn {
        method: text(&input.method),
        reference: text(&input.reference),
        paid_at,
        note: text(&input.note),
    }
}

/// The amount typed, in minor units; what is wrong with it is noted.
pub(super) fn typed_amount(input: &ActIn, currency: Currency, errors: &mut FormErrors) -> i64 {
    match parse_decimal(&input.amount, currency) {
        Ok(amount) => amount,
        Err(error) => {
            let text = error.to_string();
            errors.add(
                "amount",
                crate::error::sentence(&text).trim_end_matches('.'),
            );
            0
        }
    }
}

/// What a bulk act would do, before it does it.
#[derive(Template)]
#[template(path = "admin/act/bulk.html")]
pub(super) struct BulkPage {
    pub shell: AdminShell,
    pub action: &'static str,
    /// What the approval of these leaves as they are.
    pub remark: &'static str,
    /// "Approve 24 commissions, $1,188.00 in all?"
    pub title: String,
    /// What is to be said of the others, or of what they have earned so far.
    pub others: String,
    pub approve: bool,
    pub nothing: bool,
    pub submit: String,
    pub form: BulkForm,
    pub errors: FormErrors,
    pub back: String,
}

impl BulkPage {
    /// Answers 200, or 422 when a field is wrong.
    pub fn answer(self) -> Result<Response, PageError> {
        if self.errors.is_empty() {
            html::page(&self)
        } else {
            html::refused(&self)
        }
    }
}

/// Rows that a bulk act left as they were.
#[derive(Template)]
#[template(path = "admin/act/report.html")]
pub(super) struct ReportPage {
    pub shell: AdminShell,
    /// "22 commissions approved".
    pub done: String,
    /// "2 were left as they were".
    pub left: String,
    pub failed: Vec<FailedRow>,
    /// How many more there are than shown.
    pub more: usize,
    /// The way back of what was done.
    pub undo: Option<Undo>,
    pub back: String,
}

/// A row that failed, and why.
pub(super) struct FailedRow {
    pub title: String,
    pub detail: String,
    pub href: String,
    pub why: String,
}

/// Failed rows that a report lists.
pub(super) const FAILED_SHOWN_MAX: usize = 200;

/// What a list's bulk bar sends, and the preview again.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BulkForm {
    /// `approve` or `reject`.
    pub act: String,
    /// The rows that were ticked.
    pub id: Vec<String>,
    /// Every row of `query` instead.
    pub all: bool,
    pub query: String,
    pub reason: String,
    /// The preview was seen.
    pub confirmed: bool,
    /// Count and sums that the preview showed, and a mark of which ones; others by now are shown first.
    pub seen: String,
}

/// What is said where the preview shows something else than before.
pub(super) const CHANGED: &str =
    "This has changed since the page was opened. Nothing was decided; this is what it is now.";

/// What the undo of a decision on many sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UndoForm {
    act: String,
    back: String,
}

impl UndoForm {
    /// The act; one that cannot be read is a page that does not exist.
    pub fn act(&self) -> Result<BulkActId, PageError> {
        self.act.parse().map_err(|_| not_found("act").into())
    }

    /// The list to go back to.
    pub fn back(&self, list: &str) -> String {
        back_to(&self.back, list)
    }
}

/// The way back of a decision on many of the list at `path`.
pub(super) fn undo_of(path: &str, act: BulkActId, back: &str) -> Undo {
    Undo {
        action: format!("{path}/bulk/undo"),
        fields: vec![
            ("act".to_owned(), act.to_string()),
            ("back".to_owned(), back.to_owned()),
        ],
    }
}

/// Says how many are pending again, and why others are not.
pub(super) fn undone(
    back: &str,
    done: usize,
    failed: &[&str],
    (one, many): (&str, &str),
) -> Response {
    let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let done = format!(
        "Undone: {} pending again.",
        counted(number(done), one, many)
    );
    match failed.first() {
        None => flash::redirect(back, done),
        Some(first) => flash::redirect_with_error(
            back,
            format!(
                "{done} {} left as it stands: {first}.",
                counted(number(failed.len()), one, many)
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_in_the_admin() {
        const LIST: &str = "/admin/affiliates";
        for good in [
            "/admin",
            "/admin/",
            "/admin?range=today",
            "/admin/payouts?page=2&q=a%2Fb",
        ] {
            assert_eq!(back_to(good, LIST), good);
        }
        for bad in [
            "",
            "/",
            "admin",
            "/adminx",
            "/administration/payouts",
            "//x",
            "//x/admin/",
            "/portal/x",
            "https://x",
            "https://x/admin/",
            "/\\x",
            "\\admin",
            "/admin/\\x",
            "/admin/\r\nset-cookie: a=b",
        ] {
            assert_eq!(back_to(bad, LIST), LIST, "{bad:?}");
        }
    }
}
