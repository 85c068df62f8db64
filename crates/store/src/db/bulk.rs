//! Inserting many rows with few statements.

use sqlx::AssertSqlSafe;

use super::Result;
use super::engine::{Engine, Open, SystemTx, Tx};
use super::value::Value;

/// Rows a statement on SQLite. Each number is a statement of its own that stays prepared; what a batch
/// has less is left unbound, which reads as NULL and is passed over.
const SQLITE_ROWS: &[usize] = &[1, 4, 16, 32, 64, 128];
/// Rows a statement on PostgreSQL, within its 65,535 parameters for up to 100 columns.
const POSTGRES_ROWS_MAX: usize = 500;

impl Tx {
    /// Inserts rows of this business; `columns` and `rows` leave `business_id` out. `tail` is put
    /// behind (such as `on conflict do nothing`). Table, columns and tail are the program's own
    /// words, never input. Answers with how many rows were stored.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn insert_many<Row>(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: Vec<Row>,
        tail: &'static str,
    ) -> Result<u64>
    where
        Row: IntoIterator<Item = Value>,
    {
        let columns = [&["business_id"][..], columns].concat();
        let business = Some(Value::from(self.business()));
        self.open
            .insert_many(table, &columns, business, rows, tail)
            .await
    }
}

impl SystemTx {
    /// Inserts rows of a table without a tenant, whose first column is never NULL. Table and columns are the program's own
    /// words, never input. Answers with how many rows were stored.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn insert_many_system<Row>(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: Vec<Row>,
    ) -> Result<u64>
    where
        Row: IntoIterator<Item = Value>,
    {
        self.open.insert_many(table, columns, None, rows, "").await
    }
}

impl Open {
    /// Inserts rows, each with `first` before its own values when there is one.
    async fn insert_many<Row>(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        first: Option<Value>,
        rows: Vec<Row>,
        tail: &'static str,
    ) -> Result<u64>
    where
        Row: IntoIterator<Item = Value>,
    {
        let engine = self.engine();
        let mut stored = 0;
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let (now, places) = share(engine, rows.len());
            let sql = statement(engine, table, columns, places, tail);
            let mut values = Vec::with_capacity(now * columns.len());
            for row in rows.by_ref().take(now) {
                values.extend(first.clone());
                values.extend(row);
            }
            stored += self.execute(AssertSqlSafe(sql), values).await?;
        }
        Ok(stored)
    }
}

/// How many of the rows left the next statement takes, and how many it has places for.
fn share(engine: Engine, left: usize) -> (usize, usize) {
    match engine {
        Engine::Sqlite => {
            let places = SQLITE_ROWS
                .iter()
                .copied()
                .find(|places| *places >= left)
                .unwrap_or(SQLITE_ROWS[SQLITE_ROWS.len() - 1]);
            (left.min(places), places)
        }
        Engine::Postgres => {
            let now = left.min(POSTGRES_ROWS_MAX);
            (now, now)
        }
    }
}

fn statement(engine: Engine, table: &str, columns: &[&str], rows: usize, tail: &str) -> String {
    let mut sql = format!("insert into {table} ({}) ", columns.join(", "));
    // The first column is never NULL but in a place that no row has taken.
    let (before, after) = match engine {
        Engine::Sqlite if rows > 1 => ("select * from (values ", ") where column1 is not null "),
        _ => ("values ", " "),
    };
    sql.push_str(before);
    match engine {
        // Asked for with every batch, so it is put together by rows.
        Engine::Sqlite => {
            let row = format!("({})", vec!["?"; columns.len()].join(", "));
            sql.push_str(&vec![row; rows].join(", "));
        }
        Engine::Postgres => {
            let row = |row| {
                let places =
                    (1..=columns.len()).map(|column| format!("${}", row * columns.len() + column));
                format!("({})", places.collect::<Vec<_>>().join(", "))
            };
            sql.push_str(&(0..rows).map(row).collect::<Vec<_>>().join(", "));
        }
    }
    sql.push_str(after);
    sql.push_str(tail);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_goes_into_few_statements() {
        let shares = |engine, mut left: usize| {
            let mut shares = Vec::new();
            while left > 0 {
                let (now, places) = share(engine, left);
                left -= now;
                shares.push((now, places));
            }
            shares
        };
        assert_eq!(shares(Engine::Sqlite, 105), [(105, 128)]);
        assert_eq!(shares(Engine::Sqlite, 133), [(128, 128), (5, 16)]);
        assert_eq!(shares(Engine::Postgres, 501), [(500, 500), (1, 1)]);
    }
}
