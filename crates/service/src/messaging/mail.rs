//! The outbox: every mail is written here first, in the transaction of what it tells of.
//!
//! With a mail server configured a mail is queued and a job sends it; without one it is kept, to be
//! read in the admin.

mod account_changed;
mod added_to_campaign;
mod address_code;
mod address_taken;
mod affiliate_approved;
mod application_known;
mod application_received;
mod application_rejected;
mod application_waits;
mod has_account;
mod invitation;
mod log_in;
mod login_code;
mod login_link;
mod message_to_affiliate;
mod message_to_staff;
mod password_changed;
mod payout;
mod payout_made;
mod payout_paid;
mod payout_returned;
mod payout_trouble;
mod sign_up_code;
mod staff_invitation;

pub use account_changed::account_changed;
pub use added_to_campaign::added_to_campaign;
pub use address_code::address_code;
pub use address_taken::address_taken;
pub use affiliate_approved::affiliate_approved;
pub use application_known::application_known;
pub use application_received::application_received;
pub use application_rejected::application_rejected;
pub use application_waits::application_waits;
pub use has_account::has_account;
pub use invitation::{Invite, invitation};
pub use log_in::log_in;
pub use login_code::login_code;
pub use login_link::login_link;
pub use message_to_affiliate::message_to_affiliate;
pub use message_to_staff::message_to_staff;
pub use password_changed::password_changed;
pub(crate) use payout::PayoutFrame;
pub(crate) use payout_made::payout_made;
pub(crate) use payout_paid::payout_paid;
pub(crate) use payout_returned::payout_returned;
pub(crate) use payout_trouble::payout_trouble;
pub use sign_up_code::sign_up_code;
pub use staff_invitation::staff_invitation;
pub use store::messaging::mail::{Filter, Mail, MailLine, NEWEST, ORDERS, StateCount};

use domain::id::MailId;
use domain::status::{InvitationState, MailState, Scope};
use serde::{Deserialize, Serialize};
use store::list::Window;
use store::messaging::notice::Sender;

use crate::error::{Result, conflict, invalid, not_found};
use crate::identity::audit;
use crate::job;
use crate::messaging::preference;
use crate::messaging::template::{self, Draft, Template};
use crate::work::Work;

/// The kind of job that sends a mail.
pub const SEND_JOB: &str = "mail.send";

/// The longest subject: longer ones are cut by most mail programs anyway. One that its values made too
/// long is cut here.
const SUBJECT_LENGTH_MAX: usize = template::SUBJECT_LENGTH_MAX;
/// What stands in the outbox in place of a code that was sent.
const SENT_CODE: &str = "The code was removed after the message was sent.";
/// The same for a link.
const SENT_LINK: &str = "The link was removed after the message was sent.";
/// The longest name beside an address.
const NAME_LENGTH_MAX: usize = 100;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// An invitation to the portal.
    Invitation,
    /// An affiliate with an account takes part in another campaign.
    AddedToCampaign,
    /// An affiliate was approved.
    AffiliateApproved,
    /// A payout was made and approved.
    PayoutMade,
    /// A payout was paid.
    PayoutPaid,
    /// The money of a payout came back.
    PayoutReturned,
    /// The execution of a payout needs staff.
    PayoutTrouble,
    /// A code to log in or to set a password.
    LoginCode,
    /// A link to log in.
    LoginLink,
    /// A password was changed.
    PasswordChanged,
    /// A code that proves the address of who signs up.
    SignUpCode,
    /// A code that proves the new address of an account.
    AddressCode,
    /// An address that was to become an account's is not free.
    AddressTaken,
    /// Something else was changed that an account's safety rests on.
    AccountChanged,
    /// Who signed up has an account already.
    HasAccount,
    /// A message of staff in the portal.
    Message,
    /// A message of an affiliate in the portal.
    MessageToStaff,
    /// An application to become an affiliate has come.
    Application,
    /// An application waits for staff.
    ApplicationWaits,
    /// An application was not accepted.
    ApplicationRejected,
    /// An affiliate has applied.
    ApplicationKnown,
    /// How to log in, sent by staff.
    LogIn,
    /// An invitation to work for the business.
    StaffInvitation,
}

impl MailKind {
    /// All kinds, in the order of an affiliate's life.
    pub const ALL: &'static [Self] = &[
        Self::Invitation,
        Self::AffiliateApproved,
        Self::AddedToCampaign,
        Self::PayoutMade,
        Self::PayoutPaid,
        Self::PayoutReturned,
        Self::PayoutTrouble,
        Self::LoginCode,
        Self::LoginLink,
        Self::PasswordChanged,
        Self::SignUpCode,
        Self::AddressCode,
        Self::AddressTaken,
        Self::AccountChanged,
        Self::HasAccount,
        Self::Message,
        Self::MessageToStaff,
        Self::Application,
        Self::ApplicationWaits,
        Self::ApplicationRejected,
        Self::ApplicationKnown,
        Self::LogIn,
        Self::StaffInvitation,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::AddedToCampaign => "added_to_campaign",
            Self::AffiliateApproved => "affiliate_approved",
            Self::PayoutMade => "payout_made",
            Self::PayoutPaid => "payout_paid",
            Self::PayoutReturned => "payout_returned",
            Self::PayoutTrouble => "payout_trouble",
            Self::LoginCode => "login_code",
            Self::LoginLink => "login_link",
            Self::PasswordChanged => "password_changed",
            Self::SignUpCode => "sign_up_code",
            Self::AddressCode => "address_code",
            Self::AddressTaken => "address_taken",
            Self::AccountChanged => "account_changed",
            Self::HasAccount => "has_account",
            Self::Message => "message",
            Self::MessageToStaff => "message_to_staff",
            Self::Application => "application",
            Self::ApplicationWaits => "application_waits",
            Self::ApplicationRejected => "application_rejected",
            Self::ApplicationKnown => "application_known",
            Self::LogIn => "log_in",
            Self::StaffInvitation => "staff_invitation",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// The kind for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invitation => "Invitation",
            Self::AddedToCampaign => "Added to campaign",
            Self::AffiliateApproved => "Affiliate approved",
            Self::PayoutMade => "Payout made",
            Self::PayoutPaid => "Payout paid",
            Self::PayoutReturned => "Payout came back",
            Self::PayoutTrouble => "Payout needs you",
            Self::LoginCode => "Log-in code",
            Self::LoginLink => "Log-in link",
            Self::PasswordChanged => "Password changed",
            Self::SignUpCode => "Sign-up code",
            Self::AddressCode => "New address code",
            Self::AddressTaken => "New address not free",
            Self::AccountChanged => "Account changed",
            Self::HasAccount => "Has access already",
            Self::Message => "Message",
            Self::MessageToStaff => "Message to you",
            Self::Application => "Application received",
            Self::ApplicationWaits => "Application to look at",
            Self::ApplicationRejected => "Application not accepted",
            Self::ApplicationKnown => "Application of an affiliate",
            Self::LogIn => "How to log in",
            Self::StaffInvitation => "Invitation to the team",
        }
    }
}

/// The text of each kind, in the order of their files. A kind whose mail is a [`NewMail`] from the start
/// has none, and cannot be edited.
pub static TEMPLATES: &[&Template] = &[
    &account_changed::TEMPLATE,
    &added_to_campaign::TEMPLATE,
    &address_code::TEMPLATE,
    &address_taken::TEMPLATE,
    &affiliate_approved::TEMPLATE,
    &application_known::TEMPLATE,
    &application_received::TEMPLATE,
    &application_rejected::TEMPLATE,
    &application_waits::TEMPLATE,
    &has_account::TEMPLATE,
    &invitation::TEMPLATE,
    &log_in::TEMPLATE,
    &login_code::TEMPLATE,
    &login_link::TEMPLATE,
    &message_to_affiliate::TEMPLATE,
    &message_to_staff::TEMPLATE,
    &password_changed::TEMPLATE,
    &payout_made::TEMPLATE,
    &payout_paid::TEMPLATE,
    &payout_returned::TEMPLATE,
    &payout_trouble::TEMPLATE,
    &sign_up_code::TEMPLATE,
    &staff_invitation::TEMPLATE,
];

/// The address of a portal in examples.
fn portal_of(sender: &Sender) -> String {
    format!("https://portal.example.com/portal/{}/", sender.slug)
}

/// A mail to be put into the outbox: a draft, or one that is written already.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// Its text is the business's own, or ours.
    Draft(Draft),
    /// Its text stands.
    Written(NewMail),
}

impl From<Draft> for Outgoing {
    fn from(draft: Draft) -> Self {
        Self::Draft(draft)
    }
}

impl From<NewMail> for Outgoing {
    fn from(new: NewMail) -> Self {
        Self::Written(new)
    }
}

/// A mail that is written.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// What it is about.
    pub kind: MailKind,
    /// The address it goes to.
    pub to: String,
    /// The name of who gets it.
    pub name: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part, a whole document.
    pub html: String,
}

/// What the sending job needs to know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendPayload {
    /// The message.
    pub mail_id: MailId,
}

/// What can come of handing a message to the mail server.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It took the message.
    Sent,
    /// Not now; the job is tried again.
    Delayed(String),
    /// It refuses this message or address for good.
    Refused(String),
    /// Tried often enough.
    GivenUp(String),
    /// There is no mail server any more.
    NoServer,
}

/// A line for a header: no line breaks or other control characters, at most so many characters.
fn header_line(text: &str, most: usize) -> String {
    let words: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(most)
        .collect()
}

/// Writes a mail into the outbox and, with a mail server, has it sent once the work is committed.
///
/// # Errors
/// When the address is none, or the database cannot serve.
pub async fn enqueue(work: &mut Work, new: impl Into<Outgoing>) -> Result<MailId> {
    let new = match new.into() {
        Outgoing::Draft(draft) => template::write(work, draft).await?,
        Outgoing::Written(new) => new,
    };
    let NewMail {
        kind,
        to,
        name,
        subject,
        text,
        html,
    } = new;
    let to_address =
        domain::text::email(&to).ok_or_else(|| invalid("email", "is not an e-mail address"))?;
    let server = work.app.settings().mail_server;
    let mail = Mail {
        id: work.new_id(),
        kind: kind.as_str().to_owned(),
        to_address,
        to_name: header_line(&name, NAME_LENGTH_MAX),
        subject: header_line(&subject, SUBJECT_LENGTH_MAX),
        body_text: text,
        body_html: html,
        state: if server {
            MailState::Queued
        } else {
            MailState::Kept
        },
        attempts: 0,
        last_error: None,
        created_at_ms: work.now,
        sent_at_ms: None,
    };
    let search = domain::text::fold(&format!(
        "{} {} {}",
        mail.to_name, mail.to_address, mail.subject
    ));
    store::messaging::mail::insert(&mut work.tx, &mail, &search).await?;
    if server {
        job::enqueue(work, SEND_JOB, &SendPayload { mail_id: mail.id }).await?;
    }
    work.changed(None);
    Ok(mail.id)
}

/// One message. An invitation to the team is the owner's: whoever reads its link can accept it.
///
/// # Errors
/// When there is none, or the actor may not read it.
pub async fn get(work: &mut Work, id: MailId) -> Result<Mail> {
    work.require(Scope::Read)?;
    let mail = store::messaging::mail::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("mail"))?;
    if mail.kind == MailKind::StaffInvitation.as_str() {
        work.actor.require_owner()?;
    }
    Ok(mail)
}

/// The messages of a filter.
///
/// # Errors
/// When the actor may not read.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<MailLine>> {
    work.require(Scope::Read)?;
    Ok(store::messaging::mail::list(&mut work.tx, filter, window).await?)
}

/// How many messages a filter has.
///
/// # Errors
/// When the actor may not read.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(store::messaging::mail::count(&mut work.tx, filter).await?)
}

/// How many messages there are by state; states without any are left out.
///
/// # Errors
/// When the actor may not read.
pub async fn count_by_state(work: &mut Work) -> Result<Vec<StateCount>> {
    work.require(Scope::Read)?;
    Ok(store::messaging::mail::count_by_state(&mut work.tx).await?)
}

/// Whether a message can be sent by [`send_again`].
#[must_use]
pub fn can_send_again(work: &Work, state: MailState) -> bool {
    work.app.settings().mail_server && matches!(state, MailState::Kept | MailState::Failed)
}

/// Sends a message that was kept or given up.
///
/// # Errors
/// When there is no mail server, the message waits or was sent already, or the actor may not.
pub async fn send_again(work: &mut Work, id: MailId) -> Result<()> {
    work.require(Scope::Manage)?;
    let mail = get(work, id).await?;
    if !work.app.settings().mail_server {
        return Err(conflict(
            "No mail server is configured, so this mail is kept here. Copy what you need from it.",
        ));
    }
    if !store::messaging::mail::set_queued(&mut work.tx, id).await? {
        return Err(conflict("This mail was sent already or is about to be."));
    }
    job::enqueue(work, SEND_JOB, &SendPayload { mail_id: id }).await?;
    audit::record(
        work,
        "mail.send_again",
        "mail",
        &id.to_string(),
        &format!("Sent “{}” to {} again", mail.subject, mail.to_address),
    )
    .await?;
    work.changed(None);
    Ok(())
}

/// A message on its way to the mail server.
#[derive(Debug, Clone)]
pub struct ToSend {
    /// The message.
    pub mail: Mail,
    /// Who writes.
    pub sender: Sender,
    /// The address at which mails of its kind are stopped; none for those that are always sent.
    pub unsubscribe: Option<String>,
}

/// The message a sending job is about, with what its headers need; `None` when it needs no sending any
/// more.
///
/// # Errors
/// When the database cannot serve.
pub async fn to_send(work: &mut Work, id: MailId) -> Result<Option<ToSend>> {
    let mail = store::messaging::mail::find(&mut work.tx, id)
        .await?
        .filter(|mail| mail.state == MailState::Queued);
    let sender = store::messaging::notice::sender(&mut work.tx).await?;
    let Some((mail, sender)) = mail.zip(sender) else {
        return Ok(None);
    };
    let unsubscribe = preference::address(work, &mail.kind, &mail.to_address).await?;
    Ok(Some(ToSend {
        mail,
        sender,
        unsubscribe,
    }))
}

/// Notes what came of sending, with the invitation the message carries.
///
/// # Errors
/// When the database cannot serve.
pub async fn record_outcome(work: &mut Work, id: MailId, outcome: &Outcome) -> Result<()> {
    let tx = &mut work.tx;
    let invitation = match outcome {
        Outcome::Sent => {
            store::messaging::mail::set_sent(tx, id, work.now).await?;
            // Staff reads the outbox; a code is its owner's alone.
            for (kind, blank) in [
                (MailKind::LoginCode, SENT_CODE),
                (MailKind::SignUpCode, SENT_CODE),
                (MailKind::AddressCode, SENT_CODE),
                (MailKind::LoginLink, SENT_LINK),
            ] {
                store::messaging::mail::blank(tx, id, kind.as_str(), blank).await?;
            }
            Some(InvitationState::Sent)
        }
        Outcome::Delayed(error) => {
            store::messaging::mail::set_tried(tx, id, MailState::Queued, &job::shortened(error))
                .await?;
            None
        }
        Outcome::Refused(error) => {
            store::messaging::mail::set_tried(tx, id, MailState::Failed, &job::shortened(error))
                .await?;
            Some(InvitationState::Bounced)
        }
        Outcome::GivenUp(error) => {
            store::messaging::mail::set_tried(tx, id, MailState::Failed, &job::shortened(error))
                .await?;
            None
        }
        Outcome::NoServer => {
            store::messaging::mail::set_tried(
                tx,
                id,
                MailState::Kept,
                "no mail server is configured",
            )
            .await?;
            None
        }
    };
    if let Some(state) = invitation {
        store::portal::invitation::set_delivery(tx, id, state, work.now).await?;
    }
    work.changed(None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_one_line() {
        assert_eq!(
            header_line("Hi\r\nBcc: x@y.z\0 there ", 100),
            "Hi Bcc: x@y.z there"
        );
        assert_eq!(header_line(&"é".repeat(400), 150).chars().count(), 150);
    }
}
