//! Whether the process lives and can serve. Answered on any host name.

use axum::extract::State;
use axum::http::StatusCode;
use service::App;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match service::identity::business::none_yet(&app).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}
