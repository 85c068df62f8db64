//! The second step of a log-in, of portal accounts and of staff: the secret of an authenticator app, and
//! codes for when it is lost. An account's belong to its business, a member of staff's to no business.

use domain::time::UnixMs;

pub use super::holder::Holder;
use super::holder::{execute, fetch_optional};
use crate::db::{Result, Single, Tx};
use crate::{args, record};

record! {
    /// The secret of an authenticator app.
    pub struct Totp {
        /// The secret, sealed.
        pub sealed: Vec<u8>,
        /// The last time step of which a code was used.
        pub step: i64,
        /// When it was set up to the end; before, it does not count.
        pub confirmed_at_ms: Option<UnixMs>,
    }
}

/// The two texts of a statement: one with and one without a business.
macro_rules! pair {
    ($name:literal) => {
        (
            include_str!(concat!("two_step/account_", $name, ".sql")),
            include_str!(concat!("two_step/staff_", $name, ".sql")),
        )
    };
}

/// The secret, confirmed or not.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, holder: Holder) -> Result<Option<Totp>> {
    fetch_optional(tx, holder, pair!("find"), args![]).await
}

/// Sets a secret that is to be confirmed; false when one is confirmed already, which stays.
///
/// # Errors
/// As the database says.
pub async fn set(tx: &mut Tx, holder: Holder, sealed: Vec<u8>, now: UnixMs) -> Result<bool> {
    Ok(execute(tx, holder, pair!("set"), args![sealed, now]).await? == 1)
}

/// Takes one of the tries that there are since `window_since`; none when they are used up.
///
/// # Errors
/// As the database says.
pub async fn take_try(
    tx: &mut Tx,
    holder: Holder,
    window_since: UnixMs,
    now: UnixMs,
    tries_max: i64,
) -> Result<Option<Totp>> {
    let values = args![window_since, now, tries_max];
    fetch_optional(tx, holder, pair!("take_try"), values).await
}

/// Uses up a time step and gives the tries back; false when it or a later one was used before.
///
/// # Errors
/// As the database says.
pub async fn use_step(tx: &mut Tx, holder: Holder, step: i64) -> Result<bool> {
    Ok(execute(tx, holder, pair!("use_step"), args![step]).await? == 1)
}

/// Notes that the secret is set up to the end; false when it was before.
///
/// # Errors
/// As the database says.
pub async fn confirm(tx: &mut Tx, holder: Holder, now: UnixMs) -> Result<bool> {
    Ok(execute(tx, holder, pair!("confirm"), args![now]).await? == 1)
}

/// Removes the secret and all recovery codes.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, holder: Holder) -> Result<()> {
    execute(tx, holder, pair!("delete"), args![]).await?;
    execute(tx, holder, pair!("delete_codes"), args![]).await?;
    Ok(())
}

/// Puts these recovery codes, as keyed hashes, in the place of all others.
///
/// # Errors
/// As the database says.
pub async fn set_codes(tx: &mut Tx, holder: Holder, macs: &[String]) -> Result<()> {
    execute(tx, holder, pair!("delete_codes"), args![]).await?;
    for mac in macs {
        execute(tx, holder, pair!("add_code"), args![mac]).await?;
    }
    Ok(())
}

/// Uses a recovery code up; false when there is none of this keyed hash.
///
/// # Errors
/// As the database says.
pub async fn use_code(tx: &mut Tx, holder: Holder, mac: &str) -> Result<bool> {
    Ok(execute(tx, holder, pair!("use_code"), args![mac]).await? == 1)
}

/// How many recovery codes are left.
///
/// # Errors
/// As the database says.
pub async fn count_codes(tx: &mut Tx, holder: Holder) -> Result<i64> {
    let count: Option<Single<i64>> =
        fetch_optional(tx, holder, pair!("count_codes"), args![]).await?;
    Ok(count.map_or(0, |count| count.0))
}
