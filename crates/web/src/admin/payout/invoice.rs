//! The statement of a paid payout, and the credit note of one whose money came back, as they were issued: as pages
//! and as files.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use service::identity::business;

use super::PATH;
use super::record::read_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::shown::invoice::{InvoiceView, Paper};
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html, pdf};

#[derive(Template)]
#[template(path = "admin/payouts/invoice.html")]
struct InvoicePage {
    shell: AdminShell,
    view: InvoiceView,
    back: String,
    pdf_href: String,
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    show(&admin, &id, Paper::Invoice).await
}

pub(super) async fn file(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    download(&admin, &id, Paper::Invoice).await
}

pub(super) async fn credit_note(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    show(&admin, &id, Paper::CreditNote).await
}

pub(super) async fn credit_note_file(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    download(&admin, &id, Paper::CreditNote).await
}

async fn show(admin: &Admin, id: &str, paper: Paper) -> Result<Response, PageError> {
    let id = read_id(id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let back = format!("{PATH}/{id}");
    let Some(view) = paper.find(&mut work, id, &zone).await? else {
        return Ok(flash::redirect_with_error(&back, paper.later()));
    };
    html::page(&InvoicePage {
        shell: admin
            .shell(&mut work, view.number.as_str(), AdminItem::Payouts)
            .await?,
        view,
        pdf_href: format!("{back}/{}.pdf", paper.path()),
        back,
    })
}

async fn download(admin: &Admin, id: &str, paper: Paper) -> Result<Response, PageError> {
    let id = read_id(id)?;
    let zone = business::zone_of(&admin.business)?;
    let turn = pdf::turn(&admin.app).await?;
    let mut work = admin.app.view(&admin.actor).await?;
    let Some(view) = paper.find(&mut work, id, &zone).await? else {
        let back = format!("{PATH}/{id}");
        return Ok(flash::redirect_with_error(&back, paper.later()));
    };
    drop(work);
    let name = view.file_name();
    pdf::download(turn, pdf::invoice::document(view), &name).await
}
