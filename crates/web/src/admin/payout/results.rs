//! Files that tell how payments went: brought, looked at, taken over as a whole.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::PayoutResultId;
use domain::money::display;
use domain::payout_file::result::{Answer, Outcome};
use domain::status::PayoutStatus;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::programme::payout_file::{self, Look, Passed, RESULT_BYTES_MAX, Taken, hex};
use service::store::programme::payout::Payout;

use super::PATH;
use super::files::{FILES, RESULTS};
use crate::admin::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{PostForm, UploadForm};
use crate::moment::Moment;
use crate::shown::money::{counted, listed, payout_badge, refusal};
use crate::ui::{AdminItem, AdminShell, Tone};
use crate::{flash, html};

/// Rows of each kind that the page lists.
const SHOWN_MAX: usize = 200;

/// Nothing but the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Bare {}

pub(super) async fn bring(
    admin: Admin,
    mut sent: UploadForm<Bare, { RESULT_BYTES_MAX }>,
) -> Result<Response, PageError> {
    let file = sent.take("file").unwrap_or_default();
    let mut work = admin.app.begin(&admin.actor).await?;
    if !file.is_whole && !file.bytes.is_empty() {
        let text = "The file is larger than 24 MB; send it in parts.";
        return Ok(flash::redirect_with_error(FILES, text));
    }
    match payout_file::bring(&mut work, &file.file_name, &file.bytes).await {
        Ok(id) => {
            work.commit().await?;
            Ok(flash::see_other(&format!("{RESULTS}/{id}")))
        }
        Err(error) => Ok(flash::redirect_with_error(FILES, refusal(error)?)),
    }
}

fn read_id(id: &str) -> Result<PayoutResultId, PageError> {
    id.parse().map_err(|_| not_found("result file").into())
}

#[derive(Template)]
#[template(path = "admin/payouts/result.html")]
struct ResultPage {
    shell: AdminShell,
    href: String,
    name: String,
    sha256: String,
    read: Moment,
    read_by: String,
    /// Who took it over, and when; empty: nobody yet.
    applied: String,
    /// What the dialog asks, and what its button says.
    question: String,
    take_over: String,
    expected: String,
    brings_back: bool,
    /// What was kept of what came back; empty: nothing.
    fees: String,
    summary: String,
    may_apply: bool,
    errors: Vec<(u64, String)>,
    more_errors: usize,
    rows: Vec<Row>,
    more: usize,
    passed: Vec<PassedRow>,
    more_passed: usize,
}

/// An entry that is left alone.
struct PassedRow {
    line: u64,
    names: String,
    why: String,
    badge: (String, Tone),
}

impl From<&Passed> for PassedRow {
    fn from(passed: &Passed) -> Self {
        let (word, tone) = if passed.needs_person {
            ("Look at it", Tone::Warning)
        } else {
            ("Left alone", Tone::Neutral)
        };
        Self {
            line: passed.line,
            names: passed.names.clone(),
            why: sentence(&passed.why),
            badge: (word.to_owned(), tone),
        }
    }
}

struct Row {
    line: u64,
    href: String,
    number: String,
    affiliate: String,
    amount: String,
    becomes: (String, Tone),
    detail: String,
}

fn row(payout: &Payout, answer: &Answer, becomes: (String, Tone)) -> Row {
    let detail = match &answer.outcome {
        Outcome::Paid => answer.reference.clone().unwrap_or_default(),
        Outcome::Failed(reason) => reason.clone(),
        Outcome::Returned(reason) => match payout_file::arrived(payout, answer) {
            None => reason.clone(),
            Some(arrived) => format!(
                "{reason} · {} arrived, a fee of {} was kept",
                display(arrived, payout.currency),
                display(payout.amount.saturating_sub(arrived), payout.currency)
            ),
        },
        Outcome::Waits(word) => format!("The provider says: {word}"),
    };
    Row {
        line: answer.line,
        href: format!("{PATH}/{}", payout.id),
        number: format!("PO-{}", payout.number),
        affiliate: payout.affiliate_name.clone(),
        amount: display(payout.amount, payout.currency),
        becomes,
        detail,
    }
}

fn rows(look: &Look) -> Vec<Row> {
    let word = |text: &str, tone| (text.to_owned(), tone);
    let paid = look.paid.iter().map(|(payout, answer)| {
        let becomes = match payout.status {
            PayoutStatus::Failed => word("Paid after all", Tone::Warning),
            _ => word("Becomes paid", Tone::Success),
        };
        row(payout, answer, becomes)
    });
    let failed = look
        .failed
        .iter()
        .map(|(payout, answer)| row(payout, answer, word("Becomes failed", Tone::Error)));
    let returned = look
        .returned
        .iter()
        .map(|(payout, answer)| row(payout, answer, word("Came back", Tone::Warning)));
    let unchanged = look.unchanged.iter().map(|(payout, answer)| {
        let mut row = row(payout, answer, payout_badge(payout.status));
        let came_back = matches!(answer.outcome, Outcome::Returned(_));
        if came_back && payout.status == PayoutStatus::Failed {
            row.detail
                .push_str(" · it had failed already, so nothing changes");
        }
        row
    });
    paid.chain(failed)
        .chain(returned)
        .chain(unchanged)
        .collect()
}

/// `2 paid, 1 failed, 1 came back`.
fn counts(paid: usize, failed: usize, returned: usize) -> String {
    match returned {
        0 => format!("{paid} paid, {failed} failed"),
        _ => format!("{paid} paid, {failed} failed, {returned} came back"),
    }
}

/// What the dialog asks, and what its button says.
fn words(look: &Look) -> (String, String) {
    let sums = [
        ("mark", "paid", "paid", look.totals()),
        ("mark", "failed", "failed", look.failed_totals()),
        ("note that", "came back", "back", look.returned_totals()),
    ];
    let sums: Vec<_> = sums
        .into_iter()
        .filter(|(.., totals)| !totals.is_empty())
        .map(|(act, end, short, totals)| (act, end, short, listed(&totals)))
        .collect();
    let asked: Vec<String> = sums
        .iter()
        .map(|(act, end, _, sum)| format!("{act} {sum} {end}"))
        .collect();
    let taken = match &sums[..] {
        [(_, _, "paid", sum)] => sum.clone(),
        several => several
            .iter()
            .map(|(_, _, short, sum)| format!("{sum} {short}"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    (
        format!("{}?", sentence(&asked.join(", and ")).trim_end_matches('.')),
        format!("Take over exactly {taken}"),
    )
}

/// "2 paid, 0 failed, 1 unchanged, 3 left alone".
fn summary(look: &Look) -> String {
    let done = counts(look.paid.len(), look.failed.len(), look.returned.len());
    let unchanged = look.unchanged.len();
    match look.passed.len() {
        0 => format!("{done}, {unchanged} unchanged"),
        passed => format!("{done}, {unchanged} unchanged, {passed} left alone"),
    }
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (file, look) = payout_file::look(&mut work, id).await?;
    let mut rows = rows(&look);
    let more = rows.len().saturating_sub(SHOWN_MAX);
    rows.truncate(SHOWN_MAX);
    let size = |number: i64| usize::try_from(number).unwrap_or_default();
    let changes = look.paid.len() + look.failed.len() + look.returned.len();
    let (question, take_over) = words(&look);
    html::page(&ResultPage {
        shell: admin
            .shell(&mut work, "Result of payments", AdminItem::Payouts)
            .await?,
        href: format!("{RESULTS}/{id}"),
        sha256: hex(&file.sha256),
        read: Moment::new(file.created_at_ms, &zone),
        applied: match (&file.applied_by, file.applied_at_ms) {
            (Some(by), Some(at)) => format!(
                "{by}, {}: {}",
                Moment::new(at, &zone).full,
                counts(size(file.paid), size(file.failed), size(file.returned))
            ),
            _ => String::new(),
        },
        question,
        take_over,
        expected: look.expected(),
        brings_back: !look.returned.is_empty(),
        fees: match &look.fee_totals()[..] {
            [] => String::new(),
            fees => listed(fees),
        },
        summary: summary(&look),
        may_apply: file.applied_at_ms.is_none() && look.errors.is_empty() && changes > 0,
        more_errors: look.errors.len().saturating_sub(SHOWN_MAX),
        errors: look
            .errors
            .iter()
            .take(SHOWN_MAX)
            .map(|error| (error.line, sentence(&error.message)))
            .collect(),
        rows,
        more,
        more_passed: look.passed.len().saturating_sub(SHOWN_MAX),
        passed: look
            .passed
            .iter()
            .take(SHOWN_MAX)
            .map(PassedRow::from)
            .collect(),
        name: file.name,
        read_by: file.read_by,
    })
}

/// The exact total that was on the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Seen {
    expected: String,
}

pub(super) async fn apply(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Seen { expected }): PostForm<Seen>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let href = format!("{RESULTS}/{id}");
    admin.require_proof(&href)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_file::apply(&mut work, id, &expected).await {
        Ok(Taken {
            paid,
            failed,
            returned,
        }) => {
            work.commit().await?;
            let what = counted(i64::try_from(paid).unwrap_or(i64::MAX), "payout", "payouts");
            let back = match returned {
                0 => String::new(),
                _ => format!(", {returned} came back"),
            };
            let text = format!("{what} paid, {failed} failed{back}.");
            Ok(flash::redirect(&href, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&href, refusal(error)?)),
    }
}
