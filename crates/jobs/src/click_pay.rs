//! Pays for the clicks of days that are over, where a business has rules for clicks.

use std::time::Duration;

use service::domain::id::BusinessId;
use service::identity::business;
use service::programme::click_pay;
use service::{App, Result};

use crate::schedule::Periodic;

/// How often: a day is settled once it is over, and late clicks of it soon after they come in.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// The task. A business without rules for clicks costs one look; what is due is settled a part at a time, so that
/// sales do not wait behind a long run. A business whose clicks cannot be settled leaves the others theirs.
#[must_use]
pub fn click_pay() -> Periodic {
    Periodic::new("click_pay", EVERY, |app: App| async move {
        let mut outcome: Result<()> = Ok(());
        for business in business::list(&app).await? {
            if let Err(error) = settle_in(&app, business.id).await {
                outcome = Err(error);
            }
        }
        outcome
    })
}

async fn settle_in(app: &App, business: BusinessId) -> Result<()> {
    let actor = App::system(business);
    loop {
        // The look is over before anything is written: the view is not kept.
        let due = click_pay::due_day(&mut app.view(&actor).await?).await?;
        let Some(day) = due else { break };
        let mut work = app.begin(&actor).await?;
        let settled = click_pay::settle(&mut work, day).await?;
        work.commit().await?;
        if settled == 0 {
            break;
        }
    }
    Ok(())
}
