//! The address of a tracked link with sub-ids and a page of its own: what an affiliate publishes when
//! one link serves several places.

use url::{Url, form_urlencoded};

/// The sub-ids that the portal offers to fill in; links may carry others, see [`super::is_sub_id`].
pub const TAG_NAMES: &[&str] = &[
    "sub1",
    "sub2",
    "sub3",
    "sub4",
    "sub5",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
];

/// The address of a link with a page to lead to and sub-ids to keep with each click. Empty values are
/// left out.
#[must_use]
pub fn tagged<'a>(
    link: &str,
    page: Option<&Url>,
    sub_ids: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in sub_ids {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if let Some(page) = page {
        query.append_pair("url", page.as_str());
    }
    match query.finish().as_str() {
        "" => link.to_owned(),
        query => format!("{link}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{is_sub_id, sub_ids};
    use super::*;

    #[test]
    fn what_is_built_is_what_a_click_keeps() {
        assert!(TAG_NAMES.iter().all(|name| is_sub_id(name)));
        let page = Url::parse("https://shop.example/a?b=c&d#e").unwrap();
        let address = tagged(
            "https://go.example/r/maya",
            Some(&page),
            [("sub1", "news & more"), ("sub2", ""), ("utm_source", "é=1")],
        );
        let query: Vec<(String, String)> = Url::parse(&address)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        assert_eq!(query.last().unwrap().1, page.as_str());
        assert_eq!(
            sub_ids(query).as_deref(),
            Some(r#"{"sub1":"news & more","utm_source":"é=1"}"#)
        );
        assert_eq!(
            tagged("https://go.example/r/maya", None, []),
            "https://go.example/r/maya"
        );
    }
}
