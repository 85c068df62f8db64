//! The account that payment files are paid from.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use service::App;
use service::programme::payout_file::{self, DebtorIn};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/settings/payouts/account";
const BACK: &str = "/admin/settings/payouts";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/settings/payouts/account", get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/account.html")]
struct AccountPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    /// The account there is, masked; empty: none.
    current: String,
    typed: AccountForm,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AccountForm {
    name: String,
    iban: String,
    bic: String,
}

async fn page(
    admin: &Admin,
    typed: AccountForm,
    errors: FormErrors,
) -> Result<AccountPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let current = payout_file::debtor(&mut work).await?;
    Ok(AccountPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(BACK),
        current: current.map(|row| row.masked).unwrap_or_default(),
        typed,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    html::page(&page(&admin, AccountForm::default(), FormErrors::new()).await?)
}

async fn save(admin: Admin, PostForm(typed): PostForm<AccountForm>) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    let AccountForm { name, iban, bic } = typed.clone();
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_file::set_debtor(&mut work, DebtorIn { name, iban, bic }).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(BACK, "Your account is saved"))
        }
        Err(error) => {
            drop(work);
            html::refused(&page(&admin, typed, refused(error)?).await?)
        }
    }
}
