//! How many rows of a list are in each state, and the tabs that say so.

use std::fmt::Display;

use crate::list::ListState;
use crate::shown::money::{StatusTab, count};

/// Rows by state; a state may stand in several lines, one a currency.
pub(crate) struct Tally<S>(Vec<(S, i64)>);

impl<S: Copy + PartialEq + Display> Tally<S> {
    /// From lines of a state and its rows.
    pub(crate) fn new(lines: impl IntoIterator<Item = (S, i64)>) -> Self {
        Self(lines.into_iter().collect())
    }

    /// Rows in a state, or in all.
    pub(crate) fn rows(&self, state: Option<S>) -> i64 {
        self.0
            .iter()
            .filter(|(of, _)| state.is_none_or(|state| *of == state))
            .map(|(_, rows)| rows)
            .sum()
    }

    /// The tab of all rows, which is called `all`, and one for each of `states`, in their order. `key` is the filter's
    /// name in the address.
    pub(crate) fn tabs(
        &self,
        list: &ListState,
        key: &str,
        all: &str,
        states: impl IntoIterator<Item = S>,
        label: impl Fn(S) -> String,
    ) -> Vec<StatusTab> {
        let chosen = list.text(key).unwrap_or_default();
        let tab = |state: Option<S>| {
            let word = state.map_or(String::new(), |state| state.to_string());
            StatusTab {
                label: state.map_or_else(|| all.to_owned(), &label),
                href: list.with(key, &word),
                current: word == chosen,
                count: count(self.rows(state)),
            }
        };
        std::iter::once(None)
            .chain(states.into_iter().map(Some))
            .map(tab)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::status::ContactStatus;

    use super::*;

    #[test]
    fn states_add_up_and_the_chosen_one_is_current() {
        let [first, second] = [ContactStatus::ALL[0], ContactStatus::ALL[1]];
        let tally = Tally::new([(first, 2), (second, 3), (first, 4)]);
        assert_eq!(
            (
                tally.rows(None),
                tally.rows(Some(first)),
                tally.rows(Some(second))
            ),
            (9, 6, 3)
        );
        let list = ListState::new("/l", Some(&format!("status={second}&q=x")), "-id");
        let tabs = tally.tabs(
            &list,
            "status",
            "All",
            ContactStatus::ALL.iter().copied(),
            |status| status.to_string(),
        );
        assert_eq!(tabs.len(), 1 + ContactStatus::ALL.len());
        assert_eq!(
            (
                tabs[0].label.as_str(),
                tabs[0].href.as_str(),
                tabs[0].current
            ),
            ("All", "/l?q=x", false)
        );
        assert!(tabs[2].current && !tabs[1].current && tabs[2].count == "3");
        assert!(
            tabs[1].href.contains(&format!("status={first}")),
            "{}",
            tabs[1].href
        );
    }
}
