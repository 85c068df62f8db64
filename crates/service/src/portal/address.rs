//! Changing the address one logs in with. The new mailbox is proven by a code before anything is changed; the
//! old one is told. The page asks for a proof of who the person is first. A code is for the account that
//! asked: a session that went on as another account since cannot spend it.
//!
//! An address that may not have another account is answered alike: its owner gets a mail that says so, and
//! whatever is entered is not the code.

use domain::status::CodePurpose;
use domain::text::fold;
use store::portal::login_code::{LoginCode, order};
use store::portal::{account, address as rows, session as sessions};
use store::programme::affiliate;

use super::account::{Account, Room, require_room, room};
use super::login_code::{self, Asked};
use super::session::{self, LoggedIn, Opened};
use crate::app::App;
use crate::check::Checks;
use crate::crm::contact::masked;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::audit;
use crate::messaging::{mail, notice};
use crate::work::Work;

/// Has a code mailed to the new address. Answers with the text for the cookie that ties it to this browser.
///
/// # Errors
/// With the field `email`; [`TooMany`](crate::ServiceError::TooMany) when there were too many of late.
pub async fn ask(
    app: &App,
    who: &LoggedIn,
    email: &str,
    ip_prefix: Option<String>,
) -> Result<String> {
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    if fold(&email) == fold(&who.account.email) {
        return Err(invalid("email", "is the address you log in with already"));
    }
    let mut work = app.begin(&App::system(who.business)).await?;
    let purpose = CodePurpose::Address;
    let (code, cookie) = login_code::request(&mut work, purpose, email, ip_prefix, None).await?;
    rows::insert(&mut work.tx, code, who.account.id).await?;
    work.commit().await?;
    Ok(cookie)
}

/// The request of a browser, for its page; none when it is another account's or for something else.
///
/// # Errors
/// As the database says.
pub async fn asked(work: &mut Work, who: &LoggedIn, cookie: &str) -> Result<Option<Asked>> {
    match own(work, who, cookie).await {
        Ok(_) => login_code::asked(work, cookie).await.map(Some),
        Err(ServiceError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The request that a cookie names, when this account asked for it to change its address.
async fn own(work: &mut Work, who: &LoggedIn, cookie: &str) -> Result<LoginCode> {
    let code = login_code::of_cookie(work, cookie).await?;
    let account = rows::find_account(&mut work.tx, code.id).await?;
    if code.purpose == CodePurpose::Address && account == Some(who.account.id) {
        Ok(code)
    } else {
        Err(not_found("code"))
    }
}

/// Takes the code that was mailed to the new address, and changes the address with it.
///
/// # Errors
/// As [`login_code::prove`]; not found for a code that another account asked for; a conflict when the
/// address is not free any more.
pub async fn enter(app: &App, who: &LoggedIn, cookie: &str, entered: &str) -> Result<Opened> {
    // Looked at first, so that no try of another account's code is taken.
    own(&mut app.view(&who.actor()).await?, who, cookie).await?;
    login_code::prove(app, who.business, cookie, entered).await?;
    change(app, who, cookie).await
}

/// Writes the mail of a request: the code, or that the address is not free. A person who was shut out gets
/// none.
pub(super) async fn write(work: &mut Work, code: &LoginCode) -> Result<()> {
    let sender = notice::sender(work).await?;
    let new = match room(work, &code.email_folded).await? {
        Room::Free => match login_code::set_code(work, code.id).await? {
            Some(shown) => {
                mail::address_code(&sender, &code.email, &shown, login_code::LIFE_MINUTES)
            }
            None => return Ok(()),
        },
        Room::Taken | Room::Full => {
            let all = login_code::accounts(work, &code.email_folded).await?;
            let Some(known) = all.first() else {
                return Ok(());
            };
            let portal = notice::portal_address(work, &sender.slug).await?;
            mail::address_taken(&sender, &known.email, &known.name, &portal)
        }
    };
    mail::enqueue(work, new).await?;
    Ok(())
}

/// Changes the address with the proof of the right code: all other sessions end, a new one takes the place of
/// the open one, and the old address is told. Payouts that wait go on waiting.
async fn change(app: &App, who: &LoggedIn, cookie: &str) -> Result<Opened> {
    let mut work = app.begin(&who.actor()).await?;
    // Two codes of one address are spent one after the other, so that both cannot find it free.
    order(&mut work.tx).await?;
    own(&mut work, who, cookie).await?;
    let code = login_code::spend_request(&mut work, cookie, CodePurpose::Address).await?;
    require_room(&mut work, &code.email_folded).await?;
    let old = &who.account;
    let before = fold(&old.email);
    let id = old.id;
    let (new, folded) = (&code.email, &code.email_folded);
    if !account::set_email(&mut work.tx, id, new, folded, &before).await? {
        return Err(conflict("Your address was changed meanwhile."));
    }
    let account = account::find(&mut work.tx, id)
        .await?
        .filter(|account| !account.blocked)
        .ok_or(not_found("account"))?;
    affiliate_follows(&mut work, &account, &before).await?;
    sessions::delete_others(&mut work.tx, who.session.id, id).await?;
    let detail = format!("{} logs in as {} now", old.email, account.email);
    audit::record(
        &mut work,
        "account.address",
        "account",
        &id.to_string(),
        &detail,
    )
    .await?;
    tell(&mut work, old, &account).await?;
    let who = LoggedIn {
        account,
        ..who.clone()
    };
    let opened = session::renew(&mut work, &who, "logged in with the new address").await?;
    work.changed(who.account.affiliate_id);
    work.commit().await?;
    Ok(opened)
}

/// Mail to an affiliate goes to the affiliate's address: where that was the account's, it becomes the new one,
/// unless another affiliate has it.
async fn affiliate_follows(work: &mut Work, account: &Account, before: &str) -> Result<()> {
    let Some(id) = account.affiliate_id else {
        return Ok(());
    };
    let found = affiliate::find(&mut work.tx, id).await?;
    if let Some(known) = found.filter(|known| fold(&known.email) == before) {
        affiliate::set_email(&mut work.tx, &known, &account.email).await?;
    }
    Ok(())
}

/// The old address hears where the account went, masked: it may be somebody else's by now.
async fn tell(work: &mut Work, old: &Account, new: &Account) -> Result<()> {
    let sender = notice::sender(work).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let text = format!(
        "your account logs in with {} now, and no longer with this address. All other devices were logged out.",
        masked(&new.email)
    );
    let title = "Your log-in address was changed";
    let told = mail::account_changed(&sender, &old.email, &old.name, title, &text, &portal);
    mail::enqueue(work, told).await?;
    Ok(())
}
