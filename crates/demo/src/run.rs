//! The payout run of the last month: chosen, drafted, submitted and approved on its first day, paid on its second.

use domain::id::PayoutRunId;
use domain::status::{PayoutObstacle, PayoutStatus};
use domain::time::Day;
use service::job;
use service::programme::payout::{PaymentIn, exact_totals};
use service::programme::payout_run::{self, COUNTED, JOB, PayoutRun, RunIn, sums};
use service::store::list::Window;
use service::{Actor, App, Result, Work};

/// Whether the month that begins on this day of the story is paid by a run: the last one is.
#[must_use]
pub const fn pays(number: i64, last: i64) -> bool {
    number + 31 > last
}

/// Begins the run over what was approved until the day before, and takes it on until it is approved. The people of
/// the demo have no payout methods, so that they are put in by hand.
pub async fn approve(app: &App, actor: &Actor, day: Day) -> Result<()> {
    let mut work = app.begin(actor).await?;
    let input = RunIn {
        until: day.plus(-1),
        group: None,
        method: None,
        currency: None,
    };
    let id = payout_run::begin(&mut work, input).await?;
    let whom: Vec<_> = payout_run::members(&mut work, id, false, i64::MAX, 0)
        .await?
        .into_iter()
        .filter(|member| {
            matches!(
                member.found.obstacle,
                Some(PayoutObstacle::NoMethod | PayoutObstacle::NotDue)
            )
        })
        .map(|member| (member.affiliate_id, member.currency))
        .collect();
    payout_run::include(&mut work, id, &whom, true).await?;
    let totals = payout_run::member_totals(&mut work, id).await?;
    if !totals.iter().any(|total| total.included) {
        // Nobody is due in so young a story.
        payout_run::cancel(&mut work, id).await?;
        return work.commit().await;
    }
    payout_run::draft(&mut work, id).await?;
    work.commit().await?;
    work_off(app, id).await?;
    let mut work = app.begin(actor).await?;
    let totals = payout_run::payout_totals(&mut work, id).await?;
    payout_run::submit(&mut work, id, &exact_totals(&sums(&totals, COUNTED))).await?;
    work.commit().await?;
    work_off(app, id).await
}

/// Marks the newest run paid.
pub async fn pay(app: &App, actor: &Actor, day: Day) -> Result<()> {
    let mut work = app.begin(actor).await?;
    let Some(run) = newest(&mut work).await? else {
        return Ok(());
    };
    let totals = payout_run::payout_totals(&mut work, run.id).await?;
    let totals = sums(&totals, &[PayoutStatus::Pending]);
    if totals.is_empty() {
        return Ok(());
    }
    let payment = PaymentIn {
        reference: Some(format!("WIRE-{}", day.date().strftime("%Y%m"))),
        ..PaymentIn::default()
    };
    payout_run::pay(&mut work, run.id, payment, &exact_totals(&totals)).await?;
    work.commit().await?;
    work_off(app, run.id).await
}

async fn newest(work: &mut Work) -> Result<Option<PayoutRun>> {
    let one = Window {
        limit: 1,
        ..Window::all(payout_run::NEWEST)
    };
    let runs = payout_run::list(work, &payout_run::Filter::default(), one).await?;
    Ok(runs.into_iter().next())
}

/// Does what the run waits for; there is no other. Other jobs are for the runner, later.
async fn work_off(app: &App, run: PayoutRunId) -> Result<()> {
    loop {
        let jobs = job::claim(app, &[JOB], 100).await?;
        if jobs.is_empty() {
            return Ok(());
        }
        for job in &jobs {
            payout_run::work_on(app, job, run).await?;
        }
    }
}
