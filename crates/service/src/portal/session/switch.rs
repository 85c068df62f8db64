//! The accounts of one address, and going on as another of them.

use domain::id::AccountId;
use domain::text::fold;
use domain::time::UnixMs;
use store::portal::{account, session};

use super::open::{Standing, open_as};
use super::{Client, LoggedIn, Opened};
use crate::app::App;
use crate::error::{Result, not_found};
use crate::identity::two_step::{self, Holder};
use crate::portal::account::{Account, OF_ADDRESS_MAX};
use crate::work::Work;

/// The accounts of the person's address, as far as their session tells.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Those the session may switch to, its own among them.
    pub open: Vec<Account>,
    /// Whether the address has accounts that the session's proof did not open.
    pub more: bool,
}

/// The accounts that a session may switch to. An account that has got another address since is not
/// among them.
///
/// # Errors
/// As the database says.
pub async fn accounts(work: &mut Work, who: &LoggedIn) -> Result<Accounts> {
    let folded = fold(&who.account.email);
    let mut open = session::reach(&mut work.tx, who.session.id).await?;
    open.retain(|account| !account.blocked && fold(&account.email) == folded);
    if !open.iter().any(|account| account.id == who.account.id) {
        open.push(who.account.clone());
    }
    let mut all = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    all.retain(|account| !account.blocked);
    let more = all
        .iter()
        .any(|account| !open.iter().any(|known| known.id == account.id));
    Ok(Accounts { open, more })
}

/// Whether the account's address has others, too.
///
/// # Errors
/// As the database says.
pub async fn has_others(work: &mut Work, account: &Account) -> Result<bool> {
    let folded = fold(&account.email);
    let all = account::list_by_email(&mut work.tx, &folded, OF_ADDRESS_MAX).await?;
    Ok(all
        .iter()
        .any(|other| other.id != account.id && !other.blocked))
}

/// Goes on as another account that the session's proof opened: a new session in place of the old one, as
/// old as that. It counts as not proven lately.
///
/// # Errors
/// Not found for an account that the proof did not open.
pub async fn switch(app: &App, who: &LoggedIn, to: AccountId, client: &Client) -> Result<Opened> {
    let mut work = app.begin(&who.actor()).await?;
    let reach = accounts(&mut work, who).await?.open;
    let account = reach
        .iter()
        .find(|account| account.id == to)
        .ok_or(not_found("account"))?;
    session::delete(&mut work.tx, who.session.id).await?;
    // What was proven of the one account is not proven of the other: acts that need it ask again.
    let standing = Standing {
        created_at_ms: who.session.created_at_ms,
        proven_at_ms: UnixMs(0),
        second_step: two_step::is_on(&mut work, Holder::Account(to)).await?,
    };
    let detail = format!("switched from {}", who.account.name);
    let opened = open_as(&mut work, account, &reach, client, &detail, standing).await?;
    work.commit().await?;
    Ok(opened)
}
