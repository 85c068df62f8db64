//! What is given out sealed and may be used once: notes of what was used, until it is over by itself.

use domain::time::UnixMs;

pub use super::holder::Holder;
use crate::args;
use crate::db::{Result, Tx};

/// Notes that a ticket of a person was used, which is good until `until`; false when it was used before.
/// Those of the person that are over are forgotten.
///
/// # Errors
/// As the database says.
pub async fn spend(
    tx: &mut Tx,
    holder: Holder,
    ticket: &str,
    until: UnixMs,
    now: UnixMs,
) -> Result<bool> {
    Ok(1 == match holder {
        Holder::Account(id) => {
            let values = args![id, now];
            tx.execute(include_str!("ticket/account_forget.sql"), values)
                .await?;
            let values = args![id, ticket, until];
            tx.execute(include_str!("ticket/account_spend.sql"), values)
                .await?
        }
        Holder::Staff(id) => {
            let values = args![id, now];
            tx.execute_system(include_str!("ticket/staff_forget.sql"), values)
                .await?;
            let values = args![id, ticket, until];
            tx.execute_system(include_str!("ticket/staff_spend.sql"), values)
                .await?
        }
    })
}
