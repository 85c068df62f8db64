//! What a refund or dispute takes back.

use crate::money::{AmountOverflow, mul_div_round};

/// A refund that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// More than the sale's amount would have been given back.
    #[error("the refunds are more than the sale: only {left} is left")]
    MoreThanIsLeft {
        /// What can still be refunded, minor units.
        left: i64,
    },
    /// A figure is below zero.
    #[error("a refund cannot be negative")]
    Negative,
    /// Beyond the range of an i64.
    #[error(transparent)]
    TooLarge(#[from] AmountOverflow),
}

/// How much of a commission is to be reversed in all, after `refunded` of the sale's `sale_amount`
/// has been given back: `amount_plus_adjusted × refunded / sale_amount`, rounded as all money. A full
/// refund takes all of it, also of a sale of zero.
///
/// # Errors
/// [`RefundError::MoreThanIsLeft`] when more than the sale was refunded.
pub fn reversed_target(
    amount_plus_adjusted: i64,
    refunded: i64,
    sale_amount: i64,
) -> Result<i64, RefundError> {
    if refunded < 0 || sale_amount < 0 {
        return Err(RefundError::Negative);
    }
    if refunded > sale_amount {
        return Err(RefundError::MoreThanIsLeft { left: 0 });
    }
    if refunded == sale_amount {
        return Ok(amount_plus_adjusted);
    }
    Ok(mul_div_round(amount_plus_adjusted, refunded, sale_amount)?)
}

/// What is left of a sale to be refunded, when `amount` more is asked for (`None`: all that is
/// left): the refund's amount.
///
/// # Errors
/// [`RefundError`] when it is more than is left, or negative.
pub fn refund_amount(
    sale_amount: i64,
    refunded_before: i64,
    amount: Option<i64>,
) -> Result<i64, RefundError> {
    let left = sale_amount
        .checked_sub(refunded_before)
        .ok_or(AmountOverflow)?;
    match amount {
        None => Ok(left),
        Some(amount) if amount < 0 => Err(RefundError::Negative),
        Some(amount) if amount > left => Err(RefundError::MoreThanIsLeft { left }),
        Some(amount) => Ok(amount),
    }
}

/// A stored commission's amounts, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// As computed.
    pub amount: i64,
    /// The sum of its adjustments.
    pub adjusted: i64,
    /// The sum of its reversals, less what was restored.
    pub reversed: i64,
    /// The part of `reversed` that was posted as clawback, because the commission was in a payout
    /// beyond draft or paid, and was not settled since (see [`crate::ledger::Movement::cancel_payout`]).
    pub clawed_back: i64,
}

impl Figures {
    /// What the affiliate can keep of it: `amount + adjusted − reversed`.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn net(&self) -> Result<i64, AmountOverflow> {
        self.amount
            .checked_add(self.adjusted)
            .and_then(|sum| sum.checked_sub(self.reversed))
            .ok_or(AmountOverflow)
    }

    /// What the ledger holds for it in its account, which a payout bundles: `net + clawed_back`.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn payable(&self) -> Result<i64, AmountOverflow> {
        self.net()?
            .checked_add(self.clawed_back)
            .ok_or(AmountOverflow)
    }
}

/// What is to be posted for a commission now that `refunded` of its sale has been given back in all:
/// above zero a reversal, below zero a restoration (a dispute was won), 0 nothing.
///
/// # Errors
/// [`RefundError`].
pub fn reversal(figures: &Figures, refunded: i64, sale_amount: i64) -> Result<i64, RefundError> {
    let whole = figures
        .amount
        .checked_add(figures.adjusted)
        .ok_or(AmountOverflow)?;
    let target = reversed_target(whole, refunded, sale_amount)?;
    Ok(target.checked_sub(figures.reversed).ok_or(AmountOverflow)?)
}

/// A commission and its credits: what won disputes gave again as commissions of their own, because a
/// later payout had settled the clawback of the commission itself, or because it never had one.
#[derive(Debug, Clone)]
pub struct WithCredits {
    /// The commission of the sale.
    pub commission: Figures,
    /// Its credits, the oldest first.
    pub credits: Vec<Figures>,
}

/// The part of a reversal or restoration that falls on each; minor units, never below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// On each credit, in the order of [`WithCredits::credits`].
    pub credits: Vec<i64>,
    /// On the commission.
    pub commission: i64,
}

impl WithCredits {
    /// What is to be taken back of each, now that `refunded` of `sale_amount` has been given back. Credits go
    /// first: the payout that settled the clawback of the commission has had its share.
    ///
    /// # Errors
    /// [`RefundError`].
    pub fn taken(&self, refunded: i64, sale_amount: i64) -> Result<Parts, RefundError> {
        let by = reversal(&self.whole()?, refunded, sale_amount)?;
        self.divide(by, Figures::net, i64::MAX)
    }

    /// What is to be given again to each, now that only `refunded` of `sale_amount` is gone.
    ///
    /// # Errors
    /// [`RefundError`].
    pub fn given(&self, refunded: i64, sale_amount: i64) -> Result<Parts, RefundError> {
        let by = reversal(&self.whole()?, refunded, sale_amount)?;
        let by = by.checked_neg().ok_or(AmountOverflow)?;
        self.divide(by, |credit| Ok(credit.reversed), self.commission.reversed)
    }

    /// Divides `by` among the credits, each as much as it has, and then the commission.
    fn divide(
        &self,
        by: i64,
        has: impl Fn(&Figures) -> Result<i64, AmountOverflow>,
        commission_has: i64,
    ) -> Result<Parts, RefundError> {
        let mut left = by.max(0);
        let mut part = |most: i64| {
            let part = left.min(most).max(0);
            left = left.saturating_sub(part);
            part
        };
        let mut credits = Vec::with_capacity(self.credits.len());
        for credit in &self.credits {
            credits.push(part(has(credit)?));
        }
        Ok(Parts {
            credits,
            commission: part(commission_has),
        })
    }

    /// The figures as if they were one commission.
    fn whole(&self) -> Result<Figures, AmountOverflow> {
        let mut whole = self.commission;
        for credit in &self.credits {
            whole.reversed = whole
                .reversed
                .checked_sub(credit.net()?)
                .ok_or(AmountOverflow)?;
        }
        Ok(whole)
    }
}
