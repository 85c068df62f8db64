//! The state of a list, read from its URL: search, filters, sort, page, page size.
//!
//! What the URL says wrongly (an unknown status, page −3, a size of a million) is left out, as if it
//! had not been said; the links the page makes are then right again. A list page goes like this:
//!
//! ```ignore
//! async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
//!     let mut state = ListState::new("/admin/campaigns", query.as_deref(), "-created");
//!     let filter = Filter { active: state.filter("active"), search: state.search() };
//!     let mut work = admin.app.view(&admin.actor).await?;
//!     state.settle(campaign::count(&mut work, &filter).await?);           // the page exists
//!     let window = state.window(campaign::ORDERS);                        // sort and page, typed
//!     let rows = campaign::list(&mut work, &filter, window).await?;
//!     html::page(&CampaignsPage {
//!         filters: state.filters("Search name", vec![state.select("active", "State", "Any state", options)]),
//!         name_head: state.head("name", "Name", false),
//!         pager: state.pager("campaign", "campaigns"),
//!         csv_href: state.csv_href(),
//!         query: state.query(),                                           // for the bulk form
//!         ..
//!     })
//! }
//! ```
//!
//! The export at `/admin/campaigns.csv` and the bulk act read the same query with the same
//! `ListState::new`, so that they see the same rows.

use std::str::FromStr;

use service::store::list::Window;

use crate::ui::{Filters, ListUrl, PAGE_SIZE, PAGE_SIZES, Pager, SelectFilter, SortHead};

/// Characters of a search text that count; what is longer finds nothing anyway. The API refuses a longer one.
pub(crate) const SEARCH_CHARS_MAX: usize = 200;
/// The highest page that is understood, so that offsets stay small numbers.
const PAGE_MAX: u32 = 1_000_000;

/// The orders a list has: a key for the URL, the `order by` terms upwards and downwards.
pub type Orders = &'static [(&'static str, &'static str, &'static str)];

/// What a list's URL asks for.
#[derive(Debug, Clone)]
pub struct ListState {
    url: ListUrl,
    default_sort: &'static str,
    page: u32,
    size: u32,
    total: u64,
}

impl ListState {
    /// From the page's path and the raw query. `default_sort` is the sort when the URL names none:
    /// `name` upwards, `-name` downwards.
    #[must_use]
    pub fn new(path: &str, query: Option<&str>, default_sort: &'static str) -> Self {
        let url = ListUrl::from_query(path, query.unwrap_or_default());
        let page = url.get("page").parse().unwrap_or(1).clamp(1, PAGE_MAX);
        let size = url
            .get("size")
            .parse()
            .ok()
            .filter(|size| PAGE_SIZES.contains(size));
        let mut state = Self {
            url,
            default_sort,
            page,
            size: size.unwrap_or(PAGE_SIZE),
            total: 0,
        };
        if size.is_none() {
            state.forget("size");
        }
        state.forget("page");
        state
    }

    fn forget(&mut self, key: &str) {
        if !self.url.get(key).is_empty() {
            self.url = self.url.with(key, "");
        }
    }

    /// What is searched for (`q`); none when blank.
    #[must_use]
    pub fn search(&self) -> Option<String> {
        let text: String = self
            .url
            .get("q")
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(SEARCH_CHARS_MAX)
            .collect();
        (!text.is_empty()).then_some(text)
    }

    /// The parameter as text, trimmed; none when blank.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        let text: String = self
            .url
            .get(key)
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(SEARCH_CHARS_MAX)
            .collect();
        (!text.is_empty()).then_some(text)
    }

    /// The parameter as a value (a status, an id, a day). One that cannot be read is dropped from
    /// the list's addresses, too.
    pub fn filter<T: FromStr>(&mut self, key: &str) -> Option<T> {
        match self.url.get(key).parse() {
            Ok(value) => Some(value),
            Err(_) => {
                self.forget(key);
                None
            }
        }
    }

    /// The key the list is sorted by and whether downwards; a key that `orders` lacks counts as none.
    fn sort(&self, orders: Orders) -> Option<(&'static str, &'static str)> {
        let find = |sort: &str| {
            let (key, down) = sort
                .strip_prefix('-')
                .map_or((sort, false), |key| (key, true));
            orders
                .iter()
                .find(|order| order.0 == key)
                .map(|order| (order.0, if down { order.2 } else { order.1 }))
        };
        find(self.url.get("sort")).or_else(|| find(self.default_sort))
    }

    /// The key the list is sorted by, if `orders` has it or the default.
    #[must_use]
    pub fn sort_key(&self, orders: Orders) -> Option<&'static str> {
        self.sort(orders).map(|(key, _)| key)
    }

    /// Drops a sort that none of these has from the list's addresses, for lists with several tables of
    /// orders.
    pub fn keep_sort(&mut self, tables: &[Orders]) {
        if !tables.iter().any(|orders| self.sorted_by(orders)) {
            self.forget("sort");
        }
    }

    /// Whether the sort in force is one of `orders`.
    #[must_use]
    pub fn sorted_by(&self, orders: Orders) -> bool {
        let sort = match self.url.get("sort") {
            "" => self.default_sort,
            sort => sort,
        };
        let key = sort.strip_prefix('-').unwrap_or(sort);
        orders.iter().any(|order| order.0 == key)
    }

    /// Notes how many rows there are; a page beyond the last becomes the last.
    pub fn settle(&mut self, total: i64) {
        self.total = u64::try_from(total).unwrap_or_default();
        let pages = self.total.div_ceil(u64::from(self.size)).max(1);
        self.page = self.page.min(u32::try_from(pages).unwrap_or(PAGE_MAX));
    }

    /// The rows of this page, in the order asked for.
    #[must_use]
    pub fn window(&self, orders: Orders) -> Window {
        let limit = i64::from(self.size);
        Window {
            order: self.order(orders),
            limit,
            offset: i64::from(self.page - 1) * limit,
            after: None,
        }
    }

    /// All rows in the order asked for, as an export has them.
    #[must_use]
    pub fn everything(&self, orders: Orders) -> Window {
        Window::all(self.order(orders))
    }

    fn order(&self, orders: Orders) -> &'static str {
        self.sort(orders)
            .or_else(|| orders.first().map(|order| (order.0, order.1)))
            .map_or("id desc", |(_, terms)| terms)
    }

    /// A column's head that sorts by `key`; figures stand at the line's end and sort downwards first.
    #[must_use]
    pub fn head(&self, key: &str, label: &'static str, numeric: bool) -> SortHead {
        SortHead::new(&self.url, key, label, numeric, self.default_sort)
    }

    /// A select of the filter bar; `any` is the word for no choice, `pairs` the others as value and label.
    pub fn select<V: Into<String>, L: Into<String>>(
        &self,
        name: &'static str,
        label: &'static str,
        any: &str,
        pairs: impl IntoIterator<Item = (V, L)>,
    ) -> SelectFilter {
        SelectFilter::new(&self.url, name, label, any, pairs)
    }

    /// The filter bar.
    #[must_use]
    pub fn filters(&self, search_label: &'static str, selects: Vec<SelectFilter>) -> Filters {
        Filters::new(&self.url, search_label, selects)
    }

    /// "51–75 of 248 affiliates", or "1 affiliate", and the pages; after [`Self::settle`].
    #[must_use]
    pub fn pager(&self, one: &'static str, many: &'static str) -> Pager {
        Pager::new(&self.url, self.page, self.size, self.total, one, many)
    }

    /// How many rows there are on all pages; after [`Self::settle`].
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether any of these filters, or the search, narrows the list.
    #[must_use]
    pub fn narrowed(&self, keys: &[&str]) -> bool {
        self.search().is_some() || keys.iter().any(|key| !self.url.get(key).is_empty())
    }

    /// This list with `key` set, from its first page.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> String {
        self.url.with(key, value).to_string()
    }

    /// The export of these rows: the path with `.csv` and the filters and sort in force.
    #[must_use]
    pub fn csv_href(&self) -> String {
        ListUrl::new(
            format!("{}.csv", self.url.path()),
            self.url.others(&["size"]),
        )
        .to_string()
    }

    /// Filters and sort as a query without `?`, for a form that acts on all rows of the list.
    #[must_use]
    pub fn query(&self) -> String {
        self.url.query()
    }

    /// The address of this page of the list, for coming back to it.
    #[must_use]
    pub fn href(&self) -> String {
        if self.page == 1 {
            self.url.to_string()
        } else {
            self.url.with("page", &self.page.to_string()).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::status::AffiliateStatus;

    use super::*;

    const ORDERS: Orders = &[
        ("name", "n, id", "n desc, id desc"),
        ("age", "id", "id desc"),
    ];

    fn state(query: &str) -> ListState {
        ListState::new("/l", Some(query), "-age")
    }

    #[test]
    fn the_url_is_the_state() {
        let mut list = state("q=+M%C3%A4rz+&status=pending&sort=name&page=3&size=10&more=1");
        assert_eq!(list.search().as_deref(), Some("März"));
        assert_eq!(
            list.filter::<AffiliateStatus>("status"),
            Some(AffiliateStatus::Pending)
        );
        list.settle(248);
        let window = list.window(ORDERS);
        assert_eq!(
            (window.order, window.limit, window.offset),
            ("n, id", 10, 20)
        );
        assert_eq!(list.pager("row", "rows").first, 21);
        assert_eq!(
            list.href(),
            "/l?q=+M%C3%A4rz+&status=pending&sort=name&size=10&more=1&page=3"
        );
        assert_eq!(
            list.csv_href(),
            "/l.csv?q=+M%C3%A4rz+&status=pending&sort=name&more=1"
        );
        assert!(list.narrowed(&[]));
    }

    #[test]
    fn nonsense_falls_back() {
        let mut list = state("status=nope&sort=-secret&page=-1&size=1000000&q=%00+");
        assert_eq!(list.filter::<AffiliateStatus>("status"), None);
        assert_eq!(list.search(), None);
        list.settle(0);
        let window = list.window(ORDERS);
        assert_eq!(
            (window.order, window.limit, window.offset),
            ("id desc", 25, 0)
        );
        assert!(!list.query().contains("status") && !list.query().contains("size"));
        assert!(!list.sorted_by(ORDERS) && state("").sorted_by(ORDERS));
        assert_eq!(list.everything(ORDERS).offset, 0);
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last() {
        let mut list = state("page=99");
        list.settle(30);
        assert_eq!(list.window(ORDERS).offset, 25);
        assert_eq!(list.with("status", "x"), "/l?status=x");
        let mut list = state("page=4294967295");
        list.settle(i64::MAX);
        assert!(list.window(ORDERS).offset > 0);
    }
}
