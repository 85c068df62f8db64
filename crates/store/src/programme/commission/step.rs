//! The lives of commissions, step by step.

use domain::id::CommissionId;
use domain::status::CommissionStatus;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A step in the life of a commission.
    pub struct Step {
        pub at_ms: UnixMs,
        pub kind: String,
        pub status: CommissionStatus,
        pub amount: i64,
        pub actor_name: String,
        pub note: String,
    }
}

/// Adds a step to the life of a commission.
pub async fn add_step(tx: &mut Tx, commission: CommissionId, step: &Step) -> Result<()> {
    let Step {
        at_ms,
        kind,
        status,
        amount,
        actor_name,
        note,
    } = step.clone();
    tx.execute(
        include_str!("add_step.sql"),
        args![commission, at_ms, kind, status, amount, actor_name, note],
    )
    .await?;
    Ok(())
}

/// Begins the lives of commissions that were just stored: the first step of each.
pub async fn add_first_steps(tx: &mut Tx, steps: &[(CommissionId, Step)]) -> Result<()> {
    let rows = steps
        .iter()
        .map(|(commission, s)| {
            args![
                *commission,
                1_i64,
                s.at_ms,
                &s.kind,
                s.status,
                s.amount,
                &s.actor_name,
                &s.note
            ]
        })
        .collect();
    let columns = [
        "commission_id",
        "line",
        "at_ms",
        "kind",
        "status",
        "amount",
        "actor_name",
        "note",
    ];
    tx.insert_many("commission_step", &columns, rows, "")
        .await?;
    Ok(())
}

/// The life of a commission, step by step.
pub async fn steps(tx: &mut Tx, commission: CommissionId) -> Result<Vec<Step>> {
    tx.fetch_all(include_str!("steps.sql"), args![commission])
        .await
}
