//! Portal sessions. The secret itself is only in the person's cookie.

use domain::id::{AccountId, SessionId};
use domain::time::UnixMs;

use super::account::Account;
use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A session.
    pub struct Session {
        /// The session.
        pub id: SessionId,
        /// Who is logged in.
        pub account_id: AccountId,
        /// SHA-256 of the secret.
        pub secret_hash: [u8; 32],
        /// The token that forms send back.
        pub csrf: String,
        /// The host it was made on.
        pub host: String,
        /// The browser, as it called itself.
        pub user_agent: String,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// When it was last used, exact to a few minutes.
        pub seen_at_ms: UnixMs,
        /// When the person last proved who they are.
        pub proven_at_ms: UnixMs,
        /// Whether it waits for the second step of the log-in, and opens nothing else.
        pub second_step: bool,
    }
}

/// Stores a new session.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    let Session {
        id,
        account_id,
        secret_hash,
        csrf,
        host,
        user_agent,
        created_at_ms,
        seen_at_ms,
        proven_at_ms,
        second_step,
    } = session;
    let values = args![
        *id,
        *account_id,
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

/// The session of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    tx.fetch_optional(include_str!("session/find.sql"), args![id])
        .await
}

/// The sessions of an account, latest first.
///
/// # Errors
/// As the database says.
pub async fn list_of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Session>> {
    tx.fetch_all(include_str!("session/list_of_account.sql"), args![account])
        .await
}

/// Notes that a session was used.
///
/// # Errors
/// As the database says.
pub async fn set_seen(tx: &mut Tx, id: SessionId, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("session/set_seen.sql"), args![id, now])
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, id: SessionId) -> Result<()> {
    tx.execute(include_str!("session/delete.sql"), args![id])
        .await?;
    Ok(())
}

/// Notes that a session may switch to an account.
///
/// # Errors
/// As the database says.
pub async fn insert_reach(tx: &mut Tx, session: SessionId, account: AccountId) -> Result<()> {
    tx.execute(
        include_str!("session/insert_reach.sql"),
        args![session, account],
    )
    .await?;
    Ok(())
}

/// The accounts that a session may switch to, its own among them; none when its proof opened one only.
///
/// # Errors
/// As the database says.
pub async fn reach(tx: &mut Tx, session: SessionId) -> Result<Vec<Account>> {
    tx.fetch_all(include_str!("session/reach.sql"), args![session])
        .await
}

/// Ends all sessions of an account, and every other session's way to it.
///
/// # Errors
/// As the database says.
pub async fn delete_of_account(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute(
        include_str!("session/delete_reach_of_account.sql"),
        args![account],
    )
    .await?;
    tx.execute(
        include_str!("session/delete_of_account.sql"),
        args![account],
    )
    .await?;
    Ok(())
}

/// Ends all sessions of an account but one, and every other session's way to it; answers how many ended.
///
/// # Errors
/// As the database says.
pub async fn delete_others(tx: &mut Tx, keep: SessionId, account: AccountId) -> Result<u64> {
    tx.execute(
        include_str!("session/delete_reach_of_others.sql"),
        args![keep, account],
    )
    .await?;
    tx.execute(
        include_str!("session/delete_others.sql"),
        args![keep, account],
    )
    .await
}

/// Removes sessions last used, or made, at these instants or earlier; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, idle_since: UnixMs, made_at: UnixMs) -> Result<u64> {
    tx.execute_long(
        include_str!("session/delete_old.sql"),
        args![idle_since, made_at],
    )
    .await
}
