//! Who calls: the actor behind `Authorization: Bearer <api key>`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use service::identity::api_key;
use service::{Actor, App, Work};

use super::problem::Problem;
use crate::middleware::ClientIp;

/// A program with a valid key.
#[derive(Clone)]
pub struct Caller {
    /// The application.
    pub app: App,
    /// The key as an actor, with its scopes.
    pub actor: Actor,
}

impl Caller {
    /// Opens a work that may change things (a PATCH; a POST is opened by [`super::Post::begin`]).
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn begin(&self) -> service::Result<Work> {
        self.app.begin(&self.actor).await
    }

    /// Opens a work that only reads.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn view(&self) -> service::Result<Work> {
        self.app.view(&self.actor).await
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).ok_or_else(|| Problem::unauthorized("send the key as `Authorization: Bearer <api key>`"))?;
        let key = header
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, key)| key.trim())
            .ok_or_else(|| Problem::unauthorized("send the key as `Authorization: Bearer <api key>`"))?;
        let actor = api_key::authenticate(app, key, parts.extensions.get::<ClientIp>().map(|ClientIp(ip)| *ip)).await?;
        Ok(Self { app: app.clone(), actor })
    }
}
