//! The set-up checklist: from the settings to a test payout, ticked from what is really there.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use service::App;
use service::identity::checklist::{self, Step};
use service::identity::setting;

use super::session::{Admin, step_label, step_path};
use crate::error::PageError;
use crate::form::PostForm;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/checklist", get(show))
        .route("/admin/checklist/dismiss", post(dismiss))
}

#[derive(Template)]
#[template(path = "admin/checklist/show.html")]
struct ChecklistPage {
    shell: AdminShell,
    steps: Vec<StepRow>,
    done: usize,
    dismissed: bool,
    has_minimum: bool,
}

struct StepRow {
    label: &'static str,
    text: &'static str,
    href: &'static str,
    action: &'static str,
    done: bool,
    /// The first that is open.
    current: bool,
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let list = checklist::get(&mut work).await?;
    let mut shell = admin
        .shell(&mut work, "Setup checklist", AdminItem::None)
        .await?;
    shell.live = Some("Live · steps tick by themselves".to_owned());
    let next = list.next();
    let steps = list
        .steps
        .iter()
        .map(|&(step, done)| StepRow {
            label: step_label(step),
            text: step_text(step),
            href: step_path(step),
            action: step_action(step),
            done,
            current: Some(step) == next,
        })
        .collect();
    html::page(&ChecklistPage {
        shell,
        steps,
        done: list.done(),
        dismissed: list.dismissed,
        has_minimum: list.has_minimum,
    })
}

const fn step_text(step: Step) -> &'static str {
    match step {
        Step::Settings => {
            "How long a click counts, who approves referrals, how often and from which amount you pay. Saving once is enough."
        }
        Step::Groups => {
            "Groups carry the commission: Standard 20 %, VIP 30 %. An affiliate moves between them at any time."
        }
        Step::Campaign => {
            "What is promoted: the address links lead to, and the days a click counts."
        }
        Step::Affiliates => {
            "Add one by hand, invite them to the portal, and take their link from the partnership."
        }
        Step::Referral => {
            "Open the affiliate's link, then report a lead or sale with the script or the API. It appears by itself."
        }
        Step::Commission => {
            "Approve the referral, then its commission. Only approved commissions are paid out."
        }
        Step::Payout => {
            "Bundle what is owed, pay it your usual way, and mark it paid with its reference."
        }
    }
}

const fn step_action(step: Step) -> &'static str {
    match step {
        Step::Settings => "Open settings",
        Step::Groups => "Open groups",
        Step::Campaign => "Open campaigns",
        Step::Affiliates => "Open affiliates",
        Step::Referral => "Open referrals",
        Step::Commission => "Open commissions",
        Step::Payout => "Open payouts",
    }
}

#[derive(Debug, serde::Deserialize)]
struct DismissForm {
    dismissed: bool,
}

async fn dismiss(
    admin: Admin,
    PostForm(DismissForm { dismissed }): PostForm<DismissForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    setting::dismiss_checklist(&mut work, dismissed).await?;
    work.commit().await?;
    let text = if dismissed {
        "The checklist is put away. It stays reachable from the settings."
    } else {
        "The checklist is back in the sidebar."
    };
    Ok(flash::redirect("/admin/checklist", text))
}
