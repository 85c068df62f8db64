//! Payouts: approved commissions of one affiliate and currency, bundled, less what is to be carried
//! forward from clawbacks.

use crate::id::CommissionId;
use crate::status::{
    AffiliateStatus, PayoutMethodKind, PayoutObstacle, PayoutRunState, PayoutStatus,
};

/// A commission that can be paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payable {
    /// The commission; approved.
    pub commission_id: CommissionId,
    /// See [`crate::commission::Figures::payable`]; below zero for a correction.
    pub amount: i64,
}

/// A payout to be made. `amount = commissions_total + carried_forward`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The sum of its commissions, minor units.
    pub commissions_total: i64,
    /// The affiliate's clawback balance, which this payout clears; never above zero.
    pub carried_forward: i64,
    /// What is paid; above zero.
    pub amount: i64,
    /// The commissions, in the order given; those of zero are left out.
    pub commission_ids: Vec<CommissionId>,
}

/// Why no payout is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDraft {
    /// There is no approved commission.
    #[error("there are no approved commissions")]
    Nothing,
    /// The clawbacks take all of it.
    #[error("the commissions of {total} do not exceed the clawback of {carried}")]
    NotPositive {
        /// Of the commissions, minor units.
        total: i64,
        /// The clawback balance, minor units.
        carried: i64,
    },
    /// Less than the affiliate's minimum.
    #[error("the amount of {amount} is below the minimum of {minimum}")]
    BelowMinimum {
        /// What would be paid, minor units.
        amount: i64,
        /// The minimum, minor units.
        minimum: i64,
    },
    /// Beyond the range of an i64, or a clawback balance above zero.
    #[error("the amounts do not fit together")]
    Invalid,
}

/// Bundles commissions of one affiliate and currency. `clawback` is the balance of that account
/// (≤ 0); `minimum` in minor units, `None`: whatever the minimum.
///
/// # Errors
/// [`NoDraft`], the reason.
pub fn draft(payables: &[Payable], clawback: i64, minimum: Option<i64>) -> Result<Draft, NoDraft> {
    let payables: Vec<_> = payables
        .iter()
        .filter(|payable| payable.amount != 0)
        .collect();
    if payables.is_empty() {
        return Err(NoDraft::Nothing);
    }
    if clawback > 0 {
        return Err(NoDraft::Invalid);
    }
    let total = payables
        .iter()
        .try_fold(0_i64, |sum, payable| sum.checked_add(payable.amount))
        .ok_or(NoDraft::Invalid)?;
    let amount = total.checked_add(clawback).ok_or(NoDraft::Invalid)?;
    if amount <= 0 {
        return Err(NoDraft::NotPositive {
            total,
            carried: clawback,
        });
    }
    match minimum {
        Some(minimum) if amount < minimum => Err(NoDraft::BelowMinimum { amount, minimum }),
        _ => Ok(Draft {
            commissions_total: total,
            carried_forward: clawback,
            amount,
            commission_ids: payables
                .iter()
                .map(|payable| payable.commission_id)
                .collect(),
        }),
    }
}

/// What becomes of a draft when something of its commissions is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrunk {
    /// It goes on with less.
    Draft {
        /// The new sum of its commissions.
        commissions_total: i64,
        /// The new amount.
        amount: i64,
    },
    /// Nothing would be left to pay: it is cancelled, what is left of its commissions is approved again.
    Cancelled,
}

/// Takes a reversal out of a draft payout, or, below zero, puts a restoration into it.
#[must_use]
pub fn shrink(commissions_total: i64, carried_forward: i64, reversed: i64) -> Shrunk {
    let total = commissions_total.saturating_sub(reversed);
    let amount = total.saturating_add(carried_forward);
    if amount <= 0 {
        Shrunk::Cancelled
    } else {
        Shrunk::Draft {
            commissions_total: total,
            amount,
        }
    }
}

/// A payout's status does not allow it (the API answers 409).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {from} cannot become {to}")]
pub struct Refused {
    /// The status it has.
    pub from: PayoutStatus,
    /// The status it was to get.
    pub to: PayoutStatus,
}

/// Whether a payout may go from one status to another: draft → pending, paid, cancelled; pending →
/// sending, paid, failed (a bank's or provider's answer to a file), cancelled; sending → paid, failed, unknown; failed → pending,
/// cancelled, and paid when its provider says later that it was executed all the same; unknown → sending (the provider has it after all),
/// paid, failed; paid → returned (the money came back). Cancelled and returned are final.
///
/// # Errors
/// [`Refused`].
pub fn change(from: PayoutStatus, to: PayoutStatus) -> Result<PayoutStatus, Refused> {
    use PayoutStatus::{Cancelled, Draft, Failed, Paid, Pending, Returned, Sending, Unknown};
    match (from, to) {
        (Draft, Pending | Paid | Cancelled)
        | (Pending, Sending | Paid | Failed | Cancelled)
        | (Sending, Paid | Failed | Unknown)
        | (Failed, Pending | Cancelled | Paid)
        | (Unknown, Sending | Paid | Failed)
        | (Paid, Returned) => Ok(to),
        _ => Err(Refused { from, to }),
    }
}

/// Whether its commissions are in it: everything but cancelled and returned.
#[must_use]
pub fn is_live(status: PayoutStatus) -> bool {
    !matches!(status, PayoutStatus::Cancelled | PayoutStatus::Returned)
}

/// Whether a reversal of one of its commissions becomes a clawback; otherwise (a draft) it shrinks.
#[must_use]
pub fn is_beyond_draft(status: PayoutStatus) -> bool {
    is_live(status) && status != PayoutStatus::Draft
}

/// What is known of an affiliate before it is put into a payout run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// What the commissions add up to, minor units.
    pub commissions_total: i64,
    /// The clawback balance; never above zero.
    pub clawback: i64,
    /// The least that is paid, minor units.
    pub minimum: i64,
    /// Where it stands.
    pub status: AffiliateStatus,
    /// Whether the payout method was changed so lately that payouts wait.
    pub held: bool,
    /// How it wants to be paid; none when it has not said.
    pub method: Option<PayoutMethodKind>,
    /// Whether that method is one the business or the group pays by.
    pub method_allowed: bool,
    /// Whether a payday has come, or the affiliate has asked.
    pub due: bool,
}

/// Why an affiliate is not in a payout run by itself: the first reason that holds.
#[must_use]
pub fn obstacle(candidate: &Candidate) -> Option<PayoutObstacle> {
    let Candidate {
        commissions_total,
        clawback,
        minimum,
        status,
        held,
        method,
        method_allowed,
        due,
    } = *candidate;
    let amount = commissions_total.saturating_add(clawback);
    if status != AffiliateStatus::Approved {
        Some(PayoutObstacle::NotApproved)
    } else if amount <= 0 {
        Some(PayoutObstacle::NothingLeft)
    } else if held {
        Some(PayoutObstacle::Held)
    } else if amount < minimum {
        Some(PayoutObstacle::BelowMinimum)
    } else if method.is_none() {
        Some(PayoutObstacle::NoMethod)
    } else if !method_allowed {
        Some(PayoutObstacle::MethodNotAllowed)
    } else if !due {
        Some(PayoutObstacle::NotDue)
    } else {
        None
    }
}

/// Whether a person may put an affiliate into a run in spite of the obstacle.
#[must_use]
pub const fn may_be_overruled(obstacle: PayoutObstacle) -> bool {
    match obstacle {
        PayoutObstacle::NotApproved | PayoutObstacle::NothingLeft | PayoutObstacle::Held => false,
        PayoutObstacle::BelowMinimum
        | PayoutObstacle::NoMethod
        | PayoutObstacle::MethodNotAllowed
        | PayoutObstacle::NotDue => true,
    }
}

/// Whether a payout run may go from one state to another. Those that end in `-ing` are being worked on;
/// what was drafted when the work is stopped stays.
#[must_use]
pub const fn run_may_become(from: PayoutRunState, to: PayoutRunState) -> bool {
    use PayoutRunState::{
        Approved, Approving, Cancelled, Cancelling, Drafted, Drafting, Open, Paid, Paying, Sending,
        Submitted,
    };
    matches!(
        (from, to),
        (Open, Drafting | Cancelled)
            | (Drafting | Submitted | Approving, Drafted)
            | (Drafted, Drafting | Submitted | Approving | Cancelling)
            | (Submitted, Approving | Cancelling)
            | (Approving, Approved)
            | (Approved, Sending | Paying | Cancelling)
            | (Sending, Approved)
            | (Paying, Paid | Approved)
            | (Cancelling, Cancelled)
    )
}

/// Whether a person may say that it was paid: nobody else is at it. What a provider has in hand is decided
/// by what it answers, or by a decision that is noted.
#[must_use]
pub fn is_in_our_hands(status: PayoutStatus) -> bool {
    matches!(status, PayoutStatus::Draft | PayoutStatus::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use PayoutStatus::{
        Cancelled, Draft as Drafted, Failed, Paid, Pending, Returned, Sending, Unknown,
    };
    use uuid::Uuid;

    fn payables(amounts: &[i64]) -> Vec<Payable> {
        (1_u128..)
            .zip(amounts)
            .map(|(n, &amount)| Payable {
                commission_id: Uuid::from_u128(n).into(),
                amount,
            })
            .collect()
    }

    #[test]
    fn drafts_and_why_there_is_none() {
        for (amounts, clawback, minimum, expected) in [
            (vec![980, 1500], 0, None, Ok((2480, 0, 2480))),
            (vec![1500], -980, None, Ok((1500, -980, 520))),
            (vec![1500], -980, Some(520), Ok((1500, -980, 520))),
            (
                vec![1500],
                -980,
                Some(521),
                Err(NoDraft::BelowMinimum {
                    amount: 520,
                    minimum: 521,
                }),
            ),
            (
                vec![980],
                -980,
                None,
                Err(NoDraft::NotPositive {
                    total: 980,
                    carried: -980,
                }),
            ),
            (
                vec![980],
                -981,
                Some(0),
                Err(NoDraft::NotPositive {
                    total: 980,
                    carried: -981,
                }),
            ),
            (
                vec![500, -600],
                0,
                None,
                Err(NoDraft::NotPositive {
                    total: -100,
                    carried: 0,
                }),
            ),
            (vec![500, -100], 0, None, Ok((400, 0, 400))),
            (vec![], 0, None, Err(NoDraft::Nothing)),
            (vec![0], -5, None, Err(NoDraft::Nothing)),
            (vec![5], 5, None, Err(NoDraft::Invalid)),
            (vec![i64::MAX, 1], 0, None, Err(NoDraft::Invalid)),
        ] {
            let result = draft(&payables(&amounts), clawback, minimum)
                .map(|d| (d.commissions_total, d.carried_forward, d.amount));
            assert_eq!(result, expected, "{amounts:?} {clawback} {minimum:?}");
        }
        let ids = draft(&payables(&[5, 0, 6]), 0, None)
            .unwrap()
            .commission_ids;
        assert_eq!(ids, [Uuid::from_u128(1).into(), Uuid::from_u128(3).into()]);
    }

    #[test]
    fn a_draft_shrinks_or_is_cancelled() {
        assert_eq!(
            shrink(1500, -500, 400),
            Shrunk::Draft {
                commissions_total: 1100,
                amount: 600
            }
        );
        assert_eq!(shrink(1500, 0, 1500), Shrunk::Cancelled);
        assert_eq!(shrink(1500, -500, 1000), Shrunk::Cancelled);
    }

    #[test]
    fn the_table_of_transitions() {
        let allowed = [
            (Drafted, Pending),
            (Drafted, Paid),
            (Drafted, Cancelled),
            (Pending, Sending),
            (Pending, Paid),
            (Pending, Failed),
            (Pending, Cancelled),
            (Sending, Paid),
            (Sending, Failed),
            (Sending, Unknown),
            (Failed, Pending),
            (Failed, Cancelled),
            (Failed, Paid),
            (Unknown, Sending),
            (Unknown, Paid),
            (Unknown, Failed),
            (Paid, Returned),
        ];
        for &from in PayoutStatus::ALL {
            for &to in PayoutStatus::ALL {
                assert_eq!(
                    change(from, to).is_ok(),
                    allowed.contains(&(from, to)),
                    "{from} → {to}"
                );
            }
        }
        assert_eq!(
            change(Paid, Cancelled).unwrap_err().to_string(),
            "a payout that is paid cannot become cancelled"
        );
        assert!(is_live(Drafted) && is_live(Paid) && !is_live(Cancelled) && !is_live(Returned));
        assert!(!is_beyond_draft(Drafted) && is_beyond_draft(Pending) && is_beyond_draft(Paid));
    }

    #[test]
    fn the_first_obstacle_counts() {
        let fine = Candidate {
            commissions_total: 5_000,
            clawback: -1_000,
            minimum: 4_000,
            status: AffiliateStatus::Approved,
            held: false,
            method: Some(PayoutMethodKind::Wise),
            method_allowed: true,
            due: true,
        };
        use PayoutObstacle::{
            BelowMinimum, Held, MethodNotAllowed, NoMethod, NotApproved, NotDue, NothingLeft,
        };
        for (candidate, expected) in [
            (fine, None),
            (Candidate { due: false, ..fine }, Some(NotDue)),
            (
                Candidate {
                    method_allowed: false,
                    due: false,
                    ..fine
                },
                Some(MethodNotAllowed),
            ),
            (
                Candidate {
                    method: None,
                    due: false,
                    ..fine
                },
                Some(NoMethod),
            ),
            (
                Candidate {
                    minimum: 4_001,
                    method: None,
                    ..fine
                },
                Some(BelowMinimum),
            ),
            (
                Candidate {
                    held: true,
                    minimum: 4_001,
                    ..fine
                },
                Some(Held),
            ),
            (
                Candidate {
                    clawback: -5_000,
                    held: true,
                    ..fine
                },
                Some(NothingLeft),
            ),
            (
                Candidate {
                    status: AffiliateStatus::Suspended,
                    clawback: -5_000,
                    ..fine
                },
                Some(NotApproved),
            ),
        ] {
            assert_eq!(obstacle(&candidate), expected, "{candidate:?}");
        }
        assert!(!may_be_overruled(Held) && may_be_overruled(NotDue));
    }

    #[test]
    fn runs_go_forward() {
        let ends: Vec<_> = PayoutRunState::ALL
            .iter()
            .filter(|from| {
                !PayoutRunState::ALL
                    .iter()
                    .any(|to| run_may_become(**from, *to))
            })
            .collect();
        assert_eq!(ends, [&PayoutRunState::Paid, &PayoutRunState::Cancelled]);
        assert!(
            !run_may_become(PayoutRunState::Drafted, PayoutRunState::Approved),
            "never without the work of approving"
        );
    }
}
