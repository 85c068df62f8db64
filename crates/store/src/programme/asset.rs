//! Promotional assets of campaigns: copy, banners and files. What is in a file stands in a table of its
//! own, so that lists do not read it.

use domain::id::{AffiliateId, AssetId, CampaignId};
use domain::status::AssetKind;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// An asset without what is in its file.
    pub struct Asset {
        pub id: AssetId,
        pub campaign_id: CampaignId,
        pub kind: AssetKind,
        pub title: String,
        /// What the affiliate should know about it.
        pub note: String,
        /// The text of copy, with the place for the link in it.
        pub body: String,
        /// What a banner shows, for who does not see it.
        pub alt: String,
        /// Its place among the campaign's, low ones first.
        pub place: i64,
        /// Whether affiliates see it.
        pub active: bool,
        pub file_name: Option<String>,
        pub media_type: Option<String>,
        pub byte_count: Option<i64>,
        pub sha256: Option<[u8; 32]>,
        /// Pixels of a picture.
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub created_at_ms: UnixMs,
        pub updated_at_ms: UnixMs,
    }
}

/// The asset of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: AssetId) -> Result<Option<Asset>> {
    tx.fetch_optional(include_str!("asset/find.sql"), args![id])
        .await
}

/// The assets of a campaign in their order, archived ones included.
///
/// # Errors
/// As the database says.
pub async fn list_of_campaign(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Asset>> {
    tx.fetch_all(include_str!("asset/list_of_campaign.sql"), args![campaign])
        .await
}

/// What an affiliate may use now, campaign by campaign; or the one of an id.
///
/// # Errors
/// As the database says.
pub async fn list_of_affiliate(
    tx: &mut Tx,
    affiliate: AffiliateId,
    only: Option<AssetId>,
    limit: i64,
) -> Result<Vec<Asset>> {
    tx.fetch_all(
        include_str!("asset/list_of_affiliate.sql"),
        args![affiliate, true, only.map(|id| id.to_string()), only, limit],
    )
    .await
}

/// What is in an asset's file.
///
/// # Errors
/// As the database says.
pub async fn content(tx: &mut Tx, id: AssetId) -> Result<Option<Vec<u8>>> {
    Ok(tx
        .fetch_optional::<Content>(include_str!("asset/content.sql"), args![id])
        .await?
        .map(|content| content.value))
}

record! {
    /// The bytes of a file.
    pub struct Content { pub value: Vec<u8> }
}

/// Makes later changes of a campaign's assets wait for this transaction, so that places stay apart.
///
/// # Errors
/// As the database says.
pub async fn order(tx: &mut Tx, campaign: CampaignId) -> Result<()> {
    tx.execute(include_str!("asset/order.sql"), args![campaign])
        .await
        .map(drop)
}

/// Stores a new asset.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, asset: &Asset) -> Result<()> {
    let Asset {
        id,
        campaign_id,
        kind,
        title,
        note,
        body,
        alt,
        place,
        active,
        file_name,
        media_type,
        byte_count,
        sha256,
        width,
        height,
        created_at_ms,
        updated_at_ms,
    } = asset.clone();
    tx.execute(
        include_str!("asset/insert.sql"),
        args![
            id,
            campaign_id,
            kind,
            title,
            note,
            body,
            alt,
            place,
            active,
            file_name,
            media_type,
            byte_count,
            sha256,
            width,
            height,
            created_at_ms,
            updated_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// Stores what can be changed of an asset.
///
/// # Errors
/// As the database says.
pub async fn update(tx: &mut Tx, asset: &Asset) -> Result<()> {
    let Asset {
        id,
        campaign_id: _,
        kind: _,
        title,
        note,
        body,
        alt,
        place: _,
        active: _,
        file_name,
        media_type,
        byte_count,
        sha256,
        width,
        height,
        created_at_ms: _,
        updated_at_ms,
    } = asset.clone();
    tx.execute(
        include_str!("asset/update.sql"),
        args![
            id,
            title,
            note,
            body,
            alt,
            file_name,
            media_type,
            byte_count,
            sha256,
            width,
            height,
            updated_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// Shows an asset to affiliates, or archives it.
///
/// # Errors
/// As the database says.
pub async fn set_active(tx: &mut Tx, id: AssetId, active: bool, at: UnixMs) -> Result<()> {
    tx.execute(include_str!("asset/set_active.sql"), args![id, active, at])
        .await?;
    Ok(())
}

/// Puts an asset at a place among its campaign's.
///
/// # Errors
/// As the database says.
pub async fn set_place(tx: &mut Tx, id: AssetId, place: i64) -> Result<()> {
    tx.execute(include_str!("asset/set_place.sql"), args![id, place])
        .await?;
    Ok(())
}

/// Stores what is in an asset's file, instead of what was.
///
/// # Errors
/// As the database says.
pub async fn set_content(tx: &mut Tx, id: AssetId, content: Vec<u8>) -> Result<()> {
    tx.execute(include_str!("asset/set_content.sql"), args![id, content])
        .await?;
    Ok(())
}
