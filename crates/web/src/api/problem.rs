//! What goes wrong, as `application/problem+json` (RFC 9457).
//!
//! A handler returns a [`Problem`]; the pass around every answer gives it the id of the request, has its body written and
//! it logged, once ([`finish`]).

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use service::ServiceError;
use service::error::FieldError;
use service::store::db::StoreError;

/// How long a client should wait when storage cannot serve.
const RETRY_AFTER_S: i64 = 5;

/// A refusal or failure. On the heap, so that results stay small.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_s: Option<i64>,
    /// What only the log may hold.
    cause: Option<String>,
}

/// Why a handler ends before its answer.
#[derive(Debug)]
pub enum Halt {
    /// Something is wrong.
    Problem(Problem),
    /// The same call was answered before; this is that answer.
    Replayed(Response),
}

/// The body of every answer that is not a success.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemOut {
    /// A name for the kind of problem, to be compared by programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:tributary:problem:invalid")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened here.
    detail: String,
    /// The fields that are wrong, if any.
    errors: Vec<FieldProblem>,
    /// Names this request in the server's log.
    request_id: String,
}

/// A field of the input and what is wrong with it.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub(super) struct FieldProblem {
    /// The path of the field.
    #[schema(example = "items[2].amount")]
    field: String,
    /// What is wrong.
    message: String,
}

impl Problem {
    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            kind,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: None,
            cause: None,
        }))
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    fn with_retry_after_s(mut self, seconds: i64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Notes what only the log may hold.
    fn because(mut self, cause: impl Into<String>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// 400: the request cannot be read at all. `field` is the part that is broken.
    pub fn malformed(field: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldError {
            field: field.to_owned(),
            message: detail.clone(),
        }];
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "Malformed request",
            detail,
        )
        .with_errors(errors)
    }

    /// 401: no key, or one that is not valid.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Not authorized",
            detail,
        )
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 405: not with this method.
    pub fn wrong_method(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong-method",
            "Method not allowed",
            detail,
        )
    }

    /// 413: the body is longer than is read.
    pub fn too_large(detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldError {
            field: "body".to_owned(),
            message: detail.clone(),
        }];
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Body too large",
            detail,
        )
        .with_errors(errors)
    }

    /// 415: the body is not JSON.
    pub fn wrong_type(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong-type",
            "Unsupported content type",
            detail,
        )
    }

    /// 422: fields are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are not valid", many.len()),
        };
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Invalid input",
            detail,
        )
        .with_errors(errors)
    }

    /// 422: one field is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let cause = error.to_string();
        match error {
            ServiceError::NotFound(noun) => Self::not_found(format!("{noun} not found")),
            ServiceError::Invalid(errors) => Self::invalid(errors),
            ServiceError::Conflict(detail) => {
                Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
            }
            ServiceError::Forbidden(detail) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", detail)
            }
            ServiceError::Unauthorized(detail) => Self::unauthorized(detail),
            ServiceError::TooMany { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many",
                "Too many requests",
                cause,
            )
            .with_retry_after_s(retry_after_s.max(1)),
            ServiceError::Store(StoreError::Unavailable(source)) => {
                let detail = "storage cannot serve now; nothing was stored";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Not available now",
                    detail,
                )
                .with_retry_after_s(RETRY_AFTER_S)
                .because(source.to_string())
            }
            ServiceError::Store(StoreError::Unique(source)) => {
                let detail = "this exists already; nothing was stored";
                Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
                    .because(source.to_string())
            }
            ServiceError::Store(error) => Self::internal(with_sources(&error)),
            ServiceError::Internal(_) => Self::internal(cause),
        }
    }
}

impl Problem {
    /// 500: a defect or a failure. The cause goes to the log only.
    fn internal(cause: String) -> Self {
        let detail = "something went wrong here; nothing was stored";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            detail,
        )
        .because(cause)
    }
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem for [`finish`].
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl<E: Into<Problem>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Replayed(response) => response,
        }
    }
}

/// Gives an answer that carries a problem its body, and a line in the log; any other stays as it is.
pub(crate) fn finish(
    mut response: Response,
    request_id: &str,
    method: &Method,
    path: &str,
) -> Response {
    match response.extensions_mut().remove::<Problem>() {
        None => response,
        Some(problem) => {
            problem.log(request_id, method.as_str(), path);
            problem.answer(request_id, response)
        }
    }
}

impl Problem {
    fn log(&self, request_id: &str, method: &str, path: &str) {
        let Parts {
            status,
            kind,
            cause,
            ..
        } = &*self.0;
        let cause = cause.as_deref().unwrap_or_default();
        if status.is_server_error() {
            tracing::error!(
                request.id = request_id,
                request.method = method,
                request.path = path,
                response.status = status.as_u16(),
                cause,
                "request {request_id} failed: {kind}"
            );
        } else {
            tracing::debug!(
                request.id = request_id,
                request.method = method,
                request.path = path,
                response.status = status.as_u16(),
                "request {request_id} refused: {kind}"
            );
        }
    }

    /// The answer with a body; headers that are on it already (`Allow`) stay.
    fn answer(self, request_id: &str, empty: Response) -> Response {
        let Parts {
            status,
            kind,
            title,
            detail,
            errors,
            retry_after_s,
            cause: _,
        } = *self.0;
        let body = ProblemOut {
            kind: format!("urn:tributary:problem:{kind}"),
            title,
            status: status.as_u16(),
            detail,
            errors: errors
                .into_iter()
                .map(|FieldError { field, message }| FieldProblem { field, message })
                .collect(),
            request_id: request_id.to_owned(),
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        for (name, value) in empty.headers() {
            if !matches!(*name, header::CONTENT_LENGTH | header::CONTENT_TYPE) {
                headers.insert(name.clone(), value.clone());
            }
        }
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
