//! The jobs that wait, done as the runner would do them.

use serde::de::DeserializeOwned;
use service::domain::id::BusinessId;
use service::job::{self, Job};
use service::portal::{application, login_code};
use service::programme::payout_run;

use crate::app::TestApp;

/// What a job was told.
fn told<T: DeserializeOwned>(job: &Job) -> T {
    serde_json::from_str(&job.payload).expect("a payload")
}

fn business(job: &Job) -> BusinessId {
    job.business_id.expect("a business")
}

impl TestApp {
    /// The jobs of a kind that are due, claimed.
    pub async fn claimed(&self, kind: &str) -> Vec<Job> {
        job::claim(&self.app, &[kind], 100).await.expect("jobs")
    }

    /// Has the mails with codes written.
    pub async fn write_codes(&self) {
        for job in self.claimed(login_code::WRITE_JOB).await {
            login_code::write(&self.app, business(&job), &job, told(&job))
                .await
                .expect("written");
        }
    }

    /// Has the applications that were sent taken on.
    pub async fn take_applications(&self) {
        for job in self.claimed(application::TAKE_JOB).await {
            application::take(&self.app, business(&job), &job, &told(&job))
                .await
                .expect("taken on");
        }
    }

    /// Does what payout runs wait for; answers how many parts that were.
    pub async fn do_payout_runs(&self) -> usize {
        let mut parts = 0;
        loop {
            let jobs = self.claimed(payout_run::JOB).await;
            if jobs.is_empty() {
                return parts;
            }
            for job in jobs {
                let payout_run::RunPayload { run_id } = told(&job);
                payout_run::work_on(&self.app, &job, run_id)
                    .await
                    .expect("done");
                parts += 1;
            }
        }
    }
}
