//! What the bell of staff tells: applications, also such that could not be taken on, messages, changed payout methods, mail that did not arrive, people
//! who joined. Agents hear of new leads instead. Each member of staff has a mark of their own up to which they have read.

use domain::id::{AccountId, AffiliateId, ApplicationId, ContactId, MailId};
use domain::status::Scope;
use domain::time::{DAY_MS, UnixMs};
use store::identity::bell as rows;

use super::staff;
use crate::crm::lead::{self, NewLead};
use crate::error::Result;
use crate::work::Work;

/// As many are told of at the most.
pub const TOLD_MAX: i64 = 50;
/// For who has never said that it is read, older ones count as read.
const FRESH_MS: i64 = 7 * DAY_MS;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody applied.
    Application(ApplicationId),
    /// Somebody applied, and the form could not be taken on.
    StuckApplication(ApplicationId),
    /// An affiliate wrote, and staff has not answered since.
    Message(AffiliateId),
    /// An affiliate's money goes elsewhere.
    PayoutMethod(AffiliateId),
    /// A mail did not arrive; its subject.
    Mail(MailId, String),
    /// Somebody has access to the portal now.
    Account(AccountId),
    /// A lead has come.
    Lead(ContactId),
}

/// A line of the bell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub what: What,
    /// Whose it is; of a mail, the address; empty of a form that could not be taken on.
    pub name: String,
    /// When.
    pub at: UnixMs,
    /// Whether the member of staff who acts has not read it.
    pub unread: bool,
}

/// The latest, newest first.
///
/// # Errors
/// Forbidden for everybody but staff.
pub async fn news(work: &mut Work) -> Result<Vec<News>> {
    let who = staff::acting(work)?;
    let read = rows::read_until(&mut work.tx, who).await?;
    let read = read.unwrap_or(work.now.plus_ms(-FRESH_MS));
    if !work.actor.may(Scope::Read) {
        let leads = lead::newest(work, TOLD_MAX).await?;
        return Ok(leads.into_iter().map(|lead| come(lead, read)).collect());
    }
    let events = rows::events(&mut work.tx, TOLD_MAX).await?;
    Ok(events
        .into_iter()
        .filter_map(|event| told(event, read))
        .collect())
}

fn come(lead: NewLead, read: UnixMs) -> News {
    let NewLead {
        id,
        name,
        email,
        external_id,
        seen_at_ms,
    } = lead;
    let known_by = [Some(name), email, external_id];
    News {
        what: What::Lead(id),
        name: known_by
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
        at: seen_at_ms,
        unread: seen_at_ms > read,
    }
}

fn told(event: rows::Event, read: UnixMs) -> Option<News> {
    let rows::Event {
        kind,
        id,
        name,
        detail,
        at_ms,
    } = event;
    let what = match kind.as_str() {
        "application" => What::Application(id.into()),
        "stuck_application" => What::StuckApplication(id.into()),
        "message" => What::Message(id.into()),
        "payout_method" => What::PayoutMethod(id.into()),
        "mail" => What::Mail(id.into(), detail),
        "account" => What::Account(id.into()),
        _ => return None,
    };
    Some(News {
        what,
        name,
        at: at_ms,
        unread: at_ms > read,
    })
}

/// Notes that the member of staff who acts has read all there is.
///
/// # Errors
/// Forbidden for everybody but staff.
pub async fn read_all(work: &mut Work) -> Result<()> {
    let who = staff::acting(work)?;
    let now = work.now;
    rows::set_read_until(&mut work.tx, who, now).await?;
    Ok(())
}
