//! Log-in sessions of staff.

use domain::id::{SessionId, StaffId};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A session. The secret itself is only in the person's cookie.
    pub struct Session {
        pub id: SessionId,
        pub staff_id: StaffId,
        /// SHA-256 of the secret.
        pub secret_hash: [u8; 32],
        /// The token that every form of the session sends back.
        pub csrf: String,
        /// The host name it was opened on; it counts nowhere else.
        pub host: String,
        /// What the browser called itself.
        pub user_agent: String,
        pub created_at_ms: UnixMs,
        /// Last used, to the minute.
        pub seen_at_ms: UnixMs,
        /// When the password was last given.
        pub proven_at_ms: UnixMs,
        /// Whether it waits for the second step of the log-in, and opens nothing else.
        pub second_step: bool,
    }
}

/// A session of this business.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    tx.fetch_optional(include_str!("session/find.sql"), args![id])
        .await
}

/// The sessions of one person, the last used first.
///
/// # Errors
/// As the database says.
pub async fn list_of_staff(tx: &mut Tx, staff: StaffId) -> Result<Vec<Session>> {
    tx.fetch_all(include_str!("session/list_of_staff.sql"), args![staff])
        .await
}

/// Adds a session.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &Session) -> Result<()> {
    let Session {
        id,
        staff_id,
        secret_hash,
        csrf,
        host,
        user_agent,
        created_at_ms,
        seen_at_ms,
        proven_at_ms,
        second_step,
    } = new;
    let values = args![
        *id,
        *staff_id,
        *secret_hash,
        csrf,
        host,
        user_agent,
        *created_at_ms,
        *seen_at_ms,
        *proven_at_ms,
        *second_step
    ];
    tx.execute(include_str!("session/insert.sql"), values)
        .await?;
    Ok(())
}

/// Notes that the session was used.
///
/// # Errors
/// As the database says.
pub async fn touch(tx: &mut Tx, id: SessionId, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("session/touch.sql"), args![id, now])
        .await?;
    Ok(())
}

/// Ends one session of a person; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, id: SessionId, staff: StaffId) -> Result<bool> {
    Ok(tx
        .execute(include_str!("session/delete.sql"), args![id, staff])
        .await?
        == 1)
}

/// Ends all sessions of a person but one; answers with how many.
///
/// # Errors
/// As the database says.
pub async fn delete_others(tx: &mut Tx, keep: SessionId, staff: StaffId) -> Result<u64> {
    tx.execute(
        include_str!("session/delete_others.sql"),
        args![keep, staff],
    )
    .await
}

/// Removes a person's sessions that were last used or opened before these instants.
///
/// # Errors
/// As the database says.
pub async fn delete_expired(
    tx: &mut Tx,
    staff: StaffId,
    seen_before: UnixMs,
    created_before: UnixMs,
) -> Result<u64> {
    tx.execute(
        include_str!("session/delete_expired.sql"),
        args![staff, seen_before, created_before],
    )
    .await
}
