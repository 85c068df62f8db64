use super::Markup;
use crate::language::{self, Language, t};

/// How a rise of a figure is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiseIs {
    Good,
    Bad,
    /// Neither: what is owed, for one.
    Neutral,
}

/// The change against the period before: "up 19.9 %", coloured by whether that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// "19.9%", or "new" when there was nothing before.
    pub text: String,
    /// Whether there was nothing before.
    pub is_new: bool,
    /// "up", "down" or "unchanged".
    pub word: &'static str,
    /// `trending-up`, `trending-down` or empty.
    pub icon: &'static str,
    /// The class of its colour.
    pub class: &'static str,
}

impl Delta {
    /// Between two figures of one kind (counts, minor units of one currency); none when both are 0.
    #[must_use]
    pub fn between(now: i64, before: i64, rise: RiseIs) -> Option<Self> {
        if now == 0 && before == 0 {
            return None;
        }
        let change = i128::from(now) - i128::from(before);
        let text = if before == 0 {
            t("delta-new").to_owned()
        } else {
            // Tenths of a per cent, half away from zero.
            let base = i128::from(before).abs();
            let tenths = (change.abs() * 1000 + base / 2) / base;
            match language::now() {
                Language::English => format!("{}.{}%", tenths / 10, tenths % 10),
                Language::German => format!("{},{}\u{a0}%", tenths / 10, tenths % 10),
            }
        };
        Some(Self::of(change.signum(), before == 0, text, rise))
    }

    fn of(sign: i128, is_new: bool, text: String, rise: RiseIs) -> Self {
        let (word, icon) = match sign {
            1 => (t("delta-up"), "trending-up"),
            -1 => (t("delta-down"), "trending-down"),
            _ => (t("delta-unchanged"), ""),
        };
        let class = match (sign, rise) {
            (0, _) | (_, RiseIs::Neutral) => "muted",
            (1, RiseIs::Good) | (-1, RiseIs::Bad) => "text-success",
            _ => "text-error",
        };
        Self {
            text,
            is_new,
            word,
            icon,
            class,
        }
    }
}

/// A figure that links to the list behind it.
#[derive(Debug, Clone, Default)]
pub struct Kpi {
    pub label: String,
    /// Finished text: "$158,362.00", "248".
    pub value: String,
    pub delta: Option<Delta>,
    /// "vs previous 30 days", "12 awaiting approval".
    pub sub: String,
    pub href: String,
    /// From [`super::sparkline`], or empty.
    pub spark: Markup,
}

/// One metric over a chart; the choice is in the URL.
#[derive(Debug, Clone)]
pub struct MetricTab {
    pub label: String,
    pub value: String,
    pub delta: Option<Delta>,
    pub href: String,
    pub current: bool,
}

/// Where a step of a timeline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    Upcoming,
}

/// One step of something's life: "Approved", "payout 1 Dec".
#[derive(Debug, Clone)]
pub struct Step {
    pub title: String,
    /// The reason, who did it, or what will happen; may be empty.
    pub detail: String,
    /// When, as text; may be empty.
    pub at: String,
    pub tone: super::Tone,
    pub state: StepState,
}

impl Step {
    /// The word for `data-state`.
    #[must_use]
    pub const fn state_word(&self) -> &'static str {
        match self.state {
            StepState::Done => "done",
            StepState::Current => "current",
            StepState::Upcoming => "upcoming",
        }
    }

    /// Whether this is where it stands now.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.state == StepState::Current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_that_is_bad_looks_bad() {
        let delta = Delta::between(1199, 1000, RiseIs::Bad).unwrap();
        assert_eq!(
            (delta.text.as_str(), delta.word, delta.class),
            ("19.9%", "up", "text-error")
        );
        let delta = Delta::between(800, 1000, RiseIs::Good).unwrap();
        assert_eq!(
            (delta.text.as_str(), delta.word, delta.class),
            ("20.0%", "down", "text-error")
        );
        assert_eq!(Delta::between(5, 0, RiseIs::Good).unwrap().text, "new");
        assert_eq!(
            Delta::between(5, 5, RiseIs::Good).unwrap().word,
            "unchanged"
        );
        assert_eq!(Delta::between(0, 0, RiseIs::Good), None);
        assert_eq!(
            Delta::between(i64::MIN, i64::MAX, RiseIs::Good)
                .unwrap()
                .text,
            "200.0%"
        );
    }
}
