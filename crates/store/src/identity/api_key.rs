//! Keys for programs.

use domain::id::ApiKeyId;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
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

/// Which keys are wanted.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Only those that are `active`, `expired` or `revoked` now.
    pub state: Option<String>,
    /// Only with this in the name or prefix.
    pub search: Option<String>,
    /// Now.
    pub now: UnixMs,
}

impl Filter {
    fn values(&self) -> Vec<crate::db::Value> {
        args![
            self.search.as_deref().map(domain::text::like_pattern),
            self.search.as_deref().map(domain::text::typed_pattern),
            self.state.clone(),
            self.now
        ]
    }
}

/// The orders of the list: a key for the page's address, upwards, downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "live",
        "case when revoked_at_ms is null then 0 else 1 end, id desc",
        "case when revoked_at_ms is null then 1 else 0 end, id desc",
    ),
    ("name", "lower(name), id desc", "lower(name) desc, id desc"),
    (
        "used",
        "coalesce(last_used_at_ms, 0), id desc",
        "coalesce(last_used_at_ms, 0) desc, id desc",
    ),
    ("created", "id", "id desc"),
];

/// A part of the keys; `window.order` is one of [`ORDERS`].
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<ApiKey>> {
    let mut values = filter.values();
    values.extend(args![window.limit, window.offset]);
    let sql = ordered(include_str!("api_key/list.sql"), window.order);
    tx.fetch_all(sql, values).await
}

/// How many keys pass the filter.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("api_key/count.sql"), filter.values())
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
