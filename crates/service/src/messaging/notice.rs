//! Who hears of what by mail. Each notice obeys the business's settings and the person's own choice.

use domain::id::{AffiliateId, PartnershipId, PayoutId};
use domain::language::Language;
use domain::status::{AffiliateStatus, NoticeKind, Role};
use domain::text::fold;
use domain::time::UnixMs;
use store::identity::staff;
use store::messaging::notice as rows;

use super::mail::{self, PayoutFrame};
use super::preference;
use crate::error::{Result, ServiceError, not_found};
use crate::portal::host_name;
use crate::programme::link;
use crate::work::Work;

/// Links told of in one mail; an affiliate in more campaigns finds the rest in the portal.
const LINKS_MAX: usize = 20;

/// Who writes the mails of this business.
///
/// # Errors
/// When the database cannot serve.
pub async fn sender(work: &mut Work) -> Result<rows::Sender> {
    rows::sender(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business has no settings".to_owned()))
}

/// Who writes to this address: in the language of the person there, else in the business's.
///
/// # Errors
/// When the database cannot serve.
pub async fn sender_to(work: &mut Work, email: &str) -> Result<rows::Sender> {
    let mut sender = sender(work).await?;
    let chosen = rows::language_of(&mut work.tx, &fold(email)).await?;
    sender.language = chosen.unwrap_or(sender.language);
    Ok(sender)
}

/// Who writes to staff: in English, as the admin is.
///
/// # Errors
/// When the database cannot serve.
pub async fn sender_to_staff(work: &mut Work) -> Result<rows::Sender> {
    let mut sender = sender(work).await?;
    sender.language = Language::FIRST;
    Ok(sender)
}

/// Whom a mail about this affiliate goes to.
///
/// # Errors
/// When there is no such affiliate.
pub async fn recipient(work: &mut Work, affiliate: AffiliateId) -> Result<rows::Recipient> {
    rows::recipient(&mut work.tx, affiliate)
        .await?
        .ok_or(not_found("affiliate"))
}

/// Where the business itself is written to, with the name: its support address, or its owner's when
/// there is none.
///
/// # Errors
/// When the database cannot serve.
pub async fn staff_address(
    work: &mut Work,
    sender: &rows::Sender,
) -> Result<Option<(String, String)>> {
    if let Some(address) = &sender.support_email {
        return Ok(Some((address.clone(), sender.name.clone())));
    }
    Ok(staff::list_members(&mut work.tx)
        .await?
        .into_iter()
        .find(|member| member.role == Role::Owner)
        .map(|owner| (owner.email, owner.name)))
}

/// The address of this business's portal, with a slash at its end: at its main host name, or its path on
/// this installation.
///
/// # Errors
/// When the database cannot serve.
pub async fn portal_address(work: &mut Work, slug: &str) -> Result<String> {
    let main = host_name::main(work).await?;
    let base_url = &work.app.settings().base_url;
    Ok(match main {
        Some(main) => format!("{}/", host_name::origin(base_url, &main)),
        None => format!("{base_url}/portal/{slug}/"),
    })
}

/// A day in the business's zone as its mails write it: "5 December 2026".
#[must_use]
pub fn day_text(at: UnixMs, sender: &rows::Sender) -> String {
    let zone = domain::time::zone(&sender.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = at.timestamp().to_zoned(zone).date();
    sender.language.long_date(day)
}

/// Tells an affiliate of the approval, with the links and guidelines of the active campaigns, when the
/// business wants that. Answers whether a mail was written.
///
/// # Errors
/// When there is no such affiliate.
pub async fn affiliate_approved(work: &mut Work, affiliate: AffiliateId) -> Result<bool> {
    let recipient = recipient(work, affiliate).await?;
    let sender = sender_to(work, &recipient.email).await?;
    if !sender.notify_affiliate_approved || recipient.status != AffiliateStatus::Approved {
        return Ok(false);
    }
    let mut links = rows::live_links(&mut work.tx, affiliate).await?;
    // A partnership's first link is its main one; the others were made by the affiliate.
    links.dedup_by_key(|link| link.partnership_id);
    links.truncate(LINKS_MAX);
    let portal = portal_address(work, &sender.slug).await?;
    let app = work.app.clone();
    let new = mail::affiliate_approved(
        &sender,
        &recipient,
        &links,
        |code| link::url(&app, code),
        &portal,
    );
    mail::enqueue(work, new).await?;
    Ok(true)
}

/// Tells an affiliate who can log in already of another campaign, when they want that.
///
/// # Errors
/// When there is no such partnership.
pub async fn added_to_campaign(work: &mut Work, partnership: PartnershipId) -> Result<()> {
    let joined = rows::joined(&mut work.tx, partnership)
        .await?
        .ok_or(not_found("partnership"))?;
    if !preference::wants(work, joined.affiliate_id, NoticeKind::AddedToCampaign).await? {
        return Ok(());
    }
    let recipient = recipient(work, joined.affiliate_id).await?;
    let sender = sender_to(work, &recipient.email).await?;
    let link = joined
        .code
        .as_deref()
        .map(|code| link::url(&work.app, code));
    let portal = portal_address(work, &sender.slug).await?;
    let new = mail::added_to_campaign(
        &sender,
        &recipient,
        &joined.campaign_name,
        &joined.guidelines,
        link.as_deref(),
        &portal,
    );
    mail::enqueue(work, new).await?;
    Ok(())
}

/// What a mail about a payout is written with; nothing when the business does not tell of payouts, or the affiliate
/// does not want this kind.
async fn payout_frame(
    work: &mut Work,
    payout: PayoutId,
    kind: NoticeKind,
) -> Result<Option<PayoutFrame>> {
    let sender = sender(work).await?;
    if !sender.notify_payout {
        return Ok(None);
    }
    let payout = rows::paid_out(&mut work.tx, payout)
        .await?
        .ok_or(not_found("payout"))?;
    if !preference::wants(work, payout.affiliate_id, kind).await? {
        return Ok(None);
    }
    let recipient = recipient(work, payout.affiliate_id).await?;
    let sender = sender_to(work, &recipient.email).await?;
    let day = day_text(payout.paid_at_ms.unwrap_or(work.now), &sender);
    let portal = portal_address(work, &sender.slug).await?;
    Ok(Some(PayoutFrame {
        sender,
        recipient,
        payout,
        day,
        portal,
    }))
}

/// Tells an affiliate that a payout was made and approved, when the business and they want that. Answers
/// whether a mail was written.
///
/// # Errors
/// When there is no such payout.
pub async fn payout_made(work: &mut Work, payout: PayoutId) -> Result<bool> {
    let Some(frame) = payout_frame(work, payout, NoticeKind::PayoutMade).await? else {
        return Ok(false);
    };
    let address = format!("{}payouts/{payout}", frame.portal);
    let new = mail::payout_made(&frame, address);
    mail::enqueue(work, new).await?;
    Ok(true)
}

/// Tells an affiliate that a payout was paid, when the business and they want that. Answers whether a mail
/// was written.
///
/// # Errors
/// When there is no such payout.
pub async fn payout_paid(work: &mut Work, payout: PayoutId, statement: &str) -> Result<bool> {
    let Some(frame) = payout_frame(work, payout, NoticeKind::PayoutPaid).await? else {
        return Ok(false);
    };
    let address = format!("{}payouts/{payout}/invoice", frame.portal);
    let new = mail::payout_paid(&frame, statement, address);
    mail::enqueue(work, new).await?;
    Ok(true)
}

/// Tells an affiliate that the money of a payout came back, when the business and they want to be told of
/// payouts; `credit` is the number of the credit note that cancels its statement. Answers whether a mail was written.
///
/// # Errors
/// When there is no such payout.
pub async fn payout_returned(
    work: &mut Work,
    payout: PayoutId,
    credit: Option<&str>,
) -> Result<bool> {
    let Some(frame) = payout_frame(work, payout, NoticeKind::PayoutPaid).await? else {
        return Ok(false);
    };
    let address = format!("{}payouts/{payout}", frame.portal);
    let new = mail::payout_returned(&frame, credit, address);
    mail::enqueue(work, new).await?;
    Ok(true)
}

/// Tells the business that the execution of a payout needs a person: its number and amount, whom it is for,
/// by which provider, and what has happened, as a short sentence.
///
/// # Errors
/// When the database cannot serve.
pub async fn payout_trouble(
    work: &mut Work,
    payout: PayoutId,
    number: &str,
    amount: &str,
    affiliate: &str,
    provider: &str,
    what: &str,
) -> Result<()> {
    let sender = sender(work).await?;
    let Some((address, name)) = staff_address(work, &sender).await? else {
        return Ok(());
    };
    let details = [
        ("Payout", number),
        ("Amount", amount),
        ("Affiliate", affiliate),
        ("Provider", provider),
    ];
    let link = format!("{}/admin/payouts/{payout}", work.app.settings().base_url);
    let new = mail::payout_trouble(&sender, (&address, &name), what, &details, &link);
    mail::enqueue(work, new).await?;
    Ok(())
}
