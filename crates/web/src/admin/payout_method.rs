//! Where an affiliate's money goes, in the clear, for who pays. Looking is an act: it is sent by a button
//! and noted in the audit log.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use domain::id::AffiliateId;
use domain::money::display;
use serde::Deserialize;
use service::identity::business;
use service::programme::payout_method::Place;
use service::programme::{affiliate, payout, payout_method};
use service::{App, ServiceError, Work};

use super::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/affiliates/{id}/payout-method", post(of_affiliate))
        .route("/admin/payouts/{id}/payout-method", post(of_payout))
}

#[derive(Template)]
#[template(path = "admin/payouts/destination.html")]
struct DestinationPage {
    shell: AdminShell,
    affiliate: String,
    affiliate_href: String,
    /// What is to be paid, when the page was opened from a payout.
    amount: String,
    label: String,
    facts: Vec<(&'static str, String)>,
    /// How to pay in the affiliate's words, when it is another way.
    words: String,
    legal_name: String,
    vat_id: String,
    set: Moment,
    /// Until when payouts wait; empty: they do not.
    held_until: String,
    back: String,
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn of_affiliate(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: AffiliateId = id.parse().map_err(|_| PageError::not_found())?;
    let back = format!("/admin/affiliates/{id}");
    admin.require_proof(&back)?;
    let work = admin.app.begin(&admin.actor).await?;
    destination(admin, work, id, String::new(), back).await
}

async fn of_payout(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id.parse().map_err(|_| PageError::not_found())?;
    let back = format!("/admin/payouts/{id}");
    admin.require_proof(&back)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let amount = format!(
        "{} by PO-{}",
        display(payout.amount, payout.currency),
        payout.number
    );
    destination(admin, work, payout.affiliate_id, amount, back).await
}

async fn destination(
    admin: Admin,
    mut work: Work,
    id: AffiliateId,
    amount: String,
    back: String,
) -> Result<Response, PageError> {
    let affiliate = affiliate::get(&mut work, id).await?;
    let (method, details) = match payout_method::reveal(&mut work, id).await {
        Ok(found) => found,
        Err(ServiceError::NotFound(_)) => {
            let text = format!("{} has not set a payout method yet.", affiliate.name);
            return Ok(flash::redirect_with_error(&back, text));
        }
        Err(error) => return Err(error.into()),
    };
    let zone = business::zone_of(&admin.business)?;
    let held = payout_method::held_until(&mut work, id).await?;
    let (facts, words) = match details.place {
        Place::Other { text } => (Vec::new(), text),
        place => (place.facts(), String::new()),
    };
    let page = DestinationPage {
        shell: admin
            .shell(
                &mut work,
                format!("Where to pay {}", affiliate.name),
                AdminItem::Payouts,
            )
            .await?,
        affiliate_href: format!("/admin/affiliates/{id}"),
        affiliate: affiliate.name,
        amount,
        label: payout_method_label(method.kind.as_str()),
        facts,
        words,
        legal_name: details.legal_name,
        vat_id: details.vat_id.unwrap_or_default(),
        set: Moment::new(method.created_at_ms, &zone),
        held_until: held.map_or_else(String::new, |until| Moment::new(until, &zone).full),
        back,
    };
    // That somebody looked is stored before they see it.
    work.commit().await?;
    html::page(&page)
}
