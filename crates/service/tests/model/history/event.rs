//! Leads and sales, refunds and disputes.

use domain::rule::Recurrence;
use domain::status::{CommissionStatus, DisputeStatus};

use super::{
    Author, CAMPAIGNS, COUNTRIES, COUPONS, CURRENCIES, CUSTOMERS, Code, DAY, Dice, DisputeReport,
    EARNERS, LEADS, On, PRODUCTS, Report, SALES, Step,
};
use crate::model::Model;

impl Author {
    pub(super) fn report(&mut self, number: usize, model: &Model) -> Report {
        let dice = &mut self.dice;
        let on = if dice.chance(15) { On::Lead } else { On::Sale };
        let code = match dice.below(20) {
            0 => Code::Unknown,
            1 => Code::None,
            _ => {
                let affiliate = if dice.chance(65) {
                    0
                } else {
                    dice.below(EARNERS)
                };
                Code::Of(affiliate, dice.below(CAMPAIGNS))
            }
        };
        let occurred = match dice.below(20) {
            0..4 => Some(model.now - dice.between(0, 60 * DAY)),
            4..7 => {
                let month = model.month_begin(model.now - dice.between(0, 31 * DAY));
                let near = dice.one(&[-3_600_000, -1, 0, 1, 3_600_000]);
                Some((month + near).min(model.now))
            }
            7 => Some(model.now + dice.between(0, 300_000)),
            8 if dice.chance(25) => Some(model.now + 300_001),
            _ => None,
        };
        let customer = dice.below(CUSTOMERS);
        // Where the months of a rule end for the customer, and just before.
        let months: Vec<i64> = (model.rules.iter().flatten())
            .filter_map(|version| match version.spec.recurrence {
                Recurrence::Months(months) => Some(months),
                _ => None,
            })
            .collect();
        let first = model.first_sale(customer).filter(|_| !months.is_empty());
        let ends = first.filter(|_| dice.chance(25)).map(|first| {
            let end = model.months_after(first, dice.one(&months));
            end - dice.between(0, 1)
        });
        let occurred = ends.filter(|&end| end <= model.now).or(occurred);
        let source = if dice.chance(7) { "stripe" } else { "api" };
        let metadata = [("seats", "10"), ("seats", "2.50"), ("plan", "Yearly Plus")];
        let mut report = Report {
            on,
            source,
            id: format!("E{number}"),
            name: dice.one(&LEADS),
            customer,
            country: dice.maybe(40, |dice| dice.one(&COUNTRIES)),
            code,
            amount: 0,
            currency: None,
            tax: 0,
            shipping: 0,
            items: Vec::new(),
            coupon: dice.maybe(15, |dice| dice.one(&COUPONS)),
            metadata: dice
                .maybe(30, |dice| dice.one(&metadata))
                .into_iter()
                .collect(),
            occurred,
        };
        if on == On::Lead {
            return report;
        }
        report.name = dice.one(&SALES);
        report.currency = Some(if dice.chance(6) {
            dice.one(&CURRENCIES).parse().expect("a currency")
        } else {
            dice.one(&self.currencies)
        });
        report.amount = match dice.below(20) {
            0..2 => dice.between(0, 10),
            2..13 => dice.between(1, 20_000),
            13..19 => dice.between(1, 300_000),
            _ => dice.between(1, 10_000_000_000_000),
        };
        let most = report.amount / 3;
        report.tax = if dice.chance(45) {
            dice.between(0, most)
        } else {
            0
        };
        report.shipping = if dice.chance(30) {
            dice.between(0, most)
        } else {
            0
        };
        if dice.chance(2) {
            report.tax = report.amount + 1;
        }
        // Small items, on which the remainders of tax and shipping meet.
        let small = (3..=10).contains(&report.amount) && dice.chance(60);
        if small {
            (report.tax, report.shipping) = (most, most);
        }
        if small || dice.chance(45) {
            let many = dice.below(4) + 1;
            // Equal items: whose remainders are equal, too.
            let even = dice.chance(20);
            let each = report.amount / i64::try_from(many).expect("few");
            let mut left = report.amount;
            for at in 0..many {
                let part = if at + 1 == many {
                    left
                } else if even {
                    each
                } else {
                    dice.between(0, left)
                };
                left -= part;
                report.items.push((dice.one(&PRODUCTS), part));
            }
            if dice.chance(2) {
                report.items[0].1 += 1;
            }
        }
        report
    }

    pub(super) fn refund(&mut self, model: &Model) -> Option<Step> {
        let dice = &mut self.dice;
        if !self.told.is_empty() && dice.chance(8) {
            let (id, sale, amount) = self.told[dice.below(self.told.len())].clone();
            return Some(Step::Refund { id, sale, amount });
        }
        let open: Vec<usize> = (0..model.events.len())
            .filter(|&at| {
                let event = &model.events[at];
                event.report.on == On::Sale
                    && !event.seen_twice
                    && (event.refunded < event.report.amount || dice.chance(5))
            })
            .collect();
        if open.is_empty() {
            return None;
        }
        let sale = sale(dice, model, &open);
        let event = &model.events[sale];
        let left = event.report.amount - event.refunded;
        let amount = match dice.below(10) {
            0..4 => None,
            4..6 => Some((left / 3).max(1)),
            6 => Some(left + 1),
            _ => Some(dice.between(1, left.max(1))),
        };
        self.refunds += 1;
        let id = format!("R{}", self.refunds);
        self.told.push((id.clone(), sale, amount));
        Some(Step::Refund { id, sale, amount })
    }

    pub(super) fn dispute(&mut self, model: &Model) -> Option<Step> {
        let dice = &mut self.dice;
        let occurred = dice.maybe(25, |dice| model.now - dice.between(0, 3 * DAY));
        if !model.disputes.is_empty() && dice.chance(65) {
            let known = &model.disputes[dice.below(model.disputes.len())];
            let status = match dice.below(10) {
                0 => DisputeStatus::Opened,
                1..4 => DisputeStatus::Lost,
                _ => DisputeStatus::Won,
            };
            return Some(Step::Dispute(DisputeReport {
                id: known.id.clone(),
                sale: known.sale,
                amount: dice.maybe(10, |dice| known.amount + dice.between(0, 1)),
                status,
                occurred,
            }));
        }
        let open: Vec<usize> = (0..model.events.len())
            .filter(|&at| {
                let event = &model.events[at];
                event.report.on == On::Sale
                    && !event.seen_twice
                    && event.refunded < event.report.amount
            })
            .collect();
        if open.is_empty() {
            return None;
        }
        let sale = sale(dice, model, &open);
        let event = &model.events[sale];
        let left = event.report.amount - event.refunded;
        let amount = dice.maybe(50, |dice| dice.between(1, left));
        let status = match dice.below(20) {
            0 => DisputeStatus::Won,
            1..4 => DisputeStatus::Lost,
            _ => DisputeStatus::Opened,
        };
        let id = format!("D{}", model.disputes.len());
        Some(Step::Dispute(DisputeReport {
            id,
            sale,
            amount,
            status,
            occurred,
        }))
    }
}

/// One of these sales, rather one of which something is paid or on its way.
fn sale(dice: &mut Dice, model: &Model, open: &[usize]) -> usize {
    let mut gone: Vec<usize> = open.to_vec();
    gone.retain(|&event| {
        model.lines_of(event).iter().any(|&line| {
            let status = model.commissions[line].status;
            matches!(status, CommissionStatus::InPayout | CommissionStatus::Paid)
        })
    });
    // Or one of which something was given again.
    let again: Vec<usize> = (model.commissions.iter())
        .filter_map(|line| model.commissions[line.given_again_of?].source)
        .map(|source| source.event)
        .filter(|event| open.contains(event))
        .collect();
    if !again.is_empty() && dice.chance(60) {
        gone = again;
    } else if gone.is_empty() || dice.chance(40) {
        gone = open.to_vec();
    }
    dice.one(&gone)
}
