//! Calls by providers: kept as they came, answered, and looked at by a job.
//!
//! A call is a hint and nothing more. Once it is certain that the provider made it, the provider is asked
//! about the transfer that it names, so that calls which come early, twice or in another order all lead to
//! the same end.

use std::collections::BTreeMap;

use domain::id::{BusinessId, CallbackId};
use domain::status::{CallbackState, ProviderKind};
use domain::time::DAY_MS;
use serde::{Deserialize, Serialize};
use store::programme::callback::{self as rows, Callback};
use store::programme::provider as providers;
use subtle::ConstantTimeEq as _;

use super::provider::{self, Incoming, Notice};
use super::transfer;
use crate::app::App;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::job;
use crate::work::Work;

/// The kind of job that looks at a call.
pub const JOB: &str = "callback.process";
/// Headers that providers sign with.
pub const HEADERS: &[&str] = &[
    "stripe-signature",
    "x-signature-sha256",
    "paypal-auth-algo",
    "paypal-cert-url",
    "paypal-transmission-id",
    "paypal-transmission-sig",
    "paypal-transmission-time",
];
/// How long calls are kept: 90 days, as long as anybody asks about a payment.
const KEPT_MS: i64 = 90 * DAY_MS;

/// What the job needs to know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    /// The call.
    pub callback_id: CallbackId,
}

/// The business that an address for calls names.
#[must_use]
pub fn business_of(endpoint: &str) -> Option<BusinessId> {
    BusinessId::from_code(endpoint.get(..13)?)
}

/// Keeps a call and has it looked at; one that came before is known already.
///
/// # Errors
/// Not found for an address that is none; [`ServiceError::Unauthorized`] when it is not signed by the provider
/// or its time is not ours; invalid when it names no event.
pub async fn receive(
    app: &App,
    kind: ProviderKind,
    endpoint: &str,
    head: BTreeMap<String, String>,
    body: Vec<u8>,
) -> Result<()> {
    let business = business_of(endpoint).ok_or(not_found("endpoint"))?;
    let mut work = app.view(&App::system(business)).await?;
    let connection = providers::find(&mut work.tx, kind)
        .await?
        .filter(|found| bool::from(found.endpoint.as_bytes().ct_eq(endpoint.as_bytes())))
        .ok_or(not_found("endpoint"))?;
    let adapter = provider::adapter(app, business, &connection)?;
    let received = work.now;
    drop(work);
    let incoming = Incoming {
        head,
        body,
        received,
    };
    if adapter.is_signed(&incoming) == Some(false) {
        return Err(ServiceError::Unauthorized(
            "the call is not signed by the provider, or not within five minutes of now".to_owned(),
        ));
    }
    let Notice { event_id, .. } =
        provider::notice(kind, &incoming.body).map_err(|why| invalid("body", why))?;
    let head = serde_json::to_string(&incoming.head)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let mut work = app.begin(&App::system(business)).await?;
    let callback = Callback {
        id: work.new_id(),
        provider_id: connection.id,
        source: kind,
        event_id: event_id.chars().take(200).collect(),
        head,
        body: incoming.body,
        state: CallbackState::Received,
        received_at_ms: received,
    };
    if rows::insert(&mut work.tx, &callback).await? {
        let payload = Payload {
            callback_id: callback.id,
        };
        job::enqueue(&mut work, JOB, &payload).await?;
    }
    work.commit().await?;
    app.trial().point("after a call back").await;
    Ok(())
}

/// Looks at a call: makes certain of its sender where that takes a question, and asks about the transfer it
/// names. Completes the job.
///
/// # Errors
/// A conflict when the provider cannot be asked now; the job comes again.
pub async fn process(
    app: &App,
    business: BusinessId,
    job: &job::Job,
    id: CallbackId,
) -> Result<()> {
    let mut work = app.view(&App::system(business)).await?;
    let Some(callback) = rows::find(&mut work.tx, id).await? else {
        return finish(app, business, job, None).await;
    };
    let connection = providers::find(&mut work.tx, callback.source)
        .await?
        .ok_or(not_found("provider"))?;
    drop(work);
    let adapter = provider::adapter(app, business, &connection)?;
    let incoming = Incoming {
        head: serde_json::from_str(&callback.head).unwrap_or_default(),
        body: callback.body.clone(),
        received: callback.received_at_ms,
    };
    let genuine = match adapter.is_signed(&incoming) {
        Some(signed) => signed,
        None => adapter.confirm(&incoming).await.map_err(conflict)?,
    };
    if !genuine {
        return finish(app, business, job, Some((id, CallbackState::Refused))).await;
    }
    if let Ok(notice) = provider::notice(callback.source, &callback.body) {
        let mut work = app.view(&App::system(business)).await?;
        let mut found =
            transfer::named(&mut work, callback.source, notice.key, &notice.references).await?;
        drop(work);
        if found.is_none()
            && let Some(reference) = notice.references.first()
            && let Some(key) = adapter.key_of(reference).await
        {
            // Earlier than the answer that would have told us the provider's own id.
            let mut work = app.view(&App::system(business)).await?;
            found = transfer::named(&mut work, callback.source, Some(key), &[]).await?;
        }
        if let Some(found) = found {
            let reference = notice.references.first().cloned();
            transfer::look_up_now(app, business, found, reference).await?;
        }
    }
    finish(app, business, job, Some((id, CallbackState::Done))).await
}

async fn finish(
    app: &App,
    business: BusinessId,
    job: &job::Job,
    end: Option<(CallbackId, CallbackState)>,
) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    if let Some((id, state)) = end {
        rows::set_state(&mut work.tx, id, state).await?;
    }
    job::complete(&mut work, job).await?;
    work.commit().await
}

/// Removes calls that nobody asks about any more.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<()> {
    let before = work.now.plus_ms(-KEPT_MS);
    rows::delete_old(&mut work.tx, before).await?;
    Ok(())
}
