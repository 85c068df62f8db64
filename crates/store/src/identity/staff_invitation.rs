//! Invitations to work for a business.

use domain::id::StaffInvitationId;
use domain::status::Role;
use domain::text::fold;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// An invitation.
    pub struct StaffInvitation {
        pub id: StaffInvitationId,
        /// The address it goes to, as typed.
        pub email: String,
        /// How the owner calls the person.
        pub name: String,
        pub role: Role,
        pub created_at_ms: UnixMs,
        /// The first instant at which it cannot be accepted any more.
        pub expires_at_ms: UnixMs,
        pub accepted_at_ms: Option<UnixMs>,
        pub revoked_at_ms: Option<UnixMs>,
    }
}

/// Stores a new invitation; it is neither accepted nor taken back.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &StaffInvitation) -> Result<()> {
    let StaffInvitation {
        id,
        email,
        name,
        role,
        created_at_ms,
        expires_at_ms,
        accepted_at_ms: _,
        revoked_at_ms: _,
    } = new;
    let folded = fold(email);
    tx.execute(
        include_str!("staff_invitation/insert.sql"),
        args![
            *id,
            email,
            folded,
            name,
            *role,
            *created_at_ms,
            *expires_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// The invitation with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: StaffInvitationId) -> Result<Option<StaffInvitation>> {
    tx.fetch_optional(include_str!("staff_invitation/find.sql"), args![id])
        .await
}

/// Those neither accepted nor taken back, latest first; the end by time is not looked at.
///
/// # Errors
/// As the database says.
pub async fn list_open(tx: &mut Tx, limit: i64) -> Result<Vec<StaffInvitation>> {
    tx.fetch_all(include_str!("staff_invitation/list_open.sql"), args![limit])
        .await
}

/// Notes that it was accepted; `false` when it cannot be any more, and nothing was written then.
///
/// # Errors
/// As the database says.
pub async fn accept(tx: &mut Tx, id: StaffInvitationId, now: UnixMs) -> Result<bool> {
    let rows = tx
        .execute(include_str!("staff_invitation/accept.sql"), args![id, now])
        .await?;
    Ok(rows == 1)
}

/// Takes it back; `false` when it was accepted or taken back before.
///
/// # Errors
/// As the database says.
pub async fn revoke(tx: &mut Tx, id: StaffInvitationId, now: UnixMs) -> Result<bool> {
    let rows = tx
        .execute(include_str!("staff_invitation/revoke.sql"), args![id, now])
        .await?;
    Ok(rows == 1)
}

/// Takes the open invitations of an address back.
///
/// # Errors
/// As the database says.
pub async fn revoke_of_address(tx: &mut Tx, email: &str, now: UnixMs) -> Result<()> {
    tx.execute(
        include_str!("staff_invitation/revoke_of_address.sql"),
        args![fold(email), now],
    )
    .await?;
    Ok(())
}
