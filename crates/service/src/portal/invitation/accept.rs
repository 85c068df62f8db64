//! An invitation as who has its link sees it, and how it is used up: by a new account, or by one there is.

use domain::id::{AffiliateId, BusinessId, InvitationId};
use domain::status::InvitationState;
use domain::text::fold;
use store::portal::invitation::{self as rows, Invitation};
use store::portal::{account, login_code as login_code_rows};

use super::link::read_token;
use super::{is_usable, load, state_at};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, password};
use crate::messaging::notice;
use crate::portal::account::{Account, Room, actor, room};
use crate::portal::login_code::accounts;
use crate::portal::session::{self, Client, Opened};
use crate::work::Work;

const NAME_LENGTH_MAX: usize = 120;

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
    business: BusinessId,
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
    work.actor = actor(business, &account);
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
pub(in crate::portal) async fn accept_open(work: &mut Work, affiliate: AffiliateId) -> Result<()> {
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
