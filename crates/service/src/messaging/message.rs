//! Messages between an affiliate and the business. Each affiliate has one conversation, which goes on
//! whatever becomes of the participation; who was terminated only reads it.
//!
//! Each side has a mark of what it has not read. Looking at a page moves no mark: the page says with a
//! POST what it has shown. The other side hears by mail of the first message that it has not read, not
//! of those behind it.

use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, NoticeKind, NotificationKind, Scope};
use store::list::Window;
use store::messaging::message as rows;
use store::messaging::notice::Recipient;

pub use store::messaging::message::{Filter, Message, ORDERS, ThreadLine};

use super::{mail, notice, preference};
use crate::actor::Actor;
use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found};
use crate::identity::audit;
use crate::portal::notification;
use crate::programme::affiliate::{self, BulkReport, Selection};
use crate::work::Work;

/// Characters of a message.
pub const LENGTH_MAX: usize = 5_000;
/// Messages an affiliate may write within an hour.
pub const HOURLY_MAX: usize = 20;
const HOUR_MS: i64 = 3_600_000;
/// Affiliates that one message may go to at once: each gets a message and perhaps a mail.
pub const AT_ONCE_MAX: usize = 1_000;
/// The same text again within this time is a button pressed twice.
const REPEATED_WITHIN_MS: i64 = 30_000;
/// Characters of the latest message that lists show.
const EXCERPT_LENGTH: usize = 160;

/// A part of an affiliate's conversation, as one side sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The latest first.
    pub messages: Vec<Message>,
    /// How many this side has not read.
    pub unread: i64,
    /// The number of the latest message of all, which [`mark_read`] is told; 0 when there is none.
    pub latest: i64,
    /// There are older messages: those before this number.
    pub older_before: Option<i64>,
}

/// Who reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Staff,
    Affiliate,
}

/// Which side of this affiliate's conversation the actor is on; another affiliate's is none of theirs.
fn side(work: &Work, affiliate: AffiliateId) -> Result<Side> {
    match &work.actor {
        Actor::Account { .. } | Actor::Inside { .. } => {
            if work.actor.affiliate()? == affiliate {
                Ok(Side::Affiliate)
            } else {
                Err(not_found("affiliate"))
            }
        }
        _ => {
            work.require(Scope::Read)?;
            Ok(Side::Staff)
        }
    }
}

/// Refuses those who only look.
fn writer(work: &Work, affiliate: AffiliateId) -> Result<Side> {
    let side = side(work, affiliate)?;
    match (&work.actor, side) {
        (Actor::Inside { .. }, _) => Err(ServiceError::Forbidden(
            "you only look at this page".to_owned(),
        )),
        (_, Side::Staff) => work.require(Scope::Manage).map(|()| side),
        (_, Side::Affiliate) => Ok(side),
    }
}

/// Whether an affiliate of this status may write.
#[must_use]
pub const fn may_write(status: AffiliateStatus) -> bool {
    !matches!(status, AffiliateStatus::Terminated)
}

/// The latest `limit` messages, or those before a number.
///
/// # Errors
/// Not found when there is no such affiliate, or it is not the actor.
pub async fn conversation(
    work: &mut Work,
    affiliate: AffiliateId,
    before: Option<i64>,
    limit: i64,
) -> Result<Conversation> {
    let side = side(work, affiliate)?;
    notice::recipient(work, affiliate).await?;
    let Some(thread) = rows::find_thread(&mut work.tx, affiliate).await? else {
        return Ok(Conversation {
            messages: Vec::new(),
            unread: 0,
            latest: 0,
            older_before: None,
        });
    };
    let messages = rows::latest(&mut work.tx, affiliate, before, limit).await?;
    Ok(Conversation {
        unread: match side {
            Side::Staff => thread.staff_unread,
            Side::Affiliate => thread.affiliate_unread,
        },
        latest: thread.messages,
        older_before: messages
            .last()
            .map(|oldest| oldest.number)
            .filter(|number| *number > 1),
        messages,
    })
}

/// How many messages the affiliate who acts has not read.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn unread(work: &mut Work) -> Result<i64> {
    let affiliate = work.actor.affiliate()?;
    let thread = rows::find_thread(&mut work.tx, affiliate).await?;
    Ok(thread.map_or(0, |thread| thread.affiliate_unread))
}

/// The conversations of a filter.
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<ThreadLine>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many conversations a filter has.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// Writes to the other side. The same text again within half a minute is the same message.
///
/// # Errors
/// With the field `text`; [`ServiceError::TooMany`] when an affiliate writes more than [`HOURLY_MAX`] an
/// hour; forbidden for those who were terminated or only look; not found when there is no such affiliate.
pub async fn send(work: &mut Work, affiliate: AffiliateId, text: &str) -> Result<()> {
    let side = writer(work, affiliate)?;
    let recipient = notice::recipient(work, affiliate).await?;
    if side == Side::Affiliate && !may_write(recipient.status) {
        return Err(ServiceError::Forbidden(
            "your participation has ended, so this conversation can only be read".to_owned(),
        ));
    }
    let body = checked(text)?;
    write(work, side, &recipient, &body).await
}

fn checked(text: &str) -> Result<String> {
    let mut checks = Checks::new();
    let body = checks.text("text", &text.replace("\r\n", "\n"), 1..=LENGTH_MAX);
    checks.done()?;
    Ok(body)
}

/// Writes the same message to many affiliates, each in their own conversation. Who was terminated is
/// left out.
///
/// # Errors
/// Forbidden without `manage`; invalid when the text is wrong or more than [`AT_ONCE_MAX`] are selected.
pub async fn send_many(work: &mut Work, selection: Selection, text: &str) -> Result<BulkReport> {
    work.require(Scope::Manage)?;
    let body = checked(text)?;
    let ids = affiliate::selected(work, selection).await?;
    if ids.len() > AT_ONCE_MAX {
        return Err(invalid(
            "text",
            "goes to more than 1,000 affiliates; narrow the list with its filters",
        ));
    }
    let mut report = BulkReport::default();
    for id in ids {
        match store::messaging::notice::recipient(&mut work.tx, id).await? {
            None => report.failed.push((id, "not found".to_owned())),
            Some(recipient) if recipient.status == AffiliateStatus::Terminated => {
                report.unchanged += 1;
            }
            Some(recipient) => {
                write(work, Side::Staff, &recipient, &body).await?;
                report.changed += 1;
            }
        }
    }
    Ok(report)
}

async fn write(work: &mut Work, side: Side, recipient: &Recipient, body: &str) -> Result<()> {
    let affiliate = recipient.affiliate_id;
    let from_staff = side == Side::Staff;
    let before = rows::open(&mut work.tx, affiliate, work.now).await?;
    let last = rows::latest(&mut work.tx, affiliate, None, 1).await?.pop();
    let repeated = last.is_some_and(|last| {
        last.from_staff == from_staff
            && last.body == body
            && last.author_name == work.actor.name()
            && work.now.0 - last.created_at_ms.0 < REPEATED_WITHIN_MS
    });
    if repeated {
        return Ok(());
    }
    if side == Side::Affiliate {
        within_budget(work, affiliate).await?;
    }
    let message = Message {
        number: before.messages + 1,
        from_staff,
        author_name: work.actor.name().to_owned(),
        body: body.to_owned(),
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, affiliate, &message, &excerpt(body)).await?;
    match side {
        Side::Staff => {
            audit::record(
                work,
                "message.send",
                "affiliate",
                &affiliate.to_string(),
                &format!("Wrote to {}", recipient.name),
            )
            .await?;
            if before.affiliate_unread == 0 {
                let author = message.author_name.as_str();
                let kind = NotificationKind::Message;
                notification::tell(work, affiliate, kind, author, "/messages").await?;
            }
            // Who cannot log in reads the mail only, so every message goes there.
            let by_mail = before.affiliate_unread == 0 || !recipient.has_account;
            if by_mail && preference::wants(work, affiliate, NoticeKind::Message).await? {
                to_affiliate(work, recipient, &message).await?;
            }
        }
        Side::Affiliate if before.staff_unread == 0 => {
            to_staff(work, recipient, &message).await?;
        }
        Side::Affiliate => {}
    }
    work.changed(Some(affiliate));
    Ok(())
}

/// Refuses an affiliate who has written enough for an hour.
async fn within_budget(work: &mut Work, affiliate: AffiliateId) -> Result<()> {
    let since = work.now.plus_ms(-HOUR_MS);
    let sent = rows::sent_since(&mut work.tx, affiliate, false, since, HOURLY_MAX as i64).await?;
    match sent.get(HOURLY_MAX - 1) {
        Some(oldest) => Err(ServiceError::TooMany {
            retry_after_s: (oldest.0 - since.0 + 999) / 1000,
        }),
        None => Ok(()),
    }
}

/// The beginning of a message on one line.
fn excerpt(body: &str) -> String {
    let line = body.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT_LENGTH {
        return line;
    }
    let mut short: String = line.chars().take(EXCERPT_LENGTH - 1).collect();
    short.push('…');
    short
}

async fn to_affiliate(work: &mut Work, recipient: &Recipient, message: &Message) -> Result<()> {
    let sender = notice::sender_to(work, &recipient.email).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let new = mail::message_to_affiliate(&sender, recipient, message, &portal);
    mail::enqueue(work, new).await?;
    Ok(())
}

/// Tells the business at its support address, or its owner when there is none.
async fn to_staff(work: &mut Work, recipient: &Recipient, message: &Message) -> Result<()> {
    let sender = notice::sender_to_staff(work).await?;
    let to = notice::staff_address(work, &sender).await?;
    let Some((address, name)) = to else {
        return Ok(());
    };
    let link = format!(
        "{}/admin/messages/{}",
        work.app.settings().base_url,
        recipient.affiliate_id
    );
    let new = mail::message_to_staff(&sender, &address, &name, recipient, message, &link);
    mail::enqueue(work, new).await?;
    Ok(())
}

/// Notes that the side of the actor has read up to a message.
///
/// # Errors
/// Forbidden for those who only look; not found when it is another affiliate's conversation.
pub async fn mark_read(work: &mut Work, affiliate: AffiliateId, number: i64) -> Result<()> {
    let side = writer(work, affiliate)?;
    notice::recipient(work, affiliate).await?;
    let by_staff = side == Side::Staff;
    if rows::set_read(&mut work.tx, affiliate, by_staff, number).await? {
        if !by_staff {
            notification::read_messages(work).await?;
        }
        work.changed(Some(affiliate));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line() {
        assert_eq!(excerpt("  one\n\ntwo\tthree "), "one two three");
        let long = excerpt(&"ä".repeat(500));
        assert_eq!(long.chars().count(), EXCERPT_LENGTH);
        assert!(long.ends_with('…'));
    }
}
