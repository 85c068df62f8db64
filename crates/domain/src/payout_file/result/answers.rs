//! All answers of a file, a row a payout.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Outcome, PaidAt, RowError, Which, Whole};

/// Rows that are read.
pub const ROWS_MAX: usize = 10_000;

/// What a file says: all that was understood, and all that was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Rows that were understood, in the file's order.
    pub rows: Vec<Answer>,
    /// Rows that were not.
    pub errors: Vec<RowError>,
    /// What a bank says of whole files, with or without naming their transfers.
    pub wholes: Vec<Whole>,
    /// Whether a bank answers to a payment file, so that its rows are about payouts of such files only.
    pub of_bank: bool,
    /// Whether the file tells of payments that are not ours as well, so that a payout that is not here is passed over. Its
    /// rows are entries then, of which several may be about one payout: see [`Self::merge`].
    pub among_others: bool,
}

impl Answers {
    /// Makes one row a payout of the entries of an account, once those that are not ours are taken out. A payment that
    /// was booked and came back within one file came back, unless it was made again on a later day: a payout that failed
    /// is sent again under its number.
    ///
    /// Answers the entries beside these that a person has to look at, and why: a second payment or return of one payout;
    /// and what came back of a payout that was booked more often than it came back, because a payment may stand.
    #[must_use]
    pub fn merge(&mut self) -> Vec<(Answer, String)> {
        let (mut places, mut beside) = (BTreeMap::new(), Vec::new());
        // How many more payments than returns there are of each.
        let mut standing: BTreeMap<Which, i64> = BTreeMap::new();
        for answer in std::mem::take(&mut self.rows) {
            let more = match answer.outcome {
                Outcome::Paid => 1,
                Outcome::Returned(_) => -1,
                Outcome::Failed(_) | Outcome::Waits(_) => 0,
            };
            let standing = standing.entry(answer.which).or_default();
            *standing = standing.saturating_add(more);
            if let Some((second, line)) = self.put(&mut places, answer) {
                let why = format!(
                    "is a second entry of what line {line} tells; look whether it was paid or came back twice"
                );
                beside.push((second, why));
            }
        }
        let standing: BTreeSet<Which> = standing
            .into_iter()
            .filter(|(_, more)| *more > 0)
            .map(|(which, _)| which)
            .collect();
        for answer in std::mem::take(&mut self.rows) {
            if matches!(answer.outcome, Outcome::Returned(_)) && standing.contains(&answer.which) {
                let why = "came back, and there are more payments of it here than returns: one of them may stand";
                beside.push((answer, why.to_owned()));
            } else {
                self.rows.push(answer);
            }
        }
        self.limit();
        beside
    }

    /// Puts an answer behind the others, and says it where it is a second of its payout; `places` are those of the payouts
    /// in the rows.
    pub(in crate::payout_file) fn push(
        &mut self,
        places: &mut BTreeMap<Which, usize>,
        answer: Answer,
    ) {
        if let Some((second, earlier)) = self.put(places, answer) {
            self.errors.push(RowError {
                line: second.line,
                message: format!("names the same payout as line {earlier}"),
            });
        }
    }

    /// Puts an answer behind the others, or in the place of an earlier one that it outdates. Answers it where it is a second
    /// of its payout, with the line of the first.
    fn put(
        &mut self,
        places: &mut BTreeMap<Which, usize>,
        answer: Answer,
    ) -> Option<(Answer, u64)> {
        let Some(&place) = places.get(&answer.which) else {
            places.insert(answer.which, self.rows.len());
            self.rows.push(answer);
            return None;
        };
        let earlier = &mut self.rows[place];
        let takes_its_place = match (&earlier.outcome, &answer.outcome) {
            _ if !self.among_others => None,
            (Outcome::Paid | Outcome::Waits(_), Outcome::Returned(_)) => {
                Some(!is_on_later_day(earlier, &answer))
            }
            (Outcome::Returned(_), Outcome::Paid | Outcome::Waits(_)) => {
                Some(is_on_later_day(&answer, earlier))
            }
            (Outcome::Waits(_), Outcome::Paid) => Some(true),
            (Outcome::Paid | Outcome::Waits(_), Outcome::Waits(_)) => Some(false),
            _ => None,
        };
        match takes_its_place {
            Some(true) => *earlier = answer,
            Some(false) => {}
            None => return Some((answer, earlier.line)),
        }
        None
    }

    /// Refuses more rows than are read.
    pub(in crate::payout_file) fn limit(&mut self) {
        if self.rows.len() > ROWS_MAX {
            self.rows.truncate(ROWS_MAX);
            self.errors.push(RowError {
                line: 1,
                message: format!("a file holds {ROWS_MAX} payments; ask the bank for it in parts"),
            });
        }
    }
}

/// Whether one was booked on a later day than the other, as far as both say.
fn is_on_later_day(one: &Answer, other: &Answer) -> bool {
    match (one.paid_at, other.paid_at) {
        (Some(PaidAt::On(day)), Some(PaidAt::On(before))) => day > before,
        _ => false,
    }
}
