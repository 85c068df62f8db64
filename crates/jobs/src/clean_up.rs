//! Removes, once an hour, what time has ended: sessions, kept answers, given-up jobs.

use std::time::Duration;

use service::identity::business;
use service::{App, clean_up};

use crate::schedule::Periodic;

/// How often: what is left over does no harm, it only takes room.
const EVERY: Duration = Duration::from_secs(3_600);

/// The task. One transaction a business, so that none waits for all the others.
#[must_use]
pub fn clean_up() -> Periodic {
    Periodic::new("clean-up", EVERY, |app| async move {
        clean_up::installation(&app).await?;
        for business in business::list(&app).await? {
            let mut work = app.begin(&App::system(business.id)).await?;
            clean_up::business(&mut work).await?;
            work.commit().await?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use service::clean_up::JOB_KINDS;

    use crate::Handler;
    use crate::application::ApplicationTaker;
    use crate::callback::Callbacks;
    use crate::login_code::CodeWriter;
    use crate::mail::Mailer;
    use crate::payout_run::PayoutRuns;

    #[test]
    fn every_kind_that_is_done_is_known() {
        let mailer = Mailer::new(None, "http://localhost").expect("no server");
        let handlers: [&dyn Handler; 5] = [
            &mailer,
            &ApplicationTaker,
            &Callbacks,
            &CodeWriter,
            &PayoutRuns,
        ];
        assert_eq!(handlers.map(Handler::kind), JOB_KINDS);
    }
}
