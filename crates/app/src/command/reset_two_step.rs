//! `tributary reset-two-step`: help for a member of staff whom nobody else can help, such as the only owner.

use service::identity::staff;

use crate::cli::ResetTwoStep;
use crate::config::Config;
use crate::{Failure, open};

/// Turns two-step log-in off and says so; they are told by mail.
///
/// # Errors
/// When nobody has the address, or the database cannot serve.
pub async fn run(config: &Config, flags: ResetTwoStep) -> Result<(), Failure> {
    let ResetTwoStep { email } = flags;
    let app = open::app(config).await?;
    let was_on = staff::reset_two_step_of(&app, &email).await;
    app.db().close().await;
    if was_on? {
        println!(
            "Two-step log-in is off for {email}. They are told by mail; set it up again soon."
        );
    } else {
        println!("Two-step log-in was off for {email} already.");
    }
    Ok(())
}
