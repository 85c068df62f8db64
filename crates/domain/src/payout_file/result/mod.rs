//! What a provider, a bank or a person answers to a payment file: comma-separated with a head, a row a payout; or XML, as
//! banks do.
//!
//! Three kinds are known by their heads: PayPal's payout report (the id of each row is in `Customer ID` or
//! `Unique ID`), Wise's batch (`paymentReference`), and the plain file `payout_id,status,reference,paid_at,reason`.
//! Columns that are not known are passed over. A status that is not an end (pending, unclaimed) changes nothing.
//! A file that says how much was paid is compared with what was to be paid: see [`Said`].

mod amount_columns;
mod answer;
mod answers;
mod said;
mod status;
mod table;

pub use answer::{Answer, Outcome, PaidAt, RowError, Which, Whole};
pub use answers::{Answers, ROWS_MAX};
pub use said::{Back, Said, Stated};

/// Reads a result file, also a bank's in XML. A byte order mark is passed over; text that is not UTF-8 must be refused
/// before.
#[must_use]
pub fn read(text: &str) -> Answers {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        super::bank::read(text)
    } else {
        table::read(text)
    }
}

/// Up to 200 characters, without control characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
