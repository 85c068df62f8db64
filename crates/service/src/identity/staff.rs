//! People who work for businesses.

use domain::id::{SessionId, StaffId};
pub use store::identity::staff::Member;
use store::identity::{session, staff};

use super::{audit, log_in, password};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found};
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

/// Changes the password of the person who acts, and ends their other sessions here.
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
    let mut work = app.begin(actor).await?;
    staff::set_password(&mut work.tx, *id, &hash).await?;
    let ended = session::delete_others(&mut work.tx, keep, *id).await?;
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
