//! Months that are closed beside a history, and what happens when the clock then stands in one of them.

use domain::status::CommissionStatus;

use super::{DAY, Dice, EARNERS, Step};
use crate::model::Model;

/// A month to be closed, now and then: mostly the last that is over, also one that is not or that is closed. The dice are
/// its own, so that the histories stay what they are.
pub fn closing(dice: &mut Dice, model: &Model) -> Option<Step> {
    let ago = dice.one(&[0, 1, 1, 1, 2, 3]);
    dice.maybe(15, |_| {
        Step::CloseMonth(model.month_number(model.now) - ago)
    })
}

/// What comes after a history in which months were closed: the last one is, and then the clock is set back into it.
pub fn behind(dice: &mut Dice, model: &Model, number: usize) -> Step {
    let last = model.month_number(model.now) - 1;
    match (number, model.closed) {
        (0, _) => return Step::CloseMonth(last),
        (1, Some((_, until))) => {
            return Step::Wait(until - model.now - dice.between(DAY, 20 * DAY));
        }
        _ => {}
    }
    let open: Vec<usize> = (0..model.commissions.len())
        .filter(|&at| model.commissions[at].status == CommissionStatus::Pending)
        .collect();
    match dice.below(3) {
        0 if number > 2 && !open.is_empty() => Step::Adjust {
            at: dice.one(&open),
            by: dice.between(-50, 50),
        },
        1 if number > 2 => Step::ApproveAll,
        _ => Step::Bonus {
            affiliate: dice.below(EARNERS),
            amount: dice.between(1, 4_000),
            currency: "USD".parse().expect("a currency"),
        },
    }
}
