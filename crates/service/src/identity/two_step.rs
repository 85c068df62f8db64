//! The second step of a log-in, for people of portals and for staff: the code of an authenticator app
//! (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), or one of ten recovery codes.
//!
//! The secret is sealed, recovery codes are kept as keyed hashes. A code counts in its own time step and
//! the ones beside it, once: the step that was used, and all before it, are refused. A try is taken before
//! anything is compared, five in a quarter of an hour.
//!
//! A log-in of somebody with a second step makes a session that waits for it (`second_step`): it opens
//! nothing but the page that asks for the code, and is replaced by a whole one when that is right.

use data_encoding::BASE32_NOPAD;
use domain::time::UnixMs;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use store::identity::two_step as rows;
pub use store::identity::two_step::Holder;
use subtle::ConstantTimeEq as _;

use super::{audit, seal, vault};
use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError, conflict, invalid};
use crate::random::{Random, new_code};
use crate::work::Work;

/// Recovery codes that are made.
pub const RECOVERY_CODES: usize = 10;
/// Tries in [`WINDOW_MS`].
pub const TRIES_MAX: i64 = 5;
/// The quarter of an hour in which tries are counted.
pub const WINDOW_MS: i64 = 15 * 60_000;

const STEP_MS: i64 = 30_000;
const DIGITS: u32 = 1_000_000;
/// Steps before and after the present one whose codes count: clocks differ, and people take their time.
const STEPS_BESIDE: i64 = 1;
/// What RFC 4226 recommends: as long as the hash.
const SECRET_BYTES: usize = 20;
/// Letters and digits of a recovery code: 50 bits.
const RECOVERY_LENGTH: usize = 10;
const PURPOSE: &str = "totp secret";

/// How somebody's second step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether log-ins ask for it.
    pub on: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// A secret as an authenticator app takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// In base32, groups of four.
    pub text: String,
    /// The `otpauth://` address for the QR code.
    pub address: String,
}

/// The six digits of a secret in a time step.
fn code(secret: &[u8], step: i64) -> Result<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret)
        .map_err(|_| ServiceError::Internal("a secret of no length".to_owned()))?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // The last four bits say where to read four bytes, without the sign (RFC 4226, 5.3).
    let at = usize::from(hash[hash.len() - 1] & 15);
    let number = hash[at..at + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    Ok((number & 0x7fff_ffff) % DIGITS)
}

/// The step whose code this is, of the present one and those beside it.
fn step_of(secret: &[u8], digits: &str, now: UnixMs) -> Result<Option<i64>> {
    let present = now.0.div_euclid(STEP_MS);
    let mut found = None;
    for step in present - STEPS_BESIDE..=present + STEPS_BESIDE {
        let expected = format!("{:06}", code(secret, step)?);
        if bool::from(expected.as_bytes().ct_eq(digits.as_bytes())) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// What a sealed secret or a recovery code is bound to.
fn owner(work: &Work, holder: Holder) -> String {
    match holder {
        Holder::Account(id) => format!("{} {id}", work.business()),
        Holder::Staff(id) => format!("staff {id}"),
    }
}

fn recovery_mac(work: &Work, holder: Holder, plain: &str) -> String {
    let text = format!("{} {plain}", owner(work, holder));
    seal::fingerprint(&work.app, "recovery code", &text)
}

fn open(work: &Work, holder: Holder, sealed: &[u8]) -> Result<Vec<u8>> {
    let text = vault::open_text(&work.app, PURPOSE, &owner(work, holder), sealed)?;
    BASE32_NOPAD
        .decode(text.as_bytes())
        .map_err(|error| ServiceError::Internal(format!("totp secret: {error}")))
}

/// Whether log-ins of this person ask for a second step.
///
/// # Errors
/// As the database says.
pub async fn is_on(work: &mut Work, holder: Holder) -> Result<bool> {
    Ok(rows::find(&mut work.tx, holder)
        .await?
        .is_some_and(|totp| totp.confirmed_at_ms.is_some()))
}

/// How the second step of a person stands.
///
/// # Errors
/// As the database says.
pub async fn standing(work: &mut Work, holder: Holder) -> Result<Standing> {
    Ok(Standing {
        on: is_on(work, holder).await?,
        codes_left: rows::count_codes(&mut work.tx, holder).await?,
    })
}

/// Makes a secret that waits for its first code: [`check_first`], then [`turn_on`]. One that was not confirmed is forgotten.
///
/// # Errors
/// A conflict when one is confirmed already.
pub async fn begin(work: &mut Work, holder: Holder) -> Result<()> {
    let mut bytes = [0; SECRET_BYTES];
    work.app.random().fill(&mut bytes);
    let text = BASE32_NOPAD.encode(&bytes);
    let now = work.now;
    let sealed = vault::seal_text(&work.app, PURPOSE, &owner(work, holder), &text)?;
    if rows::set(&mut work.tx, holder, sealed, now).await? {
        return Ok(());
    }
    Err(conflict("Two-step log-in is on already."))
}

/// The secret that waits to be confirmed, for its page. `issuer` is the business, `name` the person's
/// address: the app shows both.
///
/// # Errors
/// A conflict when none waits.
pub async fn waiting(work: &mut Work, holder: Holder, issuer: &str, name: &str) -> Result<Secret> {
    let totp = rows::find(&mut work.tx, holder)
        .await?
        .filter(|totp| totp.confirmed_at_ms.is_none())
        .ok_or_else(|| conflict("Nothing waits to be confirmed."))?;
    let text = BASE32_NOPAD.encode(&open(work, holder, &totp.sealed)?);
    let mut address = url::Url::parse("otpauth://totp/")
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    address.set_path(&format!("/{}:{name}", issuer.replace(':', " ")));
    // Spaces as %20: apps do not read a plus.
    let issuer_text: String = form_encoded(issuer);
    address.set_query(Some(&format!("secret={text}&issuer={issuer_text}")));
    Ok(Secret {
        text: domain::iban::grouped(&text),
        address: address.to_string(),
    })
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn form_encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Right,
    Wrong,
    NoTries,
}

/// Takes a try, in a transaction of its own, so that it counts whatever comes after.
async fn try_code(work: &mut Work, holder: Holder, entered: &str, recovery: bool) -> Result<Found> {
    let mut counted = work.app.db().write(work.business()).await?;
    let since = work.now.plus_ms(-WINDOW_MS);
    let totp = rows::take_try(&mut counted, holder, since, work.now, TRIES_MAX).await?;
    let Some(totp) = totp else {
        return Ok(Found::NoTries);
    };
    let plain: String = entered
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let right = if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
        let secret = open(work, holder, &totp.sealed)?;
        match step_of(&secret, &plain, work.now)? {
            Some(step) => rows::use_step(&mut counted, holder, step).await?,
            None => false,
        }
    } else if recovery && plain.len() == RECOVERY_LENGTH {
        let mac = recovery_mac(work, holder, &plain);
        rows::use_code(&mut counted, holder, &mac).await?
    } else {
        false
    };
    counted.commit().await?;
    Ok(if right { Found::Right } else { Found::Wrong })
}

/// Compares a code of the app, or a recovery code, and uses it up.
///
/// # Errors
/// Invalid with the field `code`; [`ServiceError::TooMany`] when the tries are used up.
pub async fn check(app: &App, actor: &Actor, holder: Holder, entered: &str) -> Result<()> {
    let mut work = app.view(actor).await?;
    answer(try_code(&mut work, holder, entered, true).await?)
}

fn answer(found: Found) -> Result<()> {
    match found {
        Found::Right => Ok(()),
        Found::Wrong => Err(invalid(
            "code",
            "That is not the code, or it was used before. Wait for the next one of your app.",
        )),
        Found::NoTries => Err(ServiceError::TooMany {
            retry_after_s: WINDOW_MS / 1000,
        }),
    }
}

/// Compares the first code of a secret that waits to be confirmed; [`turn_on`] follows.
///
/// # Errors
/// As [`check`]; a conflict when the second step is on.
pub async fn check_first(app: &App, actor: &Actor, holder: Holder, entered: &str) -> Result<()> {
    let mut work = app.view(actor).await?;
    if is_on(&mut work, holder).await? {
        return Err(conflict("Two-step log-in is on already."));
    }
    answer(try_code(&mut work, holder, entered, false).await?)
}

/// Turns the second step on, and makes the recovery codes, which are shown this once.
///
/// # Errors
/// A conflict when nothing waits to be confirmed.
pub async fn turn_on(work: &mut Work, holder: Holder) -> Result<Vec<String>> {
    let now = work.now;
    if !rows::confirm(&mut work.tx, holder, now).await? {
        return Err(conflict("Nothing waits to be confirmed."));
    }
    let codes = new_codes(work, holder).await?;
    record(work, holder, "two_step.on", "turned two-step log-in on").await?;
    Ok(codes)
}

/// Puts ten new recovery codes in the place of the old ones; they are shown this once.
///
/// # Errors
/// A conflict when the second step is off.
pub async fn renew_codes(work: &mut Work, holder: Holder) -> Result<Vec<String>> {
    if !is_on(work, holder).await? {
        return Err(conflict("Two-step log-in is off."));
    }
    let codes = new_codes(work, holder).await?;
    record(work, holder, "two_step.codes", "made new recovery codes").await?;
    Ok(codes)
}

/// Turns the second step off, or forgets a secret that waits to be confirmed. Answers whether it was on.
///
/// # Errors
/// As the database says.
pub async fn turn_off(work: &mut Work, holder: Holder) -> Result<bool> {
    let was_on = is_on(work, holder).await?;
    rows::delete(&mut work.tx, holder).await?;
    if was_on {
        record(work, holder, "two_step.off", "turned two-step log-in off").await?;
    }
    Ok(was_on)
}

async fn new_codes(work: &mut Work, holder: Holder) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| recovery_code(work.app.random()))
        .collect();
    let macs: Vec<String> = codes
        .iter()
        .map(|code| recovery_mac(work, holder, &code.replace('-', "")))
        .collect();
    rows::set_codes(&mut work.tx, holder, &macs).await?;
    Ok(codes)
}

/// `k3f7q-2mxab`.
fn recovery_code(random: &dyn Random) -> String {
    let text = new_code(random, RECOVERY_LENGTH);
    let (front, back) = text.split_at(RECOVERY_LENGTH / 2);
    format!("{front}-{back}")
}

/// Notes what a person did with what they log in by.
pub(super) async fn record(
    work: &mut Work,
    holder: Holder,
    action: &'static str,
    detail: &str,
) -> Result<()> {
    let (subject, id) = match holder {
        Holder::Account(id) => ("account", id.to_string()),
        Holder::Staff(id) => ("staff", id.to_string()),
    };
    audit::record(work, action, subject, &id, detail).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn codes_follow_the_standard() {
        // RFC 6238, appendix B, with the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (second, expected) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code(secret, second / 30).unwrap(), expected, "{second}");
        }
    }

    #[test]
    fn a_code_counts_in_its_step_and_beside_it() {
        let secret = b"12345678901234567890";
        let now = |second: i64| UnixMs(second * 1000);
        // The code of second 59 is that of the step from 30 to 60.
        for (second, good) in [(0, true), (29, true), (59, true), (89, true), (90, false)] {
            let step = step_of(secret, "287082", now(second)).unwrap();
            assert_eq!(step, good.then_some(1), "{second}");
        }
        assert_eq!(step_of(secret, "", now(59)).unwrap(), None);
    }

    #[test]
    fn recovery_codes_read_well() {
        let code = recovery_code(&SeededRandom::new(7));
        assert_eq!(code.len(), 11);
        assert_eq!(&code[5..6], "-");
    }
}
