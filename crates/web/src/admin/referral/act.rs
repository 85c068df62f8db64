//! Deciding on one referral.

use axum::extract::{Path, Query};
use axum::response::Response;
use domain::id::ReferralId;
use service::error::not_found;
use service::programme::referral;
use service::store::programme::referral::Referral;
use service::{ServiceError, Work};

use super::PATH;
use crate::admin::act::{ActIn, ActPage, Fields, Plain, back_to, with_undo};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::shown::money::{self, customer_name};
use crate::ui::AdminItem;
use crate::{flash, form};

/// An id from the address; one that cannot be read is a page that does not exist.
pub(super) fn read_id(id: &str) -> Result<ReferralId, PageError> {
    id.parse().map_err(|_| not_found("referral").into())
}

pub(super) fn who(referral: &Referral) -> String {
    customer_name(
        &referral.customer_name,
        referral.customer_email.as_deref(),
        referral.customer_external_id.as_deref(),
    )
}

pub(super) async fn approve(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(plain): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = back_to(&plain.back, &format!("{PATH}/{id}"));
    let mut work = admin.app.begin(&admin.actor).await?;
    match referral::approve(&mut work, read_id(&id)?).await {
        Ok(referral) => {
            work.commit().await?;
            Ok(with_undo(
                &to,
                format!("Referral of {} approved.", who(&referral)),
                &format!("{PATH}/{id}"),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

pub(super) async fn undo(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(plain): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = back_to(&plain.back, &format!("{PATH}/{id}"));
    let mut work = admin.app.begin(&admin.actor).await?;
    match referral::undo(&mut work, read_id(&id)?).await {
        Ok(_) => {
            work.commit().await?;
            Ok(flash::redirect(
                &to,
                "Undone: the referral is pending again.",
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

async fn reject_page(
    admin: &Admin,
    work: &mut Work,
    referral: &Referral,
    typed: ActIn,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let href = format!("{PATH}/{}", referral.id);
    let shell = admin
        .shell(work, "Reject the referral", AdminItem::Referrals)
        .await?;
    let text = "What it has earned is rejected with it, and later events of this customer earn nothing here. You can undo this.";
    let subject = format!("{} · {}", who(referral), referral.affiliate_name);
    let cancel = back_to(&typed.back, &href);
    let mut page = ActPage::new(
        shell,
        subject,
        text.to_owned(),
        format!("{href}/reject"),
        "Reject the referral".to_owned(),
        cancel,
    );
    page.fields = Fields {
        reason: true,
        ..Fields::default()
    };
    page.danger = true;
    page.typed = typed;
    page.errors = errors;
    page.answer()
}

pub(super) async fn reject_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let referral = referral::get(&mut work, read_id(&id)?).await?;
    reject_page(&admin, &mut work, &referral, typed, FormErrors::new()).await
}

pub(super) async fn reject(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match referral::reject(&mut work, read_id(&id)?, &typed.reason).await {
        Ok(referral) => {
            work.commit().await?;
            Ok(with_undo(
                &back_to(&typed.back, &format!("{PATH}/{id}")),
                format!("Referral of {} rejected.", who(&referral)),
                &format!("{PATH}/{id}"),
            ))
        }
        Err(error @ ServiceError::Conflict(_)) => Ok(flash::redirect_with_error(
            &format!("{PATH}/{id}"),
            money::refusal(error)?,
        )),
        Err(error) => {
            drop(work);
            let errors = form::refused(error)?;
            let mut work = admin.app.view(&admin.actor).await?;
            let referral = referral::get(&mut work, read_id(&id)?).await?;
            reject_page(&admin, &mut work, &referral, typed, errors).await
        }
    }
}
