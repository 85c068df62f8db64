//! The request for a link as it stands on a connection, and the redirect that is written there.
//!
//! For the click that is asked for by nothing else, an HTTP server's work is most of the answer's cost. So what is read from
//! a connection is looked at first: exactly one usual request for a link is understood here, and everything else is the
//! HTTP server's, from its first byte.

use std::mem::MaybeUninit;

use axum::http::{HeaderMap, HeaderName, header};
use httparse::{Header, Request, Status};
use service::domain::time::UnixMs;

use super::redirect::{PATH, SentOn};
use crate::fields::Fields as _;

/// Fields that a request may have; browsers send some twenty.
const FIELDS_MAX: usize = 48;

/// Fields that change what a request is or what becomes of its connection: the HTTP server knows what to do with them.
const SPECIAL: [HeaderName; 3] = [header::TRANSFER_ENCODING, header::EXPECT, header::UPGRADE];

/// Room for the fields of a request, which is not filled in advance: it costs more than to read them.
pub struct Room<'b>([MaybeUninit<Header<'b>>; FIELDS_MAX]);

impl Room<'_> {
    /// Empty.
    pub const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; FIELDS_MAX])
    }
}

/// A request for a link.
#[derive(Debug, PartialEq)]
pub struct Asked<'b> {
    /// Whether only the head of the answer is wanted.
    pub head: bool,
    /// The link's code.
    pub code: &'b str,
    /// What stands behind the question mark.
    pub query: Option<&'b str>,
    /// Its fields.
    pub fields: &'b [Header<'b>],
}

impl<'b> Asked<'b> {
    /// The request that these bytes are: a whole GET or HEAD of HTTP/1.1 for a link and nothing else, without a body, for one
    /// host, on a connection that is to be kept. None for anything else.
    pub fn read(bytes: &'b [u8], room: &'b mut Room<'b>) -> Option<Self> {
        let mut request = Request::new(&mut []);
        match request.parse_with_uninit_headers(bytes, &mut room.0) {
            Ok(Status::Complete(length)) if length == bytes.len() => {}
            _ => return None,
        }
        let head = match request.method? {
            "GET" => false,
            "HEAD" => true,
            _ => return None,
        };
        let asked = request.path?.strip_prefix(PATH)?;
        let (code, query) = match asked.split_once('?') {
            Some((code, query)) => (code, Some(query)),
            None => (asked, None),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // As the server's own reading of addresses has it.
        let shown = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>".contains(&byte);
        if request.version? != 1
            || !code.bytes().all(plain)
            || !query.unwrap_or_default().bytes().all(shown)
        {
            return None;
        }
        let fields: &'b [Header<'b>] = request.headers;
        let kept = |value: &[u8]| value.eq_ignore_ascii_case(b"keep-alive");
        let usual = SPECIAL
            .iter()
            .all(|name| fields.named(name).next().is_none())
            && fields.named(&header::CONNECTION).all(kept)
            && fields
                .named(&header::CONTENT_LENGTH)
                .all(|value| value == b"0")
            && fields.named(&header::HOST).count() == 1;
        usual.then_some(Self {
            head,
            code,
            query,
            fields,
        })
    }
}

/// What every redirect carries beside its own fields, as it is written.
pub fn lines(headers: &HeaderMap) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        if name != header::LOCATION && name != header::SET_COOKIE {
            line(&mut lines, name, value.as_bytes());
        }
    }
    lines
}

/// What kind of answer it is.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Only its head was asked for.
    pub head: bool,
    /// The connection ends with it.
    pub last: bool,
}

/// Writes a redirect with these [`lines`], or that it failed.
pub fn write(answer: &mut Vec<u8>, sent: Option<&SentOn>, kind: Kind, lines: &[u8], now: UnixMs) {
    let status: &[u8] = match sent {
        Some(_) => b"HTTP/1.1 302 Found\r\n",
        None => b"HTTP/1.1 500 Internal Server Error\r\n",
    };
    answer.extend_from_slice(status);
    if let Some(SentOn { location, cookie }) = sent {
        line(answer, &header::LOCATION, location.as_bytes());
        if let Some(cookie) = cookie {
            line(answer, &header::SET_COOKIE, cookie.as_bytes());
        }
    }
    answer.extend_from_slice(lines);
    if !kind.head {
        line(answer, &header::CONTENT_LENGTH, b"0");
    }
    if kind.last {
        line(answer, &header::CONNECTION, b"close");
    }
    let dates = jiff::fmt::rfc2822::DateTimePrinter::new();
    if let Ok(date) = dates.timestamp_to_rfc9110_string(&now.timestamp()) {
        line(answer, &header::DATE, date.as_bytes());
    }
    answer.extend_from_slice(b"\r\n");
}

fn line(lines: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    for part in [name.as_str().as_bytes(), b": ", value, b"\r\n"] {
        lines.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    /// What is asked for by a request of these lines.
    fn read(lines: &[&str]) -> Option<(bool, String, Option<String>)> {
        let bytes = format!("{}\r\n\r\n", lines.join("\r\n"));
        let mut room = Room::new();
        Asked::read(bytes.as_bytes(), &mut room).map(|asked| {
            (
                asked.head,
                asked.code.to_owned(),
                asked.query.map(str::to_owned),
            )
        })
    }

    #[test]
    fn the_usual_request_is_understood() {
        let found = |head, code: &str, query: Option<&str>| {
            Some((head, code.to_owned(), query.map(str::to_owned)))
        };
        assert_eq!(
            read(&["GET /r/maria HTTP/1.1", "Host: a.example"]),
            found(false, "maria", None)
        );
        assert_eq!(
            read(&[
                "HEAD /r/m.-_~9?sub1=a&url=https://b.example/%20 HTTP/1.1",
                "host: a.example",
                "Connection: Keep-Alive",
                "Content-Length: 0"
            ]),
            found(true, "m.-_~9", Some("sub1=a&url=https://b.example/%20"))
        );
        assert_eq!(
            read(&[
                "GET /r/maria? HTTP/1.1",
                "Host: a.example",
                "Cookie: a=\u{e9}"
            ]),
            found(false, "maria", Some(""))
        );
    }

    #[test]
    fn everything_else_is_the_servers() {
        let host = "Host: a.example";
        for lines in [
            vec!["POST /r/maria HTTP/1.1", host],
            vec!["get /r/maria HTTP/1.1", host],
            vec!["GET /r/maria HTTP/1.0", host],
            vec!["GET /admin HTTP/1.1", host],
            vec!["GET /r HTTP/1.1", host],
            vec!["GET http://a.example/r/maria HTTP/1.1", host],
            vec!["GET /r/a/b HTTP/1.1", host],
            vec!["GET /r/a%20b HTTP/1.1", host],
            vec!["GET /r/maria#part HTTP/1.1", host],
            vec!["GET /r/maria?a#part HTTP/1.1", host],
            vec!["GET /r/maria?a=\"b\" HTTP/1.1", host],
            vec!["GET /r/maria?a=<b HTTP/1.1", host],
            vec!["GET /r/maria?a>b HTTP/1.1", host],
            vec!["GET /r/m\u{e9} HTTP/1.1", host],
            vec!["GET /r/maria?\u{e9} HTTP/1.1", host],
            vec!["GET /r/maria HTTP/1.1"],
            vec!["GET /r/maria HTTP/1.1", host, host],
            vec!["GET /r/maria HTTP/1.1", host, "Connection: close"],
            vec![
                "GET /r/maria HTTP/1.1",
                host,
                "Connection: Upgrade",
                "Upgrade: h2c",
            ],
            vec!["GET /r/maria HTTP/1.1", host, "Upgrade: websocket"],
            vec!["GET /r/maria HTTP/1.1", host, "Expect: 100-continue"],
            vec!["GET /r/maria HTTP/1.1", host, "Content-Length: 1"],
            vec![
                "GET /r/maria HTTP/1.1",
                host,
                "Content-Length: 0",
                "Content-Length: 7",
            ],
            vec!["GET /r/maria HTTP/1.1", host, "Transfer-Encoding: chunked"],
            vec![
                "GET /r/maria HTTP/1.1",
                host,
                "transfer-encoding: identity",
                "Content-Length: 0",
            ],
            vec!["GET /r/maria HTTP/1.1", host, "a b: c"],
            vec!["GET /r/maria HTTP/1.1", host, " folded: c"],
        ] {
            assert_eq!(read(&lines), None, "{lines:?}");
        }
        let many = ["x: y"; FIELDS_MAX + 1];
        let many: Vec<&str> = ["GET /r/maria HTTP/1.1", host]
            .into_iter()
            .chain(many)
            .collect();
        assert_eq!(read(&many), None);
    }

    #[test]
    fn part_of_a_request_or_more_than_one_is_the_servers() {
        let whole = "GET /r/maria HTTP/1.1\r\nHost: a.example\r\n\r\n";
        for length in 0..whole.len() {
            assert_eq!(
                Asked::read(&whole.as_bytes()[..length], &mut Room::new()),
                None,
                "{length}"
            );
        }
        for more in ["G", "\r\n", whole] {
            let both = format!("{whole}{more}");
            assert_eq!(
                Asked::read(both.as_bytes(), &mut Room::new()),
                None,
                "{more:?}"
            );
        }
    }

    #[test]
    fn a_redirect_is_written_field_by_field() {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("replaced"));
        headers.insert(header::SET_COOKIE, HeaderValue::from_static("replaced"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let sent = SentOn {
            location: HeaderValue::from_static("https://shop.example/?via=maria"),
            cookie: Some(HeaderValue::from_static("visitor=1")),
        };
        let written = |sent: Option<&SentOn>, head: bool| {
            let mut answer = Vec::new();
            let kind = Kind { head, last: head };
            write(&mut answer, sent, kind, &lines(&headers), UnixMs(1_000));
            String::from_utf8(answer).unwrap()
        };
        assert_eq!(
            written(Some(&sent), false),
            "HTTP/1.1 302 Found\r\nlocation: https://shop.example/?via=maria\r\nset-cookie: visitor=1\r\n\
             cache-control: no-store\r\ncontent-length: 0\r\ndate: Thu, 01 Jan 1970 00:00:01 GMT\r\n\r\n"
        );
        let known = SentOn {
            cookie: None,
            ..sent
        };
        assert_eq!(
            written(Some(&known), true),
            "HTTP/1.1 302 Found\r\nlocation: https://shop.example/?via=maria\r\ncache-control: no-store\r\nconnection: close\r\n\
             date: Thu, 01 Jan 1970 00:00:01 GMT\r\n\r\n"
        );
        assert_eq!(
            written(None, false),
            "HTTP/1.1 500 Internal Server Error\r\ncache-control: no-store\r\ncontent-length: 0\r\n\
             date: Thu, 01 Jan 1970 00:00:01 GMT\r\n\r\n"
        );
    }
}
