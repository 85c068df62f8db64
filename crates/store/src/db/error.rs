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

/// A failure of the storage layer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists already. Inside PostgreSQL the transaction is lost.
    #[error("a row with this key exists already")]
    Unique(#[source] sqlx::Error),
    /// The row refers to one that does not exist, or is still referred to.
    #[error("the row refers to a missing one or is still referred to")]
    ForeignKey(#[source] sqlx::Error),
    /// The database cannot serve now (busy, full, unreachable); trying again later can help.
    #[error("the database is not available now")]
    Unavailable(#[source] sqlx::Error),
    /// Storage is damaged or an fsync failed: the process must stop, the next start recovers.
    #[error("the database file is damaged or cannot be written")]
    Broken(#[source] sqlx::Error),
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
    Other(sqlx::Error),
}

impl StoreError {
    /// The database did not answer in time.
    #[must_use]
    pub const fn unavailable() -> Self {
        Self::Unavailable(sqlx::Error::PoolTimedOut)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        use sqlx::error::ErrorKind;
        match &error {
            E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Io(_) | E::Tls(_) => {
                Self::Unavailable(error)
            }
            E::Database(database) => match (database.kind(), database.code().as_deref()) {
                (ErrorKind::UniqueViolation, _) => Self::Unique(error),
                (ErrorKind::ForeignKeyViolation, _) => Self::ForeignKey(error),
                // SQLite: BUSY 5, LOCKED 6, READONLY 8, FULL 13, CANTOPEN 14 and their extended codes.
                (_, Some("5" | "6" | "8" | "13" | "14" | "261" | "262" | "517")) => {
                    Self::Unavailable(error)
                }
                // SQLite: CORRUPT 11, NOTADB 26, IOERR_FSYNC 1034, IOERR_DIR_FSYNC 1290, IOERR_WRITE 778.
                (_, Some("11" | "26" | "1034" | "1290" | "778")) => {
                    BROKEN.close();
                    Self::Broken(error)
                }
                // PostgreSQL classes 08 connection, 40 rollback, 53 resources, 57 operator intervention.
                (_, Some(code))
                    if code.len() == 5 && ["08", "40", "53", "57"].contains(&&code[..2]) =>
                {
                    Self::Unavailable(error)
                }
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}
