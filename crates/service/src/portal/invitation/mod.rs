//! Invitations: how an affiliate comes to an account.
//!
//! The link carries the invitation's id and a keyed hash of it, so that staff can copy it at any time
//! and nobody can make one up. It works once, for 14 days, and not after the address was corrected:
//! whoever got the mail by mistake must not get in. Opening its page changes nothing but the state
//! shown to staff, because mail scanners open links.

mod accept;
mod link;
mod send;
mod view;

pub(super) use accept::accept_open;
pub use accept::{Acceptance, Welcome, accept, attach, can_take, is_unopened, note_opened, open};
pub use send::{correct_address, invite, invite_to, resend, revoke};
pub use store::portal::invitation::Invitation;
pub use view::{InvitationView, for_affiliate};

use domain::id::{AffiliateId, InvitationId};
use domain::status::{InvitationState, Scope};
use domain::time::{DAY_MS, UnixMs};
use store::portal::invitation as rows;

use crate::error::{Result, not_found};
use crate::work::Work;

/// How long an invitation works after its latest mail: 14 days.
pub const LIFE_MS: i64 = 14 * DAY_MS;

/// The state with the end by time taken into account.
fn state_at(state: InvitationState, expires_at: UnixMs, now: UnixMs) -> InvitationState {
    match state {
        InvitationState::Accepted | InvitationState::Revoked => state,
        _ if expires_at <= now => InvitationState::Expired,
        _ => state,
    }
}

fn is_usable(state: InvitationState) -> bool {
    !matches!(
        state,
        InvitationState::Accepted | InvitationState::Revoked | InvitationState::Expired
    )
}

async fn load(work: &mut Work, id: InvitationId) -> Result<Invitation> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("invitation"))
}

/// Whom an invitation is for.
///
/// # Errors
/// When there is none, or the actor may not read.
pub async fn affiliate_of(work: &mut Work, id: InvitationId) -> Result<AffiliateId> {
    work.require(Scope::Read)?;
    Ok(load(work, id).await?.affiliate_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_ends_what_is_open_only() {
        let now = UnixMs(1_000);
        assert_eq!(
            state_at(InvitationState::Sent, UnixMs(1_001), now),
            InvitationState::Sent
        );
        assert_eq!(
            state_at(InvitationState::Sent, UnixMs(1_000), now),
            InvitationState::Expired
        );
        assert_eq!(
            state_at(InvitationState::Accepted, UnixMs(0), now),
            InvitationState::Accepted
        );
        assert_eq!(
            state_at(InvitationState::Revoked, UnixMs(0), now),
            InvitationState::Revoked
        );
    }
}
