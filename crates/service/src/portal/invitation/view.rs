//! Invitations as staff sees them.

use domain::id::{AffiliateId, InvitationId, MailId, PartnershipId};
use domain::status::{InvitationState, MailState, Scope};
use domain::time::UnixMs;
use store::portal::invitation::{self as rows, InvitationLine};

use super::link::link;
use super::{is_usable, state_at};
use crate::error::{Result, not_found};
use crate::messaging::notice;
use crate::work::Work;

/// An invitation as staff sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The invitation.
    pub id: InvitationId,
    /// How far it has come, its end by time included.
    pub state: InvitationState,
    /// Its link, while it can be used.
    pub link: Option<String>,
    /// The address it goes to.
    pub email: String,
    /// The partnership that led to it.
    pub partnership_id: Option<PartnershipId>,
    /// The campaign of that partnership.
    pub campaign: Option<String>,
    /// Whether that campaign is inactive: the affiliate will find a link that does not work.
    pub campaign_inactive: bool,
    /// Its latest mail.
    pub mail_id: Option<MailId>,
    /// What became of the mail.
    pub mail_state: Option<MailState>,
    /// Why the mail was not sent.
    pub mail_error: Option<String>,
    /// When the mail server took it.
    pub sent_at: Option<UnixMs>,
    /// When it was made.
    pub created_at: UnixMs,
    /// The first instant at which it does not work any more.
    pub expires_at: UnixMs,
    /// When it last changed.
    pub updated_at: UnixMs,
}

impl InvitationView {
    /// Whether it can be used now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.link.is_some()
    }

    /// The state in a word for people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match (self.state, self.mail_state) {
            (InvitationState::Queued, Some(MailState::Kept)) => "Not mailed",
            (InvitationState::Queued, Some(MailState::Failed)) => "Not delivered",
            (InvitationState::Queued, _) => "Queued",
            (InvitationState::Sent, _) => "Sent",
            (InvitationState::Opened, _) => "Opened",
            (InvitationState::Accepted, _) => "Accepted",
            (InvitationState::Bounced, _) => "Bounced",
            (InvitationState::Expired, _) => "Expired",
            (InvitationState::Revoked, _) => "Revoked",
        }
    }

    /// What staff can do about the state, in a sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match (self.state, self.mail_state) {
            (InvitationState::Queued, Some(MailState::Kept)) => {
                "No mail server is configured. Copy the link and send it yourself."
            }
            (InvitationState::Queued, Some(MailState::Failed)) => {
                "The mail server could not be reached. Resend the mail, or copy the link and send it yourself."
            }
            (InvitationState::Queued, _) => "The mail is on its way.",
            (InvitationState::Sent, _) => {
                "The mail was handed over. The page has not been opened yet."
            }
            (InvitationState::Opened, _) => "The page was opened; no password was set yet.",
            (InvitationState::Accepted, _) => "A password was set.",
            (InvitationState::Bounced, _) => {
                "The mail was refused. Check the address and correct it."
            }
            (InvitationState::Expired, _) => {
                "The link has run out. Resend the invitation for a new one."
            }
            (InvitationState::Revoked, _) => "The link was taken back.",
        }
    }
}

/// The affiliate's invitations, the latest first.
///
/// # Errors
/// When the actor may not read.
pub async fn for_affiliate(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<InvitationView>> {
    work.require(Scope::Read)?;
    let slug = notice::sender(work).await?.slug;
    let portal = notice::portal_address(work, &slug).await?;
    let lines = rows::list_of_affiliate(&mut work.tx, affiliate).await?;
    Ok(lines
        .into_iter()
        .map(|line| viewed(work, &portal, line))
        .collect())
}

fn viewed(work: &Work, portal: &str, line: InvitationLine) -> InvitationView {
    let InvitationLine {
        id,
        partnership_id,
        campaign_name,
        campaign_active,
        email,
        state,
        mail_id,
        mail_state,
        mail_error,
        mail_sent_at_ms,
        created_at_ms,
        expires_at_ms,
        updated_at_ms,
    } = line;
    let state = state_at(state, expires_at_ms, work.now);
    InvitationView {
        id,
        state,
        link: is_usable(state).then(|| link(work, portal, id)),
        email,
        partnership_id,
        campaign: campaign_name,
        campaign_inactive: campaign_active == Some(false),
        mail_id,
        mail_state,
        mail_error,
        sent_at: mail_sent_at_ms,
        created_at: created_at_ms,
        expires_at: expires_at_ms,
        updated_at: updated_at_ms,
    }
}

pub(super) async fn view(
    work: &mut Work,
    affiliate: AffiliateId,
    id: InvitationId,
) -> Result<InvitationView> {
    let all = for_affiliate(work, affiliate).await?;
    all.into_iter()
        .find(|view| view.id == id)
        .ok_or(not_found("invitation"))
}
