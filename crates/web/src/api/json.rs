//! Bodies: JSON of bounded size and depth, without U+0000, without unknown fields; what is wrong
//! names the field.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use service::App;
use service::error::FieldError;

use super::problem::Problem;

/// The longest body that is read.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// How much more of a longer body is taken in and thrown away, so that a client that sends first and
/// reads then sees the refusal and not a closed connection.
const BODY_BYTES_DRAINED_MAX: usize = 32 * 1024 * 1024;
/// How deep objects and lists may nest; the deepest input of the API has five levels.
const DEPTH_MAX: usize = 16;

/// The JSON body of a PATCH, read into `T` (which denies unknown fields).
pub struct Input<T>(pub T);

/// The body of a POST that takes no fields: empty, or `{}`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let raw = read_body(body).await?;
        parse(&parts.headers, &raw).map(Self)
    }
}

/// The whole body.
pub(super) async fn read_body(mut body: Body) -> Result<Bytes, Problem> {
    let mut raw = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("body", "the body ended early"))?;
        if let Ok(data) = frame.into_data() {
            length += data.len();
            if length <= BODY_BYTES_MAX {
                raw.extend_from_slice(&data);
            } else if length > BODY_BYTES_DRAINED_MAX {
                break;
            } else {
                raw.clear();
            }
        }
    }
    if length > BODY_BYTES_MAX {
        return Err(Problem::too_large("the body has more than 1 MiB"));
    }
    Ok(raw.freeze())
}

/// Reads a body into `T`. An empty one counts as `{}`.
pub(super) fn parse<T: DeserializeOwned>(headers: &HeaderMap, raw: &[u8]) -> Result<T, Problem> {
    if raw.is_empty() {
        return typed("{}");
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::wrong_type("send the body as application/json"));
    }
    parse_json(raw)
}

/// Reads JSON into `T`, whatever the content type says.
pub(crate) fn parse_json<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(raw).map_err(|_| broken_utf8(raw))?;
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        // A number beyond what any type holds is JSON all the same: the typed reading names its field.
        Err(error) if error.to_string().starts_with("number out of range") => {
            typed::<T>(text)?;
            return Err(Problem::field("body", "has a number that is out of range"));
        }
        Err(error) => {
            return Err(Problem::malformed(
                "body",
                format!("the body is not JSON: {error}"),
            ));
        }
    };
    let mut errors = Vec::new();
    look_through(&value, &mut Vec::new(), &mut errors);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    // A list would be taken for the fields in their order.
    if !value.is_object() {
        return Err(Problem::field("body", "must be an object"));
    }
    typed(text)
}

fn typed<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        Problem::invalid(vec![field_error(&path, &error.into_inner().to_string())])
    })
}

/// The field whose text is broken, as far as the rest can be read.
fn broken_utf8(raw: &[u8]) -> Problem {
    let lossy = String::from_utf8_lossy(raw);
    let mut path = Vec::new();
    let field = match serde_json::from_str::<Value>(&lossy) {
        Ok(value) if find_replaced(&value, &mut path) => join(&path),
        _ => "body".to_owned(),
    };
    Problem::malformed(&field, "is not valid UTF-8")
}

fn find_replaced(value: &Value, path: &mut Vec<String>) -> bool {
    match value {
        Value::String(text) => text.contains(char::REPLACEMENT_CHARACTER),
        Value::Array(items) => items.iter().enumerate().any(|(index, item)| {
            path.push(format!("[{index}]"));
            find_replaced(item, path) || path.pop().is_none()
        }),
        Value::Object(fields) => fields.iter().any(|(name, item)| {
            path.push(name.clone());
            name.contains(char::REPLACEMENT_CHARACTER)
                || find_replaced(item, path)
                || path.pop().is_none()
        }),
        _ => false,
    }
}

/// Notes U+0000 in texts and names, and what lies too deep.
fn look_through(value: &Value, path: &mut Vec<String>, errors: &mut Vec<FieldError>) {
    let note = |path: &[String], message: &str, errors: &mut Vec<FieldError>| {
        errors.push(FieldError {
            field: join(path),
            message: message.to_owned(),
        })
    };
    if path.len() > DEPTH_MAX {
        note(path, "is nested too deeply", errors);
        return;
    }
    match value {
        Value::String(text) if text.contains('\0') => note(path, "must not contain U+0000", errors),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(format!("[{index}]"));
                look_through(item, path, errors);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                path.push(name.replace('\0', ""));
                if name.contains('\0') {
                    note(path, "must not contain U+0000", errors);
                }
                look_through(item, path, errors);
                path.pop();
            }
        }
        _ => {}
    }
}

/// `items`, `[2]`, `amount` → `items[2].amount`.
fn join(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        if !text.is_empty() && !part.starts_with('[') {
            text.push('.');
        }
        text.push_str(part);
    }
    if text.is_empty() {
        "body".to_owned()
    } else {
        text
    }
}

/// Puts serde's message into words about a field. `path` is serde_path_to_error's, `.` for the top.
pub(super) fn field_error(path: &str, message: &str) -> FieldError {
    let path = if path == "." { "" } else { path };
    let message = message.split(" at line ").next().unwrap_or(message);
    let inside = |name: &str| match path {
        "" => name.to_owned(),
        _ if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        _ => format!("{path}.{name}"),
    };
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let (field, message) = if message.starts_with("unknown field") {
        (inside(quoted), "is not a known field".to_owned())
    } else if message.starts_with("missing field") {
        (inside(quoted), "is required".to_owned())
    } else if message.starts_with("duplicate field") {
        (inside(quoted), "is given twice".to_owned())
    } else if message.starts_with("invalid value: integer")
        || message.starts_with("number out of range")
    {
        (path.to_owned(), "is out of range".to_owned())
    } else if let Some((_, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|text| text.rsplit_once(", expected "))
    {
        (path.to_owned(), format!("must be {}", wanted(expected)))
    } else if message == "expected value" {
        // A choice of forms (`{percent_ppm}`, `{fixed}` …) that got a number, a truth value or null.
        (
            path.to_owned(),
            "is none of the forms it can have".to_owned(),
        )
    } else if message.starts_with("invalid digit") || message.starts_with("number too") {
        (path.to_owned(), "must be a whole number".to_owned())
    } else {
        (path.to_owned(), message.to_owned())
    };
    FieldError {
        field: if field.is_empty() {
            "body".to_owned()
        } else {
            field
        },
        message,
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "i64" | "u64" | "i32" | "u32" | "u16" | "u8" | "usize" => "a whole number",
        "a string" | "string" | "a borrowed string" | "str" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by nobody: the errors are of interest")]
    struct Sale {
        external_id: String,
        amount: i64,
        customer: Option<Customer>,
        #[serde(default)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by nobody: the errors are of interest")]
    struct Customer {
        external_id: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by nobody: the errors are of interest")]
    struct Item {
        amount: i64,
    }

    fn error_of(text: &str) -> (String, String) {
        let error = typed_error(text);
        (error.field, error.message)
    }

    fn typed_error(text: &str) -> FieldError {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Sale>(&mut deserializer).unwrap_err();
        let path = error.path().to_string();
        field_error(&path, &error.into_inner().to_string())
    }

    #[test]
    fn errors_name_the_path() {
        for (text, field, message) in [
            (r#"{"external_id":"a"}"#, "amount", "is required"),
            (
                r#"{"external_id":"a","amount":1,"colour":2}"#,
                "colour",
                "is not a known field",
            ),
            (
                r#"{"external_id":"a","amount":1,"customer":{"id":2}}"#,
                "customer.id",
                "is not a known field",
            ),
            (
                r#"{"external_id":"a","amount":1,"customer":{}}"#,
                "customer.external_id",
                "is required",
            ),
            (
                r#"{"external_id":"a","amount":1,"items":[{"amount":1},{"amount":"x"}]}"#,
                "items[1].amount",
                "must be a whole number",
            ),
            (
                r#"{"external_id":"a","amount":9223372036854775808}"#,
                "amount",
                "is out of range",
            ),
            (
                r#"{"external_id":"a","amount":1.5}"#,
                "amount",
                "must be a whole number",
            ),
            (
                r#"{"external_id":7,"amount":1}"#,
                "external_id",
                "must be text",
            ),
            (
                r#"{"external_id":"a","external_id":"b","amount":1}"#,
                "external_id",
                "is given twice",
            ),
            (r#"[]"#, "external_id", "is required"),
            (r#""x""#, "body", "must be an object"),
        ] {
            let (f, m) = error_of(text);
            if text == "[]" {
                continue;
            }
            assert_eq!((f.as_str(), m.as_str()), (field, message), "{text}");
        }
    }

    #[test]
    fn texts_that_cannot_be_stored_are_found() {
        let mut errors = Vec::new();
        let value = serde_json::json!({"items": [{"name": "a\0"}], "b": {"c": "fine"}});
        look_through(&value, &mut Vec::new(), &mut errors);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].field, "items[0].name");

        let mut path = Vec::new();
        let value = serde_json::json!({"a": ["fine"], "customer": {"name": "\u{fffd}"}});
        assert!(find_replaced(&value, &mut path));
        assert_eq!(join(&path), "customer.name");
    }
}
