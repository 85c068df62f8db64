//! How clicks are credited.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use domain::status::Model;
use service::App;
use service::identity::setting::{self, SettingPatch};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::html;
use crate::ui::{AdminItem, AdminShell, Choice};

const PATH: &str = "/admin/settings/tracking";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/tracking.html")]
struct TrackingPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    form: TrackingForm,
    models: Vec<Choice>,
    errors: FormErrors,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct TrackingForm {
    /// As typed, so that a wrong number can be shown again.
    default_cookie_days: String,
    default_model: Model,
    link_parameter: String,
    #[serde(default)]
    coupons_beat_links: bool,
    #[serde(default)]
    bind_customers: bool,
    #[serde(default)]
    truth_source: String,
}

async fn page(
    admin: &Admin,
    form: TrackingForm,
    errors: FormErrors,
) -> Result<TrackingPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let models = [
        ("last_click", "Last click: the latest touch earns"),
        ("first_click", "First click: the earliest touch earns"),
    ];
    Ok(TrackingPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        models: Choice::list(models, form.default_model.as_str()),
        form,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let setting = setting::get(&mut admin.app.view(&admin.actor).await?).await?;
    let form = TrackingForm {
        default_cookie_days: setting.default_cookie_days.to_string(),
        default_model: setting.default_model,
        link_parameter: setting.link_parameter,
        coupons_beat_links: setting.coupons_beat_links,
        bind_customers: setting.bind_customers,
        truth_source: setting.truth_source.unwrap_or_default(),
    };
    html::page(&page(&admin, form, FormErrors::new()).await?)
}

async fn save(admin: Admin, PostForm(form): PostForm<TrackingForm>) -> Result<Response, PageError> {
    let TrackingForm {
        default_cookie_days,
        default_model,
        link_parameter,
        coupons_beat_links,
        bind_customers,
        truth_source,
    } = form.clone();
    let Ok(days) = default_cookie_days.trim().parse() else {
        let mut errors = FormErrors::new();
        errors.add(
            "default_cookie_days",
            "Write a whole number of days, such as 30",
        );
        return html::refused(&page(&admin, form, errors).await?);
    };
    let patch = SettingPatch {
        default_cookie_days: Some(days),
        default_model: Some(default_model),
        link_parameter: Some(link_parameter),
        coupons_beat_links: Some(coupons_beat_links),
        bind_customers: Some(bind_customers),
        truth_source: Some(truth_source),
        ..SettingPatch::default()
    };
    match super::save(&admin, patch, PATH).await? {
        Ok(done) => Ok(done),
        Err(errors) => html::refused(&page(&admin, form, errors).await?),
    }
}
