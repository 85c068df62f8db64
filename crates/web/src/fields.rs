//! The header fields of a request, however it was read.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Fields by their names.
pub trait Fields {
    /// The values of a field, in the order they came.
    fn named<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]>;

    /// The values of a field that are text, in the order they came.
    fn texts<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> {
        self.named(name).filter_map(visible)
    }

    /// The first value of a field, when it is text.
    fn text(&self, name: &HeaderName) -> Option<&str> {
        self.named(name).next().and_then(visible)
    }
}

impl Fields for HeaderMap {
    fn named<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).iter().map(HeaderValue::as_bytes)
    }
}

impl Fields for [httparse::Header<'_>] {
    fn named<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let name = name.as_str();
        self.iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }
}

/// ASCII that can be seen, spaces and tabs: what [`HeaderValue::to_str`] takes for text.
fn visible(value: &[u8]) -> Option<&str> {
    let shown = |byte: &u8| matches!(byte, b'\t' | 0x20..=0x7e);
    value
        .iter()
        .all(shown)
        .then(|| std::str::from_utf8(value).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    #[test]
    fn fields_are_the_same_however_they_were_read() {
        let lines: [(&str, &[u8]); 4] = [
            ("host", b"a.example"),
            ("Cookie", b"a=1"),
            ("cookie", b"b=\xe9"),
            ("COOKIE", b"c=3"),
        ];
        let map: HeaderMap = lines
            .iter()
            .map(|(name, value)| {
                (
                    name.parse::<HeaderName>().unwrap(),
                    HeaderValue::from_bytes(value).unwrap(),
                )
            })
            .collect();
        let list = lines.map(|(name, value)| httparse::Header { name, value });
        let list = list.as_slice();

        assert_eq!(map.text(&header::HOST), Some("a.example"));
        assert_eq!(list.text(&header::HOST), Some("a.example"));
        assert!(map.named(&header::COOKIE).eq(list.named(&header::COOKIE)));
        assert_eq!(list.named(&header::COOKIE).count(), 3);
        let texts: Vec<&str> = list.texts(&header::COOKIE).collect();
        assert_eq!(texts, ["a=1", "c=3"]);
        assert!(map.texts(&header::COOKIE).eq(texts));
        assert_eq!(map.text(&header::REFERER), None);
        assert_eq!(list.text(&header::REFERER), None);
    }
}
