//! Who holds what a person logs in by, a portal account or a member of staff. An account's belongs to its business, a
//! member of staff's to no business, so each statement has two texts.

use domain::id::{AccountId, StaffId};

use crate::db::{Record, Result, Tx, Value};

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A person of the portal of the transaction's business.
    Account(AccountId),
    /// A person who works for businesses.
    Staff(StaffId),
}

/// The two texts of a statement: one with and one without a business.
pub(super) type Pair = (&'static str, &'static str);

fn with(holder: Value, mut values: Vec<Value>) -> Vec<Value> {
    values.insert(0, holder);
    values
}

/// Changes rows of a holder; answers how many.
pub(super) async fn execute(
    tx: &mut Tx,
    holder: Holder,
    sql: Pair,
    values: Vec<Value>,
) -> Result<u64> {
    match holder {
        Holder::Account(id) => tx.execute(sql.0, with(id.into(), values)).await,
        Holder::Staff(id) => tx.execute_system(sql.1, with(id.into(), values)).await,
    }
}

/// All rows of a holder.
pub(super) async fn fetch<T: Record>(
    tx: &mut Tx,
    holder: Holder,
    sql: Pair,
    values: Vec<Value>,
) -> Result<Vec<T>> {
    match holder {
        Holder::Account(id) => tx.fetch_all(sql.0, with(id.into(), values)).await,
        Holder::Staff(id) => tx.fetch_system(sql.1, with(id.into(), values)).await,
    }
}

/// The first row of a holder, if there is one.
pub(super) async fn fetch_optional<T: Record>(
    tx: &mut Tx,
    holder: Holder,
    sql: Pair,
    values: Vec<Value>,
) -> Result<Option<T>> {
    Ok(fetch(tx, holder, sql, values).await?.into_iter().next())
}
