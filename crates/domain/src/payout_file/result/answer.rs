//! One answer of a file: which payout, how it went, when.

use super::Said;
use crate::id::PayoutId;
use crate::time::{Day, UnixMs};

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
    /// Sent, and the money came back, and why: where it had counted as paid it is owed again.
    Returned(String),
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
    /// How much.
    pub said: Said,
    /// What a bank says it answers to: the ids of the message, of the group and of the instruction.
    pub origin: Vec<String>,
    /// Of a return: whether the bank says that it was sent twice, so that another payment may stand.
    pub sent_twice: bool,
}

/// What a bank says of all transfers of a file that it was sent, whether it lists them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The line in the bank's answer.
    pub line: u64,
    /// The id of the message or of the group in it, as the bank has it.
    pub file: String,
    /// How it went.
    pub outcome: Outcome,
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
