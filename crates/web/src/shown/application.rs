//! Applications as both faces show them.

use domain::application::{NO, YES};
use domain::status::{ApplicationState, QuestionKind};

use crate::language::t;
use crate::ui::Tone;

/// An answer for people.
pub(crate) fn answer(kind: QuestionKind, stored: &str) -> String {
    match (kind, stored) {
        (QuestionKind::YesNo, YES) => t("apply-yes").to_owned(),
        (QuestionKind::YesNo, NO) => t("apply-no").to_owned(),
        (_, stored) => stored.to_owned(),
    }
}

/// The word and colour of a state.
pub(crate) const fn state_badge(state: ApplicationState) -> (&'static str, Tone) {
    match state {
        ApplicationState::Pending => ("Pending", Tone::Warning),
        ApplicationState::Approved => ("Approved", Tone::Success),
        ApplicationState::Rejected => ("Rejected", Tone::Neutral),
    }
}

/// A kind of question for people.
pub(crate) const fn kind_label(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::ShortText => "Short text",
        QuestionKind::LongText => "Long text",
        QuestionKind::Choice => "Choice",
        QuestionKind::YesNo => "Yes or no",
        QuestionKind::Url => "Web address",
    }
}
