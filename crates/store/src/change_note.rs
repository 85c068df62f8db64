//! Notes of changes, by which the processes on one database hear of each other. Without a tenant in the key.
//!
//! What one transaction notes has one number. It is drawn from a row that the transaction holds until it is committed, so
//! numbers become visible in their order and have no gaps: who has read up to one has missed nothing before it.

use std::collections::BTreeSet;

use domain::id::{AffiliateId, BusinessId, NodeId};

use crate::db::{Result, SystemTx, Tx};
use crate::{args, record};

record! {
    /// A change that a process has noted.
    pub struct ChangeNote {
        /// The number of the transaction that noted it.
        pub number: i64,
        /// The process.
        pub node: NodeId,
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

const COLUMNS: &[&str] = &["number", "nth", "node", "affiliate_id", "clicks"];

/// The number of the newest notes, 0 when there never were any.
///
/// # Errors
/// As the database says.
pub async fn head(tx: &mut SystemTx) -> Result<i64> {
    tx.value(include_str!("change_note/head.sql"), args![])
        .await
}

/// Draws the number of this transaction's notes; whoever draws the next one waits until this transaction has ended. It must
/// not be committed without a note.
///
/// # Errors
/// As the database says.
pub async fn draw(tx: &mut SystemTx) -> Result<i64> {
    tx.value(include_str!("change_note/draw.sql"), args![])
        .await
}

/// Notes changes of the transaction's business under its number, once.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    number: i64,
    node: NodeId,
    notes: &BTreeSet<NewNote>,
) -> Result<()> {
    let rows = (0_i64..).zip(notes).map(|(nth, note)| {
        let NewNote {
            affiliate_id,
            clicks,
        } = *note;
        args![number, nth, node, affiliate_id, clicks]
    });
    tx.insert_many("change_note", COLUMNS, rows.collect(), "")
        .await?;
    Ok(())
}

/// What was noted behind a number, in order. [`delete_until`] keeps it short.
///
/// # Errors
/// As the database says.
pub async fn list_after(tx: &mut SystemTx, number: i64) -> Result<Vec<ChangeNote>> {
    tx.fetch_all(include_str!("change_note/list_after.sql"), args![number])
        .await
}

/// Removes notes up to a number, this one included; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_until(tx: &mut SystemTx, number: i64) -> Result<u64> {
    tx.execute_long(include_str!("change_note/delete_until.sql"), args![number])
        .await
}
