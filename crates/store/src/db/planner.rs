//! What SQLite's planner is told of the tables' sizes.
//!
//! Every key begins with the business. Without statistics SQLite takes that column to be as selective as
//! any other and reads a whole business where an index leads straight to ten rows. Statistics that it
//! counts itself depend on the moment; these are fixed: a large business, in a file of its own. They are
//! written once, to `sqlite_stat1` (<https://sqlite.org/fileformat2.html#stat1tab>), when the schema is
//! brought up to date.

use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::Result;

/// Rows of a table, nearly all of one business.
const ROWS: i64 = 1_000_000;
/// Rows of the one business in the table itself. A little less than what an index has, so that what must
/// be read whole is read in the order it is stored in.
const OF_BUSINESS: i64 = 900_000;
/// Rows that share the second column of a key, such as the commissions of an event.
const OF_ENTITY: i64 = 20;
/// The second columns that many rows share, and how many.
const SHARED: &[(&str, i64)] = &[
    ("status", 250_000),
    ("state", 250_000),
    ("kind", 250_000),
    ("group_id", 50_000),
    ("campaign_id", 50_000),
    ("day", 2_500),
];

/// The keys of all tables of businesses: table, key, whether unique, whether it is the table itself (the
/// primary key of a table without row ids), column.
const KEYS: &str = "
    select t.name as table_name, l.name as key_name, l.\"unique\" as is_unique, l.origin = 'pk' and (select wr from pragma_table_list(t.name)) as is_primary, c.name as column_name
    from sqlite_schema t, pragma_index_list(t.name) l, pragma_index_info(l.name) c
    where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
      and exists (select 1 from pragma_table_info(t.name) b where b.name = 'business_id')
    order by t.name, l.name, c.seqno";

/// A row of `sqlite_stat1`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stat {
    table: String,
    key: String,
    text: String,
}

/// Writes the statistics when the file has others.
pub(super) async fn inform(pool: &SqlitePool) -> Result<()> {
    let mut tx = pool.begin().await?;
    let rows = sqlx::query(KEYS).fetch_all(&mut *tx).await?;
    let mut wanted = Vec::new();
    for key in rows.chunk_by(|a, b| {
        let name = |row: &SqliteRow| {
            (
                row.get::<String, _>("table_name"),
                row.get::<String, _>("key_name"),
            )
        };
        name(a) == name(b)
    }) {
        let columns: Vec<String> = key.iter().map(|row| row.get("column_name")).collect();
        let table: String = key[0].try_get("table_name")?;
        let primary: bool = key[0].try_get("is_primary")?;
        wanted.push(Stat {
            key: if primary {
                table.clone()
            } else {
                key[0].try_get("key_name")?
            },
            text: text(&columns, key[0].try_get("is_unique")?, primary),
            table,
        });
    }
    let known = sqlx::query("select 1 from sqlite_schema where name = 'sqlite_stat1'")
        .fetch_optional(&mut *tx)
        .await?
        .is_some();
    if known && stored(&mut tx).await? == wanted {
        return Ok(());
    }
    // Making the table anew has the other connections read it.
    if known {
        sqlx::query("drop table sqlite_stat1")
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("analyze sqlite_schema")
        .execute(&mut *tx)
        .await?;
    for Stat { table, key, text } in wanted {
        sqlx::query("insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)")
            .bind(table)
            .bind(key)
            .bind(text)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    // This connection reads it by being told.
    sqlx::query("analyze sqlite_schema").execute(pool).await?;
    Ok(())
}

async fn stored(tx: &mut sqlx::Transaction<'_, sqlx::Sqlite>) -> Result<Vec<Stat>> {
    let rows = sqlx::query(
        "select tbl, idx, stat from sqlite_stat1 where tbl not like 'sqlite\\_%' escape '\\'",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Stat {
                table: row.try_get("tbl")?,
                key: row.try_get("idx")?,
                text: row.try_get("stat")?,
            })
        })
        .collect()
}

/// All rows, then how many share the first column, the first two, and so on.
fn text(columns: &[String], unique: bool, primary: bool) -> String {
    let mut sharing = ROWS;
    let mut numbers = vec![ROWS];
    for (index, column) in columns.iter().enumerate() {
        sharing = match index {
            _ if unique && index + 1 == columns.len() => 1,
            0 if primary => OF_BUSINESS,
            0 => ROWS,
            1 => SHARED
                .iter()
                .find(|(name, _)| name == column)
                .map_or(OF_ENTITY, |(_, rows)| *rows),
            _ => (sharing / OF_ENTITY).max(1),
        };
        numbers.push(sharing);
    }
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_numbers() {
        let columns = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            text(&columns(&["business_id", "id"]), true, true),
            "1000000 900000 1"
        );
        assert_eq!(
            text(&columns(&["business_id", "event_id"]), false, false),
            "1000000 1000000 20"
        );
        assert_eq!(
            text(&columns(&["business_id", "status", "id"]), false, false),
            "1000000 1000000 250000 12500"
        );
    }
}
