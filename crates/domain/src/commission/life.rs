//! The life of a commission: what is allowed when.

use crate::money::AmountOverflow;
use crate::status::{CommissionStatus, ReferralStatus};
use crate::time::UnixMs;

use super::Figures;

/// Why something cannot be done with a commission (the API answers 409).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its status does not allow it.
    #[error("a commission that is {status} cannot be {wanted}")]
    Status {
        /// The status it has.
        status: CommissionStatus,
        /// What was to become of it.
        wanted: &'static str,
    },
    /// Its referral has to be approved first.
    #[error("the referral is {referral}; approve it first")]
    Referral {
        /// The referral's status.
        referral: ReferralStatus,
    },
    /// The hold has not passed.
    #[error("held until {}; release the hold with a note to approve it now", .until.rfc3339())]
    Held {
        /// When the hold ends.
        until: UnixMs,
    },
    /// Less would be left than was already taken back, or less than nothing.
    #[error("the adjustment would leave less than nothing")]
    BelowZero,
    /// Beyond the range of an i64.
    #[error(transparent)]
    TooLarge(#[from] AmountOverflow),
}

/// A commission's place in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its status.
    pub status: CommissionStatus,
    /// Its referral's status; `Approved` for what clicks earned, which waits for no referral; `None` for a free
    /// adjustment, which has none either.
    pub referral: Option<ReferralStatus>,
    /// The end of its hold: the event's time plus the rule's days.
    pub hold_until: UnixMs,
    /// The rule lets it be approved by itself.
    pub auto_approve: bool,
}

impl Standing {
    /// Whether it is to be approved by itself now: pending, the referral approved, the hold passed
    /// and the rule wants it.
    #[must_use]
    pub fn may_auto_approve(&self, now: UnixMs) -> bool {
        self.auto_approve && self.approve(now, false).is_ok()
    }

    /// pending → approved.
    ///
    /// # Errors
    /// [`Refused`] when it is not pending, its referral is not approved, or its hold has not passed and
    /// is not released.
    pub fn approve(&self, now: UnixMs, release_hold: bool) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::Pending], "approved")?;
        match self.referral {
            Some(referral) if referral != ReferralStatus::Approved => {
                return Err(Refused::Referral { referral });
            }
            _ => {}
        }
        if now < self.hold_until && !release_hold {
            return Err(Refused::Held {
                until: self.hold_until,
            });
        }
        Ok(CommissionStatus::Approved)
    }

    /// pending → rejected.
    ///
    /// # Errors
    /// [`Refused::Status`].
    pub fn reject(&self) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::Pending], "rejected")
            .map(|()| CommissionStatus::Rejected)
    }

    /// approved → pending or rejected → pending, as long as it is in no payout. Its `auto_approve` goes
    /// off with it: a person has decided, and the rule must not approve it again at once.
    ///
    /// # Errors
    /// [`Refused`] for any other status, for a free adjustment (it is approved at once), and for a
    /// rejected commission of a rejected referral.
    pub fn undo(&self) -> Result<CommissionStatus, Refused> {
        self.expect(
            &[CommissionStatus::Approved, CommissionStatus::Rejected],
            "undone",
        )?;
        match (self.status, self.referral) {
            (status, None) => Err(Refused::Status {
                status,
                wanted: "undone: it is a free adjustment",
            }),
            (CommissionStatus::Rejected, Some(referral @ ReferralStatus::Rejected)) => {
                Err(Refused::Referral { referral })
            }
            _ => Ok(CommissionStatus::Pending),
        }
    }

    /// approved → in_payout, when a payout is drafted.
    ///
    /// # Errors
    /// [`Refused::Status`].
    pub fn draft(&self) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::Approved], "paid out")
            .map(|()| CommissionStatus::InPayout)
    }

    /// in_payout → approved, or reversed when nothing is left of it, when its payout is cancelled.
    /// `figures` are those after the settlement of clawbacks.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn release(&self, figures: &Figures) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::InPayout], "released")?;
        Self::freed(figures)
    }

    /// paid → approved, or reversed when nothing is left of it, when the money of its payout came back. `figures`
    /// as in [`Standing::release`].
    ///
    /// # Errors
    /// [`Refused`].
    pub fn give_back(&self, figures: &Figures) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::Paid], "given back")?;
        Self::freed(figures)
    }

    fn freed(figures: &Figures) -> Result<CommissionStatus, Refused> {
        Ok(if is_wholly_reversed(figures)? {
            CommissionStatus::Reversed
        } else {
            CommissionStatus::Approved
        })
    }

    /// in_payout → paid.
    ///
    /// # Errors
    /// [`Refused::Status`].
    pub fn pay(&self) -> Result<CommissionStatus, Refused> {
        self.expect(&[CommissionStatus::InPayout], "paid")
            .map(|()| CommissionStatus::Paid)
    }

    /// An adjustment by `delta`: the new sum of adjustments. Only pending and approved commissions are
    /// adjusted; what is in a payout or paid is corrected by a free adjustment.
    ///
    /// # Errors
    /// [`Refused`] for another status, or when less than nothing would be left.
    pub fn adjust(&self, figures: &Figures, delta: i64) -> Result<i64, Refused> {
        self.expect(
            &[CommissionStatus::Pending, CommissionStatus::Approved],
            "adjusted",
        )?;
        let adjusted = figures.adjusted.checked_add(delta).ok_or(AmountOverflow)?;
        if self.referral.is_some()
            && (Figures {
                adjusted,
                ..*figures
            })
            .net()?
                < 0
        {
            return Err(Refused::BelowZero);
        }
        Ok(adjusted)
    }

    /// The status after a reversal or restoration left it with `figures`: unpaid and wholly reversed
    /// becomes reversed, a reversed one that has something again goes back to `before` (pending or
    /// approved); in a payout beyond draft and paid it stays what it is.
    ///
    /// # Errors
    /// [`AmountOverflow`].
    pub fn after_reversal(
        &self,
        figures: &Figures,
        before: CommissionStatus,
    ) -> Result<CommissionStatus, AmountOverflow> {
        Ok(match self.status {
            CommissionStatus::Pending | CommissionStatus::Approved | CommissionStatus::InPayout
                if is_wholly_reversed(figures)? =>
            {
                CommissionStatus::Reversed
            }
            CommissionStatus::Reversed if figures.payable()? > 0 => before,
            status => status,
        })
    }

    fn expect(&self, allowed: &[CommissionStatus], wanted: &'static str) -> Result<(), Refused> {
        if allowed.contains(&self.status) {
            Ok(())
        } else {
            Err(Refused::Status {
                status: self.status,
                wanted,
            })
        }
    }
}

fn is_wholly_reversed(figures: &Figures) -> Result<bool, AmountOverflow> {
    Ok(figures.reversed > 0 && figures.payable()? == 0)
}
