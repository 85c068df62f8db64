//! The audit log: what staff and programs did. The database refuses to change it.

use domain::id::AuditId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

record! {
    /// One act.
    pub struct AuditEntry {
        pub id: AuditId,
        pub at_ms: UnixMs,
        /// `staff`, `api_key`, `account`, `browser` or `system`.
        pub actor_kind: String,
        /// The actor's public id.
        pub actor_id: Option<String>,
        pub actor_name: String,
        /// What was done, such as `affiliate.approve`.
        pub action: String,
        /// The noun it was done to.
        pub subject: String,
        /// The public id of what it was done to.
        pub subject_id: Option<String>,
        /// In words.
        pub detail: String,
    }
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only with this in the actor's name, the action and the detail.
    pub search: Option<String>,
    /// Only entries about this noun.
    pub subject: Option<String>,
    /// Only entries about this public id.
    pub subject_id: Option<String>,
    /// Only entries of this kind of actor.
    pub actor_kind: Option<String>,
}

impl Filter {
    /// The values from `$2` to `$6`.
    fn values(&self) -> Vec<crate::db::Value> {
        args![
            self.search.as_deref().map(domain::text::like_pattern),
            self.search.as_deref().map(domain::text::typed_pattern),
            self.subject.clone(),
            self.subject_id.clone(),
            self.actor_kind.clone()
        ]
    }
}

/// The orders of the list: a key for the page's address, upwards, downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("created", "id", "id desc"),
    (
        "actor",
        "lower(actor_name), id desc",
        "lower(actor_name) desc, id desc",
    ),
    ("action", "action, id desc", "action desc, id desc"),
];
/// The order in which a cursor goes on.
pub const NEWEST: &str = "id desc";

/// A part of the entries; `window.order` is one of [`ORDERS`] or [`NEWEST`].
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<AuditEntry>> {
    let mut values = filter.values();
    values.extend(args![
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ]);
    let sql = ordered(include_str!("audit/list.sql"), window.order);
    tx.fetch_all(sql, values).await
}

/// How many entries there are.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("audit/count.sql"), filter.values())
        .await
}

/// Adds an entry.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &AuditEntry) -> Result<()> {
    let AuditEntry {
        id,
        at_ms,
        actor_kind,
        actor_id,
        actor_name,
        action,
        subject,
        subject_id,
        detail,
    } = new;
    let values = args![
        *id,
        *at_ms,
        actor_kind,
        actor_id.clone(),
        actor_name,
        action,
        subject,
        subject_id.clone(),
        detail
    ];
    tx.execute(include_str!("audit/insert.sql"), values).await?;
    Ok(())
}
