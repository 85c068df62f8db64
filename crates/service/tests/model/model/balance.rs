//! What an affiliate has in a currency.

use domain::money::Currency;
use domain::status::{CommissionStatus, PayoutStatus};

use super::Model;

/// Balances of one affiliate in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    pub earned: i64,
    pub reversed: i64,
    pub pending: i64,
    pub approved: i64,
    pub in_payout: i64,
    pub paid: i64,
    pub clawback: i64,
    pub owed: i64,
}

impl Model {
    pub fn balance(&self, affiliate: usize, currency: Currency) -> Balance {
        let mut balance = Balance::default();
        for line in &self.commissions {
            if line.affiliate != affiliate || line.currency != currency {
                continue;
            }
            // What is given again is not earned anew: it is reversed less.
            if line.given_again_of.is_some() {
                balance.earned += line.adjusted;
                balance.reversed += line.reversed - line.amount;
            } else {
                balance.earned += line.due();
                balance.reversed += line.reversed;
            }
            balance.clawback -= line.clawed;
            match line.status {
                CommissionStatus::Pending => balance.pending += line.payable(),
                CommissionStatus::Approved => balance.approved += line.payable(),
                CommissionStatus::Rejected => balance.reversed += line.due() - line.reversed,
                CommissionStatus::InPayout
                | CommissionStatus::Paid
                | CommissionStatus::Reversed => {}
            }
        }
        for payout in &self.payouts {
            if payout.affiliate != affiliate || payout.currency != currency {
                continue;
            }
            match payout.status {
                PayoutStatus::Cancelled | PayoutStatus::Returned => continue,
                PayoutStatus::Paid => balance.paid += payout.amount(),
                _ => balance.in_payout += payout.amount(),
            }
            balance.clawback -= payout.carried;
        }
        balance.owed = balance.approved + balance.in_payout + balance.clawback;
        balance
    }
}
