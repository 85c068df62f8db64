//! What is decided of an application: approved or rejected, by staff, by the form's rule, or with the
//! affiliate's status.

use domain::id::{AffiliateId, ApplicationId, CampaignId, GroupId};
use domain::status::{AffiliateStatus, ApplicationState, Scope};
use store::messaging::notice::Recipient;
use store::portal::application::{self as rows, Application, Filter};

use super::form::usual;
use super::load;
use crate::check::Checks;
use crate::error::{Result, conflict, invalid};
use crate::identity::audit;
use crate::messaging::{mail, notice};
use crate::portal::{account, invitation};
use crate::programme::affiliate::{self, AffiliatePatch};
use crate::programme::partnership::{self, PartnershipIn};
use crate::work::Work;

/// Applications that are approved at once.
const BULK_MAX: i64 = 1_000;

/// Where the approved go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// Their group; none leaves it.
    pub group_id: Option<GroupId>,
    /// Campaigns they take part in from now on.
    pub campaigns: Vec<CampaignId>,
}

/// Which applications a bulk act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<ApplicationId>),
    /// All that match.
    Matching(Filter),
}

/// What a bulk act did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many were approved.
    pub approved: usize,
    /// How many were decided before, or are not there.
    pub left: usize,
}

/// Approves an application: the affiliate takes part, in the group and campaigns given, and gets the
/// links by mail, with an invitation when there is no account.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid when there is no such group or campaign; a conflict
/// when it was decided before.
pub async fn approve(work: &mut Work, id: ApplicationId, approval: Approval) -> Result<()> {
    approve_as(work, id, approval, false).await
}

pub(super) async fn approve_as(
    work: &mut Work,
    id: ApplicationId,
    approval: Approval,
    by_rule: bool,
) -> Result<()> {
    work.require(Scope::Manage)?;
    let application = load(work, id).await?;
    let Approval {
        group_id,
        campaigns,
    } = approval;
    let affiliate_id = application.affiliate_id;
    decide(
        work,
        &application,
        ApplicationState::Approved,
        by_rule,
        "",
        false,
    )
    .await?;
    if group_id.is_some() {
        let patch = AffiliatePatch {
            group_id: Some(group_id),
            ..AffiliatePatch::default()
        };
        affiliate::patch(work, affiliate_id, patch).await?;
    }
    account::adopt(work, affiliate_id, &application.email).await?;
    let mut first = None;
    for campaign in campaigns {
        let there = partnership::Filter {
            campaign: Some(campaign),
            affiliate: Some(affiliate_id),
            ..partnership::Filter::default()
        };
        if partnership::count(work, &there).await? > 0 {
            continue;
        }
        let input = PartnershipIn {
            affiliate_id,
            code: None,
        };
        let (joined, _) = partnership::join(work, campaign, input).await?;
        first = first.or(Some(joined));
    }
    affiliate::set_status(work, affiliate_id, AffiliateStatus::Approved).await?;
    let recipient = notice::recipient(work, affiliate_id).await?;
    match first {
        _ if recipient.has_account => {}
        Some(partnership) => {
            invitation::invite_to(work, affiliate_id, partnership).await?;
        }
        None => invite(work, &recipient).await?,
    }
    Ok(())
}

async fn invite(work: &mut Work, recipient: &Recipient) -> Result<()> {
    invitation::invite(work, recipient.affiliate_id).await?;
    Ok(())
}

async fn decide(
    work: &mut Work,
    application: &Application,
    state: ApplicationState,
    by_rule: bool,
    reason: &str,
    reason_told: bool,
) -> Result<()> {
    let decided_by = if by_rule {
        "The form’s rule".to_owned()
    } else {
        work.actor.name().to_owned()
    };
    let decision = rows::Decision {
        state,
        by_rule,
        decided_by: &decided_by,
        reason,
        reason_told,
        decided_at_ms: work.now,
    };
    if !rows::decide(&mut work.tx, application.id, decision).await? {
        return Err(conflict(format!(
            "this application was {} already",
            application.state
        )));
    }
    let (action, word) = match state {
        ApplicationState::Approved => ("application.approve", "approved"),
        ApplicationState::Rejected => ("application.reject", "rejected"),
        ApplicationState::Pending => ("application.reopen", "opened again"),
    };
    let mut detail = format!("{} <{}> {word}", application.name, application.email);
    if by_rule {
        detail.push_str(" by the form’s rule");
    }
    if !reason.is_empty() {
        detail.push_str(": ");
        detail.push_str(reason);
    }
    audit::record(
        work,
        action,
        "application",
        &application.id.to_string(),
        &detail,
    )
    .await?;
    work.changed(Some(application.affiliate_id));
    Ok(())
}

/// Rejects an application; `tell` mails the reason. The address may apply again, and waits for a person
/// then.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid with the field `reason`; a conflict when it was decided
/// before.
pub async fn reject(work: &mut Work, id: ApplicationId, reason: &str, tell: bool) -> Result<()> {
    work.require(Scope::Manage)?;
    let application = load(work, id).await?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", &reason.replace("\r\n", "\n"), 1..=1_000);
    checks.done()?;
    decide(
        work,
        &application,
        ApplicationState::Rejected,
        false,
        &reason,
        tell,
    )
    .await?;
    let affiliate = affiliate::get(work, application.affiliate_id).await?;
    if affiliate.status == AffiliateStatus::Pending {
        affiliate::set_status(work, affiliate.id, AffiliateStatus::Terminated).await?;
    }
    if tell {
        let sender = notice::sender_to(work, &application.email).await?;
        let new = mail::application_rejected(&sender, &application, &reason);
        mail::enqueue(work, new).await?;
    }
    Ok(())
}

/// Approves many, into the form's group and campaign.
///
/// # Errors
/// Forbidden without `manage`; invalid when more than a thousand are selected.
pub async fn approve_many(work: &mut Work, selection: Selection) -> Result<Report> {
    work.require(Scope::Manage)?;
    let mut ids = match selection {
        Selection::Ids(ids) => ids,
        Selection::Matching(filter) => rows::ids(&mut work.tx, &filter, BULK_MAX + 1).await?,
    };
    ids.sort_unstable();
    ids.dedup();
    if ids.len() as u64 > BULK_MAX.unsigned_abs() {
        return Err(invalid(
            "ids",
            "at most 1,000 applications at a time; narrow the list with its filters",
        ));
    }
    let approval = usual(work).await?;
    let mut report = Report::default();
    for id in ids {
        match rows::find(&mut work.tx, id).await? {
            Some(application) if application.state == ApplicationState::Pending => {
                approve(work, id, approval.clone()).await?;
                report.approved += 1;
            }
            _ => report.left += 1,
        }
    }
    Ok(report)
}

/// What a change of the affiliate's status means for an application that waits: it is decided with it.
///
/// # Errors
/// When the database cannot serve.
pub(crate) async fn follow(
    work: &mut Work,
    affiliate: AffiliateId,
    status: AffiliateStatus,
) -> Result<()> {
    let state = match status {
        AffiliateStatus::Pending => return Ok(()),
        AffiliateStatus::Approved => ApplicationState::Approved,
        AffiliateStatus::Suspended | AffiliateStatus::Terminated => ApplicationState::Rejected,
    };
    let waiting = rows::latest_of_affiliate(&mut work.tx, affiliate)
        .await?
        .filter(|application| application.state == ApplicationState::Pending);
    let Some(application) = waiting else {
        return Ok(());
    };
    decide(work, &application, state, false, "", false).await?;
    if state == ApplicationState::Approved {
        account::adopt(work, affiliate, &application.email).await?;
        let recipient = notice::recipient(work, affiliate).await?;
        if !recipient.has_account {
            invite(work, &recipient).await?;
        }
    }
    Ok(())
}
