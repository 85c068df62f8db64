//! Forms: read from a POST, checked against the session, typed.
//!
//! A handler takes the session's extractor first (`Admin`, `Person`), which notes the session's
//! [`Csrf`] token, and [`PostForm`] last. Pages without a session use [`OpenForm`]. Fields that the
//! type does not know are refused; a field that comes several times fills a `Vec`; a ticked
//! checkbox is a `bool` with `#[serde(default)]`. [`UploadForm`] is a [`PostForm`] with files.

mod fields;
mod upload;

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use service::ServiceError;
use service::error::FieldError;

use crate::error::{ErrorPage, PageError};
use crate::language::{said, t};

pub use crate::ui::Errors as FormErrors;
pub use upload::{Upload, UploadForm};

/// The largest form that is read: 256 KiB.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// Fields a form may have.
const FIELDS_MAX: usize = 5_000;

/// The token that forms of the present session must send, noted by the session's extractor.
#[derive(Clone)]
pub struct Csrf(pub String);

/// A form of a logged-in person: its token is the session's.
#[derive(Debug, Clone)]
pub struct PostForm<T>(pub T);

/// A form without a session: log-in, set-up, invitation.
#[derive(Debug, Clone)]
pub struct OpenForm<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for PostForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let expected = request.extensions().get::<Csrf>().cloned();
        let mut pairs = read(request, state).await?;
        take_token(&mut pairs, expected)?;
        typed(pairs).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OpenForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let mut pairs = read(request, state).await?;
        pairs.retain(|(name, _)| name != "csrf");
        typed(pairs).map(Self)
    }
}

/// Takes the token out of the fields and refuses the form when it is not the session's.
fn take_token(pairs: &mut Vec<(String, String)>, expected: Option<Csrf>) -> Result<(), PageError> {
    let position = pairs.iter().position(|(name, _)| name == "csrf");
    let sent = position.map(|position| pairs.remove(position).1);
    match (expected, sent) {
        (Some(Csrf(expected)), Some(sent)) if !expected.is_empty() && expected == sent => Ok(()),
        _ => {
            let text = t("error-stale");
            Err(PageError::forbidden(text))
        }
    }
}

async fn read<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Vec<(String, String)>, PageError> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(PageError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            t("error-bad-title"),
            "Send this as a form.",
        ));
    }
    let too_large = || {
        PageError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            t("error-too-large-title"),
            t("error-too-large"),
        )
    };
    let body = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => PageError::bad_request(t("error-not-whole")),
        })?;
    if body.len() > FORM_BYTES_MAX {
        return Err(too_large());
    }
    if !fields::is_utf8(&body) {
        return Err(not_utf8(&fields::broken(&body)));
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body)
        .into_owned()
        .take(FIELDS_MAX + 1)
        .collect();
    if pairs.len() > FIELDS_MAX {
        return Err(PageError::bad_request(
            "The form has too many fields. Nothing was saved.",
        ));
    }
    for (name, value) in &pairs {
        refuse_nul(name, value)?;
    }
    Ok(pairs)
}

/// What is no text cannot be stored, and guessing would store something else.
fn not_utf8(field: &str) -> PageError {
    PageError::Page(ErrorPage {
        status: StatusCode::BAD_REQUEST,
        title: t("error-bad-title").to_owned(),
        text: "The form is not UTF-8 text. Nothing was saved.".to_owned(),
        fields: vec![FieldError {
            field: field.to_owned(),
            message: "is not UTF-8 text".to_owned(),
        }],
        cause: None,
    })
}

/// U+0000 cannot be stored.
fn refuse_nul(name: &str, value: &str) -> Result<(), PageError> {
    if name.contains('\0') || value.contains('\0') {
        return Err(wrong_field(
            &name.replace('\0', ""),
            "must not contain control characters",
        ));
    }
    Ok(())
}

fn typed<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, PageError> {
    fields::typed(pairs).map_err(|(field, message)| wrong_field(&field, &message))
}

fn wrong_field(field: &str, message: &str) -> PageError {
    PageError::Page(ErrorPage {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: t("error-fields-title").to_owned(),
        text: t("error-fields").to_owned(),
        fields: vec![FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        }],
        cause: None,
    })
}

impl From<&ServiceError> for FormErrors {
    fn from(error: &ServiceError) -> Self {
        let mut errors = Self::new();
        if let ServiceError::Invalid(fields) = error {
            for FieldError { field, message } in fields {
                errors.add(field, said(sentence_for_field(message)));
            }
        }
        errors
    }
}

/// What is wrong with the form, when the error is about its fields; any other error goes on.
///
/// # Errors
/// The error itself, as a page, when it is not about fields.
pub fn refused(error: ServiceError) -> Result<FormErrors, PageError> {
    match &error {
        ServiceError::Invalid(_) => Ok(FormErrors::from(&error)),
        _ => Err(error.into()),
    }
}

/// `is required` → `This is required`; whole sentences stay.
fn sentence_for_field(message: &str) -> String {
    if message.starts_with(char::is_lowercase) {
        let needs_subject = [
            "is ", "has ", "must ", "needs ", "may ", "stands ", "cannot ",
        ]
        .iter()
        .any(|verb| message.starts_with(verb));
        if needs_subject {
            return format!("This {message}");
        }
        let mut letters = message.chars();
        return letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect();
    }
    message.to_owned()
}

/// A path that remembers where to lead afterwards; nothing is added for an empty `next`.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{path}?{query}")
}

/// A local path to lead to after an act; anything that could leave this host becomes `fallback`.
#[must_use]
pub fn local_path(next: &str, fallback: &str) -> String {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t', '\0'])
        && next.len() <= 2000;
    if local {
        next.to_owned()
    } else {
        fallback.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_stays_here() {
        assert_eq!(
            local_path("/admin/payouts?page=2", "/admin"),
            "/admin/payouts?page=2"
        );
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/a\r\nb",
        ] {
            assert_eq!(local_path(bad, "/admin"), "/admin", "{bad:?}");
        }
    }

    #[test]
    fn messages_read_as_sentences() {
        assert_eq!(sentence_for_field("is required"), "This is required");
        assert_eq!(
            sentence_for_field("write the amount as a number"),
            "Write the amount as a number"
        );
    }
}
