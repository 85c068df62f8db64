//! `POST /language`: the language that somebody without a session chooses, kept in a cookie; and what a
//! request asks for.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use domain::language::Language;
use service::App;

use crate::form::{OpenForm, local_path};
use crate::{cookie, flash};

/// The cookie's name; it says nothing of the person.
const COOKIE: &str = "language";
/// A year.
const LIVES_S: i64 = 365 * 24 * 3600;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/language", post(keep))
}

/// What a request asks for: by the cookie, else by what the browser's owner reads; none when it says nothing.
#[must_use]
pub fn of_request(headers: &HeaderMap) -> Option<Language> {
    let chosen = cookie::get(headers, COOKIE).and_then(|word| word.parse().ok());
    chosen.or_else(|| {
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(Language::of_header)
    })
}

/// What the switch sends.
#[derive(Debug, serde::Deserialize)]
struct Choice {
    language: String,
    #[serde(default)]
    next: String,
}

/// Keeps the choice and leads back; a word that is no language changes nothing.
async fn keep(
    State(app): State<App>,
    OpenForm(Choice { language, next }): OpenForm<Choice>,
) -> Response {
    let mut response = flash::see_other(&local_path(&next, "/"));
    if let Ok(language) = language.parse::<Language>() {
        let set = cookie::set(&app, COOKIE, language.as_str(), Some(LIVES_S));
        cookie::add(response.headers_mut(), set);
    }
    response
}
