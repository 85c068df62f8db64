//! Figures for dashboards and the API: one place, so that the same word is the same number
//! everywhere.

use std::collections::BTreeMap;

use domain::id::{AffiliateId, uuid_v7};
use domain::money::Currency;
use domain::status::Scope;
use store::programme::stats as rows;
pub use store::programme::stats::{Filter, GroupBy, Key};

use crate::error::Result;
use crate::work::Work;

/// The money of a group in one currency, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// Sales less refunds.
    pub revenue: i64,
    /// Commissions that are pending.
    pub commission_pending: i64,
    /// Commissions that are approved or in a payout.
    pub commission_approved: i64,
    /// Commissions that were paid.
    pub commission_paid: i64,
}

/// The figures of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Counted clicks.
    pub clicks: i64,
    /// A visitor's first on a link that day.
    pub unique_clicks: i64,
    /// Customers with a lead event.
    pub leads: i64,
    /// Customers with a sale that is not wholly refunded.
    pub customers: i64,
    /// Customers who have left.
    pub cancelled_customers: i64,
    /// Sales that are not wholly refunded.
    pub conversions: i64,
    /// A row a currency, sorted by it.
    pub money: Vec<Money>,
}

impl Figures {
    /// The money of a currency; zeros when there was none.
    #[must_use]
    pub fn money_in(&self, currency: Currency) -> Money {
        self.money
            .iter()
            .find(|m| m.currency == currency)
            .copied()
            .unwrap_or(Money {
                currency,
                revenue: 0,
                commission_pending: 0,
                commission_approved: 0,
                commission_paid: 0,
            })
    }

    /// Takes away the clicks, conversions and money of a part; people stay, who may be in several parts.
    pub(crate) fn take(&mut self, part: &Self) {
        self.clicks = self.clicks.saturating_sub(part.clicks);
        self.conversions = self.conversions.saturating_sub(part.conversions);
        for money in &part.money {
            let left = self.money_mut(money.currency);
            left.revenue = left.revenue.saturating_sub(money.revenue);
            left.commission_pending = left
                .commission_pending
                .saturating_sub(money.commission_pending);
            left.commission_approved = left
                .commission_approved
                .saturating_sub(money.commission_approved);
            left.commission_paid = left.commission_paid.saturating_sub(money.commission_paid);
        }
    }

    fn money_mut(&mut self, currency: Currency) -> &mut Money {
        let at = match self.money.iter().position(|m| m.currency >= currency) {
            Some(at) if self.money[at].currency == currency => at,
            found => {
                let at = found.unwrap_or(self.money.len());
                let none = Money {
                    currency,
                    revenue: 0,
                    commission_pending: 0,
                    commission_approved: 0,
                    commission_paid: 0,
                };
                self.money.insert(at, none);
                at
            }
        };
        &mut self.money[at]
    }
}

/// Figures by group, in the order of the key. An affiliate sees its own only.
///
/// # Errors
/// Forbidden.
pub async fn by(
    work: &mut Work,
    group_by: GroupBy,
    filter: &Filter,
) -> Result<BTreeMap<Key, Figures>> {
    let mut filter = *filter;
    match work.actor.affiliate() {
        Ok(own) => filter.affiliate_id = Some(own),
        Err(_) => work.require(Scope::Read)?,
    }
    let mut groups: BTreeMap<Key, Figures> = BTreeMap::new();
    for row in rows::clicks(&mut work.tx, group_by, &filter).await? {
        let Some(key) = row.key else { continue };
        let figures = groups.entry(key).or_default();
        (figures.clicks, figures.unique_clicks) = (row.clicks, row.unique_clicks);
    }
    for row in rows::events(&mut work.tx, group_by, &filter).await? {
        let Some(key) = row.key else { continue };
        let figures = groups.entry(key).or_default();
        figures.leads = row.leads;
        figures.customers = row.customers;
        figures.cancelled_customers = row.cancelled_customers;
        figures.conversions = row.conversions;
    }
    for row in rows::revenue(&mut work.tx, group_by, &filter).await? {
        let Some(key) = row.key else { continue };
        groups
            .entry(key)
            .or_default()
            .money_mut(row.currency)
            .revenue = row.revenue;
    }
    for row in rows::commissions(&mut work.tx, group_by, &filter).await? {
        let Some(key) = row.key else { continue };
        let money = groups.entry(key).or_default().money_mut(row.currency);
        money.commission_pending = row.pending;
        money.commission_approved = row.approved;
        money.commission_paid = row.paid;
    }
    Ok(groups)
}

/// The names that stand beside the keys of [`by`]: an affiliate's and a campaign's name, a link's code.
/// An affiliate sees its own only.
///
/// # Errors
/// Forbidden.
pub async fn names(
    work: &mut Work,
    group_by: GroupBy,
    filter: &Filter,
) -> Result<BTreeMap<Key, String>> {
    let affiliate = match work.actor.affiliate() {
        Ok(own) => Some(own),
        Err(_) => {
            work.require(Scope::Read)?;
            filter.affiliate_id
        }
    };
    Ok(rows::names(&mut work.tx, group_by, affiliate)
        .await?
        .into_iter()
        .map(|named| (Key::Id(named.id), named.name))
        .collect())
}

/// The figures of everything the filter lets through.
///
/// # Errors
/// Forbidden.
pub async fn total(work: &mut Work, filter: &Filter) -> Result<Figures> {
    Ok(by(work, GroupBy::All, filter)
        .await?
        .into_values()
        .next()
        .unwrap_or_default())
}

/// Counted clicks of the last so many milliseconds: the live line.
///
/// # Errors
/// Forbidden.
pub async fn recent_clicks(
    work: &mut Work,
    affiliate: Option<AffiliateId>,
    ms: i64,
) -> Result<i64> {
    let affiliate = work.actor.affiliate().ok().or(affiliate);
    if work.actor.affiliate().is_err() {
        work.require(Scope::Read)?;
    }
    let since = uuid_v7(work.now.plus_ms(-ms).0, [0; 10]);
    Ok(rows::clicks_since(&mut work.tx, affiliate, since).await?)
}

/// Sales, and how many of them something was refunded of since.
///
/// # Errors
/// Forbidden.
pub async fn refunds(work: &mut Work, filter: &Filter) -> Result<rows::Refunds> {
    work.require(Scope::Read)?;
    Ok(rows::refunds(&mut work.tx, filter).await?)
}
