//! Failed log-ins slow the next try of the same account down, and never shut anyone out.
//!
//! A browser that has logged in before carries a signed mark; its tries are counted apart, so
//! that a stranger who guesses at an account cannot keep its owner waiting.

use domain::time::UnixMs;
use store::identity::log_in::{self, Attempts};

use super::seal;
use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::random::new_secret;

/// Seconds to wait after the first, second … failure in a row; the last stands for all further ones.
const WAITS_S: &[i64] = &[1, 3, 5, 10, 15, 20, 30];
/// After this long without a try the count begins anew: 15 minutes.
const FORGOTTEN_AFTER_MS: i64 = 15 * 60 * 1000;
const MARK: &str = "known browser";

/// Whose tries are counted: `realm` is `staff` or a portal, `name` the folded address. `mark` is
/// what [`mark`] gave this browser earlier, if it shows one.
#[must_use]
pub fn account(app: &App, realm: &str, name: &str, mark: Option<&str>) -> String {
    let person = format!("{realm} {name}");
    let known = mark
        .and_then(|mark| seal::open(app, MARK, mark))
        .and_then(|payload| {
            let (nonce, fingerprint) = payload.split_once(' ')?;
            (fingerprint == seal::fingerprint(app, MARK, &person)).then(|| nonce.to_owned())
        });
    // Hashed, so that what people type by mistake (a password, say) is not kept.
    match known {
        Some(nonce) => seal::fingerprint(
            app,
            "log-in of a known browser",
            &format!("{person} {nonce}"),
        ),
        None => seal::fingerprint(app, "log-in", &person),
    }
}

/// The mark of a browser that has logged in as this person; goes into a long-lived cookie.
#[must_use]
pub fn mark(app: &App, realm: &str, name: &str) -> String {
    let person = format!("{realm} {name}");
    let nonce: String = new_secret(app.random()).chars().take(16).collect();
    seal::close(
        app,
        MARK,
        &format!("{nonce} {}", seal::fingerprint(app, MARK, &person)),
    )
}

/// Takes a try: counts it as failed beforehand, so that tries at the same time cannot all pass.
/// Ends with [`passed`] when the password was right.
///
/// # Errors
/// [`ServiceError::TooMany`] while the account has to wait.
pub async fn take_turn(app: &App, account: &str) -> Result<()> {
    let now = app.now();
    let mut tx = app.db().system_write().await?;
    let before = log_in::get(&mut tx, account).await?;
    let wait_ms = before.next_at_ms.0 - now.0;
    if wait_ms > 0 {
        return Err(ServiceError::TooMany {
            retry_after_s: (wait_ms + 999) / 1000,
        });
    }
    if !log_in::set(&mut tx, account, &before, &after_failure(&before, now)).await? {
        return Err(ServiceError::TooMany {
            retry_after_s: WAITS_S[0],
        });
    }
    tx.commit().await?;
    Ok(())
}

/// The password was right: nothing to wait for any more.
///
/// # Errors
/// As the database says.
pub async fn passed(app: &App, account: &str) -> Result<()> {
    let mut tx = app.db().system_write().await?;
    log_in::delete(&mut tx, account).await?;
    log_in::delete_old(&mut tx, app.now().plus_ms(-FORGOTTEN_AFTER_MS)).await?;
    tx.commit().await?;
    Ok(())
}

fn after_failure(before: &Attempts, now: UnixMs) -> Attempts {
    let failures = if now.0 - before.next_at_ms.0 > FORGOTTEN_AFTER_MS {
        0
    } else {
        before.failures
    };
    let step = usize::try_from(failures)
        .unwrap_or(0)
        .min(WAITS_S.len() - 1);
    Attempts {
        failures: failures + 1,
        next_at_ms: now.plus_ms(WAITS_S[step] * 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_forgotten() {
        let mut state = Attempts {
            failures: 0,
            next_at_ms: UnixMs(0),
        };
        let mut now = UnixMs(1_000_000_000);
        let mut waits = Vec::new();
        for _ in 0..9 {
            state = after_failure(&state, now);
            waits.push((state.next_at_ms.0 - now.0) / 1000);
            now = state.next_at_ms;
        }
        assert_eq!(waits, [1, 3, 5, 10, 15, 20, 30, 30, 30]);
        state = after_failure(&state, now.plus_ms(FORGOTTEN_AFTER_MS + 1));
        assert_eq!(state.failures, 1);
    }
}
