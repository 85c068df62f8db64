//! `tributary init`: a business, its owner, an API key.

use serde::Serialize;
use service::identity::business::{self, Founded, NewBusiness};

use crate::cli::Init;
use crate::config::Config;
use crate::{Failure, open};

/// What scripts read.
#[derive(Serialize)]
struct Made {
    business_id: String,
    slug: String,
    api_key: String,
    admin_url: String,
    portal_url: String,
}

/// Makes the business and prints how to reach it.
///
/// # Errors
/// When the input is refused or the database cannot serve.
pub async fn run(config: &Config, flags: Init) -> Result<(), Failure> {
    let Init {
        business,
        owner_email,
        owner_password,
        owner_name,
        currency,
        timezone,
        json,
    } = flags;
    let app = open::app(config).await?;
    let new = NewBusiness {
        name: business,
        owner_email,
        owner_name,
        owner_password,
        currency,
        timezone,
    };
    let Founded {
        business, api_key, ..
    } = business::found(&app, new).await?;
    app.db().close().await;
    let base = &app.settings().base_url;
    let made = Made {
        business_id: business.id.to_string(),
        admin_url: format!("{base}/admin"),
        portal_url: format!("{base}/portal/{}", business.slug),
        slug: business.slug,
        api_key,
    };
    if json {
        let text =
            serde_json::to_string(&made).map_err(|error| Failure::Told(error.to_string()))?;
        println!("{text}");
    } else {
        let Made {
            business_id,
            slug: _,
            api_key,
            admin_url,
            portal_url,
        } = made;
        println!(
            "{} is ready.\n\n  id       {business_id}\n  admin    {admin_url}\n  portal   {portal_url}\n  API key  {api_key}\n\nThe key is shown this once; keep it somewhere safe.",
            business.name
        );
    }
    Ok(())
}
