//! Payment files: made of payouts, handed out, answered.
//!
//! A file takes payouts that go to the kind of place it pays to, moves drafts to pending, and keeps each
//! payout until it is answered, so that none is in two files. What is in it is sealed and kept: the same file is
//! handed out again. An answer is looked at first ([`look`]) and then taken over as a whole or not at all ([`apply`]).

mod debtor;
mod file;
mod ours;
mod result;

pub use debtor::{Debtor, DebtorIn, debtor, set_debtor};
pub use file::{FileIn, Offer, Source, download, get, list, make, offers, usual_day, withdraw};
pub use ours::Passed;
pub use result::{Look, RESULT_BYTES_MAX, Taken, apply, arrived, bring, look, results};
pub use store::programme::payout_file::{FileLine, PayoutFile, PayoutResult};

use crate::work::Work;

/// Files that a page lists.
const SHOWN_MAX: i64 = 100;

/// Whose a sealed text is.
fn owner(work: &Work, id: &str) -> String {
    format!("{} {id}", work.business())
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
