//! What the bell of staff tells: read from where it happened, with a mark a person up to which it was read.

use domain::id::StaffId;
use domain::time::UnixMs;
use uuid::Uuid;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// Something that happened.
    pub struct Event {
        /// `application`, `stuck_application`, `message`, `payout_method`, `mail` or `account`.
        pub kind: String,
        /// Of the application (also one to be), affiliate (message, payout method), mail or account.
        pub id: Uuid,
        /// Whose it is; of a mail, the address; empty of a stuck application, which is sealed.
        pub name: String,
        /// A mail's subject, an account's address; empty else.
        pub detail: String,
        /// When.
        pub at_ms: UnixMs,
    }
}

/// The latest, newest first.
///
/// # Errors
/// As the database says.
pub async fn events(tx: &mut Tx, limit: i64) -> Result<Vec<Event>> {
    tx.fetch_all(include_str!("bell/events.sql"), args![limit, false])
        .await
}

/// Up to when a member of staff has read.
///
/// # Errors
/// As the database says.
pub async fn read_until(tx: &mut Tx, staff: StaffId) -> Result<Option<UnixMs>> {
    tx.value_optional(include_str!("bell/read_until.sql"), args![staff])
        .await
}

/// Notes up to when a member of staff has read.
///
/// # Errors
/// As the database says.
pub async fn set_read_until(tx: &mut Tx, staff: StaffId, until: UnixMs) -> Result<()> {
    tx.execute(include_str!("bell/set_read_until.sql"), args![staff, until])
        .await?;
    Ok(())
}
