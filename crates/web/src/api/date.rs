//! Days in queries and bodies.

use serde::{Deserialize, Deserializer};
use service::domain::time::Day;

use super::problem::Problem;

/// A calendar day of the business's zone, as `2026-11-21`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Date(pub Day);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Day::parse(&text)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("write the day as 2026-11-21"))
    }
}

/// A range of days, both included.
///
/// # Errors
/// 422 on `to` when it lies before `from`.
pub(super) fn range(
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Option<Day>, Option<Day>), Problem> {
    let (from, to) = (from.map(|date| date.0), to.map(|date| date.0));
    match (from, to) {
        (Some(first), Some(last)) if last < first => {
            Err(Problem::field("to", "lies before `from`"))
        }
        _ => Ok((from, to)),
    }
}
