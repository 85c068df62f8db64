//! Acts on many commissions: first what they would do, then the act, then what it left.

use axum::response::Response;
use domain::id::CommissionId;
use domain::money::display;
use domain::status::CommissionStatus;
use service::identity::business;
use service::programme::commission::{self, BulkResult, Selection, StatusTotal};
use service::programme::ledger;
use service::programme::payout::exact_totals;
use service::{ServiceError, Work};

use super::PATH;
use super::list::asked;
use crate::admin::act::{
    BulkForm, BulkPage, CHANGED, FAILED_SHOWN_MAX, FailedRow, ReportPage, UndoForm, undo_of, undone,
};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::error::sentence;
use crate::form::{FormErrors, PostForm};
use crate::shown::commission::{left, what};
use crate::shown::money::{by_currency, counted, listed, refusal};
use crate::ui::{AdminItem, Flash, Tone};
use crate::{flash, form, html};

pub(super) async fn act(
    admin: Admin,
    PostForm(form): PostForm<BulkForm>,
) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let approve = match form.act.as_str() {
        "approve" => true,
        "reject" => false,
        _ => {
            return Err(PageError::bad_request(
                "This list has no such act. Nothing was changed.",
            ));
        }
    };
    let (state, filter, _) = asked(Some(&form.query), admin.app.now().day_in(&zone));
    let back = state.href();
    let ids: Vec<CommissionId> = form.id.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() && !form.all {
        return Ok(flash::redirect_with_error(
            &back,
            "Nothing was selected. Tick the commissions first.",
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
        Ok(true) if approve => commission::approve_many(&mut work, &selection).await,
        Ok(true) => commission::reject_many(&mut work, &selection, &form.reason).await,
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
            let failed: Vec<CommissionId> = result
                .failed
                .iter()
                .take(FAILED_SHOWN_MAX)
                .map(|(id, _)| *id)
                .collect();
            work.commit().await?;
            report(&admin, approve, result, &failed, back).await
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

/// Count and sums of the pending ones, and which they are, as text that survives a form.
fn seen(totals: &[StatusTotal], mark: &str) -> String {
    let pending = || {
        totals
            .iter()
            .filter(|total| total.status == CommissionStatus::Pending)
    };
    let count: i64 = pending().map(|total| total.count).sum();
    let sums = by_currency(pending().map(|total| (total.currency, total.amount)));
    format!("{count}: {}; {mark}", exact_totals(&sums))
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
    let totals = commission::selected_totals(work, selection).await?;
    let mark = commission::selected_mark(work, selection).await?;
    Ok(seen(&totals, &mark) == shown)
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
    let totals = commission::selected_totals(&mut work, selection).await?;
    let mark = match commission::selected_mark(&mut work, selection).await {
        Ok(mark) => mark,
        Err(error) => {
            let text = format!("Nothing was changed. {}", refusal(error)?);
            return Ok(flash::redirect_with_error(&back, text));
        }
    };
    form.seen = seen(&totals, &mark);
    let (pending, others): (Vec<&StatusTotal>, Vec<&StatusTotal>) = totals
        .iter()
        .partition(|total| total.status == CommissionStatus::Pending);
    let count: i64 = pending.iter().map(|total| total.count).sum();
    let other_count: i64 = others.iter().map(|total| total.count).sum();
    let sums = by_currency(pending.iter().map(|total| (total.currency, total.amount)));
    let verb = if approve { "Approve" } else { "Reject" };
    if form.all {
        form.id.clear();
    }
    let page = BulkPage {
        shell: admin
            .shell(
                &mut work,
                format!("{verb} commissions"),
                AdminItem::Commissions,
            )
            .await?,
        title: match count {
            0 => "None of these is pending".to_owned(),
            _ => format!(
                "{verb} {}, {} in all?",
                counted(count, "commission", "commissions"),
                listed(&sums)
            ),
        },
        others: match other_count {
            0 => String::new(),
            1 => "1 more of those selected is not pending and stays as it is.".to_owned(),
            n => format!("{n} more of those selected are not pending and stay as they are."),
        },
        action: "/admin/commissions/bulk",
        remark: "Those whose referral is not approved, or whose hold has not passed, are left as they are and listed afterwards.",
        approve,
        nothing: count == 0,
        submit: format!("{verb} {}", counted(count, "commission", "commissions")),
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
    shown: &[CommissionId],
    back: String,
) -> Result<Response, PageError> {
    let verb = if approve { "approved" } else { "rejected" };
    let number = i64::try_from(result.done.len()).unwrap_or(i64::MAX);
    let done = format!("{} {verb}", counted(number, "commission", "commissions"));
    let undo = result.act.map(|act| undo_of(PATH, act, &back));
    if result.failed.is_empty() {
        let flash = Flash {
            tone: Tone::Success,
            text: format!("{done}."),
            undo,
        };
        return Ok(flash::redirect_with(&back, flash));
    }
    let mut work = admin.app.view(&admin.actor).await?;
    let found = commission::some(&mut work, shown).await?;
    let failed = result
        .failed
        .iter()
        .take(FAILED_SHOWN_MAX)
        .map(|(id, why)| {
            let commission = found.iter().find(|commission| commission.id == *id);
            FailedRow {
                title: commission.map_or_else(
                    || "Unknown commission".to_owned(),
                    |c| format!("{} · {}", c.affiliate_name, what(c)),
                ),
                detail: commission.map_or_else(String::new, |c| display(left(c), c.currency)),
                href: format!("{PATH}/{id}"),
                why: sentence(why),
            }
        })
        .collect();
    let left = i64::try_from(result.failed.len()).unwrap_or(i64::MAX);
    html::page(&ReportPage {
        shell: admin
            .shell(&mut work, "Commissions", AdminItem::Commissions)
            .await?,
        done,
        left: match left {
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
    match commission::undo_many(&mut work, form.act()?).await {
        Ok(result) => {
            work.commit().await?;
            Ok(undone(
                &back,
                result.done.len(),
                &result
                    .failed
                    .iter()
                    .map(|(_, why)| why.as_str())
                    .collect::<Vec<_>>(),
                ("commission", "commissions"),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&back, refusal(error)?)),
    }
}
