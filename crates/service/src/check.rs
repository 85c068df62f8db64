//! Checking input: all that is wrong is told at once, by field.

use std::ops::RangeInclusive;

use crate::error::{FieldError, Result, ServiceError};

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub struct Checks {
    errors: Vec<FieldError>,
}

impl Checks {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what is wrong with a field.
    pub fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Notes a message when the condition does not hold.
    pub fn that(&mut self, holds: bool, field: &str, message: &str) {
        if !holds {
            self.fail(field, message);
        }
    }

    /// Trims a text and checks its length in characters; control characters other than line breaks
    /// and tabs are refused (U+0000 cannot be stored).
    pub fn text(&mut self, field: &str, text: &str, length: RangeInclusive<usize>) -> String {
        let text = text.trim();
        let count = text.chars().count();
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.fail(field, "must not contain control characters");
        } else if count == 0 && *length.start() > 0 {
            self.fail(field, "is required");
        } else if count < *length.start() {
            self.fail(
                field,
                format!("needs at least {} characters", length.start()),
            );
        } else if count > *length.end() {
            self.fail(field, format!("has more than {} characters", length.end()));
        }
        text.to_owned()
    }

    /// Like [`Self::text`] for an optional one; blank counts as none.
    pub fn optional_text(
        &mut self,
        field: &str,
        text: Option<&str>,
        most: usize,
    ) -> Option<String> {
        text.map(|text| self.text(field, text, 0..=most))
            .filter(|text| !text.is_empty())
    }

    /// An e-mail address, trimmed.
    pub fn email(&mut self, field: &str, text: &str) -> String {
        match domain::text::email(text) {
            Some(email) => email,
            None => {
                self.fail(
                    field,
                    if text.trim().is_empty() {
                        "is required"
                    } else {
                        "is not an e-mail address"
                    },
                );
                String::new()
            }
        }
    }

    /// A number within bounds.
    pub fn range(&mut self, field: &str, value: i64, bounds: RangeInclusive<i64>) -> i64 {
        if !bounds.contains(&value) {
            self.fail(
                field,
                format!("must be between {} and {}", bounds.start(), bounds.end()),
            );
        }
        value
    }

    /// An http or https address with a host.
    pub fn web_address(&mut self, field: &str, text: &str) -> String {
        let text = self.text(field, text, 1..=2000);
        match url::Url::parse(&text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none() =>
            {
                url.to_string()
            }
            _ if text.is_empty() => text,
            _ => {
                self.fail(
                    field,
                    "must be a web address such as https://example.com/start",
                );
                text
            }
        }
    }

    /// Whether something is wrong already.
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with everything that was noted.
    pub fn done(self) -> Result<()> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::Invalid(self.errors))
        }
    }
}
