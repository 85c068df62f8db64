//! Instants as pages show them.

use domain::time::UnixMs;
use jiff::tz::TimeZone;

use crate::language;

/// An instant for the macro `ui::when`: in UTC for machines, in the zone and language of the page for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moment {
    /// RFC 3339, UTC.
    pub iso: String,
    /// `20 Nov 2026, 09:00`.
    pub full: String,
    /// `20 Nov 2026`.
    pub date: String,
}

impl Moment {
    /// This instant in a zone.
    #[must_use]
    pub fn new(at: UnixMs, zone: &TimeZone) -> Self {
        let local = at.timestamp().to_zoned(zone.clone());
        let date = language::now().date(local.date());
        Self {
            iso: at.rfc3339(),
            full: format!("{date}, {}", local.strftime("%H:%M")),
            date,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_in_the_zone() {
        let zone = domain::time::zone("America/Toronto").unwrap();
        let moment = Moment::new(UnixMs::parse("2026-11-21T03:05:00Z").unwrap(), &zone);
        assert_eq!(moment.full, "20 Nov 2026, 22:05");
        assert_eq!(moment.date, "20 Nov 2026");
    }
}
