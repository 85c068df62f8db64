//! The questions of the application form.

use domain::id::QuestionId;
use domain::status::QuestionKind;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A question.
    pub struct Question {
        /// The question.
        pub id: QuestionId,
        /// Its place in the form.
        pub place: i64,
        /// How it is answered.
        pub kind: QuestionKind,
        /// What is asked.
        pub label: String,
        /// A word of help; may be empty.
        pub hint: String,
        /// The answers to choose from, one a line.
        pub choices: String,
        /// Whether it must be answered.
        pub required: bool,
    }
}

/// The questions in their order.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<Question>> {
    tx.fetch_all(include_str!("question/list.sql"), args![])
        .await
}

/// The question of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: QuestionId) -> Result<Option<Question>> {
    tx.fetch_optional(include_str!("question/find.sql"), args![id])
        .await
}

/// Stores a question.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, question: &Question) -> Result<()> {
    tx.execute(include_str!("question/insert.sql"), values(question))
        .await?;
    Ok(())
}

/// Stores a question anew.
///
/// # Errors
/// As the database says.
pub async fn update(tx: &mut Tx, question: &Question) -> Result<()> {
    tx.execute(include_str!("question/update.sql"), values(question))
        .await?;
    Ok(())
}

fn values(question: &Question) -> Vec<crate::db::Value> {
    let Question {
        id,
        place,
        kind,
        label,
        hint,
        choices,
        required,
    } = question;
    args![*id, *place, *kind, label, hint, choices, *required]
}

/// Removes a question; answers to it stay with their applications.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, id: QuestionId) -> Result<()> {
    tx.execute(include_str!("question/delete.sql"), args![id])
        .await?;
    Ok(())
}
