//! The password of somebody who is logged in: asked once more, and changed.

use domain::text::fold;
use store::portal::{account, session};

use super::{LoggedIn, Opened, is_proven, realm, renew};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, invalid};
use crate::identity::{audit, log_in, password};
use crate::messaging::{mail, notice};

/// Whether this is the person's password; wrong ones slow the next try down.
async fn knows_password(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    password: &str,
) -> Result<bool> {
    let counted = log_in::account(app, &realm(who.business), &fold(&who.account.email), mark);
    log_in::take_turn(app, &counted).await?;
    let right = password::verify(app, password, who.account.password_hash.as_deref()).await?;
    if right {
        log_in::passed(app, &counted).await?;
    }
    Ok(right)
}

/// Takes the password again: a new session takes the place of the old one.
///
/// # Errors
/// [`crate::ServiceError::Invalid`] with the field `password`; [`crate::ServiceError::TooMany`].
pub async fn prove(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    password: &str,
) -> Result<Opened> {
    if !knows_password(app, who, mark, password).await? {
        return Err(invalid("password", "is not your password"));
    }
    let mut work = app.begin(&who.actor()).await?;
    let opened = renew(&mut work, who, "gave the password again").await?;
    work.commit().await?;
    Ok(opened)
}

/// Changes the password of a person, ends all their sessions and opens a new one. The present password
/// may be blank when they proved lately who they are. They are told by mail.
///
/// # Errors
/// [`crate::ServiceError::Invalid`] with the fields `current` and `new`; [`crate::ServiceError::TooMany`].
pub async fn change_password(
    app: &App,
    who: &LoggedIn,
    mark: Option<&str>,
    current: &str,
    new: &str,
) -> Result<Opened> {
    let mut checks = Checks::new();
    password::check(&mut checks, "new", new);
    checks.that(
        !current.is_empty() || is_proven(app, &who.session),
        "current",
        "is required",
    );
    checks.that(current != new, "new", "is the present password");
    checks.done()?;
    if !current.is_empty() && !knows_password(app, who, mark, current).await? {
        return Err(invalid("current", "is not your password"));
    }
    let hash = password::hash(app, new).await?;
    let mut work = app.begin(&who.actor()).await?;
    let account = &who.account;
    account::renew_password(&mut work.tx, account.id, &hash).await?;
    session::delete_others(&mut work.tx, who.session.id, account.id).await?;
    audit::record(
        &mut work,
        "account.password",
        "account",
        &account.id.to_string(),
        "changed their password",
    )
    .await?;
    let sender = notice::sender_to(&mut work, &account.email).await?;
    let portal = notice::portal_address(&mut work, &sender.slug).await?;
    let told = mail::password_changed(&sender, &account.email, &account.name, &portal);
    mail::enqueue(&mut work, told).await?;
    let opened = renew(&mut work, who, "logged in with the new password").await?;
    work.commit().await?;
    Ok(opened)
}
