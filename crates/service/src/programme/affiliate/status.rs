//! Approval, suspension and termination of an affiliate.

use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, NotificationKind, Scope};
use store::programme::affiliate as rows;

use super::{Affiliate, load};
use crate::error::Result;
use crate::identity::audit;
use crate::messaging::notice;
use crate::portal::{application, notification};
use crate::work::Work;

/// Gives an affiliate another status. The first approval is dated; whoever was waiting and is
/// approved is told by mail, where the settings say so.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn set_status(
    work: &mut Work,
    id: AffiliateId,
    status: AffiliateStatus,
) -> Result<Affiliate> {
    work.require(Scope::Manage)?;
    let old = load(work, id).await?;
    apply_status(work, &old, status).await?;
    load(work, id).await
}

/// Answers whether anything changed.
pub(super) async fn apply_status(
    work: &mut Work,
    old: &Affiliate,
    status: AffiliateStatus,
) -> Result<bool> {
    if old.status == status {
        return Ok(false);
    }
    let approved = (status == AffiliateStatus::Approved).then_some(work.now);
    rows::set_status(&mut work.tx, old.id, status, approved).await?;
    let action = match status {
        AffiliateStatus::Pending => "affiliate.reopen",
        AffiliateStatus::Approved => "affiliate.approve",
        AffiliateStatus::Suspended => "affiliate.suspend",
        AffiliateStatus::Terminated => "affiliate.terminate",
    };
    let detail = format!("{}: {} → {status}", old.name, old.status);
    audit::record(work, action, "affiliate", &old.id.to_string(), &detail).await?;
    application::follow(work, old.id, status).await?;
    let (kind, word) = match (old.status, status) {
        (AffiliateStatus::Pending, AffiliateStatus::Approved) => {
            (NotificationKind::ApplicationApproved, "")
        }
        (AffiliateStatus::Pending, _) => (NotificationKind::ApplicationRejected, ""),
        (_, status) => (NotificationKind::StatusChanged, status.as_str()),
    };
    notification::tell(work, old.id, kind, word, "/").await?;
    if old.status == AffiliateStatus::Pending && status == AffiliateStatus::Approved {
        notice::affiliate_approved(work, old.id).await?;
    }
    work.changed(Some(old.id));
    Ok(true)
}
