//! Decisions on many referrals or commissions at once, and what each was about.

use domain::id::BulkActId;
use domain::time::UnixMs;

use crate::args;
use crate::db::{Column, Result, Single, Tx, Value};
use crate::record;

record! {
    /// What was decided, `approve` or `reject`, and when.
    pub struct Done { pub act: String, pub at_ms: UnixMs }
}

/// Stores an act on these items. `noun` is `commission` or `referral`.
pub async fn insert<I: Copy + Into<Value>>(
    tx: &mut Tx,
    id: BulkActId,
    noun: &str,
    act: &str,
    at: UnixMs,
    items: &[I],
) -> Result<()> {
    tx.execute(
        include_str!("bulk_act/insert.sql"),
        args![id, noun, act, at],
    )
    .await?;
    let rows = items
        .iter()
        .map(|&item| vec![id.into(), item.into()])
        .collect();
    tx.insert_many("bulk_act_item", &["act_id", "item_id"], rows, "")
        .await?;
    Ok(())
}

/// Marks an act undone and answers with what it was; none when there is no such act, or it was undone
/// before.
pub async fn undo(tx: &mut Tx, id: BulkActId, noun: &str, at: UnixMs) -> Result<Option<Done>> {
    tx.fetch_optional(include_str!("bulk_act/undo.sql"), args![id, noun, at])
        .await
}

/// What an act was about.
pub async fn items<I: Column>(tx: &mut Tx, id: BulkActId) -> Result<Vec<I>> {
    let rows: Vec<Single<I>> = tx
        .fetch_all(include_str!("bulk_act/items.sql"), args![id])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
