//! What SQLite's planner is told of the tables' sizes.
//!
//! Every key begins with the business. Without statistics SQLite takes that column to be as selective as
//! any other and reads a whole business where an index leads straight to ten rows. Statistics that it
//! counts itself depend on the moment; these are fixed: a large business, in a file of its own. They are
//! written once, to `sqlite_stat1` (<https://sqlite.org/fileformat2.html#stat1tab>), when the schema is
//! brought up to date.

use rusqlite::Connection;

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

/// A column of a key.
struct KeyColumn {
    table: String,
    key: String,
    unique: bool,
    primary: bool,
    column: String,
}

/// Writes the statistics when the file has others.
pub(super) fn inform(connection: &mut Connection) -> Result<()> {
    let tx = connection.transaction()?;
    let columns: Vec<KeyColumn> = tx
        .prepare(KEYS)?
        .query_map([], |row| {
            Ok(KeyColumn {
                table: row.get("table_name")?,
                key: row.get("key_name")?,
                unique: row.get("is_unique")?,
                primary: row.get("is_primary")?,
                column: row.get("column_name")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let wanted: Vec<Stat> = columns
        .chunk_by(|a, b| a.table == b.table && a.key == b.key)
        .map(|key| {
            let first = &key[0];
            let columns: Vec<&str> = key.iter().map(|column| column.column.as_str()).collect();
            Stat {
                text: text(&columns, first.unique, first.primary),
                key: if first.primary {
                    &first.table
                } else {
                    &first.key
                }
                .clone(),
                table: first.table.clone(),
            }
        })
        .collect();
    let known = tx
        .prepare("select 1 from sqlite_schema where name = 'sqlite_stat1'")?
        .exists([])?;
    if known && stored(&tx)? == wanted {
        return Ok(());
    }
    // Making the table anew has the other connections read it.
    if known {
        tx.execute_batch("drop table sqlite_stat1")?;
    }
    tx.execute_batch("analyze sqlite_schema")?;
    for Stat { table, key, text } in wanted {
        tx.execute(
            "insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)",
            (table, key, text),
        )?;
    }
    tx.commit()?;
    // This connection reads it by being told.
    connection.execute_batch("analyze sqlite_schema")?;
    Ok(())
}

fn stored(connection: &Connection) -> Result<Vec<Stat>> {
    let stats = connection
        .prepare(
            "select tbl, idx, stat from sqlite_stat1 where tbl not like 'sqlite\\_%' escape '\\'",
        )?
        .query_map([], |row| {
            Ok(Stat {
                table: row.get(0)?,
                key: row.get(1)?,
                text: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(stats)
}

/// All rows, then how many share the first column, the first two, and so on.
fn text(columns: &[&str], unique: bool, primary: bool) -> String {
    let mut sharing = ROWS;
    let mut numbers = vec![ROWS];
    for (index, column) in columns.iter().enumerate() {
        sharing = match index {
            _ if unique && index + 1 == columns.len() => 1,
            0 if primary => OF_BUSINESS,
            0 => ROWS,
            1 => SHARED
                .iter()
                .find(|(name, _)| *name == *column)
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
        assert_eq!(text(&["business_id", "id"], true, true), "1000000 900000 1");
        assert_eq!(
            text(&["business_id", "event_id"], false, false),
            "1000000 1000000 20"
        );
        assert_eq!(
            text(&["business_id", "status", "id"], false, false),
            "1000000 1000000 250000 12500"
        );
    }
}
