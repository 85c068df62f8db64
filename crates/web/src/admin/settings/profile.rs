//! What people of the portal are asked for before its apps open.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use domain::status::ProfileField;
use service::App;
use service::portal::profile;

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/settings/profiles";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/profile.html")]
struct ProfilePage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    fields: Vec<Field>,
}

/// A box to tick.
struct Field {
    word: &'static str,
    label: &'static str,
    required: bool,
}

/// What a field is called.
const fn label(field: ProfileField) -> &'static str {
    match field {
        ProfileField::Phone => "A telephone number",
        ProfileField::Company => "The company",
        ProfileField::Country => "The country",
        ProfileField::Address => "The address: street and city",
    }
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let required = profile::required(&mut work).await?;
    html::page(&ProfilePage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        fields: ProfileField::ALL
            .iter()
            .map(|field| Field {
                word: field.as_str(),
                label: label(*field),
                required: required.contains(field),
            })
            .collect(),
    })
}

#[derive(Debug, serde::Deserialize)]
struct ProfileForm {
    #[serde(default)]
    required: Vec<ProfileField>,
}

async fn save(
    admin: Admin,
    PostForm(ProfileForm { required }): PostForm<ProfileForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    profile::set_required(&mut work, &required).await?;
    work.commit().await?;
    Ok(flash::redirect(PATH, "Settings saved"))
}
