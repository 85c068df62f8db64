//! Whom a cookie belongs to, and the second step of its log-in.

use domain::id::BusinessId;
use store::portal::{account, activity, profile, profile_requirement, session};
use store::programme::affiliate;

use super::{LIFE, LoggedIn, Opened, renew};
use crate::app::App;
use crate::error::{Result, only_a_note};
use crate::identity::two_step::{self, Holder};
use crate::portal::profile::{Profile, is_complete};
use crate::session::{Token, waits};

/// Use is noted every five minutes at most: a write for every page would queue behind money.
const SEEN_EVERY_MS: i64 = 5 * 60_000;

/// Whom a cookie of this business's portal belongs to, if its session lives and was opened on this
/// host. A cookie of another business is nobody's here, and so is one whose session waits for the second
/// step of the log-in.
///
/// # Errors
/// As the database says; a wrong cookie is no error.
pub async fn authenticate(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, business, cookie, host).await?;
    Ok(who.filter(|who| !who.session.second_step))
}

/// Whom a cookie belongs to whose session waits for the second step of the log-in.
///
/// # Errors
/// As [`authenticate`].
pub async fn waiting(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let who = of_cookie(app, business, cookie, host).await?;
    let now = app.now();
    Ok(who.filter(|who| who.session.second_step && waits(now, who.session.seen_at_ms)))
}

/// Takes the code of the second step: a whole session takes the place of the one that waits.
///
/// # Errors
/// As [`two_step::check`].
pub async fn pass_second_step(app: &App, who: &LoggedIn, code: &str) -> Result<Opened> {
    two_step::check(app, &who.actor(), Holder::Account(who.account.id), code).await?;
    let mut work = app.begin(&who.actor()).await?;
    let opened = renew(&mut work, who, "logged in by the second step").await?;
    work.commit().await?;
    Ok(opened)
}

async fn of_cookie(
    app: &App,
    business: BusinessId,
    cookie: &str,
    host: &str,
) -> Result<Option<LoggedIn>> {
    let Some(token) = Token::read(cookie).filter(|token| token.business == business) else {
        return Ok(None);
    };
    let mut tx = app.db().read(business).await?;
    let Some(session) = session::find(&mut tx, token.id).await? else {
        return Ok(None);
    };
    let right = token.is_of(&session.secret_hash);
    let now = app.now();
    let lives = LIFE.lasts(app, now, session.created_at_ms, session.seen_at_ms);
    if !right || !lives || session.host != host {
        return Ok(None);
    }
    let Some(account) = account::find(&mut tx, session.account_id)
        .await?
        .filter(|account| !account.blocked)
    else {
        return Ok(None);
    };
    let affiliate = match account.affiliate_id {
        Some(affiliate) => affiliate::find(&mut tx, affiliate).await?,
        None => None,
    };
    let profile = profile::find(&mut tx, account.id)
        .await?
        .unwrap_or(Profile::empty());
    let required = profile_requirement::list(&mut tx).await?;
    drop(tx);
    if now.0 - session.seen_at_ms.0 >= SEEN_EVERY_MS && !session.second_step {
        let noted = async {
            let mut tx = app.db().write(business).await?;
            session::set_seen(&mut tx, session.id, now).await?;
            activity::set_seen(&mut tx, session.account_id, now).await?;
            tx.commit().await
        };
        only_a_note(noted.await);
    }
    Ok(Some(LoggedIn {
        session,
        account,
        affiliate,
        complete: is_complete(&profile, &required),
        profile,
        business,
    }))
}
