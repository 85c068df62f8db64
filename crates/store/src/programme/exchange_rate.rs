//! Exchange rates, for reports only.

use domain::exchange::Rate;
use domain::money::Currency;
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx};
use crate::record;

record! {
    /// A rate: a unit of `base` is `nano` thousand-millionths of `currency`.
    pub struct StoredRate {
        pub base: Currency,
        pub currency: Currency,
        pub day: Day,
        pub nano: i64,
        /// Where it is from: `ECB`, a file's name, a person.
        pub source: String,
    }
}

/// Stores rates; one of the same day and currencies takes the place of the older one.
pub async fn upsert(tx: &mut Tx, rates: &[Rate], source: &str, now: UnixMs) -> Result<()> {
    let rows = rates
        .iter()
        .map(|rate| args![rate.base, rate.currency, rate.day, rate.nano, source, now])
        .collect();
    tx.insert_many(
        "exchange_rate",
        &["base", "currency", "day", "nano", "source", "at_ms"],
        rows,
        "on conflict (business_id, base, currency, day) do update set nano = excluded.nano, source = excluded.source, at_ms = excluded.at_ms",
    )
    .await?;
    Ok(())
}

/// The newest rate up to a day between each two currencies.
pub async fn latest(tx: &mut Tx, until: Day) -> Result<Vec<StoredRate>> {
    tx.fetch_all(include_str!("exchange_rate/latest.sql"), args![until])
        .await
}
