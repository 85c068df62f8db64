//! What refunds take back, and what a won dispute gives again.

use domain::status::{CommissionStatus, DisputeStatus, PayoutStatus, ReferralStatus};

use super::commission::Commission;
use super::items::share;
use super::{Answer, Model};
use crate::history::On;

#[derive(Debug, Clone)]
pub(super) struct RefundSeen {
    id: String,
    sale: usize,
    amount: i64,
}

impl Model {
    pub(super) fn refund(&mut self, id: &str, sale: usize, amount: Option<i64>) -> Answer {
        let Some(found) = self.events.get(sale) else {
            return Answer::Void;
        };
        if found.report.on != On::Sale || found.seen_twice {
            return Answer::Void;
        }
        if let Some(known) = self.refunds.iter().find(|known| known.id == id) {
            let same = known.sale == sale && amount.is_none_or(|amount| amount == known.amount);
            self.hit("a repeated refund");
            return if same {
                Answer::Known(Vec::new())
            } else {
                Answer::Refused
            };
        }
        let left = found.report.amount - found.refunded;
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            self.hit("a refund of more than is left");
            return Answer::Refused;
        }
        self.refunds.push(RefundSeen {
            id: id.to_owned(),
            sale,
            amount,
        });
        self.hit(if amount == left {
            "a full refund"
        } else {
            "a partial refund"
        });
        self.move_sale(sale, amount);
        Answer::Done(Vec::new())
    }

    /// Moves what is gone of a sale by a refund or dispute, and its commissions with it. They are taken
    /// level by level in the order of their ids, since an emptied draft releases the others.
    pub(super) fn move_sale(&mut self, sale: usize, by: i64) {
        self.events[sale].refunded += by;
        let mut lines = self.lines_of(sale);
        lines.sort_by_key(|&at| {
            let line = &self.commissions[at];
            (line.source.map(|source| source.level), line.rank.clone())
        });
        for at in lines {
            if by > 0 {
                self.reverse(at);
            } else {
                self.restore(at);
            }
        }
    }

    /// What should be gone of a commission by now, and what is: what was given again as commissions of
    /// their own is not gone.
    fn target_and_gone(&self, at: usize) -> Option<(i64, i64)> {
        let line = &self.commissions[at];
        let sale = &self.events[line.source?.event];
        let again: i64 = self
            .children(at)
            .iter()
            .map(|&c| self.commissions[c].net())
            .sum();
        let target = share(line.due(), sale.refunded, sale.report.amount);
        Some((target, line.reversed - again))
    }

    fn children(&self, at: usize) -> Vec<usize> {
        (0..self.commissions.len())
            .filter(|&child| self.commissions[child].given_again_of == Some(at))
            .collect()
    }

    /// Takes back the share of what was refunded so far.
    fn reverse(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if self.commissions[at].status == CommissionStatus::Rejected {
            return;
        }
        let mut by = target - gone;
        for child in self.children(at) {
            let part = by.min(self.commissions[child].net());
            if part > 0 {
                self.hit("what was given again was taken again");
                self.take(child, part);
                by -= part;
            }
        }
        if by > 0 {
            self.take(at, by);
        }
    }

    /// Gives again what a won dispute has taken.
    fn restore(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if self.commissions[at].status == CommissionStatus::Rejected {
            return;
        }
        let mut by = gone - target;
        let mut left = 0;
        for child in self.children(at) {
            let part = by.min(self.commissions[child].reversed);
            if part > 0 {
                left += self.give(child, part);
                by -= part;
            }
        }
        let part = by.min(self.commissions[at].reversed);
        if part > 0 {
            left += self.give(at, part);
        }
        if left > 0 {
            self.hit("a settled clawback was given again as a commission of its own");
            let of = self.commissions[at].clone();
            self.commissions.push(Commission {
                given_again_of: Some(at),
                ..Commission::free(of.affiliate, of.currency, left, self.now)
            });
        }
    }

    /// Brings what was rejected, and is not any more, to the share of its sale that is left: while it was
    /// rejected, neither refunds nor won disputes moved it.
    pub(super) fn catch_up(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if target < gone {
            let sale = self.commissions[at].source.map(|source| source.event);
            if (self.disputes.iter())
                .any(|dispute| Some(dispute.sale) == sale && dispute.status == DisputeStatus::Won)
            {
                self.hit("a rejection was undone after a dispute was won");
            }
            self.restore(at);
        } else {
            self.reverse(at);
        }
    }

    fn take(&mut self, at: usize, by: i64) {
        let line = self.commissions[at].clone();
        if matches!(
            line.status,
            CommissionStatus::Rejected | CommissionStatus::Reversed
        ) {
            return;
        }
        self.commissions[at].reversed += by;
        let payout = line.payout.map(|p| (p, self.payouts[p].status));
        match (line.status, payout) {
            (CommissionStatus::InPayout, Some((p, PayoutStatus::Draft))) => {
                self.hit("a refund shrank a draft");
                self.payouts[p].total -= by;
                if self.commissions[at].is_wholly_reversed() {
                    self.commissions[at].reverse_wholly();
                    self.commissions[at].payout = None;
                }
                if self.payouts[p].amount() <= 0 {
                    self.hit("a refund emptied a draft");
                    self.take_back(p);
                }
            }
            (CommissionStatus::InPayout | CommissionStatus::Paid, _) => {
                self.hit(if line.status == CommissionStatus::Paid {
                    "a refund after payment"
                } else {
                    "a refund of what is on its way"
                });
                self.commissions[at].clawed += by;
            }
            _ => {
                if self.commissions[at].is_wholly_reversed() {
                    self.hit("a commission was wholly reversed");
                    self.commissions[at].reverse_wholly();
                }
            }
        }
    }

    /// Gives again to where it was taken; answers with what cannot go there, because the clawback was
    /// carried by a payout already and the account is never above zero.
    fn give(&mut self, at: usize, by: i64) -> i64 {
        let line = self.commissions[at].clone();
        let payout = line.payout.map(|p| (p, self.payouts[p].status));
        match (line.status, payout) {
            (CommissionStatus::InPayout, Some((p, PayoutStatus::Draft))) => {
                self.hit("a won dispute gave to a draft");
                self.commissions[at].reversed -= by;
                self.payouts[p].total += by;
                0
            }
            (CommissionStatus::InPayout | CommissionStatus::Paid, _) => {
                let owed = -self.balance(line.affiliate, line.currency).clawback;
                let settled = by.min(line.clawed).min(owed);
                self.commissions[at].reversed -= settled;
                self.commissions[at].clawed -= settled;
                if settled > 0 {
                    self.hit("a won dispute settled a clawback");
                }
                by - settled
            }
            (CommissionStatus::Reversed, _) => {
                self.hit("a won dispute revived a commission");
                self.commissions[at].reversed -= by;
                self.revive(at);
                0
            }
            _ => {
                self.hit("a won dispute gave to what is unpaid");
                self.commissions[at].reversed -= by;
                0
            }
        }
    }

    /// What was wholly reversed and has something again goes back to where it was, as its referral
    /// stands by now.
    fn revive(&mut self, at: usize) {
        let line = self.commissions[at].clone();
        let was_approved = line.before_reversal != CommissionStatus::Pending;
        let referral = line.referral.map(|r| self.referrals[r].status);
        self.commissions[at].status = match referral {
            Some(ReferralStatus::Rejected) => CommissionStatus::Rejected,
            Some(ReferralStatus::Pending) => CommissionStatus::Pending,
            _ if was_approved => CommissionStatus::Approved,
            _ => CommissionStatus::Pending,
        };
        self.commissions[at].with_referral = true;
        self.commissions[at].revived_rejected = referral == Some(ReferralStatus::Rejected);
        if self.approves_itself(at) {
            self.set_approved(at);
        }
    }
}
