//! What the sessions of staff and of portal accounts have in common: how a cookie names one and shows that it is
//! the person's, how long one lives, what is kept of the browser. Each kind has a table, a type and a cookie of its
//! own, so that none opens a session of the other.

use std::fmt;

use domain::id::{BusinessId, SessionId};
use domain::time::UnixMs;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::error::Result;
use crate::identity::audit;
use crate::work::Work;

/// How long a session waits for the second step of its log-in; meanwhile it is not noted as used.
const WAIT_MS: i64 = 15 * 60_000;
/// Characters of the browser's name that are kept.
const USER_AGENT_MAX: usize = 300;

/// What the cookie of a session says: `<business code>.<session id>.<secret>`.
pub(crate) struct Token<'a> {
    /// The business it is for.
    pub(crate) business: BusinessId,
    /// The session.
    pub(crate) id: SessionId,
    /// What only the person's cookie holds.
    pub(crate) secret: &'a str,
}

impl<'a> Token<'a> {
    /// Reads a cookie; none when it is another text.
    pub(crate) fn read(cookie: &'a str) -> Option<Self> {
        let mut parts = cookie.splitn(3, '.');
        let (business, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            business: BusinessId::from_code(business)?,
            id: id.parse().ok()?,
            secret,
        })
    }

    /// Whether its secret is the one that is stored.
    pub(crate) fn is_of(&self, secret_hash: &[u8; 32]) -> bool {
        hash(self.secret).ct_eq(secret_hash).into()
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            business,
            id,
            secret,
        } = self;
        write!(f, "{}.{id}.{secret}", business.code())
    }
}

/// What is stored of a secret.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What is stored of what the browser calls itself.
pub(crate) fn kept_user_agent(user_agent: &str) -> String {
    user_agent
        .chars()
        .filter(|c| !c.is_control())
        .take(USER_AGENT_MAX)
        .collect()
}

/// How long the sessions of a kind live.
pub(crate) struct Life {
    /// One ends when it was not used for so long.
    pub(crate) idle_ms: i64,
    /// One ends after so long, used or not.
    pub(crate) absolute_ms: i64,
}

impl Life {
    /// Whether a session lives that was made and last used at these instants. The demo's do not end.
    pub(crate) fn lasts(&self, app: &App, now: UnixMs, made: UnixMs, seen: UnixMs) -> bool {
        app.settings().demo || (now.0 - seen.0 < self.idle_ms && now.0 - made.0 < self.absolute_ms)
    }

    /// The instants since which a session that lives was last used, and was made; none for the demo's.
    pub(crate) fn bounds(&self, app: &App, now: UnixMs) -> Option<(UnixMs, UnixMs)> {
        let bounds = (now.plus_ms(-self.idle_ms), now.plus_ms(-self.absolute_ms));
        (!app.settings().demo).then_some(bounds)
    }
}

/// Whether a session that was made at an instant still waits for the second step of its log-in.
pub(crate) const fn waits(now: UnixMs, made: UnixMs) -> bool {
    now.0 - made.0 < WAIT_MS
}

/// Notes that the person who acts ended one of their sessions.
pub(crate) async fn note_end(work: &mut Work, id: SessionId) -> Result<()> {
    audit::record(
        work,
        "session.end",
        "session",
        &id.to_string(),
        "logged out",
    )
    .await
}

/// Notes that the person who acts ended all of their sessions but one; `ended` is how many.
pub(crate) async fn note_end_of_others(work: &mut Work, keep: SessionId, ended: u64) -> Result<()> {
    if ended == 0 {
        return Ok(());
    }
    audit::record(
        work,
        "session.end_others",
        "session",
        &keep.to_string(),
        &format!("logged {ended} other sessions out"),
    )
    .await
}

#[cfg(test)]
mod tests {
    use domain::id::uuid_v7;

    use super::*;

    #[test]
    fn a_cookie_says_what_was_written_into_it() {
        let (business, id) = (BusinessId::new(1, 2), SessionId::from(uuid_v7(3, [4; 10])));
        let secret = "a.secret";
        let text = Token {
            business,
            id,
            secret,
        }
        .to_string();
        let read = Token::read(&text).expect("a token");
        assert_eq!((read.business, read.id), (business, id));
        assert!(read.is_of(&hash(secret)));
        assert!(!read.is_of(&hash("another secret")));
        for wrong in ["", "a.b.c", &text[1..], text.trim_end_matches(".a.secret")] {
            assert!(Token::read(wrong).is_none(), "{wrong}");
        }
    }
}
