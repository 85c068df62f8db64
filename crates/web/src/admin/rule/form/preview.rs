//! What was typed, read back beside the form.

use domain::money::Currency;
use domain::rule::{Condition, Rule, describe};
use jiff::tz::TimeZone;
use service::Work;
use service::programme::rule::RuleIn;

use super::example::{self, Example};
use super::typed::Typed;
use crate::error::PageError;

/// The rule as a sentence, with its example; or what is missing.
#[derive(Default)]
pub(super) struct Preview {
    pub sentence: String,
    pub missing: Vec<String>,
    pub example: Example,
}

impl Preview {
    /// Reads what was typed; `kept` are conditions that the form cannot show and that stay.
    pub(super) async fn new(
        work: &mut Work,
        typed: &Typed,
        kept: Option<&Condition>,
        own: Currency,
        zone: &TimeZone,
    ) -> Result<Self, PageError> {
        let input = match typed.parse(work, zone, own, false).await? {
            Ok(input) => input,
            Err(errors) => {
                return Ok(Self::lacking(
                    errors.messages().map(str::to_owned).collect(),
                ));
            }
        };
        let mut rule = as_in_force(work, input);
        if kept.is_some() {
            rule.conditions = kept.cloned();
        }
        let problems = rule.validate();
        if !problems.is_empty() {
            let messages = problems.into_iter().map(|(_, message)| message);
            return Ok(Self::lacking(messages.collect()));
        }
        Ok(Self {
            sentence: format!("Pays {}.", describe(&rule, own)),
            missing: Vec::new(),
            example: example::work_out(typed, &rule, own, work.now, zone),
        })
    }

    fn lacking(missing: Vec<String>) -> Self {
        Self {
            missing,
            ..Self::default()
        }
    }
}

/// The rule that was typed, as if it were in force.
pub(super) fn as_in_force(work: &Work, input: RuleIn) -> Rule {
    let mut rule = input.rule(work.new_id(), work.now);
    rule.effective_from = work.now;
    rule
}
