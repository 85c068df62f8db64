use std::fmt;

use crate::language;

/// The colour of a status, a callout or a toast. The word beside it carries the meaning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    Success,
    Warning,
    Error,
    Info,
    #[default]
    Neutral,
}

impl Tone {
    /// The ending of the `tone-…` class.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Info => "info",
            Self::Neutral => "neutral",
        }
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl askama::filters::HtmlSafe for Tone {}

/// The tone of a stored status word, whatever noun it belongs to. Where a noun sees it otherwise
/// (an approved affiliate is as good as it gets, an approved commission still waits for money),
/// the page names the tone itself with the `badge` macro.
#[must_use]
pub fn status_tone(status: &str) -> Tone {
    match status {
        "active" | "paid" | "sent" | "delivered" | "done" | "accepted" | "live" => Tone::Success,
        "pending" | "queued" | "on_hold" | "held" | "invited" | "sending" | "unknown"
        | "flagged" => Tone::Warning,
        "approved" | "scheduled" | "new" => Tone::Info,
        "rejected" | "reversed" | "returned" | "failed" | "suspended" | "declined" | "bounced"
        | "revoked" => Tone::Error,
        _ => Tone::Neutral,
    }
}

/// The word to show for a stored status: `on_hold` → `On hold`.
#[must_use]
pub fn status_label(status: &str) -> String {
    if let Some(word) = language::word("status", status) {
        return word.to_owned();
    }
    let words = status.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
