//! Mail that people of the portal do not want.

use domain::id::{AccountId, AffiliateId};
use domain::status::NoticeKind;

use crate::args;
use crate::db::{Result, Single, Tx};

/// What an account does not want.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, account: AccountId) -> Result<Vec<NoticeKind>> {
    let rows: Vec<Single<NoticeKind>> = tx
        .fetch_all(include_str!("notice_mute/list.sql"), args![account])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Whether the account of an affiliate does not want a kind of mail.
///
/// # Errors
/// As the database says.
pub async fn of_affiliate(tx: &mut Tx, affiliate: AffiliateId, kind: NoticeKind) -> Result<bool> {
    tx.value(
        include_str!("notice_mute/of_affiliate.sql"),
        args![affiliate, kind],
    )
    .await
}

/// Wants everything again.
///
/// # Errors
/// As the database says.
pub async fn clear(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute(include_str!("notice_mute/clear.sql"), args![account])
        .await?;
    Ok(())
}

/// Does not want a kind of mail.
///
/// # Errors
/// As the database says.
pub async fn add(tx: &mut Tx, account: AccountId, kind: NoticeKind) -> Result<()> {
    tx.execute(include_str!("notice_mute/add.sql"), args![account, kind])
        .await?;
    Ok(())
}

/// The account of the affiliate with a folded address.
///
/// # Errors
/// As the database says.
pub async fn account_of(tx: &mut Tx, email_folded: &str) -> Result<Option<AccountId>> {
    let rows: Vec<Single<AccountId>> = tx
        .fetch_all(
            include_str!("notice_mute/account_of.sql"),
            args![email_folded],
        )
        .await?;
    Ok(rows.into_iter().next().map(|row| row.0))
}
