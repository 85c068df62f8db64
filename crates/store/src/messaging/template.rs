//! The texts of mails that a business has made its own.

use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A text in place of ours.
    pub struct OwnText {
        /// The kind of mail.
        pub kind: String,
        /// The subject.
        pub subject: String,
        /// The heading.
        pub heading: String,
        /// The text.
        pub body: String,
        /// The HTML, cleaned; none: it is made from the text.
        pub html: Option<String>,
        /// When it was written.
        pub updated_at_ms: UnixMs,
    }
}

/// The business's own text of a kind.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, kind: &str) -> Result<Option<OwnText>> {
    tx.fetch_optional(include_str!("template/find.sql"), args![kind])
        .await
}

/// All of the business's own texts.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<OwnText>> {
    tx.fetch_all(include_str!("template/list.sql"), args![])
        .await
}

/// Stores a text in place of the one there was.
///
/// # Errors
/// As the database says.
pub async fn save(tx: &mut Tx, own: &OwnText) -> Result<()> {
    let OwnText {
        kind,
        subject,
        heading,
        body,
        html,
        updated_at_ms,
    } = own;
    let values = args![kind, subject, heading, body, *updated_at_ms];
    tx.execute(include_str!("template/save.sql"), values)
        .await?;
    match html {
        Some(html) => {
            let values = args![kind, html];
            tx.execute(include_str!("template/save_html.sql"), values)
                .await?
        }
        None => {
            tx.execute(include_str!("template/delete_html.sql"), args![kind])
                .await?
        }
    };
    Ok(())
}

/// Removes a text; false when there was none.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, kind: &str) -> Result<bool> {
    Ok(tx
        .execute(include_str!("template/delete.sql"), args![kind])
        .await?
        == 1)
}
