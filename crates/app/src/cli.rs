//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use service::domain::status::Role;

/// Affiliate management with a portal of your own.
#[derive(Debug, Parser)]
#[command(
    name = "tributary",
    version,
    about,
    after_help = "Settings come from the environment (TRIBUTARY_…) and from the file given by --config.\nSee docs/OPERATIONS.md."
)]
pub struct Cli {
    /// A TOML file with settings; the environment goes before it.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything on one port: pages, tracking, API, jobs. Brings the schema up to date first.
    Serve(Serve),
    /// Serve a believable business on a data folder of its own, with an example shop beside it.
    Demo(Demo),
    /// Make a business, its owner and an API key with all scopes.
    Init(Init),
    /// Add a member of staff to a business, who can do all but what is the owner's.
    AddStaff(AddStaff),
    /// Bring the schema up to date.
    Migrate,
    /// Prove every business's ledger and roll-ups; exit 1 with the first differences if something does not hold.
    Verify,
    /// Turn two-step log-in off for a member of staff who has lost phone and recovery codes.
    ResetTwoStep(ResetTwoStep),
    /// Prove that signed statements are complete and unaltered, with nothing but the files; exit 1 with the place that does not hold.
    VerifyStatement(VerifyStatement),
    /// Print the OpenAPI document.
    Openapi,
}

/// The files to prove.
#[derive(Debug, Args)]
pub struct VerifyStatement {
    /// Statements; of several each must go on where the one before it ended.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The public key they must be signed with, as the business shows it: 64 hexadecimal digits.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// The whole business's statement, in which each entry of an affiliate's must be found, and no more.
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
}

/// Which part of the work this process takes.
#[derive(Debug, Args)]
pub struct Serve {
    /// Answer requests only; another process runs the jobs.
    #[arg(long, conflicts_with = "jobs_only")]
    pub no_jobs: bool,
    /// Run the jobs only; listen on no port.
    #[arg(long)]
    pub jobs_only: bool,
}

/// How the demo begins.
#[derive(Debug, Args)]
pub struct Demo {
    /// Fill it anew; what was done in it is gone.
    #[arg(long)]
    pub fresh: bool,
}

/// The business to make.
#[derive(Debug, Args)]
pub struct Init {
    /// Its name.
    #[arg(long, value_name = "NAME")]
    pub business: String,
    /// The owner's e-mail address.
    #[arg(long, value_name = "E")]
    pub owner_email: String,
    /// The owner's password; for an owner who is known here, the present one.
    #[arg(long, value_name = "P")]
    pub owner_password: String,
    /// The owner's name.
    #[arg(long, value_name = "NAME", default_value = "Owner")]
    pub owner_name: String,
    /// The currency of its figures, an ISO 4217 code.
    #[arg(long, default_value = "USD")]
    pub currency: String,
    /// The zone its days begin in, an IANA name.
    #[arg(long, default_value = "UTC")]
    pub timezone: String,
    /// Print JSON: business_id, slug, api_key, admin_url, portal_url.
    #[arg(long)]
    pub json: bool,
}

/// Who is to be helped.
#[derive(Debug, Args)]
pub struct ResetTwoStep {
    /// The address that they log in to the admin with.
    #[arg(long, value_name = "E")]
    pub email: String,
}

/// The member to add.
#[derive(Debug, Args)]
pub struct AddStaff {
    /// The business's short name, as in its portal's address.
    #[arg(long, value_name = "SLUG")]
    pub business: String,
    /// Their e-mail address.
    #[arg(long, value_name = "E")]
    pub email: String,
    /// Their name.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Their password; for somebody who is known here, the present one.
    #[arg(long, value_name = "P")]
    pub password: String,
    /// What they may do: admin (nearly everything) or agent (reads the leads).
    #[arg(long, value_name = "ROLE", default_value = "admin")]
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
