//! Businesses, the tenants.

use domain::id::{BusinessId, StaffId};
use domain::money::Currency;
use domain::status::Language;
use domain::time::UnixMs;

use crate::db::{Result, SystemTx, Tx};
use crate::{args, record};

record! {
    /// A business.
    pub struct Business {
        pub id: BusinessId,
        /// Its short name in addresses; never changes.
        pub slug: String,
        pub name: String,
        /// The currency that forms suggest; amounts may come in any.
        pub currency: Currency,
        /// IANA name of the zone its days are counted in.
        pub timezone: String,
        /// The language of its portal for who has not chosen one.
        pub language: Language,
        pub demo: bool,
        pub created_at_ms: UnixMs,
    }
}

/// The business of this transaction.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<Business>> {
    tx.fetch_optional(include_str!("business/find.sql"), args![])
        .await
}

/// The business with this short name.
///
/// # Errors
/// As the database says.
pub async fn find_by_slug(tx: &mut SystemTx, slug: &str) -> Result<Option<Business>> {
    tx.fetch_optional(include_str!("business/find_by_slug.sql"), args![slug])
        .await
}

/// Every business, oldest first, from behind `after`: for jobs and the command line, in pages of `limit`.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut SystemTx,
    after: Option<BusinessId>,
    limit: i64,
) -> Result<Vec<Business>> {
    let after = after.map_or(0, BusinessId::as_i64);
    tx.fetch_all(include_str!("business/list.sql"), args![after, limit])
        .await
}

/// The businesses this person works for, by name.
///
/// # Errors
/// As the database says.
pub async fn list_of_staff(tx: &mut SystemTx, staff: StaffId) -> Result<Vec<Business>> {
    tx.fetch_all(include_str!("business/list_of_staff.sql"), args![staff])
        .await
}

/// How many businesses there are.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut SystemTx) -> Result<i64> {
    tx.value(include_str!("business/count.sql"), args![]).await
}

/// Adds a business; `false` when its short name is taken, and nothing was added then.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut SystemTx, new: &Business) -> Result<bool> {
    let Business {
        id,
        slug,
        name,
        currency,
        timezone,
        language,
        demo,
        created_at_ms,
    } = new;
    let values = args![
        *id,
        slug,
        name,
        *currency,
        timezone,
        *language,
        *demo,
        *created_at_ms
    ];
    Ok(tx
        .execute(include_str!("business/insert.sql"), values)
        .await?
        == 1)
}

/// Changes what the business may change of itself.
///
/// # Errors
/// As the database says.
pub async fn update(tx: &mut Tx, name: &str, timezone: &str, language: Language) -> Result<()> {
    tx.execute(
        include_str!("business/update.sql"),
        args![name, timezone, language],
    )
    .await?;
    Ok(())
}

/// Starts the ledger's chain: nothing written yet, the first payout will be number `payout_number` + 1.
///
/// # Errors
/// As the database says.
pub async fn insert_journal_head(tx: &mut Tx, payout_number: i64) -> Result<()> {
    tx.execute(
        include_str!("business/insert_journal_head.sql"),
        args![[0_u8; 32], payout_number],
    )
    .await?;
    Ok(())
}
