//! Forms that could not be taken on: what was typed, why, and what can be done about them.

use axum::extract::Path;
use axum::response::Response;
use jiff::tz::TimeZone;
use service::portal::application::{self, Stuck};

use super::PATH;
use super::record::{Fact, facts, read_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::PostForm;
use crate::moment::Moment;

/// A form that could not be taken on.
pub(super) struct StuckRow {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) error: String,
    pub(super) failed: Moment,
    /// What was typed; none when it does not open.
    pub(super) typed: Option<TypedRow>,
}

/// What was typed.
pub(super) struct TypedRow {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) sent: Moment,
    pub(super) facts: Vec<Fact>,
}

/// A form with its times in the business's zone.
pub(super) fn row(stuck: Stuck, zone: &TimeZone) -> StuckRow {
    let Stuck {
        id,
        error,
        failed_at,
        typed,
    } = stuck;
    StuckRow {
        id: id.to_string(),
        href: format!("{PATH}/{id}"),
        error,
        failed: Moment::new(failed_at, zone),
        typed: typed.map(|typed| TypedRow {
            facts: facts(&typed.website, &typed.audience, typed.answers),
            name: typed.name,
            email: typed.email,
            sent: Moment::new(typed.sent_at, zone),
        }),
    }
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn try_again(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    application::try_again(&mut work, id).await?;
    work.commit().await?;
    let text = "It is being tried again. It appears in the list when it is taken on.";
    Ok(flash::redirect(PATH, text))
}

pub(super) async fn discard(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    application::discard(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(PATH, "The form is removed"))
}
