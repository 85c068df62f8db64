//! What comes after a history: money that was paid comes back, is drafted and paid again, and comes back once more.

use domain::status::PayoutStatus;

use super::{Dice, Step};
use crate::model::Model;

/// The next step of it; none where nothing was paid. The dice are its own, so that the histories stay what they are.
pub fn afterwards(dice: &mut Dice, model: &Model) -> Option<Step> {
    let of = |status: PayoutStatus| -> Vec<usize> {
        (0..model.payouts.len())
            .filter(|&at| model.payouts[at].status == status)
            .collect()
    };
    let (paid, drafts) = (of(PayoutStatus::Paid), of(PayoutStatus::Draft));
    let back = of(PayoutStatus::Returned);
    if back.is_empty() || dice.chance(40) {
        return (!paid.is_empty()).then(|| Step::Return(dice.one(&paid)));
    }
    if !drafts.is_empty() && dice.chance(60) {
        return Some(Step::MarkPaid(dice.one(&drafts)));
    }
    let affiliate = model.payouts[dice.one(&back)].affiliate;
    Some(Step::PayAffiliate(affiliate))
}
