//! Which mail the person wants.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use domain::status::NoticeKind;
use serde::Deserialize;
use service::App;
use service::messaging::preference;

use super::{Me, Tab};
use crate::error::PageError;
use crate::form::PostForm;
use crate::ui::PortalShell;
use crate::{flash, html};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/portal/{slug}/account/notifications", get(show).post(save))
}

#[derive(Template)]
#[template(path = "portal/account/notices.html")]
struct NoticesPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    action: String,
    email: String,
    kinds: Vec<Kind>,
}

/// A box to tick.
struct Kind {
    word: &'static str,
    label: &'static str,
    hint: &'static str,
    wanted: bool,
}

/// What a kind of mail is called, and what it tells.
pub(in crate::portal) const fn words(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::PayoutPaid => ("A payout was paid", "With its amount, day and reference."),
        NoticeKind::Message => (
            "A message was written to you",
            "The first that you have not read; the others wait in the portal.",
        ),
        NoticeKind::AddedToCampaign => (
            "You are part of another campaign",
            "With your link and what the campaign asks for.",
        ),
    }
}

async fn show(me: Me) -> Result<Response, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let kinds = preference::list(&mut work).await?;
    html::page(&NoticesPage {
        shell: me.shell(&mut work, "Notifications").await?,
        tabs: me.tabs("notifications"),
        action: me.path("notifications"),
        email: me.who.account.email.clone(),
        kinds: kinds
            .into_iter()
            .map(|(kind, wanted)| {
                let (label, hint) = words(kind);
                Kind {
                    word: kind.as_str(),
                    label,
                    hint,
                    wanted,
                }
            })
            .collect(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticesForm {
    #[serde(default)]
    wanted: Vec<NoticeKind>,
}

async fn save(
    me: Me,
    PostForm(NoticesForm { wanted }): PostForm<NoticesForm>,
) -> Result<Response, PageError> {
    let mut work = me.person.app.begin(&me.person.actor).await?;
    preference::set(&mut work, &wanted).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &me.path("notifications"),
        "Notifications saved",
    ))
}
