//! Name, contact details and time zone. An app leads here while something is missing that the business
//! asks for.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use domain::status::ProfileField;
use serde::Deserialize;
use service::App;
use service::portal::profile::{self, ProfileIn};

use super::{Me, Next, Tab};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::language::{self, Language, phrase, t};
use crate::ui::{Choice, PortalShell};
use crate::{currency, flash, html};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/portal/{slug}/account", get(show).post(save))
}

#[derive(Template)]
#[template(path = "portal/account/profile.html")]
struct ProfilePage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    action: String,
    email: String,
    typed: ProfileForm,
    needs: Needs,
    countries: Vec<Choice>,
    zones: Vec<Choice>,
    languages: Vec<Choice>,
    /// Whether the apps wait for this page.
    incomplete: bool,
    errors: FormErrors,
}

/// Which fields the business asks for.
struct Needs {
    phone: bool,
    company: bool,
    country: bool,
    address: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileForm {
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    street: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    postcode: String,
    #[serde(default)]
    timezone: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    next: String,
}

async fn page(me: &Me, typed: ProfileForm, errors: FormErrors) -> Result<ProfilePage, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let required = profile::required(&mut work).await?;
    let shell = me.shell(&mut work, t("account-profile")).await?;
    let needs = |field| required.contains(&field);
    let none = if needs(ProfileField::Country) {
        t("profile-choose-country")
    } else {
        t("profile-not-told")
    };
    let countries =
        std::iter::once(("", none)).chain(domain::country::all_in(language::now()).iter().copied());
    let mut zones = currency::zone_choices(&typed.timezone);
    zones.insert(
        0,
        Choice {
            value: String::new(),
            label: phrase("profile-zone-of")
                .with("business", &shell.business)
                .with("zone", &me.person.business.timezone)
                .into(),
            selected: typed.timezone.is_empty(),
        },
    );
    Ok(ProfilePage {
        shell,
        tabs: me.tabs(""),
        action: me.path(""),
        email: me.who.account.email.clone(),
        needs: Needs {
            phone: needs(ProfileField::Phone),
            company: needs(ProfileField::Company),
            country: needs(ProfileField::Country),
            address: needs(ProfileField::Address),
        },
        countries: Choice::list(countries, &typed.country),
        zones,
        languages: languages(&typed.language),
        typed,
        incomplete: !me.who.complete,
        errors,
    })
}

/// The languages, each by its own name; the first is what the browser asks for.
fn languages(chosen: &str) -> Vec<Choice> {
    let all = Language::ALL
        .iter()
        .map(|language| (language.as_str(), language.own_name()));
    Choice::list(
        std::iter::once(("", t("profile-language-browser"))).chain(all),
        chosen,
    )
}

async fn show(me: Me, Query(Next { next }): Query<Next>) -> Result<Response, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let (account, profile) = profile::get(&mut work).await?;
    drop(work);
    let typed = ProfileForm {
        name: account.name,
        phone: profile.phone.unwrap_or_default(),
        company: profile.company.unwrap_or_default(),
        country: profile.country.unwrap_or_default(),
        street: profile.street.unwrap_or_default(),
        city: profile.city.unwrap_or_default(),
        postcode: profile.postcode.unwrap_or_default(),
        timezone: profile.timezone.unwrap_or_default(),
        language: profile
            .language
            .map(|language| language.to_string())
            .unwrap_or_default(),
        next,
    };
    html::page(&page(&me, typed, FormErrors::new()).await?)
}

async fn save(me: Me, PostForm(form): PostForm<ProfileForm>) -> Result<Response, PageError> {
    let ProfileForm {
        name,
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
        next,
    } = form.clone();
    let input = ProfileIn {
        name,
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
    };
    let mut work = me.person.app.begin(&me.person.actor).await?;
    match profile::update(&mut work, input).await {
        Ok(()) => {
            work.commit().await?;
            // What is said now is said in the language that was just chosen.
            if let Ok(chosen) = form.language.parse() {
                language::choose(chosen);
            }
            let to = if next.is_empty() {
                me.path("")
            } else {
                me.portal.home(&next)
            };
            Ok(flash::redirect(&to, t("profile-saved")))
        }
        Err(error) => {
            drop(work);
            html::refused(&page(&me, form, refused(error)?).await?)
        }
    }
}
