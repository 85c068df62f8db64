//! What accounts are told in the portal.

use domain::id::{AccountId, AffiliateId, NotificationId};
use domain::status::NotificationKind;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// The order of the list: key, terms upwards, terms downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[(
    "created",
    "created_at_ms, id",
    "created_at_ms desc, id desc",
)];

record! {
    /// A notification.
    pub struct Notification {
        /// The notification.
        pub id: NotificationId,
        /// What it tells of.
        pub kind: NotificationKind,
        /// A name, a number or a word of it; which one depends on the kind.
        pub detail: String,
        /// Where it leads: a path within the portal, with a slash first.
        pub path: String,
        /// Whether the person has not read it.
        pub unread: bool,
        /// When it happened.
        pub created_at_ms: UnixMs,
    }
}

/// Stores a notification for the account of an affiliate; `false` when the affiliate has none.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, affiliate: AffiliateId, new: &Notification) -> Result<bool> {
    let Notification {
        id,
        kind,
        detail,
        path,
        unread,
        created_at_ms,
    } = new;
    let values = args![*id, affiliate, *kind, detail, path, *unread, *created_at_ms];
    Ok(tx
        .execute(include_str!("notification/insert.sql"), values)
        .await?
        == 1)
}

/// The notifications of an account.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, account: AccountId, window: Window) -> Result<Vec<Notification>> {
    tx.fetch_all(
        ordered(include_str!("notification/list.sql"), window.order),
        args![account, window.limit, window.offset],
    )
    .await
}

/// A notification of an account.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    account: AccountId,
    id: NotificationId,
) -> Result<Option<Notification>> {
    tx.fetch_optional(include_str!("notification/find.sql"), args![account, id])
        .await
}

/// How many an account has.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, account: AccountId) -> Result<i64> {
    tx.value(include_str!("notification/count.sql"), args![account])
        .await
}

/// How many an account has not read.
///
/// # Errors
/// As the database says.
pub async fn count_unread(tx: &mut Tx, account: AccountId) -> Result<i64> {
    tx.value(
        include_str!("notification/count_unread.sql"),
        args![account, true],
    )
    .await
}

/// Notes that one was read; false when it was before, or is not the account's.
///
/// # Errors
/// As the database says.
pub async fn set_read(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<bool> {
    let set = include_str!("notification/set_read.sql");
    Ok(tx.execute(set, args![account, id, false]).await? == 1)
}

/// Notes that all were read, or all of a kind; answers how many were not before.
///
/// # Errors
/// As the database says.
pub async fn set_all_read(
    tx: &mut Tx,
    account: AccountId,
    kind: Option<NotificationKind>,
) -> Result<u64> {
    tx.execute(
        include_str!("notification/set_all_read.sql"),
        args![account, false, kind],
    )
    .await
}

/// Removes what was told at this instant or before; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, told_at: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("notification/delete_old.sql"), args![told_at])
        .await
}
