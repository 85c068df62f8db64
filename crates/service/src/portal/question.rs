//! The questions that a business asks on its application form, beside name, address and audience.

use domain::application::{NO, YES};
use domain::id::QuestionId;
use domain::status::{QuestionKind, Scope};
use store::portal::question as rows;

pub use store::portal::question::Question;

use crate::check::Checks;
use crate::error::{Result, conflict, not_found};
use crate::identity::audit;
use crate::programme::affiliate::one_line;
use crate::work::Work;

/// Questions of a form.
pub const QUESTIONS_MAX: usize = 20;
/// Answers to choose from.
const CHOICES_MAX: usize = 20;
const CHOICE_LENGTH_MAX: usize = 100;
const SHORT_LENGTH_MAX: usize = 200;
const LONG_LENGTH_MAX: usize = 3_000;

/// A question as it is typed.
#[derive(Debug, Clone)]
pub struct QuestionIn {
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, 1 to 200 characters.
    pub label: String,
    /// A word of help, up to 300 characters.
    pub hint: String,
    /// The answers to choose from, one a line, two at least; for [`QuestionKind::Choice`].
    pub choices: String,
    /// Whether it must be answered.
    pub required: bool,
}

/// Which way a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Towards the first.
    Up,
    /// Towards the last.
    Down,
}

/// The answers of a choice.
#[must_use]
pub fn choices_of(question: &Question) -> Vec<&str> {
    question.choices.lines().collect()
}

/// The questions in their order.
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work) -> Result<Vec<Question>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx).await?)
}

/// One question.
///
/// # Errors
/// Not found; forbidden without `read`.
pub async fn get(work: &mut Work, id: QuestionId) -> Result<Question> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("question"))
}

fn checked(id: QuestionId, place: i64, input: QuestionIn) -> Result<Question> {
    let QuestionIn {
        kind,
        label,
        hint,
        choices,
        required,
    } = input;
    let mut checks = Checks::new();
    let label = one_line(&mut checks, "label", &label, 1, SHORT_LENGTH_MAX);
    let hint = one_line(&mut checks, "hint", &hint, 0, 300);
    let choices = if kind == QuestionKind::Choice {
        checked_choices(&mut checks, &choices)
    } else {
        String::new()
    };
    checks.done()?;
    Ok(Question {
        id,
        place,
        kind,
        label,
        hint,
        choices,
        required,
    })
}

fn checked_choices(checks: &mut Checks, text: &str) -> String {
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let all = lines.len();
    lines.sort_unstable();
    lines.dedup();
    if all < 2 {
        checks.fail("choices", "needs at least two answers, one a line");
    } else if all > CHOICES_MAX {
        checks.fail("choices", format!("has more than {CHOICES_MAX} answers"));
    } else if lines.len() < all {
        checks.fail("choices", "has the same answer twice");
    }
    for line in lines {
        checks.text("choices", line, 1..=CHOICE_LENGTH_MAX);
    }
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

async fn note(work: &mut Work, action: &'static str, question: &Question) -> Result<()> {
    audit::record(
        work,
        action,
        "question",
        &question.id.to_string(),
        &question.label,
    )
    .await?;
    work.changed(None);
    Ok(())
}

/// Adds a question at the end.
///
/// # Errors
/// Forbidden without `manage`; invalid by field; a conflict when there are [`QUESTIONS_MAX`].
pub async fn add(work: &mut Work, input: QuestionIn) -> Result<Question> {
    work.require(Scope::Manage)?;
    let there = rows::list(&mut work.tx).await?;
    if there.len() >= QUESTIONS_MAX {
        return Err(conflict(format!(
            "the form has {QUESTIONS_MAX} questions already; remove one first"
        )));
    }
    let place = there.last().map_or(1, |last| last.place + 1);
    let question = checked(work.new_id(), place, input)?;
    rows::insert(&mut work.tx, &question).await?;
    note(work, "question.add", &question).await?;
    Ok(question)
}

/// Changes a question. Answers that were given before stay beside the question as it was asked.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid by field.
pub async fn update(work: &mut Work, id: QuestionId, input: QuestionIn) -> Result<Question> {
    work.require(Scope::Manage)?;
    let before = get(work, id).await?;
    let question = checked(id, before.place, input)?;
    if question != before {
        rows::update(&mut work.tx, &question).await?;
        note(work, "question.change", &question).await?;
    }
    Ok(question)
}

/// Moves a question by one place; at the end of the form it stays.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn shift(work: &mut Work, id: QuestionId, way: Way) -> Result<()> {
    work.require(Scope::Manage)?;
    let mut all = rows::list(&mut work.tx).await?;
    let at = all
        .iter()
        .position(|question| question.id == id)
        .ok_or(not_found("question"))?;
    let to = match way {
        Way::Up => at.checked_sub(1),
        Way::Down => Some(at + 1).filter(|to| *to < all.len()),
    };
    let Some(to) = to else {
        return Ok(());
    };
    all.swap(at, to);
    for (place, question) in (1_i64..).zip(&mut all) {
        if question.place != place {
            question.place = place;
            rows::update(&mut work.tx, question).await?;
        }
    }
    note(work, "question.move", &all[to]).await
}

/// Removes a question. Answers that were given stay.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn remove(work: &mut Work, id: QuestionId) -> Result<()> {
    work.require(Scope::Manage)?;
    let question = get(work, id).await?;
    rows::delete(&mut work.tx, id).await?;
    note(work, "question.remove", &question).await
}

/// The answer to a question as it is stored; what is wrong is noted under `field`.
pub(super) fn checked_answer(
    checks: &mut Checks,
    field: &str,
    question: &Question,
    typed: &str,
) -> String {
    let least = usize::from(question.required);
    if typed.trim().is_empty() {
        return checks.text(field, "", least..=SHORT_LENGTH_MAX);
    }
    match question.kind {
        QuestionKind::ShortText => one_line(checks, field, typed, least, SHORT_LENGTH_MAX),
        QuestionKind::LongText => {
            checks.text(field, &typed.replace("\r\n", "\n"), least..=LONG_LENGTH_MAX)
        }
        QuestionKind::Url => web_address(checks, field, typed),
        QuestionKind::YesNo => one_of(checks, field, &[YES, NO], typed),
        QuestionKind::Choice => one_of(checks, field, &choices_of(question), typed),
    }
}

/// A web address; https is assumed when the scheme is missing.
pub(super) fn web_address(checks: &mut Checks, field: &str, typed: &str) -> String {
    let typed = typed.trim();
    if typed.contains("://") {
        checks.web_address(field, typed)
    } else {
        checks.web_address(field, &format!("https://{typed}"))
    }
}

fn one_of(checks: &mut Checks, field: &str, answers: &[&str], typed: &str) -> String {
    checks.that(
        answers.contains(&typed),
        field,
        "must be one of the answers",
    );
    typed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind, required: bool) -> Question {
        Question {
            id: "qst_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            place: 1,
            kind,
            label: "Why?".to_owned(),
            hint: String::new(),
            choices: "Blog\nVideo".to_owned(),
            required,
        }
    }

    fn answer(kind: QuestionKind, required: bool, typed: &str) -> Option<String> {
        let mut checks = Checks::new();
        let answer = checked_answer(&mut checks, "a", &question(kind, required), typed);
        (!checks.failed()).then_some(answer)
    }

    #[test]
    fn answers_are_checked_by_their_kind() {
        for kind in QuestionKind::ALL {
            assert_eq!(answer(*kind, true, "  "), None, "{kind}");
            assert_eq!(answer(*kind, false, "  "), Some(String::new()), "{kind}");
        }
        assert_eq!(answer(QuestionKind::ShortText, true, "a\nb"), None);
        assert_eq!(
            answer(QuestionKind::LongText, true, "a\r\nb").unwrap(),
            "a\nb"
        );
        assert_eq!(
            answer(QuestionKind::Choice, true, "Video").unwrap(),
            "Video"
        );
        assert_eq!(answer(QuestionKind::Choice, true, "Radio"), None);
        assert_eq!(answer(QuestionKind::YesNo, true, "yes").unwrap(), "yes");
        assert_eq!(answer(QuestionKind::YesNo, true, "true"), None);
        assert_eq!(
            answer(QuestionKind::Url, true, "example.com/me").unwrap(),
            "https://example.com/me"
        );
        assert_eq!(answer(QuestionKind::Url, true, "javascript:alert(1)"), None);
    }

    #[test]
    fn a_choice_needs_two_different_answers() {
        let input = |choices: &str| QuestionIn {
            kind: QuestionKind::Choice,
            label: "How?".to_owned(),
            hint: String::new(),
            choices: choices.to_owned(),
            required: true,
        };
        let id = question(QuestionKind::Choice, true).id;
        assert_eq!(
            checked(id, 1, input(" Blog \r\n\nVideo")).unwrap().choices,
            "Blog\nVideo"
        );
        for wrong in ["", "Blog", "Blog\nBlog", &"x\n".repeat(2)] {
            assert!(checked(id, 1, input(wrong)).is_err(), "{wrong}");
        }
    }
}
