//! Settings, one tab a file. Saving any of them ticks "settings" on the checklist; a choice counts
//! for what comes, never for what is recorded already.

mod account;
mod affiliates;
mod general;
mod install;
mod legal;
mod mail;
mod notifications;
pub(super) mod payouts;
mod profile;
mod providers;
mod team;
mod tracking;

use axum::Router;
use axum::response::Response;
use service::App;
use service::identity::setting::{self, SettingPatch};

use super::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::{FormErrors, refused};

/// The routes of this folder.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(account::routes())
        .merge(affiliates::routes())
        .merge(general::routes())
        .merge(install::routes())
        .merge(legal::routes())
        .merge(mail::routes())
        .merge(notifications::routes())
        .merge(payouts::routes())
        .merge(profile::routes())
        .merge(providers::routes())
        .merge(team::routes())
        .merge(tracking::routes())
}

/// A tab above the settings.
struct Tab {
    label: &'static str,
    href: &'static str,
    current: bool,
}

/// All tabs, with this one marked.
fn tabs(current: &str) -> Vec<Tab> {
    let pairs = [
        ("General", "/admin/settings"),
        ("Affiliates & referrals", "/admin/settings/affiliates"),
        ("Tracking", "/admin/settings/tracking"),
        ("Payouts", "/admin/settings/payouts"),
        ("Payout providers", "/admin/settings/providers"),
        ("Notifications", "/admin/settings/notifications"),
        ("Profiles", "/admin/settings/profiles"),
        ("Mail templates", "/admin/settings/mail"),
        ("Installation", "/admin/settings/install"),
        ("Team", "/admin/settings/team"),
    ];
    pairs
        .into_iter()
        .map(|(label, href)| Tab {
            label,
            href,
            current: href == current,
        })
        .collect()
}

/// Saves a tab's part of the settings; fields that are wrong come back for the form.
async fn save(
    admin: &Admin,
    patch: SettingPatch,
    back: &str,
) -> Result<Result<Response, FormErrors>, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match setting::update(&mut work, patch).await {
        Ok(_) => {
            work.commit().await?;
            Ok(Ok(flash::redirect(back, "Settings saved")))
        }
        Err(error) => Ok(Err(refused(error)?)),
    }
}
