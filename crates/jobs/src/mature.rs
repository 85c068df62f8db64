//! Approves commissions whose hold has passed, where their rule says that they approve themselves.

use std::time::Duration;

use service::identity::business;
use service::programme::commission;
use service::{App, Result};

use crate::schedule::Periodic;

/// How often: holds are counted in days, but a page that says "clears now" should be right soon.
const EVERY: Duration = Duration::from_secs(10);

/// The task. A business in which nothing is due costs one look; what is due is approved a part at a
/// time, so that sales do not wait behind a long run.
#[must_use]
pub fn mature() -> Periodic {
    Periodic::new("mature", EVERY, |app| async move {
        for business in business::list(&app).await? {
            mature_in(&app, business.id).await?;
        }
        Ok(())
    })
}

async fn mature_in(app: &App, business: service::domain::id::BusinessId) -> Result<()> {
    let actor = App::system(business);
    while commission::has_matured(&mut app.view(&actor).await?).await? {
        let mut work = app.begin(&actor).await?;
        let approved = commission::mature(&mut work).await?;
        work.commit().await?;
        if approved == 0 {
            break;
        }
    }
    Ok(())
}
