//! A payout in words: how it is paid, and its life.

use domain::status::PayoutStatus;
use service::store::programme::payout::Payout;

use super::money::payout_badge;
use crate::language::t;
use crate::moment::Moment;
use crate::ui::{Choice, Step, StepState, Tone, status_label as words};

/// Ways of paying that forms offer, with the keys of their words; a stored one that is not among them stays as
/// it is.
const PAYOUT_METHODS: &[(&str, &str)] = &[
    ("bank_transfer", "method-bank-transfer"),
    ("paypal", "method-paypal"),
    ("wise", "method-wise"),
    ("stripe", "method-stripe"),
    ("other", "method-other"),
];

/// The word for a way of paying.
pub(crate) fn payout_method_label(method: &str) -> String {
    let known = PAYOUT_METHODS.iter().find(|(word, _)| *word == method);
    known.map_or_else(|| words(method), |(_, key)| t(key).to_owned())
}

/// Ways of paying to choose from; `none` is the word for no choice.
pub(crate) fn payout_methods(chosen: &str, none: &str) -> Vec<Choice> {
    let own = (!chosen.is_empty() && !PAYOUT_METHODS.iter().any(|(word, _)| *word == chosen))
        .then(|| (chosen.to_owned(), payout_method_label(chosen)));
    let known = PAYOUT_METHODS
        .iter()
        .map(|&(word, key)| (word.to_owned(), t(key).to_owned()));
    Choice::list(
        std::iter::once((String::new(), none.to_owned()))
            .chain(known)
            .chain(own),
        chosen,
    )
}

/// Its life as a timeline.
pub(crate) fn steps(
    payout: &Payout,
    made: &Moment,
    paid: Option<&Moment>,
    changed: &Moment,
) -> Vec<Step> {
    let step = |title: &str, detail: &str, at: &str, tone, state| Step {
        title: title.to_owned(),
        detail: detail.to_owned(),
        at: at.to_owned(),
        tone,
        state,
    };
    let status = payout.status;
    let draft_state = if status == PayoutStatus::Draft {
        StepState::Current
    } else {
        StepState::Done
    };
    let mut steps = vec![step(
        t("status-draft"),
        t("payout-draft-text"),
        &made.full,
        Tone::Neutral,
        draft_state,
    )];
    match status {
        PayoutStatus::Cancelled => {
            let detail = if payout.note.is_empty() {
                t("payout-cancelled-text")
            } else {
                &payout.note
            };
            steps.push(step(
                t("status-cancelled"),
                detail,
                &changed.full,
                Tone::Error,
                StepState::Current,
            ));
        }
        PayoutStatus::Paid => {
            let at = paid.map_or("", |paid| paid.full.as_str());
            steps.push(step(
                t("status-paid"),
                payout.reference.as_deref().unwrap_or_default(),
                at,
                Tone::Success,
                StepState::Current,
            ));
        }
        PayoutStatus::Returned => {
            steps.push(step(
                t("status-paid"),
                payout.reference.as_deref().unwrap_or_default(),
                paid.map_or("", |paid| paid.full.as_str()),
                Tone::Success,
                StepState::Done,
            ));
            steps.push(step(
                t("status-returned"),
                t("payout-returned-text"),
                &changed.full,
                Tone::Error,
                StepState::Current,
            ));
        }
        PayoutStatus::Draft => {
            steps.push(step(
                t("step-approved"),
                t("payout-approved-text"),
                "",
                Tone::Neutral,
                StepState::Upcoming,
            ));
            steps.push(step(
                t("status-paid"),
                "",
                "",
                Tone::Neutral,
                StepState::Upcoming,
            ));
        }
        PayoutStatus::Pending
        | PayoutStatus::Sending
        | PayoutStatus::Failed
        | PayoutStatus::Unknown => {
            let (title, tone) = payout_badge(status);
            let (title, detail) = match status {
                PayoutStatus::Sending => (title, t("payout-sending-text")),
                PayoutStatus::Unknown => (title, t("payout-unknown-text")),
                PayoutStatus::Failed => (title, t("payout-failed-text")),
                _ => (
                    t("payout-approved-to-pay").to_owned(),
                    t("payout-carry-text"),
                ),
            };
            steps.push(step(
                &title,
                detail,
                &changed.full,
                tone,
                StepState::Current,
            ));
            steps.push(step(
                t("status-paid"),
                "",
                "",
                Tone::Neutral,
                StepState::Upcoming,
            ));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_methods_stay() {
        let choices = payout_methods("western_union", "As the business");
        assert!(
            choices
                .iter()
                .any(|choice| choice.selected && choice.label == "Western union")
        );
        assert!(payout_methods("", "None")[0].selected);
    }
}
