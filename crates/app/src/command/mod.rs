//! One command a file.

mod add_staff;
mod demo;
mod init;
mod reset_two_step;
mod serve;
mod verify;
mod verify_statement;

use std::time::Duration;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::{Failure, open};

/// How long the threads beside may take to end when the command has.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Runs the command.
///
/// # Errors
/// Why it failed.
pub fn run(cli: Cli) -> Result<(), Failure> {
    if let Command::Openapi = cli.command {
        return openapi();
    }
    if let Command::VerifyStatement(flags) = &cli.command {
        return verify_statement::run(flags);
    }
    let config = Config::load(cli.config.as_deref())?;
    open::log(&config)?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::Told(format!("the runtime did not start: {error}")))?;
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Serve(flags) => serve::run(&config, &flags).await,
            Command::Demo(flags) => demo::run(&config, &flags).await,
            Command::Init(flags) => init::run(&config, flags).await,
            Command::AddStaff(flags) => add_staff::run(&config, flags).await,
            Command::Migrate => migrate(&config).await,
            Command::ResetTwoStep(flags) => reset_two_step::run(&config, flags).await,
            Command::Verify => verify::run(&config).await,
            Command::VerifyStatement(flags) => verify_statement::run(&flags),
            Command::Openapi => openapi(),
        }
    });
    // A read that still runs beside is not waited for.
    runtime.shutdown_timeout(LAST_WORDS);
    ended
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    let db = open::database(config).await?;
    db.close().await;
    println!("The schema is up to date.");
    Ok(())
}

fn openapi() -> Result<(), Failure> {
    let text = web::api::openapi::document()
        .to_pretty_json()
        .map_err(|error| Failure::Told(error.to_string()))?;
    println!("{text}");
    Ok(())
}
