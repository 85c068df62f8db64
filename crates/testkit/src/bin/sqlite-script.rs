//! `sqlite-script FILE STATEMENTS`: runs statements in one short transaction on a server's SQLite file, also while
//! the server runs. Browser tests put things in the server's way with it that no page can, such as a trigger that
//! refuses a row. No part of the binary that is shipped.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How long the server's own writes are waited for.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, statements] = &arguments[..] else {
        return Err("usage: sqlite-script FILE STATEMENTS".into());
    };
    // Only a file that is there: a wrong path would make an empty one.
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(&format!("begin immediate; {statements}; commit;"))?;
    Ok(())
}
