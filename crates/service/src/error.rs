//! What a use case refuses with. One error, two faces: the edge turns it into a page or into
//! problem+json, and logs it once.

use store::db::StoreError;

/// What use cases answer with.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;

/// A field of the input and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The path of the field, such as `items[2].amount`.
    pub field: String,
    /// What is wrong, in words for a person.
    pub message: String,
}

/// Why a use case did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing in this business (404). Holds the noun.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The input is wrong (422).
    #[error("the input is not valid")]
    Invalid(Vec<FieldError>),
    /// The state does not allow it (409).
    #[error("{0}")]
    Conflict(String),
    /// The actor may not do it (403).
    #[error("{0}")]
    Forbidden(String),
    /// Nobody is known by this key, session or password (401).
    #[error("{0}")]
    Unauthorized(String),
    /// Too often (429).
    #[error("too many attempts; try again in {retry_after_s} s")]
    TooMany {
        /// Seconds until the next try can succeed.
        retry_after_s: i64,
    },
    /// Storage cannot serve now (503), or failed (500).
    #[error(transparent)]
    Store(StoreError),
    /// A defect: something that must hold did not (500).
    #[error("internal: {0}")]
    Internal(String),
}

/// Takes the result of a write that only notes when something was last used: a full disk must not keep
/// people from reading.
pub(crate) fn only_a_note(result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the time of last use was not noted");
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<domain::money::AmountOverflow> for ServiceError {
    fn from(error: domain::money::AmountOverflow) -> Self {
        invalid("amount", &error.to_string())
    }
}

/// There is no such thing in this business.
#[must_use]
pub const fn not_found(noun: &'static str) -> ServiceError {
    ServiceError::NotFound(noun)
}

/// One field of the input is wrong.
#[must_use]
pub fn invalid(field: &str, message: &str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }])
}

/// The state does not allow it.
pub fn conflict(message: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(message.into())
}
