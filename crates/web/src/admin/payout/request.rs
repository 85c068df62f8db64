//! Affiliates who ask to be paid.

use axum::extract::Path;
use axum::response::Response;
use domain::money::display;
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::not_found;
use service::programme::payout_request::{self, PayoutRequest};

use super::PATH;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::shown::money;

/// A request on the page.
pub(super) struct RequestRow {
    pub id: String,
    pub affiliate: String,
    pub affiliate_id: String,
    pub href: String,
    pub amount: String,
    pub asked: Moment,
}

impl RequestRow {
    pub(super) fn new(request: PayoutRequest, zone: &TimeZone) -> Self {
        Self {
            id: request.id.to_string(),
            href: format!("/admin/affiliates/{}", request.affiliate_id),
            affiliate_id: request.affiliate_id.to_string(),
            affiliate: request.affiliate_name,
            amount: display(request.amount, request.currency),
            asked: Moment::new(request.created_at_ms, zone),
        }
    }
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn decline(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id.parse().map_err(|_| not_found("payout request"))?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_request::decline(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            let text = "The request was turned down. Write to the affiliate why.";
            Ok(flash::redirect(PATH, text))
        }
        Err(error) => Ok(flash::redirect_with_error(PATH, money::refusal(error)?)),
    }
}
