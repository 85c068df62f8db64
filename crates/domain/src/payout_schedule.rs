//! On which days a business pays, and whether an affiliate is due on a day.
//!
//! All of it is about calendar days in the business's zone. A payday is a day on which payouts are made;
//! an affiliate is due when a payday has come since its last payout. Somebody who was away on a payday
//! is therefore due on the days after it, too, until a payout is made.

use jiff::civil::date;

use crate::status::PayoutFrequency;
use crate::time::Day;

/// When payouts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// How often.
    pub frequency: PayoutFrequency,
    /// For weekly and fortnightly payouts: 1 for Monday to 7 for Sunday.
    pub weekday: i64,
    /// For monthly and quarterly payouts: 1 to 31; in a shorter month its last day.
    pub month_day: i64,
}

/// The first day of all weeks that are counted: Monday, 29 December 1969. Fortnights are counted from it,
/// so that every affiliate of a business has the same ones.
const FIRST_MONDAY: Day = Day(-3);

impl Schedule {
    /// The latest payday on or before this day; none when payouts are made on request only.
    #[must_use]
    pub fn last_payday(self, today: Day) -> Option<Day> {
        let every = |days: i64| {
            let first = FIRST_MONDAY.plus(self.weekday.clamp(1, 7) - 1);
            today.plus(-(today.0 - first.0).rem_euclid(days))
        };
        match self.frequency {
            PayoutFrequency::Weekly => Some(every(7)),
            PayoutFrequency::Biweekly => Some(every(14)),
            PayoutFrequency::Monthly => self.last_of_months(today, 1),
            PayoutFrequency::Quarterly => self.last_of_months(today, 3),
            PayoutFrequency::OnRequest => None,
        }
    }

    /// The next payday after this day; none when payouts are made on request only.
    #[must_use]
    pub fn next_payday(self, today: Day) -> Option<Day> {
        let last = self.last_payday(today)?;
        // The longest way from one payday to the next is a quarter with a short month at its beginning.
        (1..=100)
            .map(|days| last.plus(days))
            .find(|day| *day > today && self.last_payday(*day) == Some(*day))
    }

    /// Whether an affiliate is due today. `since`: the day of the last payout, or, before the first one, the
    /// day before the affiliate took part. Nobody is due by date when payouts are made on request.
    #[must_use]
    pub fn is_due(self, since: Day, today: Day) -> bool {
        self.last_payday(today).is_some_and(|payday| payday > since)
    }

    /// The latest payday of a month whose number, counted from January as 0, is divisible by `every`.
    fn last_of_months(self, today: Day, every: i8) -> Option<Day> {
        let mut month = today.date().first_of_month();
        // A year back there is one for certain.
        for _ in 0..13 {
            if (month.month() - 1) % every == 0 {
                let wanted = i8::try_from(self.month_day.clamp(1, 31)).unwrap_or(31);
                let day = wanted.min(month.days_in_month());
                let payday = Day::from_date(date(month.year(), month.month(), day));
                if payday <= today {
                    return Some(payday);
                }
            }
            month = month.yesterday().ok()?.first_of_month();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(frequency: PayoutFrequency, weekday: i64, month_day: i64) -> Schedule {
        Schedule {
            frequency,
            weekday,
            month_day,
        }
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn paydays_by_example() {
        use PayoutFrequency::{Biweekly, Monthly, OnRequest, Quarterly, Weekly};
        for (frequency, weekday, month_day, today, last, next) in [
            // 2026-11-28 is a Saturday.
            (Weekly, 1, 1, "2026-11-28", "2026-11-23", "2026-11-30"),
            (Weekly, 6, 1, "2026-11-28", "2026-11-28", "2026-12-05"),
            (Weekly, 7, 1, "2026-11-28", "2026-11-22", "2026-11-29"),
            (Monthly, 1, 1, "2026-11-28", "2026-11-01", "2026-12-01"),
            (Monthly, 1, 31, "2026-11-28", "2026-10-31", "2026-11-30"),
            (Monthly, 1, 31, "2028-02-29", "2028-02-29", "2028-03-31"),
            (Monthly, 1, 15, "2026-01-14", "2025-12-15", "2026-01-15"),
            (Quarterly, 1, 1, "2026-11-28", "2026-10-01", "2027-01-01"),
            (Quarterly, 1, 20, "2026-10-19", "2026-07-20", "2026-10-20"),
        ] {
            let schedule = schedule(frequency, weekday, month_day);
            let today = day(today);
            assert_eq!(schedule.last_payday(today), Some(day(last)), "{schedule:?}");
            assert_eq!(schedule.next_payday(today), Some(day(next)), "{schedule:?}");
        }
        let fortnight = schedule(Biweekly, 5, 1);
        let first = fortnight.last_payday(day("2026-11-28")).unwrap();
        assert_eq!(fortnight.next_payday(first), Some(first.plus(14)));
        let asked = schedule(OnRequest, 1, 1);
        assert_eq!(asked.last_payday(day("2026-11-28")), None);
        assert!(!asked.is_due(Day(0), day("2026-11-28")));
    }

    #[test]
    fn due_once_a_payday() {
        let monthly = schedule(PayoutFrequency::Monthly, 1, 1);
        let since = day("2026-10-30");
        assert!(!monthly.is_due(since, day("2026-10-31")));
        assert!(monthly.is_due(since, day("2026-11-01")));
        assert!(monthly.is_due(since, day("2026-11-17")), "late, but due");
        let paid = day("2026-11-17");
        assert!(!monthly.is_due(paid, day("2026-11-30")));
        assert!(monthly.is_due(paid, day("2026-12-01")));
    }

    proptest! {
        #[test]
        fn paydays_fit_together(
            which in 0_usize..4,
            weekday in 1_i64..=7,
            month_day in 1_i64..=31,
            today in 0_i64..40_000,
            waited in 0_i64..400,
        ) {
            let frequency = PayoutFrequency::ALL[which];
            let schedule = schedule(frequency, weekday, month_day);
            let today = Day(today);
            let last = schedule.last_payday(today).unwrap();
            let next = schedule.next_payday(today).unwrap();
            prop_assert!(last <= today && today < next);
            // A payday is its own last one; nothing lies between two of them.
            prop_assert_eq!(schedule.last_payday(last), Some(last));
            prop_assert_eq!(schedule.last_payday(next.plus(-1)), Some(last));
            prop_assert_eq!(schedule.next_payday(last), Some(next));
            let (least, most) = match frequency {
                PayoutFrequency::Weekly => (7, 7),
                PayoutFrequency::Biweekly => (14, 14),
                PayoutFrequency::Monthly => (28, 31),
                _ => (89, 92),
            };
            prop_assert!((least..=most).contains(&(next.0 - last.0)), "{} days", next.0 - last.0);
            match frequency {
                PayoutFrequency::Weekly | PayoutFrequency::Biweekly => {
                    prop_assert_eq!(i64::from(last.date().weekday().to_monday_one_offset()), weekday);
                }
                _ => {
                    let date = last.date();
                    prop_assert_eq!(
                        i64::from(date.day()),
                        month_day.min(i64::from(date.days_in_month()))
                    );
                }
            }
            // Once due, an affiliate stays so until it is paid; paid today it is not due today.
            let since = today.plus(-waited);
            if schedule.is_due(since, today) {
                prop_assert!(schedule.is_due(since, today.plus(1)));
            }
            prop_assert!(!schedule.is_due(today, today));
            prop_assert_eq!(schedule.is_due(today, next), true);
        }
    }
}
