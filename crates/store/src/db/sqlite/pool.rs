//! How transactions on the connections of one kind begin.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;

use super::connections::{ACQUIRE_TIMEOUT, Connections};
use super::session::Kind;
use super::transaction::Transaction;
use crate::db::Result;

/// Readers of a file; more only queue on the disk.
const READERS_MAX: u8 = 8;

/// The connections of one kind to one file; cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::db) struct Pool(Arc<Connections>);

impl Pool {
    /// The one writer of a file, which is made when it is missing.
    pub(in crate::db) fn writer(path: PathBuf) -> Self {
        Self(Arc::new(Connections::new(path, Kind::Writer, 1)))
    }

    /// The readers of a file.
    pub(in crate::db) fn readers(path: PathBuf) -> Self {
        Self(Arc::new(Connections::new(path, Kind::Reader, READERS_MAX)))
    }

    /// Begins a transaction, which sees the file as it is at its first statement.
    ///
    /// # Errors
    /// When no connection comes free in time, or the file cannot be opened or locked.
    pub(in crate::db) async fn begin(&self) -> Result<Transaction> {
        let mut transaction = self.unbegun().await?;
        transaction.begin().await?;
        Ok(transaction)
    }

    /// A connection on which nothing is begun: each statement stands for itself, and sees the file as it is then.
    ///
    /// # Errors
    /// When no connection comes free in time, or the file cannot be opened.
    pub(in crate::db) async fn unbegun(&self) -> Result<Transaction> {
        Transaction::alone(&self.0, Some(ACQUIRE_TIMEOUT)).await
    }

    /// Begins a short transaction that may be committed together with others of its kind.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(in crate::db) async fn begin_together(&self) -> Result<Transaction> {
        Transaction::together(&self.0).await
    }

    /// Does something with a connection that no transaction is on.
    ///
    /// # Errors
    /// When no connection comes free in time, or as the work says.
    pub(in crate::db) async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let mut transaction = self.unbegun().await?;
        transaction
            .beside(move |lease| lease.session()?.with(work))
            .await
    }

    /// Closes the connections, after what runs on them has ended.
    pub(in crate::db) async fn close(&self) {
        self.0.close().await;
    }
}
