//! Campaigns and the hosts their deep links may lead to.

use domain::id::CampaignId;
use domain::money::Currency;
use domain::status::Model;
use domain::text::like_pattern;
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx, Value};
use crate::list::{Window, ordered};
use crate::{args, record};

/// Newest first.
pub const BY_AGE: &str = "id desc";
/// By name.
pub const BY_NAME: &str = "name_folded, id";
/// Orders of [`overview`]: a public sort key, its order upwards and downwards.
pub const OVERVIEW_ORDERS: &[(&str, &str, &str)] = &[
    (
        "name",
        "c.name_folded, c.id",
        "c.name_folded desc, c.id desc",
    ),
    (
        "affiliates",
        "affiliates, c.id",
        "affiliates desc, c.id desc",
    ),
    ("clicks", "clicks, c.id", "clicks desc, c.id desc"),
    (
        "conversions",
        "conversions, c.id",
        "conversions desc, c.id desc",
    ),
    ("created", "c.id", "c.id desc"),
];

record! {
    /// A campaign as stored.
    pub struct Campaign {
        pub id: CampaignId,
        pub name: String,
        /// The promotional guidelines, as the owner wrote them.
        pub description: String,
        pub active: bool,
        /// Where its links lead.
        pub destination_url: String,
        /// The query parameter that carries the code to the destination.
        pub link_parameter: String,
        /// How long a click counts, in days of 24 hours.
        pub cookie_days: i64,
        pub model: Model,
        /// Links are live from this instant on.
        pub starts_at_ms: Option<UnixMs>,
        /// Links are live before this instant.
        pub ends_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
    }
}

record! {
    /// A campaign with its figures of all time.
    pub struct CampaignOverview {
        pub id: CampaignId,
        pub name: String,
        pub active: bool,
        pub destination_url: String,
        pub cookie_days: i64,
        pub model: Model,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
        /// Active partnerships.
        pub affiliates: i64,
        /// Counted clicks.
        pub clicks: i64,
        /// Sales that are not fully refunded.
        pub conversions: i64,
    }
}

record! {
    /// What a campaign's commissions add up to in one currency, reversals taken off.
    pub struct CampaignCommission {
        pub campaign_id: CampaignId,
        pub currency: Currency,
        /// Minor units.
        pub amount: i64,
    }
}

record! {
    /// A host that a campaign lists.
    pub struct CampaignHost {
        pub campaign_id: CampaignId,
        pub host: String,
    }
}

/// Which campaigns a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Text within the name.
    pub search: Option<String>,
    /// Only active, or only inactive ones.
    pub active: Option<bool>,
}

impl Filter {
    fn args(&self) -> Vec<Value> {
        args![self.search.as_deref().map(like_pattern), self.active]
    }
}

/// The campaign of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>> {
    tx.fetch_optional(include_str!("campaign/find.sql"), args![id])
        .await
}

/// Campaigns in a window.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Campaign>> {
    let mut values = filter.args();
    values.extend(args![window.after, window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("campaign/list.sql"), window.order),
        values,
    )
    .await
}

/// How many campaigns the filter lets through.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("campaign/count.sql"), filter.args())
        .await
}

/// Campaigns with their figures, or `only` one; the order is one of [`OVERVIEW_ORDERS`].
///
/// # Errors
/// As the database says.
pub async fn overview(
    tx: &mut Tx,
    filter: &Filter,
    only: Option<CampaignId>,
    window: Window,
) -> Result<Vec<CampaignOverview>> {
    let mut values = filter.args();
    values.extend(args![window.limit, window.offset, true, only]);
    tx.fetch_all(
        ordered(include_str!("campaign/overview.sql"), window.order),
        values,
    )
    .await
}

/// The commissions of every campaign, by currency; rejected ones are left out.
///
/// # Errors
/// As the database says.
pub async fn commissions(tx: &mut Tx) -> Result<Vec<CampaignCommission>> {
    tx.fetch_all(include_str!("campaign/commissions.sql"), args![])
        .await
}

/// Whether another campaign than `except` has this name, folded.
///
/// # Errors
/// As the database says.
pub async fn name_taken(
    tx: &mut Tx,
    name_folded: &str,
    except: Option<CampaignId>,
) -> Result<bool> {
    let other: Option<CampaignId> = tx
        .value_optional(include_str!("campaign/by_name.sql"), args![name_folded])
        .await?;
    Ok(other.is_some() && other != except)
}

/// Stores a new campaign; false when its name is taken.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, campaign: &Campaign) -> Result<bool> {
    let Campaign {
        id,
        name,
        description,
        active,
        destination_url,
        link_parameter,
        cookie_days,
        model,
        starts_at_ms,
        ends_at_ms,
        created_at_ms,
    } = campaign;
    let stored = tx
        .execute(
            include_str!("campaign/insert.sql"),
            args![
                *id,
                name,
                domain::text::fold(name),
                description,
                *active,
                destination_url,
                link_parameter,
                *cookie_days,
                *model,
                *starts_at_ms,
                *ends_at_ms,
                *created_at_ms
            ],
        )
        .await?;
    Ok(stored == 1)
}

/// Stores everything of a campaign that can change.
///
/// # Errors
/// [`StoreError::Unique`](crate::db::StoreError::Unique) when the name was taken meanwhile.
pub async fn update(tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    let Campaign {
        id,
        name,
        description,
        active,
        destination_url,
        link_parameter,
        cookie_days,
        model,
        starts_at_ms,
        ends_at_ms,
        created_at_ms: _,
    } = campaign;
    tx.execute(
        include_str!("campaign/update.sql"),
        args![
            *id,
            name,
            domain::text::fold(name),
            description,
            *active,
            destination_url,
            link_parameter,
            *cookie_days,
            *model,
            *starts_at_ms,
            *ends_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// The hosts a campaign lists, by name.
///
/// # Errors
/// As the database says.
pub async fn hosts(tx: &mut Tx, id: CampaignId) -> Result<Vec<String>> {
    let hosts: Vec<CampaignHost> = tx
        .fetch_all(include_str!("campaign/hosts.sql"), args![id])
        .await?;
    Ok(hosts.into_iter().map(|host| host.host).collect())
}

/// The hosts all campaigns list, by campaign and name.
///
/// # Errors
/// As the database says.
pub async fn all_hosts(tx: &mut Tx) -> Result<Vec<CampaignHost>> {
    tx.fetch_all(include_str!("campaign/all_hosts.sql"), args![])
        .await
}

/// Where the campaigns lead.
///
/// # Errors
/// As the database says.
pub async fn destinations(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<Single<String>> = tx
        .fetch_all(include_str!("campaign/destinations.sql"), args![])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Replaces the hosts a campaign lists.
///
/// # Errors
/// As the database says.
pub async fn set_hosts(tx: &mut Tx, id: CampaignId, hosts: &[String]) -> Result<()> {
    tx.execute(include_str!("campaign/delete_hosts.sql"), args![id])
        .await?;
    let rows = hosts.iter().map(|host| args![id, host]).collect();
    tx.insert_many("campaign_host", &["campaign_id", "host"], rows, "")
        .await?;
    Ok(())
}
