//! The bell of the portal, and the page with all it has told.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::NotificationId;
use domain::status::NotificationKind;
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::not_found;
use service::portal::notification::{self, Notification, ORDERS};
use service::store::list::Window;
use service::{Actor, App, Work};

use super::session::Person;
use crate::error::PageError;
use crate::form::PostForm;
use crate::language::{phrase, t};
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{Bell, BellItem, Pager, PortalShell, Tone, status_label};
use crate::{flash, html};

/// What the panel behind the bell shows; the page has the rest.
const PANEL_MAX: i64 = 10;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/notifications", get(list))
        .route("/portal/{slug}/notifications/read", post(read_all))
        .route("/portal/{slug}/notifications/{id}", post(open))
}

/// The bell of whoever acts; none for staff who looks inside.
pub(super) async fn bell(
    work: &mut Work,
    base: &str,
    zone: &TimeZone,
) -> Result<Option<Bell>, PageError> {
    if !matches!(work.actor, Actor::Account { .. }) {
        return Ok(None);
    }
    let window = Window {
        order: ORDERS[0].2,
        limit: PANEL_MAX,
        offset: 0,
        after: None,
    };
    let latest = notification::list(work, window).await?;
    let unread = notification::unread(work).await?;
    Ok(Some(Bell {
        unread: u64::try_from(unread).unwrap_or_default(),
        items: latest.into_iter().map(|one| item(one, zone)).collect(),
        path: format!("{base}/notifications"),
    }))
}

fn item(one: Notification, zone: &TimeZone) -> BellItem {
    let (icon, tone, text) = told(one.kind, &one.detail);
    BellItem {
        id: one.id.to_string(),
        href: String::new(),
        icon,
        tone,
        text,
        unread: one.unread,
        at: Moment::new(one.created_at_ms, zone),
    }
}

/// A notification for people: an icon, its colour and a sentence.
fn told(kind: NotificationKind, detail: &str) -> (&'static str, Tone, String) {
    match kind {
        NotificationKind::ApplicationApproved => (
            "circle-check",
            Tone::Success,
            t("notifications-approved").to_owned(),
        ),
        NotificationKind::ApplicationRejected => (
            "circle-x",
            Tone::Neutral,
            t("notifications-rejected").to_owned(),
        ),
        NotificationKind::CommissionApproved => (
            "coins",
            Tone::Success,
            phrase("notifications-commission")
                .with("amount", detail)
                .into(),
        ),
        NotificationKind::PayoutMade => (
            "banknote",
            Tone::Info,
            phrase("notifications-made").with("detail", detail).into(),
        ),
        NotificationKind::PayoutPaid => (
            "banknote",
            Tone::Success,
            phrase("notifications-paid").with("detail", detail).into(),
        ),
        NotificationKind::PayoutReturned => (
            "undo-2",
            Tone::Warning,
            phrase("notifications-returned")
                .with("detail", detail)
                .into(),
        ),
        NotificationKind::AddedToCampaign => (
            "megaphone",
            Tone::Info,
            phrase("notifications-campaign").with("name", detail).into(),
        ),
        NotificationKind::Message => (
            "message-square",
            Tone::Info,
            phrase("notifications-message").with("name", detail).into(),
        ),
        NotificationKind::StatusChanged => (
            "info",
            Tone::Warning,
            phrase("notifications-status")
                .with("status", status_label(detail).to_lowercase())
                .into(),
        ),
    }
}

#[derive(Template)]
#[template(path = "portal/notifications.html")]
struct ListPage {
    shell: PortalShell,
    items: Vec<BellItem>,
    unread: u64,
    path: String,
    pager: Pager,
}

async fn list(person: Person, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let path = format!("{}/notifications", person.base);
    let mut state = ListState::new(&path, query.as_deref(), "-created");
    let mut work = person.app.view(&person.actor).await?;
    state.settle(notification::count(&mut work).await?);
    let all = notification::list(&mut work, state.window(ORDERS)).await?;
    let mut shell = person.shell(&mut work, t("frame-notifications")).await?;
    shell.live = person.who.affiliate.is_some();
    html::page(&ListPage {
        unread: shell.bell.as_ref().map_or(0, |bell| bell.unread),
        shell,
        items: all.into_iter().map(|one| item(one, &person.zone)).collect(),
        pager: state.pager(t("notifications-one"), t("notifications-noun")),
        path,
    })
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
struct Nothing {}

/// Which notification an address names.
#[derive(Debug, Deserialize)]
struct Named {
    id: String,
}

async fn open(
    person: Person,
    Path(Named { id }): Path<Named>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: NotificationId = id.parse().map_err(|_| not_found("notification"))?;
    let mut work = person.app.begin(&person.actor).await?;
    let path = notification::read(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::see_other(&format!("{}{path}", person.base)))
}

async fn read_all(
    person: Person,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = person.app.begin(&person.actor).await?;
    notification::read_all(&mut work).await?;
    work.commit().await?;
    let to = format!("{}/notifications", person.base);
    Ok(flash::redirect(&to, t("notifications-all-read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_sentence() {
        for kind in NotificationKind::ALL {
            let (_, _, text) = told(*kind, "suspended");
            assert!(text.ends_with('.') && !text.contains('_'), "{text}");
        }
    }
}
