//! Keys for programs.

use domain::id::ApiKeyId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A key. The secret itself was shown once and is not kept.
    pub struct ApiKey {
        pub id: ApiKeyId,
        pub name: String,
        /// The part of the text that finds the row; not secret.
        pub prefix: String,
        /// SHA-256 of the whole text.
        pub secret_hash: [u8; 32],
        /// What it may do, words separated by spaces.
        pub scopes: String,
        /// Networks it may be used from, separated by spaces; empty: anywhere.
        pub allowed_ips: String,
        pub expires_at_ms: Option<UnixMs>,
        /// Last used, to the minute.
        pub last_used_at_ms: Option<UnixMs>,
        pub revoked_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
    }
}

/// The key with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: ApiKeyId) -> Result<Option<ApiKey>> {
    tx.fetch_optional(include_str!("api_key/find.sql"), args![id])
        .await
}

/// The key with this prefix.
///
/// # Errors
/// As the database says.
pub async fn find_by_prefix(tx: &mut Tx, prefix: &str) -> Result<Option<ApiKey>> {
    tx.fetch_optional(include_str!("api_key/find_by_prefix.sql"), args![prefix])
        .await
}

/// All keys, live ones first, then the youngest first.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<ApiKey>> {
    tx.fetch_all(include_str!("api_key/list.sql"), args![])
        .await
}

/// How many keys are not revoked.
///
/// # Errors
/// As the database says.
pub async fn count_live(tx: &mut Tx) -> Result<i64> {
    tx.value(include_str!("api_key/count_live.sql"), args![])
        .await
}

/// Adds a key.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &ApiKey) -> Result<()> {
    let ApiKey {
        id,
        name,
        prefix,
        secret_hash,
        scopes,
        allowed_ips,
        expires_at_ms,
        last_used_at_ms,
        revoked_at_ms,
        created_at_ms,
    } = new;
    let values = args![
        *id,
        name,
        prefix,
        *secret_hash,
        scopes,
        allowed_ips,
        *expires_at_ms,
        *last_used_at_ms,
        *revoked_at_ms,
        *created_at_ms
    ];
    tx.execute(include_str!("api_key/insert.sql"), values)
        .await?;
    Ok(())
}

/// Notes that the key was used.
///
/// # Errors
/// As the database says.
pub async fn touch(tx: &mut Tx, id: ApiKeyId, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("api_key/touch.sql"), args![id, now])
        .await?;
    Ok(())
}

/// Ends a key; `false` when there is none that is live.
///
/// # Errors
/// As the database says.
pub async fn revoke(tx: &mut Tx, id: ApiKeyId, now: UnixMs) -> Result<bool> {
    Ok(tx
        .execute(include_str!("api_key/revoke.sql"), args![id, now])
        .await?
        == 1)
}
