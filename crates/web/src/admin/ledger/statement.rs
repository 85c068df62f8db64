//! Signed statements to hand out, and the key to check them with.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::AffiliateId;
use domain::time::Day;
use jiff::ToSpan as _;
use service::identity::business;
use service::programme::signed_statement;

use super::{STATEMENTS, Tab, tabs};
use crate::admin::session::Admin;
use crate::download::{MEDIA_TYPE_LINES, attachment};
use crate::error::PageError;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, Choice, ListUrl};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/ledger/statements.html")]
struct StatementsPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    affiliates: Vec<Choice>,
    from: String,
    to: String,
    today: String,
    key: String,
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let url = ListUrl::from_query(STATEMENTS, query.as_deref().unwrap_or_default());
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let chosen: Option<AffiliateId> = url.get("affiliate").parse().ok();
    let affiliates = money::affiliate_choices(&mut work, chosen).await?;
    let first = today.date().first_of_month();
    let before = first.checked_sub(1.month()).unwrap_or(first);
    let shell = admin.shell(&mut work, "Ledger", AdminItem::Ledger).await?;
    html::page(&StatementsPage {
        shell,
        tabs: tabs(STATEMENTS),
        affiliates: Choice::list(
            std::iter::once((String::new(), "The whole business".to_owned())).chain(affiliates),
            url.get("affiliate"),
        ),
        from: Day::from_date(before).to_string(),
        to: Day::from_date(first).plus(-1).to_string(),
        today: today.to_string(),
        key: signed_statement::public_key(&work)?,
    })
}

pub(super) async fn download(
    admin: Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let url = ListUrl::from_query(STATEMENTS, query.as_deref().unwrap_or_default());
    let zone = business::zone_of(&admin.business)?;
    let (Ok(from), Ok(to)) = (Day::parse(url.get("from")), Day::parse(url.get("to"))) else {
        return Ok(flash::redirect_with_error(
            STATEMENTS,
            "Choose the first and the last day.",
        ));
    };
    if from > to || from.0 < 0 {
        return Ok(flash::redirect_with_error(
            STATEMENTS,
            "The last day is before the first.",
        ));
    }
    let affiliate: Option<AffiliateId> = match url.get("affiliate") {
        "" => None,
        id => Some(
            id.parse()
                .map_err(|_| service::error::not_found("affiliate"))?,
        ),
    };
    let mut work = admin.app.view(&admin.actor).await?;
    let period = (from.start(&zone), to.plus(1).start(&zone));
    match signed_statement::write(&mut work, affiliate, period).await {
        Ok(file) => Ok(attachment(
            file,
            MEDIA_TYPE_LINES,
            &format!("statement-{from}-{to}.jsonl"),
        )),
        Err(error @ service::ServiceError::Invalid(_)) => Ok(flash::redirect_with_error(
            STATEMENTS,
            money::refusal(error)?,
        )),
        Err(error) => Err(error.into()),
    }
}
