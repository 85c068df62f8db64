//! What staff does with invitations: sent, sent again, to another address, taken back.

use domain::id::{AffiliateId, InvitationId, MailId, PartnershipId};
use domain::status::{AffiliateStatus, InvitationState, Scope};
use domain::text::fold;
use domain::time::UnixMs;
use store::messaging::notice::{Recipient, Sender};
use store::portal::invitation::{self as rows, Invitation};

use super::link::link;
use super::view::{InvitationView, view};
use super::{LIFE_MS, load};
use crate::check::Checks;
use crate::error::{Result, conflict};
use crate::identity::audit;
use crate::messaging::mail::{self, Invite};
use crate::messaging::notice;
use crate::programme::affiliate::{self, AffiliatePatch};
use crate::work::Work;

/// Invites an affiliate to the portal because of a new partnership. Who can log in already is told of
/// the campaign instead; who is suspended or terminated is left alone. Answers whether an invitation
/// was sent.
///
/// # Errors
/// When there is no such affiliate or partnership.
pub async fn invite_to(
    work: &mut Work,
    affiliate: AffiliateId,
    partnership: PartnershipId,
) -> Result<bool> {
    work.require(Scope::Manage)?;
    let recipient = notice::recipient(work, affiliate).await?;
    match recipient.status {
        AffiliateStatus::Suspended | AffiliateStatus::Terminated => Ok(false),
        AffiliateStatus::Pending | AffiliateStatus::Approved if recipient.has_account => {
            notice::added_to_campaign(work, partnership).await?;
            Ok(false)
        }
        AffiliateStatus::Pending | AffiliateStatus::Approved => {
            send(work, &recipient, Some(partnership)).await?;
            Ok(true)
        }
    }
}

/// Invites an affiliate to the portal by hand.
///
/// # Errors
/// A conflict when the affiliate has an account or was terminated; when there is no such affiliate.
pub async fn invite(work: &mut Work, affiliate: AffiliateId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let recipient = notice::recipient(work, affiliate).await?;
    invitable(&recipient)?;
    let id = send(work, &recipient, None).await?;
    audit::record(
        work,
        "invitation.sent",
        "affiliate",
        &affiliate.to_string(),
        &format!("Invited {} to the portal", recipient.email),
    )
    .await?;
    view(work, affiliate, id).await
}

fn invitable(recipient: &Recipient) -> Result<()> {
    if recipient.has_account {
        return Err(conflict(format!(
            "{} has an account already and can log in",
            recipient.name
        )));
    }
    if recipient.status == AffiliateStatus::Terminated {
        return Err(conflict(format!(
            "{} was terminated; approve the affiliate first",
            recipient.name
        )));
    }
    Ok(())
}

/// Sends an invitation's mail again, with 14 days from now. When the affiliate's address is another by
/// now, a new invitation goes there and the old link ends.
///
/// # Errors
/// A conflict when it was accepted or revoked, or the affiliate has an account.
pub async fn resend(work: &mut Work, id: InvitationId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    let recipient = notice::recipient(work, invitation.affiliate_id).await?;
    invitable(&recipient)?;
    if matches!(
        invitation.state,
        InvitationState::Accepted | InvitationState::Revoked
    ) {
        return Err(conflict(format!(
            "this invitation was {} already; send a new one",
            invitation.state
        )));
    }
    let id = send(work, &recipient, invitation.partnership_id).await?;
    audit::record(
        work,
        "invitation.resent",
        "affiliate",
        &recipient.affiliate_id.to_string(),
        &format!("Sent the invitation to {} again", recipient.email),
    )
    .await?;
    view(work, recipient.affiliate_id, id).await
}

/// Takes an invitation back: its link ends at once.
///
/// # Errors
/// A conflict when it was accepted or revoked before.
pub async fn revoke(work: &mut Work, id: InvitationId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    if !rows::revoke(&mut work.tx, id, work.now).await? {
        return Err(conflict(format!(
            "this invitation was {} already",
            invitation.state
        )));
    }
    let affiliate = invitation.affiliate_id;
    audit::record(
        work,
        "invitation.revoked",
        "affiliate",
        &affiliate.to_string(),
        &format!("Took the invitation to {} back", invitation.email),
    )
    .await?;
    work.changed(Some(affiliate));
    view(work, affiliate, id).await
}

/// Corrects the address of an invited affiliate and invites anew; the link in the first mail ends.
///
/// # Errors
/// With the field `email` when it is none or another affiliate's; a conflict as for [`resend`].
pub async fn correct_address(
    work: &mut Work,
    id: InvitationId,
    email: &str,
) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    let affiliate = invitation.affiliate_id;
    let before = notice::recipient(work, affiliate).await?;
    invitable(&before)?;
    affiliate::patch(
        work,
        affiliate,
        AffiliatePatch {
            email: Some(email.clone()),
            ..AffiliatePatch::default()
        },
    )
    .await?;
    let recipient = notice::recipient(work, affiliate).await?;
    let id = send(work, &recipient, invitation.partnership_id).await?;
    let detail = format!(
        "Corrected the address from {} to {email} and invited anew",
        invitation.email
    );
    audit::record(
        work,
        "invitation.corrected",
        "affiliate",
        &affiliate.to_string(),
        &detail,
    )
    .await?;
    view(work, affiliate, id).await
}

/// Mails the affiliate's open invitation, or a new one when there is none for the address of now.
async fn send(
    work: &mut Work,
    recipient: &Recipient,
    partnership: Option<PartnershipId>,
) -> Result<InvitationId> {
    let sender = notice::sender_to(work, &recipient.email).await?;
    let expires_at = work.now.plus_ms(LIFE_MS);
    let open = rows::find_open(&mut work.tx, recipient.affiliate_id)
        .await?
        .filter(|open| fold(&open.email) == fold(&recipient.email));
    let id = open.as_ref().map_or_else(|| work.new_id(), |open| open.id);
    let partnership = partnership.or_else(|| open.as_ref().and_then(|open| open.partnership_id));
    let mail = write(work, &sender, recipient, id, partnership, expires_at).await?;
    match open {
        Some(_) => {
            if !rows::renew(&mut work.tx, id, partnership, mail, expires_at, work.now).await? {
                return Err(conflict("this invitation was accepted or revoked just now"));
            }
        }
        None => {
            let new = Invitation {
                id,
                affiliate_id: recipient.affiliate_id,
                partnership_id: partnership,
                email: recipient.email.clone(),
                state: InvitationState::Queued,
                mail_id: Some(mail),
                created_at_ms: work.now,
                expires_at_ms: expires_at,
                updated_at_ms: work.now,
            };
            rows::insert(&mut work.tx, &new).await?;
        }
    }
    rows::revoke_others(&mut work.tx, recipient.affiliate_id, id, work.now).await?;
    work.changed(Some(recipient.affiliate_id));
    Ok(id)
}

async fn write(
    work: &mut Work,
    sender: &Sender,
    recipient: &Recipient,
    id: InvitationId,
    partnership: Option<PartnershipId>,
    expires_at: UnixMs,
) -> Result<MailId> {
    let joined = match partnership {
        Some(partnership) => store::messaging::notice::joined(&mut work.tx, partnership).await?,
        None => None,
    };
    let portal = notice::portal_address(work, &sender.slug).await?;
    let link = link(work, &portal, id);
    // The last whole day: the instant itself is the first at which the link does not work.
    let last_day = notice::day_text(expires_at.plus_ms(-1), sender);
    let invite = Invite {
        email: &recipient.email,
        campaign: joined
            .as_ref()
            .map(|joined| (joined.campaign_name.as_str(), joined.guidelines.as_str())),
        link: &link,
        last_day: &last_day,
    };
    let new = mail::invitation(sender, recipient, &invite);
    mail::enqueue(work, new).await
}
