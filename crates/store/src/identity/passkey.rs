//! Passkeys of portal accounts and of staff. An account's belong to its business, a member of staff's to no
//! business.

use domain::id::{AccountId, PasskeyId, StaffId};
use domain::time::UnixMs;

pub use super::holder::Holder;
use super::holder::{execute, fetch, fetch_optional};
use crate::db::{Result, Single, SystemTx, Tx};
use crate::{args, record};

record! {
    /// A passkey.
    pub struct Passkey {
        /// The passkey.
        pub id: PasskeyId,
        /// What its owner calls it.
        pub name: String,
        /// The host name it is bound to, without a port.
        pub host: String,
        /// The id that the device gave it, base64url.
        pub credential: String,
        /// Its public key and how it was made, JSON of the library that checks it.
        pub data: String,
        /// The last number that the device told; 0 when it does not count.
        pub counter: i64,
        /// When it was added.
        pub created_at_ms: UnixMs,
        /// When it was last used.
        pub used_at_ms: Option<UnixMs>,
    }
}

/// The two texts of a statement: one with and one without a business.
macro_rules! pair {
    ($name:literal) => {
        (
            include_str!(concat!("passkey/account_", $name, ".sql")),
            include_str!(concat!("passkey/staff_", $name, ".sql")),
        )
    };
}

/// The passkeys of a person, oldest first, on all hosts.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, holder: Holder) -> Result<Vec<Passkey>> {
    fetch(tx, holder, pair!("list"), args![]).await
}

/// A passkey of a person by what the device calls it.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    holder: Holder,
    host: &str,
    credential: &str,
) -> Result<Option<Passkey>> {
    fetch_optional(tx, holder, pair!("find"), args![host, credential]).await
}

/// Whose passkey of a host this is, in the portal of the transaction's business.
///
/// # Errors
/// As the database says.
pub async fn account_of(tx: &mut Tx, host: &str, credential: &str) -> Result<Option<AccountId>> {
    tx.value_optional(
        include_str!("passkey/account_owner.sql"),
        args![host, credential],
    )
    .await
}

/// Which member of staff's passkey of a host this is.
///
/// # Errors
/// As the database says.
pub async fn staff_of(tx: &mut SystemTx, host: &str, credential: &str) -> Result<Option<StaffId>> {
    let found: Option<Single<StaffId>> = tx
        .fetch_optional(
            include_str!("passkey/staff_owner.sql"),
            args![host, credential],
        )
        .await?;
    Ok(found.map(|found| found.0))
}

/// Stores a new passkey; false when the host has one that is called the same by its device.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, holder: Holder, passkey: &Passkey) -> Result<bool> {
    let Passkey {
        id,
        name,
        host,
        credential,
        data,
        counter,
        created_at_ms,
        used_at_ms: _,
    } = passkey;
    let values = args![*id, name, host, credential, data, *counter, *created_at_ms];
    Ok(execute(tx, holder, pair!("insert"), values).await? == 1)
}

/// Calls a passkey something else; false when the person has none of this id.
///
/// # Errors
/// As the database says.
pub async fn rename(tx: &mut Tx, holder: Holder, id: PasskeyId, name: &str) -> Result<bool> {
    Ok(execute(tx, holder, pair!("rename"), args![id, name]).await? == 1)
}

/// Removes a passkey; false when the person has none of this id.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, holder: Holder, id: PasskeyId) -> Result<bool> {
    Ok(execute(tx, holder, pair!("delete"), args![id]).await? == 1)
}

/// Notes a use with what the device told; false when the passkey was removed or used otherwise since it
/// was read.
///
/// # Errors
/// As the database says.
pub async fn use_up(
    tx: &mut Tx,
    holder: Holder,
    read: &Passkey,
    data: &str,
    counter: i64,
    now: UnixMs,
) -> Result<bool> {
    let values = args![read.id, read.counter, data, counter, now];
    Ok(execute(tx, holder, pair!("use_up"), values).await? == 1)
}
