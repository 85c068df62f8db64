//! As much of HTTP/1.1 as a client of one request a connection needs.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The largest request that is read.
const BYTES_MAX: usize = 256 * 1024;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub method: String,
    /// Without its query.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        let mut all = self.headers.iter();
        all.find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn form(&self, name: &str) -> String {
        form_urlencoded::parse(&self.body)
            .find(|(known, _)| known == name)
            .map_or_else(String::new, |(_, value)| value.into_owned())
    }

    pub fn asked_for(&self, name: &str) -> &str {
        let mut all = self.query.iter();
        all.find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    body: Vec<u8>,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { status, body }
    }
}

pub(crate) async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > BYTES_MAX || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut asked = Asked {
        method,
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers,
        body: Vec::new(),
    };
    let length: usize = asked.header("content-length").parse().unwrap_or(0);
    let start = end + 4;
    while bytes.len() < start + length {
        if length > BYTES_MAX || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    asked.body = bytes[start..start + length].to_vec();
    Some(asked)
}

/// Writes an answer; a client that has gone is no failure of ours.
pub(crate) async fn write(stream: &mut TcpStream, reply: &Reply) {
    let Reply { status, body } = reply;
    let head = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    let _ = stream.write_all(&bytes).await;
    let _ = stream.flush().await;
}
