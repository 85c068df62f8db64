//! The `tributary` binary: configuration, command line, wiring; nothing else.
//!
//! [`cli`] is what can be typed, [`config`] what can be set. [`open`] puts a running
//! [`App`](service::App) together from it; each command is a file under [`command`].

mod cli;
mod command;
mod config;
mod connection;
mod open;
mod secret;
mod server;

use std::process::ExitCode;

use clap::Parser as _;

/// Faster than the system's, and its memory does not grow by fragmentation under many short requests.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit codes: 0 done, 1 failed with the reason on standard error, 2 wrong usage (clap's own, too).
fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match command::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tributary: {failure}");
            match failure {
                Failure::Usage(_) => ExitCode::from(2),
                Failure::Service(_) | Failure::Told(_) => ExitCode::FAILURE,
            }
        }
    }
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A flag or setting is wrong.
    #[error("{0}")]
    Usage(String),
    /// A use case refused.
    #[error("{}", told(.0))]
    Service(#[from] service::ServiceError),
    /// Anything else, in words.
    #[error("{0}")]
    Told(String),
}

impl From<service::store::db::StoreError> for Failure {
    fn from(error: service::store::db::StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// The error in words, with every field that is wrong and every cause.
fn told(error: &service::ServiceError) -> String {
    if let service::ServiceError::Invalid(fields) = error {
        let lines: Vec<String> = fields
            .iter()
            .map(|field| format!("{} {}", field.field.replace('_', " "), field.message))
            .collect();
        return lines.join("; ");
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
