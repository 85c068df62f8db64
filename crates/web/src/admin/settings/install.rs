//! How the business's own site is connected: the script with its publishable key, and the API.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::identity::setting;

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::ui::{AdminItem, AdminShell};

const PATH: &str = "/admin/settings/install";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show))
}

#[derive(Template)]
#[template(path = "admin/settings/install.html")]
struct InstallPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    publishable_key: String,
    snippet: String,
    sale: String,
    document: String,
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let key = setting::get(&mut work).await?.publishable_key;
    let base = &admin.app.settings().base_url;
    let snippet =
        format!("<script src=\"{base}/js/tributary.js\" data-key=\"{key}\" async></script>");
    let sale = format!(
        "curl -X POST {base}/api/v1/track/sale \\\n  -H 'Authorization: Bearer <api key>' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"external_id\": \"order-1001\", \"customer_external_id\": \"user-7\", \"amount\": 4900, \"currency\": \"{}\"}}'",
        admin.business.currency
    );
    let page = InstallPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        publishable_key: key,
        snippet,
        sale,
        document: format!("{base}/api/v1/openapi.json"),
    };
    html::page(&page)
}
