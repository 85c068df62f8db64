//! People who work for businesses. A person is known once, by e-mail, and may be a member of several.

use domain::id::StaffId;
use domain::status::Role;
use domain::time::UnixMs;

use crate::db::{Result, SystemTx, Tx};
use crate::{args, record};

record! {
    /// A person, whatever business.
    pub struct Staff {
        pub id: StaffId,
        pub email: String,
        pub name: String,
        /// PHC text of argon2id.
        pub password_hash: String,
        pub created_at_ms: UnixMs,
    }
}

record! {
    /// A person as a member of this business.
    pub struct Member {
        pub id: StaffId,
        pub email: String,
        pub name: String,
        pub role: Role,
        pub created_at_ms: UnixMs,
    }
}

/// The person with this address, folded.
///
/// # Errors
/// As the database says.
pub async fn find_by_email(tx: &mut SystemTx, email_folded: &str) -> Result<Option<Staff>> {
    tx.fetch_optional(include_str!("staff/find_by_email.sql"), args![email_folded])
        .await
}

/// The person with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut SystemTx, id: StaffId) -> Result<Option<Staff>> {
    tx.fetch_optional(include_str!("staff/find.sql"), args![id])
        .await
}

/// A member of this business.
///
/// # Errors
/// As the database says.
pub async fn find_member(tx: &mut Tx, id: StaffId) -> Result<Option<Member>> {
    tx.fetch_optional(include_str!("staff/find_member.sql"), args![id])
        .await
}

/// All members of this business, by name.
///
/// # Errors
/// As the database says.
pub async fn list_members(tx: &mut Tx) -> Result<Vec<Member>> {
    tx.fetch_all(include_str!("staff/list_members.sql"), args![])
        .await
}

/// Adds a person; `false` when the address is taken, and nothing was added then.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut SystemTx, new: &Staff) -> Result<bool> {
    let Staff {
        id,
        email,
        name,
        password_hash,
        created_at_ms,
    } = new;
    let folded = domain::text::fold(email);
    let values = args![*id, email, folded, name, password_hash, *created_at_ms];
    Ok(tx.execute(include_str!("staff/insert.sql"), values).await? == 1)
}

/// [`insert`] in the transaction of a business.
///
/// # Errors
/// As the database says.
pub async fn insert_in(tx: &mut Tx, new: &Staff) -> Result<bool> {
    let Staff {
        id,
        email,
        name,
        password_hash,
        created_at_ms,
    } = new;
    let folded = domain::text::fold(email);
    let values = args![*id, email, folded, name, password_hash, *created_at_ms];
    Ok(tx
        .execute_system(include_str!("staff/insert.sql"), values)
        .await?
        == 1)
}

/// Makes a person a member of this business.
///
/// # Errors
/// As the database says.
pub async fn insert_member(tx: &mut Tx, id: StaffId, role: Role, now: UnixMs) -> Result<()> {
    let business = tx.business();
    tx.execute_system(include_str!("staff/insert_route.sql"), args![id, business])
        .await?;
    tx.execute(
        include_str!("staff/insert_member.sql"),
        args![id, role, now],
    )
    .await?;
    Ok(())
}

/// Replaces a member's password.
///
/// # Errors
/// As the database says.
pub async fn set_password(tx: &mut Tx, id: StaffId, password_hash: &str) -> Result<()> {
    tx.execute_system(
        include_str!("staff/set_password.sql"),
        args![id, password_hash],
    )
    .await?;
    Ok(())
}

/// Gives a member of this business another role.
///
/// # Errors
/// As the database says.
pub async fn set_role(tx: &mut Tx, id: StaffId, role: Role) -> Result<()> {
    tx.execute(include_str!("staff/set_role.sql"), args![id, role])
        .await?;
    Ok(())
}

/// Takes a person out of this business; `false` for who is no member. Their sessions here and their mark of the
/// bell go with it; the person stays known.
///
/// # Errors
/// As the database says.
pub async fn delete_member(tx: &mut Tx, id: StaffId) -> Result<bool> {
    let business = tx.business();
    tx.execute_system(include_str!("staff/delete_route.sql"), args![id, business])
        .await?;
    Ok(tx
        .execute(include_str!("staff/delete_member.sql"), args![id])
        .await?
        == 1)
}
