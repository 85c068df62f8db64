//! Figures: clicks from the roll-ups, the rest from events and commissions, grouped one way.

use domain::id::{AffiliateId, CampaignId};
use domain::money::Currency;
use domain::time::Day;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::args;
use crate::db::{Column, Record, Result, Row, Tx, Value};
use crate::record;

/// How figures are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// One row for everything.
    All,
    /// A row a day, in the business's zone.
    Day,
    /// A row an affiliate.
    Affiliate,
    /// A row a campaign.
    Campaign,
    /// A row a link.
    Link,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A day, or day 0 when everything is one row.
    Day(Day),
    /// An affiliate, campaign or link.
    Id(Uuid),
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only this campaign's.
    pub campaign_id: Option<CampaignId>,
}

/// Clicks of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clicks {
    /// The group; none for what has no such part (an event without a link).
    pub key: Option<Key>,
    /// Counted clicks.
    pub clicks: i64,
    /// A visitor's first on a link that day.
    pub unique_clicks: i64,
}

/// Events of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events {
    /// The group.
    pub key: Option<Key>,
    /// Customers with a lead event.
    pub leads: i64,
    /// Customers with a sale that is not wholly refunded.
    pub customers: i64,
    /// Customers who have left.
    pub cancelled_customers: i64,
    /// Sales that are not wholly refunded.
    pub conversions: i64,
}

/// Revenue of a group in a currency: sales less refunds, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revenue {
    /// The group.
    pub key: Option<Key>,
    /// The currency.
    pub currency: Currency,
    /// Minor units.
    pub revenue: i64,
}

/// Commissions of a group in a currency by state, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commissions {
    /// The group.
    pub key: Option<Key>,
    /// The currency.
    pub currency: Currency,
    /// Pending.
    pub pending: i64,
    /// Approved or in a payout.
    pub approved: i64,
    /// Paid.
    pub paid: i64,
}

/// Puts the column of a group into a query that has the token `{key}`.
fn grouped(text: &'static str, by: GroupBy, alias: &str) -> AssertSqlSafe<String> {
    let column = match by {
        GroupBy::All => return AssertSqlSafe(text.replace("{key}", "cast(0 as bigint)")),
        GroupBy::Day => "day",
        GroupBy::Affiliate => "affiliate_id",
        GroupBy::Campaign => "campaign_id",
        GroupBy::Link => "link_id",
    };
    AssertSqlSafe(text.replace("{key}", &format!("{alias}.{column}")))
}

fn key<T: KeyColumn>(row: &Row<'_>) -> sqlx::Result<Option<Key>>
where
    Option<T>: Column,
{
    Ok(row.get::<Option<T>>("grouped")?.map(T::key))
}

trait KeyColumn: Sized + Send + 'static {
    fn key(self) -> Key;
}
impl KeyColumn for Day {
    fn key(self) -> Key {
        Key::Day(self)
    }
}
impl KeyColumn for Uuid {
    fn key(self) -> Key {
        Key::Id(self)
    }
}

/// A row with its key still typed: days are numbers, everything else ids.
struct Keyed<K, R>(R, std::marker::PhantomData<K>);

trait Figures: Sized + Send + 'static {
    fn read(row: &Row<'_>, key: Option<Key>) -> sqlx::Result<Self>;
}

impl<K: KeyColumn, R: Figures> Record for Keyed<K, R>
where
    Option<K>: Column,
{
    fn read(row: &Row<'_>) -> sqlx::Result<Self> {
        let key = key::<K>(row)?;
        R::read(row, key).map(|figures| Self(figures, std::marker::PhantomData))
    }
}

impl Figures for Clicks {
    fn read(row: &Row<'_>, key: Option<Key>) -> sqlx::Result<Self> {
        Ok(Self {
            key,
            clicks: row.get("clicks")?,
            unique_clicks: row.get("unique_clicks")?,
        })
    }
}
impl Figures for Events {
    fn read(row: &Row<'_>, key: Option<Key>) -> sqlx::Result<Self> {
        Ok(Self {
            key,
            leads: row.get("leads")?,
            customers: row.get("customers")?,
            cancelled_customers: row.get("cancelled_customers")?,
            conversions: row.get("conversions")?,
        })
    }
}
impl Figures for Revenue {
    fn read(row: &Row<'_>, key: Option<Key>) -> sqlx::Result<Self> {
        Ok(Self {
            key,
            currency: row.get("currency")?,
            revenue: row.get("revenue")?,
        })
    }
}
impl Figures for Commissions {
    fn read(row: &Row<'_>, key: Option<Key>) -> sqlx::Result<Self> {
        Ok(Self {
            key,
            currency: row.get("currency")?,
            pending: row.get("pending")?,
            approved: row.get("approved")?,
            paid: row.get("paid")?,
        })
    }
}

fn values(filter: &Filter) -> Vec<Value> {
    args![
        filter.from,
        filter.to,
        filter.affiliate_id.map(|id| id.to_string()),
        filter.affiliate_id,
        filter.campaign_id.map(|id| id.to_string()),
        filter.campaign_id
    ]
}

async fn read<R: Figures>(
    tx: &mut Tx,
    text: &'static str,
    alias: (&'static str, &'static str),
    by: GroupBy,
    filter: &Filter,
) -> Result<Vec<R>> {
    let (usual, for_links) = alias;
    let sql = grouped(
        text,
        by,
        if by == GroupBy::Link {
            for_links
        } else {
            usual
        },
    );
    Ok(match by {
        GroupBy::All | GroupBy::Day => tx
            .fetch_all::<Keyed<Day, R>>(sql, values(filter))
            .await?
            .into_iter()
            .map(|k| k.0)
            .collect(),
        _ => tx
            .fetch_all::<Keyed<Uuid, R>>(sql, values(filter))
            .await?
            .into_iter()
            .map(|k| k.0)
            .collect(),
    })
}

/// Clicks by group.
pub async fn clicks(tx: &mut Tx, by: GroupBy, filter: &Filter) -> Result<Vec<Clicks>> {
    read(tx, include_str!("stats/clicks.sql"), ("d", "d"), by, filter).await
}

/// Leads, customers and conversions by group.
pub async fn events(tx: &mut Tx, by: GroupBy, filter: &Filter) -> Result<Vec<Events>> {
    read(tx, include_str!("stats/events.sql"), ("e", "e"), by, filter).await
}

/// Revenue by group and currency.
pub async fn revenue(tx: &mut Tx, by: GroupBy, filter: &Filter) -> Result<Vec<Revenue>> {
    read(
        tx,
        include_str!("stats/revenue.sql"),
        ("e", "e"),
        by,
        filter,
    )
    .await
}

/// Commissions by group and currency.
pub async fn commissions(tx: &mut Tx, by: GroupBy, filter: &Filter) -> Result<Vec<Commissions>> {
    // A commission has its link from its event or from its clicks.
    let text = if by == GroupBy::Link {
        include_str!("stats/commissions_of_links.sql")
    } else {
        include_str!("stats/commissions.sql")
    };
    read(tx, text, ("c", "c"), by, filter).await
}

record! {
    /// What people call an affiliate, campaign or link (its code).
    pub struct Named { pub id: Uuid, pub name: String }
}

/// The names that stand beside the keys of [`GroupBy::Affiliate`], [`GroupBy::Campaign`] and
/// [`GroupBy::Link`]; of one affiliate, or of all. The other groups have none.
pub async fn names(tx: &mut Tx, by: GroupBy, affiliate: Option<AffiliateId>) -> Result<Vec<Named>> {
    let flag = affiliate.map(|id| id.to_string());
    match by {
        GroupBy::All | GroupBy::Day => Ok(Vec::new()),
        GroupBy::Affiliate => {
            tx.fetch_all(
                include_str!("stats/affiliate_names.sql"),
                args![flag, affiliate],
            )
            .await
        }
        GroupBy::Campaign => {
            tx.fetch_all(include_str!("stats/campaign_names.sql"), args![])
                .await
        }
        GroupBy::Link => {
            tx.fetch_all(include_str!("stats/link_names.sql"), args![flag, affiliate])
                .await
        }
    }
}

/// Counted clicks since an instant, for the live line.
pub async fn clicks_since(tx: &mut Tx, affiliate: Option<AffiliateId>, since: Uuid) -> Result<i64> {
    tx.value(
        include_str!("stats/clicks_since.sql"),
        args![since, true, affiliate.map(|id| id.to_string()), affiliate],
    )
    .await
}

crate::record! {
    /// Sales, and how many of them something was refunded of.
    pub struct Refunds { pub sales: i64, pub refunded: i64 }
}

/// Sales that the filter lets through, and how many of them something was refunded of since.
pub async fn refunds(tx: &mut Tx, filter: &Filter) -> Result<Refunds> {
    tx.fetch_one(include_str!("stats/refunds.sql"), values(filter))
        .await
}
