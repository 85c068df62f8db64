//! Proves the books by itself: a break stops the payouts although nobody has asked.

use std::time::Duration;

use service::identity::business;
use service::programme::verify;
use service::{App, Result};

use crate::schedule::Periodic;

/// How often, and once at the start. A proof reads the whole journal.
const EVERY: Duration = Duration::from_secs(6 * 3_600);

/// The task. A business whose books cannot be read leaves the others theirs.
#[must_use]
pub fn proof() -> Periodic {
    Periodic::new("proof", EVERY, |app: App| async move {
        let mut outcome: Result<()> = Ok(());
        for business in business::list(&app).await? {
            match verify::prove_books(&app, business.id).await {
                Ok(report) if report.books_broken => tracing::error!(
                    business.id = %business.id,
                    problems = ?report.problems,
                    "the books do not add up; payouts are stopped"
                ),
                Ok(_) => {}
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    })
}
