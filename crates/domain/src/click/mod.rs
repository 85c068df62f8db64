//! Clicks: which ones count, how long they count, and where they lead.
//!
//! Every click on a live link is sent on and stored. [`screen`] decides whether it also counts: what a
//! program opened, and what a browser fetched without a person's will, is kept but earns nothing.

mod bot;
mod location;
mod remark;
mod tagged;

pub use bot::is_bot;
pub use location::{DeepLinkError, Location, check_deep_link, deep_link};
pub use remark::{
    REFERRER_CHARS_MAX, SUB_ID_CHARS_MAX, SUB_IDS_MAX, URL_CHARS_MAX, USER_AGENT_CHARS_MAX,
    bounded, ip_prefix, is_sub_id, sub_ids,
};
pub use tagged::{TAG_NAMES, tagged};

use crate::time::{DAY_MS, UnixMs};

/// Why a click is kept but not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uncounted {
    /// The headers alone were asked for: nobody sees a page.
    Head,
    /// The browser fetched it ahead, in case that a person wants it.
    Prefetch,
    /// An image, frame or script asked for it, not a person going somewhere.
    NotNavigation,
    /// No program name came along; every browser sends one.
    NoUserAgent,
    /// The program names itself as a robot, a link checker or a library.
    Bot,
}

impl Uncounted {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Prefetch => "prefetch",
            Self::NotNavigation => "not_navigation",
            Self::NoUserAgent => "no_user_agent",
            Self::Bot => "bot",
        }
    }
}

/// What a request tells about who made it. A header that did not come, or is not text, is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals<'a> {
    /// The method is HEAD.
    pub head: bool,
    /// `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// `Sec-Purpose`, or the older `Purpose` and `X-Purpose`.
    pub purpose: Option<&'a str>,
    /// `X-Moz`, which older Firefox sends.
    pub x_moz: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: Option<&'a str>,
}

/// Why a request for a tracked link does not count; `None` when it does.
#[must_use]
pub fn screen(signals: &Signals<'_>) -> Option<Uncounted> {
    let Signals {
        head,
        user_agent,
        purpose,
        x_moz,
        fetch_mode,
        fetch_dest,
    } = *signals;
    let ahead = |value: Option<&str>| {
        value.is_some_and(|text| {
            has(text, "prefetch") || has(text, "preview") || has(text, "prerender")
        })
    };
    if head {
        Some(Uncounted::Head)
    } else if ahead(purpose) || ahead(x_moz) {
        Some(Uncounted::Prefetch)
    } else if fetch_mode.is_some_and(|mode| mode != "navigate")
        || fetch_dest.is_some_and(|dest| dest != "document")
    {
        Some(Uncounted::NotNavigation)
    } else {
        match user_agent.map(str::trim) {
            None | Some("") => Some(Uncounted::NoUserAgent),
            Some(name) if is_bot(name) => Some(Uncounted::Bot),
            Some(_) => None,
        }
    }
}

/// Whether an ASCII text holds a lower-case word, in any case.
fn has(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// The first instant at which a click does not count any more.
#[must_use]
pub const fn expires_at(clicked_at: UnixMs, cookie_days: i64) -> UnixMs {
    clicked_at.plus_ms(cookie_days.saturating_mul(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const PERSON: Signals<'static> = Signals {
        head: false,
        user_agent: Some(CHROME),
        purpose: None,
        x_moz: None,
        fetch_mode: Some("navigate"),
        fetch_dest: Some("document"),
    };

    #[test]
    fn only_people_going_somewhere_count() {
        let cases = [
            (PERSON, None),
            (
                Signals {
                    fetch_mode: None,
                    fetch_dest: None,
                    ..PERSON
                },
                None,
            ),
            (
                Signals {
                    head: true,
                    ..PERSON
                },
                Some(Uncounted::Head),
            ),
            (
                Signals {
                    purpose: Some("prefetch"),
                    ..PERSON
                },
                Some(Uncounted::Prefetch),
            ),
            (
                Signals {
                    purpose: Some("Prefetch;prerender"),
                    ..PERSON
                },
                Some(Uncounted::Prefetch),
            ),
            (
                Signals {
                    purpose: Some("preview"),
                    ..PERSON
                },
                Some(Uncounted::Prefetch),
            ),
            (
                Signals {
                    x_moz: Some("prefetch"),
                    ..PERSON
                },
                Some(Uncounted::Prefetch),
            ),
            (
                Signals {
                    fetch_mode: Some("no-cors"),
                    fetch_dest: Some("image"),
                    ..PERSON
                },
                Some(Uncounted::NotNavigation),
            ),
            (
                Signals {
                    fetch_dest: Some("iframe"),
                    ..PERSON
                },
                Some(Uncounted::NotNavigation),
            ),
            (
                Signals {
                    fetch_mode: Some("cors"),
                    fetch_dest: Some("empty"),
                    ..PERSON
                },
                Some(Uncounted::NotNavigation),
            ),
            (
                Signals {
                    user_agent: None,
                    ..PERSON
                },
                Some(Uncounted::NoUserAgent),
            ),
            (
                Signals {
                    user_agent: Some("  "),
                    ..PERSON
                },
                Some(Uncounted::NoUserAgent),
            ),
            (
                Signals {
                    user_agent: Some("curl/8.5.0"),
                    ..PERSON
                },
                Some(Uncounted::Bot),
            ),
        ];
        for (signals, expected) in cases {
            assert_eq!(screen(&signals), expected, "{signals:?}");
        }
    }

    #[test]
    fn windows_are_days_of_fixed_length() {
        assert_eq!(expires_at(UnixMs(5), 30), UnixMs(5 + 30 * 86_400_000));
        assert_eq!(expires_at(UnixMs(5), i64::MAX), UnixMs(i64::MAX));
    }
}
