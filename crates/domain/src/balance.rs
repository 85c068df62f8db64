//! Balances: sums over the ledger, per affiliate and currency.

use serde::Serialize;

use crate::money::AmountOverflow;
use crate::status::{Account, JournalKind};

/// What an affiliate has in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Balance {
    /// Everything ever earned, with adjustments.
    pub earned: i64,
    /// Earned, not approved.
    pub pending: i64,
    /// Approved, in no payout.
    pub approved: i64,
    /// In payouts that are not paid.
    pub in_payout: i64,
    /// Paid out.
    pub paid: i64,
    /// Rejected and taken back.
    pub reversed: i64,
    /// Owed back by the affiliate; never above zero.
    pub clawback: i64,
    /// `approved + in_payout + clawback`.
    pub owed: i64,
}

/// The books do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BalanceError {
    /// `earned − reversed` is not the sum of the affiliate's accounts.
    #[error("earned − reversed is {earned_less_reversed}, the accounts add up to {accounts}")]
    Equation {
        /// Minor units.
        earned_less_reversed: i64,
        /// Minor units.
        accounts: i64,
    },
    /// The clawback account is above zero.
    #[error("the clawback account is above zero: {0}")]
    ClawbackAboveZero(i64),
    /// Beyond the range of an i64.
    #[error(transparent)]
    TooLarge(#[from] AmountOverflow),
}

impl Balance {
    /// Adds up the ledger's sums by (kind, account); rows may come in any order and repeatedly.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn from_sums(
        sums: impl IntoIterator<Item = (JournalKind, Account, i64)>,
    ) -> Result<Self, AmountOverflow> {
        let mut balance = Self::default();
        for (kind, account, amount) in sums {
            let (total, amount) = match account {
                Account::Expense => match kind {
                    JournalKind::Reject
                    | JournalKind::Unreject
                    | JournalKind::Reverse
                    | JournalKind::Restore => (&mut balance.reversed, amount),
                    // Only earn and adjust post here otherwise, see Movement.
                    _ => (
                        &mut balance.earned,
                        amount.checked_neg().ok_or(AmountOverflow)?,
                    ),
                },
                Account::Pending => (&mut balance.pending, amount),
                Account::Approved => (&mut balance.approved, amount),
                Account::InPayout => (&mut balance.in_payout, amount),
                Account::Paid => (&mut balance.paid, amount),
                Account::Clawback => (&mut balance.clawback, amount),
            };
            *total = total.checked_add(amount).ok_or(AmountOverflow)?;
        }
        balance.owed = sum([balance.approved, balance.in_payout, balance.clawback])?;
        Ok(balance)
    }

    /// Proves `earned − reversed = pending + approved + in_payout + paid + clawback` and `clawback ≤ 0`.
    ///
    /// # Errors
    /// [`BalanceError`], the first thing that is wrong.
    pub fn check(&self) -> Result<(), BalanceError> {
        let earned_less_reversed = self
            .earned
            .checked_sub(self.reversed)
            .ok_or(AmountOverflow)?;
        let accounts = sum([
            self.pending,
            self.approved,
            self.in_payout,
            self.paid,
            self.clawback,
        ])?;
        if earned_less_reversed != accounts {
            return Err(BalanceError::Equation {
                earned_less_reversed,
                accounts,
            });
        }
        if self.clawback > 0 {
            return Err(BalanceError::ClawbackAboveZero(self.clawback));
        }
        Ok(())
    }
}

fn sum<const N: usize>(parts: [i64; N]) -> Result<i64, AmountOverflow> {
    parts
        .into_iter()
        .try_fold(0_i64, i64::checked_add)
        .ok_or(AmountOverflow)
}
