//! Links by mail that log in, where a business has switched them on.
//!
//! A link is asked for like a code ([`super::login_code`]) and under the same budgets; it is void after 15
//! minutes, when it was used, and when anything newer was asked for. It works in any browser, for that is
//! its point, but on the portal's own host only. Opening its page spends nothing: mail scanners open
//! links. The page says which account it is about, and its button spends the link.

use domain::id::{AccountId, BusinessId, LoginCodeId};
use sha2::{Digest as _, Sha256};
use store::portal::login_code::{self as rows, LoginCode};
use subtle::ConstantTimeEq as _;

use domain::status::CodePurpose;

use super::account::Account;
use super::login_code::{LIFE_MINUTES, accounts};
use super::session::{self, Client, Opened};
use crate::app::App;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{seal, setting};
use crate::messaging::{mail, notice};
use crate::random::new_secret;
use crate::work::Work;

const PURPOSE: &str = "login link";

/// A link that is good, as its page shows it.
#[derive(Debug, Clone)]
pub struct GoodLink {
    /// The address it was mailed to.
    pub email: String,
    /// What it opens, oldest first; never empty.
    pub accounts: Vec<Account>,
}

/// Whether the log-in page offers links.
///
/// # Errors
/// As the database says.
pub async fn is_offered(work: &mut Work) -> Result<bool> {
    Ok(setting::get(work).await?.magic_links)
}

/// Refuses while links are switched off.
pub(super) async fn require_offered(work: &mut Work) -> Result<()> {
    if is_offered(work).await? {
        Ok(())
    } else {
        Err(ServiceError::Forbidden(
            "log-in links are switched off here".to_owned(),
        ))
    }
}

/// The keyed hash of a link's secret; it holds for one request, business and host.
fn mac(work: &Work, id: LoginCodeId, host: &str, secret: &str) -> [u8; 32] {
    let text = format!("{} {id} {host} {secret}", work.business());
    Sha256::digest(seal::fingerprint(&work.app, PURPOSE, &text).as_bytes()).into()
}

/// `http://localhost:8080/portal/x/` → `localhost:8080`.
fn host_of(address: &str) -> String {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    rest.split('/').next().unwrap_or_default().to_lowercase()
}

/// The address that is mailed; `next` is where it leads afterwards.
fn address(portal: &str, id: LoginCodeId, secret: &str, next: Option<&str>) -> String {
    let link = format!("{portal}link/{id}.{secret}");
    match next {
        Some(next) => {
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("{link}?next={next}")
        }
        None => link,
    }
}

/// Makes the link of a request and mails it, if its address has an account that is not blocked.
pub(super) async fn write(work: &mut Work, code: &LoginCode, next: Option<&str>) -> Result<()> {
    let all = accounts(work, &code.email_folded).await?;
    let Some(account) = all.first() else {
        return Ok(());
    };
    let sender = notice::sender_to(work, &account.email).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let secret = new_secret(work.app.random());
    let kept = mac(work, code.id, &host_of(&portal), &secret);
    if rows::set_code(&mut work.tx, code.id, kept).await? {
        let link = address(&portal, code.id, &secret, next);
        let new = mail::login_link(&sender, &account.email, &account.name, &link, LIFE_MINUTES);
        mail::enqueue(work, new).await?;
    }
    Ok(())
}

/// The request behind a link's last part, when this installation wrote it for this business and host.
async fn of_token(work: &mut Work, token: &str, host: &str) -> Result<LoginCode> {
    let gone = || not_found("link");
    let (id, secret) = token.split_once('.').ok_or_else(gone)?;
    let id = id.parse().map_err(|_| gone())?;
    let code = rows::find(&mut work.tx, id)
        .await?
        .filter(|code| code.purpose == CodePurpose::Link)
        .ok_or_else(gone)?;
    let expected = mac(work, id, host, secret);
    let stored = code.code_mac.as_deref().unwrap_or_default();
    if bool::from(expected.as_slice().ct_eq(stored)) {
        Ok(code)
    } else {
        Err(gone())
    }
}

fn void() -> ServiceError {
    conflict(
        "This link is void: it is older than 15 minutes, was used, or a newer mail came after it.",
    )
}

/// What a link opens, for its page. Changes nothing.
///
/// # Errors
/// Not found for a text that is no link of this portal; a conflict when it is void.
pub async fn look(work: &mut Work, token: &str, host: &str) -> Result<GoodLink> {
    let code = of_token(work, token, host).await?;
    let newest = rows::newest(&mut work.tx, &code.email_folded).await?;
    let good = code.expires_at_ms > work.now
        && code.used_at_ms.is_none()
        && newest.is_some_and(|newest| newest.id == code.id)
        && is_offered(work).await?;
    let accounts = accounts(work, &code.email_folded).await?;
    if !good || accounts.is_empty() {
        return Err(void());
    }
    Ok(GoodLink {
        email: code.email,
        accounts,
    })
}

/// Spends a link on one of its accounts and opens a session.
///
/// # Errors
/// As [`look`]; not found for an account that is not the mailbox's.
pub async fn enter(
    app: &App,
    business: BusinessId,
    token: &str,
    chosen: AccountId,
    client: &Client,
) -> Result<Opened> {
    let mut work = app.begin(&App::system(business)).await?;
    let GoodLink { accounts, .. } = look(&mut work, token, &client.host).await?;
    let account = accounts
        .iter()
        .find(|account| account.id == chosen)
        .ok_or(not_found("account"))?;
    let code = of_token(&mut work, token, &client.host).await?;
    let now = work.now;
    if !rows::use_link(&mut work.tx, &code, now).await? {
        // Another request was quicker.
        return Err(void());
    }
    let detail = "logged in by a mailed link";
    let opened = session::open(&mut work, account, &accounts, client, detail).await?;
    work.commit().await?;
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_addresses() {
        assert_eq!(host_of("http://localhost:8080/portal/x/"), "localhost:8080");
        assert_eq!(
            host_of("https://Partners.example.com/"),
            "partners.example.com"
        );
    }
}
