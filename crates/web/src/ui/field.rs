//! Fields of forms as they are shown; apart, so that each is compiled once and not with every form.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Choice;

/// What every field has: its label, its name, and what stands below it.
#[derive(Debug)]
pub struct About<'a> {
    text: String,
    name: String,
    error: &'a str,
    hint: &'a str,
    required: bool,
}

/// One line of text.
#[derive(Debug, Template)]
#[template(path = "kit/field.html")]
pub struct Field<'a> {
    about: About<'a>,
    value: String,
    /// The input's type.
    kind: &'a str,
    inputmode: &'a str,
    autocomplete: &'a str,
    placeholder: &'a str,
    /// What stands inside it, before and after what is typed: "%", "USD".
    prefix: &'a str,
    suffix: &'a str,
}

/// A choice of one.
#[derive(Debug, Template)]
#[template(path = "kit/select.html")]
pub struct Select<'a> {
    about: About<'a>,
    options: &'a [Choice],
}

/// Lines of text.
#[derive(Debug, Template)]
#[template(path = "kit/textarea.html")]
pub struct Textarea<'a> {
    about: About<'a>,
    value: String,
    rows: String,
}

// Their templates have escaped what people wrote.
impl HtmlSafe for Field<'_> {}
impl HtmlSafe for Select<'_> {}
impl HtmlSafe for Textarea<'_> {}

impl<'a> About<'a> {
    /// The field `name` with its label. Below it stands the error, else the hint; empty: nothing. The macros of
    /// `kit/form.html` hand on references, also to what is a `bool`.
    pub fn new(
        text: impl Display,
        name: impl Display,
        error: &'a str,
        hint: &'a str,
        required: &bool,
    ) -> Self {
        Self {
            text: text.to_string(),
            name: name.to_string(),
            error,
            hint,
            required: *required,
        }
    }
}

impl<'a> Field<'a> {
    /// A field with what it holds.
    pub fn new(about: About<'a>, value: impl Display) -> Self {
        Self {
            about,
            value: value.to_string(),
            kind: "text",
            inputmode: "",
            autocomplete: "off",
            placeholder: "",
            prefix: "",
            suffix: "",
        }
    }

    /// What may be typed: the input's type, the keyboard of a phone, what the browser fills in.
    #[must_use]
    pub const fn of_kind(
        mut self,
        kind: &'a str,
        inputmode: &'a str,
        autocomplete: &'a str,
    ) -> Self {
        self.kind = kind;
        self.inputmode = inputmode;
        self.autocomplete = autocomplete;
        self
    }

    /// What stands inside it: as long as it is empty, before, and after what is typed.
    #[must_use]
    pub const fn showing(mut self, placeholder: &'a str, prefix: &'a str, suffix: &'a str) -> Self {
        self.placeholder = placeholder;
        self.prefix = prefix;
        self.suffix = suffix;
        self
    }
}

impl<'a> Select<'a> {
    /// A choice of these options.
    #[must_use]
    pub const fn new(about: About<'a>, options: &'a [Choice]) -> Self {
        Self { about, options }
    }
}

impl<'a> Textarea<'a> {
    /// A field so many lines high, with what it holds.
    pub fn new(about: About<'a>, value: impl Display, rows: impl Display) -> Self {
        Self {
            about,
            value: value.to_string(),
            rows: rows.to_string(),
        }
    }
}
