//! Rendering pages.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

use crate::error::PageError;

/// Renders a page: 200.
///
/// # Errors
/// When the template fails, which is a defect.
pub fn page<T: Template>(page: &T) -> Result<Response, PageError> {
    page_with(StatusCode::OK, page)
}

/// Renders a form that was refused: 422, with its errors and what was typed.
///
/// # Errors
/// When the template fails, which is a defect.
pub fn refused<T: Template>(page: &T) -> Result<Response, PageError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// Renders a page with a status.
///
/// # Errors
/// When the template fails, which is a defect.
pub fn page_with<T: Template>(status: StatusCode, page: &T) -> Result<Response, PageError> {
    let text = page
        .render()
        .map_err(|error| PageError::internal(format!("template: {error}")))?;
    Ok((status, Html(text)).into_response())
}
