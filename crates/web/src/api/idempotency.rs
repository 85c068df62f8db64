//! POST calls: one effect, however often the same call is sent.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::domain::id::BusinessId;
use service::identity::idempotency::{self, Reply};
use service::{App, ServiceError, Work};
use sha2::{Digest as _, Sha256};

use super::auth::Caller;
use super::json;
use super::problem::{Halt, Problem};

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A POST with its key, its Idempotency-Key if it has one, and its body read into `T`.
pub struct Post<T> {
    /// Who calls.
    pub caller: Caller,
    /// The body.
    pub input: T,
    call: Option<idempotency::Call>,
}

/// A POST whose work is open. Dropped without an answer, nothing of it is stored.
pub struct Call {
    /// The work, for the use case.
    pub work: Work,
    call: Option<idempotency::Call>,
    /// Frees the key for repetitions when the call has ended.
    _guard: Option<Guard>,
}

impl<T: DeserializeOwned> FromRequest<App> for Post<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let key = match parts.headers.get(KEY) {
            None => None,
            Some(value) => {
                let key = value.to_str().map_err(|_| {
                    Problem::field(
                        idempotency::HEADER,
                        "must be visible ASCII characters without spaces",
                    )
                })?;
                idempotency::check(key)?;
                Some(key.to_owned())
            }
        };
        let raw = json::read_body(body).await?;
        let input = json::parse(&parts.headers, &raw)?;
        let call = key.map(|key| idempotency::Call {
            key,
            route: format!("{} {}", parts.method, parts.uri),
            body_hash: Sha256::digest(&raw).into(),
        });
        Ok(Self {
            caller,
            input,
            call,
        })
    }
}

impl<T> Post<T> {
    /// Opens the work.
    ///
    /// # Errors
    /// [`Halt::Replayed`] with the kept answer when this call was answered before; 422 when its
    /// Idempotency-Key was used for another call; 409 when the first call is still running.
    pub async fn begin(self) -> Result<(Call, T), Halt> {
        self.open(false).await
    }

    /// Opens a work that is short enough to be committed together with those of concurrent calls.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn begin_together(self) -> Result<(Call, T), Halt> {
        self.open(true).await
    }

    async fn open(self, together: bool) -> Result<(Call, T), Halt> {
        let Self {
            caller,
            input,
            call,
        } = self;
        let begin = async || match together {
            true => caller.begin_together().await,
            false => caller.begin().await,
        };
        let Some(call) = call else {
            return Ok((
                Call {
                    work: begin().await?,
                    call: None,
                    _guard: None,
                },
                input,
            ));
        };
        let guard = caller.running.enter(caller.actor.business(), &call.key)?;
        let mut work = begin().await?;
        if let Some(reply) = idempotency::claim(&mut work, &call).await? {
            // What is answered from may not be on the disk yet: this ends with it.
            work.commit().await?;
            let mut response = answer(reply);
            response
                .headers_mut()
                .insert(REPLAYED, HeaderValue::from_static("true"));
            return Err(Halt::Replayed(response));
        }
        Ok((
            Call {
                work,
                call: Some(call),
                _guard: Some(guard),
            },
            input,
        ))
    }
}

impl Call {
    /// Commits, and answers 201 with this.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn created(self, out: &impl Serialize) -> Result<Response, Halt> {
        self.reply(StatusCode::CREATED, out).await
    }

    /// Commits, and answers 200 with this.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn ok(self, out: &impl Serialize) -> Result<Response, Halt> {
        self.reply(StatusCode::OK, out).await
    }

    /// Commits, and answers 201 with this; 200 when it had been recorded before.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn recorded(self, duplicate: bool, out: &impl Serialize) -> Result<Response, Halt> {
        let status = if duplicate {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        self.reply(status, out).await
    }

    /// Keeps the answer, commits it together with the effect, and sends it.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn reply(self, status: StatusCode, out: &impl Serialize) -> Result<Response, Halt> {
        let Self {
            mut work,
            call,
            _guard,
        } = self;
        let body = serde_json::to_string(out)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let reply = Reply {
            status: status.as_u16(),
            body,
        };
        if let Some(call) = &call {
            idempotency::keep(&mut work, call, &reply).await?;
        }
        work.commit().await?;
        Ok(answer(reply))
    }
}

fn answer(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    (
        status,
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )],
        reply.body,
    )
        .into_response()
}

/// The keys of calls that run in this process. Between processes the database makes the second wait.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<(BusinessId, String)>>>);

struct Guard {
    running: Running,
    entry: (BusinessId, String),
}

impl Running {
    fn enter(&self, business: BusinessId, key: &str) -> Result<Guard, ServiceError> {
        let entry = (business, key.to_owned());
        let free = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(entry.clone());
        if free {
            Ok(Guard {
                running: self.clone(),
                entry,
            })
        } else {
            Err(idempotency::running())
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.running
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.entry);
    }
}
