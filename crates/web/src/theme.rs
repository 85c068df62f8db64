//! `POST /theme`: light, dark or as the system has it, kept in a cookie.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use service::App;

use crate::form::{OpenForm, local_path};
use crate::ui::Theme;
use crate::{cookie, flash};

/// A year.
const LIVES_S: i64 = 365 * 24 * 3600;

/// What the toggle sends.
#[derive(Debug, serde::Deserialize)]
pub struct Choice {
    mode: String,
    #[serde(default)]
    next: String,
}

/// Keeps the choice and leads back.
pub async fn choose(
    State(app): State<App>,
    OpenForm(Choice { mode, next }): OpenForm<Choice>,
) -> Response {
    let mut response = flash::see_other(&local_path(&next, "/"));
    cookie::add(
        response.headers_mut(),
        cookie::set(
            &app,
            Theme::COOKIE,
            Theme::parse(&mode).as_str(),
            Some(LIVES_S),
        ),
    );
    response
}

/// The theme a request asks for.
#[must_use]
pub fn of(headers: &HeaderMap) -> Theme {
    cookie::get(headers, Theme::COOKIE).map_or(Theme::System, Theme::parse)
}
