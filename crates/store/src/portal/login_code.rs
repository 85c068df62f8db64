//! Codes by mail: who asked for one, and what became of it.

use domain::id::LoginCodeId;
use domain::status::CodePurpose;
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx};
use crate::{args, record};

record! {
    /// A code, or rather the request for one.
    pub struct LoginCode {
        /// The request.
        pub id: LoginCodeId,
        /// What it is for.
        pub purpose: CodePurpose,
        /// The address as typed.
        pub email: String,
        /// The address, folded.
        pub email_folded: String,
        /// SHA-256 of the secret in the cookie of the browser that asked.
        pub flow_hash: [u8; 32],
        /// Keyed hash of the code; none until its mail is written, and for addresses that nobody has.
        pub code_mac: Option<Vec<u8>>,
        /// Codes that were entered for the address since `tries_since_ms`.
        pub tries: i64,
        /// When counting began.
        pub tries_since_ms: UnixMs,
        /// When it was asked for.
        pub created_at_ms: UnixMs,
        /// The first instant at which it is void.
        pub expires_at_ms: UnixMs,
        /// When the right code was entered.
        pub proven_at_ms: Option<UnixMs>,
        /// When the proof was spent.
        pub used_at_ms: Option<UnixMs>,
    }
}

/// Has requests for codes of this business, and tries of them, run one after the other.
///
/// # Errors
/// As the database says.
pub async fn order(tx: &mut Tx) -> Result<()> {
    tx.execute(include_str!("login_code/order.sql"), args![])
        .await?;
    Ok(())
}

/// Stores a request; `ip_prefix` is the network it came from.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, code: &LoginCode, ip_prefix: Option<&str>) -> Result<()> {
    let LoginCode {
        id,
        purpose,
        email,
        email_folded,
        flow_hash,
        code_mac: _,
        tries,
        tries_since_ms,
        created_at_ms,
        expires_at_ms,
        proven_at_ms: _,
        used_at_ms: _,
    } = code;
    let values = args![
        *id,
        *purpose,
        email,
        email_folded,
        *flow_hash,
        *tries,
        *tries_since_ms,
        ip_prefix,
        *created_at_ms,
        *expires_at_ms
    ];
    tx.execute(include_str!("login_code/insert.sql"), values)
        .await?;
    Ok(())
}

/// The request of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: LoginCodeId) -> Result<Option<LoginCode>> {
    tx.fetch_optional(include_str!("login_code/find.sql"), args![id])
        .await
}

/// The latest request for an address.
///
/// # Errors
/// As the database says.
pub async fn newest(tx: &mut Tx, email_folded: &str) -> Result<Option<LoginCode>> {
    tx.fetch_optional(include_str!("login_code/newest.sql"), args![email_folded])
        .await
}

/// Notes the code that is about to be mailed; false when one was noted before.
///
/// # Errors
/// As the database says.
pub async fn set_code(tx: &mut Tx, id: LoginCodeId, code_mac: [u8; 32]) -> Result<bool> {
    let set = include_str!("login_code/set_code.sql");
    Ok(tx.execute(set, args![id, code_mac]).await? == 1)
}

/// Takes one of the tries of a code that is the newest of its address, not void and not used; none when
/// that is not so. The answer holds its keyed hash, if it has one.
///
/// # Errors
/// As the database says.
pub async fn take_try(
    tx: &mut Tx,
    code: &LoginCode,
    tries_max: i64,
    now: UnixMs,
) -> Result<Option<Option<Vec<u8>>>> {
    let rows: Vec<Single<Option<Vec<u8>>>> = tx
        .fetch_all(
            include_str!("login_code/take_try.sql"),
            args![code.id, tries_max, now, &code.email_folded],
        )
        .await?;
    Ok(rows.into_iter().next().map(|row| row.0))
}

/// Notes that the right code was entered; false when it was before.
///
/// # Errors
/// As the database says.
pub async fn set_proven(tx: &mut Tx, id: LoginCodeId, now: UnixMs) -> Result<bool> {
    let set = include_str!("login_code/set_proven.sql");
    Ok(tx.execute(set, args![id, now]).await? == 1)
}

/// Spends a proof that was given after an instant; false when there is none.
///
/// # Errors
/// As the database says.
pub async fn set_used(
    tx: &mut Tx,
    id: LoginCodeId,
    now: UnixMs,
    proven_after: UnixMs,
) -> Result<bool> {
    let set = include_str!("login_code/set_used.sql");
    Ok(tx.execute(set, args![id, now, proven_after]).await? == 1)
}

/// Spends a link that is the newest of its address, not void and not used; false when that is not so.
///
/// # Errors
/// As the database says.
pub async fn use_link(tx: &mut Tx, code: &LoginCode, now: UnixMs) -> Result<bool> {
    let set = include_str!("login_code/use_link.sql");
    let values = args![code.id, now, &code.email_folded];
    Ok(tx.execute(set, values).await? == 1)
}

/// When codes were asked for with this address since an instant, oldest first.
///
/// # Errors
/// As the database says.
pub async fn of_address(tx: &mut Tx, email_folded: &str, since: UnixMs) -> Result<Vec<UnixMs>> {
    let rows: Vec<Single<UnixMs>> = tx
        .fetch_all(
            include_str!("login_code/of_address.sql"),
            args![email_folded, since],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// How many codes were asked for from a network since an instant.
///
/// # Errors
/// As the database says.
pub async fn count_of_network(tx: &mut Tx, ip_prefix: &str, since: UnixMs) -> Result<i64> {
    tx.value(
        include_str!("login_code/count_of_network.sql"),
        args![ip_prefix, since],
    )
    .await
}

/// How many codes were asked for since an instant.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, since: UnixMs) -> Result<i64> {
    tx.value(include_str!("login_code/count.sql"), args![since])
        .await
}

/// Removes requests made at this instant or before; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, made_at: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("login_code/delete_old.sql"), args![made_at])
        .await
}
