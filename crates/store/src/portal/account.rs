//! Portal accounts: one person's access to one business's portal.

use domain::id::{AccountId, AffiliateId};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// An account.
    pub struct Account {
        /// The account.
        pub id: AccountId,
        /// The address it logs in with.
        pub email: String,
        /// The person's name.
        pub name: String,
        /// The password's hash in PHC form; none until a password was set.
        pub password_hash: Option<String>,
        /// The affiliate it is; none for who has signed up and has no app yet.
        pub affiliate_id: Option<AffiliateId>,
        /// Whether staff has shut it out.
        pub blocked: bool,
        /// When it was made.
        pub created_at_ms: UnixMs,
    }
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// The account.
    pub id: AccountId,
    /// The address as typed.
    pub email: &'a str,
    /// The address, folded.
    pub email_folded: &'a str,
    /// The person's name.
    pub name: &'a str,
    /// The password's hash in PHC form.
    pub password_hash: &'a str,
    /// The affiliate it is, if it is one.
    pub affiliate_id: Option<AffiliateId>,
    /// Now.
    pub created_at_ms: UnixMs,
}

/// The account of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    tx.fetch_optional(include_str!("account/find.sql"), args![id])
        .await
}

/// The account of an affiliate.
///
/// # Errors
/// As the database says.
pub async fn find_by_affiliate(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<Account>> {
    tx.fetch_optional(
        include_str!("account/find_by_affiliate.sql"),
        args![affiliate],
    )
    .await
}

/// The accounts of an address, oldest first.
///
/// # Errors
/// As the database says.
pub async fn list_by_email(tx: &mut Tx, email_folded: &str, limit: i64) -> Result<Vec<Account>> {
    tx.fetch_all(
        include_str!("account/list_by_email.sql"),
        args![email_folded, limit],
    )
    .await
}

/// Makes an account; answers false when the affiliate has one already, and changes nothing then.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, account: &NewAccount<'_>) -> Result<bool> {
    let NewAccount {
        id,
        email,
        email_folded,
        name,
        password_hash,
        affiliate_id,
        created_at_ms,
    } = *account;
    let values = args![
        id,
        email,
        email_folded,
        name,
        password_hash,
        affiliate_id,
        created_at_ms
    ];
    let made = tx
        .execute(include_str!("account/insert.sql"), values)
        .await?
        == 1;
    if made {
        note_shared(tx, email_folded).await?;
    }
    Ok(made)
}

/// Notes an address that has more than one account by now.
async fn note_shared(tx: &mut Tx, email_folded: &str) -> Result<()> {
    tx.execute(include_str!("account/note_shared.sql"), args![email_folded])
        .await?;
    Ok(())
}

/// Whether any address of the business has, or once had, more than one account.
///
/// # Errors
/// As the database says.
pub async fn any_shared(tx: &mut Tx) -> Result<bool> {
    let found: Option<i64> = tx
        .value_optional(include_str!("account/any_shared.sql"), args![])
        .await?;
    Ok(found.is_some())
}

/// Sets the password; the name stays.
///
/// # Errors
/// As the database says.
pub async fn renew_password(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<()> {
    tx.execute(
        include_str!("account/renew_password.sql"),
        args![id, password_hash],
    )
    .await?;
    Ok(())
}

/// Sets the password and the name.
///
/// # Errors
/// As the database says.
pub async fn set_password(
    tx: &mut Tx,
    id: AccountId,
    name: &str,
    password_hash: &str,
) -> Result<()> {
    tx.execute(
        include_str!("account/set_password.sql"),
        args![id, name, password_hash],
    )
    .await?;
    Ok(())
}

/// Sets the name.
///
/// # Errors
/// As the database says.
pub async fn set_name(tx: &mut Tx, id: AccountId, name: &str) -> Result<()> {
    tx.execute(include_str!("account/set_name.sql"), args![id, name])
        .await?;
    Ok(())
}

/// Sets the address to log in with; false when it is not `before` (folded) any more.
///
/// # Errors
/// As the database says.
pub async fn set_email(
    tx: &mut Tx,
    id: AccountId,
    email: &str,
    email_folded: &str,
    before: &str,
) -> Result<bool> {
    let values = args![id, email, email_folded, before];
    let set = tx
        .execute(include_str!("account/set_email.sql"), values)
        .await?
        == 1;
    if set {
        note_shared(tx, email_folded).await?;
    }
    Ok(set)
}

/// Makes an account that is no affiliate the account of one; false when it is one already, or the
/// affiliate has another account.
///
/// # Errors
/// As the database says.
pub async fn attach(tx: &mut Tx, id: AccountId, affiliate: AffiliateId) -> Result<bool> {
    Ok(tx
        .execute(include_str!("account/attach.sql"), args![id, affiliate])
        .await?
        == 1)
}
