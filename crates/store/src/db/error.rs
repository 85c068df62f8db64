//! What can go wrong in the database, classified by code and never by a constraint's name.

/// Closed for ever by the first sign of damage.
static BROKEN: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(0);

/// Ends when storage has turned out to be damaged or unable to reach the disk
/// ([`StoreError::Broken`]). What this process holds in memory is not to be trusted then: it stops, and
/// the next start recovers from the log.
pub async fn broken() {
    // It has no permits, so this waits until the semaphore is closed.
    let _ = BROKEN.acquire().await;
}

/// What the driver said.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the storage layer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists already. Inside PostgreSQL the transaction is lost.
    #[error("a row with this key exists already")]
    Unique(#[source] Cause),
    /// The row refers to one that does not exist, or is still referred to.
    #[error("the row refers to a missing one or is still referred to")]
    ForeignKey(#[source] Cause),
    /// The database cannot serve now (busy, full, unreachable); trying again later can help.
    #[error("the database is not available now")]
    Unavailable(#[source] Cause),
    /// Storage is damaged or an fsync failed: the process must stop, the next start recovers.
    #[error("the database file is damaged or cannot be written")]
    Broken(#[source] Cause),
    /// A stored value that the code does not understand.
    #[error("stored data is not as expected: {0}")]
    Inconsistent(String),
    /// The database address is not usable.
    #[error("{0}")]
    Address(String),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else.
    #[error(transparent)]
    Other(Cause),
}

impl StoreError {
    /// The database did not answer in time.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::Unavailable(sqlx::Error::PoolTimedOut.into())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        use sqlx::error::ErrorKind;
        match &error {
            E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Io(_) | E::Tls(_) => {
                Self::Unavailable(error.into())
            }
            E::Database(database) => match (database.kind(), database.code().as_deref()) {
                (ErrorKind::UniqueViolation, _) => Self::Unique(error.into()),
                (ErrorKind::ForeignKeyViolation, _) => Self::ForeignKey(error.into()),
                // PostgreSQL classes 08 connection, 40 rollback, 53 resources, 57 operator intervention.
                (_, Some(code))
                    if code.len() == 5 && ["08", "40", "53", "57"].contains(&&code[..2]) =>
                {
                    Self::Unavailable(error.into())
                }
                _ => Self::Other(error.into()),
            },
            E::ColumnDecode { index, source } => {
                Self::Inconsistent(format!("the column {index}: {source}"))
            }
            _ => Self::Other(error.into()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    /// By SQLite's result codes (<https://sqlite.org/rescode.html>).
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|error| error.extended_code) else {
            return Self::Other(error.into());
        };
        match (code, code & 0xff) {
            // CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE, CONSTRAINT_ROWID.
            (1555 | 2067 | 2579, _) => Self::Unique(error.into()),
            // CONSTRAINT_FOREIGNKEY.
            (787, _) => Self::ForeignKey(error.into()),
            // IOERR_FSYNC, IOERR_DIR_FSYNC, IOERR_WRITE, IOERR_CORRUPTFS; CORRUPT and NOTADB of any kind.
            (1034 | 1290 | 778 | 8458, _) | (_, 11 | 26) => {
                BROKEN.close();
                Self::Broken(error.into())
            }
            // IOERR_SHMSIZE, which a full disk gives; BUSY, LOCKED, READONLY, FULL and CANTOPEN of any kind.
            (4874, _) | (_, 5 | 6 | 8 | 13 | 14) => Self::Unavailable(error.into()),
            _ => Self::Other(error.into()),
        }
    }
}
