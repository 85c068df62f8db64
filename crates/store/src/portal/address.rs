//! Whose address a code is to change.

use domain::id::{AccountId, LoginCodeId};

use crate::args;
use crate::db::{Result, Tx};

/// Notes the account that asked for a code to change its address.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, code: LoginCodeId, account: AccountId) -> Result<()> {
    tx.execute(include_str!("address/insert.sql"), args![code, account])
        .await?;
    Ok(())
}

/// The account that asked for a code to change its address.
///
/// # Errors
/// As the database says.
pub async fn find_account(tx: &mut Tx, code: LoginCodeId) -> Result<Option<AccountId>> {
    tx.value_optional(include_str!("address/find_account.sql"), args![code])
        .await
}
