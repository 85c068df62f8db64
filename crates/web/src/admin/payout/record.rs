//! The page of one payout: what it pays for, what is carried, how it was paid.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::PayoutId;
use domain::money::display;
use domain::status::{PayoutRunState, PayoutStatus};
use service::Work;
use service::error::not_found;
use service::identity::business;
use service::programme::{
    payout, payout_credit, payout_invoice, payout_method, payout_return, payout_run,
};
use service::store::programme::payout::Payout;

use super::PATH;
use super::run::RUNS;
use super::transfer::Execution;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::moment::Moment;
use crate::range::long_day;
use crate::shown::commission::{for_whom, what};
use crate::shown::money::{self, payout_badge};
use crate::shown::payout::{payout_method_label, steps};
use crate::ui::{AdminItem, AdminShell, Step, Tone};

/// An id from the address; one that cannot be read is a page that does not exist.
pub(super) fn read_id(id: &str) -> Result<PayoutId, PageError> {
    id.parse().map_err(|_| not_found("payout").into())
}

#[derive(Template)]
#[template(path = "admin/payouts/record.html")]
struct RecordPage {
    shell: AdminShell,
    payout: Payout,
    href: String,
    badge: (String, Tone),
    amount: String,
    total: String,
    carried: String,
    method: String,
    /// Where to pay, as far as it may be shown; empty: the affiliate has said nothing.
    pay_to: String,
    /// Until when it waits, because that was changed; empty: it does not.
    held_until: String,
    made: Moment,
    paid: Option<Moment>,
    lines: Vec<LineRow>,
    steps: Vec<Step>,
    cancel_question: String,
    /// The number of its statement; empty: there is none.
    statement: String,
    /// The number of the credit note that cancels it; empty: there is none.
    credit_note: String,
    /// "Payout run 3"; empty: it is in none.
    in_run: String,
    run_href: String,
    /// Whether the run decides over it.
    run_has_it: bool,
    may_file: bool,
    may_approve: bool,
    may_pay: bool,
    may_cancel: bool,
    execution: Execution,
    cancelled: bool,
    returned: bool,
    /// What was kept of what came back, a sentence each; the newest first.
    fees: Vec<String>,
    may_note_returned: bool,
}

struct LineRow {
    href: String,
    what: String,
    customer: String,
    campaign: String,
    date: String,
    amount: String,
    /// What was taken back since, which the next payout carries.
    since: String,
    live: bool,
}

/// The numbers of the statement and of the credit note that cancels it; empty where there is none.
async fn numbers(work: &mut Work, id: PayoutId) -> Result<(String, String), PageError> {
    let statement = payout_invoice::number(work, id).await?;
    let credit = payout_credit::number(work, id).await?;
    Ok((statement.unwrap_or_default(), credit.unwrap_or_default()))
}

/// What is carried into it from earlier refunds; empty: nothing.
fn carried(payout: &Payout) -> String {
    match payout.carried_forward {
        0 => String::new(),
        carried => display(carried, payout.currency),
    }
}

/// What was kept when the money came back, a sentence each.
async fn fees(work: &mut Work, payout: &Payout) -> Result<Vec<String>, PageError> {
    let show = |amount: i64| display(amount, payout.currency);
    let all = payout_return::of_payout(work, payout.id).await?;
    Ok(all
        .iter()
        .map(|one| {
            format!(
                "Of {}, {} arrived: a fee of {} was kept. It is your own cost, and {} was owed the whole again.",
                show(one.arrived.saturating_add(one.fee)),
                show(one.arrived),
                show(one.fee),
                payout.affiliate_name
            )
        })
        .collect())
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let returned = payout.status == PayoutStatus::Returned;
    let cancelled = payout.status == PayoutStatus::Cancelled;
    let lines = payout::lines(&mut work, id)
        .await?
        .into_iter()
        .map(|(line, c)| LineRow {
            href: format!("/admin/commissions/{}", c.id),
            what: what(&c),
            customer: for_whom(&c),
            campaign: c.campaign_name.clone().unwrap_or_default(),
            date: long_day(c.day),
            amount: display(line.amount, c.currency),
            since: if line.live && c.clawed_back != 0 {
                format!("{} taken back since", display(c.clawed_back, c.currency))
            } else {
                String::new()
            },
            live: line.live || cancelled || returned,
        })
        .collect();
    let show = |amount: i64| display(amount, payout.currency);
    let newest = payout_method::list(&mut work, payout.affiliate_id)
        .await?
        .into_iter()
        .next();
    let held = payout_method::held_until(&mut work, payout.affiliate_id).await?;
    let (statement, credit_note) = numbers(&mut work, id).await?;
    let has_method = newest.is_some();
    let run = payout_run::of_payout(&mut work, &payout)
        .await?
        .filter(|run| run.state != PayoutRunState::Cancelled);
    let run_has_it = run
        .as_ref()
        .is_some_and(|run| !matches!(run.state, PayoutRunState::Approved | PayoutRunState::Paid));
    let open = matches!(payout.status, PayoutStatus::Draft | PayoutStatus::Pending);
    let execution = Execution::of(&mut work, &payout, held.is_some(), &zone).await?;
    let made = Moment::new(payout.created_at_ms, &zone);
    let paid = payout.paid_at_ms.map(|at| Moment::new(at, &zone));
    let mut shell = admin
        .shell(
            &mut work,
            format!("Payout PO-{}", payout.number),
            AdminItem::Payouts,
        )
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&RecordPage {
        shell,
        href: format!("{PATH}/{id}"),
        badge: payout_badge(payout.status),
        amount: show(payout.amount),
        total: show(payout.commissions_total),
        carried: carried(&payout),
        method: payout_method_label(&payout.method),
        pay_to: newest.map_or_else(String::new, |method| {
            format!(
                "{}, {}",
                payout_method_label(method.kind.as_str()),
                method.masked
            )
        }),
        held_until: held
            .filter(|_| open)
            .map_or_else(String::new, |until| Moment::new(until, &zone).full),
        steps: steps(
            &payout,
            &made,
            paid.as_ref(),
            &Moment::new(payout.updated_at_ms, &zone),
        ),
        made,
        paid,
        lines,
        cancel_question: format!("Cancel PO-{} of {}?", payout.number, show(payout.amount)),
        statement,
        credit_note,
        run_href: run
            .as_ref()
            .map_or_else(String::new, |run| format!("{RUNS}/{}", run.id)),
        in_run: run
            .as_ref()
            .map_or_else(String::new, |run| format!("Payout run {}", run.number)),
        run_has_it,
        may_file: open && held.is_none() && has_method && !run_has_it,
        may_approve: payout.status == PayoutStatus::Draft && held.is_none() && !run_has_it,
        may_pay: open && held.is_none() && !run_has_it,
        may_cancel: open || payout.status == PayoutStatus::Failed,
        execution,
        cancelled,
        returned,
        fees: fees(&mut work, &payout).await?,
        may_note_returned: payout.status == PayoutStatus::Paid,
        payout,
    })
}
