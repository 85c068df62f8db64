//! A transaction.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::SqlStr;
use tokio::sync::oneshot;

use super::connections::{ACQUIRE_TIMEOUT, Connections};
use super::lease::Lease;
use super::session::{BUSY_TIMEOUT, GivenUp, STEPS_A_LOOK, Stop};
use crate::db::Result;
use crate::db::error::StoreError;
use crate::db::row::Record;
use crate::db::value::Value;

/// Steps that a read may take in the thread that asks for it: a fraction of a millisecond.
pub(super) const STEPS_HERE: i64 = 8 * STEPS_A_LOOK as i64;

/// A transaction. Dropped without [`Self::commit`] it leaves nothing behind.
#[derive(Debug)]
pub(in crate::db) struct Transaction {
    // None while something runs beside, and for ever when that was given up. The lock is never waited
    // for: it lets the transaction be looked at from several threads, which a connection does not.
    lease: Option<Box<Mutex<Lease>>>,
    together: bool,
}

/// Somebody waits for a read.
struct Wanted(GivenUp);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Transaction {
    fn on(lease: Lease) -> Self {
        Self {
            lease: Some(Box::new(Mutex::new(lease))),
            together: false,
        }
    }

    /// A connection that nothing is begun on: a group is committed first. Waits for `patience`, or without
    /// an end.
    ///
    /// # Errors
    /// When none comes free in time, or the file cannot be opened.
    pub(super) async fn alone(
        connections: &Arc<Connections>,
        patience: Option<Duration>,
    ) -> Result<Self> {
        let mut transaction = Self::on(Lease::take(connections, patience).await?);
        if transaction.here(|lease| Ok::<_, StoreError>(lease.session()?.has_group()))? {
            transaction.end_group().await;
        }
        Ok(transaction)
    }

    /// Commits the group. Its members are told what became of it.
    async fn end_group(&mut self) {
        let _ = self.beside(Lease::commit_group).await;
    }

    /// A begun transaction that may be committed with others.
    ///
    /// # Errors
    /// As [`Self::alone`] and [`Self::begin`].
    pub(super) async fn together(connections: &Arc<Connections>) -> Result<Self> {
        let mut transaction = Self::on(Lease::take(connections, Some(ACQUIRE_TIMEOUT)).await?);
        transaction.together = true;
        if transaction.here(|lease| Ok::<_, StoreError>(lease.session()?.has_full_group()))? {
            transaction.end_group().await;
        }
        if !transaction.here(Lease::join)? {
            transaction.begin().await?;
            transaction.here(Lease::open_to_others)?;
        }
        Ok(transaction)
    }

    /// Begins it.
    ///
    /// # Errors
    /// When another process holds the file for long.
    pub(super) async fn begin(&mut self) -> Result<()> {
        let begin = |lease: &mut Lease, patience| lease.session()?.begin(patience);
        // Only another process can be in the way; for it one waits beside.
        match self.here(|lease| begin(lease, Duration::ZERO)) {
            Err(StoreError::Unavailable(_)) => {
                self.beside(move |lease| begin(lease, BUSY_TIMEOUT)).await
            }
            begun => begun,
        }
    }

    /// Runs a statement; answers with how many rows it changed.
    ///
    /// # Errors
    /// As SQLite says.
    pub(in crate::db) async fn execute(&mut self, sql: SqlStr, values: Vec<Value>) -> Result<u64> {
        let changed = self.here(|lease| lease.session()?.execute(sql, values))?;
        self.let_others().await;
        Ok(changed)
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// As SQLite says, or when a row does not fit the record.
    pub(in crate::db) async fn fetch_all<T: Record>(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>> {
        match self.here(|lease| lease.session()?.fetch_quickly(sql, &values, STEPS_HERE)) {
            Err(Stop::TooLong) => {}
            Err(Stop::Failed(error)) => return Err(error),
            Ok(rows) => {
                self.let_others().await;
                return Ok(rows);
            }
        }
        // When the caller goes away, this is dropped and the read ends.
        let wanted = Wanted(GivenUp::default());
        let (sql, given_up) = (sql.to_owned(), GivenUp::clone(&wanted.0));
        self.beside(move |lease| lease.session()?.fetch_patiently(&sql, &values, given_up))
            .await
    }

    /// Runs a statement that may take many rows with it, where taking long is allowed.
    ///
    /// # Errors
    /// As SQLite says.
    pub(in crate::db) async fn execute_long(
        &mut self,
        sql: SqlStr,
        values: Vec<Value>,
    ) -> Result<u64> {
        self.beside(move |lease| lease.session()?.execute(sql, values))
            .await
    }

    /// Makes all changes lasting.
    ///
    /// # Errors
    /// When SQLite could not; nothing was stored then.
    pub(in crate::db) async fn commit(mut self) -> Result<()> {
        let shared = self.together && self.here(Lease::is_shared)?;
        if !shared {
            return self.beside(Lease::commit).await;
        }
        let (told, hears) = oneshot::channel();
        let first = self.here(|lease| lease.leave_to_group(told))?;
        let connections = self.here(|lease| Ok::<_, StoreError>(lease.connections()))?;
        // The next one has its turn.
        drop(self);
        if first {
            // Of its own, so that the group ends even when this one's caller has gone away.
            tokio::spawn(async move { Self::alone(&connections, None).await.map(drop) });
        }
        match hears.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(message)) => Err(StoreError::Unavailable(message.into())),
            Err(_) => Err(StoreError::unavailable()),
        }
    }

    /// Lets other tasks of this thread have their turn: after a statement that took long, and after many.
    async fn let_others(&mut self) {
        let long = self.here(|lease| Ok::<_, StoreError>(lease.session()?.took_long()));
        if long.unwrap_or(false) {
            tokio::task::yield_now().await;
        } else {
            tokio::task::coop::consume_budget().await;
        }
    }

    /// Does something with the connection in this thread.
    fn here<R, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Lease) -> Result<R, E>,
    ) -> Result<R, E> {
        let lease = self.lease.as_mut().ok_or_else(StoreError::unavailable)?;
        // Not shared with another thread, so nothing is waited for.
        work(lease.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something with the connection in a thread where waiting is allowed. When the caller gives up
    /// meanwhile, the work is done all the same, and then the connection goes back.
    pub(super) async fn beside<R: Send + 'static, E: From<StoreError> + Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Lease) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E> {
        let mut lease = self.lease.take().ok_or_else(StoreError::unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let answer = work(lease.get_mut().unwrap_or_else(PoisonError::into_inner));
            (lease, answer)
        });
        // On one core the other thread begins now, and this one goes on while it waits for the disk.
        std::thread::yield_now();
        let (lease, answer) = done.await.map_err(|_| StoreError::unavailable())?;
        self.lease = Some(lease);
        answer
    }
}
