//! What goes wrong on a page. The answer only notes it; [`crate::middleware`] renders the branded page
//! (it knows the theme) and logs it once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use service::ServiceError;
use service::error::FieldError;
use service::store::db::StoreError;

use crate::language::{phrase, said, t};

/// Seconds after which a client may try again when storage is busy or full.
const RETRY_AFTER_S: u16 = 5;

/// An error of a page handler.
#[derive(Debug)]
pub enum PageError {
    /// A page that says what happened and what to do.
    Page(ErrorPage),
    /// Another answer instead, such as the way to the log-in.
    Answer(Box<Response>),
}

/// What an error page says.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// The status of the answer.
    pub status: StatusCode,
    /// The heading.
    pub title: String,
    /// What happened, what was kept, and what to do.
    pub text: String,
    /// Fields that were wrong, when a form did not come from our page.
    pub fields: Vec<FieldError>,
    /// For the log only.
    pub cause: Option<String>,
}

impl PageError {
    /// A page with a heading and a text.
    pub fn new(status: StatusCode, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Page(ErrorPage {
            status,
            title: title.into(),
            text: text.into(),
            fields: Vec::new(),
            cause: None,
        })
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            t("error-not-found-title"),
            t("error-not-found"),
        )
    }

    /// 405.
    #[must_use]
    pub fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            t("error-method-title"),
            t("error-method"),
        )
    }

    /// 400.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, t("error-bad-title"), text)
    }

    /// 403.
    pub fn forbidden(text: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, t("error-forbidden-title"), text)
    }

    /// 500, with the cause for the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        let text = t("error-internal");
        Self::Page(ErrorPage {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: t("error-internal-title").to_owned(),
            text: text.to_owned(),
            fields: Vec::new(),
            cause: Some(cause.into()),
        })
    }
}

impl From<Response> for PageError {
    fn from(response: Response) -> Self {
        Self::Answer(Box::new(response))
    }
}

impl From<ServiceError> for PageError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound(noun) => Self::new(
                StatusCode::NOT_FOUND,
                t("error-gone-title"),
                phrase("error-gone").with("noun", noun),
            ),
            ServiceError::Invalid(fields) => Self::Page(ErrorPage {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: t("error-fields-title").to_owned(),
                text: t("error-fields").to_owned(),
                fields,
                cause: None,
            }),
            ServiceError::Conflict(text) => {
                Self::new(StatusCode::CONFLICT, t("error-conflict-title"), said(text))
            }
            ServiceError::Forbidden(text) => Self::forbidden(said(sentence(&text))),
            ServiceError::Unauthorized(text) => Self::new(
                StatusCode::UNAUTHORIZED,
                t("error-log-in-title"),
                said(sentence(&text)),
            ),
            ServiceError::TooMany { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                t("error-too-many-title"),
                phrase("error-too-many").count("seconds", retry_after_s),
            ),
            ServiceError::Store(error @ StoreError::Unavailable(_)) => Self::Page(ErrorPage {
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: t("error-unavailable-title").to_owned(),
                text: t("error-unavailable").to_owned(),
                fields: Vec::new(),
                cause: Some(causes(&error)),
            }),
            ServiceError::Store(error) => Self::internal(causes(&error)),
            ServiceError::Internal(cause) => Self::internal(cause),
        }
    }
}

/// An error with what caused it, for the log.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// `you may not do this` → `You may not do this.`
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let page = match self {
            Self::Answer(response) => return *response,
            Self::Page(page) => page,
        };
        let mut response = page.status.into_response();
        if page.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        response.extensions_mut().insert(page);
        response
    }
}
