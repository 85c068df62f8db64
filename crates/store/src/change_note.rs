//! Notes of changes, by which the processes on one database hear of each other. Without a tenant in the key.
//!
//! What one transaction notes has one number of its process, which counts its own: a process notes one transaction after the
//! other, so its numbers become visible in their order and without gaps. Its [`Head`] has the newest. Only the process itself
//! moves its head, so none waits for another one. One that does not know what became of a transaction goes on as another process.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{AffiliateId, BusinessId, NodeId};

use crate::db::{Result, SystemTx};
use crate::{args, record};

record! {
    /// How far a process has come.
    pub struct Head {
        /// The process.
        pub node: NodeId,
        /// The number of its newest notes.
        pub number: i64,
    }
}

record! {
    /// A change that a process has noted.
    pub struct ChangeNote {
        /// The number of the transaction that noted it.
        pub number: i64,
        /// The business.
        pub business_id: BusinessId,
        /// The affiliate concerned, or none when it concerns the business as a whole.
        pub affiliate_id: Option<AffiliateId>,
        /// Whether it is new clicks and nothing else.
        pub clicks: bool,
    }
}

/// A change of a business to be noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewNote {
    /// The affiliate concerned, or none when it concerns the business as a whole.
    pub affiliate_id: Option<AffiliateId>,
    /// Whether it is new clicks and nothing else.
    pub clicks: bool,
}

const COLUMNS: &[&str] = &[
    "node",
    "number",
    "business_id",
    "nth",
    "affiliate_id",
    "clicks",
];

/// The heads of all processes that have noted something lately.
///
/// # Errors
/// As the database says.
pub async fn heads(tx: &mut SystemTx) -> Result<Vec<Head>> {
    tx.fetch_all(include_str!("change_note/heads.sql"), args![])
        .await
}

/// Draws the number of this transaction's notes: the one after the process's head, or `first` when it has none. It must not be
/// committed without a note.
///
/// # Errors
/// As the database says.
pub async fn draw(tx: &mut SystemTx, node: NodeId, first: i64) -> Result<i64> {
    tx.value(include_str!("change_note/draw.sql"), args![node, first])
        .await
}

/// Notes changes of businesses under the number that the process has drawn, once a transaction.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut SystemTx,
    node: NodeId,
    number: i64,
    notes: &BTreeMap<BusinessId, BTreeSet<NewNote>>,
) -> Result<()> {
    let rows = notes.iter().flat_map(|(business, notes)| {
        (0_i64..).zip(notes).map(move |(nth, note)| {
            let NewNote {
                affiliate_id,
                clicks,
            } = *note;
            args![node, number, *business, nth, affiliate_id, clicks]
        })
    });
    tx.insert_many_system("change_note", COLUMNS, rows.collect())
        .await?;
    Ok(())
}

/// What a process has noted behind a number, in order; `limit` notes at the most.
///
/// # Errors
/// As the database says.
pub async fn list_after(
    tx: &mut SystemTx,
    node: NodeId,
    number: i64,
    limit: u32,
) -> Result<Vec<ChangeNote>> {
    tx.fetch_all(
        include_str!("change_note/list_after.sql"),
        args![node, number, limit],
    )
    .await
}

/// Removes the notes of a process up to a number, this one included.
///
/// # Errors
/// As the database says.
pub async fn delete_until(tx: &mut SystemTx, node: NodeId, number: i64) -> Result<()> {
    tx.execute_long(
        include_str!("change_note/delete_until.sql"),
        args![node, number],
    )
    .await?;
    Ok(())
}

/// Removes the head of a process, unless it has moved on from this one or is being moved.
///
/// # Errors
/// As the database says.
pub async fn delete_head(tx: &mut SystemTx, head: &Head) -> Result<()> {
    let Head { node, number } = *head;
    tx.execute_unheld(
        include_str!("change_note/delete_head.sql"),
        args![node, number],
    )
    .await?;
    Ok(())
}
