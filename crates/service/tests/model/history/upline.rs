//! What comes after a history: affiliates get others above them, and sell on.

use super::{Author, Step};
use crate::model::Model;

impl Author {
    /// The next step of it: by turns somebody is moved, also into a circle, and something is recorded.
    pub fn moves(&mut self, number: usize, model: &Model) -> Step {
        if number % 2 == 1 {
            return Step::Record(self.report(self.length() + number, model));
        }
        let people = model.world.affiliates.len();
        // Most sales are of the first.
        let affiliate = if self.dice.chance(50) {
            0
        } else {
            self.dice.below(people)
        };
        Step::SetParent {
            affiliate,
            parent: self.dice.maybe(85, |dice| dice.below(people)),
        }
    }
}
