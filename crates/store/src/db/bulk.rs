//! Inserting many rows with few statements.

use sqlx::AssertSqlSafe;

use super::Result;
use super::engine::{Engine, Tx};
use super::value::Value;

/// Rows a statement on SQLite: preparing grows with the square of the parameters beyond that.
const SQLITE_ROWS_MAX: usize = 50;
/// Rows a statement on PostgreSQL, within its 65,535 parameters for up to 100 columns.
const POSTGRES_ROWS_MAX: usize = 500;

impl Tx {
    /// Inserts rows of this business; `columns` and `rows` leave `business_id` out. `tail` is put
    /// behind (such as `on conflict do nothing`). Table, columns and tail are the program's own
    /// words, never input. Answers with how many rows were stored.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn insert_many(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: Vec<Vec<Value>>,
        tail: &'static str,
    ) -> Result<u64> {
        let engine = self.engine();
        let most = match engine {
            Engine::Sqlite => SQLITE_ROWS_MAX,
            Engine::Postgres => POSTGRES_ROWS_MAX,
        };
        let business = self.business();
        let mut stored = 0;
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let now = left.min(most);
            left -= now;
            let sql = statement(engine, table, columns, now, tail);
            let mut values = Vec::with_capacity(now * (columns.len() + 1));
            for row in rows.by_ref().take(now) {
                values.push(Value::from(business));
                values.extend(row);
            }
            stored += self.open.execute(AssertSqlSafe(sql), values).await?;
        }
        Ok(stored)
    }
}

fn statement(engine: Engine, table: &str, columns: &[&str], rows: usize, tail: &str) -> String {
    let mut sql = format!(
        "insert into {table} (business_id, {}) values ",
        columns.join(", ")
    );
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..=columns.len() {
            if column > 0 {
                sql.push_str(", ");
            }
            number += 1;
            match engine {
                Engine::Sqlite => sql.push('?'),
                Engine::Postgres => sql.push_str(&format!("${number}")),
            }
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
    sql
}
