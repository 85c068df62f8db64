//! What was typed at sign-up, kept with the request for a code until the right one is entered.

use domain::id::LoginCodeId;
use domain::language::Language;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// What was typed.
    pub struct SignUp {
        /// The request for the code; the address is there.
        pub code_id: LoginCodeId,
        /// The person's name.
        pub name: String,
        /// The chosen password's hash in PHC form.
        pub password_hash: String,
        /// The language of the page.
        pub language: Option<Language>,
        /// When it was sent.
        pub created_at_ms: UnixMs,
    }
}

/// Keeps what was typed.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &SignUp) -> Result<()> {
    let SignUp {
        code_id,
        name,
        password_hash,
        language,
        created_at_ms,
    } = new;
    tx.execute(
        include_str!("sign_up/insert.sql"),
        args![*code_id, name, password_hash, *language, *created_at_ms],
    )
    .await?;
    Ok(())
}

/// What was typed with this request for a code.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, code: LoginCodeId) -> Result<Option<SignUp>> {
    tx.fetch_optional(include_str!("sign_up/find.sql"), args![code])
        .await
}

/// Forgets what was typed.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, code: LoginCodeId) -> Result<()> {
    tx.execute(include_str!("sign_up/delete.sql"), args![code])
        .await?;
    Ok(())
}

/// Forgets what was typed at this instant or before; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, made_at: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("sign_up/delete_old.sql"), args![made_at])
        .await
}
