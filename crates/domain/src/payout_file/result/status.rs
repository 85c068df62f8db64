//! What the words for a payment's state mean.

use super::{Outcome, shortened};

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
    "cancelled",
    "canceled",
    "rejected",
];
const RETURNED: &[&str] = &[
    "returned",
    "refunded",
    "reversed",
    "bounced_back",
    "funds_refunded",
    "charged_back",
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

/// A status as it is compared.
pub(super) fn word(status: &str) -> String {
    status.trim().to_lowercase().replace([' ', '-'], "_")
}

/// What a status means, or what is wrong with it.
pub(super) fn outcome(status: &str, reason: Option<String>) -> Result<Outcome, String> {
    let why = || reason.unwrap_or_else(|| format!("The provider says: {status}"));
    match status {
        known if PAID.contains(&known) => Ok(Outcome::Paid),
        known if FAILED.contains(&known) => Ok(Outcome::Failed(why())),
        known if RETURNED.contains(&known) => Ok(Outcome::Returned(why())),
        known if WAITS.contains(&known) => Ok(Outcome::Waits(known.to_owned())),
        "" => Err("has no status".to_owned()),
        other => Err(format!(
            "“{}” is not a status that is known",
            shortened(other)
        )),
    }
}
