use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::ListUrl;

/// One option of a select.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

impl Choice {
    /// Options of `pairs` (value, label) with the one of `chosen` selected.
    pub fn list<V: Into<String>, L: Into<String>>(
        pairs: impl IntoIterator<Item = (V, L)>,
        chosen: &str,
    ) -> Vec<Self> {
        pairs
            .into_iter()
            .map(|(value, label)| {
                let value = value.into();
                Self {
                    selected: value == chosen,
                    label: label.into(),
                    value,
                }
            })
            .collect()
    }
}

/// One select of a filter bar; its options begin with the empty value, "Any status".
#[derive(Debug, Clone)]
pub struct SelectFilter {
    pub name: &'static str,
    /// For screen readers: "Status".
    pub label: &'static str,
    pub options: Vec<Choice>,
}

impl SelectFilter {
    /// A select that sets the parameter `name` of `url`; `any` is the word for no choice, `pairs`
    /// the other options as value and label.
    pub fn new<V: Into<String>, L: Into<String>>(
        url: &ListUrl,
        name: &'static str,
        label: &'static str,
        any: &str,
        pairs: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        let none = (String::new(), any.to_owned());
        let pairs = pairs
            .into_iter()
            .map(|(value, label)| (value.into(), label.into()));
        Self {
            name,
            label,
            options: Choice::list(std::iter::once(none).chain(pairs), url.get(name)),
        }
    }
}

/// A list's filter bar: a search box (parameter `q`) and selects. It submits by GET; with
/// scripts it submits itself and the list is morphed.
#[derive(Debug, Clone)]
pub struct Filters {
    pub action: String,
    /// "Search name or email"; empty for no search box.
    pub search_label: &'static str,
    pub search: String,
    pub selects: Vec<SelectFilter>,
    /// Parameters in force that the bar does not set itself (sort, size, range).
    pub hidden: Vec<(String, String)>,
    /// The list without any of this bar's filters.
    pub clear_href: String,
    /// Whether any filter is set: an empty list then says "no matches".
    pub active: bool,
}

impl Filters {
    /// A bar over `url`, which also says what is chosen.
    #[must_use]
    pub fn new(url: &ListUrl, search_label: &'static str, selects: Vec<SelectFilter>) -> Self {
        let names: Vec<&str> = std::iter::once("q")
            .chain(selects.iter().map(|select| select.name))
            .collect();
        let hidden = url.others(&names);
        Self {
            action: url.path().to_owned(),
            search_label,
            search: url.get("q").to_owned(),
            clear_href: ListUrl::new(url.path(), hidden.clone()).to_string(),
            active: names.iter().any(|name| !url.get(name).is_empty()),
            hidden,
            selects,
        }
    }

    /// The bar as a form below a title.
    pub fn form(&self, title: impl Display) -> FilterForm<'_> {
        FilterForm {
            title: title.to_string(),
            bar: self,
        }
    }
}

/// A filter bar as it is shown; apart, so that it is compiled once and not with every list.
#[derive(Debug, Template)]
#[template(path = "kit/filters.html")]
pub struct FilterForm<'a> {
    title: String,
    bar: &'a Filters,
}

// Its template has escaped what people wrote.
impl HtmlSafe for FilterForm<'_> {}

/// A column's head that sorts: parameter `sort`, `name` upwards or `-name` downwards.
#[derive(Debug, Clone)]
pub struct SortHead {
    pub label: &'static str,
    pub href: String,
    /// The value of `aria-sort`: `ascending`, `descending` or `none`.
    pub aria: &'static str,
    /// Figures stand at the end of the line and sort downwards first.
    pub numeric: bool,
}

impl SortHead {
    /// The head of the column `key`; `default` is the sort in force when the URL names none.
    #[must_use]
    pub fn new(
        url: &ListUrl,
        key: &str,
        label: &'static str,
        numeric: bool,
        default: &str,
    ) -> Self {
        let current = match url.get("sort") {
            "" => default,
            sort => sort,
        };
        let (aria, descending_next) = match current.strip_prefix('-') {
            Some(name) if name == key => ("descending", false),
            None if current == key => ("ascending", true),
            _ => ("none", numeric),
        };
        let sort = format!("{}{key}", if descending_next { "-" } else { "" });
        Self {
            label,
            href: url.with("sort", &sort).to_string(),
            aria,
            numeric,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_turns_its_own_sort_around() {
        let url = ListUrl::from_query("/l", "sort=-revenue&page=3");
        let head = SortHead::new(&url, "revenue", "Revenue", true, "name");
        assert_eq!(
            (head.aria, head.href.as_str()),
            ("descending", "/l?sort=revenue")
        );
        let head = SortHead::new(&url, "clicks", "Clicks", true, "name");
        assert_eq!((head.aria, head.href.as_str()), ("none", "/l?sort=-clicks"));
        let head = SortHead::new(
            &ListUrl::new("/l", [("q", "")]),
            "name",
            "Name",
            false,
            "name",
        );
        assert_eq!(
            (head.aria, head.href.as_str()),
            ("ascending", "/l?sort=-name")
        );
    }

    #[test]
    fn a_bar_keeps_what_it_does_not_set() {
        let url = ListUrl::from_query("/l", "q=x&status=pending&sort=name&page=2");
        let status = SelectFilter::new(
            &url,
            "status",
            "Status",
            "Any status",
            [("pending", "Pending")],
        );
        let bar = Filters::new(&url, "Search", vec![status]);
        assert!(bar.active);
        assert_eq!(bar.clear_href, "/l?sort=name");
        assert_eq!(bar.hidden, [("sort".to_owned(), "name".to_owned())]);
    }
}
