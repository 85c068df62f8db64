//! Closed months, and the times of the journal.

use jiff::civil;

use super::{Answer, Model};

impl Model {
    /// The calendar month of an instant in the business's zone, counted from year 0.
    pub fn month_number(&self, ms: i64) -> i64 {
        let (year, month) = self.month(ms);
        i64::from(year) * 12 + i64::from(month) - 1
    }

    /// The first millisecond after a month.
    fn month_end(&self, month: i64) -> i64 {
        let next = month + 1;
        let year = i16::try_from(next.div_euclid(12)).expect("a year");
        let of_year = i8::try_from(next.rem_euclid(12) + 1).expect("a month");
        let first = civil::date(year, of_year, 1).to_zoned(self.zone.clone());
        first.expect("it begins").timestamp().as_millisecond()
    }

    /// Closes a month that is over, and with it all before.
    pub(super) fn close_month(&mut self, month: i64) -> Answer {
        let until = self.month_end(month);
        if until > self.now {
            self.hit("a month that is not over was not closed");
            return Answer::Refused;
        }
        if self.closed.is_some_and(|(last, _)| last >= month) {
            self.hit("a closed month was not closed again");
            return Answer::Refused;
        }
        self.hit("a month was closed");
        self.closed = Some((month, until));
        self.journal_at = self.journal_at.max(until);
        Answer::Done(Vec::new())
    }

    /// When an entry of the journal is dated that is made now: not before the one before it, and into no closed month.
    pub fn dated(&mut self) -> i64 {
        if self.closed.is_some_and(|(_, until)| self.now < until) {
            self.hit("an entry was dated behind a closed month");
        }
        self.journal_at = self.journal_at.max(self.now);
        self.journal_at
    }
}
