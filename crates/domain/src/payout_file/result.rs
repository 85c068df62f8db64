//! What a provider or a person answers to a payment file: comma-separated with a head, a row a payout.
//!
//! Three kinds are known by their heads: PayPal's payout report (the id of each row is in `Customer ID` or
//! `Unique ID`), Wise's batch (`paymentReference`), and the plain file `payout_id,status,reference,paid_at,reason`.
//! Columns that are not known are passed over. A status that is not an end (pending, unclaimed) changes nothing.

use crate::id::PayoutId;
use crate::time::{Day, UnixMs};

/// Rows that are read.
pub const ROWS_MAX: usize = 10_000;

/// Which payout a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// By its id.
    Id(PayoutId),
    /// By its number.
    Number(i64),
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Not paid, and why.
    Failed(String),
    /// Not decided yet: the provider's own word.
    Waits(String),
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The line in the file, from 1; the head is 1.
    pub line: u64,
    /// Which payout.
    pub which: Which,
    /// How it went.
    pub outcome: Outcome,
    /// The provider's reference.
    pub reference: Option<String>,
    /// When it was paid; none when the file does not say.
    pub paid_at: Option<PaidAt>,
}

/// When something was paid, as precisely as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidAt {
    /// An instant.
    At(UnixMs),
    /// A day in the business's zone.
    On(Day),
}

/// What is wrong with a row, or with all of the file (line 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

/// What a file says: all that was understood, and all that was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Rows that were understood, in the file's order.
    pub rows: Vec<Answer>,
    /// Rows that were not.
    pub errors: Vec<RowError>,
}

const WHICH: &[&str] = &[
    "payoutid",
    "customerid",
    "uniqueid",
    "paymentreference",
    "senderitemid",
    "number",
];
const STATUS: &[&str] = &[
    "status",
    "transactionstatus",
    "payoutstatus",
    "transferstatus",
];
const REFERENCE: &[&str] = &["reference", "transactionid", "transferid"];
const PAID_AT: &[&str] = &["paidat", "timeprocessed", "completedon", "datesent"];
const REASON: &[&str] = &["reason", "error", "errormessage", "reasoncode"];

const PAID: &[&str] = &[
    "paid",
    "success",
    "completed",
    "complete",
    "sent",
    "outgoing_payment_sent",
    "funds_sent",
    "processed",
];
const FAILED: &[&str] = &[
    "failed",
    "failure",
    "denied",
    "blocked",
    "returned",
    "refunded",
    "reversed",
    "cancelled",
    "canceled",
    "rejected",
    "bounced_back",
    "funds_refunded",
];
const WAITS: &[&str] = &[
    "pending",
    "unclaimed",
    "onhold",
    "on_hold",
    "processing",
    "incoming_payment_waiting",
    "new",
];

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn word(status: &str) -> String {
    status.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Reads a result file. A byte order mark is passed over; text that is not UTF-8 must be refused before.
#[must_use]
pub fn read(text: &str) -> Answers {
    let mut answers = Answers::default();
    let mut fail = |line: u64, message: String| answers.errors.push(RowError { line, message });
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(folded).collect(),
        Err(error) => {
            fail(1, error.to_string());
            return answers;
        }
    };
    let place = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| head.iter().position(|column| column == name))
    };
    let (Some(which_at), Some(status_at)) = (place(WHICH), place(STATUS)) else {
        fail(
            1,
            "the first line must name the columns, among them payout_id (or PayPal's Customer ID, or Wise's paymentReference) and status"
                .to_owned(),
        );
        return answers;
    };
    let (reference_at, paid_at_at, reason_at) = (place(REFERENCE), place(PAID_AT), place(REASON));
    let mut seen = std::collections::BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        let fallback = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2);
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                answers.errors.push(RowError {
                    line: fallback,
                    message: error.to_string(),
                });
                continue;
            }
        };
        let line = record.position().map_or(fallback, csv::Position::line);
        if index >= ROWS_MAX {
            answers.errors.push(RowError {
                line,
                message: format!("a file holds {ROWS_MAX} rows; send the rest in another one"),
            });
            break;
        }
        let cell = |at: Option<usize>| {
            at.and_then(|at| record.get(at))
                .map(|text| text.trim_start_matches('\'').trim())
                .filter(|text| !text.is_empty())
        };
        let mut wrong = |message: String| answers.errors.push(RowError { line, message });
        let Some(id) = cell(Some(which_at)) else {
            wrong("names no payout".to_owned());
            continue;
        };
        let which = match (id.parse::<PayoutId>(), super::number_in(id)) {
            (Ok(id), _) => Which::Id(id),
            (Err(_), Some(number)) => Which::Number(number),
            _ => {
                wrong(format!("“{}” is not a payout", shortened(id)));
                continue;
            }
        };
        if let Some(before) = seen.insert(which, line) {
            wrong(format!("names the same payout as line {before}"));
            continue;
        }
        let status = word(cell(Some(status_at)).unwrap_or_default());
        let reason = cell(reason_at).map(shortened);
        let outcome = match status.as_str() {
            known if PAID.contains(&known) => Outcome::Paid,
            known if FAILED.contains(&known) => {
                Outcome::Failed(reason.unwrap_or_else(|| format!("The provider says: {known}")))
            }
            known if WAITS.contains(&known) => Outcome::Waits(known.to_owned()),
            "" => {
                wrong("has no status".to_owned());
                continue;
            }
            other => {
                wrong(format!(
                    "“{}” is not a status that is known",
                    shortened(other)
                ));
                continue;
            }
        };
        let paid_at = match cell(paid_at_at) {
            None => None,
            Some(text) => match (UnixMs::parse(text), Day::parse(text)) {
                (Ok(at), _) => Some(PaidAt::At(at)),
                (Err(_), Ok(day)) => Some(PaidAt::On(day)),
                _ => {
                    wrong(format!(
                        "“{}” is not a day; write 2026-11-21",
                        shortened(text)
                    ));
                    continue;
                }
            },
        };
        answers.rows.push(Answer {
            line,
            which,
            outcome,
            reference: cell(reference_at).map(shortened),
            paid_at,
        });
    }
    answers
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
