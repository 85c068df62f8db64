//! The business's name, time zone and support address.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use service::identity::business::{self, Profile};
use service::identity::setting::{self, SettingPatch};
use service::messaging::notice;
use service::{App, Work};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::language::Language;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{currency, flash, html};

const PATH: &str = "/admin/settings";
const OPEN: &str = "open";
const CLOSED: &str = "closed";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/general.html")]
struct GeneralPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    form: GeneralForm,
    zones: Vec<Choice>,
    languages: Vec<Choice>,
    sign_up: Vec<Choice>,
    currency: String,
    slug: String,
    portal_url: String,
    checklist_dismissed: bool,
    errors: FormErrors,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct GeneralForm {
    name: String,
    timezone: String,
    /// A word of [`Language`]; none leaves it.
    #[serde(default)]
    language: String,
    #[serde(default)]
    support_email: String,
    /// `open` or `closed`; none leaves it.
    #[serde(default)]
    sign_up: String,
    #[serde(default)]
    allow_duplicate_contact: bool,
    #[serde(default)]
    magic_links: bool,
}

async fn page(
    admin: &Admin,
    work: &mut Work,
    form: GeneralForm,
    errors: FormErrors,
) -> Result<GeneralPage, PageError> {
    let setting = setting::get(work).await?;
    Ok(GeneralPage {
        shell: admin.shell(work, "Settings", AdminItem::Settings).await?,
        tabs: tabs(PATH),
        zones: currency::zone_choices(&form.timezone),
        languages: Choice::list(
            Language::ALL
                .iter()
                .map(|language| (language.as_str(), language.own_name())),
            &form.language,
        ),
        sign_up: Choice::list(
            [
                (OPEN, "Anyone may sign up"),
                (CLOSED, "Only who is invited"),
            ],
            &form.sign_up,
        ),
        form,
        currency: admin.business.currency.to_string(),
        slug: admin.business.slug.clone(),
        portal_url: notice::portal_address(work, &admin.business.slug).await?,
        checklist_dismissed: setting.checklist_dismissed,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let setting = setting::get(&mut work).await?;
    let form = GeneralForm {
        name: admin.business.name.clone(),
        timezone: admin.business.timezone.clone(),
        language: admin.business.language.to_string(),
        support_email: setting.support_email.unwrap_or_default(),
        sign_up: if setting.sign_up_open { OPEN } else { CLOSED }.to_owned(),
        allow_duplicate_contact: setting.allow_duplicate_contact,
        magic_links: setting.magic_links,
    };
    html::page(&page(&admin, &mut work, form, FormErrors::new()).await?)
}

async fn save(admin: Admin, PostForm(form): PostForm<GeneralForm>) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let GeneralForm {
        name,
        timezone,
        language,
        support_email,
        sign_up,
        allow_duplicate_contact,
        magic_links,
    } = form.clone();
    let mut saved = business::update(
        &mut work,
        Profile {
            name,
            timezone,
            language: language.parse().unwrap_or(admin.business.language),
        },
    )
    .await;
    if saved.is_ok() {
        let patch = SettingPatch {
            support_email: Some(support_email),
            allow_duplicate_contact: Some(allow_duplicate_contact),
            magic_links: Some(magic_links),
            sign_up_open: match sign_up.as_str() {
                OPEN => Some(true),
                CLOSED => Some(false),
                _ => None,
            },
            ..SettingPatch::default()
        };
        saved = setting::update(&mut work, patch).await.map(|_| ());
    }
    match saved {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "Settings saved"))
        }
        Err(error) => {
            drop(work);
            let errors = refused(error)?;
            let mut work = admin.app.view(&admin.actor).await?;
            html::refused(&page(&admin, &mut work, form, errors).await?)
        }
    }
}
