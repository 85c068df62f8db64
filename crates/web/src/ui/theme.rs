use std::fmt;

use crate::language::t;

/// Light, dark or as the system has it. Kept in the cookie [`Theme::COOKIE`] and written into the
/// page by the server, so that no page flashes in the other one first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The cookie's name; readable by anyone, it says nothing of the person.
    pub const COOKIE: &'static str = "theme";

    /// From the cookie's value or the form's `mode` field; anything unknown is [`Theme::System`].
    #[must_use]
    pub fn parse(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The word in the cookie, the form and `data-mode`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the toggle says: what is in force, and that a press changes it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::System => t("frame-theme-system"),
            Self::Light => t("frame-theme-light"),
            Self::Dark => t("frame-theme-dark"),
        }
    }

    /// What a press of the toggle chooses.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl askama::filters::HtmlSafe for Theme {}
