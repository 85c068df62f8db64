//! The language of a page: which one it is, and the one place that turns a key into text.
//!
//! Every request is answered in one language, kept beside its task by [`scope`]: English unless the portal
//! chooses another ([`choose`]). Whatever is written meanwhile asks [`now`]: the messages behind
//! [`t`] and [`phrase`], amounts and counts in [`crate::shown::money`], dates in [`crate::moment`] and
//! [`crate::range`]. So no page hands a language from function to template to macro, and the admin and the
//! API, which choose none, stay English. [ADR 0016](../../../../docs/adr/0016-languages.md) has the reasons.
//!
//! The messages are Fluent files in `locales/`, a folder a language and a file an area; keys begin with the
//! page ("links-title"). Sentences that use cases refuse with come in English and are turned by [`said`].

mod arithmetic;
mod catalogue;
mod choice;
mod said;

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::OnceLock;

pub use domain::language::Language;

pub(crate) use arithmetic::arithmetic;
pub use choice::{of_request, routes};
pub(crate) use said::said;

use crate::ui::Markup;
use crate::ui::escape;

tokio::task_local! {
    static SPOKEN: Cell<Language>;
}

/// Answers a request in a language of its own: `first` until [`choose`] says otherwise.
pub async fn scope<F: Future>(first: Language, answer: F) -> F::Output {
    SPOKEN.scope(Cell::new(first), answer).await
}

/// Does in a language what is no future, such as on a thread for long work.
pub(crate) fn speaking<T>(language: Language, work: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(Cell::new(language), work)
}

/// Goes on in this language; without effect outside of [`scope`].
pub fn choose(language: Language) {
    let _ = SPOKEN.try_with(|spoken| spoken.set(language));
}

/// The language that is spoken now.
#[must_use]
pub fn now() -> Language {
    SPOKEN.try_with(Cell::get).unwrap_or(Language::FIRST)
}

/// The text of a message without arguments.
#[must_use]
pub fn t(key: &'static str) -> &'static str {
    catalogue::plain(now(), key).unwrap_or(key)
}

/// The message `{area}-{word}` of a stored word; none for a word that has no message.
#[must_use]
pub fn word(area: &str, word: &str) -> Option<&'static str> {
    let key = format!("{area}-{}", word.replace('_', "-"));
    catalogue::plain(now(), &key)
}

/// A message with arguments, given by [`Phrase::with`] and [`Phrase::count`].
#[must_use]
pub fn phrase(key: &'static str) -> Phrase {
    Phrase {
        language: now(),
        key,
        args: Vec::new(),
        text: OnceLock::new(),
    }
}

/// A message that gets its arguments; a text wherever one is asked for.
#[derive(Debug, Clone)]
pub struct Phrase {
    language: Language,
    key: &'static str,
    args: Vec<(&'static str, Arg)>,
    text: OnceLock<String>,
}

/// What stands in a message.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    /// A name, an amount, a date: as it is.
    Text(String),
    /// A number, which chooses the plural form and is written in the manner of the language.
    Count(i64),
}

/// Whatever counts.
pub trait Number {
    /// As a whole number.
    fn number(&self) -> i64;
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            fn number(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}
numbers!(i32, i64, u32, u64, usize);

impl<T: Number + ?Sized> Number for &T {
    fn number(&self) -> i64 {
        (**self).number()
    }
}

impl Phrase {
    /// With a text for `$name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, Arg::Text(value.to_string())));
        self
    }

    /// With a number for `$name`.
    #[must_use]
    pub fn count(mut self, name: &'static str, value: impl Number) -> Self {
        self.args.push((name, Arg::Count(value.number())));
        self
    }

    /// As HTML: what the arguments hold is escaped, and what the message puts between `<b>` and `</b>`
    /// stands out.
    #[must_use]
    pub fn html(mut self) -> Markup {
        for (_, arg) in &mut self.args {
            if let Arg::Text(text) = arg {
                *text = escape(text);
            }
        }
        let text = self
            .replace("<b>", r#"<span class="font-medium text-base-content">"#)
            .replace("</b>", "</span>");
        Markup::trusted(text)
    }
}

impl Deref for Phrase {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
            .get_or_init(|| catalogue::filled(self.language, self.key, &self.args))
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> Self {
        (*phrase).to_owned()
    }
}
