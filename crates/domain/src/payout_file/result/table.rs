//! A comma-separated answer: its columns by their names, a row a payout.

use std::collections::BTreeMap;

use super::amount_columns::AmountColumns;
use super::status::{outcome, word};
use super::{Answer, Answers, PaidAt, ROWS_MAX, RowError, Which, shortened};
use crate::id::PayoutId;
use crate::payout_file::number_in;
use crate::time::{Day, UnixMs};

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

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Reads it: text without a byte order mark.
pub(super) fn read(text: &str) -> Answers {
    let mut answers = Answers::default();
    let mut fail = |line: u64, message: String| answers.errors.push(RowError { line, message });
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
    let amounts = AmountColumns::find(place);
    let mut seen = BTreeMap::new();
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
        let which = match (id.parse::<PayoutId>(), number_in(id)) {
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
        let outcome = match outcome(&status, reason) {
            Ok(outcome) => outcome,
            Err(message) => {
                wrong(message);
                continue;
            }
        };
        let paid_at = match cell(paid_at_at).map(paid_at).transpose() {
            Ok(paid_at) => paid_at,
            Err(message) => {
                wrong(message);
                continue;
            }
        };
        answers.rows.push(Answer {
            line,
            which,
            outcome,
            reference: cell(reference_at).map(shortened),
            paid_at,
            said: amounts.read(cell),
            origin: Vec::new(),
            sent_twice: false,
        });
    }
    answers
}

fn paid_at(text: &str) -> Result<PaidAt, String> {
    match (UnixMs::parse(text), Day::parse(text)) {
        (Ok(at), _) => Ok(PaidAt::At(at)),
        (Err(_), Ok(day)) => Ok(PaidAt::On(day)),
        _ => Err(format!(
            "“{}” is not a day; write 2026-11-21",
            shortened(text)
        )),
    }
}
