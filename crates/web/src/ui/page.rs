//! Addresses of lists and the arithmetic of their pages. The state of a list is its URL.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

/// Page sizes on offer. The last bounds what one answer may hold.
pub const PAGE_SIZES: [u32; 4] = [10, 25, 50, 100];
/// The page size when the URL names none.
pub const PAGE_SIZE: u32 = 25;

/// A list's path and query: filters, sort, range, page. Empty values are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListUrl {
    path: String,
    params: Vec<(String, String)>,
}

impl ListUrl {
    /// From the page's path and the parameters in force.
    pub fn new<K: Into<String>, V: Into<String>>(
        path: impl Into<String>,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let params = params
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .filter(|(_, value): &(String, String)| !value.is_empty())
            .collect();
        Self {
            path: path.into(),
            params,
        }
    }

    /// From the path and the raw query of the request.
    pub fn from_query(path: impl Into<String>, query: &str) -> Self {
        Self::new(path, form_urlencoded::parse(query.as_bytes()).into_owned())
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of `key`, empty when absent.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| known == key)
            .map_or("", |(_, value)| value)
    }

    /// This address with `key` set (or gone, when `value` is empty). Any change but of the page
    /// itself leads back to the first page.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Self {
        let kept = self
            .params
            .iter()
            .filter(|(known, _)| known != key && (key == "page" || known != "page"))
            .cloned();
        let added = (key.to_owned(), value.to_owned());
        Self::new(self.path.clone(), kept.chain([added]))
    }

    /// The parameters apart from `names`: hidden fields of a form that sets those.
    #[must_use]
    pub fn others(&self, names: &[&str]) -> Vec<(String, String)> {
        self.params
            .iter()
            .filter(|(known, _)| known != "page" && !names.contains(&known.as_str()))
            .cloned()
            .collect()
    }

    /// The query alone, percent-encoded, without `?`: what a bulk form or an export link carries.
    #[must_use]
    pub fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.params)
            .finish()
    }
}

impl fmt::Display for ListUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if !self.params.is_empty() {
            write!(f, "?{}", self.query())?;
        }
        Ok(())
    }
}

/// A numbered page, or the gap between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PagerItem {
    Page {
        number: u32,
        href: String,
        current: bool,
    },
    Gap,
}

/// One offered page size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeChoice {
    pub size: u32,
    pub href: String,
    pub current: bool,
}

/// "51–75 of 248 affiliates" with `‹ 1 2 3 … 10 ›` and the page sizes.
#[derive(Debug, Clone)]
pub struct Pager {
    /// Position of the first and last row shown, from 1; both 0 when there is none.
    pub first: u64,
    pub last: u64,
    pub total: u64,
    /// What is counted: "affiliates", or "affiliate" when there is one.
    pub noun: &'static str,
    pub items: Vec<PagerItem>,
    /// Address of the page before and after, empty at the ends.
    pub previous: String,
    pub next: String,
    pub sizes: Vec<SizeChoice>,
}

impl Pager {
    /// For page `page` (from 1; beyond the end counts as the last) of `total` rows, `size` a page; what is
    /// counted as the word for one and for all other numbers.
    #[must_use]
    pub fn new(
        url: &ListUrl,
        page: u32,
        size: u32,
        total: u64,
        one: &'static str,
        many: &'static str,
    ) -> Self {
        let size = size.max(1);
        let pages = page_count(total, size);
        let page = page.clamp(1, pages);
        let href = |number: u32| {
            let value = if number == 1 {
                String::new()
            } else {
                number.to_string()
            };
            url.with("page", &value).to_string()
        };
        let mut items = Vec::new();
        let mut last_shown = 0;
        for number in shown_pages(page, pages) {
            if number > last_shown + 1 {
                items.push(PagerItem::Gap);
            }
            items.push(PagerItem::Page {
                number,
                href: href(number),
                current: number == page,
            });
            last_shown = number;
        }
        let before = u64::from(page - 1) * u64::from(size);
        Self {
            first: if total == 0 { 0 } else { before + 1 },
            last: (before + u64::from(size)).min(total),
            total,
            noun: if total == 1 { one } else { many },
            items,
            previous: if page > 1 {
                href(page - 1)
            } else {
                String::new()
            },
            next: if page < pages {
                href(page + 1)
            } else {
                String::new()
            },
            sizes: PAGE_SIZES
                .iter()
                .map(|&choice| {
                    let value = if choice == PAGE_SIZE {
                        String::new()
                    } else {
                        choice.to_string()
                    };
                    SizeChoice {
                        size: choice,
                        href: url.with("size", &value).to_string(),
                        current: choice == size,
                    }
                })
                .collect(),
        }
    }

    /// It as a bar below the list.
    #[must_use]
    pub const fn bar(&self) -> PagerBar<'_> {
        PagerBar { pages: self }
    }
}

/// A pager as it is shown; apart, so that it is compiled once and not with every list.
#[derive(Debug, Template)]
#[template(path = "kit/pager.html")]
pub struct PagerBar<'a> {
    pages: &'a Pager,
}

// Its template has escaped what people wrote.
impl HtmlSafe for PagerBar<'_> {}

/// At least one, so that an empty list has a page to show.
fn page_count(total: u64, size: u32) -> u32 {
    u32::try_from(total.div_ceil(u64::from(size)).max(1)).unwrap_or(u32::MAX)
}

/// The first, the last, and the neighbours of the current one; never more than seven.
fn shown_pages(page: u32, pages: u32) -> Vec<u32> {
    let near = match page {
        1..=2 => 1..=3,
        _ if page + 1 >= pages => pages.saturating_sub(2)..=pages,
        _ => page - 1..=page + 1,
    };
    let mut shown: Vec<u32> = [1, pages]
        .into_iter()
        .chain(near)
        .filter(|n| (1..=pages).contains(n))
        .collect();
    shown.sort_unstable();
    shown.dedup();
    // A gap of a single page is wider than the page itself.
    let mut filled = Vec::with_capacity(shown.len() + 2);
    for number in shown {
        if filled.last().is_some_and(|last| number == last + 2) {
            filled.push(number - 1);
        }
        filled.push(number);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(page: u32, total: u64) -> String {
        let url = ListUrl::new("/admin/affiliates", [("q", "a b")]);
        let pager = Pager::new(&url, page, 10, total, "affiliate", "affiliates");
        let items: Vec<String> = pager
            .items
            .iter()
            .map(|item| match item {
                PagerItem::Page {
                    number,
                    current: true,
                    ..
                } => format!("[{number}]"),
                PagerItem::Page { number, .. } => number.to_string(),
                PagerItem::Gap => "…".to_owned(),
            })
            .collect();
        format!("{}-{} {}", pager.first, pager.last, items.join(" "))
    }

    #[test]
    fn pages_shrink_around_the_current_one() {
        assert_eq!(shape(1, 248), "1-10 [1] 2 3 … 25");
        assert_eq!(shape(3, 248), "21-30 1 2 [3] 4 … 25");
        assert_eq!(shape(10, 248), "91-100 1 … 9 [10] 11 … 25");
        assert_eq!(shape(25, 248), "241-248 1 … 23 24 [25]");
        assert_eq!(shape(99, 248), "241-248 1 … 23 24 [25]");
        assert_eq!(shape(1, 10), "1-10 [1]");
        assert_eq!(shape(1, 0), "0-0 [1]");
        assert_eq!(shape(2, 40), "11-20 1 [2] 3 4");
    }

    #[test]
    fn one_is_counted_in_the_singular() {
        let url = ListUrl::new("/l", [("q", "a")]);
        let noun = |total| Pager::new(&url, 1, 10, total, "entry", "entries").noun;
        assert_eq!(
            [0, 1, 2, 21].map(noun),
            ["entries", "entry", "entries", "entries"]
        );
    }

    #[test]
    fn a_changed_filter_leads_to_the_first_page() {
        let url = ListUrl::from_query("/l", "q=a+b&page=4&sort=-name&status=");
        assert_eq!(url.to_string(), "/l?q=a+b&page=4&sort=-name");
        assert_eq!(url.with("sort", "name").to_string(), "/l?q=a+b&sort=name");
        assert_eq!(
            url.with("page", "5").to_string(),
            "/l?q=a+b&sort=-name&page=5"
        );
        assert_eq!(
            url.others(&["q"]),
            [("sort".to_owned(), "-name".to_owned())]
        );
    }
}
