//! Affiliates who bring affiliates. Where the business has switched it on, each has a link to the application
//! page; who applies by it stands below that affiliate.

use std::collections::BTreeMap;

use domain::id::AffiliateId;
use domain::money::Currency;
use domain::status::{AffiliateStatus, Scope, TeamNames};
use domain::team::shown_name;
use domain::time::UnixMs;
use store::portal::team as rows;
use store::programme::affiliate;

pub use store::portal::team::TeamSetting;

use super::application;
use crate::error::Result;
use crate::identity::audit;
use crate::work::Work;

/// Affiliates above one another; beyond it nobody is put below another by a link.
const ABOVE_MAX: usize = 50;

/// One of an affiliate's team, as the affiliate sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name as the business has chosen to show it.
    pub name: String,
    /// How they stand.
    pub status: AffiliateStatus,
    /// 1 for those the affiliate brought itself, up to 7.
    pub level: i64,
    /// Since when.
    pub since: UnixMs,
    /// What the affiliate has earned by them, minor units, a row a currency.
    pub earned: Vec<(Currency, i64)>,
}

/// What the business has chosen: closed and short names until it has.
///
/// # Errors
/// As the database says.
pub async fn setting(work: &mut Work) -> Result<TeamSetting> {
    Ok(rows::find_setting(&mut work.tx)
        .await?
        .unwrap_or(TeamSetting {
            open: false,
            names: TeamNames::Short,
            updated_at_ms: work.now,
        }))
}

/// Chooses.
///
/// # Errors
/// Forbidden without `manage`.
pub async fn set(work: &mut Work, open: bool, names: TeamNames) -> Result<()> {
    work.require(Scope::Manage)?;
    let before = setting(work).await?;
    let after = TeamSetting {
        open,
        names,
        updated_at_ms: work.now,
    };
    rows::set_setting(&mut work.tx, &after).await?;
    if (before.open, before.names) != (open, names) {
        let detail = format!(
            "Affiliates bring affiliates: {}, names: {names}",
            if open { "yes" } else { "no" }
        );
        audit::record(work, "team.setting", "setting", "", &detail).await?;
    }
    Ok(())
}

/// The end of the link by which the affiliate who acts brings others: `apply?by=aff_…`; none where the
/// business does not have it, or takes no applications.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn link_end(work: &mut Work) -> Result<Option<String>> {
    let affiliate = work.actor.affiliate()?;
    let is_open = setting(work).await?.open && application::is_open(work).await?;
    Ok(is_open.then(|| format!("apply?by={affiliate}")))
}

/// Who stands above somebody who applies by a link that says this; none when it names nobody who may bring
/// others.
///
/// # Errors
/// As the database says.
pub async fn parent_of(work: &mut Work, by: &str) -> Result<Option<AffiliateId>> {
    let Ok(id) = by.parse::<AffiliateId>() else {
        return Ok(None);
    };
    if !setting(work).await?.open {
        return Ok(None);
    }
    let above = affiliate::find(&mut work.tx, id).await?;
    let may = above.is_some_and(|above| above.status == AffiliateStatus::Approved);
    let line = affiliate::ancestors(&mut work.tx, id).await?;
    Ok((may && line.len() < ABOVE_MAX).then_some(id))
}

/// The team of the affiliate who acts, the nearest first: seven levels, up to 500.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn members(work: &mut Work) -> Result<Vec<Member>> {
    let own = work.actor.affiliate()?;
    let names = setting(work).await?.names;
    let mut earned: BTreeMap<AffiliateId, Vec<(Currency, i64)>> = BTreeMap::new();
    for row in rows::earned(&mut work.tx, own).await? {
        earned
            .entry(row.affiliate_id)
            .or_default()
            .push((row.currency, row.amount));
    }
    Ok(rows::members(&mut work.tx, own)
        .await?
        .into_iter()
        .map(|member| Member {
            name: shown_name(&member.name, names),
            status: member.status,
            level: member.level,
            since: member.created_at_ms,
            earned: earned.remove(&member.id).unwrap_or_default(),
        })
        .collect())
}
