//! Payout runs in the product, with the jobs they wait for.

use domain::id::PayoutRunId;
use domain::time::UnixMs;
use service::programme::payout_run;
use service::{ServiceError, Work, job};

use super::{Difference, Stage};
use crate::history::{DAY, RunIn};

impl Stage<'_> {
    /// Begins a run with everyone in it who is to be, and has its payouts drafted.
    pub(super) async fn begin_run(
        &self,
        work: &mut Work,
        input: &RunIn,
    ) -> Result<PayoutRunId, ServiceError> {
        let zone = domain::time::zone(self.founded.world.zone).expect("a zone");
        let until = UnixMs(self.model.now - input.days_ago * DAY).day_in(&zone);
        let begun = payout_run::RunIn {
            until,
            group: input.group.map(|at| self.founded.groups[at]),
            method: None,
            currency: input.currency,
        };
        let id = payout_run::begin(work, begun).await?;
        // Nobody has told where the money goes to, so nobody is in by itself.
        let found = payout_run::members(work, id, false, i64::MAX, 0).await?;
        let left_out = input.leave_out.map(|at| self.founded.affiliates[at]);
        let whom: Vec<_> = found
            .iter()
            .map(|member| (member.affiliate_id, member.currency))
            .filter(|member| Some(member.0) != left_out)
            .collect();
        payout_run::include(work, id, &whom, true).await?;
        payout_run::draft(work, id).await?;
        Ok(id)
    }

    /// Does what a payout run waits for.
    pub(super) async fn work_on_run(&self, run: PayoutRunId) -> Result<(), Difference> {
        let app = &self.test.app;
        loop {
            let jobs = job::claim(app, &[payout_run::JOB], i64::MAX).await;
            let jobs = jobs.map_err(|e| format!("no jobs: {e:?}"))?;
            let mut worked = false;
            for job in &jobs {
                let payload: payout_run::RunPayload =
                    serde_json::from_str(&job.payload).expect("a payload");
                if payload.run_id == run {
                    worked = true;
                    let done = payout_run::work_on(app, job, run).await;
                    done.map_err(|e| format!("a run does not go on: {e:?}"))?;
                }
            }
            if !worked {
                return Ok(());
            }
        }
    }
}
