//! Affiliates and their figures.

use std::collections::BTreeMap;

use domain::id::{AffiliateId, GroupId};
use domain::money::Currency;
use domain::status::{AffiliateStatus, DealType};
use domain::text::{fold, like_pattern};
use domain::time::UnixMs;
use uuid::Uuid;

use crate::args;
use crate::db::{Result, Tx, Value};
use crate::list::{Window, fetch_of, ordered};
use crate::record;

use self::rows::{FiguresRow, Id, Named, StatusCount};

/// Newest first, as the API pages.
pub const NEWEST: &str = "a.id desc";

/// Orders of [`list`]: a public sort key, its order upwards and downwards. Names are sorted by their
/// folded form, which begins the search column; ids begin with their time.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "name",
        "a.search_folded, a.id",
        "a.search_folded desc, a.id desc",
    ),
    (
        "status",
        "a.status, a.search_folded, a.id",
        "a.status desc, a.search_folded, a.id",
    ),
    ("created", "a.id", "a.id desc"),
];

/// Orders of [`list_ranked`]. The rate is conversions in a million clicks.
pub const RANKED_ORDERS: &[(&str, &str, &str)] = &[
    (
        "clicks",
        "coalesce(clicked.clicks, 0), a.id",
        "coalesce(clicked.clicks, 0) desc, a.id",
    ),
    (
        "conversions",
        "coalesce(sold.conversions, 0), a.id",
        "coalesce(sold.conversions, 0) desc, a.id",
    ),
    (
        "rate",
        "coalesce(sold.conversions * 1000000 / nullif(clicked.clicks, 0), 0), a.id",
        "coalesce(sold.conversions * 1000000 / nullif(clicked.clicks, 0), 0) desc, a.id",
    ),
    (
        "revenue",
        "coalesce(sold.revenue, 0), a.id",
        "coalesce(sold.revenue, 0) desc, a.id",
    ),
    (
        "commission",
        "coalesce(earned.commission, 0), a.id",
        "coalesce(earned.commission, 0) desc, a.id",
    ),
];

record! {
    /// An affiliate: a person or firm that brings customers.
    pub struct Affiliate {
        pub id: AffiliateId,
        pub name: String,
        pub email: String,
        pub status: AffiliateStatus,
        pub group_id: Option<GroupId>,
        /// Who brought this affiliate; earns the levels of rules.
        pub parent_id: Option<AffiliateId>,
        pub company: Option<String>,
        pub phone: Option<String>,
        pub website: Option<String>,
        /// Two capital letters, ISO 3166-1 alpha-2.
        pub country: Option<String>,
        pub traffic_source: Option<String>,
        /// What was agreed, as a label; rules pay.
        pub deal_type: Option<DealType>,
        pub note: String,
        /// As [`domain::tag::column`] writes them; see [`Affiliate::tag_list`].
        pub tags: String,
        pub payout_method: Option<String>,
        pub created_at_ms: UnixMs,
        /// The first approval; later changes of the status leave it.
        pub approved_at_ms: Option<UnixMs>,
    }
}

impl Affiliate {
    /// The tags, folded, in the order given.
    #[must_use]
    pub fn tag_list(&self) -> Vec<String> {
        domain::tag::list(&self.tags)
    }
}

/// What a person may change of an affiliate; the status has a way of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub email: String,
    pub group_id: Option<GroupId>,
    pub parent_id: Option<AffiliateId>,
    pub company: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub country: Option<String>,
    pub traffic_source: Option<String>,
    pub deal_type: Option<DealType>,
    pub note: String,
    /// As [`domain::tag::column`] writes them.
    pub tags: String,
    pub payout_method: Option<String>,
}

impl Details {
    fn search_folded(&self) -> String {
        search_text(&self.name, &self.email, self.company.as_deref())
    }
}

fn search_text(name: &str, email: &str, company: Option<&str>) -> String {
    fold(&format!("{name} {email} {}", company.unwrap_or_default()))
}

/// An affiliate to be stored.
#[derive(Debug, Clone)]
pub struct NewAffiliate {
    pub id: AffiliateId,
    pub status: AffiliateStatus,
    pub details: Details,
    pub created_at_ms: UnixMs,
    pub approved_at_ms: Option<UnixMs>,
}

/// Which group a list is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InGroup {
    /// Whatever the group.
    #[default]
    Any,
    /// Those without one.
    None,
    /// The members of this one.
    Of(GroupId),
    /// Everybody but its members.
    Not(GroupId),
}

impl std::str::FromStr for InGroup {
    type Err = domain::id::InvalidId;

    /// Reads `none` or a group's id.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            Ok(Self::None)
        } else {
            text.parse().map(Self::Of)
        }
    }
}

/// Which affiliates a list has; the parts narrow it together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<AffiliateStatus>,
    pub group: InGroup,
    /// A whole tag.
    pub tag: Option<String>,
    /// A whole address.
    pub email: Option<String>,
    /// Part of name, e-mail or company.
    pub search: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// A whole one, as it is written.
    pub traffic_source: Option<String>,
}

impl Filter {
    /// `$2` to `$11`.
    fn values(&self, after: Option<Uuid>) -> Vec<Value> {
        let (group_flag, group) = match self.group {
            InGroup::Any => (None, None),
            InGroup::None => (Some("none"), None),
            InGroup::Of(group) => (Some("of"), Some(group)),
            InGroup::Not(group) => (Some("not"), Some(group)),
        };
        args![
            self.status,
            group_flag,
            group,
            self.tag.as_deref().map(domain::tag::pattern),
            self.email.as_deref().map(fold),
            self.search.as_deref().map(like_pattern),
            after.map(|_| "after"),
            after,
            self.country.as_deref().map(str::to_uppercase),
            self.traffic_source.as_deref(),
        ]
    }
}

/// Amounts of one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    pub currency: Currency,
    /// Sales less refunds.
    pub revenue: i64,
    /// Commissions that were not rejected, adjusted, less what was reversed.
    pub commission: i64,
}

/// What an affiliate has brought, over all time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Counted clicks.
    pub clicks: i64,
    /// Sales not fully refunded.
    pub conversions: i64,
    /// One entry a currency, by its code.
    pub money: Vec<Money>,
}

/// The affiliate, if this business has it.
///
/// # Errors
/// As the database says; so for all functions here.
pub async fn find(tx: &mut Tx, id: AffiliateId) -> Result<Option<Affiliate>> {
    tx.fetch_optional(include_str!("affiliate/find.sql"), args![id])
        .await
}

/// The affiliate with this address, however it is written.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<Affiliate>> {
    tx.fetch_optional(
        include_str!("affiliate/find_by_email.sql"),
        args![fold(email)],
    )
    .await
}

/// A part of the list. `window.order` is one of [`ORDERS`].
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Affiliate>> {
    let mut values = filter.values(window.after);
    values.extend(args![window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("affiliate/list.sql"), window.order),
        values,
    )
    .await
}

/// A part of the list in the order of a figure; `window.order` is one of [`RANKED_ORDERS`]. Money is
/// compared in `currency`, what was earned in others counts as nothing.
pub async fn list_ranked(
    tx: &mut Tx,
    filter: &Filter,
    currency: Currency,
    window: Window,
) -> Result<Vec<Affiliate>> {
    let mut values = filter.values(window.after);
    values.extend(args![window.limit, window.offset, currency]);
    tx.fetch_all(
        ordered(include_str!("affiliate/ranked.sql"), window.order),
        values,
    )
    .await
}

/// How many there are.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("affiliate/count.sql"), filter.values(None))
        .await
}

/// Their ids, for acts on all that match; `limit` at the most.
pub async fn ids(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<AffiliateId>> {
    let mut values = filter.values(None);
    values.extend(args![limit]);
    let rows: Vec<Id> = tx
        .fetch_all(include_str!("affiliate/ids.sql"), values)
        .await?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// How many affiliates each status has; statuses without any are missing.
pub async fn status_counts(tx: &mut Tx) -> Result<BTreeMap<AffiliateStatus, i64>> {
    let rows: Vec<StatusCount> = tx
        .fetch_all(include_str!("affiliate/status_counts.sql"), args![])
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.status, row.affiliates))
        .collect())
}

/// The figures of these affiliates; one that has brought nothing yet is missing.
pub async fn figures(tx: &mut Tx, ids: &[AffiliateId]) -> Result<BTreeMap<AffiliateId, Figures>> {
    let mut all: BTreeMap<AffiliateId, Figures> = BTreeMap::new();
    let rows: Vec<FiguresRow> = fetch_of(tx, include_str!("affiliate/figures.sql"), ids).await?;
    for row in rows {
        let figures = all.entry(row.affiliate_id).or_default();
        figures.clicks += row.clicks;
        figures.conversions += row.conversions;
        let Some(currency) = row.currency else {
            continue;
        };
        match figures
            .money
            .iter_mut()
            .find(|money| money.currency == currency)
        {
            Some(money) => {
                money.revenue += row.revenue;
                money.commission += row.commission;
            }
            None => figures.money.push(Money {
                currency,
                revenue: row.revenue,
                commission: row.commission,
            }),
        }
    }
    for figures in all.values_mut() {
        figures.money.sort_by_key(|money| money.currency);
    }
    Ok(all)
}

/// This affiliate and those above it, the nearest first.
pub async fn ancestors(tx: &mut Tx, id: AffiliateId) -> Result<Vec<AffiliateId>> {
    let rows: Vec<Id> = tx
        .fetch_all(include_str!("affiliate/ancestors.sql"), args![id])
        .await?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

record! {
    /// An affiliate above another one.
    pub struct Above { pub id: AffiliateId, pub name: String, pub status: AffiliateStatus }
}

/// The affiliates above one, the parent first, up to `limit`.
pub async fn above(tx: &mut Tx, id: AffiliateId, limit: i64) -> Result<Vec<Above>> {
    tx.fetch_all(include_str!("affiliate/above.sql"), args![id, limit])
        .await
}

/// Makes later changes of parents wait for this transaction, so that two of them cannot close a
/// circle together.
pub async fn order_hierarchy(tx: &mut Tx) -> Result<()> {
    tx.execute(include_str!("affiliate/order_hierarchy.sql"), args![])
        .await
        .map(drop)
}

/// Stores a new affiliate; false when the address is taken.
pub async fn insert(tx: &mut Tx, new: NewAffiliate) -> Result<bool> {
    let NewAffiliate {
        id,
        status,
        details,
        created_at_ms,
        approved_at_ms,
    } = new;
    let search_folded = details.search_folded();
    let Details {
        name,
        email,
        group_id,
        parent_id,
        company,
        phone,
        website,
        country,
        traffic_source,
        deal_type,
        note,
        tags,
        payout_method,
    } = details;
    let email_folded = fold(&email);
    let stored: Option<AffiliateId> = tx
        .value_optional(
            include_str!("affiliate/insert.sql"),
            args![
                id,
                name,
                email,
                email_folded,
                search_folded,
                status,
                group_id,
                parent_id,
                company,
                phone,
                website,
                country,
                traffic_source,
                deal_type,
                note,
                tags,
                payout_method,
                created_at_ms,
                approved_at_ms,
            ],
        )
        .await?;
    Ok(stored.is_some())
}

/// Gives an affiliate another address; nothing is changed when another affiliate has it.
pub async fn set_email(tx: &mut Tx, affiliate: &Affiliate, email: &str) -> Result<()> {
    let Affiliate { name, company, .. } = affiliate;
    let search_folded = search_text(name, email, company.as_deref());
    tx.execute(
        include_str!("affiliate/set_email.sql"),
        args![affiliate.id, email, fold(email), search_folded],
    )
    .await?;
    Ok(())
}

/// Writes what a person may change. An address that is taken fails with
/// [`StoreError::Unique`](crate::db::StoreError::Unique).
pub async fn update(tx: &mut Tx, id: AffiliateId, details: Details) -> Result<()> {
    let search_folded = details.search_folded();
    let Details {
        name,
        email,
        group_id,
        parent_id,
        company,
        phone,
        website,
        country,
        traffic_source,
        deal_type,
        note,
        tags,
        payout_method,
    } = details;
    let email_folded = fold(&email);
    tx.execute(
        include_str!("affiliate/update.sql"),
        args![
            id,
            name,
            email,
            email_folded,
            search_folded,
            group_id,
            parent_id,
            company,
            phone,
            website,
            country,
            traffic_source,
            deal_type,
            note,
            tags,
            payout_method,
        ],
    )
    .await
    .map(drop)
}

/// Writes the status; `approved_at_ms` only counts when the affiliate was never approved before.
pub async fn set_status(
    tx: &mut Tx,
    id: AffiliateId,
    status: AffiliateStatus,
    approved_at_ms: Option<UnixMs>,
) -> Result<()> {
    tx.execute(
        include_str!("affiliate/set_status.sql"),
        args![id, status, approved_at_ms],
    )
    .await
    .map(drop)
}

/// Puts an affiliate into a group, or out of any. False when there is no such affiliate.
pub async fn set_group(tx: &mut Tx, id: AffiliateId, group: Option<GroupId>) -> Result<bool> {
    Ok(tx
        .execute(include_str!("affiliate/set_group.sql"), args![id, group])
        .await?
        > 0)
}

/// The names of these affiliates.
pub async fn names(tx: &mut Tx, ids: &[AffiliateId]) -> Result<BTreeMap<AffiliateId, String>> {
    let rows: Vec<Named> = fetch_of(tx, include_str!("affiliate/names.sql"), ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

record! {
    /// Affiliates that take part now and were approved in a quarter of an hour, counted from 1970.
    pub struct Approvals { pub quarter: i64, pub affiliates: i64 }
}

/// When those who take part now were approved, since an instant.
pub async fn approvals(tx: &mut Tx, since: UnixMs) -> Result<Vec<Approvals>> {
    tx.fetch_all(include_str!("affiliate/approvals.sql"), args![since])
        .await
}

/// Rows that are put together before anyone sees them.
mod rows {
    use domain::id::AffiliateId;
    use domain::money::Currency;
    use domain::status::AffiliateStatus;

    use crate::record;

    record! {
        /// Either clicks without a currency, or amounts of one.
        pub struct FiguresRow {
            pub affiliate_id: AffiliateId,
            pub currency: Option<Currency>,
            pub clicks: i64,
            pub conversions: i64,
            pub revenue: i64,
            pub commission: i64,
        }
    }

    record! {
        /// One id.
        pub struct Id { pub value: AffiliateId }
    }

    record! {
        /// One status and how many have it.
        pub struct StatusCount { pub status: AffiliateStatus, pub affiliates: i64 }
    }

    record! {
        /// An id and its name.
        pub struct Named { pub id: AffiliateId, pub name: String }
    }
}
