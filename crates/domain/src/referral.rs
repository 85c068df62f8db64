//! Referrals: an affiliate brought a customer to a campaign. One each (affiliate, campaign, customer).

use crate::status::{CommissionStatus, ReferralStatus};

/// Why something cannot be done with a referral (the API answers 409).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its status does not allow it.
    #[error("a referral that is {status} cannot be {wanted}")]
    Status {
        /// The status it has.
        status: ReferralStatus,
        /// What was to become of it.
        wanted: &'static str,
    },
    /// One of its commissions is on its way to the affiliate or has arrived.
    #[error("one of its commissions is in a payout or paid")]
    CommissionPaidOut,
    /// One of its commissions is approved.
    #[error("one of its commissions is approved; undo that first")]
    CommissionApproved,
}

/// The status a new referral starts with. A suspected self-referral waits for a person, whatever the
/// setting.
#[must_use]
pub const fn first_status(
    automatic_approval: bool,
    hold_for_self_referral: bool,
) -> ReferralStatus {
    if automatic_approval && !hold_for_self_referral {
        ReferralStatus::Approved
    } else {
        ReferralStatus::Pending
    }
}

/// Whether later events on it still earn commissions.
#[must_use]
pub fn earns(status: ReferralStatus) -> bool {
    status != ReferralStatus::Rejected
}

/// pending → approved.
///
/// # Errors
/// [`Refused::Status`].
pub fn approve(status: ReferralStatus) -> Result<ReferralStatus, Refused> {
    match status {
        ReferralStatus::Pending => Ok(ReferralStatus::Approved),
        ReferralStatus::Approved | ReferralStatus::Rejected => Err(Refused::Status {
            status,
            wanted: "approved",
        }),
    }
}

/// pending or approved → rejected. Its pending commissions are rejected with it; its approved ones
/// first go back to pending (undo), then are rejected.
///
/// # Errors
/// [`Refused::CommissionPaidOut`] with a commission in a payout or paid; [`Refused::Status`].
pub fn reject(
    status: ReferralStatus,
    commissions: &[CommissionStatus],
) -> Result<ReferralStatus, Refused> {
    if status == ReferralStatus::Rejected {
        return Err(Refused::Status {
            status,
            wanted: "rejected",
        });
    }
    if commissions
        .iter()
        .any(|c| matches!(c, CommissionStatus::InPayout | CommissionStatus::Paid))
    {
        return Err(Refused::CommissionPaidOut);
    }
    Ok(ReferralStatus::Rejected)
}

/// approved or rejected → pending, to be decided again. Commissions that were rejected with it are
/// pending again, too; those that a person rejected by themselves stay so until each is undone.
///
/// # Errors
/// [`Refused`] when it is pending, or a commission is approved, in a payout or paid.
pub fn undo(
    status: ReferralStatus,
    commissions: &[CommissionStatus],
) -> Result<ReferralStatus, Refused> {
    if status == ReferralStatus::Pending {
        return Err(Refused::Status {
            status,
            wanted: "undone",
        });
    }
    for commission in commissions {
        match commission {
            CommissionStatus::InPayout | CommissionStatus::Paid => {
                return Err(Refused::CommissionPaidOut);
            }
            CommissionStatus::Approved => return Err(Refused::CommissionApproved),
            CommissionStatus::Pending | CommissionStatus::Rejected | CommissionStatus::Reversed => {
            }
        }
    }
    Ok(ReferralStatus::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CommissionStatus as C;
    use ReferralStatus::{Approved, Pending, Rejected};

    #[test]
    fn a_suspected_self_referral_waits() {
        assert_eq!(first_status(true, false), Approved);
        assert_eq!(first_status(true, true), Pending);
        assert_eq!(first_status(false, false), Pending);
        assert!(earns(Pending) && earns(Approved) && !earns(Rejected));
    }

    #[test]
    fn transitions() {
        assert_eq!(approve(Pending), Ok(Approved));
        assert!(approve(Approved).is_err() && approve(Rejected).is_err());
        assert_eq!(
            reject(Pending, &[C::Pending, C::Rejected, C::Reversed]),
            Ok(Rejected)
        );
        assert_eq!(reject(Approved, &[C::Approved]), Ok(Rejected));
        assert_eq!(
            reject(Approved, &[C::Approved, C::InPayout]),
            Err(Refused::CommissionPaidOut)
        );
        assert_eq!(
            reject(Approved, &[C::Paid]),
            Err(Refused::CommissionPaidOut)
        );
        assert!(matches!(reject(Rejected, &[]), Err(Refused::Status { .. })));
        assert_eq!(undo(Rejected, &[C::Rejected]), Ok(Pending));
        assert_eq!(
            undo(Approved, &[C::Approved]),
            Err(Refused::CommissionApproved)
        );
        assert_eq!(undo(Approved, &[C::Paid]), Err(Refused::CommissionPaidOut));
        assert!(undo(Pending, &[]).is_err());
    }
}
