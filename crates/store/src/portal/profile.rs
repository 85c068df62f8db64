//! What the people of a portal have told of themselves.

use domain::id::AccountId;
use domain::status::Language;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A person's profile; the name is the account's.
    pub struct Profile {
        /// A telephone number, as typed.
        pub phone: Option<String>,
        /// The company.
        pub company: Option<String>,
        /// ISO 3166-1 code.
        pub country: Option<String>,
        /// Street and number.
        pub street: Option<String>,
        /// City.
        pub city: Option<String>,
        /// Postcode.
        pub postcode: Option<String>,
        /// IANA name of the zone that times are shown in; none: the business's.
        pub timezone: Option<String>,
        /// The language of pages and mails; none: what the browser asks for, else the business's.
        pub language: Option<Language>,
        /// Whether they have saved it, which they are asked for once.
        pub told: bool,
    }
}

impl Profile {
    /// Nothing told yet.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            phone: None,
            company: None,
            country: None,
            street: None,
            city: None,
            postcode: None,
            timezone: None,
            language: None,
            told: false,
        }
    }
}

/// The profile of an account.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, account: AccountId) -> Result<Option<Profile>> {
    tx.fetch_optional(include_str!("profile/find.sql"), args![account])
        .await
}

/// Sets the profile of an account.
///
/// # Errors
/// As the database says.
pub async fn set(tx: &mut Tx, account: AccountId, profile: &Profile, now: UnixMs) -> Result<()> {
    let Profile {
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
        told,
    } = profile;
    let values = args![
        account,
        phone.clone(),
        company.clone(),
        country.clone(),
        street.clone(),
        city.clone(),
        postcode.clone(),
        timezone.clone(),
        *language,
        *told,
        now
    ];
    tx.execute(include_str!("profile/set.sql"), values).await?;
    Ok(())
}
