//! One actor, one business, one transaction, one instant.

use domain::id::{AffiliateId, BusinessId, EntityId};
use domain::status::Scope;
use domain::time::UnixMs;
use store::db::Tx;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::hub::Change;
use crate::programme::ledger::Journal;
use crate::random;

/// An open piece of work. Use cases borrow it; whoever opened it commits it.
pub struct Work {
    /// The application it runs in.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// The instant at which all of it happens.
    pub now: UnixMs,
    /// The transaction, which carries the business.
    pub tx: Tx,
    /// How much the hub had told of the business before anything was read, see [`crate::hub::Hub::told`].
    pub told: u64,
    changes: Vec<Change>,
    pub(crate) journal: Journal,
}

impl Work {
    pub(crate) fn new(app: App, actor: Actor, now: UnixMs, tx: Tx) -> Self {
        Self {
            told: app.hub().told(tx.business()),
            app,
            actor,
            now,
            tx,
            changes: Vec::new(),
            journal: Journal::default(),
        }
    }

    /// The business.
    #[must_use]
    pub fn business(&self) -> BusinessId {
        self.tx.business()
    }

    /// Refuses an actor without the scope.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`].
    pub fn require(&self, scope: Scope) -> Result<()> {
        self.actor.require(scope)
    }

    /// Draws an id of any entity.
    #[must_use]
    pub fn new_id<T: EntityId>(&self) -> T {
        random::new_id(self.app.random(), self.now)
    }

    /// Has everyone who looks at the business, and at this affiliate, told once this is committed.
    pub fn changed(&mut self, affiliate: Option<AffiliateId>) {
        let change = Change {
            business: self.business(),
            affiliate,
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Makes all of it lasting, then tells who listens.
    ///
    /// # Errors
    /// When the database could not; nothing was stored then.
    pub async fn commit(mut self) -> Result<()> {
        crate::programme::ledger::flush(&mut self).await?;
        let Self {
            app, tx, changes, ..
        } = self;
        tx.commit().await?;
        for change in changes {
            app.hub().publish(change);
        }
        Ok(())
    }
}
