//! Passkeys of the people of a portal: another way in beside password and mailed code. One opens the
//! account it belongs to, and no other of the same address.

use domain::id::{BusinessId, PasskeyId};
use store::identity::passkey as rows;
use store::portal::account;

use super::account::{Account, actor};
use super::session::{self, Client, LoggedIn, Opened};
use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::identity::passkey::{self, Answer, Begun, Holder, Purpose, Realm, Site};
use crate::messaging::{mail, notice};
use crate::work::Work;

const fn holder(who: &LoggedIn) -> Holder {
    Holder::Account(who.account.id)
}

/// Begins a log-in.
///
/// # Errors
/// When the library refuses.
pub fn begin_log_in(app: &App, business: BusinessId, site: &Site) -> Result<Begun> {
    let realm = Realm::Portal(business);
    passkey::begin(app, realm, site, Purpose::LogIn, None)
}

/// Logs in. The second step of the account is passed with it: a passkey is something one has and a
/// fingerprint, a face or a PIN. An account that is blocked is refused like a passkey nobody knows.
///
/// # Errors
/// [`ServiceError::Unauthorized`].
pub async fn log_in(
    app: &App,
    business: BusinessId,
    site: &Site,
    cookie: &str,
    answer: &str,
    client: &Client,
) -> Result<Opened> {
    let answer = Answer::read(answer)?;
    let refused = || {
        ServiceError::Unauthorized(
            "This portal does not know that passkey. Log in in another way.".to_owned(),
        )
    };
    let mut tx = app.db().read(business).await?;
    let account = rows::account_of(&mut tx, site.host(), answer.credential())
        .await?
        .ok_or_else(refused)?;
    drop(tx);
    let checked = passkey::check(
        app,
        business,
        Realm::Portal(business),
        site,
        Purpose::LogIn,
        Holder::Account(account),
        cookie,
        &answer,
    )
    .await?;
    let mut work = app.begin(&App::system(business)).await?;
    let account = account::find(&mut work.tx, account)
        .await?
        .filter(|account| !account.blocked)
        .ok_or_else(refused)?;
    let now = work.now;
    checked.note(&mut work.tx, now).await?;
    work.actor = actor(business, &account);
    let detail = format!("logged in by the passkey {}", checked.name());
    let opened = session::open_whole(&mut work, &account, client, &detail).await?;
    work.commit().await?;
    Ok(opened)
}

/// Begins to pass the second step, or to show once more who it is.
///
/// # Errors
/// As the database says.
pub async fn begin(app: &App, who: &LoggedIn, site: &Site, purpose: Purpose) -> Result<Begun> {
    let mut work = app.view(&who.actor()).await?;
    let known = passkey::list(&mut work, holder(who)).await?;
    let realm = Realm::Portal(who.business);
    passkey::begin(app, realm, site, purpose, Some((holder(who), &known)))
}

/// Passes the second step, or shows once more who it is: a new session takes the place of the open one.
///
/// # Errors
/// [`ServiceError::Unauthorized`].
pub async fn prove(
    app: &App,
    who: &LoggedIn,
    site: &Site,
    purpose: Purpose,
    cookie: &str,
    answer: &str,
) -> Result<Opened> {
    let answer = Answer::read(answer)?;
    let checked = passkey::check(
        app,
        who.business,
        Realm::Portal(who.business),
        site,
        purpose,
        holder(who),
        cookie,
        &answer,
    )
    .await?;
    let mut work = app.begin(&who.actor()).await?;
    let now = work.now;
    checked.note(&mut work.tx, now).await?;
    let detail = format!("proved who they are by the passkey {}", checked.name());
    let opened = session::renew(&mut work, who, &detail).await?;
    work.commit().await?;
    Ok(opened)
}

/// Begins to add a passkey.
///
/// # Errors
/// As [`passkey::begin_add`].
pub async fn begin_add(app: &App, who: &LoggedIn, site: &Site, called: &str) -> Result<Begun> {
    let Account { email, name, .. } = &who.account;
    let mut work = app.view(&who.actor()).await?;
    let realm = Realm::Portal(who.business);
    passkey::begin_add(&mut work, realm, site, holder(who), called, (email, name)).await
}

/// Adds a passkey; the person is told by mail.
///
/// # Errors
/// As [`passkey::check_new`] and [`passkey::add`].
pub async fn add(
    app: &App,
    who: &LoggedIn,
    site: &Site,
    cookie: &str,
    answer: &str,
    name: &str,
) -> Result<()> {
    let realm = Realm::Portal(who.business);
    let (business, holder) = (who.business, holder(who));
    let made = passkey::check_new(app, business, realm, site, holder, cookie, answer, name).await?;
    let mut work = app.begin(&who.actor()).await?;
    let name = passkey::add(&mut work, made).await?;
    let text = format!("the passkey “{name}” was added; it opens your account without a password.");
    tell(&mut work, &who.account, "A passkey was added", &text).await?;
    work.commit().await
}

/// Calls a passkey something else.
///
/// # Errors
/// As [`passkey::rename`].
pub async fn rename(app: &App, who: &LoggedIn, id: PasskeyId, name: &str) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    passkey::rename(&mut work, holder(who), id, name).await?;
    work.commit().await
}

/// Removes a passkey; the person is told by mail.
///
/// # Errors
/// As [`passkey::remove`].
pub async fn remove(app: &App, who: &LoggedIn, id: PasskeyId) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    let name = passkey::remove(&mut work, holder(who), id).await?;
    let text = format!("the passkey “{name}” was removed; it opens nothing any more.");
    tell(&mut work, &who.account, "A passkey was removed", &text).await?;
    work.commit().await
}

async fn tell(work: &mut Work, account: &Account, title: &str, text: &str) -> Result<()> {
    let sender = notice::sender(work).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let new = mail::account_changed(&sender, &account.email, &account.name, title, text, &portal);
    mail::enqueue(work, new).await?;
    Ok(())
}
