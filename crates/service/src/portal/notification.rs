//! What an affiliate's account is told in the portal: behind the bell, and on a page of its own. Each is
//! written in the transaction of what it tells of, and is gone after half a year. An affiliate without an
//! account is told by mail only.

use domain::id::{AffiliateId, NotificationId};
use domain::status::NotificationKind;
use domain::time::DAY_MS;
use store::list::Window;
use store::portal::notification as rows;

pub use store::portal::notification::{Notification, ORDERS};

use super::session::acting;
use crate::error::{Result, not_found};
use crate::work::Work;

/// How long a notification is kept: 180 days.
pub const KEPT_MS: i64 = 180 * DAY_MS;

/// Tells an affiliate's account, if it has one. `detail` is a name, a number or a word; `path` leads into the portal.
///
/// # Errors
/// As the database says.
pub(crate) async fn tell(
    work: &mut Work,
    affiliate: AffiliateId,
    kind: NotificationKind,
    detail: impl Into<String>,
    path: impl Into<String>,
) -> Result<()> {
    let new = Notification {
        id: work.new_id(),
        kind,
        detail: detail.into(),
        path: path.into(),
        unread: true,
        created_at_ms: work.now,
    };
    if rows::insert(&mut work.tx, affiliate, &new).await? {
        work.changed(Some(affiliate));
    }
    Ok(())
}

/// A part of the notifications of the account that acts.
///
/// # Errors
/// Forbidden for everybody but portal accounts.
pub async fn list(work: &mut Work, window: Window) -> Result<Vec<Notification>> {
    let account = acting(work)?;
    Ok(rows::list(&mut work.tx, account, window).await?)
}

/// How many the account that acts has.
///
/// # Errors
/// As [`list`].
pub async fn count(work: &mut Work) -> Result<i64> {
    let account = acting(work)?;
    Ok(rows::count(&mut work.tx, account).await?)
}

/// How many the account that acts has not read.
///
/// # Errors
/// As [`list`].
pub async fn unread(work: &mut Work) -> Result<i64> {
    let account = acting(work)?;
    Ok(rows::count_unread(&mut work.tx, account).await?)
}

/// Notes that one was read; answers where it leads.
///
/// # Errors
/// Not found when it is not of the account that acts.
pub async fn read(work: &mut Work, id: NotificationId) -> Result<String> {
    let account = acting(work)?;
    let found = rows::find(&mut work.tx, account, id)
        .await?
        .ok_or(not_found("notification"))?;
    if rows::set_read(&mut work.tx, account, id).await? {
        changed(work);
    }
    Ok(found.path)
}

/// Notes that all were read.
///
/// # Errors
/// As [`list`].
pub async fn read_all(work: &mut Work) -> Result<()> {
    let account = acting(work)?;
    if rows::set_all_read(&mut work.tx, account, None).await? > 0 {
        changed(work);
    }
    Ok(())
}

/// Notes that those about messages were read, because the messages were.
pub(crate) async fn read_messages(work: &mut Work) -> Result<()> {
    let account = acting(work)?;
    rows::set_all_read(&mut work.tx, account, Some(NotificationKind::Message)).await?;
    Ok(())
}

fn changed(work: &mut Work) {
    if let Ok(affiliate) = work.actor.affiliate() {
        work.changed(Some(affiliate));
    }
}

/// Removes what was told longer than [`KEPT_MS`] ago; answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    let until = work.now.plus_ms(-KEPT_MS);
    Ok(rows::delete_old(&mut work.tx, until).await?)
}
