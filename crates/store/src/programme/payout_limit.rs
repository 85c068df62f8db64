//! What one person has approved alone lately.

use domain::money::Currency;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// What was approved alone.
    pub struct SoleTotal {
        /// In what.
        pub currency: Currency,
        /// What it adds up to, minor units.
        pub amount: i64,
    }
}

/// What somebody approves alone.
#[derive(Debug, Clone)]
pub struct Sole {
    /// The public id of the person or key; empty for the program.
    pub actor: String,
    /// Whether it is a key.
    pub by_key: bool,
    /// In what.
    pub currency: Currency,
    /// What it adds up to, minor units.
    pub amount: i64,
}

/// Whose approvals count.
#[derive(Debug, Clone)]
pub struct Whose {
    /// Those of this person; none for the program.
    pub actor: Option<String>,
    /// Everybody's; otherwise those of keys beside the person's own.
    pub everybodys: bool,
}

/// What was approved alone after an instant, but for one subject: a row for each currency.
///
/// # Errors
/// As the database says.
pub async fn sums(
    tx: &mut Tx,
    after: UnixMs,
    but_for: &str,
    whose: &Whose,
) -> Result<Vec<SoleTotal>> {
    let Whose { actor, everybodys } = whose;
    let values = args![after, but_for, actor.clone(), true, !everybodys];
    tx.fetch_all(include_str!("payout_limit/sums.sql"), values)
        .await
}

/// Notes what an actor approved alone, in the place of what the same one approved for this payout or run before. What
/// others approved for it stays.
///
/// # Errors
/// As the database says.
pub async fn put(tx: &mut Tx, subject: &str, all: &[Sole], at: UnixMs) -> Result<()> {
    for sole in all {
        let Sole {
            actor,
            by_key,
            currency,
            amount,
        } = sole;
        let values = args![subject, *currency, actor, *by_key, *amount, at];
        tx.execute(include_str!("payout_limit/put.sql"), values)
            .await?;
    }
    Ok(())
}

/// Forgets what was approved until an instant; the audit log keeps it.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, until: UnixMs) -> Result<()> {
    tx.execute(include_str!("payout_limit/delete_old.sql"), args![until])
        .await?;
    Ok(())
}
