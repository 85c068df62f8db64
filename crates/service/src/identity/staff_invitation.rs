//! Invitations to work for a business, by its owner.
//!
//! The link names the business, and carries the invitation's id with a keyed hash of it, so that the owner can
//! copy it at any time and nobody can make one up. It works once, for 7 days. Who accepts sets a password, or
//! gives the present one where the address is known on this installation already; then they log in.

use domain::id::{BusinessId, StaffId, StaffInvitationId};
use domain::status::Role;
use domain::time::{DAY_MS, UnixMs};
pub use store::identity::staff_invitation::StaffInvitation;
use store::identity::{staff as staff_rows, staff_invitation as rows};
use subtle::ConstantTimeEq as _;

use super::staff::{self, NAME_LENGTH_MAX, NewMember};
use super::{audit, business, seal};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, conflict, not_found};
use crate::messaging::{mail, notice};
use crate::work::Work;

/// How long an invitation can be accepted: 7 days.
pub const LIFE_MS: i64 = 7 * DAY_MS;
/// Open invitations that are listed, and that a business can have.
const OPEN_MAX: i64 = 100;
const PURPOSE: &str = "staff invitation";

/// Whom the owner invites.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they are to do; not the owner.
    pub role: Role,
}

/// An invitation as the owner sees it.
#[derive(Debug, Clone)]
pub struct Open {
    /// The invitation.
    pub invitation: StaffInvitation,
    /// Whether it can still be accepted.
    pub open: bool,
    /// The address of its page, while it is open and no mail server carries it: whoever has it becomes the
    /// log-in of that address, so it goes to the address alone where it can.
    pub link: Option<String>,
}

/// An invitation as who opens its link sees it.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// Who invites.
    pub business: String,
    /// The address of the log-in to be.
    pub email: String,
    /// How the owner calls the person.
    pub name: String,
    /// What they are to do.
    pub role: Role,
    /// Whether it can be accepted.
    pub open: bool,
}

fn is_open(invitation: &StaffInvitation, now: UnixMs) -> bool {
    invitation.accepted_at_ms.is_none()
        && invitation.revoked_at_ms.is_none()
        && now < invitation.expires_at_ms
}

/// The last part of the link: `<business code>.<id>.<keyed hash>`.
fn token(app: &App, business: BusinessId, id: StaffInvitationId) -> String {
    let named = format!("{}.{id}", business.code());
    let hash = seal::fingerprint(app, PURPOSE, &named);
    format!("{named}.{hash}")
}

/// Reads the last part of a link; `None` when this installation did not write it.
fn read_token(app: &App, text: &str) -> Option<(BusinessId, StaffInvitationId)> {
    let mut parts = text.splitn(3, '.');
    let business = BusinessId::from_code(parts.next()?)?;
    let id = parts.next()?.parse().ok()?;
    bool::from(token(app, business, id).as_bytes().ct_eq(text.as_bytes())).then_some((business, id))
}

fn link(work: &Work, id: StaffInvitationId) -> String {
    let token = token(&work.app, work.business(), id);
    format!("{}/admin/join/{token}", work.app.settings().base_url)
}

/// Invites somebody by mail; an open invitation of the same address ends.
///
/// # Errors
/// Forbidden for everybody but the owner; invalid with the fields `email`, `name` and `role`; a conflict when
/// a hundred are open.
pub async fn invite(work: &mut Work, new: NewInvitation) -> Result<StaffInvitationId> {
    work.actor.require_owner()?;
    let NewInvitation { email, name, role } = new;
    let mut checks = Checks::new();
    let email = checks.email("email", &email);
    let name = checks.text("name", &name, 1..=NAME_LENGTH_MAX);
    checks.that(role != Role::Owner, "role", "is admin or agent");
    let folded = domain::text::fold(&email);
    let members = staff_rows::list_members(&mut work.tx).await?;
    checks.that(
        members
            .iter()
            .all(|member| domain::text::fold(&member.email) != folded),
        "email",
        "is the address of somebody who works here already",
    );
    checks.done()?;
    rows::revoke_of_address(&mut work.tx, &email, work.now).await?;
    if rows::list_open(&mut work.tx, OPEN_MAX).await?.len() as i64 >= OPEN_MAX {
        return Err(conflict(
            "A hundred invitations are open. Take some back first.",
        ));
    }
    let invitation = StaffInvitation {
        id: work.new_id(),
        email,
        name,
        role,
        created_at_ms: work.now,
        expires_at_ms: work.now.plus_ms(LIFE_MS),
        accepted_at_ms: None,
        revoked_at_ms: None,
    };
    rows::insert(&mut work.tx, &invitation).await?;
    let sender = notice::sender_to_staff(work).await?;
    let last_day = notice::day_text(invitation.expires_at_ms.plus_ms(-1), &sender);
    let address = link(work, invitation.id);
    let new = mail::staff_invitation(&sender, &invitation, &address, &last_day);
    mail::enqueue(work, new).await?;
    let detail = format!("invited {} as {role}", invitation.email);
    let id = invitation.id.to_string();
    audit::record(work, "staff.invite", "staff_invitation", &id, &detail).await?;
    Ok(invitation.id)
}

/// The invitations that wait, the latest first.
///
/// # Errors
/// Forbidden for everybody but the owner.
pub async fn list(work: &mut Work) -> Result<Vec<Open>> {
    work.actor.require_owner()?;
    let open = rows::list_open(&mut work.tx, OPEN_MAX).await?;
    Ok(open
        .into_iter()
        .map(|invitation| {
            let open = is_open(&invitation, work.now);
            let by_hand = open && !work.app.settings().mail_server;
            Open {
                open,
                link: by_hand.then(|| link(work, invitation.id)),
                invitation,
            }
        })
        .collect())
}

/// Takes an invitation back.
///
/// # Errors
/// Forbidden for everybody but the owner; not found; a conflict when it was accepted or taken back before.
pub async fn revoke(work: &mut Work, id: StaffInvitationId) -> Result<()> {
    work.actor.require_owner()?;
    let invitation = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("invitation"))?;
    if !rows::revoke(&mut work.tx, id, work.now).await? {
        return Err(conflict(
            "This invitation was accepted or taken back already.",
        ));
    }
    let detail = format!("took the invitation of {} back", invitation.email);
    audit::record(
        work,
        "staff.uninvite",
        "staff_invitation",
        &id.to_string(),
        &detail,
    )
    .await
}

/// What a link leads to; looking at it changes nothing.
///
/// # Errors
/// Not found for a link that this installation did not make.
pub async fn welcome(app: &App, text: &str) -> Result<Welcome> {
    let (business, id) = read_token(app, text).ok_or(not_found("invitation"))?;
    let mut work = app.view(&App::system(business)).await?;
    let invitation = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("invitation"))?;
    Ok(Welcome {
        business: business::get(&mut work).await?.name,
        open: is_open(&invitation, work.now),
        email: invitation.email,
        name: invitation.name,
        role: invitation.role,
    })
}

/// Accepts an invitation: makes who has its link a member of the business.
///
/// # Errors
/// As [`welcome`] and [`staff::add`]; a conflict when it cannot be accepted any more.
pub async fn accept(app: &App, text: &str, name: &str, password: &str) -> Result<StaffId> {
    let (business, id) = read_token(app, text).ok_or(not_found("invitation"))?;
    let over = || conflict("This invitation cannot be accepted any more. Ask for a new one.");
    let system = App::system(business);
    let mut view = app.view(&system).await?;
    let invitation = rows::find(&mut view.tx, id)
        .await?
        .ok_or(not_found("invitation"))?;
    let open = is_open(&invitation, view.now);
    drop(view);
    if !open {
        return Err(over());
    }
    let checked = staff::check_new(
        app,
        NewMember {
            email: invitation.email,
            name: name.to_owned(),
            password: password.to_owned(),
            role: invitation.role,
        },
    )
    .await?;
    let mut work = app.begin(&system).await?;
    let now = work.now;
    if !rows::accept(&mut work.tx, id, now).await? {
        return Err(over());
    }
    let member = staff::join(&mut work, checked).await?;
    work.commit().await?;
    Ok(member)
}
