//! People who work for businesses.

use domain::id::{SessionId, StaffId};
use store::identity::staff;
pub use store::identity::staff::Member;

use super::session::{LoggedIn, begin_alone};
use super::two_step::{self, Holder};
use super::{audit, log_in, password};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found};
use crate::messaging::{mail, notice};
use crate::work::Work;

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

async fn tell(work: &mut Work, who: &LoggedIn, title: &str, text: &str) -> Result<()> {
    let sender = notice::sender_to_staff(work).await?;
    let address = format!("{}/admin", work.app.settings().base_url);
    let member = &who.member;
    let new = mail::account_changed(&sender, &member.email, &member.name, title, text, &address);
    mail::enqueue(work, new).await?;
    Ok(())
}
