//! Which mail affiliates get.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::identity::setting::{self, SettingPatch};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::html;
use crate::ui::{AdminItem, AdminShell};

const PATH: &str = "/admin/settings/notifications";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/notifications.html")]
struct NotificationsPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    form: NotificationsForm,
    mail_server: bool,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct NotificationsForm {
    #[serde(default)]
    notify_affiliate_approved: bool,
    #[serde(default)]
    notify_payout: bool,
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let setting = setting::get(&mut work).await?;
    let page = NotificationsPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        form: NotificationsForm {
            notify_affiliate_approved: setting.notify_affiliate_approved,
            notify_payout: setting.notify_payout,
        },
        mail_server: admin.app.settings().mail_server,
    };
    html::page(&page)
}

async fn save(
    admin: Admin,
    PostForm(form): PostForm<NotificationsForm>,
) -> Result<Response, PageError> {
    let NotificationsForm {
        notify_affiliate_approved,
        notify_payout,
    } = form;
    let patch = SettingPatch {
        notify_affiliate_approved: Some(notify_affiliate_approved),
        notify_payout: Some(notify_payout),
        ..SettingPatch::default()
    };
    match super::save(&admin, patch, PATH).await? {
        Ok(done) => Ok(done),
        Err(_) => Err(PageError::bad_request("These settings cannot be saved.")),
    }
}
