//! What the dialects share: a line to one service, and what an answer that is none means.

use bytes::Bytes;
use domain::transfer::{Answer, redacted};
use hyper::Method;
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::outbound::{self, Call, Lost, Reply};

/// A line to one service.
pub(super) struct Line {
    app: App,
    base: Url,
}

/// What is sent.
pub(super) enum Body<'a> {
    None,
    Json(&'a Value),
    /// JSON that is written already: numbers that are amounts never pass through a float.
    Text(String),
    Form(&'a [(&'a str, &'a str)]),
}

impl Line {
    pub(super) fn new(app: &App, base_url: &str) -> Result<Self> {
        let base = Url::parse(base_url)
            .map_err(|error| ServiceError::Internal(format!("a provider's address: {error}")))?;
        Ok(Self {
            app: app.clone(),
            base,
        })
    }

    /// Sends a request to a path with its query.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Body<'_>,
    ) -> Result<Reply, Lost> {
        let url = self
            .base
            .join(path)
            .map_err(|error| Lost::NotSent(error.to_string()))?;
        let mut headers: Vec<(&'static str, String)> = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        headers.push(("accept", "application/json".to_owned()));
        let body = match body {
            Body::None => Vec::new(),
            Body::Json(json) => {
                headers.push(("content-type", "application/json".to_owned()));
                json.to_string().into_bytes()
            }
            Body::Text(text) => {
                headers.push(("content-type", "application/json".to_owned()));
                text.into_bytes()
            }
            Body::Form(pairs) => {
                let kind = "application/x-www-form-urlencoded".to_owned();
                headers.push(("content-type", kind));
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(pairs);
                form.finish().into_bytes()
            }
        };
        let call = Call {
            method,
            url,
            headers,
            body,
        };
        outbound::send(&self.app, call).await
    }
}

/// An answer that says something about the order itself.
pub(super) enum Said {
    /// Of the class 200, with JSON.
    Yes(Value),
    /// A refusal of the class 400, with what it said.
    No(u16, Value),
}

fn parsed(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// What the answer to a request that pays says about the order. Answers that tell nothing become
/// [`Answer::Unclear`]: of the class 500, redirects, conflicts with a request of the same key that is under way, and
/// those that are not understood. One that was turned away before it was looked at was not sent.
pub(super) fn said(reply: Result<Reply, Lost>) -> Result<Said, Answer> {
    match reply {
        Err(Lost::NotSent(why)) => Err(Answer::NotSent(redacted(&why))),
        Err(Lost::Unanswered(why)) => Err(Answer::Unclear(redacted(&why))),
        Ok(Reply { status, body }) => match status {
            200..=299 => match parsed(&body) {
                Value::Null => Err(Answer::Unclear(format!("answered {status} without JSON"))),
                json => Ok(Said::Yes(json)),
            },
            429 => Err(Answer::NotSent(
                "answered 429: too many requests".to_owned(),
            )),
            408 | 409 | 425 => Err(Answer::Unclear(format!("answered {status}"))),
            400..=499 => Ok(Said::No(status, parsed(&body))),
            _ => Err(Answer::Unclear(format!("answered {status}"))),
        },
    }
}

/// The same for a request that only asks or prepares: whatever goes wrong, nothing was sent that pays.
pub(super) fn asked(reply: Result<Reply, Lost>) -> Result<Said, Answer> {
    said(reply).map_err(|answer| match answer {
        Answer::Unclear(why) => Answer::NotSent(why),
        other => other,
    })
}

/// The answer where something was sent before: that nothing came of asking tells nothing then.
pub(super) fn unclear(answer: Answer) -> Answer {
    match answer {
        Answer::NotSent(why) => Answer::Unclear(why),
        other => other,
    }
}

/// A refusal in words without what is personal.
pub(super) fn refusal(status: u16, parts: &[&str]) -> String {
    let text = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(": ");
    redacted(&format!("answered {status} {text}"))
}

/// A text at a place in JSON, or nothing.
pub(super) fn text<'a>(json: &'a Value, pointer: &str) -> &'a str {
    json.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// An id at a place in JSON, which some services write as a number.
pub(super) fn id_text(json: &Value, pointer: &str) -> String {
    match json.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A part of a path or query, escaped.
pub(super) fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
