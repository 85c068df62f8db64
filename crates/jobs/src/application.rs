//! Takes forms on that were sent to become an affiliate, apart from the request: sending one takes as long
//! for an address that belongs to an affiliate already.

use domain::id::BusinessId;
use service::job::Job;
use service::portal::application::{self, TAKE_JOB, TakePayload};
use service::{App, ServiceError, domain};

use crate::runner::{BoxFuture, Handler, JobError};

/// The handler.
#[derive(Debug, Clone, Copy)]
pub struct ApplicationTaker;

fn subject(job: &Job) -> Result<(BusinessId, TakePayload), JobError> {
    let payload =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Never(error.to_string()))?;
    let business = job
        .business_id
        .ok_or_else(|| JobError::Never("an application without a business".to_owned()))?;
    Ok((business, payload))
}

impl Handler for ApplicationTaker {
    fn kind(&self) -> &'static str {
        TAKE_JOB
    }

    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let (business, payload) = subject(job)?;
            Ok(application::take(app, business, job, &payload).await?)
        })
    }

    /// The form is kept for staff, whom the bell tells.
    fn given_up<'a>(
        &'a self,
        app: &'a App,
        job: &'a Job,
        error: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            let Ok((business, payload)) = subject(job) else {
                return Ok(()); // no form; the job stays with its error
            };
            tracing::error!(job.id = %job.id, %error, "an application could not be taken on; staff can have it tried again");
            application::set_aside(app, business, job, &payload, error).await
        })
    }
}
