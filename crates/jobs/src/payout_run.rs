//! Does what a payout run waits for, a part at a time.

use service::job::Job;
use service::programme::payout_run::{self, JOB, RunPayload};
use service::{App, ServiceError};

use crate::runner::{BoxFuture, Handler, JobError};

/// Drafts, approves, pays or cancels the payouts of a run. A part that died is done again as a whole.
pub struct PayoutRuns;

impl Handler for PayoutRuns {
    fn kind(&self) -> &'static str {
        JOB
    }

    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let RunPayload { run_id } = serde_json::from_str(&job.payload)
                .map_err(|error| JobError::Never(error.to_string()))?;
            Ok(payout_run::work_on(app, job, run_id).await?)
        })
    }

    fn given_up<'a>(
        &'a self,
        _app: &'a App,
        job: &'a Job,
        error: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        // The run's page shows that it stands still, and its button goes on from there.
        Box::pin(async move {
            tracing::error!(job.id = %job.id, %error, "a payout run stands still");
            Ok(())
        })
    }
}
