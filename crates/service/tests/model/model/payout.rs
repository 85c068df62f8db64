//! Payouts: drafted, approved, paid, cancelled, come back.

use std::collections::BTreeSet;

use domain::money::Currency;
use domain::status::{CommissionStatus, PayoutRunState, PayoutStatus};

use super::{Answer, Model};

#[derive(Debug, Clone)]
pub struct Payout {
    pub affiliate: usize,
    pub currency: Currency,
    pub total: i64,
    pub carried: i64,
    pub status: PayoutStatus,
    run: Option<usize>,
}

impl Payout {
    pub fn amount(&self) -> i64 {
        self.total + self.carried
    }
}

impl Model {
    pub fn currencies_of(&self, affiliate: usize) -> Vec<Currency> {
        let all: BTreeSet<Currency> = self
            .commissions
            .iter()
            .filter(|line| line.affiliate == affiliate)
            .map(|line| line.currency)
            .collect();
        all.into_iter().collect()
    }

    pub(super) fn approved_of(&self, affiliate: usize, currency: Currency) -> Vec<usize> {
        (0..self.commissions.len())
            .filter(|&at| {
                let line = &self.commissions[at];
                line.affiliate == affiliate
                    && line.currency == currency
                    && line.status == CommissionStatus::Approved
                    && line.payable() != 0
            })
            .collect()
    }

    pub(super) fn pay_all(&mut self) -> Answer {
        for affiliate in 0..self.approved.len() {
            if !self.approved[affiliate] {
                continue;
            }
            for currency in self.currencies_of(affiliate) {
                let total: i64 = self
                    .approved_of(affiliate, currency)
                    .iter()
                    .map(|&at| self.commissions[at].payable())
                    .sum();
                let amount = total + self.balance(affiliate, currency).clawback;
                let minimum = self.world.minimum(affiliate, currency);
                if amount >= minimum {
                    self.draft(affiliate, currency, None);
                } else if amount > 0 {
                    self.hit("a minimum was not reached");
                }
            }
        }
        Answer::Done(Vec::new())
    }

    /// Drafts a payout of everything approved, or of one commission; none when nothing would be paid.
    pub(super) fn draft(
        &mut self,
        affiliate: usize,
        currency: Currency,
        only: Option<usize>,
    ) -> Option<usize> {
        let mut lines = self.approved_of(affiliate, currency);
        if let Some(only) = only {
            lines.retain(|&at| at == only);
        }
        let total: i64 = lines.iter().map(|&at| self.commissions[at].payable()).sum();
        let carried = self.balance(affiliate, currency).clawback;
        if lines.is_empty() {
            return None;
        }
        if total + carried <= 0 {
            self.hit("no payout, since nothing would be paid");
            return None;
        }
        if carried < 0 {
            self.hit("a clawback was carried forward");
        }
        if self
            .commissions
            .iter()
            .any(|l| l.affiliate == affiliate && l.currency != currency)
        {
            self.hit("an affiliate of several currencies was paid");
        }
        let before = self.payouts.iter().any(|p| {
            (p.affiliate, p.currency, p.status) == (affiliate, currency, PayoutStatus::Paid)
        });
        if before {
            self.hit("a second payout of a currency");
        }
        Some(self.draft_of(affiliate, currency, &lines, None))
    }

    /// Drafts a payout of these commissions and of what is carried forward.
    pub(super) fn draft_of(
        &mut self,
        affiliate: usize,
        currency: Currency,
        lines: &[usize],
        run: Option<usize>,
    ) -> usize {
        self.payouts.push(Payout {
            affiliate,
            currency,
            total: lines.iter().map(|&at| self.commissions[at].payable()).sum(),
            carried: self.balance(affiliate, currency).clawback,
            status: PayoutStatus::Draft,
            run,
        });
        let payout = self.payouts.len() - 1;
        for &at in lines {
            self.commissions[at].status = CommissionStatus::InPayout;
            self.commissions[at].payout = Some(payout);
        }
        self.hit("a payout was drafted");
        payout
    }

    pub(super) fn approve_payout(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        if payout.status != PayoutStatus::Draft || self.is_in_run(at) {
            return Answer::Refused;
        }
        self.payouts[at].status = PayoutStatus::Pending;
        Answer::Done(Vec::new())
    }

    pub(super) fn mark_paid(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        let open = matches!(payout.status, PayoutStatus::Draft | PayoutStatus::Pending);
        if !open || self.is_in_run(at) {
            return Answer::Refused;
        }
        self.pay_payout(at);
        Answer::Done(Vec::new())
    }

    /// While a run has a payout and is not approved, nobody approves or pays it by itself.
    fn is_in_run(&mut self, at: usize) -> bool {
        let state = self.payouts[at].run.map(|run| self.runs[run].state);
        let held = matches!(
            state,
            Some(PayoutRunState::Drafted | PayoutRunState::Submitted)
        );
        if held {
            self.hit("a payout of a run is not paid by itself");
        }
        held
    }

    pub(super) fn pay_payout(&mut self, at: usize) {
        self.payouts[at].status = PayoutStatus::Paid;
        for line in &mut self.commissions {
            if line.payout == Some(at) {
                line.status = CommissionStatus::Paid;
            }
        }
        self.hit("a payout was paid");
    }

    pub(super) fn cancel_payout(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        match payout.status {
            PayoutStatus::Draft => self.hit("a draft was cancelled"),
            PayoutStatus::Pending => self.hit("a pending payout was cancelled"),
            _ => return Answer::Refused,
        }
        self.take_back(at);
        Answer::Done(Vec::new())
    }

    /// The money of a payout comes back: it is owed again as if it had been cancelled.
    pub(super) fn come_back(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        if payout.status != PayoutStatus::Paid {
            return Answer::Refused;
        }
        self.hit("money that was paid came back");
        self.free(at, PayoutStatus::Returned);
        Answer::Done(Vec::new())
    }

    pub(super) fn take_back(&mut self, at: usize) {
        self.free(at, PayoutStatus::Cancelled);
    }

    /// Ends a payout: what it carried is owed again, and what was clawed back while it was on its way, or
    /// since it was paid, is settled with what comes back, as far as no other payout has carried it.
    fn free(&mut self, at: usize, to: PayoutStatus) {
        self.payouts[at].status = to;
        let payout = self.payouts[at].clone();
        let mut left = -self.balance(payout.affiliate, payout.currency).clawback;
        let mut lines: Vec<usize> = (0..self.commissions.len())
            .filter(|&line| self.commissions[line].payout == Some(at))
            .collect();
        lines.sort_by(|&a, &b| self.commissions[a].rank.cmp(&self.commissions[b].rank));
        for line in lines {
            let line = &mut self.commissions[line];
            let settled = left.min(line.clawed);
            left -= settled;
            line.clawed -= settled;
            line.payout = None;
            if line.is_wholly_reversed() {
                line.reverse_wholly();
            } else {
                line.status = CommissionStatus::Approved;
            }
            if settled > 0 {
                self.reached.insert(match to {
                    PayoutStatus::Returned => "what came back settled a clawback",
                    _ => "a cancelled payout settled a clawback",
                });
            }
        }
    }

    pub(super) fn pay_commission(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get(at).cloned() else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Approved {
            return Answer::Refused;
        }
        match self.draft(line.affiliate, line.currency, Some(at)) {
            Some(payout) => {
                self.hit("one commission was paid by hand");
                self.mark_paid(payout)
            }
            None => Answer::Refused,
        }
    }
}
