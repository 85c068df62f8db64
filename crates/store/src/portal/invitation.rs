//! Invitations to the portal.

use domain::id::{AffiliateId, InvitationId, MailId, PartnershipId};
use domain::status::{InvitationState, MailState};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// An invitation.
    pub struct Invitation {
        /// The invitation.
        pub id: InvitationId,
        /// Who is invited.
        pub affiliate_id: AffiliateId,
        /// The partnership that led to it.
        pub partnership_id: Option<PartnershipId>,
        /// The address it goes to.
        pub email: String,
        /// How far it has come; its end by time is not written here, see `expires_at_ms`.
        pub state: InvitationState,
        /// Its latest mail.
        pub mail_id: Option<MailId>,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// The first instant at which it cannot be used any more.
        pub expires_at_ms: UnixMs,
        /// When it last changed.
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// An invitation with what became of its mail.
    pub struct InvitationLine {
        /// The invitation.
        pub id: InvitationId,
        /// The partnership that led to it.
        pub partnership_id: Option<PartnershipId>,
        /// The campaign of that partnership.
        pub campaign_name: Option<String>,
        /// Whether that campaign is active.
        pub campaign_active: Option<bool>,
        /// The address it goes to.
        pub email: String,
        /// How far it has come.
        pub state: InvitationState,
        /// Its latest mail.
        pub mail_id: Option<MailId>,
        /// What became of the mail.
        pub mail_state: Option<MailState>,
        /// Why the mail was not sent.
        pub mail_error: Option<String>,
        /// When the mail was handed over.
        pub mail_sent_at_ms: Option<UnixMs>,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// The first instant at which it cannot be used any more.
        pub expires_at_ms: UnixMs,
        /// When it last changed.
        pub updated_at_ms: UnixMs,
    }
}

/// Stores a new invitation.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    let Invitation {
        id,
        affiliate_id,
        partnership_id,
        email,
        state,
        mail_id,
        created_at_ms,
        expires_at_ms,
        updated_at_ms,
    } = invitation;
    let values = args![
        *id,
        *affiliate_id,
        *partnership_id,
        email,
        *state,
        *mail_id,
        *created_at_ms,
        *expires_at_ms,
        *updated_at_ms
    ];
    tx.execute(include_str!("invitation/insert.sql"), values)
        .await?;
    Ok(())
}

/// The invitation of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: InvitationId) -> Result<Option<Invitation>> {
    tx.fetch_optional(include_str!("invitation/find.sql"), args![id])
        .await
}

/// The affiliate's latest invitation that is neither accepted nor revoked; it may have expired.
///
/// # Errors
/// As the database says.
pub async fn find_open(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<Invitation>> {
    tx.fetch_optional(include_str!("invitation/find_open.sql"), args![affiliate])
        .await
}

/// The affiliate's invitations, latest first.
///
/// # Errors
/// As the database says.
pub async fn list_of_affiliate(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<InvitationLine>> {
    tx.fetch_all(
        include_str!("invitation/list_of_affiliate.sql"),
        args![affiliate],
    )
    .await
}

/// A new mail for an open invitation, with a new end; answers whether it still was open.
///
/// # Errors
/// As the database says.
pub async fn renew(
    tx: &mut Tx,
    id: InvitationId,
    partnership: Option<PartnershipId>,
    mail: MailId,
    expires_at: UnixMs,
    now: UnixMs,
) -> Result<bool> {
    let values = args![id, partnership, mail, expires_at, now];
    Ok(tx
        .execute(include_str!("invitation/renew.sql"), values)
        .await?
        == 1)
}

/// Notes that the page of an invitation was opened, where nothing further has happened.
///
/// # Errors
/// As the database says.
pub async fn set_opened(tx: &mut Tx, id: InvitationId, now: UnixMs) -> Result<bool> {
    Ok(tx
        .execute(include_str!("invitation/set_opened.sql"), args![id, now])
        .await?
        == 1)
}

/// Uses an invitation up; answers false when it was used, revoked or has expired.
///
/// # Errors
/// As the database says.
pub async fn accept(tx: &mut Tx, id: InvitationId, now: UnixMs) -> Result<bool> {
    Ok(tx
        .execute(include_str!("invitation/accept.sql"), args![id, now])
        .await?
        == 1)
}

/// Takes an open invitation back; answers false when it was used or revoked before.
///
/// # Errors
/// As the database says.
pub async fn revoke(tx: &mut Tx, id: InvitationId, now: UnixMs) -> Result<bool> {
    Ok(tx
        .execute(include_str!("invitation/revoke.sql"), args![id, now])
        .await?
        == 1)
}

/// Takes all other open invitations of an affiliate back.
///
/// # Errors
/// As the database says.
pub async fn revoke_others(
    tx: &mut Tx,
    affiliate: AffiliateId,
    but: InvitationId,
    now: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("invitation/revoke_others.sql"),
        args![affiliate, but, now],
    )
    .await?;
    Ok(())
}

/// Carries the fate of a mail over to its invitation, which still waits for it; answers whom the
/// invitation is for.
///
/// # Errors
/// As the database says.
pub async fn set_delivery(
    tx: &mut Tx,
    mail: MailId,
    state: InvitationState,
    now: UnixMs,
) -> Result<Option<AffiliateId>> {
    tx.value_optional(
        include_str!("invitation/set_delivery.sql"),
        args![mail, state, now],
    )
    .await
}
