//! Languages: what they are called, how they write dates, and which of them a person reads.

use jiff::civil::Date;

pub use crate::status::Language;

impl Language {
    /// What everything is written in first.
    pub const FIRST: Self = Self::English;

    /// Its name in itself, for who looks for it in a list.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// Of a thing that each language has its own of, this one's.
    pub fn of<T>(self, english: T, german: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }

    /// The direction of its script, as HTML names it.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
        }
    }

    /// The language a browser asks for by `Accept-Language` (RFC 9110, 12.5.4): of those that exist here the
    /// one it likes best; none when there is none.
    #[must_use]
    pub fn of_header(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for part in header.split(',').take(ACCEPTED_MAX) {
            let mut pieces = part.split(';').map(str::trim);
            let tag = pieces.next().unwrap_or_default();
            let primary = tag.split('-').next().unwrap_or_default();
            let Ok(language) = primary.to_ascii_lowercase().parse::<Self>() else {
                continue;
            };
            let quality = pieces
                .find_map(|piece| piece.strip_prefix("q="))
                .map_or(1000, thousandths);
            if quality > 0 && best.is_none_or(|(most, _)| quality > most) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// `28 Nov 2026`, `28. Nov. 2026`.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        format!("{} {}", self.day_of_month(date), date.year())
    }

    /// `28 Nov`, `28. Nov.`.
    #[must_use]
    pub fn day_of_month(self, date: Date) -> String {
        match self {
            Self::English => date.strftime("%-d %b").to_string(),
            Self::German => format!("{}. {}", date.day(), month(date, MONTHS_DE).0),
        }
    }

    /// `November 2026`.
    #[must_use]
    pub fn month(self, date: Date) -> String {
        match self {
            Self::English => date.strftime("%B %Y").to_string(),
            Self::German => format!("{} {}", month(date, MONTHS_DE).1, date.year()),
        }
    }

    /// `28 November 2026`, `28. November 2026`.
    #[must_use]
    pub fn long_date(self, date: Date) -> String {
        match self {
            Self::English => date.strftime("%-d %B %Y").to_string(),
            Self::German => {
                let (_, name) = month(date, MONTHS_DE);
                format!("{}. {name} {}", date.day(), date.year())
            }
        }
    }
}

/// Parts of a header that are looked at.
const ACCEPTED_MAX: usize = 20;

/// Short and long names, as Duden has them.
const MONTHS_DE: [(&str, &str); 12] = [
    ("Jan.", "Januar"),
    ("Feb.", "Februar"),
    ("März", "März"),
    ("Apr.", "April"),
    ("Mai", "Mai"),
    ("Juni", "Juni"),
    ("Juli", "Juli"),
    ("Aug.", "August"),
    ("Sept.", "September"),
    ("Okt.", "Oktober"),
    ("Nov.", "November"),
    ("Dez.", "Dezember"),
];

fn month(date: Date, names: [(&'static str, &'static str); 12]) -> (&'static str, &'static str) {
    let at = usize::try_from(date.month()).unwrap_or(1);
    names[at.saturating_sub(1).min(11)]
}

/// `0.8` → 800; what is no quality counts as 0.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<3}");
    match (
        whole.parse::<u32>(),
        fraction.get(..3).map(str::parse::<u32>),
    ) {
        (Ok(whole @ 0..=1), Some(Ok(rest))) => (whole * 1000 + rest).min(1000),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_best_liked_language_that_exists() {
        let of = Language::of_header;
        assert_eq!(of("de-AT,de;q=0.9,en;q=0.8"), Some(Language::German));
        assert_eq!(of("fr, en-GB;q=0.7, de;q=0.8"), Some(Language::German));
        assert_eq!(of("en-US,en;q=0.9,de;q=0.9"), Some(Language::English));
        assert_eq!(of("DE"), Some(Language::German));
        assert_eq!(of("de;q=0, en;q=0.1"), Some(Language::English));
        assert_eq!(of("fr,*;q=0.1"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("de;q=x"), None);
    }

    #[test]
    fn dates_in_the_manner_of_a_language() {
        let day = date(2026, 11, 28);
        assert_eq!(Language::English.date(day), "28 Nov 2026");
        assert_eq!(Language::German.date(day), "28. Nov. 2026");
        assert_eq!(Language::German.day_of_month(date(2026, 3, 1)), "1. März");
        assert_eq!(Language::English.long_date(day), "28 November 2026");
        assert_eq!(
            Language::German.long_date(date(2027, 9, 5)),
            "5. September 2027"
        );
    }
}
