//! `tributary add-staff`: another member of a business's staff.

use service::identity::business;
use service::identity::staff::{self, NewMember};

use crate::cli::AddStaff;
use crate::config::Config;
use crate::{Failure, open};

/// Adds the member and says how they log in.
///
/// # Errors
/// When the input is refused, there is no such business, or the database cannot serve.
pub async fn run(config: &Config, flags: AddStaff) -> Result<(), Failure> {
    let AddStaff {
        business: slug,
        email,
        name,
        password,
        role,
    } = flags;
    let app = open::app(config).await?;
    let business = business::by_slug(&app, &slug).await?;
    let new = NewMember {
        email,
        name,
        password,
        role,
    };
    staff::add(&app, business.id, new).await?;
    app.db().close().await;
    println!(
        "They can log in to {} as {role} at {}/admin.",
        business.name,
        app.settings().base_url
    );
    Ok(())
}
