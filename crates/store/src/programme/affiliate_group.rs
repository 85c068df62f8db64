//! Groups of affiliates and their minimum payouts.

use domain::id::GroupId;
use domain::money::Currency;
use domain::status::PayoutFrequency;
use domain::text::{fold, like_pattern};
use domain::time::UnixMs;

use crate::args;
use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
use crate::record;

/// Newest first, as the API pages.
pub const NEWEST: &str = "g.id desc";

/// Orders of [`list`]: a public sort key, its order upwards and downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "name",
        "g.name_folded, g.id",
        "g.name_folded desc, g.id desc",
    ),
    (
        "members",
        "members, g.name_folded",
        "members desc, g.name_folded",
    ),
    ("created", "g.id", "g.id desc"),
];

record! {
    /// A group: affiliates who share terms and payout rules.
    pub struct Group {
        pub id: GroupId,
        pub name: String,
        /// The region it is for, in words; a label.
        pub region: Option<String>,
        pub note: String,
        /// How often it is paid; none: as the business does.
        pub payout_frequency: Option<PayoutFrequency>,
        /// How it is paid; none: as the business does.
        pub payout_method: Option<String>,
        pub created_at_ms: UnixMs,
        /// Affiliates in it now, whatever their status.
        pub members: i64,
    }
}

record! {
    /// The least a payout to a group's members may be, in minor units of one currency.
    pub struct Minimum {
        pub group_id: GroupId,
        pub currency: Currency,
        pub amount: i64,
    }
}

record! {
    /// What affiliates have in common, and how many have it.
    pub struct Segment { pub value: String, pub affiliates: i64 }
}

/// What a person may change of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub region: Option<String>,
    pub note: String,
    pub payout_frequency: Option<PayoutFrequency>,
    pub payout_method: Option<String>,
}

/// The group, if this business has it.
///
/// # Errors
/// As the database says; so for all functions here.
pub async fn find(tx: &mut Tx, id: GroupId) -> Result<Option<Group>> {
    tx.fetch_optional(include_str!("affiliate_group/find.sql"), args![id])
        .await
}

/// The id of the group with this name, however it is written.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<GroupId>> {
    tx.value_optional(
        include_str!("affiliate_group/find_by_name.sql"),
        args![fold(name)],
    )
    .await
}

/// A part of the list; `search` is part of the name, `window.order` one of [`ORDERS`].
pub async fn list(tx: &mut Tx, search: Option<&str>, window: Window) -> Result<Vec<Group>> {
    let values = args![
        search.map(like_pattern),
        window.after.map(|_| "after"),
        window.after,
        window.limit,
        window.offset
    ];
    tx.fetch_all(
        ordered(include_str!("affiliate_group/list.sql"), window.order),
        values,
    )
    .await
}

/// How many there are.
pub async fn count(tx: &mut Tx, search: Option<&str>) -> Result<i64> {
    tx.value(
        include_str!("affiliate_group/count.sql"),
        args![search.map(like_pattern)],
    )
    .await
}

/// The minimum payouts of one group or of all, ordered by group and currency.
pub async fn minimums(tx: &mut Tx, group: Option<GroupId>) -> Result<Vec<Minimum>> {
    tx.fetch_all(
        include_str!("affiliate_group/minimums.sql"),
        args![group.map(|_| "of"), group],
    )
    .await
}

/// Replaces the minimum payouts of a group; currencies must differ.
pub async fn set_minimums(tx: &mut Tx, group: GroupId, minimums: &[(Currency, i64)]) -> Result<()> {
    tx.execute(
        include_str!("affiliate_group/delete_minimums.sql"),
        args![group],
    )
    .await?;
    for &(currency, amount) in minimums {
        tx.execute(
            include_str!("affiliate_group/insert_minimum.sql"),
            args![group, currency, amount],
        )
        .await?;
    }
    Ok(())
}

/// Stores a new group; false when the name is taken.
pub async fn insert(
    tx: &mut Tx,
    id: GroupId,
    details: Details,
    created_at_ms: UnixMs,
) -> Result<bool> {
    let Details {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
    } = details;
    let name_folded = fold(&name);
    let stored: Option<GroupId> = tx
        .value_optional(
            include_str!("affiliate_group/insert.sql"),
            args![
                id,
                name,
                name_folded,
                region,
                note,
                payout_frequency,
                payout_method,
                created_at_ms
            ],
        )
        .await?;
    Ok(stored.is_some())
}

/// Writes what a person may change. A name that is taken fails with
/// [`StoreError::Unique`](crate::db::StoreError::Unique).
pub async fn update(tx: &mut Tx, id: GroupId, details: Details) -> Result<()> {
    let Details {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
    } = details;
    let name_folded = fold(&name);
    tx.execute(
        include_str!("affiliate_group/update.sql"),
        args![
            id,
            name,
            name_folded,
            region,
            note,
            payout_frequency,
            payout_method
        ],
    )
    .await
    .map(drop)
}

/// Removes a group that nothing refers to.
pub async fn delete(tx: &mut Tx, id: GroupId) -> Result<()> {
    tx.execute(include_str!("affiliate_group/delete.sql"), args![id])
        .await
        .map(drop)
}

/// How many versions of rules are scoped to the group; such a group stays, for its history.
pub async fn rule_versions(tx: &mut Tx, id: GroupId) -> Result<i64> {
    tx.value(include_str!("affiliate_group/rule_versions.sql"), args![id])
        .await
}

/// The countries affiliates are in, those of most first; `limit` at the most.
pub async fn countries(tx: &mut Tx, limit: i64) -> Result<Vec<Segment>> {
    tx.fetch_all(include_str!("affiliate_group/countries.sql"), args![limit])
        .await
}

/// Where affiliates have their visitors from, what most say first; `limit` at the most.
pub async fn traffic_sources(tx: &mut Tx, limit: i64) -> Result<Vec<Segment>> {
    tx.fetch_all(
        include_str!("affiliate_group/traffic_sources.sql"),
        args![limit],
    )
    .await
}
