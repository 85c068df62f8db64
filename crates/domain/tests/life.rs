//! A random life of one affiliate, played over the pure rules alone: sales, refunds, disputes,
//! approvals, corrections, payouts and their ends in any order. After each step the books balance, and
//! what the ledger holds is what the commissions and payouts say.

use domain::balance::Balance;
use domain::commission::{Figures, Standing, WithCredits, refund_amount};
use domain::ledger::{Movement, Place, settleable};
use domain::money::percent;
use domain::payout::{Payable, Shrunk, change, draft, is_beyond_draft, shrink};
use domain::status::{Account, CommissionStatus, JournalKind, PayoutStatus, ReferralStatus};
use domain::time::UnixMs;
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Debug, Clone)]
enum Step {
    Sale { amount: i64, ppm: i64 },
    Credit(i64),
    Approve(usize),
    Undo(usize),
    Reject(usize),
    Adjust(usize, i64),
    Refund(usize, i64),
    RefundAll(usize),
    DisputeWon(usize),
    Draft,
    PayoutTo(usize, PayoutStatus),
}

fn step() -> impl Strategy<Value = Step> {
    let commission = 0usize..40;
    prop_oneof![
        4 => (0i64..100_000, 1i64..=1_000_000).prop_map(|(amount, ppm)| Step::Sale { amount, ppm }),
        1 => (-2_000i64..5_000).prop_map(Step::Credit),
        6 => commission.clone().prop_map(Step::Approve),
        1 => commission.clone().prop_map(Step::Undo),
        1 => commission.clone().prop_map(Step::Reject),
        1 => (commission.clone(), -500i64..500).prop_map(|(index, delta)| Step::Adjust(index, delta)),
        3 => (commission.clone(), 1i64..60_000).prop_map(|(index, amount)| Step::Refund(index, amount)),
        2 => commission.clone().prop_map(Step::RefundAll),
        2 => commission.prop_map(Step::DisputeWon),
        4 => Just(Step::Draft),
        6 => (0usize..8, prop::sample::select(PayoutStatus::ALL)).prop_map(|(index, status)| Step::PayoutTo(index, status)),
    ]
}

#[derive(Debug)]
struct Commission {
    sale: Option<i64>,
    refunded: i64,
    figures: Figures,
    status: CommissionStatus,
    /// The status before it was reversed.
    before: CommissionStatus,
    payout: Option<usize>,
    /// What won disputes gave again beside it.
    credits: Vec<usize>,
}

#[derive(Debug)]
struct Payout {
    total: i64,
    carried: i64,
    status: PayoutStatus,
}

#[derive(Debug, Default)]
struct Books {
    commissions: Vec<Commission>,
    payouts: Vec<Payout>,
    rows: Vec<(JournalKind, Account, i64)>,
}

impl Books {
    fn post(&mut self, movement: Movement) {
        let postings = movement.postings();
        assert_eq!(
            postings.iter().map(|posting| posting.amount).sum::<i64>(),
            0,
            "{movement:?}"
        );
        self.rows.extend(
            postings
                .iter()
                .map(|posting| (movement.kind(), posting.account, posting.amount)),
        );
    }

    fn balance(&self) -> Balance {
        Balance::from_sums(self.rows.iter().copied()).unwrap()
    }

    fn standing(&self, index: usize) -> Standing {
        let commission = &self.commissions[index];
        let referral = commission.sale.map(|_| ReferralStatus::Approved);
        Standing {
            status: commission.status,
            referral,
            hold_until: UnixMs(0),
            auto_approve: false,
        }
    }

    fn place(&self, index: usize) -> Option<Place> {
        let commission = &self.commissions[index];
        Some(match commission.status {
            CommissionStatus::Pending => Place::Pending,
            CommissionStatus::Approved => Place::Approved,
            CommissionStatus::InPayout
                if !is_beyond_draft(self.payouts[commission.payout?].status) =>
            {
                Place::DraftPayout
            }
            CommissionStatus::InPayout | CommissionStatus::Paid => Place::PaidOut,
            CommissionStatus::Reversed if commission.before == CommissionStatus::Pending => {
                Place::Pending
            }
            CommissionStatus::Reversed => Place::Approved,
            CommissionStatus::Rejected => return None,
        })
    }

    fn push(&mut self, sale: Option<i64>, amount: i64, status: CommissionStatus) {
        let figures = Figures {
            amount,
            ..Figures::default()
        };
        self.commissions.push(Commission {
            sale,
            refunded: 0,
            figures,
            status,
            before: status,
            payout: None,
            credits: Vec::new(),
        });
    }

    /// Posts the difference between what is reversed and what is to be.
    fn settle_refunds(&mut self, index: usize) {
        let Commission { sale, refunded, .. } = self.commissions[index];
        let Some(sale) = sale.filter(|sale| *sale > 0) else {
            return;
        };
        if self.commissions[index].status == CommissionStatus::Rejected {
            return;
        }
        let credits = self.commissions[index].credits.clone();
        let parts = self.with_credits(index).taken(refunded, sale).unwrap();
        for (&credit, part) in credits.iter().zip(parts.credits) {
            self.take(credit, part);
        }
        self.take(index, parts.commission);
        let parts = self.with_credits(index).given(refunded, sale).unwrap();
        let mut left = 0;
        for (&credit, part) in credits.iter().zip(parts.credits) {
            left += self.give(credit, part);
        }
        left += self.give(index, parts.commission);
        if left > 0 {
            self.post(Movement::restore(left, Place::Approved).unwrap());
            let credit = self.commissions.len();
            self.push(None, left, CommissionStatus::Approved);
            self.commissions[index].credits.push(credit);
        }
    }

    fn with_credits(&self, index: usize) -> WithCredits {
        let Commission {
            figures, credits, ..
        } = &self.commissions[index];
        WithCredits {
            commission: *figures,
            credits: credits
                .iter()
                .map(|&credit| self.commissions[credit].figures)
                .collect(),
        }
    }

    /// Takes `by` back from where the commission stands.
    fn take(&mut self, index: usize, by: i64) {
        if by == 0 {
            return;
        }
        let place = self.place(index).unwrap();
        self.post(Movement::reverse(by, place).unwrap());
        let figures = &mut self.commissions[index].figures;
        figures.reversed += by;
        figures.clawed_back += if place == Place::PaidOut { by } else { 0 };
        self.turn_with_figures(index);
        self.change_draft(index, place, by);
    }

    /// Gives `by` again to where the commission stands; answers with what cannot go there, because another
    /// payout has carried the clawback.
    fn give(&mut self, index: usize, by: i64) -> i64 {
        if by == 0 {
            return 0;
        }
        let place = self.place(index).unwrap();
        let mut here = by;
        if place == Place::PaidOut {
            let clawed_back = self.commissions[index].figures.clawed_back;
            here = settleable(by.min(clawed_back), self.balance().clawback);
            self.commissions[index].figures.clawed_back -= here;
        }
        if here > 0 {
            self.post(Movement::restore(here, place).unwrap());
            self.commissions[index].figures.reversed -= here;
            self.turn_with_figures(index);
            self.change_draft(index, place, -here);
        }
        by - here
    }

    fn turn_with_figures(&mut self, index: usize) {
        let Commission {
            status,
            before,
            figures,
            ..
        } = self.commissions[index];
        let after = self
            .standing(index)
            .after_reversal(&figures, before)
            .unwrap();
        let commission = &mut self.commissions[index];
        if after == CommissionStatus::Reversed && status != after {
            commission.before = if status == CommissionStatus::Pending {
                status
            } else {
                CommissionStatus::Approved
            };
        }
        commission.status = after;
    }

    /// What is taken of a commission in a draft (below zero: given to it) changes the draft.
    fn change_draft(&mut self, index: usize, place: Place, by: i64) {
        let commission = &mut self.commissions[index];
        let Some(payout) = commission.payout.filter(|_| place == Place::DraftPayout) else {
            return;
        };
        if commission.status == CommissionStatus::Reversed {
            commission.payout = None;
        }
        let Payout { total, carried, .. } = self.payouts[payout];
        self.payouts[payout].total -= by;
        if shrink(total, carried, by) == Shrunk::Cancelled {
            self.cancel(payout);
        }
    }

    fn cancel(&mut self, payout: usize) {
        let Payout {
            total,
            carried,
            status,
        } = self.payouts[payout];
        let returned = status == PayoutStatus::Paid;
        let to = if returned {
            PayoutStatus::Returned
        } else {
            PayoutStatus::Cancelled
        };
        self.payouts[payout].status = change(status, to).unwrap();
        let mut clawback = self.balance().clawback + carried;
        let mut settled = 0;
        for index in 0..self.commissions.len() {
            if self.commissions[index].payout != Some(payout) {
                continue;
            }
            let part = settleable(self.commissions[index].figures.clawed_back, clawback);
            (settled, clawback) = (settled + part, clawback + part);
            self.commissions[index].figures.clawed_back -= part;
            let figures = self.commissions[index].figures;
            let standing = self.standing(index);
            let status = if returned {
                standing.give_back(&figures)
            } else {
                standing.release(&figures)
            };
            let status = status.unwrap();
            let commission = &mut self.commissions[index];
            (commission.status, commission.before, commission.payout) =
                (status, CommissionStatus::Approved, None);
        }
        if returned {
            self.post(Movement::return_payout(total, carried, settled).unwrap());
        } else if total != 0 || carried != 0 {
            self.post(Movement::cancel_payout(total, carried, settled).unwrap());
        }
    }

    fn play(&mut self, step: &Step) {
        let count = self.commissions.len();
        let known = |index: usize| (count > 0).then(|| index % count);
        match *step {
            Step::Sale { amount, ppm } => {
                let reward = percent(amount, ppm).unwrap();
                if reward > 0 {
                    self.post(Movement::earn(reward).unwrap());
                    self.push(Some(amount), reward, CommissionStatus::Pending);
                }
            }
            Step::Credit(amount) => {
                if amount != 0 {
                    self.post(Movement::adjust(amount, Place::Approved).unwrap());
                    self.push(None, amount, CommissionStatus::Approved);
                }
            }
            Step::Approve(index) => self.turn(
                known(index),
                |s| s.approve(UnixMs(1), false),
                Movement::approve,
            ),
            Step::Reject(index) => self.turn(known(index), Standing::reject, Movement::reject),
            Step::Undo(index) => {
                let was = known(index).map(|index| self.commissions[index].status);
                let movement = if was == Some(CommissionStatus::Rejected) {
                    Movement::unreject
                } else {
                    Movement::unapprove
                };
                self.turn(known(index), Standing::undo, movement);
                if let Some(index) = known(index) {
                    self.settle_refunds(index);
                }
            }
            Step::Adjust(index, delta) => {
                let Some(index) = known(index) else { return };
                if let (Ok(adjusted), true, Some(place)) = (
                    self.standing(index)
                        .adjust(&self.commissions[index].figures, delta),
                    delta != 0,
                    self.place(index),
                ) {
                    self.post(Movement::adjust(delta, place).unwrap());
                    self.commissions[index].figures.adjusted = adjusted;
                }
            }
            Step::Refund(index, amount) => self.refund(known(index), Some(amount)),
            Step::RefundAll(index) => self.refund(known(index), None),
            Step::DisputeWon(index) => {
                if let Some(index) = known(index) {
                    self.commissions[index].refunded = 0;
                    self.settle_refunds(index);
                }
            }
            Step::Draft => self.draft(),
            Step::PayoutTo(index, to) => {
                if self.payouts.is_empty() {
                    return;
                }
                let index = index % self.payouts.len();
                let Payout {
                    total,
                    carried,
                    status,
                } = self.payouts[index];
                match (change(status, to), to) {
                    (Err(_), _) => {}
                    (Ok(_), PayoutStatus::Cancelled | PayoutStatus::Returned) => self.cancel(index),
                    (Ok(to), _) => {
                        self.payouts[index].status = to;
                        if to == PayoutStatus::Paid {
                            self.post(Movement::pay(total + carried).unwrap());
                            for other in 0..count {
                                if self.commissions[other].payout == Some(index) {
                                    self.commissions[other].status =
                                        self.standing(other).pay().unwrap();
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn turn<E>(
        &mut self,
        index: Option<usize>,
        to: impl Fn(&Standing) -> Result<CommissionStatus, E>,
        movement: impl Fn(i64) -> Result<Movement, domain::ledger::MovementError>,
    ) {
        let Some(index) = index else { return };
        if let Ok(status) = to(&self.standing(index)) {
            let payable = self.commissions[index].figures.payable().unwrap();
            if payable > 0 {
                self.post(movement(payable).unwrap());
            }
            self.commissions[index].status = status;
            self.commissions[index].before = status;
        }
    }

    fn refund(&mut self, index: Option<usize>, amount: Option<i64>) {
        let Some(index) = index else { return };
        let Some(sale) = self.commissions[index].sale else {
            return;
        };
        if let Ok(amount) = refund_amount(sale, self.commissions[index].refunded, amount) {
            self.commissions[index].refunded += amount;
            self.settle_refunds(index);
        }
    }

    fn draft(&mut self) {
        let approved: Vec<usize> = (0..self.commissions.len())
            .filter(|&index| self.standing(index).draft().is_ok())
            .collect();
        let payables: Vec<Payable> = approved
            .iter()
            .map(|&index| Payable {
                commission_id: Uuid::from_u128(index as u128).into(),
                amount: self.commissions[index].figures.payable().unwrap(),
            })
            .collect();
        if let Ok(made) = draft(&payables, self.balance().clawback, None) {
            self.post(Movement::draft(made.commissions_total, made.carried_forward).unwrap());
            for id in &made.commission_ids {
                let commission = &mut self.commissions[id.uuid().as_u128() as usize];
                assert_eq!(commission.payout, None, "never in two live payouts");
                (commission.status, commission.payout) =
                    (CommissionStatus::InPayout, Some(self.payouts.len()));
            }
            self.payouts.push(Payout {
                total: made.commissions_total,
                carried: made.carried_forward,
                status: PayoutStatus::Draft,
            });
        }
    }

    fn check(&self) {
        let balance = self.balance();
        balance.check().unwrap();
        let held = |status| -> i64 {
            self.commissions
                .iter()
                .filter(|c| c.status == status)
                .map(|c| c.figures.payable().unwrap())
                .sum()
        };
        assert_eq!(balance.pending, held(CommissionStatus::Pending));
        assert_eq!(balance.approved, held(CommissionStatus::Approved));
        let unpaid = |payout: &&Payout| {
            !matches!(
                payout.status,
                PayoutStatus::Paid | PayoutStatus::Cancelled | PayoutStatus::Returned
            )
        };
        assert_eq!(
            balance.in_payout,
            self.payouts
                .iter()
                .filter(unpaid)
                .map(|p| p.total + p.carried)
                .sum::<i64>()
        );
        assert_eq!(
            balance.paid,
            self.payouts
                .iter()
                .filter(|p| p.status == PayoutStatus::Paid)
                .map(|p| p.total + p.carried)
                .sum::<i64>()
        );
        assert!(
            self.payouts
                .iter()
                .filter(unpaid)
                .all(|payout| payout.total + payout.carried > 0)
        );
        assert_eq!(
            balance.owed,
            balance.approved + balance.in_payout + balance.clawback
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance_after_every_step(steps in prop::collection::vec(step(), 1..120)) {
        let mut books = Books::default();
        for step in &steps {
            books.play(step);
            books.check();
        }
        // In the end everything is refunded: nothing is left but what was paid and is owed back.
        for index in 0..books.commissions.len() {
            books.refund(Some(index), None);
            books.check();
        }
        for (index, commission) in books.commissions.iter().enumerate() {
            if commission.sale.is_some() && commission.status != CommissionStatus::Rejected {
                let credits = books.with_credits(index).credits;
                let net = |figures: &Figures| figures.net().unwrap();
                let left = net(&commission.figures) + credits.iter().map(net).sum::<i64>();
                // Of a credit a correction may have taken more than it had: that stands against the rest.
                let corrected = credits.iter().any(|credit| net(credit) < 0);
                prop_assert!(left == 0 || corrected && left < 0, "{left} is left");
            }
        }
    }
}
