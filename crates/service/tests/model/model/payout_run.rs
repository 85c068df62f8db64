//! Payout runs: begun, drafted, submitted with their total, paid.

use std::collections::BTreeMap;

use domain::money::Currency;
use domain::status::{PayoutRunState, PayoutStatus};

use super::{Answer, Model};
use crate::history::{DAY, RunIn};

/// A payout run whose payouts are drafted.
#[derive(Debug, Clone)]
pub struct Run {
    pub payouts: Vec<usize>,
    pub state: PayoutRunState,
}

/// Who is in a payout run, and the instant before which what it pays was approved.
pub struct Members {
    pub included: Vec<(usize, Currency)>,
    pub before: i64,
}

impl Model {
    /// Who is in a run: everyone with something approved before the end of its last day, but for those who
    /// may not be paid, and whoever is left out.
    pub fn members(&self, input: &RunIn) -> Members {
        let last = self.at(self.now - input.days_ago * DAY);
        let next = last.tomorrow().expect("a day").start_of_day();
        let before = next.expect("it begins").timestamp().as_millisecond();
        let mut included = Vec::new();
        for affiliate in 0..self.approved.len() {
            let group = self.world.affiliates[affiliate].group;
            let is_out = input.leave_out == Some(affiliate) || !self.approved[affiliate];
            if is_out || input.group.is_some_and(|wanted| group != Some(wanted)) {
                continue;
            }
            for currency in self.currencies_of(affiliate) {
                let lines = self.approved_before(affiliate, currency, before);
                let total: i64 = lines.iter().map(|&at| self.commissions[at].payable()).sum();
                let fits = input.currency.is_none_or(|wanted| wanted == currency);
                let carried = self.balance(affiliate, currency).clawback;
                if fits && !lines.is_empty() && total + carried > 0 {
                    included.push((affiliate, currency));
                }
            }
        }
        Members { included, before }
    }

    fn approved_before(&self, affiliate: usize, currency: Currency, before: i64) -> Vec<usize> {
        let mut lines = self.approved_of(affiliate, currency);
        lines.retain(|&at| self.commissions[at].touched < before);
        lines
    }

    pub(super) fn run(&mut self, input: &RunIn) -> Answer {
        let Members { included, before } = self.members(input);
        if included.is_empty() {
            return Answer::Refused;
        }
        if input.leave_out.is_some_and(|out| {
            let everyone = RunIn {
                leave_out: None,
                ..*input
            };
            let all = self.members(&everyone).included;
            all.iter().any(|member| member.0 == out)
        }) {
            self.hit("an affiliate was left out of a run");
        }
        let run = self.runs.len();
        let mut payouts = Vec::new();
        for (affiliate, currency) in included {
            let lines = self.approved_before(affiliate, currency, before);
            if lines.len() < self.approved_of(affiliate, currency).len() {
                self.hit("a run's last day left a commission out");
            }
            if self.balance(affiliate, currency).clawback < 0 {
                self.hit("a run carried a clawback forward");
            }
            payouts.push(self.draft_of(affiliate, currency, &lines, Some(run)));
        }
        if payouts.len() > 1 {
            self.hit("a run drafted several payouts");
        }
        self.runs.push(Run {
            payouts,
            state: PayoutRunState::Drafted,
        });
        self.hit("a run was drafted");
        Answer::Done(Vec::new())
    }

    /// What the payouts of a run add up to by currency, but for cancelled ones; as a form shows it.
    pub fn run_total(&self, run: usize, only: Option<PayoutStatus>) -> String {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for &at in &self.runs[run].payouts {
            let payout = &self.payouts[at];
            if payout.status != PayoutStatus::Cancelled && only.is_none_or(|s| s == payout.status) {
                *sums.entry(payout.currency).or_default() += payout.amount();
            }
        }
        let texts: Vec<String> = sums
            .into_iter()
            .map(|(currency, sum)| format!("{} {sum}", currency.code()))
            .collect();
        texts.join(", ")
    }

    fn payouts_of(&self, run: usize, status: PayoutStatus) -> Vec<usize> {
        let mut payouts = self.runs[run].payouts.clone();
        payouts.retain(|&at| self.payouts[at].status == status);
        payouts
    }

    pub(super) fn submit_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        if found.state != PayoutRunState::Drafted || self.run_total(run, None).is_empty() {
            return Answer::Refused;
        }
        for at in self.payouts_of(run, PayoutStatus::Draft) {
            self.payouts[at].status = PayoutStatus::Pending;
        }
        self.runs[run].state = PayoutRunState::Approved;
        self.hit("a run was submitted");
        Answer::Done(Vec::new())
    }

    pub(super) fn pay_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        let waiting = self.payouts_of(run, PayoutStatus::Pending);
        if found.state != PayoutRunState::Approved || waiting.is_empty() {
            return Answer::Refused;
        }
        for at in waiting {
            self.pay_payout(at);
        }
        self.runs[run].state = PayoutRunState::Paid;
        self.hit("a run was paid");
        Answer::Done(Vec::new())
    }

    pub(super) fn cancel_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        let open = matches!(
            found.state,
            PayoutRunState::Drafted | PayoutRunState::Approved
        );
        // One whose payouts have all ended has ended with them.
        let ended = found.state == PayoutRunState::Approved
            && self.payouts_of(run, PayoutStatus::Draft).is_empty()
            && self.payouts_of(run, PayoutStatus::Pending).is_empty();
        if !open || ended || !self.payouts_of(run, PayoutStatus::Paid).is_empty() {
            return Answer::Refused;
        }
        for status in [PayoutStatus::Draft, PayoutStatus::Pending] {
            for at in self.payouts_of(run, status) {
                self.take_back(at);
            }
        }
        self.runs[run].state = PayoutRunState::Cancelled;
        self.hit("a run was cancelled");
        Answer::Done(Vec::new())
    }
}
