//! What is done with a payout run. Approving and paying ask for a proof of who it is; the exact total that was
//! seen comes with the form.

use axum::extract::{Path, Query};
use axum::response::Response;
use domain::id::PayoutRunId;
use domain::status::{PayoutStatus, ProviderKind};
use serde::Deserialize;
use service::identity::business;
use service::programme::payout::exact_totals;
use service::programme::payout_run::{self, sums};
use service::programme::provider;
use service::{ServiceError, Work};

use super::run::{RUNS, read_id};
use crate::admin::act::{self, ActIn, ActPage, Fields};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::{FormErrors, PostForm, refused};
use crate::shown::money::{counted, listed, refusal};
use crate::ui::AdminItem;

/// What acts without a form of their own send.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Expected {
    /// The exact totals that were on the page.
    expected: String,
}

/// An act on a run: what it works in, and the page it leads back to.
struct Act {
    work: Work,
    id: PayoutRunId,
    page: String,
}

impl Act {
    async fn begin(admin: &Admin, id: &str) -> Result<Self, PageError> {
        let id = read_id(id)?;
        Ok(Self {
            work: admin.app.begin(&admin.actor).await?,
            id,
            page: format!("{RUNS}/{id}"),
        })
    }

    /// The same for an act that asks for a proof of who it is.
    async fn begin_proven(admin: &Admin, id: &str) -> Result<Self, PageError> {
        admin.require_proof(&format!("{RUNS}/{}", read_id(id)?))?;
        Self::begin(admin, id).await
    }

    /// Ends it: stored and told, or refused and told.
    async fn end(
        self,
        done: Result<impl Into<String>, ServiceError>,
    ) -> Result<Response, PageError> {
        let Self { work, page, .. } = self;
        match done {
            Ok(text) => {
                work.commit().await?;
                Ok(flash::redirect(&page, text))
            }
            Err(error) => Ok(flash::redirect_with_error(&page, refusal(error)?)),
        }
    }
}

/// Members that were ticked: `aff_…:USD`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MembersForm {
    id: Vec<String>,
    /// `in` or `out`.
    act: String,
}

pub(super) async fn members(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(MembersForm { id: ticked, act }): PostForm<MembersForm>,
) -> Result<Response, PageError> {
    let into = act == "in";
    let whom: Vec<_> = ticked
        .iter()
        .filter_map(|text| {
            let (affiliate, currency) = text.split_once(':')?;
            Some((affiliate.parse().ok()?, currency.parse().ok()?))
        })
        .collect();
    let mut act = Act::begin(&admin, &id).await?;
    if into {
        act.page.push_str("?out=1");
    }
    if whom.is_empty() {
        let text = "Nobody was selected. Tick the affiliates first.";
        return Ok(flash::redirect_with_error(&act.page, text));
    }
    let done = payout_run::include(&mut act.work, act.id, &whom, into).await;
    let done = done.map(|changed| {
        let number = i64::try_from(changed).unwrap_or(i64::MAX);
        let word = if into { "put in" } else { "left out" };
        format!("{} {word}.", counted(number, "affiliate", "affiliates"))
    });
    act.end(done).await
}

pub(super) async fn look(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected: _ }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin(&admin, &id).await?;
    let done = payout_run::look_again(&mut act.work, act.id).await;
    act.end(done.map(|()| "Balances, minimums and paydays were looked at again."))
        .await
}

pub(super) async fn draft(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected: _ }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin(&admin, &id).await?;
    let done = payout_run::draft(&mut act.work, act.id).await;
    act.end(done.map(|()| "The payouts are being drafted."))
        .await
}

pub(super) async fn submit(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin_proven(&admin, &id).await?;
    let done = payout_run::submit(&mut act.work, act.id, &expected).await;
    let done = done.map(|waits| {
        if waits {
            "Submitted. A second person has to approve it now."
        } else {
            "Submitted; the payouts are being approved."
        }
    });
    act.end(done).await
}

pub(super) async fn approve(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin_proven(&admin, &id).await?;
    let done = payout_run::approve(&mut act.work, act.id, &expected).await;
    act.end(done.map(|()| "Approved; the payouts are being approved one by one."))
        .await
}

pub(super) async fn send_back(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected: _ }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin(&admin, &id).await?;
    let done = payout_run::send_back(&mut act.work, act.id).await;
    act.end(done.map(|()| "Sent back. Its payouts are drafts as before."))
        .await
}

pub(super) async fn stop(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected: _ }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin(&admin, &id).await?;
    let done = payout_run::stop(&mut act.work, act.id).await;
    act.end(done.map(|()| "Stopped. What was done stays; the rest can be done later."))
        .await
}

pub(super) async fn cancel(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Expected { expected: _ }): PostForm<Expected>,
) -> Result<Response, PageError> {
    let mut act = Act::begin(&admin, &id).await?;
    let done = payout_run::cancel(&mut act.work, act.id).await;
    act.end(done.map(|()| "The run is cancelled. Its commissions are approved again."))
        .await
}

/// Whom to have the run sent by.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SendForm {
    provider: String,
    /// Those that had failed, and no others.
    again: bool,
    /// The exact totals that were on the page.
    expected: String,
}

pub(super) async fn send(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(SendForm {
        provider,
        again,
        expected,
    }): PostForm<SendForm>,
) -> Result<Response, PageError> {
    let mut act = Act::begin_proven(&admin, &id).await?;
    let Ok(kind) = provider.parse::<ProviderKind>() else {
        let text = "There is no such provider.";
        return Ok(flash::redirect_with_error(&act.page, text));
    };
    let done = payout_run::send(&mut act.work, act.id, kind, again, &expected).await;
    let name = provider::label(kind);
    act.end(done.map(|()| format!("The payouts are being handed to {name}.")))
        .await
}

async fn pay_page(
    admin: &Admin,
    id: &str,
    mut typed: ActIn,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let id = read_id(id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let run = payout_run::get(&mut work, id).await?;
    let totals = payout_run::payout_totals(&mut work, id).await?;
    let waiting: i64 = totals
        .iter()
        .filter(|total| total.status == PayoutStatus::Pending)
        .map(|total| total.count)
        .sum();
    let totals = sums(&totals, &[PayoutStatus::Pending]);
    let href = format!("{RUNS}/{id}");
    if totals.is_empty() {
        let text = "No payout of this run is waiting to be paid.";
        return Ok(flash::redirect_with_error(&href, text));
    }
    let shell = admin
        .shell(
            &mut work,
            format!("Mark payout run {} paid", run.number),
            AdminItem::Payouts,
        )
        .await?;
    let amount = listed(&totals);
    let today = work.now.day_in(&zone).to_string();
    if typed.paid_on.is_empty() {
        typed.paid_on.clone_from(&today);
    }
    typed.totals = exact_totals(&totals);
    let mut page = ActPage::new(
        shell,
        format!("{} · {amount}", counted(waiting, "payout", "payouts")),
        "Pay all of them your usual way first, then note here how. Each affiliate is told. It cannot be taken back.".to_owned(),
        format!("{href}/pay"),
        format!("Mark {amount} paid"),
        href,
    );
    page.fields = Fields {
        payment: true,
        note: true,
        ..Fields::default()
    };
    page.methods = act::methods(&typed.method);
    page.methods.insert(
        0,
        crate::ui::Choice {
            value: String::new(),
            label: "As each payout says".to_owned(),
            selected: typed.method.is_empty(),
        },
    );
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
    admin.require_proof(&format!("{RUNS}/{}/pay", read_id(&id)?))?;
    pay_page(&admin, &id, typed, FormErrors::new()).await
}

pub(super) async fn pay(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let run = read_id(&id)?;
    admin.require_proof(&format!("{RUNS}/{run}/pay"))?;
    let zone = business::zone_of(&admin.business)?;
    let mut errors = FormErrors::new();
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = act::payment(&typed, &zone, work.now, &mut errors);
    if errors.is_empty() {
        match payout_run::pay(&mut work, run, input, &typed.totals).await {
            Ok(()) => {
                work.commit().await?;
                let text = "The payouts are being marked paid.";
                return Ok(flash::redirect(&format!("{RUNS}/{run}"), text));
            }
            Err(error @ ServiceError::Conflict(_)) => {
                errors.add("expected", refusal(error)?);
            }
            Err(error) => errors.merge(refused(error)?),
        }
    }
    drop(work);
    pay_page(&admin, &id, typed, errors).await
}
