//! The link of an invitation: written, and read again.

use domain::id::InvitationId;
use subtle::ConstantTimeEq as _;

use crate::identity::seal;
use crate::work::Work;

const PURPOSE: &str = "invitation";

/// The last part of an invitation's link: `<id>.<keyed hash>`.
fn token(work: &Work, id: InvitationId) -> String {
    format!(
        "{id}.{}",
        seal::fingerprint(&work.app, PURPOSE, &format!("{} {id}", work.business()))
    )
}

/// Reads the last part of a link; `None` when this installation did not write it for this business.
pub(super) fn read_token(work: &Work, text: &str) -> Option<InvitationId> {
    let (id, _) = text.split_once('.')?;
    let id = id.parse().ok()?;
    bool::from(token(work, id).as_bytes().ct_eq(text.as_bytes())).then_some(id)
}

/// The address of an invitation's page, below that of the portal.
pub(super) fn link(work: &Work, portal: &str, id: InvitationId) -> String {
    format!("{portal}invitation/{}", token(work, id))
}
