//! Host names of portals. A request brings a name and nothing else, so the table has no tenant.

use domain::id::BusinessId;
use domain::time::UnixMs;

use crate::db::{Result, SystemTx, Tx};
use crate::{args, record};

record! {
    /// A host name that a business wants its portal at.
    pub struct HostName {
        /// In its normal form: lower case, ASCII, without a port.
        pub name: String,
        pub business_id: BusinessId,
        /// Whether the portal answers there.
        pub active: bool,
        /// Whether mails lead there, and the portal's path on the installation does.
        pub main: bool,
        /// When it was last found to lead here.
        pub checked_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
    }
}

/// Whoever has this name.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut SystemTx, name: &str) -> Result<Option<HostName>> {
    tx.fetch_optional(include_str!("host_name/find.sql"), args![name])
        .await
}

/// The main name of a business, if it has chosen one.
///
/// # Errors
/// As the database says.
pub async fn find_main(tx: &mut SystemTx, business: BusinessId) -> Result<Option<HostName>> {
    tx.fetch_optional(
        include_str!("host_name/find_main.sql"),
        args![business, true],
    )
    .await
}

/// The main name of this business, if it has chosen one.
///
/// # Errors
/// As the database says.
pub async fn main(tx: &mut Tx) -> Result<Option<HostName>> {
    let values = args![tx.business(), true];
    let mut found = tx
        .fetch_system(include_str!("host_name/find_main.sql"), values)
        .await?;
    Ok(found.pop())
}

/// All names of this business, in order.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<HostName>> {
    let values = args![tx.business()];
    tx.fetch_system(include_str!("host_name/list.sql"), values)
        .await
}

/// Adds a name that nothing answers at yet; `false` when somebody has it already.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, name: &str, now: UnixMs) -> Result<bool> {
    let values = args![name, tx.business(), now];
    Ok(tx
        .execute_system(include_str!("host_name/insert.sql"), values)
        .await?
        == 1)
}

/// Frees a name that somebody has wanted since before `before` and never had answered at.
///
/// # Errors
/// As the database says.
pub async fn free(tx: &mut Tx, name: &str, before: UnixMs) -> Result<()> {
    let values = args![name, false, before];
    tx.execute_system(include_str!("host_name/free.sql"), values)
        .await?;
    Ok(())
}

/// Has the portal answer at a name of this business; `checked` says that it was found to lead here.
///
/// # Errors
/// As the database says.
pub async fn activate(tx: &mut Tx, name: &str, checked_at_ms: Option<UnixMs>) -> Result<()> {
    let values = args![tx.business(), name, true, checked_at_ms];
    tx.execute_system(include_str!("host_name/activate.sql"), values)
        .await?;
    Ok(())
}

/// Makes this name of the business its main one, or none when the text is empty.
///
/// # Errors
/// As the database says.
pub async fn set_main(tx: &mut Tx, name: &str) -> Result<()> {
    let values = args![tx.business(), name];
    tx.execute_system(include_str!("host_name/set_main.sql"), values)
        .await?;
    Ok(())
}

/// Removes a name of this business.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<()> {
    let values = args![tx.business(), name];
    tx.execute_system(include_str!("host_name/delete.sql"), values)
        .await?;
    Ok(())
}
