//! What people decide about referrals and commissions, and what approves itself.

use domain::money::Currency;
use domain::status::{CommissionStatus, ReferralStatus};

use super::commission::Commission;
use super::{Answer, Model};

impl Model {
    pub(super) fn approve_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get_mut(at) else {
            return Answer::Void;
        };
        if referral.status != ReferralStatus::Pending {
            return Answer::Refused;
        }
        referral.status = ReferralStatus::Approved;
        for line in 0..self.commissions.len() {
            if self.commissions[line].referral == Some(at) && self.approves_itself(line) {
                self.set_approved(line);
                self.hit("approved with its referral");
            }
        }
        Answer::Done(Vec::new())
    }

    pub(super) fn reject_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get(at) else {
            return Answer::Void;
        };
        let on_its_way = self.commissions.iter().any(|line| {
            line.referral == Some(at)
                && matches!(
                    line.status,
                    CommissionStatus::InPayout | CommissionStatus::Paid
                )
        });
        if referral.status == ReferralStatus::Rejected {
            return Answer::Refused;
        }
        if on_its_way {
            self.hit("a referral with a commission in a payout cannot be rejected");
            return Answer::Refused;
        }
        self.referrals[at].status = ReferralStatus::Rejected;
        for line in &mut self.commissions {
            let open = matches!(
                line.status,
                CommissionStatus::Pending | CommissionStatus::Approved
            );
            if line.referral == Some(at) && open {
                line.status = CommissionStatus::Rejected;
                line.with_referral = true;
                line.revived_rejected = false;
            }
        }
        self.hit("a referral was rejected");
        Answer::Done(Vec::new())
    }

    /// Takes the decision on a referral back. What was rejected with it is pending again.
    pub(super) fn undo_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get(at).cloned() else {
            return Answer::Void;
        };
        let of_it: Vec<usize> = (0..self.commissions.len())
            .filter(|&line| self.commissions[line].referral == Some(at))
            .collect();
        let further = of_it.iter().any(|&line| {
            matches!(
                self.commissions[line].status,
                CommissionStatus::Approved | CommissionStatus::InPayout | CommissionStatus::Paid
            )
        });
        if referral.status == ReferralStatus::Pending || further {
            return Answer::Refused;
        }
        self.referrals[at].status = ReferralStatus::Pending;
        if referral.status == ReferralStatus::Approved {
            self.hit("a referral's approval was undone");
            return Answer::Done(Vec::new());
        }
        self.hit("a referral's rejection was undone");
        for line in of_it {
            let found = &self.commissions[line];
            if found.status == CommissionStatus::Rejected && found.with_referral {
                if found.revived_rejected {
                    self.hit("what a won dispute revived was undone with its referral");
                }
                self.undo(line);
            }
        }
        Answer::Done(Vec::new())
    }

    pub(super) fn approve_all(&mut self) -> Answer {
        let mut done = Vec::new();
        for at in 0..self.commissions.len() {
            if self.commissions[at].status == CommissionStatus::Pending
                && self.approve(at, false) != Answer::Refused
            {
                done.push(at);
            }
        }
        if !done.is_empty() {
            self.together.push(Some(done));
        }
        Answer::Done(Vec::new())
    }

    /// Takes back what was approved together, as far as it is still approved.
    pub(super) fn undo_all(&mut self, at: usize) -> Answer {
        let Some(act) = self.together.get_mut(at) else {
            return Answer::Void;
        };
        let Some(done) = act.take() else {
            return Answer::Refused;
        };
        self.hit("approvals were undone together");
        for line in done {
            if self.commissions[line].status == CommissionStatus::Approved {
                self.undo(line);
            } else {
                self.hit("what was approved together has gone on");
            }
        }
        Answer::Done(Vec::new())
    }

    pub(super) fn approve(&mut self, at: usize, release: bool) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Pending || !self.referral_approved(line) {
            return Answer::Refused;
        }
        if line.hold_until > self.now {
            if !release {
                self.hit("an approval during the hold was refused");
                return Answer::Refused;
            }
            self.hit("a hold was released");
        }
        self.set_approved(at);
        Answer::Done(Vec::new())
    }

    pub(super) fn reject(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get_mut(at) else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Pending {
            return Answer::Refused;
        }
        line.status = CommissionStatus::Rejected;
        line.with_referral = false;
        self.hit("a commission was rejected");
        Answer::Done(Vec::new())
    }

    pub(super) fn undo(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        let Some(referral) = line.referral else {
            return Answer::Refused;
        };
        match line.status {
            CommissionStatus::Approved => self.hit("an approval was undone"),
            CommissionStatus::Rejected => {
                if self.referrals[referral].status == ReferralStatus::Rejected {
                    return Answer::Refused;
                }
                self.hit("a rejection was undone");
            }
            _ => return Answer::Refused,
        }
        let was_rejected = self.commissions[at].status == CommissionStatus::Rejected;
        self.commissions[at].status = CommissionStatus::Pending;
        self.commissions[at].auto_approve = false;
        if was_rejected {
            self.catch_up(at);
        }
        Answer::Done(Vec::new())
    }

    pub(super) fn adjust(&mut self, at: usize, by: i64) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        let open = matches!(
            line.status,
            CommissionStatus::Pending | CommissionStatus::Approved
        );
        let below = line.source.is_some() && line.due() - line.reversed + by < 0;
        if by == 0 || !open || below {
            return Answer::Refused;
        }
        self.commissions[at].adjusted += by;
        self.commissions[at].touched = self.now;
        self.hit("an adjustment");
        Answer::Done(Vec::new())
    }

    pub(super) fn bonus(&mut self, affiliate: usize, amount: i64, currency: Currency) -> Answer {
        if amount == 0 {
            return Answer::Refused;
        }
        self.hit(if amount > 0 {
            "a bonus"
        } else {
            "a correction below zero"
        });
        self.commissions
            .push(Commission::free(affiliate, currency, amount, self.now));
        Answer::Done(vec![self.commissions.len() - 1])
    }

    /// Whether something is to be approved by itself now.
    pub fn is_due(&self) -> bool {
        (0..self.commissions.len()).any(|at| self.approves_itself(at))
    }

    /// Approves what approves itself and has passed its hold.
    pub fn mature(&mut self) {
        for at in 0..self.commissions.len() {
            if self.approves_itself(at) {
                self.hit("a hold passed and the commission approved itself");
                self.set_approved(at);
            }
        }
    }

    pub(super) fn set_approved(&mut self, at: usize) {
        self.commissions[at].status = CommissionStatus::Approved;
        self.commissions[at].touched = self.now;
    }

    pub(super) fn approves_itself(&self, at: usize) -> bool {
        let line = &self.commissions[at];
        line.auto_approve
            && line.status == CommissionStatus::Pending
            && self.referral_approved(line)
            && line.hold_until <= self.now
    }

    fn referral_approved(&self, line: &Commission) -> bool {
        line.referral
            .is_none_or(|at| self.referrals[at].status == ReferralStatus::Approved)
    }
}
