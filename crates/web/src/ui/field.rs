//! Fields of forms as they are shown; apart, so that each is compiled once and not with every form.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Choice;

/// One line of text with its label, and its error or hint below.
#[derive(Debug, Template)]
#[template(path = "kit/field.html")]
pub struct Field {
    text: String,
    name: String,
    value: String,
    error: String,
    hint: String,
    /// The input's type.
    kind: String,
    inputmode: String,
    autocomplete: String,
    placeholder: String,
    /// What stands inside it, before and after what is typed: "%", "USD".
    prefix: String,
    suffix: String,
    required: bool,
}

/// A choice of one.
#[derive(Debug, Template)]
#[template(path = "kit/select.html")]
pub struct Select<'a> {
    text: String,
    name: String,
    options: &'a [Choice],
    error: String,
    hint: String,
    required: bool,
}

// Their templates have escaped what people wrote.
impl HtmlSafe for Field {}
impl HtmlSafe for Select<'_> {}

impl Field {
    /// A field for `name` with its label and what it holds.
    pub fn new(text: impl Display, name: impl Display, value: impl Display) -> Self {
        Self {
            text: text.to_string(),
            name: name.to_string(),
            value: value.to_string(),
            error: String::new(),
            hint: String::new(),
            kind: "text".to_owned(),
            inputmode: String::new(),
            autocomplete: "off".to_owned(),
            placeholder: String::new(),
            prefix: String::new(),
            suffix: String::new(),
            required: true,
        }
    }

    /// What stands below it: the error, else the hint; empty: nothing.
    #[must_use]
    pub fn noted(mut self, error: &str, hint: &str) -> Self {
        error.clone_into(&mut self.error);
        hint.clone_into(&mut self.hint);
        self
    }

    /// What may be typed: the input's type, the keyboard of a phone, what the browser fills in.
    #[must_use]
    pub fn of_kind(mut self, kind: &str, inputmode: &str, autocomplete: &str) -> Self {
        kind.clone_into(&mut self.kind);
        inputmode.clone_into(&mut self.inputmode);
        autocomplete.clone_into(&mut self.autocomplete);
        self
    }

    /// What stands inside it: as long as it is empty, before, and after what is typed.
    #[must_use]
    pub fn showing(mut self, placeholder: &str, prefix: &str, suffix: &str) -> Self {
        placeholder.clone_into(&mut self.placeholder);
        prefix.clone_into(&mut self.prefix);
        suffix.clone_into(&mut self.suffix);
        self
    }

    /// Whether it has to be filled in.
    #[must_use]
    pub fn required(mut self, required: &bool) -> Self {
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
            error: String::new(),
            hint: String::new(),
            required: true,
        }
    }

    /// What stands below it: the error, else the hint; empty: nothing.
    #[must_use]
    pub fn noted(mut self, error: &str, hint: &str) -> Self {
        error.clone_into(&mut self.error);
        hint.clone_into(&mut self.hint);
        self
    }

    /// Whether it has to be chosen.
    #[must_use]
    pub fn required(mut self, required: &bool) -> Self {
        self.required = *required;
        self
    }
}
