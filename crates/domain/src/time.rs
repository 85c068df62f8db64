//! Time: milliseconds since 1970 in UTC, and days in a business's own zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Always taken from the clock port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixMs(pub i64);

/// A day's length in milliseconds (attribution windows count days of this length).
pub const DAY_MS: i64 = 86_400_000;

/// The text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the time as RFC 3339, such as 2026-11-21T09:30:00Z")]
pub struct InvalidTime;

impl UnixMs {
    /// The latest instant that is accepted, the end of the year 9999.
    pub const MAX: Self = Self(253_402_207_200_999);

    /// This instant, later by so many milliseconds; stays within the range of an i64.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T09:30:00.000Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{:.3}", self.timestamp())
    }

    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// [`InvalidTime`] for anything else, and for times before 1970.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        let time: jiff::Timestamp = text.parse().map_err(|_| InvalidTime)?;
        let ms = time.as_millisecond();
        if ms < 0 {
            Err(InvalidTime)
        } else {
            Ok(Self(ms))
        }
    }

    /// The same instant as the calendar library knows it.
    #[must_use]
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }

    /// The calendar day of this instant in a zone.
    #[must_use]
    pub fn day_in(self, zone: &TimeZone) -> Day {
        Day::from_date(self.timestamp().to_zoned(zone.clone()).date())
    }
}

impl serde::Serialize for UnixMs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for UnixMs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A calendar day in the business's zone: days since 1970-01-01. Written when a row is inserted, so
/// that no query needs date functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day of a calendar date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self(
            date.since(epoch)
                .map_or(0, |span| i64::from(span.get_days())),
        )
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> Date {
        jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().try_days(self.0).unwrap_or_default())
            .unwrap_or(Date::MAX)
    }

    /// Reads `2026-11-21`.
    ///
    /// # Errors
    /// [`InvalidTime`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        text.parse::<Date>()
            .map(Self::from_date)
            .map_err(|_| InvalidTime)
    }

    /// The day so many days later (earlier when negative).
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The first instant of this day in a zone.
    #[must_use]
    pub fn start(self, zone: &TimeZone) -> UnixMs {
        zone.to_ambiguous_zoned(self.date().at(0, 0, 0, 0))
            .compatible()
            .map_or(UnixMs(self.0.saturating_mul(DAY_MS)), |z| {
                UnixMs(z.timestamp().as_millisecond())
            })
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The zone of an IANA name (`Europe/Berlin`), from the table in the binary; `None` when unknown.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_zone() {
        let toronto = zone("America/Toronto").unwrap();
        let late = UnixMs::parse("2026-11-21T03:30:00Z").unwrap();
        assert_eq!(late.day_in(&toronto).to_string(), "2026-11-20");
        assert_eq!(late.day_in(&TimeZone::UTC).to_string(), "2026-11-21");
        assert_eq!(
            Day::parse("2026-11-21").unwrap().start(&toronto).rfc3339(),
            "2026-11-21T05:00:00.000Z"
        );
    }

    #[test]
    fn texts_round_trip() {
        let time = UnixMs::parse("2026-11-21T09:30:00.125+01:00").unwrap();
        assert_eq!(time.rfc3339(), "2026-11-21T08:30:00.125Z");
        assert_eq!(UnixMs::parse(&time.rfc3339()), Ok(time));
        assert!(UnixMs::parse("yesterday").is_err());
        assert!(UnixMs::parse("1969-12-31T23:59:59Z").is_err());
    }
}
