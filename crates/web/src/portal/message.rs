//! What the affiliate and the business write to each other. Staff who looks inside only reads.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use service::messaging::message;
use service::{App, ServiceError};

use super::viewer::{DOORS, Viewer};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::language::{phrase, t};
use crate::shown::message::{Bubble, SHOWN_MAX, bubbles};
use crate::ui::{PortalItem, PortalShell};
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    let [portal, _] = DOORS;
    DOORS
        .iter()
        .fold(Router::new(), |router, door| {
            router.route(&format!("{door}/messages"), get(show))
        })
        .route(&format!("{portal}/messages"), post(send))
        .route(&format!("{portal}/messages/read"), post(mark_read))
}

#[derive(Template)]
#[template(path = "portal/messages.html")]
struct MessagesPage {
    shell: PortalShell,
    may_write: bool,
    /// Why nothing can be written; empty when it can.
    closed: String,
    /// What was typed.
    draft: String,
    errors: FormErrors,
    bubbles: Vec<Bubble>,
    action: String,
    /// Where what was read is told; empty when there is nothing to tell.
    read_action: String,
    latest: i64,
    /// Empty when there are none.
    older_href: String,
    /// Back to the latest, when these are older ones.
    latest_href: String,
}

/// Which part of the conversation is asked for.
#[derive(Debug, Default, Deserialize)]
struct Part {
    before: Option<i64>,
}

async fn page(
    viewer: &Viewer,
    before: Option<i64>,
    draft: String,
    errors: FormErrors,
) -> Result<MessagesPage, PageError> {
    let affiliate = viewer.require_affiliate()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let found = message::conversation(&mut work, affiliate.id, before, SHOWN_MAX).await?;
    let shell = viewer
        .shell(&mut work, t("menu-messages"), PortalItem::Messages)
        .await?;
    let path = format!("{}/messages", viewer.base);
    let may_write = !viewer.is_inside() && message::may_write(affiliate.status);
    let tells = found.unread > 0 && !viewer.is_inside() && before.is_none();
    Ok(MessagesPage {
        shell,
        may_write,
        closed: if viewer.is_inside() || may_write {
            String::new()
        } else {
            t("messages-closed").to_owned()
        },
        draft,
        errors,
        bubbles: bubbles(found.messages, false, &viewer.zone),
        read_action: if tells {
            format!("{path}/read")
        } else {
            String::new()
        },
        latest: found.latest,
        older_href: found
            .older_before
            .map(|number| format!("{path}?before={number}"))
            .unwrap_or_default(),
        latest_href: if before.is_some() {
            path.clone()
        } else {
            String::new()
        },
        action: path,
    })
}

async fn show(viewer: Viewer, Query(Part { before }): Query<Part>) -> Result<Response, PageError> {
    html::page(&page(&viewer, before, String::new(), FormErrors::new()).await?)
}

#[derive(Debug, Deserialize)]
struct SendForm {
    text: String,
}

async fn send(
    viewer: Viewer,
    PostForm(SendForm { text }): PostForm<SendForm>,
) -> Result<Response, PageError> {
    let affiliate = viewer.require_affiliate()?.id;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    match message::send(&mut work, affiliate, &text).await {
        Ok(()) => {
            work.commit().await?;
            let to = format!("{}/messages", viewer.base);
            Ok(flash::redirect(&to, t("messages-sent")))
        }
        Err(ServiceError::TooMany { retry_after_s }) => {
            drop(work);
            let mut errors = FormErrors::new();
            errors.add("text", too_many(retry_after_s));
            let page = page(&viewer, None, text, errors).await?;
            let mut response = html::page_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
            let wait = retry_after_s.into();
            response.headers_mut().insert(header::RETRY_AFTER, wait);
            Ok(response)
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            html::refused(&page(&viewer, None, text, errors).await?)
        }
    }
}

fn too_many(retry_after_s: i64) -> String {
    let minutes = (retry_after_s + 59) / 60;
    phrase("messages-too-many")
        .count("most", message::HOURLY_MAX)
        .count("minutes", minutes)
        .into()
}

#[derive(Debug, Deserialize)]
struct ReadForm {
    number: i64,
}

async fn mark_read(
    viewer: Viewer,
    PostForm(ReadForm { number }): PostForm<ReadForm>,
) -> Result<Response, PageError> {
    let affiliate = viewer.require_affiliate()?.id;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    message::mark_read(&mut work, affiliate, number).await?;
    work.commit().await?;
    Ok(flash::see_other(&format!("{}/messages", viewer.base)))
}
