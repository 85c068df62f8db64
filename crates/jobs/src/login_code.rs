//! Writes the mails with codes to log in, apart from the request: asking takes as long for an address
//! that nobody has.

use domain::id::BusinessId;
use service::job::Job;
use service::portal::login_code::{self, WRITE_JOB, WritePayload};
use service::{App, ServiceError, domain};

use crate::runner::{BoxFuture, Handler, JobError};

/// The handler.
#[derive(Debug, Clone, Copy)]
pub struct CodeWriter;

fn subject(job: &Job) -> Result<(BusinessId, WritePayload), JobError> {
    let payload =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Never(error.to_string()))?;
    let business = job
        .business_id
        .ok_or_else(|| JobError::Never("a code without a business".to_owned()))?;
    Ok((business, payload))
}

impl Handler for CodeWriter {
    fn kind(&self) -> &'static str {
        WRITE_JOB
    }

    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let (business, payload) = subject(job)?;
            Ok(login_code::write(app, business, job, payload).await?)
        })
    }

    /// A code that could not be mailed is void after 15 minutes; there is nothing to tidy.
    fn given_up<'a>(
        &'a self,
        _app: &'a App,
        _job: &'a Job,
        _error: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        Box::pin(async { Ok(()) })
    }
}
