//! What the business owes its affiliates, by currency and as of any date; straight from the journal.

use std::collections::BTreeMap;

use domain::money::{AmountOverflow, Currency};
use domain::status::{Account, Scope};
use domain::time::UnixMs;
use store::programme::ledger as rows;

use super::ledger;
use crate::error::Result;
use crate::work::Work;

/// What was owed in a currency at an instant, minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liability {
    /// In which currency.
    pub currency: Currency,
    /// Accrued: earned and not approved.
    pub accrued: i64,
    /// Due: approved, in no payout.
    pub due: i64,
    /// In payouts that are not paid.
    pub in_payout: i64,
    /// To be taken off later payouts; zero or below.
    pub clawback: i64,
    /// All of it: what paying everything would cost.
    pub total: i64,
    /// Paid so far.
    pub paid: i64,
    /// The accrued part by the week in which its hold passes, counted from the instant; week 0 is not held.
    pub forecast: Vec<(i64, i64)>,
}

/// What was owed before an instant, a row a currency.
///
/// # Errors
/// Forbidden; conflict when the sums overflow.
pub async fn at(work: &mut Work, before: UnixMs) -> Result<Vec<Liability>> {
    work.require(Scope::Read)?;
    ledger::flush(work).await?;
    let mut by_currency: BTreeMap<Currency, Liability> = BTreeMap::new();
    for sum in rows::liability(&mut work.tx, before).await? {
        let row = by_currency
            .entry(sum.currency)
            .or_insert_with(|| Liability {
                currency: sum.currency,
                accrued: 0,
                due: 0,
                in_payout: 0,
                clawback: 0,
                total: 0,
                paid: 0,
                forecast: Vec::new(),
            });
        let place = match sum.account {
            Account::Pending => &mut row.accrued,
            Account::Approved => &mut row.due,
            Account::InPayout => &mut row.in_payout,
            Account::Clawback => &mut row.clawback,
            Account::Paid => &mut row.paid,
            Account::Expense => continue,
        };
        *place = place.checked_add(sum.amount).ok_or(AmountOverflow)?;
        if sum.account != Account::Paid {
            row.total = row.total.checked_add(sum.amount).ok_or(AmountOverflow)?;
        }
    }
    for part in rows::forecast(&mut work.tx, before).await? {
        if let Some(row) = by_currency.get_mut(&part.currency) {
            row.forecast.push((part.week, part.amount));
        }
    }
    Ok(by_currency.into_values().collect())
}
