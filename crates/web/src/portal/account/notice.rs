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
use crate::language::t;
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
pub(in crate::portal) fn words(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::PayoutMade => (t("notices-made"), t("notices-made-hint")),
        NoticeKind::PayoutPaid => (t("notices-paid"), t("notices-paid-hint")),
        NoticeKind::Message => (t("notices-message"), t("notices-message-hint")),
        NoticeKind::AddedToCampaign => (t("notices-campaign"), t("notices-campaign-hint")),
    }
}

async fn show(me: Me) -> Result<Response, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let kinds = preference::list(&mut work).await?;
    html::page(&NoticesPage {
        shell: me.shell(&mut work, t("account-notifications")).await?,
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
        t("notices-saved"),
    ))
}
