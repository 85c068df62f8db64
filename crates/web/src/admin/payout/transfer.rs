//! The execution of a payout by a provider: sending it, what was asked and answered, and a person's word
//! where the provider cannot be asked.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::money::display;
use domain::status::{PayoutStatus, TransferState};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::programme::transfer::{self as transfers, Decision, ReturnIn, Way};
use service::programme::{payout, provider};
use service::store::programme::payout::Payout;
use service::{ServiceError, Work};

use super::PATH;
use super::record::read_id;
use crate::admin::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{FormErrors, PostForm, refused};
use crate::moment::Moment;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, Tone, status_label, status_tone};
use crate::{flash, html};

/// What the page of a payout shows of its execution.
pub(super) struct Execution {
    /// The provider that can be asked to pay it now; empty: none.
    pub by: String,
    /// The question before it is.
    pub question: String,
    /// Why no provider pays it; empty: nothing to say.
    pub why_not: String,
    /// The provider that has it.
    pub with: String,
    pub unknown: bool,
    pub failed: bool,
    /// What the provider said.
    pub failure: String,
    pub may_reopen: bool,
    /// Whether a provider says that it paid what had been given up.
    pub contradicted: bool,
    pub transfers: Vec<TransferRow>,
}

/// One execution.
pub(super) struct TransferRow {
    pub provider: &'static str,
    pub badge: (String, Tone),
    pub key: String,
    pub reference: String,
    pub next: Moment,
    pub open: bool,
    pub steps: Vec<StepRow>,
}

/// A question and its answer.
pub(super) struct StepRow {
    pub asked: String,
    pub answered: String,
    pub at: Moment,
}

impl Execution {
    /// Of a payout; `held`: it waits, so that it cannot be sent.
    pub async fn of(
        work: &mut Work,
        payout: &Payout,
        held: bool,
        zone: &TimeZone,
    ) -> Result<Self, PageError> {
        let (mut by, mut why_not) = (String::new(), String::new());
        if payout.status == PayoutStatus::Pending && !held {
            match transfers::way(work, payout).await? {
                Way::By(kind) => by = provider::label(kind).to_owned(),
                Way::No(why) if why.is_empty() => {}
                Way::No(why) => why_not = sentence(&why),
            }
        }
        let found = transfers::of_payout(work, payout.id).await?;
        let newest = found.first();
        let with = newest.map_or("", |newest| provider::label(newest.provider));
        let failed = payout.status == PayoutStatus::Failed;
        let mut execution = Self {
            question: format!("Send {} by {by}?", display(payout.amount, payout.currency)),
            by,
            why_not,
            with: with.to_owned(),
            unknown: payout.status == PayoutStatus::Unknown,
            failed,
            failure: newest
                .filter(|_| failed)
                .map_or_else(String::new, |newest| {
                    format!("{with} said: {}.", newest.last_answer)
                }),
            may_reopen: failed,
            contradicted: found.iter().any(|one| one.contradicted_at_ms.is_some())
                && found.len() > 1
                // One of the two came back.
                && !found.iter().any(|one| one.state == TransferState::Returned),
            transfers: Vec::with_capacity(found.len()),
        };
        for one in found {
            let steps = transfers::steps(work, one.id).await?;
            let open = matches!(one.state, TransferState::Sending | TransferState::Unknown);
            let word = one.state.as_str();
            execution.transfers.push(TransferRow {
                provider: provider::label(one.provider),
                badge: (status_label(word), status_tone(word)),
                key: one.id.to_string(),
                reference: one.provider_ref.unwrap_or_default(),
                next: if open {
                    Moment::new(one.next_at_ms, zone)
                } else {
                    Moment::default()
                },
                open,
                steps: steps
                    .into_iter()
                    .map(|step| StepRow {
                        asked: sentence(&step.asked),
                        answered: sentence(&step.answered),
                        at: Moment::new(step.at_ms, zone),
                    })
                    .collect(),
            });
        }
        Ok(execution)
    }
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn send(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let page = format!("{PATH}/{id}");
    admin.require_proof(&page)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match transfers::send(&mut work, id).await {
        Ok(payout) => {
            work.commit().await?;
            let text = format!("PO-{} is being sent.", payout.number);
            Ok(flash::redirect(&page, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&page, money::refusal(error)?)),
    }
}

pub(super) async fn look(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let page = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    payout::get(&mut work, id).await?;
    match transfers::look_again(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(&page, "The provider is asked now."))
        }
        Err(error) => Ok(flash::redirect_with_error(&page, money::refusal(error)?)),
    }
}

pub(super) async fn reopen(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let page = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    match transfers::reopen(&mut work, id).await {
        Ok(payout) => {
            work.commit().await?;
            let text = format!("PO-{} is to be paid again.", payout.number);
            Ok(flash::redirect(&page, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&page, money::refusal(error)?)),
    }
}

#[derive(Template)]
#[template(path = "admin/payouts/decide.html")]
struct DecidePage {
    shell: AdminShell,
    subject: String,
    provider: &'static str,
    key: String,
    action: String,
    back: String,
    typed: DecideForm,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DecideForm {
    outcome: String,
    reference: String,
    note: String,
}

async fn decide_page(
    admin: &Admin,
    id: domain::id::PayoutId,
    typed: DecideForm,
    errors: FormErrors,
) -> Result<Result<DecidePage, Response>, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let back = format!("{PATH}/{id}");
    let open = transfers::of_payout(&mut work, id)
        .await?
        .into_iter()
        .find(|one| matches!(one.state, TransferState::Sending | TransferState::Unknown));
    let Some(transfer) = open else {
        let text = "Nothing of this payout is on its way.";
        return Ok(Err(flash::redirect_with_error(&back, text)));
    };
    Ok(Ok(DecidePage {
        shell: admin
            .shell(
                &mut work,
                format!("What became of PO-{}", payout.number),
                AdminItem::Payouts,
            )
            .await?,
        subject: format!(
            "{} · {}",
            payout.affiliate_name,
            display(payout.amount, payout.currency)
        ),
        provider: provider::label(transfer.provider),
        key: transfer.id.to_string(),
        action: format!("{back}/decide"),
        back,
        typed,
        errors,
    }))
}

pub(super) async fn decide_form(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let page = decide_page(&admin, id, DecideForm::default(), FormErrors::new()).await?;
    admin.require_proof(&format!("{PATH}/{id}/decide"))?;
    match page {
        Ok(page) => html::page(&page),
        Err(elsewhere) => Ok(elsewhere),
    }
}

pub(super) async fn decide(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(form): PostForm<DecideForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    admin.require_proof(&format!("{PATH}/{id}/decide"))?;
    let mut errors = FormErrors::new();
    let DecideForm {
        outcome,
        reference,
        note,
    } = form.clone();
    if !matches!(outcome.as_str(), "paid" | "failed") {
        errors.add("outcome", "Choose what became of it");
    }
    if errors.is_empty() {
        let decision = Decision {
            paid: outcome == "paid",
            reference,
            note,
        };
        let mut work = admin.app.begin(&admin.actor).await?;
        match transfers::decide(&mut work, id, decision).await {
            Ok(payout) => {
                work.commit().await?;
                let said = if payout.status == PayoutStatus::Paid {
                    "paid"
                } else {
                    "not paid"
                };
                let text = format!("It is noted that PO-{} was {said}.", payout.number);
                return Ok(flash::redirect(&format!("{PATH}/{id}"), text));
            }
            Err(ServiceError::Conflict(why)) => {
                let page = format!("{PATH}/{id}");
                return Ok(flash::redirect_with_error(&page, sentence(&why)));
            }
            Err(error) => errors.merge(refused(error)?),
        }
    }
    match decide_page(&admin, id, form, errors).await? {
        Ok(page) => html::refused(&page),
        Err(elsewhere) => Ok(elsewhere),
    }
}

#[derive(Template)]
#[template(path = "admin/payouts/returned.html")]
struct ReturnedPage {
    shell: AdminShell,
    subject: String,
    action: String,
    back: String,
    typed: ReturnedForm,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReturnedForm {
    arrived: String,
    note: String,
}

async fn returned_page(
    admin: &Admin,
    id: domain::id::PayoutId,
    typed: ReturnedForm,
    errors: FormErrors,
) -> Result<Result<ReturnedPage, Response>, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let back = format!("{PATH}/{id}");
    if payout.status != PayoutStatus::Paid {
        let text = "Only the money of a paid payout can come back.";
        return Ok(Err(flash::redirect_with_error(&back, text)));
    }
    Ok(Ok(ReturnedPage {
        shell: admin
            .shell(
                &mut work,
                format!("The money of PO-{} came back", payout.number),
                AdminItem::Payouts,
            )
            .await?,
        subject: format!(
            "{} · {}",
            payout.affiliate_name,
            display(payout.amount, payout.currency)
        ),
        action: format!("{back}/returned"),
        back,
        typed,
        errors,
    }))
}

pub(super) async fn returned_form(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let page = returned_page(&admin, id, ReturnedForm::default(), FormErrors::new()).await?;
    admin.require_proof(&format!("{PATH}/{id}/returned"))?;
    match page {
        Ok(page) => html::page(&page),
        Err(elsewhere) => Ok(elsewhere),
    }
}

pub(super) async fn returned(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(form): PostForm<ReturnedForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    admin.require_proof(&format!("{PATH}/{id}/returned"))?;
    let page = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = ReturnIn {
        note: form.note.clone(),
        arrived: form.arrived.clone(),
    };
    let errors = match transfers::note_returned(&mut work, id, input).await {
        Ok(payout) => {
            work.commit().await?;
            let text = format!(
                "It is noted that the money of PO-{} came back.",
                payout.number
            );
            return Ok(flash::redirect(&page, text));
        }
        Err(ServiceError::Conflict(why)) => {
            return Ok(flash::redirect_with_error(&page, sentence(&why)));
        }
        Err(error) => refused(error)?,
    };
    drop(work);
    match returned_page(&admin, id, form, errors).await? {
        Ok(page) => html::refused(&page),
        Err(elsewhere) => Ok(elsewhere),
    }
}
