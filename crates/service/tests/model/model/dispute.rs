//! Disputes: taken like a refund until one is won; reports come twice and in any order.

use domain::status::DisputeStatus;

use super::{Answer, Model};
use crate::history::{DisputeReport, On};

#[derive(Debug, Clone)]
pub struct Dispute {
    pub id: String,
    pub sale: usize,
    pub amount: i64,
    /// What it takes of the sale now.
    taken: i64,
    pub status: DisputeStatus,
    decided: i64,
    reports: Vec<(DisputeStatus, i64)>,
}

impl Model {
    pub(super) fn dispute(&mut self, report: &DisputeReport) -> Answer {
        let Some(found) = self.events.get(report.sale) else {
            return Answer::Void;
        };
        if found.report.on != On::Sale || found.seen_twice {
            return Answer::Void;
        }
        let at = report.occurred.unwrap_or(self.now);
        if at > self.now + 300_000 {
            return Answer::Refused;
        }
        let left = found.report.amount - found.refunded;
        let status = report.status;
        let known = self.disputes.iter().position(|d| d.id == report.id);
        let Some(known) = known else {
            let amount = report.amount.unwrap_or(left);
            if amount <= 0 || amount > left {
                return Answer::Refused;
            }
            let taken = if status == DisputeStatus::Won {
                0
            } else {
                amount
            };
            self.disputes.push(Dispute {
                id: report.id.clone(),
                sale: report.sale,
                amount,
                taken,
                status,
                decided: at,
                reports: vec![(status, at)],
            });
            self.hit("a dispute");
            if taken > 0 {
                self.move_sale(report.sale, taken);
            }
            return Answer::Done(Vec::new());
        };
        let dispute = self.disputes[known].clone();
        if dispute.sale != report.sale || report.amount.is_some_and(|a| a != dispute.amount) {
            return Answer::Refused;
        }
        let again = dispute.reports.iter().any(|&(s, when)| {
            s == status && (s == dispute.status || report.occurred.is_none_or(|at| at == when))
        });
        if again {
            self.hit("a repeated dispute");
            return Answer::Known(Vec::new());
        }
        self.disputes[known].reports.push((status, at));
        let counts = match (dispute.status, status) {
            (_, DisputeStatus::Opened) => false,
            (DisputeStatus::Opened, _) => true,
            _ => at >= dispute.decided,
        };
        if !counts {
            self.hit("a report of a dispute that came late");
            return Answer::Done(Vec::new());
        }
        let taken = match status {
            DisputeStatus::Won => 0,
            _ if dispute.taken > 0 => dispute.taken,
            _ => dispute.amount.min(left),
        };
        self.hit(if status == DisputeStatus::Won {
            "a dispute was won"
        } else {
            "a dispute was lost"
        });
        let found = &mut self.disputes[known];
        (found.status, found.taken, found.decided) = (status, taken, at);
        if taken != dispute.taken {
            self.move_sale(report.sale, taken - dispute.taken);
        }
        Answer::Done(Vec::new())
    }
}
