//! What staff do with one affiliate: another status, a campaign, invitations to the portal.

use axum::extract::Path;
use axum::response::Response;
use domain::id::{AffiliateId, CampaignId, InvitationId};
use domain::status::AffiliateStatus;
use serde::Deserialize;
use service::ServiceError;
use service::portal::invitation;
use service::programme::affiliate;
use service::programme::partnership::{self, PartnershipIn};

use super::{PATH, read_id};
use crate::admin::act::back_to;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::{self, PostForm};

/// Another status.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusForm {
    status: String,
    /// Where to go afterwards; the record when absent.
    #[serde(default)]
    back: String,
}

pub(super) async fn set_status(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(StatusForm { status, back }): PostForm<StatusForm>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let Ok(status) = status.parse::<AffiliateStatus>() else {
        return Err(PageError::bad_request(
            "There is no such status. Nothing was changed.",
        ));
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let before = affiliate::get(&mut work, id).await?;
    let after = affiliate::set_status(&mut work, id, status).await?;
    work.commit().await?;
    let back = back_to(&back, &format!("{PATH}/{id}"));
    if before.status == after.status {
        return Ok(flash::redirect(
            &back,
            format!("{} was {status} already.", after.name),
        ));
    }
    let text = match status {
        AffiliateStatus::Pending => format!("{} is pending again.", after.name),
        AffiliateStatus::Approved => format!("{} is approved. Links work now.", after.name),
        AffiliateStatus::Suspended => format!("{} is suspended. Links are off.", after.name),
        AffiliateStatus::Terminated => format!("{} is terminated. Links are off.", after.name),
    };
    let fields = [
        ("status", before.status.as_str().to_owned()),
        ("back", back.clone()),
    ];
    let action = format!("{PATH}/{id}/status");
    Ok(flash::redirect_with_undo(&back, text, action, fields))
}

/// A campaign to take part in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignForm {
    #[serde(default)]
    campaign: String,
}

pub(super) async fn add_to_campaign(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(CampaignForm { campaign }): PostForm<CampaignForm>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let back = format!("{PATH}/{id}");
    let Ok(campaign) = campaign.parse::<CampaignId>() else {
        return Ok(flash::redirect_with_error(
            &back,
            "Choose a campaign first.",
        ));
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    affiliate::get(&mut work, id).await?;
    match partnership::add(
        &mut work,
        campaign,
        PartnershipIn {
            affiliate_id: id,
            code: None,
        },
    )
    .await
    {
        Ok(added) => {
            work.commit().await?;
            let text = match (added.invited, added.warning) {
                (true, _) => "Added to the campaign; the invitation is on its way.".to_owned(),
                (false, Some(warning)) => format!("Added to the campaign. {warning}"),
                (false, None) => "Added to the campaign.".to_owned(),
            };
            Ok(flash::redirect(&back, text))
        }
        Err(error) => told(&back, error),
    }
}

pub(super) async fn invite(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let back = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    affiliate::get(&mut work, id).await?;
    match invitation::invite(&mut work, id).await {
        Ok(view) => {
            work.commit().await?;
            Ok(flash::redirect(
                &back,
                format!("Invited {}. {}", view.email, view.advice()),
            ))
        }
        Err(error) => told(&back, error),
    }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn act_on_invitation(
    admin: Admin,
    Path((id, invitation, act)): Path<(String, String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let (id, invitation): (AffiliateId, InvitationId) = (read_id(&id)?, read_id(&invitation)?);
    let back = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    let known = invitation::for_affiliate(&mut work, id).await?;
    if !known.iter().any(|view| view.id == invitation) {
        return Err(PageError::not_found());
    }
    let done = match act.as_str() {
        "resend" => invitation::resend(&mut work, invitation)
            .await
            .map(|view| format!("Sent to {} again.", view.email)),
        "revoke" => invitation::revoke(&mut work, invitation)
            .await
            .map(|view| format!("The invitation of {} was taken back.", view.email)),
        _ => return Err(PageError::not_found()),
    };
    match done {
        Ok(text) => {
            work.commit().await?;
            Ok(flash::redirect(&back, text))
        }
        Err(error) => told(&back, error),
    }
}

/// What a use case refused, told on the page the person came from.
fn told(back: &str, error: ServiceError) -> Result<Response, PageError> {
    match error {
        ServiceError::Conflict(text) => Ok(flash::redirect_with_error(
            back,
            format!("Nothing was changed: {text}."),
        )),
        ServiceError::Invalid(_) => {
            let errors = form::refused(error)?;
            let reasons: Vec<&str> = errors.messages().collect();
            Ok(flash::redirect_with_error(
                back,
                format!("Nothing was changed: {}.", reasons.join("; ")),
            ))
        }
        other => Err(other.into()),
    }
}
