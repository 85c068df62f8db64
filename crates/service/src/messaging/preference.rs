//! Which mail a person wants. Codes and what concerns an account's safety is always sent.

use domain::id::AffiliateId;
use domain::status::NoticeKind;
use store::messaging::notice_mute as rows;

use crate::error::Result;
use crate::identity::audit;
use crate::portal::session::acting;
use crate::work::Work;

/// Every kind of mail with whether the person who acts wants it.
///
/// # Errors
/// Forbidden for everybody but portal people.
pub async fn list(work: &mut Work) -> Result<Vec<(NoticeKind, bool)>> {
    let account = acting(work)?;
    let muted = rows::list(&mut work.tx, account).await?;
    Ok(NoticeKind::ALL
        .iter()
        .map(|kind| (*kind, !muted.contains(kind)))
        .collect())
}

/// Sets which kinds of mail the person who acts wants; they get no other of these kinds.
///
/// # Errors
/// Forbidden for everybody but portal people.
pub async fn set(work: &mut Work, wanted: &[NoticeKind]) -> Result<()> {
    let account = acting(work)?;
    rows::clear(&mut work.tx, account).await?;
    for kind in NoticeKind::ALL.iter().filter(|kind| !wanted.contains(kind)) {
        rows::add(&mut work.tx, account, *kind).await?;
    }
    let words: Vec<&str> = wanted.iter().map(|kind| kind.as_str()).collect();
    let detail = format!("wants mail about: {}", words.join(", "));
    audit::record(
        work,
        "account.notices",
        "account",
        &account.to_string(),
        &detail,
    )
    .await
}

/// Whether an affiliate wants a kind of mail; one without an account has not said no.
///
/// # Errors
/// As the database says.
pub async fn wants(work: &mut Work, affiliate: AffiliateId, kind: NoticeKind) -> Result<bool> {
    Ok(!rows::of_affiliate(&mut work.tx, affiliate, kind).await?)
}
