//! Which mail a person wants. Codes and what concerns an account's safety is always sent.
//!
//! A mail that may be refused carries an address in its headers (RFC 8058, one-click): looking at it
//! changes nothing, a POST from the mail program or the page's button stops mails of that kind. Whoever
//! has the address has the mail, so nobody needs to log in for it.

use domain::id::{AccountId, AffiliateId};
use domain::status::NoticeKind;
use domain::text::fold;
use store::messaging::notice_mute as rows;
use store::portal::account;

use super::mail::MailKind;
use super::notice;
use crate::error::{Result, not_found};
use crate::identity::{audit, seal};
use crate::portal::session::acting;
use crate::work::Work;

const PURPOSE: &str = "unsubscribe";

/// What an address in a mail's headers is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwanted {
    /// Whose mail.
    pub account: AccountId,
    /// Where it goes.
    pub email: String,
    /// Which kind of mail.
    pub kind: NoticeKind,
}

/// The kind of notice that a kind of mail is; none for those that are always sent.
const fn notice_of(kind: MailKind) -> Option<NoticeKind> {
    match kind {
        MailKind::PayoutMade => Some(NoticeKind::PayoutMade),
        MailKind::PayoutPaid | MailKind::PayoutReturned => Some(NoticeKind::PayoutPaid),
        MailKind::AddedToCampaign => Some(NoticeKind::AddedToCampaign),
        MailKind::Message => Some(NoticeKind::Message),
        _ => None,
    }
}

/// The address at which mails of this kind are stopped; none for those that are always sent, and for who
/// has no account.
///
/// # Errors
/// When the database cannot serve.
pub async fn address(work: &mut Work, kind: &str, to: &str) -> Result<Option<String>> {
    let Some(kind) = MailKind::from_word(kind).and_then(notice_of) else {
        return Ok(None);
    };
    let Some(account) = rows::account_of(&mut work.tx, &fold(to)).await? else {
        return Ok(None);
    };
    let slug = notice::sender(work).await?.slug;
    let payload = format!("{} {account} {kind}", work.business());
    let token = seal::close(&work.app, PURPOSE, &payload);
    let portal = notice::portal_address(work, &slug).await?;
    Ok(Some(format!("{portal}unsubscribe/{token}")))
}

/// What the last part of such an address is about. Changes nothing.
///
/// # Errors
/// Not found for one that was not written for this business.
pub async fn unwanted(work: &mut Work, token: &str) -> Result<Unwanted> {
    let gone = || not_found("address");
    let payload = seal::open(&work.app, PURPOSE, token).ok_or_else(gone)?;
    let mut parts = payload.split(' ');
    let (Some(business), Some(Ok(id)), Some(Ok(kind)), None) = (
        parts.next(),
        parts.next().map(str::parse::<AccountId>),
        parts.next().map(str::parse::<NoticeKind>),
        parts.next(),
    ) else {
        return Err(gone());
    };
    if business != work.business().to_string() {
        return Err(gone());
    }
    let account = account::find(&mut work.tx, id).await?.ok_or_else(gone)?;
    Ok(Unwanted {
        account: id,
        email: account.email,
        kind,
    })
}

/// Stops mails of a kind, with the address from one of them.
///
/// # Errors
/// As [`unwanted`].
pub async fn unsubscribe(work: &mut Work, token: &str) -> Result<Unwanted> {
    let unwanted = unwanted(work, token).await?;
    let Unwanted { account, kind, .. } = &unwanted;
    if rows::list(&mut work.tx, *account).await?.contains(kind) {
        return Ok(unwanted);
    }
    rows::add(&mut work.tx, *account, *kind).await?;
    let detail = format!("wants no mail about {kind} any more, by the address in one");
    let id = account.to_string();
    audit::record(work, "account.unsubscribed", "account", &id, &detail).await?;
    Ok(unwanted)
}

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
