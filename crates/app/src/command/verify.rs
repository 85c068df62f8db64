//! `tributary verify`: the proof of every business's ledger and roll-ups.

use service::identity::business;
use service::programme::verify::{self, Report};

use crate::config::Config;
use crate::{Failure, open};

/// Proves all businesses and prints what was found; each over one consistent view, beside a running
/// server. Payouts of a business whose books do not hold are stopped until they do.
///
/// # Errors
/// When something does not hold, or the database cannot serve.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let mut broken = 0;
    let businesses = business::list(&app).await?;
    for business in &businesses {
        let Report {
            entries, problems, ..
        } = verify::prove(&app, business.id).await?;
        let name = format!("{} ({})", business.name, business.id);
        if problems.is_empty() {
            println!("{name}: {entries} journal entries, ledger and roll-ups hold");
            continue;
        }
        broken += 1;
        eprintln!("{name}: does not hold");
        for problem in problems {
            eprintln!("  {problem}");
        }
    }
    app.db().close().await;
    match broken {
        0 => Ok(()),
        _ => Err(Failure::Told(format!(
            "{broken} of {} businesses do not hold",
            businesses.len()
        ))),
    }
}
