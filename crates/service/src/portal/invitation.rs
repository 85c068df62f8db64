//! Invitations: how an affiliate comes to an account.
//!
//! The link carries the invitation's id and a keyed hash of it, so that staff can copy it at any time
//! and nobody can make one up. It works once, for 14 days, and not after the address was corrected:
//! whoever got the mail by mistake must not get in. Opening its page changes nothing but the state
//! shown to staff, because mail scanners open links.

use domain::id::{AffiliateId, InvitationId, MailId, PartnershipId};
use domain::status::{AffiliateStatus, InvitationState, MailState, Scope};
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use store::messaging::notice::{Recipient, Sender};
pub use store::portal::invitation::Invitation;
use store::portal::invitation::InvitationLine;
use store::portal::{account, invitation as rows, login_code as login_code_rows};
use subtle::ConstantTimeEq as _;

use super::account::{Account, Room, room};
use super::login_code::accounts;
use super::session::{self, Client, Opened};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, password, seal};
use crate::messaging::mail::{self, Invite};
use crate::messaging::notice;
use crate::programme::affiliate::{self, AffiliatePatch};
use crate::work::Work;

/// How long an invitation works after its latest mail: 14 days.
pub const LIFE_MS: i64 = 14 * DAY_MS;
const PURPOSE: &str = "invitation";
const NAME_LENGTH_MAX: usize = 120;

/// An invitation as staff sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The invitation.
    pub id: InvitationId,
    /// How far it has come, its end by time included.
    pub state: InvitationState,
    /// Its link, while it can be used.
    pub link: Option<String>,
    /// The address it goes to.
    pub email: String,
    /// The partnership that led to it.
    pub partnership_id: Option<PartnershipId>,
    /// The campaign of that partnership.
    pub campaign: Option<String>,
    /// Whether that campaign is inactive: the affiliate will find a link that does not work.
    pub campaign_inactive: bool,
    /// Its latest mail.
    pub mail_id: Option<MailId>,
    /// What became of the mail.
    pub mail_state: Option<MailState>,
    /// Why the mail was not sent.
    pub mail_error: Option<String>,
    /// When the mail server took it.
    pub sent_at: Option<UnixMs>,
    /// When it was made.
    pub created_at: UnixMs,
    /// The first instant at which it does not work any more.
    pub expires_at: UnixMs,
    /// When it last changed.
    pub updated_at: UnixMs,
}

impl InvitationView {
    /// Whether it can be used now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.link.is_some()
    }

    /// The state in a word for people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match (self.state, self.mail_state) {
            (InvitationState::Queued, Some(MailState::Kept)) => "Not mailed",
            (InvitationState::Queued, Some(MailState::Failed)) => "Not delivered",
            (InvitationState::Queued, _) => "Queued",
            (InvitationState::Sent, _) => "Sent",
            (InvitationState::Opened, _) => "Opened",
            (InvitationState::Accepted, _) => "Accepted",
            (InvitationState::Bounced, _) => "Bounced",
            (InvitationState::Expired, _) => "Expired",
            (InvitationState::Revoked, _) => "Revoked",
        }
    }

    /// What staff can do about the state, in a sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match (self.state, self.mail_state) {
            (InvitationState::Queued, Some(MailState::Kept)) => {
                "No mail server is configured. Copy the link and send it yourself."
            }
            (InvitationState::Queued, Some(MailState::Failed)) => {
                "The mail server could not be reached. Resend the mail, or copy the link and send it yourself."
            }
            (InvitationState::Queued, _) => "The mail is on its way.",
            (InvitationState::Sent, _) => {
                "The mail was handed over. The page has not been opened yet."
            }
            (InvitationState::Opened, _) => "The page was opened; no password was set yet.",
            (InvitationState::Accepted, _) => "A password was set.",
            (InvitationState::Bounced, _) => {
                "The mail was refused. Check the address and correct it."
            }
            (InvitationState::Expired, _) => {
                "The link has run out. Resend the invitation for a new one."
            }
            (InvitationState::Revoked, _) => "The link was taken back.",
        }
    }
}

/// An invitation as who opens its link sees it.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// The invitation.
    pub id: InvitationId,
    /// How far it has come, its end by time included.
    pub state: InvitationState,
    /// The address of the account to be made.
    pub email: String,
    /// The affiliate's name, as a suggestion.
    pub name: String,
    /// The campaign that led to it.
    pub campaign: Option<String>,
    /// Whether the affiliate has an account already.
    pub has_account: bool,
    /// Whether the address has other accounts, one of which can take the invitation.
    pub can_attach: bool,
    /// Whether an account of its own may be made for the invitation.
    pub can_make: bool,
}

/// What the invitation's form sends.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The person's name.
    pub name: String,
    /// The new password.
    pub password: String,
}

/// The state with the end by time taken into account.
fn state_at(state: InvitationState, expires_at: UnixMs, now: UnixMs) -> InvitationState {
    match state {
        InvitationState::Accepted | InvitationState::Revoked => state,
        _ if expires_at <= now => InvitationState::Expired,
        _ => state,
    }
}

fn is_usable(state: InvitationState) -> bool {
    !matches!(
        state,
        InvitationState::Accepted | InvitationState::Revoked | InvitationState::Expired
    )
}

/// The last part of an invitation's link: `<id>.<keyed hash>`.
fn token(work: &Work, id: InvitationId) -> String {
    format!(
        "{id}.{}",
        seal::fingerprint(&work.app, PURPOSE, &format!("{} {id}", work.business()))
    )
}

/// Reads the last part of a link; `None` when this installation did not write it for this business.
fn read_token(work: &Work, text: &str) -> Option<InvitationId> {
    let (id, _) = text.split_once('.')?;
    let id = id.parse().ok()?;
    bool::from(token(work, id).as_bytes().ct_eq(text.as_bytes())).then_some(id)
}

/// The address of an invitation's page, below that of the portal.
fn link(work: &Work, portal: &str, id: InvitationId) -> String {
    format!("{portal}invitation/{}", token(work, id))
}

/// Invites an affiliate to the portal because of a new partnership. Who can log in already is told of
/// the campaign instead; who is suspended or terminated is left alone. Answers whether an invitation
/// was sent.
///
/// # Errors
/// When there is no such affiliate or partnership.
pub async fn invite_to(
    work: &mut Work,
    affiliate: AffiliateId,
    partnership: PartnershipId,
) -> Result<bool> {
    work.require(Scope::Manage)?;
    let recipient = notice::recipient(work, affiliate).await?;
    match recipient.status {
        AffiliateStatus::Suspended | AffiliateStatus::Terminated => Ok(false),
        AffiliateStatus::Pending | AffiliateStatus::Approved if recipient.has_account => {
            notice::added_to_campaign(work, partnership).await?;
            Ok(false)
        }
        AffiliateStatus::Pending | AffiliateStatus::Approved => {
            send(work, &recipient, Some(partnership)).await?;
            Ok(true)
        }
    }
}

/// Invites an affiliate to the portal by hand.
///
/// # Errors
/// A conflict when the affiliate has an account or was terminated; when there is no such affiliate.
pub async fn invite(work: &mut Work, affiliate: AffiliateId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let recipient = notice::recipient(work, affiliate).await?;
    invitable(&recipient)?;
    let id = send(work, &recipient, None).await?;
    audit::record(
        work,
        "invitation.sent",
        "affiliate",
        &affiliate.to_string(),
        &format!("Invited {} to the portal", recipient.email),
    )
    .await?;
    view(work, affiliate, id).await
}

fn invitable(recipient: &Recipient) -> Result<()> {
    if recipient.has_account {
        return Err(conflict(format!(
            "{} has an account already and can log in",
            recipient.name
        )));
    }
    if recipient.status == AffiliateStatus::Terminated {
        return Err(conflict(format!(
            "{} was terminated; approve the affiliate first",
            recipient.name
        )));
    }
    Ok(())
}

/// The affiliate's invitations, the latest first.
///
/// # Errors
/// When the actor may not read.
pub async fn for_affiliate(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<InvitationView>> {
    work.require(Scope::Read)?;
    let slug = notice::sender(work).await?.slug;
    let portal = notice::portal_address(work, &slug).await?;
    let lines = rows::list_of_affiliate(&mut work.tx, affiliate).await?;
    Ok(lines
        .into_iter()
        .map(|line| viewed(work, &portal, line))
        .collect())
}

fn viewed(work: &Work, portal: &str, line: InvitationLine) -> InvitationView {
    let InvitationLine {
        id,
        partnership_id,
        campaign_name,
        campaign_active,
        email,
        state,
        mail_id,
        mail_state,
        mail_error,
        mail_sent_at_ms,
        created_at_ms,
        expires_at_ms,
        updated_at_ms,
    } = line;
    let state = state_at(state, expires_at_ms, work.now);
    InvitationView {
        id,
        state,
        link: is_usable(state).then(|| link(work, portal, id)),
        email,
        partnership_id,
        campaign: campaign_name,
        campaign_inactive: campaign_active == Some(false),
        mail_id,
        mail_state,
        mail_error,
        sent_at: mail_sent_at_ms,
        created_at: created_at_ms,
        expires_at: expires_at_ms,
        updated_at: updated_at_ms,
    }
}

async fn view(work: &mut Work, affiliate: AffiliateId, id: InvitationId) -> Result<InvitationView> {
    let all = for_affiliate(work, affiliate).await?;
    all.into_iter()
        .find(|view| view.id == id)
        .ok_or(not_found("invitation"))
}

async fn load(work: &mut Work, id: InvitationId) -> Result<Invitation> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("invitation"))
}

/// Whom an invitation is for.
///
/// # Errors
/// When there is none, or the actor may not read.
pub async fn affiliate_of(work: &mut Work, id: InvitationId) -> Result<AffiliateId> {
    work.require(Scope::Read)?;
    Ok(load(work, id).await?.affiliate_id)
}

/// Sends an invitation's mail again, with 14 days from now. When the affiliate's address is another by
/// now, a new invitation goes there and the old link ends.
///
/// # Errors
/// A conflict when it was accepted or revoked, or the affiliate has an account.
pub async fn resend(work: &mut Work, id: InvitationId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    let recipient = notice::recipient(work, invitation.affiliate_id).await?;
    invitable(&recipient)?;
    if matches!(
        invitation.state,
        InvitationState::Accepted | InvitationState::Revoked
    ) {
        return Err(conflict(format!(
            "this invitation was {} already; send a new one",
            invitation.state
        )));
    }
    let id = send(work, &recipient, invitation.partnership_id).await?;
    audit::record(
        work,
        "invitation.resent",
        "affiliate",
        &recipient.affiliate_id.to_string(),
        &format!("Sent the invitation to {} again", recipient.email),
    )
    .await?;
    view(work, recipient.affiliate_id, id).await
}

/// Takes an invitation back: its link ends at once.
///
/// # Errors
/// A conflict when it was accepted or revoked before.
pub async fn revoke(work: &mut Work, id: InvitationId) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    if !rows::revoke(&mut work.tx, id, work.now).await? {
        return Err(conflict(format!(
            "this invitation was {} already",
            invitation.state
        )));
    }
    let affiliate = invitation.affiliate_id;
    audit::record(
        work,
        "invitation.revoked",
        "affiliate",
        &affiliate.to_string(),
        &format!("Took the invitation to {} back", invitation.email),
    )
    .await?;
    work.changed(Some(affiliate));
    view(work, affiliate, id).await
}

/// Corrects the address of an invited affiliate and invites anew; the link in the first mail ends.
///
/// # Errors
/// With the field `email` when it is none or another affiliate's; a conflict as for [`resend`].
pub async fn correct_address(
    work: &mut Work,
    id: InvitationId,
    email: &str,
) -> Result<InvitationView> {
    work.require(Scope::Manage)?;
    let invitation = load(work, id).await?;
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    let affiliate = invitation.affiliate_id;
    let before = notice::recipient(work, affiliate).await?;
    invitable(&before)?;
    affiliate::patch(
        work,
        affiliate,
        AffiliatePatch {
            email: Some(email.clone()),
            ..AffiliatePatch::default()
        },
    )
    .await?;
    let recipient = notice::recipient(work, affiliate).await?;
    let id = send(work, &recipient, invitation.partnership_id).await?;
    let detail = format!(
        "Corrected the address from {} to {email} and invited anew",
        invitation.email
    );
    audit::record(
        work,
        "invitation.corrected",
        "affiliate",
        &affiliate.to_string(),
        &detail,
    )
    .await?;
    view(work, affiliate, id).await
}

/// Mails the affiliate's open invitation, or a new one when there is none for the address of now.
async fn send(
    work: &mut Work,
    recipient: &Recipient,
    partnership: Option<PartnershipId>,
) -> Result<InvitationId> {
    let sender = notice::sender_to(work, &recipient.email).await?;
    let expires_at = work.now.plus_ms(LIFE_MS);
    let open = rows::find_open(&mut work.tx, recipient.affiliate_id)
        .await?
        .filter(|open| fold(&open.email) == fold(&recipient.email));
    let id = open.as_ref().map_or_else(|| work.new_id(), |open| open.id);
    let partnership = partnership.or_else(|| open.as_ref().and_then(|open| open.partnership_id));
    let mail = write(work, &sender, recipient, id, partnership, expires_at).await?;
    match open {
        Some(_) => {
            if !rows::renew(&mut work.tx, id, partnership, mail, expires_at, work.now).await? {
                return Err(conflict("this invitation was accepted or revoked just now"));
            }
        }
        None => {
            let new = Invitation {
                id,
                affiliate_id: recipient.affiliate_id,
                partnership_id: partnership,
                email: recipient.email.clone(),
                state: InvitationState::Queued,
                mail_id: Some(mail),
                created_at_ms: work.now,
                expires_at_ms: expires_at,
                updated_at_ms: work.now,
            };
            rows::insert(&mut work.tx, &new).await?;
        }
    }
    rows::revoke_others(&mut work.tx, recipient.affiliate_id, id, work.now).await?;
    work.changed(Some(recipient.affiliate_id));
    Ok(id)
}

async fn write(
    work: &mut Work,
    sender: &Sender,
    recipient: &Recipient,
    id: InvitationId,
    partnership: Option<PartnershipId>,
    expires_at: UnixMs,
) -> Result<MailId> {
    let joined = match partnership {
        Some(partnership) => store::messaging::notice::joined(&mut work.tx, partnership).await?,
        None => None,
    };
    let portal = notice::portal_address(work, &sender.slug).await?;
    let link = link(work, &portal, id);
    // The last whole day: the instant itself is the first at which the link does not work.
    let last_day = notice::day_text(expires_at.plus_ms(-1), sender);
    let invite = Invite {
        email: &recipient.email,
        campaign: joined
            .as_ref()
            .map(|joined| (joined.campaign_name.as_str(), joined.guidelines.as_str())),
        link: &link,
        last_day: &last_day,
    };
    let new = mail::invitation(sender, recipient, &invite);
    mail::enqueue(work, new).await
}

/// The invitation behind a link, for its page. Changes nothing.
///
/// # Errors
/// Not found for every link that was not written for this business.
pub async fn open(work: &mut Work, text: &str) -> Result<Welcome> {
    let id = read_token(work, text).ok_or(not_found("invitation"))?;
    let invitation = load(work, id).await?;
    let recipient = notice::recipient(work, invitation.affiliate_id).await?;
    let campaign = match invitation.partnership_id {
        Some(partnership) => store::messaging::notice::joined(&mut work.tx, partnership)
            .await?
            .map(|joined| joined.campaign_name),
        None => None,
    };
    let folded = fold(&invitation.email);
    let own = account::find_by_affiliate(&mut work.tx, invitation.affiliate_id).await?;
    let can_make = own.is_some() || room(work, &folded).await? == Room::Free;
    let can_attach = own.is_none()
        && accounts(work, &folded)
            .await?
            .iter()
            .any(|account| account.affiliate_id.is_none());
    Ok(Welcome {
        id,
        state: state_at(invitation.state, invitation.expires_at_ms, work.now),
        email: invitation.email,
        name: recipient.name,
        campaign,
        has_account: recipient.has_account,
        can_attach,
        can_make,
    })
}

/// Notes for staff that the page of an invitation was opened; the link stays as good as it was.
///
/// # Errors
/// As the database says.
pub async fn note_opened(work: &mut Work, id: InvitationId) -> Result<()> {
    if rows::set_opened(&mut work.tx, id, work.now).await? {
        let invitation = load(work, id).await?;
        work.changed(Some(invitation.affiliate_id));
    }
    Ok(())
}

/// Whether [`note_opened`] would change anything, so that a mail scanner's many visits write nothing.
#[must_use]
pub fn is_unopened(state: InvitationState) -> bool {
    matches!(
        state,
        InvitationState::Queued | InvitationState::Sent | InvitationState::Bounced
    )
}

/// Uses an invitation up: makes the account with the chosen password and opens its first session.
///
/// # Errors
/// Not found for a link that is none; a conflict when it was used, revoked or has expired; with the
/// field `name` or `password`.
pub async fn accept(
    app: &App,
    business: domain::id::BusinessId,
    text: &str,
    input: Acceptance,
    client: &Client,
) -> Result<Opened> {
    let system = App::system(business);
    // Looked at first, so that hashing is spent on real invitations only.
    let mut work = app.view(&system).await?;
    let welcome = open(&mut work, text).await?;
    drop(work);
    usable(&welcome)?;
    if !welcome.can_make {
        return Err(has_one());
    }
    let Acceptance { name, password } = input;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=NAME_LENGTH_MAX);
    password::check(&mut checks, "password", &password);
    checks.done()?;
    let hash = password::hash(app, &password).await?;

    let mut work = app.begin(&system).await?;
    // One after the other with those who sign up, so that an address does not get two accounts at once.
    login_code_rows::order(&mut work.tx).await?;
    let invitation = spend(&mut work, welcome.id).await?;
    let account = set_up_account(&mut work, &invitation, &name, &hash).await?;
    rows::revoke_others(
        &mut work.tx,
        invitation.affiliate_id,
        invitation.id,
        work.now,
    )
    .await?;
    work.actor = super::account::actor(business, &account);
    audit::record(
        &mut work,
        "invitation.accepted",
        "affiliate",
        &invitation.affiliate_id.to_string(),
        &format!("{} set a password", account.email),
    )
    .await?;
    let detail = "logged in after the invitation";
    let opened = session::open(&mut work, &account, &[], client, detail).await?;
    work.changed(Some(invitation.affiliate_id));
    work.commit().await?;
    Ok(opened)
}

/// Uses an invitation up in the work of what it makes.
async fn spend(work: &mut Work, id: InvitationId) -> Result<Invitation> {
    let invitation = load(work, id).await?;
    if !rows::accept(&mut work.tx, id, work.now).await? {
        // Another request was quicker.
        let state = state_at(invitation.state, invitation.expires_at_ms, work.now);
        return Err(unusable(state));
    }
    Ok(invitation)
}

/// Notes that the affiliate's open invitation is accepted, in the work that gives an account to the
/// affiliate by another way; one that has run out stays as it is.
pub(super) async fn accept_open(work: &mut Work, affiliate: AffiliateId) -> Result<()> {
    if let Some(open) = rows::find_open(&mut work.tx, affiliate).await? {
        rows::accept(&mut work.tx, open.id, work.now).await?;
    }
    Ok(())
}

fn has_one() -> ServiceError {
    conflict("There is an account with this address already. Log in with it to accept.")
}

/// Whether an account is one that can take an invitation: of its address, and no affiliate yet.
#[must_use]
pub fn can_take(account: &Account, welcome: &Welcome) -> bool {
    welcome.can_attach
        && account.affiliate_id.is_none()
        && fold(&account.email) == fold(&welcome.email)
}

/// Uses an invitation up with the account that is logged in, which becomes the affiliate's.
///
/// # Errors
/// Not found for a link that is none; a conflict when it was used, revoked or has expired, or the account
/// is of another address or an affiliate already.
pub async fn attach(work: &mut Work, text: &str, account: &Account) -> Result<()> {
    let welcome = open(work, text).await?;
    usable(&welcome)?;
    if !can_take(account, &welcome) {
        return Err(conflict(
            "This invitation is for another account: one of its own address that is no affiliate yet.",
        ));
    }
    let invitation = spend(work, welcome.id).await?;
    let affiliate = invitation.affiliate_id;
    if !account::attach(&mut work.tx, account.id, affiliate).await? {
        return Err(conflict(
            "The account or the affiliate has changed just now. Reload the page.",
        ));
    }
    rows::revoke_others(&mut work.tx, affiliate, invitation.id, work.now).await?;
    let detail = format!("{} accepted with the account there was", account.email);
    audit::record(
        work,
        "invitation.accepted",
        "affiliate",
        &affiliate.to_string(),
        &detail,
    )
    .await?;
    work.changed(Some(affiliate));
    Ok(())
}

fn usable(welcome: &Welcome) -> Result<()> {
    if !is_usable(welcome.state) {
        return Err(unusable(welcome.state));
    }
    if welcome.has_account {
        return Err(conflict("There is an account already. Log in with it."));
    }
    Ok(())
}

fn unusable(state: InvitationState) -> ServiceError {
    conflict(match state {
        InvitationState::Expired => "This invitation has run out. Ask for a new one.",
        InvitationState::Revoked => "This invitation was taken back.",
        _ => "This invitation was used already. Log in with the password that was set.",
    })
}

/// Makes the affiliate's account, or gives the one without a password its first.
async fn set_up_account(
    work: &mut Work,
    invitation: &Invitation,
    name: &str,
    hash: &str,
) -> Result<Account> {
    let Invitation {
        affiliate_id,
        email,
        ..
    } = invitation;
    let new = account::NewAccount {
        id: work.new_id(),
        email,
        email_folded: &fold(email),
        name,
        password_hash: hash,
        affiliate_id: Some(*affiliate_id),
        created_at_ms: work.now,
    };
    let own = account::find_by_affiliate(&mut work.tx, *affiliate_id).await?;
    let Some(account) = own else {
        if room(work, new.email_folded).await? != Room::Free {
            return Err(has_one());
        }
        account::insert(&mut work.tx, &new).await?;
        return account::find_by_affiliate(&mut work.tx, *affiliate_id)
            .await?
            .ok_or_else(|| ServiceError::Internal("the new account is missing".to_owned()));
    };
    if account.password_hash.is_some() || account.blocked {
        return Err(conflict("There is an account already. Log in with it."));
    }
    account::set_password(&mut work.tx, account.id, name, hash).await?;
    Ok(Account {
        name: name.to_owned(),
        ..account
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_ends_what_is_open_only() {
        let now = UnixMs(1_000);
        assert_eq!(
            state_at(InvitationState::Sent, UnixMs(1_001), now),
            InvitationState::Sent
        );
        assert_eq!(
            state_at(InvitationState::Sent, UnixMs(1_000), now),
            InvitationState::Expired
        );
        assert_eq!(
            state_at(InvitationState::Accepted, UnixMs(0), now),
            InvitationState::Accepted
        );
        assert_eq!(
            state_at(InvitationState::Revoked, UnixMs(0), now),
            InvitationState::Revoked
        );
    }
}
