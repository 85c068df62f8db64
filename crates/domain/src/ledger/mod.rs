//! The ledger: every change of money as postings that add up to zero.
//!
//! A [`Movement`] is one journal entry's kind and postings; it can only be made by the builder of its
//! kind. Entries form a hash chain, see [`chain`]. Balances are sums, see [`crate::balance`].

pub mod chain;
#[cfg(test)]
mod tests;

pub use chain::{ChainBreak, ChainCheck, EntryContent, GENESIS, Hash, entry_hash};

use serde::{Deserialize, Serialize};

use crate::money::AmountOverflow;
use crate::status::{Account, JournalKind};

/// An amount on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// Minor units; signed.
    pub amount: i64,
}

/// Why there is no such movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    /// Nothing would move, or in the wrong direction.
    #[error("the amount of this movement must be above zero")]
    NotPositive,
    /// A carried-forward sum above zero, or a settlement that is none.
    #[error("what is carried forward cannot be above zero")]
    CarriedAboveZero,
    /// Beyond the range of an i64.
    #[error(transparent)]
    TooLarge(#[from] AmountOverflow),
}

/// Where a commission that is not rejected stands, as the ledger sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not approved yet.
    Pending,
    /// Approved, in no payout.
    Approved,
    /// In a payout that is still a draft.
    DraftPayout,
    /// In a payout beyond draft, or paid: what is taken back is owed by the affiliate.
    PaidOut,
}

impl Place {
    /// The account from which a reversal takes, and to which a restoration gives.
    #[must_use]
    pub const fn account(self) -> Account {
        match self {
            Self::Pending => Account::Pending,
            Self::Approved => Account::Approved,
            Self::DraftPayout => Account::InPayout,
            Self::PaidOut => Account::Clawback,
        }
    }
}

/// The kind and postings of one journal entry, which add up to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    kind: JournalKind,
    postings: Vec<Posting>,
}

impl Movement {
    /// The entry's kind.
    #[must_use]
    pub const fn kind(&self) -> JournalKind {
        self.kind
    }

    /// The postings, in the order in which they are stored and hashed; none is zero.
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// A commission is earned: expense → pending.
    ///
    /// # Errors
    /// [`MovementError`]; so for all of these.
    pub fn earn(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Earn,
            Account::Expense,
            Account::Pending,
            above_zero(amount)?,
        )
    }

    /// A correction by `delta` (either sign): expense → pending or approved. A free adjustment goes to
    /// approved at once.
    ///
    /// # Errors
    /// [`MovementError::NotPositive`] when `delta` is zero or the place is a payout.
    pub fn adjust(delta: i64, place: Place) -> Result<Self, MovementError> {
        if delta == 0 || !matches!(place, Place::Pending | Place::Approved) {
            return Err(MovementError::NotPositive);
        }
        Self::one(
            JournalKind::Adjust,
            Account::Expense,
            place.account(),
            delta,
        )
    }

    /// pending → approved.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn approve(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Approve,
            Account::Pending,
            Account::Approved,
            above_zero(amount)?,
        )
    }

    /// approved → pending.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn unapprove(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Unapprove,
            Account::Approved,
            Account::Pending,
            above_zero(amount)?,
        )
    }

    /// pending → expense.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn reject(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Reject,
            Account::Pending,
            Account::Expense,
            above_zero(amount)?,
        )
    }

    /// expense → pending.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn unreject(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Unreject,
            Account::Expense,
            Account::Pending,
            above_zero(amount)?,
        )
    }

    /// approved → in_payout for the commissions, in_payout → clawback for what is carried forward
    /// (≤ 0).
    ///
    /// # Errors
    /// [`MovementError`] when nothing would be left to pay, or `carried_forward` is above zero.
    pub fn draft(commissions_total: i64, carried_forward: i64) -> Result<Self, MovementError> {
        if carried_forward > 0 {
            return Err(MovementError::CarriedAboveZero);
        }
        above_zero(
            commissions_total
                .checked_add(carried_forward)
                .ok_or(AmountOverflow)?,
        )?;
        let mut postings = transfer(Account::Approved, Account::InPayout, commissions_total)?;
        postings.extend(transfer(
            Account::InPayout,
            Account::Clawback,
            negated(carried_forward)?,
        )?);
        Self::balanced(JournalKind::Draft, postings)
    }

    /// Undoes a draft with its figures of now (a draft shrinks with refunds). `settled` ≥ 0 is the part
    /// of the commissions that was clawed back while the payout was beyond draft: it comes out of
    /// approved again and clears that much of the clawback, so that it is not owed twice; it is the sum
    /// of [`settleable`] over the payout's commissions, with the clawback balance after `carried_forward`
    /// is back on it.
    ///
    /// # Errors
    /// [`MovementError`] when there is nothing to undo (an emptied draft that carried nothing needs no
    /// entry), or a figure has the wrong sign.
    pub fn cancel_payout(
        commissions_total: i64,
        carried_forward: i64,
        settled: i64,
    ) -> Result<Self, MovementError> {
        if carried_forward > 0 || settled < 0 {
            return Err(MovementError::CarriedAboveZero);
        }
        let mut postings = transfer(
            Account::Clawback,
            Account::InPayout,
            negated(carried_forward)?,
        )?;
        postings.extend(transfer(
            Account::InPayout,
            Account::Approved,
            commissions_total,
        )?);
        postings.extend(transfer(Account::Approved, Account::Clawback, settled)?);
        Self::balanced(JournalKind::CancelPayout, postings)
    }

    /// Undoes a payout whose money came back: paid → approved, and clawback again for what was carried
    /// forward. `settled` as in [`Movement::cancel_payout`].
    ///
    /// # Errors
    /// [`MovementError`] when nothing was paid, or a figure has the wrong sign.
    pub fn return_payout(
        commissions_total: i64,
        carried_forward: i64,
        settled: i64,
    ) -> Result<Self, MovementError> {
        if carried_forward > 0 || settled < 0 {
            return Err(MovementError::CarriedAboveZero);
        }
        let amount = commissions_total
            .checked_add(carried_forward)
            .ok_or(AmountOverflow)?;
        let mut postings = transfer(Account::Paid, Account::Approved, above_zero(amount)?)?;
        postings.extend(transfer(
            Account::Clawback,
            Account::Approved,
            negated(carried_forward)?,
        )?);
        postings.extend(transfer(Account::Approved, Account::Clawback, settled)?);
        Self::balanced(JournalKind::ReturnPayout, postings)
    }

    /// in_payout → paid.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn pay(amount: i64) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Pay,
            Account::InPayout,
            Account::Paid,
            above_zero(amount)?,
        )
    }

    /// Takes back: from where the commission stands to expense, or, when it is paid out, as clawback.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn reverse(amount: i64, place: Place) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Reverse,
            place.account(),
            Account::Expense,
            above_zero(amount)?,
        )
    }

    /// Undoes a reversal. At [`Place::PaidOut`] give no more than [`settleable`]: the rest was already
    /// taken from another payout, so it is restored to [`Place::Approved`], as a new free credit.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn restore(amount: i64, place: Place) -> Result<Self, MovementError> {
        Self::one(
            JournalKind::Restore,
            Account::Expense,
            place.account(),
            above_zero(amount)?,
        )
    }

    fn one(
        kind: JournalKind,
        from: Account,
        to: Account,
        amount: i64,
    ) -> Result<Self, MovementError> {
        Self::balanced(kind, transfer(from, to, amount)?)
    }

    fn balanced(kind: JournalKind, postings: Vec<Posting>) -> Result<Self, MovementError> {
        let sum: i128 = postings
            .iter()
            .map(|posting| i128::from(posting.amount))
            .sum();
        if postings.is_empty() || sum != 0 {
            return Err(MovementError::NotPositive);
        }
        Ok(Self { kind, postings })
    }
}

/// How much of `clawed_back` still is in the clawback balance (≤ 0), and so can be settled or restored
/// there; the rest was already carried into a payout.
#[must_use]
pub fn settleable(clawed_back: i64, clawback_balance: i64) -> i64 {
    clawed_back.min(clawback_balance.saturating_neg()).max(0)
}

fn above_zero(amount: i64) -> Result<i64, MovementError> {
    if amount > 0 {
        Ok(amount)
    } else {
        Err(MovementError::NotPositive)
    }
}

fn negated(amount: i64) -> Result<i64, AmountOverflow> {
    amount.checked_neg().ok_or(AmountOverflow)
}

/// Two postings, or none for an amount of zero.
fn transfer(from: Account, to: Account, amount: i64) -> Result<Vec<Posting>, AmountOverflow> {
    if amount == 0 {
        return Ok(Vec::new());
    }
    Ok(vec![
        Posting {
            account: from,
            amount: negated(amount)?,
        },
        Posting {
            account: to,
            amount,
        },
    ])
}
