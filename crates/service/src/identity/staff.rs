//! People who work for businesses.

use domain::id::{BusinessId, PasskeyId, SessionId, StaffId};
use domain::status::Role;
pub use store::identity::staff::Member;
use store::identity::{business, staff, staff_invitation};

use super::passkey::{self, Begun, Purpose, Realm, Site};
use super::session::{LoggedIn, begin_alone};
use super::two_step::{self, Holder};
use super::{audit, log_in, password};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::messaging::{mail, notice};
use crate::work::Work;

/// The longest name of a member.
pub(super) const NAME_LENGTH_MAX: usize = 120;

/// Who acts, as a member of staff.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody else.
pub fn acting(work: &Work) -> Result<StaffId> {
    match work.actor {
        Actor::Staff { id, .. } => Ok(id),
        _ => Err(ServiceError::Forbidden("only staff may do this".to_owned())),
    }
}

/// The members of this business, by name.
///
/// # Errors
/// As the database says.
pub async fn list(work: &mut Work) -> Result<Vec<Member>> {
    acting(work)?;
    Ok(staff::list_members(&mut work.tx).await?)
}

/// Somebody to be made a member of staff.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their address.
    pub email: String,
    /// Their name; of somebody who is known here it stays as it is.
    pub name: String,
    /// A new password, or the present one of somebody who is known here.
    pub password: String,
    /// What they may do: a business has one owner, so not that.
    pub role: Role,
}

/// Somebody whose input was found right, and who has proved to be who is known here.
pub(super) struct Checked {
    known: Option<StaffId>,
    email: String,
    name: String,
    password_hash: String,
    role: Role,
}

/// Makes somebody a member of a business. For whoever runs the installation.
///
/// # Errors
/// As [`check_new`] and [`join`].
pub async fn add(app: &App, business: BusinessId, new: NewMember) -> Result<StaffId> {
    let checked = check_new(app, new).await?;
    let mut work = app.begin(&App::system(business)).await?;
    let id = join(&mut work, checked).await?;
    work.commit().await?;
    Ok(id)
}

/// Looks whether somebody can be made a member: of who is known here the password must be right.
///
/// # Errors
/// Invalid with the fields `email`, `name`, `password` and `role`; [`ServiceError::TooMany`].
pub(super) async fn check_new(app: &App, new: NewMember) -> Result<Checked> {
    let NewMember {
        email,
        name,
        password: given,
        role,
    } = new;
    let mut checks = Checks::new();
    let email = checks.email("email", &email);
    let name = checks.text("name", &name, 1..=NAME_LENGTH_MAX);
    checks.that(role != Role::Owner, "role", "is admin or agent");
    let folded = domain::text::fold(&email);
    let known = staff::find_by_email(&mut app.db().system_read().await?, &folded).await?;
    if known.is_none() {
        password::check(&mut checks, "password", &given);
    }
    checks.done()?;
    let password_hash = match &known {
        Some(person) => {
            if !knows_password(app, person.id, None, &given).await? {
                return Err(invalid(
                    "password",
                    "is not the password of this address, which is known here already",
                ));
            }
            String::new()
        }
        None => password::hash(app, &given).await?,
    };
    Ok(Checked {
        known: known.map(|person| person.id),
        email,
        name,
        password_hash,
        role,
    })
}

/// Makes somebody who was checked a member of the business.
///
/// # Errors
/// A conflict for who is a member already, and when the address was taken meanwhile.
pub(super) async fn join(work: &mut Work, checked: Checked) -> Result<StaffId> {
    let Checked {
        known,
        email,
        name,
        password_hash,
        role,
    } = checked;
    let id = match known {
        Some(id) => id,
        None => {
            let id: StaffId = work.new_id();
            let person = staff::Staff {
                id,
                email,
                name: name.clone(),
                password_hash,
                created_at_ms: work.now,
            };
            if !staff::insert_in(&mut work.tx, &person).await? {
                return Err(conflict("this address was taken a moment ago"));
            }
            id
        }
    };
    if staff::find_member(&mut work.tx, id).await?.is_some() {
        return Err(conflict("they are a member already"));
    }
    staff::insert_member(&mut work.tx, id, role, work.now).await?;
    let detail = format!("{name} added as {role}");
    audit::record(work, "staff.add", "staff", &id.to_string(), &detail).await?;
    Ok(id)
}

/// Gives a member another role, which counts from their next page on. They are told by mail.
///
/// # Errors
/// Forbidden for everybody but the owner; not found for who is no member; a conflict for the owner's own role,
/// and when somebody is to become another owner.
pub async fn set_role(work: &mut Work, id: StaffId, role: Role) -> Result<()> {
    work.actor.require_owner()?;
    let member = staff::find_member(&mut work.tx, id)
        .await?
        .ok_or(not_found("member"))?;
    if member.role == Role::Owner || role == Role::Owner {
        return Err(conflict("The owner stays the owner."));
    }
    if member.role == role {
        return Ok(());
    }
    staff::set_role(&mut work.tx, id, role).await?;
    let detail = format!("{} is {role} now, was {}", member.name, member.role);
    audit::record(work, "staff.role", "staff", &id.to_string(), &detail).await?;
    let text = match role {
        Role::Agent => "you are an agent now: you see the leads, and nothing that is money.",
        Role::Admin | Role::Owner => "you are an admin now: you may see and do nearly everything.",
    };
    tell_member(work, &member, "Your role was changed", text).await
}

/// Takes a member out of the team: their sessions in this business end, and an open invitation of their address
/// does, too. The person keeps password, second step and passkeys for other businesses, and for an invitation to
/// come. API keys are the business's and stay. Answers who it was.
///
/// # Errors
/// Forbidden for everybody but the owner; not found for who is no member; a conflict for the owner.
pub async fn remove(work: &mut Work, id: StaffId) -> Result<Member> {
    work.actor.require_owner()?;
    let member = staff::find_member(&mut work.tx, id)
        .await?
        .ok_or(not_found("member"))?;
    if member.role == Role::Owner {
        return Err(conflict(
            "The owner cannot be removed: a business needs its owner.",
        ));
    }
    let now = work.now;
    staff_invitation::revoke_of_address(&mut work.tx, &member.email, now).await?;
    if !staff::delete_member(&mut work.tx, id).await? {
        return Err(not_found("member"));
    }
    let Member {
        name, email, role, ..
    } = &member;
    let detail = format!("{name} ({email}) was removed from the team, was {role}");
    audit::record(work, "staff.remove", "staff", &id.to_string(), &detail).await?;
    Ok(member)
}

/// Whether this is the member's password; wrong ones slow the next try down.
///
/// # Errors
/// [`ServiceError::TooMany`] while the account has to wait.
pub async fn knows_password(
    app: &App,
    id: StaffId,
    mark: Option<&str>,
    password: &str,
) -> Result<bool> {
    let person = staff::find(&mut app.db().system_read().await?, id)
        .await?
        .ok_or(not_found("staff"))?;
    let account = log_in::account(app, "staff", &domain::text::fold(&person.email), mark);
    log_in::take_turn(app, &account).await?;
    let right = password::verify(app, password, Some(&person.password_hash)).await?;
    if right {
        log_in::passed(app, &account).await?;
    }
    Ok(right)
}

/// Changes the password of the person who acts, and ends their other sessions in all businesses.
///
/// # Errors
/// [`ServiceError::Invalid`] with the fields `current` and `new`; [`ServiceError::TooMany`].
pub async fn change_password(
    app: &App,
    actor: &Actor,
    keep: SessionId,
    mark: Option<&str>,
    current: &str,
    new: &str,
) -> Result<()> {
    let Actor::Staff { id, .. } = actor else {
        return Err(ServiceError::Forbidden("only staff may do this".to_owned()));
    };
    let mut checks = Checks::new();
    password::check(&mut checks, "new", new);
    checks.that(!current.is_empty(), "current", "is required");
    checks.that(current != new, "new", "is the present password");
    checks.done()?;
    if !knows_password(app, *id, mark, current).await? {
        return Err(invalid("current", "is not your password"));
    }
    let hash = password::hash(app, new).await?;
    let (mut work, ended) = begin_alone(app, actor, *id, keep).await?;
    staff::set_password(&mut work.tx, *id, &hash).await?;
    audit::record(
        &mut work,
        "staff.password",
        "staff",
        &id.to_string(),
        &format!("changed their password; {ended} other sessions ended"),
    )
    .await?;
    work.commit().await
}

/// Makes a secret for the second step of this person's log-in, which waits for its first code.
///
/// # Errors
/// A conflict when the second step is on.
pub async fn begin_two_step(app: &App, who: &LoggedIn) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    two_step::begin(&mut work, Holder::Staff(who.member.id)).await?;
    work.commit().await
}

/// Turns the second step on with the first code, and ends the person's other sessions, both in all of their
/// businesses. Answers with the recovery codes, to be shown this once.
///
/// # Errors
/// As [`two_step::check_first`].
pub async fn confirm_two_step(app: &App, who: &LoggedIn, code: &str) -> Result<Vec<String>> {
    let holder = Holder::Staff(who.member.id);
    two_step::check_first(app, &who.actor(), holder, code).await?;
    let keep = who.session.id;
    let (mut work, _) = begin_alone(app, &who.actor(), who.member.id, keep).await?;
    let codes = two_step::turn_on(&mut work, holder).await?;
    let text = "your log-in now asks for a code of your authenticator app as well.";
    tell(&mut work, who, "Two-step log-in is on", text).await?;
    work.commit().await?;
    Ok(codes)
}

/// Puts new recovery codes in the place of the old ones; they are shown this once.
///
/// # Errors
/// A conflict when the second step is off.
pub async fn renew_recovery_codes(app: &App, who: &LoggedIn) -> Result<Vec<String>> {
    let mut work = app.begin(&who.actor()).await?;
    let codes = two_step::renew_codes(&mut work, Holder::Staff(who.member.id)).await?;
    let text = "new recovery codes were made. The ones before do not work any more.";
    tell(&mut work, who, "New recovery codes", text).await?;
    work.commit().await?;
    Ok(codes)
}

/// Turns the second step off.
///
/// # Errors
/// As the database says.
pub async fn turn_two_step_off(app: &App, who: &LoggedIn) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    if two_step::turn_off(&mut work, Holder::Staff(who.member.id)).await? {
        let text = "your log-in does not ask for a code of an authenticator app any more.";
        tell(&mut work, who, "Two-step log-in is off", text).await?;
    }
    work.commit().await
}

/// A member of the team.
#[derive(Debug, Clone)]
pub struct TeamLine {
    /// Who it is.
    pub member: Member,
    /// Whether their log-in asks for a second step.
    pub two_step: bool,
}

/// The members of this business with how they log in, by name.
///
/// # Errors
/// Forbidden for everybody but the owner.
pub async fn team(work: &mut Work) -> Result<Vec<TeamLine>> {
    work.actor.require_owner()?;
    let mut lines = Vec::new();
    for member in list(work).await? {
        let two_step = two_step::is_on(work, Holder::Staff(member.id)).await?;
        lines.push(TeamLine { member, two_step });
    }
    Ok(lines)
}

/// Turns the second step of a member off, for somebody who has lost phone and recovery codes. It is theirs for
/// all their businesses, so one who works for others as well is not helped here. They are told by mail.
///
/// # Errors
/// Forbidden for everybody but the owner; not found for who is no member; a conflict for oneself, and for who
/// works elsewhere, too.
pub async fn reset_two_step(app: &App, actor: &Actor, id: StaffId) -> Result<()> {
    actor.require_owner()?;
    let elsewhere = business::list_of_staff(&mut app.db().system_read().await?, id).await?;
    let mut work = app.begin(actor).await?;
    let member = staff::find_member(&mut work.tx, id)
        .await?
        .ok_or(not_found("member"))?;
    if acting(&work)? == id {
        return Err(conflict("Turn your own off on the page of your account."));
    }
    if elsewhere.iter().any(|other| other.id != work.business()) {
        return Err(conflict(
            "This person works for other businesses as well: whoever runs the installation can help with “tributary reset-two-step”.",
        ));
    }
    turn_off_for(&mut work, &member).await?;
    work.commit().await
}

/// The same by who runs the installation, for anybody: an owner, too. Answers whether it was on.
///
/// # Errors
/// Not found for an address that no member of staff has.
pub async fn reset_two_step_of(app: &App, email: &str) -> Result<bool> {
    let folded = domain::text::fold(email);
    let mut system = app.db().system_read().await?;
    let person = staff::find_by_email(&mut system, &folded)
        .await?
        .ok_or(not_found("member of staff"))?;
    let businesses = business::list_of_staff(&mut system, person.id).await?;
    drop(system);
    let first = businesses.first().ok_or(not_found("business"))?;
    let mut work = app.begin(&App::system(first.id)).await?;
    let member = staff::find_member(&mut work.tx, person.id)
        .await?
        .ok_or(not_found("member of staff"))?;
    let was_on = turn_off_for(&mut work, &member).await?;
    work.commit().await?;
    Ok(was_on)
}

async fn turn_off_for(work: &mut Work, member: &Member) -> Result<bool> {
    let was_on = two_step::turn_off(work, Holder::Staff(member.id)).await?;
    if was_on {
        let text = "your log-in does not ask for a code of an authenticator app any more: it was turned off for you because phone and recovery codes are lost.";
        tell_member(work, member, "Two-step log-in is off", text).await?;
    }
    Ok(was_on)
}

/// Begins a log-in with a passkey.
///
/// # Errors
/// When the library refuses.
pub fn begin_passkey_log_in(app: &App, site: &Site) -> Result<Begun> {
    passkey::begin(app, Realm::Staff, site, Purpose::LogIn, None)
}

/// Begins to pass the second step, or to show once more who it is, with a passkey.
///
/// # Errors
/// As the database says.
pub async fn begin_passkey(
    app: &App,
    who: &LoggedIn,
    site: &Site,
    purpose: Purpose,
) -> Result<Begun> {
    let holder = Holder::Staff(who.member.id);
    let mut work = app.view(&who.actor()).await?;
    let known = passkey::list(&mut work, holder).await?;
    passkey::begin(app, Realm::Staff, site, purpose, Some((holder, &known)))
}

/// Begins to add a passkey.
///
/// # Errors
/// As [`passkey::begin_add`].
pub async fn begin_add_passkey(app: &App, who: &LoggedIn, site: &Site) -> Result<Begun> {
    let Member { email, name, .. } = &who.member;
    let holder = Holder::Staff(who.member.id);
    let mut work = app.view(&who.actor()).await?;
    passkey::begin_add(
        &mut work,
        Realm::Staff,
        site,
        holder,
        "Tributary",
        (email, name),
    )
    .await
}

/// Adds a passkey; the person is told by mail.
///
/// # Errors
/// As [`passkey::check_new`] and [`passkey::add`].
pub async fn add_passkey(
    app: &App,
    who: &LoggedIn,
    site: &Site,
    cookie: &str,
    answer: &str,
    name: &str,
) -> Result<()> {
    let holder = Holder::Staff(who.member.id);
    let (business, realm) = (who.business.id, Realm::Staff);
    let made = passkey::check_new(app, business, realm, site, holder, cookie, answer, name).await?;
    let mut work = app.begin(&who.actor()).await?;
    let name = passkey::add(&mut work, made).await?;
    let text = format!("the passkey “{name}” was added; it opens your account without a password.");
    tell(&mut work, who, "A passkey was added", &text).await?;
    work.commit().await
}

/// Calls a passkey something else.
///
/// # Errors
/// As [`passkey::rename`].
pub async fn rename_passkey(app: &App, who: &LoggedIn, id: PasskeyId, name: &str) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    passkey::rename(&mut work, Holder::Staff(who.member.id), id, name).await?;
    work.commit().await
}

/// Removes a passkey; the person is told by mail.
///
/// # Errors
/// As [`passkey::remove`].
pub async fn remove_passkey(app: &App, who: &LoggedIn, id: PasskeyId) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    let name = passkey::remove(&mut work, Holder::Staff(who.member.id), id).await?;
    let text = format!("the passkey “{name}” was removed; it opens nothing any more.");
    tell(&mut work, who, "A passkey was removed", &text).await?;
    work.commit().await
}

async fn tell(work: &mut Work, who: &LoggedIn, title: &str, text: &str) -> Result<()> {
    tell_member(work, &who.member, title, text).await
}

async fn tell_member(work: &mut Work, member: &Member, title: &str, text: &str) -> Result<()> {
    let sender = notice::sender_to_staff(work).await?;
    let address = format!("{}/admin", work.app.settings().base_url);
    let new = mail::account_changed(&sender, &member.email, &member.name, title, text, &address);
    mail::enqueue(work, new).await?;
    Ok(())
}
