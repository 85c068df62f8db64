//! What one person has approved alone lately.

use domain::money::Currency;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// What somebody approved alone.
    pub struct Sole {
        /// The public id of the person or key; empty for the program.
        pub actor: String,
        /// Whether it was a key.
        pub by_key: bool,
        /// In what.
        pub currency: Currency,
        /// What it adds up to, minor units.
        pub amount: i64,
    }
}

/// What was approved alone after an instant, but for one subject: a row for each actor and currency.
///
/// # Errors
/// As the database says.
pub async fn sums(tx: &mut Tx, after: UnixMs, but_for: &str) -> Result<Vec<Sole>> {
    tx.fetch_all(include_str!("payout_limit/sums.sql"), args![after, but_for])
        .await
}

/// Notes what an actor approved alone, in the place of what was noted for this payout or run before.
///
/// # Errors
/// As the database says.
pub async fn put(tx: &mut Tx, subject: &str, all: &[Sole], at: UnixMs) -> Result<()> {
    tx.execute(include_str!("payout_limit/delete.sql"), args![subject])
        .await?;
    for sole in all {
        let Sole {
            actor,
            by_key,
            currency,
            amount,
        } = sole;
        let values = args![subject, *currency, *amount, actor, *by_key, at];
        tx.execute(include_str!("payout_limit/insert.sql"), values)
            .await?;
    }
    Ok(())
}

/// Forgets what was approved until an instant.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, until: UnixMs) -> Result<()> {
    tx.execute(include_str!("payout_limit/delete_old.sql"), args![until])
        .await?;
    Ok(())
}
