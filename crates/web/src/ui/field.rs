//! Fields of forms as they are shown; apart, so that each is compiled once and not with every form.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Choice;

/// One line of text with its label, and its error or hint below.
#[derive(Debug, Template)]
#[template(path = "kit/field.html")]
pub struct Field<'a> {
    text: String,
    name: String,
    value: String,
    error: &'a str,
    hint: &'a str,
    /// The input's type.
    kind: &'a str,
    inputmode: &'a str,
    autocomplete: &'a str,
    placeholder: &'a str,
    /// What stands inside it, before and after what is typed: "%", "USD".
    prefix: &'a str,
    suffix: &'a str,
    required: bool,
}

/// A choice of one.
#[derive(Debug, Template)]
#[template(path = "kit/select.html")]
pub struct Select<'a> {
    text: String,
    name: String,
    options: &'a [Choice],
    error: &'a str,
    hint: &'a str,
    required: bool,
}

// Their templates have escaped what people wrote.
impl HtmlSafe for Field<'_> {}
impl HtmlSafe for Select<'_> {}

// The macros of `kit/form.html` hand on references, also to what is a `bool`.
impl<'a> Field<'a> {
    /// A field for `name` with its label and what it holds.
    pub fn new(text: impl Display, name: impl Display, value: impl Display) -> Self {
        Self {
            text: text.to_string(),
            name: name.to_string(),
            value: value.to_string(),
            error: "",
            hint: "",
            kind: "text",
            inputmode: "",
            autocomplete: "off",
            placeholder: "",
            prefix: "",
            suffix: "",
            required: true,
        }
    }

    /// What stands below it: the error, else the hint; empty: nothing.
    #[must_use]
    pub const fn noted(mut self, error: &'a str, hint: &'a str) -> Self {
        self.error = error;
        self.hint = hint;
        self
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

    /// Whether it has to be filled in.
    #[must_use]
    pub const fn required(mut self, required: &bool) -> Self {
        self.required = *required;
        self
    }
}

impl<'a> Select<'a> {
    /// A choice for `name` with its label and options.
    pub fn new(text: impl Display, name: impl Display, options: &'a [Choice]) -> Self {
        Self {
            text: text.to_string(),
            name: name.to_string(),
            options,
            error: "",
            hint: "",
            required: true,
        }
    }

    /// What stands below it: the error, else the hint; empty: nothing.
    #[must_use]
    pub const fn noted(mut self, error: &'a str, hint: &'a str) -> Self {
        self.error = error;
        self.hint = hint;
        self
    }

    /// Whether it has to be chosen.
    #[must_use]
    pub const fn required(mut self, required: &bool) -> Self {
        self.required = *required;
        self
    }
}
