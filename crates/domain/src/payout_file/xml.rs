//! As much of XML as banks' messages need: elements, attributes, text, the five named entities and numbered
//! characters, comments, `CDATA`. A document type is refused, so that nothing can be defined, fetched or blown up; so is
//! what is nested deeper than any message, or has more elements than one.

use super::result::shortened;

/// How deep elements may be nested; messages of banks need some fifteen.
const DEPTH_MAX: usize = 64;
/// How many elements a document may have. An entry of a bank needs some fifty and ten thousand of ours are read, among as
/// many of others. Each takes a hundred bytes and more of memory, however few bytes the file spends on it, so that the
/// size of the file alone bounds too little.
const ELEMENTS_MAX: usize = 2_000_000;

/// An element, by its name without a prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    /// The line it begins in, from 1.
    pub line: u64,
    pub attributes: Vec<(String, String)>,
    /// The text directly in it.
    pub text: String,
    pub children: Vec<Element>,
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub line: u64,
    pub message: String,
}

impl Element {
    /// The elements of this name that stand directly in it.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at the end of a path of names.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        let mut found = self;
        for name in path {
            found = found.children.iter().find(|child| child.name == *name)?;
        }
        Some(found)
    }

    /// The text at the end of a path of names; none when it is empty.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        let text = self.at(path)?.text.trim();
        Some(text).filter(|text| !text.is_empty())
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(there, _)| there == name)?;
        Some(found.1.as_str())
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: u64,
}

impl<'a> Reader<'a> {
    fn fault<T>(&self, message: impl Into<String>) -> Result<T, Fault> {
        Err(Fault {
            line: self.line,
            message: message.into(),
        })
    }

    /// Goes on by so many bytes and answers them.
    fn advance(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        let breaks = passed.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
        self.rest = rest;
        passed
    }

    /// Goes on behind an end that must come, and answers what stood before it.
    fn until(&mut self, end: &str) -> Result<&'a str, Fault> {
        match self.rest.find(end) {
            Some(at) => {
                let passed = self.advance(at);
                self.advance(end.len());
                Ok(passed)
            }
            None => self.fault(format!("is no whole XML: “{end}” is missing")),
        }
    }

    fn passed(&mut self, start: &str) -> bool {
        let there = self.rest.starts_with(start);
        if there {
            self.advance(start.len());
        }
        there
    }

    fn space(&mut self) {
        let blank = self.rest.len() - self.rest.trim_start().len();
        self.advance(blank);
    }

    fn name(&mut self) -> Result<&'a str, Fault> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '>' | '=' | '<' | '"' | '\'');
        let length = self.rest.find(ends).unwrap_or(self.rest.len());
        if length == 0 {
            return self.fault("is no XML: a name is missing");
        }
        Ok(self.advance(length))
    }

    /// Text as it is meant.
    fn meant(&self, raw: &str) -> Result<String, Fault> {
        let mut text = String::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            text.push_str(before);
            let Some((entity, behind)) = after.split_once(';') else {
                return self.fault("is no XML: a “&” stands alone");
            };
            match character(entity) {
                Some(c) => text.push(c),
                None => return self.fault("names a character that is not known"),
            }
            rest = behind;
        }
        text.push_str(rest);
        Ok(text)
    }

    /// The rest of a start tag, behind its `<`; whether the element ends with it.
    fn start(&mut self) -> Result<(Element, String, bool), Fault> {
        let line = self.line;
        let qualified = self.name()?.to_owned();
        let mut attributes = Vec::new();
        loop {
            self.space();
            if self.passed("/>") {
                return Ok((element(&qualified, line, attributes), qualified, true));
            }
            if self.passed(">") {
                return Ok((element(&qualified, line, attributes), qualified, false));
            }
            let name = self.name()?.to_owned();
            self.space();
            if !self.passed("=") {
                return self.fault("is no XML: an attribute has no value");
            }
            self.space();
            let raw = if self.passed("\"") {
                self.until("\"")?
            } else if self.passed("'") {
                self.until("'")?
            } else {
                return self.fault("is no XML: an attribute has no value");
            };
            attributes.push((name, self.meant(raw)?));
        }
    }
}

fn element(qualified: &str, line: u64, attributes: Vec<(String, String)>) -> Element {
    Element {
        name: local(qualified).to_owned(),
        line,
        attributes,
        ..Element::default()
    }
}

/// A name without its prefix.
fn local(qualified: &str) -> &str {
    qualified.rsplit(':').next().unwrap_or(qualified)
}

/// What stands between `&` and `;`.
fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            code.ok()
                .and_then(char::from_u32)
                .filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
        }
    }
}

/// Reads a document; answers its root.
pub(super) fn read(text: &str) -> Result<Element, Fault> {
    read_up_to(text, ELEMENTS_MAX)
}

/// [`read`] for a document of so many elements at the most.
fn read_up_to(text: &str, most: usize) -> Result<Element, Fault> {
    let mut reader = Reader {
        rest: text,
        line: 1,
    };
    let mut open: Vec<(Element, String)> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0_usize;
    loop {
        let length = reader.rest.find('<').unwrap_or(reader.rest.len());
        let raw = reader.advance(length);
        let plain = reader.meant(raw)?;
        match open.last_mut() {
            Some((element, _)) => element.text.push_str(&plain),
            None if plain.trim().is_empty() => {}
            None => return reader.fault("is no XML: text stands outside of the document"),
        }
        if reader.rest.is_empty() {
            break;
        }
        if reader.passed("<?") {
            reader.until("?>")?;
        } else if reader.passed("<!--") {
            reader.until("-->")?;
        } else if reader.passed("<![CDATA[") {
            let raw = reader.until("]]>")?;
            match open.last_mut() {
                Some((element, _)) => element.text.push_str(raw),
                None => return reader.fault("is no XML: text stands outside of the document"),
            }
        } else if reader.rest.starts_with("<!") {
            return reader.fault("defines a document type, which is not read");
        } else if reader.passed("</") {
            let name = reader.until(">")?.trim_end();
            match open.pop() {
                Some((element, qualified)) if qualified == name => {
                    close(element, &mut open, &mut root);
                }
                _ => {
                    let name = shortened(name);
                    return reader
                        .fault(format!("is no XML: “{name}” ends where it does not begin"));
                }
            }
        } else {
            reader.advance(1);
            if root.is_some() {
                return reader.fault("is no XML: it has two documents");
            }
            if open.len() >= DEPTH_MAX {
                return reader.fault("is nested deeper than any message of a bank");
            }
            elements = elements.saturating_add(1);
            if elements > most {
                return reader.fault(format!(
                    "has more than {most} elements; ask the bank for it in parts"
                ));
            }
            let (element, qualified, ended) = reader.start()?;
            if ended {
                close(element, &mut open, &mut root);
            } else {
                open.push((element, qualified));
            }
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => reader.fault("is no whole XML: its end is missing"),
    }
}

/// Puts an element that has ended into the one it stands in.
fn close(element: Element, open: &mut [(Element, String)], root: &mut Option<Element>) {
    match open.last_mut() {
        Some((parent, _)) => parent.children.push(element),
        None => *root = Some(element),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(text: &str) -> Fault {
        read(text).expect_err(text)
    }

    #[test]
    fn a_document_is_read() {
        let text = "\n<?xml version='1.0'?>\n<!-- <a> -->\n<n:a xmlns:n=\"urn:x\" b='1 &amp; \"2\"'>\n <n:c/>\n <c> x&#252;&#xFC;&lt;<![CDATA[&amp;]]> </c>\n</n:a>\n";
        let root = read(text).expect("a document");
        assert_eq!((root.name.as_str(), root.line), ("a", 4));
        assert_eq!(root.attribute("b"), Some("1 & \"2\""));
        assert_eq!(root.all("c").count(), 2);
        assert_eq!(root.text_at(&["c"]), None, "the first is empty");
        let second = root.all("c").nth(1).expect("the second");
        assert_eq!((second.line, second.text.trim()), (6, "xüü<&amp;"));
        assert_eq!(root.at(&["c", "d"]), None);
    }

    #[test]
    fn what_is_not_whole_is_refused_with_its_line() {
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a b></a>",
            "<a b=1/>",
            "<a>&x;</a>",
            "<a>& </a>",
            "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a",
            "<a b='1",
            "<!-- <a/>",
            "<a/>text",
            "<>",
            "<a><![CDATA[</a>",
        ] {
            assert!(
                fault(text).message.contains("is n") || text.contains('&'),
                "{text}"
            );
        }
        assert_eq!(fault("<a>\n\n</b>").line, 3);
        let long = fault(&format!("<a></{}>", "b".repeat(10_000)));
        assert!(long.message.len() < 300, "a name is shown in part");
    }

    #[test]
    fn nothing_is_defined_or_fetched() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert!(fault(bomb).message.contains("document type"));
        assert!(fault("<a>&c;</a>").message.contains("not known"));
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        assert!(fault(&deep).message.contains("nested deeper"));
        let deepest = format!("{}{}", "<a>".repeat(DEPTH_MAX), "</a>".repeat(DEPTH_MAX));
        assert!(read(&deepest).is_ok());
    }

    #[test]
    fn more_elements_than_a_message_has_are_refused() {
        let text = "<a>\n<b/>\n<b><c/></b>\n</a>";
        assert!(read_up_to(text, 4).is_ok());
        let refused = read_up_to(text, 3).expect_err("one too many");
        assert_eq!(
            (refused.line, refused.message.as_str()),
            (3, "has more than 3 elements; ask the bank for it in parts")
        );
    }

    proptest! {
        #[test]
        fn anything_may_be_read(text in any::<String>(), tags in "[<>/a&;='\"! \\[\\]?-]{0,60}") {
            let _read = read(&text);
            let _tags = read(&tags);
        }
    }
}
