//! One connection.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ToSql};
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};
use tokio::sync::oneshot;

use super::checkpoint;
use super::text::{Texts, columns_of};
use crate::db::Result;
use crate::db::error::StoreError;
use crate::db::row::{Record, Row, Single, SqliteRow};
use crate::db::value::Value;

/// Statements kept prepared on a connection: more than the product has.
const PREPARED_STATEMENTS_MAX: usize = 600;
/// Statements that a group may have changed something by: more take long to be done again.
const GROUP_LOG_MAX: usize = 2_000;
/// How long a statement waits for another process that holds the file.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine between two looks at whether a read takes too long.
pub(super) const STEPS_A_LOOK: i32 = 1_000;

/// What the connections of a pool are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reading, several at once.
    Reader,
    /// Writing, one at a time.
    Writer,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    texts: Texts,
    kind: Kind,
    // How many steps the running statement may still take, and how many it could when it began.
    steps: Arc<AtomicI64>,
    given: i64,
    // Set when nobody waits any more for the read that runs.
    given_up: Arc<Mutex<Option<GivenUp>>>,
    // Pages of the write-ahead log after the last commit that added to it and was not asked about yet.
    log_pages: i32,
    // Whether a transaction was begun, which SQLite may have given up by itself meanwhile.
    begun: bool,
    // Those that wait for the group's commit. While there are any, its transaction is open.
    group: Vec<Told>,
    // What the open transaction has changed by, when it may become a group's: first the group's own statements,
    // then those of the one that has its turn.
    log: Vec<Written>,
    // How many of them are the group's.
    kept: usize,
    // How many statements of the group were done again so far.
    repeated: usize,
    // Whether the log is written.
    logs: bool,
}

/// A statement that has changed something.
#[derive(Debug)]
struct Written {
    sql: SqlStr,
    values: Vec<Value>,
    /// How many rows it changed.
    changed: u64,
}

/// Whether nobody waits any more for a read.
pub(super) type GivenUp = Arc<AtomicBool>;

/// Told to a member of a group when its commit has been tried.
pub(super) type Told = oneshot::Sender<Result<(), String>>;

/// Why a statement has no answer.
pub(super) enum Stop {
    /// It took more steps than it was given, or has to wait for another process.
    TooLong,
    /// It failed.
    Failed(StoreError),
}

impl Session {
    /// Opens the file: write-ahead log, every commit on the disk (synchronous=FULL), foreign keys checked.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        connection.pragma_update(None, "temp_store", "memory")?;
        match kind {
            // SQLite walks through the whole cache after each commit that split a page.
            Kind::Writer => {
                connection.pragma_update(None, "cache_size", -4_000)?;
                checkpoint::take_over(&connection);
            }
            Kind::Reader => {
                connection.pragma_update(None, "cache_size", -32_000)?;
                connection.pragma_update(None, "query_only", "on")?;
            }
        }
        let steps = Arc::new(AtomicI64::new(i64::MAX));
        let given_up = Arc::new(Mutex::new(None::<GivenUp>));
        let (left, unwanted) = (Arc::clone(&steps), Arc::clone(&given_up));
        let look = move || {
            let over = left.fetch_sub(STEPS_A_LOOK.into(), Ordering::Relaxed) < STEPS_A_LOOK.into();
            let unwanted = unwanted.lock().unwrap_or_else(PoisonError::into_inner);
            over || unwanted
                .as_ref()
                .is_some_and(|it| it.load(Ordering::Relaxed))
        };
        connection.progress_handler(STEPS_A_LOOK, Some(look))?;
        Ok(Self {
            connection,
            texts: Texts::default(),
            kind,
            steps,
            given: i64::MAX,
            given_up,
            log_pages: 0,
            begun: false,
            group: Vec::new(),
            log: Vec::new(),
            kept: 0,
            repeated: 0,
            logs: false,
        })
    }

    /// Begins a transaction; `patience` is how long it waits for another process.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn begin(&mut self, patience: Duration) -> Result<()> {
        match self.kind {
            Kind::Reader => self.command("begin")?,
            Kind::Writer => {
                self.connection.busy_timeout(patience)?;
                let begun = self.command("begin immediate");
                self.connection.busy_timeout(BUSY_TIMEOUT)?;
                begun?;
            }
        }
        self.begun = true;
        Ok(())
    }

    /// Goes on in the group's transaction.
    pub(super) fn begin_in_group(&mut self) {
        self.begun = true;
        self.logs = true;
    }

    /// Has the transaction that was begun written down, so that it can become a group's.
    pub(super) fn write_log(&mut self) {
        self.logs = true;
    }

    /// Whether there are transactions whose commit is still to come.
    pub(super) fn has_group(&self) -> bool {
        !self.group.is_empty()
    }

    /// Whether the group has grown so much, or was done again so often, that nobody is to join it.
    pub(super) fn has_full_group(&self) -> bool {
        self.has_group() && self.kept + self.repeated > GROUP_LOG_MAX
    }

    /// Whether the last one has changed something that the group is to be rid of.
    pub(super) fn has_to_repeat(&self) -> bool {
        self.has_group() && self.log.len() > self.kept && !self.connection.is_autocommit()
    }

    /// Makes one a member of the group, and its transaction the group's when there was none.
    pub(super) fn add_to_group(&mut self, told: Told) {
        self.group.push(told);
        self.kept = self.log.len();
    }

    /// Does something with the bare connection.
    ///
    /// # Errors
    /// As the work says.
    pub(super) fn with<R>(&mut self, work: impl FnOnce(&mut Connection) -> Result<R>) -> Result<R> {
        self.give(i64::MAX);
        work(&mut self.connection)
    }

    /// Ends what was begun and not committed; what a group has changed stays.
    ///
    /// # Errors
    /// As SQLite says; the connection is not to be used again then.
    pub(super) fn put_back(&mut self) -> Result<()> {
        self.begun = false;
        self.logs = false;
        self.give_up_with(None);
        // Some failures make SQLite give up a whole transaction by itself.
        if self.connection.is_autocommit() {
            self.end_group(&Err("the transaction was given up".to_owned()));
        } else if !self.has_group() {
            self.log.clear();
            self.command("rollback")?;
        } else if self.has_to_repeat()
            && let Err(error) = self.repeat_group()
        {
            self.end_group(&Err(error.to_string()));
            if !self.connection.is_autocommit() {
                self.command("rollback")?;
            }
        }
        Ok(())
    }

    /// Takes back what the last one has changed: all is rolled back, and what the group had changed is done again.
    ///
    /// # Errors
    /// As SQLite says, or when another process has changed something in between: the group cannot be stored then.
    fn repeat_group(&mut self) -> Result<()> {
        let seen = self.version()?;
        self.command("rollback")?;
        self.log.truncate(self.kept);
        self.redo(seen)
    }

    /// Does again what is written in the log, on a file that has this version still.
    ///
    /// # Errors
    /// As [`Self::repeat_group`].
    pub(super) fn redo(&mut self, seen: i64) -> Result<()> {
        // Whoever has the file now may change it, so nothing is waited for.
        self.begin(Duration::ZERO)?;
        self.begun = false;
        let log = std::mem::take(&mut self.log);
        if self.version()? != seen {
            return Err(StoreError::unavailable());
        }
        for Written {
            sql,
            values,
            changed,
        } in &log
        {
            if self.run(sql.as_str(), values)? != *changed {
                return Err(StoreError::unavailable());
            }
        }
        self.repeated += log.len();
        self.log = log;
        Ok(())
    }

    /// A number that is another one when another connection has changed the file.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn version(&mut self) -> Result<i64> {
        let rows = self.fetch_quickly::<Single<i64>>(
            "select data_version as value from pragma_data_version",
            &[],
            i64::MAX,
        );
        match rows {
            Ok(rows) => rows
                .first()
                .map(|row| row.0)
                .ok_or_else(StoreError::unavailable),
            Err(Stop::TooLong) => Err(StoreError::unavailable()),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Commits what is begun.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.log_pages = checkpoint::pages_after(|| self.command("commit"))?;
        Ok(())
    }

    /// Pages of the write-ahead log after the last commit, told once.
    pub(super) fn take_log_pages(&mut self) -> i32 {
        std::mem::take(&mut self.log_pages)
    }

    /// Commits the group and tells its members.
    ///
    /// # Errors
    /// As SQLite says; nothing of the group is stored then.
    pub(super) fn commit_group(&mut self) -> Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        let done = self.commit();
        self.end_group(&done.as_ref().copied().map_err(ToString::to_string));
        if done.is_err() && !self.connection.is_autocommit() {
            self.command("rollback")?;
        }
        done
    }

    /// Tells the members what became of the group.
    fn end_group(&mut self, what: &Result<(), String>) {
        self.log.clear();
        self.kept = 0;
        self.repeated = 0;
        for member in self.group.drain(..) {
            // Its caller may have gone away.
            let _ = member.send(what.clone());
        }
    }

    /// Whether the last statement took as long as it takes to look at it once.
    pub(super) fn took_long(&self) -> bool {
        self.steps.load(Ordering::Relaxed) < self.given
    }

    fn give(&mut self, steps: i64) {
        self.given = steps;
        self.steps.store(steps, Ordering::Relaxed);
    }

    /// Runs a statement without values and rows.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn command(&mut self, sql: &str) -> rusqlite::Result<()> {
        self.give(i64::MAX);
        self.connection.prepare_cached(sql)?.raw_execute().map(drop)
    }

    /// Refuses a statement of a transaction that SQLite has given up by itself: it would last alone.
    fn is_whole(&self) -> Result<()> {
        if self.begun && self.connection.is_autocommit() {
            return Err(StoreError::unavailable());
        }
        Ok(())
    }

    /// Runs a statement; answers with how many rows it changed.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn execute(&mut self, sql: SqlStr, values: Vec<Value>) -> Result<u64> {
        self.is_whole()?;
        let changed = self.run(sql.as_str(), &values)?;
        if self.logs {
            self.log.push(Written {
                sql,
                values,
                changed,
            });
        }
        Ok(changed)
    }

    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        self.give(i64::MAX);
        let text = self.texts.of(sql);
        let sql = text.as_ref().map_or(sql, |text| &text.numbered);
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, values, text.is_some())?;
        // What a `returning` answers is passed over.
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(self.connection.changes())
    }

    /// All rows of a statement that may not take long. A read ends with [`Stop::TooLong`] after `steps`, and
    /// when another process holds the file; what writes is never broken off.
    ///
    /// # Errors
    /// As SQLite says, or when a row does not fit the record.
    pub(super) fn fetch_quickly<T: Record>(
        &mut self,
        sql: &str,
        values: &[Value],
        steps: i64,
    ) -> Result<Vec<T>, Stop> {
        if self.kind == Kind::Reader {
            self.connection.busy_timeout(Duration::ZERO)?;
        }
        let rows = self.rows(sql, values, steps);
        if self.kind == Kind::Reader {
            self.connection.busy_timeout(BUSY_TIMEOUT)?;
        }
        rows
    }

    /// All rows of a statement, for as long as it takes or until the read is given up.
    ///
    /// # Errors
    /// As SQLite says, or when a row does not fit the record.
    pub(super) fn fetch_patiently<T: Record>(
        &mut self,
        sql: &str,
        values: &[Value],
        given_up: GivenUp,
    ) -> Result<Vec<T>> {
        self.give_up_with(Some(given_up));
        let rows = self.rows(sql, values, i64::MAX);
        self.give_up_with(None);
        rows.map_err(|stop| match stop {
            Stop::TooLong => StoreError::unavailable(),
            Stop::Failed(error) => error,
        })
    }

    /// Has reads end when this says that nobody waits for them.
    fn give_up_with(&self, given_up: Option<GivenUp>) {
        *self.given_up.lock().unwrap_or_else(PoisonError::into_inner) = given_up;
    }

    fn rows<T: Record>(&mut self, sql: &str, values: &[Value], steps: i64) -> Result<Vec<T>, Stop> {
        self.is_whole()?;
        // SQLite looks at the steps while it prepares, too.
        self.give(i64::MAX);
        let text = self.texts.of(sql);
        let numbered = text.as_ref().map_or(sql, |text| &text.numbered);
        let mut statement = self.connection.prepare_cached(numbered)?;
        bind(&mut statement, values, text.is_some())?;
        let columns = match &text {
            Some(text) => text.columns(&statement),
            None => columns_of(&statement),
        };
        let writes = !statement.readonly();
        let steps = if writes { i64::MAX } else { steps };
        self.given = steps;
        self.steps.store(steps, Ordering::Relaxed);
        let mut rows = statement.raw_query();
        let mut records = Vec::new();
        let mut misread = None;
        while let Some(row) = rows.next()? {
            match T::read(&Row::Sqlite(SqliteRow::new(row, &columns))) {
                Ok(record) => records.push(record),
                // What it changes it has changed.
                Err(error) if writes => misread = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        drop(rows);
        drop(statement);
        if writes && self.logs {
            self.log.push(Written {
                sql: AssertSqlSafe(sql).into_sql_str(),
                values: values.to_vec(),
                changed: self.connection.changes(),
            });
        }
        match misread {
            Some(error) => Err(error.into()),
            None => Ok(records),
        }
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy) => Self::TooLong,
            _ => Self::Failed(error.into()),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Binds the values to the places of their numbers. With `numbered` each place has a value; places that are not numbered
/// may have none, and are NULL then.
fn bind(statement: &mut Statement<'_>, values: &[Value], numbered: bool) -> rusqlite::Result<()> {
    let places = statement.parameter_count();
    if numbered && places > values.len() {
        return Err(rusqlite::Error::InvalidParameterCount(values.len(), places));
    }
    for (index, value) in (1..=places).zip(values) {
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(v)) => ValueRef::Integer(*v),
            Self::Text(Some(v)) => ValueRef::Text(v.as_bytes()),
            Self::Bytes(Some(v)) => ValueRef::Blob(v),
            Self::Id(Some(v)) => ValueRef::Blob(v.as_bytes()),
            Self::Bool(Some(v)) => ValueRef::Integer((*v).into()),
            _ => ValueRef::Null,
        }))
    }
}
