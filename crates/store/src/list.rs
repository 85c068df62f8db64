//! What lists have in common: a window over ordered rows.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::db::{Record, Result, Tx, Value};

/// The most rows one list query answers with.
pub const ROWS_MAX: i64 = 10_001;

/// Which part of a list is wanted, and in which order.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// The `order by` terms: one of the noun's own constants, never input.
    pub order: &'static str,
    /// Rows at the most.
    pub limit: i64,
    /// Rows to pass over (numbered pages).
    pub offset: i64,
    /// Only rows whose id is below this one (cursor pages, newest first).
    pub after: Option<Uuid>,
}

impl Window {
    /// Newest first from a cursor, as the API pages.
    #[must_use]
    pub const fn after(after: Option<Uuid>, limit: i64) -> Self {
        Self {
            order: "id desc",
            limit,
            offset: 0,
            after,
        }
    }

    /// The first so many.
    #[must_use]
    pub const fn first(order: &'static str, limit: i64) -> Self {
        Self {
            order,
            limit,
            offset: 0,
            after: None,
        }
    }

    /// Everything, up to [`ROWS_MAX`].
    #[must_use]
    pub const fn all(order: &'static str) -> Self {
        Self::first(order, ROWS_MAX)
    }
}

/// Puts the order into a query that has the token `{order}`.
#[must_use]
pub fn ordered(sql: &'static str, order: &'static str) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.replace("{order}", order))
}

/// Ids that one statement takes: more would only make longer statements.
const IDS_AT_ONCE_MAX: usize = 500;

/// The text of a query with as many places for its token `{ids}`, of which the first is numbered so.
pub(crate) fn with_places(sql: &'static str, first: usize, count: usize) -> AssertSqlSafe<String> {
    let places: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    AssertSqlSafe(sql.replace("{ids}", &places.join(", ")))
}

/// The rows of a query with the token `{ids}`, which stands for these, from `$2` on. Each so many of them are a statement
/// of their own, which sorts and adds up for itself.
///
/// # Errors
/// As the database says.
pub(crate) async fn fetch_of<I, T>(tx: &mut Tx, sql: &'static str, ids: &[I]) -> Result<Vec<T>>
where
    I: Copy + Into<Value>,
    T: Record,
{
    fetch_of_with(tx, sql, &[], ids).await
}

/// [`fetch_of`] for a query that has values of its own, from `$2` on, before the ids.
///
/// # Errors
/// As the database says.
pub(crate) async fn fetch_of_with<I, T>(
    tx: &mut Tx,
    sql: &'static str,
    own: &[Value],
    ids: &[I],
) -> Result<Vec<T>>
where
    I: Copy + Into<Value>,
    T: Record,
{
    let first = own.len() + 2;
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_AT_ONCE_MAX) {
        let text = with_places(sql, first, chunk.len());
        let mut values = own.to_vec();
        values.extend(chunk.iter().map(|&id| -> Value { id.into() }));
        found.extend(tx.fetch_all::<T>(text, values).await?);
    }
    Ok(found)
}
