//! Who stands above whom.

use super::{Answer, Model};

impl Model {
    /// Puts an affiliate below another one, or below nobody. What was earned before stays where it is.
    pub(super) fn set_parent(&mut self, affiliate: usize, parent: Option<usize>) -> Answer {
        let mut above = parent;
        while let Some(person) = above {
            if person == affiliate {
                self.hit("a circle of affiliates was refused");
                return Answer::Refused;
            }
            above = self.world.affiliates[person].parent;
        }
        let found = &mut self.world.affiliates[affiliate].parent;
        if *found != parent {
            *found = parent;
            self.moved.insert(affiliate);
        }
        Answer::Done(Vec::new())
    }
}
