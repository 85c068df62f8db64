//! The statement of a paid payout, and the credit note of one whose money came back, as they were issued.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use service::identity::business;
use service::programme::{payout, payout_credit, payout_invoice};

use super::PATH;
use super::record::read_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::shown::invoice::InvoiceView;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/payouts/invoice.html")]
struct InvoicePage {
    shell: AdminShell,
    view: InvoiceView,
    back: String,
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let back = format!("{PATH}/{id}");
    let Some((number, issued, invoice)) = payout_invoice::find(&mut work, id).await? else {
        let text = "A statement is issued when the payout is paid.";
        return Ok(flash::redirect_with_error(&back, text));
    };
    let credit = payout_credit::number(&mut work, id).await?;
    let view = InvoiceView::new(number, issued, invoice, &zone)?;
    let view = view.of(&payout, credit.as_deref(), &zone);
    html::page(&InvoicePage {
        shell: admin
            .shell(&mut work, view.number.as_str(), AdminItem::Payouts)
            .await?,
        view,
        back,
    })
}

pub(super) async fn credit_note(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let back = format!("{PATH}/{id}");
    let Some((number, issued, credit)) = payout_credit::find(&mut work, id).await? else {
        let text = "A credit note is issued when the money of a payout comes back.";
        return Ok(flash::redirect_with_error(&back, text));
    };
    let view = InvoiceView::credit(number, issued, credit, &zone)?;
    html::page(&InvoicePage {
        shell: admin
            .shell(&mut work, view.number.as_str(), AdminItem::Payouts)
            .await?,
        view,
        back,
    })
}
