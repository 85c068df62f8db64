//! Rules and their versions.

use super::{Answer, Model};
use crate::history::RuleSpec;

/// A version of a rule.
#[derive(Debug, Clone)]
pub struct Version {
    pub spec: RuleSpec,
    pub effective_from: i64,
}

impl Model {
    pub(super) fn change_rule(
        &mut self,
        rule: usize,
        spec: &RuleSpec,
        from: Option<i64>,
    ) -> Answer {
        let Some(versions) = self.rules.get(rule) else {
            return Answer::Void;
        };
        let newest = versions.last().expect("a version");
        let from_now = from.unwrap_or(self.now.max(newest.effective_from));
        if from_now < newest.effective_from {
            return Answer::Refused;
        }
        // What says the same is no version.
        if newest.spec == *spec && from.is_none_or(|from| from == newest.effective_from) {
            return Answer::Done(Vec::new());
        }
        self.rules[rule].push(Version {
            spec: spec.clone(),
            effective_from: from_now,
        });
        self.hit("a rule changed");
        Answer::Done(Vec::new())
    }

    /// The version of a rule that is in force at an instant.
    pub(super) fn version(&self, rule: usize, at: i64) -> Option<usize> {
        let versions = &self.rules[rule];
        let mut found: Option<usize> = None;
        for (number, version) in versions.iter().enumerate() {
            let later = found.is_none_or(|f| version.effective_from >= versions[f].effective_from);
            if version.effective_from <= at && later {
                found = Some(number);
            }
        }
        found.filter(|&number| versions[number].spec.active)
    }

    pub(super) fn spec_at(&self, rule: usize, at: i64) -> &RuleSpec {
        let version = self.version(rule, at).expect("in force");
        &self.rules[rule][version].spec
    }
}
