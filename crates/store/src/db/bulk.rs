//! Inserting many rows with few statements.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::Result;
use super::engine::{Engine, Open, SystemTx, Tx};
use super::value::Value;

/// Rows a statement on SQLite. Each number is a statement of its own that stays prepared; what a batch
/// has less is left unbound, which reads as NULL and is passed over.
const SQLITE_ROWS: &[usize] = &[4, 16, 32, 64, 128];
/// Fewer rows go one by one: for a statement of several SQLite keeps what it has to bring back when a later row fails, which
/// costs more than asking again.
const SQLITE_FEW: usize = 4;
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
        Engine::Sqlite if left < SQLITE_FEW => (1, 1),
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

/// The text is put together with every batch, so without anything that is thrown away.
fn statement(engine: Engine, table: &str, columns: &[&str], rows: usize, tail: &str) -> String {
    let names: usize = columns.iter().map(|column| column.len() + 2).sum();
    let places = rows * columns.len() * "$65535, ".len();
    let mut sql = String::with_capacity(80 + table.len() + names + places + tail.len());
    for part in ["insert into ", table, " ("] {
        sql.push_str(part);
    }
    list(&mut sql, columns.iter(), |sql, column| sql.push_str(column));
    // The first column is never NULL but in a place that no row has taken.
    let (before, after) = match engine {
        Engine::Sqlite if rows > 1 => (") select * from (values ", ") where column1 is not null "),
        _ => (") values ", " "),
    };
    sql.push_str(before);
    list(&mut sql, 0..rows, |sql, row| {
        sql.push('(');
        list(sql, 1..=columns.len(), |sql, column| match engine {
            Engine::Sqlite => sql.push('?'),
            Engine::Postgres => {
                // Writing to a text never fails.
                let _ = write!(sql, "${}", row * columns.len() + column);
            }
        });
        sql.push(')');
    });
    sql.push_str(after);
    sql.push_str(tail);
    sql
}

/// Adds what is to be added of each, with commas between.
fn list<T>(sql: &mut String, of: impl Iterator<Item = T>, add: impl Fn(&mut String, T)) {
    for (index, one) in of.enumerate() {
        if index > 0 {
            sql.push_str(", ");
        }
        add(sql, one);
    }
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
        assert_eq!(shares(Engine::Sqlite, 2), [(1, 1), (1, 1)]);
        assert_eq!(shares(Engine::Sqlite, 130), [(128, 128), (1, 1), (1, 1)]);
        assert_eq!(shares(Engine::Postgres, 501), [(500, 500), (1, 1)]);
    }

    #[test]
    fn the_text_of_a_batch() {
        let text = |engine, rows| statement(engine, "t", &["a", "b"], rows, "tail");
        assert_eq!(
            text(Engine::Sqlite, 1),
            "insert into t (a, b) values (?, ?) tail"
        );
        assert_eq!(
            text(Engine::Sqlite, 2),
            "insert into t (a, b) select * from (values (?, ?), (?, ?)) where column1 is not null tail"
        );
        assert_eq!(
            text(Engine::Postgres, 2),
            "insert into t (a, b) values ($1, $2), ($3, $4) tail"
        );
    }
}
