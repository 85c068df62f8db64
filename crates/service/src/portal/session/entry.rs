//! Entering with a password: it opens one account, or several of which one is chosen.

use domain::id::{AccountId, BusinessId};
use domain::text::fold;
use domain::time::UnixMs;
use serde::{Deserialize, Serialize};
use store::identity::ticket as tickets;
use store::portal::account;

use super::{Client, Opened, open, realm};
use crate::app::App;
use crate::error::{Result, ServiceError, not_found};
use crate::identity::two_step::Holder;
use crate::identity::{log_in, password, seal, setting};
use crate::portal::account::{Account, OF_ADDRESS_MAX, actor};
use crate::random::new_secret;
use crate::work::Work;

/// Passwords that are compared at a log-in where an address may have several accounts: as many as it may have.
const COMPARED: usize = OF_ADDRESS_MAX as usize;
/// How long one of several accounts may be chosen after the password: five minutes.
const TICKET_MS: i64 = 5 * 60_000;

/// What a log-in form sends.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// From where.
    pub client: Client,
    /// The mark of a known browser, if it shows one; see [`log_in::mark`].
    pub mark: Option<String>,
}

/// What the right password leads to.
#[derive(Debug, Clone)]
pub enum Entered {
    /// It opens one account: its session.
    One(Opened),
    /// It opens several: the text for the cookie with which [`choose`] takes one of them.
    Several(String),
}

/// Logs in with a password. It opens only the accounts of the address that have it. Unknown address,
/// wrong password and a blocked account are told alike and take alike.
///
/// # Errors
/// [`ServiceError::Unauthorized`]; [`ServiceError::TooMany`] while the account has to wait.
pub async fn log_in(app: &App, business: BusinessId, input: LogIn) -> Result<Entered> {
    let LogIn {
        email,
        password,
        client,
        mark,
    } = input;
    let folded = fold(&email);
    let counted = log_in::account(app, &realm(business), &folded, mark.as_deref());
    log_in::take_turn(app, &counted).await?;
    let mut work = app.view(&App::system(business)).await?;
    let known = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    // Asked of the business, never of the address: where one address has several accounts, every address is
    // compared with as many, so that the time does not tell how many it has.
    let several = setting::get(&mut work).await?.allow_duplicate_contact
        || account::any_shared(&mut work.tx).await?;
    drop(work);
    let hashes: Vec<Option<String>> = known
        .iter()
        .map(|account| account.password_hash.clone())
        .collect();
    let compared = if several { COMPARED } else { 1 };
    let found = password::verify_all(app, &password, hashes, compared).await?;
    let mut right: Vec<Account> = Vec::new();
    for (account, opens) in known.into_iter().zip(found) {
        if opens && !account.blocked {
            right.push(account);
        }
    }
    let Some(first) = right.first() else {
        return Err(not_right());
    };
    log_in::passed(app, &counted).await?;
    if right.len() > 1 {
        let ticket = Ticket::of(app, &right, &client.host);
        return Ok(Entered::Several(ticket.seal(app, business)?));
    }
    let mut work = app.begin(&actor(business, first)).await?;
    // Comparing takes a while: a password set or a block made meanwhile counts.
    let now = account::find(&mut work.tx, first.id).await?;
    if now.is_none_or(|now| now.blocked || now.password_hash != first.password_hash) {
        return Err(not_right());
    }
    let opened = open(&mut work, first, &[], &client, "logged in").await?;
    work.commit().await?;
    Ok(Entered::One(opened))
}

fn not_right() -> ServiceError {
    ServiceError::Unauthorized("The e-mail address or the password is not right.".to_owned())
}

/// What the right password of several accounts is worth until one is chosen: signed, in a cookie.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket {
    /// What it is noted by when it is used.
    id: String,
    accounts: Vec<AccountId>,
    /// Of their passwords: another one ends the ticket.
    passwords: String,
    host: String,
    until: UnixMs,
}

impl Ticket {
    fn of(app: &App, accounts: &[Account], host: &str) -> Self {
        Self {
            id: new_secret(app.random()),
            accounts: accounts.iter().map(|account| account.id).collect(),
            passwords: passwords(app, accounts),
            host: host.to_owned(),
            until: app.now().plus_ms(TICKET_MS),
        }
    }

    fn seal(&self, app: &App, business: BusinessId) -> Result<String> {
        let text = serde_json::to_string(self)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(seal::close(app, &ticket_purpose(business), &text))
    }
}

fn ticket_purpose(business: BusinessId) -> String {
    format!("accounts of a password {}", business.code())
}

fn passwords(app: &App, accounts: &[Account]) -> String {
    let hashes: Vec<&str> = accounts
        .iter()
        .map(|account| account.password_hash.as_deref().unwrap_or_default())
        .collect();
    seal::fingerprint(app, "passwords of a ticket", &hashes.join(" "))
}

/// The accounts that a right password opened, while its cookie is good.
///
/// # Errors
/// [`ServiceError::Unauthorized`] when it is not, or a password or an account changed since.
pub async fn choices(work: &mut Work, cookie: &str, host: &str) -> Result<Vec<Account>> {
    Ok(ticket(work, cookie, host).await?.1)
}

fn over() -> ServiceError {
    ServiceError::Unauthorized("Enter your password once more.".to_owned())
}

async fn ticket(work: &mut Work, cookie: &str, host: &str) -> Result<(Ticket, Vec<Account>)> {
    let text = seal::open(&work.app, &ticket_purpose(work.business()), cookie).ok_or_else(over)?;
    let ticket: Ticket = serde_json::from_str(&text).map_err(|_| over())?;
    if ticket.until <= work.now || ticket.host != host {
        return Err(over());
    }
    let mut accounts = Vec::new();
    for id in &ticket.accounts {
        let found = account::find(&mut work.tx, *id).await?;
        accounts.push(found.filter(|account| !account.blocked).ok_or_else(over)?);
    }
    if passwords(&work.app, &accounts) != ticket.passwords {
        return Err(over());
    }
    Ok((ticket, accounts))
}

/// Logs in to one of the accounts that a right password opened; the session may switch between them. It can
/// be chosen once.
///
/// # Errors
/// As [`choices`]; not found for another account.
pub async fn choose(
    app: &App,
    business: BusinessId,
    cookie: &str,
    chosen: AccountId,
    client: &Client,
) -> Result<Opened> {
    let mut work = app.begin(&App::system(business)).await?;
    let (ticket, accounts) = ticket(&mut work, cookie, &client.host).await?;
    let account = accounts
        .iter()
        .find(|account| account.id == chosen)
        .ok_or(not_found("account"))?;
    let first = ticket.accounts.first().copied().ok_or_else(over)?;
    let (holder, now) = (Holder::Account(first), work.now);
    if !tickets::spend(&mut work.tx, holder, &ticket.id, ticket.until, now).await? {
        return Err(over());
    }
    let opened = open(&mut work, account, &accounts, client, "logged in").await?;
    work.commit().await?;
    Ok(opened)
}
