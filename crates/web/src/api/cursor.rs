//! Lists in pages: `after` and `limit` in, `{data, next}` out.

use service::domain::id::EntityId;
use service::store::list::Window;
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// Rows of a page when nothing is asked for.
const LIMIT_DEFAULT: i64 = 50;
/// Rows of a page at the most.
pub const LIMIT_MAX: i64 = 200;

/// Which page of a list is wanted.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows at the most, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: i64,
}

/// A page of a list.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct Listed<T> {
    /// The rows.
    pub data: Vec<T>,
    /// What to pass as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

impl Page {
    /// Reads the two parameters.
    pub(super) fn read(after: Option<String>, limit: Option<String>) -> Result<Self, Problem> {
        let limit = match limit {
            None => LIMIT_DEFAULT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=LIMIT_MAX).contains(limit))
                .ok_or_else(|| Problem::field("limit", "must be between 1 and 200"))?,
        };
        Ok(Self { after, limit })
    }

    /// The part of a list that is ordered by its ids, newest first; one row more than the page has, to
    /// see whether another page follows. `order` is the noun's constant for newest first.
    ///
    /// # Errors
    /// 422 when the cursor is not one of this list.
    pub fn window<T: EntityId>(&self, order: &'static str) -> Result<Window, Problem> {
        let after = self
            .after
            .as_deref()
            .map(str::parse::<T>)
            .transpose()
            .map_err(|_| bad_cursor())?;
        Ok(Window {
            order,
            ..Window::after(after.map(Into::into), self.limit + 1)
        })
    }

    /// The part of a list that is numbered: the number to go on from, if any, and how many rows.
    ///
    /// # Errors
    /// 422 when the cursor is not a number.
    pub fn numbered(&self) -> Result<(Option<i64>, i64), Problem> {
        let after = self
            .after
            .as_deref()
            .map(str::parse::<i64>)
            .transpose()
            .map_err(|_| bad_cursor())?;
        Ok((after, self.limit + 1))
    }

    /// The answer from the rows of [`Self::window`] or [`Self::numbered`]; `cursor` is the row's id or number.
    pub fn listed<R, C: std::fmt::Display, T>(
        &self,
        mut rows: Vec<R>,
        cursor: impl Fn(&R) -> C,
        out: impl Fn(R) -> T,
    ) -> Listed<T> {
        let most = usize::try_from(self.limit).unwrap_or_default();
        let more = rows.len() > most;
        rows.truncate(most);
        let next = if more {
            rows.last().map(|row| cursor(row).to_string())
        } else {
            None
        };
        Listed {
            data: rows.into_iter().map(out).collect(),
            next,
        }
    }
}

impl<T> Listed<T> {
    /// A list that is always complete.
    #[must_use]
    pub const fn all(data: Vec<T>) -> Self {
        Self { data, next: None }
    }
}

fn bad_cursor() -> Problem {
    Problem::field(
        "after",
        "is not a cursor of this list; pass the `next` of the page before",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let page = Page::read(None, Some("2".into())).unwrap();
        assert_eq!(page.limit, 2);
        let listed = page.listed(vec![3, 2, 1], |n| *n, |n| n);
        assert_eq!((listed.data, listed.next), (vec![3, 2], Some("2".into())));
        let listed = page.listed(vec![1], |n| *n, |n| n);
        assert_eq!((listed.data, listed.next), (vec![1], None));
    }

    #[test]
    fn limits_are_kept() {
        for wrong in ["0", "201", "-1", "many", ""] {
            assert!(Page::read(None, Some(wrong.into())).is_err(), "{wrong}");
        }
    }
}
