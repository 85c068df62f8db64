//! The bell of staff, and the page with all it tells.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use service::identity::bell::{self, News, What};
use service::identity::business;
use service::{App, Work};

use super::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Bell, BellItem, Tone};
use crate::{flash, html};

const PATH: &str = "/admin/notifications";
/// What the panel behind the bell shows; the page has the rest.
const PANEL_MAX: usize = 10;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(list))
        .route("/admin/notifications/read", post(read_all))
}

/// The bell of the member of staff who acts.
pub(super) async fn bell(work: &mut Work, zone: &TimeZone) -> Result<Bell, PageError> {
    let news = bell::news(work).await?;
    Ok(Bell {
        unread: news.iter().filter(|one| one.unread).count() as u64,
        items: news
            .into_iter()
            .take(PANEL_MAX)
            .map(|one| item(one, zone))
            .collect(),
        path: PATH.to_owned(),
    })
}

fn item(one: News, zone: &TimeZone) -> BellItem {
    let News {
        what,
        name,
        at,
        unread,
    } = one;
    let (icon, tone, text, href) = match what {
        What::Application(id) => (
            "inbox",
            Tone::Info,
            format!("{name} has applied."),
            format!("/admin/applications/{id}"),
        ),
        What::StuckApplication(_) => (
            "triangle-alert",
            Tone::Error,
            "An application could not be taken on.".to_owned(),
            "/admin/applications".to_owned(),
        ),
        What::Message(id) => (
            "message-square",
            Tone::Info,
            format!("{name} has written to you."),
            format!("/admin/messages/{id}"),
        ),
        What::PayoutMethod(id) => (
            "banknote",
            Tone::Warning,
            format!("{name} has changed the payout method."),
            format!("/admin/affiliates/{id}"),
        ),
        What::Mail(id, subject) => (
            "triangle-alert",
            Tone::Error,
            format!("“{subject}” did not arrive at {name}."),
            format!("/admin/mail/{id}"),
        ),
        What::Account(id) => (
            "user-round-check",
            Tone::Success,
            format!("{name} has access to the portal now."),
            format!("/admin/portal/accounts/{id}"),
        ),
        What::Lead(_) => (
            "user-plus",
            Tone::Success,
            format!("{name} is a new lead."),
            "/admin/leads".to_owned(),
        ),
    };
    BellItem {
        id: String::new(),
        href,
        icon,
        tone,
        text,
        unread,
        at: Moment::new(at, zone),
    }
}

#[derive(Template)]
#[template(path = "admin/notifications.html")]
struct ListPage {
    shell: AdminShell,
    items: Vec<BellItem>,
    unread: u64,
}

async fn list(admin: Admin) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let news = bell::news(&mut work).await?;
    let shell = admin
        .shell(&mut work, "Notifications", AdminItem::None)
        .await?;
    html::page(&ListPage {
        shell,
        unread: news.iter().filter(|one| one.unread).count() as u64,
        items: news.into_iter().map(|one| item(one, &zone)).collect(),
    })
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn read_all(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    bell::read_all(&mut work).await?;
    work.commit().await?;
    Ok(flash::redirect(PATH, "All notifications are read."))
}
