//! Who calls: the actor behind `Authorization: Bearer <api key>`.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use service::identity::api_key;
use service::{Actor, App, Work};

use super::idempotency::Running;
use super::problem::Problem;
use super::query;
use crate::middleware::ClientIp;

/// A program with a valid key.
#[derive(Clone)]
pub struct Caller {
    /// The application.
    pub app: App,
    /// The key as an actor, with its scopes.
    pub actor: Actor,
    /// The calls that run.
    pub(super) running: Running,
}

/// What stands before the endpoints.
#[derive(Clone)]
pub(super) struct Gate {
    app: App,
    running: Running,
}

impl Gate {
    pub(super) fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            running: Running::default(),
        }
    }
}

impl Caller {
    /// Opens a work that may change things (a PATCH; a POST is opened by [`super::Post::begin`]).
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn begin(&self) -> service::Result<Work> {
        self.app.begin(&self.actor).await
    }

    /// Opens a work that may change things, short enough to be committed together with others.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn begin_together(&self) -> service::Result<Work> {
        self.app.begin_together(&self.actor).await
    }

    /// Opens a work that only reads.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn view(&self) -> service::Result<Work> {
        self.app.view(&self.actor).await
    }
}

/// Lets nobody without a valid key pass: no endpoint can forget to ask, and what else is wrong with a
/// request is told to those only who may send it.
pub(super) async fn require(
    State(Gate { app, running }): State<Gate>,
    mut request: Request,
    next: Next,
) -> Response {
    let ip = request
        .extensions()
        .get::<ClientIp>()
        .map(|ClientIp(ip)| *ip);
    let checked = match key_of(request.headers()) {
        Ok(key) => api_key::authenticate(&app, key, ip)
            .await
            .map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let checked = checked.and_then(|actor| {
        query::check(request.uri().query().unwrap_or_default())?;
        Ok(Caller {
            app,
            actor,
            running,
        })
    });
    match checked {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// The key a request brings.
fn key_of(headers: &HeaderMap) -> Result<&str, Problem> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '));
    match header {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(key.trim()),
        _ => Err(Problem::unauthorized(
            "send the key as `Authorization: Bearer <api key>`",
        )),
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::unauthorized("this address takes no key"))
    }
}
