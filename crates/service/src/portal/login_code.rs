//! Codes by mail: a person proves that a mailbox is theirs, to log in without a password or to set a
//! new one.
//!
//! Asking is told alike and takes alike for an address that has accounts and for one that nobody has:
//! both get a row and a job, and only the job looks who it is. A code has eight digits, is void after
//! 15 minutes, after five wrong ones, and when a newer one is asked for; it works only in the browser
//! that asked, whose cookie carries the request's id and a secret. A newer code does not bring new
//! tries. The right code makes a proof; [`enter`], [`set_password`] and [`prove_session`] spend it.

use domain::id::{AccountId, BusinessId, LoginCodeId};
use domain::status::CodePurpose;
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::portal::login_code::{self as rows, LoginCode};
use store::portal::{account, session as sessions};
use subtle::ConstantTimeEq as _;

use super::account::{Account, OF_ADDRESS_MAX};
use super::session::{self, Client, LoggedIn, Opened};
use super::{address, login_link, sign_up};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, password, seal};
use crate::job::{self, Job};
use crate::messaging::{mail, notice};
use crate::random::{Random, new_secret};
use crate::work::Work;

/// The kind of job that writes a code's mail.
pub const WRITE_JOB: &str = "portal.login_code";
/// How long a code is good: it is void at this age.
pub const LIFE_MS: i64 = 15 * MINUTE_MS;
/// Codes that may be entered for an address within [`LIFE_MS`].
pub const TRIES_MAX: i64 = 5;

/// [`LIFE_MS`] as mails tell it.
pub(super) const LIFE_MINUTES: i64 = LIFE_MS / MINUTE_MS;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The pause between two codes for one address.
const PAUSE_MS: i64 = MINUTE_MS;
/// Codes for one address in an hour and in a day, whoever asks.
const OF_ADDRESS_HOURLY: usize = 5;
const OF_ADDRESS_DAILY: usize = 10;
/// Codes from one network in an hour: an office's worth.
const OF_NETWORK_HOURLY: i64 = 60;
/// Codes of one business in an hour: beyond it somebody writes to strangers in its name.
const OF_BUSINESS_HOURLY: i64 = 3_000;
/// How long a proof is good.
const PROOF_MS: i64 = 15 * MINUTE_MS;
const PURPOSE: &str = "login code";

/// What a form that asks for a code sends.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What for: to log in, by code or link, or to set a password.
    pub purpose: CodePurpose,
    /// As typed.
    pub email: String,
    /// The network of who asks.
    pub ip_prefix: Option<String>,
    /// Where a link leads afterwards: a path below the portal's; empty for its first page.
    pub next: String,
}

/// What the writing job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WritePayload {
    /// The request.
    pub code_id: LoginCodeId,
    /// Where a link leads afterwards: a path below the portal's, such as `/links`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A request as the page of its browser shows it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What for.
    pub purpose: CodePurpose,
    /// The address.
    pub email: String,
    /// Whether the right code was entered, and the proof is still good.
    pub proven: bool,
    /// Whether it can still be entered.
    pub is_open: bool,
}

/// Asks for a code. Answers with the text for the cookie that ties it to this browser.
///
/// # Errors
/// With the field `email`; [`ServiceError::TooMany`] when there were too many of late.
pub async fn ask(app: &App, business: BusinessId, input: Ask) -> Result<String> {
    let Ask {
        purpose,
        email,
        ip_prefix,
        next,
    } = input;
    let mut checks = Checks::new();
    let email = checks.email("email", &email);
    checks.done()?;
    let mut work = app.begin(&App::system(business)).await?;
    match purpose {
        CodePurpose::Link => login_link::require_offered(&mut work).await?,
        // Signing up keeps more than an address; see `sign_up::ask`.
        CodePurpose::SignUp => return Err(conflict("Fill in the sign-up form.")),
        // Nor is a new address asked for by who is not logged in; see `address::ask`.
        CodePurpose::Address => return Err(conflict("Log in first.")),
        CodePurpose::LogIn | CodePurpose::Reset | CodePurpose::Prove => {}
    }
    let next = (purpose == CodePurpose::Link && !next.is_empty()).then_some(next);
    let (_, cookie) = request(&mut work, purpose, email, ip_prefix, next).await?;
    work.commit().await?;
    Ok(cookie)
}

/// Stores a request for a code, within the budgets, and has its mail written. Answers with its id and
/// the text for the cookie of the browser that asks.
///
/// # Errors
/// [`ServiceError::TooMany`] when there were too many of late.
pub(super) async fn request(
    work: &mut Work,
    purpose: CodePurpose,
    email: String,
    ip_prefix: Option<String>,
    next: Option<String>,
) -> Result<(LoginCodeId, String)> {
    let email_folded = fold(&email);
    let secret = new_secret(work.app.random());
    rows::order(&mut work.tx).await?;
    let now = work.now;
    within_budget(work, &email_folded, ip_prefix.as_deref()).await?;
    let before = rows::newest(&mut work.tx, &email_folded)
        .await?
        .filter(|before| now.0 - before.tries_since_ms.0 < LIFE_MS);
    let (tries, tries_since_ms) =
        before.map_or((0, now), |before| (before.tries, before.tries_since_ms));
    let code = LoginCode {
        id: work.new_id(),
        purpose,
        email,
        email_folded,
        flow_hash: Sha256::digest(secret.as_bytes()).into(),
        code_mac: None,
        tries,
        tries_since_ms,
        created_at_ms: now,
        expires_at_ms: now.plus_ms(LIFE_MS),
        proven_at_ms: None,
        used_at_ms: None,
    };
    rows::insert(&mut work.tx, &code, ip_prefix.as_deref()).await?;
    let payload = WritePayload {
        code_id: code.id,
        next,
    };
    job::enqueue(work, WRITE_JOB, &payload).await?;
    Ok((code.id, format!("{}.{secret}", code.id)))
}

async fn within_budget(work: &mut Work, email_folded: &str, ip_prefix: Option<&str>) -> Result<()> {
    let now = work.now;
    let asked = rows::of_address(&mut work.tx, email_folded, now.plus_ms(-DAY_MS)).await?;
    let this_hour = asked
        .iter()
        .filter(|at| now.0 - at.0 < HOUR_MS)
        .copied()
        .collect::<Vec<_>>();
    // When the oldest of so many leaves its window.
    let free_at = |times: &[UnixMs], most: usize, window_ms: i64| {
        let over = times.len().checked_sub(most)?;
        times.get(over).map(|oldest| oldest.plus_ms(window_ms))
    };
    let next = [
        asked.last().map(|latest| latest.plus_ms(PAUSE_MS)),
        free_at(&this_hour, OF_ADDRESS_HOURLY, HOUR_MS),
        free_at(&asked, OF_ADDRESS_DAILY, DAY_MS),
    ];
    if let Some(next) = next.into_iter().flatten().max().filter(|next| *next > now) {
        return Err(ServiceError::TooMany {
            retry_after_s: (next.0 - now.0 + 999) / 1000,
        });
    }
    let since = now.plus_ms(-HOUR_MS);
    let of_network = match ip_prefix {
        Some(network) => rows::count_of_network(&mut work.tx, network, since).await?,
        None => 0,
    };
    if of_network >= OF_NETWORK_HOURLY
        || rows::count(&mut work.tx, since).await? >= OF_BUSINESS_HOURLY
    {
        return Err(ServiceError::TooMany {
            retry_after_s: HOUR_MS / 1000,
        });
    }
    Ok(())
}

/// Eight digits, each number as likely as any other.
fn new_code(random: &dyn Random) -> String {
    const CODES: u32 = 100_000_000;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        // What is left over at the end would make the low numbers likelier.
        if number < u32::MAX - u32::MAX % CODES {
            return format!("{:08}", number % CODES);
        }
    }
}

/// `12345678` → `1234-5678`.
fn shown(code: &str) -> String {
    let (front, back) = code.split_at(4);
    format!("{front}-{back}")
}

fn mac(work: &Work, id: LoginCodeId, code: &str) -> [u8; 32] {
    let text = seal::fingerprint(
        &work.app,
        PURPOSE,
        &format!("{} {id} {code}", work.business()),
    );
    Sha256::digest(text.as_bytes()).into()
}

/// Makes the code of a request and mails it, if it is for somebody: to log in, for an address with an
/// account that is not blocked; to sign up, for one that may get an account. The job's work: it
/// completes with it.
///
/// # Errors
/// When the database cannot serve.
pub async fn write(
    app: &App,
    business: BusinessId,
    job: &Job,
    payload: WritePayload,
) -> Result<()> {
    let WritePayload { code_id: id, next } = payload;
    let mut work = app.begin(&App::system(business)).await?;
    let now = work.now;
    let open = rows::find(&mut work.tx, id)
        .await?
        .filter(|code| code.expires_at_ms > now && code.used_at_ms.is_none());
    if let Some(code) = open {
        match code.purpose {
            CodePurpose::SignUp => sign_up::write(&mut work, &code).await?,
            CodePurpose::Link => login_link::write(&mut work, &code, next.as_deref()).await?,
            CodePurpose::Address => address::write(&mut work, &code).await?,
            CodePurpose::LogIn | CodePurpose::Reset | CodePurpose::Prove => {
                write_to_account(&mut work, &code).await?;
            }
        }
    }
    job::complete(&mut work, job).await?;
    work.commit().await
}

async fn write_to_account(work: &mut Work, code: &LoginCode) -> Result<()> {
    let all = accounts(work, &code.email_folded).await?;
    if let Some(account) = all.first()
        && let Some(shown) = set_code(work, code.id).await?
    {
        let sender = notice::sender_to(work, &account.email).await?;
        let (to, name) = (&account.email, &account.name);
        let new = mail::login_code(&sender, to, name, code.purpose, &shown, LIFE_MINUTES);
        mail::enqueue(work, new).await?;
    }
    Ok(())
}

/// Makes the code of a request, as it is read; none when it has one already.
pub(super) async fn set_code(work: &mut Work, id: LoginCodeId) -> Result<Option<String>> {
    let digits = new_code(work.app.random());
    let code_mac = mac(work, id, &digits);
    let set = rows::set_code(&mut work.tx, id, code_mac).await?;
    Ok(set.then(|| shown(&digits)))
}

/// The accounts of an address that are not blocked, oldest first.
pub(super) async fn accounts(work: &mut Work, email_folded: &str) -> Result<Vec<Account>> {
    let mut all = account::list_by_email(&mut work.tx, email_folded, OF_ADDRESS_MAX).await?;
    all.retain(|account| !account.blocked);
    Ok(all)
}

/// The request that a cookie names, when the cookie is of the browser that asked.
pub(super) async fn of_cookie(work: &mut Work, cookie: &str) -> Result<LoginCode> {
    let gone = || not_found("code");
    let (id, secret) = cookie.split_once('.').ok_or_else(gone)?;
    let id = id.parse().map_err(|_| gone())?;
    let code = rows::find(&mut work.tx, id).await?.ok_or_else(gone)?;
    let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    if bool::from(hash.ct_eq(&code.flow_hash)) {
        Ok(code)
    } else {
        Err(gone())
    }
}

/// The request of a browser, for its page.
///
/// # Errors
/// Not found for every cookie that is not of this business's portal.
pub async fn asked(work: &mut Work, cookie: &str) -> Result<Asked> {
    let code = of_cookie(work, cookie).await?;
    let now = work.now;
    Ok(Asked {
        purpose: code.purpose,
        proven: is_proven(&code, now),
        is_open: code.expires_at_ms > now
            && code.proven_at_ms.is_none()
            && code.used_at_ms.is_none()
            && code.tries < TRIES_MAX,
        email: code.email,
    })
}

fn is_proven(code: &LoginCode, now: UnixMs) -> bool {
    code.used_at_ms.is_none() && code.proven_at_ms.is_some_and(|at| now.0 - at.0 < PROOF_MS)
}

/// Compares what was entered with the code. A try is taken before, so that of many at the same time no
/// more than [`TRIES_MAX`] are compared; the right one makes one proof.
///
/// # Errors
/// [`ServiceError::Unauthorized`] with what to do; not found without a request.
pub async fn prove(app: &App, business: BusinessId, cookie: &str, entered: &str) -> Result<Asked> {
    let mut work = app.begin(&App::system(business)).await?;
    let code = of_cookie(&mut work, cookie).await?;
    // A newer request takes over the tries of the one before: none may be taken beside it and not count.
    rows::order(&mut work.tx).await?;
    let now = work.now;
    let taken = rows::take_try(&mut work.tx, &code, TRIES_MAX, now).await?;
    work.commit().await?;
    let Some(stored) = taken else {
        return Err(ServiceError::Unauthorized(
            "This code is void: it is too old, was used, or there were too many wrong ones. Ask for a new one.".to_owned(),
        ));
    };
    let digits: String = entered.chars().filter(char::is_ascii_digit).collect();
    let mut work = app.begin(&App::system(business)).await?;
    let expected = mac(&work, code.id, &digits);
    // An address without an account has no code; the comparison is made all the same.
    let stored = stored.unwrap_or_else(|| vec![0; expected.len()]);
    let right = bool::from(expected.as_slice().ct_eq(&stored));
    if !right || !rows::set_proven(&mut work.tx, code.id, now).await? {
        return Err(ServiceError::Unauthorized(
            "That is not the code. Look at the latest mail, and enter its eight digits.".to_owned(),
        ));
    }
    work.commit().await?;
    Ok(Asked {
        purpose: code.purpose,
        email: code.email,
        proven: true,
        is_open: false,
    })
}

/// The accounts that a proof opens: all of the mailbox.
///
/// # Errors
/// A conflict without a good proof; not found without a request.
pub async fn offered(work: &mut Work, cookie: &str) -> Result<Vec<Account>> {
    let code = of_cookie(work, cookie).await?;
    if !is_proven(&code, work.now) {
        return Err(unproven());
    }
    accounts(work, &code.email_folded).await
}

fn unproven() -> ServiceError {
    conflict("Enter the code first, or ask for a new one.")
}

/// Spends a proof, in the work of what it allows.
///
/// # Errors
/// A conflict without a good proof for this purpose; not found without a request.
pub(super) async fn spend_request(
    work: &mut Work,
    cookie: &str,
    purpose: CodePurpose,
) -> Result<LoginCode> {
    let code = of_cookie(work, cookie).await?;
    let now = work.now;
    if code.purpose != purpose
        || !rows::set_used(&mut work.tx, code.id, now, now.plus_ms(-PROOF_MS)).await?
    {
        return Err(unproven());
    }
    Ok(code)
}

/// Spends a proof on one of the mailbox's accounts, in the work of what it allows. Answers with it and
/// with all of them.
async fn spend(
    work: &mut Work,
    cookie: &str,
    purpose: CodePurpose,
    chosen: AccountId,
) -> Result<(Account, Vec<Account>)> {
    let code = spend_request(work, cookie, purpose).await?;
    let all = accounts(work, &code.email_folded).await?;
    let account = all.iter().find(|account| account.id == chosen).cloned();
    Ok((account.ok_or(not_found("account"))?, all))
}

/// Logs in to one of the mailbox's accounts with a proof.
///
/// # Errors
/// A conflict without a good proof; not found for an account that is not the mailbox's.
pub async fn enter(
    app: &App,
    business: BusinessId,
    cookie: &str,
    chosen: AccountId,
    client: &Client,
) -> Result<Opened> {
    let mut work = app.begin(&App::system(business)).await?;
    let (account, all) = spend(&mut work, cookie, CodePurpose::LogIn, chosen).await?;
    let detail = "logged in by a mailed code";
    let opened = session::open(&mut work, &account, &all, client, detail).await?;
    work.commit().await?;
    Ok(opened)
}

/// Spends a proof on a session that is open already: a new one takes its place, and acts that need a
/// proof do not ask for a while.
///
/// # Errors
/// A conflict without a good proof; not found when the code went to another mailbox.
pub async fn prove_session(app: &App, who: &LoggedIn, cookie: &str) -> Result<Opened> {
    let mut work = app.begin(&App::system(who.business)).await?;
    spend(&mut work, cookie, CodePurpose::Prove, who.account.id).await?;
    let opened = session::renew(&mut work, who, "proved who they are by a mailed code").await?;
    work.commit().await?;
    Ok(opened)
}

/// Sets a new password for one of the mailbox's accounts with a proof, ends all its sessions and opens
/// a new one. Its owner is told by mail.
///
/// # Errors
/// As [`enter`]; with the field `password`.
pub async fn set_password(
    app: &App,
    business: BusinessId,
    cookie: &str,
    chosen: AccountId,
    new: &str,
    client: &Client,
) -> Result<Opened> {
    let mut checks = Checks::new();
    password::check(&mut checks, "password", new);
    checks.done()?;
    let hash = password::hash(app, new).await?;
    let mut work = app.begin(&App::system(business)).await?;
    let (account, all) = spend(&mut work, cookie, CodePurpose::Reset, chosen).await?;
    account::renew_password(&mut work.tx, account.id, &hash).await?;
    sessions::delete_of_account(&mut work.tx, account.id).await?;
    let sender = notice::sender_to(&mut work, &account.email).await?;
    let portal = notice::portal_address(&mut work, &sender.slug).await?;
    let told = mail::password_changed(&sender, &account.email, &account.name, &portal);
    mail::enqueue(&mut work, told).await?;
    work.actor = super::account::actor(business, &account);
    audit::record(
        &mut work,
        "account.password",
        "account",
        &account.id.to_string(),
        "set a new password with a mailed code",
    )
    .await?;
    let opened = session::open(
        &mut work,
        &account,
        &all,
        client,
        "logged in with the new password",
    )
    .await?;
    work.commit().await?;
    Ok(opened)
}

/// Removes requests that count for nothing any more. Answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    sign_up::clean_up(work).await?;
    Ok(rows::delete_old(&mut work.tx, work.now.plus_ms(-DAY_MS)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn codes_are_eight_digits() {
        let random = SeededRandom::new(7);
        for _ in 0..1_000 {
            let code = new_code(&random);
            assert!(
                code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()),
                "{code}"
            );
        }
        assert_eq!(shown("00123456"), "0012-3456");
    }
}
