//! What a business asks everybody for before the apps of its portal open.

use domain::status::ProfileField;

use crate::args;
use crate::db::{Result, Single, Tx};

/// All of this business.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<ProfileField>> {
    let rows: Vec<Single<ProfileField>> = tx
        .fetch_all(include_str!("profile_requirement/list.sql"), args![])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Asks for nothing any more.
///
/// # Errors
/// As the database says.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    tx.execute(include_str!("profile_requirement/clear.sql"), args![])
        .await?;
    Ok(())
}

/// Asks for a field, too.
///
/// # Errors
/// As the database says.
pub async fn add(tx: &mut Tx, field: ProfileField) -> Result<()> {
    tx.execute(include_str!("profile_requirement/add.sql"), args![field])
        .await?;
    Ok(())
}
