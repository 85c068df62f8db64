//! Looks at what providers told by themselves.

use service::job::Job;
use service::programme::callback::{self, JOB, Payload};
use service::{App, ServiceError};

use crate::runner::{BoxFuture, Handler, JobError};

/// Does the jobs of calls.
pub struct Callbacks;

impl Handler for Callbacks {
    fn kind(&self) -> &'static str {
        JOB
    }

    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let Payload { callback_id } = serde_json::from_str(&job.payload)
                .map_err(|error| JobError::Never(error.to_string()))?;
            let business = job
                .business_id
                .ok_or_else(|| JobError::Never("a call without a business".to_owned()))?;
            Ok(callback::process(app, business, job, callback_id).await?)
        })
    }

    fn given_up<'a>(
        &'a self,
        _: &'a App,
        _: &'a Job,
        _: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        // The worker asks about the transfer by itself.
        Box::pin(async { Ok(()) })
    }
}
