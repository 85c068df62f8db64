//! Passwords: the rule for new ones, argon2id, and a comparison that takes as long for nobody as
//! for somebody.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError};

/// Characters a new password has at least (OWASP ASVS 5.0, 6.2.1).
pub const LENGTH_MIN: usize = 8;
/// Characters a password has at most: long enough for any phrase, short enough to hash.
pub const LENGTH_MAX: usize = 200;

/// What a hash costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// OWASP's second recommended setting: 19 MiB, two passes, one lane.
const FULL: Cost = Cost {
    memory_kib: 19_456,
    passes: 2,
};
/// The least that argon2 takes; see [`crate::trial::Trial::hash_lightly`].
const LEAST: Cost = Cost {
    memory_kib: 8,
    passes: 1,
};
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Salt and output of a hash that no password has: the output is all zeros.
const NOBODY: &str = "bm9ib2R5J3Mgc2FsdC4$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Guesses a password must be worth: the ten thousands that everybody tries are worth fewer.
const GUESSES_MIN: u64 = 100_000;
/// Characters up to which a password is looked up; no common one is longer.
const LOOKED_UP_MAX: usize = 32;
/// Words that are near at hand here.
const OURS: &[&str] = &["tributary", "affiliate", "portal", "commission", "referral"];

/// Checks a new password: its length, and that it is not one of those everybody tries (ASVS 6.2.4), nor
/// one of them with a capital or a digit more. Every place that sets a password asks here.
pub fn check(checks: &mut Checks, field: &str, password: &str) {
    let length = password.chars().count();
    if length < LENGTH_MIN {
        checks.fail(field, format!("needs at least {LENGTH_MIN} characters"));
    } else if length > LENGTH_MAX {
        checks.fail(field, format!("has more than {LENGTH_MAX} characters"));
    } else if password.contains('\0') {
        checks.fail(field, "must not contain control characters");
    } else if is_one_letter(password) || is_common(password, length) {
        checks.fail(
            field,
            "is one of the passwords that everybody tries; choose a less common one",
        );
    }
}

fn is_one_letter(password: &str) -> bool {
    let mut letters = password.chars();
    let first = letters.next();
    letters.all(|letter| Some(letter) == first)
}

fn is_common(password: &str, length: usize) -> bool {
    length <= LOOKED_UP_MAX && zxcvbn::zxcvbn(password, OURS).guesses() < GUESSES_MIN
}

impl Cost {
    fn of(app: &App) -> Self {
        if app.trial().hashes_lightly() {
            LEAST
        } else {
            FULL
        }
    }

    fn argon2(self) -> Result<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, LANES, None).map_err(defect)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// A hash of this cost that no password has.
    fn nobody(self) -> String {
        let Self { memory_kib, passes } = self;
        format!("$argon2id$v=19$m={memory_kib},t={passes},p={LANES}${NOBODY}")
    }
}

fn defect(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(format!("password hashing: {error}"))
}

/// Hashes a password for storage, as PHC text. Queues behind [`App::hashing`].
///
/// # Errors
/// When hashing itself fails, which is a defect.
pub async fn hash(app: &App, password: &str) -> Result<String> {
    let mut salt = [0; SALT_BYTES];
    app.random().fill(&mut salt);
    let (password, cost) = (password.to_owned(), Cost::of(app));
    let turn = app.hashing().acquire_owned().await.map_err(defect)?;
    let work = move || {
        // Held until the work has ended, also when nobody waits for it any more.
        let _turn = turn;
        Ok(cost
            .argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(defect)?
            .to_string())
    };
    tokio::task::spawn_blocking(work).await.map_err(defect)?
}

/// Whether the password is the one of this hash. Without a hash (nobody of that name) the same
/// work is done and the answer is no, so that time tells nothing.
///
/// # Errors
/// When hashing itself fails, which is a defect.
pub async fn verify(app: &App, password: &str, hash: Option<&str>) -> Result<bool> {
    let known = hash.is_some() && password.chars().count() <= LENGTH_MAX;
    let cost = Cost::of(app);
    let hash = hash.map_or_else(|| cost.nobody(), str::to_owned);
    let password: String = password.chars().take(LENGTH_MAX).collect();
    let turn = app.hashing().acquire_owned().await.map_err(defect)?;
    let work = move || {
        // Held until the work has ended, also when nobody waits for it any more.
        let _turn = turn;
        Ok::<_, ServiceError>(
            cost.argon2()?
                .verify_password(password.as_bytes(), hash.as_str())
                .is_ok(),
        )
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(defect)?? && known)
}

/// Compares a password with several hashes, one after the other and always `times` times, in the order given;
/// without a hash, and beyond them, with nobody's.
///
/// # Errors
/// When the process cannot hash.
pub async fn verify_all(
    app: &App,
    password: &str,
    mut hashes: Vec<Option<String>>,
    times: usize,
) -> Result<Vec<bool>> {
    hashes.resize(times, None);
    let mut found = Vec::with_capacity(times);
    for hash in hashes {
        found.push(verify(app, password, hash.as_deref()).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Trial;

    fn refused(password: &str) -> bool {
        let mut checks = Checks::new();
        check(&mut checks, "password", password);
        checks.failed()
    }

    #[test]
    fn the_rule() {
        for bad in [
            "",
            "short12",
            "Password1",
            "QWERTYUIOP",
            "p@ssw0rd",
            "1q2w3e4r",
            "letmein123",
            "iloveyou2",
            "0123456789",
            "19901990",
            "Tributary1",
            "affiliate12",
            "aaaaaaaaaaaa",
            "tr\0butary-2026",
            &"x1".repeat(101),
        ] {
            assert!(refused(bad), "{bad:?}");
        }
        for good in [
            "correct horse",
            "g4rden-gate",
            &"x1".repeat(100),
            "пароль-длинный",
        ] {
            assert!(!refused(good), "{good:?}");
        }
    }

    #[test]
    fn hashes_are_light_only_where_a_test_asks_for_it() {
        let trial = Trial::default();
        assert!(!trial.hashes_lightly());
        trial.hash_lightly(true);
        assert_eq!(trial.hashes_lightly(), cfg!(debug_assertions));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let hash = FULL
            .argon2()
            .unwrap()
            .hash_password_with_salt(b"correct horse", &[7; SALT_BYTES])
            .unwrap()
            .to_string();
        let cost = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(cost(&hash), cost(&FULL.nobody()));
        assert!(
            FULL.argon2()
                .unwrap()
                .verify_password(b"correct horse", hash.as_str())
                .is_ok()
        );
        let refused = FULL
            .argon2()
            .unwrap()
            .verify_password(b"correct horse", FULL.nobody().as_str());
        assert_eq!(
            refused,
            Err(argon2::password_hash::Error::PasswordInvalid),
            "compared, not unreadable"
        );
    }
}
