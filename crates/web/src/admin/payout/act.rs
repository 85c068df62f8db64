//! Making payouts, approving, paying and cancelling them.

use axum::extract::{Path, Query};
use axum::response::Response;
use domain::money::display;
use domain::status::PayoutStatus;
use serde::Deserialize;
use service::identity::business;
use service::programme::payout::{self, Whom};
use service::store::programme::payout::Payout;
use service::{ServiceError, Work};

use super::PATH;
use super::record::read_id;
use crate::admin::act::{self, ActIn, ActPage, Fields, Plain};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::shown::money::{self, by_currency, counted, listed};
use crate::ui::AdminItem;
use crate::{flash, form};

/// Whom to pay.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CreateForm {
    /// An affiliate's id, or empty for all who have reached the minimum.
    affiliate: String,
    /// The totals that were confirmed; other ones by now are refused.
    expected: String,
    back: String,
}

pub(super) async fn create(
    admin: Admin,
    PostForm(form): PostForm<CreateForm>,
) -> Result<Response, PageError> {
    let CreateForm {
        affiliate,
        expected,
        back,
    } = form;
    let back = act::back_to(&back, PATH);
    let whom = match affiliate.as_str() {
        "" => Whom::AllEligible,
        id => match id.parse() {
            Ok(id) => Whom::Affiliate(id),
            Err(_) => {
                return Ok(flash::redirect_with_error(
                    &back,
                    "There is no such affiliate.",
                ));
            }
        },
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let made = match payout::create(&mut work, whom).await {
        Ok(made) => made,
        Err(error) => return Ok(flash::redirect_with_error(&back, money::refusal(error)?)),
    };
    let mut amounts = Vec::with_capacity(made.len());
    for id in &made {
        let payout = payout::get(&mut work, *id).await?;
        amounts.push((payout.currency, payout.amount));
    }
    let totals = by_currency(amounts);
    if made.is_empty() {
        return Ok(flash::redirect_with_error(
            &back,
            "Nothing is due that could be paid, so no payout was made.",
        ));
    }
    if whom == Whom::AllEligible && payout::exact_totals(&totals) != expected {
        let text = "The totals have changed since you confirmed them, so no payout was made. Look at them again.";
        return Ok(flash::redirect_with_error(&back, text));
    }
    work.commit().await?;
    let number = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let text = format!(
        "{} made as drafts: {}.",
        counted(number, "payout", "payouts"),
        listed(&totals)
    );
    let to = match made.as_slice() {
        [only] => format!("{PATH}/{only}"),
        _ => format!("{PATH}?status=draft"),
    };
    Ok(flash::redirect(&to, text))
}

pub(super) async fn approve(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Plain { back }): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = act::back_to(&back, &format!("{PATH}/{id}"));
    admin.require_proof(&format!("{PATH}/{}", read_id(&id)?))?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout::approve(&mut work, read_id(&id)?).await {
        Ok(payout) => {
            work.commit().await?;
            let text = format!(
                "PO-{} approved: {} is to be paid.",
                payout.number,
                display(payout.amount, payout.currency)
            );
            Ok(flash::redirect(&to, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

pub(super) async fn cancel(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Plain { back }): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = act::back_to(&back, &format!("{PATH}/{id}"));
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout::cancel(&mut work, read_id(&id)?).await {
        Ok(payout) => {
            work.commit().await?;
            Ok(flash::redirect(
                &to,
                format!(
                    "PO-{} cancelled. Its commissions are approved again.",
                    payout.number
                ),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

async fn pay_page(
    admin: &Admin,
    work: &mut Work,
    payout: &Payout,
    mut typed: ActIn,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let href = format!("{PATH}/{}", payout.id);
    let amount = display(payout.amount, payout.currency);
    let shell = admin
        .shell(
            work,
            format!("Mark PO-{} paid", payout.number),
            AdminItem::Payouts,
        )
        .await?;
    let text = "Tributary moves no money: pay it your usual way first, then note here how. It cannot be taken back.";
    let cancel = act::back_to(&typed.back, &href);
    let subject = format!("{} · {amount}", payout.affiliate_name);
    let today = work.now.day_in(&zone).to_string();
    if typed.paid_on.is_empty() {
        typed.paid_on.clone_from(&today);
    }
    typed.expected = Some(payout.amount);
    let mut page = ActPage::new(
        shell,
        subject,
        text.to_owned(),
        format!("{href}/pay"),
        format!("Mark {amount} paid"),
        cancel,
    );
    page.fields = Fields {
        payment: true,
        note: true,
        ..Fields::default()
    };
    page.methods = act::methods(if typed.method.is_empty() {
        &payout.method
    } else {
        &typed.method
    });
    page.today = today;
    page.typed = typed;
    page.errors = errors;
    page.answer()
}

pub(super) async fn pay_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    admin.require_proof(&format!("{PATH}/{}/pay", read_id(&id)?))?;
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, read_id(&id)?).await?;
    if !matches!(payout.status, PayoutStatus::Draft | PayoutStatus::Pending) {
        return Ok(flash::redirect_with_error(
            &format!("{PATH}/{id}"),
            format!("A payout that is {} cannot be paid.", payout.status),
        ));
    }
    let typed = ActIn {
        note: if typed.note.is_empty() {
            payout.note.clone()
        } else {
            typed.note.clone()
        },
        ..typed
    };
    pay_page(&admin, &mut work, &payout, typed, FormErrors::new()).await
}

pub(super) async fn pay(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    admin.require_proof(&format!("{PATH}/{}/pay", read_id(&id)?))?;
    let zone = business::zone_of(&admin.business)?;
    let mut errors = FormErrors::new();
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = act::payment(&typed, &zone, work.now, &mut errors);
    if errors.is_empty() {
        match payout::mark_paid(&mut work, read_id(&id)?, input).await {
            Ok(payout) if typed.expected.is_none_or(|expected| expected == payout.amount) => {
                work.commit().await?;
                let text = format!("PO-{} marked paid: {} to {}.", payout.number, display(payout.amount, payout.currency), payout.affiliate_name);
                return Ok(flash::redirect(&act::back_to(&typed.back, &format!("{PATH}/{id}")), text));
            }
            Ok(_) => errors.add("expected", "The amount has changed since this page was opened. Nothing was marked paid; this is what it is now."),
            Err(error @ ServiceError::Conflict(_)) => return Ok(flash::redirect_with_error(&format!("{PATH}/{id}"), money::refusal(error)?)),
            Err(error) => errors.merge(form::refused(error)?),
        }
    }
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, read_id(&id)?).await?;
    pay_page(&admin, &mut work, &payout, typed, errors).await
}
