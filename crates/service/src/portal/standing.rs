//! What stands for an affiliate: the totals that every page of the portal shows.

use domain::balance::Balance;
use domain::money::Currency;
use store::programme::stats::Filter;

use crate::error::Result;
use crate::programme::ledger;
use crate::programme::stats::{self, Figures};
use crate::work::Work;

/// The totals of all time.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Clicks, leads, customers, conversions.
    pub figures: Figures,
    /// A row a currency, the business's own first; that one is there even when nothing happened.
    pub money: Vec<Money>,
}

/// The money of one currency, minor units.
#[derive(Debug, Clone, Copy)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// Sales less refunds.
    pub revenue: i64,
    /// What was earned and where it stands.
    pub balance: Balance,
}

/// The totals of the affiliate who acts.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn of(work: &mut Work, own: Currency) -> Result<Standing> {
    let affiliate = work.actor.affiliate()?;
    let figures = stats::total(work, &Filter::default()).await?;
    let balances = ledger::balances(work, affiliate).await?;
    let mut currencies: Vec<Currency> = balances
        .iter()
        .map(|(currency, _)| *currency)
        .chain(figures.money.iter().map(|money| money.currency))
        .chain([own])
        .collect();
    currencies.sort_by_key(|currency| (*currency != own, *currency));
    currencies.dedup();
    let money = currencies
        .into_iter()
        .map(|currency| Money {
            currency,
            revenue: figures.money_in(currency).revenue,
            balance: balances
                .iter()
                .find(|(of, _)| *of == currency)
                .map(|(_, balance)| *balance)
                .unwrap_or_default(),
        })
        .collect();
    Ok(Standing { figures, money })
}
