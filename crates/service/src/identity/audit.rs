//! The audit log: written by use cases, in the transaction of what they did.

use domain::id::AuditId;
use domain::status::Scope;
use store::identity::audit;
pub use store::identity::audit::{AuditEntry, NEWEST, ORDERS};
use store::list::Window;

use crate::error::Result;
use crate::work::Work;

/// Which entries a page or program asks for; empty texts ask for all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Words of the actor's name, the action or the detail.
    pub q: String,
    /// The noun, such as `affiliate`.
    pub subject: String,
    /// The public id of what it was done to.
    pub subject_id: String,
    /// `staff`, `api_key`, `account` or `system`.
    pub actor_kind: String,
}

impl AuditFilter {
    fn rows(&self) -> audit::Filter {
        let Self {
            q,
            subject,
            subject_id,
            actor_kind,
        } = self;
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        audit::Filter {
            search: given(q).filter(|text| !text.trim().is_empty()),
            subject: given(subject),
            subject_id: given(subject_id),
            actor_kind: given(actor_kind),
        }
    }
}

/// Writes what the actor of this work did. `action` is `noun.verb`, `subject` the noun,
/// `subject_id` its public id (empty: none), `detail` says it in words, without secrets.
///
/// # Errors
/// As the database says.
pub async fn record(
    work: &mut Work,
    action: &'static str,
    subject: &'static str,
    subject_id: &str,
    detail: &str,
) -> Result<()> {
    let entry = AuditEntry {
        id: work.new_id::<AuditId>(),
        at_ms: work.now,
        actor_kind: work.actor.kind().to_owned(),
        actor_id: work.actor.id(),
        actor_name: work.actor.name().to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        subject_id: (!subject_id.is_empty()).then(|| subject_id.to_owned()),
        detail: detail.to_owned(),
    };
    Ok(audit::insert(&mut work.tx, &entry).await?)
}

/// A part of the log; `window.order` is one of [`ORDERS`] or [`NEWEST`].
///
/// # Errors
/// [`crate::ServiceError::Forbidden`] without the scope `read`.
pub async fn list(
    work: &mut Work,
    filter: &AuditFilter,
    window: Window,
) -> Result<Vec<AuditEntry>> {
    work.require(Scope::Read)?;
    Ok(audit::list(&mut work.tx, &filter.rows(), window).await?)
}

/// How many entries pass the filter.
///
/// # Errors
/// As [`list`].
pub async fn count(work: &mut Work, filter: &AuditFilter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(audit::count(&mut work.tx, &filter.rows()).await?)
}
