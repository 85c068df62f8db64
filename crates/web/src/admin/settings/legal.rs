//! Who the business is on statements and self-billing invoices.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use service::App;
use service::programme::payout_invoice::{self, Issuer};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

const PATH: &str = "/admin/settings/legal";
const BACK: &str = "/admin/settings";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/settings/legal", get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/legal.html")]
struct LegalPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    typed: LegalForm,
    countries: Vec<Choice>,
    next: String,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LegalForm {
    legal_name: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    vat_id: String,
    prefix: String,
    self_billing: bool,
    remark: String,
}

async fn page(
    admin: &Admin,
    typed: Option<LegalForm>,
    errors: FormErrors,
) -> Result<LegalPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let Issuer {
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        self_billing,
        remark,
        last_number,
    } = payout_invoice::issuer(&mut work).await?;
    let next = format!("{prefix}{:04}", last_number.saturating_add(1));
    let typed = typed.unwrap_or(LegalForm {
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        self_billing,
        remark,
    });
    let countries = std::iter::once(("", "Not said")).chain(domain::country::ALL.iter().copied());
    Ok(LegalPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(BACK),
        countries: Choice::list(countries, &typed.country),
        typed,
        next,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    html::page(&page(&admin, None, FormErrors::new()).await?)
}

async fn save(admin: Admin, PostForm(form): PostForm<LegalForm>) -> Result<Response, PageError> {
    let LegalForm {
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        self_billing,
        remark,
    } = form.clone();
    let issuer = Issuer {
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        self_billing,
        remark,
        last_number: 0,
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_invoice::set_issuer(&mut work, issuer).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "Settings saved"))
        }
        Err(error) => {
            drop(work);
            html::refused(&page(&admin, Some(form), refused(error)?).await?)
        }
    }
}
