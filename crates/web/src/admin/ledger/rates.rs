//! Exchange rates: by hand, or from a file.

use askama::Template;
use axum::response::Response;
use domain::exchange::rate_text;
use serde::Deserialize;
use service::identity::business;
use service::programme::exchange_rate::{self, FILE_BYTES_MAX, RateIn};

use super::{RATES, Tab, tabs};
use crate::admin::session::Admin;
use crate::currency;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, UploadForm};
use crate::range::long_day;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, form, html};

/// Bytes of the form with its file and what stands around it.
pub(super) const FORM_BYTES: usize = FILE_BYTES_MAX + 64 * 1024;

#[derive(Template)]
#[template(path = "admin/ledger/rates.html")]
struct RatesPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    bases: Vec<Choice>,
    currencies: Vec<Choice>,
    typed: RateForm,
    today: String,
    errors: FormErrors,
    file_errors: FormErrors,
}

struct Row {
    /// "1 EUR".
    base: String,
    /// "1.0823 USD".
    rate: String,
    day: String,
    source: String,
}

/// A rate as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RateForm {
    base: String,
    currency: String,
    rate: String,
    day: String,
}

/// The file's form has nothing but the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Nothing {}

async fn load(
    admin: &Admin,
    mut typed: RateForm,
    errors: FormErrors,
    file_errors: FormErrors,
) -> Result<RatesPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let rates = exchange_rate::latest(&mut work, today).await?;
    if typed.day.is_empty() {
        typed.day = today.to_string();
    }
    let own = admin.business.currency.to_string();
    let or = |text: &str, usual: &str| {
        if text.is_empty() {
            usual.to_owned()
        } else {
            text.to_owned()
        }
    };
    Ok(RatesPage {
        shell: admin.shell(&mut work, "Ledger", AdminItem::Ledger).await?,
        tabs: tabs(RATES),
        rows: rates
            .into_iter()
            .map(|rate| Row {
                base: format!("1 {}", rate.base),
                rate: format!("{} {}", rate_text(rate.nano), rate.currency),
                day: long_day(rate.day),
                source: rate.source,
            })
            .collect(),
        bases: currency::choices(&or(&typed.base, "EUR")),
        currencies: currency::choices(&or(&typed.currency, &own)),
        typed,
        today: today.to_string(),
        errors,
        file_errors,
    })
}

pub(super) async fn page(admin: Admin) -> Result<Response, PageError> {
    let page = load(
        &admin,
        RateForm::default(),
        FormErrors::new(),
        FormErrors::new(),
    )
    .await?;
    html::page(&page)
}

pub(super) async fn set(
    admin: Admin,
    PostForm(typed): PostForm<RateForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = RateIn {
        base: typed.base.clone(),
        currency: typed.currency.clone(),
        rate: typed.rate.clone(),
        day: typed.day.clone(),
    };
    match exchange_rate::set(&mut work, input).await {
        Ok(rate) => {
            work.commit().await?;
            let text = format!(
                "1 {} is {} {} on {}.",
                rate.base,
                rate_text(rate.nano),
                rate.currency,
                long_day(rate.day)
            );
            Ok(flash::redirect(RATES, text))
        }
        Err(error) => {
            drop(work);
            let errors = form::refused(error)?;
            html::refused(&load(&admin, typed, errors, FormErrors::new()).await?)
        }
    }
}

pub(super) async fn import(
    admin: Admin,
    mut sent: UploadForm<Nothing, FILE_BYTES_MAX>,
) -> Result<Response, PageError> {
    let mut errors = FormErrors::new();
    match sent.take("file").filter(|file| !file.bytes.is_empty()) {
        None => errors.add("file", "Choose a file"),
        Some(file) if !file.is_whole => errors.add("file", "This file is larger than 8 MiB"),
        Some(file) => match String::from_utf8(file.bytes) {
            Err(_) => errors.add("file", "This file is no text"),
            Ok(text) => {
                let mut work = admin.app.begin(&admin.actor).await?;
                match exchange_rate::import(&mut work, &text, &file.file_name).await {
                    Ok(number) => {
                        work.commit().await?;
                        let number = i64::try_from(number).unwrap_or(i64::MAX);
                        let text = format!("{} read.", money::counted(number, "rate", "rates"));
                        return Ok(flash::redirect(RATES, text));
                    }
                    Err(error) => errors.merge(form::refused(error)?),
                }
            }
        },
    }
    html::refused(&load(&admin, RateForm::default(), FormErrors::new(), errors).await?)
}
