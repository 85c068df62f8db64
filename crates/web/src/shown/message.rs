//! Messages as both faces show them: plain text with its web addresses made links.

use jiff::tz::TimeZone;
use service::messaging::message::Message;
use url::Url;

use crate::moment::Moment;

/// Messages of a conversation on one page.
pub(crate) const SHOWN_MAX: i64 = 50;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// As written.
    pub text: String,
    /// Where it leads; empty for plain text.
    pub href: String,
}

/// A message in a conversation.
pub(crate) struct Bubble {
    /// Its place in the thread.
    pub number: i64,
    /// Whether the side that looks wrote it.
    pub own: bool,
    /// Who wrote it.
    pub author: String,
    /// The text.
    pub pieces: Vec<Piece>,
    /// When.
    pub at: Moment,
}

/// The messages of a page; `staff_looks` says whose side it is.
pub(crate) fn bubbles(messages: Vec<Message>, staff_looks: bool, zone: &TimeZone) -> Vec<Bubble> {
    messages
        .into_iter()
        .map(|message| Bubble {
            number: message.number,
            own: message.from_staff == staff_looks,
            author: message.author_name,
            pieces: pieces(&message.body),
            at: Moment::new(message.created_at_ms, zone),
        })
        .collect()
}

/// A text in pieces: what begins with `http://` or `https://` and is an address leads there, the rest
/// is text. The point or bracket behind an address is not part of it.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let plain = |text: &str| Piece {
        text: text.to_owned(),
        href: String::new(),
    };
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(start) = next_address(&rest[from..]).map(|at| at + from) {
        let length = rest[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
            .unwrap_or(rest.len() - start);
        let address = rest[start..start + length]
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '”', '’']);
        match Url::parse(address) {
            Ok(url) if url.has_host() && url.username().is_empty() && url.password().is_none() => {
                if start > 0 {
                    pieces.push(plain(&rest[..start]));
                }
                pieces.push(Piece {
                    text: address.to_owned(),
                    href: url.to_string(),
                });
                rest = &rest[start + address.len()..];
                from = 0;
            }
            _ => from = start + "http".len(),
        }
    }
    if !rest.is_empty() {
        pieces.push(plain(rest));
    }
    pieces
}

/// Where the next address may begin.
fn next_address(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, String)> {
        pieces(text)
            .into_iter()
            .map(|piece| (piece.text, piece.href))
            .collect()
    }

    #[test]
    fn addresses_are_links_and_nothing_else_is() {
        let plain = |text: &str| (text.to_owned(), String::new());
        let link = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(
            shown("See https://shop.example/a?b=1&c=2. Or (http://x.example/)!"),
            [
                plain("See "),
                link("https://shop.example/a?b=1&c=2"),
                plain(". Or ("),
                link("http://x.example/"),
                plain(")!"),
            ]
        );
        for text in [
            "javascript:alert(1)",
            "https://",
            "http:// x",
            "https://me:secret@bank.example/",
            "www.example.com",
            "<b>bold</b>",
        ] {
            assert_eq!(shown(text), [plain(text)], "{text}");
        }
        assert_eq!(
            shown("https:// https://ok.example/\u{e9}")[1].1,
            "https://ok.example/%C3%A9"
        );
        assert_eq!(shown(""), []);
    }
}
