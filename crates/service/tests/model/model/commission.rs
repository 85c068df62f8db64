//! A commission: what it is worth, and what is left of it.

use domain::money::Currency;
use domain::status::CommissionStatus;

/// Where a commission came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub event: usize,
    pub rule: usize,
    pub level: usize,
}

#[derive(Debug, Clone)]
pub struct Commission {
    /// `None`: a free adjustment.
    pub source: Option<Source>,
    pub affiliate: usize,
    pub currency: Currency,
    pub version: usize,
    pub amount: i64,
    pub adjusted: i64,
    pub reversed: i64,
    /// The part of `reversed` that is, or was, owed back.
    pub clawed: i64,
    pub status: CommissionStatus,
    pub referral: Option<usize>,
    pub hold_until: i64,
    pub auto_approve: bool,
    pub payout: Option<usize>,
    /// When it was last earned, approved or adjusted: what a payout run's day is compared with.
    pub touched: i64,
    /// Rejected because its referral was, not by itself.
    pub(super) with_referral: bool,
    /// What a won dispute gave again of a commission whose clawback was settled.
    pub given_again_of: Option<usize>,
    /// What it was before it was wholly reversed.
    pub(super) before_reversal: CommissionStatus,
    /// A won dispute gave it again when its referral was rejected by then.
    pub(super) revived_rejected: bool,
    /// Where the product's id puts it among others; told from outside, since ids made in one
    /// millisecond have no order that a model could know.
    pub rank: String,
}

impl Commission {
    pub(super) fn due(&self) -> i64 {
        self.amount + self.adjusted
    }

    /// What its account holds for it.
    pub fn payable(&self) -> i64 {
        self.due() - self.reversed + self.clawed
    }

    /// What the affiliate keeps of it.
    pub(super) fn net(&self) -> i64 {
        self.due() - self.reversed
    }

    pub(super) fn reverse_wholly(&mut self) {
        self.before_reversal = self.status;
        self.status = CommissionStatus::Reversed;
    }

    /// One without an event, approved at once.
    pub(super) fn free(affiliate: usize, currency: Currency, amount: i64, now: i64) -> Self {
        Self {
            source: None,
            affiliate,
            currency,
            version: 0,
            amount,
            adjusted: 0,
            reversed: 0,
            clawed: 0,
            status: CommissionStatus::Approved,
            referral: None,
            hold_until: 0,
            auto_approve: false,
            payout: None,
            touched: now,
            with_referral: false,
            given_again_of: None,
            before_reversal: CommissionStatus::Approved,
            revived_rejected: false,
            rank: String::new(),
        }
    }

    pub(super) fn is_wholly_reversed(&self) -> bool {
        self.reversed > 0 && self.payable() == 0
    }
}
