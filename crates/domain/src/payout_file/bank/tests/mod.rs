//! What is read of an answer, in short.

mod accounts;
mod reports;

use super::*;

fn outcomes(answers: &Answers) -> Vec<(Which, Outcome)> {
    answers
        .rows
        .iter()
        .map(|row| (row.which, row.outcome.clone()))
        .collect()
}

fn errors(answers: &Answers) -> Vec<&str> {
    answers
        .errors
        .iter()
        .map(|error| error.message.as_str())
        .collect()
}
