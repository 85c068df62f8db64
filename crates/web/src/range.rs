//! The range of days a page is about, read from its URL.
//!
//! `range=7d` names a preset, `from=2026-10-22&to=2026-11-20` any days, both ends included, in the
//! business's zone. What cannot be read counts as the last 30 days. The comparison is the period of
//! equal length right before.

use domain::time::Day;
use jiff::ToSpan as _;

use crate::language::{self, phrase, t};
use crate::ui::{ListUrl, Preset, RangePicker};

/// The longest range, in days: five years.
const DAYS_MAX: i64 = 5 * 366;
/// The preset when the URL names none.
const DEFAULT: &str = "30d";
/// The presets: the word in the URL and the key of what it is called.
const PRESETS: &[(&str, &str)] = &[
    ("today", "range-today"),
    ("7d", "range-7d"),
    (DEFAULT, "range-30d"),
    ("90d", "range-90d"),
    ("month", "range-month"),
    ("last-month", "range-last-month"),
    ("year", "range-year"),
];

/// Days from `from` to `to`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub from: Day,
    /// The last day, today at the latest.
    pub to: Day,
    today: Day,
    preset: Option<&'static str>,
}

impl DateRange {
    /// The range a URL asks for; `today` is the day in the business's zone.
    #[must_use]
    pub fn of(url: &ListUrl, today: Day) -> Self {
        Self::asked(url, today).unwrap_or(Self {
            from: today.plus(-29),
            to: today,
            today,
            preset: Some(DEFAULT),
        })
    }

    /// The range a URL names, if it does: for lists that show everything otherwise.
    #[must_use]
    pub fn asked(url: &ListUrl, today: Day) -> Option<Self> {
        Self::custom(url.get("from"), url.get("to"), today)
            .or_else(|| Self::preset(url.get("range"), today))
    }

    /// The picker of a list that shows everything when no range is named.
    #[must_use]
    pub fn optional_picker(
        range: Option<Self>,
        url: &ListUrl,
        today: Day,
        zone: &str,
    ) -> RangePicker {
        let shown = range.unwrap_or_else(|| Self::of(&ListUrl::default(), today));
        let bare = url.with("from", "").with("to", "").with("range", "");
        let mut picker = shown.picker(url, zone);
        picker.note = zone.to_owned();
        for (preset, (word, _)) in picker.presets.iter_mut().zip(PRESETS) {
            preset.href = bare.with("range", word).to_string();
            preset.current &= range.is_some();
        }
        picker.presets.insert(
            0,
            Preset {
                label: t("range-all").to_owned(),
                href: bare.to_string(),
                current: range.is_none(),
            },
        );
        if range.is_none() {
            picker.label = t("range-all").to_owned();
        }
        picker
    }

    fn custom(from: &str, to: &str, today: Day) -> Option<Self> {
        let (from, to) = (Day::parse(from).ok()?, Day::parse(to).ok()?.min(today));
        (from <= to && to.0 - from.0 < DAYS_MAX).then_some(Self {
            from,
            to,
            today,
            preset: None,
        })
    }

    fn preset(word: &str, today: Day) -> Option<Self> {
        let (word, _) = PRESETS.iter().find(|(known, _)| *known == word)?;
        let first_of_month = today.date().first_of_month();
        let (from, to) = match *word {
            "today" => (today, today),
            "7d" => (today.plus(-6), today),
            "90d" => (today.plus(-89), today),
            "month" => (Day::from_date(first_of_month), today),
            "last-month" => {
                let first = first_of_month
                    .checked_sub(1.month())
                    .unwrap_or(first_of_month);
                (
                    Day::from_date(first),
                    Day::from_date(first_of_month).plus(-1),
                )
            }
            "year" => (Day::from_date(today.date().first_of_year()), today),
            _ => (today.plus(-29), today),
        };
        Some(Self {
            from,
            to,
            today,
            preset: Some(word),
        })
    }

    /// How many days it has.
    #[must_use]
    pub const fn days(&self) -> i64 {
        self.to.0 - self.from.0 + 1
    }

    /// The period before it: its first and last day.
    #[must_use]
    pub const fn before(&self) -> (Day, Day) {
        (self.from.plus(-self.days()), self.from.plus(-1))
    }

    /// "previous 30 days", "the day before".
    #[must_use]
    pub fn before_words(&self) -> String {
        match self.days() {
            1 => t("range-day-before").to_owned(),
            days => phrase("range-days-before").count("n", days).into(),
        }
    }

    /// `22 Oct – 20 Nov 2026`.
    #[must_use]
    pub fn label(&self) -> String {
        span(self.from, self.to, true)
    }

    /// The parameters that say this range, for links to lists that know `from` and `to`.
    #[must_use]
    pub fn query(&self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }

    /// The picker over `url`, whose other parameters stay; `zone` is the name of the business's zone.
    #[must_use]
    pub fn picker(&self, url: &ListUrl, zone: &str) -> RangePicker {
        let bare = url.with("from", "").with("to", "").with("range", "");
        let presets = PRESETS
            .iter()
            .map(|&(word, label)| Preset {
                label: t(label).to_owned(),
                href: bare
                    .with("range", if word == DEFAULT { "" } else { word })
                    .to_string(),
                current: self.preset == Some(word),
            })
            .collect();
        let (from, to) = self.before();
        RangePicker {
            label: self.label(),
            note: phrase("range-compared")
                .with(
                    "span",
                    span(from, to, from.date().year() != self.to.date().year()),
                )
                .with("zone", zone)
                .into(),
            presets,
            action: url.path().to_owned(),
            from: self.from.to_string(),
            to: self.to.to_string(),
            max: self.today.to_string(),
            hidden: url.others(&["range", "from", "to"]),
        }
    }
}

/// `22 Oct`.
#[must_use]
pub fn short_day(day: Day) -> String {
    language::now().day_of_month(day.date())
}

/// `22 Oct 2026`.
#[must_use]
pub fn long_day(day: Day) -> String {
    language::now().date(day.date())
}

fn span(from: Day, to: Day, with_year: bool) -> String {
    let end = if with_year {
        long_day(to)
    } else {
        short_day(to)
    };
    if from == to {
        return end;
    }
    let other_year = with_year && from.date().year() != to.date().year();
    let start = if other_year {
        long_day(from)
    } else {
        short_day(from)
    };
    format!("{start} – {end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(query: &str) -> DateRange {
        DateRange::of(
            &ListUrl::from_query("/admin", query),
            Day::parse("2026-11-21").unwrap(),
        )
    }

    fn days(query: &str) -> String {
        let range = range(query);
        format!("{} {}", range.from, range.to)
    }

    #[test]
    fn presets_and_days() {
        assert_eq!(days(""), "2026-10-23 2026-11-21");
        assert_eq!(days("range=today"), "2026-11-21 2026-11-21");
        assert_eq!(days("range=7d"), "2026-11-15 2026-11-21");
        assert_eq!(days("range=month"), "2026-11-01 2026-11-21");
        assert_eq!(days("range=last-month"), "2026-10-01 2026-10-31");
        assert_eq!(days("range=year"), "2026-01-01 2026-11-21");
        assert_eq!(
            days("from=2026-10-01&to=2026-10-05"),
            "2026-10-01 2026-10-05"
        );
        assert_eq!(
            days("from=2026-11-20&to=2030-01-01"),
            "2026-11-20 2026-11-21",
            "not beyond today"
        );
    }

    #[test]
    fn nonsense_is_the_last_30_days() {
        for query in [
            "range=x",
            "from=2026-11-21&to=2026-11-01",
            "from=0001-01-01&to=2026-11-01",
            "from=&to=",
            "from=x&to=y",
        ] {
            assert_eq!(days(query), days(""), "{query}");
        }
    }

    #[test]
    fn the_comparison_has_equal_length() {
        let month = range("range=last-month");
        assert_eq!(month.days(), 31);
        assert_eq!(
            month.before(),
            (
                Day::parse("2026-08-31").unwrap(),
                Day::parse("2026-09-30").unwrap()
            )
        );
        assert_eq!(range("range=today").before_words(), "the day before");
    }

    #[test]
    fn the_picker_keeps_the_rest() {
        let url = ListUrl::from_query("/admin", "metric=clicks&from=2025-12-30&to=2026-01-02");
        let range = DateRange::of(&url, Day::parse("2026-11-21").unwrap());
        let picker = range.picker(&url, "America/Toronto");
        assert_eq!(picker.label, "30 Dec 2025 – 2 Jan 2026");
        assert_eq!(
            picker.note,
            "compared with 26 Dec 2025 – 29 Dec 2025 · America/Toronto".replace(" 2025 –", " –")
        );
        assert_eq!(picker.presets[1].href, "/admin?metric=clicks&range=7d");
        assert_eq!(picker.presets[2].href, "/admin?metric=clicks");
        assert_eq!(picker.hidden, [("metric".to_owned(), "clicks".to_owned())]);
        assert!(picker.presets.iter().all(|preset| !preset.current));
    }
}
