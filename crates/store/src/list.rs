//! What lists have in common: a window over ordered rows.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::db::Value;

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

/// Puts as many parameters as there are ids into a query that has the token `{ids}`, from `$2` on.
#[must_use]
pub fn with_ids<I: Copy + Into<Value>>(
    sql: &'static str,
    ids: &[I],
) -> (AssertSqlSafe<String>, Vec<Value>) {
    let holders: Vec<String> = (0..ids.len()).map(|n| format!("${}", n + 2)).collect();
    (
        AssertSqlSafe(sql.replace("{ids}", &holders.join(", "))),
        ids.iter().map(|&id| id.into()).collect(),
    )
}
