//! Acts on many referrals: first what they would do, then the act, then what it left.

use axum::response::Response;
use domain::id::ReferralId;
use domain::status::CommissionStatus;
use service::programme::bulk_act::mark;
use service::programme::commission::StatusTotal;
use service::programme::ledger;
use service::programme::payout::exact_totals;
use service::programme::referral::{self, BulkResult, Selection};
use service::{ServiceError, Work};

use super::PATH;
use super::act::who;
use super::list::asked;
use crate::admin::act::{
    BulkForm, BulkPage, CHANGED, FAILED_SHOWN_MAX, FailedRow, ReportPage, UndoForm, undo_of, undone,
};
use crate::admin::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{FormErrors, PostForm};
use crate::shown::money::{self, by_currency, counted, listed};
use crate::ui::{AdminItem, Flash, Tone};
use crate::{flash, form, html};

pub(super) async fn act(
    admin: Admin,
    PostForm(form): PostForm<BulkForm>,
) -> Result<Response, PageError> {
    let approve = match form.act.as_str() {
        "approve" => true,
        "reject" => false,
        _ => {
            return Err(PageError::bad_request(
                "This list has no such act. Nothing was changed.",
            ));
        }
    };
    let (state, filter) = asked(Some(&form.query));
    let back = state.href();
    let ids: Vec<ReferralId> = form.id.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() && !form.all {
        return Ok(flash::redirect_with_error(
            &back,
            "Nothing was selected. Tick the referrals first.",
        ));
    }
    let selection = if form.all {
        Selection::Filter(Box::new(filter))
    } else {
        Selection::Ids(ids)
    };
    if !form.confirmed {
        return preview(&admin, form, approve, &selection, back, FormErrors::new()).await;
    }
    let mut work = admin.app.begin(&admin.actor).await?;
    let done = match is_as_seen(&mut work, &selection, &form.seen).await {
        Ok(true) if approve => referral::approve_many(&mut work, &selection).await,
        Ok(true) => referral::reject_many(&mut work, &selection, &form.reason).await,
        Ok(false) => {
            drop(work);
            let mut errors = FormErrors::new();
            errors.add("seen", CHANGED);
            return preview(&admin, form, approve, &selection, back, errors).await;
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(result) => {
            work.commit().await?;
            report(&admin, approve, result, back).await
        }
        Err(error @ ServiceError::Invalid(_)) => {
            drop(work);
            let errors = form::refused(error)?;
            if !errors.of("ids").is_empty() {
                return Ok(flash::redirect_with_error(
                    &back,
                    format!("Nothing was changed: {}.", errors.of("ids")),
                ));
            }
            preview(&admin, form, approve, &selection, back, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// How many there are, the money on them, and which they are, as text that survives a form.
fn seen(ids: &[ReferralId], earned: &[StatusTotal]) -> String {
    let money_in = |status: CommissionStatus| {
        let rows = earned.iter().filter(|total| total.status == status);
        exact_totals(&by_currency(
            rows.map(|total| (total.currency, total.amount)),
        ))
    };
    format!(
        "{}: {} pending, {} approved; {}",
        ids.len(),
        money_in(CommissionStatus::Pending),
        money_in(CommissionStatus::Approved),
        mark(ids)
    )
}

/// Whether the selection comes to what the page showed. Nothing changes it before the act of the same work.
async fn is_as_seen(
    work: &mut Work,
    selection: &Selection,
    shown: &str,
) -> Result<bool, ServiceError> {
    if shown.is_empty() {
        return Ok(true);
    }
    ledger::order(work).await?;
    let ids = referral::select(work, selection).await?;
    let earned = referral::money_of(work, &ids).await?;
    Ok(seen(&ids, &earned) == shown)
}

async fn preview(
    admin: &Admin,
    mut form: BulkForm,
    approve: bool,
    selection: &Selection,
    back: String,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let ids = match referral::select(&mut work, selection).await {
        Ok(ids) => ids,
        Err(error) => {
            let text = format!("Nothing was changed. {}", money::refusal(error)?);
            return Ok(flash::redirect_with_error(&back, text));
        }
    };
    let earned = referral::money_of(&mut work, &ids).await?;
    form.seen = seen(&ids, &earned);
    let sums_of = |status: CommissionStatus| {
        listed(&by_currency(
            earned
                .iter()
                .filter(|total| total.status == status)
                .map(|total| (total.currency, total.amount)),
        ))
    };
    let has = |status: CommissionStatus| earned.iter().any(|total| total.status == status);
    let mut parts = Vec::new();
    for (status, word) in [
        (CommissionStatus::Pending, "pending"),
        (CommissionStatus::Approved, "approved"),
    ] {
        if has(status) {
            parts.push(format!("{} {word}", sums_of(status)));
        }
    }
    let number = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let verb = if approve { "Approve" } else { "Reject" };
    let what = counted(number, "referral", "referrals");
    if form.all {
        form.id.clear();
    }
    let page = BulkPage {
        shell: admin
            .shell(&mut work, format!("{verb} referrals"), AdminItem::Referrals)
            .await?,
        action: "/admin/referrals/bulk",
        remark: "Commissions on them that approve themselves and are due are approved with them. Referrals that are not pending are left as they are and listed afterwards.",
        title: match number {
            0 => "None of these is pending".to_owned(),
            _ => format!("{verb} {what}?"),
        },
        others: match (parts.is_empty(), approve) {
            (true, _) => "They have earned nothing that is not paid or rejected yet.".to_owned(),
            (false, true) => format!("Commissions on them: {}.", parts.join(", ")),
            (false, false) => format!(
                "Commissions on them are rejected with them: {}.",
                parts.join(", ")
            ),
        },
        approve,
        nothing: number == 0,
        submit: format!("{verb} {what}"),
        form,
        errors,
        back,
    };
    page.answer()
}

async fn report(
    admin: &Admin,
    approve: bool,
    result: BulkResult,
    back: String,
) -> Result<Response, PageError> {
    let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let done = format!(
        "{} {}",
        counted(number(result.done.len()), "referral", "referrals"),
        if approve { "approved" } else { "rejected" }
    );
    let undo = result.act.map(|act| undo_of(PATH, act, &back));
    if result.failed.is_empty() {
        let flash = Flash {
            tone: Tone::Success,
            text: format!("{done}."),
            undo,
        };
        return Ok(flash::redirect_with(&back, flash));
    }
    let shown: Vec<ReferralId> = result
        .failed
        .iter()
        .take(FAILED_SHOWN_MAX)
        .map(|(id, _)| *id)
        .collect();
    let mut work = admin.app.view(&admin.actor).await?;
    let found = referral::some(&mut work, &shown).await?;
    let failed = result
        .failed
        .iter()
        .take(FAILED_SHOWN_MAX)
        .map(|(id, why)| {
            let referral = found.iter().find(|referral| referral.id == *id);
            FailedRow {
                title: referral.map_or_else(|| "Unknown referral".to_owned(), who),
                detail: referral
                    .map_or_else(String::new, |referral| referral.affiliate_name.clone()),
                href: format!("{PATH}/{id}"),
                why: sentence(why),
            }
        })
        .collect();
    html::page(&ReportPage {
        shell: admin
            .shell(&mut work, "Referrals", AdminItem::Referrals)
            .await?,
        done,
        left: match result.failed.len() {
            1 => "1 was left as it was; the reason stands below.".to_owned(),
            n => format!("{n} were left as they were; the reasons stand below."),
        },
        failed,
        more: result.failed.len().saturating_sub(FAILED_SHOWN_MAX),
        undo,
        back,
    })
}

pub(super) async fn undo(
    admin: Admin,
    PostForm(form): PostForm<UndoForm>,
) -> Result<Response, PageError> {
    let back = form.back(PATH);
    let mut work = admin.app.begin(&admin.actor).await?;
    match referral::undo_many(&mut work, form.act()?).await {
        Ok(result) => {
            work.commit().await?;
            let failed: Vec<&str> = result.failed.iter().map(|(_, why)| why.as_str()).collect();
            Ok(undone(
                &back,
                result.done.len(),
                &failed,
                ("referral", "referrals"),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&back, money::refusal(error)?)),
    }
}
