//! Affiliates who bring affiliates: whether they may, whom they brought, what it earned them.

use domain::id::AffiliateId;
use domain::money::Currency;
use domain::status::{AffiliateStatus, TeamNames};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// Whether affiliates may bring affiliates, and how their names are shown.
    pub struct TeamSetting { pub open: bool, pub names: TeamNames, pub updated_at_ms: UnixMs }
}

record! {
    /// An affiliate below another; the level is 1 for those it brought itself.
    pub struct Member {
        pub id: AffiliateId,
        pub name: String,
        pub status: AffiliateStatus,
        pub level: i64,
        pub created_at_ms: UnixMs,
    }
}

record! {
    /// What an affiliate has earned by the events of one below it, in one currency.
    pub struct Earned { pub affiliate_id: AffiliateId, pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// What the business has chosen; none until it has.
///
/// # Errors
/// As the database says.
pub async fn find_setting(tx: &mut Tx) -> Result<Option<TeamSetting>> {
    tx.fetch_optional(include_str!("team/find_setting.sql"), args![])
        .await
}

/// Stores what the business has chosen.
///
/// # Errors
/// As the database says.
pub async fn set_setting(tx: &mut Tx, setting: &TeamSetting) -> Result<()> {
    let TeamSetting {
        open,
        names,
        updated_at_ms,
    } = *setting;
    tx.execute(
        include_str!("team/set_setting.sql"),
        args![open, names, updated_at_ms],
    )
    .await?;
    Ok(())
}

/// Those below an affiliate, seven levels down, up to 500.
///
/// # Errors
/// As the database says.
pub async fn members(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<Member>> {
    tx.fetch_all(include_str!("team/members.sql"), args![affiliate])
        .await
}

/// What an affiliate has earned by those below it, by affiliate and currency.
///
/// # Errors
/// As the database says.
pub async fn earned(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<Earned>> {
    tx.fetch_all(include_str!("team/earned.sql"), args![affiliate])
        .await
}
