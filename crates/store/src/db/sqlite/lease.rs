//! A connection in use.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
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
    place: Option<OwnedSemaphorePermit>,
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
            place: Some(place),
        })
    }

    /// The connection.
    ///
    /// # Errors
    /// Never while it is in use.
    pub(super) fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(StoreError::unavailable)
    }

    /// Commits what is begun.
    ///
    /// # Errors
    /// As SQLite says.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.session()?.commit()?;
        self.relieve()
    }

    /// Commits the group and tells its members.
    ///
    /// # Errors
    /// As SQLite says; nothing of the group is stored then.
    pub(super) fn commit_group(&mut self) -> Result<()> {
        self.session()?.commit_group()?;
        self.relieve()
    }

    /// Has the write-ahead log be moved into the file when it has grown.
    fn relieve(&mut self) -> Result<()> {
        let pages = self.session()?.take_log_pages();
        self.connections.relieve(pages);
        Ok(())
    }

    /// Goes on in the group's transaction; false when there is none.
    ///
    /// # Errors
    /// Never while the connection is in use.
    pub(super) fn join(&mut self) -> Result<bool> {
        let session = self.session()?;
        let joins = session.has_group();
        if joins {
            session.begin_in_group();
        }
        Ok(joins)
    }

    /// Has what is begun written down, so that others can go on in it.
    ///
    /// # Errors
    /// Never while the connection is in use.
    pub(super) fn open_to_others(&mut self) -> Result<()> {
        self.session()?.write_log();
        Ok(())
    }

    /// Whether others are to be committed together with this one.
    ///
    /// # Errors
    /// Never while the connection is in use.
    pub(super) fn is_shared(&mut self) -> Result<bool> {
        Ok(self.session()?.has_group() || self.connections.is_wanted())
    }

    /// Leaves the commit to the group; true when this one is its first member.
    ///
    /// # Errors
    /// Never while the connection is in use.
    pub(super) fn leave_to_group(&mut self, told: Told) -> Result<bool> {
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
        let (connections, place) = (Arc::clone(&self.connections), self.place.take());
        let repeats = session.has_to_repeat();
        let put_back = move || {
            // A connection that cannot be brought back to nothing is closed.
            if session.put_back().is_ok() {
                connections.put(session);
            }
            drop(place);
        };
        match Handle::try_current() {
            // What a group has to do again may take some milliseconds.
            Ok(runtime) if repeats => drop(runtime.spawn_blocking(put_back)),
            _ => put_back(),
        }
    }
}
