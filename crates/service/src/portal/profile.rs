//! What a person tells of themselves, once for all apps of a portal. Everybody is asked before the apps
//! open; what a business does not ask for may stay blank.

use domain::id::AffiliateId;
use domain::status::{ProfileField, Scope};
use domain::{country, time};
pub use store::portal::profile::Profile;
use store::portal::{account, profile, profile_requirement};

use super::account::Account;
use super::session::acting;
use crate::check::Checks;
use crate::error::{Result, not_found};
use crate::identity::audit;
use crate::work::Work;

/// Digits that a telephone number has at least.
const PHONE_DIGITS_MIN: usize = 5;

/// What the profile's form sends; blank is none.
#[derive(Debug, Clone, Default)]
pub struct ProfileIn {
    /// The person's name; always required.
    pub name: String,
    /// A telephone number.
    pub phone: String,
    /// The company.
    pub company: String,
    /// ISO 3166-1 code.
    pub country: String,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// Postcode.
    pub postcode: String,
    /// IANA name of a zone; blank is the business's.
    pub timezone: String,
    /// The word of a language; blank is none: what the browser asks for.
    pub language: String,
}

/// What is asked for and not told yet.
#[must_use]
pub fn missing(profile: &Profile, required: &[ProfileField]) -> Vec<ProfileField> {
    let is_told = |field: &ProfileField| match field {
        ProfileField::Phone => profile.phone.is_some(),
        ProfileField::Company => profile.company.is_some(),
        ProfileField::Country => profile.country.is_some(),
        ProfileField::Address => profile.street.is_some() && profile.city.is_some(),
    };
    required
        .iter()
        .copied()
        .filter(|field| !is_told(field))
        .collect()
}

/// Whether a profile lets its person on to the apps: it was saved once, and has all that is asked for.
#[must_use]
pub fn is_complete(profile: &Profile, required: &[ProfileField]) -> bool {
    profile.told && missing(profile, required).is_empty()
}

/// The account and profile of the person who acts.
///
/// # Errors
/// Forbidden for everybody but portal people.
pub async fn get(work: &mut Work) -> Result<(Account, Profile)> {
    let id = acting(work)?;
    let account = account::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("account"))?;
    let profile = profile::find(&mut work.tx, id).await?;
    Ok((account, profile.unwrap_or(Profile::empty())))
}

/// What the account of an affiliate has told, for staff; none without an account.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn of_affiliate(
    work: &mut Work,
    affiliate: AffiliateId,
) -> Result<Option<(Account, Profile)>> {
    work.require(Scope::Read)?;
    let Some(account) = account::find_by_affiliate(&mut work.tx, affiliate).await? else {
        return Ok(None);
    };
    let profile = profile::find(&mut work.tx, account.id).await?;
    Ok(profile.map(|profile| (account, profile)))
}

/// What the business asks for.
///
/// # Errors
/// As the database says.
pub async fn required(work: &mut Work) -> Result<Vec<ProfileField>> {
    Ok(profile_requirement::list(&mut work.tx).await?)
}

/// Sets what a profile must have beside the name. It counts from the next page that anybody opens.
///
/// # Errors
/// Forbidden without the scope `manage`.
pub async fn set_required(work: &mut Work, fields: &[ProfileField]) -> Result<()> {
    work.require(Scope::Manage)?;
    profile_requirement::clear(&mut work.tx).await?;
    for field in fields {
        profile_requirement::add(&mut work.tx, *field).await?;
    }
    let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
    let detail = if words.is_empty() {
        "profiles need a name only".to_owned()
    } else {
        format!("profiles need {}", words.join(", "))
    };
    audit::record(work, "setting.profile", "setting", "", &detail).await
}

/// Saves name and profile of the person who acts.
///
/// # Errors
/// Invalid by field, also for what the business asks for and is blank.
pub async fn update(work: &mut Work, input: ProfileIn) -> Result<()> {
    let id = acting(work)?;
    let required = required(work).await?;
    let needs = |field| required.contains(&field);
    let ProfileIn {
        name,
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
    } = input;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=200);
    let mut text = |field: &str, value: &str, most: usize, needed: bool| {
        let value = checks.text(field, value, usize::from(needed)..=most);
        (!value.is_empty()).then_some(value)
    };
    let address = needs(ProfileField::Address);
    let profile = Profile {
        phone: text("phone", &phone, 40, needs(ProfileField::Phone)),
        company: text("company", &company, 200, needs(ProfileField::Company)),
        country: text("country", &country, 2, needs(ProfileField::Country)),
        street: text("street", &street, 200, address),
        city: text("city", &city, 100, address),
        postcode: text("postcode", &postcode, 20, false),
        timezone: text("timezone", &timezone, 60, false),
        language: language.parse().ok(),
        told: true,
    };
    checks.that(
        language.is_empty() || profile.language.is_some(),
        "language",
        "is not a language of the list",
    );
    if let Some(phone) = &profile.phone {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let plain = phone
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        checks.that(
            plain && digits >= PHONE_DIGITS_MIN,
            "phone",
            "must be a telephone number such as +49 30 1234567",
        );
    }
    if let Some(code) = &profile.country {
        checks.that(
            country::name(code).is_some(),
            "country",
            "is not a country of the list",
        );
    }
    if let Some(zone) = &profile.timezone {
        checks.that(
            time::zone(zone).is_some(),
            "timezone",
            "is not a time zone of the list",
        );
    }
    checks.done()?;
    account::set_name(&mut work.tx, id, &name).await?;
    profile::set(&mut work.tx, id, &profile, work.now).await?;
    audit::record(
        work,
        "account.profile",
        "account",
        &id.to_string(),
        "changed their profile",
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_what_is_asked_for_and_not_told() {
        let told = Profile {
            phone: Some("+49 30 1234567".to_owned()),
            street: Some("Gartenweg 3".to_owned()),
            ..Profile::empty()
        };
        assert_eq!(missing(&told, &[]), []);
        assert_eq!(missing(&told, &[ProfileField::Phone]), []);
        assert_eq!(
            missing(&told, ProfileField::ALL),
            [
                ProfileField::Company,
                ProfileField::Country,
                ProfileField::Address
            ],
            "an address has a city"
        );
    }

    #[test]
    fn a_profile_is_complete_when_it_was_saved_with_all_that_is_asked_for() {
        let blank = Profile::empty();
        let saved = Profile {
            told: true,
            ..Profile::empty()
        };
        assert!(!is_complete(&blank, &[]), "everybody is asked once");
        assert!(is_complete(&saved, &[]));
        assert!(!is_complete(&saved, &[ProfileField::Phone]));
    }
}
