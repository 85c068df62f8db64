//! A call that carries an Idempotency-Key has one effect, however often it is sent.
//!
//! The key is taken in the transaction of the effect and its answer kept there, so that either both
//! are stored or neither. A repetition gets the kept answer; the same key with another call is refused.

use domain::time::DAY_MS;
use store::identity::idempotency;

use crate::error::{Result, ServiceError, invalid};
use crate::work::Work;

/// The longest key in bytes, as other payment interfaces have it.
pub const KEY_BYTES_MAX: usize = 255;

/// How long an answer is kept: long enough for a queue that was stuck over a night and a day.
pub const KEPT_MS: i64 = 2 * DAY_MS;

/// One call in so many, drawn by lot, forgets a hundred old keys: more than were taken since the last one did.
const FORGETS_EVERY: u8 = 16;

/// The header, as errors name it.
pub const HEADER: &str = "Idempotency-Key";

/// A call, as its repetition is recognised.
#[derive(Debug, Clone)]
pub struct Call {
    /// What the client sent in the header.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of the body as it came.
    pub body_hash: [u8; 32],
}

/// What was answered the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The JSON text.
    pub body: String,
}

/// Checks the text of a key: 1 to 255 visible ASCII characters.
///
/// # Errors
/// [`ServiceError::Invalid`] that names the header.
pub fn check(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Err(invalid(HEADER, "needs 1 to 255 characters"));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid(
            HEADER,
            "must be visible ASCII characters without spaces",
        ));
    }
    Ok(())
}

/// Takes the key for this work, or answers with what the first call was answered.
///
/// # Errors
/// [`ServiceError::Invalid`] when the key was used for another call, [`ServiceError::Conflict`]
/// when the first one has not ended.
pub async fn claim(work: &mut Work, call: &Call) -> Result<Option<Reply>> {
    let kept_since = work.now.plus_ms(-KEPT_MS);
    let mut draw = [0];
    work.app.random().fill(&mut draw);
    if draw[0].is_multiple_of(FORGETS_EVERY) {
        idempotency::forget(&mut work.tx, kept_since).await?;
    }
    if idempotency::claim(
        &mut work.tx,
        &call.key,
        &call.route,
        call.body_hash,
        work.now,
        kept_since,
    )
    .await?
    {
        return Ok(None);
    }
    let Some(first) = idempotency::find(&mut work.tx, &call.key).await? else {
        return Err(running());
    };
    if first.route != call.route || first.body_hash != call.body_hash {
        return Err(invalid(
            HEADER,
            "was used for another call before; take a new one for each call",
        ));
    }
    match u16::try_from(first.status) {
        Ok(status) if status > 0 => Ok(Some(Reply {
            status,
            body: first.reply,
        })),
        _ => Err(running()),
    }
}

/// Keeps the answer for repetitions, in the same transaction as the effect.
///
/// # Errors
/// As the database says.
pub async fn keep(work: &mut Work, call: &Call, reply: &Reply) -> Result<()> {
    Ok(idempotency::keep(
        &mut work.tx,
        &call.key,
        i64::from(reply.status),
        &reply.body,
    )
    .await?)
}

/// The first call with this key has not ended.
#[must_use]
pub fn running() -> ServiceError {
    ServiceError::Conflict(
        "the first call with this Idempotency-Key is still running; try again shortly".to_owned(),
    )
}
