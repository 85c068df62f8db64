//! A connection in use.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::connections::Connections;
use super::session::{Session, Told};
use crate::db::Result;
use crate::db::error::StoreError;

/// A connection that is in use. It goes back when dropped, with nothing begun but its group.
#[derive(Debug)]
pub(super) struct Lease {
    session: Option<Session>,
    connections: Arc<Connections>,
    // Whether what was begun is a savepoint in the group.
    in_group: bool,
    _place: OwnedSemaphorePermit,
}

impl Lease {
    /// Takes a connection, in the order of asking; waits for `patience`, or without an end.
    ///
    /// # Errors
    /// When none comes free in time, or the file cannot be opened.
    pub(super) async fn take(
        connections: &Arc<Connections>,
        patience: Option<Duration>,
    ) -> Result<Self> {
        let (session, place) = connections.take(patience).await?;
        Ok(Self {
            session: Some(session),
            connections: Arc::clone(connections),
            in_group: false,
            _place: place,
        })
    }

    /// The connection.
    ///
    /// # Errors
    /// Never while it is in use.
    pub(super) fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(StoreError::unavailable)
    }

    /// Begins a savepoint in the group; false when there is none.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn join(&mut self) -> Result<bool> {
        let session = self.session()?;
        if !session.has_group() {
            return Ok(false);
        }
        session.begin_in_group()?;
        self.in_group = true;
        Ok(true)
    }

    /// Whether others are to be committed together with this one.
    pub(super) fn is_shared(&self) -> bool {
        self.in_group || self.connections.is_wanted()
    }

    /// Leaves the commit to the group; true when this one is its first member.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn leave_to_group(&mut self, told: Told) -> Result<bool> {
        if self.in_group {
            self.session()?.command("release together")?;
            self.in_group = false;
        }
        let session = self.session()?;
        let first = !session.has_group();
        session.add_to_group(told);
        Ok(first)
    }

    /// Where it came from.
    pub(super) fn connections(&self) -> Arc<Connections> {
        Arc::clone(&self.connections)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else {
            return;
        };
        // A connection that cannot be brought back to nothing is closed.
        if session.put_back(self.in_group).is_ok() {
            self.connections.put(session);
        }
    }
}
