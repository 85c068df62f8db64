//! The second step of a portal person's log-in. The page asks for a proof of who they are before each of
//! these; they are told by mail.

use domain::id::{AccountId, AffiliateId};
use domain::status::Scope;
use store::portal::account;
use store::portal::session as sessions;

use super::account::Account;
use super::session::LoggedIn;
use crate::app::App;
use crate::error::{Result, not_found};
use crate::identity::two_step::{self, Holder};
use crate::messaging::{mail, notice};
use crate::work::Work;

const fn holder(who: &LoggedIn) -> Holder {
    Holder::Account(who.account.id)
}

/// Makes a secret that waits for its first code.
///
/// # Errors
/// A conflict when the second step is on.
pub async fn begin(app: &App, who: &LoggedIn) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    two_step::begin(&mut work, holder(who)).await?;
    work.commit().await
}

/// Turns the second step on with the first code, and ends all other sessions, which were opened without
/// one. Answers with the recovery codes, to be shown this once.
///
/// # Errors
/// As [`two_step::check_first`].
pub async fn confirm(app: &App, who: &LoggedIn, code: &str) -> Result<Vec<String>> {
    two_step::check_first(app, &who.actor(), holder(who), code).await?;
    let mut work = app.begin(&who.actor()).await?;
    let codes = two_step::turn_on(&mut work, holder(who)).await?;
    sessions::delete_others(&mut work.tx, who.session.id, who.account.id).await?;
    let told = [
        (
            "Two-step log-in is on",
            "your log-in now asks for a code of your authenticator app as well. All other devices were logged out.",
        ),
        (
            "Die Anmeldung in zwei Schritten ist an",
            "Ihre Anmeldung verlangt jetzt zusätzlich einen Code Ihrer Authenticator-App. Alle anderen Geräte wurden abgemeldet.",
        ),
    ];
    tell(&mut work, &who.account, told).await?;
    work.commit().await?;
    Ok(codes)
}

/// Puts new recovery codes in the place of the old ones; they are shown this once.
///
/// # Errors
/// A conflict when the second step is off.
pub async fn renew_codes(app: &App, who: &LoggedIn) -> Result<Vec<String>> {
    let mut work = app.begin(&who.actor()).await?;
    let codes = two_step::renew_codes(&mut work, holder(who)).await?;
    let told = [
        (
            "New recovery codes",
            "new recovery codes were made. The ones before do not work any more.",
        ),
        (
            "Neue Wiederherstellungscodes",
            "es wurden neue Wiederherstellungscodes erstellt. Die bisherigen funktionieren nicht mehr.",
        ),
    ];
    tell(&mut work, &who.account, told).await?;
    work.commit().await?;
    Ok(codes)
}

/// Turns the second step off.
///
/// # Errors
/// As the database says.
pub async fn turn_off(app: &App, who: &LoggedIn) -> Result<()> {
    let mut work = app.begin(&who.actor()).await?;
    if two_step::turn_off(&mut work, holder(who)).await? {
        let told = [
            (
                "Two-step log-in is off",
                "your log-in does not ask for a code of an authenticator app any more.",
            ),
            (
                "Die Anmeldung in zwei Schritten ist aus",
                "Ihre Anmeldung verlangt keinen Code einer Authenticator-App mehr.",
            ),
        ];
        tell(&mut work, &who.account, told).await?;
    }
    work.commit().await
}

/// Whether the account of an affiliate has a second step; false without an account.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn is_on_of(work: &mut Work, affiliate: AffiliateId) -> Result<bool> {
    work.require(Scope::Read)?;
    match account::find_by_affiliate(&mut work.tx, affiliate).await? {
        Some(account) => two_step::is_on(work, Holder::Account(account.id)).await,
        None => Ok(false),
    }
}

/// Turns the second step of an affiliate off, for somebody who has lost phone and recovery codes. They are
/// told by mail, so that it does not happen behind their back.
///
/// # Errors
/// Not found without an account; forbidden without the scope `manage`.
pub async fn reset(work: &mut Work, affiliate: AffiliateId) -> Result<()> {
    work.require(Scope::Manage)?;
    let account = account::find_by_affiliate(&mut work.tx, affiliate)
        .await?
        .ok_or(not_found("account"))?;
    reset_account(work, account.id).await
}

/// Turns the second step of any account off, like [`reset`].
///
/// # Errors
/// Not found without an account; forbidden without the scope `manage`.
pub async fn reset_account(work: &mut Work, id: AccountId) -> Result<()> {
    work.require(Scope::Manage)?;
    let account = account::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("account"))?;
    if two_step::turn_off(work, Holder::Account(account.id)).await? {
        let told = [
            (
                "Two-step log-in is off",
                "your log-in does not ask for a code of an authenticator app any more: it was turned off for you because phone and recovery codes are lost.",
            ),
            (
                "Die Anmeldung in zwei Schritten ist aus",
                "Ihre Anmeldung verlangt keinen Code einer Authenticator-App mehr: Sie wurde für Sie ausgeschaltet, weil Telefon und Wiederherstellungscodes verloren sind.",
            ),
        ];
        tell(work, &account, told).await?;
    }
    Ok(())
}

/// `told` is a title and a sentence, in English and in German.
async fn tell(work: &mut Work, account: &Account, told: [(&str, &str); 2]) -> Result<()> {
    let sender = notice::sender_to(work, &account.email).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let [english, german] = told;
    let (title, text) = sender.language.of(english, german);
    let new = mail::account_changed(&sender, &account.email, &account.name, title, text, &portal);
    mail::enqueue(work, new).await?;
    Ok(())
}
