//! One act for many affiliates.

use domain::id::{AffiliateId, GroupId};
use domain::status::{AffiliateStatus, Scope};
use store::programme::{affiliate as rows, affiliate_group};

use super::Filter;
use super::status::apply_status;
use crate::error::{Result, invalid};
use crate::identity::audit;
use crate::work::Work;

/// Affiliates one bulk act changes: each is audited, all of it is one transaction.
pub const BULK_MAX: i64 = 10_000;

/// The affiliates a bulk act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<AffiliateId>),
    /// All that match.
    Matching(Filter),
}

/// What a bulk act did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkReport {
    /// How many were changed.
    pub changed: usize,
    /// How many were as wanted already.
    pub unchanged: usize,
    /// Which were not found or could not be changed, with the reason.
    pub failed: Vec<(AffiliateId, String)>,
}

/// Gives many affiliates another status; those that have it already are counted, not touched.
///
/// # Errors
/// Forbidden without `manage`; invalid when there are more than [`BULK_MAX`].
pub async fn set_status_many(
    work: &mut Work,
    selection: Selection,
    status: AffiliateStatus,
) -> Result<BulkReport> {
    work.require(Scope::Manage)?;
    let mut report = BulkReport::default();
    for id in selected(work, selection).await? {
        match rows::find(&mut work.tx, id).await? {
            None => report.failed.push((id, "not found".to_owned())),
            Some(old) if apply_status(work, &old, status).await? => report.changed += 1,
            Some(_) => report.unchanged += 1,
        }
    }
    Ok(report)
}

/// Puts many affiliates into a group, or out of any.
///
/// # Errors
/// Forbidden without `manage`; invalid when there is no such group, or more than [`BULK_MAX`] are
/// selected.
pub async fn assign_group(
    work: &mut Work,
    selection: Selection,
    group: Option<GroupId>,
) -> Result<BulkReport> {
    work.require(Scope::Manage)?;
    let name = match group {
        None => "no group".to_owned(),
        Some(id) => match affiliate_group::find(&mut work.tx, id).await? {
            Some(group) => group.name,
            None => return Err(invalid("group_id", "there is no such group")),
        },
    };
    let mut report = BulkReport::default();
    for id in selected(work, selection).await? {
        match rows::find(&mut work.tx, id).await? {
            None => report.failed.push((id, "not found".to_owned())),
            Some(old) if old.group_id == group => report.unchanged += 1,
            Some(old) => {
                rows::set_group(&mut work.tx, id, group).await?;
                let detail = format!("{}: {name}", old.name);
                audit::record(
                    work,
                    "affiliate.change_group",
                    "affiliate",
                    &id.to_string(),
                    &detail,
                )
                .await?;
                work.changed(Some(id));
                report.changed += 1;
            }
        }
    }
    Ok(report)
}

/// The affiliates of a selection, [`BULK_MAX`] at the most.
pub(crate) async fn selected(work: &mut Work, selection: Selection) -> Result<Vec<AffiliateId>> {
    let mut ids = match selection {
        Selection::Ids(ids) => ids,
        Selection::Matching(filter) => rows::ids(&mut work.tx, &filter, BULK_MAX + 1).await?,
    };
    ids.sort_unstable();
    ids.dedup();
    if ids.len() as u64 > BULK_MAX.unsigned_abs() {
        return Err(invalid(
            "ids",
            "at most 10,000 affiliates at a time; narrow the list with its filters",
        ));
    }
    Ok(ids)
}
