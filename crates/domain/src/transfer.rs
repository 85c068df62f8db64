//! The execution of a payout by a provider: what its answers mean, and when to ask again.
//!
//! A transfer is stored with its key before the provider hears of it. From then on only evidence ends
//! it: the provider says that it paid or that it did not. Everything else, a time-out, an answer of the
//! class 500, a broken connection, leaves it *unknown*, and it is looked up until there is evidence.

use crate::status::{ProviderKind, TransferState};
use crate::time::{DAY_MS, UnixMs};

/// What came of asking a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has paid. Holds its own id of the transfer.
    Paid(String),
    /// It has the transfer and has not ended it yet. Holds its own id.
    Taken(String),
    /// It says that it does not and will not pay. Holds why, in its words.
    Refused(String),
    /// It has paid, and the money has come back. Holds why, in its words.
    Returned(String),
    /// Nothing was sent to it, so nothing was done. Holds why.
    NotSent(String),
    /// Whatever it did, we have no answer that tells. Holds what happened.
    Unclear(String),
}

/// Where a transfer stands when an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: TransferState,
    /// When the provider was asked to pay before this time, if it may have been.
    pub called_before: Option<UnixMs>,
    /// Now.
    pub now: UnixMs,
}

/// What an answer makes of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It ends here, or goes on in another state.
    Becomes(TransferState),
    /// It stays as it is and is asked about again.
    Stays,
}

/// How long an earlier request may still be on its way to the provider: a refusal of a later one says
/// nothing about it before that.
pub const IN_FLIGHT_MS: i64 = 2 * 60_000;

/// What an answer makes of a transfer. An answer to a transfer that has ended is for the caller to judge.
#[must_use]
pub fn judge(standing: Standing, answer: &Answer) -> Verdict {
    let Standing {
        state,
        called_before,
        now,
    } = standing;
    let in_flight = called_before.is_some_and(|at| now.0 - at.0 < IN_FLIGHT_MS);
    let to = match answer {
        Answer::Paid(_) => TransferState::Paid,
        Answer::Taken(_) => TransferState::Sending,
        // It was never noted as paid, so that nothing has to be undone: all in all no money has moved.
        Answer::Returned(_) => TransferState::Failed,
        Answer::Refused(_) if !in_flight => TransferState::Failed,
        Answer::NotSent(_) if called_before.is_none() => state,
        Answer::Refused(_) | Answer::NotSent(_) | Answer::Unclear(_) => TransferState::Unknown,
    };
    if to == state {
        Verdict::Stays
    } else {
        Verdict::Becomes(to)
    }
}

/// Waits before a transfer is asked about again, after the first, the second … time; the last one repeats.
/// Short at first, because most providers answer in seconds; later as long as a bank takes.
const WAITS_MS: &[i64] = &[
    4_000,
    10_000,
    30_000,
    2 * 60_000,
    10 * 60_000,
    30 * 60_000,
    3_600_000,
    3 * 3_600_000,
    6 * 3_600_000,
];

/// When to ask again after so many times.
#[must_use]
pub fn next_look(attempts: i64, now: UnixMs) -> UnixMs {
    let done = usize::try_from(attempts.max(1)).unwrap_or(usize::MAX) - 1;
    let last = WAITS_MS.last().copied().unwrap_or(DAY_MS);
    now.plus_ms(WAITS_MS.get(done).copied().unwrap_or(last))
}

/// Days after which a transfer that was paid is asked about once more: money comes back within weeks (an
/// unclaimed payment after 30 days), and the call that tells of it may be lost.
const WATCHED_DAYS: &[i64] = &[1, 3, 7, 14, 30, 45, 60];

/// When a transfer that was paid is asked about again; none: it is not any more, only a call by the provider can
/// lead to it.
#[must_use]
pub fn next_watch(made: UnixMs, now: UnixMs) -> Option<UnixMs> {
    let mut looks = WATCHED_DAYS.iter().map(|days| made.plus_ms(days * DAY_MS));
    looks.find(|at| *at > now)
}

/// Whether the provider still knows a key of this age, so that the same request cannot pay twice. Stripe
/// keeps keys for 24 hours, PayPal for 30 days; Wise keeps them with the transfer. The margin is for clocks.
#[must_use]
pub fn key_is_safe(kind: ProviderKind, made: UnixMs, now: UnixMs) -> bool {
    let lives = match kind {
        ProviderKind::Stripe => DAY_MS - 3_600_000,
        ProviderKind::PayPal => 29 * DAY_MS,
        ProviderKind::Wise => 365 * DAY_MS,
    };
    now.0 - made.0 < lives
}

/// The longest answer that is kept.
const KEPT_LENGTH_MAX: usize = 300;

/// An answer without what could be personal or secret: words with an @, and long words with digits
/// (account numbers, tokens), become dots. One line of at most 300 characters.
#[must_use]
pub fn redacted(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
            let hides = word.contains('@') || digits >= 6 || (letters >= 16 && digits > 0);
            if hides { "•••" } else { word }
        })
        .collect();
    words.join(" ").chars().take(KEPT_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use TransferState::{Failed, Paid, Sending, Unknown};

    fn after(state: TransferState, called: Option<i64>, answer: Answer) -> Option<TransferState> {
        let standing = Standing {
            state,
            called_before: called.map(UnixMs),
            now: UnixMs(IN_FLIGHT_MS),
        };
        match judge(standing, &answer) {
            Verdict::Becomes(state) => Some(state),
            Verdict::Stays => None,
        }
    }

    #[test]
    fn only_evidence_ends_a_transfer() {
        let text = String::new;
        for state in [Sending, Unknown] {
            assert_eq!(after(state, None, Answer::Paid(text())), Some(Paid));
            assert_eq!(after(state, Some(1), Answer::Paid(text())), Some(Paid));
            assert_eq!(after(state, None, Answer::Refused(text())), Some(Failed));
            let refused = after(state, Some(0), Answer::Refused(text()));
            assert_eq!(refused, Some(Failed), "nothing can be on its way any more");
            assert_ne!(after(state, Some(1), Answer::Refused(text())), Some(Failed));
            assert_ne!(after(state, None, Answer::Unclear(text())), Some(Failed));
        }
        assert_eq!(after(Sending, None, Answer::Unclear(text())), Some(Unknown));
        assert_eq!(after(Unknown, None, Answer::Unclear(text())), None);
        assert_eq!(after(Sending, None, Answer::NotSent(text())), None);
        assert_eq!(
            after(Sending, Some(1), Answer::NotSent(text())),
            Some(Unknown),
            "an earlier request may have been taken"
        );
        assert_eq!(
            after(Unknown, Some(1), Answer::Taken(text())),
            Some(Sending)
        );
    }

    #[test]
    fn waits_grow_and_go_on() {
        assert_eq!(next_look(0, UnixMs(0)), next_look(1, UnixMs(0)));
        let waits: Vec<i64> = (1..12).map(|n| next_look(n, UnixMs(0)).0).collect();
        assert!(waits.is_sorted() && waits[10] == 6 * 3_600_000);
    }

    #[test]
    fn what_was_paid_is_watched_for_two_months() {
        let day = |days: i64| UnixMs(days * DAY_MS);
        assert_eq!(next_watch(day(0), UnixMs(5)), Some(day(1)));
        assert_eq!(next_watch(day(0), day(1)), Some(day(3)));
        assert_eq!(next_watch(day(0), day(31)), Some(day(45)));
        assert_eq!(next_watch(day(0), day(60)), None);
        let text = String::new;
        assert_eq!(
            after(Sending, Some(1), Answer::Returned(text())),
            Some(Failed)
        );
    }

    #[test]
    fn keys_are_trusted_for_as_long_as_the_provider_keeps_them() {
        let hours = |hours: i64| UnixMs(hours * 3_600_000);
        assert!(key_is_safe(ProviderKind::Stripe, UnixMs(0), hours(22)));
        assert!(!key_is_safe(ProviderKind::Stripe, UnixMs(0), hours(23)));
        assert!(key_is_safe(ProviderKind::PayPal, UnixMs(0), hours(24 * 28)));
        assert!(!key_is_safe(
            ProviderKind::PayPal,
            UnixMs(0),
            hours(24 * 29)
        ));
    }

    #[test]
    fn answers_are_kept_without_what_is_personal() {
        assert_eq!(
            redacted("400 Receiver maya@example.com\nis not valid: DE89370400440532013000"),
            "400 Receiver ••• is not valid: •••"
        );
        assert_eq!(redacted("sk_live_51Habcdefghijklmn"), "•••");
        assert_eq!(redacted(&"a ".repeat(900)).chars().count(), 300);
    }
}
