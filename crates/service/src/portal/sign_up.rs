//! Signing up: a name, an address and a password become an account by the right code from the mailbox.
//!
//! What was typed is kept with the request for the code ([`super::login_code`]), under all of its rules;
//! until the code was entered nothing else knows of it: no account, contact or affiliate is made or
//! touched. An address that may not get another account is answered alike. Its owner gets a mail that
//! says how to log in, and whatever is entered is not the code. Whom staff added as an affiliate of the
//! address before finds the app there: the proven mailbox claims it, with the names staff gave it.

use domain::id::{AccountId, BusinessId};
use domain::language::Language;
use domain::status::CodePurpose;
use store::portal::account::{self, NewAccount};
use store::portal::login_code::{LoginCode, order};
use store::portal::profile::{self, Profile};
use store::portal::sign_up::{self as rows};

use super::account::{Room, claim, require_room, room};
use super::login_code;
use super::session::{self, Client, Opened};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, not_found};
use crate::identity::{audit, password, setting};
use crate::messaging::{mail, notice};
use crate::work::Work;

/// How long what was typed is kept when nobody enters the code: an hour, so that another code can be
/// asked for.
const KEPT_MS: i64 = 60 * 60_000;
const NAME_LENGTH_MAX: usize = 120;

/// What the sign-up form sends.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// The person's full name, as typed.
    pub name: String,
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// The network of who asks.
    pub ip_prefix: Option<String>,
    /// The language of the page: of the mail with the code, and of the account.
    pub language: Language,
}

/// Whether anyone may sign up.
///
/// # Errors
/// As the database says.
pub async fn is_open(work: &mut Work) -> Result<bool> {
    Ok(setting::get(work).await?.sign_up_open)
}

/// Keeps what was typed and has a code mailed. Answers with the text for the cookie that ties it to this
/// browser. It takes as long for an address that has an account.
///
/// # Errors
/// With the field `name`, `email` or `password`; [`ServiceError::Forbidden`] while sign-up is closed;
/// [`ServiceError::TooMany`] when there were too many of late.
pub async fn ask(app: &App, business: BusinessId, input: SignUp) -> Result<String> {
    let SignUp {
        name,
        email,
        password,
        ip_prefix,
        language,
    } = input;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=NAME_LENGTH_MAX);
    let email = checks.email("email", &email);
    password::check(&mut checks, "password", &password);
    checks.done()?;
    let system = App::system(business);
    require_open(&mut app.view(&system).await?).await?;
    let password_hash = password::hash(app, &password).await?;
    let mut work = app.begin(&system).await?;
    let typed = Typed {
        name,
        password_hash,
        language: Some(language),
    };
    let cookie = keep(&mut work, typed, email, ip_prefix).await?;
    work.commit().await?;
    Ok(cookie)
}

async fn require_open(work: &mut Work) -> Result<()> {
    if is_open(work).await? {
        Ok(())
    } else {
        Err(ServiceError::Forbidden("sign-up is closed".to_owned()))
    }
}

/// Has another code mailed for what this browser's request keeps, to the same address or to another one.
/// Answers with the text for the new request's cookie.
///
/// # Errors
/// With the field `email`; not found when nothing is kept any more; as [`ask`].
pub async fn ask_again(
    app: &App,
    business: BusinessId,
    cookie: &str,
    email: &str,
    ip_prefix: Option<String>,
) -> Result<String> {
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    let mut work = app.begin(&App::system(business)).await?;
    require_open(&mut work).await?;
    let code = login_code::of_cookie(&mut work, cookie).await?;
    let typed = rows::find(&mut work.tx, code.id)
        .await?
        .ok_or(not_found("sign-up"))?;
    let rows::SignUp {
        name,
        password_hash,
        language,
        ..
    } = typed;
    let typed = Typed {
        name,
        password_hash,
        language,
    };
    let cookie = keep(&mut work, typed, email, ip_prefix).await?;
    // The earlier code ends with what it would have made.
    rows::delete(&mut work.tx, code.id).await?;
    work.commit().await?;
    Ok(cookie)
}

/// What is kept of the form beside the address.
struct Typed {
    name: String,
    password_hash: String,
    language: Option<Language>,
}

async fn keep(
    work: &mut Work,
    typed: Typed,
    email: String,
    ip_prefix: Option<String>,
) -> Result<String> {
    let Typed {
        name,
        password_hash,
        language,
    } = typed;
    let (code_id, cookie) =
        login_code::request(work, CodePurpose::SignUp, email, ip_prefix, None).await?;
    let new = rows::SignUp {
        code_id,
        name,
        password_hash,
        language,
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &new).await?;
    Ok(cookie)
}

/// Writes the mail of a request: the code, or for who may not get another account the way to log in. A
/// person who was shut out gets none.
pub(super) async fn write(work: &mut Work, code: &LoginCode) -> Result<()> {
    let new = match room(work, &code.email_folded).await? {
        Room::Free => match login_code::set_code(work, code.id).await? {
            Some(shown) => {
                let mut sender = notice::sender(work).await?;
                let typed = rows::find(&mut work.tx, code.id).await?;
                let chosen = typed.and_then(|typed| typed.language);
                sender.language = chosen.unwrap_or(sender.language);
                mail::sign_up_code(&sender, &code.email, &shown, login_code::LIFE_MINUTES)
            }
            None => return Ok(()),
        },
        Room::Taken | Room::Full => {
            let all = login_code::accounts(work, &code.email_folded).await?;
            let Some(account) = all.first() else {
                return Ok(());
            };
            let sender = notice::sender_to(work, &account.email).await?;
            let portal = notice::portal_address(work, &sender.slug).await?;
            mail::has_account(&sender, &account.email, &account.name, &portal)
        }
    };
    mail::enqueue(work, new).await?;
    Ok(())
}

/// Makes the account with the proof of the right code, and opens its first session.
///
/// # Errors
/// A conflict without a good proof, or when the address has got an account meanwhile; not found without
/// a request.
pub async fn finish(
    app: &App,
    business: BusinessId,
    cookie: &str,
    client: &Client,
) -> Result<Opened> {
    let mut work = app.begin(&App::system(business)).await?;
    // Two codes of one address are spent one after the other, so that both cannot find it free.
    order(&mut work.tx).await?;
    let code = login_code::spend_request(&mut work, cookie, CodePurpose::SignUp).await?;
    let typed = rows::find(&mut work.tx, code.id)
        .await?
        .ok_or(not_found("sign-up"))?;
    require_room(&mut work, &code.email_folded).await?;
    let id: AccountId = work.new_id();
    let new = NewAccount {
        id,
        email: &code.email,
        email_folded: &code.email_folded,
        name: &typed.name,
        password_hash: &typed.password_hash,
        affiliate_id: None,
        created_at_ms: work.now,
    };
    account::insert(&mut work.tx, &new).await?;
    rows::delete(&mut work.tx, code.id).await?;
    if typed.language.is_some() {
        let profile = Profile {
            language: typed.language,
            ..Profile::empty()
        };
        profile::set(&mut work.tx, id, &profile, work.now).await?;
    }
    let account = account::find(&mut work.tx, id)
        .await?
        .ok_or_else(|| ServiceError::Internal("the new account is missing".to_owned()))?;
    work.actor = super::account::actor(business, &account);
    let detail = format!("{} signed up", account.email);
    audit::record(
        &mut work,
        "account.signed_up",
        "account",
        &id.to_string(),
        &detail,
    )
    .await?;
    // The code proved the mailbox, so an affiliate of it is theirs, and all of its accounts are open.
    let account = claim(&mut work, account).await?;
    work.actor = super::account::actor(business, &account);
    let all = login_code::accounts(&mut work, &code.email_folded).await?;
    let detail = "logged in after signing up";
    let opened = session::open(&mut work, &account, &all, client, detail).await?;
    work.commit().await?;
    Ok(opened)
}

/// Forgets what was typed and never became an account.
pub(super) async fn clean_up(work: &mut Work) -> Result<u64> {
    Ok(rows::delete_old(&mut work.tx, work.now.plus_ms(-KEPT_MS)).await?)
}
