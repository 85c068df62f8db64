//! Statements: what an affiliate had to get at the beginning of a period, what changed it, and what it
//! was at the end; straight from the journal.
//!
//! The balance of a statement is what was earned, not taken back and not paid yet, whether approved or
//! not: the accounts `pending`, `approved`, `in_payout` and `clawback` together.

use domain::id::AffiliateId;
use domain::money::{AmountOverflow, Currency};
use domain::status::{Account, EventKind, JournalKind, Scope};
use domain::time::UnixMs;
use store::programme::ledger as rows;
pub use store::programme::ledger::StatementLine;

use super::ledger;
use crate::crm::contact;
use crate::error::Result;
use crate::work::Work;

/// The statement of one affiliate, currency and period; minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// In which currency.
    pub currency: Currency,
    /// The balance when the period began.
    pub opening: i64,
    /// What changed it, oldest first.
    pub lines: Vec<Line>,
    /// Whether there are more lines than were asked for; the sums are of all.
    pub more: bool,
    /// Earned in the period, with adjustments.
    pub earned: i64,
    /// Rejected and taken back in the period; zero or below.
    pub taken_back: i64,
    /// Paid in the period; zero or below.
    pub paid: i64,
    /// The balance when the period ended.
    pub closing: i64,
    /// The part of it that was not approved.
    pub pending: i64,
    /// The part of it that was owed, clawbacks taken off.
    pub owed: i64,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub entry: StatementLine,
    /// The balance after it.
    pub balance: i64,
}

/// What the accounts held.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    pending: i64,
    owed: i64,
    paid: i64,
    expense: i64,
}

impl Held {
    fn of(sums: &[rows::AccountSum]) -> Result<Self, AmountOverflow> {
        let mut held = Self::default();
        for sum in sums {
            let place = match sum.account {
                Account::Pending => &mut held.pending,
                Account::Approved | Account::InPayout | Account::Clawback => &mut held.owed,
                Account::Paid => &mut held.paid,
                Account::Expense => &mut held.expense,
            };
            *place = place.checked_add(sum.amount).ok_or(AmountOverflow)?;
        }
        Ok(held)
    }

    fn balance(&self) -> Result<i64, AmountOverflow> {
        self.pending.checked_add(self.owed).ok_or(AmountOverflow)
    }
}

/// The statement of an affiliate from an instant on and before another, with at most `limit` lines. An
/// affiliate gets its own; the customers' addresses are masked as the settings say.
///
/// # Errors
/// [`crate::ServiceError::Forbidden`] for those who may not read; invalid when the sums overflow.
pub async fn of(
    work: &mut Work,
    affiliate: AffiliateId,
    currency: Currency,
    (from, to): (UnixMs, UnixMs),
    limit: i64,
) -> Result<Statement> {
    if work.actor.affiliate().ok() != Some(affiliate) {
        work.require(Scope::Read)?;
    }
    ledger::flush(work).await?;
    let before = Held::of(&rows::statement_sums(&mut work.tx, affiliate, currency, from).await?)?;
    let after = Held::of(&rows::statement_sums(&mut work.tx, affiliate, currency, to).await?)?;
    let period = (from, to);
    let mut found =
        rows::statement_lines(&mut work.tx, affiliate, currency, period, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let masked = contact::is_masked(work).await?;
    let opening = before.balance()?;
    let mut balance = opening;
    let mut lines = Vec::with_capacity(found.len());
    for entry in found {
        balance = balance.checked_add(entry.amount).ok_or(AmountOverflow)?;
        lines.push(Line {
            entry: as_seen(work, entry, masked),
            balance,
        });
    }
    let closing = after.balance()?;
    let difference = |after: i64, before: i64| after.checked_sub(before).ok_or(AmountOverflow);
    let paid = difference(before.paid, after.paid)?;
    // What left the expenses is what was earned less what was taken back.
    let net = difference(before.expense, after.expense)?;
    let taken_back = rows::statement_taken_back(&mut work.tx, affiliate, currency, period).await?;
    Ok(Statement {
        currency,
        opening,
        lines,
        more,
        earned: difference(net, taken_back)?,
        taken_back,
        paid,
        closing,
        pending: after.pending,
        owed: after.owed,
    })
}

/// The line as the actor sees it, as [`super::commission`] shows commissions.
fn as_seen(work: &Work, mut line: StatementLine, masked: bool) -> StatementLine {
    if work.actor.affiliate().is_err() {
        return line;
    }
    if line.level.is_some_and(|level| level > 0) {
        line.customer_name = None;
        line.customer_email = None;
        line.customer_external_id = None;
        // It is the link of an affiliate below.
        line.link_code = None;
    } else if masked {
        line.customer_email = line.customer_email.as_deref().map(contact::masked);
        line.customer_name = line.customer_name.map(contact::masked_if_address);
        line.customer_external_id = line.customer_external_id.map(contact::masked_if_address);
    }
    line
}

/// The word for what happened; `cause` is the kind of the event that an entry names.
#[must_use]
pub const fn what(kind: JournalKind, cause: Option<EventKind>) -> &'static str {
    match kind {
        JournalKind::Reverse if matches!(cause, Some(EventKind::Dispute)) => "Dispute",
        JournalKind::Earn => "Commission",
        JournalKind::Adjust => "Adjustment",
        JournalKind::Reject => "Commission rejected",
        JournalKind::Unreject => "Rejection undone",
        JournalKind::Reverse => "Refund",
        JournalKind::Restore => "Dispute won",
        JournalKind::Pay => "Payout",
        JournalKind::Approve => "Approved",
        JournalKind::Unapprove => "Approval undone",
        JournalKind::Draft => "Payout drafted",
        JournalKind::CancelPayout => "Payout cancelled",
        JournalKind::ReturnPayout => "Payout came back",
    }
}
